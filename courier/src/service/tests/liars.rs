// SPDX-License-Identifier: Apache-2.0

//! Partners that lie: refused, counted, and the lane goes on.

use super::{confirm_until, stage, Trio};
use crate::{
	api::{Cursor, EventKind, LaneId, OrderStage},
	attesting::attest,
	clock::{Clock, SystemClock},
	keys::{KeyPair, KeyRing},
	protocol::{
		answer::packets_hash,
		body,
		envelope::{self, EnvelopeHead},
		seal::Suite,
		Answer, BlockRef, Envelope, Label, Packet, PacketHeader, PacketKind, Receipt, RefusalReason, Signature, Signed,
		StoreClaim, SUITE, VERSION,
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
	evidence::{self, entry::entry_hash, Attestation, Core, Excluded, FinalBlockRef, Side, TreeBuilder},
	keys::{CourierKey, Purpose},
};
use std::sync::Arc;

pub(super) const LANE: LaneId = LaneId {
	channel: 1,
	from: SELLER,
	to: ISSUER,
};

/// The hash of a body of `count` whole entries.
fn hash_of(kind: PacketKind, seed: &[u8; 32], body: &[u8], count: usize) -> [u8; 32] {
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

/// What a lying receiver gives as attestation of a packet's batch.
type Attest = dyn Fn(&KeyRing, &Packet) -> Option<Attestation> + Send;

/// Takes the place of the seller's node: says that it stored whatever comes, rightly signed, but for the attestations.
struct LyingReceiver {
	attest: Arc<Mutex<Box<Attest>>>,
	task: tokio::task::JoinHandle<()>,
}

impl LyingReceiver {
	fn start(world: &Arc<World>, attest: Box<Attest>) -> Self {
		let mut requests = world.network.attach(SELLER);
		let (keys, attest) = (world.keys[&SELLER].clone(), Arc::new(Mutex::new(attest)));
		let lie = attest.clone();
		let task = tokio::spawn(async move {
			while let Some(request) = requests.next().await {
				let answer = stored(&keys, request.payload, &**lie.lock());
				(request.reply)(Reply {
					answer: Some(answer.encode()),
					misbehaviour: None,
				});
			}
		});
		LyingReceiver { attest, task }
	}
}

impl Drop for LyingReceiver {
	fn drop(&mut self) {
		self.task.abort();
	}
}

fn stored(keys: &KeyRing, envelope: Vec<u8>, attest: &Attest) -> Answer {
	let head = EnvelopeHead::parse(&envelope).expect("the issuer's envelopes are sound");
	let opener = keys.opener(&head.sealing_key).expect("sealed to the seller's key");
	let packets = envelope::open(envelope, &head, &GENESIS, opener).expect("the seal opens");
	let hashes: Vec<_> = packets.iter().map(Packet::hash).collect();
	let given = packets
		.iter()
		.filter_map(|packet| Some((packet.header.sequence, attest(keys, packet)?)));
	let what = Receipt {
		version: VERSION,
		lane: head.lane,
		first_sequence: head.first_sequence,
		last_sequence: head.last_sequence(),
		packets_hash: packets_hash(hashes.iter()),
		stored_at: 1,
		authorised_at: BlockRef::default(),
		attestations: given.collect(),
	};
	let signature = sign(keys, Purpose::Receipt, &what.encode());
	Answer::Stored(Signed { what, signature })
}

/// The batches that a node shows as not attested: sequence and why.
fn unsigned(handle: &Handle) -> Vec<(u64, &'static str)> {
	let page = handle.events(Cursor::default(), 10_000).expect("events are readable");
	let unsigned = page.events.iter().filter_map(|event| match event.what {
		EventKind::BatchUnsigned { sequence, reason, .. } => Some((sequence, reason)),
		_ => None,
	});
	unsigned.collect()
}

/// What an honest seller's node gives, but that `change` may spoil before it is signed.
fn attested(keys: &KeyRing, packet: &Packet, change: impl Fn(&mut Core, &mut FinalBlockRef)) -> Option<Attestation> {
	let mut core = packet.header.core?;
	let mut block = FinalBlockRef {
		number: 0,
		hash: GENESIS,
	};
	change(&mut core, &mut block);
	let pair = &keys.pairs()[0];
	Some(attest(
		pair,
		Side::Seller,
		&GENESIS,
		&core.hash(),
		block,
		Excluded::none(),
	))
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

/// Confirm an order and wait until the answer, the first after `sequence` others, is delivered.
async fn answer(issuer: &Handle, id: &str, sequence: u64) {
	let (body, ranges) = crate::testing::lines(&[format!(r#"{{"order":"{id}","outcome":"accepted"}}"#)]);
	issuer.submit_confirmations(body, ranges, None).await.unwrap();
	until(issuer, "the answer is delivered", || {
		let lane = issuer.lanes().into_iter().find(|lane| lane.lane == LANE.opposite());
		lane.is_some_and(|lane| lane.delivered == sequence + 1)
	})
	.await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attestation_that_is_forged_or_withheld_counts_as_none() {
	let mut trio = Trio::start(26);
	let lies: [(&str, &str, Box<Attest>); 6] = [
		("withheld", "withheld", Box::new(|_, _| None)),
		(
			"noise",
			"forged",
			Box::new(|keys, packet| {
				let mut noise = attested(keys, packet, |_, _| ())?;
				noise.signature = [7; 64];
				Some(noise)
			}),
		),
		(
			"of-another-batch",
			"forged",
			Box::new(|keys, packet| attested(keys, packet, |core, _| core.count += 1)),
		),
		(
			"by-another",
			"forged",
			Box::new(|_, packet| attested(&KeyRing::generate(), packet, |_, _| ())),
		),
		(
			"of-another-branch",
			"other_branch",
			Box::new(|keys, packet| attested(keys, packet, |_, block| block.hash = [0xee; 32])),
		),
		(
			"of-the-future",
			"not_final_yet",
			Box::new(|keys, packet| attested(keys, packet, |_, block| block.number = 1_000)),
		),
	];
	let ids: Vec<_> = lies.iter().map(|(id, ..)| *id).chain(["true"]).collect();
	for id in &ids {
		submit(&trio.seller, &[order(id, "P2")]).await;
		until(&trio.issuer, "the order is there", || {
			trio.issuer.order(id, None).unwrap().is_some()
		})
		.await;
	}
	trio.world.stop(SELLER, trio.seller.clone()).await;
	let liar = LyingReceiver::start(&trio.world, Box::new(|_, _| None));
	let mut expected = Vec::new();
	for (sequence, (id, why, lie)) in (0..).zip(lies) {
		*liar.attest.lock() = lie;
		answer(&trio.issuer, id, sequence).await;
		expected.push((sequence, why));
	}
	*liar.attest.lock() = Box::new(|keys, packet| attested(keys, packet, |_, _| ()));
	answer(&trio.issuer, "true", 6).await;
	// The others are asked for again after the restart.
	*liar.attest.lock() = Box::new(|_, _| None);
	for restarted in [false, true] {
		if restarted {
			trio.restart(ISSUER).await;
		}
		until(&trio.issuer, "the last receipt is on disk", || {
			stage(&trio.issuer, "true") == Some(OrderStage::Hashed)
		})
		.await;
		assert_eq!(unsigned(&trio.issuer), expected, "restarted: {restarted}");
		for id in &ids[..6] {
			assert_eq!(stage(&trio.issuer, id), Some(OrderStage::Confirmed), "{id}");
			let batch = trio.issuer.order(id, None).unwrap().unwrap().batch.unwrap();
			assert!(!batch.signed_by_both, "{id}");
			let parts = trio.issuer.evidence(id, None).unwrap().unwrap();
			assert_eq!(parts.sellers, None, "{id}: nothing that does not hold is shown");
			assert_eq!(parts.pack(None), None, "{id}");
		}
		assert_eq!(stage(&trio.issuer, "true"), Some(OrderStage::Hashed));
	}
	let forgeries = trio.world.network.reports();
	assert_eq!(forgeries, vec![(peer(SELLER), Misbehaviour::Forged); 3]);
	drop(liar);
	trio.world.stop(ISSUER, trio.issuer).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withheld_attestation_keeps_no_trade_off_the_chain_and_may_be_given_later() {
	let mut trio = Trio::start(27);
	submit(&trio.seller, &[order("A", "P2")]).await;
	until(&trio.issuer, "the order is there", || {
		trio.issuer.order("A", None).unwrap().is_some()
	})
	.await;
	trio.world.stop(SELLER, trio.seller.clone()).await;
	let liar = LyingReceiver::start(&trio.world, Box::new(|_, _| None));
	answer(&trio.issuer, "A", 0).await;
	until(&trio.issuer, "the issuer's half is anchored alone", || {
		trio.world.anchor(ISSUER, &trio.issuer);
		trio.world.block(|_| {});
		let parts = trio.issuer.evidence("A", None).unwrap().unwrap();
		parts.anchor.is_some_and(|anchor| anchor.block.is_some())
	})
	.await;
	let alone = trio.issuer.evidence("A", None).unwrap().unwrap();
	assert!(alone.issuers.is_some() && alone.sellers.is_none());
	assert_eq!(
		stage(&trio.issuer, "A"),
		Some(OrderStage::Confirmed),
		"one side alone settles nothing"
	);
	trio.restart(ISSUER).await;
	assert_eq!(
		trio.issuer.evidence("A", None).unwrap().unwrap(),
		alone,
		"known after a restart"
	);

	*liar.attest.lock() = Box::new(|keys, packet| attested(keys, packet, |_, _| ()));
	// It is asked for once a minute, and when the node starts.
	trio.restart(ISSUER).await;
	until(&trio.issuer, "the other half is asked for, and anchored", || {
		trio.world.anchor(ISSUER, &trio.issuer);
		trio.world.block(|_| {});
		stage(&trio.issuer, "A") == Some(OrderStage::Finalised)
	})
	.await;
	let completed = |handle: &Handle| {
		let page = handle.events(Cursor::default(), 10_000).unwrap();
		page.events
			.iter()
			.filter(|event| matches!(event.what, EventKind::BatchCompleted { sequence: 0, .. }))
			.count()
	};
	for restarted in [false, true] {
		if restarted {
			trio.restart(ISSUER).await;
		}
		assert_eq!(completed(&trio.issuer), 1);
		let both = trio.issuer.evidence("A", None).unwrap().unwrap();
		let pack = both.pack(Some([9; 32])).expect("both halves are there");
		pack.verify_local(&GENESIS).expect("the pack holds");
		assert_ne!(both.anchor, alone.anchor, "a later anchor holds both");
		assert_eq!(stage(&trio.issuer, "A"), Some(OrderStage::Finalised));
	}
	drop(liar);
	trio.world.stop(ISSUER, trio.issuer).await;
}

/// A packet of answers to the orders of the seller's first packet, by an issuer whose node does what it likes.
fn answers(trio: &Trio, lines: &[(u32, &str)], attest_with: &KeyPair, sign_with: &KeyPair) -> Vec<u8> {
	let (lane, seed) = (LANE.opposite(), [5; 32]);
	let library = &trio.seller.courier().library;
	let ordered_in = library
		.packet(&LANE, 0)
		.unwrap()
		.expect("the seller has its packet")
		.packet
		.header
		.seed;
	let (mut body, mut tree) = (Vec::new(), TreeBuilder::new());
	for (index, (ordinal, id)) in (0..).zip(lines) {
		let line = format!(r#"{{"order":"{id}","outcome":"accepted"}}"#);
		body::push_answer(&mut body, 0, *ordinal, line.as_bytes()).expect("fits a packet");
		let salt = evidence::salt(&seed, index);
		let ordered = entry_hash(order(id, "P2").as_bytes(), &ordered_in, *ordinal);
		let answer = entry_hash(line.as_bytes(), &seed, index);
		tree.push(evidence::record_leaf(&salt, &ordered, &answer, 0, 1));
	}
	let now = SystemClock.now_ms();
	let core = Core {
		genesis: GENESIS,
		channel: 1,
		issuer_node: ISSUER,
		seller_node: SELLER,
		issuer: ISSUER,
		seller: SELLER,
		first_sequence: 0,
		last_sequence: 0,
		count: lines.len() as u32,
		root: tree.root(),
		previous: [0; 32],
		date: crate::cutting::civil_date(now, 0),
	};
	let header = PacketHeader {
		version: VERSION,
		suite: SUITE,
		lane,
		sequence: 0,
		previous: [0; 32],
		kind: PacketKind::Confirmations,
		interface: name("I2"),
		count: lines.len() as u32,
		kinds: BusinessKinds::of(&[BusinessKind::Purchase]),
		body_len: body.len() as u32,
		body_hash: hash_of(PacketKind::Confirmations, &seed, &body, lines.len()),
		created_at: now,
		seed,
		core: Some(core),
		extensions: Default::default(),
	};
	let block = FinalBlockRef {
		number: 0,
		hash: GENESIS,
	};
	let attestation = attest(
		attest_with,
		Side::Issuer,
		&GENESIS,
		&core.hash(),
		block,
		Excluded::none(),
	);
	let signature = sign_with.sign(Purpose::Packet, &GENESIS, &header.encode());
	let packet = Packet::assemble(header, signature, Some(attestation), &body);
	let mut envelope = Envelope::with_capacity(packet.bytes.len());
	envelope.push(&packet.bytes);
	let sealed_to = trio.world.keys[&SELLER].public()[0].1;
	envelope
		.seal(
			&crate::random::SystemRandom,
			&GENESIS,
			Label {
				suite: Suite::Aes256Gcm,
				store: trio.issuer.courier().claim_now().expect("the issuer's node has a key"),
				lane,
				first_sequence: 0,
			},
			&sealed_to,
		)
		.expect("seals")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issuer_that_attests_with_an_ended_key_is_refused_by_name() {
	let trio = Trio::start_in(World::with_spare_keys(28));
	submit(&trio.seller, &[order("A", "P2")]).await;
	until(&trio.issuer, "the order is there", || {
		trio.issuer.order("A", None).unwrap().is_some()
	})
	.await;
	trio.world.rotate(ISSUER, 2);
	trio.world.block(|_| {});
	until(&trio.seller, "the rotation is known", || {
		trio.seller.status().block == 3
	})
	.await;
	let pairs = trio.world.keys[&ISSUER].pairs();
	let send = async |attest_with, sign_with| {
		let bytes = answers(&trio, &[(0, "A")], attest_with, sign_with);
		trio.world
			.network
			.inject(ISSUER, SELLER, bytes)
			.await
			.expect("the seller's node answers")
	};
	// What the packet's own signature is by makes no difference.
	let reply = send(&pairs[0], &pairs[1]).await;
	assert_eq!(reason(&reply), Some(RefusalReason::AttestationKeyEnded));
	assert_eq!(reply.misbehaviour, None, "one of the two may be some blocks behind");
	let stranger = KeyRing::generate();
	let reply = send(&stranger.pairs()[0], &pairs[1]).await;
	assert_eq!(reason(&reply), Some(RefusalReason::AttestationInvalid));
	assert_eq!(reply.misbehaviour, Some(Misbehaviour::Forged));
	assert_eq!(trio.seller.order("A", None).unwrap().unwrap().confirmation, None);
	let reply = send(&pairs[1], &pairs[1]).await;
	let Answer::Stored(receipt) = Answer::parse(&reply.answer.unwrap()).unwrap() else {
		panic!("an honest packet is stored");
	};
	assert_eq!(receipt.what.attestations.len(), 1);
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_bad_entry_does_not_spoil_its_batch() {
	let mut trio = Trio::start(29);
	submit(&trio.seller, &[order("A", "P2"), order("B", "P2")]).await;
	until(&trio.issuer, "the orders are there", || {
		trio.issuer.order("B", None).unwrap().is_some()
	})
	.await;
	let pair = &trio.world.keys[&ISSUER].pairs()[0].clone();
	let bytes = answers(&trio, &[(0, "A"), (0, "A"), (1, "B")], pair, pair);
	let reply = trio.world.network.inject(ISSUER, SELLER, bytes).await.unwrap();
	let Answer::Stored(receipt) = Answer::parse(&reply.answer.unwrap()).unwrap() else {
		panic!("the packet is stored");
	};
	let [(0, attestation)] = &receipt.what.attestations[..] else {
		panic!("its batch is attested");
	};
	assert_eq!(attestation.excluded, Excluded::of([1]));
	for restarted in [false, true] {
		if restarted {
			trio.restart(SELLER).await;
		}
		for (id, index) in [("A", 0), ("B", 2)] {
			assert_eq!(stage(&trio.seller, id), Some(OrderStage::Hashed), "{id}");
			let parts = trio.seller.evidence(id, None).unwrap().unwrap();
			assert_eq!((parts.index, parts.is_excluded()), (index, false), "{id}");
			let pack = parts.pack(None).expect("both attest it");
			pack.verify_local(&GENESIS).expect("the pack holds");
		}
		let mut parts = trio.seller.evidence("A", None).unwrap().unwrap();
		parts.index = 1;
		assert!(
			parts.is_excluded() && parts.pack(None).is_none(),
			"what is excluded is proven by nobody"
		);
	}
	trio.world.stop(SELLER, trio.seller).await;
}
