// SPDX-License-Identifier: Apache-2.0

//! Attestations of batches: making this node's, judging the partner's.

use crate::{
	chain::ChainView,
	keys::{self, KeyPair},
};
use parking_lot::{Mutex, RwLock};
use sealane_primitives::{
	evidence::{batch, Attestation, Excluded, FinalBlockRef, Side},
	ids::{BlockNumber, Digest},
	keys::{CourierKey, Purpose},
};
use std::{collections::BTreeMap, sync::Arc};

const LOG_TARGET: &str = "courier";
/// How far behind its newest final block a node stays with the block that it names: a partner that is a little behind would have to be asked again.
const DEPTH: BlockNumber = 4;
/// Blocks after which a half is made anew before it is sent, repeated, or anchored beside a younger one: six hours of 2 s blocks. So the blocks that the two
/// halves name lie near each other, and nobody has the other's signature for days before signing.
const FRESH_BLOCKS: BlockNumber = 10_800;
/// Blocks whose hashes are kept.
const KNOWN_BLOCKS: usize = 256;

/// The final chain, as attestations name its blocks.
pub struct FinalChain {
	chain: Arc<dyn ChainView>,
	recent: RwLock<FinalBlockRef>,
	/// Hashes that were looked up; a final block never changes.
	known: Mutex<BTreeMap<BlockNumber, Digest>>,
}

impl FinalChain {
	/// As the chain is now.
	pub fn new(chain: Arc<dyn ChainView>) -> Self {
		// Genesis is final on every node.
		let genesis = FinalBlockRef {
			number: 0,
			hash: chain.genesis(),
		};
		let it = FinalChain {
			chain,
			recent: RwLock::new(genesis),
			known: Mutex::default(),
		};
		it.follow();
		it
	}

	/// Take over what became final.
	pub fn follow(&self) {
		let number = self.newest().saturating_sub(DEPTH);
		// Where it cannot be looked up, the one before serves as well.
		if let Some(hash) = self.hash_of(number) {
			*self.recent.write() = FinalBlockRef { number, hash };
		}
	}

	/// The block that attestations made now name.
	pub fn recent(&self) -> FinalBlockRef {
		*self.recent.read()
	}

	fn newest(&self) -> BlockNumber {
		let finalised = self.chain.finalised();
		let newest = *finalised.borrow();
		newest
	}

	/// Hash of the final block with this number; `None` where none is final yet, or it cannot be looked up.
	pub fn hash_of(&self, number: BlockNumber) -> Option<Digest> {
		if let Some(hash) = self.known.lock().get(&number) {
			return Some(*hash);
		}
		let hash = self.chain.final_hash(number).unwrap_or_else(|error| {
			log::warn!(target: LOG_TARGET, "Final block {number} cannot be looked up: {error}");
			None
		})?;
		let mut known = self.known.lock();
		known.insert(number, hash);
		if known.len() > KNOWN_BLOCKS {
			known.pop_first();
		}
		Some(hash)
	}

	/// Whether a partner's attestation counts now: its key holds, so that what is anchored next holds as well.
	///
	/// # Errors
	/// [`Fault`], the gravest first.
	pub fn judge(&self, attestation: &Attestation, expected: &Expected<'_>) -> Result<(), Fault> {
		let key = expected.keys.iter().find(|key| key.signing == attestation.key);
		let fits = attestation.side == expected.side && attestation.excluded.fits(expected.count);
		let Some(key) = key.filter(|_| fits && attestation.is_signed(expected.genesis, expected.core)) else {
			return Err(Fault::Forged);
		};
		if !key.is_valid_at(expected.at) {
			return Err(Fault::KeyEnded);
		}
		let FinalBlockRef { number, hash } = attestation.block;
		if number > self.newest() {
			return Err(Fault::NotFinalYet);
		}
		match self.hash_of(number) {
			Some(known) if known == hash => Ok(()),
			Some(_) => Err(Fault::OtherBranch),
			None => Err(Fault::NotFinalYet),
		}
	}
}

/// This node's attestation of the batch with this core.
pub fn attest(
	pair: &KeyPair,
	side: Side,
	genesis: &Digest,
	core: &Digest,
	block: FinalBlockRef,
	excluded: Excluded,
) -> Attestation {
	let message = Attestation::message(side, core, &block, &excluded);
	Attestation {
		suite: batch::SUITE,
		side,
		block,
		excluded,
		key: pair.signing_public(),
		signature: pair.sign(Purpose::Attestation, genesis, &message),
	}
}

/// Why a partner's attestation does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
	/// No listed key of the node made it, or it is of something else.
	Forged,
	/// Its key is not valid now.
	KeyEnded,
	/// It names a block that is not final here yet.
	NotFinalYet,
	/// It names a block that is not on the final chain.
	OtherBranch,
}

/// What a partner's attestation must fit.
pub struct Expected<'a> {
	/// The partner's side.
	pub side: Side,
	/// Hash of the chain's genesis block.
	pub genesis: &'a Digest,
	/// Hash of the batch's core.
	pub core: &'a Digest,
	/// Records of the batch.
	pub count: u32,
	/// The keys that the chain lists for the partner's node.
	pub keys: &'a [CourierKey],
	/// This node's newest block.
	pub at: BlockNumber,
}

/// Whether a half that names block `named` is to be made anew beside one that names, or would name, block `other`.
pub fn is_older(named: BlockNumber, other: BlockNumber) -> bool {
	other >= named.saturating_add(FRESH_BLOCKS)
}

/// The attestation, made anew where it names a block of long ago, or the key that signed it is over or soon will be; `None` where it need not, or
/// cannot.
pub fn anew(
	attestation: &Attestation,
	listed: &[CourierKey],
	at: BlockNumber,
	signer: Option<&KeyPair>,
	genesis: &Digest,
	core: &Digest,
	block: FinalBlockRef,
) -> Option<Attestation> {
	let holds = listed
		.iter()
		.any(|key| key.signing == attestation.key && keys::holds_on(key, at));
	if holds && !is_older(attestation.block.number, block.number) {
		return None;
	}
	let excluded = attestation.excluded.clone();
	Some(attest(signer?, attestation.side, genesis, core, block, excluded))
}
