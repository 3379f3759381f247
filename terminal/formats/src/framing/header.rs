// SPDX-License-Identifier: Apache-2.0

//! The lines before the records of a data file.

use super::{
	frame,
	lines::{Lines, MAX_FRAME_LINE},
	DATE,
};
use crate::{
	dictionary::{Dictionary, Format},
	fault::{Error, Fault},
	name::DataName,
	record::Layout,
	value::is_date,
};
use std::{
	io::{BufRead, Write},
	sync::Arc,
};

/// Most fields of a record.
const MAX_FIELDS: u64 = 1_000;

/// The parties, date and kind that OFD's header names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parties {
	/// Who made the file.
	pub creator: String,
	/// For whom it is.
	pub receiver: String,
	/// Business date, `YYYYMMDD`.
	pub date: String,
	/// Number of a summary table. Nobody uses it; it is kept.
	pub summary: String,
	/// Kind of the file, e.g. `03`.
	pub kind: String,
	/// Sender, kept as it is.
	pub sender: String,
	/// Recipient, kept as it is.
	pub recipient: String,
}

/// How many digits WDEP's counts have; nothing published says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct CountDigits {
	/// Digits of the number of fields.
	pub fields: usize,
	/// Digits of the number of records.
	pub records: usize,
}

impl Default for CountDigits {
	fn default() -> Self {
		CountDigits { fields: 3, records: 8 }
	}
}

/// The lines before the records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
	/// The format.
	pub format: Format,
	/// OFD names the parties; WDEP does so in the file's name only.
	pub parties: Option<Parties>,
	/// The fields.
	pub layout: Arc<Layout>,
	/// Number of records.
	pub records: u64,
	/// Digits of WDEP's counts.
	pub digits: CountDigits,
}

impl Header {
	/// Reads the header. OFD's must say what the name of the file says.
	pub(crate) fn read<R: BufRead>(
		lines: &mut Lines<R>,
		dictionary: &Dictionary,
		name: Option<&DataName>,
	) -> Result<Self, Error> {
		let format = dictionary.format();
		let widths = frame(format).widths;
		lines.constant("first line", frame(format).data_first)?;
		let version = lines.expect("version", MAX_FRAME_LINE)?;
		if version.padded("version", widths.map(|w| w.version))? != format.version() {
			return Err(version.fault("version", format!("the profile is for version {}", format.version())));
		}
		let parties = match widths {
			Some(_) => Some(Parties::read(lines, format, name)?),
			None => None,
		};
		let kind = parties.as_ref().map(|parties| parties.kind.as_str());
		let kind = kind.or(name.map(|name| name.kind.as_str()));
		let (layout, field_digits) = read_layout(lines, dictionary, kind, widths.map(|w| w.fields))?;
		let line = lines.expect("number of records", MAX_FRAME_LINE)?;
		let records = line.count("number of records", widths.map(|w| w.records))?;
		Ok(Header {
			format,
			parties,
			layout,
			records,
			digits: CountDigits {
				fields: field_digits,
				records: line.bytes.len(),
			},
		})
	}

	/// Writes the header.
	///
	/// # Errors
	/// A text that is longer than its line, or a count.
	pub fn write(&self, output: &mut impl Write) -> Result<(), Error> {
		let widths = frame(self.format).widths;
		let mut lines = vec![frame(self.format).data_first.to_string()];
		lines.push(pad("version", self.format.version(), widths.map(|w| w.version))?);
		if let (Some(parties), Some(_)) = (&self.parties, widths) {
			lines.extend(parties.lines(self.format)?);
		}
		let places = self.layout.places();
		let field_digits = widths.map_or(self.digits.fields, |w| w.fields);
		lines.push(number("number of fields", places.len() as u64, field_digits)?);
		lines.extend(places.iter().map(|place| place.name.clone()));
		let record_digits = widths.map_or(self.digits.records, |w| w.records);
		lines.push(number("number of records", self.records, record_digits)?);
		let text = lines.join("\r\n") + "\r\n";
		output
			.write_all(text.as_bytes())
			.map_err(Error::io("writing the header"))
	}
}

