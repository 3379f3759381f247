// SPDX-License-Identifier: Apache-2.0

//! From one format to another: whatever a file says becomes an [`Item`], and items become files. Both ends work item by item, in
//! memory for one.
//!
//! * [`files`]: OFD and WDEP, files and sets.
//! * [`ndjson`]: one JSON object per line.
//! * [`csv`]: orders in a bank's own columns, by a mapping.
//! * [`iso`]: messages of ISO 20022.
//! * [`dialect`]: fields that only one of OFD and WDEP knows.

pub mod csv;
pub mod dialect;
pub mod files;
pub mod iso;
pub mod ndjson;

use crate::{
	business::Object,
	fault::{Error, Fault},
};
use serde_json::Value;
use std::path::PathBuf;

/// What one record says.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
	/// An order.
	Order(Object),
	/// A confirmation, with what it repeats of its order.
	Answer {
		/// The order.
		order: Object,
		/// The confirmation.
		confirmation: Object,
	},
	/// A record of another kind of file, or one that is neither order nor answer: its fields by name.
	Fields {
		/// The kind of file.
		kind: String,
		/// Text, or `null` for a number of blanks.
		fields: Object,
	},
}

/// Where items come from.
pub trait Source {
	/// The next one; `None` at the end, when the end itself has been checked.
	///
	/// # Errors
	/// What the source says is none; it cannot be read.
	fn next_item(&mut self) -> Result<Option<Item>, Error>;
}

/// Where items go.
pub trait Sink {
	/// Takes one.
	///
	/// # Errors
	/// The format has no place for something that the item says; it cannot be written.
	fn put(&mut self, item: Item) -> Result<(), Error>;

	/// Completes what was written and names it.
	///
	/// # Errors
	/// It cannot be written.
	fn finish(self: Box<Self>) -> Result<Vec<PathBuf>, Error>;
}

/// So many items are moved between two reports of progress.
const STEP: u64 = 1_000;

/// Moves every item; gives their number and what was written. `progress` is told how many were moved so far.
///
/// # Errors
/// The first fault, with the number of the item as its record where it has none. What was begun is left unfinished: a set of which the
/// index is missing is taken by nobody.
pub fn convert(
	source: &mut dyn Source,
	mut sink: Box<dyn Sink>,
	progress: &mut dyn FnMut(u64),
) -> Result<(u64, Vec<PathBuf>), Error> {
	let mut moved = 0;
	while let Some(item) = source.next_item().map_err(|error| at(error, moved + 1))? {
		moved += 1;
		sink.put(item).map_err(|error| at(error, moved))?;
		if moved.is_multiple_of(STEP) {
			progress(moved);
		}
	}
	progress(moved);
	Ok((moved, sink.finish()?))
}

fn at(error: Error, record: u64) -> Error {
	match error {
		Error::Fault(fault) if fault.record.is_none() && fault.byte.is_none() => fault.in_record(record).into(),
		error => error,
	}
}

/// What an order says and its format has no place for is named, not lost, unless it may be left out.
fn check_places(order: &Object, fields: &[&str], details: &[&str], dropped: &[String]) -> Result<(), Fault> {
	let own = order.iter().filter(|(name, _)| !fields.contains(&name.as_str()));
	let inner = order.get("details").and_then(Value::as_object).into_iter().flatten();
	let inner = inner.filter(|(name, _)| !details.contains(&name.as_str()));
	let without_place = own.chain(inner).find(|(name, value)| {
		let may_be_left_out = dropped.iter().any(|dropped| dropped.eq_ignore_ascii_case(name));
		!value.is_null() && !may_be_left_out
	});
	match without_place {
		None => Ok(()),
		Some((name, value)) => {
			let rule = "the format has no place for this field of an order; it may be left out by name";
			Err(Fault::told(name, value.to_string(), rule))
		}
	}
}

/// A fault for an item that a format has no place for.
fn no_place(item: &Item, what: &str) -> Error {
	let shown = match item {
		Item::Order(_) => "an order",
		Item::Answer { .. } => "a confirmation",
		Item::Fields { kind, .. } => kind,
	};
	Fault::told("record", shown, what).into()
}
