// SPDX-License-Identifier: Apache-2.0

//! A parser for plain JSON, which is what machines write: strings without escapes, whole numbers, little nesting.
//!
//! It makes the same calls to a visitor as `serde_json` on all that it takes, and takes nothing that `serde_json` refuses. Whatever
//! it does not know ends in [`GiveUp`], and the caller reads the line again with `serde_json`, which has the last word and the better
//! error. A line of an order costs half as much this way.

use serde::{
	de::{self, value::BorrowedStrDeserializer, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor},
	forward_to_deserialize_any,
};
use std::fmt;

/// Deepest nesting that is plain; below the limit of `serde_json`.
const MAX_DEPTH: u32 = 16;
/// Most digits of a plain number: each such number fits 64 bits.
const MAX_DIGITS: usize = 18;
/// One in every byte of a word.
const ONES: u64 = u64::from_le_bytes([1; 8]);
/// The top bit of every byte of a word.
const TOPS: u64 = ONES << 7;

/// Not plain, or not right: somebody else must look.
#[derive(Debug)]
pub(super) struct GiveUp;

impl fmt::Display for GiveUp {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str("not plain JSON")
	}
}

impl std::error::Error for GiveUp {}

impl de::Error for GiveUp {
	// The text would be made for nobody: the line is read again.
	fn custom<T: fmt::Display>(_: T) -> Self {
		GiveUp
	}

	fn invalid_type(_: de::Unexpected<'_>, _: &dyn de::Expected) -> Self {
		GiveUp
	}

	fn invalid_value(_: de::Unexpected<'_>, _: &dyn de::Expected) -> Self {
		GiveUp
	}
}

type Result<T> = std::result::Result<T, GiveUp>;

/// The parser, at a place in its text.
pub(super) struct Plain<'de> {
	text: &'de str,
	at: usize,
	depth: u32,
}

impl<'de> Plain<'de> {
	pub(super) fn new(text: &'de str) -> Self {
		Plain { text, at: 0, depth: 0 }
	}

	/// Nothing but white space follows.
	pub(super) fn end(&mut self) -> Result<()> {
		self.skip_space();
		if self.at == self.text.len() {
			Ok(())
		} else {
			Err(GiveUp)
		}
	}

	#[inline]
	fn skip_space(&mut self) {
		let bytes = self.text.as_bytes();
		while let Some(b' ' | b'\n' | b'\t' | b'\r') = bytes.get(self.at) {
			self.at += 1;
		}
	}

	/// The next byte that is no white space; the parser stands at it.
	#[inline]
	fn peek(&mut self) -> Result<u8> {
		match self.text.as_bytes().get(self.at) {
			Some(byte) if *byte > b' ' => Ok(*byte),
			_ => {
				self.skip_space();
				self.text.as_bytes().get(self.at).copied().ok_or(GiveUp)
			}
		}
	}

	#[inline]
	fn expect(&mut self, byte: u8) -> Result<()> {
		if self.peek()? != byte {
			return Err(GiveUp);
		}
		self.at += 1;
		Ok(())
	}

	/// The string whose opening quote the parser stands at.
	#[inline]
	fn string(&mut self) -> Result<&'de str> {
		let start = self.at + 1;
		let end = quote(self.text.as_bytes(), start)?;
		self.at = end + 1;
		// Both ends stand beside a quote, which is no part of another character.
		self.text.get(start..end).ok_or(GiveUp)
	}

	fn word(&mut self, word: &str) -> Result<()> {
		if !self.text.as_bytes()[self.at..].starts_with(word.as_bytes()) {
			return Err(GiveUp);
		}
		self.at += word.len();
		self.expect_end_of_scalar()
	}

	fn number(&mut self) -> Result<u64> {
		let rest = &self.text.as_bytes()[self.at..];
		let digits = rest
			.iter()
			.take(MAX_DIGITS + 1)
			.take_while(|byte| byte.is_ascii_digit())
			.count();
		if digits == 0 || digits > MAX_DIGITS || (rest[0] == b'0' && digits > 1) {
			return Err(GiveUp);
		}
		let number = rest[..digits]
			.iter()
			.fold(0, |number, digit| number * 10 + u64::from(digit - b'0'));
		self.at += digits;
		self.expect_end_of_scalar()?;
		Ok(number)
	}

	/// A number or a word ends where the value around it goes on: `1.5`, `1e3` and `nullx` are none of ours.
	fn expect_end_of_scalar(&self) -> Result<()> {
		match self.text.as_bytes().get(self.at) {
			Some(b',' | b'}' | b']' | b' ' | b'\n' | b'\t' | b'\r') => Ok(()),
			_ => Err(GiveUp),
		}
	}

	fn enter(&mut self) -> Result<()> {
		self.at += 1;
		self.depth += 1;
		if self.depth > MAX_DEPTH {
			return Err(GiveUp);
		}
		Ok(())
	}
}

