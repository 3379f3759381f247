// SPDX-License-Identifier: Apache-2.0

//! What the courier asks of the chain.
//!
//! * [`reader`]: puts the directory together from the runtime's answers, and fetches only what changed.
//! * [`Snapshot`]: the newest directory in a form that answers in nanoseconds.

pub mod reader;
mod snapshot;

pub use snapshot::{Route, Snapshot, Target, CLAUSE_GRACE_BLOCKS};

use sealane_primitives::{
	calendar::Timetable,
	directory::Directory,
	evidence::range::Range,
	ids::{AnchorSequence, BlockNumber, Digest, MemberId, Moment, NodeId, ProductId},
	keys::Compromise,
	registration::Ends,
	runtime_api::AnchorEntry,
};
use std::sync::Arc;
use tokio::sync::watch;

/// What the runtime says at one block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
	/// No node with this PeerId is registered.
	Unregistered,
	/// The directory.
	Directory {
		/// All that the node must know.
		directory: Arc<Directory>,
		/// Until when its authorisations hold, Unix milliseconds: the block's time and the age that the chain allows.
		holds_until: Moment,
		/// For how many blocks after the end of a channel answers to what was delivered over it still travel.
		drain: BlockNumber,
		/// The registrations with this node's member that ended.
		ends: Ends,
	},
	/// It cannot be read, and why: the runtime speaks of things that this software does not know, or does not answer.
	Unreadable(String),
}

/// The directory at one block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectoryAt {
	/// Number of the block.
	pub block: BlockNumber,
	/// Its hash.
	pub hash: Digest,
	/// What the runtime says at that block.
	pub reading: Reading,
}

impl DirectoryAt {
	/// The directory, where this node is registered and the runtime can be read.
	pub fn directory(&self) -> Option<&Arc<Directory>> {
		match &self.reading {
			Reading::Directory { directory, .. } => Some(directory),
			Reading::Unregistered | Reading::Unreadable(_) => None,
		}
	}
}

/// The chain, as the courier sees it. The node implements it over the runtime API; tests by hand.
pub trait ChainView: Send + Sync + 'static {
	/// Hash of the genesis block.
	fn genesis(&self) -> Digest;
	/// The directory at the newest best block; changes with best blocks, and skips those that came while it was read. `None` until the
	/// first one is known.
	fn directory(&self) -> watch::Receiver<Option<Arc<DirectoryAt>>>;
	/// Number of the newest final block.
	fn finalised(&self) -> watch::Receiver<BlockNumber>;
	/// Hash of the final block with this number; `None` where none is final yet.
	///
	/// # Errors
	/// A text for the log when it cannot be read.
	fn final_hash(&self, number: BlockNumber) -> Result<Option<Digest>, String>;
	/// The anchor of `node` with this number, in the newest final block if `finalised`, else in the newest best block. The chain has the last
	/// ones by themselves. An implementation must give each of this node's own that becomes final, until it was asked for once: where many
	/// become final at a time, the newest state has them no longer.
	///
	/// # Errors
	/// A text for the log when the state cannot be read.
	fn anchor(&self, node: NodeId, sequence: AnchorSequence, finalised: bool) -> Result<Option<AnchorEntry>, String>;
	/// All anchors of `node` in the newest final block.
	///
	/// # Errors
	/// A text for the log when the state cannot be read.
	fn final_range(&self, node: NodeId) -> Result<Range, String>;
	/// That the courier keys with this signing key, of whatever node, were declared stolen, by the newest best block.
	///
	/// # Errors
	/// A text for the log when the state cannot be read.
	fn compromise(&self, signing: &[u8; 32]) -> Result<Option<Compromise>, String>;
	/// Whether each of `commitments` stands for an open registration with `issuer` in the block with this hash.
	///
	/// # Errors
	/// A text for the log when the state cannot be read.
	fn are_registered(&self, at: &Digest, issuer: MemberId, commitments: Vec<Digest>) -> Result<Vec<bool>, String>;
	/// The same in the newest final block.
	///
	/// # Errors
	/// A text for the log when the state cannot be read.
	fn are_finally_registered(&self, issuer: MemberId, commitments: Vec<Digest>) -> Result<Vec<bool>, String>;
	/// The registrations with `issuer` that ended by the block with this hash, from number `from` on; `None` where they are too many
	/// to be told one by one.
	///
	/// # Errors
	/// A text for the log when the state cannot be read.
	fn ended_registrations(&self, at: &Digest, issuer: MemberId, from: u32) -> Result<Option<Vec<Digest>>, String>;
	/// Whether the receipts of `issuer` for `commitments` say accepted, in the newest final block; `None` where there is no receipt.
	///
	/// # Errors
	/// A text for the log when the state cannot be read.
	fn receipt_outcomes(&self, issuer: MemberId, commitments: Vec<Digest>) -> Result<Vec<Option<bool>>, String>;
	/// The calendars of an issuer, or of one of its products, that hold in the newest best block and next.
	///
	/// # Errors
	/// A text for the log when the state cannot be read, or says what this version does not know.
	fn timetable(&self, issuer: MemberId, product: Option<ProductId>) -> Result<Timetable, String>;
}
