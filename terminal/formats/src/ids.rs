// SPDX-License-Identifier: Apache-2.0

//! Serial numbers of applications. A file has 24 bytes for one, an order's id may have 128: where an id does not fit, it gets a serial
//! of its own, which is kept for ever, both ways.

use crate::fault::{Error, Fault};
use std::{
	collections::HashMap,
	fs::{File, OpenOptions},
	io::{BufRead, BufReader, Write},
	path::Path,
};

/// Most bytes of a serial.
pub const MAX_SERIAL: usize = 24;

/// Serials for ids, and back.
pub trait Serials {
	/// The serial of an id: the id itself where it fits, else one that is kept.
	///
	/// # Errors
	/// An id that does not fit where none can be kept; a store that does not write.
	fn serial(&mut self, id: &str) -> Result<String, Error>;

	/// The id of a serial: the serial itself where none was given.
	fn id(&self, serial: &str) -> String;
}

/// Whether an id can be its own serial.
fn fits(id: &str) -> bool {
	!id.is_empty() && id.len() <= MAX_SERIAL && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Ids that are their own serials; others are refused.
#[derive(Clone, Copy, Debug, Default)]
pub struct PlainSerials;

impl Serials for PlainSerials {
	fn serial(&mut self, id: &str) -> Result<String, Error> {
		match fits(id) {
			true => Ok(id.into()),
			false => {
				let rule = "without a table of serials an id must be 1 to 24 letters and digits";
				Err(Fault::told("id", id, rule).into())
			}
		}
	}

	fn id(&self, serial: &str) -> String {
		serial.into()
	}
}

/// A table in a file: one line per serial, `<serial> <id>`, synced before a serial is given out.
#[derive(Debug)]
pub struct SerialFile {
	file: File,
	shown: String,
	prefix: String,
	next: u64,
	serials: HashMap<String, String>,
	ids: HashMap<String, String>,
}

/// Digits of a counted serial.
const DIGITS: usize = 16;

impl SerialFile {
	/// Opens or makes the table. New serials are `prefix`, at most eight letters and digits, and sixteen digits.
	///
	/// # Errors
	/// A file that cannot be opened, or that holds a line that is none.
	pub fn open(path: &Path, prefix: &str) -> Result<Self, Error> {
		let shown = path.display().to_string();
		if prefix.len() > MAX_SERIAL - DIGITS || !prefix.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
			return Err(Fault::told("prefix", prefix, "at most eight letters and digits").into());
		}
		let file = OpenOptions::new()
			.read(true)
			.append(true)
			.create(true)
			.open(path)
			.map_err(Error::io(format!("opening {shown}")))?;
		let mut table = SerialFile {
			file: file.try_clone().map_err(Error::io(format!("opening {shown}")))?,
			shown,
			prefix: prefix.into(),
			next: 1,
			serials: HashMap::new(),
			ids: HashMap::new(),
		};
		table.load(file)?;
		Ok(table)
	}

	fn load(&mut self, file: File) -> Result<(), Error> {
		let mut at = 0u64;
		let mut input = BufReader::new(file);
		loop {
			let mut line = Vec::new();
			let read = input
				.read_until(b'\n', &mut line)
				.map_err(Error::io(format!("reading {}", self.shown)))?;
			// What a crash cut off was never given out.
			if line.pop() != Some(b'\n') {
				return self
					.file
					.set_len(at)
					.map_err(Error::io(format!("shortening {}", self.shown)));
			}
			let parsed = String::from_utf8(line.clone()).ok();
			let (serial, id) = parsed
				.as_deref()
				.and_then(|line| line.split_once(' '))
				.filter(|(serial, id)| fits(serial) && !id.is_empty())
				.ok_or_else(|| {
					Fault::told(
						"serial",
						String::from_utf8_lossy(&line),
						"a line must be a serial, a blank and an id",
					)
					.in_file(&self.shown)
					.at(at)
				})?;
			let counted = serial
				.strip_prefix(&self.prefix)
				.and_then(|digits| digits.parse::<u64>().ok());
			self.next = self.next.max(counted.map_or(0, |number| number + 1));
			self.keep(serial.into(), id.into());
			at += read as u64;
		}
	}

	fn keep(&mut self, serial: String, id: String) {
		self.serials.insert(id.clone(), serial.clone());
		self.ids.insert(serial, id);
	}
}

impl Serials for SerialFile {
	fn serial(&mut self, id: &str) -> Result<String, Error> {
		if let Some(serial) = self.serials.get(id) {
			return Ok(serial.clone());
		}
		// An id that looks like a counted serial gets one of its own, so that it can never meet another order's.
		let looks_counted = id.len() == self.prefix.len() + DIGITS && id.starts_with(&self.prefix);
		if fits(id) && !looks_counted {
			return Ok(id.into());
		}
		if id.is_empty() || id.contains(['\n', '\r']) {
			return Err(Fault::told("id", id, "an id must have at least one character and no line ends").into());
		}
		let serial = format!("{}{:0>DIGITS$}", self.prefix, self.next);
		self.file
			.write_all(format!("{serial} {id}\n").as_bytes())
			.and_then(|()| self.file.sync_data())
			.map_err(Error::io(format!("writing {}", self.shown)))?;
		self.next += 1;
		self.keep(serial.clone(), id.into());
		Ok(serial)
	}

	fn id(&self, serial: &str) -> String {
		self.ids.get(serial).cloned().unwrap_or_else(|| serial.into())
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_serial_is_kept_for_ever_and_no_two_ids_share_one() {
		let folder = tempfile::tempdir().expect("a folder");
		let path = folder.path().join("serials");
		let long = "order/2026-11-24/".repeat(4);
		let first = {
			let mut table = SerialFile::open(&path, "S").expect("made");
			assert_eq!(table.serial("20261124A1").expect("fits"), "20261124A1");
			let first = table.serial(&long).expect("counted");
			assert_eq!((&*first, &table.id(&first)), ("S0000000000000001", &long));
			// An order that is called like a serial that was given out.
			let other = table.serial("S0000000000000001").expect("counted");
			assert_eq!(
				(&*other, &*table.id(&other)),
				("S0000000000000002", "S0000000000000001")
			);
			first
		};
		// A line that a crash cut off.
		let mut file = OpenOptions::new().append(true).open(&path).expect("is there");
		file.write_all(b"S0000000000000003 hal").expect("writes");
		let mut table = SerialFile::open(&path, "S").expect("opens");
		assert_eq!(table.serial(&long).expect("known"), first);
		assert_eq!(table.serial("ünïcode").expect("counted"), "S0000000000000003");
		assert!(table.serial("a\nb").is_err() && table.serial("").is_err());
		std::fs::write(&path, "no line of a table\n\n").expect("writes");
		assert!(SerialFile::open(&path, "S").is_err());
		assert!(SerialFile::open(&path, "toolongprefix").is_err());
	}

	#[test]
	fn without_a_table_what_does_not_fit_is_refused() {
		assert_eq!(PlainSerials.serial("A1").expect("fits"), "A1");
		assert!(PlainSerials.serial("A-1").is_err() && PlainSerials.serial(&"1".repeat(25)).is_err());
	}
}
