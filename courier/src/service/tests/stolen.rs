// SPDX-License-Identifier: Apache-2.0

//! Courier keys that were declared stolen: from that block on no node anchors what they signed.

use super::{
	anchors::{anchor, anchored_alone, waits},
	confirm_until, stage, Trio,
};
use crate::{
	api::OrderStage,
	testing::{order, submit, until, World, GENESIS, ISSUER, SELLER},
	Handle,
};
use sealane_primitives::{
	courier_host::CourierHost,
	ids::AnchorSequence,
	keys::{held, CourierKey, DEFAULT_KEY_GRACE},
};

/// An order that both sides have both attestations of, and that is in no anchor.
async fn attested(seed: u64) -> Trio {
	let trio = Trio::start_in(World::with_spare_keys(seed));
	submit(&trio.seller, &[order("A", "P2")]).await;
	confirm_until(&trio.issuer, &trio.seller, 1).await;
	until(&trio.issuer, "the receipt is there", || {
		stage(&trio.issuer, "A") == Some(OrderStage::Hashed)
	})
	.await;
	waits(&trio.issuer).await;
	waits(&trio.seller).await;
	trio
}

/// The first pair of a node is declared stolen, a few blocks after the second began.
async fn steal(trio: &Trio, node: u32) {
	trio.world.rotate(node, 1_000);
	trio.world.declare_stolen(node);
	know_newest(trio).await;
}

/// Until both sides know the newest block.
async fn know_newest(trio: &Trio) {
	let newest = trio.world.state.lock().block;
	for handle in [&trio.seller, &trio.issuer] {
		until(handle, "the block is known", || handle.status().block == newest).await;
	}
}

/// Whether both attestations of order A count by the rule of verifiers, which know of declarations; gives the anchor's number.
fn proven(trio: &Trio, handle: &Handle) -> AnchorSequence {
	let parts = handle.evidence("A", None).unwrap().unwrap();
	let pack = parts.pack(Some([9; 32])).expect("both attest it");
	pack.verify_local(&GENESIS).expect("the pack holds");
	let at = parts.anchor.expect("it is in an anchor");
	let anchored = at.block.expect("it is final");
	let state = trio.world.state.lock();
	let keys: Vec<CourierKey> = {
		let nodes = state.members.iter().flat_map(|member| &member.nodes);
		nodes.flat_map(|entry| entry.keys.to_vec()).collect()
	};
	for half in [parts.issuers, parts.sellers].into_iter().flatten() {
		let key = keys.iter().find(|key| key.signing == half.key).expect("it is listed");
		let stolen = state.stolen.get(&half.key);
		held(key, stolen, half.block.number, anchored, DEFAULT_KEY_GRACE).expect("the key counts");
	}
	at.sequence
}

fn left_out(handle: &Handle, why: &str) -> u64 {
	let metrics = &handle.courier().metrics;
	metrics.halves_left_out.with_label_values(&[why]).get()
}

/// The node whose key was stolen attests anew with its other one; its partner leaves out what it has, and asks for another.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_stolen_key_signed_is_anchored_by_neither_side() {
	let trio = attested(61).await;
	steal(&trio, SELLER).await;
	// In the block of the declaration the stolen key still holds.
	anchor(&trio, SELLER, &trio.seller, "A").await;
	assert_eq!(left_out(&trio.seller, "stolen"), 0, "its own half is made anew");
	know_newest(&trio).await;
	anchor(&trio, ISSUER, &trio.issuer, "A").await;
	assert_eq!(left_out(&trio.issuer, "stolen"), 1);
	for handle in [&trio.seller, &trio.issuer] {
		proven(&trio, handle);
	}
	trio.stop().await;
}

/// An issuer's key: the seller anchors its own half alone, and the issuer both, with its half anew.
#[tokio::test(flavor = "multi_thread")]
async fn a_seller_leaves_out_the_half_of_an_issuer_whose_key_was_stolen() {
	let trio = attested(62).await;
	steal(&trio, ISSUER).await;
	anchor(&trio, ISSUER, &trio.issuer, "A").await;
	proven(&trio, &trio.issuer);
	know_newest(&trio).await;
	anchored_alone(&trio, SELLER, &trio.seller).await;
	assert_eq!(left_out(&trio.seller, "stolen"), 1);
	trio.stop().await;
}

/// A declaration between the cut of an anchor and its block: the anchor is made again.
#[tokio::test(flavor = "multi_thread")]
async fn an_anchor_that_a_declaration_overtook_is_made_again() {
	let trio = attested(63).await;
	let mut cut = None;
	until(&trio.issuer, "the anchor is cut", || {
		let block = trio.world.state.lock().block;
		cut = trio.issuer.host().ready_anchor(0, block, true);
		cut.is_some()
	})
	.await;
	let root = cut.expect("it was just cut").root;
	steal(&trio, SELLER).await;
	trio.world.block(|state| state.put_anchor(ISSUER, root));
	know_newest(&trio).await;
	anchor(&trio, ISSUER, &trio.issuer, "A").await;
	assert!(proven(&trio, &trio.issuer) > 0);
	trio.stop().await;
}

/// A partner that has no node any more is asked for nothing, but its declaration counts all the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_declaration_counts_where_the_partner_has_no_node_any_more() {
	let trio = attested(64).await;
	trio.world.declare_stolen(SELLER);
	trio.world.block(|state| state.members[0].nodes.clear());
	let newest = trio.world.state.lock().block;
	until(&trio.issuer, "the block is known", || {
		trio.issuer.status().block == newest
	})
	.await;
	anchored_alone(&trio, ISSUER, &trio.issuer).await;
	assert_eq!(left_out(&trio.issuer, "stolen"), 1);
	trio.stop().await;
}

/// Without another key nothing can be attested anew: the batch waits, and the node anchors as one does that has nothing to anchor. With another key it
/// anchors the batch.
#[tokio::test(flavor = "multi_thread")]
async fn a_node_without_another_key_makes_idle_anchors_until_it_has_one() {
	let trio = attested(65).await;
	trio.world.declare_stolen(SELLER);
	trio.world.block(|_| {});
	for sequence in 0..3 {
		know_newest(&trio).await;
		let block = trio.world.state.lock().block;
		let mut offered = None;
		until(&trio.seller, "an anchor is offered at this turn", || {
			offered = trio.seller.host().ready_anchor(sequence, block, true);
			offered.is_some()
		})
		.await;
		let offered = offered.expect("it was just offered");
		assert!(
			left_out(&trio.seller, "own_stolen") > sequence,
			"the batch was looked at"
		);
		{
			let book = trio.seller.courier().library.book.read();
			assert!(book.batches.anchors.is_empty() && !book.batches.ready().is_empty());
		}
		trio.seller.host().anchor_submitted(sequence, block);
		let again = trio.seller.host().ready_anchor(sequence, block, true);
		assert_eq!(again, None, "it is on its way");
		trio.world.block(|state| state.put_anchor(SELLER, offered.root));
	}
	trio.world.rotate(SELLER, 1_000);
	know_newest(&trio).await;
	anchor(&trio, SELLER, &trio.seller, "A").await;
	assert_eq!(proven(&trio, &trio.seller), 3, "the first number after the idle ones");
	trio.stop().await;
}
