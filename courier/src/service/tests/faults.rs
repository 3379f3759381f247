// SPDX-License-Identifier: Apache-2.0

//! Nothing lost, nothing twice: on a bad network, over restarts, beside a dead partner.

use super::{confirmations, Trio};
use crate::{
	api::{Cursor, OrderStage},
	testing::{self, order, submit, until, Faults, ISSUER, OTHER_ISSUER, SELLER},
};
use rand::{rngs::StdRng, Rng, SeedableRng};
use std::time::Duration;

const ORDERS: usize = 600;

/// Every order of `0..count` has exactly one confirmation, and the two sides hold the same leaves.
fn assert_settled(trio: &Trio, count: usize) {
	let confirmed = confirmations(&trio.seller);
	assert_eq!(confirmed.len(), count);
	assert!(
		confirmed.values().all(|times| *times == 1),
		"each order is confirmed once"
	);
	for i in 0..count {
		let id = format!("F-{i}");
		let ours = trio
			.seller
			.evidence(&id, None)
			.unwrap()
			.expect("the seller has evidence");
		let theirs = trio
			.issuer
			.evidence(&id, None)
			.unwrap()
			.expect("the issuer has evidence");
		assert_eq!(
			(ours.leaf, ours.core, ours.index),
			(theirs.leaf, theirs.core, theirs.index)
		);
		assert_eq!(ours.sellers, theirs.sellers);
		assert!(ours.sellers.is_some(), "{id} is attested by both");
		let path = sealane_primitives::evidence::verify(
			&ours.core.root,
			ours.core.count.into(),
			ours.index.into(),
			&ours.leaf,
			&ours.path,
		);
		assert!(path, "{id}: the path leads to the root");
	}
}

