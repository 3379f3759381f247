// SPDX-License-Identifier: Apache-2.0

//! # What a node notices of the validators
//!
//! Three faults that no call on chain reports:
//! * **silent**: a validator whose turn comes again and again without a block;
//! * **doubled**: two blocks of one validator in one slot. Aura has no proof of it that the chain takes, as GRANDPA has;
//! * **finality stands still** while blocks come.
//!
//! Time is counted in slots *of the chain*: a gap between two blocks counts as at most two rounds of turns. A network that stood still
//! as a whole, or a node that was away from it, makes nobody silent. All state is bounded, by the number of validators and by the
//! constants below, and in memory: what happened before the node's start is not known.

use std::{
	collections::{BTreeMap, VecDeque},
	fmt,
};

/// A validator's key for blocks.
pub type Author = [u8; 32];
/// Hash of a block.
pub type Hash = [u8; 32];

/// Slots without a block after which a validator is silent: five minutes of slots of two seconds.
pub const SILENT_AFTER_SLOTS: u64 = 150;
/// Least number of turns that it must have missed by then, where there are many validators.
pub const SILENT_AFTER_TURNS: u64 = 3;
/// Slots without a newly final block after which finality stands still: one minute.
pub const FINALITY_AFTER_SLOTS: u64 = 30;
/// Slots for which two blocks in one slot are an alarm: a day.
pub const DOUBLED_FOR_SLOTS: u64 = 43_200;
/// Slots back in which a second block is noticed: more than a day of blocks is never unfinal where all is well.
const REMEMBERED_SLOTS: usize = 4_096;
/// Most pairs of blocks in one slot that are kept.
const MAX_DOUBLED: usize = 16;

/// A block that was imported: on the best chain or beside it.
#[derive(Clone, Debug)]
pub struct Imported {
	/// Its slot.
	pub slot: u64,
	/// Its number.
	pub number: u32,
	/// Its hash.
	pub hash: Hash,
	/// The validators of its parent, in the order of their turns.
	pub authors: Vec<Author>,
	/// Whether it is the new best block.
	pub is_best: bool,
}

impl Imported {
	/// Whose turn its slot was; the import has checked that the block is theirs.
	fn author(&self) -> Option<Author> {
		let turn = self.slot.checked_rem(self.authors.len() as u64)?;
		self.authors.get(usize::try_from(turn).ok()?).copied()
	}
}

/// Two blocks of one validator in one slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubled {
	/// Who made them.
	pub author: Author,
	/// The slot.
	pub slot: u64,
	/// Hashes of both.
	pub blocks: [Hash; 2],
	/// The watch's time when the second one came.
	noticed: u64,
}

/// Something that has just changed, for the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
	/// A validator is silent from now on.
	Silent(Author),
	/// A validator that was silent made a block, or is none any more.
	Back(Author),
	/// A validator made two blocks in one slot.
	Doubled(Doubled),
	/// No block became final for a minute; the last one has this number.
	FinalityStands(u32),
	/// Blocks become final again.
	FinalityMoves(u32),
}

/// What the watch remembers.
#[derive(Debug, Default)]
pub struct Watch {
	/// Slots of the chain that passed since the start, gaps cut.
	clock: u64,
	best_slot: Option<u64>,
	best_number: u32,
	/// When each validator's newest block came, or it was first seen as a validator; and whether it counts as silent.
	validators: BTreeMap<Author, Seen>,
	/// The first block of each slot.
	slots: BTreeMap<u64, (Author, Hash)>,
	doubled: VecDeque<Doubled>,
	/// Number of the newest final block, and when it came.
	finalised: Option<(u32, u64)>,
	stands: bool,
}

#[derive(Clone, Copy, Debug)]
struct Seen {
	at: u64,
	silent: bool,
}

impl Watch {
	/// Nothing is known yet.
	pub fn new() -> Self {
		Self::default()
	}

	/// A block was imported.
	pub fn imported(&mut self, block: &Imported) -> Vec<Change> {
		let mut changes = Vec::new();
		let Some(author) = block.author() else {
			return changes;
		};
		changes.extend(self.note_slot(author, block).map(Change::Doubled));
		if block.is_best {
			self.advance(block);
		}
		self.note_validators(author, block, &mut changes);
		changes.extend(self.check_finality());
		changes
	}

	/// A block became final.
	pub fn finalised(&mut self, number: u32) -> Option<Change> {
		if self.finalised.is_some_and(|(newest, _)| number <= newest) {
			return None;
		}
		self.finalised = Some((number, self.clock));
		std::mem::take(&mut self.stands).then_some(Change::FinalityMoves(number))
	}

