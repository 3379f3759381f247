// SPDX-License-Identifier: Apache-2.0

//! Reads the files from which a check without any node starts.

use crate::error::{Error, Result};
use sealane_evidence_report::{origin, Origin};
use sealane_verifier::{Checkpoint, CheckpointFile, Genesis, KnownBlock};
use std::path::Path;

/// Reads the files; of the two paths at least one is needed. `known` are blocks as `NUMBER:HASH`.
///
/// # Errors
/// A file cannot be read, no check can start from it, or neither is given.
pub fn read_origin(specification: Option<&Path>, checkpoint: Option<&Path>, known: &[String]) -> Result<Origin> {
	let genesis = specification.map(read_spec).transpose()?;
	let checkpoint = checkpoint.map(read_checkpoint).transpose()?;
	let known = known.iter().map(|text| known_block(text)).collect::<Result<_>>()?;
	Origin::new(genesis, checkpoint, known).ok_or_else(|| {
		let rule = "a chain specification (--chain) or a checkpoint (--checkpoint) is needed";
		Error::invalid("chain", "", rule)
	})
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
	origin::known_block(text).ok_or_else(|| Error::invalid("known-block", text, origin::KNOWN_BLOCK_FORM))
}
