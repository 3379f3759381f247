// SPDX-License-Identifier: Apache-2.0

//! What was checked, step by step, in words for who has to judge it.

use crate::checkpoint::{CheckpointReport, SignerReport};
use alloc::{
	format,
	string::{String, ToString},
	vec,
	vec::Vec,
};
use codec::DecodeAll as _;
use sealane_primitives::{
	business::BusinessKinds,
	clauses::{json, Clauses},
	directory::Scope,
	ids::BlockNumber,
	keys::{Compromise, CourierKey, DEFAULT_KEY_GRACE},
};
use sealane_verifier::{
	pack::{date_text, AnchorReference, Entry},
	verdict::{Facts, Finalised, Party},
	EvidencePack, OnChain, Start, Verified,
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
	let (record, batch, core) = (&pack.record, &pack.batch, &verified.core);
	let date = date_text(core.date).unwrap_or_else(|| format!("day {}", core.date));
	let mut steps = vec![
		step(
			"record",
			format!(
				"the order ({} bytes) and its confirmation ({} bytes), with salt, clause version {} and channel {}, have the SHA-256 leaf {}",
				record.order.bytes.0.len(),
				record.confirmation.bytes.0.len(),
				record.clause_version,
				record.channel,
				hex::encode(verified.leaf)
			),
		),
	];
	steps.extend(disclosure(pack));
	steps.extend([
		step(
			"batch",
			format!(
				"this leaf is place {} of {} in a batch of {date}; {} hashes lead from it to the batch root {}",
				u64::from(batch.index) + 1,
				core.count,
				batch.path.len(),
				hex::encode(core.root)
			),
		),
		step(
			"signatures",
			format!(
				"the issuer's node {} and the seller's node {} both signed this batch (Ed25519), with the keys {} and {}; neither excludes the record",
				verified.issuer.0,
				verified.seller.0,
				hex::encode(verified.issuer.1),
				hex::encode(verified.seller.1)
			),
		),
	]);
	if let Some(part) = &pack.anchor {
		steps.push(step(
			"anchor",
			format!(
				"{} from this batch to the root {} of anchor {} of node {}, the {}'s: that side anchored it",
				lead(part.path.len(), "hash", "hashes"),
				hex::encode(part.reference.root),
				part.reference.sequence,
				part.reference.node,
				if part.reference.node == verified.issuer.0 {
					"issuer"
				} else {
					"seller"
				},
			),
		));
	}
	steps
}

/// What is cut out of the pack, where something is: who reads it must not take it for the whole.
fn disclosure(pack: &EvidencePack) -> Option<Step> {
	let of = |name: &str, entry: &Entry| {
		let parts: Vec<&str> = entry.withheld.iter().map(|(part, _)| part.name()).collect();
		(!parts.is_empty()).then(|| format!("{} of the {name}", parts.join(", ")))
	};
	let found = [
		of("order", &pack.record.order),
		of("confirmation", &pack.record.confirmation),
	];
	let found: Vec<String> = found.into_iter().flatten().collect();
	(!found.is_empty()).then(|| {
		step(
			"disclosure",
			format!(
				"the pack withholds {}: null stands in their place, their hashes are in the record, and what they say is not shown",
				found.join("; ")
			),
		)
	})
}

