// SPDX-License-Identifier: Apache-2.0

//! Which day an order belongs to: the business calendar of an issuer, and the one function of it that all sides ask.
//!
//! A calendar says, for a span of dates, on which of them orders are taken and until when. The week says which days are
//! usually open; single dates make exceptions: holidays, make-up working days, half days. All of it is local to the issuer:
//! moments become dates by the UTC offset that holds at that moment, of which there may be several in a span, for zones
//! with summer time.
//!
//! An open day has two ends. An order *placed* by `order_until` belongs to it, if it is *received* by `deliver_until`
//! (15:00 and 20:00, say). Both are the first moment after the time: an order of 15:00:00.000 is late.
//!
//! * [`Calendar::business_day`]: the day of one moment.
//! * [`Calendar::trade_day`]: the day of an order, by what a channel agreed to count.
//! * [`Timetable`]: the versions of a calendar that hold now and next, as the chain tells them.
//! * [`json`]: the form of a calendar in files and in HTTP.
//!
//! Pure: calendars, dates, moments.

pub mod json;
#[cfg(test)]
mod tests;
mod timetable;
mod types;

pub use timetable::{Announced, Timetable};
pub use types::{
	Calendar, CalendarFault, Day, Exception, Hours, OffsetChange, Week, MAX_EXCEPTIONS, MAX_OFFSETS, MAX_SPAN_DAYS,
};

use crate::{
	clauses::{Date, UtcOffset},
	ids::Moment,
};

const MS_PER_MINUTE: i64 = 60_000;
const MS_PER_DAY: i64 = 86_400_000;

/// Which moment of an order decides on its day. The two parties of a channel agree on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counts {
	/// When the issuer's node has it.
	Receipt,
	/// When the customer placed it, as the seller says; if the issuer's node has it by the day's `deliver_until`.
	Seller,
}

/// Why a calendar does not say which day it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoDay {
	/// The date is before the first or after the last of the calendar.
	NotCovered(Date),
	/// No open day follows within the calendar.
	NoneLeft,
	/// The moment is beyond the years that dates have.
	OutOfRange,
}

impl core::fmt::Display for NoDay {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		match self {
			NoDay::NotCovered(date) => write!(f, "{date} is before the calendar's first date or after its last"),
			NoDay::NoneLeft => f.write_str("the calendar ends before the next open day"),
			NoDay::OutOfRange => f.write_str("the moment is beyond the years that dates have"),
		}
	}
}

impl Calendar {
	/// The UTC offset that holds at a moment.
	pub fn offset_at(&self, moment: Moment) -> UtcOffset {
		let changes = self.offsets.iter().take_while(|change| change.from <= moment);
		changes.last().map_or(self.offset, |change| change.offset)
	}

	/// The local date of a moment.
	///
	/// # Errors
	/// [`NoDay::OutOfRange`].
	pub fn date_at(&self, moment: Moment) -> Result<Date, NoDay> {
		let offset = i64::from(self.offset_at(moment).minutes()) * MS_PER_MINUTE;
		let local = i64::try_from(moment)
			.ok()
			.and_then(|ms| ms.checked_add(offset))
			.ok_or(NoDay::OutOfRange)?;
		i32::try_from(local.div_euclid(MS_PER_DAY))
			.ok()
			.and_then(Date::from_days_since_epoch)
			.ok_or(NoDay::OutOfRange)
	}

	/// What holds on a date: its hours, or `None` where it is closed.
	///
	/// # Errors
	/// [`NoDay::NotCovered`].
	pub fn hours_on(&self, date: Date) -> Result<Option<Hours>, NoDay> {
		if !(self.first..=self.last).contains(&date) {
			return Err(NoDay::NotCovered(date));
		}
		match self.exceptions.binary_search_by_key(&date, |exception| exception.date) {
			Ok(place) => Ok(match self.exceptions[place].day {
				Day::Closed => None,
				Day::Open => Some(self.hours),
				Day::OpenWith(hours) => Some(hours),
			}),
			Err(_) => Ok(self.week.is_open(date).then_some(self.hours)),
		}
	}

