// SPDX-License-Identifier: Apache-2.0

//! The file that lists the data files of a set: OFD's index, WDEP's count file. Both are known by their first line, never by their name.

use super::{
	frame,
	header::{number, pad},
	lines::{Lines, MAX_FRAME_LINE},
	DATE,
};
use crate::{
	dictionary::Format,
	fault::{Error, Fault},
	value::is_date,
};
use std::{
	collections::HashSet,
	io::{BufRead, Write},
};

/// Most files that an index may list.
const MAX_FILES: u64 = 100_000;

/// The list of a set's files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
	/// The format.
	pub format: Format,
	/// Who made the set; OFD only.
	pub creator: String,
	/// For whom it is; OFD only.
	pub receiver: String,
	/// Business date, `YYYYMMDD`; OFD only.
	pub date: String,
	/// Names of the data files.
	pub files: Vec<String>,
	/// Digits of WDEP's number of files.
	pub digits: usize,
}

impl Index {
	/// The format of the index that begins with these bytes, as far as they tell: OFD's version is in its second line.
	pub fn is_index(first_line: &[u8]) -> bool {
		[b"OFDCFIDX".as_slice(), b"WDEPCOUNT"].contains(&first_line.trim_ascii_end())
	}

	/// Reads an index.
	///
	/// # Errors
	/// A line that is not what the format demands; a name that is no plain name of a file or stands twice.
	pub fn read(input: impl BufRead, format: Format) -> Result<Self, Error> {
		let mut lines = Lines::new(input);
		let widths = frame(format).widths;
		lines.constant("first line", frame(format).index_first)?;
		let version = lines.expect("version", MAX_FRAME_LINE)?;
		if version.padded("version", widths.map(|w| w.version))? != format.version() {
			return Err(version.fault("version", format!("the profile is for version {}", format.version())));
		}
		let mut parties = Vec::new();
		if let Some(widths) = widths {
			for (what, width) in [("creator", widths.party), ("receiver", widths.party), ("date", DATE)] {
				let line = lines.expect(what, MAX_FRAME_LINE)?;
				let text = line.padded(what, Some(width))?;
				if what == "date" && !is_date(&text) {
					return Err(line.fault(what, "the line must be a date YYYYMMDD"));
				}
				parties.push(text);
			}
		}
		let mut parties = parties.into_iter();
		let line = lines.expect("number of files", MAX_FRAME_LINE)?;
		let count = line.count("number of files", widths.map(|w| w.files))?;
		if count > MAX_FILES {
			return Err(line.fault("number of files", format!("at most {MAX_FILES} files are allowed")));
		}
		let mut files = Vec::new();
		let mut seen = HashSet::new();
		for _ in 0..count {
			let name = lines.expect("name of a file", MAX_FRAME_LINE)?;
			let text = name.padded("name of a file", None)?;
			if text.is_empty() || text.starts_with('.') || text.contains(['/', '\\']) {
				return Err(name.fault("name of a file", "it must be a plain name"));
			}
			if !seen.insert(text.to_uppercase()) {
				return Err(name.fault("name of a file", "a file must be listed once"));
			}
			files.push(text);
		}
		lines.constant("last line", frame(format).index_last)?;
		let behind = lines.at();
		if let Some(line) = lines.next("end of the file", MAX_FRAME_LINE)? {
			return Err(
				Fault::new("end of the file", &line.bytes, "nothing may follow the last line")
					.at(behind)
					.into(),
			);
		}
		Ok(Index {
			format,
			creator: parties.next().unwrap_or_default(),
			receiver: parties.next().unwrap_or_default(),
			date: parties.next().unwrap_or_default(),
			files,
			digits: line.bytes.len(),
		})
	}

	/// Writes the index.
	///
	/// # Errors
	/// A text that is longer than its line, or an output that takes nothing.
	pub fn write(&self, output: &mut impl Write) -> Result<(), Error> {
		let widths = frame(self.format).widths;
		let mut lines = vec![
			frame(self.format).index_first.to_string(),
			pad("version", self.format.version(), widths.map(|w| w.version))?,
		];
		if let Some(widths) = widths {
			lines.push(pad("creator", &self.creator, Some(widths.party))?);
			lines.push(pad("receiver", &self.receiver, Some(widths.party))?);
			lines.push(pad("date", &self.date, Some(DATE))?);
		}
		let digits = widths.map_or(self.digits, |w| w.files);
		lines.push(number("number of files", self.files.len() as u64, digits)?);
		for file in &self.files {
			lines.push(pad("name of a file", file, None)?);
		}
		lines.push(frame(self.format).index_last.to_string());
		let text = lines.join("\r\n") + "\r\n";
		output
			.write_all(text.as_bytes())
			.map_err(Error::io("writing the index"))
	}
}
