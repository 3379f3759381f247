// SPDX-License-Identifier: Apache-2.0

//! Reads order files, NDJSON or CSV, with bounded memory, one line at a time.

use super::{
	exchange,
	lines::{self, RawLine},
	messages::{self, Known, Messages},
	parse_line, plain,
	text::{inspect, Encoding, Inspected},
	Declared, Defect, Order,
};
use crate::{
	error::{Error, Result},
	files,
};
use sealane_formats::Partners;
use serde_json::value::RawValue;
use std::{
	io::{Read, Seek},
	path::Path,
	sync::Arc,
};

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
	/// One JSON object per line.
	Ndjson,
	/// RFC 4180 with a header line.
	Csv,
	/// Messages of ISO 20022.
	Messages,
}

impl Format {
	/// By the file's extension: `.csv`, `.xml` for messages, NDJSON for `.ndjson`, `.jsonl` and `.json`.
	///
	/// # Errors
	/// Any other extension.
	pub fn of(path: &Path) -> Result<Self> {
		match path
			.extension()
			.and_then(|e| e.to_str())
			.map(str::to_ascii_lowercase)
			.as_deref()
		{
			Some("csv") => Ok(Format::Csv),
			Some("xml") => Ok(Format::Messages),
			Some("ndjson" | "jsonl" | "json") => Ok(Format::Ndjson),
			_ => Err(Error::invalid(
				"orders",
				path.display().to_string(),
				"a file whose name ends in .ndjson, .jsonl, .json, .csv or .xml",
			)),
		}
	}
}

/// One line of a file.
#[derive(Clone, Debug)]
pub struct Line {
	/// Its number, from 1.
	pub number: u64,
	/// The order, or why it is none.
	pub order: Result<Order, Defect>,
	/// The text as found, for the record of a defect; cut to 512 bytes.
	pub text: String,
}

/// Reads lines of orders.
pub struct Reader<R: Read> {
	lines: lines::Lines<R>,
	/// The columns of a CSV file.
	columns: Option<Vec<String>>,
	declared: Declared,
}

/// What files of the trade need to be read.
#[derive(Clone, Default)]
pub struct Exchange {
	/// Profiles of the partners whose files are taken.
	pub partners: Arc<Partners>,
	/// What is known of an order that came before.
	pub known: Option<Known>,
}

/// The lines of an opened file, whatever its format.
pub type Lines = Box<dyn Iterator<Item = std::io::Result<Line>> + Send>;

/// Looks at a file and opens it. With profiles of partners a file of the trade is one of orders, too: an index with its whole set.
///
/// # Errors
/// The file cannot be opened, is a symbolic link, has another extension, is empty or no text, or its CSV header does not fit; a set
/// that is not whole or has a fault.
pub fn open(path: &Path, encoding: Encoding, declared: &Declared, exchange: &Exchange) -> Result<(Inspected, Lines)> {
	let partners = &exchange.partners;
	if !partners.is_empty() && exchange::is_named_so(path) {
		let (inspected, records) = exchange::open(path, partners, declared)?;
		return Ok((inspected, Box::new(records)));
	}
	let format = Format::of(path)?;
	let mut file = files::open_plain(path)?;
	let inspected = inspect(&mut file, path, encoding)?;
	file.rewind().map_err(Error::file(path))?;
	if format == Format::Messages {
		let again = files::open_plain(path)?;
		messages::check(inspected.text(file), path)?;
		let messages = Messages::new(inspected.text(again), declared, exchange.known.clone());
		return Ok((inspected, Box::new(messages)));
	}
	let text = inspected.text(file);
	let reader = Reader::new(text, format, declared.clone()).map_err(|reason| Error::Format {
		path: path.into(),
		line: 1,
		reason,
	})?;
	Ok((inspected, Box::new(reader)))
}

