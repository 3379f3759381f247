// SPDX-License-Identifier: Apache-2.0

//! The rules file of an issuer (TOML).

use crate::{
	decimal,
	error::{Error, Result},
};
use rust_decimal::Decimal;
use sealane_primitives::clauses::{Date, TimeOfDay, Timestamp, UtcOffset};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};
use std::{
	collections::{BTreeMap, BTreeSet, HashMap},
	path::{Path, PathBuf},
};

/// How an issuer decides.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
	/// Orders placed from this time on count as placed on the next business day.
	pub cut_off: TimeOfDay,
	/// Where that time is local.
	pub utc_offset: UtcOffset,
	/// Digits after the point of units and money.
	#[serde(default = "two")]
	pub digits: u32,
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
	/// Net asset value of one unit.
	#[serde(with = "text")]
	pub nav: Decimal,
	/// Fee as a part of the amount.
	#[serde(with = "text", default)]
	pub fee_rate: Decimal,
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

const fn two() -> u32 {
	2
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
		let place = |line: u64, reason: String| Error::Format {
			path: path.into(),
			line,
			reason,
		};
		let mut rules: Rules = toml::from_str(&text).map_err(|e| {
			let line = e
				.span()
				.map_or(0, |span| text[..span.start].matches('\n').count() as u64 + 1);
			place(line, e.message().to_string())
		})?;
		rules.check().map_err(|reason| place(0, reason))?;
		if let (Some(opening), Some(folder)) = (&mut rules.opening_holdings, path.parent()) {
			*opening = folder.join(&opening);
		}
		Ok(rules)
	}

	fn check(&self) -> std::result::Result<(), String> {
		if self.digits > 8 {
			return Err(format!("digits: {}: at most 8", self.digits));
		}
		for (id, product) in &self.products {
			if product.nav.is_zero() {
				return Err(format!("products.{id}.nav: 0: more than 0"));
			}
			if product.fee_rate >= Decimal::ONE {
				return Err(format!("products.{id}.fee_rate: {}: below 1", product.fee_rate));
			}
			if !product.max_amount.is_zero() && product.max_amount < product.min_amount {
				return Err(format!(
					"products.{id}.max_amount: {}: at least min_amount",
					product.max_amount
				));
			}
			if product.currency.len() != 3 || !product.currency.bytes().all(|b| b.is_ascii_uppercase()) {
				return Err(format!(
					"products.{id}.currency: {:?}: three capital letters",
					product.currency
				));
			}
		}
		Ok(())
	}

	/// The business day of an order placed at `placed`: the same day before the cut-off, else the next one; never a Saturday
	/// or Sunday.
	pub fn trade_date(&self, placed: Timestamp) -> Date {
		let local = placed.at_offset(self.utc_offset);
		let mut days = local.date().days_since_epoch();
		if local.ms_since_midnight() >= self.cut_off.ms_since_midnight() {
			days += 1;
		}
		// 1 January 1970 was a Thursday; count from Monday.
		match (days + 3).rem_euclid(7) {
			5 => days += 2,
			6 => days += 1,
			_ => {}
		}
		// A timestamp ends two days before the calendar does.
		Date::from_days_since_epoch(days).unwrap_or_else(|| local.date())
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
		for (index, row) in csv::Reader::from_reader(&bytes[..]).deserialize::<Row>().enumerate() {
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
			("\"1.25\"", "\"0\"", "products.P1.nav"),
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
	fn business_days_roll_over_the_cut_off_and_weekends() {
		let rules = read(TEXT).unwrap();
		for (placed, day) in [
			("2026-03-02T14:59:59+08:00", "2026-03-02"),
			("2026-03-02T15:00:00+08:00", "2026-03-03"),
			("2026-03-02T06:59:59Z", "2026-03-02"),
			("2026-03-06T15:00:00+08:00", "2026-03-09"),
			("2026-03-07T09:00:00+08:00", "2026-03-09"),
			("2026-03-08T23:00:00+08:00", "2026-03-09"),
		] {
			assert_eq!(rules.trade_date(placed.parse().unwrap()).to_string(), day, "{placed}");
		}
	}
}
