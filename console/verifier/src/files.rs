// SPDX-License-Identifier: Apache-2.0

//! The files of a check, as they were given.

use alloc::{string::String, vec::Vec};
use sha2::{Digest as _, Sha256};

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
	/// A pack, or a set of packs.
	Evidence,
	/// A raw chain specification.
	Specification,
	/// A checkpoint.
	Checkpoint,
	/// Blocks that are known from elsewhere.
	Known,
}

impl Kind {
	/// By its number in the interface.
	pub const fn of(number: u32) -> Option<Self> {
		match number {
			0 => Some(Kind::Evidence),
			1 => Some(Kind::Specification),
			2 => Some(Kind::Checkpoint),
			3 => Some(Kind::Known),
			_ => None,
		}
	}
}

/// The files of a check.
#[derive(Default)]
pub struct Files {
	pub(crate) evidence: Vec<u8>,
	pub(crate) specification: Option<Vec<u8>>,
	pub(crate) checkpoint: Option<Vec<u8>>,
	pub(crate) known: Vec<u8>,
}

impl Files {
	/// None yet.
	pub const fn new() -> Self {
		Files {
			evidence: Vec::new(),
			specification: None,
			checkpoint: None,
			known: Vec::new(),
		}
	}

	/// Takes a file; an earlier one of this kind is forgotten.
	pub fn give(&mut self, kind: Kind, bytes: Vec<u8>) {
		match kind {
			Kind::Evidence => self.evidence = bytes,
			Kind::Specification => self.specification = Some(bytes),
			Kind::Checkpoint => self.checkpoint = Some(bytes),
			Kind::Known => self.known = bytes,
		}
	}

	/// What was read, each with its name for people and its SHA-256. `evidence` is that of the first.
	pub(crate) fn digests(&self, evidence: &'static str) -> Vec<(&'static str, String)> {
		let digest = |bytes: &[u8]| hex::encode(Sha256::digest(bytes));
		let mut digests = alloc::vec![(evidence, digest(&self.evidence))];
		if let Some(bytes) = &self.specification {
			digests.push((sealane_evidence_report::page::SPECIFICATION, digest(bytes)));
		}
		if let Some(bytes) = &self.checkpoint {
			digests.push((sealane_evidence_report::page::CHECKPOINT, digest(bytes)));
		}
		digests
	}
}
