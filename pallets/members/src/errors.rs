// SPDX-License-Identifier: Apache-2.0

//! Why calls are refused.

use frame_support::pallet_macros::pallet_section;

/// Errors of the pallet.
#[pallet_section]
mod errors {
	#[pallet::error]
	pub enum Error<T> {
		/// The account acts for no member, or the node is another member's.
		NotAuthorized,
		/// No member has this number.
		MemberNotFound,
		/// The member has left.
		MemberExited,
		/// The member is suspended.
		MemberSuspended,
		/// The member is not suspended.
		MemberNotSuspended,
		/// The member is suspended since another block than the one that was named.
		AnotherSuspension,
		/// The member was taken back less than `SuspensionRest` ago: to suspend it again takes as much.
		ReinstatedLately,
		/// There are as many members as there may be.
		MaxMembersExceeded,
		/// No number is left.
		IdsExhausted,
		/// The name is not presentable.
		InvalidName(TextFault),
		/// The contact is not presentable.
		InvalidContact(TextFault),
		/// The legal number is not valid.
		InvalidLegalId(LegalIdFault),
		/// The legal number is that of a member already.
		LegalIdAlreadyExists,
		/// No role, or bits that stand for none.
		InvalidRoles,
		/// The account acts for a member already.
		ManagerAlreadyExists,
		/// The account is the delegate of a node.
		ManagerIsDelegate,
		/// No node has this number.
		NodeNotFound,
		/// The member runs as many nodes as it may.
		MaxNodesExceeded,
		/// The PeerId is not valid.
		InvalidPeer(PeerFault),
		/// The PeerId is that of a node already.
		PeerAlreadyExists,
		/// An address is not valid.
		InvalidAddress(AddressFault),
		/// The account is the delegate of a node already.
		DelegateAlreadyExists,
		/// The account acts for a member, perhaps for that of the node.
		DelegateIsManager,
		/// The courier keys cannot be taken or given up.
		InvalidKeys(KeysFault),
		/// The signing key was announced before, by this node or another.
		KeyAlreadyExists,
	}
}
