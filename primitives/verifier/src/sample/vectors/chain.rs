// SPDX-License-Identifier: Apache-2.0

//! Validators, votes, headers and slots.

use super::{
	super::{
		authorities, cast, grandpa, justification, scheduled, set, slot, validator, votes, Plan, ANCHORED, FIRST_SLOT,
	},
	Sample, Vectors,
};
use crate::{
	chain::header::{Change, DigestItem, GrandpaItem, Vote, AURA, GRANDPA},
	pack::{ChainPart, FinalBlock},
	EvidencePack, Rule,
};
use codec::Encode;
use sealane_primitives::ids::BlockNumber;

pub fn changed(change: impl FnOnce(&Sample, &mut ChainPart)) -> EvidencePack {
	let sample = Sample::new();
	sample.changed(|part| change(&sample, part))
}

/// The sample with other votes for block 8, whose validators are set 1.
fn voted(cast: impl FnOnce(&Sample) -> Vec<Vote>) -> EvidencePack {
	changed(|sample, part| part.finality[1] = sample.voted(8, cast(sample), &[]))
}

/// The sample with another digest in one block.
pub fn digest(number: usize, change: impl FnOnce(&mut Vec<DigestItem>)) -> EvidencePack {
	planned(|plan| change(&mut plan.digests[number]))
}

pub fn planned(change: impl FnOnce(&mut Plan)) -> EvidencePack {
	Sample::with(change).whole()
}

pub fn vectors(v: &mut Vectors) {
	sets(v);
	finality(v);
	ballots(v);
	descendants(v);
	changes(v);
	coverage(v);
	headers(v);
	slots(v);
	known(v);
}

fn sets(v: &mut Vectors) {
	let key = |seed| validator(seed).verifying_key().to_bytes();
	type Authorities = Vec<([u8; 32], u64)>;
	let next = |change: &dyn Fn(&mut Authorities)| {
		let mut list = authorities(set(1));
		change(&mut list);
		digest(3, |items| items[1] = scheduled(list, 0))
	};
	v.refuse(
		"a validator of weight 0",
		Rule::SetForm,
		next(&|list| list.push((key(9), 0))),
	);
	v.refuse(
		"a validator twice in its set",
		Rule::SetForm,
		next(&|list| list.push((key(1), 1))),
	);
	v.refuse("a set without validators", Rule::SetForm, next(&|list| list.clear()));
	v.refuse("weights of 2^64", Rule::SetForm, next(&|list| list[3].1 = u64::MAX - 2));
	v.refuse(
		"a validator with most of the weight did not vote",
		Rule::VotesThreshold,
		next(&|list| list[3].1 = 7),
	);
	v.accept(
		"a validator of weight 2 that did not vote",
		next(&|list| (list[0].1, list[3].1) = (5, 2)),
	);
}

