// SPDX-License-Identifier: Apache-2.0

//! # Agreements
//!
//! The clauses that a seller and an issuer agreed on, in versions that stay readable for ever.
//!
//! ## Overview
//!
//! Two institutions that trade over a channel must agree who may buy what: minimum age, risk class, region, limits.
//! They write this down as *clauses* and negotiate on chain:
//!
//! 1. One party **proposes** clauses for a scope: one product, one type of product, or everything over the channel.
//! 2. The other party **accepts** them, or answers with a **counter-proposal**, which takes the place of the first. Either
//!    party can take an open proposal off the table.
//! 3. What both want is a *joint* proposal. Only such a one stands before the permission council, which **ratifies** or
//!    **refuses** it. Nobody, the council included, can impose clauses that not both parties submitted.
//! 4. The ratified clauses become a **version** with a number of their own and hold from a block that is known beforehand.
//!
//! Terminals stamp the number of the version on each order, and the issuer's node checks the order against that version again.
//!
//! ## Example
//!
//! From the first proposal to clauses in force:
#![doc = docify::embed!("src/tests/ratify.rs", clauses_come_into_force)]
//!
//! ## Design goals
//!
//! 1. **Joint**: a version exists only because one party proposed exactly these bytes and the other accepted exactly these
//!    bytes. Proposals never change: a counter-proposal is a new proposal with a new number, so neither an acceptance nor a council
//!    motion can hit other clauses than those that were read.
//! 2. **The past is fixed**: a version holds at the earliest from the block after its ratification. What held at block *n* has
//!    one answer from block *n* on.
//! 3. **Precedence**: the clauses of the product, else those of its type, else those for all. They are not added up: the most
//!    particular scope in force decides alone.
//! 4. **Later wins**: a version replaces, from its first block on, what was ratified earlier for the same scope. An earlier
//!    version that would begin at the same block or later never holds; it stays readable.
//! 5. **Withdrawal**: ratified clauses that are empty take their scope out of force; the next wider scope decides again. To
//!    exempt a product from the clauses of its type, agree on clauses that every customer meets.
//! 6. **Bounded**: open proposals per party and channel, scopes per channel, and versions that wait for their block are
//!    limited, so that neither party can crowd the other out, and every read costs a known number of steps.
//!
//! ## What a proof of state shows
//!
//! A verifier without a runtime reads these maps; the prefix is that of pallet `Agreements` and the map. Their layout is part of
//! the format of evidence.
//!
//! | map | key, each part hashed by | value | shows |
//! |---|---|---|---|
//! | `Versions` | agreement number (`u32`), `Twox64Concat` | [`Version`] | channel, scope and first block of a version |
//! | `AgreedClauses` | agreement number (`u32`), `Twox64Concat` | [`Clauses`](sealane_primitives::clauses::Clauses) | its text |
//! | `Timeline` | channel (`u32`), `Twox64Concat`; [`Scope`](sealane_primitives::directory::Scope), `Blake2_128Concat`; place (`u32`, from 0), `Twox64Concat` | [`Period`] | that a version holds from a block on: until the first block of the next place, which may be absent |
//!
//! None of them ever changes once its first block has come.
//!
//! ## Terminology
//!
//! * *Scope*: what clauses cover: a product, a type of product, or all.
//! * *Proposal*: clauses that one party wants; *joint* once the other accepted.
//! * *Version*, *agreement*: ratified clauses, known by an agreement number (from 1; 0 means "no clauses agreed") and counted per
//!   channel and scope.
//! * *Timeline*: for one channel and scope, which version holds from which block.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod impls;
// In every build with `std`, so that tools can check a state that they loaded; never in the wasm of a normal build.
#[cfg(any(feature = "std", feature = "try-runtime"))]
mod invariants;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;
pub mod types;
pub mod weights;

pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use alloc::vec::Vec;
	use frame_support::pallet_prelude::*;
	use frame_system::pallet_prelude::*;
	use sealane_primitives::{
		clauses::{Clauses, Facts},
		directory::{AgreementEntry, Scope},
		ids::*,
		text::TextFault,
		traits::{ChannelRegistry, MemberRegistry},
	};

	/// Version of the storage layout.
	pub const STORAGE_VERSION: StorageVersion = StorageVersion::new(2);

	/// Clauses that two members agreed on, in versions.
	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
		/// Tells which member an account manages.
		type Members: MemberRegistry<Self::AccountId>;

		/// Tells the parties of a channel and the issuer of a product.
		type Channels: ChannelRegistry;

		/// The origin that may ratify a joint proposal.
		type RatifyOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// The origin that may refuse a joint proposal.
		type RefuseOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// Most proposals that one party may have open on one channel.
		#[pallet::constant]
		type MaxOpenProposals: Get<u32>;

		/// Most scopes of one channel whose versions may hold at the same time.
		#[pallet::constant]
		type MaxScopes: Get<u32>;

		/// Most versions of one scope that may wait for their first block.
		#[pallet::constant]
		type MaxPending: Get<u32>;

		/// Farthest that the first block of a proposal may lie ahead, in blocks.
		#[pallet::constant]
		type MaxLead: Get<BlockNumber>;

		/// Weights of the calls.
		type WeightInfo: WeightInfo;

		/// Puts members and channels in place for benchmarks.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkSetup: sealane_primitives::traits::BenchmarkSetup<Self::AccountId>;
	}

	/// The number of the next proposal.
	#[pallet::storage]
	pub type NextProposal<T> = StorageValue<_, ProposalId, ValueQuery>;

	/// Heads of the open proposals. Each is read by every call; the clauses, up to several KiB, only where they matter.
	#[pallet::storage]
	pub type Proposals<T: Config> = StorageMap<_, Twox64Concat, ProposalId, Proposal>;

	/// The clauses of the open proposals. Apart from the heads, so that accepting or withdrawing does not decode them.
	#[pallet::storage]
	pub type ProposedClauses<T: Config> = StorageMap<_, Twox64Concat, ProposalId, Clauses>;

	/// The open proposals that a party wrote on a channel.
	#[pallet::storage]
	pub type OpenProposals<T: Config> = StorageDoubleMap<
		_,
		Twox64Concat,
		ChannelId,
		Twox64Concat,
		MemberId,
		BoundedVec<ProposalId, T::MaxOpenProposals>,
		ValueQuery,
	>;

	/// Number of the newest version of all; 0 before the first.
	#[pallet::storage]
	pub type LastAgreement<T> = StorageValue<_, AgreementId, ValueQuery>;

	/// Heads of all versions ever ratified. Small, for the look-ups by block.
	#[pallet::storage]
	pub type Versions<T: Config> = StorageMap<_, Twox64Concat, AgreementId, Version>;

	/// The clauses of all versions ever ratified. Apart from the heads: read once, when a version is the answer.
	#[pallet::storage]
	pub type AgreedClauses<T: Config> = StorageMap<_, Twox64Concat, AgreementId, Clauses>;

	/// The scopes for which a channel has versions.
	#[pallet::storage]
	pub type Scopes<T: Config> =
		StorageDoubleMap<_, Twox64Concat, ChannelId, Blake2_128Concat, Scope, ScopeState, ValueQuery>;

	/// The scopes of a channel whose versions may hold, with the block from which the newest takes its scope out of force, where it
	/// does. A scope that is over, or whose product is closed, makes room when room is wanted; what was agreed stays readable.
	// Apart from `Scopes`, which grow for ever: whoever looks for what holds on a channel looks at these.
	#[pallet::storage]
	pub type LiveScopes<T: Config> =
		StorageDoubleMap<_, Twox64Concat, ChannelId, Blake2_128Concat, Scope, Option<BlockNumber>>;

	/// Number of entries of [`LiveScopes`] for a channel, kept so that the limit costs one read.
	#[pallet::storage]
	pub type ScopeCount<T: Config> = StorageMap<_, Twox64Concat, ChannelId, u32, ValueQuery>;

	/// The versions of a channel and scope by their number, from 1 without gaps.
	#[pallet::storage]
	pub type ByNumber<T: Config> = StorageNMap<
		_,
		(
			NMapKey<Twox64Concat, ChannelId>,
			NMapKey<Blake2_128Concat, Scope>,
			NMapKey<Twox64Concat, u32>,
		),
		AgreementId,
	>;

	/// What holds when: for a channel and scope, periods from 0 without gaps, their first blocks strictly rising. Unlike
	/// [`ByNumber`] it lacks the versions that were replaced before they held, so a block is found by bisection.
	#[pallet::storage]
	pub type Timeline<T: Config> = StorageNMap<
		_,
		(
			NMapKey<Twox64Concat, ChannelId>,
			NMapKey<Blake2_128Concat, Scope>,
			NMapKey<Twox64Concat, u32>,
		),
		Period,
	>;

	/// The last block in which what is in force on a channel, or will be, changed by a call.
	#[pallet::storage]
	pub type Revisions<T> = StorageMap<_, Twox64Concat, ChannelId, BlockNumber, ValueQuery>;

	/// What happened: the business API for negotiations.
	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A party proposed clauses.
		Proposed {
			/// The new proposal.
			proposal: ProposalId,
			/// The channel.
			channel: ChannelId,
			/// What the clauses would cover.
			scope: Scope,
			/// The party that wrote it.
			proposer: MemberId,
			/// First block wanted; `None` is as soon as ratified.
			from: Option<BlockNumber>,
			/// Number of clauses; 0 asks to take the scope out of force.
			clauses: u32,
		},
		/// A party answered a proposal with another, which takes its place.
		Countered {
			/// The new proposal.
			proposal: ProposalId,
			/// The proposal that it answers, no longer open.
			replaces: ProposalId,
			/// The channel.
			channel: ChannelId,
			/// The party that wrote the new proposal.
			proposer: MemberId,
			/// First block wanted; `None` is as soon as ratified.
			from: Option<BlockNumber>,
			/// Number of clauses; 0 asks to take the scope out of force.
			clauses: u32,
		},
		/// The other party accepted: the proposal is joint and stands before the council.
		Accepted {
			/// The proposal.
			proposal: ProposalId,
			/// The channel.
			channel: ChannelId,
			/// The party that accepted.
			by: MemberId,
		},
		/// A party took a proposal off the table.
		Withdrawn {
			/// The proposal, no longer open.
			proposal: ProposalId,
			/// The channel.
			channel: ChannelId,
			/// The party that took it off.
			by: MemberId,
			/// Whether it was joint.
			joint: bool,
		},
		/// The council ratified a joint proposal: there is a new version.
		Ratified {
			/// The number of the version, stamped on orders.
			agreement: AgreementId,
			/// The proposal, no longer open.
			proposal: ProposalId,
			/// The channel.
			channel: ChannelId,
			/// What it covers.
			scope: Scope,
			/// Counts the versions of this channel and scope.
			version: u32,
			/// First block in which it holds.
			from: BlockNumber,
			/// The version of the same scope that holds until then.
			replaces: Option<AgreementId>,
		},
		/// A version that was to hold from a later block never will: a version ratified later begins before it.
		Superseded {
			/// The version that never holds.
			agreement: AgreementId,
			/// The version that takes its place.
			by: AgreementId,
			/// The block from which it would have held.
			from: BlockNumber,
		},
		/// The council refused a joint proposal.
		Refused {
			/// The proposal, no longer open.
			proposal: ProposalId,
			/// The channel.
			channel: ChannelId,
			/// Why, in UTF-8.
			reason: Reason,
		},
	}

	/// Why a call was refused.
	#[pallet::error]
	pub enum Error<T> {
		/// The account manages no member that is a party of this channel.
		NotAuthorized,
		/// The calling party is suspended as a member.
		NotActive,
		/// There is no such channel.
		ChannelNotFound,
		/// The channel was revoked, left or expired: nothing more is agreed on it.
		ChannelEnded,
		/// There is no such open proposal.
		ProposalNotFound,
		/// A party cannot accept or counter what it proposed itself.
		OwnProposal,
		/// Both parties already accepted this proposal.
		AlreadyJoint,
		/// Not both parties submitted this proposal.
		NotJoint,
		/// The product is not registered.
		ProductNotFound,
		/// The product is issued by a member that is not the issuer of this channel.
		ProductOfAnotherIssuer,
		/// The product type is empty or not UTF-8.
		InvalidProductType,
		/// The reason cannot be read by people.
		InvalidReason(TextFault),
		/// A clause breaks a rule of the clause language.
		InvalidClause(ClauseFault),
		/// The first block wanted is not in the future.
		FromInPast,
		/// The first block wanted lies farther ahead than `MaxLead`.
		FromTooFar,
		/// No clauses were given, and none are in force or waiting for this scope.
		NothingToWithdraw,
		/// The party has `MaxOpenProposals` open on this channel.
		MaxOpenProposalsExceeded,
		/// `MaxScopes` scopes of the channel have versions that hold or will, each of them for a product that is not closed, a type
		/// or all.
		MaxScopesExceeded,
		/// `MaxPending` versions of this scope already wait for their block.
		MaxPendingExceeded,
		/// All numbers for proposals, versions or periods are given out.
		NumbersExhausted,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			assert!(
				T::MaxOpenProposals::get() > 0,
				"MaxOpenProposals must be at least 1: nobody could propose"
			);
			assert!(
				T::MaxScopes::get() > 0,
				"MaxScopes must be at least 1: nothing could be ratified"
			);
			assert!(
				T::MaxPending::get() > 0,
				"MaxPending must be at least 1: a new version waits for its block"
			);
			assert!(
				T::MaxLead::get() > 0,
				"MaxLead must be at least 1: the earliest first block is the next one"
			);
			assert!(
				T::MaxPending::get() <= 64,
				"MaxPending must be at most 64: ratifying walks over all versions that wait"
			);
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Propose clauses for a scope of a channel.
		///
		/// **Origin**: the account that manages the seller or the issuer of the channel; the member must be active.
		///
		/// **Details**: `from` is the first block in which the clauses shall hold, at most `MaxLead` blocks ahead; `None`, or a block
		/// that is past when the council ratifies, means the block after ratification. Empty `clauses` ask to take the scope out of
		/// force. A product must be issued by the channel's issuer; a type needs no product yet.
		///
		/// **Errors**: [`Error::ChannelNotFound`], [`Error::NotAuthorized`], [`Error::NotActive`], [`Error::ChannelEnded`],
		/// [`Error::ProductNotFound`], [`Error::ProductOfAnotherIssuer`], [`Error::InvalidProductType`], [`Error::InvalidClause`],
		/// [`Error::NothingToWithdraw`], [`Error::FromInPast`], [`Error::FromTooFar`], [`Error::MaxScopesExceeded`],
		/// [`Error::MaxOpenProposalsExceeded`].
		///
		/// **Events**: [`Event::Proposed`].
		#[pallet::call_index(0)]
		#[pallet::weight(
			T::WeightInfo::propose(clauses.len() as u32).saturating_add(T::WeightInfo::sweep(T::MaxScopes::get()))
		)]
		pub fn propose(
			origin: OriginFor<T>,
			channel: ChannelId,
			scope: Scope,
			clauses: Clauses,
			from: Option<BlockNumber>,
		) -> DispatchResultWithPostInfo {
			let who = ensure_signed(origin)?;
			let weight = T::WeightInfo::propose(clauses.len() as u32);
			let swept = Self::do_propose(&who, channel, scope, clauses, from)?;
			Ok(Some(weight.saturating_add(T::WeightInfo::sweep(swept))).into())
		}

		/// Answer the other party's proposal with one of your own for the same scope, which takes its place.
		///
		/// **Origin**: the account that manages the party that did not write the proposal; the member must be active.
		///
		/// **Details**: the answered proposal is closed and the answer gets a number of its own, so that whoever accepts or ratifies a
		/// number knows its clauses. `from` is given anew. A joint proposal cannot be countered any more, only withdrawn.
		///
		/// **Errors**: [`Error::ProposalNotFound`], [`Error::NotAuthorized`], [`Error::NotActive`], [`Error::ChannelEnded`],
		/// [`Error::OwnProposal`], [`Error::AlreadyJoint`], and those of [`Pallet::propose`] for clauses, block and limits.
		///
		/// **Events**: [`Event::Countered`].
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::counter_propose(clauses.len() as u32))]
		pub fn counter_propose(
			origin: OriginFor<T>,
			proposal: ProposalId,
			clauses: Clauses,
			from: Option<BlockNumber>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_counter_propose(&who, proposal, clauses, from)
		}

		/// Accept the other party's proposal, which makes it joint and submits it to the council.
		///
		/// **Origin**: the account that manages the party that did not write the proposal; the member must be active.
		///
		/// **Errors**: [`Error::ProposalNotFound`], [`Error::NotAuthorized`], [`Error::NotActive`], [`Error::ChannelEnded`],
		/// [`Error::OwnProposal`], [`Error::AlreadyJoint`].
		///
		/// **Events**: [`Event::Accepted`].
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::accept())]
		pub fn accept(origin: OriginFor<T>, proposal: ProposalId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_accept(&who, proposal)
		}

		/// Take an open proposal off the table.
		///
		/// **Origin**: the account that manages either party. The one that wrote the proposal withdraws it, the other declines it; once
		/// it is joint, either takes back its word, because the council may ratify only what both still want.
		///
		/// **Details**: on a channel that ended nothing can be agreed any more; there any member's manager may clear away what was left
		/// on the table, the parties may be gone.
		///
		/// **Errors**: [`Error::ProposalNotFound`], [`Error::NotAuthorized`].
		///
		/// **Events**: [`Event::Withdrawn`].
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::withdraw())]
		pub fn withdraw(origin: OriginFor<T>, proposal: ProposalId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_withdraw(&who, proposal)
		}

		/// Ratify a joint proposal.
		///
		/// **Origin**: [`Config::RatifyOrigin`].
		///
		/// **Details**: the version gets the next agreement number and holds from the block that the proposal names, at the earliest from
		/// the next block. Versions of the same scope that would begin at that block or later never hold.
		///
		/// **Errors**: [`Error::ProposalNotFound`], [`Error::NotJoint`], [`Error::ChannelEnded`], [`Error::NothingToWithdraw`],
		/// [`Error::MaxScopesExceeded`], [`Error::MaxPendingExceeded`], [`Error::NumbersExhausted`].
		///
		/// **Events**: [`Event::Superseded`] for each version that never holds, then [`Event::Ratified`].
		#[pallet::call_index(4)]
		#[pallet::weight(
			T::WeightInfo::ratify(T::MaxPending::get()).saturating_add(T::WeightInfo::sweep(T::MaxScopes::get()))
		)]
		pub fn ratify(origin: OriginFor<T>, proposal: ProposalId) -> DispatchResultWithPostInfo {
			T::RatifyOrigin::ensure_origin(origin)?;
			let swept = Self::do_ratify(proposal)?;
			let weight = T::WeightInfo::ratify(T::MaxPending::get());
			Ok(Some(weight.saturating_add(T::WeightInfo::sweep(swept))).into())
		}

		/// Refuse a joint proposal, with a reason.
		///
		/// **Origin**: [`Config::RefuseOrigin`].
		///
		/// **Errors**: [`Error::ProposalNotFound`], [`Error::NotJoint`], [`Error::InvalidReason`].
		///
		/// **Events**: [`Event::Refused`].
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::refuse(reason.len() as u32))]
		pub fn refuse(origin: OriginFor<T>, proposal: ProposalId, reason: Reason) -> DispatchResult {
			T::RefuseOrigin::ensure_origin(origin)?;
			Self::do_refuse(proposal, reason)
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// The open proposals of a channel, by number.
		pub fn proposals_of(channel: ChannelId) -> Vec<ProposalEntry> {
			Self::open_proposals(channel)
		}

		/// The version with this agreement number, in force or past, and its channel.
		pub fn version(agreement: AgreementId) -> Option<(ChannelId, AgreementEntry)> {
			Self::agreement(agreement)
		}

		/// Heads of up to 100 versions of a channel and scope from version number `first` on, those that never held included.
		pub fn versions_of(channel: ChannelId, scope: Scope, first: u32) -> Vec<(AgreementId, Version)> {
			Self::version_heads(channel, &scope, first)
		}

		/// What holds for a product at block `at`: its own clauses, else those of its type, else those for all. For a block of the past
		/// the answer never changes, for a product keeps its type.
		pub fn in_force_at(channel: ChannelId, product: ProductId, at: BlockNumber) -> Option<AgreementEntry> {
			Self::in_force_for_product(channel, &product, at)
		}

		/// What holds for a scope, and for it alone, at block `at`.
		pub fn scope_in_force_at(channel: ChannelId, scope: Scope, at: BlockNumber) -> Option<AgreementEntry> {
			Self::in_force(channel, &scope, at)
				.and_then(|id| Self::agreement(id))
				.map(|(_, entry)| entry)
		}

		/// What clauses would say about facts, without changing anything.
		pub fn what_if(subject: Subject, facts: Facts) -> WhatIf {
			Self::evaluate(subject, &facts)
		}
	}
}
