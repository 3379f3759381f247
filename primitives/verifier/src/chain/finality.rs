// SPDX-License-Identifier: Apache-2.0

//! From the validators of genesis to a final block: each set of validators signs the block in which it names the next.

use super::{
	header::{decode_exactly, Authorities, DigestItem, GrandpaItem, Header, Justification, GRANDPA},
	votes::{self, Voters},
};
use crate::{
	checkpoint::Checkpoint,
	pack::FinalBlock,
	rules::{Defect, Judge, Rule},
	verdict::Finalised,
	verify::Start,
};
use alloc::{format, string::String, vec::Vec};
use codec::DecodeAll as _;
use sealane_primitives::ids::BlockNumber;

/// A header that its justification makes final.
#[derive(Clone, Debug)]
pub struct FinalHeader {
	/// The header.
	pub header: Header,
	/// Whether the validators change with this block.
	pub changes_set: bool,
	/// The validator set that voted, counted from genesis.
	pub set: u64,
	/// How many of it voted.
	pub votes: usize,
	/// How many there were.
	pub validators: usize,
}

impl FinalHeader {
	/// Number, hash and votes.
	pub fn finalised(&self) -> Finalised {
		Finalised {
			number: self.header.number,
			hash: self.header.hash(),
			set: self.set,
			votes: self.votes,
			validators: self.validators,
		}
	}
}

/// The final blocks of a pack.
pub(crate) struct Followed {
	/// Those that were judged.
	pub blocks: Vec<FinalHeader>,
	/// How many stand before them that a check from a checkpoint does not look at.
	pub passed: usize,
	/// The number of the last of these; 0 where there is none.
	pub passed_to: BlockNumber,
}

/// A set of validators with its number.
struct Set {
	id: u64,
	voters: Voters,
}

impl Set {
	fn new(judge: Judge, id: u64, authorities: &Authorities, what: &str) -> Result<Self, Defect> {
		let voters = Voters::new(judge, authorities, what)?;
		Ok(Set { id, voters })
	}

	/// The set that a checkpoint names. Where `before` was followed to it, it is the same.
	fn at(judge: Judge, checkpoint: &Checkpoint, before: Option<&Set>) -> Result<Self, Defect> {
		let set = Self::new(
			judge,
			checkpoint.set,
			&checkpoint.validators,
			"the list in the checkpoint's state",
		)?;
		let same = before.is_none_or(|before| before.id == set.id && before.voters == set.voters);
		judge.demand(Rule::CheckpointSet, same, || {
			format!(
				"chain.finality leads to validator set {} at block {}, the checkpoint to set {}, or the validators are others: they are two histories",
				before.map_or(0, |before| before.id),
				checkpoint.number,
				set.id
			)
		})?;
		Ok(set)
	}
}

