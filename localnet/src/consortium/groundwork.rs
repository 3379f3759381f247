// SPDX-License-Identifier: Apache-2.0

//! What the networks of one process share, so that only the first of them pays for it: a preset's raw chain specification, and the
//! runtime as the first node compiled it. Each takes seconds of CPU.

use crate::{
	error::{Error, Result},
	node::Node,
};
use std::{
	path::{Path, PathBuf},
	sync::{Arc, Weak},
};
use tempfile::TempDir;
use tokio::sync::Mutex;

/// What exists now, by preset. It goes with the last network that uses it.
static LAID: Mutex<Vec<(&'static str, Weak<Groundwork>)>> = Mutex::const_new(Vec::new());

/// A preset's specification and compiled runtime.
#[derive(Debug)]
pub struct Groundwork {
	folder: TempDir,
	/// Whether the compiled runtime is there; held by the network whose first node makes it.
	is_compiled: Mutex<bool>,
}

impl Groundwork {
	/// That of another network of this process, or a new one.
	///
	/// # Errors
	/// The node cannot export the specification.
	pub async fn lay(binary: &Path, preset: &'static str) -> Result<Arc<Self>> {
		let mut laid = LAID.lock().await;
		let same = laid.iter().find(|(name, _)| *name == preset);
		if let Some(groundwork) = same.and_then(|(_, groundwork)| groundwork.upgrade()) {
			return Ok(groundwork);
		}
		let folder = tempfile::Builder::new().prefix("sealane-groundwork-").tempdir();
		let folder = folder.map_err(Error::io("cannot make a temporary folder"))?;
		let groundwork = Arc::new(Groundwork {
			folder,
			is_compiled: Mutex::new(false),
		});
		let (binary, file) = (binary.to_path_buf(), groundwork.chain_spec());
		tokio::task::spawn_blocking(move || Node::write_chain_spec(&binary, preset, &file))
			.await
			.map_err(|panic| Error::Unexpected(panic.to_string()))??;
		laid.retain(|(_, groundwork)| groundwork.strong_count() > 0);
		laid.push((preset, Arc::downgrade(&groundwork)));
		Ok(groundwork)
	}

	/// The raw chain specification.
	pub fn chain_spec(&self) -> PathBuf {
		self.folder.path().join("chain-spec.json")
	}

	/// The folder with the compiled runtime, once [`Groundwork::start_first`] has returned.
	pub fn compiled(&self) -> PathBuf {
		self.folder.path().join("compiled")
	}

	/// Starts the first node of a network. Where no node has compiled the runtime yet, this one does, and this returns when it
	/// has.
	///
	/// # Errors
	/// The node does not start.
	pub async fn start_first(&self, node: &mut Node) -> Result<()> {
		let mut is_compiled = self.is_compiled.lock().await;
		if *is_compiled {
			node.take_compiled(&self.compiled())?;
			node.spawn()?;
			return Ok(());
		}
		node.spawn()?;
		node.ready().await?;
		node.give_compiled(&self.compiled())?;
		*is_compiled = true;
		Ok(())
	}
}
