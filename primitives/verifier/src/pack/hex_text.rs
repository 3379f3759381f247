// SPDX-License-Identifier: Apache-2.0

//! Writes bytes as lower-case hexadecimal digits. They are read in [`super::read`].

use alloc::{string::String, vec::Vec};
use serde::{ser::SerializeSeq, Serializer};

pub fn serialize<T: AsRef<[u8]>, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
	serializer.serialize_str(&hex::encode(value.as_ref()))
}

/// A list of such values that may be left out.
pub mod list_if {
	use super::*;

	pub fn serialize<T: AsRef<[u8]>, S: Serializer>(values: &Option<Vec<T>>, serializer: S) -> Result<S::Ok, S::Error> {
		list::serialize(values.as_deref().unwrap_or_default(), serializer)
	}
}

/// A list of such values.
pub mod list {
	use super::*;

	pub fn serialize<T: AsRef<[u8]>, S: Serializer>(values: &[T], serializer: S) -> Result<S::Ok, S::Error> {
		let mut list = serializer.serialize_seq(Some(values.len()))?;
		for value in values {
			let text: String = hex::encode(value.as_ref());
			list.serialize_element(&text)?;
		}
		list.end()
	}
}
