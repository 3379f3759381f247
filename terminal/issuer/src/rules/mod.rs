// SPDX-License-Identifier: Apache-2.0

//! The rules file of an issuer (TOML).

mod calendar;
mod opening;
mod product;
mod watched;

pub use opening::Opening;
pub use product::{BelowMinHolding, FeeOn, Mode, ProductRules};
pub use watched::WatchedRules;

use crate::error::{Error, Result};
use sealane_primitives::{
	calendar::Calendar,
	clauses::{Date, TimeOfDay, Timestamp, UtcOffset},
};
use sealane_sdk::types::{BusinessKind, CalendarVersion, Order};
use serde::{Deserialize, Serialize};
use std::{
	collections::{BTreeMap, BTreeSet, HashMap},
	path::{Path, PathBuf},
	sync::Arc,
};

/// How an issuer decides.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
	/// Orders from this time on count as of the next business day.
	pub cut_off: TimeOfDay,
	/// Which moment counts: when this node received the order, or what the seller states.
	#[serde(default)]
	pub day_of: DayOf,
	/// An order placed earlier than so many days before it was received is rejected; 0: however early.
	#[serde(default = "a_week")]
	pub max_age_days: u16,
	/// An order placed later than so many seconds after it was received is rejected: by how much clocks may differ.
	#[serde(default = "ten_minutes")]
	pub max_ahead_s: u32,
	/// Where that time is local.
	pub utc_offset: UtcOffset,
	/// Digits after the point of units and money, where a product has none of its own.
	#[serde(default = "two")]
	pub digits: u32,
	/// Days, beside Saturdays and Sundays, on which nothing is traded.
	#[serde(default)]
	pub holidays: BTreeSet<Date>,
	/// Saturdays and Sundays on which is traded.
	#[serde(default)]
	pub working_days: BTreeSet<Date>,
	/// The business calendar of the products with a daily desk, where one has none of its own and nothing is announced on chain.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub calendar: Option<PathBuf>,
	/// CSV of net asset values, `product,date,nav`, for the products that have no `nav` of their own. Read again when it changes.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub nav_file: Option<PathBuf>,
	/// Whether only customers in the books may order.
	#[serde(default)]
	pub require_registration: bool,
	/// Whether redemptions, switches and transfers need the units in the books.
	#[serde(default)]
	pub check_holdings: bool,
	/// CSV of what customers hold at the beginning: `seller,customer,product,units`, the seller by its name on the chain.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub opening_holdings: Option<PathBuf>,
	/// Who is refused.
	#[serde(default)]
	pub reject: Reject,
	/// The products.
	pub products: BTreeMap<String, ProductRules>,
	/// The calendars by file, as they were read.
	#[serde(skip)]
	pub(crate) calendars: HashMap<PathBuf, Arc<Calendar>>,
	/// The calendars that are announced on chain, by product: both partners have them, so that they go before the files.
	#[serde(skip)]
	pub(crate) announced: Announced,
}

/// Calendars that are announced on chain, by product.
pub(crate) type Announced = BTreeMap<String, Arc<CalendarVersion>>;

/// The calendar that decides on a product's days.
#[derive(Clone, Copy, Debug)]
pub struct InForce<'a> {
	/// The calendar.
	pub calendar: &'a Calendar,
	/// Version and first block, where it is announced on chain; otherwise it comes from a file.
	pub announced: Option<(u32, u32)>,
}

/// Who is refused.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reject {
	/// References of customers whose orders are rejected.
	#[serde(default)]
	pub orders_of: BTreeSet<String>,
	/// References of customers who are not registered.
	#[serde(default)]
	pub registrations_of: BTreeSet<String>,
}

/// Which moment decides on an order's day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayOf {
	/// When the issuer's node received the order: nobody can date one back.
	#[default]
	Receipt,
	/// When the seller says that it was placed, for partners who agreed on it.
	Seller,
}

const fn two() -> u32 {
	2
}

const fn a_week() -> u16 {
	7
}

const fn ten_minutes() -> u32 {
	600
}

