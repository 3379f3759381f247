// SPDX-License-Identifier: Apache-2.0

//! Reads order files, NDJSON or CSV, with bounded memory, one line at a time.

use super::{parse_line, Defect, Order, MAX_LINE_LEN};
use crate::error::{Error, Result};
use std::{
	fs::File,
	io::{BufRead, BufReader, Read},
	path::Path,
};

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
	/// One JSON object per line.
	Ndjson,
	/// RFC 4180 with a header line.
	Csv,
}

impl Format {
	/// By the file's extension: `.csv`, else NDJSON for `.ndjson`, `.jsonl` and `.json`.
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
			Some("ndjson" | "jsonl" | "json") => Ok(Format::Ndjson),
			_ => Err(Error::invalid(
				"orders",
				path.display().to_string(),
				"a file whose name ends in .ndjson, .jsonl, .json or .csv",
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
	source: Source<R>,
}

enum Source<R: Read> {
	Ndjson {
		input: BufReader<R>,
		number: u64,
	},
	Csv {
		input: Box<csv::Reader<R>>,
		columns: Vec<String>,
	},
}

/// Opens a file.
///
/// # Errors
/// The file cannot be opened, has another extension, or a CSV header that does not fit.
pub fn open(path: &Path) -> Result<Reader<File>> {
	let format = Format::of(path)?;
	let file = File::open(path).map_err(Error::file(path))?;
	Reader::new(file, format).map_err(|reason| Error::Format {
		path: path.into(),
		line: 1,
		reason,
	})
}

/// All lines of a file.
///
/// # Errors
/// As [`open`], or the file cannot be read.
pub fn read_all(path: &Path) -> Result<Vec<Line>> {
	open(path)?.map(|line| line.map_err(Error::file(path))).collect()
}

/// Columns with a meaning; others are kept as text fields of the order.
const COLUMNS_NEEDED: [&str; 5] = ["id", "kind", "product", "customer", "placed_at"];

impl<R: Read> Reader<R> {
	/// Reads from `input`.
	///
	/// # Errors
	/// What is wrong with the CSV header.
	pub fn new(input: R, format: Format) -> Result<Self, String> {
		let source = match format {
			Format::Ndjson => Source::Ndjson {
				input: BufReader::with_capacity(256 * 1024, input),
				number: 0,
			},
			Format::Csv => {
				let mut input = csv::ReaderBuilder::new()
					.flexible(true)
					.buffer_capacity(256 * 1024)
					.from_reader(input);
				let header = input.headers().map_err(|e| format!("header: {e}"))?;
				let mut columns: Vec<String> = header.iter().map(|c| c.trim().to_string()).collect();
				if let Some(first) = columns.first_mut() {
					*first = first.trim_start_matches('\u{feff}').to_string();
				}
				check_columns(&columns)?;
				Source::Csv {
					input: Box::new(input),
					columns,
				}
			}
		};
		Ok(Reader { source })
	}

	fn next_line(&mut self) -> std::io::Result<Option<Line>> {
		match &mut self.source {
			Source::Ndjson { input, number } => next_ndjson(input, number),
			Source::Csv { input, columns } => next_csv(input, columns),
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

/// Reads up to a line break, at most [`MAX_LINE_LEN`] bytes; the rest of a longer line is skipped. Blank lines are
/// skipped but counted.
fn next_ndjson<R: Read>(input: &mut BufReader<R>, number: &mut u64) -> std::io::Result<Option<Line>> {
	let mut bytes = Vec::with_capacity(1024);
	loop {
		bytes.clear();
		let read = input
			.by_ref()
			.take(MAX_LINE_LEN as u64 + 1)
			.read_until(b'\n', &mut bytes)?;
		if read == 0 {
			return Ok(None);
		}
		*number += 1;
		let ended = bytes.last() == Some(&b'\n');
		if !ended && bytes.len() > MAX_LINE_LEN {
			skip_line(input)?;
			let text = cut(&String::from_utf8_lossy(&bytes));
			let defect = Defect::new("line", &text, "at most 61,440 bytes");
			return Ok(Some(Line {
				number: *number,
				order: Err(defect),
				text,
			}));
		}
		if *number == 1 && bytes.starts_with(b"\xef\xbb\xbf") {
			bytes.drain(..3);
		}
		let line = match std::str::from_utf8(&bytes) {
			Ok(text) if text.trim().is_empty() => continue,
			Ok(text) => {
				let order = parse_line(text);
				let text = if order.is_err() {
					cut(text.trim_end())
				} else {
					String::new()
				};
				Line {
					number: *number,
					order,
					text,
				}
			}
			Err(_) => {
				let text = cut(String::from_utf8_lossy(&bytes).trim_end());
				Line {
					number: *number,
					order: Err(Defect::new("line", &text, "UTF-8 text")),
					text,
				}
			}
		};
		return Ok(Some(line));
	}
}

fn skip_line<R: Read>(input: &mut BufReader<R>) -> std::io::Result<()> {
	loop {
		let buffer = input.fill_buf()?;
		if buffer.is_empty() {
			return Ok(());
		}
		match buffer.iter().position(|b| *b == b'\n') {
			Some(at) => {
				input.consume(at + 1);
				return Ok(());
			}
			None => {
				let len = buffer.len();
				input.consume(len);
			}
		}
	}
}

fn next_csv<R: Read>(input: &mut csv::Reader<R>, columns: &[String]) -> std::io::Result<Option<Line>> {
	let mut row = csv::ByteRecord::new();
	match input.read_byte_record(&mut row) {
		Ok(false) => return Ok(None),
		Ok(true) => {}
		Err(error) => {
			return match error.into_kind() {
				csv::ErrorKind::Io(e) => Err(e),
				other => Err(std::io::Error::other(format!("{other:?}"))),
			}
		}
	}
	let number = row.position().map_or(0, csv::Position::line);
	let text = cut(&row.iter().map(String::from_utf8_lossy).collect::<Vec<_>>().join(","));
	let order = order_of_row(&row, columns, &text);
	Ok(Some(Line {
		number,
		text: if order.is_err() { text } else { String::new() },
		order,
	}))
}

/// A row becomes the JSON line that it stands for, so that one set of rules judges both formats.
fn order_of_row(row: &csv::ByteRecord, columns: &[String], text: &str) -> Result<Order, Defect> {
	if row.len() != columns.len() {
		return Err(Defect::new("line", text, "as many fields as the header has"));
	}
	let mut object = serde_json::Map::with_capacity(columns.len());
	for (column, bytes) in columns.iter().zip(row.iter()) {
		let value = std::str::from_utf8(bytes)
			.map_err(|_| Defect::new(column.as_str(), &String::from_utf8_lossy(bytes), "UTF-8 text"))?;
		if value.is_empty() {
			continue;
		}
		let value = if column == "details" {
			serde_json::from_str(value)
				.ok()
				.filter(serde_json::Value::is_object)
				.ok_or_else(|| Defect::new("details", value, "a JSON object"))?
		} else {
			serde_json::Value::String(value.to_string())
		};
		object.insert(column.clone(), value);
	}
	parse_line(&serde_json::Value::Object(object).to_string())
}

/// At most 512 bytes, at a character's border.
fn cut(text: &str) -> String {
	let mut end = text.len().min(512);
	while !text.is_char_boundary(end) {
		end -= 1;
	}
	text[..end].to_string()
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	const LINE: &str = r#"{"id":"A-1","kind":"purchase","product":"P1","customer":"C1","amount":"1","currency":"CNY","placed_at":"2026-03-02T10:00:00Z"}"#;
	const HEADER: &str = "id,kind,product,interface,customer,amount,units,currency,placed_at,details,branch\n";

	fn lines(input: &[u8], format: Format) -> Vec<Line> {
		Reader::new(input, format).unwrap().map(Result::unwrap).collect()
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
			.map(|l| (l.number, l.order.as_ref().err().map(|d| d.rule)))
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
	fn csv_header_must_fit() {
		for header in ["", "id,kind\n", "id,id,kind,product,customer,placed_at\n"] {
			assert!(Reader::new(header.as_bytes(), Format::Csv).is_err(), "{header}");
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