/// Follows the validators from the start through `blocks`, in order. Two blocks that more than two thirds of honest validators made final are on
/// one chain, so the blocks between them need not be shown.
pub(crate) fn follow(judge: Judge, start: Start<'_>, blocks: &[FinalBlock]) -> Result<Followed, Defect> {
	let first = start
		.genesis()
		.map(|genesis| Set::new(judge, 0, &genesis.authorities, "the list in the chain specification"));
	let mut set = first.transpose()?;
	let mut ahead = start.checkpoint();
	if blocks.is_empty() {
		let found = "chain.finality is empty: no block is shown to be final";
		return Err(Defect::new(Rule::FinalityMissing, found));
	}
	let mut after = 0;
	let mut followed = Followed {
		blocks: Vec::with_capacity(blocks.len()),
		passed: 0,
		passed_to: 0,
	};
	for (place, block) in blocks.iter().enumerate() {
		let header: Header = decode_exactly(&block.header, || format!("chain.finality[{place}].header"))?;
		let number = header.number;
		judge.demand(Rule::FinalityOrder, number > after, || {
			format!("chain.finality[{place}] is block {number}, not above block {after}")
		})?;
		after = number;
		if let Some(checkpoint) = ahead.filter(|checkpoint| number > checkpoint.number) {
			set = Some(Set::at(judge, checkpoint, set.as_ref())?);
			ahead = None;
		}
		let Some(Set { id, voters }) = &mut set else {
			followed.passed += 1;
			followed.passed_to = number;
			continue;
		};
		let field = || format!("chain.finality[{place}].justification");
		let mut justification: Justification = decode_exactly(&block.justification, field)?;
		let hash = header.hash();
		let for_it = (justification.number, justification.hash) == (number, hash);
		judge.demand(Rule::FinalityTarget, for_it, || {
			format!(
				"chain.finality[{place}].justification is for block {} with hash {}, but its header is block {number} with hash {}",
				justification.number,
				hex::encode(justification.hash),
				hex::encode(hash)
			)
		})?;
		(justification.number, justification.hash) = (number, hash);
		let votes = votes::check(judge, place, &justification, *id, voters)?;
		let next = enacted(judge, &header, || format!("chain.finality[{place}], block {number},"))?;
		followed.blocks.push(FinalHeader {
			changes_set: next.is_some(),
			header,
			set: *id,
			votes,
			validators: voters.count(),
		});
		if let Some(next) = next {
			*id += 1;
			*voters = Voters::new(judge, &next, &format!("the list that block {number} schedules"))?;
		}
	}
	Ok(followed)
}

/// The validators that take over after this block; `None` where they stay.
///
/// # Errors
/// They change in a way that the set before them did not sign for.
pub fn enacted_by(header: &Header) -> Result<Option<Authorities>, Defect> {
	enacted(Judge::default(), header, || format!("block {}", header.number))
}

fn enacted(judge: Judge, header: &Header, what: impl Fn() -> String) -> Result<Option<Authorities>, Defect> {
	let mut scheduled = None;
	for bytes in grandpa_items(header) {
		match GrandpaItem::decode_all(&mut &bytes[..]) {
			Ok(GrandpaItem::Forced(..)) => judge.demand(Rule::ChangeForced, false, || forced(&what()))?,
			Ok(GrandpaItem::Scheduled(change)) => {
				judge.demand(Rule::ChangeTwice, scheduled.is_none(), || {
					format!("{} schedules two changes of the validators", what())
				})?;
				judge.demand(Rule::ChangeDelayed, change.delay == 0, || {
					format!(
						"{} changes the validators with a delay: such a change cannot be followed offline",
						what()
					)
				})?;
				scheduled.get_or_insert(change.next);
			}
			Ok(GrandpaItem::Disabled(_)) => {}
			Err(_) => {
				let found = format!("{} changes the validators in an unknown way", what());
				return Err(Defect::new(Rule::ChangeUnknown, found));
			}
		}
	}
	Ok(scheduled)
}

fn forced(what: &str) -> String {
	format!("{what} changes the validators by force, after finality stalled: only from a checkpoint above it can the chain be followed")
}

/// That a header in between changes no validators.
pub(crate) fn demand_no_change(judge: Judge, header: &Header, what: &dyn Fn() -> String) -> Result<(), Defect> {
	for bytes in grandpa_items(header) {
		match GrandpaItem::decode_all(&mut &bytes[..]) {
			Ok(GrandpaItem::Disabled(_)) => {}
			Ok(GrandpaItem::Forced(..)) => judge.demand(Rule::ChangeForced, false, || forced(&what()))?,
			_ => judge.demand(Rule::HeadersChange, false, || {
				format!("{} changes the validators and is not in chain.finality", what())
			})?,
		}
	}
	Ok(())
}

fn grandpa_items(header: &Header) -> impl Iterator<Item = &Vec<u8>> {
	header.digest.iter().filter_map(|item| match item {
		DigestItem::Consensus(GRANDPA, bytes) => Some(bytes),
		_ => None,
	})
}
