// SPDX-License-Identifier: Apache-2.0

//! Where the programs are.

use anyhow::{ensure, Context, Result};
use std::path::PathBuf;

/// Environment variable with the folder of `sealane-node` and `sealane`; `scripts/zombienet` sets it.
pub const FOLDER: &str = "SEALANE_PROGRAMS";

/// The programs that a network is made of.
#[derive(Clone, Debug)]
pub struct Programs {
	/// The node.
	pub node: PathBuf,
	/// The terminal.
	pub terminal: PathBuf,
}

impl Programs {
	/// Those in the folder that [`FOLDER`] names.
	///
	/// # Errors
	/// The variable is not set, or a program is missing there.
	pub fn find() -> Result<Self> {
		let folder = std::env::var_os(FOLDER).with_context(|| {
			format!("{FOLDER} is not set: the folder with the node's build; scripts/zombienet sets it")
		})?;
		let program = |name: &str| {
			let path = PathBuf::from(&folder).join(name);
			ensure!(
				path.is_file(),
				"{FOLDER}: {} is missing: build it with `cargo build --release --workspace --bins`",
				path.display()
			);
			Ok(path)
		};
		Ok(Programs {
			node: program("sealane-node")?,
			terminal: program("sealane")?,
		})
	}
}
