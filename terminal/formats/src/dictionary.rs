// SPDX-License-Identifier: Apache-2.0

//! The fields of one version of a format: a dictionary of names, and the layout of each kind of file.
//!
//! In each version a name has one kind, width and number of decimals wherever it stands, so one dictionary reads every kind of file by the
//! names in its header. The lists are data, in the folder `dictionaries/`: one row per field with kind of file, place, name, type, meaning.
//! Where published lists disagree whether a field is text or digits, it is text: the bytes are the same, and nothing is refused for it.

use crate::value::FieldType;
use std::collections::{BTreeMap, HashMap};

/// A format and its version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Deserialize, serde::Serialize)]
pub enum Format {
	/// OFD 2.0.
	#[serde(rename = "ofd-2.0")]
	Ofd20,
	/// OFD 2.1.
	#[serde(rename = "ofd-2.1")]
	Ofd21,
	/// OFD 2.2.
	#[serde(rename = "ofd-2.2")]
	Ofd22,
	/// WDEP 1.0.
	#[serde(rename = "wdep-1.0")]
	Wdep10,
}

impl Format {
	/// All formats.
	pub const ALL: [Format; 4] = [Format::Ofd20, Format::Ofd21, Format::Ofd22, Format::Wdep10];

	/// The name in profiles and messages.
	pub const fn name(self) -> &'static str {
		match self {
			Format::Ofd20 => "ofd-2.0",
			Format::Ofd21 => "ofd-2.1",
			Format::Ofd22 => "ofd-2.2",
			Format::Wdep10 => "wdep-1.0",
		}
	}

	/// What stands in the version line of a file.
	pub const fn version(self) -> &'static str {
		match self {
			Format::Ofd20 => "20",
			Format::Ofd21 => "21",
			Format::Ofd22 => "22",
			Format::Wdep10 => "1.0",
		}
	}

	const fn table(self) -> &'static str {
		match self {
			Format::Ofd20 => include_str!("../dictionaries/ofd-2.0.csv"),
			Format::Ofd21 => include_str!("../dictionaries/ofd-2.1.csv"),
			Format::Ofd22 => include_str!("../dictionaries/ofd-2.2.csv"),
			Format::Wdep10 => include_str!("../dictionaries/wdep-1.0.csv"),
		}
	}
}

/// A field of the dictionary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
	/// Its name as the format spells it. Files are read without regard to case.
	pub name: String,
	/// Kind and width.
	pub field_type: FieldType,
	/// What it means, in Chinese.
	pub meaning: String,
}

/// The names of a version and the fields of each kind of file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dictionary {
	format: Format,
	fields: HashMap<String, Field>,
	layouts: BTreeMap<String, Vec<String>>,
}

#[derive(serde::Deserialize)]
struct Row {
	kind: String,
	place: usize,
	name: String,
	#[serde(rename = "type")]
	field_type: String,
	meaning: String,
}

impl Dictionary {
	/// The dictionary of a format.
	///
	/// # Panics
	/// Never: the tables are part of the program and a test reads them all.
	pub fn of(format: Format) -> Self {
		Self::parse(format, format.table()).expect("a test reads every table of the program")
	}

	fn parse(format: Format, table: &str) -> Result<Self, String> {
		let mut dictionary = Dictionary {
			format,
			fields: HashMap::new(),
			layouts: BTreeMap::new(),
		};
		for row in csv::Reader::from_reader(table.as_bytes()).deserialize() {
			let row: Row = row.map_err(|error| error.to_string())?;
			let field_type = row.field_type.parse()?;
			let layout = dictionary.layouts.entry(row.kind.clone()).or_default();
			layout.push(row.name.clone());
			if layout.len() != row.place {
				return Err(format!("kind {}: {} has place {}", row.kind, row.name, row.place));
			}
			let field = dictionary.fields.entry(row.name.to_uppercase()).or_insert(Field {
				name: row.name.clone(),
				field_type,
				meaning: row.meaning,
			});
			if (field.field_type.width, field.field_type.kind) != (field_type.width, field_type.kind) {
				return Err(format!("{} is {field_type} and {}", row.name, field.field_type));
			}
		}
		Ok(dictionary)
	}

	/// The format.
	pub fn format(&self) -> Format {
		self.format
	}

	/// A field by its name, in whatever case.
	pub fn field(&self, name: &str) -> Option<&Field> {
		self.fields.get(&name.to_uppercase())
	}

	/// The names of a kind of file, in their order.
	pub fn layout(&self, kind: &str) -> Option<&[String]> {
		self.layouts.get(kind).map(Vec::as_slice)
	}

