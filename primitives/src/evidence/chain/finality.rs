// SPDX-License-Identifier: Apache-2.0

//! From the validators of genesis to a final block: each set of validators signs the block in which it names the next.

use super::{decode_exactly, ChainDefect, Finalised, Genesis, Header, VoteFault};
use crate::{
	evidence::pack::FinalBlock,
	ids::{BlockNumber, Digest},
	signature,
};
use finality_grandpa::voter_set::VoterSet;
use sp_consensus_grandpa::{
	localized_payload, AuthorityId, AuthorityList, ConsensusLog, GrandpaJustification, SetId, GRANDPA_ENGINE_ID,
};
use sp_core::H256;
use sp_runtime::DigestItem;
use std::{
	cell::RefCell,
	collections::{HashMap, HashSet},
};

/// A header that its justification makes final.
#[derive(Clone, Debug)]
pub struct FinalHeader {
	/// The header.
	pub header: Header,
	/// Whether the validators change with this block.
	pub changes_set: bool,
	/// The validator set that voted, counted from genesis.
	pub set: SetId,
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
			hash: self.header.hash().into(),
			set: self.set,
			votes: self.votes,
			validators: self.validators,
		}
	}
}

/// Follows the validators from genesis through `blocks`, in order. Two blocks that more than two thirds of honest validators made final are on
/// one chain, so the blocks between them need not be shown.
///
/// # Errors
/// The first block that is not final, or out of order.
pub fn follow(genesis: &Genesis, blocks: &[FinalBlock]) -> Result<Vec<FinalHeader>, ChainDefect> {
	let (mut set, mut authorities) = (0, genesis.authorities.clone());
	let mut after = 0;
	let mut followed = Vec::with_capacity(blocks.len());
	for (place, block) in blocks.iter().enumerate() {
		let header: Header = decode_exactly(&block.header, || format!("chain.finality[{place}].header"))?;
		let number = header.number;
		if number <= after {
			return Err(ChainDefect::Order { place, number, after });
		}
		after = number;
		let justification: GrandpaJustification<Header> = decode_exactly(&block.justification, || {
			format!("chain.finality[{place}].justification")
		})?;
		let expected: (BlockNumber, Digest) = (number, header.hash().into());
		let found = (
			justification.commit.target_number,
			justification.commit.target_hash.into(),
		);
		if found != expected {
			return Err(ChainDefect::Target { place, expected, found });
		}
		check(&justification, set, &authorities).map_err(|fault| ChainDefect::Votes {
			place,
			number,
			set,
			fault,
		})?;
		let mut voters: Vec<_> = justification.commit.precommits.iter().map(|vote| &vote.id).collect();
		voters.sort();
		voters.dedup();
		let (votes, validators) = (voters.len(), authorities.len());
		let next = enacted_by(&header).map_err(|fault| ChainDefect::SetChange { place, number, fault })?;
		followed.push(FinalHeader {
			changes_set: next.is_some(),
			header,
			set,
			votes,
			validators,
		});
		if let Some(next) = next {
			set += 1;
			authorities = next;
		}
	}
	Ok(followed)
}

/// The validators that take over after this block; `None` where they stay.
///
/// # Errors
/// They change in a way that the set before them did not sign for.
pub fn enacted_by(header: &Header) -> Result<Option<AuthorityList>, &'static str> {
	let mut scheduled = None;
	for log in &header.digest.logs {
		let DigestItem::Consensus(GRANDPA_ENGINE_ID, bytes) = log else {
			continue;
		};
		match codec::DecodeAll::decode_all(&mut &bytes[..]) {
			Ok(ConsensusLog::<BlockNumber>::ForcedChange(..)) => return Err("by force, after finality stalled"),
			// GRANDPA takes the first of a block.
			Ok(ConsensusLog::ScheduledChange(change)) if scheduled.is_none() => scheduled = Some(change),
			Ok(_) => {}
			Err(_) => return Err("in an unknown way"),
		}
	}
	match scheduled {
		Some(change) if change.delay != 0 => Err("with a delay"),
		change => Ok(change.map(|change| change.next_authorities)),
	}
}

/// The headers that a justification brings along, because some of its votes are for descendants of its block. Notes which
/// were needed.
struct Ancestry<'a> {
	headers: &'a HashMap<H256, Header>,
	needed: RefCell<HashSet<H256>>,
}

impl finality_grandpa::Chain<H256, BlockNumber> for Ancestry<'_> {
	fn ancestry(&self, base: H256, block: H256) -> Result<Vec<H256>, finality_grandpa::Error> {
		let mut path = Vec::new();
		let mut at = block;
		// Ends: a header cannot be among its own ancestors.
		while at != base {
			let header = self.headers.get(&at).ok_or(finality_grandpa::Error::NotDescendent)?;
			self.needed.borrow_mut().insert(at);
			at = header.parent_hash;
			path.push(at);
		}
		// The last is the base itself.
		path.pop();
		Ok(path)
	}
}

/// Whether more than two thirds of the validators voted for the block, each with its signature in this set and round.
fn check(
	justification: &GrandpaJustification<Header>,
	set: SetId,
	authorities: &AuthorityList,
) -> Result<(), VoteFault> {
	let voters: VoterSet<AuthorityId> = VoterSet::new(authorities.iter().cloned()).ok_or(VoteFault::NoSet)?;
	let GrandpaJustification {
		round,
		commit,
		votes_ancestries,
	} = justification;
	for vote in &commit.precommits {
		let key = || sp_core::ed25519::Public::from(vote.id.clone()).0;
		if !voters.contains(&vote.id) {
			return Err(VoteFault::NoValidator { key: key() });
		}
		let made = sp_core::ed25519::Signature::from(vote.signature.clone()).0;
		let message = finality_grandpa::Message::Precommit(vote.precommit.clone());
		// As strict as with the parties' signatures. What a validator's node signs holds either way.
		if !signature::verify(&key(), &localized_payload(*round, set, &message), &made) {
			return Err(VoteFault::Signature { key: key() });
		}
	}
	let headers: HashMap<H256, Header> = votes_ancestries
		.iter()
		.map(|header| (header.hash(), header.clone()))
		.collect();
	let ancestry = Ancestry {
		headers: &headers,
		needed: RefCell::default(),
	};
	let too_few = VoteFault::TooFew {
		votes: commit.precommits.len(),
		validators: authorities.len(),
	};
	match finality_grandpa::validate_commit(commit, &voters, &ancestry) {
		Ok(result) if !result.is_valid() => return Err(too_few),
		Ok(result) if result.num_duplicated_precommits() > 0 => return Err(VoteFault::Duplicate),
		Ok(_) => {}
		Err(_) => return Err(too_few),
	}
	let needed = ancestry.needed.borrow().len();
	if needed != votes_ancestries.len() {
		return Err(VoteFault::NeedlessHeaders {
			found: votes_ancestries.len(),
			needed,
		});
	}
	Ok(())
}
