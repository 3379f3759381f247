// SPDX-License-Identifier: Apache-2.0

//! What happened, for those who watch the chain.

use frame_support::pallet_macros::pallet_section;

/// Events of the pallet.
#[pallet_section]
mod events {
	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// An institution became a member.
		MemberAdmitted {
			/// Its number.
			member: MemberId,
			/// Its legal number.
			legal_id: LegalId,
			/// What it is.
			roles: Roles,
			/// The account that acts for it.
			manager: T::AccountId,
		},
		/// A member is something else now.
		RolesChanged {
			/// The member.
			member: MemberId,
			/// What it was.
			old: Roles,
			/// What it is.
			new: Roles,
		},
		/// A member may neither trade nor transact until it is reinstated.
		MemberSuspended {
			/// The member.
			member: MemberId,
			/// First block of the suspension.
			since: BlockNumber,
		},
		/// A suspended member may trade and transact again.
		MemberReinstated {
			/// The member.
			member: MemberId,
			/// First block of the suspension that ended.
			suspended_since: BlockNumber,
		},
		/// An institution is no member any more. Its nodes are removed.
		MemberExited {
			/// The member.
			member: MemberId,
			/// On whose word.
			by: Actor,
			/// Number of nodes it had.
			nodes: u32,
		},
		/// Another account acts for a member.
		ManagerChanged {
			/// The member.
			member: MemberId,
			/// The account that acted for it.
			old: T::AccountId,
			/// The account that acts for it.
			new: T::AccountId,
			/// On whose word.
			by: Actor,
		},
		/// A member is reached otherwise.
		ContactUpdated {
			/// The member.
			member: MemberId,
			/// How it was reached.
			old: Contact,
			/// How it is reached.
			new: Contact,
		},
		/// A member brought a node.
		NodeRegistered {
			/// The member.
			member: MemberId,
			/// The node's number.
			node: NodeId,
			/// Its PeerId.
			peer: PeerIdBytes,
			/// The account with which its off-chain workers sign.
			delegate: T::AccountId,
		},
		/// A node is dialled elsewhere.
		AddressesChanged {
			/// The node.
			node: NodeId,
			/// Where it was dialled.
			old: Addresses,
			/// Where it is dialled.
			new: Addresses,
		},
		/// A node will have new courier keys.
		KeysAnnounced {
			/// The node.
			node: NodeId,
			/// The number of the new keys.
			index: u32,
			/// The new keys, with the block from which they hold.
			key: CourierKey,
			/// First block in which the keys before them no longer hold.
			old_until: BlockNumber,
		},
		/// A node gave up courier keys before their time.
		KeysRetired {
			/// The node.
			node: NodeId,
			/// The number of the keys.
			index: u32,
			/// The keys, with their end.
			key: CourierKey,
			/// They had not begun and never will.
			withdrawn: bool,
		},
		/// A node's courier keys were declared stolen.
		KeysCompromised {
			/// The node.
			node: NodeId,
			/// The number of the keys.
			index: u32,
			/// The block since which others may have had the secret.
			since: BlockNumber,
		},
		/// A member has another name or legal number.
		IdentityChanged {
			/// The member.
			member: MemberId,
			/// Counts its names and numbers, from 1.
			version: u32,
			/// Its name from this block on.
			name: MemberName,
			/// Its legal number from this block on.
			legal_id: LegalId,
		},
		/// A node's off-chain workers sign with another account.
		DelegateChanged {
			/// The node.
			node: NodeId,
			/// The account until now.
			old: T::AccountId,
			/// The account from now on.
			new: T::AccountId,
		},
		/// A node is gone.
		NodeRemoved {
			/// The member that ran it.
			member: MemberId,
			/// The node.
			node: NodeId,
			/// Its PeerId.
			peer: PeerIdBytes,
			/// On whose word.
			by: Actor,
		},
		/// Who may stay connected was decided anew.
		ConnectionPolicyChanged {
			/// Whether only registered nodes could.
			old: bool,
			/// Whether only registered nodes can.
			new: bool,
		},
	}
}
