// SPDX-License-Identifier: Apache-2.0

//! From what a check without any node starts: a chain specification, a checkpoint, or both, and blocks that are known from elsewhere.

use alloc::vec::Vec;
use sealane_verifier::{Checkpoint, Genesis, KnownBlock, Start, Verifier};

/// What a check without any node starts from.
#[derive(Clone, Debug)]
pub struct Origin {
	from: From,
	known: Vec<KnownBlock>,
}

#[derive(Clone, Debug)]
enum From {
	Genesis(Genesis),
	Checkpoint(Checkpoint),
	Both(Genesis, Checkpoint),
}

impl Origin {
	/// From these; `None` where there is neither the one nor the other.
	pub fn new(genesis: Option<Genesis>, checkpoint: Option<Checkpoint>, known: Vec<KnownBlock>) -> Option<Self> {
		let from = match (genesis, checkpoint) {
			(Some(genesis), None) => From::Genesis(genesis),
			(None, Some(checkpoint)) => From::Checkpoint(checkpoint),
			(Some(genesis), Some(checkpoint)) => From::Both(genesis, checkpoint),
			(None, None) => return None,
		};
		Some(Origin { from, known })
	}

	/// The beginning of the chain alone.
	pub fn of_genesis(genesis: Genesis) -> Self {
		Origin {
			from: From::Genesis(genesis),
			known: Vec::new(),
		}
	}

	/// For the verifier.
	pub fn start(&self) -> Start<'_> {
		match &self.from {
			From::Genesis(genesis) => Start::Genesis(genesis),
			From::Checkpoint(checkpoint) => Start::Checkpoint(checkpoint),
			From::Both(genesis, checkpoint) => Start::Through(genesis, checkpoint),
		}
	}

	/// Judges packs from here.
	pub fn verifier(&self) -> Verifier<'_> {
		Verifier::from(self.start()).knowing(&self.known)
	}
}

/// How a block that is known from elsewhere is written.
pub const KNOWN_BLOCK_FORM: &str = "NUMBER:HASH, the hash as 64 hexadecimal digits";

/// A block that is known from elsewhere; `None` where the text has not [`KNOWN_BLOCK_FORM`].
pub fn known_block(text: &str) -> Option<KnownBlock> {
	let (number, digits) = text.split_once(':')?;
	let mut hash = [0; 32];
	hex::decode_to_slice(digits.trim_start_matches("0x"), &mut hash).ok()?;
	let number = number.parse().ok()?;
	Some(KnownBlock { number, hash })
}