fn finality(v: &mut Vectors) {
	v.refuse(
		"no final block",
		Rule::FinalityMissing,
		changed(|_, part| part.finality.clear()),
	);
	v.refuse(
		"a header with a byte too many",
		Rule::Encoding,
		changed(|_, part| part.finality[0].header.push(0)),
	);
	v.refuse(
		"a header that is cut off",
		Rule::Encoding,
		changed(|_, part| {
			part.headers[1].pop();
		}),
	);
	v.refuse(
		"votes with a byte too many",
		Rule::Encoding,
		changed(|_, part| part.finality[1].justification.push(0)),
	);
	v.refuse(
		"a digest item of an unknown kind",
		Rule::Encoding,
		changed(|sample, part| {
			let place = sample.header(3).encode().len() - scheduled(authorities(set(1)), 0).encode().len();
			part.finality[0].header[place] = 9;
		}),
	);
	v.refuse(
		"a number in a longer spelling",
		Rule::Encoding,
		changed(|_, part| {
			let header = &mut part.finality[3].header;
			let number = header[32] >> 2;
			header.splice(32..33, [number << 2 | 1, 0]);
		}),
	);
	v.refuse(
		"the last block twice",
		Rule::FinalityOrder,
		changed(|_, part| part.finality.push(part.finality[3].clone())),
	);
	v.refuse(
		"blocks out of order",
		Rule::FinalityOrder,
		changed(|_, part| part.finality.swap(1, 2)),
	);
	v.refuse(
		"genesis voted final",
		Rule::FinalityOrder,
		changed(|sample, part| {
			let header = sample.header(0);
			let votes = votes(7, 0, &set(0)[..3], header);
			part.finality.insert(
				0,
				FinalBlock {
					header: header.encode(),
					justification: justification(header, 7, votes, &[]).encode(),
				},
			);
		}),
	);
	v.refuse(
		"votes for another number",
		Rule::FinalityTarget,
		changed(|sample, part| {
			let mut forged = justification(sample.header(8), 7, votes(7, 1, &set(1)[..3], sample.header(8)), &[]);
			forged.number = 9;
			part.finality[1].justification = forged.encode();
		}),
	);
	v.refuse(
		"votes for another block",
		Rule::FinalityTarget,
		changed(|sample, part| {
			part.finality[1].justification = sample.finalised(9).justification;
		}),
	);
}

fn ballots(v: &mut Vectors) {
	v.accept("all four voted", voted(|s| votes(7, 1, &[1, 2, 3, 5], s.header(8))));
	v.accept(
		"the votes in another order",
		voted(|s| votes(7, 1, &[5, 1, 3], s.header(8))),
	);
	v.accept(
		"another round",
		changed(|s, part| {
			let header = s.header(8);
			part.finality[1].justification =
				justification(header, u64::MAX, votes(u64::MAX, 1, &[1, 2, 3], header), &[]).encode();
		}),
	);
	v.refuse(
		"a vote of a validator that was replaced",
		Rule::VotesValidator,
		voted(|s| votes(7, 1, &[1, 2, 3, 4], s.header(8))),
	);
	v.refuse(
		"a vote of a validator to come",
		Rule::VotesValidator,
		voted(|s| votes(7, 1, &[1, 2, 3, 6], s.header(8))),
	);
	v.refuse(
		"a vote twice",
		Rule::VotesRepeated,
		voted(|s| votes(7, 1, &[1, 2, 3, 3], s.header(8))),
	);
	v.refuse(
		"two votes of three validators",
		Rule::VotesThreshold,
		voted(|s| votes(7, 1, &[1, 2], s.header(8))),
	);
	v.refuse("no votes", Rule::VotesThreshold, voted(|_| Vec::new()));
	v.refuse(
		"votes of another set number",
		Rule::VotesSignature,
		voted(|s| votes(7, 0, &[1, 2, 3], s.header(8))),
	);
	v.refuse(
		"votes of another round",
		Rule::VotesSignature,
		voted(|s| votes(8, 1, &[1, 2, 3], s.header(8))),
	);
	v.refuse(
		"a fourth vote whose signature is false",
		Rule::VotesSignature,
		voted(|s| {
			let mut cast = votes(7, 1, &[1, 2, 3, 5], s.header(8));
			cast[3].signature[40] ^= 1;
			cast
		}),
	);
	v.refuse(
		"a vote with S beyond the order",
		Rule::VotesSignature,
		voted(|s| {
			let mut cast = votes(7, 1, &[1, 2, 3], s.header(8));
			cast[2].signature[63] |= 0x20;
			cast
		}),
	);
	v.refuse(
		"a fourth vote for an ancestor",
		Rule::VotesTarget,
		voted(|s| {
			let mut cast = votes(7, 1, &[1, 2, 3], s.header(8));
			cast.extend(votes(7, 1, &[5], s.header(7)));
			cast
		}),
	);
	v.refuse(
		"a fourth vote for a block of another chain",
		Rule::VotesTarget,
		voted(|s| {
			let mut votes = votes(7, 1, &[1, 2, 3], s.header(8));
			votes.push(cast(7, 1, 5, [0xee; 32], 8));
			votes
		}),
	);
	v.refuse(
		"a fourth vote with another number",
		Rule::VotesNumber,
		voted(|s| {
			let mut votes = votes(7, 1, &[1, 2, 3], s.header(8));
			votes.push(cast(7, 1, 5, s.header(8).hash(), 99));
			votes
		}),
	);
	v.refuse(
		"a change of the validators left out",
		Rule::VotesSignature,
		changed(|_, part| {
			part.finality.remove(0);
		}),
	);
	v.refuse(
		"the second change of the validators left out",
		Rule::VotesSignature,
		changed(|s, part| {
			part.finality[3] = s.voted(12, votes(7, 2, &[1, 2, 5], s.header(12)), &[]);
			part.finality.remove(2);
		}),
	);
}

