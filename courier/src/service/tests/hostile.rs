// SPDX-License-Identifier: Apache-2.0

//! Whatever a partner sends: what is written of it can be read again, costs little, and stops nobody else.

use super::{
	confirm_until,
	liars::{reason, Forgery},
	stage, Trio,
};
use crate::{
	api::{Cursor, OrderStage, OrderState},
	protocol::{Answer, RefusalReason},
	store::{Opened, Options, RecordBuf},
	testing::{order, submit, until, ISSUER, SELLER},
	transport::{Misbehaviour, Reply},
};
use rand::{rngs::StdRng, seq::SliceRandom, Rng, SeedableRng};
use sealane_primitives::{
	clauses,
	directory::{AgreementEntry, Scope},
};
use std::collections::BTreeMap;

fn is_stored(reply: &Reply) -> bool {
	let answer = reply.answer.as_deref().expect("an answer");
	matches!(Answer::parse(answer).expect("is well formed"), Answer::Stored(_))
}

/// An order whose id is all there is of it.
fn only_id(id: &str) -> Vec<u8> {
	format!("{{\"id\":\"{id}\"}}").into_bytes()
}

/// What a node says of orders and of its inbox, to be compared with what it says after a restart.
#[derive(Debug, PartialEq)]
struct Said {
	orders: BTreeMap<String, Option<OrderState>>,
	inbox: Vec<Vec<u8>>,
}

fn said(handle: &crate::Handle, ids: &[String]) -> Said {
	let inbox = handle.inbox(Cursor::default(), usize::MAX).expect("is readable");
	let order = |id: &String| (id.clone(), handle.order(id, None).expect("is readable"));
	Said {
		orders: ids.iter().map(order).collect(),
		inbox: inbox.entries.iter().map(|e| e.bytes.to_vec()).collect(),
	}
}

