// SPDX-License-Identifier: Apache-2.0

//! A business calendar from a file (TOML).

use crate::error::{Error, Result};
use sealane_primitives::{
	calendar::{Calendar, CalendarFault, Day, Exception, Hours, OffsetChange, Week},
	clauses::{Date, TimeOfDay, Timestamp, UtcOffset},
};
use serde::Deserialize;
use std::path::Path;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
	first: Date,
	last: Date,
	utc_offset: UtcOffset,
	#[serde(default)]
	utc_offsets: Vec<Change>,
	#[serde(default = "working_days")]
	week: Vec<Weekday>,
	order_until: TimeOfDay,
	deliver_until: Option<TimeOfDay>,
	#[serde(default)]
	closed: Vec<Date>,
	#[serde(default)]
	open: Vec<Date>,
	#[serde(default)]
	hours: Vec<Special>,
}

/// A change of the UTC offset.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
	from: String,
	utc_offset: UtcOffset,
}

/// A day with hours of its own.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Special {
	date: Date,
	order_until: TimeOfDay,
	deliver_until: Option<TimeOfDay>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Weekday {
	Monday,
	Tuesday,
	Wednesday,
	Thursday,
	Friday,
	Saturday,
	Sunday,
}

fn working_days() -> Vec<Weekday> {
	use Weekday::*;
	vec![Monday, Tuesday, Wednesday, Thursday, Friday]
}

fn hours(order_until: TimeOfDay, deliver_until: Option<TimeOfDay>) -> Hours {
	Hours {
		order_until,
		deliver_until: deliver_until.unwrap_or(order_until),
	}
}

/// Reads a calendar.
///
/// # Errors
/// The file cannot be read, or line, field and rule of what is wrong.
pub(super) fn read(path: &Path) -> Result<Calendar> {
	let text = std::fs::read_to_string(path).map_err(Error::file(path))?;
	let text = text.trim_start_matches('\u{feff}');
	let wrong = |line: u64, reason: String| Error::Format {
		path: path.into(),
		line,
		reason,
	};
	let file: File = toml::from_str(text).map_err(|error| {
		let line = error
			.span()
			.map_or(0, |span| text[..span.start].matches('\n').count() as u64 + 1);
		wrong(line, error.message().replace('\n', ", "))
	})?;
	let calendar = calendar(file).map_err(|reason| wrong(0, reason))?;
	calendar.check().map_err(|fault| wrong(0, rule_of(fault).into()))?;
	Ok(calendar)
}

fn calendar(file: File) -> Result<Calendar, String> {
	let closed = file.closed.into_iter().map(|date| (date, Day::Closed));
	let open = file.open.into_iter().map(|date| (date, Day::Open));
	let special = file.hours.into_iter().map(|special| {
		let hours = hours(special.order_until, special.deliver_until);
		(special.date, Day::OpenWith(hours))
	});
	let mut exceptions: Vec<_> = closed
		.chain(open)
		.chain(special)
		.map(|(date, day)| Exception { date, day })
		.collect();
	exceptions.sort_by_key(|exception| exception.date);
	if let Some(pair) = exceptions.windows(2).find(|pair| pair[0].date == pair[1].date) {
		return Err(format!("closed, open, hours: {}: at most once", pair[0].date));
	}
	let mut offsets = Vec::new();
	for change in file.utc_offsets {
		let from: Timestamp = change
			.from
			.parse()
			.map_err(|error| format!("utc_offsets.from: {:?}: {error}", change.from))?;
		offsets.push(OffsetChange {
			from: from.unix_ms(),
			offset: change.utc_offset,
		});
	}
	offsets.sort_by_key(|change| change.from);
	let (days, changes) = (exceptions.len(), offsets.len());
	Ok(Calendar {
		first: file.first,
		last: file.last,
		offset: file.utc_offset,
		offsets: offsets
			.try_into()
			.map_err(|_| format!("utc_offsets: {changes} changes: fewer"))?,
		week: Week(file.week.iter().fold(0, |bits, day| bits | 1 << *day as u8)),
		hours: hours(file.order_until, file.deliver_until),
		exceptions: exceptions
			.try_into()
			.map_err(|_| format!("closed, open, hours: {days} dates: fewer, or two calendars"))?,
	})
}

fn rule_of(fault: CalendarFault) -> &'static str {
	match fault {
		CalendarFault::Empty => "last: not before first",
		CalendarFault::TooLong => "last: at most two years after first",
		CalendarFault::UnknownWeekday => "week: days of the week",
		CalendarFault::HoursReversed => "deliver_until: not before order_until",
		CalendarFault::ExceptionsUnordered => "closed, open, hours: each date once",
		CalendarFault::ExceptionNotCovered => "closed, open, hours: dates from first to last",
		CalendarFault::OffsetsUnordered => "utc_offsets: each moment once",
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	const TEXT: &str = r#"
first = "2026-01-01"
last = "2026-12-31"
utc_offset = "+08:00"
order_until = "15:00"
deliver_until = "20:00"
closed = ["2026-01-01", "2026-01-02"]
open = ["2026-01-04"]
[[hours]]
date = "2026-02-13"
order_until = "11:30"
"#;

	fn read_text(text: &str) -> Result<Calendar> {
		let dir = tempfile::tempdir().unwrap();
		let path = dir.path().join("calendar.toml");
		std::fs::write(&path, text).unwrap();
		read(&path)
	}

	#[test]
	fn a_calendar_is_read_or_named() {
		let calendar = read_text(TEXT).unwrap();
		let day = |moment: &str| {
			let moment: Timestamp = moment.parse().unwrap();
			calendar.business_day(moment.unix_ms()).unwrap().to_string()
		};
		assert_eq!(day("2026-01-01T10:00:00+08:00"), "2026-01-04");
		assert_eq!(day("2026-02-13T11:29:59+08:00"), "2026-02-13");
		assert_eq!(day("2026-02-13T11:30:00+08:00"), "2026-02-16");
		for (from, to, word) in [
			("\"15:00\"", "\"25:00\"", "calendar.toml:5"),
			("\"20:00\"", "\"14:00\"", "deliver_until"),
			("\"2026-01-04\"", "\"2026-01-01\"", "2026-01-01: at most once"),
			("\"2026-01-04\"", "\"2027-01-04\"", "from first to last"),
			("2026-12-31", "2029-12-31", "two years"),
			("closed", "holidays", "holidays"),
		] {
			let error = read_text(&TEXT.replace(from, to)).unwrap_err().to_string();
			assert!(error.contains(word), "{error}");
		}
	}
}
