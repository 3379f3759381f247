// SPDX-License-Identifier: Apache-2.0

//! Cuts a request's body into its entries, without copying and without reading them.
//!
//! The body of a POST is NDJSON (one JSON object per line), a JSON array of objects, or one JSON object. What comes out
//! is a list of byte ranges; what stands in them is the courier's business. An NDJSON line that cannot be an entry is
//! refused by itself and the others go on. A JSON array that is torn refuses the request, because nobody can say where
//! its entries end.

mod scan;
#[cfg(test)]
mod tests;

use sealane_http::Limits;
use sealane_sdk::types::{Problem, ProblemCode};
use std::ops::Range;

/// How the entries stand in the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
	/// One object per line.
	Ndjson,
	/// One array of objects, or one object.
	Json,
}

impl Format {
	/// The format of a `Content-Type`; parameters such as `charset` are ignored, names are not case-sensitive.
	pub fn of_content_type(content_type: &str) -> Option<Self> {
		let essence = content_type.split(';').next().unwrap_or_default().trim();
		let is = |name: &str| essence.eq_ignore_ascii_case(name);
		if is("application/x-ndjson") || is("application/ndjson") || is("application/jsonl") {
			Some(Format::Ndjson)
		} else if is("application/json") {
			Some(Format::Json)
		} else {
			None
		}
	}
}

/// An entry that the gateway refuses by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedLine {
	/// Its line (NDJSON) or place (array), from 1.
	pub line: u32,
	/// The bytes in the body.
	pub range: Range<u32>,
	/// Why.
	pub why: LineRule,
}

/// A rule that a single entry can break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineRule {
	/// More bytes than [`Limits::max_entry_bytes`].
	TooLarge,
	/// Not UTF-8.
	NotUtf8,
	/// Nested deeper than [`Limits::max_depth`].
	TooDeep,
}

impl LineRule {
	/// The stable code.
	pub const fn code(self) -> ProblemCode {
		match self {
			LineRule::TooLarge => ProblemCode::EntryTooLarge,
			LineRule::NotUtf8 => ProblemCode::InvalidUtf8,
			LineRule::TooDeep => ProblemCode::TooDeep,
		}
	}

	/// The rule as a sentence.
	pub fn rule(self, limits: &Limits) -> String {
		match self {
			LineRule::TooLarge => format!("an entry has at most {} bytes", limits.max_entry_bytes),
			LineRule::NotUtf8 => "an entry is UTF-8".into(),
			LineRule::TooDeep => format!("arrays and objects nest at most {} deep", limits.max_depth),
		}
	}
}

/// A body that was cut.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Framed {
	/// The entries that go to the courier, in the order of the body.
	pub ranges: Vec<Range<u32>>,
	/// The entries that the gateway refused, in the order of the body.
	pub refused: Vec<RefusedLine>,
	/// Whether an entry's number is its line; otherwise it is its place in the array.
	numbered_by_line: bool,
}

impl Framed {
	/// Entries of the request.
	pub fn received(&self) -> usize {
		self.ranges.len() + self.refused.len()
	}

	/// The numbers (from 1) of the entries at `indices` of [`Framed::ranges`], which must ascend. Costs a pass over the
	/// body up to the last of them, so that accepted entries need no numbers.
	pub fn lines_of(&self, body: &[u8], indices: impl Iterator<Item = u32>) -> Vec<u32> {
		let mut line = 1;
		let mut counted_to = 0;
		let mut refused_before = 0;
		indices
			.map(|index| {
				let Some(range) = self.ranges.get(index as usize) else {
					return index + 1;
				};
				if self.numbered_by_line {
					let start = range.start as usize;
					line += memchr::memchr_iter(b'\n', body.get(counted_to..start).unwrap_or_default()).count() as u32;
					counted_to = counted_to.max(start);
					line
				} else {
					while self
						.refused
						.get(refused_before)
						.is_some_and(|r| r.range.start < range.start)
					{
						refused_before += 1;
					}
					index + refused_before as u32 + 1
				}
			})
			.collect()
	}
}

