// SPDX-License-Identifier: Apache-2.0

//! One JSON object, read in one pass: known fields into slots, unknown ones passed over, duplicates refused.

use super::{plain::Plain, problem, shown};
use crate::{api::Problem, protocol::MAX_ENTRY_LEN};
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use std::{borrow::Cow, fmt};

/// Most fields of one object that the courier does not know. Each is compared with the others to find duplicates.
pub const MAX_UNKNOWN_FIELDS: usize = 64;

/// A value as far as validation needs to tell it apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value<'a> {
	/// A string.
	Text(Cow<'a, str>),
	/// A whole number that is not negative.
	Unsigned(u64),
	/// Any other number.
	Number,
	/// `true` or `false`.
	Bool,
	/// `null`; the same as no field at all.
	Null,
	/// An object.
	Object,
	/// An array.
	Array,
}

impl Value<'_> {
	/// What it is, for people.
	pub fn what(&self) -> &'static str {
		match self {
			Value::Text(_) => "a string",
			Value::Unsigned(_) | Value::Number => "a number",
			Value::Bool => "a boolean",
			Value::Null => "null",
			Value::Object => "an object",
			Value::Array => "an array",
		}
	}
}

impl<'de> de::Deserialize<'de> for Value<'de> {
	fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
		struct Any;
		impl<'de> Visitor<'de> for Any {
			type Value = Value<'de>;

			fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
				f.write_str("a JSON value")
			}

			fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Value<'de>, E> {
				Ok(Value::Text(Cow::Borrowed(text)))
			}

			fn visit_str<E>(self, text: &str) -> Result<Value<'de>, E> {
				Ok(Value::Text(Cow::Owned(text.to_owned())))
			}

			fn visit_u64<E>(self, number: u64) -> Result<Value<'de>, E> {
				Ok(Value::Unsigned(number))
			}

			fn visit_i64<E>(self, _: i64) -> Result<Value<'de>, E> {
				Ok(Value::Number)
			}

			fn visit_f64<E>(self, _: f64) -> Result<Value<'de>, E> {
				Ok(Value::Number)
			}

			fn visit_bool<E>(self, _: bool) -> Result<Value<'de>, E> {
				Ok(Value::Bool)
			}

			fn visit_unit<E>(self) -> Result<Value<'de>, E> {
				Ok(Value::Null)
			}

			fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value<'de>, A::Error> {
				while map.next_key_seed(Key { names: &[], from: 0 })?.is_some() {
					map.next_value::<Skipped>()?;
				}
				Ok(Value::Object)
			}

			fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value<'de>, A::Error> {
				while seq.next_element::<Skipped>()?.is_some() {}
				Ok(Value::Array)
			}
		}
		deserializer.deserialize_any(Any)
	}
}

/// A value that nobody looks at. Unlike [`de::IgnoredAny`] it is parsed as if somebody did: names, escapes, numbers and nesting
/// that are no JSON, or too much of it, must not pass here and break a partner's parser.
struct Skipped;

impl<'de> de::Deserialize<'de> for Skipped {
	fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
		Value::deserialize(deserializer).map(|_| Skipped)
	}
}

/// Takes the fields of one object.
pub trait Fields<'de>: Default {
	/// The names of the known fields; at most 32. Their place is their number.
	const NAMES: &'static [&'static str];

	/// Take the value of the known field `number`.
	fn take<A: MapAccess<'de>>(&mut self, number: usize, map: &mut A) -> Result<(), A::Error>;
}

/// Looks a name up among those that are known, beginning with the one at `from`: most writers keep one order.
struct Key {
	names: &'static [&'static str],
	from: usize,
}

enum Found<'de> {
	Known(usize),
	Unknown(Cow<'de, str>),
}

impl<'de> DeserializeSeed<'de> for Key {
	type Value = Found<'de>;

	fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Found<'de>, D::Error> {
		deserializer.deserialize_str(self)
	}
}

impl Key {
	#[inline]
	fn known(&self, name: &str) -> Option<usize> {
		let (before, behind) = self.names.split_at(self.from.min(self.names.len()));
		let place = |names: &[&str]| names.iter().position(|known| *known == name);
		place(behind).map(|at| before.len() + at).or_else(|| place(before))
	}
}

impl<'de> Visitor<'de> for Key {
	type Value = Found<'de>;

	fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str("the name of a field")
	}

	fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Found<'de>, E> {
		Ok(self
			.known(name)
			.map_or(Found::Unknown(Cow::Borrowed(name)), Found::Known))
	}

	fn visit_str<E>(self, name: &str) -> Result<Found<'de>, E> {
		Ok(self
			.known(name)
			.map_or_else(|| Found::Unknown(Cow::Owned(name.to_owned())), Found::Known))
	}
}

