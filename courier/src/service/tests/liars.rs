// SPDX-License-Identifier: Apache-2.0

//! Senders that lie: refused, counted, and the lane goes on.

use super::{confirm_until, Trio};
use crate::{
	api::LaneId,
	keys::KeyRing,
	protocol::{
		body, envelope::EnvelopeHead, seal::Suite, Answer, Envelope, Label, Packet, PacketHeader, PacketKind,
		RefusalReason, Signature, StoreClaim, SUITE, VERSION,
	},
	testing::{name, order, submit, until, GENESIS, ISSUER, OTHER_ISSUER, SELLER},
	transport::{Misbehaviour, Reply},
};
use codec::Encode;
use sealane_primitives::{
	business::{BusinessKind, BusinessKinds},
	directory::Refusal,
	keys::{CourierKey, Purpose},
};

pub(super) const LANE: LaneId = LaneId {
	channel: 1,
	from: SELLER,
	to: ISSUER,
};

/// The hash of a body of `count` whole entries.
pub(super) fn hash_of(kind: PacketKind, seed: &[u8; 32], body: &[u8], count: usize) -> [u8; 32] {
	let entries = body::entries_checked(kind, body, count as u32).expect("the entries of the test are whole");
	body::hash_body(kind, seed, body, &entries).0
}

/// A packet of the seller that can be spoilt anywhere before it is signed, sealed and sent.
pub(super) struct Forgery {
	pub(super) header: PacketHeader,
	pub(super) body: Vec<u8>,
	pub(super) signer: KeyRing,
	pub(super) envelope_lane: LaneId,
	pub(super) envelope_sequence: u64,
	pub(super) from: u32,
	pub(super) sealed_to: [u8; 32],
	pub(super) store: StoreClaim,
}

impl Forgery {
	pub(super) fn new<T: AsRef<[u8]>>(trio: &Trio, sequence: u64, orders: &[T]) -> Self {
		let mut body = Vec::new();
		for order in orders {
			body::push_entry(&mut body, order.as_ref()).expect("an entry of the test fits");
		}
		let header = PacketHeader {
			version: VERSION,
			suite: SUITE,
			lane: LANE,
			sequence,
			previous: [0; 32],
			kind: PacketKind::Orders,
			interface: name("I2"),
			count: orders.len() as u32,
			kinds: BusinessKinds::of(&[BusinessKind::Purchase]),
			body_len: body.len() as u32,
			body_hash: hash_of(PacketKind::Orders, &[9; 32], &body, orders.len()),
			created_at: 1,
			seed: [9; 32],
			core: None,
			extensions: Default::default(),
		};
		Forgery {
			header,
			body,
			signer: trio.world.keys[&SELLER].clone(),
			envelope_lane: LANE,
			envelope_sequence: sequence,
			from: SELLER,
			sealed_to: trio.world.keys[&ISSUER].public()[0].1,
			store: trio.seller.courier().claim_now().expect("the seller's node has a key"),
		}
	}

	/// A request of the seller for its own packets.
	pub(super) fn asking(trio: &Trio, first_sequence: u64) -> Vec<u8> {
		EnvelopeHead::asking(Label {
			suite: Suite::Aes256Gcm,
			store: trio.seller.courier().claim_now().expect("the seller's node has a key"),
			lane: LANE,
			first_sequence,
		})
	}

	pub(super) fn bytes(&self) -> Vec<u8> {
		let signature = sign(&self.signer, Purpose::Packet, &self.header.encode());
		let packet = Packet::assemble(self.header.clone(), signature, None, &self.body);
		let mut envelope = Envelope::with_capacity(packet.bytes.len());
		envelope.push(&packet.bytes);
		let (lane, sequence) = (self.envelope_lane, self.envelope_sequence);
		envelope
			.seal(
				&crate::random::SystemRandom,
				&GENESIS,
				Label {
					suite: Suite::Aes256Gcm,
					store: self.store,
					lane,
					first_sequence: sequence,
				},
				&self.sealed_to,
			)
			.expect("seals")
	}

	pub(super) async fn send(&self, trio: &Trio) -> Reply {
		trio.world
			.network
			.inject(self.from, ISSUER, self.bytes())
			.await
			.expect("the issuer's node answers")
	}
}

/// A signature by the first pair of a ring.
pub(super) fn sign(ring: &KeyRing, purpose: Purpose, message: &[u8]) -> Signature {
	let (signing, sealing) = ring.public()[0];
	let listed = CourierKey {
		signing,
		sealing,
		valid_from: 0,
		valid_until: None,
	};
	let pair = ring.signer(&[listed], 0).expect("the ring has its own key");
	pair.sign(purpose, &GENESIS, message)
}

pub(super) fn reason(reply: &Reply) -> Option<RefusalReason> {
	match Answer::parse(reply.answer.as_deref()?).expect("answers are well formed") {
		Answer::Refused(refused) => Some(refused.what.reason),
		_ => None,
	}
}

