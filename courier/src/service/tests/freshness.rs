// SPDX-License-Identifier: Apache-2.0

//! How long a node goes by what it last heard of the chain, and what it does when it can hear no more.

use super::{confirm_until, stage, Trio};
use crate::{
	api::{ChainHealth, LaneId, OrderStage, Waiting},
	handle::Handle,
	testing::{self, order, submit, until, World, ISSUER, SELLER},
};
use sealane_primitives::{
	directory::{Refusal, Scope, UnreadAgreement},
	ids::Moment,
};
use std::sync::Arc;

const MINUTE: u64 = 60_000;
/// As the chain has it by default.
const MAX_AGE: u64 = 10 * MINUTE;

/// A block of now, whose authorisations hold as long as the chain lets them.
fn fresh_block(world: &World) {
	let holds_until: Moment = world.clock.now() + MAX_AGE;
	world.block(|state| state.holds_until = holds_until);
}

/// A trio that has just heard of a block.
async fn trio(seed: u64) -> Trio {
	let world = World::new(seed);
	let holds_until = world.clock.now() + MAX_AGE;
	world.state.lock().holds_until = holds_until;
	Trio::start_in(world)
}

fn waiting(handle: &Handle) -> Option<Waiting> {
	let lanes = handle.lanes();
	let lane = lanes.into_iter().find(|lane| lane.outgoing && lane.lane.channel == 1);
	lane.and_then(|lane| lane.waiting)
}