/// What its chain part shows, from the start on.
pub fn offline(start: Start<'_>, anchor: &AnchorReference, verified: &Verified, proven: &OnChain) -> Vec<Step> {
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
	let since = match start {
		Start::Checkpoint(_) => "the checkpoint",
		Start::Genesis(_) | Start::Through(..) => "the genesis block",
	};
	let changes = match &proven.set_changes[..] {
		[] => format!("the validators are those of {since}"),
		blocks => format!(
			"the validators changed {} since {since}; each time more than two thirds of those before signed the block that names their successors: {}",
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
	block += &format!("; it was made at {}", proven.made_at);
	let mut steps = Vec::new();
	if let Some(genesis) = start.genesis() {
		steps.push(step(
			"genesis",
			format!(
				"the chain specification of {:?} has {} and the genesis block {}, the chain that both signatures name",
				genesis.name,
				times_of(genesis.authorities.len(), "first validator"),
				hex::encode(genesis.hash)
			),
		));
	}
	if let (Some(checkpoint), Some(_)) = (start.checkpoint(), proven.checkpoint) {
		let signers = CheckpointReport::new(checkpoint).signers;
		let signers: Vec<String> = signers.iter().map(SignerReport::text).collect();
		steps.push(step(
			"checkpoint",
			format!(
				"block {} ({}) of the chain {} is where validator set {} began to be followed, as these vouch for with their signatures: {}; whether they are enough is not decided here",
				checkpoint.number,
				hex::encode(checkpoint.hash),
				hex::encode(checkpoint.genesis),
				checkpoint.set,
				signers.join(", ")
			),
		));
	}
	steps.push(step("validators", changes));
	steps.push(step("finality", voted(&proven.finalised)));
	steps.push(step("block", block));
	steps.push(step("attested", attested(verified, proven)));
	if proven.state.number != proven.finalised.number {
		steps.push(step("later block", voted(&proven.state)));
	}
	let (nodes, at) = (times_of(proven.trie_nodes, "trie node"), proven.state.number);
	let AnchorReference {
		node,
		sequence,
		block_number,
		..
	} = anchor;
	steps.push(step(
		"state",
		match proven.range {
			None => format!(
				"{nodes} lead from the state root of block {at} to the chain's entry for anchor {sequence} of node {node}: the same root, anchored in block {block_number}"
			),
			Some(hashes) => format!(
				"{nodes} lead from the state root of block {at} to the range of node {node}, the tree over all its anchors, and {} from anchor {sequence} up to that tree's root: the same root, anchored in block {block_number}",
				times_of(hashes, "step")
			),
		},
	));
	steps.push(step(
		"keys",
		format!(
			"in the same state both keys are registered for these nodes and held at block {number}: the issuer's {}, the seller's {}",
			term(&proven.facts.issuer.key),
			term(&proven.facts.seller.key)
		),
	));
	steps
}

/// Since when both sides can have signed, and by whose word.
fn attested(verified: &Verified, proven: &OnChain) -> String {
	let [issuer, seller] = verified.attested.map(|block| block.number);
	let Some(times) = proven.attested else {
		return format!(
			"the issuer's signature names block {issuer}, the seller's block {seller}; the pack has no headers down to them, so that neither is shown to be of this chain, nor that it was signed after that block"
		);
	};
	let [issuer, seller] = [(issuer, times[0]), (seller, times[1])].map(|(number, time)| match time {
		Some(time) => format!("block {number}, made at {time}"),
		None => "the genesis block".to_string(),
	});
	format!("the issuer's signature names {issuer}, the seller's {seller}: headers lead down to both from the anchor's block, so that each side signed after the block that it names")
}

/// What the chain says of the parties and of what they traded under, as of the anchor's block.
pub fn facts(pack: &EvidencePack, facts: &Facts) -> Vec<Step> {
	let at = pack.anchor.as_ref().map_or(0, |part| part.reference.block_number);
	let stood = match facts.grant.state {
		2 => "granted",
		3 => "suspended",
		6 | 7 => "ended, and granted before",
		8 => "run out, and granted before",
		_ => "in a state that this release does not know, and granted before",
	};
	let kinds: Vec<&str> = BusinessKinds(facts.grant.kinds)
		.iter()
		.map(|kind| kind.as_str())
		.collect();
	let until = match facts.grant.valid_until {
		Some(block) => format!(" until before block {block}"),
		None => String::new(),
	};
	let clauses = match &facts.agreed {
		None => "the record names no agreed clauses".to_string(),
		Some(agreed) => format!(
			"version {} of the clauses for {}, number {} on the chain, ratified in block {}, holds from block {} on: {}",
			agreed.number,
			scope(&agreed.scope),
			agreed.id,
			agreed.ratified_at,
			agreed.from,
			clauses_text(agreed.clauses.as_deref())
		),
	};
	let product = match (pack.product(), &facts.product) {
		(None, _) => "the order names no product".to_string(),
		(Some(id), None) => format!("the order names the product {id:?}, which the chain does not know"),
		(Some(id), Some(known)) => format!(
			"{id:?} is a product of the issuer, of type {}, risk R{}, in {}",
			known.product_type, known.risk, known.currency
		),
	};
	vec![
		step(
			"parties",
			format!(
				"as of block {at}: {}; {}",
				party("issuer", &facts.issuer),
				party("seller", &facts.seller)
			),
		),
		step(
			"channel",
			format!(
				"channel {} is between these two; {stood}{until}: {}",
				facts.channel,
				kinds.join(", ")
			),
		),
		step("clauses", clauses),
		step("product", product),
		step(
			"runtime",
			format!(
				"that state is of runtime {} version {}, whose code has the BLAKE2b-256 hash {}",
				facts.runtime.name,
				facts.runtime.version,
				hex::encode(facts.runtime.code_hash)
			),
		),
	]
}

/// The clauses on one line of JSON; in hexadecimal digits where this release does not know them.
pub fn clauses_text(bytes: Option<&[u8]>) -> String {
	let Some(bytes) = bytes else {
		return "withdrawn".into();
	};
	Clauses::decode_all(&mut &bytes[..])
		.ok()
		.and_then(|clauses| json::serialize(&clauses, serde_json::value::Serializer).ok())
		.map_or_else(|| hex::encode(bytes), |value| value.to_string())
}

fn party(role: &str, party: &Party) -> String {
	let (kind, number) = party.number.parts();
	let stolen = party.compromise.map(|Compromise { since, declared }| {
		format!(
			", which in block {declared}, after the anchor's, declared this signature's key stolen, suspect since block {since}"
		)
	});
	format!(
		"the {role}'s node {} {} member {}, {} ({kind} {number}){}",
		party.node,
		if party.removed { "belonged to" } else { "belongs to" },
		party.member,
		party.name,
		stolen.unwrap_or_default()
	)
}

fn scope(scope: &Scope) -> String {
	let text = |name: &[u8]| String::from_utf8_lossy(name).into_owned();
	match scope {
		Scope::All => "everything".into(),
		Scope::ProductType(name) => format!("products of type {}", text(name)),
		Scope::Product(name) => format!("product {}", text(name)),
	}
}

/// What is proven and yet strange.
pub fn warnings(pack: &EvidencePack, proven: &OnChain) -> Vec<String> {
	/// A batch is made on its business day, and anchored within hours.
	const MOST_DAYS: u64 = 2;
	const DAY_MS: u64 = 86_400_000;
	let mut warnings = Vec::new();
	let (business, block) = (u64::from(pack.batch.core.date), proven.made_at.unix_ms() / DAY_MS);
	if business.abs_diff(block) > MOST_DAYS {
		warnings.push(format!(
			"the batch's date is {} days from the day of the anchor's block: it is the parties' word alone",
			business.abs_diff(block)
		));
	}
	let named = [pack.batch.issuer.block.number, pack.batch.seller.block.number];
	warnings.extend(late(named, proven.block.0));
	for (who, party) in [("issuer", &proven.facts.issuer), ("seller", &proven.facts.seller)] {
		warnings.extend(party.compromise.map(|stolen| stolen_since(who, stolen, proven.block.0)));
	}
	warnings
}

/// What a declaration after the anchor says: it voids nothing, and a court must know of it.
fn stolen_since(who: &str, stolen: Compromise, anchored: BlockNumber) -> String {
	let Compromise { since, declared } = stolen;
	let when = match since <= anchored {
		true => "others may have had it when the record was anchored",
		false => "by its own word others did not have it yet when the record was anchored",
	};
	format!("in block {declared} the {who} declared the key stolen with which it signed, suspect since block {since}; the anchor is in block {anchored}: {when}")
}

/// That a side may have signed, or had its signature anchored, long after the other did: whoever held both halves could wait and see.
fn late(named: [BlockNumber; 2], anchored: BlockNumber) -> Option<String> {
	let oldest = named.into_iter().min()?;
	let distance = anchored.saturating_sub(oldest);
	(distance > DEFAULT_KEY_GRACE).then(|| {
		format!(
			"the anchor's block {anchored} is {distance} blocks, more than a day, after block {oldest}, which one of the signatures names: both sides need not have agreed at one time"
		)
	})
}

/// `3 hashes lead`.
fn lead(count: usize, one: &str, many: &str) -> String {
	match count {
		0 => format!("no {many} lead"),
		1 => format!("1 {one} leads"),
		_ => format!("{count} {many} lead"),
	}
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

	/// A side that gets the other's signature first and anchors both when it suits it cannot hide that.
	#[test]
	fn an_anchor_long_after_a_signature_is_warned_of() {
		for (named, anchored, warned) in [
			([2, 3], 6, false),
			([43_300, 100], 43_300, false),
			([43_301, 100], 43_301, true),
			([100, 43_301], 43_301, true),
			// The rule for that is another.
			([9, 9], 3, false),
		] {
			assert_eq!(late(named, anchored).is_some(), warned, "{named:?} {anchored}");
		}
		assert!(late([7, 90_000], 90_007)
			.is_some_and(|said| said.contains("is 90000 blocks, more than a day, after block 7")));
	}

	#[test]
	fn a_theft_that_was_declared_later_is_told_with_both_dates() {
		let said = |since| stolen_since("issuer", Compromise { since, declared: 9 }, 6);
		for (since, when) in [(6, "may have had it"), (7, "did not have it yet")] {
			let said = said(since);
			assert!(said.starts_with("in block 9 the issuer declared"), "{said}");
			assert!(
				said.contains(&format!("suspect since block {since};")) && said.contains(when),
				"{said}"
			);
		}
	}

	#[test]
	fn many_changes_are_not_all_listed() {
		assert_eq!(list(&[7]), "7");
		assert_eq!(list(&[1, 2, 3, 4, 5, 6, 7, 8]), "1, 2, 3, 4, 5, 6, 7, 8");
		assert_eq!(list(&[1, 2, 3, 4, 5, 6, 7, 8, 9]), "1, 2, 3, 4, 5, 6, 7, … 9");
	}
}
