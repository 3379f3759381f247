// SPDX-License-Identifier: Apache-2.0

//! What waits to be brought on chain about customers' registrations: receipts, and closings. Part of the [book](crate::book).

use hashbrown::HashSet;
use sealane_primitives::{courier_host::ReadyReceipt, ids::Digest};
use std::collections::VecDeque;

/// Results of registrations that wait to be put on chain, oldest first.
#[derive(Debug, Default)]
pub struct Receipts {
	waiting: VecDeque<ReadyReceipt>,
	known: HashSet<Digest>,
}

impl Receipts {
	/// Enter one; each waits once.
	pub fn push(&mut self, receipt: ReadyReceipt) {
		if self.known.insert(receipt.commitment) {
			self.waiting.push_back(receipt);
		}
	}

	/// Whether a receipt that waits says accepted; `None` where none waits.
	pub fn waits(&self, commitment: &Digest) -> Option<bool> {
		if !self.known.contains(commitment) {
			return None;
		}
		let found = self.waiting.iter().find(|receipt| receipt.commitment == *commitment);
		found.map(|receipt| receipt.accepted)
	}

	/// The oldest ones.
	pub fn oldest(&self, max: usize) -> Vec<ReadyReceipt> {
		self.waiting.iter().take(max).cloned().collect()
	}

	/// These are on chain for good.
	pub fn settle(&mut self, commitments: &[Digest]) {
		let settled: HashSet<_> = commitments.iter().filter(|c| self.known.remove(*c)).collect();
		self.waiting.retain(|receipt| !settled.contains(&receipt.commitment));
	}
}

/// Registrations that wait to be closed on chain, oldest first.
#[derive(Debug, Default)]
pub struct Closings {
	waiting: VecDeque<Digest>,
	known: HashSet<Digest>,
}

impl Closings {
	/// Enter some more; each waits once.
	pub fn add(&mut self, commitments: &[Digest]) {
		for commitment in commitments {
			if self.known.insert(*commitment) {
				self.waiting.push_back(*commitment);
			}
		}
	}

	/// The oldest ones.
	pub fn oldest(&self, max: usize) -> Vec<Digest> {
		self.waiting.iter().take(max).copied().collect()
	}

	/// These are closed for good.
	pub fn settle(&mut self, commitments: &[Digest]) {
		let settled: HashSet<_> = commitments.iter().filter(|c| self.known.remove(*c)).collect();
		self.waiting.retain(|commitment| !settled.contains(commitment));
	}
}