/// Votes for later blocks, with the headers that show it: block 12 is the last, 13 its child.
fn descendants(v: &mut Vectors) {
	let with = |later: &[u8], own: &[u8], headers: &[BlockNumber]| {
		changed(|s, part| {
			let mut cast = votes(7, 2, own, s.header(12));
			cast.extend(votes(7, 2, later, s.header(13)));
			let headers: Vec<_> = headers.iter().map(|number| s.header(*number).clone()).collect();
			part.finality[3] = s.voted(12, cast, &headers);
		})
	};
	v.accept("a vote for a child", with(&[6], &[1, 2], &[13]));
	v.accept("all votes for a child", with(&[1, 2, 6], &[], &[13]));
	v.accept("one validator with two different votes", with(&[6], &[1, 2, 6], &[13]));
	v.refuse(
		"two validators with two votes each",
		Rule::VotesThreshold,
		with(&[1, 2], &[1, 2], &[13]),
	);
	v.refuse(
		"a vote for a child without its header",
		Rule::VotesTarget,
		with(&[6], &[1, 2], &[]),
	);
	v.refuse(
		"the child's header twice",
		Rule::VotesHeaders,
		with(&[6], &[1, 2], &[13, 13]),
	);
	v.refuse(
		"a header that no vote needs",
		Rule::VotesHeaders,
		with(&[6], &[1, 2], &[13, 11]),
	);
	v.refuse(
		"headers and no vote that needs them",
		Rule::VotesHeaders,
		with(&[], &[1, 2, 6], &[13]),
	);
	v.refuse(
		"three votes of one validator",
		Rule::VotesRepeated,
		changed(|s, part| {
			let mut other = s.header(13).clone();
			other.extrinsics_root = [0xaa; 32];
			let mut cast = votes(7, 2, &[1, 2, 6], s.header(12));
			cast.extend(votes(7, 2, &[6], s.header(13)));
			cast.extend(votes(7, 2, &[6], &other));
			part.finality[3] = s.voted(12, cast, &[s.header(13).clone(), other]);
		}),
	);
	v.refuse("a child whose header has another number", Rule::VotesNumber, {
		let sample = Sample::with(|plan| plan.numbers[13] = 99);
		sample.changed(|part| {
			let mut cast = votes(7, 2, &[1, 2], sample.header(12));
			cast.extend(votes(7, 2, &[6], sample.header(13)));
			part.finality[3] = sample.voted(12, cast, &[sample.header(13).clone()]);
		})
	});
	v.refuse(
		"a vote for a child under the number of the block",
		Rule::VotesNumber,
		changed(|s, part| {
			let mut votes = votes(7, 2, &[1, 2], s.header(12));
			votes.push(cast(7, 2, 6, s.header(13).hash(), 12));
			part.finality[3] = s.voted(12, votes, &[s.header(13).clone()]);
		}),
	);
}

