// SPDX-License-Identifier: Apache-2.0

//! The headers down to the blocks that the attestations name: 2 by the issuer, 3 by the seller.

use super::{
	super::{authorities, grandpa, scheduled, set, slot, ANCHORED, FIRST_SLOT},
	chain::{changed, digest, planned},
	Sample, Vectors,
};
use crate::{
	chain::header::{Change, GrandpaItem},
	Rule,
};
use codec::Encode;
use sealane_primitives::evidence::Side;

pub fn vectors(v: &mut Vectors) {
	let with = |change: &dyn Fn(&Sample, &mut Vec<Vec<u8>>)| {
		changed(|s, part| {
			let mut before = s.before().expect("the sample has them");
			change(s, &mut before);
			part.before = Some(before);
		})
	};
	let attested = |issuer, seller| planned(|plan| (plan.issuer.1, plan.seller.1) = (issuer, seller));
	v.accept(
		"no headers down to the blocks attested",
		changed(|_, part| part.before = None),
	);
	v.accept("both attested one block", attested(3, 3));
	v.accept("the issuer attested the later block", attested(3, 1));
	v.accept("the genesis block attested", attested(0, 2));
	v.accept("both attested the genesis block", attested(0, 0));
	v.refuse(
		"too few headers to the blocks attested",
		Rule::BeforeCount,
		with(&|_, before| {
			before.remove(0);
		}),
	);
	v.refuse(
		"headers to below the blocks attested",
		Rule::BeforeCount,
		with(&|s, before| before.insert(0, s.header(1).encode())),
	);
	v.refuse(
		"no headers where there are blocks between",
		Rule::BeforeCount,
		with(&|_, before| before.clear()),
	);
	v.refuse(
		"headers to a block attested that is not below the anchor's",
		Rule::BeforeCount,
		Sample::with(|plan| (plan.issuer.1, plan.seller.1) = (ANCHORED, 7)).changed(|part| {
			part.before = Some(vec![part.headers[0].clone()]);
		}),
	);
	v.refuse(
		"headers to the blocks attested swapped",
		Rule::HeadersParent,
		with(&|_, before| before.swap(0, 1)),
	);
	v.refuse(
		"a header to the blocks attested cut off",
		Rule::Encoding,
		with(&|_, before| {
			before[2].pop();
		}),
	);
	v.refuse(
		"headers to the blocks attested from another branch",
		Rule::HeadersParent,
		with(&|s, before| {
			let mut branch = s.header(5).clone();
			branch.extrinsics_root = [0xbb; 32];
			before[3] = branch.encode();
		}),
	);
	v.refuse(
		"a number that stands still below the anchor's block",
		Rule::HeadersNumber,
		planned(|plan| {
			plan.numbers[5] = 4;
			for (number, digest) in plan.digests.iter_mut().enumerate().skip(6) {
				digest[0] = slot(FIRST_SLOT + 5 + number as u64);
			}
		}),
	);
	for (side, name) in [
		(Side::Issuer, "the issuer names another block 2"),
		(Side::Seller, "the seller names another block 3"),
	] {
		let sample = Sample::with(|plan| plan.misnamed = Some(side));
		v.refuse(name, Rule::AttestedBlock, sample.whole());
		// Nobody shows which block it is: what is left is the signer's word.
		v.accept(
			&format!("{name}, without headers"),
			sample.changed(|part| part.before = None),
		);
	}
	v.refuse("another genesis block attested", Rule::AttestedBlock, {
		planned(|plan| (plan.issuer.1, plan.misnamed) = (0, Some(Side::Issuer)))
	});
	// The validators of set 0 made two blocks 3 final, and the pack shows one of them in each place.
	v.refuse("final blocks of two branches", Rule::BeforeFinality, {
		let mut other = Sample::new();
		other.headers[3].extrinsics_root = [0xbb; 32];
		changed(|_, part| part.finality[0] = other.finalised(3))
	});
	v.refuse(
		"a change below the anchor's block that is not followed",
		Rule::HeadersChange,
		digest(5, |items| items.push(scheduled(authorities(set(1)), 0))),
	);
	v.refuse(
		"validators changed by force below the anchor's block",
		Rule::ChangeForced,
		digest(5, |items| {
			let next = authorities(set(1));
			items.push(grandpa(&GrandpaItem::Forced(2, Change { next, delay: 0 })));
		}),
	);
	v.refuse(
		"a slot before that of the parent, below the anchor's block",
		Rule::SlotOrder,
		digest(5, |items| items[0] = slot(FIRST_SLOT + 4)),
	);
	v.refuse(
		"no slot below the anchor's block",
		Rule::SlotForm,
		digest(4, |items| items.clear()),
	);
}
