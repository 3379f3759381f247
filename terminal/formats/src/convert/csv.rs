// SPDX-License-Identifier: Apache-2.0

//! CSV in a bank's own columns, by a mapping: a TOML text.
//!
//! ```toml
//! delimiter = ";"
//! encoding = "gb18030"
//! zone = "+08:00"
//! header = ["流水号", "业务", "产品", "客户", "金额", "时间", "网点"]
//!
//! [columns]                                   # field of the order = column
//! id = "流水号"
//! kind = { column = "业务", values = { "申购" = "purchase", "赎回" = "redemption" } }
//! product = "产品"
//! customer = "客户"
//! amount = "金额"
//! currency = { value = "CNY" }                 # the same in every row
//! placed_at = "时间"                           # RFC 3339, or 2026-11-24 09:30:00 in the zone
//! "confirmation.units" = "确认份额"             # a confirmation's field
//! ```
//!
//! A column that no field takes, and a cell that would be written otherwise than it came, are kept under `details.csv` by the column's
//! name and written back. A field that is an object (`details`, `confirmation`) is JSON in its cell. What an item says and no column
//! takes is named when rows are written.

use super::{files::Pending, no_place, Item, Sink, Source};
use crate::{
	business::Object,
	fault::{Error, Fault},
};
use encoding_rs::{Encoding, GB18030, UTF_8};
use serde_json::Value;
use std::{collections::BTreeMap, io::Read, path::PathBuf};
use time::{
	format_description::well_known::Rfc3339, macros::format_description, OffsetDateTime, PrimitiveDateTime, UtcOffset,
};

/// Most columns of a row.
const MAX_COLUMNS: usize = 1_000;
/// Most bytes of a row.
const MAX_ROW: usize = 1024 * 1024;
/// Columns where no mapping is given: the fields by their own names.
const OWN: [&str; 12] = [
	"id",
	"kind",
	"product",
	"interface",
	"customer",
	"amount",
	"units",
	"currency",
	"placed_at",
	"cancels",
	"details",
	"confirmation",
];
/// Fields that are objects: JSON in their cells.
const OBJECTS: [&str; 2] = ["details", "confirmation"];
/// Those of them that a file must have.
const OWN_NEEDED: [&str; 5] = ["id", "kind", "product", "customer", "placed_at"];

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
	delimiter: Option<char>,
	encoding: Option<String>,
	zone: Option<String>,
	header: Option<Vec<String>>,
	columns: BTreeMap<String, Entry>,
}

#[derive(serde::Deserialize)]
#[serde(untagged)]
enum Entry {
	Name(String),
	Full(Column),
}

/// Where a field's text is.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Column {
	/// The column.
	column: Option<String>,
	/// The same text in every row.
	value: Option<String>,
	/// What a cell stands for; without it for itself.
	values: BTreeMap<String, String>,
}

/// Which column is which field.
#[derive(Clone, Debug)]
pub struct Mapping {
	delimiter: u8,
	encoding: &'static Encoding,
	zone: UtcOffset,
	header: Vec<String>,
	/// Columns that a file must have.
	needed: Vec<String>,
	columns: Vec<(String, Column)>,
}

impl Default for Mapping {
	fn default() -> Self {
		let column = |name: &&str| {
			let column = Column {
				column: Some((*name).into()),
				..Column::default()
			};
			((*name).to_string(), column)
		};
		Mapping {
			delimiter: b',',
			encoding: UTF_8,
			zone: UtcOffset::UTC,
			header: OWN.map(String::from).to_vec(),
			needed: OWN_NEEDED.map(String::from).to_vec(),
			columns: OWN.iter().map(column).collect(),
		}
	}
}

