// SPDX-License-Identifier: Apache-2.0

use super::{confirm_until, stage, Trio};
use crate::{
	api::OrderStage,
	testing::{order, submit, until, ISSUER, SELLER},
};
use sealane_primitives::evidence;
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
		let leaf = parts.batch.anchor_leaf(&at.blinding);
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
