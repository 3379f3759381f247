// SPDX-License-Identifier: Apache-2.0

//! Whether votes make a block final under one set of validators.

use super::header::{Authorities, Header, Justification, Vote};
use crate::rules::{Defect, Judge, Rule};
use alloc::{
	collections::{BTreeMap, BTreeSet},
	format,
	string::String,
	vec::Vec,
};
use sealane_primitives::{
	ids::{BlockNumber, Digest},
	signature,
};

/// A set of validators that may vote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Voters {
	weights: BTreeMap<[u8; 32], u64>,
	total: u128,
}

impl Voters {
	/// The voters of a list. `what` names the set in a refusal.
	pub(crate) fn new(judge: Judge, authorities: &Authorities, what: &str) -> Result<Self, Defect> {
		let mut weights = BTreeMap::new();
		let mut total = 0u128;
		let mut fault = None;
		for (key, weight) in authorities {
			if *weight == 0 {
				fault = Some(format!("{} has weight 0", hex::encode(key)));
			}
			if weights.insert(*key, *weight).is_some() {
				fault = Some(format!("{} is there twice", hex::encode(key)));
			}
			total += u128::from(*weight);
		}
		if authorities.is_empty() {
			fault = Some("it is empty".into());
		}
		if total > u128::from(u64::MAX) {
			fault = Some("its weights add up to 2^64 or more".into());
		}
		judge.demand(Rule::SetForm, fault.is_none(), || {
			format!("{what} is no set of validators: {}", fault.unwrap_or_default())
		})?;
		Ok(Voters { weights, total })
	}

	/// How many there are.
	pub(crate) fn count(&self) -> usize {
		self.weights.len()
	}
}

/// Checks the votes of set number `set` for the block with this header. `place` says where they are. Returns how many validators voted.
pub(crate) fn check(
	judge: Judge,
	place: usize,
	justification: &Justification,
	set: u64,
	voters: &Voters,
) -> Result<usize, Defect> {
	let number = justification.number;
	let fault = |what: String| {
		format!("chain.finality[{place}].justification does not make block {number} final under validator set {set}: {what}")
	};
	for vote in &justification.votes {
		judge.demand(Rule::VotesValidator, voters.weights.contains_key(&vote.voter), || {
			fault(format!("{} is none of the validators", hex::encode(vote.voter)))
		})?;
	}
	if let Some(repeated) = repeated(&justification.votes) {
		judge.demand(Rule::VotesRepeated, false, || fault(repeated))?;
	}
	let needed = descent(judge, justification, &fault)?;
	let there = justification.headers.len();
	judge.demand(Rule::VotesHeaders, needed == there, || {
		fault(format!("{there} headers are there, the votes need {needed}"))
	})?;
	for vote in &justification.votes {
		let message = vote.message(justification.round, set);
		judge.demand(
			Rule::VotesSignature,
			signature::verify(&vote.voter, &message, &vote.signature),
			|| {
				fault(format!(
					"the signature of validator {} does not fit",
					hex::encode(vote.voter)
				))
			},
		)?;
	}
	let who: BTreeSet<&[u8; 32]> = justification.votes.iter().map(|vote| &vote.voter).collect();
	let weight: u128 = who
		.iter()
		.filter_map(|voter| voters.weights.get(*voter))
		.map(|w| u128::from(*w))
		.sum();
	judge.demand(Rule::VotesThreshold, 3 * weight > 2 * voters.total, || {
		fault(format!(
			"{} of {} validators voted: not more than two thirds of the weight",
			who.len(),
			voters.count()
		))
	})?;
	Ok(who.len())
}

/// A vote that is there twice, or a third one of the same validator.
fn repeated(votes: &[Vote]) -> Option<String> {
	let mut by_voter: BTreeMap<&[u8; 32], Vec<(&Digest, BlockNumber)>> = BTreeMap::new();
	for vote in votes {
		let cast = by_voter.entry(&vote.voter).or_default();
		if cast.contains(&(&vote.hash, vote.number)) {
			return Some(format!("a vote of {} is there twice", hex::encode(vote.voter)));
		}
		cast.push((&vote.hash, vote.number));
		if cast.len() > 2 {
			return Some(format!("{} has more than two votes", hex::encode(vote.voter)));
		}
	}
	None
}

/// Each vote's block → the final block, by the headers of the justification. Returns how many of them were needed.
fn descent(judge: Judge, justification: &Justification, fault: &impl Fn(String) -> String) -> Result<usize, Defect> {
	let headers: BTreeMap<Digest, &Header> = justification.headers.iter().map(|h| (h.hash(), h)).collect();
	// Blocks from which the final one was reached, with the number that they must have.
	let mut reached = BTreeMap::from([(justification.hash, justification.number)]);
	for vote in &justification.votes {
		let mut path = Vec::new();
		let mut at = vote.hash;
		// Ends: a header cannot be among its own ancestors.
		while !reached.contains_key(&at) {
			let Some(header) = headers.get(&at) else {
				judge.demand(Rule::VotesTarget, false, || {
					fault(format!(
						"{} voted for block {}, which no headers show to be a descendant",
						hex::encode(vote.voter),
						hex::encode(vote.hash)
					))
				})?;
				path.clear();
				break;
			};
			path.push((at, header.number));
			at = header.parent_hash;
		}
		let mut number = reached.get(&at).copied().unwrap_or(vote.number);
		while let Some((hash, own)) = path.pop() {
			number = number.saturating_add(1);
			judge.demand(Rule::VotesNumber, own == number, || {
				fault(format!(
					"the header of {} has number {own}, expected {number}",
					hex::encode(hash)
				))
			})?;
			reached.insert(hash, number);
		}
		judge.demand(Rule::VotesNumber, vote.number == number, || {
			fault(format!(
				"{} voted for number {}, but its block has number {number}",
				hex::encode(vote.voter),
				vote.number
			))
		})?;
	}
	Ok(reached.len() - 1)
}