impl Mapping {
	/// The mapping in a TOML text.
	///
	/// # Errors
	/// What is wrong, in words.
	pub fn parse(text: &str) -> Result<Self, String> {
		let text: Text = crate::toml_text::read(text)?;
		let encoding = match text.encoding.as_deref() {
			None | Some("utf-8") => UTF_8,
			Some("gb18030") => GB18030,
			Some(other) => return Err(format!("encoding: {other:?} is neither utf-8 nor gb18030")),
		};
		let delimiter = text.delimiter.unwrap_or(',');
		if ![',', ';', '\t'].contains(&delimiter) {
			// Others may be the second byte of a character of GB18030.
			return Err(format!("delimiter: {delimiter:?} is none of , ; and a tab"));
		}
		let zone = text.zone.as_deref().unwrap_or("+00:00");
		let zone = UtcOffset::parse(
			zone,
			format_description!("[offset_hour sign:mandatory]:[offset_minute]"),
		)
		.map_err(|_| format!("zone: {zone:?} must be an offset such as +08:00"))?;
		let mut columns = Vec::new();
		for (field, entry) in text.columns {
			let column = match entry {
				Entry::Name(name) => Column {
					column: Some(name),
					..Column::default()
				},
				Entry::Full(column) => column,
			};
			if column.column.is_some() == column.value.is_some() {
				return Err(format!("columns.{field}: a column or a value, one of them"));
			}
			columns.push((field, column));
		}
		let needed: Vec<String> = columns.iter().filter_map(|(_, column)| column.column.clone()).collect();
		let header = text.header.unwrap_or_else(|| needed.clone());
		if let Some(missing) = needed.iter().find(|name| !header.contains(name)) {
			return Err(format!("header: the column {missing:?} of the mapping is missing"));
		}
		Ok(Mapping {
			delimiter: delimiter as u8,
			encoding,
			zone,
			header,
			needed,
			columns,
		})
	}

	fn decode(&self, field: &str, bytes: &[u8]) -> Result<String, Fault> {
		let text = self.encoding.decode_without_bom_handling_and_without_replacement(bytes);
		text.map(|text| text.into_owned())
			.ok_or_else(|| Fault::new(field, bytes, format!("text must be {}", self.encoding.name())))
	}

	/// The item of a row.
	fn read(&self, header: &[String], row: &[String]) -> Result<Item, Fault> {
		let mut order = Object::new();
		for (field, column) in &self.columns {
			let cell = match (&column.column, &column.value) {
				(Some(name), _) => header
					.iter()
					.position(|known| known == name)
					.map_or("", |at| row[at].trim()),
				(None, value) => value.as_deref().unwrap_or_default(),
			};
			if !cell.is_empty() {
				put(&mut order, field, self.value(field, column, cell)?);
			}
		}
		let again = self.write(header, &order)?;
		let kept: Object = header
			.iter()
			.zip(row.iter().zip(&again))
			.filter(|(_, (was, is))| was != is)
			.map(|(name, (was, _))| (name.clone(), Value::String(was.clone())))
			.collect();
		let confirmation = order.remove("confirmation");
		if !kept.is_empty() {
			put(&mut order, "details.csv", Value::Object(kept));
		}
		Ok(match confirmation {
			Some(Value::Object(confirmation)) => Item::Answer { order, confirmation },
			_ => Item::Order(order),
		})
	}

	fn value(&self, field: &str, column: &Column, cell: &str) -> Result<Value, Fault> {
		let fault = |rule: String| Fault::told(field, cell, rule);
		if OBJECTS.contains(&field) {
			let object = serde_json::from_str(cell).ok().filter(Value::is_object);
			return object.ok_or_else(|| fault("a JSON object".into()));
		}
		let text = match (column.values.is_empty(), column.values.get(cell)) {
			(true, _) => cell,
			(false, Some(text)) => text,
			(false, None) => {
				let known: Vec<&str> = column.values.keys().map(String::as_str).collect();
				return Err(fault(format!("one of {}", known.join(", "))));
			}
		};
		if field == "placed_at" {
			return self
				.moment(text)
				.map(Value::String)
				.ok_or_else(|| fault("a moment such as 2026-11-24T09:30:00+08:00 or 2026-11-24 09:30:00".into()));
		}
		Ok(Value::String(text.into()))
	}

	fn moment(&self, text: &str) -> Option<String> {
		if OffsetDateTime::parse(text, &Rfc3339).is_ok() {
			return Some(text.into());
		}
		let plain = format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
		let moment = PrimitiveDateTime::parse(text, plain).ok()?;
		moment.assume_offset(self.zone).format(&Rfc3339).ok()
	}

