// SPDX-License-Identifier: Apache-2.0

//! # Registration receipts
//!
//! That a customer is registered with an issuer, provable to those who know the customer and meaningless to all others.
//!
//! ## Overview
//!
//! A bank's customer who wants a product of an issuer must be registered with it. The application travels sealed between the
//! two nodes; the issuer registers the customer or does not, and its node puts a *receipt* on chain: a salted commitment with
//! the outcome. The receipt answers the clause "registered with this issuer", can be shown in a dispute, and can be closed
//! when the customer leaves, or revoked when it was wrong.
//!
//! ## Example
//!
//! A customer's way from registration to leaving, as a test runs it:
#![doc = docify::embed!("src/tests/close.rs", a_customer_is_registered_until_the_receipt_is_closed)]
//!
//! ## Design goals
//!
//! 1. **No customer can be found.** See the next section.
//! 2. **Repeats do no harm.** The same commitment twice is one receipt; batches skip what is there and say how much that was. So the
//!    off-chain worker may offer a receipt as often as it likes until it sees it on chain.
//! 3. **A receipt is never forgotten.** Closing and revoking change where it stands; what was once said stays readable.
//! 4. **The machine issues, the manager corrects.** A node's delegate may issue and close. Revoking takes the issuer's manager, or the
//!    council.
//! 5. **An end is heard of at once.** Nodes keep what they found open, and hear in the next block of what is not any more: see [`EndsOf`].
//! 6. **A batch fits.** The largest batch fits into a block by weight and by length, which the pallet's integrity test checks.
//!
//! ## What an observer learns, and what not
//!
//! On chain are: the issuer, 32 bytes, accepted or rejected, open, closed or revoked with the block, and, as with every
//! extrinsic, that the issuer's node or manager signed it.
//!
//! * **Not who the customer is.** The commitment is
//!   [`SHA-256(tag ‖ salt ‖ issuer ‖ seller ‖ customer)`](sealane_primitives::registration) with 32 random bytes of salt per registration
//!   that only the two terminals know. References are easily guessed; salts are not, so going through all possible customers
//!   confirms nothing.
//! * **Not which bank the customer came from.** The seller is bound by the commitment and stored nowhere: the lookup needs issuer
//!   and commitment only, and whoever knows the customer knows the seller. With a plain seller field anybody could count a bank's
//!   new customers per issuer and day; so a bank's customers cannot be enumerated, nor even counted, from chain state.
//! * **Not that two receipts are the same person's.** A customer with three issuers, or one who registers again, has
//!   commitments with different salts.
//! * **How many** registrations an issuer decides, when, and how many it rejects, over all its sellers. Batches blur the times. An
//!   issuer that wants to hide the number as well can issue commitments to random bytes: nothing tells them from
//!   real ones.
//! * **The salt's holder learns all.** Showing salt and customer proves a registration to a third party, for ever. Purging the
//!   salts makes the receipts meaningless for good, which is how the right to erasure is kept.
//!
//! ## The off-chain worker
//!
//! On every block the issuer's node asks its courier for registration outcomes that wait, submits those that are not on chain
//! as one batch signed with the node's delegate key. The courier itself forgets a receipt when a final block has it, and never on the
//! strength of a place in a pool or on a branch. Between submission and finality the same receipts are offered again; see
//! [`sealane_primitives::delegate`] for why that does no harm.
//!
//! ## Terminology
//!
//! * **Receipt**: the issuer's word on one registration.
//! * **Commitment**: the 32 bytes that stand for the customer.
//! * **Registered**: the receipt says accepted and is open.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod hook;
mod impls;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;
// In every build with `std`, so that tools can check a state that they loaded; never in the wasm of a normal build.
#[cfg(any(feature = "std", feature = "try-runtime"))]
mod try_state;
pub mod types;
pub mod weights;

pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use frame_support::pallet_prelude::*;
	use frame_system::{
		offchain::{AppCrypto, CreateSignedTransaction},
		pallet_prelude::*,
	};
	use sealane_primitives::{
		ids::*,
		registration::Ends,
		traits::{MemberRegistry, RegistrationRegistry},
	};

	/// The receipts of one batch.
	pub type NewReceiptsOf<T> = BoundedVec<NewReceipt, <T as Config>::MaxBatch>;
	/// The commitments of one batch.
	pub type CommitmentsOf<T> = BoundedVec<Digest, <T as Config>::MaxBatch>;

	/// The in-code storage version.
	const STORAGE_VERSION: StorageVersion = StorageVersion::new(2);

	/// How many ended registrations of an issuer are told one by one. A node that missed more of them asks again for all that it took for
	/// open.
	pub const KEPT_ENDS: u32 = 1_024;

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config:
		frame_system::Config<RuntimeEvent: From<Event<Self>>> + CreateSignedTransaction<Call<Self>>
	{
		/// The members: who manages whom, who is active, whose delegate an account is.
		type Members: MemberRegistry<Self::AccountId>;

		/// The delegate key, with which the off-chain worker signs.
		type DelegateAuth: AppCrypto<Self::Public, Self::Signature>;

		/// May revoke a receipt of any issuer.
		type ForceRevokeOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// Most receipts in one batch.
		#[pallet::constant]
		type MaxBatch: Get<u32>;

		/// Weights of the calls.
		type WeightInfo: WeightInfo;

		/// Puts members in place for benchmarks.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkSetup: sealane_primitives::traits::BenchmarkSetup<Self::AccountId>;
	}

	/// All receipts ever issued, by issuer and commitment.
	// Hot: read by every check of a clause. Why a receipt was revoked is in `Revocations`.
	#[pallet::storage]
	pub type Receipts<T> = StorageDoubleMap<_, Twox64Concat, MemberId, Blake2_128Concat, Digest, Receipt>;

	/// Why and by whom receipts were revoked.
	// Cold: read by people.
	#[pallet::storage]
	pub type Revocations<T> = StorageDoubleMap<_, Twox64Concat, MemberId, Blake2_128Concat, Digest, Revocation>;

	/// How many receipts of an issuer stand where.
	#[pallet::storage]
	pub type Tallies<T> = StorageMap<_, Twox64Concat, MemberId, Tally, ValueQuery>;

	/// The registrations with an issuer that ended, in a few bytes: what its nodes look at in every block.
	#[pallet::storage]
	pub type EndsOf<T> = StorageMap<_, Twox64Concat, MemberId, Ends, ValueQuery>;

	/// The last [`KEPT_ENDS`] of them: the one with number `n` at `n % KEPT_ENDS`.
	#[pallet::storage]
	pub type Ended<T> = StorageDoubleMap<_, Twox64Concat, MemberId, Twox64Concat, u32, Digest>;

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A receipt was issued.
		Issued {
			/// The issuer.
			issuer: MemberId,
			/// The commitment.
			commitment: Digest,
			/// What was decided.
			outcome: Outcome,
		},
		/// A batch of receipts was issued.
		BatchIssued {
			/// The issuer.
			issuer: MemberId,
			/// How many say accepted.
			accepted: u32,
			/// How many say rejected.
			rejected: u32,
			/// How many were on chain before, or earlier in the batch, with the same outcome, and were skipped.
			repeated: u32,
			/// How many were on chain before, or earlier in the batch, with the other outcome, and were skipped. Their issuer
			/// has to sort that out: a registration has one outcome.
			conflicting: u32,
		},
		/// A registration ended in good order.
		Closed {
			/// The issuer.
			issuer: MemberId,
			/// The commitment.
			commitment: Digest,
		},
		/// Registrations ended in good order.
		BatchClosed {
			/// The issuer.
			issuer: MemberId,
			/// How many.
			closed: u32,
			/// How many were unknown, rejected, closed or revoked before, and were skipped.
			skipped: u32,
		},
		/// A receipt was declared wrong.
		Revoked {
			/// The issuer.
			issuer: MemberId,
			/// The commitment.
			commitment: Digest,
			/// What the receipt said.
			outcome: Outcome,
			/// Why.
			reason: RevocationReason,
			/// By whom.
			by: RevokedBy,
		},
	}

	#[pallet::error]
	pub enum Error<T> {
		/// The account neither manages a member nor, where delegates may do this, is a node's delegate.
		NotAuthorized,
		/// The issuer is not admitted, or suspended.
		MemberNotActive,
		/// The member does not hold the role of an issuer.
		RoleMissing,
		/// The batch is empty.
		EmptyBatch,
		/// A receipt for this commitment exists.
		AlreadyExists,
		/// The issuer has no receipt for this commitment.
		NotFound,
		/// The receipt stands where this is not possible.
		NotPossible(Standing),
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		/// Puts the outcomes on chain that wait in this node's courier.
		fn offchain_worker(_: BlockNumberFor<T>) {
			Self::run_offchain(Self::block())
		}

		fn integrity_test() {
			Self::do_integrity_test()
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Issue a receipt.
		///
		/// ## Origin
		/// The manager of an active member with the role of an issuer, or the delegate of one of its nodes.
		///
		/// ## Details
		/// The commitment is [`sealane_primitives::registration::commitment`]. It must hold no personal data in any other form:
		/// what is on chain stays.
		///
		/// ## Errors
		/// [`Error::NotAuthorized`], [`Error::MemberNotActive`], [`Error::RoleMissing`], [`Error::AlreadyExists`].
		///
		/// ## Events
		/// [`Event::Issued`].
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::issue())]
		pub fn issue(origin: OriginFor<T>, commitment: Digest, accepted: bool) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_issue(who, commitment, accepted)
		}

		/// Issue many receipts. What exists is skipped and counted.
		///
		/// ## Origin
		/// The manager of an active member with the role of an issuer, or the delegate of one of its nodes.
		///
		/// ## Errors
		/// [`Error::NotAuthorized`], [`Error::MemberNotActive`], [`Error::RoleMissing`], [`Error::EmptyBatch`].
		///
		/// ## Events
		/// [`Event::BatchIssued`].
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::issue_batch(receipts.len() as u32))]
		pub fn issue_batch(origin: OriginFor<T>, receipts: NewReceiptsOf<T>) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_issue_batch(who, receipts)
		}

		/// End a registration in good order.
		///
		/// ## Origin
		/// The manager of the issuer, or the delegate of one of its nodes. The issuer may be suspended: ending takes no right away
		/// from anybody but the customer who leaves.
		///
		/// ## Errors
		/// [`Error::NotAuthorized`], [`Error::NotFound`], [`Error::NotPossible`].
		///
		/// ## Events
		/// [`Event::Closed`].
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::close())]
		pub fn close(origin: OriginFor<T>, commitment: Digest) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_close(who, commitment)
		}

		/// End many registrations in good order. What cannot be closed is skipped and counted.
		///
		/// ## Origin
		/// The manager of the issuer, or the delegate of one of its nodes.
		///
		/// ## Errors
		/// [`Error::NotAuthorized`], [`Error::EmptyBatch`].
		///
		/// ## Events
		/// [`Event::BatchClosed`].
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::close_batch(commitments.len() as u32))]
		pub fn close_batch(origin: OriginFor<T>, commitments: CommitmentsOf<T>) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_close_batch(who, commitments)
		}

		/// Declare a receipt wrong, whatever its outcome, as its issuer.
		///
		/// ## Origin
		/// The manager of the issuer.
		///
		/// ## Errors
		/// [`Error::NotAuthorized`], [`Error::NotFound`], [`Error::NotPossible`] where it was revoked before.
		///
		/// ## Events
		/// [`Event::Revoked`].
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::revoke())]
		pub fn revoke(origin: OriginFor<T>, commitment: Digest, reason: RevocationReason) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_revoke(who, commitment, reason)
		}

		/// Declare a receipt of any issuer wrong.
		///
		/// ## Origin
		/// [`Config::ForceRevokeOrigin`].
		///
		/// ## Errors
		/// [`Error::NotFound`], [`Error::NotPossible`] where it was revoked before.
		///
		/// ## Events
		/// [`Event::Revoked`].
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::force_revoke())]
		pub fn force_revoke(
			origin: OriginFor<T>,
			issuer: MemberId,
			commitment: Digest,
			reason: RevocationReason,
		) -> DispatchResult {
			T::ForceRevokeOrigin::ensure_origin(origin)?;
			Self::do_force_revoke(issuer, commitment, reason)
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// The receipt of `issuer` for `commitment`.
		pub fn receipt(issuer: MemberId, commitment: Digest) -> Option<Receipt> {
			Receipts::<T>::get(issuer, commitment)
		}

		/// Whether `commitment` stands for a registration with `issuer` that is neither closed nor revoked.
		pub fn registered(issuer: MemberId, commitment: Digest) -> bool {
			<Self as RegistrationRegistry>::is_registered(issuer, &commitment)
		}

		/// How many receipts of `issuer` stand where.
		pub fn tally_of(issuer: MemberId) -> Tally {
			Tallies::<T>::get(issuer)
		}
	}
}
