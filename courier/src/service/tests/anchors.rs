// SPDX-License-Identifier: Apache-2.0

use super::{confirm_until, stage, Trio};
use crate::{
	api::OrderStage,
	store::fault::FaultDisk,
	testing::{order, submit, until, ISSUER, SELLER},
};
use sealane_primitives::{
	courier_host::CourierHost,
	evidence::{self, Attestation},
	keys::{held, CourierKey, DEFAULT_KEY_GRACE},
	runtime_api::AnchorEntry,
};
use sealane_verifier::EvidencePack;

/// Make blocks and do what the off-chain worker does until the order's anchor is final at this node.
async fn anchor(trio: &Trio, node: u32, handle: &crate::Handle, id: &str) {
	until(handle, "the anchor is final", || {
		trio.world.anchor(node, handle);
		trio.world.block(|_| {});
		stage(handle, id) == Some(OrderStage::Finalised)
	})
	.await;
}

#[tokio::test(flavor = "multi_thread")]
async fn batches_are_anchored_and_provable_on_both_sides() {
	let mut trio = Trio::start(31);
	for i in 0..30 {
		submit(&trio.seller, &[order(&format!("A-{i}"), "P2")]).await;
	}
	confirm_until(&trio.issuer, &trio.seller, 30).await;
	until(&trio.issuer, "all are signed by both", || {
		trio.issuer.status().batches_unanchored > 0
	})
	.await;
	anchor(&trio, SELLER, &trio.seller, "A-29").await;
	anchor(&trio, ISSUER, &trio.issuer, "A-29").await;
	for handle in [&trio.seller, &trio.issuer] {
		let parts = handle.evidence("A-7", None).unwrap().unwrap();
		let at = parts.anchor.clone().expect("it is in an anchor");
		let on_chain = trio.world.state.lock().anchors[&(at.node, at.sequence)];
		assert_eq!(on_chain.root, at.root);
		let halves = [&parts.issuers, &parts.sellers].map(|half| half.as_ref().map(Attestation::hash));
		let leaf = evidence::anchor_leaf(&parts.core.hash(), halves, &at.blinding);
		assert!(evidence::verify(
			&at.root,
			at.count.into(),
			at.index.into(),
			&leaf,
			&at.path
		));
		let pack: EvidencePack = parts.pack(Some([9; 32])).expect("both signed, and the keys are known");
		let verified = pack.verify_local(&crate::testing::GENESIS).expect("the pack holds");
		assert_eq!(verified.anchor.map(|a| a.root), Some(at.root));
	}
	trio.restart(SELLER).await;
	assert_eq!(
		stage(&trio.seller, "A-29"),
		Some(OrderStage::Finalised),
		"known after a restart"
	);
	assert_eq!(trio.seller.status().batches_unanchored, 0);
	trio.stop().await;
}

