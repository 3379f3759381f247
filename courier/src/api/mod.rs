// SPDX-License-Identifier: Apache-2.0

//! What a [`crate::Handle`] takes and gives. No type here holds a lock or touches a disk.

mod node;
mod order;
mod registrations;
mod stream;

pub use node::*;
pub use order::*;
pub use registrations::*;
pub use stream::*;

use sealane_primitives::ids::{BlockNumber, ChannelId, Digest, MemberId, NodeId};
use std::{borrow::Cow, fmt, str::FromStr};

/// One direction of one channel between two nodes.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Hash,
	codec::Encode,
	codec::Decode,
	serde::Serialize,
	serde::Deserialize,
)]
pub struct LaneId {
	/// The channel.
	pub channel: ChannelId,
	/// The node that sends.
	pub from: NodeId,
	/// The node that receives.
	pub to: NodeId,
}

/// A block, best or final: after a reorganisation its number alone would say something else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, codec::Encode, codec::Decode)]
pub struct BlockRef {
	/// Its number.
	pub number: BlockNumber,
	/// Its hash.
	pub hash: Digest,
}

impl LaneId {
	/// The lane of the same channel in the other direction.
	pub fn opposite(self) -> Self {
		LaneId {
			channel: self.channel,
			from: self.to,
			to: self.from,
		}
	}
}

impl fmt::Display for LaneId {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "{}:{}>{}", self.channel, self.from, self.to)
	}
}

/// A place in the node's log: the cursor of the event stream and of the inbox.
///
/// Written `<position>-<entry>`. The zero cursor is the beginning. A cursor names the first entry that has *not* been
/// read yet, so handing it back goes on without a gap and without a repeat.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cursor {
	/// Position of a record in the log, in bytes.
	pub position: u64,
	/// Entry inside that record, from 0.
	pub entry: u32,
}

impl fmt::Display for Cursor {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "{}-{}", self.position, self.entry)
	}
}

/// A cursor that does not read `<position>-<entry>`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cursor `{0}` is not of the form <position>-<entry>, two decimal numbers")]
pub struct CursorError(pub String);

impl FromStr for Cursor {
	type Err = CursorError;

	fn from_str(text: &str) -> Result<Self, CursorError> {
		let error = || CursorError(text.chars().take(64).collect());
		let (position, entry) = text.split_once('-').ok_or_else(error)?;
		if position.starts_with('+') || entry.starts_with('+') {
			return Err(error());
		}
		Ok(Cursor {
			position: position.parse().map_err(|_| error())?,
			entry: entry.parse().map_err(|_| error())?,
		})
	}
}

/// What makes a repeated request recognisable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey {
	/// The client's key, 1 to 128 bytes.
	pub key: String,
	/// Who uses the key, and for what: keys of different scopes do not meet.
	pub scope: Digest,
	/// SHA-256 of the request's body.
	pub body_digest: Digest,
}

/// Why one line of a submission was refused. Stable codes, for people and programs.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Problem {
	/// Stable code, e.g. `order_id_reused`.
	pub code: Cow<'static, str>,
	/// The field at fault; empty where it is the whole line.
	pub field: Cow<'static, str>,
	/// The value at fault, cut to 64 characters; empty where there is none.
	pub value: String,
	/// The rule that the value breaks.
	pub rule: Cow<'static, str>,
}

impl fmt::Display for Problem {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "{}: ", self.code)?;
		if !self.field.is_empty() {
			write!(f, "`{}` ", self.field)?;
		}
		if !self.value.is_empty() {
			write!(f, "is `{}`; ", self.value)?;
		}
		f.write_str(&self.rule)
	}
}

/// What became of a submission. Everything accepted is on this node's disk.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct SubmitReport {
	/// Lines accepted now.
	pub accepted: u32,
	/// Lines that were accepted before with the same bytes.
	pub repeated: u32,
	/// Lines that were refused: index of the line and why.
	pub refused: Vec<(u32, Problem)>,
	/// Packets that the accepted lines went into. A packet may hold lines of other submissions too.
	pub packets: u32,
	/// Position of the log behind the submission, in bytes.
	pub position: u64,
}

/// Why nothing of a submission was taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SubmitError {
	/// The key was used with another body.
	#[error("idempotency key `{key}` was used before with another body")]
	IdempotencyConflict {
		/// The key.
		key: String,
	},
	/// The key is empty or too long.
	#[error("idempotency key has {len} bytes; 1 to {max} are allowed")]
	IdempotencyKeyInvalid {
		/// Its length in bytes.
		len: usize,
		/// The most.
		max: usize,
	},
	/// The queue to the disk is full; try again.
	#[error("the queue to the disk is full; try again in {retry_after_ms} ms")]
	Busy {
		/// When to try again, in milliseconds.
		retry_after_ms: u32,
	},
	/// The disk, or the share of it that the courier may use, is full.
	#[error("the disk that holds the log is full")]
	StoreFull,
	/// This node is not registered, or its member is not active.
	#[error("this node belongs to no active member of the consortium")]
	NotAMember,
	/// The node has not seen a block with its own registration yet.
	#[error("the node does not know the chain's state yet; try again")]
	NotReady,
	/// More lines or bytes than one submission may have.
	#[error("submission has {value} {what}; at most {max} are allowed")]
	TooLarge {
		/// `lines` or `bytes`.
		what: &'static str,
		/// How many.
		value: u64,
		/// The most.
		max: u64,
	},
	/// A range lies outside the body.
	#[error("line {line} lies outside the body")]
	LineOutOfBody {
		/// Index of the line.
		line: u32,
	},
	/// The disk failed; nothing of the submission is promised.
	#[error("the log could not be written: {0}")]
	Store(String),
	/// The courier is shutting down.
	#[error("the courier is shutting down")]
	Closed,
}

/// Why a read failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
	/// The log could not be read at this place; file and offset are in the text.
	#[error("the log could not be read: {0}")]
	Store(String),
	/// The cursor lies behind the end of the log or inside a record.
	#[error("cursor {0} is not a place in this node's log")]
	CursorUnknown(Cursor),
	/// Orders of more than one seller have the id.
	#[error("members {} and {} both have an order `{id}`: name the seller", .sellers[0], .sellers[1])]
	Ambiguous {
		/// The id.
		id: String,
		/// Two of the sellers.
		sellers: [MemberId; 2],
	},
}

/// Why an order could not be cancelled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CancelError {
	/// No order with this id.
	#[error("there is no order `{0}`")]
	NotFound(String),
	/// The order is confirmed (or rejected) already.
	#[error("order `{id}` is {state} already")]
	AlreadyConfirmed {
		/// The order.
		id: String,
		/// What it is.
		state: OrderStage,
	},
	/// The order is a cancellation or a registration.
	#[error("order `{id}` is of kind {kind}, which cannot be cancelled")]
	NotCancellable {
		/// The order.
		id: String,
		/// Its kind.
		kind: &'static str,
	},
	/// The cancellation order was refused.
	#[error("the cancellation was refused: {0}")]
	Refused(Problem),
	/// It could not be submitted.
	#[error(transparent)]
	Submit(#[from] SubmitError),
	/// The order could not be read.
	#[error(transparent)]
	Read(#[from] ReadError),
}
