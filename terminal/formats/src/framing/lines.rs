// SPDX-License-Identifier: Apache-2.0

//! Lines of a file, each with its place. No line is longer in memory than it may be, whatever the file holds.

use crate::fault::{Error, Fault};
use std::io::{BufRead, Read};

/// Longest line of a frame, in bytes: no name of a field or a file comes near it.
pub(crate) const MAX_FRAME_LINE: usize = 256;

/// A line without its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
	pub(crate) bytes: Vec<u8>,
	/// Offset of its first byte in the file.
	pub(crate) start: u64,
}

/// Reads lines that end in CR LF or LF; the last one may have no end.
pub(crate) struct Lines<R> {
	input: R,
	at: u64,
}

impl<R: BufRead> Lines<R> {
	pub(crate) fn new(input: R) -> Self {
		Lines { input, at: 0 }
	}

	/// Offset of the next byte.
	pub(crate) fn at(&self) -> u64 {
		self.at
	}

	/// The next line of at most `most` bytes.
	pub(crate) fn next(&mut self, what: &str, most: usize) -> Result<Option<Line>, Error> {
		let start = self.at;
		let mut bytes = Vec::new();
		// Room for the line's end.
		let limit = most as u64 + 2;
		let read = (&mut self.input)
			.take(limit)
			.read_until(b'\n', &mut bytes)
			.map_err(Error::io(format!("reading {what} at byte {start}")))?;
		if read == 0 {
			return Ok(None);
		}
		self.at += read as u64;
		if bytes.last() == Some(&b'\n') {
			bytes.pop();
			if bytes.last() == Some(&b'\r') {
				bytes.pop();
			}
		}
		if bytes.len() > most {
			let rule = format!("the line must have at most {most} bytes");
			return Err(Fault::new(what, &bytes, rule).at(start).into());
		}
		Ok(Some(Line { bytes, start }))
	}

	/// The next line, which must be there.
	pub(crate) fn expect(&mut self, what: &str, most: usize) -> Result<Line, Error> {
		let at = self.at;
		self.next(what, most)?
			.ok_or_else(|| Fault::new(what, b"", "the file ends before this line").at(at).into())
	}

	/// A line that must be exactly this.
	pub(crate) fn constant(&mut self, what: &str, text: &str) -> Result<(), Error> {
		let line = self.expect(what, MAX_FRAME_LINE)?;
		match line.bytes == text.as_bytes() {
			true => Ok(()),
			false => Err(line.fault(what, format!("the line must be {text}"))),
		}
	}
}

impl Line {
	pub(crate) fn fault(&self, what: &str, rule: impl Into<String>) -> Error {
		Fault::new(what, &self.bytes, rule).at(self.start).into()
	}

	/// The text of a line that is padded with blanks to `width`; with `None` blanks around it do not count.
	pub(crate) fn padded(&self, what: &str, width: Option<usize>) -> Result<String, Error> {
		if let Some(width) = width.filter(|width| *width != self.bytes.len()) {
			return Err(self.fault(
				what,
				format!("the line must have {width} bytes, blanks behind the text"),
			));
		}
		let text = std::str::from_utf8(&self.bytes)
			.ok()
			.filter(|text| text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()))
			.ok_or_else(|| self.fault(what, "the line must be printable ASCII"))?;
		Ok(match width {
			Some(_) => text.trim_end_matches(' '),
			None => text.trim_matches(' '),
		}
		.into())
	}

	/// A count with zeros before it.
	pub(crate) fn count(&self, what: &str, width: Option<usize>) -> Result<u64, Error> {
		let text = self.padded(what, width)?;
		match !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
			true => text.parse().map_err(|_| self.fault(what, "the number is too large")),
			false => Err(self.fault(what, "the line must be a number")),
		}
	}
}
