// SPDX-License-Identifier: Apache-2.0

//! The whole check, from the file to what is proven.

use crate::{
	chain::{self, genesis::Genesis},
	checkpoint::Checkpoint,
	memo::Memo,
	pack::{self, EvidencePack},
	record,
	rules::{Defect, Judge, Rule},
	verdict::{KnownBlock, OnChain, Verified},
};
use alloc::format;
use sealane_primitives::ids::Digest;

/// From where a check follows the chain.
#[derive(Clone, Copy, Debug)]
pub enum Start<'a> {
	/// From its beginning.
	Genesis(&'a Genesis),
	/// From a block that somebody vouches for; what is shown from before is not looked at.
	Checkpoint(&'a Checkpoint),
	/// From its beginning, and from a block that somebody vouches for on as that one says.
	Through(&'a Genesis, &'a Checkpoint),
}

impl<'a> Start<'a> {
	/// How the chain began, where a specification says so.
	pub const fn genesis(self) -> Option<&'a Genesis> {
		match self {
			Start::Genesis(genesis) | Start::Through(genesis, _) => Some(genesis),
			Start::Checkpoint(_) => None,
		}
	}

	/// The block that somebody vouches for.
	pub const fn checkpoint(self) -> Option<&'a Checkpoint> {
		match self {
			Start::Checkpoint(checkpoint) | Start::Through(_, checkpoint) => Some(checkpoint),
			Start::Genesis(_) => None,
		}
	}

	/// Hash of the genesis block.
	pub const fn hash(self) -> &'a Digest {
		match self {
			Start::Genesis(genesis) | Start::Through(genesis, _) => &genesis.hash,
			Start::Checkpoint(checkpoint) => &checkpoint.genesis,
		}
	}

	/// That both are of one chain.
	fn demand_one_chain(self, judge: Judge) -> Result<(), Defect> {
		let Start::Through(genesis, checkpoint) = self else {
			return Ok(());
		};
		judge.demand(Rule::CheckpointGenesis, genesis.hash == checkpoint.genesis, || {
			format!(
				"the checkpoint is of the chain {}, the specification of {}",
				hex::encode(checkpoint.genesis),
				hex::encode(genesis.hash)
			)
		})
	}
}

/// Judges packs of one chain.
#[derive(Clone, Copy, Debug)]
pub struct Verifier<'a> {
	start: Start<'a>,
	known: &'a [KnownBlock],
	judge: Judge,
}

impl<'a> Verifier<'a> {
	/// Starts at this genesis.
	pub fn new(genesis: &'a Genesis) -> Self {
		Self::from(Start::Genesis(genesis))
	}

	/// Starts there.
	pub fn from(start: Start<'a>) -> Self {
		Verifier {
			start,
			known: &[],
			judge: Judge::default(),
		}
	}

	/// Compares the blocks of each pack with these.
	pub fn knowing(self, known: &'a [KnownBlock]) -> Self {
		Verifier { known, ..self }
	}

	/// Leaves a rule out, to show that it is needed. A verdict without it is worth nothing.
	#[doc(hidden)]
	pub fn without(self, rule: Rule) -> Self {
		Verifier {
			judge: Judge::without(rule),
			..self
		}
	}

	/// Reads and checks a file. Returns what is proven.
	///
	/// # Errors
	/// The first rule that is broken.
	pub fn verify_file(&self, json: &[u8]) -> Result<(Verified, OnChain), Defect> {
		self.verify(&pack::read::pack(self.judge, json)?)
	}

	/// Checks a whole pack, and asks no node. Returns what is proven.
	///
	/// # Errors
	/// The first rule that is broken; a pack without anchor or chain part breaks one.
	pub fn verify(&self, pack: &EvidencePack) -> Result<(Verified, OnChain), Defect> {
		self.session().verify(pack)
	}

	/// For many packs: what they share is judged once.
	pub fn session(&self) -> Session<'a> {
		Session {
			verifier: *self,
			memo: Memo::default(),
		}
	}
}

/// Judges many packs of one chain, and remembers what held.
pub struct Session<'a> {
	verifier: Verifier<'a>,
	memo: Memo,
}

impl Session<'_> {
	/// As [`Verifier::verify`].
	///
	/// # Errors
	/// The first rule that is broken.
	pub fn verify(&self, pack: &EvidencePack) -> Result<(Verified, OnChain), Defect> {
		let Verifier { start, known, judge } = self.verifier;
		start.demand_one_chain(judge)?;
		let verified = record::verify(judge, pack, start.hash(), &self.memo)?;
		let on_chain = chain::verify(judge, pack, &verified, start, known, &self.memo)?;
		Ok((verified, on_chain))
	}
}

impl EvidencePack {
	/// Checks all that needs no chain: record → leaf → batch root → both signatures → anchor root, and that nothing else was changed. Returns
	/// what remains to be asked of the chain with that genesis hash.
	///
	/// # Errors
	/// The first rule that is broken.
	pub fn verify_local(&self, genesis: &Digest) -> Result<Verified, Defect> {
		record::verify(Judge::default(), self, genesis, &Memo::default())
	}

	/// Checks the whole pack against the chain that began with `genesis`, and asks no node.
	///
	/// # Errors
	/// The first rule that is broken; a pack without anchor or chain part breaks one.
	pub fn verify_offline(&self, genesis: &Genesis) -> Result<(Verified, OnChain), Defect> {
		Verifier::new(genesis).verify(self)
	}
}
