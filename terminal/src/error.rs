// SPDX-License-Identifier: Apache-2.0

//! What can go wrong in a terminal, and the exit code for each kind.

use std::path::PathBuf;

/// Result of the terminals.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a command failed. The variants are the kinds that a script must tell apart; the exit code of each is
/// [`Error::exit_code`].
#[derive(Debug, thiserror::Error)]
pub enum Error {
	/// An argument or a setting breaks a rule.
	#[error("{field}: {value:?} is not allowed: {rule}")]
	Invalid {
		/// The argument, setting or field.
		field: String,
		/// What was given.
		value: String,
		/// What it must be.
		rule: String,
	},
	/// A file cannot be read or written.
	#[error("{path}: {source}")]
	File {
		/// The file.
		path: PathBuf,
		/// Why.
		source: std::io::Error,
	},
	/// A file is not what it must be.
	#[error("{path}:{line}: {reason}")]
	Format {
		/// The file.
		path: PathBuf,
		/// Line, from 1; 0 where the whole file is meant.
		line: u64,
		/// What is wrong, with field, value and rule.
		reason: String,
	},
	/// The node does not answer, or answered with a problem.
	#[error("node: {0}")]
	Node(String),
	/// The chain does not answer, or refused an extrinsic.
	#[error("chain: {0}")]
	Chain(#[from] crate::chain::ChainError),
	/// The database.
	#[error("database: {0}")]
	Database(#[from] sqlx::Error),
	/// The database was made by a newer release.
	#[error("database: schema version {found} is newer than {known}, the newest this release knows")]
	SchemaTooNew {
		/// Version found.
		found: i64,
		/// Newest version known.
		known: i64,
	},
	/// There is no such thing.
	#[error("{what} {name:?} not found")]
	NotFound {
		/// What was looked for.
		what: &'static str,
		/// Its name.
		name: String,
	},
	/// A proof does not hold.
	#[error("not verified: {0}")]
	NotVerified(String),
	/// Something took longer than allowed.
	#[error("{what} took longer than {seconds} s")]
	TimedOut {
		/// What.
		what: String,
		/// The limit.
		seconds: u64,
	},
}

impl Error {
	/// Of a field with a value that breaks a rule.
	pub fn invalid(field: impl Into<String>, value: impl Into<String>, rule: impl Into<String>) -> Self {
		Error::Invalid {
			field: field.into(),
			value: value.into(),
			rule: rule.into(),
		}
	}

	/// Of a file that cannot be read or written.
	pub fn file(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
		let path = path.into();
		move |source| Error::File { path, source }
	}

	/// The process's exit code; `sealane --help` lists them.
	pub fn exit_code(&self) -> u8 {
		match self {
			Error::Invalid { .. } | Error::Format { .. } => 3,
			Error::File { .. } => 4,
			Error::Node(_) | Error::TimedOut { .. } => 5,
			Error::Chain(_) => 6,
			Error::Database(_) | Error::SchemaTooNew { .. } => 7,
			Error::NotFound { .. } => 8,
			Error::NotVerified(_) => 9,
		}
	}
}

/// The table of exit codes, for `--help`.
pub const EXIT_CODES: &str = "Exit codes:
  0  done
  2  wrong command line
  3  an argument, a setting or an input file breaks a rule
  4  a file cannot be read or written
  5  the node does not answer or refused
  6  the chain does not answer or refused
  7  the database
  8  not found
  9  evidence does not verify";
