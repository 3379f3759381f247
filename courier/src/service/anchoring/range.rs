// SPDX-License-Identifier: Apache-2.0

//! All anchors of this node as the leaves of its range, idle ones too, so that each can be proven when the chain has it no longer by itself.
//!
//! One file for each number that the node had on chain, `anchors-<node>.range` beside the log. It has the nodes of the tree in the order in
//! which they become complete, 32 bytes each: a leaf, then each full subtree that the leaf completes. So what stands beside the way from a leaf up
//! to its peak is read from places that are computed. Nothing in it is secret.
//!
//! It is not synced: the chain has the last [`KEPT`] anchors by themselves, and those are learned anew after each start. Where more than
//! that was missed, or the file was lost, it goes on from the peaks that the chain has; the anchors before are then proven by partners. What is
//! read from it is checked against the chain before it is given out, so that a damaged file proves nothing, but nothing false.

use crate::store::disk::{Disk, DiskFile};
use sealane_primitives::{
	evidence::{
		range::{anchor_leaf, Range},
		tree,
	},
	ids::{AnchorSequence, Digest, NodeId},
	runtime_api::{AnchorEntry, KEPT_ANCHORS as KEPT},
};
use std::{io, path::Path, sync::Arc};

const LOG_TARGET: &str = "courier";
/// Bytes of a node of the tree.
const SLOT: u64 = 32;

/// Why the file is not up to date.
#[derive(Debug, thiserror::Error)]
pub(super) enum RangeError {
	/// The chain does not answer.
	#[error("the chain: {0}")]
	Chain(String),
	/// The disk does not do what it is asked.
	#[error("the file of this node's anchors: {0}")]
	Disk(#[from] io::Error),
}

/// Place of the full subtree of 2^height leaves that is the `index`th of its size.
fn place(height: u32, index: u64) -> u64 {
	let last = ((index + 1) << height) - 1;
	nodes(last) + u64::from(height)
}

/// How many nodes the tree over so many leaves has, full subtrees alone.
fn nodes(leaves: u64) -> u64 {
	2 * leaves - u64::from(leaves.count_ones())
}

/// How many leaves a file of so many whole nodes has at most.
fn leaves(slots: u64) -> u64 {
	let (mut least, mut above) = (0, slots + 1);
	while above - least > 1 {
		let middle = least + (above - least) / 2;
		if nodes(middle) <= slots {
			least = middle;
		} else {
			above = middle;
		}
	}
	least
}

/// The file.
pub(super) struct OwnRange {
	node: NodeId,
	file: Arc<dyn DiskFile>,
	count: AnchorSequence,
	peaks: Vec<Digest>,
	/// The last leaves were not learned since the start.
	unsure: bool,
}

impl OwnRange {
	/// The file of this node; a new one where there is none.
	pub(super) fn open(disk: &dyn Disk, folder: &Path, node: NodeId) -> io::Result<Self> {
		let path = folder.join(format!("anchors-{node}.range"));
		let file = match disk.open(&path) {
			Err(error) if error.kind() == io::ErrorKind::NotFound => {
				let file = disk.create(&path)?;
				disk.sync_folder(folder)?;
				file
			}
			opened => opened?,
		};
		// The last of them may never have reached the disk: with which it goes on is found when it learns.
		let count = leaves(file.len()? / SLOT);
		Ok(OwnRange {
			node,
			file,
			count,
			peaks: Vec::new(),
			unsure: true,
		})
	}

	/// Whose it is.
	pub(super) fn node(&self) -> NodeId {
		self.node
	}

	/// Learn what is in `range`, that of the newest final block; `anchor` asks the chain for one that is final.
	pub(super) fn learn(
		&mut self,
		range: &Range,
		anchor: impl Fn(AnchorSequence) -> Result<Option<AnchorEntry>, String>,
	) -> Result<(), RangeError> {
		if self.unsure {
			let kept = range.count.max(self.count).saturating_sub(KEPT);
			self.go_to(self.count.min(kept))?;
			self.unsure = false;
		}
		// A node that reads the chain anew knows more than the chain it has so far.
		while self.count < range.count {
			match anchor(self.count).map_err(RangeError::Chain)? {
				Some(entry) => self.push(&entry)?,
				None => {
					log::warn!(
						target: LOG_TARGET,
						"Anchor {} of this node was not seen while the chain had it by itself; what is older than anchor {} is proven by partners",
						self.count, range.count,
					);
					return Ok(self.begin_at(range)?);
				}
			}
		}
		if self.count == range.count && self.peaks[..] != range.peaks[..] {
			log::warn!(
				target: LOG_TARGET,
				"The file of this node's anchors is not what the chain has of them; what is older than anchor {} may not be provable by it",
				range.count,
			);
			self.begin_at(range)?;
		}
		Ok(())
	}

