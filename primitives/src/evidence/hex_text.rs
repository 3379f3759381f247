// SPDX-License-Identifier: Apache-2.0

//! Bytes as lower-case hex in JSON. Each value has one spelling only.

use serde::{de, Deserializer, Serializer};
use std::fmt;

/// The bytes that lower-case hex writes.
fn decode<E: de::Error>(text: &str) -> Result<Vec<u8>, E> {
	if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
		return Err(E::custom("hex must be in lower case"));
	}
	hex::decode(text).map_err(|error| E::custom(format_args!("not hex: {error}")))
}

struct Visitor;

impl de::Visitor<'_> for Visitor {
	type Value = Vec<u8>;

	fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str("bytes as lower-case hex in a string, without 0x")
	}

	fn visit_str<E: de::Error>(self, text: &str) -> Result<Vec<u8>, E> {
		decode(text)
	}
}

/// A number of bytes fixed by type, or any number.
pub trait HexText: Sized {
	fn bytes(&self) -> &[u8];
	/// The value, or the length it must have.
	fn of(bytes: Vec<u8>) -> Result<Self, usize>;
}

impl HexText for Vec<u8> {
	fn bytes(&self) -> &[u8] {
		self
	}

	fn of(bytes: Vec<u8>) -> Result<Self, usize> {
		Ok(bytes)
	}
}

impl<const N: usize> HexText for [u8; N] {
	fn bytes(&self) -> &[u8] {
		self
	}

	fn of(bytes: Vec<u8>) -> Result<Self, usize> {
		bytes.try_into().map_err(|_| N)
	}
}

pub fn serialize<T: HexText, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
	serializer.serialize_str(&hex::encode(value.bytes()))
}

pub fn deserialize<'de, T: HexText, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
	let bytes = deserializer.deserialize_str(Visitor)?;
	let found = bytes.len();
	T::of(bytes)
		.map_err(|expected| de::Error::custom(format_args!("{found} bytes of hex where {expected} are expected")))
}

/// A list of such values.
pub mod list {
	use super::*;
	use serde::{ser::SerializeSeq, Deserialize};

	pub fn serialize<T: HexText, S: Serializer>(values: &[T], serializer: S) -> Result<S::Ok, S::Error> {
		let mut list = serializer.serialize_seq(Some(values.len()))?;
		for value in values {
			list.serialize_element(&hex::encode(value.bytes()))?;
		}
		list.end()
	}

	pub fn deserialize<'de, T: HexText, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
		#[derive(Deserialize)]
		#[serde(transparent, bound = "")]
		struct Entry<T: HexText>(#[serde(with = "super")] T);
		Ok(Vec::<Entry<T>>::deserialize(deserializer)?
			.into_iter()
			.map(|entry| entry.0)
			.collect())
	}
}
