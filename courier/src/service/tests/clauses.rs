// SPDX-License-Identifier: Apache-2.0

//! Clauses checked again by the issuer's node, and keys that change while orders flow.

use super::{confirm_until, stage, Trio};
use crate::{
	api::{Cursor, OrderStage, Outcome},
	keys::{KeyPair, KeyRing},
	testing::{self, order, submit, until, World, ISSUER, SELLER},
};
use sealane_primitives::{
	clauses::{self, Clauses, Timestamp, UtcOffset},
	directory::{AgreementEntry, Scope},
	keys::CourierKey,
};
use std::sync::Arc;

fn adults() -> Clauses {
	clauses::json::from_json(br#"[{"code":"adult","any_of":[{"age_at_least":18}]}]"#).expect("clauses of the test")
}

fn agreed(world: &Arc<World>, id: u32) {
	world.block(|state| {
		let from = state.block;
		let entry = AgreementEntry {
			id,
			scope: Scope::All,
			version: id,
			from,
			clauses: adults(),
		};
		state.channel(1).agreements = vec![entry];
	});
}

fn stamped(id: &str, version: u32, born: &str) -> String {
	let facts = format!(r#""clause_version":{version},"facts":{{"birth_date":"{born}"}},"placed_at""#);
	order(id, "P2").replace("\"placed_at\"", &facts)
}

async fn block_known(trio: &Trio, block: u32) {
	for handle in [&trio.seller, &trio.issuer] {
		until(handle, "the block is known", || handle.status().block >= block).await;
	}
}

#[tokio::test(flavor = "multi_thread")]
async fn the_issuers_node_rejects_what_does_not_qualify() {
	let trio = Trio::start(41);
	agreed(&trio.world, 7);
	block_known(&trio, 2).await;
	let refused = submit(&trio.seller, &[order("none", "P2"), stamped("old", 6, "1980-01-01")]).await;
	assert!(
		refused.refused.iter().all(|(_, p)| p.code == "clause_version"),
		"{refused:?}"
	);
	submit(
		&trio.seller,
		&[stamped("adult", 7, "1980-01-01"), stamped("minor", 7, "2015-01-01")],
	)
	.await;
	confirm_until(&trio.issuer, &trio.seller, 2).await;
	let confirmation = |id: &str| trio.seller.order(id, None).unwrap().unwrap().confirmation.unwrap();
	assert_eq!(
		(confirmation("adult").outcome, confirmation("adult").technical),
		(Outcome::Accepted, false)
	);
	let minor = confirmation("minor");
	assert_eq!((minor.outcome, minor.technical), (Outcome::Rejected, true));
	let text = String::from_utf8_lossy(&minor.bytes).into_owned();
	assert!(text.contains("clauses.failed") && text.contains("adult"), "{text}");
	assert_eq!(trio.issuer.inbox(Cursor::default(), 1 << 20).unwrap().entries.len(), 1);
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_on_their_way_keep_the_clauses_they_were_placed_under_for_a_while() {
	let trio = Trio::start(42);
	agreed(&trio.world, 7);
	block_known(&trio, 2).await;
	trio.world.network.set_down(ISSUER, true);
	submit(&trio.seller, &[stamped("early", 7, "1980-01-01")]).await;
	agreed(&trio.world, 8);
	block_known(&trio, 3).await;
	trio.world.network.set_down(ISSUER, false);
	trio.seller.retry_lane(crate::api::LaneId {
		channel: 1,
		from: SELLER,
		to: ISSUER,
	});
	until(&trio.issuer, "it arrives", || {
		trio.issuer.order("early", None).unwrap().is_some()
	})
	.await;
	assert_eq!(
		stage(&trio.issuer, "early"),
		Some(OrderStage::Delivered),
		"and is not rejected"
	);
	trio.world.network.set_down(ISSUER, true);
	submit(&trio.seller, &[stamped("late", 8, "1980-01-01")]).await;
	agreed(&trio.world, 9);
	block_known(&trio, 4).await;
	for _ in 0..=crate::chain::CLAUSE_GRACE_BLOCKS {
		trio.world.block(|_| {});
	}
	block_known(&trio, 4 + crate::chain::CLAUSE_GRACE_BLOCKS).await;
	trio.world.network.set_down(ISSUER, false);
	trio.seller.retry_lane(crate::api::LaneId {
		channel: 1,
		from: SELLER,
		to: ISSUER,
	});
	until(&trio.seller, "it is rejected", || {
		stage(&trio.seller, "late") == Some(OrderStage::Hashed)
	})
	.await;
	let confirmation = trio.seller.order("late", None).unwrap().unwrap().confirmation.unwrap();
	assert!(String::from_utf8_lossy(&confirmation.bytes).contains("clauses.version"));
	trio.stop().await;
}

/// An order that its lane held up until it was over is answered, and executed by nobody; the one behind it goes on.
#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_comes_after_its_end_is_rejected_by_name() {
	const MINUTE: u64 = 60_000;
	let trio = Trio::start(44);
	let valid = |id: &str, ms: u64| {
		let end = Timestamp::new(trio.world.clock.now() + ms, UtcOffset::UTC).expect("a time of today");
		order(id, "P2").replace("\"placed_at\"", &format!(r#""valid_until":"{end}","placed_at""#))
	};
	trio.world.network.set_down(ISSUER, true);
	submit(&trio.seller, &[valid("short", MINUTE), valid("long", 60 * MINUTE)]).await;
	// Less than after which the chain's leave is too old.
	trio.world.clock.pass(2 * MINUTE);
	trio.world.network.set_down(ISSUER, false);
	trio.seller.retry_lane(super::lanes::ORDERS);
	confirm_until(&trio.issuer, &trio.seller, 2).await;
	let confirmation = |id: &str| trio.seller.order(id, None).unwrap().unwrap().confirmation.unwrap();
	assert_eq!(confirmation("long").outcome, Outcome::Accepted);
	let short = confirmation("short");
	assert_eq!((short.outcome, short.technical), (Outcome::Rejected, true));
	let text = String::from_utf8_lossy(&short.bytes).into_owned();
	assert!(text.contains("technical.expired"), "{text}");
	let inbox = trio.issuer.inbox(Cursor::default(), 1 << 20).unwrap();
	assert_eq!(inbox.entries.len(), 1, "the desk never sees it");
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_rotate_while_packets_wait() {
	let mut world = World::new(43);
	// Both nodes have a second pair from the start, which the chain does not list yet.
	let (old, new): (Vec<KeyRing>, Vec<KeyRing>) = {
		let old = [SELLER, ISSUER].map(|node| world.keys[&node].clone());
		(old.to_vec(), vec![KeyRing::generate(), KeyRing::generate()])
	};
	let pairs = |ring: &KeyRing| -> Vec<KeyPair> { ring.pairs().to_vec() };
	{
		let world = Arc::get_mut(&mut world).expect("nobody else has it yet");
		for (i, node) in [SELLER, ISSUER].into_iter().enumerate() {
			let both = [pairs(&old[i]), pairs(&new[i])].concat();
			world.keys.insert(node, KeyRing::new(both));
		}
	}
	let trio = Trio::start_in(world);
	trio.world.network.set_down(ISSUER, true);
	submit(&trio.seller, &[order("A", "P2")]).await;
	trio.world.block(|state| {
		let block = state.block;
		for (i, node) in [SELLER, ISSUER].into_iter().enumerate() {
			let listed = |ring: &KeyRing, from, until| CourierKey {
				signing: ring.public()[0].0,
				sealing: ring.public()[0].1,
				valid_from: from,
				valid_until: until,
			};
			let keys = vec![listed(&old[i], 0, Some(block)), listed(&new[i], block, None)];
			let member = state
				.members
				.iter_mut()
				.find(|m| m.id == node)
				.expect("members are numbered as their nodes");
			member.nodes[0].keys = keys.try_into().expect("two keys fit");
		}
	});
	block_known(&trio, 2).await;
	trio.world.network.set_down(ISSUER, false);
	trio.seller.retry_lane(crate::api::LaneId {
		channel: 1,
		from: SELLER,
		to: ISSUER,
	});
	submit(&trio.seller, &[order("B", "P2")]).await;
	confirm_until(&trio.issuer, &trio.seller, 2).await;
	testing::until(&trio.issuer, "both signed", || {
		stage(&trio.issuer, "B") == Some(OrderStage::Hashed)
	})
	.await;
	assert!(trio.seller.evidence("A", None).unwrap().unwrap().pack(None).is_some());
	trio.stop().await;
}