#[tokio::test(flavor = "multi_thread")]
async fn each_order_is_confirmed_once_over_a_bad_network() {
	let trio = Trio::start(11);
	trio.world.network.set_faults(Faults::SOME);
	let (seller, issuer) = (trio.seller.clone(), trio.issuer.clone());
	let confirming = tokio::spawn(async move {
		let mut cursor = Cursor::default();
		let mut tail = issuer.tail();
		loop {
			tail.borrow_and_update();
			let (next, confirmed) = testing::confirm(&issuer, cursor).await;
			cursor = next;
			if confirmed == 0 && tail.changed().await.is_err() {
				return;
			}
		}
	});
	for start in (0..ORDERS).step_by(7) {
		let orders: Vec<_> = (start..ORDERS.min(start + 7))
			.map(|i| order(&format!("F-{i}"), "P2"))
			.collect();
		submit(&seller, &orders).await;
	}
	until(&seller, "all are confirmed", || confirmations(&seller).len() == ORDERS).await;
	trio.world.network.set_faults(Faults::default());
	let last = format!("F-{}", ORDERS - 1);
	until(&trio.issuer, "all are signed by both", || {
		(0..ORDERS).all(|i| super::stage(&trio.issuer, &format!("F-{i}")) >= Some(OrderStage::Hashed))
	})
	.await;
	assert!(super::stage(&trio.seller, &last) >= Some(OrderStage::Hashed));
	assert_settled(&trio, ORDERS);
	confirming.abort();
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_order_is_confirmed_once_over_restarts_of_both_sides() {
	let mut trio = Trio::start(12);
	let mut rng = StdRng::seed_from_u64(12);
	trio.world.network.set_faults(Faults::SOME);
	let (mut next, mut cursor) = (0, Cursor::default());
	for round in 0..24 {
		let until_order = ORDERS.min(next + rng.gen_range(10..50));
		while next < until_order {
			let end = until_order.min(next + 9);
			submit(
				&trio.seller,
				&(next..end).map(|i| order(&format!("F-{i}"), "P2")).collect::<Vec<_>>(),
			)
			.await;
			next = end;
		}
		let (read, _) = testing::confirm(&trio.issuer, cursor).await;
		cursor = read;
		// Somewhere in the middle of whatever is going on.
		tokio::time::sleep(Duration::from_millis(rng.gen_range(0..30))).await;
		if round % 3 != 1 {
			trio.restart(SELLER).await;
		}
		if round % 3 != 0 {
			trio.restart(ISSUER).await;
		}
	}
	trio.world.network.set_faults(Faults::default());
	super::confirm_until(&trio.issuer, &trio.seller, next).await;
	until(&trio.issuer, "all are signed by both", || {
		(0..next).all(|i| super::stage(&trio.issuer, &format!("F-{i}")) >= Some(OrderStage::Hashed))
	})
	.await;
	assert_settled(&trio, next);
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_the_network_forgets_holds_its_lane_for_a_while_only() {
	let trio = Trio::start(15);
	let forgetful = Faults {
		swallow: 1_000,
		..Faults::default()
	};
	trio.world.network.set_faults(forgetful);
	for i in 0..20 {
		submit(&trio.seller, &[order(&format!("F-{i}"), "P2")]).await;
	}
	until(&trio.seller, "the first envelope is on its way", || {
		trio.seller.lanes().iter().any(|lane| lane.in_flight > 0)
	})
	.await;
	trio.world.network.set_faults(Faults::default());
	super::confirm_until(&trio.issuer, &trio.seller, 20).await;
	assert_eq!(confirmations(&trio.seller).len(), 20);
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_partner_delays_nobody_else() {
	let trio = Trio::start(13);
	trio.world.network.set_down(ISSUER, true);
	for i in 0..200 {
		submit(
			&trio.seller,
			&[order(&format!("D-{i}"), "P2"), order(&format!("L-{i}"), "P3")],
		)
		.await;
	}
	super::confirm_until(&trio.other, &trio.seller, 200).await;
	let lane = |to| {
		let mut lanes = trio.seller.lanes().into_iter();
		lanes.find(|l| l.outgoing && l.lane.to == to).expect("the lane exists")
	};
	// Confirmations may be there before the receipts of their orders are noted.
	until(&trio.seller, "all are delivered to the other", || {
		let lane = lane(OTHER_ISSUER);
		lane.delivered == lane.packets
	})
	.await;
	assert_eq!(lane(ISSUER).delivered, 0);
	assert!(lane(ISSUER).waiting_since.is_some());
	trio.world.network.set_down(ISSUER, false);
	trio.seller.retry_lane(lane(ISSUER).lane);
	super::confirm_until(&trio.issuer, &trio.seller, 400).await;
	let order = trio.issuer.inbox(Cursor::default(), usize::MAX).unwrap();
	let ids: Vec<_> = order
		.entries
		.iter()
		.map(|e| crate::library::id_of(&e.bytes).unwrap().into_owned())
		.collect();
	assert_eq!(
		ids,
		(0..200).map(|i| format!("D-{i}")).collect::<Vec<_>>(),
		"its lane drains in order"
	);
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn revoked_means_nothing_more_from_that_block_on() {
	let trio = Trio::start(14);
	submit(&trio.seller, &[order("A", "P2")]).await;
	until(&trio.issuer, "A is there", || {
		trio.issuer.order("A", None).unwrap().is_some()
	})
	.await;
	trio.world
		.block(|state| state.channel(1).authorisation = Err(sealane_primitives::directory::Refusal::Revoked));
	until(&trio.seller, "the block is known", || trio.seller.status().block == 2).await;
	let report = submit(&trio.seller, &[order("B", "P2")]).await;
	assert_eq!(report.refused[0].1.code, "channel_closed");
	assert_eq!(report.refused.len(), 1);
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rate_limit_delays_and_loses_nothing() {
	let trio = Trio::start(15);
	trio.world.block(|state| {
		let mut grant = testing::granted(1);
		grant.orders_per_minute = Some(6_000);
		state.channel(1).authorisation = Ok(grant);
	});
	until(&trio.seller, "the block is known", || trio.seller.status().block == 2).await;
	for start in (0..6_100).step_by(100) {
		submit(
			&trio.seller,
			&(start..start + 100)
				.map(|i| order(&format!("F-{i}"), "P2"))
				.collect::<Vec<_>>(),
		)
		.await;
	}
	until(&trio.issuer, "all arrive", || {
		trio.issuer.lanes().iter().any(|l| !l.outgoing && l.lane.channel == 1)
			&& trio.issuer.order("F-6099", None).unwrap().is_some()
	})
	.await;
	trio.stop().await;
}
