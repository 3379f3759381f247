// SPDX-License-Identifier: Apache-2.0

//! Lanes that must go on: past a full queue, lying partners, acts of the council.

use super::{
	confirm_until,
	liars::{reason, Forgery},
	stage, Trio,
};
use crate::{
	api::{Cursor, EventKind, LaneId, OrderStage, Waiting},
	protocol::{envelope::MIN_LEN, Answer, RefusalReason, StoreClaim},
	store::fault::{Call, FaultDisk},
	testing::{self, granted, order, peer, submit, until, World, GENESIS, ISSUER, RIVAL, SELLER},
	transport::Reply,
	Config, Handle, Machine,
};
use codec::Encode;
use futures::StreamExt;
use sealane_primitives::{
	business::{BusinessKind, BusinessKinds},
	clauses,
	directory::{AgreementEntry, InterfaceEntry, Refusal, Scope},
};
use std::{
	io,
	path::Path,
	sync::{
		atomic::{AtomicUsize, Ordering},
		Arc,
	},
	time::Duration,
};

pub(super) const ORDERS: LaneId = LaneId {
	channel: 1,
	from: SELLER,
	to: ISSUER,
};

fn said(reply: &Reply) -> Answer {
	Answer::parse(reply.answer.as_deref().expect("an answer")).expect("is well formed")
}

fn is_stored(reply: &Reply) -> bool {
	matches!(said(reply), Answer::Stored(_))
}

fn machine(disk: &FaultDisk) -> Machine {
	let spawner = crate::machine::TokioSpawner(tokio::runtime::Handle::current());
	Machine {
		disk: Arc::new(disk.clone()),
		..Machine::real(Arc::new(spawner))
	}
}

impl Trio {
	/// A trio whose issuer's log is on a disk in memory, with other settings.
	pub(super) async fn issuer_on(disk: &FaultDisk, seed: u64, set: impl FnOnce(&mut Config)) -> Self {
		let mut trio = Self::start(seed);
		let spare = trio.other.clone();
		trio.world
			.stop(ISSUER, std::mem::replace(&mut trio.issuer, spare))
			.await;
		trio.issuer = trio.world.start_on(machine(disk), ISSUER, Path::new("/issuer"), set);
		trio
	}
}

