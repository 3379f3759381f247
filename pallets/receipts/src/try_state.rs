// SPDX-License-Identifier: Apache-2.0

//! What must hold in every state.

use crate::*;
use alloc::collections::BTreeMap;
use frame_support::ensure;
use sealane_primitives::ids::*;
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// Checks the invariants of the pallet's storage:
	///
	/// 1. An issuer's tally counts exactly its receipts by where they stand.
	/// 2. No receipt is of the future; none is closed or revoked before it was issued.
	/// 3. Only accepted receipts are closed.
	/// 4. Exactly the revoked receipts have a revocation.
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
		Ok(())
	}
}