	/// The cells of an object in the order of the header.
	fn write(&self, header: &[String], object: &Object) -> Result<Vec<String>, Fault> {
		let kept = object
			.get("details")
			.and_then(|details| details.get("csv"))
			.and_then(Value::as_object);
		let mut cells = vec![String::new(); header.len()];
		for (at, name) in header.iter().enumerate() {
			if let Some(cell) = kept.and_then(|kept| kept.get(name)).and_then(Value::as_str) {
				cells[at] = cell.into();
				continue;
			}
			let column = self
				.columns
				.iter()
				.find(|(_, column)| column.column.as_ref() == Some(name));
			let Some((field, column)) = column else { continue };
			let value = match get(object, field) {
				None | Some(Value::Null) => continue,
				Some(Value::String(text)) => text.clone(),
				Some(Value::Object(details)) if OBJECTS.contains(&&**field) => {
					let own: Object = details
						.iter()
						.filter(|(name, _)| *name != "csv")
						.map(|(n, v)| (n.clone(), v.clone()))
						.collect();
					if own.is_empty() {
						continue;
					}
					Value::Object(own).to_string()
				}
				Some(other) => other.to_string(),
			};
			cells[at] = match column.values.is_empty() {
				true => value,
				false => match column.values.iter().find(|(_, text)| **text == value) {
					Some((cell, _)) => cell.clone(),
					None => return Err(Fault::told(field, &value, "the mapping has no cell for it")),
				},
			};
		}
		Ok(cells)
	}
}

impl Mapping {
	/// What an item says and no column takes, with its path.
	fn without_column<'a>(&self, object: &'a Object, before: &str) -> Option<(String, &'a Value)> {
		object.iter().find_map(|(name, value)| {
			let path = format!("{before}{name}");
			let inside = format!("{path}.");
			let is_part = self.columns.iter().any(|(field, _)| field.starts_with(&inside));
			match value {
				_ if path == "details.csv" || self.columns.iter().any(|(field, _)| *field == path) => None,
				Value::Null => None,
				Value::Object(object) if is_part || path == "details" => self.without_column(object, &inside),
				value => Some((path, value)),
			}
		})
	}
}

/// The value at a path of names, `details.target_product`.
fn get<'a>(object: &'a Object, path: &str) -> Option<&'a Value> {
	match path.split_once('.') {
		None => object.get(path),
		Some((first, rest)) => get(object.get(first)?.as_object()?, rest),
	}
}

fn put(object: &mut Object, path: &str, value: Value) {
	match path.split_once('.') {
		None => drop(object.insert(path.into(), value)),
		Some((first, rest)) => {
			let inner = object.entry(first).or_insert_with(|| Value::Object(Object::new()));
			if let Value::Object(inner) = inner {
				put(inner, rest, value);
			}
		}
	}
}

/// Reads rows.
pub struct Rows<R: Read> {
	reader: csv::Reader<R>,
	mapping: Mapping,
	header: Vec<String>,
}

impl<R: Read> Rows<R> {
	/// Reads the header.
	///
	/// # Errors
	/// It cannot be read, has a column twice, or lacks one of the mapping.
	pub fn new(input: R, mapping: Mapping) -> Result<Self, Error> {
		let mut reader = csv::ReaderBuilder::new()
			.has_headers(false)
			.flexible(true)
			.delimiter(mapping.delimiter)
			.from_reader(input);
		let mut first = csv::ByteRecord::new();
		reader.read_byte_record(&mut first).map_err(broken)?;
		let mut header = Vec::new();
		for cell in first.iter().take(MAX_COLUMNS + 1) {
			let name = mapping.decode("header", cell)?;
			let name = name.trim_start_matches('\u{feff}').trim().to_string();
			if name.is_empty() || header.contains(&name) || header.len() == MAX_COLUMNS {
				let rule = format!("at most {MAX_COLUMNS} columns, each with a name of its own");
				return Err(Fault::told("header", &name, rule).into());
			}
			header.push(name);
		}
		for name in &mapping.needed {
			if !header.contains(name) {
				let rule = format!("the column {name:?} of the mapping is missing");
				return Err(Fault::told("header", header.join(", "), rule).into());
			}
		}
		Ok(Rows {
			reader,
			mapping,
			header,
		})
	}
}

fn broken(error: csv::Error) -> Error {
	match error.into_kind() {
		csv::ErrorKind::Io(source) => Error::Io {
			what: "reading a row".into(),
			source,
		},
		kind => Fault::new("row", b"", format!("{kind:?}")).into(),
	}
}

