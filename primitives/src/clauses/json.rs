// SPDX-License-Identifier: Apache-2.0

//! The JSON form of clauses and facts: snake_case names, decimal strings, `YYYY-MM-DD`, RFC 3339.
//!
//! A condition without a parameter is its name, any other an object with one field:
//! ```json
//! [
//!   {"code": "adult", "any_of": [{"age_at_least": 18}, {"kind_in": ["redemption", "cancellation"]}]},
//!   {"code": "known", "any_of": ["identity_verified"]},
//!   {"code": "large", "any_of": [{"amount_at_most": {"amount": "5000000.00", "currency": "CNY"}}]},
//!   {"code": "cut_off", "any_of": [{"placed_before": {"time": "15:00", "utc_offset": "+08:00"}}]}
//! ]
//! ```
//! Use `#[serde(with = "sealane_primitives::clauses::json")]` for a field of type [`Clauses`]: its errors name the clause and the alternative.

use super::{
	clause::{Clause, Clauses},
	facts::{CustomerFacts, OrderFacts},
	time::{Date, Timestamp},
	values::{CurrencyText, ListVisitor},
};
use crate::business::BusinessKind;
use core::fmt;
use serde::{
	de::{self, Error as _, MapAccess},
	Deserialize, Deserializer, Serializer,
};

/// Writes clauses as a list.
pub fn serialize<S: Serializer>(clauses: &Clauses, serializer: S) -> Result<S::Ok, S::Error> {
	serializer.collect_seq(clauses.iter())
}

/// Reads a list of clauses. Call [`super::validate`] on the result.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Clauses, D::Error> {
	deserializer.deserialize_seq(ListVisitor::<Clause, { super::MAX_CLAUSES }>::named("clauses"))
}

/// Reads an object of optional facts, without allocating: unknown fields are passed over, `null` is a missing fact, a field that comes twice is
/// refused, and errors name the field.
macro_rules! facts_of_object {
	($type:ident, $expected:literal, $($variant:ident => $field:ident: $text:ty),+ $(,)?) => {
		impl<'de> Deserialize<'de> for $type {
			fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
				#[derive(Clone, Copy, Deserialize)]
				#[serde(field_identifier, rename_all = "snake_case")]
				enum Field {
					$($variant,)+
					#[serde(other)]
					Unknown,
				}

				struct Visitor;
				impl<'de> de::Visitor<'de> for Visitor {
					type Value = $type;

					fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
						f.write_str($expected)
					}

					fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<$type, A::Error> {
						let mut facts = <$type>::default();
						let mut seen = 0u32;
						while let Some(field) = object.next_key::<Field>()? {
							let bit = 1 << field as u32;
							match field {
								Field::Unknown => {
									object.next_value::<de::IgnoredAny>()?;
									continue;
								},
								$(Field::$variant => {
									if seen & bit != 0 {
										return Err(A::Error::duplicate_field(stringify!($field)));
									}
									let value = object.next_value::<Option<$text>>().map_err(|error| {
										A::Error::custom(format_args!(concat!(stringify!($field), ": {}"), error))
									})?;
									facts.$field = value.map(Into::into);
								},)+
							}
							seen |= bit;
						}
						Ok(facts)
					}
				}
				deserializer.deserialize_map(Visitor)
			}
		}
	};
}

facts_of_object! {
	CustomerFacts, "an object of facts about a customer",
	BirthDate => birth_date: Date,
	IdentityVerified => identity_verified: bool,
	Registered => registered: bool,
	Registration => registration: crate::registration::Stated,
	RiskClass => risk_class: super::RiskClass,
	RiskAssessedOn => risk_assessed_on: Date,
	ExceedConfirmed => exceed_confirmed: bool,
	InvestorCategory => investor_category: super::InvestorCategory,
	InvestorEntity => investor_entity: super::InvestorEntity,
	Region => region: super::RegionCode,
	SalesChannel => sales_channel: super::SalesChannel,
}

facts_of_object! {
	OrderFacts, "an object of facts about an order",
	Kind => kind: BusinessKind,
	Amount => amount: super::Decimal,
	Units => units: super::Decimal,
	Currency => currency: CurrencyText,
	PlacedAt => placed_at: Timestamp,
	ProductRisk => product_risk: super::ProductRisk,
	ProductStatus => product_status: crate::directory::ProductStatus,
}

#[cfg(feature = "std")]
pub use files::{from_json, to_json, ClausesInvalid};

#[cfg(feature = "std")]
mod files {
	use super::*;
	use crate::clauses::validate::{validate, Invalid};

	/// Why a text is no clauses that could be agreed on.
	#[derive(Debug)]
	pub enum ClausesInvalid {
		/// Not the JSON form.
		Json(serde_json::Error),
		/// Breaks a rule.
		Rule(Invalid),
	}

	impl fmt::Display for ClausesInvalid {
		fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
			match self {
				ClausesInvalid::Json(error) => error.fmt(f),
				ClausesInvalid::Rule(invalid) => invalid.fmt(f),
			}
		}
	}

	impl std::error::Error for ClausesInvalid {}

	/// The clauses of a JSON list, validated.
	pub fn from_json(json: &[u8]) -> Result<Clauses, ClausesInvalid> {
		let mut reader = serde_json::Deserializer::from_slice(json);
		let clauses = deserialize(&mut reader).map_err(ClausesInvalid::Json)?;
		reader.end().map_err(ClausesInvalid::Json)?;
		validate(&clauses).map_err(ClausesInvalid::Rule)?;
		Ok(clauses)
	}

	/// The clauses as a JSON list for people, indented. An error only for clauses that [`validate`] refuses.
	pub fn to_json(clauses: &Clauses) -> Result<String, serde_json::Error> {
		let mut json = Vec::new();
		serialize(clauses, &mut serde_json::Serializer::pretty(&mut json))?;
		String::from_utf8(json).map_err(serde::ser::Error::custom)
	}
}
