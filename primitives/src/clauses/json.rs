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
	facts::{CustomerFacts, OrderFacts},
	time::{Date, TimeInvalid, TimeOfDay, Timestamp, UtcOffset},
	types::{Clause, Clauses},
};
use crate::business::{BusinessKind, BusinessKinds, Currency};
use bounded_collections::{BoundedVec, ConstU32};
use core::{fmt, marker::PhantomData, str::FromStr};
use serde::{
	de::{self, Error as _, MapAccess, SeqAccess},
	Deserialize, Deserializer, Serialize, Serializer,
};

/// The beginning of a text that is quoted in an error.
pub(crate) fn excerpt(text: &str) -> &str {
	const MAX_CHARS: usize = 48;
	match text.char_indices().nth(MAX_CHARS) {
		Some((end, _)) => &text[..end],
		None => text,
	}
}

/// Writes clauses as a list.
pub fn serialize<S: Serializer>(clauses: &Clauses, serializer: S) -> Result<S::Ok, S::Error> {
	serializer.collect_seq(clauses.iter())
}

/// Reads a list of clauses. Call [`super::validate`] on the result.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Clauses, D::Error> {
	deserializer.deserialize_seq(ListVisitor::<Clause, { super::MAX_CLAUSES }>::named("clauses"))
}

/// Reads up to `N` values; errors name the list, where it has a name, and the place in it.
struct ListVisitor<T, const N: u32> {
	name: Option<&'static str>,
	value: PhantomData<T>,
}

impl<T, const N: u32> ListVisitor<T, N> {
	const fn named(name: &'static str) -> Self {
		Self {
			name: Some(name),
			value: PhantomData,
		}
	}

	const fn unnamed() -> Self {
		Self {
			name: None,
			value: PhantomData,
		}
	}
}

impl<'de, T: Deserialize<'de>, const N: u32> de::Visitor<'de> for ListVisitor<T, N> {
	type Value = BoundedVec<T, ConstU32<N>>;

	fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self.name {
			Some(name) => write!(f, "{name} to be a list of at most {N} entries"),
			None => write!(f, "a list of at most {N} values"),
		}
	}

	fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
		let mut list = BoundedVec::new();
		loop {
			let next = entries.next_element().map_err(|error| match self.name {
				Some(name) => A::Error::custom(format_args!("{name}[{}]: {error}", list.len())),
				None => error,
			})?;
			let Some(entry) = next else { return Ok(list) };
			if list.try_push(entry).is_err() {
				return Err(A::Error::custom(format_args!(
					"{} has more than {N} entries",
					self.name.unwrap_or("the list")
				)));
			}
		}
	}
}

/// Alternatives: errors name the place.
pub(crate) mod alternatives {
	use super::*;
	use crate::clauses::types::{Alternatives, Condition, MAX_ALTERNATIVES};

	pub fn serialize<S: Serializer>(list: &Alternatives, serializer: S) -> Result<S::Ok, S::Error> {
		serializer.collect_seq(list.iter())
	}

	pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Alternatives, D::Error> {
		deserializer.deserialize_seq(ListVisitor::<Condition, MAX_ALTERNATIVES>::named("any_of"))
	}
}

/// A bounded set as a list.
pub(crate) mod set {
	use super::*;

	pub fn serialize<T: Serialize, const N: u32, S: Serializer>(
		set: &BoundedVec<T, ConstU32<N>>,
		serializer: S,
	) -> Result<S::Ok, S::Error> {
		serializer.collect_seq(set.iter())
	}

	pub fn deserialize<'de, T: Deserialize<'de>, const N: u32, D: Deserializer<'de>>(
		deserializer: D,
	) -> Result<BoundedVec<T, ConstU32<N>>, D::Error> {
		deserializer.deserialize_seq(ListVisitor::<T, N>::unnamed())
	}
}

/// Kinds of business as a list of their names.
pub(crate) mod kinds {
	use super::*;

	pub fn serialize<S: Serializer>(kinds: &BusinessKinds, serializer: S) -> Result<S::Ok, S::Error> {
		if !kinds.is_valid() {
			return Err(serde::ser::Error::custom(format_args!(
				"kinds {:#06x} hold an unknown kind",
				kinds.0
			)));
		}
		serializer.collect_seq(kinds.iter())
	}

	pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BusinessKinds, D::Error> {
		const MAX: u32 = BusinessKind::ALL.len() as u32;
		let list = deserializer.deserialize_seq(ListVisitor::<BusinessKind, MAX>::unnamed())?;
		let kinds = BusinessKinds::of(&list);
		if kinds.iter().count() != list.len() {
			return Err(D::Error::custom("the list of kinds repeats one"));
		}
		Ok(kinds)
	}
}

/// A currency as three letters.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct CurrencyText(Currency);

impl From<CurrencyText> for Currency {
	fn from(text: CurrencyText) -> Currency {
		text.0
	}
}

impl Serialize for CurrencyText {
	fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
		match core::str::from_utf8(&self.0) {
			Ok(letters) if self.0.iter().all(u8::is_ascii_uppercase) => serializer.serialize_str(letters),
			_ => Err(serde::ser::Error::custom(format_args!(
				"currency {:?} is not three letters A-Z",
				self.0
			))),
		}
	}
}

impl<'de> Deserialize<'de> for CurrencyText {
	fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
		struct Visitor;
		impl de::Visitor<'_> for Visitor {
			type Value = CurrencyText;

			fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
				f.write_str("a currency of three letters A-Z, such as \"CNY\"")
			}

			fn visit_str<E: de::Error>(self, text: &str) -> Result<CurrencyText, E> {
				match Currency::try_from(text.as_bytes()) {
					Ok(letters) if letters.iter().all(u8::is_ascii_uppercase) => Ok(CurrencyText(letters)),
					_ => Err(E::custom(format_args!(
						"{:?}: a currency is three letters A-Z",
						excerpt(text)
					))),
				}
			}
		}
		deserializer.deserialize_str(Visitor)
	}
}

/// A currency as three letters.
pub mod currency {
	use super::*;

	/// Writes it; an error where it is not three letters A-Z.
	pub fn serialize<S: Serializer>(currency: &Currency, serializer: S) -> Result<S::Ok, S::Error> {
		CurrencyText(*currency).serialize(serializer)
	}

	/// Reads it.
	pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Currency, D::Error> {
		CurrencyText::deserialize(deserializer).map(Into::into)
	}
}

/// A currency, or `null`.
pub mod optional_currency {
	use super::*;

	/// Writes it; an error where it is not three letters A-Z.
	pub fn serialize<S: Serializer>(currency: &Option<Currency>, serializer: S) -> Result<S::Ok, S::Error> {
		currency.map(CurrencyText).serialize(serializer)
	}

	/// Reads it.
	pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Currency>, D::Error> {
		Ok(Option::<CurrencyText>::deserialize(deserializer)?.map(Into::into))
	}
}

/// Currencies as a list.
pub(crate) mod currencies {
	use super::*;
	use crate::clauses::types::{Currencies, MAX_SET};

	pub fn serialize<S: Serializer>(list: &Currencies, serializer: S) -> Result<S::Ok, S::Error> {
		serializer.collect_seq(list.iter().copied().map(CurrencyText))
	}

	pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Currencies, D::Error> {
		let list = deserializer.deserialize_seq(ListVisitor::<CurrencyText, MAX_SET>::unnamed())?;
		Ok(BoundedVec::truncate_from(list.into_iter().map(Into::into).collect()))
	}
}

/// A value that is written as text.
struct TextVisitor<T>(&'static str, PhantomData<T>);

impl<T: FromStr<Err = TimeInvalid>> de::Visitor<'_> for TextVisitor<T> {
	type Value = T;

	fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(self.0)
	}

	fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
		text.parse()
			.map_err(|invalid| E::custom(format_args!("{:?}: {invalid}", excerpt(text))))
	}
}

macro_rules! as_text {
	($($type:ty: $expected:literal),+ $(,)?) => {$(
		impl Serialize for $type {
			fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
				serializer.collect_str(self)
			}
		}

		impl<'de> Deserialize<'de> for $type {
			fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
				deserializer.deserialize_str(TextVisitor($expected, PhantomData))
			}
		}
	)+};
}

as_text! {
	Date: "a date in a string, such as \"2025-11-24\"",
	TimeOfDay: "a time of day in a string, such as \"15:00\"",
	UtcOffset: "a UTC offset in a string, such as \"+08:00\"",
	Timestamp: "a time in a string, such as \"2025-11-24T14:30:00+08:00\"",
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
