// SPDX-License-Identifier: Apache-2.0

//! What a calendar is made of, and which calendars are none.

use crate::{
	clauses::{Date, TimeOfDay, UtcOffset},
	ids::Moment,
};
use bounded_collections::{BoundedVec, ConstU32};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// Most exceptions of one calendar: two years of them, half days included.
pub const MAX_EXCEPTIONS: u32 = 128;
/// Most changes of the UTC offset in one calendar.
pub const MAX_OFFSETS: u32 = 8;
/// Most days of one calendar.
pub const MAX_SPAN_DAYS: u32 = 2 * 366;

/// The ends of an open day, local.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Hours {
	/// Orders placed before it are of this day.
	pub order_until: TimeOfDay,
	/// Orders of this day are received before it; not earlier than `order_until`.
	pub deliver_until: TimeOfDay,
}

/// Which days of a week are open: bit 0 is Monday, bit 6 Sunday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Week(pub u8);

impl Week {
	/// Monday to Friday.
	pub const WORKING_DAYS: Week = Week(0b001_1111);

	/// Whether that date's day of the week is open.
	pub fn is_open(self, date: Date) -> bool {
		// 1970-01-01 was a Thursday.
		let day = (date.days_since_epoch() + 3).rem_euclid(7);
		self.0 & (1 << day) != 0
	}
}

/// What a single date is, whatever its day of the week.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Day {
	/// A holiday.
	Closed,
	/// A make-up working day, with the usual hours.
	Open,
	/// Open with hours of its own: a half day.
	OpenWith(Hours),
}

/// A date that is not as the week says.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Exception {
	/// The date.
	pub date: Date,
	/// What it is.
	pub day: Day,
}

/// From a moment on, local clocks are otherwise ahead of UTC.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct OffsetChange {
	/// The first moment, Unix time in milliseconds.
	#[serde(with = "super::json::moment")]
	pub from: Moment,
	/// The offset from then on.
	#[serde(rename = "utc_offset")]
	pub offset: UtcOffset,
}

/// The days of an issuer from one date to another.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Calendar {
	/// The first date.
	pub first: Date,
	/// The last date.
	pub last: Date,
	/// The UTC offset at first.
	#[serde(rename = "utc_offset")]
	pub offset: UtcOffset,
	/// The changes of it, in their order.
	#[serde(
		rename = "utc_offset_changes",
		default,
		skip_serializing_if = "<[OffsetChange]>::is_empty",
		with = "crate::clauses::values::set"
	)]
	pub offsets: BoundedVec<OffsetChange, ConstU32<MAX_OFFSETS>>,
	/// The days of the week that are open.
	#[serde(rename = "open_days", with = "super::json::week")]
	pub week: Week,
	/// The usual hours.
	pub hours: Hours,
	/// The dates that are otherwise, in their order.
	#[serde(default, with = "crate::clauses::values::set")]
	pub exceptions: BoundedVec<Exception, ConstU32<MAX_EXCEPTIONS>>,
}

/// Why something is no calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
#[cfg_attr(feature = "runtime", derive(frame_support::PalletError))]
pub enum CalendarFault {
	/// The last date is before the first.
	Empty,
	/// More days than [`MAX_SPAN_DAYS`].
	TooLong,
	/// A bit of the week stands for no day.
	UnknownWeekday,
	/// A day's `deliver_until` is before its `order_until`.
	HoursReversed,
	/// Exceptions are not in the order of their dates, or one has two.
	ExceptionsUnordered,
	/// An exception is before the first date or after the last.
	ExceptionNotCovered,
	/// Changes of the offset are not in the order of their moments.
	OffsetsUnordered,
}

impl core::fmt::Display for CalendarFault {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		match self {
			CalendarFault::Empty => f.write_str("the last date is before the first"),
			CalendarFault::TooLong => write!(f, "it has more than {MAX_SPAN_DAYS} days"),
			CalendarFault::UnknownWeekday => f.write_str("a bit of the week stands for no day"),
			CalendarFault::HoursReversed => f.write_str("a day's deliver_until is before its order_until"),
			CalendarFault::ExceptionsUnordered => {
				f.write_str("exceptions are not in the order of their dates, or a date has two")
			}
			CalendarFault::ExceptionNotCovered => {
				f.write_str("an exception is before the first date or after the last")
			}
			CalendarFault::OffsetsUnordered => {
				f.write_str("changes of the UTC offset are not in the order of their moments")
			}
		}
	}
}

impl Calendar {
	/// Checks that it is one.
	///
	/// # Errors
	/// The first [`CalendarFault`].
	pub fn check(&self) -> Result<(), CalendarFault> {
		let days = self.last.days_since_epoch() - self.first.days_since_epoch();
		if days < 0 {
			return Err(CalendarFault::Empty);
		}
		if days as u32 >= MAX_SPAN_DAYS {
			return Err(CalendarFault::TooLong);
		}
		if self.week.0 >> 7 != 0 {
			return Err(CalendarFault::UnknownWeekday);
		}
		let special = self.exceptions.iter().filter_map(|exception| match exception.day {
			Day::OpenWith(hours) => Some(hours),
			Day::Closed | Day::Open => None,
		});
		if special
			.chain([self.hours])
			.any(|hours| hours.deliver_until < hours.order_until)
		{
			return Err(CalendarFault::HoursReversed);
		}
		if self.exceptions.windows(2).any(|pair| pair[0].date >= pair[1].date) {
			return Err(CalendarFault::ExceptionsUnordered);
		}
		let covered = self.first..=self.last;
		if self
			.exceptions
			.iter()
			.any(|exception| !covered.contains(&exception.date))
		{
			return Err(CalendarFault::ExceptionNotCovered);
		}
		if self.offsets.windows(2).any(|pair| pair[0].from >= pair[1].from) {
			return Err(CalendarFault::OffsetsUnordered);
		}
		Ok(())
	}
}
