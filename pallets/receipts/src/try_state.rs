// SPDX-License-Identifier: Apache-2.0

//! What must hold in every state.

use crate::*;
use alloc::collections::{BTreeMap, BTreeSet};
use frame_support::ensure;
use sealane_primitives::{ids::*, registration::Ends};
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// Checks the invariants of the pallet's storage:
	///
	/// 1. An issuer's tally counts exactly its receipts by where they stand.
	/// 2. No receipt is of the future; none is closed or revoked before it was issued.
	/// 3. Only accepted receipts are closed.
	/// 4. Exactly the revoked receipts have a revocation.
	/// 5. An issuer's last ends are kept, no others, each once, and stand for receipts that are not open.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		let now = Self::block();
		let mut tallies: BTreeMap<MemberId, Tally> = BTreeMap::new();
		for (issuer, commitment, receipt) in Receipts::<T>::iter() {
			*tallies.entry(issuer).or_default().of(receipt.outcome, receipt.status) += 1;
			ensure!(receipt.issued_at <= now, "2: receipt of the future");
			match receipt.status {
				Status::Open => {}
				Status::Closed(at) => {
					ensure!(
						(receipt.issued_at..=now).contains(&at),
						"2: closed before issued or in the future"
					);
					ensure!(receipt.outcome == Outcome::Accepted, "3: rejected receipt is closed");
				}
				Status::Revoked(at) => {
					ensure!(
						(receipt.issued_at..=now).contains(&at),
						"2: revoked before issued or in the future"
					);
				}
			}
			let revoked = matches!(receipt.status, Status::Revoked(_));
			ensure!(
				Revocations::<T>::contains_key(issuer, commitment) == revoked,
				"4: revocation without revoked receipt or the reverse"
			);
		}
		for (issuer, commitment, _) in Revocations::<T>::iter() {
			ensure!(
				Receipts::<T>::contains_key(issuer, commitment),
				"4: revocation without receipt"
			);
		}
		for (issuer, tally) in Tallies::<T>::iter() {
			ensure!(
				tally == tallies.remove(&issuer).unwrap_or_default(),
				"1: tally miscounts"
			);
		}
		ensure!(tallies.is_empty(), "1: issuer without tally");
		Self::ends_are_kept()
	}

	fn ends_are_kept() -> Result<(), TryRuntimeError> {
		let mut kept: BTreeMap<MemberId, BTreeMap<u32, Digest>> = BTreeMap::new();
		for (issuer, place, commitment) in Ended::<T>::iter() {
			let receipt = Receipts::<T>::get(issuer, commitment).ok_or("5: end without receipt")?;
			ensure!(!receipt.is_registered(), "5: end of an open registration");
			kept.entry(issuer).or_default().insert(place, commitment);
		}
		for (issuer, ends) in EndsOf::<T>::iter() {
			let kept = kept.remove(&issuer).unwrap_or_default();
			ensure!(
				kept.keys().copied().eq(0..ends.count.min(KEPT_ENDS)),
				"5: other ends than the last are kept"
			);
			let once: BTreeSet<_> = kept.values().collect();
			ensure!(once.len() == kept.len(), "5: a registration ended twice");
			if ends.count <= KEPT_ENDS {
				let told = kept.values().fold(Ends::default(), |ends, it| ends.and(it));
				ensure!(told == ends, "5: ends are not what ended");
			}
		}
		ensure!(kept.is_empty(), "5: ends of nobody");
		Ok(())
	}
}
