// SPDX-License-Identifier: Apache-2.0

//! What is allowed over a channel, and why not.

use crate::{business::BusinessKinds, ids::*};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// Why an exchange over a channel is not allowed.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
	/// The PeerId or the number belongs to no registered node.
	NodeUnknown,
	/// A party is no member (any more).
	MemberUnknown,
	/// A party is suspended as a member.
	MemberSuspended,
	/// There is no such channel.
	ChannelUnknown,
	/// The two nodes are not the two parties of the channel.
	NotAParty,
	/// Applied for, not granted (yet).
	NotGranted,
	/// Suspended by the council.
	Suspended,
	/// Revoked by the council, or left by a party.
	Revoked,
	/// The grant's time is over.
	Expired,
	/// The grant does not cover this kind of business.
	KindNotGranted,
	/// The interface is not of this issuer, not active, or served by another node.
	InterfaceUnknown,
	/// More orders than the grant's rate limit allows.
	RateExceeded,
	/// The newest block that the node has is older than the chain lets an authorisation hold.
	DirectoryStale,
	/// The node's software cannot read what the runtime says of this channel, or of the node itself.
	DirectoryUnreadable,
}

/// What a grant allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Authorisation {
	/// The channel.
	pub channel: ChannelId,
	/// The kinds of business that may travel.
	pub kinds: BusinessKinds,
	/// First block in which the grant no longer holds.
	pub valid_until: Option<BlockNumber>,
	/// Most orders in a minute; `None` is no limit.
	pub orders_per_minute: Option<u32>,
}
