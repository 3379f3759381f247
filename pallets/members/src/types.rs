// SPDX-License-Identifier: Apache-2.0

//! What the pallet keeps.

use crate::legal_id::LegalId;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec, PalletError};
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

/// What is wrong with a text.
#[derive(
	Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, PalletError,
)]
pub enum TextFault {
	/// Nothing in it.
	Empty,
	/// No UTF-8.
	NotUtf8,
	/// A control character, line breaks included.
	ControlCharacter,
	/// White space in front or at the end.
	OuterSpace,
}

/// Checks a name or a contact.
///
/// # Errors
/// [`TextFault`] naming what is wrong.
pub fn validate_text(text: &[u8]) -> Result<(), TextFault> {
	let text = core::str::from_utf8(text).map_err(|_| TextFault::NotUtf8)?;
	if text.is_empty() {
		return Err(TextFault::Empty);
	}
	if text.chars().any(char::is_control) {
		return Err(TextFault::ControlCharacter);
	}
	if text.trim() != text {
		return Err(TextFault::OuterSpace);
	}
	Ok(())
}

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

/// A node that was removed. Evidence names nodes for ever, so their owners stay known.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct FormerNode {
	/// The member that ran it.
	pub member: MemberId,
	/// Its PeerId; another node may have it by now.
	pub peer: PeerIdBytes,
	/// The block in which it was removed.
	pub removed_at: BlockNumber,
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

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn takes_names_of_any_script() {
		for name in ["工银理财有限责任公司", "Banque de l'Île", "B"] {
			assert_eq!(validate_text(name.as_bytes()), Ok(()), "{name}");
		}
	}

	#[test]
	fn fails_when_a_text_is_not_presentable() {
		assert_eq!(validate_text(b""), Err(TextFault::Empty));
		assert_eq!(validate_text(&[0xc3]), Err(TextFault::NotUtf8));
		assert_eq!(validate_text(b"a\nb"), Err(TextFault::ControlCharacter));
		assert_eq!(validate_text("\u{9b}a".as_bytes()), Err(TextFault::ControlCharacter));
		assert_eq!(validate_text(b" a"), Err(TextFault::OuterSpace));
		assert_eq!(validate_text("a\u{3000}".as_bytes()), Err(TextFault::OuterSpace));
	}
}
