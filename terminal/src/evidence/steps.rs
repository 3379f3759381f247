// SPDX-License-Identifier: Apache-2.0

//! What was checked, step by step, in words for who has to judge it.

use sealane_primitives::{
	clauses::Date,
	evidence::{
		chain::{Finalised, Genesis, OnChain},
		pack::AnchorReference,
		EvidencePack, Verified,
	},
	ids::BlockNumber,
	keys::CourierKey,
};
use serde::Serialize;

/// One thing that was checked and holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
	/// What it is about, in a word or two.
	pub about: &'static str,
	/// What holds.
	pub holds: String,
}

fn step(about: &'static str, holds: String) -> Step {
	Step { about, holds }
}

/// What a pack shows by itself.
pub fn by_itself(pack: &EvidencePack, verified: &Verified) -> Vec<Step> {
	let (record, batch, header) = (&pack.record, &pack.batch, &verified.header);
	let date = i32::try_from(header.business_date)
		.ok()
		.and_then(Date::from_days_since_epoch)
		.map_or_else(|| format!("day {}", header.business_date), |date| date.to_string());
	let mut steps = vec![
		step(
			"record",
			format!(
				"the order ({} bytes) and its confirmation ({} bytes), with salt, clause version {} and channel {}, have the SHA-256 leaf {}",
				record.order.0.len(),
				record.confirmation.0.len(),
				record.clause_version,
				record.channel,
				hex::encode(verified.leaf)
			),
		),
		step(
			"batch",
			format!(
				"this leaf is place {} of {} in a batch of {date}; {} hashes lead from it to the batch root {}",
				u64::from(batch.index) + 1,
				header.count,
				batch.path.len(),
				hex::encode(header.root)
			),
		),
		step(
			"signatures",
			format!(
				"the issuer's node {} and the seller's node {} both signed this batch (Ed25519), with the keys {} and {}",
				verified.issuer.0,
				verified.seller.0,
				hex::encode(verified.issuer.1),
				hex::encode(verified.seller.1)
			),
		),
	];
	if let Some(part) = &pack.anchor {
		steps.push(step(
			"anchor",
			format!(
				"this batch is place {} of {} in anchor {} of node {}; {} hashes lead from it to the anchor root {}",
				part.index + 1,
				part.size,
				part.reference.sequence,
				part.reference.node,
				part.path.len(),
				hex::encode(part.reference.root)
			),
		));
	}
	steps
}

/// What its chain part shows, from the chain specification on.
pub fn offline(genesis: &Genesis, anchor: &AnchorReference, proven: &OnChain) -> Vec<Step> {
	let voted = |block: &Finalised| {
		format!(
			"block {} ({}) was voted final by {} of the {} validators of set {} (GRANDPA, Ed25519)",
			block.number,
			hex::encode(block.hash),
			block.votes,
			block.validators,
			block.set
		)
	};
	let changes = match &proven.set_changes[..] {
		[] => "the validators are those of the genesis block".to_string(),
		blocks => format!(
			"the validators changed {} since the genesis block; each time more than two thirds of those before signed the block that names their successors: {}",
			times(blocks.len()),
			list(blocks)
		),
	};
	let (number, hash) = proven.block;
	let mut block = if proven.headers == 0 {
		format!("the anchor's block {number} ({}) is that block", hex::encode(hash))
	} else {
		format!(
			"the anchor's block {number} ({}) is its ancestor, {} up",
			hex::encode(hash),
			times_of(proven.headers, "header")
		)
	};
	if let Some(time) = proven.made_at {
		block += &format!("; it was made at {time}");
	}
	let mut steps = vec![
		step(
			"genesis",
			format!(
				"the chain specification of {:?} has {} and the genesis block {}, the chain that both signatures name",
				genesis.name,
				times_of(genesis.authorities.len(), "first validator"),
				hex::encode(genesis.hash)
			),
		),
		step("validators", changes),
		step("finality", voted(&proven.finalised)),
		step("block", block),
	];
	if proven.state.number != proven.finalised.number {
		steps.push(step("later block", voted(&proven.state)));
	}
	steps.push(step(
		"state",
		format!(
			"{} lead from the state root of block {} to the chain's entry for anchor {} of node {}: the same root, anchored in block {}",
			times_of(proven.trie_nodes, "trie node"),
			proven.state.number,
			anchor.sequence,
			anchor.node,
			anchor.block_number
		),
	));
	steps.push(step(
		"keys",
		format!(
			"in the same state both keys are registered for these nodes and held at block {number}: the issuer's {}, the seller's {}",
			term(&proven.issuer),
			term(&proven.seller)
		),
	));
	steps
}

/// `from block 1 on`.
fn term(key: &CourierKey) -> String {
	match key.valid_until {
		Some(until) => format!("from block {} to before block {until}", key.valid_from),
		None => format!("from block {} on", key.valid_from),
	}
}

fn times(count: usize) -> String {
	if count == 1 {
		"once".into()
	} else {
		format!("{count} times")
	}
}

fn times_of(count: usize, what: &str) -> String {
	format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// Block numbers; of many only the first and the last.
fn list(blocks: &[BlockNumber]) -> String {
	const SHOWN: usize = 8;
	let text = |blocks: &[BlockNumber]| blocks.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
	match blocks {
		[.., last] if blocks.len() > SHOWN => format!("{}, … {last}", text(&blocks[..SHOWN - 1])),
		_ => text(blocks),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn many_changes_are_not_all_listed() {
		assert_eq!(list(&[7]), "7");
		assert_eq!(list(&[1, 2, 3, 4, 5, 6, 7, 8]), "1, 2, 3, 4, 5, 6, 7, 8");
		assert_eq!(list(&[1, 2, 3, 4, 5, 6, 7, 8, 9]), "1, 2, 3, 4, 5, 6, 7, … 9");
	}
}