struct Object<'f, F> {
	fields: &'f mut F,
	at: &'f mut &'static str,
}

impl<'de, F: Fields<'de>> Visitor<'de> for Object<'_, F> {
	type Value = ();

	fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str("a JSON object")
	}

	fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
		let (mut seen, mut from) = (0u32, 0);
		let mut unknown: Vec<Cow<'de, str>> = Vec::new();
		loop {
			*self.at = "";
			match map.next_key_seed(Key { names: F::NAMES, from })? {
				None => return Ok(()),
				Some(Found::Known(number)) => {
					*self.at = F::NAMES[number];
					if seen & 1 << number != 0 {
						return Err(de::Error::custom("comes twice"));
					}
					seen |= 1 << number;
					from = number + 1;
					self.fields.take(number, &mut map)?;
				}
				Some(Found::Unknown(name)) => {
					if unknown.contains(&name) {
						return Err(de::Error::custom(format_args!("field `{}` comes twice", shown(&name))));
					}
					if unknown.len() == MAX_UNKNOWN_FIELDS {
						return Err(de::Error::custom(format_args!(
							"more than {MAX_UNKNOWN_FIELDS} fields that are not part of the format; put them into `details`"
						)));
					}
					unknown.push(name);
					map.next_value::<Skipped>()?;
				}
			}
		}
	}
}

/// Read an object that is the value of a field as strictly as the one around it.
pub fn nested<'de, F: Fields<'de>, D: Deserializer<'de>>(deserializer: D, fields: &mut F) -> Result<(), D::Error> {
	// The object around it tells which of its fields is at fault.
	let mut at = "";
	deserializer.deserialize_map(Object { fields, at: &mut at })
}

/// Read one object from `bytes` into `fields`.
pub fn read<'de, F: Fields<'de>>(bytes: &'de [u8], fields: &mut F) -> Result<(), Problem> {
	if bytes.len() > MAX_ENTRY_LEN {
		return Err(problem(
			"too_long",
			"",
			bytes.len().to_string(),
			"at most 65536 bytes are allowed",
		));
	}
	// One look at the bytes here spares the parser one at each string, and covers what it would pass over unseen.
	let text = std::str::from_utf8(bytes).map_err(|error| {
		problem(
			"not_utf8",
			"",
			"",
			format!("not UTF-8 from byte {} on", error.valid_up_to()),
		)
	})?;
	let mut at = "";
	let mut plain = Plain::new(text);
	let object = Object { fields, at: &mut at };
	if plain.deserialize_map(object).and_then(|()| plain.end()).is_ok() {
		return Ok(());
	}
	// Something that is not plain may stand behind fields that were taken already.
	*fields = F::default();
	at = "";
	let mut parser = serde_json::Deserializer::from_str(text);
	parser
		.deserialize_map(Object { fields, at: &mut at })
		.and_then(|()| {
			at = "";
			parser.end()
		})
		.map_err(|error| Problem {
			code: "malformed".into(),
			field: at.into(),
			value: String::new(),
			rule: format!("not as the format wants it: {error}").into(),
		})
}

/// A string field, or nothing.
pub fn text<'a>(field: &'static str, value: Option<Value<'a>>) -> Result<Option<Cow<'a, str>>, Problem> {
	match value {
		None | Some(Value::Null) => Ok(None),
		Some(Value::Text(text)) => Ok(Some(text)),
		Some(other) => Err(problem(
			"field_type",
			field,
			"",
			format!("must be a string, is {}", other.what()),
		)),
	}
}

/// A whole number of 32 bits, or nothing.
pub fn unsigned(field: &'static str, value: Option<Value<'_>>) -> Result<Option<u32>, Problem> {
	match value {
		None | Some(Value::Null) => Ok(None),
		Some(Value::Unsigned(number)) => u32::try_from(number)
			.map(Some)
			.map_err(|_| problem("field_range", field, number.to_string(), "must be 0 to 4294967295")),
		Some(other) => Err(problem(
			"field_type",
			field,
			"",
			format!("must be a whole number, is {}", other.what()),
		)),
	}
}

/// A field that must be there.
pub fn required<T>(field: &'static str, value: Option<T>) -> Result<T, Problem> {
	value.ok_or_else(|| problem("field_missing", field, "", "is required"))
}