	/// The proof of an anchor under the root of `range`; `None` where the file does not have it.
	pub(super) fn path(&self, sequence: AnchorSequence, range: &Range) -> Option<Vec<Digest>> {
		let (_, height) = range.mountain(sequence)?;
		let siblings: Option<Vec<Digest>> = (0..height)
			.map(|level| self.node_at(place(level, (sequence >> level) ^ 1)).ok()?)
			.collect();
		range.path(sequence, siblings?)
	}

	fn push(&mut self, entry: &AnchorEntry) -> io::Result<()> {
		let mut peaks = self.peaks.clone();
		let mut hash = anchor_leaf(self.node, self.count, &entry.root, entry.block);
		let mut bytes = hash.to_vec();
		for _ in 0..self.count.trailing_ones() {
			if let Some(left) = peaks.pop() {
				hash = tree::node(&left, &hash);
				bytes.extend(hash);
			}
		}
		peaks.push(hash);
		self.file.write_all_at(&bytes, nodes(self.count) * SLOT)?;
		self.peaks = peaks;
		self.count += 1;
		Ok(())
	}

	/// Go on from what the chain has. What the file has of older anchors stays.
	fn begin_at(&mut self, range: &Range) -> io::Result<()> {
		for (peak, place) in range.peaks.iter().zip(peaks(range.count)) {
			self.file.write_all_at(peak, place * SLOT)?;
		}
		self.file.set_len(nodes(range.count) * SLOT)?;
		self.peaks = range.peaks.to_vec();
		self.count = range.count;
		Ok(())
	}

	/// Go back to so many leaves; to none where the file does not have their peaks.
	fn go_to(&mut self, count: AnchorSequence) -> io::Result<()> {
		let found: Option<Vec<Digest>> = peaks(count)
			.map(|place| self.node_at(place))
			.collect::<io::Result<_>>()?;
		self.count = if found.is_some() { count } else { 0 };
		self.peaks = found.unwrap_or_default();
		Ok(())
	}

