// SPDX-License-Identifier: Apache-2.0

//! What can go wrong with a network on this machine.

use crate::{node::NodeError, process::ProcessError};
use std::path::PathBuf;

/// Result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a network could not be set up, or did not do what it should.
#[derive(Debug, thiserror::Error)]
pub enum Error {
	/// A program is not where the build puts it.
	#[error("{path} is missing: build it with `cargo build --release --workspace --bins`")]
	BinaryMissing {
		/// Where it was looked for.
		path: PathBuf,
	},
	/// A node.
	#[error(transparent)]
	Node(#[from] NodeError),
	/// A process.
	#[error(transparent)]
	Process(#[from] ProcessError),
	/// The chain refused, or does not answer.
	#[error("chain: {0}")]
	Chain(#[from] sealane_operator::chain::ChainError),
	/// The terminals' library.
	#[error(transparent)]
	Terminal(#[from] sealane_terminal_core::Error),
	/// A node's HTTP API.
	#[error("API: {0}")]
	Api(#[from] sealane_sdk::Error),
	/// A command of the terminals failed.
	#[error("`sealane {command}` ended with {status}:\n{output}")]
	Command {
		/// Its arguments.
		command: String,
		/// How it ended.
		status: String,
		/// What it said.
		output: String,
	},
	/// Files.
	#[error("{what}: {source}")]
	Io {
		/// What was tried.
		what: String,
		/// Why it failed.
		source: std::io::Error,
	},
	/// A node's metrics.
	#[error("metrics: {0}")]
	Metrics(#[from] reqwest::Error),
	/// What was waited for did not happen.
	#[error("{what} did not happen within {seconds} s{hint}")]
	TooSlow {
		/// What.
		what: String,
		/// The limit.
		seconds: u64,
		/// What was seen instead; begins with a separator where it is not empty.
		hint: String,
	},
	/// Something is not as it must be.
	#[error("{0}")]
	Unexpected(String),
}

impl Error {
	/// Of a file or folder that cannot be read or written.
	pub fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
		let what = what.into();
		move |source| Error::Io { what, source }
	}
}