impl Rules {
	/// Reads a rules file; relative paths in it are relative to its folder.
	///
	/// # Errors
	/// The file cannot be read, or line, field, value and rule of what is wrong.
	pub fn read(path: &Path) -> Result<Self> {
		let text = std::fs::read_to_string(path).map_err(Error::file(path))?;
		let text = text.trim_start_matches('\u{feff}');
		let place = |line: u64, reason: String| Error::Format {
			path: path.into(),
			line,
			reason,
		};
		let mut rules: Rules = toml::from_str(text).map_err(|e| {
			let line = e
				.span()
				.map_or(0, |span| text[..span.start].matches('\n').count() as u64 + 1);
			place(line, e.message().replace('\n', ", "))
		})?;
		rules.check().map_err(|(product, reason)| {
			// The line on which the product begins; 1 where the file as a whole is meant.
			let head = format!("[products.{product}]");
			let at = text.lines().position(|line| !product.is_empty() && line.trim() == head);
			place(at.unwrap_or(0) as u64 + 1, reason)
		})?;
		let folder = path.parent().unwrap_or(Path::new(""));
		let files = [&mut rules.opening_holdings, &mut rules.nav_file, &mut rules.calendar];
		let calendars = rules.products.values_mut().map(|product| &mut product.calendar);
		for file in files.into_iter().chain(calendars).flatten() {
			*file = folder.join(&file);
		}
		for file in rules.calendar_files() {
			rules.calendars.insert(file.clone(), Arc::new(calendar::read(&file)?));
		}
		Ok(rules)
	}

	/// The files of the calendars.
	fn calendar_files(&self) -> BTreeSet<PathBuf> {
		let own = self.products.values().map(|product| &product.calendar);
		own.chain([&self.calendar]).flatten().cloned().collect()
	}

	/// The business calendar of a product; none where it has no daily desk, or nobody says which.
	pub fn calendar(&self, product: &str) -> Option<&Calendar> {
		self.calendar_in_force(product).map(|in_force| in_force.calendar)
	}

