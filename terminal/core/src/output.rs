// SPDX-License-Identifier: Apache-2.0

//! What commands print: tables for people, JSON for programs, progress on a terminal's stderr.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use sealane_primitives::{
	clauses::{Timestamp, UtcOffset},
	fields::is_shown,
};
use serde::Serialize;
use std::{
	borrow::Cow,
	io::{IsTerminal, Write},
};

/// Where and how a command prints.
#[derive(Clone, Copy, Debug, Default)]
pub struct Output {
	/// One JSON value per result on stdout, nothing else.
	pub json: bool,
	/// No progress, no remarks.
	pub quiet: bool,
}

impl Output {
	/// Prints `value` as JSON, or what `human` makes of it.
	pub fn result<T: Serialize>(&self, value: &T, human: impl FnOnce(&T) -> String) {
		let text = if self.json {
			// A value of our own types serialises; should one not, the error is what a program must see.
			serde_json::to_string(value).unwrap_or_else(|e| format!("{{\"error\":\"{e}\"}}"))
		} else {
			human(value)
		};
		write_line(std::io::stdout().lock(), &text);
	}

	/// A remark for people, on stderr.
	pub fn remark(&self, text: impl AsRef<str>) {
		if !self.quiet && !self.json {
			write_line(std::io::stderr().lock(), text.as_ref());
		}
	}

	/// Whether what is remarked goes to a terminal, and to no file or journal.
	pub fn is_read_by_a_person(&self) -> bool {
		!self.quiet && !self.json && std::io::stderr().is_terminal()
	}

	/// A progress bar: on stderr, only where that is a terminal. `total` 0 means unknown.
	pub fn progress(&self, what: &'static str, total: u64) -> ProgressBar {
		if self.quiet || self.json || !std::io::stderr().is_terminal() {
			return ProgressBar::hidden();
		}
		let (bar, template) = if total == 0 {
			(
				ProgressBar::new_spinner(),
				"{spinner} {prefix} {human_pos} · {per_sec} · {elapsed} {msg}",
			)
		} else {
			(
				ProgressBar::new(total),
				"{prefix} [{bar:30}] {human_pos}/{human_len} · {per_sec} · {eta} left {msg}",
			)
		};
		bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(8));
		if let Ok(style) = ProgressStyle::with_template(template) {
			bar.set_style(style.progress_chars("━╸ "));
		}
		bar.with_prefix(what)
	}
}

/// Prints a text as it is, on stdout.
pub fn write_text(text: &str) {
	let mut out = std::io::stdout().lock();
	let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// A reader that closed the pipe (`| head`) ends the output, not the process with a panic.
fn write_line(mut out: impl Write, text: &str) {
	let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}

/// An aligned table.
#[derive(Clone, Debug, Default)]
pub struct Table {
	header: Vec<String>,
	rows: Vec<Vec<String>>,
	right: Vec<bool>,
}

/// Longest text of a cell, in characters.
const CELL: usize = 2_000;

impl Table {
	/// With these columns; a name that starts with `>` makes its column right-aligned.
	pub fn new(columns: &[&str]) -> Self {
		Table {
			header: columns.iter().map(|c| c.trim_start_matches('>').to_string()).collect(),
			right: columns.iter().map(|c| c.starts_with('>')).collect(),
			rows: Vec::new(),
		}
	}

	/// Adds a row; missing cells are empty, surplus ones dropped. A cell is shown as one line without control characters, whoever
	/// wrote it, and cut where it is very long.
	pub fn row(&mut self, cells: impl IntoIterator<Item = impl Into<String>>) {
		let mut row: Vec<String> = cells.into_iter().map(|cell| cut(&shown(&cell.into()), CELL)).collect();
		row.resize(self.header.len(), String::new());
		self.rows.push(row);
	}

	/// Whether it has no row.
	pub fn is_empty(&self) -> bool {
		self.rows.is_empty()
	}
}

impl std::fmt::Display for Table {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		let mut table = comfy_table::Table::new();
		table.load_preset(comfy_table::presets::NOTHING);
		if !self.header.iter().all(String::is_empty) {
			table.set_header(&self.header);
		}
		table.add_rows(&self.rows);
		for (column, right) in table.column_iter_mut().zip(&self.right) {
			column.set_padding((0, 2));
			if *right {
				column.set_cell_alignment(comfy_table::CellAlignment::Right);
			}
		}
		f.write_str(&table.trim_fmt())
	}
}

/// The text with what cannot be shown (control and format characters) written as `\u{…}`.
pub fn shown(text: &str) -> Cow<'_, str> {
	if text.chars().all(is_shown) {
		return Cow::Borrowed(text);
	}
	let mut out = String::with_capacity(text.len() + 16);
	for c in text.chars() {
		if is_shown(c) {
			out.push(c);
		} else {
			out.extend(c.escape_unicode());
		}
	}
	Cow::Owned(out)
}

/// The first `most` characters.
pub fn cut(text: &str, most: usize) -> String {
	match text.char_indices().nth(most) {
		Some((end, _)) => format!("{}…", &text[..end]),
		None => text.into(),
	}
}

/// `1234567` as `1,234,567`.
pub fn thousands(number: u64) -> String {
	let digits = number.to_string();
	let mut out = String::with_capacity(digits.len() + digits.len() / 3);
	for (i, c) in digits.chars().enumerate() {
		if i > 0 && (digits.len() - i).is_multiple_of(3) {
			out.push(',');
		}
		out.push(c);
	}
	out
}

/// Unix milliseconds as `2026-03-02T10:00:00.123Z`; empty for 0.
pub fn time_text(at_ms: i64) -> String {
	if at_ms == 0 {
		return String::new();
	}
	let time = u64::try_from(at_ms)
		.ok()
		.and_then(|ms| Timestamp::new(ms, UtcOffset::UTC).ok());
	time.map_or_else(|| at_ms.to_string(), |time| time.to_string())
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn tables_align_wide_characters() {
		let mut table = Table::new(&["name", ">n"]);
		table.row(["玉峰", "1"]);
		table.row(["abcdef", "1,234"]);
		assert_eq!(table.to_string(), "name        n\n玉峰        1\nabcdef  1,234");
	}

	#[test]
	fn a_partners_text_is_shown_and_not_obeyed() {
		let mut table = Table::new(&["deal"]);
		table.row(["D\u{1b}[2J\u{1b}[31m\nforged line".to_string()]);
		table.row(["x".repeat(50_000)]);
		let text = table.to_string();
		assert_eq!(text.lines().count(), 3, "{text:?}");
		assert!(!text.contains('\u{1b}') && text.len() < 8_000, "{text:?}");
		assert_eq!(shown("a\u{202e}b 王"), "a\\u{202e}b 王");
	}

	#[test]
	fn numbers_and_times() {
		assert_eq!(
			[0, 999, 1_000, 1_234_567].map(thousands),
			["0", "999", "1,000", "1,234,567"]
		);
		assert_eq!(time_text(0), "");
		assert_eq!(time_text(1_772_445_600_123), "2026-03-02T10:00:00.123Z");
	}
}
