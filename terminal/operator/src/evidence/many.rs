// SPDX-License-Identifier: Apache-2.0

//! Folders of packs, and files that hold many of them.

use super::read;
use crate::error::{Error, Result};
use sealane_verifier::EvidenceSet;
use std::path::{Path, PathBuf};

/// The packs (`*.json`) in a folder, by name.
///
/// # Errors
/// It cannot be read.
pub fn packs_in(folder: &Path) -> Result<Vec<PathBuf>> {
	let mut files = Vec::new();
	for entry in std::fs::read_dir(folder).map_err(Error::file(folder))? {
		let path = entry.map_err(Error::file(folder))?.path();
		if path.extension().is_some_and(|extension| extension == "json") {
			files.push(path);
		}
	}
	files.sort();
	Ok(files)
}

/// Reads a set of packs.
///
/// # Errors
/// The file cannot be read, or is none.
pub fn read_set(path: &Path) -> Result<EvidenceSet> {
	let bytes = std::fs::read(path).map_err(Error::file(path))?;
	EvidenceSet::from_json(&bytes).map_err(|e| Error::Format {
		path: path.into(),
		line: 0,
		reason: e.to_string(),
	})
}

/// One set of all these packs: files, and folders with such. None is checked for more than its form.
///
/// # Errors
/// One cannot be read, or is no pack; there is none.
pub fn collect(places: &[PathBuf]) -> Result<EvidenceSet> {
	let mut files = Vec::new();
	for place in places {
		match place.is_dir() {
			true => files.extend(packs_in(place)?),
			false => files.push(place.clone()),
		}
	}
	if files.is_empty() {
		return Err(Error::NotFound {
			what: "evidence pack in",
			name: places
				.first()
				.map_or_else(String::new, |place| place.display().to_string()),
		});
	}
	let packs = files.iter().map(|file| read(file)).collect::<Result<Vec<_>>>()?;
	Ok(EvidenceSet::new(packs))
}
