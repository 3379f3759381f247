// SPDX-License-Identifier: Apache-2.0

//! How the pallets meet: small traits, implemented by one pallet, mocked by the tests of the others.

use crate::{
	business::Role,
	directory::{Authorisation, Refusal},
	ids::*,
	registration::Ends,
};
use alloc::vec::Vec;

/// What `pallet-members` tells the others.
pub trait MemberRegistry<AccountId> {
	/// The member that `who` manages, whatever its status.
	fn member_of(who: &AccountId) -> Option<MemberId>;
	/// The account that manages `member`.
	fn manager(member: MemberId) -> Option<AccountId>;
	/// `Ok` for an admitted member that is not suspended.
	fn ensure_active(member: MemberId) -> Result<(), Refusal>;
	/// Whether `member` holds `role`.
	fn has_role(member: MemberId, role: Role) -> bool;
	/// `Ok` for an active member that holds `role`; without the role it is no party of what needs it.
	fn ensure_role(member: MemberId, role: Role) -> Result<(), Refusal> {
		Self::ensure_active(member)?;
		match Self::has_role(member, role) {
			true => Ok(()),
			false => Err(Refusal::NotAParty),
		}
	}
	/// The member and node for which `who` is the delegate.
	fn delegate_of(who: &AccountId) -> Option<(MemberId, NodeId)>;
	/// The delegate of a node.
	fn delegate(node: NodeId) -> Option<AccountId>;
	/// The member that runs `node`.
	fn owner_of(node: NodeId) -> Option<MemberId>;
	/// The member and node with this PeerId.
	fn node_by_peer(peer: &PeerIdBytes) -> Option<(MemberId, NodeId)>;
}

/// What `pallet-channels` tells the others.
pub trait ChannelRegistry {
	/// Seller and issuer of a channel, in whatever state it is.
	fn parties(channel: ChannelId) -> Option<(MemberId, MemberId)>;
	/// The newest channel between the two.
	fn between(seller: MemberId, issuer: MemberId) -> Option<ChannelId>;
	/// What is allowed over `channel` in the current block. The one place that decides.
	fn authorise(channel: ChannelId) -> Result<Authorisation, Refusal>;
	/// The issuer of a product and its type. Neither ever changes.
	fn product(product: &ProductId) -> Option<(MemberId, ProductType)>;
	/// Whether a product is closed for good, or was never registered.
	fn is_closed(product: &ProductId) -> bool;
}

/// What `pallet-receipts` tells the others.
pub trait RegistrationRegistry {
	/// Whether `commitment` stands for a registration with `issuer` that is neither closed nor revoked.
	fn is_registered(issuer: MemberId, commitment: &Digest) -> bool;
	/// The registrations with `issuer` that ended, in a few bytes.
	fn ends(issuer: MemberId) -> Ends;
	/// Those that ended from number `from` on; `None` where one of them is kept no longer.
	fn ended(issuer: MemberId, from: u32) -> Option<Vec<Digest>>;
	/// Whether the receipt for `commitment` says accepted, wherever it stands now; `None` where there is none.
	fn outcome(issuer: MemberId, commitment: &Digest) -> Option<bool>;
}

#[cfg(feature = "runtime-benchmarks")]
/// Puts members and channels in place for the benchmarks of other pallets.
pub trait BenchmarkSetup<AccountId> {
	/// An active member with both roles, managed by `manager`, with one node whose delegate is `delegate`.
	fn member(manager: &AccountId, delegate: &AccountId) -> MemberId;
	/// A granted channel between the two.
	fn channel(seller: MemberId, issuer: MemberId) -> ChannelId;
}
#[cfg(feature = "runtime-benchmarks")]
impl<AccountId> BenchmarkSetup<AccountId> for () {
	fn member(_: &AccountId, _: &AccountId) -> MemberId {
		0
	}
	fn channel(_: MemberId, _: MemberId) -> ChannelId {
		0
	}
}
