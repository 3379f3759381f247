// SPDX-License-Identifier: Apache-2.0

use super::{answer::packets_hash, envelope::EnvelopeHead, packet::Extensions, seal::Suite, *};
use crate::{
	api::LaneId,
	keys::{KeyPair, SealingKey},
	random::SystemRandom,
};
use bytes::Bytes;
use codec::{Decode, Encode};
use proptest::prelude::*;
use sealane_primitives::{
	business::{BusinessKind, BusinessKinds},
	directory::Refusal,
	evidence::{entry::entry_hash, Attestation, Core, Excluded, FinalBlockRef, Side},
	ids::{Digest, Name},
};
use sha2::Digest as _;

const GENESIS: [u8; 32] = [0x5e; 32];
const LANE: LaneId = LaneId {
	channel: 1,
	from: 2,
	to: 3,
};

fn sealing_key() -> SealingKey {
	SealingKey::from_secret(&[7; 32])
}

const SEED: [u8; 32] = [5; 32];

fn hash_of(kind: PacketKind, body: &[u8], count: u32) -> Digest {
	let entries = body::entries_checked(kind, body, count).unwrap_or_default();
	body::hash_body(kind, &SEED, body, &entries).0
}

fn label(suite: Suite, first_sequence: u64) -> Label {
	Label {
		suite,
		store: StoreClaim {
			store: [3; 16],
			take_over: 4,
			signature: [5; 64],
		},
		lane: LANE,
		first_sequence,
	}
}

fn header(kind: PacketKind, sequence: u64, count: u32, body: &[u8]) -> PacketHeader {
	let core = Core {
		genesis: GENESIS,
		channel: 1,
		issuer_node: 2,
		seller_node: 3,
		issuer: 20,
		seller: 30,
		first_sequence: sequence,
		last_sequence: sequence,
		count,
		root: [4; 32],
		previous: [7; 32],
		date: 20_416,
	};
	PacketHeader {
		version: VERSION,
		suite: SUITE,
		lane: LANE,
		sequence,
		previous: [0xa5; 32],
		kind,
		interface: Name::truncate_from(b"I1".to_vec()),
		count,
		kinds: BusinessKinds::of(&[BusinessKind::Purchase]),
		body_len: body.len() as u32,
		body_hash: hash_of(kind, body, count),
		created_at: 0x0102030405,
		seed: SEED,
		core: kind.is_answer().then_some(core),
		extensions: Extensions::default(),
	}
}

fn attestation(side: Side, excluded: Excluded) -> Attestation {
	Attestation {
		suite: 0,
		side,
		block: FinalBlockRef {
			number: 11,
			hash: [9; 32],
		},
		excluded,
		key: [10; 32],
		signature: [6; 64],
	}
}

fn agreed() -> Option<Attestation> {
	Some(attestation(Side::Issuer, Excluded::none()))
}

fn orders(sequence: u64, entries: &[&[u8]]) -> Packet {
	let mut body = Vec::new();
	for entry in entries {
		body::push_entry(&mut body, entry).expect("an entry of the test fits");
	}
	Packet::assemble(
		header(PacketKind::Orders, sequence, entries.len() as u32, &body),
		[8; 64],
		None,
		&body,
	)
}

fn answers(sequence: u64, entries: &[(u64, u32, &[u8])]) -> Packet {
	let mut body = Vec::new();
	for (s, o, bytes) in entries {
		body::push_answer(&mut body, *s, *o, bytes).expect("an answer of the test fits");
	}
	Packet::assemble(
		header(PacketKind::Confirmations, sequence, entries.len() as u32, &body),
		[8; 64],
		agreed(),
		&body,
	)
}

