// SPDX-License-Identifier: Apache-2.0

//! What the calls do.

use crate::*;
use alloc::vec::Vec;
use codec::MaxEncodedLen;
use frame_support::{dispatch::DispatchClass, pallet_prelude::*, traits::Get};
use sealane_primitives::{
	business::Role,
	ids::*,
	registration::Ends,
	traits::{MemberRegistry, RegistrationRegistry},
};
use sp_runtime::traits::UniqueSaturatedInto;

impl<T: Config> RegistrationRegistry for Pallet<T> {
	fn is_registered(issuer: MemberId, commitment: &Digest) -> bool {
		Receipts::<T>::get(issuer, commitment).is_some_and(|r| r.is_registered())
	}

	fn ends(issuer: MemberId) -> Ends {
		EndsOf::<T>::get(issuer)
	}

	fn ended(issuer: MemberId, from: u32) -> Option<Vec<Digest>> {
		// At most `KEPT_ENDS` reads: nothing older is asked for.
		let count = EndsOf::<T>::get(issuer).count;
		if from < count.saturating_sub(KEPT_ENDS) {
			return None;
		}
		(from..count)
			.map(|number| Ended::<T>::get(issuer, number % KEPT_ENDS))
			.collect()
	}

	fn outcome(issuer: MemberId, commitment: &Digest) -> Option<bool> {
		Receipts::<T>::get(issuer, commitment).map(|receipt| receipt.outcome == Outcome::Accepted)
	}
}

impl<T: Config> Pallet<T> {
	/// The current block in the number type that members and nodes use. The one place that converts.
	pub(crate) fn block() -> BlockNumber {
		frame_system::Pallet::<T>::block_number().unique_saturated_into()
	}

	/// The member that `who` manages, or for one of whose nodes it is the delegate.
	fn ensure_manager_or_delegate(who: &T::AccountId) -> Result<MemberId, Error<T>> {
		T::Members::member_of(who)
			.or_else(|| T::Members::delegate_of(who).map(|(member, _)| member))
			.ok_or(Error::<T>::NotAuthorized)
	}

	/// The member, if it may issue receipts now.
	fn ensure_issuer(who: &T::AccountId) -> Result<MemberId, Error<T>> {
		let member = Self::ensure_manager_or_delegate(who)?;
		ensure!(T::Members::ensure_active(member).is_ok(), Error::<T>::MemberNotActive);
		ensure!(T::Members::has_role(member, Role::Issuer), Error::<T>::RoleMissing);
		Ok(member)
	}

	pub(crate) fn do_issue(who: T::AccountId, commitment: Digest, accepted: bool) -> DispatchResult {
		let issuer = Self::ensure_issuer(&who)?;
		ensure!(
			!Receipts::<T>::contains_key(issuer, commitment),
			Error::<T>::AlreadyExists
		);
		let outcome = Outcome::of(accepted);
		Tallies::<T>::mutate(issuer, |tally| Self::insert(tally, issuer, commitment, outcome));
		Self::deposit_event(Event::Issued {
			issuer,
			commitment,
			outcome,
		});
		Ok(())
	}

	pub(crate) fn do_issue_batch(who: T::AccountId, receipts: NewReceiptsOf<T>) -> DispatchResult {
		let issuer = Self::ensure_issuer(&who)?;
		ensure!(!receipts.is_empty(), Error::<T>::EmptyBatch);
		let mut tally = Tallies::<T>::get(issuer);
		let (mut accepted, mut rejected, mut repeated, mut conflicting) = (0, 0, 0, 0);
		for receipt in receipts {
			let outcome = Outcome::of(receipt.accepted);
			match Receipts::<T>::get(issuer, receipt.commitment) {
				Some(existing) if existing.outcome == outcome => repeated += 1,
				Some(_) => conflicting += 1,
				None => {
					Self::insert(&mut tally, issuer, receipt.commitment, outcome);
					match outcome {
						Outcome::Accepted => accepted += 1,
						Outcome::Rejected => rejected += 1,
					}
				}
			}
		}
		Tallies::<T>::insert(issuer, tally);
		Self::deposit_event(Event::BatchIssued {
			issuer,
			accepted,
			rejected,
			repeated,
			conflicting,
		});
		Ok(())
	}

	fn insert(tally: &mut Tally, issuer: MemberId, commitment: Digest, outcome: Outcome) {
		let count = tally.of(outcome, Status::Open);
		*count = count.saturating_add(1);
		let receipt = Receipt {
			outcome,
			status: Status::Open,
			issued_at: Self::block(),
		};
		Receipts::<T>::insert(issuer, commitment, receipt);
	}

	pub(crate) fn do_close(who: T::AccountId, commitment: Digest) -> DispatchResult {
		let issuer = Self::ensure_manager_or_delegate(&who)?;
		let mut tally = Tallies::<T>::get(issuer);
		Self::close_one(&mut tally, issuer, commitment)?;
		Tallies::<T>::insert(issuer, tally);
		Self::deposit_event(Event::Closed { issuer, commitment });
		Ok(())
	}

