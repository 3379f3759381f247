// SPDX-License-Identifier: Apache-2.0

//! Customers' registrations and the chain: which of them an issuer's node found open.
//!
//! An order states under which commitment its customer is registered. The issuer's node asks the chain whether it is open, in one sorted
//! question per turn of a packet, and keeps what it found open: a customer orders again. In each block the chain tells in a few bytes
//! how many registrations with this issuer ended so far, and a hash over them. Where that changed, the node fetches those that ended and
//! forgets them; where they do not lead to the hash, it is on another branch of the chain and forgets all.

use crate::chain::{ChainView, Snapshot};
use hashbrown::HashSet;
use parking_lot::Mutex;
use sealane_primitives::{
	ids::{BlockNumber, Digest},
	registration::Ends,
};

const LOG_TARGET: &str = "courier";
/// Most registrations that are kept as found open in each of two generations: 32 MiB in all.
const MAX_FOUND: usize = 262_144;
/// Most commitments of one question to the chain.
pub(crate) const MAX_ASKED: usize = 1_024;

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
