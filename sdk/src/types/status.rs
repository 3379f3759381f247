// SPDX-License-Identifier: Apache-2.0

use super::{Cursor, Extra, MemberRef};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How the node is: the answer of `GET /v1/status`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Status {
	/// Version of the node's program.
	pub version: String,
	/// Genesis hash of the chain: 64 hexadecimal digits.
	pub genesis: String,
	/// PeerId of this node, base58.
	pub peer: String,
	/// Number of this node on the chain; absent while it is not registered.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub node: Option<u32>,
	/// The institution that runs it; absent while it is not registered.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub member: Option<MemberRef>,
	/// Whether it can take orders now.
	pub ready: bool,
	/// Newest block that the courier knows.
	pub block: u32,
	/// Where the log ends now.
	pub log_end: Cursor,
	/// Size of the log on disk, in bytes.
	pub log_bytes: u64,
	/// Orders and registrations known by id.
	pub indexed: u64,
	/// Whether new orders are refused because the disk is full.
	pub store_full: bool,
	/// Batches that wait for an anchor.
	pub batches_unanchored: u64,
	/// Anchors that are not final.
	pub anchors_open: u32,
	/// Public courier keys of this node.
	pub keys: Vec<CourierKey>,
	/// Whether one of them is valid on chain at the newest block.
	pub keys_valid: bool,
	/// What an operator must look at, as sentences.
	#[serde(default, skip_serializing_if = "Vec::is_empty")]
	pub alarms: Vec<String>,
	/// Fields that this version does not know; kept.
	#[serde(flatten)]
	#[schema(value_type = BTreeMap<String, serde_json::Value>)]
	pub extra: Extra,
}

/// Public courier keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CourierKey {
	/// Ed25519 key that signs packets, receipts and batches: 64 hexadecimal digits.
	pub signing: String,
	/// X25519 key that bodies are sealed to: 64 hexadecimal digits.
	pub sealing: String,
}

/// The answer of `GET /healthz` and `GET /readyz`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Health {
	/// `ok`, or why not.
	pub status: String,
}

/// The file `gateway.json` in the folder of a node: how local terminals find it. Holds a secret; mode 600.
#[derive(Clone, Serialize, Deserialize)]
pub struct GatewayFile {
	/// Where the API is, e.g. `http://127.0.0.1:9955`.
	pub url: String,
	/// A token with all scopes.
	pub token: String,
}

impl std::fmt::Debug for GatewayFile {
	/// Leaves the token out.
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.debug_struct("GatewayFile")
			.field("url", &self.url)
			.finish_non_exhaustive()
	}
}
