// SPDX-License-Identifier: Apache-2.0

//! What the runtime answers to a node. Everything that may grow travels in an [`Open`] envelope.
//!
//! Per block a node asks for its [`Standing`] alone: its channels with what is allowed, and for everything else the last block in
//! which it changed. It fetches the rest when that block is later than what it holds.

use super::{policy, AgreementEntry, Authorisation, MemberEntry, NodeEntry, Refusal, Scope, UnreadAgreement};
use crate::{
	business::Roles,
	clauses::Clauses,
	ids::*,
	keys::{CourierKey, CourierKeys},
	open::Open,
	registration::Ends,
};
use alloc::vec::Vec;
use codec::{Decode, Encode, Input};
use scale_info::TypeInfo;

/// The last block in which something changed. A later one tells that it has to be fetched again.
///
/// A block and not a counter, so that a node that leaves a branch knows what it may keep: what it read at blocks of both branches.
pub type Revision = BlockNumber;

/// Where a node stands in one block.
#[derive(Clone, Debug, PartialEq, Eq, Encode, TypeInfo)]
pub struct Standing {
	/// Its number.
	pub node: NodeId,
	/// The member that runs it.
	pub member: MemberId,
	/// The last change of what partners know of this member.
	pub revision: Revision,
	/// The block's time, Unix milliseconds.
	pub moment: Moment,
	/// For how many milliseconds after that time the authorisations hold.
	pub max_age: Moment,
	/// The member's channels: all that are not over, and the last that ended.
	pub channels: Vec<Open<ChannelStanding>>,
	/// The registrations with this member that ended.
	pub ends: Ends,
	/// For how many blocks after the end of a channel answers to what was delivered over it still travel.
	pub drain: BlockNumber,
}

impl Decode for Standing {
	fn decode<I: Input>(input: &mut I) -> Result<Self, codec::Error> {
		Ok(Standing {
			node: Decode::decode(input)?,
			member: Decode::decode(input)?,
			revision: Decode::decode(input)?,
			moment: Decode::decode(input)?,
			max_age: Decode::decode(input)?,
			channels: Decode::decode(input)?,
			ends: Decode::decode(input)?,
			drain: policy::drain(input)?,
		})
	}
}

/// Where a channel stands in one block.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct ChannelStanding {
	/// Its number.
	pub id: ChannelId,
	/// The seller.
	pub seller: MemberId,
	/// The issuer.
	pub issuer: MemberId,
	/// What is allowed in this block, by the same function that the off-chain worker calls.
	pub authorisation: Open<Result<Authorisation, Refusal>>,
	/// The last change of what is known of the other party.
	pub partner: Revision,
	/// The last change of the issuer's interfaces and products.
	pub catalogue: Revision,
	/// The last block in which something was ratified on this channel.
	pub agreements: Revision,
}

/// A member with its nodes.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct MemberRecord {
	/// Its number.
	pub id: MemberId,
	/// Its name, UTF-8.
	pub name: Vec<u8>,
	/// What it is. Bits that stand for no role that the reader knows are none of its business.
	pub roles: Roles,
	/// Admitted and not suspended.
	pub active: bool,
	/// Its nodes.
	pub nodes: Vec<Open<NodeRecord>>,
}

/// A node.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct NodeRecord {
	/// Its number.
	pub id: NodeId,
	/// Its PeerId.
	pub peer: PeerIdBytes,
	/// Where to dial it.
	pub addresses: Addresses,
	/// Its courier keys, those of the past and the future included as long as the ring keeps them.
	pub keys: Vec<Open<CourierKey>>,
}

impl From<MemberEntry> for MemberRecord {
	fn from(entry: MemberEntry) -> Self {
		let node = |node: NodeEntry| NodeRecord {
			id: node.id,
			peer: node.peer,
			addresses: node.addresses,
			keys: node.keys.into_iter().map(Open::Known).collect(),
		};
		MemberRecord {
			id: entry.id,
			name: entry.name,
			roles: entry.roles,
			active: entry.active,
			nodes: entry.nodes.into_iter().map(|entry| Open::Known(node(entry))).collect(),
		}
	}
}

impl MemberRecord {
	/// The member with those of its nodes and keys that the reader can read.
	pub fn into_entry(self) -> MemberEntry {
		let node = |node: NodeRecord| NodeEntry {
			id: node.id,
			peer: node.peer,
			addresses: node.addresses,
			keys: CourierKeys::truncate_from(node.keys.into_iter().filter_map(Open::known).collect()),
		};
		MemberEntry {
			id: self.id,
			name: self.name,
			roles: self.roles,
			active: self.active,
			nodes: self.nodes.into_iter().filter_map(Open::known).map(node).collect(),
		}
	}
}

/// A part of a list.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Page<T: 'static> {
	/// Some entries.
	pub entries: Vec<Open<T>>,
	/// What to ask the next page with; `None` after the last.
	pub next: Option<Vec<u8>>,
}

/// The agreements in force on a channel, by number.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct InForce {
	/// Those that hold in this block, at most one per scope, ordered by scope.
	pub agreements: Vec<AgreementId>,
	/// The next block in which another set holds, if nothing more is ratified until then.
	pub next_change: Option<BlockNumber>,
}

/// An agreement. What stands under a number that was ratified never changes.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct AgreementRecord {
	/// The number that orders are stamped with.
	pub id: AgreementId,
	/// The channel whose parties agreed.
	pub channel: ChannelId,
	/// What it covers.
	pub scope: Open<Scope>,
	/// Counts the versions of this channel and scope, from 1.
	pub version: u32,
	/// First block in which it holds.
	pub from: BlockNumber,
	/// The clauses.
	pub clauses: Open<Clauses>,
}

impl AgreementRecord {
	/// The agreement of a channel.
	pub fn new(channel: ChannelId, entry: AgreementEntry) -> Self {
		AgreementRecord {
			id: entry.id,
			channel,
			scope: entry.scope.into(),
			version: entry.version,
			from: entry.from,
			clauses: entry.clauses.into(),
		}
	}

	/// The agreement.
	///
	/// # Errors
	/// It is made of clauses, or covers something, that the reader does not know.
	pub fn into_entry(self) -> Result<AgreementEntry, UnreadAgreement> {
		match (self.scope, self.clauses) {
			(Open::Known(scope), Open::Known(clauses)) => Ok(AgreementEntry {
				id: self.id,
				scope,
				version: self.version,
				from: self.from,
				clauses,
			}),
			(scope, _) => Err(UnreadAgreement {
				id: self.id,
				scope: scope.known(),
			}),
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::directory::DEFAULT_DRAIN;

	#[test]
	fn what_an_older_runtime_answers_is_read() {
		let standing = Standing {
			node: 7,
			member: 1,
			revision: 3,
			moment: 1_000,
			max_age: 600_000,
			channels: Vec::new(),
			ends: Ends::default(),
			drain: 5,
		};
		let read = |bytes: &[u8]| Open::<Standing>::decode(&mut &bytes.to_vec().encode()[..]).map(Open::known);
		let bytes = standing.encode();
		assert_eq!(read(&bytes), Ok(Some(standing.clone())));
		let older = Standing {
			drain: DEFAULT_DRAIN,
			..standing
		};
		assert_eq!(read(&bytes[..bytes.len() - 4]), Ok(Some(older)));
		assert_eq!(read(&bytes[..bytes.len() - 1]), Ok(None));
	}
}