	/// The day to which something of this moment belongs: its own date, if it is open and its `order_until` has not come, else
	/// the next open one.
	///
	/// # Errors
	/// [`NoDay`]: nobody may guess a day that the calendar does not say.
	pub fn business_day(&self, moment: Moment) -> Result<Date, NoDay> {
		let date = self.date_at(moment)?;
		if self.hours_on(date)?.is_some() && self.order_until(date)?.is_some_and(|until| moment < until) {
			return Ok(date);
		}
		self.next_open_day(date)
	}

	/// The day to which an order belongs that was placed and received at these moments, by what counts.
	///
	/// What comes too late for the day on which it was placed belongs to the first day after it that still takes it. Whether
	/// `placed` may be believed is another question: an order that was placed after its packet was made is refused.
	///
	/// # Errors
	/// [`NoDay`].
	pub fn trade_day(&self, counts: Counts, placed: Moment, received: Moment) -> Result<Date, NoDay> {
		let mut day = match counts {
			Counts::Receipt => return self.business_day(received),
			Counts::Seller => self.business_day(placed)?,
		};
		// Each step goes to a later day of the calendar, and it has few.
		while self.deliver_until(day)?.is_none_or(|until| received >= until) {
			day = self.next_open_day(day)?;
		}
		Ok(day)
	}

	/// The first open day after a date.
	///
	/// # Errors
	/// [`NoDay::NoneLeft`] where the calendar ends before, [`NoDay::NotCovered`] where the date is not its own.
	pub fn next_open_day(&self, date: Date) -> Result<Date, NoDay> {
		self.hours_on(date)?;
		// At most as many steps as a calendar has days.
		(date.days_since_epoch() + 1..=self.last.days_since_epoch())
			.filter_map(Date::from_days_since_epoch)
			.find(|day| matches!(self.hours_on(*day), Ok(Some(_))))
			.ok_or(NoDay::NoneLeft)
	}

	/// The first moment in which orders of a day are no longer placed; `None` where it is closed.
	///
	/// # Errors
	/// [`NoDay`].
	pub fn order_until(&self, date: Date) -> Result<Option<Moment>, NoDay> {
		let hours = self.hours_on(date)?;
		hours
			.map(|hours| self.moment_of(date, hours.order_until.ms_since_midnight()))
			.transpose()
	}

	/// The first moment in which orders of a day are no longer received; `None` where it is closed.
	///
	/// # Errors
	/// [`NoDay`].
	pub fn deliver_until(&self, date: Date) -> Result<Option<Moment>, NoDay> {
		let hours = self.hours_on(date)?;
		hours
			.map(|hours| self.moment_of(date, hours.deliver_until.ms_since_midnight()))
			.transpose()
	}

	/// Whether an order placed and received at these moments is one of `day`: placed on that business day, and received in time.
	///
	/// # Errors
	/// [`NoDay`].
	pub fn is_in_time(&self, day: Date, placed: Moment, received: Moment) -> Result<bool, NoDay> {
		let until = self.deliver_until(day)?;
		Ok(self.business_day(placed)? == day && until.is_some_and(|until| received < until))
	}

	/// The moment at which local clocks show that time on a date: the first one, where they show it twice. Where they skip
	/// it, the moment of the change.
	fn moment_of(&self, date: Date, ms_since_midnight: u32) -> Result<Moment, NoDay> {
		let local = i64::from(date.days_since_epoch()) * MS_PER_DAY + i64::from(ms_since_midnight);
		let shown = |offset: UtcOffset| local - i64::from(offset.minutes()) * MS_PER_MINUTE;
		let mut offset = self.offset;
		let mut found = shown(offset);
		for change in &self.offsets {
			let from = i64::try_from(change.from).map_err(|_| NoDay::OutOfRange)?;
			if found < from {
				break;
			}
			offset = change.offset;
			found = shown(offset).max(from);
		}
		Moment::try_from(found).map_err(|_| NoDay::OutOfRange)
	}
}
