// SPDX-License-Identifier: Apache-2.0

//! Record, batch, signatures and anchor.

use super::{
	super::{channel_entry, courier, standing_entry, version_entry, Plan, CLAUSE_VERSION, ISSUER, ISSUER_NODE, SELLER},
	Sample, Vectors,
};
use crate::{
	chain::keys,
	pack::{Entry, Step},
	EvidencePack, Rule,
};
use curve25519_dalek::{constants::EIGHT_TORSION, EdwardsPoint, Scalar};
use ed25519_dalek::Signer as _;
use sealane_primitives::evidence::{entry::Part, Attestation, Core, Excluded, Side};
use sha2::{Digest as _, Sha512};

/// The sample with a part changed and its checksum made anew.
fn changed(change: impl FnOnce(&mut EvidencePack)) -> EvidencePack {
	let mut pack = Sample::new().whole();
	change(&mut pack);
	EvidencePack::new(pack.record, pack.batch, pack.anchor, pack.chain)
}

fn planned(change: impl FnOnce(&mut Plan)) -> EvidencePack {
	Sample::with(change).whole()
}

pub fn vectors(v: &mut Vectors) {
	local(v);
	parts(v);
	signatures(v);
	anchors(v);
}

fn local(v: &mut Vectors) {
	let mut first = Sample::new().whole();
	first.format = "sealane-evidence/1".into();
	first.checksum = first.contents_hash();
	v.refuse("another format", Rule::Format, first);
	v.refuse(
		"of another chain",
		Rule::Genesis,
		planned(|plan| plan.core.genesis[0] ^= 1),
	);
	v.refuse(
		"a record of another channel in the batch",
		Rule::RecordChannel,
		planned(|plan| {
			plan.channel = 4;
			plan.state = vec![
				(keys::channel(4), Some(channel_entry(SELLER, ISSUER))),
				(keys::standing(4, 1), Some(standing_entry(2, 2))),
				(keys::version(CLAUSE_VERSION), Some(version_entry(4, 2, false))),
			];
		}),
	);
	v.refuse(
		"packets that end before they begin",
		Rule::BatchSequences,
		planned(|plan| plan.core.last_sequence = 40),
	);
	v.accept("one packet", planned(|plan| plan.core.first_sequence = 42));
	v.accept(
		"the highest packets",
		planned(|plan| plan.core.last_sequence = u64::MAX),
	);
	v.refuse(
		"one node on both sides",
		Rule::BatchNodes,
		planned(|plan| {
			(plan.core.seller_node, plan.seller.0, plan.anchor) = (ISSUER_NODE, 1, (ISSUER_NODE, 9));
		}),
	);
	v.refuse(
		"a place that is not in the batch",
		Rule::BatchPath,
		changed(|pack| pack.batch.index = 5),
	);
	v.refuse(
		"a hash too few in the batch's path",
		Rule::BatchPath,
		changed(|pack| pack.batch.path.truncate(2)),
	);
	v.refuse(
		"a hash too many in the batch's path",
		Rule::BatchPath,
		changed(|pack| pack.batch.path.push([0; 32])),
	);
	v.refuse(
		"a batch without records",
		Rule::BatchPath,
		planned(|plan| plan.core.count = 0),
	);
	v.refuse(
		"another amount confirmed",
		Rule::BatchRoot,
		changed(|pack| pack.record.confirmation.bytes.0[50] ^= 1),
	);
	v.refuse("another place", Rule::BatchRoot, changed(|pack| pack.batch.index = 2));
	v.refuse(
		"milder clauses",
		Rule::BatchRoot,
		changed(|pack| pack.record.clause_version = 4),
	);
	v.refuse(
		"another salt",
		Rule::BatchRoot,
		changed(|pack| pack.record.salt[0] ^= 1),
	);
	v.refuse(
		"a byte moved from the order to the confirmation",
		Rule::BatchRoot,
		changed(|pack| {
			let byte = pack.record.order.bytes.0.pop().expect("not empty");
			pack.record.confirmation.bytes.0.insert(0, byte);
			pack.record.order.salts.clear();
		}),
	);
	v.refuse(
		"an excluded record beyond the batch",
		Rule::ExcludedForm,
		planned(|plan| plan.seller.2 = Excluded::of([5])),
	);
	for side in [Side::Issuer, Side::Seller] {
		v.refuse(
			&format!("a record that the {} excludes", side.as_str()),
			Rule::RecordAgreed,
			planned(|plan| match side {
				Side::Issuer => plan.issuer.2 = Excluded::of([3]),
				Side::Seller => plan.seller.2 = Excluded::of([0, 3]),
			}),
		);
	}
	v.accept(
		"all other records excluded",
		planned(|plan| plan.issuer.2 = Excluded::of([0, 1, 2, 4])),
	);
}

