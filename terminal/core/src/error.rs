// SPDX-License-Identifier: Apache-2.0

//! What can go wrong in a terminal, and the exit code for each kind.

use std::path::{Path, PathBuf};

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
	/// Whoever did the one step may not do the other.
	#[error("a second person: {who:?} has {did}")]
	SecondPerson {
		/// Who asks.
		who: String,
		/// What this person did: `entered the price of …`.
		did: String,
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
	#[error("{}: {reason}", place(.path, .line))]
	Format {
		/// The file.
		path: PathBuf,
		/// Line, from 1; 0 where the whole file is meant.
		line: u64,
		/// What is wrong, with field and rule.
		reason: String,
	},
	/// The node does not answer, or answered with a problem.
	#[error("node: {reason}")]
	Node {
		/// Why.
		reason: String,
		/// The code of its problem document, where it gave one.
		code: Option<&'static str>,
		/// It may pass by itself: the node is starting, busy or out of reach.
		passes: bool,
	},
	/// The chain does not answer, or refused an extrinsic.
	#[error("chain: {0}")]
	Chain(String),
	/// The database.
	#[error("database: {0}")]
	Database(#[from] sqlx::Error),
	/// The database is not one that this release can use.
	#[error("database: {0}")]
	Schema(String),
	/// Another process works with the same database in the same role.
	#[error("database: {role} is run on it by another process: one terminal for each database")]
	InUse {
		/// What that process does.
		role: &'static str,
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
	/// A proof holds by itself; nothing shows that it is of the chain that is meant.
	#[error("verified by itself only: {0}")]
	ByItselfOnly(String),
	/// Something took longer than allowed.
	#[error("{what} took longer than {seconds} s")]
	TimedOut {
		/// What.
		what: String,
		/// The limit.
		seconds: u64,
	},
	/// The node raises alarms.
	#[error("the node raises {0} alarms")]
	Alarm(usize),
	/// Asked to stop before it was done.
	#[error("stopped: {0}")]
	Stopped(String),
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

	/// Of a node that said something that makes no sense, or a task of ours that ended early.
	pub fn node(reason: impl Into<String>) -> Self {
		Error::Node {
			reason: reason.into(),
			code: None,
			passes: false,
		}
	}

	/// Whether the same may succeed later without anybody changing anything: a node or a database that is away.
	pub fn passes(&self) -> bool {
		match self {
			Error::Node { passes, .. } => *passes,
			Error::Database(error) => is_away(error),
			_ => false,
		}
	}

	/// The process's exit code; `sealane --help` lists them.
	pub fn exit_code(&self) -> u8 {
		match self {
			Error::Invalid { .. } | Error::Format { .. } | Error::SecondPerson { .. } => 3,
			Error::File { .. } => 4,
			Error::Node { .. } | Error::TimedOut { .. } => 5,
			Error::Chain(_) => 6,
			Error::Database(_) | Error::Schema(_) | Error::InUse { .. } => 7,
			Error::NotFound { .. } => 8,
			Error::NotVerified(_) => 9,
			Error::ByItselfOnly(_) => 10,
			Error::Stopped(_) => 11,
			Error::Alarm(_) => 12,
		}
	}

	/// The kind, for programs: the node's own code where it gave one.
	pub fn code(&self) -> &'static str {
		match self {
			Error::Invalid { .. } => "invalid",
			Error::SecondPerson { .. } => "second_person",
			Error::File { .. } => "file",
			Error::Format { .. } => "format",
			Error::Node { code, .. } => code.unwrap_or("node"),
			Error::Chain(_) => "chain",
			Error::Database(_) => "database",
			Error::Schema(_) => "schema",
			Error::InUse { .. } => "in_use",
			Error::NotFound { .. } => "not_found",
			Error::NotVerified(_) => "not_verified",
			Error::ByItselfOnly(_) => "by_itself_only",
			Error::TimedOut { .. } => "timed_out",
			Error::Stopped(_) => "stopped",
			Error::Alarm(_) => "alarm",
		}
	}
}

/// The file, and the line where one is meant.
fn place(path: &Path, line: &u64) -> String {
	match line {
		0 => path.display().to_string(),
		line => format!("{}:{line}", path.display()),
	}
}

/// Whether the database cannot be reached, is starting or stopping, or another writer holds it.
fn is_away(error: &sqlx::Error) -> bool {
	match error {
		sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::WorkerCrashed => true,
		sqlx::Error::Database(error) => error.code().is_some_and(|code| {
			let code = code.as_ref();
			// PostgreSQL: connection exceptions, operator intervention, too many connections, read-only after a fail-over,
			// serialisation and deadlock. SQLite: BUSY and its extended codes.
			["08", "57P", "40"].iter().any(|class| code.starts_with(class))
				|| ["53300", "25006", "5", "261", "517"].contains(&code)
		}),
		_ => false,
	}
}

impl From<sealane_sdk::Error> for Error {
	fn from(error: sealane_sdk::Error) -> Self {
		if let sealane_sdk::Error::Argument { name, value, rule } = error {
			return Error::invalid(name, value, rule);
		}
		Error::Node {
			code: error.code().map(|code| code.as_str()),
			passes: error.is_transient(),
			reason: error.to_string(),
		}
	}
}

/// The table of exit codes, for `--help`.
pub const EXIT_CODES: &str = "Exit codes:
   0  done
   2  wrong command line
   3  an argument, a setting, a key or an input file breaks a rule, or another person must do it
   4  a file cannot be read or written
   5  the node does not answer or refused
   6  the chain does not answer or refused
   7  the database
   8  not found
   9  evidence does not verify
  10  evidence verifies by itself only: nothing shows that it is of the chain that is meant
  11  stopped before it was done
  12  the node raises an alarm (sealane status --check)";

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_line_is_named_where_there_is_one() {
		let format = |line| Error::Format {
			path: "a.csv".into(),
			line,
			reason: "no header".into(),
		};
		assert_eq!(format(0).to_string(), "a.csv: no header");
		assert_eq!(format(7).to_string(), "a.csv:7: no header");
	}
}
