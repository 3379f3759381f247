// SPDX-License-Identifier: Apache-2.0

//! # Anchors
//!
//! The chain as a notary: each node leaves a hash of what it traded, and anybody can later check a record against it.
//!
//! ## Overview
//!
//! Orders and confirmations never touch the chain. Each node keeps a tree of hashes over its trade records and puts its root on
//! chain at a regular interval: an **anchor**. A root says nothing about what was traded, with whom, or how much; but once it is in
//! a block nobody can change a record without it showing.
//!
//! * A node's **delegate key** signs its anchors; the member itself need not be there.
//! * A node anchors at most **once in an interval**: ⌈nodes / `anchors_per_block`⌉ blocks, with a turn of its own, so that neither the
//!   load of a block nor the time of an anchor tells who trades, and nobody fills the chain.
//! * A node anchors at each of its turns, whether it traded or not, and an idle anchor looks like any other: its time says nothing.
//! * So the state must not grow with anchors: a node's last [`KEPT_ANCHORS`] are there one by one, and all of them as one **mountain
//!   range**, a few hashes against which the oldest can be proven for as long as the chain lives.
//! * A party of a channel can open a **dispute** over a batch, which both then find on record, and the council can decide it.
//! * The **policy** (how often nodes anchor, how long they go by what they last heard of the chain, how long answers travel on a
//!   channel that is over) is set by governance and holds from the next block on.
//!
//! The pallet also drives the courier of the node it runs on: its off-chain worker authorises what waits to be sent against the state
//! of each block, closes lanes whose grant ended, and submits the anchors that are ready. See [`Pallet::run_offchain`].
//!
//! ## Example
//!
//! A node anchors a root, and a record is checked against it:
#![doc = docify::embed!("src/tests/anchor.rs", a_record_is_proven_against_an_anchor)]
//!
//! ## State that evidence proves
//!
//! A verifier without a node derives keys and values by itself. They are fixed; a test holds them.
//!
//! | what | key | value (SCALE) |
//! |---|---|---|
//! | the range of a node | `twox_128("Anchors") ‖ twox_128("Ranges") ‖ twox_64(node) ‖ node` | `Range`: `count` u64, `last` u32, `peaks`: compact length, then 32 bytes each, largest first |
//! | one of its last anchors | `twox_128("Anchors") ‖ twox_128("Anchors") ‖ twox_64(node) ‖ node ‖ twox_64(sequence) ‖ sequence` | [`Anchor`]: `root` 32 bytes, `block` u32, one zero byte |
//!
//! `node` is a u32, `sequence` a u64, both little endian. The leaf of an anchor is
//! `SHA-256(0x00 ‖ "sealane/2/anchor" ‖ node ‖ sequence ‖ root ‖ block)`; the range is the RFC 6962 tree over them in order of `sequence`,
//! so a proof is an inclusion proof for leaf `sequence` of `count` leaves under the root to which the peaks join from the right:
//! see [`sealane_primitives::evidence::range`].
//!
//! ## Design goals
//!
//! 1. **Nothing but hashes**: 32 bytes per anchor. Events name node, number and root, never a channel or partner.
//! 2. **In order, without gaps**: a node's anchors count from 0. What is missing is seen by its number.
//! 3. **Safe to repeat**: one of the last anchors again is accepted and changes nothing; another root under a used number is refused. So a
//!    node may submit again whenever it is unsure, and neither a crash nor a full pool loses or doubles an anchor.
//! 4. **For ever, in bounded space**: what was anchored can be proven for as long as the chain lives, and a node takes the same few
//!    kilobytes of state after a thousand anchors and after a thousand million. Disputes are kept with their outcome.
//! 5. **Policy on chain**: when and how nodes anchor is state; a change needs no new binary.
//! 6. **Never stuck**: to the off-chain worker every failure (no key, a full pool, a nonce that is taken) means "later": it drops what it
//!    could not do, and the courier offers the same anchor again at a later block.
//!
//! ## Terminology
//!
//! * *Batch root*: the root over the trade records of one packet, countersigned by both parties, kept by their nodes.
//! * *Anchor*: a root over batch roots, on chain, known by node and sequence.
//! * *Range*: the tree over all anchors of a node, of which the chain keeps the peaks.
//! * *Turn*: the first block of a node's interval.
//! * *Delegate*: the account that may anchor for a node and do nothing else for its member but issue receipts.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod hook;
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
pub use sealane_primitives::runtime_api::KEPT_ANCHORS;
pub use types::*;
pub use weights::WeightInfo;