/// Parts of an entry that may be withheld.
fn parts(v: &mut Vectors) {
	v.accept("facts withheld", planned(|plan| plan.withheld = vec![Part::Facts]));
	v.accept(
		"customer, facts and details withheld",
		planned(|plan| {
			plan.confirmation = br#"{"order":"A-0003","outcome":"accepted","details":{"fee":"1.00"}}"#.to_vec();
			plan.withheld = vec![Part::Customer, Part::Details, Part::Facts];
		}),
	);
	v.accept(
		"a part whose name is written with an escape",
		planned(|plan| {
			plan.confirmation =
				br#"{ "order" : "A-0003" ,"det\u0061ils" : [ {"}":"\\\""} , -0.5E+1 , true ] }"#.to_vec();
			plan.withheld = vec![Part::Details];
		}),
	);
	v.accept(
		"a part that is null",
		planned(|plan| plan.confirmation = br#"{"order":"A-0003","details":null}"#.to_vec()),
	);
	v.accept(
		"a part named twice is no part",
		planned(|plan| plan.confirmation = br#"{"order":"A-0003","details":1,"details":2}"#.to_vec()),
	);
	v.accept(
		"names of parts deeper in an entry are no parts",
		planned(|plan| plan.confirmation = br#"{"order":"A-0003","more":{"facts":1,"customer":"c"}}"#.to_vec()),
	);
	v.accept(
		"an entry with a comma too many has no parts",
		planned(|plan| plan.confirmation = br#"{"order":"A-0003","details":1,}"#.to_vec()),
	);
	let deep = |levels: usize| {
		let (open, close) = ("[".repeat(levels), "]".repeat(levels));
		format!(r#"{{"details":1,"x":{open}{close}}}"#).into_bytes()
	};
	v.accept(
		"an entry of 64 levels has parts",
		planned(|plan| plan.confirmation = deep(63)),
	);
	v.accept(
		"an entry of 65 levels has none",
		planned(|plan| plan.confirmation = deep(64)),
	);
	let order = |change: fn(&mut Entry)| changed(|pack| change(&mut pack.record.order));
	v.refuse(
		"something shown for what is withheld",
		Rule::RecordParts,
		changed(|pack| {
			*pack = Sample::with(|plan| plan.withheld = vec![Part::Customer]).whole();
			let text = String::from_utf8(pack.record.order.bytes.0.clone()).expect("a text");
			pack.record.order.bytes.0 = text.replace("null", "\"C-9\"").into_bytes();
		}),
	);
	v.refuse(
		"the salt of a part that is not there",
		Rule::RecordParts,
		order(|order| order.salts.push((Part::Person, [0; 32]))),
	);
	v.refuse(
		"the hash of a part that is not there",
		Rule::RecordParts,
		order(|order| order.withheld.push((Part::Person, [0; 32]))),
	);
	v.refuse(
		"salt and hash of a part",
		Rule::RecordParts,
		order(|order| order.withheld.push((Part::Facts, [0; 32]))),
	);
	v.refuse(
		"a part without salt and hash",
		Rule::RecordParts,
		order(|order| order.salts.truncate(1)),
	);
	v.refuse(
		"another salt of a part",
		Rule::BatchRoot,
		order(|order| order.salts[0].1[0] ^= 1),
	);
	v.refuse(
		"another customer",
		Rule::BatchRoot,
		order(|order| {
			let text = String::from_utf8(order.bytes.0.clone()).expect("a text");
			order.bytes.0 = text.replace("C-0003", "C-0004").into_bytes();
		}),
	);
	v.refuse(
		"another hash of what is withheld",
		Rule::BatchRoot,
		changed(|pack| {
			*pack = Sample::with(|plan| plan.withheld = vec![Part::Facts]).whole();
			pack.record.order.withheld[0].1[31] ^= 1;
		}),
	);
}

/// One way to sign a batch.
type Sign = fn(&Attestation, &Core) -> Attestation;

/// A signature whose R has a part of order 8: it holds with the cofactor only.
fn with_torsion(by: &Attestation, core: &Core) -> Attestation {
	let seed = [if by.side == Side::Issuer { 1 } else { 2 }; 32];
	let expanded = Sha512::digest(seed);
	let mut secret: [u8; 32] = expanded[..32].try_into().expect("32 bytes");
	secret[0] &= 248;
	secret[31] = secret[31] & 63 | 64;
	let secret = Scalar::from_bytes_mod_order(secret);
	let nonce = Scalar::from_bytes_mod_order([0x33; 32]);
	let r = (EdwardsPoint::mul_base(&nonce) + EIGHT_TORSION[1])
		.compress()
		.to_bytes();
	let hash = Sha512::new()
		.chain_update(r)
		.chain_update(by.key)
		.chain_update(by.digest(&core.genesis, &core.hash()))
		.finalize();
	let s = nonce + Scalar::from_bytes_mod_order_wide(&hash.into()) * secret;
	let mut signature = [0; 64];
	signature[..32].copy_from_slice(&r);
	signature[32..].copy_from_slice(s.as_bytes());
	Attestation {
		signature,
		..by.clone()
	}
}

/// S + L in place of S: the same number to the equation.
fn with_large_s(by: &Attestation, _: &Core) -> Attestation {
	const L: [u8; 32] = [
		0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
	];
	let mut signature = by.signature;
	let mut carry = 0;
	for (byte, more) in signature[32..].iter_mut().zip(L) {
		let sum = u16::from(*byte) + u16::from(more) + carry;
		*byte = sum as u8;
		carry = sum >> 8;
	}
	Attestation {
		signature,
		..by.clone()
	}
}

/// A key and an R of small order, S = 0: the equation holds for every message.
fn of_small_order(by: &Attestation, _: &Core) -> Attestation {
	let mut signature = [0; 64];
	signature[0] = 1;
	let mut key = [0; 32];
	key[0] = 1;
	Attestation {
		key,
		signature,
		..by.clone()
	}
}

/// The same with a key beyond the prime: y = p + 1.
fn beyond_the_prime(by: &Attestation, core: &Core) -> Attestation {
	let mut key = [0xff; 32];
	(key[0], key[31]) = (0xee, 0x7f);
	Attestation {
		key,
		..of_small_order(by, core)
	}
}

fn signatures(v: &mut Vectors) {
	let ways: [(&str, Sign); 8] = [
		("a signature with a bit changed", |by, _| {
			let mut signature = by.signature;
			signature[63] ^= 1;
			Attestation {
				signature,
				..by.clone()
			}
		}),
		("a signature by another key", |by, core| Attestation {
			signature: courier(3).sign(&by.digest(&core.genesis, &core.hash())).to_bytes(),
			..by.clone()
		}),
		("a signature for another purpose", |by, core| {
			let pair = courier(if by.side == Side::Issuer { 1 } else { 2 });
			let digest = sealane_primitives::keys::Purpose::Receipt.digest(
				&core.genesis,
				&Attestation::message(by.side, &core.hash(), &by.block, &by.excluded),
			);
			Attestation {
				signature: pair.sign(&digest).to_bytes(),
				..by.clone()
			}
		}),
		("a signature of zeros", |by, _| Attestation {
			signature: [0; 64],
			..by.clone()
		}),
		("a signature with a part of order 8", with_torsion),
		("a signature with S beyond the order", with_large_s),
		("a key of small order", of_small_order),
		("a key beyond the prime", beyond_the_prime),
	];
	for (name, sign) in ways {
		let issuer = changed(|pack| pack.batch.issuer = sign(&pack.batch.issuer, &pack.batch.core));
		v.refuse(&format!("issuer: {name}"), Rule::IssuerSignature, issuer);
		let seller = changed(|pack| pack.batch.seller = sign(&pack.batch.seller, &pack.batch.core));
		v.refuse(&format!("seller: {name}"), Rule::SellerSignature, seller);
	}
	v.refuse(
		"the two signatures swapped",
		Rule::IssuerSignature,
		changed(|pack| {
			let batch = &mut pack.batch;
			core::mem::swap(&mut batch.issuer.signature, &mut batch.seller.signature);
		}),
	);
	for (side, rule) in [
		(Side::Issuer, Rule::IssuerSignature),
		(Side::Seller, Rule::SellerSignature),
	] {
		v.refuse(
			&format!("a false signature of the {}, anchored", side.as_str()),
			rule,
			planned(|plan| plan.forged = Some(side)),
		);
	}
	v.refuse(
		"an attestation of the other side",
		Rule::SellerSignature,
		changed(|pack| {
			let mut issuers = pack.batch.issuer.clone();
			issuers.side = Side::Seller;
			pack.batch.seller = issuers;
		}),
	);
	v.refuse(
		"another block attested",
		Rule::IssuerSignature,
		changed(|pack| pack.batch.issuer.block.number -= 1),
	);
	v.refuse(
		"an exclusion taken out",
		Rule::SellerSignature,
		changed(|pack| pack.batch.seller.excluded = Excluded::none()),
	);
	v.refuse(
		"another date",
		Rule::IssuerSignature,
		changed(|pack| pack.batch.core.date -= 1),
	);
	v.accept("a date of 1999", planned(|plan| plan.core.date = 10_600));
}

fn anchors(v: &mut Vectors) {
	v.accept("anchored by the issuer", planned(|plan| plan.anchor = (ISSUER_NODE, 0)));
	v.accept("alone in its anchor", planned(|plan| plan.steps.clear()));
	v.accept(
		"64 steps to the anchor's root",
		planned(|plan| plan.steps = vec![Step::Left([3; 32]); 64]),
	);
	v.refuse(
		"an anchor of a third node",
		Rule::AnchorNode,
		planned(|plan| plan.anchor = (9, 9)),
	);
	v.refuse(
		"65 steps to the anchor's root",
		Rule::AnchorPath,
		planned(|plan| plan.steps = vec![Step::Left([3; 32]); 65]),
	);
	let anchor =
		|change: fn(&mut crate::pack::AnchorPart)| changed(|pack| change(pack.anchor.as_mut().expect("anchored")));
	v.refuse(
		"another blinding",
		Rule::AnchorRoot,
		anchor(|part| part.blinding[0] ^= 1),
	);
	v.refuse("a step too few", Rule::AnchorRoot, anchor(|part| part.path.truncate(1)));
	v.refuse(
		"a step to the other side",
		Rule::AnchorRoot,
		anchor(|part| part.path[0] = Step::Right([0; 32])),
	);
	v.refuse(
		"another root",
		Rule::AnchorRoot,
		anchor(|part| part.reference.root[0] ^= 1),
	);
	v.refuse(
		"a chain part without an anchor",
		Rule::ChainAlone,
		changed(|pack| pack.anchor = None),
	);
	let mut damaged = Sample::new().whole();
	damaged.checksum[31] ^= 1;
	v.refuse("another checksum", Rule::Checksum, damaged);
	v.refuse(
		"no anchor yet",
		Rule::AnchorMissing,
		changed(|pack| (pack.anchor, pack.chain) = (None, None)),
	);
	v.refuse("no chain part", Rule::ChainMissing, changed(|pack| pack.chain = None));
}