fn changes(v: &mut Vectors) {
	let change = |delay| Change {
		next: authorities(set(1)),
		delay,
	};
	let consensus = |bytes: Vec<u8>| DigestItem::Consensus(GRANDPA, bytes);
	let forced = || grandpa(&GrandpaItem::Forced(2, change(0)));
	v.refuse(
		"validators changed by force in a final block",
		Rule::ChangeForced,
		digest(8, |items| items.push(forced())),
	);
	v.refuse(
		"validators changed by force between the blocks",
		Rule::ChangeForced,
		digest(7, |items| items.push(forced())),
	);
	v.refuse(
		"a change with a delay",
		Rule::ChangeDelayed,
		digest(3, |items| items[1] = scheduled(authorities(set(1)), 1)),
	);
	v.refuse(
		"two changes in a block",
		Rule::ChangeTwice,
		digest(3, |items| items.push(items[1].clone())),
	);
	v.refuse(
		"an unknown item of GRANDPA's",
		Rule::ChangeUnknown,
		digest(8, |items| items.push(consensus(vec![99]))),
	);
	v.refuse(
		"a pause of the validators",
		Rule::ChangeUnknown,
		digest(8, |items| items.push(consensus((4u8, 0u32).encode()))),
	);
	v.refuse(
		"an item of GRANDPA's with a byte too many",
		Rule::ChangeUnknown,
		digest(8, |items| {
			items.push(consensus((3u8, 1u64, 0u8).encode()));
		}),
	);
	v.accept(
		"a validator disabled in a final block",
		digest(8, |items| items.push(grandpa(&GrandpaItem::Disabled(1)))),
	);
	v.accept(
		"a validator disabled between the blocks",
		digest(7, |items| items.push(grandpa(&GrandpaItem::Disabled(1)))),
	);
	v.accept(
		"items of other engines",
		digest(7, |items| {
			items.push(DigestItem::Consensus(*b"BABE", vec![1]));
			items.push(DigestItem::Other(vec![2, 3]));
			items.push(DigestItem::Seal(AURA, vec![4; 64]));
			items.push(DigestItem::RuntimeEnvironmentUpdated);
		}),
	);
	v.refuse(
		"a change between the blocks",
		Rule::HeadersChange,
		digest(7, |items| {
			items.push(scheduled(authorities(set(1)), 0));
		}),
	);
	v.refuse(
		"an unknown item of GRANDPA's between the blocks",
		Rule::HeadersChange,
		digest(7, |items| {
			items.push(consensus(vec![99]));
		}),
	);
}

fn coverage(v: &mut Vectors) {
	v.refuse(
		"no votes from the anchor's block on",
		Rule::AnchorCovered,
		changed(|_, part| part.finality.truncate(1)),
	);
	v.refuse(
		"a final block that nothing needs",
		Rule::FinalityNeedless,
		changed(|s, part| {
			part.finality.insert(1, s.finalised(5));
		}),
	);
	v.refuse(
		"a final block that nothing needs after the anchor's",
		Rule::FinalityNeedless,
		changed(|s, part| {
			part.finality.insert(3, s.finalised(11));
		}),
	);
	v.accept(
		"votes for the anchor's own block",
		changed(|s, part| {
			part.headers.clear();
			part.finality = vec![s.finalised(3), s.finalised(ANCHORED)];
		}),
	);
	v.accept(
		"the votes of the set that leaves",
		changed(|s, part| {
			part.headers = (ANCHORED..9).map(|number| s.header(number).encode()).collect();
			part.finality = vec![s.finalised(3), s.finalised(9)];
		}),
	);
}

