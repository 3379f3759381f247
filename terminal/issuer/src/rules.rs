// SPDX-License-Identifier: Apache-2.0

//! The rules file of an issuer (TOML).

use crate::{
	decimal::{self, Rounding},
	error::{Error, Result},
	prices::Prices,
};
use rust_decimal::Decimal;
use sealane_primitives::clauses::{Date, TimeOfDay, Timestamp, UtcOffset};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};
use std::{
	collections::{BTreeMap, BTreeSet, HashMap},
	path::{Path, PathBuf},
	sync::Arc,
	time::SystemTime,
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

/// The rules of one product. Amounts and prices are decimals in quotes.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProductRules {
	/// `offering` takes subscriptions, `open` purchases; both take the rest. `suspended` and `closed` take nothing.
	pub status: sealane_primitives::directory::ProductStatus,
	/// ISO 4217.
	pub currency: String,
	/// Net asset value of one unit, whatever the day: orders are executed at once. Without it orders wait for the price of their day.
	#[serde(with = "optional_text", default, skip_serializing_if = "Option::is_none")]
	pub nav: Option<Decimal>,
	/// The rate of the fee.
	#[serde(with = "text", default)]
	pub fee_rate: Decimal,
	/// What the rate is of.
	#[serde(default)]
	pub fee_on: FeeOn,
	/// Digits after the point of money.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub money_digits: Option<u32>,
	/// Digits after the point of units.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub unit_digits: Option<u32>,
	/// How what does not fit the digits is rounded.
	#[serde(default)]
	pub rounding: Rounding,
	/// Least amount of a subscription or purchase.
	#[serde(with = "text", default)]
	pub min_amount: Decimal,
	/// Largest amount of a subscription or purchase; 0 for no limit.
	#[serde(with = "text", default)]
	pub max_amount: Decimal,
	/// Most of all subscriptions and purchases of one day; 0 for no limit.
	#[serde(with = "text", default)]
	pub daily_limit: Decimal,
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

/// What a fee's rate is of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeeOn {
	/// 外扣法: of what is invested. Amount ÷ (1 + rate) is invested, the rest is the fee.
	#[default]
	Net,
	/// 内扣法: of the whole amount. Amount × rate is the fee, the rest is invested.
	Gross,
}

impl FeeOn {
	/// What of `amount` is invested and what is the fee, the fee within `digits`; `None` where it cannot be calculated.
	pub fn split(self, amount: Decimal, rate: Decimal, digits: u32, rounding: Rounding) -> Option<(Decimal, Decimal)> {
		let fee = match self {
			FeeOn::Net => {
				let net = amount.checked_div(Decimal::ONE.checked_add(rate)?)?;
				// The parts must add up: the invested part is rounded, the fee is what is left.
				amount - decimal::round(net, digits, Rounding::HalfUp)
			}
			FeeOn::Gross => decimal::round(amount.checked_mul(rate)?, digits, rounding),
		};
		Some((amount - fee, fee))
	}
}

impl ProductRules {
	/// Digits of money.
	pub fn money_digits(&self, rules: &Rules) -> u32 {
		self.money_digits.unwrap_or(rules.digits)
	}

	/// Digits of units.
	pub fn unit_digits(&self, rules: &Rules) -> u32 {
		self.unit_digits.unwrap_or(rules.digits)
	}
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

mod optional_text {
	use super::*;

	pub fn serialize<S: Serializer>(value: &Option<Decimal>, serializer: S) -> std::result::Result<S::Ok, S::Error> {
		match value {
			Some(value) => super::text::serialize(value, serializer),
			None => serializer.serialize_none(),
		}
	}

	pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Option<Decimal>, D::Error> {
		super::text::deserialize(deserializer).map(Some)
	}
}

mod text {
	use super::*;
	use serde::de::Error as _;

	pub fn serialize<S: Serializer>(value: &Decimal, serializer: S) -> std::result::Result<S::Ok, S::Error> {
		serializer.collect_str(value)
	}

	pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Decimal, D::Error> {
		let text = String::deserialize(deserializer)?;
		decimal::parse(&text).ok_or_else(|| {
			D::Error::custom(format!(
				"{text:?}: a decimal in quotes, at most 18 digits before and 8 after the point"
			))
		})
	}
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
			place(line, e.message().to_string())
		})?;
		rules.check().map_err(|(product, reason)| {
			// The line on which the product begins; 1 where the file as a whole is meant.
			let head = format!("[products.{product}]");
			let at = text.lines().position(|line| !product.is_empty() && line.trim() == head);
			place(at.unwrap_or(0) as u64 + 1, reason)
		})?;
		let folder = path.parent().unwrap_or(Path::new(""));
		for file in [&mut rules.opening_holdings, &mut rules.nav_file].into_iter().flatten() {
			*file = folder.join(&file);
		}
		Ok(rules)
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