/// The first quote at or behind `from`, where no escape and no control character stands before it.
#[inline]
fn quote(bytes: &[u8], from: usize) -> Result<usize> {
	// Eight bytes at once: a byte that is zero in one of the three words is one that ends the search. Borrows make false hits only behind
	// true ones, and the first is what counts.
	let zero = |word: u64| word.wrapping_sub(ONES) & !word & TOPS;
	let mut at = from;
	while let Some(Ok(eight)) = bytes.get(at..at + 8).map(<[u8; 8]>::try_from) {
		let word = u64::from_le_bytes(eight);
		let control = word.wrapping_sub(ONES * 0x20) & !word & TOPS;
		let found = control | zero(word ^ (ONES * u64::from(b'"'))) | zero(word ^ (ONES * u64::from(b'\\')));
		if found != 0 {
			let hit = at + found.trailing_zeros() as usize / 8;
			return if bytes[hit] == b'"' { Ok(hit) } else { Err(GiveUp) };
		}
		at += 8;
	}
	let rest = bytes.get(at..).unwrap_or_default();
	match rest
		.iter()
		.position(|byte| *byte < 0x20 || matches!(byte, b'"' | b'\\'))
	{
		Some(place) if rest[place] == b'"' => Ok(at + place),
		_ => Err(GiveUp),
	}
}

impl<'de> Deserializer<'de> for &mut Plain<'de> {
	type Error = GiveUp;

	#[inline]
	fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
		match self.peek()? {
			b'"' => visitor.visit_borrowed_str(self.string()?),
			b'{' => {
				self.enter()?;
				let value = visitor.visit_map(Members {
					parser: self,
					first: true,
				})?;
				self.expect(b'}')?;
				self.depth -= 1;
				Ok(value)
			}
			b'[' => {
				self.enter()?;
				let value = visitor.visit_seq(Elements {
					parser: self,
					first: true,
				})?;
				self.expect(b']')?;
				self.depth -= 1;
				Ok(value)
			}
			b'0'..=b'9' => visitor.visit_u64(self.number()?),
			b't' => {
				self.word("true")?;
				visitor.visit_bool(true)
			}
			b'f' => {
				self.word("false")?;
				visitor.visit_bool(false)
			}
			b'n' => {
				self.word("null")?;
				visitor.visit_unit()
			}
			_ => Err(GiveUp),
		}
	}

	#[inline]
	fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
		if self.peek()? == b'n' {
			self.word("null")?;
			visitor.visit_none()
		} else {
			visitor.visit_some(self)
		}
	}

	fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value> {
		visitor.visit_newtype_struct(self)
	}

	fn deserialize_enum<V: Visitor<'de>>(
		self,
		name: &'static str,
		variants: &'static [&'static str],
		visitor: V,
	) -> Result<V::Value> {
		if self.peek()? != b'"' {
			return Err(GiveUp);
		}
		BorrowedStrDeserializer::new(self.string()?).deserialize_enum(name, variants, visitor)
	}

	// Bytes have no form of their own in JSON.
	fn deserialize_bytes<V: Visitor<'de>>(self, _: V) -> Result<V::Value> {
		Err(GiveUp)
	}

	fn deserialize_byte_buf<V: Visitor<'de>>(self, _: V) -> Result<V::Value> {
		Err(GiveUp)
	}

	forward_to_deserialize_any! {
		bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string unit unit_struct seq tuple tuple_struct map struct
		identifier ignored_any
	}
}

