// SPDX-License-Identifier: Apache-2.0

//! Finds the entries of a JSON array.
//!
//! The scanner knows strings, escapes and nesting, and nothing else of JSON: what it takes for an entry may still be
//! refused by whoever reads it. It promises that on valid JSON its entries are those of a full parser, that on any
//! bytes it ends and does not panic, and that it needs a fixed amount of memory.

use super::is_space;
use sealane_sdk::types::{Problem, ProblemCode};
use std::ops::Range;

/// Deepest nesting that the scanner follows: one bit per level.
pub(super) const MAX_NESTING: u32 = 128;

/// Calls `take` with the range of each entry: the elements of an array, or the body itself where it is one object.
/// Ends with the first error of `take`.
pub(super) fn entries(
	body: &[u8],
	start: usize,
	mut take: impl FnMut(Range<usize>) -> Result<(), Problem>,
) -> Result<(), Problem> {
	let mut at = skip_space(body, start);
	match body.get(at) {
		None => return Ok(()),
		Some(b'{') => {
			let end = skip_value(body, at)?;
			take(at..end)?;
			return expect_end(body, end);
		}
		Some(b'[') => at = skip_space(body, at + 1),
		Some(_) => return Err(torn(at, "an array or an object must stand here")),
	}
	if body.get(at) == Some(&b']') {
		return expect_end(body, at + 1);
	}
	loop {
		let end = skip_value(body, at)?;
		take(at..end)?;
		at = skip_space(body, end);
		match body.get(at) {
			Some(b',') => at = skip_space(body, at + 1),
			Some(b']') => return expect_end(body, at + 1),
			_ => return Err(torn(at, "`,` or `]` must stand here")),
		}
	}
}

/// Deepest nesting of a value; counts at most one level more than [`MAX_NESTING`]. Bytes that are no JSON have some
/// depth, too.
pub(super) fn depth(bytes: &[u8]) -> u32 {
	let (mut depth, mut deepest, mut at) = (0u32, 0u32, 0usize);
	while let Some(byte) = bytes.get(at) {
		match byte {
			b'"' => match skip_string(bytes, at) {
				Ok(end) => {
					at = end;
					continue;
				}
				Err(_) => return deepest,
			},
			b'{' | b'[' => {
				depth += 1;
				deepest = deepest.max(depth);
				if deepest > MAX_NESTING {
					return deepest;
				}
			}
			b'}' | b']' => depth = depth.saturating_sub(1),
			_ => {}
		}
		at += 1;
	}
	deepest
}

/// The end of the value that begins at `at`.
fn skip_value(body: &[u8], at: usize) -> Result<usize, Problem> {
	match body.get(at) {
		Some(b'{' | b'[') => skip_nested(body, at),
		Some(b'"') => skip_string(body, at),
		Some(byte) if is_scalar(*byte) => Ok(skip_scalar(body, at)),
		_ => Err(torn(at, "a value must stand here")),
	}
}

/// The end of the array or object that begins at `at`.
fn skip_nested(body: &[u8], mut at: usize) -> Result<usize, Problem> {
	// Bit n tells whether level n is an object.
	let mut kinds = 0u128;
	let mut depth = 0u32;
	while let Some(&byte) = body.get(at) {
		match byte {
			b'"' => {
				at = skip_string(body, at)?;
				continue;
			}
			b'{' | b'[' => {
				if depth == MAX_NESTING {
					let detail = format!("byte {at}: arrays and objects nest deeper than {MAX_NESTING}");
					return Err(Problem::new(ProblemCode::TooDeep, detail));
				}
				let bit = 1u128 << depth;
				kinds = if byte == b'{' { kinds | bit } else { kinds & !bit };
				depth += 1;
			}
			b'}' | b']' => {
				// The loop is entered at a bracket, and left when the last one closes: depth is at least 1.
				depth -= 1;
				if (kinds >> depth & 1 == 1) != (byte == b'}') {
					return Err(torn(at, "the bracket does not close what was opened"));
				}
				if depth == 0 {
					return Ok(at + 1);
				}
			}
			_ => {}
		}
		at += 1;
	}
	Err(torn(at, "the body ends inside an array or object"))
}

/// The end of the string whose opening quote is at `at`.
fn skip_string(body: &[u8], at: usize) -> Result<usize, Problem> {
	let mut from = at + 1;
	while let Some(offset) = memchr::memchr2(b'"', b'\\', body.get(from..).unwrap_or_default()) {
		let found = from + offset;
		if body[found] == b'"' {
			return Ok(found + 1);
		}
		// The escaped byte, whatever it is, ends no string.
		from = found + 2;
	}
	Err(torn(body.len(), "the body ends inside a string"))
}

/// The end of the number or word that begins at `at`.
fn skip_scalar(body: &[u8], at: usize) -> usize {
	body[at..]
		.iter()
		.position(|b| !is_scalar(*b))
		.map_or(body.len(), |length| at + length)
}

/// Bytes of numbers, `true`, `false` and `null`.
const fn is_scalar(byte: u8) -> bool {
	byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.')
}

fn skip_space(body: &[u8], at: usize) -> usize {
	body[at..]
		.iter()
		.position(|b| !is_space(*b))
		.map_or(body.len(), |length| at + length)
}

fn expect_end(body: &[u8], at: usize) -> Result<(), Problem> {
	let at = skip_space(body, at);
	if at == body.len() {
		Ok(())
	} else {
		Err(torn(at, "nothing may follow the body's value"))
	}
}

fn torn(at: usize, rule: &str) -> Problem {
	Problem::new(ProblemCode::InvalidJson, format!("byte {at}: {rule}"))
}
