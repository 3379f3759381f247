// SPDX-License-Identifier: Apache-2.0

//! A data file, written record by record.

use crate::{
	fault::{Error, Fault},
	framing::{frame, header::Header},
	record::Record,
};
use std::io::Write;

/// Writes a data file. The number of records stands before them, so it is told first and held to at the end.
pub struct Writer<W> {
	output: W,
	header: Header,
	written: u64,
}

impl<W: Write> Writer<W> {
	/// Writes the header.
	///
	/// # Errors
	/// A header that does not fit its lines.
	pub fn new(mut output: W, header: Header) -> Result<Self, Error> {
		header.write(&mut output)?;
		Ok(Writer {
			output,
			header,
			written: 0,
		})
	}

	/// Writes one record.
	///
	/// # Errors
	/// A record of another layout, or one more than the header counts.
	pub fn write(&mut self, record: &Record) -> Result<(), Error> {
		if record.layout().places() != self.header.layout.places() {
			return Err(Fault::new("record", record.bytes(), "the record has another layout than the file").into());
		}
		if self.written == self.header.records {
			let rule = format!("the header counts {} records", self.header.records);
			return Err(Fault::new("number of records", record.bytes(), rule).into());
		}
		self.written += 1;
		let mut line = |bytes: &[u8]| self.output.write_all(bytes);
		line(record.bytes())
			.and_then(|()| line(b"\r\n"))
			.map_err(Error::io("writing a record"))
	}

	/// Writes the last line and gives the output back, flushed.
	///
	/// # Errors
	/// Fewer records than the header counts.
	pub fn finish(mut self) -> Result<W, Error> {
		if self.written != self.header.records {
			let rule = format!(
				"the header counts {} records, {} were written",
				self.header.records, self.written
			);
			return Err(Fault::new("number of records", b"", rule).into());
		}
		let last = format!("{}\r\n", frame(self.header.format).data_last);
		self.output
			.write_all(last.as_bytes())
			.and_then(|()| self.output.flush())
			.map_err(Error::io("writing the last line"))?;
		Ok(self.output)
	}
}
