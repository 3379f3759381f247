// SPDX-License-Identifier: Apache-2.0

//! The off-chain worker: brings the outcomes on chain that wait in this node's courier.
//!
//! It runs on the state of one block and keeps nothing. A receipt that the courier offers is in one of two places:
//!
//! * **not on chain**: it goes into the next batch, whether or not an earlier batch with it still waits in the pool. If one does,
//!   the pool refuses the new one, because both have the same nonce; if a batch was lost, the new one takes its place;
//! * **on chain**: nothing is done. A fork may still take it back, and then it is submitted again. The courier follows finality and offers
//!   it no more when a final block has it.
//!
//! The same holds of registrations that are to be closed: what is open in this state goes into a batch.

use crate::*;
use alloc::vec::Vec;
use frame_support::traits::Get;
use frame_system::offchain::{Account, ForAny, SendSignedTransaction, Signer};
use sealane_primitives::{
	business::Role,
	courier_host::ask,
	ids::*,
	traits::{MemberRegistry, RegistrationRegistry},
};

/// Log target of the off-chain worker.
const LOG_TARGET: &str = "sealane::receipts";

/// How many batches the courier is asked for. What is on chain and not yet final is among them, usually that of three blocks; the
/// rest is for what waits behind it while finality is late.
const OFFERED_BATCHES: u32 = 32;

impl<T: Config> Pallet<T> {
	/// One run of the off-chain worker after block `at`.
	pub fn run_offchain(at: BlockNumber) {
		// A node without a courier has nothing to do here.
		let Some(peer) = ask::local_peer() else { return };
		let Some((member, node)) = T::Members::node_by_peer(&peer) else {
			return;
		};
		let most = T::MaxBatch::get().saturating_mul(OFFERED_BATCHES);
		let mut waiting = ask::ready_receipts(at, most);
		waiting.retain(|receipt| !Receipts::<T>::contains_key(member, receipt.commitment));
		if !waiting.is_empty() && Self::may_issue(member, at) {
			let batch: Vec<_> = waiting
				.iter()
				.map(|r| NewReceipt {
					commitment: r.commitment,
					accepted: r.accepted,
				})
				.collect();
			let receipts = frame_support::BoundedVec::truncate_from(batch);
			Self::submit(node, Call::issue_batch { receipts }, waiting.len(), at);
		}
		let mut closing = ask::ready_closings(at, most);
		closing.retain(|commitment| Self::is_registered(member, commitment));
		if !closing.is_empty() {
			let waiting = closing.len();
			let commitments = frame_support::BoundedVec::truncate_from(closing);
			Self::submit(node, Call::close_batch { commitments }, waiting, at);
		}
	}

	fn may_issue(member: MemberId, at: BlockNumber) -> bool {
		let may = T::Members::ensure_active(member).is_ok() && T::Members::has_role(member, Role::Issuer);
		if !may {
			log::debug!(target: LOG_TARGET, "block {at}: receipts wait: member {member} is no active issuer");
		}
		may
	}

	/// Submits a batch of what `waiting` receipts or ends need.
	fn submit(node: NodeId, call: Call<T>, waiting: usize, at: BlockNumber) {
		let Some(delegate) = Self::delegate_key(node) else {
			log::warn!(
				target: LOG_TARGET,
				"block {at}: {waiting} receipts wait: the keystore has no delegate key (type {:?}) for node {node}",
				sealane_primitives::keys::DELEGATE_KEY_TYPE,
			);
			return;
		};
		let signer = Signer::<T, T::DelegateAuth, ForAny>::any_account();
		match signer.send_single_signed_transaction(&delegate, call) {
			Some(Ok(())) => log::debug!(target: LOG_TARGET, "block {at}: submitted; {waiting} receipts waited"),
			// An earlier submission of this delegate, receipts or an anchor, still waits in the pool under the same nonce.
			Some(Err(())) => log::debug!(target: LOG_TARGET, "block {at}: the pool does not take receipts now"),
			None => log::warn!(target: LOG_TARGET, "block {at}: {waiting} receipts could not be signed"),
		}
	}

	/// The key in this node's keystore that is the node's delegate on chain, if it is there.
	fn delegate_key(node: NodeId) -> Option<Account<T>> {
		let delegate = T::Members::delegate(node)?;
		Signer::<T, T::DelegateAuth, ForAny>::keystore_accounts().find(|account| account.id == delegate)
	}
}
