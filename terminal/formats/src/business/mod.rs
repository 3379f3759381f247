// SPDX-License-Identifier: Apache-2.0

//! Orders and confirmations as records, and back.
//!
//! Nothing is lost: what a record says and the mapping does not know stands in the order's or the confirmation's `details`, under the
//! format's name and by the fields' names (`{"details":{"ofd":{"RegionCode":"0755"}}}`), and is written back. `null` there is a number of
//! blanks. A record that is read and written again has the same bytes.
//!
//! * [`orders`]: applications, OFD's kind 03 and WDEP's 005.
//! * [`confirmations`]: OFD's kind 04 and WDEP's 008.

pub mod confirmations;
pub mod orders;

use crate::{dictionary::Format, fault::Fault, profile::Profile, record::Record};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use time::{
	format_description::well_known::Rfc3339, macros::format_description, Date, OffsetDateTime, PrimitiveDateTime,
	UtcOffset,
};

/// A JSON object.
pub type Object = Map<String, Value>;

/// Names of fields that differ between the formats, and the place of what is not mapped.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Names {
	/// The key in `details`.
	pub(crate) dialect: &'static str,
	pub(crate) product: &'static str,
	pub(crate) target: &'static str,
	pub(crate) orders: &'static str,
	pub(crate) confirmations: &'static str,
}

pub(crate) const fn names(format: Format) -> Names {
	match format {
		Format::Wdep10 => Names {
			dialect: "wdep",
			product: "WPCode",
			target: "CodeOfTargetWP",
			orders: "005",
			confirmations: "008",
		},
		_ => Names {
			dialect: "ofd",
			product: "FundCode",
			target: "CodeOfTargetFund",
			orders: "03",
			confirmations: "04",
		},
	}
}

/// The kind of file that holds orders.
pub fn orders_kind(format: Format) -> &'static str {
	names(format).orders
}

/// The kind of file that holds confirmations.
pub fn confirmations_kind(format: Format) -> &'static str {
	names(format).confirmations
}

/// The text of a field of JSON.
pub(crate) fn text<'a>(object: &'a Object, name: &str) -> Option<&'a str> {
	object.get(name).and_then(Value::as_str)
}

/// The text of a field that must be there.
pub(crate) fn required<'a>(object: &'a Object, name: &str) -> Result<&'a str, Fault> {
	text(object, name).ok_or_else(|| {
		let value = object.get(name).map(Value::to_string).unwrap_or_default();
		Fault::told(name, &value, "the field must be there, as text")
	})
}

/// Puts a text into an object, if there is one.
pub(crate) fn put(object: &mut Object, name: &str, value: Option<impl Into<String>>) {
	if let Some(value) = value {
		object.insert(name.into(), Value::String(value.into()));
	}
}

/// Writes what the mapping does not know: `details.<dialect>` of the object.
pub(crate) fn write_rest(record: &mut Record, object: &Object, profile: &Profile) -> Result<(), Fault> {
	let dialect = names(profile.format()).dialect;
	let rest = object.get("details").and_then(|details| details.get(dialect));
	let Some(rest) = rest else { return Ok(()) };
	let shown = rest.to_string();
	let rest = rest
		.as_object()
		.ok_or_else(|| Fault::told(format!("details.{dialect}"), &shown, "an object of fields by name"))?;
	for (name, value) in rest {
		match value {
			// Blanks, whatever the profile writes for an absent number.
			Value::Null => record.set(name, None, crate::value::EmptyNumber::Blanks)?,
			Value::String(text) => record.set(name, Some(text), profile.settings.empty_number)?,
			other => {
				let rule = "a field must be text, or null for blanks";
				return Err(Fault::told(
					format!("details.{dialect}.{name}"),
					other.to_string(),
					rule,
				));
			}
		}
	}
	Ok(())
}

/// Keeps what the mapping does not know.
pub(crate) fn keep_rest(object: &mut Object, rest: BTreeMap<String, Option<String>>, profile: &Profile) {
	if rest.is_empty() {
		return;
	}
	let rest = rest
		.into_iter()
		.map(|(name, value)| (name, value.map_or(Value::Null, Value::String)))
		.collect();
	let details = object.entry("details").or_insert_with(|| Value::Object(Object::new()));
	if let Some(details) = details.as_object_mut() {
		details.insert(names(profile.format()).dialect.into(), Value::Object(rest));
	}
}

/// Date and time of a record as a moment of the profile's zone; `None` where the date is none. No time is midnight.
pub(crate) fn moment(date: &str, time: Option<&str>, zone: UtcOffset) -> Option<String> {
	let format = format_description!("[year][month][day][hour][minute][second]");
	let moment = PrimitiveDateTime::parse(&format!("{date}{}", time.unwrap_or("000000")), format).ok()?;
	moment.assume_offset(zone).format(&Rfc3339).ok()
}

/// Date `YYYYMMDD` and time `HHMMSS` of a moment in the profile's zone.
pub(crate) fn date_and_time(field: &str, moment: &str, zone: UtcOffset) -> Result<(String, String), Fault> {
	let rule = "the field must be a moment such as 2026-11-24T09:30:00+08:00";
	let fault = || Fault::told(field, moment, rule);
	let local = OffsetDateTime::parse(moment, &Rfc3339)
		.map_err(|_| fault())?
		.checked_to_offset(zone)
		.ok_or_else(fault)?;
	let date = local
		.format(format_description!("[year][month][day]"))
		.map_err(|_| fault())?;
	let time = local
		.format(format_description!("[hour][minute][second]"))
		.map_err(|_| fault())?;
	Ok((date, time))
}

/// `2026-11-24` of `20261124`.
pub(crate) fn day(date: &str) -> Option<String> {
	let day = Date::parse(date, format_description!("[year][month][day]")).ok()?;
	day.format(format_description!("[year]-[month]-[day]")).ok()
}

/// `20261124` of `2026-11-24`.
pub(crate) fn compact(field: &str, day: &str) -> Result<String, Fault> {
	Date::parse(day, format_description!("[year]-[month]-[day]"))
		.ok()
		.and_then(|day| day.format(format_description!("[year][month][day]")).ok())
		.ok_or_else(|| Fault::told(field, day, "the field must be a day such as 2026-11-24"))
}

/// A decimal in units of 10⁻⁸, as far as it has no more decimals; for comparing what one record says in several fields.
pub(crate) fn scaled(decimal: &str) -> Option<i128> {
	let (sign, plain) = match decimal.strip_prefix('-') {
		Some(plain) => (-1, plain),
		None => (1, decimal),
	};
	let (whole, fraction) = plain.split_once('.').unwrap_or((plain, ""));
	if whole.len() > 24 || fraction.len() > 8 {
		return None;
	}
	format!("{whole}{fraction:0<8}")
		.parse::<i128>()
		.ok()
		.map(|value| sign * value)
}

/// A number of a record that is there and not zero.
pub(crate) fn amount(record: &Record, name: &str) -> Option<String> {
	record
		.get(name)
		.filter(|value| scaled(value).is_some_and(|value| value != 0))
}
