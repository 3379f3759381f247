// SPDX-License-Identifier: Apache-2.0

//! Customers' registrations and the chain: which of them an issuer's node found open, and when its receipts and closings are there to stay.
//!
//! An order states under which commitment its customer is registered. The issuer's node asks the chain whether it is open, in one sorted
//! question per turn of a packet, and keeps what it found open: a customer orders again. In each block the chain tells in a few bytes
//! how many registrations with this issuer ended so far, and a hash over them. Where that changed, the node fetches those that ended and
//! forgets them; where they do not lead to the hash, it is on another branch of the chain and forgets all.

use crate::{
	chain::{ChainView, Snapshot},
	cutting::Note,
	records::ReceiptsSettled,
	service::Courier,
};
use hashbrown::HashSet;
use parking_lot::Mutex;
use sealane_primitives::{
	ids::{BlockNumber, Digest, MemberId},
	registration::Ends,
};
use std::sync::Arc;

const LOG_TARGET: &str = "courier";
/// Most registrations that are kept as found open in each of two generations: 32 MiB in all.
const MAX_FOUND: usize = 262_144;
/// Most commitments of one question to the chain.
const MAX_ASKED: usize = 1_024;

/// The registrations with this issuer that were found open.
#[derive(Default)]
pub struct Registrations {
	found: Mutex<Found>,
}

#[derive(Default)]
struct Found {
	/// The newest block by which this was brought up to date.
	block: BlockNumber,
	/// What had ended by then.
	ends: Ends,
	/// What was used lately.
	young: HashSet<Digest>,
	/// What was used before the young ones were too many.
	old: HashSet<Digest>,
}

impl Found {
	fn has(&mut self, commitment: &Digest) -> bool {
		if self.young.contains(commitment) {
			return true;
		}
		let has = self.old.contains(commitment);
		if has {
			self.insert(*commitment);
		}
		has
	}

	fn insert(&mut self, commitment: Digest) {
		if self.young.len() >= MAX_FOUND {
			self.old = std::mem::take(&mut self.young);
		}
		self.young.insert(commitment);
	}

	fn remove(&mut self, commitment: &Digest) {
		self.young.remove(commitment);
		self.old.remove(commitment);
	}

	/// Forget what has ended by the block of `snapshot`.
	fn bring_to(&mut self, chain: &dyn ChainView, snapshot: &Snapshot) {
		if snapshot.block < self.block || snapshot.ends == self.ends {
			self.block = self.block.max(snapshot.block);
			return;
		}
		self.block = snapshot.block;
		let before = std::mem::replace(&mut self.ends, snapshot.ends);
		if self.young.is_empty() && self.old.is_empty() {
			return;
		}
		let issuer = snapshot.directory.member.id;
		let since = chain.ended_registrations(&snapshot.hash, issuer, before.count);
		let leads_here = |since: &Vec<Digest>| since.iter().fold(before, |ends, it| ends.and(it)) == snapshot.ends;
		match since.map(|since| since.filter(leads_here)) {
			Ok(Some(since)) => since.iter().for_each(|commitment| self.remove(commitment)),
			Ok(None) => self.forget_all(),
			Err(why) => {
				log::warn!(target: LOG_TARGET, "Which registrations ended cannot be read, so all are asked for again: {why}");
				self.forget_all();
			}
		}
	}

	fn forget_all(&mut self) {
		self.young.clear();
		self.old.clear();
	}
}