#[tokio::test(flavor = "multi_thread")]
async fn blocks_that_stop_for_nine_minutes_stop_nothing() {
	let trio = trio(71).await;
	trio.world.clock.pass(9 * MINUTE);
	submit(&trio.seller, &[order("A", "P2")]).await;
	confirm_until(&trio.issuer, &trio.seller, 1).await;
	assert_eq!(trio.seller.status().chain, ChainHealth::Fresh);
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn blocks_that_stop_for_eleven_minutes_hold_the_lanes_until_one_comes() {
	let trio = trio(72).await;
	let stale = trio.world.clock.now() + MAX_AGE;
	trio.world.clock.pass(11 * MINUTE);
	let report = submit(&trio.seller, &[order("A", "P2")]).await;
	assert_eq!(report.accepted, 1, "what is handed in is kept: it waits");
	until(&trio.seller, "the lane is held", || {
		matches!(
			waiting(&trio.seller),
			Some(Waiting::ChannelClosed {
				refusal: Refusal::DirectoryStale,
				..
			})
		)
	})
	.await;
	for handle in [&trio.seller, &trio.issuer] {
		assert!(matches!(handle.status().chain, ChainHealth::Stale { since } if since.abs_diff(stale) < 1_000));
	}
	assert!(trio
		.seller
		.channels()
		.iter()
		.all(|c| c.authorisation == Err(Refusal::DirectoryStale)));
	assert_eq!(trio.issuer.order("A", None).unwrap(), None);

	fresh_block(&trio.world);
	confirm_until(&trio.issuer, &trio.seller, 1).await;
	assert_eq!(trio.seller.status().chain, ChainHealth::Fresh);
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_without_blocks_takes_nothing_from_a_sender_that_goes_on() {
	let world = World::new(73);
	world.state.lock().holds_until = world.clock.now() + MAX_AGE;
	let folders = [(); 2].map(|()| tempfile::tempdir().expect("a folder for the test"));
	// It sends whatever it knows of the chain.
	let seller = world.start_with(SELLER, folders[0].path(), |config| config.unchecked_sender = true);
	let issuer = world.start(ISSUER, folders[1].path());
	world.clock.pass(11 * MINUTE);
	submit(&seller, &[order("A", "P2")]).await;
	until(
		&seller,
		"the refusal comes",
		|| matches!(waiting(&seller), Some(Waiting::PartnerRefused { code, .. }) if code == "chain.directory_stale"),
	)
	.await;
	assert_eq!(issuer.order("A", None).unwrap(), None);

	fresh_block(&world);
	let lane = LaneId {
		channel: 1,
		from: SELLER,
		to: ISSUER,
	};
	until(&issuer, "it is taken", || {
		seller.retry_lane(lane);
		issuer.order("A", None).unwrap().is_some()
	})
	.await;
	world.stop(SELLER, seller).await;
	world.stop(ISSUER, issuer).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_runtime_that_cannot_be_read_authorises_nothing() {
	let trio = trio(74).await;
	submit(&trio.seller, &[order("A", "P2")]).await;
	confirm_until(&trio.issuer, &trio.seller, 1).await;
	trio.world
		.block(|state| state.unreadable = Some("of a later form".into()));
	for handle in [&trio.seller, &trio.issuer] {
		until(handle, "it knows", || {
			matches!(handle.status().chain, ChainHealth::Unreadable(_))
		})
		.await;
	}
	submit(&trio.seller, &[order("B", "P2")]).await;
	until(&trio.seller, "the lane is held", || {
		matches!(
			waiting(&trio.seller),
			Some(Waiting::ChannelClosed {
				refusal: Refusal::DirectoryUnreadable,
				..
			})
		)
	})
	.await;
	let stored = stage(&trio.seller, "A");
	assert!(
		stored >= Some(OrderStage::Confirmed),
		"what was there is read as before: {stored:?}"
	);
	trio.world.block(|state| state.unreadable = None);
	confirm_until(&trio.issuer, &trio.seller, 2).await;
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_starts_behind_the_chain_waits_for_it() {
	let world = World::new(75);
	// The newest block that the nodes have is of yesterday.
	world.state.lock().holds_until = world.clock.now() - 24 * 60 * MINUTE;
	let trio = Trio::start_in(world);
	submit(&trio.seller, &[order("A", "P2")]).await;
	until(&trio.seller, "the lane is held", || {
		matches!(
			waiting(&trio.seller),
			Some(Waiting::ChannelClosed {
				refusal: Refusal::DirectoryStale,
				..
			})
		)
	})
	.await;
	fresh_block(&trio.world);
	confirm_until(&trio.issuer, &trio.seller, 1).await;
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_under_clauses_that_a_node_does_not_know_are_refused_by_name() {
	let trio = trio(76).await;
	// On its way when the clauses are agreed.
	trio.world.network.set_down(ISSUER, true);
	submit(&trio.seller, &[order("early", "P2")]).await;
	trio.world.block(|state| {
		state.channel(1).unread = vec![UnreadAgreement {
			id: 9,
			scope: Some(Scope::ProductType(testing::name("fund"))),
		}];
	});
	for handle in [&trio.seller, &trio.issuer] {
		until(handle, "the block is known", || handle.status().block == 2).await;
	}
	let report = submit(&trio.seller, &[order("late", "P2"), order("other", "P3")]).await;
	assert_eq!(report.accepted, 1, "the other issuer's go on");
	let (_, problem) = &report.refused[0];
	assert_eq!(problem.code, "agreement_unknown");
	assert!(format!("{problem:?}").contains("agreement 9"), "{problem:?}");

	trio.world.network.set_down(ISSUER, false);
	trio.seller.retry_lane(LaneId {
		channel: 1,
		from: SELLER,
		to: ISSUER,
	});
	let confirmation = || trio.seller.order("early", None).unwrap().unwrap().confirmation;
	until(&trio.seller, "it is rejected", || confirmation().is_some()).await;
	let confirmation = confirmation().unwrap();
	let text = String::from_utf8_lossy(&confirmation.bytes).into_owned();
	assert!(
		confirmation.technical && text.contains("clauses.unknown") && text.contains("agreement 9"),
		"{text}"
	);
	trio.stop().await;
}

/// A block in which nothing changed for a node costs it a pointer.
#[tokio::test(flavor = "multi_thread")]
async fn a_block_without_news_shares_the_directory() {
	let trio = trio(77).await;
	let before = trio.seller.directory().expect("registered").1;
	fresh_block(&trio.world);
	until(&trio.seller, "the block is known", || trio.seller.status().block == 2).await;
	assert!(Arc::ptr_eq(&before, &trio.seller.directory().expect("registered").1));
	trio.stop().await;
}