/// An id: 1 to 128 bytes, no control characters.
pub fn id<'a>(field: &'static str, value: Cow<'a, str>) -> Result<Cow<'a, str>, Problem> {
	if value.is_empty() || value.len() > super::MAX_ID_LEN {
		return Err(problem("field_length", field, &value, "must have 1 to 128 bytes"));
	}
	if value.bytes().any(|b| b < 0x20 || b == 0x7f) {
		return Err(problem(
			"field_characters",
			field,
			&value,
			"must have no control characters",
		));
	}
	Ok(value)
}

/// A decimal number that is not negative, in a string.
pub fn decimal(
	field: &'static str,
	value: Option<Value<'_>>,
) -> Result<Option<sealane_primitives::clauses::Decimal>, Problem> {
	use sealane_primitives::clauses::Decimal;
	let rule = "must be a decimal number in a string, such as \"1000.50\"";
	match value {
		None | Some(Value::Null) => Ok(None),
		Some(Value::Text(text)) => {
			let number = Decimal::parse(text.as_bytes())
				.map_err(|error| problem("field_decimal", field, &text, format!("{rule}: {error}")))?;
			if number.is_negative() {
				return Err(problem("field_range", field, &text, "must not be negative"));
			}
			Ok(Some(number))
		}
		Some(other) => Err(problem("field_type", field, "", format!("{rule}; is {}", other.what()))),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[derive(Default)]
	struct Two<'a>(Option<Value<'a>>, Option<Value<'a>>);

	impl<'de> Fields<'de> for Two<'de> {
		const NAMES: &'static [&'static str] = &["a", "b"];

		fn take<A: MapAccess<'de>>(&mut self, number: usize, map: &mut A) -> Result<(), A::Error> {
			let slot = if number == 0 { &mut self.0 } else { &mut self.1 };
			*slot = Some(map.next_value()?);
			Ok(())
		}
	}

	fn fails(json: &[u8]) -> Problem {
		read(json, &mut Two::default()).unwrap_err()
	}

	#[test]
	fn reads_known_fields_and_passes_over_others() {
		let mut two = Two::default();
		read(br#" {"x":[{"deep":1}],"b":7,"a":"t","y":null} "#, &mut two).unwrap();
		assert_eq!(two.0, Some(Value::Text("t".into())));
		assert_eq!(two.1, Some(Value::Unsigned(7)));
	}

	#[test]
	fn fails_when_a_field_comes_twice() {
		assert_eq!(fails(br#"{"a":1,"a":1}"#).field, "a");
		assert!(fails(br#"{"x":1,"x":1}"#).rule.contains("`x` comes twice"));
		assert_eq!(fails(br#"{"a":1,"\u0061":1}"#).field, "a");
		assert!(fails(br#"{"x":1,"\u0078":1}"#).rule.contains("comes twice"));
	}

	#[test]
	fn fails_on_what_is_not_one_object() {
		for json in [
			&b""[..],
			b"[]",
			b"1",
			b"{",
			b"{}{}",
			b"{\"a\":}",
			b"{\"a\":\"\x01\"}",
			b"{'a':1}",
		] {
			assert_eq!(fails(json).code, "malformed", "{json:?}");
		}
	}

	#[test]
	fn fails_on_bad_utf8_wherever_it_is() {
		assert_eq!(fails(b"{\"a\":\"\xff\"}").code, "not_utf8");
		assert_eq!(fails(b"{\"x\":\"\xc0\xaf\"}").code, "not_utf8");
		assert_eq!(fails(b"{\"x\":\"\xed\xa0\x80\"}").code, "not_utf8");
	}

	#[test]
	fn fails_on_what_a_partner_could_not_parse_even_where_nobody_looks() {
		for json in [
			&br#"{"x":"\ud800"}"#[..],
			br#"{"x":{"\ud800":1}}"#,
			br#"{"x":[{"\uZZZZ":1}]}"#,
			b"{\"x\":{\"\x01\":1}}",
		] {
			assert_eq!(fails(json).code, "malformed", "{}", String::from_utf8_lossy(json));
		}
	}

	#[test]
	fn fails_on_deep_nesting_without_overflowing_the_stack() {
		let json = [
			b"{\"x\":".to_vec(),
			vec![b'['; 30_000],
			vec![b']'; 30_000],
			b"}".to_vec(),
		]
		.concat();
		assert_eq!(fails(&json).code, "malformed");
	}

	#[test]
	fn boundary_of_unknown_fields() {
		let object = |n: usize| {
			let fields: Vec<_> = (0..n).map(|i| format!("\"u{i}\":0")).collect();
			format!("{{{}}}", fields.join(",")).into_bytes()
		};
		assert!(read(&object(MAX_UNKNOWN_FIELDS), &mut Two::default()).is_ok());
		assert!(read(&object(MAX_UNKNOWN_FIELDS + 1), &mut Two::default()).is_err());
	}
}