#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use alloc::vec::Vec;
	use frame_support::pallet_prelude::*;
	use frame_system::{
		offchain::{AppCrypto, CreateSignedTransaction},
		pallet_prelude::*,
	};
	use sealane_primitives::{
		directory::CourierPolicy,
		evidence::range::Range,
		ids::*,
		runtime_api::AnchorEntry,
		traits::{ChannelRegistry, MemberRegistry},
	};

	/// Version of the storage layout.
	pub const STORAGE_VERSION: StorageVersion = StorageVersion::new(3);

	/// Roots of trade records, and the hook that drives the courier.
	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config:
		frame_system::Config<RuntimeEvent: From<Event<Self>>> + CreateSignedTransaction<Call<Self>>
	{
		/// Tells whose delegate an account is, and which node this one is.
		type Members: MemberRegistry<Self::AccountId>;

		/// Tells the parties of a channel and what is allowed over it.
		type Channels: ChannelRegistry;

		/// The delegate key, with which the off-chain worker signs.
		type DelegateAuth: AppCrypto<Self::Public, Self::Signature>;

		/// The origin that may set the policy.
		type PolicyOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// The origin that may resolve any dispute.
		type DisputeOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// The policy until governance sets one.
		type DefaultPolicy: Get<CourierPolicy>;

		/// How many nodes are registered.
		type NodeCount: Get<u32>;

		/// Most anchors per block that a policy may set.
		#[pallet::constant]
		type MaxAnchorsPerBlock: Get<u32>;

		/// Shortest age that a policy may set, in milliseconds: blocks come late now and then.
		#[pallet::constant]
		type ShortestAge: Get<Moment>;

		/// Longest age that a policy may set, in milliseconds: a revocation must take effect.
		#[pallet::constant]
		type LongestAge: Get<Moment>;

		/// Fewest blocks that a policy may set for answers on a channel that is over: an order is answered days after it came.
		#[pallet::constant]
		type ShortestDrain: Get<BlockNumber>;

		/// Most blocks that a policy may set for them: an end must take effect.
		#[pallet::constant]
		type LongestDrain: Get<BlockNumber>;

		/// Most disputes that one party may have open on one channel.
		#[pallet::constant]
		type MaxOpenDisputes: Get<u32>;

		/// Weights of the calls.
		type WeightInfo: WeightInfo;

		/// Puts members and channels in place for benchmarks.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkSetup: sealane_primitives::traits::BenchmarkSetup<Self::AccountId>;
	}

	/// How often nodes anchor, and how long they go by what they last heard of the chain.
	#[pallet::storage]
	pub type Policy<T: Config> = StorageValue<_, CourierPolicy, ValueQuery, T::DefaultPolicy>;

	/// All anchors of a node, as the peaks of its mountain range. Its `count` is the number that the next anchor must have.
	#[pallet::storage]
	pub type Ranges<T> = StorageMap<_, Twox64Concat, NodeId, Range, ValueQuery>;

	/// The last [`KEPT_ANCHORS`] of each node, by node and number: a node learns from here that they are final, and evidence is short while it is
	/// young. The key is made of numbers that the chain gives out, so an offline verifier derives it.
	#[pallet::storage]
	pub type Anchors<T> = StorageDoubleMap<_, Twox64Concat, NodeId, Twox64Concat, AnchorSequence, Anchor>;

	/// The number of the next dispute.
	#[pallet::storage]
	pub type NextDispute<T> = StorageValue<_, DisputeId, ValueQuery>;

	/// All disputes, open and resolved.
	#[pallet::storage]
	pub type Disputes<T> = StorageMap<_, Twox64Concat, DisputeId, Dispute>;

	/// The open disputes of a party on a channel. Apart from the disputes, so that the limit and the search for a second dispute over
	/// the same batch touch open ones only.
	#[pallet::storage]
	pub type OpenDisputes<T: Config> = StorageDoubleMap<
		_,
		Twox64Concat,
		ChannelId,
		Twox64Concat,
		MemberId,
		BoundedVec<DisputeId, T::MaxOpenDisputes>,
		ValueQuery,
	>;

	/// The policy at genesis.
	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// How nodes are to behave; `None` is [`Config::DefaultPolicy`].
		pub policy: Option<CourierPolicy>,
		/// Ties the configuration to the runtime.
		#[serde(skip)]
		pub _config: core::marker::PhantomData<T>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			if let Some(policy) = self.policy {
				let valid = Pallet::<T>::validate(&policy);
				assert!(
					valid.is_ok(),
					"anchors: the policy {policy:?} of the genesis breaks a rule: {valid:?}"
				);
				Policy::<T>::put(policy);
			}
		}
	}

	/// What happened: the business API for evidence.
	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A node anchored a root.
		Anchored {
			/// The node.
			node: NodeId,
			/// The number of the anchor.
			sequence: AnchorSequence,
			/// The member that runs the node.
			member: MemberId,
			/// The root.
			root: Digest,
		},
		/// The policy changed; nodes follow it from the next block on.
		PolicySet {
			/// The policy until now.
			old: CourierPolicy,
			/// The policy from now on.
			new: CourierPolicy,
		},
		/// A party disputes a batch.
		DisputeOpened {
			/// The number of the dispute.
			dispute: DisputeId,
			/// The channel.
			channel: ChannelId,
			/// The root of the batch.
			root: Digest,
			/// The party that opened it.
			by: MemberId,
			/// What it holds against the other's records.
			reason: DisputeReason,
		},
		/// A dispute is over.
		DisputeResolved {
			/// The number of the dispute.
			dispute: DisputeId,
			/// The channel.
			channel: ChannelId,
			/// The root of the batch.
			root: Digest,
			/// How it ended.
			outcome: Outcome,
			/// The party that ended it; `None` is the council.
			by: Option<MemberId>,
		},
	}

	/// Why a call was refused.
	#[pallet::error]
	pub enum Error<T> {
		/// The account is no node's delegate, manages no party of the channel, or did not open this dispute.
		NotAuthorized,
		/// The member is suspended.
		NotActive,
		/// Under this number the node already anchored another root, or one that the chain no longer keeps by itself.
		AlreadyExists,
		/// The number lies beyond the node's next one: an anchor before it is missing.
		SequenceAhead,
		/// The node anchored in this interval already.
		IntervalNotOver,
		/// There is no such channel.
		ChannelNotFound,
		/// There is no such dispute.
		DisputeNotFound,
		/// The party already has a dispute open over this batch.
		DisputeAlreadyOpen,
		/// The dispute is over.
		AlreadyResolved,
		/// Only the council may end a dispute this way.
		OutcomeNotAllowed,
		/// The party has `MaxOpenDisputes` open on this channel.
		MaxOpenDisputesExceeded,
		/// The policy breaks a rule.
		InvalidPolicy(PolicyFault),
		/// All numbers for anchors or disputes are given out.
		NumbersExhausted,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			let default = T::DefaultPolicy::get();
			let valid = Self::validate(&default);
			assert!(
				valid.is_ok(),
				"DefaultPolicy {default:?} must keep the limits: {valid:?}"
			);
			assert!(
				T::MaxOpenDisputes::get() > 0,
				"MaxOpenDisputes must be at least 1: nobody could dispute"
			);
		}

		fn offchain_worker(block: BlockNumberFor<T>) {
			Self::run_offchain(Self::number(block));
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Anchor a root for the caller's node.
		///
		/// **Origin**: the delegate of a node whose member is active.
		///
		/// **Details**: `sequence` must be the node's next number, the `count` of [`Ranges`], and the node must not have anchored in this
		/// interval of its own yet. The same root under one of the last [`KEPT_ANCHORS`] numbers changes nothing and succeeds, so that a node may
		/// submit again when it does not know whether the first went through. The anchor that is none of the last any more stays in the range
		/// alone.
		///
		/// **Errors**: [`Error::NotAuthorized`], [`Error::NotActive`], [`Error::AlreadyExists`], [`Error::SequenceAhead`],
		/// [`Error::IntervalNotOver`], [`Error::NumbersExhausted`].
		///
		/// **Events**: [`Event::Anchored`], unless it was a repeat.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::anchor())]
		pub fn anchor(origin: OriginFor<T>, sequence: AnchorSequence, root: Digest) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_anchor(&who, sequence, root)
		}

		/// Put on record that a batch is disputed.
		///
		/// **Origin**: the account that manages the seller or the issuer of the channel.
		///
		/// **Details**: the channel may be over; disputes come late. The batch need not be anchored: that it is not may be the reason.
		///
		/// **Errors**: [`Error::ChannelNotFound`], [`Error::NotAuthorized`], [`Error::DisputeAlreadyOpen`],
		/// [`Error::MaxOpenDisputesExceeded`], [`Error::NumbersExhausted`].
		///
		/// **Events**: [`Event::DisputeOpened`].
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::open_dispute(T::MaxOpenDisputes::get()))]
		pub fn open_dispute(
			origin: OriginFor<T>,
			channel: ChannelId,
			root: Digest,
			reason: DisputeReason,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_open_dispute(&who, channel, root, reason)
		}

		/// End a dispute.
		///
		/// **Origin**: [`Config::DisputeOrigin`] with any outcome, or the account that manages the party that opened the dispute, which may
		/// withdraw it or declare it settled.
		///
		/// **Errors**: [`Error::DisputeNotFound`], [`Error::AlreadyResolved`], [`Error::NotAuthorized`], [`Error::OutcomeNotAllowed`].
		///
		/// **Events**: [`Event::DisputeResolved`].
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::resolve_dispute())]
		pub fn resolve_dispute(origin: OriginFor<T>, dispute: DisputeId, outcome: Outcome) -> DispatchResult {
			let who = match T::DisputeOrigin::try_origin(origin) {
				Ok(_) => None,
				Err(origin) => Some(ensure_signed(origin)?),
			};
			Self::do_resolve_dispute(who.as_ref(), dispute, outcome)
		}

		/// Set how often nodes anchor, how long they go by what they last heard of the chain, and how long answers travel on a channel
		/// that is over.
		///
		/// **Origin**: [`Config::PolicyOrigin`].
		///
		/// **Errors**: [`Error::InvalidPolicy`].
		///
		/// **Events**: [`Event::PolicySet`].
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::set_policy())]
		pub fn set_policy(origin: OriginFor<T>, policy: CourierPolicy) -> DispatchResult {
			T::PolicyOrigin::ensure_origin(origin)?;
			Self::do_set_policy(policy)
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// The anchor of a node with this number, one of its last [`KEPT_ANCHORS`].
		pub fn anchor_of(node: NodeId, sequence: AnchorSequence) -> Option<AnchorEntry> {
			Self::anchor_entry(node, sequence)
		}

		/// The number that a node's next anchor must have.
		pub fn next_sequence(node: NodeId) -> AnchorSequence {
			Self::next_anchor(node)
		}

		/// All anchors of a node, as the peaks of its range.
		pub fn range_of(node: NodeId) -> Range {
			Self::range(node)
		}

		/// First block of the interval of `node` in which the current block lies.
		pub fn turn_of(node: NodeId) -> BlockNumber {
			Self::turn(node, Self::now())
		}

		/// Whether `path` shows that the node anchored `root` in `block` under this number, however long ago.
		pub fn is_anchored(
			node: NodeId,
			sequence: AnchorSequence,
			root: Digest,
			block: BlockNumber,
			path: Vec<Digest>,
		) -> bool {
			Ranges::<T>::get(node).proves(node, sequence, &root, block, &path)
		}

		/// Whether `proof` shows that `leaf` is in the tree that the node anchored under this number, one of its last [`KEPT_ANCHORS`].
		pub fn verify(node: NodeId, sequence: AnchorSequence, leaf: Digest, proof: InclusionProof) -> bool {
			Self::is_proven(node, sequence, &leaf, &proof)
		}

		/// The policy in force.
		pub fn current_policy() -> CourierPolicy {
			Self::policy()
		}

		/// The dispute with this number, open or resolved.
		pub fn dispute(dispute: DisputeId) -> Option<Dispute> {
			Disputes::<T>::get(dispute)
		}

		/// The open disputes on a channel, by number.
		pub fn open_disputes_of(channel: ChannelId) -> Vec<(DisputeId, Dispute)> {
			Self::open_disputes(channel)
		}
	}
}