	/// The node at a place; `None` where nothing was written.
	fn node_at(&self, place: u64) -> io::Result<Option<Digest>> {
		let mut node = [0; SLOT as usize];
		let read = self.file.read_at(&mut node, place * SLOT)?;
		Ok((read == node.len() && node != [0; SLOT as usize]).then_some(node))
	}
}

/// Where the peaks over so many leaves are, largest first.
fn peaks(count: u64) -> impl Iterator<Item = u64> {
	let heights = (0..u64::BITS).rev().filter(move |height| count >> height & 1 == 1);
	heights.map(move |height| {
		// The leaves of this peak are those up to where the bits of the smaller peaks begin.
		let end = count >> height;
		place(height, end - 1)
	})
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::store::disk::RealDisk;
	use std::cell::RefCell;

	const NODE: NodeId = 7;

	/// A chain with one anchor a block, of which the last are there by themselves.
	#[derive(Default)]
	struct Chain {
		entries: Vec<AnchorEntry>,
		range: Range,
	}

	impl Chain {
		fn grow(&mut self, anchors: usize) {
			for _ in 0..anchors {
				let block = self.entries.len() as u32 + 10;
				let root = [block as u8; 32];
				assert!(self.range.push(NODE, &root, block));
				self.entries.push(AnchorEntry {
					root,
					block,
					packed: None,
				});
			}
		}

		fn anchor(&self, sequence: AnchorSequence) -> Result<Option<AnchorEntry>, String> {
			let first = self.range.count.saturating_sub(KEPT);
			let entry = self.entries.get(sequence as usize).copied();
			Ok(entry.filter(|_| sequence >= first))
		}

		fn teach(&self, own: &mut OwnRange) {
			own.learn(&self.range, |sequence| self.anchor(sequence))
				.expect("the disk is good");
		}

		/// Which anchors the file proves; what it gives out for others must be nothing.
		fn proven_by(&self, own: &OwnRange) -> Vec<AnchorSequence> {
			let proves = |sequence: &AnchorSequence| {
				let entry = self.entries[*sequence as usize];
				own.path(*sequence, &self.range)
					.is_some_and(|path| self.range.proves(NODE, *sequence, &entry.root, entry.block, &path))
			};
			(0..self.range.count).filter(proves).collect()
		}
	}

	fn open(folder: &Path) -> OwnRange {
		OwnRange::open(&RealDisk, folder, NODE).expect("the folder is good")
	}

	#[test]
	fn places_count_what_is_complete() {
		assert_eq!([0, 1, 2, 3, 4, 7, 8].map(nodes), [0, 1, 3, 4, 7, 11, 15]);
		for count in 0..300 {
			assert_eq!(leaves(nodes(count)), count, "{count} leaves");
			// The last peak is what was written last.
			assert_eq!(peaks(count).last().map(|last| last + 1).unwrap_or(0), nodes(count));
		}
		assert_eq!(leaves(2), 1, "a node that was half written");
	}

	#[test]
	fn proves_every_anchor_for_as_long_as_the_chain_lives() {
		let folder = tempfile::tempdir().expect("a folder");
		let (mut chain, mut own) = (Chain::default(), open(folder.path()));
		for step in 0..60 {
			chain.grow(step % 7);
			chain.teach(&mut own);
			assert_eq!(chain.proven_by(&own).len() as u64, chain.range.count);
			if step % 10 == 0 {
				own = open(folder.path());
				chain.teach(&mut own);
			}
		}
		let old = chain.range.clone();
		let path = own.path(3, &old).expect("it is there");
		chain.grow(50);
		chain.teach(&mut own);
		assert_eq!(own.path(3, &old), Some(path), "as of an older block too");
	}

	#[test]
	fn what_a_crash_took_is_learned_anew() {
		let folder = tempfile::tempdir().expect("a folder");
		let (mut chain, mut own) = (Chain::default(), open(folder.path()));
		chain.grow(500);
		for sequence in 0..500 {
			own.push(&chain.entries[sequence]).expect("the disk is good");
		}
		drop(own);
		let path = folder.path().join(format!("anchors-{NODE}.range"));
		let whole = std::fs::read(&path).expect("it is there");
		let lost = KEPT as usize;
		for (name, bytes) in [
			("cut off", whole[..whole.len() - lost * 32 - 7].to_vec()),
			("zeros at the end", {
				let mut bytes = whole.clone();
				let end = bytes.len() - lost * 32;
				bytes[end..].fill(0);
				bytes
			}),
			("garbage at the end", {
				let mut bytes = whole.clone();
				let end = bytes.len() - lost * 32;
				bytes[end..].fill(0xaa);
				bytes
			}),
		] {
			std::fs::write(&path, bytes).expect("written");
			let mut own = open(folder.path());
			chain.teach(&mut own);
			assert_eq!(chain.proven_by(&own).len(), 500, "{name}");
		}
	}

	#[test]
	fn a_file_that_is_lost_proves_what_comes_after() {
		let folder = tempfile::tempdir().expect("a folder");
		let mut chain = Chain::default();
		chain.grow(1_000);
		let mut own = open(folder.path());
		chain.teach(&mut own);
		assert!(chain.proven_by(&own).is_empty());
		chain.grow(40);
		chain.teach(&mut own);
		chain.grow(100);
		// Not asked for each anchor, but before the chain has it no longer.
		let missed = RefCell::new(0);
		own.learn(&chain.range, |sequence| {
			*missed.borrow_mut() += 1;
			Ok(chain.entries.get(sequence as usize).copied())
		})
		.expect("the disk is good");
		assert_eq!(*missed.borrow(), 100);
		assert_eq!(chain.proven_by(&own), (1_000..1_140).collect::<Vec<_>>());
	}

	#[test]
	fn a_file_of_another_chain_proves_nothing_and_is_written_on() {
		let folder = tempfile::tempdir().expect("a folder");
		let mut own = open(folder.path());
		for block in 0..100 {
			let entry = AnchorEntry {
				root: [0xee; 32],
				block,
				packed: None,
			};
			own.push(&entry).expect("the disk is good");
		}
		let mut own = open(folder.path());
		let mut chain = Chain::default();
		chain.grow(100);
		chain.teach(&mut own);
		let proven = chain.proven_by(&own);
		chain.grow(30);
		chain.teach(&mut own);
		let later = chain.proven_by(&own);
		assert!(proven.iter().all(|sequence| *sequence >= 36), "{proven:?}");
		assert!((100..130).all(|sequence| later.contains(&sequence)), "{later:?}");
	}

	#[test]
	fn a_chain_that_does_not_answer_is_asked_again() {
		let folder = tempfile::tempdir().expect("a folder");
		let (mut chain, mut own) = (Chain::default(), open(folder.path()));
		chain.grow(10);
		let silent = own.learn(&chain.range, |_| Err("no state".into()));
		assert!(matches!(silent, Err(RangeError::Chain(_))));
		chain.teach(&mut own);
		assert_eq!(chain.proven_by(&own).len(), 10);
	}
}
