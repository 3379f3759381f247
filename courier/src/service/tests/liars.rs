// SPDX-License-Identifier: Apache-2.0

//! Partners that lie: refused, counted, and the lane goes on.

use super::{confirm_until, stage, Trio};
use crate::{
	api::{Cursor, EventKind, LaneId, OrderStage},
	keys::KeyRing,
	protocol::{
		answer::packets_hash,
		envelope::{self, EnvelopeHead},
		packet,
		seal::Suite,
		Answer, Envelope, Packet, PacketHeader, PacketKind, Receipt, RefusalReason, Signature, Signed, VERSION,
	},
	testing::{name, order, peer, submit, until, World, GENESIS, ISSUER, OTHER_ISSUER, SELLER},
	transport::{Misbehaviour, Reply},
	Handle,
};
use codec::Encode;
use futures::StreamExt;
use parking_lot::Mutex;
use sealane_primitives::{
	business::{BusinessKind, BusinessKinds},
	directory::Refusal,
	keys::{CourierKey, Purpose},
};
use sha2::Digest;
use std::sync::Arc;

const LANE: LaneId = LaneId {
	channel: 1,
	from: SELLER,
	to: ISSUER,
};

/// A packet of the seller that can be spoilt anywhere before it is signed, sealed and sent.
pub(super) struct Forgery {
	pub(super) header: PacketHeader,
	pub(super) body: Vec<u8>,
	pub(super) signer: KeyRing,
	pub(super) envelope_lane: LaneId,
	pub(super) envelope_sequence: u64,
	pub(super) from: u32,
	pub(super) sealed_to: [u8; 32],
}

impl Forgery {
	pub(super) fn new<T: AsRef<[u8]>>(trio: &Trio, sequence: u64, orders: &[T]) -> Self {
		let mut body = Vec::new();
		for order in orders {
			packet::push_entry(&mut body, order.as_ref()).expect("an entry of the test fits");
		}
		let header = PacketHeader {
			version: VERSION,
			lane: LANE,
			sequence,
			kind: PacketKind::Orders,
			interface: name("I2"),
			count: orders.len() as u32,
			kinds: BusinessKinds::of(&[BusinessKind::Purchase]),
			body_len: body.len() as u32,
			body_hash: sha2::Sha256::digest(&body).into(),
			created_at: 1,
			salt_seed: None,
			batch: None,
		};
		Forgery {
			header,
			body,
			signer: trio.world.keys[&SELLER].clone(),
			envelope_lane: LANE,
			envelope_sequence: sequence,
			from: SELLER,
			sealed_to: trio.world.keys[&ISSUER].public()[0].1,
		}
	}