	/// The kinds of files.
	pub fn kinds(&self) -> impl Iterator<Item = &str> {
		self.layouts.keys().map(String::as_str)
	}

	/// Gives a field another type, as dialects do.
	///
	/// # Errors
	/// A name that the dictionary does not have.
	pub fn retype(&mut self, name: &str, field_type: FieldType) -> Result<(), String> {
		match self.fields.get_mut(&name.to_uppercase()) {
			Some(field) => {
				field.field_type = field_type;
				Ok(())
			}
			None => Err(format!("{} has no field {name:?}", self.format.name())),
		}
	}

	/// Shortens a layout to its first `count` fields: editions of one version differ in the fields at the end.
	///
	/// # Errors
	/// A kind that the dictionary does not have, or that has fewer fields.
	pub fn truncate(&mut self, kind: &str, count: usize) -> Result<(), String> {
		match self.layouts.get_mut(kind) {
			Some(layout) if (1..=layout.len()).contains(&count) => {
				layout.truncate(count);
				Ok(())
			}
			Some(layout) => Err(format!("kind {kind} has {} fields, not {count}", layout.len())),
			None => Err(format!("{} has no kind {kind:?}", self.format.name())),
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	/// Numbers of fields and lengths of records, as published for each version and kind.
	const LENGTHS: [(Format, &str, usize, usize); 30] = [
		(Format::Ofd20, "01", 84, 1456),
		(Format::Ofd20, "02", 27, 465),
		(Format::Ofd20, "03", 74, 665),
		(Format::Ofd20, "04", 116, 1170),
		(Format::Ofd20, "05", 20, 191),
		(Format::Ofd20, "06", 41, 440),
		(Format::Ofd20, "07", 83, 972),
		(Format::Ofd21, "01", 84, 1456),
		(Format::Ofd21, "02", 27, 465),
		(Format::Ofd21, "03", 74, 665),
		(Format::Ofd21, "04", 121, 1234),
		(Format::Ofd21, "05", 20, 191),
		(Format::Ofd21, "06", 41, 440),
		(Format::Ofd21, "07", 83, 972),
		(Format::Ofd22, "01", 89, 2313),
		(Format::Ofd22, "02", 27, 565),
		(Format::Ofd22, "03", 82, 1083),
		(Format::Ofd22, "04", 122, 1360),
		(Format::Ofd22, "05", 23, 209),
		(Format::Ofd22, "06", 41, 494),
		(Format::Ofd22, "07", 86, 1553),
		(Format::Wdep10, "001", 88, 6076),
		(Format::Wdep10, "003", 27, 572),
		(Format::Wdep10, "005", 82, 1125),
		(Format::Wdep10, "008", 121, 1386),
		(Format::Wdep10, "013", 23, 230),
		(Format::Wdep10, "017", 40, 499),
		(Format::Wdep10, "020", 83, 4025),
		(Format::Wdep10, "042", 8, 86),
		(Format::Wdep10, "043", 178, 2497),
	];

	#[test]
	fn the_tables_have_the_published_lengths() {
		for (format, kind, fields, bytes) in LENGTHS {
			let dictionary = Dictionary::of(format);
			let layout = dictionary.layout(kind).expect("the kind is there");
			let width = |name: &String| dictionary.field(name).expect("of the dictionary").field_type.width;
			assert_eq!(
				(layout.len(), layout.iter().map(width).sum()),
				(fields, bytes),
				"{} {kind}",
				format.name()
			);
			let mut names: Vec<_> = layout.iter().map(|name| name.to_uppercase()).collect();
			names.sort();
			names.dedup();
			assert_eq!(names.len(), fields, "{} {kind}: a name stands twice", format.name());
		}
		let kinds: usize = Format::ALL
			.iter()
			.map(|format| Dictionary::of(*format).kinds().count())
			.sum();
		assert_eq!(kinds, LENGTHS.len());
	}

	#[test]
	fn a_dialect_changes_widths_and_the_end_of_a_layout() {
		let mut dictionary = Dictionary::of(Format::Ofd21);
		dictionary
			.retype("FUNDCODE", "C20".parse().expect("a type"))
			.expect("is there");
		assert_eq!(
			dictionary.field("FundCode").map(|field| field.field_type.width),
			Some(20)
		);
		assert!(dictionary.retype("NoSuch", "C20".parse().expect("a type")).is_err());
		dictionary.truncate("04", 116).expect("has 121");
		assert_eq!(dictionary.layout("04").map(<[String]>::len), Some(116));
		assert!(dictionary.truncate("04", 117).is_err() && dictionary.truncate("99", 1).is_err());
	}
}