/// Cuts `body`.
///
/// Fails with a problem for the whole request when the body has no entry, too many, or (as an array) is torn.
pub fn frame(body: &[u8], format: Format, limits: &Limits) -> Result<Framed, Problem> {
	// Ranges are 32 bits wide; the limit of the body is far below that.
	if body.len() > u32::MAX as usize {
		return Err(Problem::new(
			ProblemCode::BodyTooLarge,
			format!("the body has {} bytes", body.len()),
		));
	}
	// A byte-order mark is no part of the text (RFC 8259, section 8.1, allows to ignore it).
	let skip = if body.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
	let is_utf8 = std::str::from_utf8(body).is_ok();
	let mut framed = match format {
		Format::Ndjson => frame_lines(body, skip, is_utf8, limits)?,
		Format::Json => {
			if !is_utf8 {
				return Err(Problem::new(ProblemCode::InvalidUtf8, "the body is not UTF-8"));
			}
			frame_json(body, skip, limits)?
		}
	};
	if framed.received() == 0 {
		return Err(Problem::new(ProblemCode::EmptyRequest, "the body holds no entry"));
	}
	framed.numbered_by_line = format == Format::Ndjson;
	Ok(framed)
}

fn frame_lines(body: &[u8], skip: usize, is_utf8: bool, limits: &Limits) -> Result<Framed, Problem> {
	let mut framed = Framed::default();
	let mut start = skip;
	// Numbers are needed for refused lines only; they are counted from the last one that was.
	let mut numbered = (0, 1);
	for end in memchr::memchr_iter(b'\n', body).chain(std::iter::once(body.len())) {
		let range = trim(body, start, end);
		start = end + 1;
		if range.is_empty() {
			continue;
		}
		let bytes = &body[range.clone()];
		let range = range.start as u32..range.end as u32;
		match check_entry(bytes, is_utf8, limits) {
			None => framed.ranges.push(range),
			Some(why) => {
				let (from, line) = numbered;
				let to = range.start as usize;
				let line = line + memchr::memchr_iter(b'\n', &body[from..to]).count() as u32;
				numbered = (to, line);
				framed.refused.push(RefusedLine { line, range, why });
			}
		}
		check_count(&framed, limits)?;
	}
	Ok(framed)
}

fn frame_json(body: &[u8], skip: usize, limits: &Limits) -> Result<Framed, Problem> {
	let mut framed = Framed::default();
	scan::entries(body, skip, |range| {
		let bytes = &body[range.clone()];
		let line = framed.received() as u32 + 1;
		let range = range.start as u32..range.end as u32;
		match check_entry(bytes, true, limits) {
			None => framed.ranges.push(range),
			Some(why) => framed.refused.push(RefusedLine { line, range, why }),
		}
		check_count(&framed, limits)
	})?;
	Ok(framed)
}

fn check_count(framed: &Framed, limits: &Limits) -> Result<(), Problem> {
	if framed.received() <= limits.max_entries as usize {
		return Ok(());
	}
	Err(Problem::new(
		ProblemCode::TooManyEntries,
		format!(
			"a request has at most {} entries; send the rest in another",
			limits.max_entries
		),
	))
}

/// The rule that an entry breaks, cheapest first.
fn check_entry(bytes: &[u8], is_utf8: bool, limits: &Limits) -> Option<LineRule> {
	if bytes.len() > limits.max_entry_bytes as usize {
		return Some(LineRule::TooLarge);
	}
	if !is_utf8 && std::str::from_utf8(bytes).is_err() {
		return Some(LineRule::NotUtf8);
	}
	// Nearly every entry has fewer brackets than it may nest: then counting them is enough.
	let brackets = memchr::memchr2_iter(b'{', b'[', bytes)
		.take(limits.max_depth as usize + 1)
		.count();
	if brackets > limits.max_depth as usize && scan::depth(bytes) > limits.max_depth {
		return Some(LineRule::TooDeep);
	}
	None
}

/// The range without the white space around it.
fn trim(body: &[u8], mut start: usize, mut end: usize) -> Range<usize> {
	while start < end && is_space(body[start]) {
		start += 1;
	}
	while start < end && is_space(body[end - 1]) {
		end -= 1;
	}
	start..end
}

/// White space of JSON.
const fn is_space(byte: u8) -> bool {
	matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}