/// Whether both attestations of an order's evidence count by the rule of verifiers, and how long before the anchor its keys had ended.
fn ended_before_anchor(trio: &Trio, handle: &crate::Handle, id: &str) -> [Option<u32>; 2] {
	let parts = handle.evidence(id, None).unwrap().unwrap();
	let pack = parts.pack(Some([9; 32])).expect("both attest it");
	pack.verify_local(&crate::testing::GENESIS).expect("the pack holds");
	let anchored = parts
		.anchor
		.and_then(|anchor| anchor.block)
		.expect("it is in a final anchor");
	let state = trio.world.state.lock();
	let listed = |node: u32| {
		let nodes = state.members.iter().flat_map(|member| &member.nodes);
		nodes
			.filter(|entry| entry.id == node)
			.flat_map(|entry| entry.keys.to_vec())
			.collect::<Vec<CourierKey>>()
	};
	[
		(parts.issuers, parts.core.issuer_node),
		(parts.sellers, parts.core.seller_node),
	]
	.map(|(half, node)| {
		let half = half.expect("both attest it");
		let keys = listed(node);
		let key = keys
			.iter()
			.find(|key| key.signing == half.key)
			.expect("the chain lists it");
		held(key, None, half.block.number, anchored, DEFAULT_KEY_GRACE).expect("the key counts");
		key.valid_until.filter(|end| *end <= anchored).map(|end| anchored - end)
	})
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_final_is_provable_also_where_keys_changed_on_the_way() {
	let trio = Trio::start_in(crate::testing::World::with_spare_keys(33));
	submit(&trio.seller, &[order("A", "P2")]).await;
	until(&trio.issuer, "the order is there", || {
		trio.issuer.order("A", None).unwrap().is_some()
	})
	.await;
	// Attested by the issuer's first pair, and not delivered before that one is over.
	trio.world.network.set_down(SELLER, true);
	crate::testing::confirm(&trio.issuer, crate::api::Cursor::default()).await;
	trio.world.rotate(ISSUER, 200);
	let first = trio.world.keys[&ISSUER].pairs()[0].signing_public();
	until(&trio.issuer, "an alarm is raised before the end", || {
		trio.world.block(|_| {});
		trio.issuer.status().batches_of_ending_keys == 1
	})
	.await;
	while trio.world.state.lock().block < 262 {
		trio.world.block(|_| {});
	}
	trio.world.network.set_down(SELLER, false);
	until(&trio.issuer, "the new block is known", || {
		trio.issuer.status().block == 262
	})
	.await;
	trio.issuer
		.retry_lane(trio.issuer.lanes().into_iter().find(|lane| lane.outgoing).unwrap().lane);
	until(&trio.seller, "the answer is there", || {
		stage(&trio.seller, "A") >= Some(OrderStage::Hashed)
	})
	.await;
	anchor(&trio, SELLER, &trio.seller, "A").await;
	anchor(&trio, ISSUER, &trio.issuer, "A").await;
	for handle in [&trio.seller, &trio.issuer] {
		assert_eq!(ended_before_anchor(&trio, handle, "A"), [None, None]);
		let parts = handle.evidence("A", None).unwrap().unwrap();
		assert_ne!(parts.issuers.unwrap().key, first, "it is attested anew");
	}
	assert_eq!(trio.issuer.status().batches_of_ending_keys, 0);
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_ends_between_attestation_and_anchor_voids_nothing() {
	let trio = Trio::start_in(crate::testing::World::with_spare_keys(34));
	submit(&trio.seller, &[order("A", "P2")]).await;
	confirm_until(&trio.issuer, &trio.seller, 1).await;
	// Both sides have both halves; now both retire the keys that made them, at once.
	until(&trio.issuer, "the receipt is there", || {
		stage(&trio.issuer, "A") == Some(OrderStage::Hashed)
	})
	.await;
	for node in [SELLER, ISSUER] {
		let now = trio.world.state.lock().block + 1;
		trio.world.rotate(node, now);
	}
	for _ in 0..10 {
		trio.world.block(|_| {});
	}
	for (node, handle) in [(SELLER, &trio.seller), (ISSUER, &trio.issuer)] {
		let newest = trio.world.state.lock().block;
		until(handle, "the rotation is known", || handle.status().block >= newest).await;
		anchor(&trio, node, handle, "A").await;
	}
	// Each makes its own half anew for its anchor; the partner's counts, since it was anchored soon enough after the end.
	let [issuers, sellers] = ended_before_anchor(&trio, &trio.seller, "A");
	assert!(issuers.is_some() && sellers.is_none());
	let [issuers, sellers] = ended_before_anchor(&trio, &trio.issuer, "A");
	assert!(issuers.is_none() && sellers.is_some());
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_anchor_number_that_went_to_another_root_is_given_up() {
	let trio = Trio::start(32);
	submit(&trio.seller, &[order("A", "P2")]).await;
	confirm_until(&trio.issuer, &trio.seller, 1).await;
	// The node's log cuts anchor 0, but the chain has another one under that number.
	use sealane_primitives::{courier_host::CourierHost, runtime_api::AnchorEntry};
	let mut host = trio.seller.host();
	until(&trio.seller, "the anchor is cut", || {
		host.ready_anchor(0, 5, true).is_some()
	})
	.await;
	trio.world.block(|state| {
		state.anchors.insert(
			(SELLER, 0),
			AnchorEntry {
				root: [1; 32],
				block: state.block,
				packed: None,
			},
		);
	});
	anchor(&trio, SELLER, &trio.seller, "A").await;
	let parts = trio.seller.evidence("A", None).unwrap().unwrap();
	assert_eq!(parts.anchor.unwrap().sequence, 1);
	trio.stop().await;
}

/// An order that is confirmed, and its anchor put on chain without a word of finality.
async fn anchored_and_not_final(trio: &Trio, id: &str, count: usize) {
	submit(&trio.seller, &[order(id, "P2")]).await;
	super::confirm_until(&trio.issuer, &trio.seller, count).await;
	let mut host = trio.issuer.host();
	let (next, block) = {
		let state = trio.world.state.lock();
		(state.next_anchor(ISSUER), state.block)
	};
	let mut ready = None;
	until(&trio.issuer, "an anchor is cut", || {
		ready = host.ready_anchor(next, block, true);
		ready.is_some()
	})
	.await;
	let entry = AnchorEntry {
		root: ready.expect("it is there").root,
		block,
		packed: None,
	};
	trio.world.state.lock().anchors.insert((ISSUER, next), entry);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_anchors_of_a_long_stall_of_finality_are_settled_in_few_commits() {
	const ANCHORS: usize = 24;
	let disk = FaultDisk::new();
	let trio = Trio::issuer_on(&disk, 36, |_| {}).await;
	for at in 1..=ANCHORS {
		anchored_and_not_final(&trio, &format!("A{at}"), at).await;
	}
	assert_eq!(trio.issuer.status().anchors_open as usize, ANCHORS);
	let before = disk.syncs();
	trio.world.block(|_| {});
	until(&trio.issuer, "all are final", || trio.issuer.status().anchors_open == 0).await;
	let syncs = disk.syncs() - before;
	assert!(syncs <= ANCHORS as u64 / 4, "{syncs} commits for {ANCHORS} anchors");
	trio.stop().await;
}
