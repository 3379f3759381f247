// SPDX-License-Identifier: Apache-2.0

use super::{Extra, LaneRef, Wait};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Which way a lane runs, seen from this node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
	/// From this node to the partner.
	Outgoing,
	/// From the partner to this node.
	Incoming,
}

/// A lane of this node, and how it is doing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Lane {
	/// Number of the channel.
	pub channel: u32,
	/// Number of the sending node.
	pub from: u32,
	/// Number of the receiving node.
	pub to: u32,
	/// Which way it runs.
	pub direction: Direction,
	/// Packets made or received so far; the next has this number.
	pub packets: u64,
	/// Packets on the receiver's disk.
	pub delivered: u64,
	/// Packets sent and not answered.
	pub in_flight: u32,
	/// Unix time since which the oldest undelivered packet waits.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub waiting_since_ms: Option<u64>,
	/// Why it waits; absent when nothing holds it.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub waiting: Option<Wait>,
	/// Unix time of the last receipt given or got.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub last_receipt_at_ms: Option<u64>,
	/// Fields that this version does not know; kept.
	#[serde(flatten)]
	#[schema(value_type = BTreeMap<String, serde_json::Value>)]
	pub extra: Extra,
}

impl Lane {
	/// The lane's name.
	pub fn lane(&self) -> LaneRef {
		LaneRef {
			channel: self.channel,
			from: self.from,
			to: self.to,
		}
	}
}

/// The answer of `GET /v1/lanes`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Lanes {
	/// All lanes of this node, by channel.
	pub lanes: Vec<Lane>,
}

/// The answer of `POST /v1/lanes/{channel}/{from}/{to}/retry`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RetryReport {
	/// Whether something waited and goes now; a closed lane stays closed.
	pub retried: bool,
}