	fn note_slot(&mut self, author: Author, block: &Imported) -> Option<Doubled> {
		let (first_author, first) = *self.slots.entry(block.slot).or_insert((author, block.hash));
		while self.slots.len() > REMEMBERED_SLOTS {
			self.slots.pop_first();
		}
		// On two branches the turns may be those of other sets.
		if first == block.hash || first_author != author {
			return None;
		}
		// Once per slot, however many there are.
		if self
			.doubled
			.iter()
			.any(|known| known.slot == block.slot && known.author == author)
		{
			return None;
		}
		let doubled = Doubled {
			author,
			slot: block.slot,
			blocks: [first, block.hash],
			noticed: self.clock,
		};
		if self.doubled.len() == MAX_DOUBLED {
			self.doubled.pop_front();
		}
		self.doubled.push_back(doubled.clone());
		Some(doubled)
	}

	fn advance(&mut self, block: &Imported) {
		let most = 2 * block.authors.len() as u64;
		let passed = self.best_slot.map_or(0, |best| block.slot.saturating_sub(best));
		self.clock += passed.min(most);
		self.best_slot = Some(block.slot.max(self.best_slot.unwrap_or_default()));
		self.best_number = block.number;
		let now = self.clock;
		self.doubled.retain(|doubled| now - doubled.noticed < DOUBLED_FOR_SLOTS);
	}

	fn note_validators(&mut self, author: Author, block: &Imported, changes: &mut Vec<Change>) {
		let now = self.clock;
		if block.is_best {
			let gone = |key: &Author| !block.authors.contains(key);
			changes.extend(
				self.validators
					.iter()
					.filter(|(key, seen)| seen.silent && gone(key))
					.map(|(key, _)| Change::Back(*key)),
			);
			self.validators.retain(|key, _| !gone(key));
			for key in &block.authors {
				self.validators.entry(*key).or_insert(Seen { at: now, silent: false });
			}
		}
		// One that makes blocks beside the best chain is not silent.
		if let Some(seen) = self.validators.get_mut(&author) {
			if std::mem::take(&mut seen.silent) {
				changes.push(Change::Back(author));
			}
			seen.at = now;
		}
		let limit = SILENT_AFTER_SLOTS.max(SILENT_AFTER_TURNS * block.authors.len() as u64);
		for (key, seen) in &mut self.validators {
			if !seen.silent && now - seen.at > limit {
				seen.silent = true;
				changes.push(Change::Silent(*key));
			}
		}
	}

	fn check_finality(&mut self) -> Option<Change> {
		let (number, since) = *self.finalised.get_or_insert((0, self.clock));
		if self.stands || self.clock - since <= FINALITY_AFTER_SLOTS || self.best_number <= number {
			return None;
		}
		self.stands = true;
		Some(Change::FinalityStands(number))
	}

	/// Who is silent.
	pub fn silent(&self) -> impl Iterator<Item = Author> + '_ {
		self.validators
			.iter()
			.filter(|(_, seen)| seen.silent)
			.map(|(key, _)| *key)
	}

	/// Two blocks in one slot, of the last day.
	pub fn doubled(&self) -> impl Iterator<Item = &Doubled> {
		self.doubled.iter()
	}

	/// The last final block, where finality stands still.
	pub fn stands(&self) -> Option<u32> {
		self.finalised.filter(|_| self.stands).map(|(number, _)| number)
	}

	/// What an operator must look at, in words; `name` says who a validator is.
	pub fn alarms(&self, name: impl Fn(&Author) -> String) -> Vec<String> {
		let mut alarms = Vec::new();
		if let Some(number) = self.stands() {
			alarms.push(Change::FinalityStands(number).words(&name));
		}
		alarms.extend(self.silent().map(|author| Change::Silent(author).words(&name)));
		alarms.extend(
			self.doubled
				.iter()
				.map(|doubled| Change::Doubled(doubled.clone()).words(&name)),
		);
		alarms
	}
}

impl Change {
	/// The change in words; `name` says who a validator is.
	pub fn words(&self, name: impl Fn(&Author) -> String) -> String {
		match self {
			Change::Silent(author) => format!(
				"validator {} made no block in its turns for five minutes or more: ask its operator; it can be replaced by motion",
				name(author)
			),
			Change::Back(author) => format!("validator {} is no longer silent", name(author)),
			Change::Doubled(doubled) => format!(
				"validator {} made two blocks in slot {}, {} and {}: two machines run with its keys, or somebody has them",
				name(&doubled.author),
				doubled.slot,
				Hex(&doubled.blocks[0]),
				Hex(&doubled.blocks[1]),
			),
			Change::FinalityStands(number) => format!(
				"no block is final after {number}, though blocks come: a third of the validators or more is away, or cannot reach \
				 the others"
			),
			Change::FinalityMoves(number) => format!("blocks are final again, up to {number}"),
		}
	}
}

struct Hex<'a>(&'a [u8]);

impl fmt::Display for Hex<'_> {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str("0x")?;
		self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
	}
}

#[cfg(test)]
mod tests;