/// The orders of a JSON body: one object, or an array of them; their numbers are their places.
///
/// # Errors
/// The body is neither, or no JSON.
pub fn lines_of_array(bytes: &[u8], declared: &Declared) -> Result<Vec<Line>, String> {
	let text = std::str::from_utf8(bytes).map_err(|_| "the body must be UTF-8".to_string())?;
	let text = text.trim_start_matches('\u{feff}');
	let items: Vec<&RawValue> = if text.trim_start().starts_with('[') {
		serde_json::from_str(text).map_err(|error| error.to_string())?
	} else {
		vec![serde_json::from_str(text).map_err(|error| error.to_string())?]
	};
	let line = |(number, item): (u64, &RawValue)| {
		let order = parse_line(item.get(), declared);
		let text = if order.is_ok() { String::new() } else { cut(item.get()) };
		Line { number, order, text }
	};
	Ok((1..).zip(items).map(line).collect())
}

/// All lines of a file.
///
/// # Errors
/// As [`open`], or the file cannot be read.
pub fn read_all(path: &Path) -> Result<Vec<Line>> {
	let (_, lines) = open(path, Encoding::Auto, &Declared::default(), &Exchange::default())?;
	lines.map(|line| line.map_err(Error::file(path))).collect()
}

/// Columns that a CSV file must have.
const COLUMNS_NEEDED: [&str; 5] = ["id", "kind", "product", "customer", "placed_at"];

impl<R: Read> Reader<R> {
	/// Reads from `input`.
	///
	/// # Errors
	/// What is wrong with the CSV header.
	pub fn new(input: R, format: Format, declared: Declared) -> Result<Self, String> {
		let mut reader = Reader {
			lines: lines::Lines::new(input),
			columns: None,
			declared,
		};
		if format == Format::Csv {
			let header = match reader.lines.next().map_err(|e| format!("header: {e}"))? {
				Some(RawLine::Whole(bytes)) => bytes,
				Some(RawLine::TooLong(_)) => return Err("header: at most 61,440 bytes".into()),
				None => Vec::new(),
			};
			let text = std::str::from_utf8(&header).map_err(|_| "header: UTF-8 text".to_string())?;
			let columns: Vec<String> = cells(text.trim_start_matches('\u{feff}'))
				.map_err(|rule| format!("header: {rule}"))?
				.into_iter()
				.map(|column| column.trim().to_string())
				.collect();
			check_columns(&columns)?;
			reader.columns = Some(columns);
		}
		Ok(reader)
	}

	fn next_line(&mut self) -> std::io::Result<Option<Line>> {
		loop {
			let Some(line) = self.lines.next()? else {
				return Ok(None);
			};
			let number = self.lines.number();
			let bytes = match line {
				RawLine::Whole(bytes) if bytes.iter().all(u8::is_ascii_whitespace) => continue,
				RawLine::Whole(bytes) => bytes,
				RawLine::TooLong(begin) => {
					let text = cut(&String::from_utf8_lossy(&begin));
					let order = Err(Defect::new("line", &text, "at most 61,440 bytes"));
					return Ok(Some(Line { number, order, text }));
				}
			};
			let order = self.order(number, &bytes);
			let text = match &order {
				Ok(_) => String::new(),
				Err(_) => cut(String::from_utf8_lossy(&bytes).trim_end()),
			};
			return Ok(Some(Line { number, order, text }));
		}
	}

	fn order(&self, number: u64, bytes: &[u8]) -> Result<Order, Defect> {
		let text = std::str::from_utf8(bytes)
			.map_err(|_| Defect::new("line", &String::from_utf8_lossy(bytes), "UTF-8 text"))?;
		let text = if number == 1 {
			text.trim_start_matches('\u{feff}')
		} else {
			text
		};
		if text.contains(['\0', '\u{fffd}']) {
			return Err(Defect::new(
				"line",
				text,
				"text: no NUL, and nothing that its encoding does not know",
			));
		}
		match &self.columns {
			Some(columns) => order_of_row(text, columns, &self.declared),
			None => parse_line(text, &self.declared),
		}
	}
}

impl<R: Read> Iterator for Reader<R> {
	type Item = std::io::Result<Line>;

	fn next(&mut self) -> Option<Self::Item> {
		self.next_line().transpose()
	}
}