struct Members<'p, 'de> {
	parser: &'p mut Plain<'de>,
	first: bool,
}

impl<'de> MapAccess<'de> for Members<'_, 'de> {
	type Error = GiveUp;

	#[inline]
	fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>> {
		let mut byte = self.parser.peek()?;
		if byte == b'}' {
			return Ok(None);
		}
		if !std::mem::take(&mut self.first) {
			self.parser.expect(b',')?;
			byte = self.parser.peek()?;
		}
		if byte != b'"' {
			return Err(GiveUp);
		}
		let name = self.parser.string()?;
		self.parser.expect(b':')?;
		seed.deserialize(BorrowedStrDeserializer::new(name)).map(Some)
	}

	#[inline]
	fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value> {
		seed.deserialize(&mut *self.parser)
	}
}

struct Elements<'p, 'de> {
	parser: &'p mut Plain<'de>,
	first: bool,
}

impl<'de> SeqAccess<'de> for Elements<'_, 'de> {
	type Error = GiveUp;

	fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>> {
		if self.parser.peek()? == b']' {
			return Ok(None);
		}
		if !std::mem::take(&mut self.first) {
			self.parser.expect(b',')?;
			// A bracket here would be that of a list with a comma at its end: no value begins with it.
		}
		seed.deserialize(&mut *self.parser).map(Some)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;
	use serde::Deserialize;
	use serde_json::Value;

	fn plain(text: &str) -> Option<Value> {
		let mut parser = Plain::new(text);
		let value = Value::deserialize(&mut parser).ok()?;
		parser.end().ok().map(|()| value)
	}

	#[test]
	fn reads_what_machines_write() {
		for text in [
			r#"{"a":"b","n":18,"l":[],"o":{},"t":true,"f":false,"z":null,"deep":[{"x":[1,2]}]}"#,
			" { \"a\" : [ 1 , \"2\" ] } \r\n",
			r#"{"long":"the quick brown fox jumps over the lazy dog","中文":"订单"}"#,
			r#"{"":""}"#,
		] {
			assert_eq!(plain(text), Some(serde_json::from_str(text).unwrap()), "{text}");
		}
	}

	#[test]
	fn gives_up_on_the_rest() {
		for text in [
			r#"{"a":"\n"}"#,
			r#"{"a":1.5}"#,
			r#"{"a":-1}"#,
			r#"{"a":1e3}"#,
			r#"{"a":01}"#,
			r#"{"a":1234567890123456789}"#,
			r#"{"a":1,}"#,
			r#"{,"a":1}"#,
			r#"{"a":[1,]}"#,
			r#"{"a":[,1]}"#,
			r#"{"a":1"b":2}"#,
			r#"{"a" 1}"#,
			r#"{"a":1]"#,
			r#"{"a":nul}"#,
			r#"{"a":truey}"#,
			r#"{"a":1}x"#,
			"{\"a\":\"tab\tin the middle of a long string\"}",
			"{\"a\":\"\x1f\"}",
			r#"{"a":"open"#,
			"{",
			"",
		] {
			assert_eq!(plain(text), None, "{text}");
		}
		let deep = "[".repeat(17) + &"]".repeat(17);
		assert_eq!(plain(&deep), None);
	}

	proptest! {
		#[test]
		fn takes_nothing_that_serde_json_reads_otherwise(
			text in r#"(\{|\}|\[|\]|,|:|"|"a"|"b":|[0-9]|true|null| |\\|\n|é|-|\.){0,24}"#
		) {
			if let Some(value) = plain(&text) {
				prop_assert_eq!(serde_json::from_str::<Value>(&text).ok(), Some(value));
			}
		}
	}
}
