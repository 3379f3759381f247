// SPDX-License-Identifier: Apache-2.0

//! Pieces of the page. Whatever comes in is text: nothing that a party wrote becomes markup, turns the line, or hides.

use crate::times::Point;
use alloc::{
	format,
	string::{String, ToString},
};
use core::fmt::Write as _;

/// How the page looks, on screen and on A4.
pub const STYLE: &str = "\
@page{size:A4;margin:16mm 15mm}\
body{font:14px/1.55 'Noto Sans','Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC',sans-serif;max-width:52em;margin:2em auto;\
padding:0 1em;color:#111}\
h1{font-size:1.5em;margin:0 0 .6em}h2{font-size:1.15em;border-bottom:1px solid #888;margin:1.7em 0 .6em;padding-bottom:.15em;break-after:avoid}\
table{border-collapse:collapse;width:100%;table-layout:fixed;margin:.5em 0}\
td,th{border:1px solid #bbb;padding:.3em .55em;text-align:left;vertical-align:top;overflow-wrap:anywhere}\
th{width:28%;background:#f3f3f3;font-weight:600}.two th{width:20%}thead th{text-align:left}tr{break-inside:avoid}tr.long{break-inside:auto}\
code{font:11.5px/1.45 'Noto Sans Mono','DejaVu Sans Mono',monospace;overflow-wrap:anywhere}\
.raw{display:block;background:#fafafa;border:1px solid #ddd;padding:.4em .6em;white-space:pre-wrap}\
.en{display:block;color:#333}.note{border-left:4px solid #b60;padding-left:.7em}\
.verdict{border:2px solid #161;padding:.6em 1em;break-inside:avoid}.verdict b{display:block}\
.small{color:#444;font-size:12.5px}li{margin:.35em 0}svg{width:100%;max-width:46em;height:auto;break-inside:avoid}\
@media print{body{margin:0;max-width:none;padding:0;font-size:11pt}code{font-size:8.6pt}}";

/// Most characters of one text in a table; what is beyond is in the pack.
const SHOWN: usize = 1_000;

/// Most characters of one name.
const LABEL: usize = 200;

/// Chinese and English: the one, a line below it the other.
pub fn both(chinese: &str, english: &str) -> String {
	format!("{}<span class=\"en\">{}</span>", marked(chinese), marked(english))
}

/// A heading.
pub fn heading(page: &mut String, text: &str) {
	let _ = writeln!(page, "<h2>{}</h2>", escape(text));
}

/// A table of names and values; the values are markup.
pub fn rows<'a>(page: &mut String, rows: impl IntoIterator<Item = (&'a str, String)>) {
	page.push_str("<table>\n");
	for (label, value) in rows {
		let long = if value.len() > 2 * SHOWN { " class=\"long\"" } else { "" };
		let label = apart(label, LABEL, escape);
		let _ = writeln!(page, "<tr{long}><th>{label}</th><td>{value}</td></tr>");
	}
	page.push_str("</table>\n");
}

/// A text that a party or the chain wrote, apart from what stands around it; long ones are cut, and say so.
pub fn text(written: &str) -> String {
	apart(written, SHOWN, marked)
}

/// Bytes as they are: as text where they are UTF-8, else as hexadecimal digits.
pub fn raw(bytes: &[u8]) -> String {
	let written = core::str::from_utf8(bytes).map_or_else(|_| hex::encode(bytes), str::to_string);
	format!("<code class=\"raw\">{}</code>", apart(&written, 4 * SHOWN, escape))
}

/// The first `most` characters of a text, and how many bytes follow them.
pub fn cut(written: &str, most: usize) -> (&str, usize) {
	match written.char_indices().nth(most) {
		Some((end, _)) => (&written[..end], written.len() - end),
		None => (written, 0),
	}
}

fn apart(written: &str, most: usize, shown: impl Fn(&str) -> String) -> String {
	let (start, more) = cut(written, most);
	match more {
		0 => format!("<bdi>{}</bdi>", shown(start)),
		_ => format!(
			"<bdi>{}</bdi> <i>…… 余下 {more} 字节见证据文件 · {more} more bytes, in the pack</i>",
			shown(start)
		),
	}
}

