// SPDX-License-Identifier: Apache-2.0

//! The off-chain worker: the runtime's side of the courier.
//!
//! It runs on every node after each block it imports, on that block's state. It decides (who may send, which anchor is next, how
//! often); the courier, reached through host functions, carries and remembers. Nothing here is kept from one run to the next, and
//! nothing that goes wrong is an error: what was not done now is offered by the courier again at a later block.

use crate::*;
use frame_system::offchain::{Account, ForAny, SendSignedTransaction, Signer};
use sealane_primitives::{
	courier_host::{ask, DueChannel},
	directory::{Authorisation, Refusal},
	ids::*,
	traits::{ChannelRegistry, MemberRegistry},
};

/// Log target of the off-chain worker.
const LOG_TARGET: &str = "sealane::anchors";

/// Blocks from its turn on within which a node that missed it still makes an anchor; later it waits for its next turn, so that the
/// time of an anchor does not tell when something was traded.
pub(crate) const LATE_BLOCKS: BlockNumber = 3;
/// An operator is reminded of a missing key once in this many blocks.
const REMIND_EVERY: BlockNumber = 30;

impl<T: Config> Pallet<T> {
	/// One run of the off-chain worker after block `at`.
	///
	/// 1. Finds out which registered node this is. Where the node is registered no longer, its lanes are closed.
	/// 2. Authorises each channel with something due against the state of this block: dispatches it, or closes it with the reason.
	/// 3. Takes the anchor that is ready, or due at the node's turn, and submits it, signed by the node's delegate key.
	pub fn run_offchain(at: BlockNumber) {
		// A node without a courier (an archive, a validator that does not trade) has nothing to do here.
		let Some(peer) = ask::local_peer() else { return };
		let registered = T::Members::node_by_peer(&peer);
		for due in ask::due_channels() {
			Self::direct(registered.map(|(member, _)| member), due, at);
		}
		let Some((member, node)) = registered else { return };
		match T::Members::ensure_active(member) {
			Ok(()) => Self::submit_anchor(node, at),
			Err(refusal) => {
				log::debug!(target: LOG_TARGET, "block {at}: node {node} does not anchor, member {member}: {refusal:?}")
			}
		}
	}

	/// Dispatch a channel or close it.
	fn direct(member: Option<MemberId>, due: DueChannel, at: BlockNumber) {
		match Self::authorise(member, due.channel) {
			Ok(authorisation) => ask::dispatch(authorisation, at),
			Err(refusal) => {
				if !due.closed {
					log::info!(target: LOG_TARGET, "block {at}: channel {} is closed: {refusal:?}", due.channel);
				}
				// Told again while it stays closed: the reason may have become another.
				ask::close_channel(due.channel, refusal, at);
			}
		}
	}

	/// What this node may send over `channel`, by the same function that its partner asks before it accepts.
	fn authorise(member: Option<MemberId>, channel: ChannelId) -> Result<Authorisation, Refusal> {
		let member = member.ok_or(Refusal::NodeUnknown)?;
		let (seller, issuer) = T::Channels::parties(channel).ok_or(Refusal::ChannelUnknown)?;
		if member != seller && member != issuer {
			return Err(Refusal::NotAParty);
		}
		T::Channels::authorise(channel)
	}

	/// Submit the anchor that is due, if there is one.
	fn submit_anchor(node: NodeId, at: BlockNumber) {
		let range = Ranges::<T>::get(node);
		let next = range.count;
		// What is submitted now is in the next block at the earliest.
		let included = at.saturating_add(1);
		let turn = Self::turn(node, included);
		if next > 0 && range.last >= turn {
			// This interval has its anchor.
			return;
		}
		let due = included - turn < LATE_BLOCKS;
		let Some(ready) = ask::ready_anchor(next, at, due) else {
			return;
		};
		let sequence = ready.sequence;
		if sequence != next {
			log::warn!(target: LOG_TARGET, "block {at}: the courier offers anchor {sequence}, but {next} is the next");
			return;
		}
		let delegate = match Self::delegate_key(node) {
			Ok(delegate) => delegate,
			Err(why) => {
				// Nothing is remembered between runs, so the block decides whether it is time to remind.
				let level = if at.is_multiple_of(REMIND_EVERY) {
					log::Level::Warn
				} else {
					log::Level::Debug
				};
				log::log!(target: LOG_TARGET, level, "block {at}: anchor {sequence} of node {node} waits: {why}");
				return;
			}
		};
		let signer = Signer::<T, T::DelegateAuth, ForAny>::any_account();
		match signer.send_single_signed_transaction(
			&delegate,
			Call::anchor {
				sequence,
				root: ready.root,
			},
		) {
			Some(Ok(())) => ask::anchor_submitted(sequence, at),
			// An earlier submission of this delegate, an anchor or receipts, still waits in the pool under the same nonce.
			Some(Err(())) => {
				log::debug!(target: LOG_TARGET, "block {at}: the pool does not take anchor {sequence} now")
			}
			None => log::warn!(target: LOG_TARGET, "block {at}: anchor {sequence} could not be signed"),
		}
	}

	/// The key in this node's keystore that is the node's delegate on chain; else why there is none.
	fn delegate_key(node: NodeId) -> Result<Account<T>, &'static str> {
		let delegate = T::Members::delegate(node).ok_or("its member named no delegate on chain")?;
		Signer::<T, T::DelegateAuth, ForAny>::keystore_accounts()
			.find(|account| account.id == delegate)
			.ok_or("the keystore has no key (type slan) of the delegate named on chain")
	}
}
