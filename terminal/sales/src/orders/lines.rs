// SPDX-License-Identifier: Apache-2.0

//! Lines of bytes, whichever way they end: LF, CR LF or CR alone. Memory is bounded by the longest line allowed.

use super::MAX_LINE_LEN;
use std::io::{BufRead, BufReader, Read};

/// One line, without its end.
pub enum RawLine {
	/// Its bytes.
	Whole(Vec<u8>),
	/// Longer than [`MAX_LINE_LEN`]; its beginning.
	TooLong(Vec<u8>),
}

/// Reads lines and counts them.
pub struct Lines<R> {
	input: BufReader<R>,
	number: u64,
	/// The last line ended in CR: an LF that follows belongs to it.
	after_return: bool,
}

impl<R: Read> Lines<R> {
	/// Lines of `input`.
	pub fn new(input: R) -> Self {
		Lines {
			input: BufReader::with_capacity(256 * 1024, input),
			number: 0,
			after_return: false,
		}
	}

	/// The number of the last line, from 1.
	pub fn number(&self) -> u64 {
		self.number
	}

	/// The next line; `None` at the end.
	///
	/// # Errors
	/// The input cannot be read.
	pub fn next(&mut self) -> std::io::Result<Option<RawLine>> {
		let mut line = Vec::with_capacity(1_024);
		let mut begun = false;
		loop {
			let buffer = self.input.fill_buf()?;
			if buffer.is_empty() {
				if !begun {
					return Ok(None);
				}
				break;
			}
			if self.after_return {
				self.after_return = false;
				if buffer[0] == b'\n' {
					self.input.consume(1);
					continue;
				}
			}
			if !begun {
				begun = true;
				self.number += 1;
			}
			let end = buffer.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
			let part = &buffer[..end.unwrap_or(buffer.len())];
			let room = (MAX_LINE_LEN + 1).saturating_sub(line.len());
			line.extend_from_slice(&part[..part.len().min(room)]);
			match end {
				Some(at) => {
					self.after_return = buffer[at] == b'\r';
					self.input.consume(at + 1);
					break;
				}
				None => {
					let read = buffer.len();
					self.input.consume(read);
				}
			}
		}
		Ok(Some(if line.len() > MAX_LINE_LEN {
			line.truncate(512);
			RawLine::TooLong(line)
		} else {
			RawLine::Whole(line)
		}))
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	fn read(bytes: &[u8]) -> Vec<(u64, Vec<u8>)> {
		let mut lines = Lines::new(bytes);
		let mut found = Vec::new();
		while let Some(line) = lines.next().unwrap() {
			let (RawLine::Whole(text) | RawLine::TooLong(text)) = line;
			found.push((lines.number(), text));
		}
		found
	}

	#[test]
	fn every_line_end_counts_once() {
		for end in ["\n", "\r\n", "\r"] {
			let text = format!("a{end}{end}b{end}c");
			let expected = vec![
				(1, b"a".to_vec()),
				(2, b"".to_vec()),
				(3, b"b".to_vec()),
				(4, b"c".to_vec()),
			];
			assert_eq!(read(text.as_bytes()), expected, "{end:?}");
		}
	}

	#[test]
	fn a_line_too_long_is_cut_and_the_next_one_read() {
		let mut bytes = vec![b'x'; 3 * MAX_LINE_LEN];
		bytes.extend_from_slice(b"\nb\n");
		let lines = read(&bytes);
		assert_eq!(
			(lines.len(), lines[0].1.len(), lines[1].1.as_slice()),
			(2, 512, &b"b"[..])
		);
	}

	proptest! {
		#[test]
		fn nothing_is_lost(text in "[ab\r\n]{0,60}") {
			let found: Vec<u8> = read(text.as_bytes()).into_iter().flat_map(|(_, line)| line).collect();
			let expected: Vec<u8> = text.bytes().filter(|byte| !b"\r\n".contains(byte)).collect();
			prop_assert_eq!(found, expected);
		}
	}
}
