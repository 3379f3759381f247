// SPDX-License-Identifier: Apache-2.0

//! The rules of one product.

use crate::decimal::{self, Rounding};
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::path::PathBuf;

use super::Rules;

/// The rules of one product. Amounts and prices are decimals in quotes.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProductRules {
	/// `offering` takes subscriptions, `open` purchases; both take the rest. `suspended` and `closed` take nothing.
	pub status: sealane_primitives::directory::ProductStatus,
	/// When its orders are decided.
	#[serde(default)]
	pub mode: Mode,
	/// Its own business calendar, for `daily`, where nothing is announced on chain.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub calendar: Option<PathBuf>,
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
	/// The rate of a redemption's fee, of what the redemption brings; `fee_rate` where absent.
	#[serde(with = "optional_text", default, skip_serializing_if = "Option::is_none")]
	pub redemption_fee_rate: Option<Decimal>,
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
	/// Least units that a customer may keep, but for none; 0 for no such limit.
	#[serde(with = "text", default)]
	pub min_holding: Decimal,
	/// What is done with a redemption that would leave less.
	#[serde(default)]
	pub below_min_holding: BelowMinHolding,
	/// 巨额赎回: where more than this share of all units leaves on a day, net of what comes, redemptions are executed in part;
	/// 0 for no such limit.
	#[serde(with = "text", default)]
	pub redemption_limit: Decimal,
}

/// When orders of a product are decided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
	/// Each as soon as its price is there.
	#[default]
	Immediate,
	/// At a daily desk: all of a day together, after its cut-off, seen by two persons.
	Daily,
}

/// What is done with a redemption that would leave less than the least holding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BelowMinHolding {
	/// It is rejected.
	#[default]
	Reject,
	/// All units are redeemed.
	RedeemAll,
}

/// What a fee's rate is of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FeeOn {
	/// 外扣法: of what is invested. Amount ÷ (1 + rate) is invested, the rest is the fee.
	#[default]
	Net,
	/// 内扣法: of the whole amount. Amount × rate is the fee, the rest is invested.
	Gross,
	/// On top: the whole amount is invested, and amount × rate is paid beside it.
	Top,
}

impl FeeOn {
	/// What of `amount` is invested and what is the fee, the fee within `digits`; `None` where it cannot be calculated.
	pub fn split(self, amount: Decimal, rate: Decimal, digits: u32, rounding: Rounding) -> Option<(Decimal, Decimal)> {
		let of_amount = || Some(decimal::round(amount.checked_mul(rate)?, digits, rounding));
		let fee = match self {
			FeeOn::Net => {
				let net = amount.checked_div(Decimal::ONE.checked_add(rate)?)?;
				// The parts must add up: the invested part is rounded, the fee is what is left.
				amount - decimal::round(net, digits, Rounding::HalfUp)
			}
			FeeOn::Gross => of_amount()?,
			FeeOn::Top => return Some((amount, of_amount()?)),
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

impl ProductRules {
	/// `has_nav_file`: whether there is one for products without their own price. A calendar may be announced on chain, and is no matter of
	/// the file.
	///
	/// # Errors
	/// The first setting that breaks its rule, with value and rule.
	pub(super) fn check(&self, has_nav_file: bool) -> Result<(), String> {
		match self.nav {
			Some(nav) if self.mode == Mode::Daily => {
				return Err(format!(
					"nav: {nav}: absent with mode daily: it is entered and released for each day"
				))
			}
			None if self.mode == Mode::Daily => {}
			Some(nav) if nav.is_zero() => return Err("nav: 0: more than 0".into()),
			None if !has_nav_file => return Err("nav: there, or nav_file names where the prices come from".into()),
			_ => {}
		}
		for (name, share) in [
			("fee_rate", self.fee_rate),
			("redemption_fee_rate", self.redemption_fee_rate.unwrap_or_default()),
			("redemption_limit", self.redemption_limit),
		] {
			if share >= Decimal::ONE {
				return Err(format!("{name}: {share}: below 1"));
			}
		}
		if self.mode != Mode::Daily && !self.redemption_limit.is_zero() {
			return Err(format!(
				"redemption_limit: {}: only with mode daily",
				self.redemption_limit
			));
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

mod optional_text {
	use super::*;

	pub fn serialize<S: Serializer>(value: &Option<Decimal>, serializer: S) -> Result<S::Ok, S::Error> {
		match value {
			Some(value) => super::text::serialize(value, serializer),
			None => serializer.serialize_none(),
		}
	}

	pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Decimal>, D::Error> {
		super::text::deserialize(deserializer).map(Some)
	}
}

mod text {
	use super::*;
	use serde::de::Error as _;

	pub fn serialize<S: Serializer>(value: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
		serializer.collect_str(value)
	}

	pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
		let text = String::deserialize(deserializer)?;
		decimal::parse(&text).ok_or_else(|| {
			D::Error::custom(format!(
				"{text:?}: a decimal in quotes, at most 18 digits before and 8 after the point"
			))
		})
	}
}