	/// The same, with where it comes from. What is announced on chain goes first, then the product's own file, then that of all.
	pub fn calendar_in_force(&self, product: &str) -> Option<InForce<'_>> {
		let rules = self.products.get(product).filter(|rules| rules.mode == Mode::Daily)?;
		if let Some(version) = self.announced.get(product) {
			return Some(InForce {
				calendar: &version.calendar,
				announced: Some((version.version, version.from_block)),
			});
		}
		let file = rules.calendar.as_ref().or(self.calendar.as_ref())?;
		self.calendars.get(file).map(|calendar| InForce {
			calendar,
			announced: None,
		})
	}

	/// The products with a daily desk.
	pub fn daily(&self) -> impl Iterator<Item = &str> {
		let daily = self.products.iter().filter(|(_, rules)| rules.mode == Mode::Daily);
		daily.map(|(product, _)| product.as_str())
	}

	/// The product on whose daily desk an order is decided; none where it is decided at once.
	pub fn desk_of<'a>(&self, order: &'a Order) -> Option<&'a str> {
		let daily = |product: &&str| self.products.get(*product).is_some_and(|p| p.mode == Mode::Daily);
		let target = order.details.as_ref().and_then(|d| d.get("target_product")?.as_str());
		let target = target.filter(|_| order.kind == BusinessKind::Switch);
		[Some(order.product.as_str()), target].into_iter().flatten().find(daily)
	}

	/// The product and the rule that it breaks.
	fn check(&self) -> std::result::Result<(), (String, String)> {
		if self.digits > 8 {
			return Err((String::new(), format!("digits: {}: at most 8", self.digits)));
		}
		for (id, product) in &self.products {
			product
				.check(self.nav_file.is_some())
				.map_err(|reason| (id.clone(), format!("products.{id}.{reason}")))?;
		}
		Ok(())
	}

	/// The moment that decides on an order's day.
	pub fn moment(&self, placed: Timestamp, received: Timestamp) -> Timestamp {
		match self.day_of {
			DayOf::Receipt => received,
			DayOf::Seller => placed,
		}
	}

	/// Whether is traded on this day.
	fn is_trading_day(&self, day: Date) -> bool {
		// 1 January 1970 was a Thursday; count from Monday.
		let weekend = (day.days_since_epoch() + 3).rem_euclid(7) >= 5;
		if weekend {
			self.working_days.contains(&day)
		} else {
			!self.holidays.contains(&day)
		}
	}

	/// The business day of a moment: the same day before the cut-off, else the next one; always a trading day.
	pub fn trade_date(&self, moment: Timestamp) -> Date {
		let local = moment.at_offset(self.utc_offset);
		let mut days = local.date().days_since_epoch();
		// What comes on a day without trade is the next trading day's, whatever the hour.
		if local.ms_since_midnight() >= self.cut_off.ms_since_midnight() && self.is_trading_day(local.date()) {
			days += 1;
		}
		// No list of holidays is as long as that; a timestamp ends before the calendar does.
		for _ in 0..=self.holidays.len() + 2 {
			match Date::from_days_since_epoch(days) {
				Some(day) if self.is_trading_day(day) => return day,
				Some(_) => days += 1,
				None => break,
			}
		}
		local.date()
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::decimal::Rounding;

	const TEXT: &str = r#"
cut_off = "15:00"
utc_offset = "+08:00"
[products.P1]
status = "open"
currency = "CNY"
nav = "1.25"
"#;

	fn read(text: &str) -> Result<Rules> {
		let dir = tempfile::tempdir().unwrap();
		let path = dir.path().join("rules.toml");
		std::fs::write(&path, text).unwrap();
		Rules::read(&path)
	}

	#[test]
	fn defects_name_line_and_rule() {
		assert!(read(TEXT).is_ok());
		for (from, to, word) in [
			("\"1.25\"", "1.25", "rules.toml:7"),
			("\"1.25\"", "\"0\"", "rules.toml:4: products.P1.nav"),
			("nav = \"1.25\"", "", "nav_file"),
			("\"1.25\"", "\"1.25\"\nfee_rate = \"1.5\"", "below 1"),
			("\"open\"", "\"opne\"", "opne"),
			("CNY", "Yuan", "three capital letters"),
			("nav =", "price =", "price"),
			(
				"nav = \"1.25\"",
				"nav = \"1.25\"\nmode = \"daily\"",
				"absent with mode daily",
			),
			(
				"nav = \"1.25\"",
				"nav = \"1.25\"\nredemption_limit = \"0.1\"",
				"only with mode daily",
			),
			(
				"nav = \"1.25\"",
				"mode = \"daily\"\ncalendar = \"none.toml\"",
				"none.toml",
			),
		] {
			let error = read(&TEXT.replace(from, to)).unwrap_err().to_string();
			assert!(error.contains(word), "{error}");
		}
	}

	#[test]
	fn business_days_roll_over_the_cut_off_weekends_and_holidays() {
		let mut rules = read(TEXT).unwrap();
		rules.holidays = ["2026-02-16", "2026-02-17", "2026-02-18"]
			.map(|d| d.parse().unwrap())
			.into();
		rules.working_days = ["2026-02-14"].map(|d| d.parse().unwrap()).into();
		for (moment, day) in [
			("2026-03-02T14:59:59+08:00", "2026-03-02"),
			("2026-03-02T15:00:00+08:00", "2026-03-03"),
			("2026-03-02T06:59:59Z", "2026-03-02"),
			("2026-03-06T15:00:00+08:00", "2026-03-09"),
			("2026-03-07T09:00:00+08:00", "2026-03-09"),
			("2026-03-07T16:00:00+08:00", "2026-03-09"),
			("2026-03-08T23:00:00+08:00", "2026-03-09"),
			// A Saturday on which is worked, and the holidays behind it.
			("2026-02-13T16:00:00+08:00", "2026-02-14"),
			("2026-02-14T16:00:00+08:00", "2026-02-19"),
			("2026-02-17T09:00:00+08:00", "2026-02-19"),
		] {
			assert_eq!(rules.trade_date(moment.parse().unwrap()).to_string(), day, "{moment}");
		}
	}

	#[test]
	fn fees_inside_and_on_top() {
		let split = |fee_on: FeeOn| {
			let (net, fee) = fee_on
				.split("10000".parse().unwrap(), "0.015".parse().unwrap(), 2, Rounding::Down)
				.unwrap();
			(net.to_string(), fee.to_string())
		};
		// 10000 ÷ 1.015 = 9852.2167…
		assert_eq!(split(FeeOn::Net), ("9852.22".into(), "147.78".into()));
		assert_eq!(split(FeeOn::Gross), ("9850.00".into(), "150.00".into()));
		assert_eq!(split(FeeOn::Top), ("10000".into(), "150.00".into()));
	}

	#[test]
	fn prices_that_come_later_are_read() {
		let dir = tempfile::tempdir().unwrap();
		let path = dir.path().join("rules.toml");
		let text = TEXT.replace("nav = \"1.25\"\n", "");
		std::fs::write(&path, format!("nav_file = \"nav.csv\"\n{text}")).unwrap();
		let mut watched = WatchedRules::open(&path).unwrap();
		assert!(watched.prices().is_empty() && !watched.look());
		std::fs::write(dir.path().join("nav.csv"), "product,date,nav\nP1,2026-03-02,1.05\n").unwrap();
		assert!(!watched.look(), "seen once: it may still be written");
		assert!(watched.look());
		assert_eq!(watched.prices().len(), 1);
		std::fs::write(dir.path().join("nav.csv"), "product,date,nav\nP1,2026-03-02,zero\n").unwrap();
		for _ in 0..3 {
			assert!(!watched.look());
		}
		assert_eq!(watched.prices().len(), 1, "those of before stay in force");
	}
}
