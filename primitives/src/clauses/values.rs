// SPDX-License-Identifier: Apache-2.0

//! The JSON form of single values: sets, kinds of business, currencies, dates and times. Errors quote what was found.

use super::{
	text::excerpt,
	time::{Date, TimeInvalid, TimeOfDay, Timestamp, UtcOffset},
};
use crate::business::{BusinessKind, BusinessKinds, Currency};
use bounded_collections::{BoundedVec, ConstU32};
use core::{fmt, marker::PhantomData, str::FromStr};
use serde::{
	de::{self, Error as _, SeqAccess},
	Deserialize, Deserializer, Serialize, Serializer,
};

/// Reads up to `N` values; errors name the list, where it has a name, and the place in it.
pub(super) struct ListVisitor<T, const N: u32> {
	name: Option<&'static str>,
	value: PhantomData<T>,
}

impl<T, const N: u32> ListVisitor<T, N> {
	pub(super) const fn named(name: &'static str) -> Self {
		Self {
			name: Some(name),
			value: PhantomData,
		}
	}

	pub(super) const fn unnamed() -> Self {
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
pub(crate) mod currency {
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
pub(crate) fn optional_currency<S: Serializer>(currency: &Option<Currency>, serializer: S) -> Result<S::Ok, S::Error> {
	currency.map(CurrencyText).serialize(serializer)
}

/// Currencies as a list.
pub(crate) mod currencies {
	use super::super::types::{Currencies, MAX_SET};
	use super::*;

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
