// SPDX-License-Identifier: Apache-2.0

//! From what a check without any node starts: a chain specification, a checkpoint, or both, and blocks that are known from elsewhere.

use crate::error::{Error, Result};
use sealane_verifier::{Checkpoint, CheckpointFile, Genesis, KnownBlock, Start, Verifier};
use std::path::Path;

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
	/// Reads the files; of the two paths at least one is needed. `known` are blocks as `NUMBER:HASH`.
	///
	/// # Errors
	/// A file cannot be read, no check can start from it, or neither is given.
	pub fn read(specification: Option<&Path>, checkpoint: Option<&Path>, known: &[String]) -> Result<Self> {
		let from = match (specification, checkpoint) {
			(Some(specification), None) => From::Genesis(read_spec(specification)?),
			(None, Some(checkpoint)) => From::Checkpoint(read_checkpoint(checkpoint)?),
			(Some(specification), Some(checkpoint)) => {
				From::Both(read_spec(specification)?, read_checkpoint(checkpoint)?)
			}
			(None, None) => {
				let rule = "a chain specification (--chain) or a checkpoint (--checkpoint) is needed";
				return Err(Error::invalid("chain", "", rule));
			}
		};
		let known = known.iter().map(|text| known_block(text)).collect::<Result<_>>()?;
		Ok(Origin { from, known })
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

/// Reads a raw chain specification.
///
/// # Errors
/// The file cannot be read, or no check can start from it.
pub fn read_spec(path: &Path) -> Result<Genesis> {
	let bytes = std::fs::read(path).map_err(Error::file(path))?;
	Genesis::from_spec(&bytes).map_err(|e| format(path, e.to_string()))
}

/// Reads a checkpoint and checks it by itself.
///
/// # Errors
/// The file cannot be read, or is none; its state does not bear it out, or a signature does not fit.
pub fn read_checkpoint(path: &Path) -> Result<Checkpoint> {
	read_checkpoint_file(path)?
		.verify()
		.map_err(|defect| Error::NotVerified(format!("{}: {defect}", path.display())))
}

/// Reads a checkpoint without checking more than its form.
///
/// # Errors
/// The file cannot be read, or is none.
pub fn read_checkpoint_file(path: &Path) -> Result<CheckpointFile> {
	let bytes = std::fs::read(path).map_err(Error::file(path))?;
	CheckpointFile::from_json(&bytes).map_err(|e| format(path, e.to_string()))
}

fn format(path: &Path, reason: String) -> Error {
	Error::Format {
		path: path.into(),
		line: 0,
		reason,
	}
}

/// `NUMBER:HASH`, a block that the verifier knows from elsewhere.
///
/// # Errors
/// It has another form.
pub fn known_block(text: &str) -> Result<KnownBlock> {
	let rule = "NUMBER:HASH, the hash as 64 hexadecimal digits";
	let fault = || Error::invalid("known-block", text, rule);
	let (number, digits) = text.split_once(':').ok_or_else(fault)?;
	let mut hash = [0; 32];
	hex::decode_to_slice(digits.trim_start_matches("0x"), &mut hash).map_err(|_| fault())?;
	let number = number.parse().map_err(|_| fault())?;
	Ok(KnownBlock { number, hash })
}