impl Parties {
	/// The lines from creator to recipient.
	fn read<R: BufRead>(lines: &mut Lines<R>, format: Format, name: Option<&DataName>) -> Result<Self, Error> {
		let widths = frame(format).widths.expect("OFD has widths");
		let mut line = |what: &str, width: usize, named: Option<&String>| {
			let line = lines.expect(what, MAX_FRAME_LINE)?;
			let text = line.padded(what, Some(width))?;
			match named {
				Some(named) if !named.eq_ignore_ascii_case(&text) => {
					Err(line.fault(what, format!("the file's name says {named}")))
				}
				_ if what == "date" && !is_date(&text) => Err(line.fault(what, "the line must be a date YYYYMMDD")),
				_ => Ok(text),
			}
		};
		Ok(Parties {
			creator: line("creator", widths.party, name.map(|name| &name.creator))?,
			receiver: line("receiver", widths.party, name.map(|name| &name.receiver))?,
			date: line("date", DATE, name.map(|name| &name.date))?,
			summary: line("summary table", widths.summary, None)?,
			kind: line("kind of file", widths.kind, name.map(|name| &name.kind))?,
			sender: line("sender", DATE, None)?,
			recipient: line("recipient", DATE, None)?,
		})
	}

	fn lines(&self, format: Format) -> Result<Vec<String>, Error> {
		let widths = frame(format).widths.expect("OFD has widths");
		Ok(vec![
			pad("creator", &self.creator, Some(widths.party))?,
			pad("receiver", &self.receiver, Some(widths.party))?,
			pad("date", &self.date, Some(DATE))?,
			pad("summary table", &self.summary, Some(widths.summary))?,
			pad("kind of file", &self.kind, Some(widths.kind))?,
			pad("sender", &self.sender, Some(DATE))?,
			pad("recipient", &self.recipient, Some(DATE))?,
		])
	}
}

/// The number of fields and their names; gives the digits of the number, too.
fn read_layout<R: BufRead>(
	lines: &mut Lines<R>,
	dictionary: &Dictionary,
	kind: Option<&str>,
	width: Option<usize>,
) -> Result<(Arc<Layout>, usize), Error> {
	let line = lines.expect("number of fields", MAX_FRAME_LINE)?;
	let count = line.count("number of fields", width)?;
	if count == 0 || count > MAX_FIELDS {
		return Err(line.fault("number of fields", format!("1 to {MAX_FIELDS} fields are allowed")));
	}
	let of_kind = kind.and_then(|kind| dictionary.layout(kind));
	let mut names = Vec::new();
	for _ in 0..count {
		let name = lines.expect("field name", MAX_FRAME_LINE)?;
		let text = name.padded("field name", Some(name.bytes.len()))?;
		let is_of_kind = |known: &[String]| known.iter().any(|known| known.eq_ignore_ascii_case(&text));
		if let (Some(kind), Some(false)) = (kind, of_kind.map(is_of_kind)) {
			return Err(name.fault("field name", format!("files of kind {kind} have no field of this name")));
		}
		names.push((text, name.start));
	}
	let layout = Layout::new(dictionary, names.iter().map(|(name, _)| name.as_str()))
		.map_err(|(place, fault)| fault.at(names[place].1))?;
	Ok((layout, line.bytes.len()))
}

/// A text with blanks behind it.
pub(crate) fn pad(what: &str, text: &str, width: Option<usize>) -> Result<String, Fault> {
	let width = width.unwrap_or(text.len());
	if !text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()) {
		return Err(Fault::told(what, text, "the line must be printable ASCII"));
	}
	match text.len() <= width {
		true => Ok(format!("{text:<width$}")),
		false => Err(Fault::told(what, text, format!("at most {width} bytes fit"))),
	}
}

/// A number with zeros before it.
pub(crate) fn number(what: &str, count: u64, digits: usize) -> Result<String, Fault> {
	let text = format!("{count:0>digits$}");
	match text.len() <= digits.max(1) {
		true => Ok(text),
		false => Err(Fault::told(what, text, format!("at most {digits} digits fit"))),
	}
}
