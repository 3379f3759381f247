// SPDX-License-Identifier: Apache-2.0

//! One line of a file. A record keeps its bytes: what nobody asks for goes through unchanged.

use crate::{
	dictionary::Dictionary,
	fault::Fault,
	value::{self, EmptyNumber, FieldType},
};
use std::{
	collections::{BTreeMap, HashMap},
	sync::Arc,
};

/// A field of a layout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
	/// Its name as the file spells it.
	pub name: String,
	/// Kind and width.
	pub field_type: FieldType,
	/// Offset of its first byte in a record.
	pub start: usize,
}

/// The fields of a file's records, in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
	places: Vec<Place>,
	by_name: HashMap<String, usize>,
	len: usize,
}

impl Layout {
	/// The layout with these names.
	///
	/// # Errors
	/// A name that the dictionary does not have, or that stands twice; the place of the name is given with the fault.
	pub fn new<'a>(
		dictionary: &Dictionary,
		names: impl IntoIterator<Item = &'a str>,
	) -> Result<Arc<Self>, (usize, Fault)> {
		let mut layout = Layout {
			places: Vec::new(),
			by_name: HashMap::new(),
			len: 0,
		};
		for (place, name) in names.into_iter().enumerate() {
			let field = dictionary.field(name).ok_or_else(|| {
				let rule = format!("{} has no field of this name", dictionary.format().name());
				(place, Fault::told("field name", name, rule))
			})?;
			if layout.by_name.insert(name.to_uppercase(), place).is_some() {
				return Err((place, Fault::told("field name", name, "a name must stand once")));
			}
			layout.places.push(Place {
				name: name.into(),
				field_type: field.field_type,
				start: layout.len,
			});
			layout.len += field.field_type.width;
		}
		Ok(Arc::new(layout))
	}

	/// The layout of a kind of file, as the dictionary lists it.
	pub fn of_kind(dictionary: &Dictionary, kind: &str) -> Option<Arc<Self>> {
		let names = dictionary.layout(kind)?;
		Layout::new(dictionary, names.iter().map(String::as_str)).ok()
	}

	/// The fields.
	pub fn places(&self) -> &[Place] {
		&self.places
	}

	/// A field by its name, in whatever case.
	pub fn place(&self, name: &str) -> Option<&Place> {
		match self.by_name.get(name) {
			Some(at) => Some(&self.places[*at]),
			None => self.by_name.get(&name.to_uppercase()).map(|at| &self.places[*at]),
		}
	}

	/// Length of a record in bytes.
	pub fn record_len(&self) -> usize {
		self.len
	}
}

/// A record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
	layout: Arc<Layout>,
	bytes: Vec<u8>,
}

impl Record {
	/// A record that says nothing: blanks, and empty numbers.
	pub fn empty(layout: &Arc<Layout>, empty: EmptyNumber) -> Self {
		let mut bytes = Vec::with_capacity(layout.len);
		for place in &layout.places {
			let field = value::write(place.field_type, None, empty).expect("no value always fits");
			bytes.extend_from_slice(&field);
		}
		Record {
			layout: layout.clone(),
			bytes,
		}
	}

	/// The record in a line without its end.
	///
	/// # Errors
	/// A length that is not the layout's; a field that is not what its kind says, with its offset in the record as the fault's byte.
	pub fn parse(layout: &Arc<Layout>, line: &[u8]) -> Result<Self, Fault> {
		if line.len() != layout.len {
			let rule = format!("a record has {} bytes, this line has {}", layout.len, line.len());
			return Err(Fault::new("record", line, rule).at(0));
		}
		let record = Record {
			layout: layout.clone(),
			bytes: line.to_vec(),
		};
		for place in &layout.places {
			value::read_field(&place.name, place.field_type, record.slice(place))
				.map_err(|fault| fault.at(place.start as u64))?;
		}
		Ok(record)
	}

	/// Its layout.
	pub fn layout(&self) -> &Arc<Layout> {
		&self.layout
	}

	/// Its bytes.
	pub fn bytes(&self) -> &[u8] {
		&self.bytes
	}

	fn slice(&self, place: &Place) -> &[u8] {
		&self.bytes[place.start..place.start + place.field_type.width]
	}

	/// What a field says: see [`value::read`]. `None` for an absent number and for a field that the layout does not have.
	pub fn get(&self, name: &str) -> Option<String> {
		let place = self.layout.place(name)?;
		value::read(place.field_type, self.slice(place)).ok().flatten()
	}

	/// The text of a field that is not empty.
	pub fn text(&self, name: &str) -> Option<String> {
		self.get(name).filter(|text| !text.is_empty())
	}

	/// Writes a field.
	///
	/// # Errors
	/// A field that the layout does not have, a value that does not fit.
	pub fn set(&mut self, name: &str, value: Option<&str>, empty: EmptyNumber) -> Result<(), Fault> {
		let shown = value.unwrap_or_default();
		let place = self
			.layout
			.place(name)
			.ok_or_else(|| Fault::told(name, shown, "the layout has no such field"))?;
		let bytes = value::write(place.field_type, value, empty)
			.map_err(|rule| Fault::told(&place.name, shown, format!("{rule} ({})", place.field_type)))?;
		let (start, end) = (place.start, place.start + bytes.len());
		self.bytes[start..end].copy_from_slice(&bytes);
		Ok(())
	}

	/// The fields in which two records of one layout differ, by name, with what they say here.
	pub fn differences(&self, other: &Record) -> BTreeMap<String, Option<String>> {
		let differs = |place: &&Place| self.slice(place) != other.slice(place);
		let said = |place: &Place| (place.name.clone(), self.get(&place.name));
		self.layout.places.iter().filter(differs).map(said).collect()
	}
}
