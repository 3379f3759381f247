// SPDX-License-Identifier: Apache-2.0

//! Partners that lie about what they attest: receivers that forge or withhold it, issuers with an ended key or a bad entry.

use super::{
	anchors::anchored_alone,
	liars::{hash_of, reason, sign, LANE},
	stage, Trio,
};
use crate::{
	api::{Cursor, EventKind, OrderStage},
	attesting::attest,
	clock::{Clock, SystemClock},
	keys::{KeyPair, KeyRing},
	protocol::{
		answer::packets_hash,
		body,
		envelope::{self, EnvelopeHead},
		seal::Suite,
		Answer, BlockRef, Envelope, Label, Packet, PacketHeader, PacketKind, Receipt, RefusalReason, Signed, SUITE,
		VERSION,
	},
	testing::{name, order, peer, submit, until, World, GENESIS, ISSUER, SELLER},
	transport::{Misbehaviour, Reply},
	Handle,
};
use codec::Encode;
use futures::StreamExt;
use parking_lot::Mutex;
use sealane_primitives::{
	business::{BusinessKind, BusinessKinds},
	evidence::{self, entry::entry_hash, Attestation, Core, Excluded, FinalBlockRef, Side, TreeBuilder},
	keys::Purpose,
};
use std::sync::Arc;

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
	let alone = anchored_alone(&trio, ISSUER, &trio.issuer).await;
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