	pub(crate) fn do_close_batch(who: T::AccountId, commitments: CommitmentsOf<T>) -> DispatchResult {
		let issuer = Self::ensure_manager_or_delegate(&who)?;
		ensure!(!commitments.is_empty(), Error::<T>::EmptyBatch);
		let mut tally = Tallies::<T>::get(issuer);
		let (mut closed, mut skipped) = (0, 0);
		for commitment in commitments {
			match Self::close_one(&mut tally, issuer, commitment) {
				Ok(()) => closed += 1,
				Err(_) => skipped += 1,
			}
		}
		Tallies::<T>::insert(issuer, tally);
		Self::deposit_event(Event::BatchClosed {
			issuer,
			closed,
			skipped,
		});
		Ok(())
	}

	/// Closes one receipt, or leaves everything as it was.
	fn close_one(tally: &mut Tally, issuer: MemberId, commitment: Digest) -> Result<(), Error<T>> {
		let receipt = Receipts::<T>::get(issuer, commitment).ok_or(Error::<T>::NotFound)?;
		match (receipt.status, receipt.outcome) {
			(Status::Open, Outcome::Accepted) => {}
			(Status::Open, Outcome::Rejected) => return Err(Error::<T>::NotPossible(Standing::Rejected)),
			(Status::Closed(_), _) => return Err(Error::<T>::NotPossible(Standing::Closed)),
			(Status::Revoked(_), _) => return Err(Error::<T>::NotPossible(Standing::Revoked)),
		}
		Self::move_to(tally, issuer, commitment, receipt, Status::Closed(Self::block()));
		Ok(())
	}

	/// Writes a receipt's new status and counts it there. Where it ends a registration, nodes get to know.
	fn move_to(tally: &mut Tally, issuer: MemberId, commitment: Digest, receipt: Receipt, status: Status) {
		if receipt.is_registered() {
			Self::note_end(issuer, commitment);
		}
		let from = tally.of(receipt.outcome, receipt.status);
		*from = from.saturating_sub(1);
		let to = tally.of(receipt.outcome, status);
		*to = to.saturating_add(1);
		Receipts::<T>::insert(issuer, commitment, Receipt { status, ..receipt });
	}

	/// A registration ended in this block.
	fn note_end(issuer: MemberId, commitment: Digest) {
		let before = EndsOf::<T>::get(issuer);
		// In the place of the one that is told no longer.
		Ended::<T>::insert(issuer, before.count % KEPT_ENDS, commitment);
		EndsOf::<T>::insert(issuer, before.and(&commitment));
	}

	pub(crate) fn do_revoke(who: T::AccountId, commitment: Digest, reason: RevocationReason) -> DispatchResult {
		let issuer = T::Members::member_of(&who).ok_or(Error::<T>::NotAuthorized)?;
		Self::revoke_one(
			issuer,
			commitment,
			Revocation {
				reason,
				by: RevokedBy::Issuer,
			},
		)
	}

	pub(crate) fn do_force_revoke(issuer: MemberId, commitment: Digest, reason: RevocationReason) -> DispatchResult {
		Self::revoke_one(
			issuer,
			commitment,
			Revocation {
				reason,
				by: RevokedBy::Council,
			},
		)
	}

	/// A closed receipt can be revoked too: that it was wrong matters for what was traded while it was open.
	fn revoke_one(issuer: MemberId, commitment: Digest, revocation: Revocation) -> DispatchResult {
		let receipt = Receipts::<T>::get(issuer, commitment).ok_or(Error::<T>::NotFound)?;
		ensure!(
			!matches!(receipt.status, Status::Revoked(_)),
			Error::<T>::NotPossible(Standing::Revoked)
		);
		Tallies::<T>::mutate(issuer, |tally| {
			Self::move_to(tally, issuer, commitment, receipt, Status::Revoked(Self::block()))
		});
		Revocations::<T>::insert(issuer, commitment, revocation);
		let Revocation { reason, by } = revocation;
		Self::deposit_event(Event::Revoked {
			issuer,
			commitment,
			outcome: receipt.outcome,
			reason,
			by,
		});
		Ok(())
	}

	pub(crate) fn do_integrity_test() {
		let max = T::MaxBatch::get();
		assert!(max > 0, "MaxBatch must not be 0");
		let weights = T::BlockWeights::get();
		let normal = weights.get(DispatchClass::Normal);
		let limit = normal.max_extrinsic.or(normal.max_total).unwrap_or(weights.max_block);
		for (call, weight) in [
			("issue_batch", T::WeightInfo::issue_batch(max)),
			("close_batch", T::WeightInfo::close_batch(max)),
		] {
			assert!(
				weight.all_lte(limit),
				"{call} with MaxBatch ({max}) receipts weighs {weight:?}, a block has room for {limit:?}"
			);
		}
		// The list, and what an extrinsic has around it: signature, extensions, era, indexes.
		let length = (NewReceiptsOf::<T>::max_encoded_len() as u32).saturating_add(512);
		let room = *T::BlockLength::get().max.get(DispatchClass::Normal);
		assert!(
			length <= room,
			"a batch of MaxBatch ({max}) receipts is {length} bytes, a block has room for {room}"
		);
	}
}