impl<R: Read> Source for Rows<R> {
	fn next_item(&mut self) -> Result<Option<Item>, Error> {
		let mut row = csv::ByteRecord::new();
		if !self.reader.read_byte_record(&mut row).map_err(broken)? {
			return Ok(None);
		}
		let byte = row.position().map_or(0, csv::Position::byte);
		let fault = |rule: String| Fault::new("row", row.as_slice(), rule).at(byte);
		if row.len() != self.header.len() {
			return Err(fault(format!("{} cells; the header has {}", row.len(), self.header.len())).into());
		}
		if row.as_slice().len() > MAX_ROW {
			return Err(fault(format!("at most {MAX_ROW} bytes")).into());
		}
		let cells = self
			.header
			.iter()
			.zip(&row)
			.map(|(name, cell)| self.mapping.decode(name, cell));
		let cells: Vec<String> = cells.collect::<Result<_, _>>().map_err(|fault| fault.at(byte))?;
		Ok(Some(
			self.mapping
				.read(&self.header, &cells)
				.map_err(|fault| fault.at(byte))?,
		))
	}
}

/// Writes rows to a file that is there when all of it is.
pub struct RowWriter {
	writer: csv::Writer<Pending>,
	mapping: Mapping,
}

impl RowWriter {
	/// Writes the header.
	///
	/// # Errors
	/// The file is there already, or cannot be made.
	pub fn create(path: PathBuf, mapping: Mapping) -> Result<Self, Error> {
		let writer = csv::WriterBuilder::new()
			.delimiter(mapping.delimiter)
			.from_writer(Pending::create(path)?);
		let mut made = RowWriter { writer, mapping };
		let header = made.mapping.header.clone();
		made.row(&header)?;
		Ok(made)
	}

	fn row(&mut self, cells: &[String]) -> Result<(), Error> {
		let mut row = csv::ByteRecord::new();
		for cell in cells {
			let (bytes, _, unmappable) = self.mapping.encoding.encode(cell);
			if unmappable {
				return Err(Fault::told("row", cell, "a character has no place in the encoding").into());
			}
			row.push_field(&bytes);
		}
		self.writer.write_byte_record(&row).map_err(broken)
	}
}

impl Sink for RowWriter {
	fn put(&mut self, item: Item) -> Result<(), Error> {
		let object = match item {
			Item::Order(order) => order,
			Item::Answer {
				mut order,
				confirmation,
			} => {
				order.insert("confirmation".into(), Value::Object(confirmation));
				order
			}
			Item::Fields { .. } => return Err(no_place(&item, "only orders and confirmations have columns")),
		};
		if let Some((field, value)) = self.mapping.without_column(&object, "") {
			return Err(Fault::told(field, value.to_string(), "the mapping has no column for it").into());
		}
		let header = self.mapping.header.clone();
		let cells = self.mapping.write(&header, &object)?;
		self.row(&cells)
	}