#[test]
fn bytes_of_a_packet_are_what_they_were() {
	let packet = orders(9, &[b"{}", b"[]"]);
	let expected = [
		"02",                       // version
		"00",                       // suite
		"010000000200000003000000", // lane
		"0900000000000000",         // sequence
		&"a5".repeat(32),           // previous
		"00",                       // kind
		"084931",                   // interface
		"02000000",                 // count
		"0200",                     // kinds
		"0c000000",                 // body_len
	]
	.concat();
	let bytes = hex::encode(&packet.bytes);
	assert!(bytes.starts_with(&expected), "{bytes}");
	assert!(bytes.ends_with("020000007b7d020000005b5d"));
	assert_eq!(packet.bytes.len(), packet.head_len + 12);
	let tail = &bytes[bytes.len() - 24 - 128 - 4 - 64 - 16..bytes.len() - 24 - 128];
	let expected = format!("0504030201000000{}0000", "05".repeat(32));
	assert_eq!(tail, expected, "created_at, seed, no core, no extension");
	let packet = answers(1, &[(3, 4, b"{}")]);
	assert!(hex::encode(&packet.bytes).ends_with("030000000000000004000000020000007b7d"));
}

#[test]
fn hashes_are_those_of_the_documented_bytes() {
	let sha256 = |parts: &[&[u8]]| -> Digest { sha2::Sha256::digest(parts.concat()).into() };
	let packet = orders(9, &[b"{}", br#"{"facts":1}"#]);
	let entries = [entry_hash(b"{}", &SEED, 0), entry_hash(br#"{"facts":1}"#, &SEED, 1)];
	assert_eq!(
		packet.header.body_hash,
		sha256(&[&b"sealane/2/body"[..], &entries[0], &entries[1]])
	);
	assert_eq!(packet.checked_body().unwrap().1, entries);
	let packet = answers(1, &[(3, 4, b"{}")]);
	let place = [&[3, 0, 0, 0, 0, 0, 0, 0][..], &[4, 0, 0, 0]].concat();
	assert_eq!(
		packet.header.body_hash,
		sha256(&[&b"sealane/2/body"[..], &place, &entries[0]])
	);
	assert_eq!(
		packet.hash(),
		sha256(&[&b"sealane/2/header"[..], packet.header_bytes()])
	);
}

#[test]
fn extensions_are_carried_and_bounded() {
	let mut header = header(PacketKind::Orders, 0, 1, b"\x01\0\0\0x");
	let extension = (513, vec![7; packet::MAX_EXTENSION_LEN as usize].try_into().unwrap());
	header.extensions = vec![extension; packet::MAX_EXTENSIONS as usize].try_into().unwrap();
	let whole = Packet::assemble(header, [8; 64], None, b"\x01\0\0\0x");
	let again = Packet::split_from(&whole.bytes).unwrap();
	assert_eq!(again, whole);
	assert!(again.checked_body().is_ok());
	// One more than there may be: the count stands first in the encoding of the list, which ends the header.
	let mut more = whole.bytes.to_vec();
	let list = 1 + packet::MAX_EXTENSIONS as usize * (2 + 2 + packet::MAX_EXTENSION_LEN as usize);
	more[whole.header_len - list] = (packet::MAX_EXTENSIONS as u8 + 1) << 2;
	assert!(Packet::split_from(&more.into()).is_err());
}

#[test]
fn an_unknown_suite_is_refused_by_its_number() {
	let mut bytes = orders(0, &[b"{}"]).bytes.to_vec();
	bytes[1] = 1;
	assert_eq!(
		Packet::split_from(&bytes.into()).map(drop),
		Err(WireError::Suite { found: 1 })
	);
}

#[test]
fn bytes_of_answers_are_what_they_were() {
	assert_eq!(hex::encode(Answer::Busy { retry_after_ms: 200 }.encode()), "03c8000000");
	assert_eq!(
		hex::encode(Answer::Expected { sequence: 5 }.encode()),
		"020500000000000000"
	);
	let refused = Refused {
		version: VERSION,
		lane: LANE,
		first_sequence: 1,
		reason: RefusalReason::Chain(Refusal::Revoked),
		at: 2,
		block: BlockRef {
			number: 3,
			hash: [0xbb; 32],
		},
		unreadable: vec![(4, 2)],
	};
	assert_eq!(
		hex::encode(refused.encode()),
		[
			"02010000000200000003000000010000000000000000070200000000000000",
			"03000000",
			&"bb".repeat(32),
			"040400000002000000"
		]
		.concat()
	);
	for (reason, index) in [
		(RefusalReason::Version, 1),
		(RefusalReason::Malformed, 2),
		(RefusalReason::SealingKeyUnknown, 3),
		(RefusalReason::SealBroken, 4),
		(RefusalReason::HeaderMismatch, 5),
		(RefusalReason::SignatureInvalid, 6),
		(RefusalReason::Unreadable, 7),
		(RefusalReason::AttestationInvalid, 8),
		(RefusalReason::AttestationKeyEnded, 9),
		(RefusalReason::OtherBranch, 10),
		(RefusalReason::StoreSuperseded, 11),
		(RefusalReason::StoreDoubled, 12),
		(RefusalReason::OtherHistory, 13),
		(RefusalReason::Suite, 14),
	] {
		assert_eq!(reason.encode(), [index]);
	}
}

#[test]
fn head_of_an_envelope_is_what_it_was() {
	let mut envelope = Envelope::with_capacity(64);
	envelope.push(&orders(9, &[b"{}"]).bytes);
	let bytes = envelope
		.seal(
			&SystemRandom,
			&GENESIS,
			label(Suite::Aes256Gcm, 9),
			&sealing_key().public(),
		)
		.unwrap();
	let key = hex::encode(&sealing_key().public()[..8]);
	let store = format!("{}04000000{}", "03".repeat(16), "05".repeat(64));
	assert_eq!(
		hex::encode(&bytes[..envelope::HEAD_LEN]),
		format!("0201{store}01000000020000000300000009000000000000000100{key}")
	);
	assert_eq!(
		EnvelopeHead::parse(&bytes).unwrap(),
		EnvelopeHead {
			suite: Suite::Aes256Gcm,
			store: label(Suite::Aes256Gcm, 9).store,
			lane: LANE,
			first_sequence: 9,
			count: 1,
			sealing_key: bytes[108..116].try_into().unwrap()
		}
	);
}

#[test]
fn a_head_without_packets_asks_for_them() {
	let asking = EnvelopeHead::asking(label(Suite::Aes256Gcm, 9));
	let head = EnvelopeHead::parse(&asking).unwrap();
	assert_eq!((head.count, head.first_sequence, head.lane), (0, 9, LANE));
	let longer = [&asking[..], &[0]].concat();
	assert!(EnvelopeHead::parse(&longer).is_err(), "nothing is behind it");
	let mut envelope = asking;
	envelope[106] = 1;
	assert!(EnvelopeHead::parse(&envelope).is_err(), "an envelope has packets");
}

#[test]
fn nobody_else_can_claim_a_store() {
	let (pair, other) = (
		KeyPair::from_seeds(&[1; 32], &[2; 32]),
		KeyPair::from_seeds(&[3; 32], &[4; 32]),
	);
	let key = |pair: &KeyPair| sealane_primitives::keys::CourierKey {
		signing: pair.signing_public(),
		sealing: pair.sealing.public(),
		valid_from: 0,
		valid_until: Some(10),
	};
	let claim = StoreClaim::new(&pair, &GENESIS, 7, [9; 16], 1);
	assert!(claim.holds(&[key(&pair)], 5, &GENESIS, 7));
	assert!(!claim.holds(&[key(&other)], 5, &GENESIS, 7));
	assert!(!claim.holds(&[key(&pair)], 10, &GENESIS, 7), "the key is over");
	assert!(!claim.holds(&[key(&pair)], 5, &GENESIS, 8), "another node");
	let raised = StoreClaim { take_over: 2, ..claim };
	assert!(!raised.holds(&[key(&pair)], 5, &GENESIS, 7));
}

#[test]
fn seals_and_opens_with_both_suites() {
	for suite in [Suite::Aes256Gcm, Suite::ChaCha20Poly1305] {
		let packets = [orders(0, &[b"one", b"two"]), orders(1, &[b"three"])];
		let mut envelope = Envelope::with_capacity(1024);
		packets.iter().for_each(|packet| envelope.push(&packet.bytes));
		let bytes = envelope
			.seal(&SystemRandom, &GENESIS, label(suite, 0), &sealing_key().public())
			.unwrap();
		assert!(memchr::memmem::find(&bytes, b"three").is_none());
		let head = EnvelopeHead::parse(&bytes).unwrap();
		let opened = envelope::open(bytes.clone(), &head, &GENESIS, &sealing_key()).unwrap();
		assert_eq!(opened, packets);
		assert_eq!(
			envelope::open(bytes.clone(), &head, &[0; 32], &sealing_key()),
			Err(WireError::Seal)
		);
		let other = SealingKey::from_secret(&[9; 32]);
		assert_eq!(envelope::open(bytes, &head, &GENESIS, &other), Err(WireError::Seal));
	}
}

#[test]
fn largest_packet_fits_an_envelope_and_a_request() {
	let body = vec![b'x'; MAX_BODY_LEN];
	let mut header = header(PacketKind::Confirmations, u64::MAX, 1, &body);
	header.interface = Name::truncate_from(vec![b'i'; 32]);
	let extension = (513, vec![7; packet::MAX_EXTENSION_LEN as usize].try_into().unwrap());
	header.extensions = vec![extension; packet::MAX_EXTENSIONS as usize].try_into().unwrap();
	let packet = Packet::assemble(header, [8; 64], agreed(), &body);
	assert!(packet.head_len <= MAX_HEADER_LEN);
	assert!(Envelope::with_capacity(0).fits(packet.bytes.len()));
	assert!(envelope::MAX_LEN as u64 <= MAX_REQUEST_LEN);
	// All entries that fit an envelope are in its first packet, and the receiver agrees to none; one packet more holds one entry each.
	let most = MAX_PLAINTEXT_LEN as u32 / 17;
	let mut attestations = vec![(u64::MAX, attestation(Side::Seller, Excluded::of([0]))); MAX_PACKETS];
	attestations[0].1.excluded = Excluded::of(0..most);
	let receipt = Receipt {
		version: VERSION,
		lane: LANE,
		first_sequence: 0,
		last_sequence: 255,
		packets_hash: packets_hash([[1; 32]].iter()),
		stored_at: 0,
		authorised_at: BlockRef::default(),
		attestations,
	};
	let answer = Answer::Stored(Signed {
		what: receipt,
		signature: [0; 64],
	})
	.encode();
	assert!(answer.len() <= MAX_ANSWER_LEN);
	assert!(Answer::parse(&answer).is_ok());
}

#[test]
fn boundary_of_entries() {
	let body = |entry: &[u8]| {
		let mut body = (entry.len() as u32).to_le_bytes().to_vec();
		body.extend_from_slice(entry);
		Body::new(PacketKind::Orders, body.into())
	};
	assert!(body(&vec![b'x'; MAX_ENTRY_LEN]).entries_checked(1).is_ok());
	assert!(body(&vec![b'x'; MAX_ENTRY_LEN + 1]).entries_checked(1).is_err());
	assert!(body(b"").entries_checked(1).is_err());
	assert!(body(b"x").entries_checked(0).is_err(), "bytes behind the last entry");
	assert!(body(b"x").entries_checked(2).is_err());
	assert!(
		body(b"x").entries_checked(u32::MAX).is_err(),
		"no allocation for what cannot be there"
	);
}

fn entries() -> impl Strategy<Value = Vec<Vec<u8>>> {
	proptest::collection::vec(proptest::collection::vec(any::<u8>(), 1..100), 1..20)
}

#[test]
fn a_packet_that_is_signed_anew_is_the_same_packet() {
	let packet = answers(1, &[(3, 4, b"{}")]);
	let mut attested = attestation(Side::Issuer, Excluded::none());
	attested.block.number += 1;
	let again = Packet::split_from(&packet.signed_anew(&[7; 64], Some(&attested)).into()).unwrap();
	assert_eq!(
		(again.hash(), again.body().bytes()),
		(packet.hash(), packet.body().bytes())
	);
	assert_eq!((again.signature, again.attestation), ([7; 64], Some(attested)));
	let orders = orders(9, &[b"{}"]);
	let again = Packet::split_from(&orders.signed_anew(&[7; 64], None).into()).unwrap();
	assert_eq!((again.hash(), again.attestation), (orders.hash(), None));
}

#[test]
fn fails_when_an_issuer_attests_as_another_or_excludes_records() {
	for attested in [
		attestation(Side::Seller, Excluded::none()),
		attestation(Side::Issuer, Excluded::of([0])),
	] {
		let packet = answers(1, &[(3, 4, b"{}")]);
		let bytes = packet.signed_anew(&[7; 64], Some(&attested));
		assert!(matches!(
			Packet::split_from(&bytes.into()),
			Err(WireError::Mismatch {
				field: "attestation",
				..
			})
		));
	}
}

proptest! {
	#[test]
	fn packets_come_back_as_they_were(list in entries(), sequence: u64) {
		let refs: Vec<&[u8]> = list.iter().map(|e| &e[..]).collect();
		let packet = orders(sequence, &refs);
		let again = Packet::split_from(&packet.bytes).unwrap();
		prop_assert_eq!(&again, &packet);
		prop_assert!(again.checked_body().is_ok());
		let body = again.body();
		let found: Vec<Vec<u8>> = body.entries_checked(list.len() as u32).unwrap().iter().map(|e| body.slice(e).to_vec()).collect();
		prop_assert_eq!(found, list);
	}

	#[test]
	fn hostile_packets_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), count in 0u32..50) {
		let bytes = Bytes::from(bytes);
		if let Ok(packet) = Packet::split_from(&bytes) {
			let _ = packet.body().entries_checked(packet.header.count);
		}
		for kind in [PacketKind::Orders, PacketKind::Confirmations] {
			let body = Body::new(kind, bytes.clone());
			let _ = body.entries_checked(count);
			prop_assert!(body.entries().count() <= bytes.len());
		}
		let _ = Answer::parse(&bytes);
		let _ = EnvelopeHead::parse(&bytes);
		let _ = PacketHeader::decode(&mut &bytes[..]);
	}

	#[test]
	fn hostile_headers_never_panic(flip in any::<prop::sample::Index>(), value: u8, cut in any::<prop::sample::Index>()) {
		let mut bytes = answers(3, &[(1, 2, b"{\"order\":\"A\"}")]).bytes.to_vec();
		let at = flip.index(bytes.len());
		bytes[at] = value;
		if let Ok(packet) = Packet::split_from(&bytes.clone().into()) {
			let _ = packet.body().entries_checked(packet.header.count);
		}
		bytes.truncate(cut.index(bytes.len()));
		let _ = Packet::split_from(&bytes.into());
	}

	#[test]
	fn a_changed_bit_breaks_the_seal(flip in any::<prop::sample::Index>()) {
		let mut envelope = Envelope::with_capacity(1024);
		envelope.push(&orders(0, &[b"one"]).bytes);
		let mut bytes = envelope.seal(&SystemRandom, &GENESIS, label(Suite::ChaCha20Poly1305, 0), &sealing_key().public()).unwrap();
		let bit = flip.index(bytes.len() * 8);
		bytes[bit / 8] ^= 1 << (bit % 8);
		if let Ok(head) = EnvelopeHead::parse(&bytes) {
			prop_assert!(envelope::open(bytes, &head, &GENESIS, &sealing_key()).is_err());
		}
	}
}
