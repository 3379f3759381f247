// SPDX-License-Identifier: Apache-2.0

//! Where the programs are.

use crate::error::{Error, Result};
use std::path::PathBuf;

/// The programs that a network is made of.
#[derive(Clone, Debug)]
pub struct Binaries {
	/// The node.
	pub node: PathBuf,
	/// The terminals.
	pub terminal: PathBuf,
}

impl Binaries {
	/// Those of the build that this program or test belongs to: beside it, or one folder up for a test.
	///
	/// # Errors
	/// One of them has not been built.
	pub fn find() -> Result<Self> {
		let own = std::env::current_exe().map_err(Error::io("cannot find this program's own folder"))?;
		let mut folder = own.parent().map(PathBuf::from).unwrap_or_default();
		if folder.ends_with("deps") {
			folder.pop();
		}
		let program = |name: &str| {
			let path = folder.join(name);
			if path.is_file() {
				Ok(path)
			} else {
				Err(Error::BinaryMissing { path })
			}
		};
		Ok(Binaries {
			node: program("sealane-node")?,
			terminal: program("sealane")?,
		})
	}
}