fn headers(v: &mut Vectors) {
	v.refuse(
		"a header too few",
		Rule::HeadersCount,
		changed(|_, part| {
			part.headers.pop();
		}),
	);
	v.refuse(
		"a header too many",
		Rule::HeadersCount,
		changed(|s, part| part.headers.insert(0, s.header(5).encode())),
	);
	v.refuse(
		"headers swapped",
		Rule::HeadersParent,
		changed(|_, part| part.headers.swap(0, 1)),
	);
	v.refuse("an anchor's block on another branch", Rule::HeadersParent, {
		let sample = Sample::new();
		let mut branch = sample.header(ANCHORED).clone();
		branch.extrinsics_root = [0xbb; 32];
		let mut pack = sample.whole();
		pack.anchor.as_mut().expect("anchored").reference.block_hash = branch.hash();
		pack.chain.as_mut().expect("a chain part").headers[0] = branch.encode();
		EvidencePack::new(pack.record, pack.batch, pack.anchor, pack.chain)
	});
	v.refuse(
		"a number that stands still",
		Rule::HeadersNumber,
		planned(|plan| {
			plan.numbers[7] = 6;
			for (number, digest) in plan.digests.iter_mut().enumerate().skip(8) {
				digest[0] = slot(FIRST_SLOT + 5 + number as u64);
			}
		}),
	);
	v.refuse("another hash of the anchor's block", Rule::AnchorBlock, {
		let mut pack = Sample::new().whole();
		pack.anchor.as_mut().expect("anchored").reference.block_hash[0] ^= 1;
		EvidencePack::new(pack.record, pack.batch, pack.anchor, pack.chain)
	});
}

fn slots(v: &mut Vectors) {
	v.refuse("no slot", Rule::SlotForm, digest(7, |items| items.clear()));
	v.refuse(
		"two slots",
		Rule::SlotForm,
		digest(7, |items| items.push(items[0].clone())),
	);
	v.refuse(
		"a slot of four bytes",
		Rule::SlotForm,
		digest(7, |items| {
			items[0] = DigestItem::PreRuntime(AURA, 7u32.encode());
		}),
	);
	v.refuse(
		"a slot of the year 9999",
		Rule::SlotForm,
		digest(12, |items| items[0] = slot(126_685_382_400)),
	);
	v.refuse(
		"a slot beyond all numbers",
		Rule::SlotForm,
		digest(12, |items| items[0] = slot(u64::MAX)),
	);
	v.refuse(
		"a slot before that of the parent",
		Rule::SlotOrder,
		digest(7, |items| items[0] = slot(FIRST_SLOT + 5)),
	);
	v.refuse(
		"the slot of the parent",
		Rule::SlotOrder,
		digest(7, |items| items[0] = slot(FIRST_SLOT + 6)),
	);
	v.refuse(
		"a slot in 1999",
		Rule::SlotOrder,
		digest(6, |items| items[0] = slot(470_000_000)),
	);
	v.refuse(
		"fewer slots than blocks",
		Rule::SlotOrder,
		digest(12, |items| items[0] = slot(FIRST_SLOT + 11)),
	);
	v.accept(
		"an outage of a day",
		planned(|plan| {
			for (number, digest) in plan.digests.iter_mut().enumerate().skip(7) {
				digest[0] = slot(FIRST_SLOT + 43_200 + number as u64);
			}
		}),
	);
	v.accept(
		"the last slot of the year 9998",
		digest(12, |items| items[0] = slot(126_685_382_399)),
	);
}

fn known(v: &mut Vectors) {
	let sample = Sample::new();
	let hash = |number| hex::encode(sample.header(number).hash());
	let none = "00".repeat(32);
	v.accept("compared with a known block", sample.whole()).known_blocks = vec![format!("8:{}", hash(8))];
	v.accept("compared with a block that is not shown", sample.whole())
		.known_blocks = vec![format!("1000:{none}")];
	for number in [2, 3, 5, 6, 7, 8, 12] {
		let name = format!("another block {number} is known");
		v.refuse(&name, Rule::KnownBlock, sample.whole()).known_blocks =
			vec![format!("12:{}", hash(12)), format!("{number}:{none}")];
	}
}
