// SPDX-License-Identifier: Apache-2.0

//! # Members pallet
//!
//! The institutions of the consortium: who they are, which nodes they run, with which keys those nodes sign, and who
//! may transact on the chain at all.
//!
//! ## Pallet API
//! See the [`pallet`] module for calls, storage, events, errors and what a runtime has to set.
//!
//! ## Overview
//! A consortium decides together whom it admits. What an institution then does with its own nodes and keys is its own
//! business: it registers the nodes it runs, tells the others where to dial them, changes keys when it wants to, and
//! nobody has to be asked. The consortium can suspend an institution at once, take it back, or part with it. Whoever is
//! neither an institution, nor one of its nodes, nor on the council, cannot put anything on this chain.
//!
//! ### Example
#![doc = docify::embed!("src/tests/register_node.rs", an_institution_joins_and_brings_a_node)]
//!
//! ### Design goals
//! 1. **Numbers are for ever.** A member's or node's number is never given again; evidence may rely on it.
//! 2. **What evidence proves is for ever.** The chain answers which keys a node had in which block, whose the node was, and
//!    under which name and legal number that member was known, long after all three are gone.
//! 3. **No packet is refused because of a rotation.** Old and new keys hold together for a time that the network sets.
//! 4. **A stolen node is not a stolen institution.** The delegate's account is another than the one that acts for the
//!    institution, and the institution replaces it alone.
//! 5. **A block has one answer.** What held at the beginning of a block holds to its end: no call that ends keys reaches back
//!    over what others put into the same block.
//! 6. **Outsiders cost nothing.** What they send is refused before it enters a pool.
//! 7. **No token.** Every member has an allowance of block weight that refills by itself ([`Allowance`]). One that
//!    floods uses up its own and nobody else's.
//! 8. **One power, one origin.** Suspending is quick, admitting and reinstating is not. It closes the courier, not the network: a
//!    suspended member's node follows the chain and its validator goes on, or a third of the council could stop finality.
//! 9. **An account that once signed keeps its record.** A record that vanishes takes the nonce with it, and old
//!    transactions could be sent again.
//!
//! ### What a proof of state shows
//! A verifier without a runtime reads these maps; the prefix is that of pallet `Members` and the map. Their layout is part of the
//! format of evidence.
//!
//! | map | key, each part hashed by | value | shows |
//! |---|---|---|---|
//! | `NodeRecords` | node (`u32`), `Twox64Concat` | [`NodeRecord`] | whose node it is or was; it never changes hands |
//! | `Identities` | member (`u32`), version (`u32`), both `Twox64Concat` | [`MemberIdentity`] | name and legal number; version *v* held at block *n* if `from` ≤ *n* and version *v* + 1 is absent or begins after *n* |
//! | `KeyOwners` | signing key (32 bytes), `Blake2_128Concat` | node, number (`(u32, u32)`) | whose key it is |
//! | `KeyHistory` | node (`u32`), number (`u32`), both `Twox64Concat` | [`CourierKey`](sealane_primitives::keys::CourierKey) | from which block on they held and until which |
//! | `Compromises` | node (`u32`), number (`u32`), both `Twox64Concat` | [`Compromise`](sealane_primitives::keys::Compromise) | that they were declared stolen, since when and in which block; absent, they were not by the block of that state |
//!
//! For how long after their end keys still count in evidence is [`Config::KeyEvidenceWindow`], a constant in the metadata.
//!
//! ### Terminology
//! * **Member**: an institution, known by its number and its legal number ([`LegalId`]).
//! * **Manager**: the account that acts for a member.
//! * **Node**: one running process of a member, known by its PeerId.
//! * **Delegate**: the account with which a node's off-chain workers sign.
//! * **Courier keys**: the pair with which a node signs packets and to which packets for it are sealed.
//! * **Ring**: the keys of a node that are kept at hand; all others are in the history.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod accounts;
pub mod allowance;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
pub mod bucket;
mod errors;
mod events;
mod genesis;
mod impls;
// In every build with `std`, so that tools can check a state that they loaded; never in the wasm of a normal build.
#[cfg(any(feature = "std", feature = "try-runtime"))]
mod invariants;
pub mod keyring;
mod keys;
pub mod legal_id;
#[cfg(test)]
mod mock;
pub mod network;
mod nodes;
mod nonce;
mod reads;
mod storage;
#[cfg(test)]
mod tests;
mod types;
pub mod weights;