impl ProductRules {
	fn check(&self, has_nav_file: bool) -> std::result::Result<(), String> {
		match self.nav {
			Some(nav) if nav.is_zero() => return Err("nav: 0: more than 0".into()),
			None if !has_nav_file => return Err("nav: there, or nav_file names where the prices come from".into()),
			_ => {}
		}
		if self.fee_rate >= Decimal::ONE {
			return Err(format!("fee_rate: {}: below 1", self.fee_rate));
		}
		for (name, digits) in [("money_digits", self.money_digits), ("unit_digits", self.unit_digits)] {
			if let Some(digits) = digits.filter(|digits| *digits > 8) {
				return Err(format!("{name}: {digits}: at most 8"));
			}
		}
		if !self.max_amount.is_zero() && self.max_amount < self.min_amount {
			return Err(format!("max_amount: {}: at least min_amount", self.max_amount));
		}
		if self.currency.len() != 3 || !self.currency.bytes().all(|b| b.is_ascii_uppercase()) {
			return Err(format!("currency: {:?}: three capital letters", self.currency));
		}
		Ok(())
	}
}

/// Rules and prices, read again when their files change. Files that cannot be read leave the ones of before in force.
pub struct WatchedRules {
	path: Option<PathBuf>,
	rules: Arc<Rules>,
	prices: Arc<Prices>,
	read: Vec<Option<Stamp>>,
	seen: Vec<Option<Stamp>>,
}

/// Length and time of the last change.
type Stamp = (u64, SystemTime);

fn stamp(path: &Path) -> Option<Stamp> {
	let meta = std::fs::metadata(path).ok()?;
	Some((meta.len(), meta.modified().ok()?))
}

fn prices_of(rules: &Rules) -> Result<Prices> {
	match &rules.nav_file {
		// A day begins without prices: the file may come later.
		Some(path) if path.exists() => Prices::read(path),
		_ => Ok(Prices::default()),
	}
}

impl WatchedRules {
	/// Reads both.
	///
	/// # Errors
	/// As [`Rules::read`] and [`Prices::read`].
	pub fn open(path: &Path) -> Result<Self> {
		let rules = Rules::read(path)?;
		let prices = prices_of(&rules)?;
		let mut watched = WatchedRules {
			path: Some(path.into()),
			prices: Arc::new(prices),
			rules: Arc::new(rules),
			read: Vec::new(),
			seen: Vec::new(),
		};
		watched.read = watched.stamps(path);
		watched.seen.clone_from(&watched.read);
		Ok(watched)
	}

	/// Rules that no file changes.
	pub fn fixed(rules: Rules, prices: Prices) -> Self {
		WatchedRules {
			path: None,
			rules: Arc::new(rules),
			prices: Arc::new(prices),
			read: Vec::new(),
			seen: Vec::new(),
		}
	}

	/// The rules.
	pub fn rules(&self) -> Arc<Rules> {
		self.rules.clone()
	}

	/// The prices.
	pub fn prices(&self) -> Arc<Prices> {
		self.prices.clone()
	}

	fn stamps(&self, path: &Path) -> Vec<Option<Stamp>> {
		vec![stamp(path), self.rules.nav_file.as_deref().and_then(stamp)]
	}

	/// Looks whether a file has changed, and is complete: as it was at the last look. Says whether something new is in force.
	pub fn look(&mut self) -> bool {
		let Some(path) = self.path.clone() else { return false };
		let now = self.stamps(&path);
		let settled = now == self.seen && now != self.read;
		self.seen.clone_from(&now);
		if !settled {
			return false;
		}
		self.read = now;
		let read = Rules::read(&path).and_then(|rules| Ok((prices_of(&rules)?, rules)));
		match read {
			Ok((prices, rules)) => {
				tracing::info!(
					"rules read again: {} products, {} prices",
					rules.products.len(),
					prices.len()
				);
				self.prices = Arc::new(prices);
				self.rules = Arc::new(rules);
				true
			}
			Err(error) => {
				tracing::error!("ALARM: rules or prices cannot be read, those of before stay in force: {error}");
				false
			}
		}
	}
}

/// What customers hold at the beginning, by the seller's name.
#[derive(Clone, Debug, Default)]
pub struct Opening {
	/// Hash of the file.
	pub source: String,
	/// Customer, product and units by the seller's name on the chain.
	pub by_seller: HashMap<String, Vec<(String, String, Decimal)>>,
}

impl Opening {
	/// Reads the CSV.
	///
	/// # Errors
	/// The file cannot be read, or line, field, value and rule of what is wrong.
	pub fn read(path: &Path) -> Result<Self> {
		#[derive(Deserialize)]
		struct Row {
			seller: String,
			customer: String,
			product: String,
			units: String,
		}
		let bytes = std::fs::read(path).map_err(Error::file(path))?;
		let mut opening = Opening {
			source: hex::encode(&Sha256::digest(&bytes)[..16]),
			by_seller: HashMap::new(),
		};
		let rows = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
		for (index, row) in csv::Reader::from_reader(rows).deserialize::<Row>().enumerate() {
			let place = |reason: String| Error::Format {
				path: path.into(),
				line: index as u64 + 2,
				reason,
			};
			let row = row.map_err(|e| place(e.to_string()))?;
			let units = decimal::parse(&row.units)
				.ok_or_else(|| place(format!("units: {:?}: a decimal that is not negative", row.units)))?;
			opening
				.by_seller
				.entry(row.seller)
				.or_default()
				.push((row.customer, row.product, units));
		}
		Ok(opening)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

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