fn check_columns(columns: &[String]) -> Result<(), String> {
	for needed in COLUMNS_NEEDED {
		if !columns.iter().any(|c| c == needed) {
			return Err(format!(
				"header: {:?}: must have the column {needed}",
				columns.join(",")
			));
		}
	}
	for (i, column) in columns.iter().enumerate() {
		if column.is_empty() || columns[..i].contains(column) {
			return Err(format!("header: {column:?}: every column needs a name of its own"));
		}
	}
	Ok(())
}

/// The cells of one row. A row is one line: a quote that is not closed on it is a defect of that line and swallows no other.
fn cells(line: &str) -> Result<Vec<String>, &'static str> {
	// In a row that keeps to the rules every quote has its partner: the closing one, or the second of a doubled one.
	if line.bytes().filter(|byte| *byte == b'"').count() % 2 == 1 {
		return Err("a quoted field ends on its own line");
	}
	let mut reader = csv::ReaderBuilder::new()
		.has_headers(false)
		.flexible(true)
		.buffer_capacity(line.len() + 1)
		.from_reader(line.as_bytes());
	let mut row = csv::StringRecord::new();
	// Text in memory: the only error would be one of UTF-8, which it is.
	if !reader.read_record(&mut row).unwrap_or(false) {
		return Ok(Vec::new());
	}
	Ok(row.iter().map(str::to_string).collect())
}

/// A row becomes the JSON line that it stands for, so that one set of rules judges both formats.
fn order_of_row(line: &str, columns: &[String], declared: &Declared) -> Result<Order, Defect> {
	let row = cells(line).map_err(|rule| Defect::new("line", line, rule))?;
	if row.len() != columns.len() {
		return Err(Defect::new("line", line, "as many fields as the header has"));
	}
	let mut object = serde_json::Map::with_capacity(columns.len());
	for (column, value) in columns.iter().zip(row) {
		if value.is_empty() {
			continue;
		}
		let value = if column == "details" {
			serde_json::from_str(&value)
				.ok()
				.filter(serde_json::Value::is_object)
				.ok_or_else(|| Defect::new("details", &value, "a JSON object"))?
		} else {
			serde_json::Value::String(value)
		};
		object.insert(column.clone(), value);
	}
	parse_line(&serde_json::Value::Object(object).to_string(), declared)
}

/// At most 512 bytes, at a character's border.
pub(super) fn cut(text: &str) -> String {
	let mut end = text.len().min(512);
	while !text.is_char_boundary(end) {
		end -= 1;
	}
	plain(text[..end].chars())
}

#[cfg(test)]
mod tests {
	use super::{super::MAX_LINE_LEN, *};
	use proptest::prelude::*;

	const LINE: &str = r#"{"id":"A-1","kind":"purchase","product":"P1","customer":"C1","amount":"1","currency":"CNY","placed_at":"2026-03-02T10:00:00Z"}"#;
	const HEADER: &str = "id,kind,product,interface,customer,amount,units,currency,placed_at,details,branch\n";

	fn lines(input: &[u8], format: Format) -> Vec<Line> {
		let declared = Declared(vec!["branch".into()]);
		Reader::new(input, format, declared)
			.unwrap()
			.map(Result::unwrap)
			.collect()
	}

	#[test]
	fn ndjson_counts_lines_and_goes_on_after_a_defect() {
		let mut input = b"\xef\xbb\xbf".to_vec();
		input.extend_from_slice(LINE.as_bytes());
		input.extend_from_slice(b"\r\n\n\xff\xfe\n{\"id\":\n");
		input.extend_from_slice("x".repeat(3 * MAX_LINE_LEN).as_bytes());
		input.push(b'\n');
		input.extend_from_slice(LINE.as_bytes());
		let lines = lines(&input, Format::Ndjson);
		let seen: Vec<_> = lines
			.iter()
			.map(|l| (l.number, l.order.as_ref().err().map(|d| &*d.rule)))
			.collect();
		assert_eq!(
			seen,
			[
				(1, None),
				(3, Some("UTF-8 text")),
				(4, Some("complete JSON (the line ends inside it)")),
				(5, Some("at most 61,440 bytes")),
				(6, None),
			]
		);
		assert!(lines.iter().all(|l| l.text.len() <= 512));
	}