async fn held(disk: &FaultDisk) {
	let disk = disk.clone();
	let waiting = tokio::task::spawn_blocking(move || disk.wait_for_held_sync());
	waiting.await.expect("a sync waits");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_holds_the_lane_for_a_moment_only() {
	let disk = FaultDisk::new();
	let trio = Trio::issuer_on(&disk, 81, |config| config.queue_bytes = 1_500).await;
	// The issuer's node knows the seller's store.
	let asked = trio
		.world
		.network
		.inject(SELLER, ISSUER, Forgery::asking(&trio, 0))
		.await;
	let returned = Answer::Returned {
		packets: 0,
		envelope: Vec::new(),
	};
	assert_eq!(said(&asked.expect("is answered")), returned);
	disk.hold_next_sync();
	let first = Forgery::new(&trio, 0, &[order("E-0", "P2")]).bytes();
	let network = trio.world.network.clone();
	let first = tokio::spawn(async move { network.inject(SELLER, ISSUER, first).await });
	held(&disk).await;
	let second = Forgery::new(&trio, 1, &[order("E-1", "P2")]);
	assert!(
		matches!(said(&second.send(&trio).await), Answer::Busy { .. }),
		"there is no room"
	);
	disk.release_sync();
	assert!(is_stored(&first.await.expect("ends").expect("is answered")));
	// What the node itself notes of the first may still fill the queue.
	let mut tail = trio.issuer.tail();
	let answer = tokio::time::timeout(testing::PATIENCE, async {
		loop {
			let answer = second.send(&trio).await;
			if !matches!(said(&answer), Answer::Busy { .. }) {
				return answer;
			}
			let _ = tokio::time::timeout(Duration::from_millis(20), tail.changed()).await;
		}
	});
	let answer = answer.await.expect("the queue has room again");
	assert!(is_stored(&answer), "the lane is where the log is");
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn own_submissions_leave_room_for_partners() {
	let disk = FaultDisk::new();
	let trio = Trio::issuer_on(&disk, 82, |config| {
		config.queue_bytes = 64 * 1024;
		config.max_queue_wait_ms = 60_000;
	})
	.await;
	assert!(is_stored(
		&Forgery::new(&trio, 0, &[order("O", "P2")]).send(&trio).await
	));
	disk.hold_next_sync();
	// More than the queue holds waits for it.
	let note = "x".repeat(20_000);
	let line = format!("{{\"order\":\"O\",\"outcome\":\"accepted\",\"note\":\"{note}\"}}");
	let waiting: Vec<_> = (0..12)
		.map(|_| {
			let (issuer, (body, lines)) = (trio.issuer.clone(), testing::lines(std::slice::from_ref(&line)));
			tokio::spawn(async move { issuer.submit_confirmations(body, lines, None).await })
		})
		.collect();
	held(&disk).await;
	let partner = Forgery::new(&trio, 1, &[order("P", "P2")]).bytes();
	let network = trio.world.network.clone();
	let partner = tokio::spawn(async move { network.inject(SELLER, ISSUER, partner).await });
	// Nobody can tell from outside when it is in the queue; what is asserted is that it is never told to come again.
	tokio::time::sleep(Duration::from_millis(100)).await;
	disk.release_sync();
	assert!(is_stored(&partner.await.expect("ends").expect("is answered")));
	for each in waiting {
		let report = each.await.expect("ends").expect("is taken");
		assert_eq!(report.accepted + report.repeated, 1);
	}
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn repeats_are_answered_without_a_look_at_the_log_and_not_for_ever() {
	let disk = FaultDisk::new();
	let trio = Trio::issuer_on(&disk, 83, |config| config.cache_bytes = 4_096).await;
	for sequence in 0..256 {
		let packet = Forgery::new(&trio, sequence, &[order(&format!("R-{sequence}"), "P2")]);
		assert!(is_stored(&packet.send(&trio).await));
	}
	// A head, and nothing behind it that would open.
	let mut request = Forgery::asking(&trio, 0);
	request[106..108].copy_from_slice(&256u16.to_le_bytes());
	request.resize(MIN_LEN, 0);
	let reads = disk.reads();
	let reply = trio
		.world
		.network
		.inject(SELLER, ISSUER, request.clone())
		.await
		.expect("is answered");
	match said(&reply) {
		Answer::Stored(receipt) => assert_eq!((receipt.what.first_sequence, receipt.what.last_sequence), (0, 255)),
		other => panic!("{other:?}"),
	}
	assert_eq!(disk.reads(), reads, "nothing is read");
	let mut busy = 0;
	for _ in 0..1_000 {
		let reply = trio
			.world
			.network
			.inject(SELLER, ISSUER, request.clone())
			.await
			.expect("is answered");
		busy += u32::from(matches!(said(&reply), Answer::Busy { .. }));
	}
	assert!(busy > 100, "{busy} of 1,000 repeats were told to come again later");
	assert!(is_stored(
		&Forgery::new(&trio, 256, &[order("next", "P2")]).send(&trio).await
	));
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn old_repeats_are_answered_from_the_log_once_their_seal_opens() {
	let trio = Trio::start(84);
	let first = Forgery::new(&trio, 0, &[order("old", "P2")]);
	assert!(is_stored(&first.send(&trio).await));
	for sequence in 1..1_100 {
		let packet = Forgery::new(&trio, sequence, &[order(&format!("R-{sequence}"), "P2")]);
		assert!(is_stored(&packet.send(&trio).await));
	}
	assert!(is_stored(&first.send(&trio).await));
	let mut broken = first.bytes();
	*broken.last_mut().expect("is not empty") ^= 1;
	let reply = trio
		.world
		.network
		.inject(SELLER, ISSUER, broken)
		.await
		.expect("is answered");
	assert_eq!(reason(&reply), Some(RefusalReason::SealBroken));
	trio.stop().await;
}

/// Takes the place of a node, and gives the same answer to everything.
fn answer_always(world: &Arc<World>, node: u32, answer: Answer) -> (Arc<AtomicUsize>, tokio::task::JoinHandle<()>) {
	let mut requests = world.network.attach(node);
	let count = Arc::new(AtomicUsize::new(0));
	let counted = count.clone();
	let task = tokio::spawn(async move {
		while let Some(request) = requests.next().await {
			counted.fetch_add(1, Ordering::Relaxed);
			(request.reply)(Reply {
				answer: Some(answer.encode()),
				misbehaviour: None,
			});
		}
	});
	(count, task)
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_that_are_no_progress_are_asked_for_less_and_less_often() {
	for (seed, answer) in [
		(85, Answer::Busy { retry_after_ms: 1 }),
		(86, Answer::Expected { sequence: 1 }),
		(87, Answer::Expected { sequence: 2 }),
	] {
		let trio = Trio::start(seed);
		trio.world.stop(ISSUER, trio.issuer.clone()).await;
		let (count, task) = answer_always(&trio.world, ISSUER, answer.clone());
		for id in ["A", "B"] {
			submit(&trio.seller, &[order(id, "P2")]).await;
		}
		tokio::time::sleep(Duration::from_secs(3)).await;
		let asked = count.load(Ordering::Relaxed);
		assert!((1..20).contains(&asked), "{asked} envelopes in 3 s for {answer:?}");
		task.abort();
		trio.world.stop(SELLER, trio.seller).await;
		trio.world.stop(testing::OTHER_ISSUER, trio.other).await;
	}
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_that_found_no_room_is_noted_without_other_traffic() {
	let disk = FaultDisk::new();
	let trio = Trio::issuer_on(&disk, 88, |config| config.queue_bytes = 2_500).await;
	submit(&trio.seller, &[order("A", "P2"), order("B", "P2")]).await;
	until(&trio.issuer, "both are there", || stage(&trio.issuer, "B").is_some()).await;
	trio.world.network.set_down(SELLER, true);
	let answer = |id: &str| testing::lines(&[format!("{{\"order\":\"{id}\",\"outcome\":\"accepted\"}}")]);
	let (body, lines) = answer("A");
	assert_eq!(
		trio.issuer
			.submit_confirmations(body, lines, None)
			.await
			.unwrap()
			.accepted,
		1
	);
	disk.hold_next_sync();
	let (issuer, (body, lines)) = (trio.issuer.clone(), answer("B"));
	let second = tokio::spawn(async move { issuer.submit_confirmations(body, lines, None).await });
	held(&disk).await;
	// Fill what room is left.
	let filler: Vec<_> = (0..8)
		.map(|_| {
			let (issuer, (body, lines)) = (trio.issuer.clone(), answer("B"));
			tokio::spawn(async move { issuer.submit_confirmations(body, lines, None).await })
		})
		.collect();
	let answers = ORDERS.opposite();
	trio.world.network.set_down(SELLER, false);
	trio.issuer.retry_lane(answers);
	let delivered = || {
		trio.issuer
			.lanes()
			.iter()
			.any(|l| l.lane == answers && l.delivered >= 1)
	};
	until(&trio.issuer, "the receipt is there", delivered).await;
	disk.release_sync();
	second.await.expect("ends").expect("is taken");
	for each in filler {
		each.await.expect("ends").expect("is taken");
	}
	until(&trio.issuer, "it is noted", || {
		stage(&trio.issuer, "A") >= Some(OrderStage::Hashed)
	})
	.await;
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_log_is_not_ready() {
	let disk = FaultDisk::new();
	let trio = Trio::issuer_on(&disk, 89, |_| {}).await;
	assert_eq!(trio.issuer.status().store_frozen, None);
	assert!(is_stored(
		&Forgery::new(&trio, 0, &[order("A", "P2")]).send(&trio).await
	));
	trio.world.network.set_down(SELLER, true);
	disk.fail(Call::Sync, 0, io::ErrorKind::Other);
	let reply = Forgery::new(&trio, 1, &[order("B", "P2")]).send(&trio).await;
	assert!(matches!(said(&reply), Answer::Busy { .. }));
	let frozen = trio.issuer.status().store_frozen.expect("is said");
	assert!(frozen.contains("a sync failed"), "{frozen}");
	trio.world.stop(ISSUER, trio.issuer).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_others_does_not_travel_on_old_leave() {
	let trio = Trio::start(90);
	let second = Forgery::new(&trio, 1, &[order("late", "P2")]).bytes();
	let network = trio.world.network.clone();
	let second = tokio::spawn(async move { network.inject(SELLER, ISSUER, second).await });
	until(&trio.issuer, "it waits", || {
		trio.issuer.courier().receivers.parked(ORDERS) == 1
	})
	.await;
	trio.world.block(|state| {
		let mut grant = granted(1);
		grant.kinds = BusinessKinds::of(&[BusinessKind::DividendMethod]);
		state.channel(1).authorisation = Ok(grant);
	});
	until(&trio.issuer, "the block is known", || trio.issuer.status().block == 2).await;
	let allowed = order("first", "P2")
		.replace("purchase", "dividend_method")
		.replace("\"amount\":\"1000.00\",", "\"method\":\"cash\",");
	let mut first = Forgery::new(&trio, 0, &[allowed]);
	first.header.kinds = BusinessKinds::of(&[BusinessKind::DividendMethod]);
	assert!(is_stored(&first.send(&trio).await));
	let second = second.await.expect("ends").expect("is answered");
	assert!(
		matches!(said(&second), Answer::Expected { sequence: 1 }),
		"{:?}",
		said(&second)
	);
	assert_eq!(stage(&trio.issuer, "late"), None);
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_not_to_be_taken_is_not_taken_later() {
	let trio = Trio::start(91);
	let second = Forgery::new(&trio, 1, &[order("second", "P2")]);
	// Longer than an envelope waits for those before it.
	assert!(matches!(
		said(&second.send(&trio).await),
		Answer::Expected { sequence: 0 }
	));
	assert!(is_stored(
		&Forgery::new(&trio, 0, &[order("first", "P2")]).send(&trio).await
	));
	assert_eq!(stage(&trio.issuer, "second"), None);
	assert!(is_stored(&second.send(&trio).await));
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_that_sends_out_of_order_delays_nobody_else() {
	/// More than there are permits.
	const WAITING: usize = 8;
	let mut trio = Trio::start_in(World::with_rival(92));
	let spare = trio.other.clone();
	trio.world
		.stop(ISSUER, std::mem::replace(&mut trio.issuer, spare))
		.await;
	let folder = trio.folders[1].path().to_path_buf();
	trio.issuer = trio.world.start_with(ISSUER, &folder, |config| config.max_inbound = 4);
	let lane = LaneId {
		channel: 3,
		from: RIVAL,
		to: ISSUER,
	};
	let answered = Arc::new(AtomicUsize::new(0));
	let greedy: Vec<_> = (1..=WAITING as u64)
		.map(|sequence| {
			let mut forgery = Forgery::new(&trio, sequence, &[order(&format!("G-{sequence}"), "P2")]);
			forgery.header.lane = lane;
			forgery.envelope_lane = lane;
			forgery.signer = trio.world.keys[&RIVAL].clone();
			forgery.store = StoreClaim::new(&forgery.signer.pairs()[0], &GENESIS, RIVAL, [9; 16], 0);
			let (bytes, network) = (forgery.bytes(), trio.world.network.clone());
			let answered = answered.clone();
			tokio::spawn(async move {
				loop {
					let _ = network.inject(RIVAL, ISSUER, bytes.clone()).await;
					answered.fetch_add(1, Ordering::SeqCst);
					tokio::time::sleep(Duration::from_millis(20)).await;
				}
			})
		})
		.collect();
	// On a slow machine one of them may have waited for too long just then: what counts is that an order passes while all of them wait.
	let mut passed = false;
	for attempt in 0..20 {
		until(&trio.issuer, "they wait", || {
			trio.issuer.courier().receivers.parked(lane) == WAITING
		})
		.await;
		let before = answered.load(Ordering::SeqCst);
		let id = format!("honest-{attempt}");
		submit(&trio.seller, &[order(&id, "P2")]).await;
		until(&trio.issuer, "it arrives", || {
			trio.issuer.order(&id, Some(1)).unwrap().is_some()
		})
		.await;
		passed = answered.load(Ordering::SeqCst) == before;
		if passed {
			break;
		}
	}
	assert!(passed, "none arrives while the others wait");
	greedy.iter().for_each(|task| task.abort());
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_narrowed_grant_holds_only_what_it_does_not_cover() {
	let trio = Trio::start(93);
	trio.world.network.set_down(ISSUER, true);
	let redemption = order("R", "P2")
		.replace("purchase", "redemption")
		.replace("\"amount\":\"1000.00\",\"currency\":\"CNY\",", "\"units\":\"10\",");
	let report = submit(&trio.seller, &[order("A", "P2"), redemption, order("B", "P2")]).await;
	assert_eq!((report.accepted, report.packets), (3, 1), "{report:?}");
	trio.world.block(|state| {
		let mut grant = granted(1);
		grant.kinds = BusinessKinds::of(&[BusinessKind::Purchase, BusinessKind::Cancellation]);
		state.channel(1).authorisation = Ok(grant);
	});
	for node in [&trio.seller, &trio.issuer] {
		until(node, "the block is known", || node.status().block == 2).await;
	}
	trio.world.network.set_down(ISSUER, false);
	trio.seller.retry_lane(ORDERS);
	submit(&trio.seller, &[order("C", "P2")]).await;
	confirm_until(&trio.issuer, &trio.seller, 4).await;
	let answer = |id: &str| trio.seller.order(id, None).unwrap().unwrap().confirmation.unwrap();
	assert!(["A", "B", "C"].iter().all(|id| !answer(id).technical));
	let rejected = String::from_utf8_lossy(&answer("R").bytes).into_owned();
	assert!(rejected.contains("technical.kind_not_granted"), "{rejected}");
	assert_eq!(
		trio.issuer.inbox(Cursor::default(), usize::MAX).unwrap().entries.len(),
		3
	);
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_for_an_interface_that_moved_are_answered_and_the_lane_goes_on() {
	let trio = Trio::start(100);
	trio.world.network.set_down(ISSUER, true);
	submit(&trio.seller, &[order("A", "P2"), order("B", "P2")]).await;
	let moved_to = |node: u32| {
		trio.world.block(|state| {
			let mut second = state.members[1].nodes[0].clone();
			second.id = 9;
			second.peer = peer(9).try_into().expect("fits");
			state.members[1].nodes.truncate(1);
			state.members[1].nodes.push(second);
			let id = testing::name("I2");
			state.channel(1).interfaces = vec![InterfaceEntry { id, node }];
		});
	};
	moved_to(9);
	for node in [&trio.seller, &trio.issuer] {
		until(node, "the block is known", || node.status().block == 2).await;
	}
	trio.world.network.set_down(ISSUER, false);
	trio.seller.retry_lane(ORDERS);
	let waits = || trio.seller.trace("A", None).unwrap().unwrap().waiting;
	until(
		&trio.seller,
		"the node is not the right one",
		|| matches!(waits(), Some(Waiting::PartnerRefused { ref code, .. }) if code == "chain.interface_unknown"),
	)
	.await;
	until(&trio.seller, "both are answered", || {
		trio.world.block(|_| {});
		trio.seller.retry_lane(ORDERS);
		["A", "B"]
			.iter()
			.all(|id| stage(&trio.seller, id) >= Some(OrderStage::Rejected))
	})
	.await;
	for id in ["A", "B"] {
		let answer = trio
			.seller
			.order(id, None)
			.unwrap()
			.unwrap()
			.confirmation
			.expect("is answered");
		let text = String::from_utf8_lossy(&answer.bytes).into_owned();
		assert!(answer.technical && text.contains("technical.interface_moved"), "{text}");
	}
	assert_eq!(
		trio.issuer.inbox(Cursor::default(), usize::MAX).unwrap().entries.len(),
		0
	);
	// It moves back: the lane goes on behind them.
	moved_to(ISSUER);
	let newest = trio.world.state.lock().block;
	for node in [&trio.seller, &trio.issuer] {
		until(node, "the block is known", || node.status().block == newest).await;
	}
	submit(&trio.seller, &[order("C", "P2")]).await;
	confirm_until(&trio.issuer, &trio.seller, 3).await;
	assert!(
		!trio
			.seller
			.order("C", None)
			.unwrap()
			.unwrap()
			.confirmation
			.unwrap()
			.technical
	);
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_to_what_was_delivered_outlive_the_channel() {
	let mut trio = Trio::start(94);
	submit(&trio.seller, &[order("A", "P2")]).await;
	until(&trio.issuer, "A is there", || stage(&trio.issuer, "A").is_some()).await;
	trio.world.network.set_down(ISSUER, true);
	trio.world
		.block(|state| state.channel(1).authorisation = Err(Refusal::Revoked));
	for node in [&trio.seller, &trio.issuer] {
		until(node, "the block is known", || node.status().block == 2).await;
	}
	let report = submit(&trio.seller, &[order("B", "P2")]).await;
	assert_eq!(report.refused[0].1.code, "channel_closed", "orders end at once");
	trio.restart(SELLER).await;
	trio.world.network.set_down(ISSUER, false);
	confirm_until(&trio.issuer, &trio.seller, 1).await;
	until(&trio.issuer, "both signed", || {
		stage(&trio.issuer, "A") >= Some(OrderStage::Hashed)
	})
	.await;
	// And nothing else does.
	let reply = Forgery::new(&trio, 1, &[order("X", "P2")]).send(&trio).await;
	assert_eq!(reason(&reply), Some(RefusalReason::Chain(Refusal::Revoked)));
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_that_is_over_drains_for_as_long_as_the_chain_says() {
	let trio = Trio::start(97);
	submit(&trio.seller, &[order("A", "P2")]).await;
	until(&trio.issuer, "A is there", || stage(&trio.issuer, "A").is_some()).await;
	trio.world.block(|state| {
		state.drain = 1;
		state.channel(1).authorisation = Err(Refusal::Revoked);
	});
	// Each of these blocks is looked at: the end is that of the first.
	for block in 2..=4 {
		for node in [&trio.seller, &trio.issuer] {
			until(node, "the block is known", || node.status().block == block).await;
		}
		if block < 4 {
			trio.world.block(|_| ());
		}
	}
	testing::confirm(&trio.issuer, Cursor::default()).await;
	until(&trio.issuer, "the answer waits", || {
		let waiting = trio.issuer.trace("A", None).unwrap().unwrap().waiting;
		matches!(
			waiting,
			Some(Waiting::ChannelClosed {
				refusal: Refusal::Revoked,
				..
			})
		)
	})
	.await;
	trio.world.block(|state| state.drain = 10);
	until(&trio.seller, "the answer came", || {
		stage(&trio.seller, "A") >= Some(OrderStage::Confirmed)
	})
	.await;
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lane_to_a_node_that_left_the_chain_is_closed_by_name_and_the_others_flow() {
	let mut trio = Trio::start(98);
	trio.world.network.set_down(ISSUER, true);
	assert_eq!(submit(&trio.seller, &[order("A", "P2")]).await.refused, Vec::new());
	// The issuer takes its node out of service; another one, which is not up yet, serves its interface from then on.
	trio.world.block(|state| {
		let mut next = state.members[1].nodes[0].clone();
		next.id = 9;
		next.peer = peer(9).try_into().expect("fits");
		state.members[1].nodes = vec![next];
		let moved = InterfaceEntry {
			id: testing::name("I2"),
			node: 9,
		};
		state.channel(1).interfaces = vec![moved];
	});
	until(&trio.seller, "the block is known", || trio.seller.status().block == 2).await;
	let waits = |handle: &Handle, id: &str| handle.trace(id, None).unwrap().unwrap().waiting;
	let gone = Some(Waiting::ChannelClosed {
		refusal: Refusal::NodeUnknown,
		at: 2,
	});
	until(&trio.seller, "the reason is known", || waits(&trio.seller, "A") == gone).await;
	assert_eq!(submit(&trio.seller, &[order("B", "P2")]).await.refused, Vec::new());
	assert_eq!(
		trio.seller.order("B", None).unwrap().unwrap().lane.to,
		9,
		"it goes to the node that is there"
	);
	assert_ne!(waits(&trio.seller, "B"), gone);
	// More blocks change nothing, nor does what becomes of the channel, nor a restart; the business system was told once.
	trio.world
		.block(|state| state.channel(1).authorisation = Err(Refusal::Suspended));
	until(&trio.seller, "the block is known", || trio.seller.status().block == 3).await;
	trio.world
		.block(|state| state.channel(1).authorisation = Ok(granted(1)));
	until(&trio.seller, "the block is known", || trio.seller.status().block == 4).await;
	let closings = |handle: &Handle| {
		let events = handle.events(Cursor::default(), 1_000).expect("are readable").events;
		let closed =
			|event: &crate::api::Event| matches!(&event.what, EventKind::LaneClosed { lane, .. } if *lane == ORDERS);
		events.into_iter().filter(closed).count()
	};
	until(&trio.seller, "the closing is told", || closings(&trio.seller) == 1).await;
	trio.restart(SELLER).await;
	assert_eq!(waits(&trio.seller, "A"), gone);
	trio.world.block(|_| ());
	until(&trio.seller, "the block is known", || trio.seller.status().block == 5).await;
	assert_eq!((closings(&trio.seller), waits(&trio.seller, "A")), (1, gone));
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_channel_holds_answers_too() {
	let trio = Trio::start(95);
	submit(&trio.seller, &[order("A", "P2")]).await;
	until(&trio.issuer, "A is there", || stage(&trio.issuer, "A").is_some()).await;
	trio.world
		.block(|state| state.channel(1).authorisation = Err(Refusal::Suspended));
	for node in [&trio.seller, &trio.issuer] {
		until(node, "the block is known", || node.status().block == 2).await;
	}
	testing::confirm(&trio.issuer, Cursor::default()).await;
	let waits = |handle: &Handle| handle.trace("A", None).unwrap().unwrap().waiting;
	until(&trio.issuer, "the reason is known", || {
		matches!(
			waits(&trio.issuer),
			Some(Waiting::ChannelClosed {
				refusal: Refusal::Suspended,
				..
			})
		)
	})
	.await;
	trio.world
		.block(|state| state.channel(1).authorisation = Ok(granted(1)));
	confirm_until(&trio.issuer, &trio.seller, 1).await;
	let turned = |event: &crate::api::Event| {
		matches!(
			event.what,
			EventKind::LaneClosed { .. } | EventKind::LaneReopened { .. }
		)
	};
	let events = trio
		.issuer
		.events(Cursor::default(), 1_000)
		.expect("are readable")
		.events;
	assert_eq!(events.into_iter().filter(turned).count(), 2);
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancellation_asks_no_clause_and_follows_its_order() {
	let trio = Trio::start(96);
	trio.world.block(|state| {
		let from = state.block;
		let clauses = clauses::json::from_json(
			br#"[{"code":"least","any_of":[{"amount_at_least":{"amount":"100","currency":"CNY"}}]}]"#,
		);
		state.channel(1).agreements = vec![AgreementEntry {
			id: 7,
			scope: Scope::All,
			version: 1,
			from,
			clauses: clauses.expect("clauses of the test"),
		}];
	});
	for node in [&trio.seller, &trio.issuer] {
		until(node, "the block is known", || node.status().block == 2).await;
	}
	let stamped = order("A", "P2").replace("\"placed_at\"", "\"clause_version\":7,\"placed_at\"");
	assert_eq!(submit(&trio.seller, &[stamped]).await.refused, Vec::new());
	until(&trio.issuer, "A is there", || stage(&trio.issuer, "A").is_some()).await;
	// The interface moves to a node that knows nothing of the order.
	trio.world.block(|state| {
		let mut issuer = state.members[1].nodes[0].clone();
		issuer.id = 9;
		issuer.peer = peer(9).try_into().expect("fits");
		state.members[1].nodes.push(issuer);
		let moved = InterfaceEntry {
			id: testing::name("I2"),
			node: 9,
		};
		state.channel(1).interfaces = vec![moved];
	});
	for node in [&trio.seller, &trio.issuer] {
		until(node, "the block is known", || node.status().block == 3).await;
	}
	let id = trio.seller.cancel("A").await.expect("is taken");
	until(&trio.issuer, "it is there", || stage(&trio.issuer, &id).is_some()).await;
	assert_eq!(
		stage(&trio.issuer, &id),
		Some(OrderStage::Delivered),
		"and is not rejected"
	);
	trio.stop().await;
}
