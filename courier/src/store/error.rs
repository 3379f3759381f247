// SPDX-License-Identifier: Apache-2.0

//! What can go wrong, one enum per operation.

use super::{frame::Damage, Position};
use std::{io, path::PathBuf, sync::Arc};

/// Why a store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
	/// The disk refused an operation.
	#[error("{action} {path}: {source}", path = path.display())]
	Io {
		/// What was tried, in the words of a sentence before the path.
		action: &'static str,
		/// On which file or folder.
		path: PathBuf,
		/// What the operating system said.
		source: io::Error,
	},
	/// Another process has the store open.
	#[error("{path} is in use by another process", path = path.display())]
	Locked {
		/// The store's folder.
		path: PathBuf,
	},
	/// A file does not hold what was written to it. What lies behind it was durable once, so opening stops here.
	#[error("{file} is damaged at offset {offset} (position {position}): {damage}", file = file.display())]
	Corrupt {
		/// The damaged file.
		file: PathBuf,
		/// Where in it, in bytes.
		offset: u64,
		/// The same place in the log.
		position: Position,
		/// What is wrong there.
		damage: Damage,
	},
	/// A segment that must exist does not.
	#[error("{folder} has no segment that begins at position {expected}; the next one begins at {found:?}", folder = folder.display())]
	Missing {
		/// The folder of the log.
		folder: PathBuf,
		/// The position at which a segment should begin.
		expected: Position,
		/// Where the next segment begins that does exist.
		found: Option<Position>,
	},
	/// A segment of another store lies in the folder.
	#[error("{file} belongs to another store", file = file.display())]
	Foreign {
		/// The foreign file.
		file: PathBuf,
	},
}

/// Why records were not stored. Cheap to clone: one failure answers many callers.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
	/// The disk has no room. Nothing of the group was stored; the same call may succeed when there is room again.
	#[error("the disk has no room for {bytes} more bytes")]
	Full {
		/// Bytes that the refused group would have taken.
		bytes: u64,
	},
	/// The store is read-only after a failure whose effect on the disk is unknown. The records may or may not be found after a
	/// restart; until then nothing is accepted.
	#[error("the store is read-only: {0}")]
	Frozen(Arc<str>),
	/// One call carries more than may ever wait in the queue, or one record more than a record may hold.
	#[error("{bytes} bytes are above the limit of {limit}")]
	TooLarge {
		/// Bytes of the call.
		bytes: u64,
		/// The limit, in bytes.
		limit: u64,
	},
	/// The queue is full and the caller did not want to wait.
	#[error("the queue of the store is full")]
	Busy,
	/// Kind 0 belongs to the store itself.
	#[error("record kind 0 is reserved")]
	ReservedKind,
	/// The store is being closed.
	#[error("the store is closed")]
	Closed,
}

/// Why a record could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
	/// Nothing durable stands at the position yet.
	#[error("position {position} is not below the durable tail {tail}")]
	BeyondTail {
		/// The position asked for.
		position: Position,
		/// The durable tail.
		tail: Position,
	},
	/// The log no longer, or never, held the position.
	#[error("position {position} is before the first one kept, {first}")]
	BeforeFirst {
		/// The position asked for.
		position: Position,
		/// The first position that the log holds.
		first: Position,
	},
	/// The position was lost to damage and given up when the store was opened with salvage.
	#[error("position {position} was given up in a salvage; the log goes on at {end}")]
	Salvaged {
		/// The position asked for.
		position: Position,
		/// Where the log goes on.
		end: Position,
	},
	/// No record begins at the position.
	#[error("no record begins at position {position}")]
	NotARecord {
		/// The position asked for.
		position: Position,
	},
	/// What stands at the position is not what was written there.
	#[error("{file} is damaged at offset {offset} (position {position}): {damage}", file = file.display())]
	Corrupt {
		/// The damaged file.
		file: PathBuf,
		/// Where in it, in bytes.
		offset: u64,
		/// The same place in the log.
		position: Position,
		/// What is wrong there.
		damage: Damage,
	},
	/// The disk refused to read.
	#[error("reading {file} at offset {offset}: {source}", file = file.display())]
	Io {
		/// The file.
		file: PathBuf,
		/// Where in it, in bytes.
		offset: u64,
		/// What the operating system said.
		source: io::Error,
	},
}

/// Why a sidecar was not saved.
#[derive(Debug, thiserror::Error)]
pub enum SidecarError {
	/// Only closed segments have sidecars.
	#[error("no closed segment begins at position {position}")]
	NotClosed {
		/// The position asked for.
		position: Position,
	},
	/// The disk refused.
	#[error("saving {file}: {source}", file = file.display())]
	Io {
		/// The sidecar.
		file: PathBuf,
		/// What the operating system said.
		source: io::Error,
	},
}

/// Attaches what was tried, and on what, to an error of the disk.
pub(super) fn io_error(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> OpenError {
	let path = path.into();
	move |source| OpenError::Io { action, path, source }
}
