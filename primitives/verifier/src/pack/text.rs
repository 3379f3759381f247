// SPDX-License-Identifier: Apache-2.0

//! How payloads, steps and batch headers are written. They are read in [`super::read`].

use super::{hex_text, Payload, Step};
use alloc::string::String;
use sealane_primitives::{
	clauses::Date,
	evidence::BatchHeader,
	ids::{ChannelId, Digest, NodeId},
};
use serde::{ser::Error as _, ser::SerializeMap, Serialize, Serializer};

fn one<S: Serializer>(serializer: S, name: &str, value: &str) -> Result<S::Ok, S::Error> {
	let mut map = serializer.serialize_map(Some(1))?;
	map.serialize_entry(name, value)?;
	map.end()
}

impl Serialize for Payload {
	fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
		match core::str::from_utf8(&self.0) {
			Ok(text) => one(serializer, "text", text),
			Err(_) => one(serializer, "hex", &hex::encode(&self.0)),
		}
	}
}

impl Serialize for Step {
	fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
		match self {
			Step::Left(hash) => one(serializer, "left", &hex::encode(hash)),
			Step::Right(hash) => one(serializer, "right", &hex::encode(hash)),
		}
	}
}

/// The JSON form of a batch header.
#[derive(Serialize)]
#[serde(remote = "BatchHeader")]
pub struct HeaderText {
	#[serde(with = "hex_text")]
	genesis: Digest,
	channel: ChannelId,
	issuer_node: NodeId,
	seller_node: NodeId,
	first_sequence: u64,
	last_sequence: u64,
	#[serde(serialize_with = "business_date")]
	business_date: u32,
	count: u32,
	#[serde(with = "hex_text")]
	root: Digest,
}

/// Days since 1970-01-01 as `YYYY-MM-DD`.
fn business_date<S: Serializer>(days: &u32, serializer: S) -> Result<S::Ok, S::Error> {
	match date_text(*days) {
		Some(text) => serializer.serialize_str(&text),
		None => Err(S::Error::custom(format_args!(
			"business date of day {days} is beyond year 9999"
		))),
	}
}

/// `YYYY-MM-DD`; `None` beyond year 9999.
pub fn date_text(days: u32) -> Option<String> {
	use alloc::string::ToString;
	let date = i32::try_from(days).ok().and_then(Date::from_days_since_epoch)?;
	Some(date.to_string())
}
