// SPDX-License-Identifier: Apache-2.0

//! The whole check, from the file to what is proven.

use crate::{
	chain::{self, genesis::Genesis},
	pack::{self, EvidencePack},
	record,
	rules::{Defect, Judge, Rule},
	verdict::{KnownBlock, OnChain, Verified},
};
use sealane_primitives::ids::Digest;

/// Judges packs of the chain that began with one specification.
#[derive(Clone, Copy, Debug)]
pub struct Verifier<'a> {
	genesis: &'a Genesis,
	known: &'a [KnownBlock],
	judge: Judge,
}

impl<'a> Verifier<'a> {
	/// Starts at this genesis.
	pub fn new(genesis: &'a Genesis) -> Self {
		Verifier {
			genesis,
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
		let verified = record::verify(self.judge, pack, &self.genesis.hash)?;
		let on_chain = chain::verify(self.judge, pack, &verified, self.genesis, self.known)?;
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
		record::verify(Judge::default(), self, genesis)
	}

	/// Checks the whole pack against the chain that began with `genesis`, and asks no node.
	///
	/// # Errors
	/// The first rule that is broken; a pack without anchor or chain part breaks one.
	pub fn verify_offline(&self, genesis: &Genesis) -> Result<(Verified, OnChain), Defect> {
		Verifier::new(genesis).verify(self)
	}
}