	#[test]
	fn csv_rows_obey_the_same_rules() {
		let input = format!(
			"{HEADER}A-1,purchase,P1,,C1,10.5,,CNY,2026-03-02T10:00:00Z,\"{{\"\"a\"\":1}}\",Pudong\n\
			 A-2,purchase,P1,,C1,ten,,CNY,2026-03-02T10:00:00Z,,\n\
			 A-3,purchase,P1\n\
			 A-4,dividend_method,P1,,C1,,,CNY,2026-03-02T10:00:00Z,nonsense,\n"
		);
		let lines = lines(input.as_bytes(), Format::Csv);
		let order = lines[0].order.as_ref().unwrap();
		let value: serde_json::Value = serde_json::from_str(&order.text).unwrap();
		assert_eq!(
			(value["branch"].as_str(), value["details"]["a"].as_i64()),
			(Some("Pudong"), Some(1))
		);
		let defects: Vec<_> = lines[1..]
			.iter()
			.map(|l| (l.number, l.order.as_ref().unwrap_err().field.as_str()))
			.collect();
		assert_eq!(defects, [(3, "amount"), (4, "line"), (5, "details")]);
	}

	#[test]
	fn a_quote_that_is_not_closed_swallows_no_other_row() {
		let row = |id: &str, branch: &str| format!("{id},purchase,P1,,C1,10.5,,CNY,2026-03-02T10:00:00Z,,{branch}\n");
		let mut input = HEADER.to_string();
		input.push_str(&row("A-1", "\"Pudong"));
		for id in ["A-2", "A-3", "A-4"] {
			input.push_str(&row(id, "x"));
		}
		let lines = lines(input.as_bytes(), Format::Csv);
		let seen: Vec<_> = lines.iter().map(|l| (l.number, l.order.is_ok())).collect();
		assert_eq!(seen, [(2, false), (3, true), (4, true), (5, true)]);
		assert_eq!(
			lines[0].order.as_ref().unwrap_err().rule,
			"a quoted field ends on its own line"
		);
	}

	#[test]
	fn lines_are_counted_whichever_way_they_end() {
		for end in ["\r\n", "\r", "\n"] {
			let mut input = HEADER.replace('\n', end);
			for id in ["A-1", "A-2", "", "A-4"] {
				input.push_str(&format!("{id},purchase,P1,,C1,1,,CNY,2026-03-02T10:00:00Z,,{end}"));
			}
			let lines = lines(input.as_bytes(), Format::Csv);
			let seen: Vec<_> = lines.iter().map(|l| (l.number, l.order.is_ok())).collect();
			assert_eq!(seen, [(2, true), (3, true), (4, false), (5, true)], "{end:?}");
		}
	}

	#[test]
	fn what_a_database_cannot_store_is_a_defect_that_it_can() {
		let input = format!("{}\n{LINE}\n", LINE.replace("C1", "C\0"));
		let lines = lines(input.as_bytes(), Format::Ndjson);
		assert!(lines[1].order.is_ok());
		let defect = lines[0].order.as_ref().unwrap_err();
		assert!(!defect.value.contains('\0') && !lines[0].text.contains('\0'));
	}

	#[test]
	fn csv_header_must_fit() {
		for header in ["", "id,kind\n", "id,id,kind,product,customer,placed_at\n"] {
			assert!(
				Reader::new(header.as_bytes(), Format::Csv, Declared::default()).is_err(),
				"{header}"
			);
		}
		assert!(Format::of(Path::new("orders.xlsx")).is_err());
	}

	proptest! {
		#[test]
		fn hostile_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
			lines(&bytes, Format::Ndjson);
			let mut csv = HEADER.as_bytes().to_vec();
			csv.extend_from_slice(&bytes);
			lines(&csv, Format::Csv);
		}
	}
}
