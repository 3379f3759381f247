// SPDX-License-Identifier: Apache-2.0

//! How entries, steps, cores and attestations are written. They are read in [`super::read`].

use super::{hex_text, Entry, Step};
use alloc::string::String;
use sealane_primitives::{
	clauses::Date,
	evidence::{entry::Part, Attestation, Core},
	ids::{BlockNumber, ChannelId, Digest, MemberId, NodeId},
};
use serde::{ser::Error as _, ser::SerializeMap, Serialize, Serializer};

fn one<S: Serializer>(serializer: S, name: &str, value: &str) -> Result<S::Ok, S::Error> {
	let mut map = serializer.serialize_map(Some(1))?;
	map.serialize_entry(name, value)?;
	map.end()
}

impl Serialize for Entry {
	fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
		let mut map = serializer.serialize_map(None)?;
		match core::str::from_utf8(&self.bytes.0) {
			Ok(text) => map.serialize_entry("text", text)?,
			Err(_) => map.serialize_entry("hex", &hex::encode(&self.bytes.0))?,
		}
		for (name, parts) in [("salts", &self.salts), ("withheld", &self.withheld)] {
			if !parts.is_empty() {
				map.serialize_entry(name, &Parts(parts))?;
			}
		}
		map.end()
	}
}

/// Hashes by the names of parts.
struct Parts<'a>(&'a [(Part, Digest)]);

impl Serialize for Parts<'_> {
	fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
		let mut map = serializer.serialize_map(Some(self.0.len()))?;
		for (part, digest) in self.0 {
			map.serialize_entry(part.name(), &hex::encode(digest))?;
		}
		map.end()
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

/// The JSON form of a core.
#[derive(Serialize)]
#[serde(remote = "Core")]
pub struct CoreText {
	#[serde(with = "hex_text")]
	genesis: Digest,
	channel: ChannelId,
	issuer_node: NodeId,
	seller_node: NodeId,
	issuer: MemberId,
	seller: MemberId,
	first_sequence: u64,
	last_sequence: u64,
	count: u32,
	#[serde(with = "hex_text")]
	root: Digest,
	#[serde(with = "hex_text")]
	previous: Digest,
	#[serde(serialize_with = "date")]
	date: u32,
}

/// The JSON form of an attestation: its suite is that of the format, its side that of the field.
pub mod attested {
	use super::*;

	#[derive(Serialize)]
	struct Text<'a> {
		block_number: BlockNumber,
		#[serde(with = "hex_text")]
		block_hash: &'a Digest,
		#[serde(skip_serializing_if = "Option::is_none")]
		excluded: Option<String>,
		#[serde(with = "hex_text")]
		key: &'a [u8; 32],
		#[serde(with = "hex_text")]
		signature: &'a [u8; 64],
	}

	pub fn serialize<S: Serializer>(it: &Attestation, serializer: S) -> Result<S::Ok, S::Error> {
		let excluded = (!it.excluded.is_none()).then(|| hex::encode(it.excluded.as_bytes()));
		let text = Text {
			block_number: it.block.number,
			block_hash: &it.block.hash,
			excluded,
			key: &it.key,
			signature: &it.signature,
		};
		text.serialize(serializer)
	}
}

/// Days since 1970-01-01 as `YYYY-MM-DD`.
fn date<S: Serializer>(days: &u32, serializer: S) -> Result<S::Ok, S::Error> {
	match date_text(*days) {
		Some(text) => serializer.serialize_str(&text),
		None => Err(S::Error::custom(format_args!("date of day {days} is beyond year 9999"))),
	}
}

/// `YYYY-MM-DD`; `None` beyond year 9999.
pub fn date_text(days: u32) -> Option<String> {
	use alloc::string::ToString;
	let date = i32::try_from(days).ok().and_then(Date::from_days_since_epoch)?;
	Some(date.to_string())
}
