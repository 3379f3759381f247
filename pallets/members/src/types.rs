// SPDX-License-Identifier: Apache-2.0

//! What the pallet keeps.

use crate::legal_id::LegalId;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use scale_info::TypeInfo;
use sealane_primitives::{business::Roles, ids::*, keys::CourierKeys};

/// Longest name of a member in bytes of UTF-8.
pub const MAX_MEMBER_NAME_LEN: u32 = 64;
/// Longest contact of a member in bytes of UTF-8.
pub const MAX_CONTACT_LEN: u32 = 128;

/// An institution's name, UTF-8.
pub type MemberName = BoundedVec<u8, ConstU32<MAX_MEMBER_NAME_LEN>>;
/// Whom to call or write to, UTF-8. An office, never a person: the chain forgets nothing.
pub type Contact = BoundedVec<u8, ConstU32<MAX_CONTACT_LEN>>;

/// Where a member stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum MemberStatus {
	/// May trade and transact.
	Active,
	/// May not, until reinstated.
	Suspended {
		/// First block of the suspension.
		since: BlockNumber,
	},
	/// No member any more. Its number is never given again.
	Exited {
		/// The block in which it left.
		at: BlockNumber,
	},
}

/// What is asked of a member all the time.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Member<AccountId> {
	/// What it is in the consortium.
	pub roles: Roles,
	/// The account that acts for it; after its exit, the one that did last.
	pub manager: AccountId,
	/// Where it stands.
	pub status: MemberStatus,
	/// The block of its admission.
	pub admitted_at: BlockNumber,
}

/// What people ask about a member.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Profile {
	/// Its name.
	pub name: MemberName,
	/// Its legal number.
	pub legal_id: LegalId,
	/// How to reach it.
	pub contact: Contact,
}

/// One running process of a member.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Node<AccountId> {
	/// The member that runs it.
	pub member: MemberId,
	/// Its PeerId.
	pub peer: PeerIdBytes,
	/// Where to dial it.
	pub addresses: Addresses,
	/// Its courier keys, those that ended included as long as there is room.
	pub keys: CourierKeys,
	/// The number that the next announced keys get.
	pub next_key: u32,
	/// The account with which its off-chain workers sign.
	pub delegate: AccountId,
}

/// A node, present or removed. Evidence names nodes for ever, so their owners stay known.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct NodeRecord {
	/// The member that runs or ran it. It never changes.
	pub member: MemberId,
	/// The block in which it was registered.
	pub registered_at: BlockNumber,
	/// The block in which it was removed.
	pub removed_at: Option<BlockNumber>,
	/// Its PeerId. Once it was removed another node may have it.
	pub peer: PeerIdBytes,
}

/// Under which name and legal number a member is known from some block on.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct MemberIdentity {
	/// The first block at whose end they hold. They do so until the next version does.
	pub from: BlockNumber,
	/// Its name.
	pub name: MemberName,
	/// Its legal number.
	pub legal_id: LegalId,
}

/// On whose word something ended or changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Actor {
	/// The member's own.
	Member,
	/// The council's.
	Council,
}

/// Whose allowance a transaction draws on.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Payer<AccountId> {
	/// A member's; its manager and all its delegates share it.
	Member(MemberId),
	/// A council member's own.
	Council(AccountId),
}
