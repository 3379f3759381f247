// SPDX-License-Identifier: Apache-2.0

//! Payloads and batch headers in JSON.

use super::{hex_text, Payload};
use crate::{
	clauses::Date,
	evidence::BatchHeader,
	ids::{ChannelId, Digest, NodeId},
};
use serde::{de, Deserialize, Deserializer, Serialize, Serializer};

impl Serialize for Payload {
	fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
		match std::str::from_utf8(&self.0) {
			Ok(text) => PayloadText::Text(text.into()).serialize(serializer),
			Err(_) => PayloadText::Hex(self.0.clone()).serialize(serializer),
		}
	}
}

impl<'de> Deserialize<'de> for Payload {
	fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
		Ok(Payload(match PayloadText::deserialize(deserializer)? {
			PayloadText::Text(text) => text.into_owned().into_bytes(),
			PayloadText::Hex(bytes) => bytes,
		}))
	}
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum PayloadText<'a> {
	Text(std::borrow::Cow<'a, str>),
	Hex(#[serde(with = "hex_text")] Vec<u8>),
}

/// The JSON form of a batch header.
#[derive(Serialize, Deserialize)]
#[serde(remote = "BatchHeader", deny_unknown_fields)]
pub struct HeaderText {
	#[serde(with = "hex_text")]
	genesis: Digest,
	channel: ChannelId,
	issuer_node: NodeId,
	seller_node: NodeId,
	first_sequence: u64,
	last_sequence: u64,
	#[serde(with = "business_date")]
	business_date: u32,
	count: u32,
	#[serde(with = "hex_text")]
	root: Digest,
}

/// Days since 1970-01-01 as `YYYY-MM-DD`.
mod business_date {
	use super::*;

	pub fn serialize<S: Serializer>(days: &u32, serializer: S) -> Result<S::Ok, S::Error> {
		let date = i32::try_from(*days).ok().and_then(Date::from_days_since_epoch);
		date.ok_or_else(|| serde::ser::Error::custom(format_args!("business date of day {days} is beyond year 9999")))?
			.serialize(serializer)
	}

	pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
		let date = Date::deserialize(deserializer)?;
		u32::try_from(date.days_since_epoch())
			.map_err(|_| de::Error::custom(format_args!("{date}: a business date is 1970-01-01 or later")))
	}
}
