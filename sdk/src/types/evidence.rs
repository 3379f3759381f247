// SPDX-License-Identifier: Apache-2.0

use super::EntryRef;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where the proof of one trade record stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EvidenceRef {
	/// The order's id.
	pub order: String,
	/// Where the order stands in its lane.
	pub entry: EntryRef,
	/// The leaf: 64 hexadecimal digits.
	pub leaf: String,
	/// The batch's root: 64 hexadecimal digits.
	pub batch_root: String,
	/// Number of this node's anchor that holds the batch; absent before there is one.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub anchor: Option<u64>,
	/// Number of the anchor's block.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub block: Option<u32>,
}

/// The proof of one trade record, as `sealane evidence verify` reads it. The pack is kept as the bytes that the
/// node made: whoever stores it must not write it anew.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Object)]
pub struct EvidencePack(pub Box<serde_json::value::RawValue>);
