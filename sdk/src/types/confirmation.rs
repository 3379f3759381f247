// SPDX-License-Identifier: Apache-2.0

use super::{Extra, Outcome, Reason};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The issuer's answer to one order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Confirmation {
	/// The id of the order that is answered.
	#[schema(min_length = 1, max_length = 128, example = "2026-000001")]
	pub order: String,
	/// The channel over which the order came; needed only where two sellers may use the same order id.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub channel: Option<u32>,
	/// The seller's number, instead of `channel`.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub seller: Option<u32>,
	/// What was decided.
	pub outcome: Outcome,
	/// Why; required for a rejection.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub reason: Option<Reason>,
	/// The issuer's reference of the deal.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub deal: Option<String>,
	/// Units, as a decimal text.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	#[schema(example = "9523.81")]
	pub units: Option<String>,
	/// Net asset value of one unit, as a decimal text.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	#[schema(example = "1.0500")]
	pub nav: Option<String>,
	/// Money, as a decimal text.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	#[schema(example = "10000.00")]
	pub amount: Option<String>,
	/// Fee, as a decimal text.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	#[schema(example = "15.00")]
	pub fee: Option<String>,
	/// The day of the trade, `YYYY-MM-DD`.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	#[schema(format = Date, example = "2026-11-24")]
	pub trade_date: Option<String>,
	/// Any JSON of the two partners, carried untouched.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	#[schema(value_type = Option<Object>)]
	pub details: Option<serde_json::Value>,
	/// Fields that this version does not know; kept.
	#[serde(flatten)]
	#[schema(value_type = BTreeMap<String, serde_json::Value>)]
	pub extra: Extra,
}

impl Confirmation {
	/// A confirmation with the fields that every one has.
	pub fn new(order: impl Into<String>, outcome: Outcome) -> Self {
		Confirmation {
			order: order.into(),
			channel: None,
			seller: None,
			outcome,
			reason: None,
			deal: None,
			units: None,
			nav: None,
			amount: None,
			fee: None,
			trade_date: None,
			details: None,
			extra: Extra::new(),
		}
	}

	/// A rejection with its reason.
	pub fn rejected(order: impl Into<String>, code: impl Into<String>, text: impl Into<String>) -> Self {
		Confirmation {
			reason: Some(Reason {
				code: code.into(),
				text: text.into(),
			}),
			..Confirmation::new(order, Outcome::Rejected)
		}
	}
}
