// SPDX-License-Identifier: Apache-2.0

//! From the validators of genesis to a final block: each set of validators signs the block in which it names the next.

use super::{
	genesis::Genesis,
	header::{decode_exactly, Authorities, DigestItem, GrandpaItem, Header, Justification, GRANDPA},
	votes::{self, Voters},
};
use crate::{
	pack::FinalBlock,
	rules::{Defect, Judge, Rule},
	verdict::Finalised,
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

/// Follows the validators from genesis through `blocks`, in order. Two blocks that more than two thirds of honest validators made final are on
/// one chain, so the blocks between them need not be shown.
pub(crate) fn follow(judge: Judge, genesis: &Genesis, blocks: &[FinalBlock]) -> Result<Vec<FinalHeader>, Defect> {
	let mut set = 0;
	let mut voters = Voters::new(judge, &genesis.authorities, "the list in the chain specification")?;
	if blocks.is_empty() {
		let found = "chain.finality is empty: no block is shown to be final";
		return Err(Defect::new(Rule::FinalityMissing, found));
	}
	let mut after = 0;
	let mut followed = Vec::with_capacity(blocks.len());
	for (place, block) in blocks.iter().enumerate() {
		let header: Header = decode_exactly(&block.header, || format!("chain.finality[{place}].header"))?;
		let number = header.number;
		judge.demand(Rule::FinalityOrder, number > after, || {
			format!("chain.finality[{place}] is block {number}, not above block {after}")
		})?;
		after = number;
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
		let votes = votes::check(judge, place, &justification, set, &voters)?;
		let next = enacted(judge, &header, || format!("chain.finality[{place}], block {number},"))?;
		followed.push(FinalHeader {
			changes_set: next.is_some(),
			header,
			set,
			votes,
			validators: voters.count(),
		});
		if let Some(next) = next {
			set += 1;
			voters = Voters::new(judge, &next, &format!("the list that block {number} schedules"))?;
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
	format!("{what} changes the validators by force, after finality stalled: such a change cannot be followed offline")
}

/// That a header in between changes no validators.
pub(crate) fn demand_no_change(judge: Judge, header: &Header, place: usize) -> Result<(), Defect> {
	let number: BlockNumber = header.number;
	for bytes in grandpa_items(header) {
		match GrandpaItem::decode_all(&mut &bytes[..]) {
			Ok(GrandpaItem::Disabled(_)) => {}
			Ok(GrandpaItem::Forced(..)) => judge.demand(Rule::ChangeForced, false, || {
				forced(&format!("chain.headers[{place}], block {number},"))
			})?,
			_ => judge.demand(Rule::HeadersChange, false, || {
				format!("chain.headers[{place}], block {number}, changes the validators and is not in chain.finality")
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
