// SPDX-License-Identifier: Apache-2.0

//! Figures for Prometheus, in its text format. None of them holds a customer's data.

use std::{
	fmt::Write,
	sync::atomic::{AtomicU64, Ordering},
};

/// One number.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
	/// Its name behind `sealane_terminal_`.
	pub name: &'static str,
	/// What it is.
	pub help: &'static str,
	/// Whether it only grows.
	pub counts: bool,
	/// What tells it from others of its name.
	pub labels: Vec<(&'static str, String)>,
	/// The number.
	pub value: i64,
}

impl Figure {
	/// A number that goes up and down.
	pub fn gauge(name: &'static str, help: &'static str, value: i64) -> Self {
		Figure {
			name,
			help,
			counts: false,
			labels: Vec::new(),
			value,
		}
	}

	/// A number that only grows.
	pub fn counter(name: &'static str, help: &'static str, value: i64) -> Self {
		Figure {
			counts: true,
			..Figure::gauge(name, help, value)
		}
	}

	/// The same, told from others of its name.
	pub fn with(mut self, label: &'static str, value: impl Into<String>) -> Self {
		self.labels.push((label, value.into()));
		self
	}
}

/// What the API itself counts since its start.
#[derive(Debug, Default)]
pub struct Counters {
	answers: [AtomicU64; 5],
	log_ins_failed: AtomicU64,
}

impl Counters {
	/// An answer with this status.
	pub fn answered(&self, status: u16) {
		if let Some(count) = self.answers.get(usize::from(status / 100).wrapping_sub(1)) {
			count.fetch_add(1, Ordering::Relaxed);
		}
	}

	/// Somebody could not log in.
	pub fn log_in_failed(&self) {
		self.log_ins_failed.fetch_add(1, Ordering::Relaxed);
	}

	/// What was counted.
	pub fn figures(&self) -> Vec<Figure> {
		let number = |count: &AtomicU64| i64::try_from(count.load(Ordering::Relaxed)).unwrap_or(i64::MAX);
		let mut figures: Vec<Figure> = (1..)
			.zip(&self.answers)
			.map(|(class, count)| {
				Figure::counter("http_answers_total", "Answers of the HTTP API", number(count))
					.with("class", format!("{class}xx"))
			})
			.collect();
		let failed = number(&self.log_ins_failed);
		figures.push(Figure::counter(
			"log_ins_failed_total",
			"Wrong names or passwords",
			failed,
		));
		figures
	}
}

/// The text that Prometheus reads. Figures of one name stand together.
pub fn text(terminal: &str, mut figures: Vec<Figure>) -> String {
	figures.sort_by(|a, b| a.name.cmp(b.name));
	let mut out = String::new();
	let mut last = "";
	for figure in &figures {
		let name = figure.name;
		// Writing to a String cannot fail.
		if name != last {
			let kind = if figure.counts { "counter" } else { "gauge" };
			let _ = writeln!(out, "# HELP sealane_terminal_{name} {}", figure.help);
			let _ = writeln!(out, "# TYPE sealane_terminal_{name} {kind}");
			last = name;
		}
		let _ = write!(out, "sealane_terminal_{name}{{terminal=\"{terminal}\"");
		for (label, value) in &figure.labels {
			let _ = write!(out, ",{label}=\"{}\"", escaped(value));
		}
		let _ = writeln!(out, "}} {}", figure.value);
	}
	out
}

fn escaped(value: &str) -> String {
	value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn names_stand_together_with_their_kind() {
		let counters = Counters::default();
		counters.answered(200);
		counters.answered(404);
		counters.answered(7);
		let mut figures = counters.figures();
		figures.push(Figure::gauge("records", "Records", 3).with("state", "a\"b"));
		let text = text("sales", figures);
		assert!(
			text.contains("# TYPE sealane_terminal_http_answers_total counter\n"),
			"{text}"
		);
		assert!(text.contains("sealane_terminal_http_answers_total{terminal=\"sales\",class=\"4xx\"} 1\n"));
		assert!(text.contains("sealane_terminal_records{terminal=\"sales\",state=\"a\\\"b\"} 3\n"));
		assert_eq!(text.matches("# TYPE").count(), 3);
	}
}
