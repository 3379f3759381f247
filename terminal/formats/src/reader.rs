// SPDX-License-Identifier: Apache-2.0

//! A data file, record by record, in memory for one record.

use crate::{
	dictionary::Dictionary,
	fault::{Error, Fault},
	framing::{
		frame,
		header::Header,
		lines::{Lines, MAX_FRAME_LINE},
	},
	name::DataName,
	record::Record,
};
use std::io::BufRead;

/// Reads a data file. Ends with an error at the first fault: what came before it may be looked at, but a file counts only once the reader
/// has given `None`, since the number of records and the last line stand at the end.
pub struct Reader<R> {
	lines: Lines<R>,
	header: Header,
	read: u64,
	record_start: u64,
	ended: bool,
}

impl<R: BufRead> Reader<R> {
	/// Reads the header. Where the name of the file is known, OFD's header must say the same; WDEP's says nothing of kind and parties.
	///
	/// # Errors
	/// A line of the header that is not what the format demands.
	pub fn new(input: R, dictionary: &Dictionary, name: Option<&DataName>) -> Result<Self, Error> {
		let mut lines = Lines::new(input);
		let header = Header::read(&mut lines, dictionary, name)?;
		Ok(Reader {
			lines,
			header,
			read: 0,
			record_start: 0,
			ended: false,
		})
	}

	/// The header.
	pub fn header(&self) -> &Header {
		&self.header
	}

	/// Offset of the last record's first byte in the file.
	pub fn record_start(&self) -> u64 {
		self.record_start
	}

	/// The next record; `None` behind the last one, when the file's end has been checked.
	///
	/// # Errors
	/// A record, a count or a last line that is not what the format demands.
	pub fn next_record(&mut self) -> Result<Option<Record>, Error> {
		if self.ended {
			return Ok(None);
		}
		if self.read == self.header.records {
			self.end()?;
			self.ended = true;
			return Ok(None);
		}
		self.read += 1;
		let number = self.read;
		let len = self.header.layout.record_len();
		let last = frame(self.header.format).data_last;
		let line = match self.lines.expect("record", len.max(MAX_FRAME_LINE)) {
			Ok(line) => line,
			Err(Error::Fault(fault)) => return Err(fault.in_record(number).into()),
			Err(error) => return Err(error),
		};
		self.record_start = line.start;
		if line.bytes == last.as_bytes() {
			let rule = format!(
				"the header counts {} records, the file has {}",
				self.header.records,
				number - 1
			);
			return Err(line.fault("number of records", rule));
		}
		let record = Record::parse(&self.header.layout, &line.bytes).map_err(|fault| {
			let offset = fault.byte.unwrap_or_default();
			fault.in_record(number).at(line.start + offset)
		})?;
		Ok(Some(record))
	}

	fn end(&mut self) -> Result<(), Error> {
		let last = frame(self.header.format).data_last;
		let most = self.header.layout.record_len().max(MAX_FRAME_LINE);
		let line = self.lines.expect("last line", most)?;
		if line.bytes.len() == self.header.layout.record_len() && line.bytes != last.as_bytes() {
			let rule = format!("the header counts {} records, the file has more", self.header.records);
			return Err(line.fault("number of records", rule));
		}
		if line.bytes != last.as_bytes() {
			return Err(line.fault("last line", format!("the line must be {last}")));
		}
		match self.lines.next("end of the file", MAX_FRAME_LINE)? {
			None => Ok(()),
			Some(line) => Err(
				Fault::new("end of the file", &line.bytes, "nothing may follow the last line")
					.at(line.start)
					.into(),
			),
		}
	}
}

impl<R: BufRead> Iterator for Reader<R> {
	type Item = Result<Record, Error>;

	/// As [`Reader::next_record`]; ends after an error.
	fn next(&mut self) -> Option<Self::Item> {
		let next = self.next_record();
		if next.is_err() {
			self.ended = true;
		}
		next.transpose()
	}
}