	pub(super) fn bytes(&self) -> Vec<u8> {
		let signature = sign(&self.signer, Purpose::Packet, &self.header.encode());
		let packet = Packet::assemble(self.header.clone(), signature, &self.body);
		let mut envelope = Envelope::with_capacity(packet.bytes.len());
		envelope.push(&packet.bytes);
		let (lane, sequence) = (self.envelope_lane, self.envelope_sequence);
		envelope
			.seal(
				&crate::random::SystemRandom,
				Suite::Aes256Gcm,
				&GENESIS,
				lane,
				sequence,
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
fn sign(ring: &KeyRing, purpose: Purpose, message: &[u8]) -> Signature {
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

/// What a lying receiver gives as countersignature of a packet's batch.
type Countersign = dyn Fn(&KeyRing, &Packet) -> Option<Signature> + Send;

/// Takes the place of the seller's node: says that it stored whatever comes, rightly signed, but for the countersignatures.
struct LyingReceiver {
	countersign: Arc<Mutex<Box<Countersign>>>,
	task: tokio::task::JoinHandle<()>,
}

impl LyingReceiver {
	fn start(world: &Arc<World>, countersign: Box<Countersign>) -> Self {
		let mut requests = world.network.attach(SELLER);
		let (keys, countersign) = (world.keys[&SELLER].clone(), Arc::new(Mutex::new(countersign)));
		let lie = countersign.clone();
		let task = tokio::spawn(async move {
			while let Some(request) = requests.next().await {
				let answer = stored(&keys, request.payload, &**lie.lock());
				(request.reply)(Reply {
					answer: Some(answer.encode()),
					misbehaviour: None,
				});
			}
		});
		LyingReceiver { countersign, task }
	}
}

impl Drop for LyingReceiver {
	fn drop(&mut self) {
		self.task.abort();
	}
}

fn stored(keys: &KeyRing, envelope: Vec<u8>, countersign: &Countersign) -> Answer {
	let head = EnvelopeHead::parse(&envelope).expect("the issuer's envelopes are sound");
	let opener = keys.opener(&head.sealing_key).expect("sealed to the seller's key");
	let packets = envelope::open(envelope, &head, &GENESIS, opener).expect("the seal opens");
	let hashes: Vec<_> = packets.iter().map(Packet::hash).collect();
	let given = packets
		.iter()
		.filter_map(|packet| Some((packet.header.sequence, countersign(keys, packet)?)));
	let what = Receipt {
		version: VERSION,
		lane: head.lane,
		first_sequence: head.first_sequence,
		last_sequence: head.last_sequence(),
		packets_hash: packets_hash(hashes.iter()),
		stored_at: 1,
		authorised_at: 1,
		countersignatures: given.collect(),
	};
	let signature = sign(keys, Purpose::Receipt, &what.encode());
	Answer::Stored(Signed { what, signature })
}

/// The batches that a node shows as not signed: sequence, and whether the signature was forged.
fn unsigned(handle: &Handle) -> Vec<(u64, bool)> {
	let page = handle.events(Cursor::default(), 10_000).expect("events are readable");
	let unsigned = page.events.iter().filter_map(|event| match event.what {
		EventKind::BatchUnsigned { sequence, forged, .. } => Some((sequence, forged)),
		_ => None,
	});
	unsigned.collect()
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
			Some(Misbehaviour::Malformed),
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
			forged(&|f| {
				f.header.kind = PacketKind::RegistrationResults;
				f.header.salt_seed = Some([0; 32]);
			}),
			Some(RefusalReason::HeaderMismatch),
			Some(Misbehaviour::Malformed),
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
	for payload in [Vec::new(), vec![1; 40], vec![0xff; 2 * 1024 * 1024]] {
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

#[tokio::test(flavor = "multi_thread")]
async fn a_countersignature_that_is_forged_or_withheld_counts_as_none() {
	let mut trio = Trio::start(26);
	for id in ["withheld", "forged", "of-another-batch", "true"] {
		submit(&trio.seller, &[order(id, "P2")]).await;
		until(&trio.issuer, "the order is there", || {
			trio.issuer.order(id, None).unwrap().is_some()
		})
		.await;
	}
	trio.world.stop(SELLER, trio.seller.clone()).await;
	let true_one = |keys: &KeyRing, packet: &Packet| {
		let header = packet.header.batch.as_ref()?.header;
		Some(sign(keys, Purpose::Batch, &header.encode()))
	};
	let liar = LyingReceiver::start(&trio.world, Box::new(|_, _| None));
	// One packet each, in this order.
	let answer = |id: &str| crate::testing::lines(&[format!(r#"{{"order":"{id}","outcome":"accepted"}}"#)]);
	let lies: [(&str, Box<Countersign>); 4] = [
		("withheld", Box::new(|_, _| None)),
		("forged", Box::new(|_, _| Some([7; 64]))),
		(
			"of-another-batch",
			Box::new(|keys, packet| {
				let mut header = packet.header.batch.as_ref()?.header;
				header.count += 1;
				Some(sign(keys, Purpose::Batch, &header.encode()))
			}),
		),
		("true", Box::new(true_one)),
	];
	for (sequence, (id, lie)) in (1..).zip(lies) {
		*liar.countersign.lock() = lie;
		let (body, ranges) = answer(id);
		trio.issuer.submit_confirmations(body, ranges, None).await.unwrap();
		until(&trio.issuer, "the answer is delivered", || {
			let lane = trio
				.issuer
				.lanes()
				.into_iter()
				.find(|lane| lane.lane == LANE.opposite());
			lane.is_some_and(|lane| lane.delivered == sequence)
		})
		.await;
	}
	for restarted in [false, true] {
		if restarted {
			trio.restart(ISSUER).await;
		}
		until(&trio.issuer, "the last receipt is on disk", || {
			stage(&trio.issuer, "true") == Some(OrderStage::Hashed)
		})
		.await;
		assert_eq!(
			unsigned(&trio.issuer),
			[(0, false), (1, true), (2, true)],
			"restarted: {restarted}"
		);
		for id in ["withheld", "forged", "of-another-batch"] {
			assert_eq!(stage(&trio.issuer, id), Some(OrderStage::Confirmed), "{id}");
			let batch = trio.issuer.order(id, None).unwrap().unwrap().batch.unwrap();
			assert!(!batch.signed_by_both, "{id}");
			let parts = trio.issuer.evidence(id, None).unwrap().unwrap();
			assert_eq!(
				parts.seller_signature, None,
				"{id}: nothing that does not hold is shown"
			);
		}
		assert_eq!(stage(&trio.issuer, "true"), Some(OrderStage::Hashed));
		assert_eq!(trio.issuer.status().batches_unanchored, 1, "the true one alone");
	}
	let forgeries = trio.world.network.reports();
	assert_eq!(forgeries, vec![(peer(SELLER), Misbehaviour::Forged); 2]);
	drop(liar);
	trio.world.stop(ISSUER, trio.issuer).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unchecked_sender_is_refused_by_the_receiver() {
	let trio = Trio::start(24);
	let folder = tempfile::tempdir().unwrap();
	trio.world.stop(SELLER, trio.seller.clone()).await;
	let seller = trio
		.world
		.start_with(SELLER, folder.path(), |config| config.unchecked_sender = true);
	trio.world
		.block(|state| state.channel(1).authorisation = Err(Refusal::Revoked));
	until(&seller, "the block is known", || seller.status().block == 2).await;
	assert!(seller.status().unchecked_sender);
	let report = submit(&seller, &[order("U", "P2")]).await;
	assert_eq!(report.accepted, 1);
	until(&seller, "the refusal is known", || {
		let trace = seller.trace("U", None).unwrap().unwrap();
		matches!(trace.waiting, Some(crate::api::Waiting::PartnerRefused { ref code, .. }) if code == "chain.revoked")
	})
	.await;
	assert_eq!(trio.issuer.order("U", None).unwrap(), None);
	trio.world.stop(SELLER, seller).await;
}
