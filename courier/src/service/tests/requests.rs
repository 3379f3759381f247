// SPDX-License-Identifier: Apache-2.0

//! What the business system is told: requests with a key, requests beside others, ids that two sellers use.

use super::{confirm_until, stage, Trio};
use crate::{
	api::{IdempotencyKey, OrderStage, ReadError, SubmitError, SubmitReport},
	store::fault::FaultDisk,
	testing::{self, key, lines, order, submit, until, World, ISSUER, RIVAL, SELLER},
	Handle,
};
use bytes::Bytes;
use rand::{rngs::StdRng, seq::SliceRandom, SeedableRng};
use sealane_primitives::directory::Refusal;
use std::{
	path::Path,
	sync::Arc,
	time::{Duration, Instant},
};

async fn keyed(handle: &Handle, body: &Bytes, name: &str) -> Result<SubmitReport, SubmitError> {
	let end = |at: usize| body[at..].iter().position(|b| *b == b'\n').map(|len| at + len);
	let (mut ranges, mut at) = (Vec::new(), 0);
	while let Some(next) = end(at) {
		ranges.push(at as u32..next as u32);
		at = next + 1;
	}
	handle.submit_orders(body.clone(), ranges, Some(key(name, body))).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_of_which_all_is_refused_is_answered_each_time_and_costs_nobody_his_answer() {
	let trio = Trio::start(101);
	trio.world
		.block(|state| state.channel(2).authorisation = Err(Refusal::Suspended));
	until(&trio.seller, "the block is known", || trio.seller.status().block == 2).await;
	let refused: Vec<_> = (0..80_000).map(|i| order(&format!("N-{i:06}"), "P3")).collect();
	let (body, _) = lines(&refused);
	let neighbours: Vec<_> = (0..8)
		.map(|n| {
			let seller = trio.seller.clone();
			tokio::spawn(async move {
				for i in 0..200 {
					let (body, ranges) = lines(&[order(&format!("S-{n}-{i}"), "P2")]);
					let report = seller.submit_orders(body, ranges, None).await.expect("is answered");
					assert_eq!(report.accepted, 1);
				}
			})
		})
		.collect();
	for _ in 0..3 {
		let report = keyed(&trio.seller, &body, "window").await.expect("is answered");
		assert_eq!(
			(report.accepted, report.refused.len()),
			(0, 80_000),
			"every line is named"
		);
	}
	for each in neighbours {
		each.await.expect("nobody fails for it");
	}
	let mut other = body.to_vec();
	other[10] ^= 1;
	let conflict = keyed(&trio.seller, &other.into(), "window").await;
	assert!(
		matches!(conflict, Err(SubmitError::IdempotencyConflict { .. })),
		"{conflict:?}"
	);
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_request_gives_the_same_report_also_after_a_restart() {
	let mut trio = Trio::start(102);
	let orders = [order("A", "P2"), order("B", "none"), order("C", "P2")];
	let (body, _) = lines(&orders);
	let first = keyed(&trio.seller, &body, "1").await.expect("is answered");
	assert_eq!((first.accepted, first.refused.len()), (2, 1));
	for _ in 0..2 {
		assert_eq!(keyed(&trio.seller, &body, "1").await.as_ref(), Ok(&first));
		trio.restart(SELLER).await;
	}
	// The same key of another system, or for another purpose, is another key.
	let ranges = lines(&orders).1;
	let scoped = IdempotencyKey {
		scope: [1; 32],
		..key("1", &body)
	};
	let other = trio
		.seller
		.submit_orders(body, ranges, Some(scoped))
		.await
		.expect("is answered");
	assert_eq!((other.accepted, other.repeated), (0, 2));
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_request_twice_at_once_takes_effect_once() {
	let trio = Trio::start(103);
	let (body, _) = lines(&[order("A", "P2")]);
	let both = (0..2).map(|_| {
		let (seller, body) = (trio.seller.clone(), body.clone());
		tokio::spawn(async move { keyed(&seller, &body, "1").await })
	});
	for each in both.collect::<Vec<_>>() {
		let report = each.await.expect("ends").expect("is answered");
		assert_eq!(report.accepted + report.repeated, 1);
	}
	confirm_until(&trio.issuer, &trio.seller, 1).await;
	trio.stop().await;
}

/// An order of the rival in its own channel.
async fn rivals(world: &Arc<World>, folder: &Path) -> Handle {
	let rival = world.start(RIVAL, folder);
	submit(&rival, &[order("20260302-1", "P2")]).await;
	rival
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_of_two_sellers_answers_neither_until_one_is_named() {
	let trio = Trio::start_in(World::with_rival(104));
	let folder = tempfile::tempdir().expect("a folder for the test");
	let rival = rivals(&trio.world, folder.path()).await;
	submit(&trio.seller, &[order("20260302-1", "P2"), order("own", "P2")]).await;
	let there = |seller| trio.issuer.order("20260302-1", Some(seller)).unwrap().is_some();
	until(&trio.issuer, "both are there", || there(1) && there(RIVAL)).await;
	let confirm = |names: &str| {
		let line = format!("{{\"order\":\"20260302-1\",{names}\"outcome\":\"accepted\"}}");
		let (body, ranges) = lines(&[line, "{\"order\":\"own\",\"outcome\":\"accepted\"}".into()]);
		let issuer = trio.issuer.clone();
		async move {
			issuer
				.submit_confirmations(body, ranges, None)
				.await
				.expect("is answered")
		}
	};
	let report = confirm("").await;
	assert_eq!(report.accepted, 1, "what is not ambiguous goes on");
	let (line, problem) = &report.refused[0];
	assert_eq!((*line, problem.code.as_ref()), (0, "order_ambiguous"));
	assert!(problem.rule.contains("1 and 4"), "{problem}");
	assert!(matches!(
		trio.issuer.order("20260302-1", None),
		Err(ReadError::Ambiguous { sellers: [1, 4], .. })
	));
	assert_eq!(confirm("\"seller\":4,").await.accepted, 1);
	// One of them is answered; the other is still not meant by it.
	assert_eq!(confirm("").await.refused.len(), 1);
	assert_eq!(confirm("\"channel\":1,").await.accepted, 1);
	until(&rival, "the rival has its answer", || {
		stage(&rival, "20260302-1") >= Some(OrderStage::Hashed)
	})
	.await;
	trio.world.stop(RIVAL, rival).await;
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn repeated_ids_in_any_order_are_read_packet_by_packet_and_hold_nobody_up() {
	const PACKETS: usize = 12;
	const ORDERS: usize = 500;
	let disk = FaultDisk::new();
	let mut trio = Trio::start(105);
	trio.world
		.stop(SELLER, std::mem::replace(&mut trio.seller, trio.other.clone()))
		.await;
	let spawner = crate::machine::TokioSpawner(tokio::runtime::Handle::current());
	let machine = crate::Machine {
		disk: Arc::new(disk.clone()),
		..crate::Machine::real(Arc::new(spawner))
	};
	// No packet stays in memory.
	let small = |config: &mut crate::Config| config.cache_bytes = 1_024;
	trio.seller = trio.world.start_on(machine, SELLER, Path::new("/seller"), small);
	trio.world.network.set_down(ISSUER, true);
	let mut orders = Vec::new();
	for packet in 0..PACKETS {
		let these: Vec<_> = (0..ORDERS).map(|i| order(&format!("M-{packet}-{i}"), "P2")).collect();
		assert_eq!(submit(&trio.seller, &these).await.accepted as usize, ORDERS);
		orders.extend(these);
	}
	orders.shuffle(&mut StdRng::seed_from_u64(105));
	let reads = disk.reads();
	let (seller, shuffled) = (trio.seller.clone(), orders.clone());
	let repeating = tokio::spawn(async move { submit(&seller, &shuffled).await });
	let mut slowest = Duration::ZERO;
	for i in 0..20 {
		let started = Instant::now();
		submit(&trio.seller, &[order(&format!("other-{i}"), "P3")]).await;
		slowest = slowest.max(started.elapsed());
	}
	let report = repeating.await.expect("is answered");
	assert_eq!((report.repeated as usize, report.accepted), (PACKETS * ORDERS, 0));
	let reads = disk.reads() - reads;
	assert!(
		reads < 40 * PACKETS as u64,
		"{reads} reads for {} ids in {PACKETS} packets",
		orders.len()
	);
	assert!(slowest < Duration::from_millis(500), "somebody else waited {slowest:?}");
	// Other content under the same ids is refused, each line by itself.
	let changed: Vec<_> = orders.iter().map(|line| line.replace("1000.00", "7.00")).collect();
	let report = submit(&trio.seller, &changed).await;
	assert_eq!(report.refused.len(), changed.len());
	assert!(report
		.refused
		.iter()
		.all(|(_, problem)| problem.code == "order_id_reused"));
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn repeated_confirmations_are_known_and_other_content_is_refused() {
	let trio = Trio::start(106);
	let ids: Vec<String> = (0..1_000).map(|i| format!("C-{i}")).collect();
	submit(&trio.seller, &ids.iter().map(|id| order(id, "P2")).collect::<Vec<_>>()).await;
	until(&trio.issuer, "all are there", || stage(&trio.issuer, "C-999").is_some()).await;
	let answers = |outcome: &str| {
		let answer = |id: &String| format!("{{\"order\":\"{id}\",\"outcome\":\"{outcome}\"}}");
		let mut answers: Vec<_> = ids.iter().map(answer).collect();
		// Each comes twice in one request, too.
		answers.extend(answers.clone());
		lines(&answers)
	};
	let send = |outcome: &str| {
		let ((body, ranges), issuer) = (answers(outcome), trio.issuer.clone());
		async move {
			issuer
				.submit_confirmations(body, ranges, None)
				.await
				.expect("is answered")
		}
	};
	let first = send("accepted").await;
	assert_eq!((first.accepted, first.repeated, first.refused.len()), (1_000, 1_000, 0));
	let again = send("accepted").await;
	assert_eq!((again.accepted, again.repeated, again.refused.len()), (0, 2_000, 0));
	let other = send("partial").await;
	assert_eq!(other.refused.len(), 2_000);
	assert!(other
		.refused
		.iter()
		.all(|(_, problem)| problem.code == "already_confirmed"));
	testing::until(&trio.seller, "they arrive", || {
		stage(&trio.seller, "C-999") >= Some(OrderStage::Confirmed)
	})
	.await;
	trio.stop().await;
}
