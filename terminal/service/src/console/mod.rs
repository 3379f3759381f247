// SPDX-License-Identifier: Apache-2.0

//! The console: the pages that people work with, served from the origin of the API.
//!
//! It is one archive (tar) beside the binary, or where `--console` says, read once into memory. Without it the API works as ever and `/`
//! says how the archive is built. What a page may do is told to the browser by [`headers`], with every answer.

mod answer;
mod archive;
pub(crate) mod headers;

use archive::Archive;
use sealane_terminal_core::{Error, Result};
use std::path::{Path, PathBuf};

/// What the archive is called beside the binary.
const BESIDE: &str = "sealane-console.tar";

/// The console of a terminal, if it has one.
#[derive(Debug, Default)]
pub(crate) struct Console {
	archive: Option<Archive>,
}

impl Console {
	/// The archive that is named, else the one beside the binary, else none. One beside the binary that cannot be used is left out with an
	/// alarm: trading does not wait for pages.
	///
	/// # Errors
	/// The archive that is named cannot be used.
	pub fn find(named: Option<&Path>) -> Result<Self> {
		if let Some(path) = named {
			let archive =
				Archive::load(path).map_err(|rule| Error::invalid("console", path.display().to_string(), rule))?;
			return Ok(Console::of(path, archive));
		}
		let Some(path) = beside().filter(|path| path.exists()) else {
			return Ok(Console::default());
		};
		match Archive::load(&path) {
			Ok(archive) => Ok(Console::of(&path, archive)),
			Err(rule) => {
				tracing::error!("ALARM: {} is not served: {rule}", path.display());
				Ok(Console::default())
			}
		}
	}

	fn of(path: &Path, archive: Archive) -> Self {
		tracing::info!(
			"console: {}, {} files, SHA-256 {}",
			path.display(),
			archive.len(),
			archive.sha256()
		);
		Console { archive: Some(archive) }
	}
}

fn beside() -> Option<PathBuf> {
	let binary = std::env::current_exe().ok()?;
	Some(binary.parent()?.join(BESIDE))
}

#[cfg(test)]
mod tests;