/// Escaped, with hashes and keys in a face of their own.
pub fn marked(written: &str) -> String {
	const LEAST: usize = 40;
	let escaped = escape(written);
	let mut page = String::with_capacity(escaped.len());
	let mut digits = String::new();
	for character in escaped.chars().chain([' ']) {
		if matches!(character, '0'..='9' | 'a'..='f') {
			digits.push(character);
			continue;
		}
		match digits.len() {
			LEAST.. => {
				let _ = write!(page, "<code>{digits}</code>");
			}
			_ => page += &digits,
		}
		digits.clear();
		page.push(character);
	}
	page.pop();
	page
}

/// Text that a browser shows as it is: no markup, and [`visible`].
pub fn escape(text: &str) -> String {
	let mut shown = String::with_capacity(text.len());
	for character in visible(text).chars() {
		match character {
			'&' => shown += "&amp;",
			'<' => shown += "&lt;",
			'>' => shown += "&gt;",
			'"' => shown += "&quot;",
			'\'' => shown += "&#39;",
			plain => shown.push(plain),
		}
	}
	shown
}

/// A text in which characters that nobody sees or that turn the line are written out.
pub fn visible(text: &str) -> String {
	let mut shown = String::with_capacity(text.len());
	for character in text.chars() {
		match character {
			'\u{ad}'
			| '\u{34f}'
			| '\u{61c}'
			| '\u{115f}'..='\u{1160}'
			| '\u{17b4}'..='\u{17b5}'
			| '\u{180b}'..='\u{180f}'
			| '\u{200b}'..='\u{200f}'
			| '\u{202a}'..='\u{202e}'
			| '\u{2028}'..='\u{2029}'
			| '\u{2060}'..='\u{206f}'
			| '\u{3164}'
			| '\u{fe00}'..='\u{fe0f}'
			| '\u{feff}'
			| '\u{ffa0}'
			| '\u{fff0}'..='\u{fffb}'
			| '\u{e0000}'..='\u{e0fff}' => {
				let _ = write!(shown, "⟨U+{:04X}⟩", u32::from(character));
			}
			control if control.is_control() => {
				let _ = write!(shown, "⟨U+{:04X}⟩", u32::from(control));
			}
			plain => shown.push(plain),
		}
	}
	shown
}

/// The points one below the other: filled where the chain proves them.
pub fn timeline(page: &mut String, points: &[Point]) {
	const STEP: usize = 46;
	const TOP: usize = 16;
	let last = TOP + STEP * points.len().saturating_sub(1);
	let height = last + 40;
	let _ = writeln!(
		page,
		"<svg viewBox=\"0 0 640 {height}\" role=\"img\" aria-label=\"timeline\">"
	);
	let _ = writeln!(
		page,
		"<line x1=\"14\" y1=\"{TOP}\" x2=\"14\" y2=\"{last}\" stroke=\"#888\" stroke-width=\"2\"/>"
	);
	for (place, point) in points.iter().enumerate() {
		let y = TOP + STEP * place;
		let fill = if point.proven() { "#161" } else { "#fff" };
		let _ = writeln!(
			page,
			"<circle cx=\"14\" cy=\"{y}\" r=\"6\" fill=\"{fill}\" stroke=\"#161\" stroke-width=\"2\"/>\
			 <text x=\"32\" y=\"{}\" font-size=\"13\">{}</text><text x=\"32\" y=\"{}\" font-size=\"11\" fill=\"#444\">{}</text>",
			y + 5,
			escape(&point.time),
			y + 21,
			escape(&format!("{} · {}", point.chinese, point.english))
		);
	}
	page.push_str("</svg>\n");
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn hashes_have_a_face_of_their_own_and_text_none() {
		let hash = "0a".repeat(32);
		assert_eq!(
			marked(&format!("root {hash}, 12 of 3")),
			format!("root <code>{hash}</code>, 12 of 3")
		);
		assert_eq!(marked("deadbeef <b>"), "deadbeef &lt;b&gt;");
		assert_eq!(marked(&hash), format!("<code>{hash}</code>"));
	}

	#[test]
	fn a_long_text_is_cut_at_a_character_and_says_so() {
		assert_eq!(text("短"), "<bdi>短</bdi>");
		let shown = text(&"长".repeat(SHOWN + 5));
		assert!(
			shown.contains("余下 15 字节") && shown.contains("15 more bytes"),
			"{shown}"
		);
		assert_eq!(shown.matches('长').count(), SHOWN);
	}
}