pub use accounts::{ActiveManagers, ActsThrough, CouncilAccounts, OnExit, OnManagerChange, Transactors};
pub use allowance::Allowance;
pub use genesis::{GenesisMember, GenesisNode};
pub use legal_id::LegalId;
pub use nonce::CheckTransactorNonce;
pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

use frame_support::pallet_macros::import_section;

/// Target of this pallet's log lines.
pub(crate) const LOG_TARGET: &str = "runtime::members";

#[import_section(events::events)]
#[import_section(errors::errors)]
#[import_section(storage::storage)]
#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use crate::{
		bucket::Bucket,
		keyring::KeysFault,
		legal_id::LegalIdFault,
		network::{AddressFault, PeerFault},
		types::Member,
	};
	use alloc::vec::Vec;
	use frame_support::{pallet_prelude::*, traits::Contains};
	use frame_system::pallet_prelude::*;
	use sealane_primitives::{
		business::Roles,
		directory::{MemberEntry, NodeEntry},
		ids::*,
		keys::{Compromise, CourierKey},
		text::TextFault,
	};

	/// The in-code storage version.
	const STORAGE_VERSION: StorageVersion = StorageVersion::new(2);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config {
		/// Who admits members, decides on their roles and takes suspended ones back.
		type AdmitOrigin: EnsureOrigin<Self::RuntimeOrigin>;
		/// Who suspends members.
		type SuspendOrigin: EnsureOrigin<Self::RuntimeOrigin>;
		/// Who parts with members against their will.
		type ExitOrigin: EnsureOrigin<Self::RuntimeOrigin>;
		/// Who overrides a member in its own affairs: takes away a node, gives a member another manager.
		type ForceOrigin: EnsureOrigin<Self::RuntimeOrigin>;
		/// Who decides whether only registered nodes may stay connected.
		type PolicyOrigin: EnsureOrigin<Self::RuntimeOrigin>;
		/// The accounts on the council; each has its own allowance.
		type CouncilMember: Contains<Self::AccountId>;
		/// What a node's delegate may send.
		type DelegateCalls: Contains<Self::RuntimeCall>;

		/// What a suspended member may still send: what only ends something of its own, or puts an objection on record.
		type WhileSuspended: Contains<Self::RuntimeCall>;
		/// How those act who have no right of their own: signatories and proxies of seats and managers.
		type Through: ActsThrough<Self::AccountId, Self::RuntimeCall>;
		/// What else ends with a membership.
		type OnExit: OnExit<Self::AccountId>;
		/// What else goes to a member's new manager.
		type OnManagerChange: OnManagerChange<Self::AccountId>;

		/// Most members at the same time, suspended ones included.
		#[pallet::constant]
		type MaxMembers: Get<u32>;
		/// Most nodes of one member.
		#[pallet::constant]
		type MaxNodesPerMember: Get<u32>;
		/// Fewest blocks in which old and new courier keys hold together.
		#[pallet::constant]
		type MinKeyOverlap: Get<u32>;
		/// Most blocks in which old and new courier keys hold together.
		#[pallet::constant]
		type MaxKeyOverlap: Get<u32>;
		/// Most blocks from an announcement of courier keys to the first block in which they hold.
		#[pallet::constant]
		type MaxKeyNotice: Get<u32>;

		/// Blocks for which what keys signed may still be anchored after they have ended in the ordinary way.
		#[pallet::constant]
		type KeyEvidenceWindow: Get<u32>;

		/// Blocks from a member's reinstatement on in which [`Config::SuspendOrigin`] alone does not suspend it again.
		#[pallet::constant]
		type SuspensionRest: Get<BlockNumber>;

		/// Units of fee that flow into a member's allowance with each block, while there are no more than
		/// [`Config::FullShares`] members.
		#[pallet::constant]
		type AllowancePerBlock: Get<u64>;
		/// Number of members up to which each has all of [`Config::AllowancePerBlock`]. More members share what so many have.
		#[pallet::constant]
		type FullShares: Get<u32>;
		/// Units of fee that a member's allowance holds.
		#[pallet::constant]
		type MaxAllowance: Get<u64>;
		/// Units of fee that flow into a council member's allowance with each block.
		#[pallet::constant]
		type CouncilAllowancePerBlock: Get<u64>;
		/// Units of fee that a council member's allowance holds. Whatever fits into a block has to fit.
		#[pallet::constant]
		type MaxCouncilAllowance: Get<u64>;

		/// Weights of the calls.
		type WeightInfo: WeightInfo;
	}

	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// The first members, numbered from 0 in this order; their nodes are numbered from 0 in the order of appearance.
		pub members: Vec<GenesisMember<T::AccountId>>,
		/// Whether only registered nodes may stay connected.
		pub connections_restricted: bool,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			genesis::build::<T>(&self.members, self.connections_restricted);
		}
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			allowance::integrity_test::<T>();
			assert!(T::MaxMembers::get() > 0, "MaxMembers is 0: nobody could be admitted");
			assert!(
				T::MaxNodesPerMember::get() > 0,
				"MaxNodesPerMember is 0: nobody could bring a node"
			);
			assert!(
				T::MinKeyOverlap::get() > 0,
				"MinKeyOverlap is 0: packets under way would be refused"
			);
			assert!(
				T::MinKeyOverlap::get() <= T::MaxKeyOverlap::get(),
				"MinKeyOverlap is above MaxKeyOverlap"
			);
			assert!(
				T::MaxKeyNotice::get() > 0,
				"MaxKeyNotice is 0: no keys could be announced"
			);
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Makes an institution a member.
		///
		/// - Origin: [`Config::AdmitOrigin`].
		/// - Details: the member gets the next number and may transact at once. An institution that left is admitted as a
		///   new member.
		/// - Errors: [`Error::InvalidName`], [`Error::InvalidContact`], [`Error::InvalidLegalId`],
		///   [`Error::LegalIdAlreadyExists`], [`Error::InvalidRoles`], [`Error::ManagerAlreadyExists`],
		///   [`Error::ManagerIsDelegate`], [`Error::MaxMembersExceeded`], [`Error::IdsExhausted`].
		/// - Events: [`Event::MemberAdmitted`].
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::admit())]
		pub fn admit(
			origin: OriginFor<T>,
			name: MemberName,
			legal_id: LegalId,
			contact: Contact,
			roles: Roles,
			manager: T::AccountId,
		) -> DispatchResult {
			T::AdmitOrigin::ensure_origin(origin)?;
			Self::do_admit(
				Profile {
					name,
					legal_id,
					contact,
				},
				roles,
				manager,
			)?;
			Ok(())
		}

		/// Sets what a member is: seller 1, issuer 2, auditor 4, operator 8, added up.
		///
		/// - Origin: [`Config::AdmitOrigin`].
		/// - Details: replaces all its roles. A suspended member's can be changed too.
		/// - Errors: [`Error::MemberNotFound`], [`Error::MemberExited`], [`Error::InvalidRoles`].
		/// - Events: [`Event::RolesChanged`].
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::set_roles())]
		pub fn set_roles(origin: OriginFor<T>, member: MemberId, roles: Roles) -> DispatchResult {
			T::AdmitOrigin::ensure_origin(origin)?;
			Self::do_set_roles(member, roles)
		}

		/// Suspends a member.
		///
		/// - Origin: [`Config::SuspendOrigin`], or [`Config::AdmitOrigin`], which may undo it.
		/// - Details: from this block on it may neither trade nor transact. Its nodes stay connected and follow the chain. One
		///   that was reinstated less than [`Config::SuspensionRest`] ago is suspended by [`Config::AdmitOrigin`] only.
		/// - Errors: [`Error::MemberNotFound`], [`Error::MemberExited`], [`Error::MemberSuspended`],
		///   [`Error::ReinstatedLately`].
		/// - Events: [`Event::MemberSuspended`].
		#[pallet::call_index(2)]
		#[pallet::weight((T::WeightInfo::suspend(), DispatchClass::Operational))]
		pub fn suspend(origin: OriginFor<T>, member: MemberId) -> DispatchResult {
			if T::AdmitOrigin::ensure_origin(origin.clone()).is_err() {
				T::SuspendOrigin::ensure_origin(origin)?;
				Self::ensure_rested(member)?;
			}
			Self::do_suspend(member)
		}

		/// Takes a suspended member back.
		///
		/// - Origin: [`Config::AdmitOrigin`], for it gives what admission gave.
		/// - Details: `since` is the first block of the suspension, as [`Members`] tells: what was decided about one
		///   suspension never ends a later one. Everything is as before the suspension.
		/// - Errors: [`Error::MemberNotFound`], [`Error::MemberExited`], [`Error::MemberNotSuspended`],
		///   [`Error::AnotherSuspension`].
		/// - Events: [`Event::MemberReinstated`].
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::reinstate())]
		pub fn reinstate(origin: OriginFor<T>, member: MemberId, since: BlockNumber) -> DispatchResult {
			T::AdmitOrigin::ensure_origin(origin)?;
			Self::do_reinstate(member, since)
		}

		/// Leaves the consortium.
		///
		/// - Origin: signed by the manager.
		/// - Details: its nodes are removed, their keys hold to the end of this block; records and keys stay readable. What else
		///   ends with a membership is up to [`Config::OnExit`]. A suspended member cannot leave by itself.
		/// - Errors: [`Error::NotAuthorized`], [`Error::MemberSuspended`].
		/// - Events: [`Event::NodeRemoved`] per node, [`Event::MemberExited`].
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::exit(T::MaxNodesPerMember::get()).saturating_add(T::OnExit::weight()))]
		pub fn exit(origin: OriginFor<T>) -> DispatchResultWithPostInfo {
			let who = ensure_signed(origin)?;
			let member = Self::ensure_active_manager(&who)?;
			let nodes = Self::do_exit(member, Actor::Member)?;
			Ok(Some(T::WeightInfo::exit(nodes).saturating_add(T::OnExit::weight())).into())
		}

		/// Parts with a member.
		///
		/// - Origin: [`Config::ExitOrigin`].
		/// - Details: as [`Pallet::exit`].
		/// - Errors: [`Error::MemberNotFound`], [`Error::MemberExited`].
		/// - Events: [`Event::NodeRemoved`] per node, [`Event::MemberExited`].
		#[pallet::call_index(5)]
		#[pallet::weight((
			T::WeightInfo::remove(T::MaxNodesPerMember::get()).saturating_add(T::OnExit::weight()),
			DispatchClass::Operational,
		))]
		pub fn remove(origin: OriginFor<T>, member: MemberId) -> DispatchResultWithPostInfo {
			T::ExitOrigin::ensure_origin(origin)?;
			let nodes = Self::do_exit(member, Actor::Council)?;
			Ok(Some(T::WeightInfo::remove(nodes).saturating_add(T::OnExit::weight())).into())
		}

		/// Lets another account act for the member.
		///
		/// - Origin: signed by the manager, who loses the right with this call.
		/// - Details: the new account is not asked; a wrong one is put right by [`Pallet::force_set_manager`]. What else the old
		///   one held for the member goes along, as far as [`Config::OnManagerChange`] says.
		/// - Errors: [`Error::NotAuthorized`], [`Error::MemberSuspended`], [`Error::ManagerAlreadyExists`],
		///   [`Error::ManagerIsDelegate`].
		/// - Events: [`Event::ManagerChanged`].
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::set_manager().saturating_add(T::OnManagerChange::weight()))]
		pub fn set_manager(origin: OriginFor<T>, manager: T::AccountId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let member = Self::ensure_active_manager(&who)?;
			Self::do_set_manager(member, manager, Actor::Member)
		}

		/// Gives a member another manager, where its own lost the key.
		///
		/// - Origin: [`Config::ForceOrigin`].
		/// - Details: a suspended member's can be changed too.
		/// - Errors: [`Error::MemberNotFound`], [`Error::MemberExited`], [`Error::ManagerAlreadyExists`],
		///   [`Error::ManagerIsDelegate`].
		/// - Events: [`Event::ManagerChanged`].
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::force_set_manager().saturating_add(T::OnManagerChange::weight()))]
		pub fn force_set_manager(origin: OriginFor<T>, member: MemberId, manager: T::AccountId) -> DispatchResult {
			T::ForceOrigin::ensure_origin(origin)?;
			Self::do_set_manager(member, manager, Actor::Council)
		}

		/// Changes the contact of the caller's institution.
		///
		/// - Origin: signed by the manager.
		/// - Details: an office, never a person.
		/// - Errors: [`Error::NotAuthorized`], [`Error::MemberSuspended`], [`Error::InvalidContact`].
		/// - Events: [`Event::ContactUpdated`].
		#[pallet::call_index(8)]
		#[pallet::weight(T::WeightInfo::update_contact())]
		pub fn update_contact(origin: OriginFor<T>, contact: Contact) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let member = Self::ensure_active_manager(&who)?;
			Self::do_update_contact(member, contact)
		}

		/// Registers a node of the caller's institution.
		///
		/// - Origin: signed by the manager.
		/// - Details: its courier keys hold from this block on; its delegate may transact at once.
		/// - Errors: [`Error::NotAuthorized`], [`Error::MemberSuspended`], [`Error::InvalidPeer`],
		///   [`Error::PeerAlreadyExists`], [`Error::InvalidAddress`], [`Error::InvalidKeys`],
		///   [`Error::KeyAlreadyExists`], [`Error::DelegateAlreadyExists`], [`Error::DelegateIsManager`],
		///   [`Error::MaxNodesExceeded`], [`Error::IdsExhausted`].
		/// - Events: [`Event::NodeRegistered`].
		#[pallet::call_index(9)]
		#[pallet::weight(T::WeightInfo::register_node())]
		pub fn register_node(
			origin: OriginFor<T>,
			peer: PeerIdBytes,
			addresses: Addresses,
			signing: [u8; 32],
			sealing: [u8; 32],
			delegate: T::AccountId,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let member = Self::ensure_active_manager(&who)?;
			Self::do_register_node(member, peer, addresses, (signing, sealing), delegate)?;
			Ok(())
		}

		/// Changes the addresses at which a node is dialled.
		///
		/// - Origin: signed by the manager.
		/// - Details: replaces all addresses; none means that the node dials and is not dialled.
		/// - Errors: [`Error::NotAuthorized`], [`Error::MemberSuspended`], [`Error::NodeNotFound`],
		///   [`Error::InvalidAddress`].
		/// - Events: [`Event::AddressesChanged`].
		#[pallet::call_index(10)]
		#[pallet::weight(T::WeightInfo::set_addresses())]
		pub fn set_addresses(origin: OriginFor<T>, node: NodeId, addresses: Addresses) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::ensure_owner(&who, node)?;
			Self::do_set_addresses(node, addresses)
		}

		/// Announces new courier keys of a node.
		///
		/// - Origin: signed by the manager.
		/// - Details: the new keys hold from block `valid_from` on, those before them until `overlap` blocks later. One
		///   rotation at a time. A full ring loses the oldest keys that have ended; the history keeps them.
		/// - Errors: [`Error::NotAuthorized`], [`Error::MemberSuspended`], [`Error::NodeNotFound`],
		///   [`Error::InvalidKeys`], [`Error::KeyAlreadyExists`], [`Error::IdsExhausted`].
		/// - Events: [`Event::KeysAnnounced`].
		#[pallet::call_index(11)]
		#[pallet::weight(T::WeightInfo::announce_keys())]
		pub fn announce_keys(
			origin: OriginFor<T>,
			node: NodeId,
			signing: [u8; 32],
			sealing: [u8; 32],
			valid_from: BlockNumber,
			overlap: BlockNumber,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::ensure_owner(&who, node)?;
			Self::do_announce_keys(
				node,
				keyring::Announcement {
					signing,
					sealing,
					valid_from,
					overlap,
				},
			)
		}

		/// Gives up courier keys of a node before their time.
		///
		/// - Origin: signed by the manager.
		/// - Details: keys that hold do so to the end of this block, keys that have not begun never will. Other keys must hold or be
		///   announced; where the given-up ones had no end, the newest others have none from now on. Stolen ones are reported
		///   by [`Pallet::report_compromise`], which gives them up too.
		/// - Errors: [`Error::NotAuthorized`], [`Error::MemberSuspended`], [`Error::NodeNotFound`],
		///   [`Error::InvalidKeys`].
		/// - Events: [`Event::KeysRetired`].
		#[pallet::call_index(12)]
		#[pallet::weight(T::WeightInfo::retire_keys())]
		pub fn retire_keys(origin: OriginFor<T>, node: NodeId, signing: [u8; 32]) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::ensure_owner(&who, node)?;
			Self::do_retire_keys(node, signing)
		}

		/// Lets a node's off-chain workers sign with another account.
		///
		/// - Origin: signed by the manager.
		/// - Details: the account until now may not transact any more.
		/// - Errors: [`Error::NotAuthorized`], [`Error::MemberSuspended`], [`Error::NodeNotFound`],
		///   [`Error::DelegateAlreadyExists`], [`Error::DelegateIsManager`].
		/// - Events: [`Event::DelegateChanged`].
		#[pallet::call_index(13)]
		#[pallet::weight(T::WeightInfo::set_delegate())]
		pub fn set_delegate(origin: OriginFor<T>, node: NodeId, delegate: T::AccountId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let member = Self::ensure_owner(&who, node)?;
			Self::do_set_delegate(member, node, delegate)
		}

		/// Takes a node out of service.
		///
		/// - Origin: signed by the manager.
		/// - Details: its keys hold to the end of this block and stay readable; PeerId and delegate are free again.
		/// - Errors: [`Error::NotAuthorized`], [`Error::MemberSuspended`], [`Error::NodeNotFound`].
		/// - Events: [`Event::NodeRemoved`].
		#[pallet::call_index(14)]
		#[pallet::weight(T::WeightInfo::remove_node())]
		pub fn remove_node(origin: OriginFor<T>, node: NodeId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::ensure_owner(&who, node)?;
			Self::do_remove_node(node, Actor::Member)
		}

		/// Takes a member's node out of service, in an emergency.
		///
		/// - Origin: [`Config::ForceOrigin`].
		/// - Details: as [`Pallet::remove_node`].
		/// - Errors: [`Error::NodeNotFound`].
		/// - Events: [`Event::NodeRemoved`].
		#[pallet::call_index(15)]
		#[pallet::weight((T::WeightInfo::force_remove_node(), DispatchClass::Operational))]
		pub fn force_remove_node(origin: OriginFor<T>, node: NodeId) -> DispatchResult {
			T::ForceOrigin::ensure_origin(origin)?;
			Self::do_remove_node(node, Actor::Council)
		}

		/// Decides whether only registered nodes may stay connected.
		///
		/// - Origin: [`Config::PolicyOrigin`].
		/// - Details: nodes enforce it with the first block they import after this one.
		/// - Errors: none.
		/// - Events: [`Event::ConnectionPolicyChanged`].
		#[pallet::call_index(16)]
		#[pallet::weight(T::WeightInfo::set_connection_policy())]
		pub fn set_connection_policy(origin: OriginFor<T>, restricted: bool) -> DispatchResult {
			T::PolicyOrigin::ensure_origin(origin)?;
			Self::do_set_connection_policy(restricted);
			Ok(())
		}

		/// Gives a member another name or legal number, because it has another now.
		///
		/// - Origin: [`Config::AdmitOrigin`], for it gives what admission gave.
		/// - Details: what it was called until now stays readable, with its blocks. A suspended member's can be changed too.
		/// - Errors: [`Error::MemberNotFound`], [`Error::MemberExited`], [`Error::InvalidName`], [`Error::InvalidLegalId`],
		///   [`Error::LegalIdAlreadyExists`], [`Error::IdsExhausted`].
		/// - Events: [`Event::IdentityChanged`].
		#[pallet::call_index(17)]
		#[pallet::weight(T::WeightInfo::set_identity())]
		pub fn set_identity(
			origin: OriginFor<T>,
			member: MemberId,
			name: MemberName,
			legal_id: LegalId,
		) -> DispatchResult {
			T::AdmitOrigin::ensure_origin(origin)?;
			Self::do_set_identity(member, name, legal_id)
		}

		/// Declares courier keys of a node stolen, for ever.
		///
		/// - Origin: signed by the manager; the node may be one that was removed.
		/// - Details: `since` is the block since which others may have had the secret: not before the first block of the keys, not
		///   after this one. It may not lie before what the member itself last signed with them and stands by; the chain does
		///   not see what keys sign, so nobody but the partners can hold the member to that. Keys that hold are given up, as by
		///   [`Pallet::retire_keys`]. What was anchored before this block stays proven, with both dates beside it.
		/// - Errors: [`Error::NotAuthorized`], [`Error::MemberSuspended`], [`Error::NodeNotFound`], [`Error::InvalidKeys`].
		/// - Events: [`Event::KeysRetired`] where they held, [`Event::KeysCompromised`].
		#[pallet::call_index(18)]
		#[pallet::weight(T::WeightInfo::report_compromise())]
		pub fn report_compromise(
			origin: OriginFor<T>,
			node: NodeId,
			signing: [u8; 32],
			since: BlockNumber,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let member = Self::ensure_active_manager(&who)?;
			Self::do_report_compromise(member, node, signing, since)
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// A member with its nodes, as partners must know it.
		pub fn member_entry(member: MemberId) -> Option<MemberEntry> {
			Self::read_member(member)
		}

		/// A node, as partners must know it.
		pub fn node_entry(node: NodeId) -> Option<NodeEntry> {
			Self::read_node(node)
		}

		/// A member's name, legal number and contact; of former members too.
		pub fn profile(member: MemberId) -> Option<Profile> {
			Profiles::<T>::get(member)
		}

		/// The PeerIds of all registered nodes, those of suspended members and of validators included, sorted.
		pub fn authorised_peers() -> Vec<PeerIdBytes> {
			Self::read_authorised_peers()
		}

		/// Whether only these may stay connected.
		pub fn connections_restricted() -> bool {
			ConnectionsRestricted::<T>::get()
		}

		/// Grows whenever [`Pallet::authorised_peers`] or [`Pallet::connections_restricted`] may answer otherwise.
		pub fn peers_revision() -> u64 {
			PeersRevision::<T>::get()
		}

		/// The keys of `node` that held in block `at`, each with its number; for nodes that are gone too.
		pub fn keys_at(node: NodeId, at: BlockNumber) -> Vec<(u32, CourierKey)> {
			Self::read_keys_at(node, at)
		}

		/// The node that a signing key belongs or belonged to, and the number of the keys.
		pub fn key_owner(signing: [u8; 32]) -> Option<(NodeId, u32)> {
			KeyOwners::<T>::get(signing)
		}

		/// Whether keys of a node, by their number, were declared stolen.
		pub fn compromise(node: NodeId, number: u32) -> Option<Compromise> {
			Compromises::<T>::get(node, number)
		}

		/// Whose a node is or was, and since and until when.
		pub fn node_record(node: NodeId) -> Option<NodeRecord> {
			NodeRecords::<T>::get(node)
		}

		/// A member's name and legal number in a version, from 1 on.
		pub fn identity(member: MemberId, version: u32) -> Option<MemberIdentity> {
			Identities::<T>::get(member, version)
		}

		/// Units of fee that `who` can spend in this block; `None` for an account that may not transact.
		pub fn allowance_of(who: T::AccountId) -> Option<u64> {
			Self::read_allowance(&who)
		}
	}
}
