// SPDX-License-Identifier: Apache-2.0

//! The off-chain worker: brings the outcomes on chain that wait in this node's courier.
//!
//! It runs on the state of one block and keeps nothing. A receipt that the courier offers is in one of three places:
//!
//! * **not on chain**: it goes into the next batch, whether or not an earlier batch with it still waits in the pool. If one does,
//!   the pool refuses the new one, because both have the same nonce; if a batch was lost, the new one takes its place;
//! * **on chain, but recently**: nothing is done. A fork may still take it back, and then it is submitted again;
//! * **on chain for [`SETTLED_BLOCKS`]**: the courier is told, and forgets it.

use crate::*;
use alloc::vec::Vec;
use frame_support::traits::Get;
use frame_system::offchain::{Account, ForAny, SendSignedTransaction, Signer};
use sealane_primitives::{
	business::Role,
	courier_host::{ask, ReadyReceipt},
	ids::*,
	traits::MemberRegistry,
};

/// Log target of the off-chain worker.
const LOG_TARGET: &str = "sealane::receipts";

/// Blocks after which a receipt on chain is taken as there to stay. Finality usually takes three; a receipt taken back by a fork
/// after more than these would have to be issued anew by hand.
pub const SETTLED_BLOCKS: BlockNumber = 8;

/// How many batches the courier is asked for: one per block that has to settle, the next one, and one to spare, so that what
/// settles never hides what waits.
const OFFERED_BATCHES: u32 = SETTLED_BLOCKS + 2;

impl<T: Config> Pallet<T> {
	/// One run of the off-chain worker after block `at`.
	pub fn run_offchain(at: BlockNumber) {
		// A node without a courier has nothing to do here.
		let Some(peer) = ask::local_peer() else { return };
		let Some((member, node)) = T::Members::node_by_peer(&peer) else {
			return;
		};
		let offered = ask::ready_receipts(at, T::MaxBatch::get().saturating_mul(OFFERED_BATCHES));
		if offered.is_empty() {
			return;
		}
		let (mut settled, mut waiting) = (Vec::new(), Vec::new());
		for receipt in offered {
			match Receipts::<T>::get(member, receipt.commitment) {
				Some(issued) if at.saturating_sub(issued.issued_at) >= SETTLED_BLOCKS => {
					if issued.outcome != Outcome::of(receipt.accepted) {
						log::warn!(
							target: LOG_TARGET,
							"block {at}: a receipt issued at block {} says {:?}, the courier says the opposite; the chain's stands",
							issued.issued_at,
							issued.outcome,
						);
					}
					settled.push(receipt.commitment);
				}
				Some(_) => {}
				None => waiting.push(receipt),
			}
		}
		if !settled.is_empty() {
			ask::receipts_submitted(settled, at);
		}
		if !waiting.is_empty() {
			Self::submit(member, node, waiting, at);
		}
	}

	/// Submits as much of `waiting` as one batch takes.
	fn submit(member: MemberId, node: NodeId, waiting: Vec<ReadyReceipt>, at: BlockNumber) {
		if T::Members::ensure_active(member).is_err() || !T::Members::has_role(member, Role::Issuer) {
			log::debug!(
				target: LOG_TARGET,
				"block {at}: {} receipts wait: member {member} is no active issuer",
				waiting.len(),
			);
			return;
		}
		let Some(delegate) = Self::delegate_key(node) else {
			log::warn!(
				target: LOG_TARGET,
				"block {at}: {} receipts wait: the keystore has no delegate key (type {:?}) for node {node}",
				waiting.len(),
				sealane_primitives::keys::DELEGATE_KEY_TYPE,
			);
			return;
		};
		let batch: Vec<_> = waiting
			.iter()
			.map(|r| NewReceipt {
				commitment: r.commitment,
				accepted: r.accepted,
			})
			.collect();
		let call = Call::issue_batch {
			receipts: frame_support::BoundedVec::truncate_from(batch),
		};
		let signer = Signer::<T, T::DelegateAuth, ForAny>::any_account();
		match signer.send_single_signed_transaction(&delegate, call) {
			Some(Ok(())) => log::debug!(target: LOG_TARGET, "block {at}: submitted; {} receipts waited", waiting.len()),
			// An earlier submission of this delegate, receipts or an anchor, still waits in the pool under the same nonce.
			Some(Err(())) => log::debug!(target: LOG_TARGET, "block {at}: the pool does not take receipts now"),
			None => log::warn!(target: LOG_TARGET, "block {at}: {} receipts could not be signed", waiting.len()),
		}
	}

	/// The key in this node's keystore that is the node's delegate on chain, if it is there.
	fn delegate_key(node: NodeId) -> Option<Account<T>> {
		let delegate = T::Members::delegate(node)?;
		Signer::<T, T::DelegateAuth, ForAny>::keystore_accounts().find(|account| account.id == delegate)
	}
}