	fn finish(self: Box<Self>) -> Result<Vec<PathBuf>, Error> {
		let output = self.writer.into_inner().map_err(|error| {
			let source = std::io::Error::new(error.error().kind(), error.error().to_string());
			Error::io("writing a row")(source)
		})?;
		Ok(vec![output.finish()?])
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	const MAPPING: &str = "delimiter = ';'\nencoding = 'gb18030'\nzone = '+08:00'\n\
		header = ['流水号', '业务', '产品', '客户', '金额', '时间', '网点', '确认份额']\n[columns]\nid = '流水号'\n\
		kind = { column = '业务', values = { '申购' = 'purchase', '赎回' = 'redemption' } }\nproduct = '产品'\n\
		customer = '客户'\namount = '金额'\ncurrency = { value = 'CNY' }\nplaced_at = '时间'\n\
		'confirmation.units' = '确认份额'\n";
	const ROWS: &str = "流水号;业务;产品;客户;金额;时间;网点;确认份额\n\
		A-1;申购;P1;C1;10.50;2026-11-24 09:30:00;浦东;\nA-2;赎回;P1;C2;;2026-11-24T09:30:00+08:00;\"a;\"\"b\";7.5\n";

	fn encoded(text: &str) -> Vec<u8> {
		GB18030.encode(text).0.into_owned()
	}

	#[test]
	fn a_banks_own_columns_become_orders_and_the_same_rows_again() {
		let mapping = Mapping::parse(MAPPING).expect("a mapping");
		let bytes = encoded(ROWS);
		let mut rows = Rows::new(&bytes[..], mapping.clone()).expect("a header");
		let folder = tempfile::tempdir().expect("a folder");
		let path = folder.path().join("again.csv");
		let mut writer = Box::new(RowWriter::create(path.clone(), mapping).expect("made"));
		let mut items = Vec::new();
		while let Some(item) = rows.next_item().expect("a row") {
			writer.put(item.clone()).expect("a row");
			items.push(item);
		}
		writer.finish().expect("written");
		assert_eq!(std::fs::read(&path).expect("there"), bytes);
		let Item::Order(first) = &items[0] else {
			panic!("an order")
		};
		assert_eq!(
			(
				&first["kind"],
				&first["placed_at"],
				&first["currency"],
				&first["details"]["csv"]["网点"]
			),
			(
				&"purchase".into(),
				&"2026-11-24T09:30:00+08:00".into(),
				&"CNY".into(),
				&"浦东".into()
			)
		);
		let Item::Answer { order, confirmation } = &items[1] else {
			panic!("a confirmation")
		};
		assert_eq!(
			(&order["kind"], &confirmation["units"]),
			(&"redemption".into(), &"7.5".into())
		);
	}

	#[test]
	fn what_is_wrong_is_named() {
		for (text, named) in [
			("", "columns"),
			("encoding = 'x'\n[columns]", "encoding"),
			("delimiter = '|'\n[columns]", "delimiter"),
			("zone = 'x'\n[columns]", "zone"),
			("header = ['a']\n[columns]\nid = 'b'", "b"),
			("[columns]\nid = { column = 'a', value = 'b' }", "id"),
		] {
			let error = Mapping::parse(text).expect_err(text);
			assert!(error.contains(named), "{text}: {error}");
		}
		for (from, to, named) in [
			("申购", "其他", "kind"),
			("2026-11-24 09:30:00", "24.11.2026", "placed_at"),
			("A-1;", "A-1;;", "cells"),
			("金额;", "流水号;", "流水号"),
			(";客户", ";顾客", "客户"),
		] {
			let bytes = encoded(&ROWS.replacen(from, to, 1));
			let rows = Rows::new(&bytes[..], Mapping::parse(MAPPING).expect("a mapping"));
			let error = rows.and_then(|mut rows| rows.next_item()).expect_err(named);
			assert!(error.to_string().contains(named), "{named}: {error}");
		}
	}

	#[test]
	fn what_no_column_takes_is_named() {
		let folder = tempfile::tempdir().expect("a folder");
		let mapping = Mapping::parse(MAPPING).expect("a mapping");
		let mut writer = RowWriter::create(folder.path().join("a.csv"), mapping).expect("made");
		let order = |more: Value| {
			let mut order = serde_json::json!({"id": "A", "kind": "purchase", "currency": "CNY", "details": {"csv": {"网点": "x"}}});
			order
				.as_object_mut()
				.expect("an object")
				.extend(more.as_object().expect("an object").clone());
			Item::Order(order.as_object().expect("an object").clone())
		};
		assert!(writer.put(order(serde_json::json!({}))).is_ok());
		for (more, named) in [
			(serde_json::json!({"units": "1"}), "units"),
			(serde_json::json!({"details": {"method": "cash"}}), "details.method"),
			(
				serde_json::json!({"confirmation": {"units": "1", "nav": "1"}}),
				"confirmation.nav",
			),
		] {
			let error = writer.put(order(more)).expect_err(named);
			assert!(
				error.to_string().starts_with(named) || error.to_string().contains(named),
				"{error}"
			);
		}
	}

	#[test]
	fn without_a_mapping_the_columns_are_the_fields() {
		let text = "id,kind,product,customer,units,placed_at,details\nA,redemption,P,C,1,2026-11-24T09:30:00Z,\"{\"\"a\"\":1}\"\n";
		let mut rows = Rows::new(text.as_bytes(), Mapping::default()).expect("a header");
		let Some(Item::Order(order)) = rows.next_item().expect("a row") else {
			panic!("an order")
		};
		assert_eq!((&order["units"], &order["details"]["a"]), (&"1".into(), &1.into()));
	}
}