impl Registrations {
	/// Whether each of `commitments` stands for an open registration with this node's member in the block of `snapshot`.
	///
	/// # Errors
	/// A text for the log where the chain cannot be asked.
	pub fn are_open(
		&self,
		chain: &dyn ChainView,
		snapshot: &Snapshot,
		commitments: &[Digest],
	) -> Result<Vec<bool>, String> {
		if commitments.is_empty() {
			return Ok(Vec::new());
		}
		let mut open: Vec<bool> = {
			let mut found = self.found.lock();
			found.bring_to(chain, snapshot);
			commitments.iter().map(|commitment| found.has(commitment)).collect()
		};
		let mut asked: Vec<Digest> = commitments
			.iter()
			.zip(&open)
			.filter(|(_, open)| !**open)
			.map(|(commitment, _)| *commitment)
			.collect();
		if asked.is_empty() {
			return Ok(open);
		}
		// In the order in which they stand in the state, each once.
		asked.sort_unstable();
		asked.dedup();
		let mut answers = HashSet::with_capacity(asked.len());
		for some in asked.chunks(MAX_ASKED) {
			let registered = chain.are_registered(&snapshot.hash, snapshot.directory.member.id, some.to_vec())?;
			if registered.len() != some.len() {
				return Err(format!(
					"the runtime answers {} of {} questions",
					registered.len(),
					some.len()
				));
			}
			answers.extend(
				some.iter()
					.zip(registered)
					.filter(|(_, is)| *is)
					.map(|(commitment, _)| *commitment),
			);
		}
		let mut found = self.found.lock();
		// What ended meanwhile must not be entered again.
		if found.ends == snapshot.ends {
			answers.iter().for_each(|commitment| found.insert(*commitment));
		}
		for (open, commitment) in open.iter_mut().zip(commitments) {
			*open |= answers.contains(commitment);
		}
		Ok(open)
	}
}

/// Follow finality: what a final block has of this node's receipts and closings need not be offered any more.
pub(crate) async fn settle(courier: &Arc<Courier>) {
	let Some(snapshot) = courier.snapshot() else { return };
	let issuer = snapshot.directory.member.id;
	let (waiting, closing) = {
		let book = courier.library.book.read();
		(book.receipts.oldest(MAX_ASKED), book.closings.oldest(MAX_ASKED))
	};
	let receipts: Vec<Digest> = waiting.iter().map(|receipt| receipt.commitment).collect();
	if let Some(outcomes) = outcomes(courier, issuer, &receipts) {
		for (receipt, outcome) in waiting.iter().zip(&outcomes) {
			if outcome.is_some_and(|accepted| accepted != receipt.accepted) {
				log::warn!(
					target: LOG_TARGET,
					"The receipt {} is final with the opposite of what this node's business system said; the chain's stands",
					hex::encode(receipt.commitment),
				);
			}
		}
		let issued = |(commitment, outcome): (&Digest, &Option<bool>)| outcome.map(|_| *commitment);
		let settled: Vec<Digest> = receipts.iter().zip(&outcomes).filter_map(issued).collect();
		note_settled(courier, snapshot.block, settled, Note::Receipts).await;
	}
	if let Some(ended) = final_ends(courier, issuer, &closing) {
		note_settled(courier, snapshot.block, ended, Note::Closed).await;
	}
}

/// What the newest final block says of receipts; `None` where there is nothing to ask for, or no answer.
fn outcomes(courier: &Courier, issuer: MemberId, commitments: &[Digest]) -> Option<Vec<Option<bool>>> {
	if commitments.is_empty() {
		return None;
	}
	let outcomes = courier.chain.receipt_outcomes(issuer, commitments.to_vec());
	let outcomes = outcomes
		.inspect_err(|why| log::debug!(target: LOG_TARGET, "Receipts cannot be looked up: {why}"))
		.ok()?;
	(outcomes.len() == commitments.len()).then_some(outcomes)
}

/// Those of `closing` that are over in the newest final block: issued, and not open.
fn final_ends(courier: &Courier, issuer: MemberId, closing: &[Digest]) -> Option<Vec<Digest>> {
	let outcomes = outcomes(courier, issuer, closing)?;
	let open = courier.chain.are_finally_registered(issuer, closing.to_vec()).ok()?;
	let states = closing.iter().zip(outcomes.iter().zip(open));
	let over = states.filter(|(_, (outcome, open))| outcome.is_some() && !open);
	Some(over.map(|(commitment, _)| *commitment).collect())
}

async fn note_settled(
	courier: &Courier,
	block: BlockNumber,
	commitments: Vec<Digest>,
	note: impl FnOnce(ReceiptsSettled) -> Note,
) {
	if commitments.is_empty() {
		return;
	}
	let bytes = commitments.len() * 32;
	let settled = ReceiptsSettled {
		at: courier.clock.now_ms(),
		block,
		commitments,
	};
	courier.note_durably(note(settled), bytes).await;
}
