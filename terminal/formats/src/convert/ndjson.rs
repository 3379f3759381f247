// SPDX-License-Identifier: Apache-2.0

//! One JSON object per line: an order as it is; `{"order":…,"confirmation":…}`; `{"file":"05","fields":…}` for any other record.

use super::{Item, Sink, Source};
use crate::{
	business::Object,
	fault::{Error, Fault},
};
use serde_json::{json, Value};
use std::{
	io::{BufRead, Read, Write},
	path::PathBuf,
};

/// Longest line in bytes.
const MAX_LINE: u64 = 4 * 1024 * 1024;

/// Reads lines.
pub struct Lines<R> {
	input: R,
	number: u64,
}

impl<R: BufRead> Lines<R> {
	/// Reads from `input`.
	pub fn new(input: R) -> Self {
		Lines { input, number: 0 }
	}
}

impl<R: BufRead> Source for Lines<R> {
	fn next_item(&mut self) -> Result<Option<Item>, Error> {
		loop {
			let mut line = Vec::new();
			let read = (&mut self.input).take(MAX_LINE).read_until(b'\n', &mut line);
			if read.map_err(Error::io("reading a line"))? == 0 {
				return Ok(None);
			}
			self.number += 1;
			if line.iter().all(u8::is_ascii_whitespace) {
				continue;
			}
			let fault = |rule: String| Fault::told("line", String::from_utf8_lossy(&line), rule).in_record(self.number);
			if line.len() as u64 == MAX_LINE {
				return Err(fault(format!("at most {MAX_LINE} bytes")).into());
			}
			let object: Object = serde_json::from_slice(&line).map_err(|error| fault(error.to_string()))?;
			return item(object).map(Some).map_err(|rule| fault(rule.into()).into());
		}
	}
}

fn item(mut object: Object) -> Result<Item, &'static str> {
	let mut part = |name: &str| match object.remove(name) {
		Some(Value::Object(part)) => Ok(Some(part)),
		Some(_) => Err("order, confirmation and fields are objects"),
		None => Ok(None),
	};
	let (order, confirmation, fields) = (part("order")?, part("confirmation")?, part("fields")?);
	match (order, confirmation, fields) {
		(Some(order), Some(confirmation), None) if object.is_empty() => Ok(Item::Answer { order, confirmation }),
		(None, None, Some(fields)) => match object.remove("file") {
			Some(Value::String(kind)) if object.is_empty() => Ok(Item::Fields { kind, fields }),
			_ => Err("fields stand beside the kind of their file only"),
		},
		(None, None, None) => Ok(Item::Order(object)),
		_ => Err("a confirmation stands beside its order only"),
	}
}

/// Writes lines to a file that is there when all of it is.
pub struct LineWriter {
	output: super::files::Pending,
}

impl LineWriter {
	/// Writes to this file.
	///
	/// # Errors
	/// It is there already, or cannot be made.
	pub fn create(path: PathBuf) -> Result<Self, Error> {
		Ok(LineWriter {
			output: super::files::Pending::create(path)?,
		})
	}
}

impl Sink for LineWriter {
	fn put(&mut self, item: Item) -> Result<(), Error> {
		let line = match item {
			Item::Order(order) => Value::Object(order),
			Item::Answer { order, confirmation } => json!({"order": order, "confirmation": confirmation}),
			Item::Fields { kind, fields } => json!({"file": kind, "fields": fields}),
		};
		writeln!(self.output, "{line}").map_err(Error::io("writing a line"))
	}

	fn finish(self: Box<Self>) -> Result<Vec<PathBuf>, Error> {
		Ok(vec![self.output.finish()?])
	}
}