#[tokio::test(flavor = "multi_thread")]
async fn oversized_ids_are_rejected_briefly_and_the_node_starts_again() {
	let mut trio = Trio::start(71);
	let ids = [
		"A".repeat(129),
		"A".repeat(60_000),
		"A".repeat(65_500),
		"\u{1}".repeat(12_000),
		"\u{1}".repeat(65_500),
		"\\\"".repeat(32_000),
	];
	for (sequence, id) in (0..).zip(&ids) {
		let before = trio.issuer.status().log_bytes;
		let hostile = Forgery::new(&trio, sequence, &[only_id(id)]);
		assert!(is_stored(&hostile.send(&trio).await), "{} bytes of id", id.len());
		let written = trio.issuer.status().log_bytes - before;
		assert!(
			written < id.len() as u64 + 4_096,
			"{written} bytes for an id of {}",
			id.len()
		);
		trio.restart(ISSUER).await;
		assert_eq!(trio.issuer.status().quarantined, None);
	}
	// The rejections travel, and nobody else waits for them.
	let next = ids.len() as u64;
	assert!(is_stored(
		&Forgery::new(&trio, next, &[order("G", "P2")]).send(&trio).await
	));
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verdict_on_the_longest_clauses_is_short() {
	let mut trio = Trio::start(72);
	let alternative = |a: usize| {
		let channels: Vec<String> = (0..16).map(|i| format!("\"channel-{a:02}{i:02}\"")).collect();
		format!("{{\"sales_channel_in\":[{}]}}", channels.join(","))
	};
	let any_of = (0..8).map(alternative).collect::<Vec<_>>().join(",");
	let each: Vec<String> = (0..32)
		.map(|i| format!("{{\"code\":\"c{i}\",\"any_of\":[{any_of}]}}"))
		.collect();
	let clauses = clauses::json::from_json(format!("[{}]", each.join(",")).as_bytes()).expect("clauses of the test");
	trio.world.block(|state| {
		let from = state.block;
		state.channel(1).agreements = vec![AgreementEntry {
			id: 7,
			scope: Scope::All,
			version: 1,
			from,
			clauses,
		}];
	});
	until(&trio.issuer, "the block is known", || trio.issuer.status().block == 2).await;
	until(&trio.seller, "the block is known", || trio.seller.status().block == 2).await;
	let fails = order("F", "P2").replace("\"placed_at\"", "\"clause_version\":7,\"placed_at\"");
	assert_eq!(submit(&trio.seller, &[fails]).await.accepted, 1);
	until(&trio.seller, "it is rejected", || {
		stage(&trio.seller, "F") >= Some(OrderStage::Hashed)
	})
	.await;
	let answer = trio.seller.order("F", None).unwrap().unwrap().confirmation.unwrap();
	assert!(answer.bytes.len() < 4_096, "{} bytes", answer.bytes.len());
	assert!(String::from_utf8_lossy(&answer.bytes).contains("clauses.failed"));
	trio.restart(ISSUER).await;
	trio.restart(SELLER).await;
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_known_of_ids_is_the_same_after_a_restart() {
	let mut trio = Trio::start(73);
	let raw = order("raw", "P2").replace('}', ",\"own\":\"\\ud800\"}");
	assert!(is_stored(&Forgery::new(&trio, 0, &[raw]).send(&trio).await));
	trio.restart(ISSUER).await;
	assert_eq!(
		stage(&trio.issuer, "raw"),
		None,
		"a line that cannot be read is no order"
	);
	assert!(is_stored(
		&Forgery::new(&trio, 1, &[order("raw", "P2")]).send(&trio).await
	));
	for _ in 0..2 {
		let known = trio
			.issuer
			.order("raw", None)
			.unwrap()
			.expect("the good one is an order");
		assert_eq!((known.sequence, known.stage), (1, OrderStage::Delivered));
		trio.restart(ISSUER).await;
	}
	let report = confirm(&trio.issuer, &["raw"]).await;
	assert_eq!((report.accepted, report.refused), (1, Vec::new()));
	trio.stop().await;
}

async fn confirm(issuer: &crate::Handle, ids: &[&str]) -> crate::api::SubmitReport {
	let answers: Vec<String> = ids
		.iter()
		.map(|id| format!("{{\"order\":\"{id}\",\"outcome\":\"accepted\"}}"))
		.collect();
	let (body, lines) = crate::testing::lines(&answers);
	issuer.submit_confirmations(body, lines, None).await.expect("is taken")
}

/// An entry as a hostile node may make it.
fn entry(random: &mut StdRng, ids: &mut Vec<String>) -> Vec<u8> {
	if random.gen_bool(0.7) {
		ids.push(format!("H-{}", random.gen_range(0..40)));
	}
	let id = ids.choose(random).cloned().unwrap_or_else(|| "H-0".into());
	let good = order(&id, ["P2", "P2", "C2", "none"].choose(random).expect("is not empty"));
	match random.gen_range(0..9) {
		0..3 => good.into_bytes(),
		3 => good.replace("1000.00", "7.00").into_bytes(),
		4 => only_id(&"\u{2}é".repeat(random.gen_range(1..20_000))),
		5 => good.replace('}', ",\"own\":\"\\ud800\"}").into_bytes(),
		6 => {
			let mut bytes = good.into_bytes();
			let at = random.gen_range(0..bytes.len());
			bytes[at] = random.gen();
			bytes
		}
		7 => (0..random.gen_range(1..400)).map(|_| random.gen()).collect(),
		_ => only_id(&id),
	}
}

#[tokio::test(flavor = "multi_thread")]
async fn recovery_takes_whatever_was_written_and_knows_the_same() {
	for seed in 0..6 {
		let mut random = StdRng::seed_from_u64(seed);
		let mut trio = Trio::start(740 + seed);
		let (mut ids, mut sequence) = (vec!["H-0".to_owned()], 0);
		for round in 0..12 {
			let entries: Vec<_> = (0..random.gen_range(1..12))
				.map(|_| entry(&mut random, &mut ids))
				.collect();
			let reply = Forgery::new(&trio, sequence, &entries).send(&trio).await;
			sequence += u64::from(is_stored(&reply));
			if random.gen_bool(0.3) {
				crate::testing::confirm(&trio.issuer, Cursor::default()).await;
			}
			ids.sort();
			ids.dedup();
			let before = said(&trio.issuer, &ids);
			trio.restart(ISSUER).await;
			let after = said(&trio.issuer, &ids);
			assert_eq!(after.inbox, before.inbox, "seed {seed}, round {round}");
			for (id, order) in &before.orders {
				let place =
					|o: &Option<OrderState>| o.as_ref().map(|o| (o.sequence, o.ordinal, o.confirmation.clone()));
				assert_eq!(
					place(&after.orders[id]),
					place(order),
					"seed {seed}, round {round}: {id}"
				);
			}
			assert_eq!(trio.issuer.status().quarantined, None);
		}
		trio.stop().await;
	}
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_cannot_be_interpreted_stops_no_start() {
	let mut trio = Trio::start(75);
	submit(&trio.seller, &[order("A", "P2")]).await;
	confirm_until(&trio.issuer, &trio.seller, 1).await;
	let spare = trio.other.clone();
	trio.world
		.stop(ISSUER, std::mem::replace(&mut trio.issuer, spare))
		.await;
	{
		// A kind of a later version, and packets of which nothing but their frame is right.
		let (opened, _) = Opened::open(Options::new(trio.folders[1].path().join("log")), |_| {}).expect("opens");
		let log = opened.start(crate::store::Plain).expect("starts");
		let foreign = [
			(200, vec![1; 40]),
			(1, vec![0; 3]),
			(2, vec![0xff; 64]),
			(3, Vec::new()),
		];
		let records = foreign.map(|(kind, payload)| RecordBuf::new(kind, payload));
		log.append_blocking(records.to_vec()).expect("is stored");
		log.close();
	}
	trio.issuer = trio.world.start(ISSUER, trio.folders[1].path());
	let quarantined = trio.issuer.status().quarantined.expect("is named");
	assert_eq!(quarantined.records, 4);
	assert!(quarantined.what.contains("200"), "{}", quarantined.what);
	submit(&trio.seller, &[order("B", "P2")]).await;
	confirm_until(&trio.issuer, &trio.seller, 2).await;
	// The feeds go on behind what cannot be read.
	let inbox = trio.issuer.inbox(Cursor::default(), usize::MAX).expect("is readable");
	assert_eq!(inbox.entries.len(), 2);
	until(&trio.issuer, "B is signed by both", || {
		stage(&trio.issuer, "B") >= Some(OrderStage::Hashed)
	})
	.await;
	assert!(trio.world.anchor(ISSUER, &trio.issuer), "anchoring goes on");
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_packet_of_garbage_is_refused_and_nothing_of_it_is_written() {
	let trio = Trio::start(76);
	// What the rejections of the first packet are answered with is not counted.
	trio.world.network.set_down(SELLER, true);
	for (count, taken) in [(64, true), (65, false), (60_000, false)] {
		let sequence = u64::from(count > 64);
		let before = trio.issuer.status().log_bytes;
		let mut entries = vec![order(&format!("good-{count}"), "P2").into_bytes()];
		entries.extend(vec![b"[".to_vec(); count]);
		let reply = Forgery::new(&trio, sequence, &entries).send(&trio).await;
		if taken {
			assert!(is_stored(&reply));
			continue;
		}
		assert_eq!(reason(&reply), Some(RefusalReason::Unreadable));
		assert_eq!(reply.misbehaviour, Some(Misbehaviour::Malformed));
		match Answer::parse(&reply.answer.unwrap()).unwrap() {
			Answer::Refused(refused) => {
				assert_eq!(refused.what.first_sequence, 1);
				assert_eq!(refused.what.unreadable, [(1, count as u32)], "they are named");
			}
			other => panic!("{other:?}"),
		}
		let written = trio.issuer.status().log_bytes - before;
		assert!(
			written < 512,
			"{written} bytes, where that it was refused is all that is kept"
		);
		assert_eq!(stage(&trio.issuer, &format!("good-{count}")), None);
	}
	assert!(is_stored(
		&Forgery::new(&trio, 1, &[order("next", "P2")]).send(&trio).await
	));
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_is_at_most_three_times_what_came() {
	let trio = Trio::start(77);
	trio.world.network.set_down(SELLER, true);
	let rejected = |i: usize| match i % 3 {
		0 => order(&format!("W-{i}"), "none"),
		1 => order(&format!("W-{i}"), &"P".repeat(32)),
		_ => order("W-0", "P2").replace("1000.00", &i.to_string()),
	};
	let orders: Vec<_> = (0..5_000).map(rejected).collect();
	let before = trio.issuer.status().log_bytes;
	let forgery = Forgery::new(&trio, 0, &orders);
	let sent = forgery.bytes().len() as u64;
	assert!(is_stored(&forgery.send(&trio).await));
	let written = trio.issuer.status().log_bytes - before;
	assert!(written <= 3 * sent, "{written} bytes for {sent}");
	trio.stop().await;
}