#[tokio::test(flavor = "multi_thread")]
async fn every_lie_is_refused_and_the_lane_goes_on() {
	let trio = Trio::start(21);
	submit(&trio.seller, &[order("A", "P2")]).await;
	until(&trio.issuer, "A is there", || {
		trio.issuer.order("A", None).unwrap().is_some()
	})
	.await;
	let forged = |change: &dyn Fn(&mut Forgery)| {
		let mut forgery = Forgery::new(&trio, 1, &[order("X", "P2")]);
		change(&mut forgery);
		forgery
	};
	let chain = |refusal| Some(RefusalReason::Chain(refusal));
	let cases: Vec<(&str, Forgery, Option<RefusalReason>, Option<Misbehaviour>)> = vec![
		(
			"a key that is not the seller's",
			forged(&|f| f.signer = KeyRing::generate()),
			Some(RefusalReason::SignatureInvalid),
			Some(Misbehaviour::Forged),
		),
		(
			"another body than the header names",
			forged(&|f| f.header.body_hash = [0; 32]),
			Some(RefusalReason::HeaderMismatch),
			Some(Misbehaviour::Forged),
		),
		(
			"another channel's header",
			forged(&|f| f.header.lane.channel = 2),
			Some(RefusalReason::HeaderMismatch),
			Some(Misbehaviour::Malformed),
		),
		(
			"another sequence inside",
			forged(&|f| f.header.sequence = 7),
			Some(RefusalReason::HeaderMismatch),
			Some(Misbehaviour::Malformed),
		),
		(
			"another version inside",
			forged(&|f| f.header.version = 9),
			Some(RefusalReason::Version),
			None,
		),
		(
			"a node that is no party",
			forged(&|f| f.from = OTHER_ISSUER),
			None,
			Some(Misbehaviour::Unauthorised),
		),
		(
			"a channel there is not",
			forged(&|f| f.envelope_lane.channel = 9),
			chain(Refusal::ChannelUnknown),
			Some(Misbehaviour::Unauthorised),
		),
		(
			"a lane of another node",
			forged(&|f| f.envelope_lane.from = OTHER_ISSUER),
			chain(Refusal::NotAParty),
			Some(Misbehaviour::Unauthorised),
		),
		(
			"an interface that is not served here",
			forged(&|f| f.header.interface = name("I3")),
			chain(Refusal::InterfaceUnknown),
			None,
		),
		(
			"confirmations from the seller",
			forged(&|f| f.header.kind = PacketKind::RegistrationResults),
			Some(RefusalReason::HeaderMismatch),
			Some(Misbehaviour::Malformed),
		),
		(
			"another history of the lane",
			forged(&|f| f.header.previous = [1; 32]),
			Some(RefusalReason::OtherHistory),
			None,
		),
		(
			"another suite inside",
			forged(&|f| f.header.suite = 1),
			Some(RefusalReason::Suite),
			None,
		),
		(
			"kinds that are no kinds",
			forged(&|f| f.header.kinds = BusinessKinds(0xf000)),
			Some(RefusalReason::HeaderMismatch),
			Some(Misbehaviour::Malformed),
		),
		(
			"more entries than there are",
			forged(&|f| f.header.count = 2),
			Some(RefusalReason::Malformed),
			Some(Misbehaviour::Malformed),
		),
		(
			"sealed to a key that nobody here has",
			forged(&|f| f.sealed_to = KeyRing::generate().public()[0].1),
			Some(RefusalReason::SealingKeyUnknown),
			None,
		),
	];
	for (what, forgery, expected, misbehaviour) in cases {
		let reply = forgery.send(&trio).await;
		assert_eq!(reason(&reply), expected, "{what}");
		assert_eq!(reply.misbehaviour, misbehaviour, "{what}");
		assert_eq!(trio.issuer.order("X", None).unwrap(), None, "{what}: nothing is stored");
	}
	let mut truncated = Forgery::new(&trio, 1, &[order("X", "P2")]).bytes();
	truncated.truncate(truncated.len() / 2);
	let reply = trio.world.network.inject(SELLER, ISSUER, truncated).await.unwrap();
	assert_eq!(reason(&reply), Some(RefusalReason::SealBroken));
	for payload in [Vec::new(), vec![VERSION; 40], vec![VERSION; 2 * 1024 * 1024]] {
		let reply = trio.world.network.inject(SELLER, ISSUER, payload).await.unwrap();
		assert!(reply.answer.is_none());
		assert_eq!(reply.misbehaviour, Some(Misbehaviour::Malformed));
	}
	let report = submit(&trio.seller, &[order("B", "P2")]).await;
	assert_eq!(report.accepted, 1);
	confirm_until(&trio.issuer, &trio.seller, 2).await;
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn replayed_packets_have_no_effect() {
	let trio = Trio::start(22);
	trio.world.network.record();
	submit(&trio.seller, &[order("A", "P2")]).await;
	confirm_until(&trio.issuer, &trio.seller, 1).await;
	let requests = trio.world.network.recorded();
	for request in &requests {
		for (from, to) in [(SELLER, ISSUER), (ISSUER, SELLER), (SELLER, OTHER_ISSUER)] {
			let _ = trio.world.network.inject(from, to, request.to_vec()).await;
		}
	}
	// Another packet under a sequence that is taken: acknowledged is what is stored, not what came.
	let reply = Forgery::new(&trio, 0, &[order("X", "P2")]).send(&trio).await;
	match Answer::parse(&reply.answer.unwrap()).unwrap() {
		Answer::Stored(receipt) => assert_eq!(receipt.what.last_sequence, 0),
		other => panic!("{other:?}"),
	}
	assert_eq!(trio.issuer.order("X", None).unwrap(), None);
	let orders = trio
		.issuer
		.inbox(crate::api::Cursor::default(), usize::MAX)
		.unwrap()
		.entries
		.len();
	assert_eq!(orders, 1);
	assert!(super::confirmations(&trio.seller).values().all(|times| *times == 1));
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unreadable_and_repeated_orders_get_technical_rejections() {
	let trio = Trio::start(23);
	submit(&trio.seller, &[order("A", "P2")]).await;
	until(&trio.issuer, "A is there", || {
		trio.issuer.order("A", None).unwrap().is_some()
	})
	.await;
	// A seller's node that checks nothing.
	let orders = [
		order("A", "P2").replace("1000.00", "9.00"),
		"no json at all".into(),
		order("P", "XX"),
		order("K", "P2").replace("purchase", "switch"),
		order("ok", "P2"),
	];
	let reply = Forgery::new(&trio, 1, &orders).send(&trio).await;
	assert!(matches!(
		Answer::parse(&reply.answer.unwrap()).unwrap(),
		Answer::Stored(_)
	));
	let inbox = trio.issuer.inbox(crate::api::Cursor::default(), usize::MAX).unwrap();
	let ids: Vec<_> = inbox
		.entries
		.iter()
		.map(|e| crate::library::id_of(&e.bytes).unwrap().into_owned())
		.collect();
	assert_eq!(ids, ["A", "ok"]);
	assert_eq!(
		&trio.issuer.order("A", None).unwrap().unwrap().bytes[..],
		order("A", "P2").as_bytes()
	);
	let rejected = trio.issuer.order("P", None).unwrap().unwrap().confirmation.unwrap();
	assert!(rejected.technical);
	assert!(String::from_utf8_lossy(&rejected.bytes).contains("technical.product_unknown"));
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_that_are_no_text_get_technical_rejections() {
	let trio = Trio::start(25);
	let with = |id: &str, value: &[u8]| {
		let line = order(id, "P2").into_bytes();
		// In front of the closing bracket, in a field that no node knows.
		[&line[..line.len() - 1], b",\"own\":", value, b"}"].concat()
	};
	let orders = [
		with("raw", b"\"\xff\""),
		with("overlong", b"[{\"deep\":\"\xc0\xaf\"}]"),
		with("surrogate", b"{\"\\ud800\":1}"),
		with("ok", b"\"\xe8\xae\xa2\xe5\x8d\x95\""),
	];
	let reply = Forgery::new(&trio, 0, &orders).send(&trio).await;
	assert!(matches!(
		Answer::parse(&reply.answer.unwrap()).unwrap(),
		Answer::Stored(_)
	));
	let inbox = trio.issuer.inbox(crate::api::Cursor::default(), usize::MAX).unwrap();
	let handed: Vec<_> = inbox.entries.iter().map(|e| &e.bytes[..]).collect();
	assert_eq!(
		handed,
		[&orders[3][..]],
		"the issuer's business system sees the good one alone"
	);
	// The seller's node never made that packet: what the issuer's node answers is read from the issuer's log.
	let answers = LaneId {
		channel: 1,
		from: ISSUER,
		to: SELLER,
	};
	let sent = trio.issuer.lanes().into_iter().find(|l| l.lane == answers).unwrap();
	assert_eq!(sent.packets, 1, "one packet rejects all three");
	// An id is in no index where its line cannot be read: the same id in a good line is a new order.
	for (sequence, id) in ["raw", "overlong", "surrogate"].into_iter().enumerate() {
		assert_eq!(trio.issuer.order(id, None).unwrap(), None, "{id} was never an order");
		let again = Forgery::new(&trio, 1 + sequence as u64, &[order(id, "P2")]);
		assert!(matches!(
			Answer::parse(&again.send(&trio).await.answer.unwrap()).unwrap(),
			Answer::Stored(_)
		));
		assert!(
			trio.issuer.order(id, None).unwrap().is_some(),
			"the lane goes on with {id}"
		);
	}
	trio.stop().await;
}
