// SPDX-License-Identifier: Apache-2.0

//! Packets that were allowed by the state of a block which the chain abandons.

use super::{confirm_until, stage, Trio};
use crate::{
	api::{BlockRef, Cursor, EventKind},
	testing::{hash_of, order, submit, until, ISSUER},
	Handle,
};

/// The packets that were told, with the block that allowed them.
fn abandoned(handle: &Handle) -> Vec<(u64, BlockRef)> {
	let page = handle.events(Cursor::default(), 10_000).expect("events are readable");
	let told = page.events.into_iter().filter_map(|event| match event.what {
		EventKind::BlockAbandoned {
			first_sequence,
			last_sequence,
			block,
			..
		} => Some((first_sequence..=last_sequence).map(move |sequence| (sequence, block))),
		_ => None,
	});
	told.flatten().collect()
}

/// The block that allowed an order's packet, and the hash of the one that the chain has instead.
fn allowed_by(handle: &Handle, id: &str) -> (BlockRef, Option<[u8; 32]>) {
	let trace = handle.trace(id, None).expect("is readable").expect("is there");
	(trace.allowed_by, trace.instead)
}

#[tokio::test(flavor = "multi_thread")]
async fn packets_of_a_block_that_the_chain_abandons_are_told_once() {
	let mut trio = Trio::start(401);
	submit(&trio.seller, &[order("A", "P2")]).await;
	confirm_until(&trio.issuer, &trio.seller, 1).await;
	let branch = [0xbb; 32];
	trio.world.block(|state| state.branch = Some(branch));
	until(&trio.issuer, "the block is known", || trio.issuer.status().block == 2).await;
	for id in ["B", "C"] {
		submit(&trio.seller, &[order(id, "P2")]).await;
		until(&trio.issuer, "it is there", || stage(&trio.issuer, id).is_some()).await;
	}
	trio.world.block(|state| state.branch = None);
	let block = BlockRef {
		number: 2,
		hash: branch,
	};
	until(&trio.issuer, "both are told", || abandoned(&trio.issuer).len() == 2).await;
	assert_eq!(abandoned(&trio.issuer), [(1, block), (2, block)]);
	assert_eq!(allowed_by(&trio.issuer, "B"), (block, Some(hash_of(2))));
	assert_eq!(allowed_by(&trio.issuer, "A").1, None, "its block is final");
	confirm_until(&trio.issuer, &trio.seller, 3).await;
	trio.restart(ISSUER).await;
	assert_eq!(allowed_by(&trio.issuer, "C"), (block, Some(hash_of(2))));
	submit(&trio.seller, &[order("D", "P2")]).await;
	confirm_until(&trio.issuer, &trio.seller, 4).await;
	// The anchor of a later block is final once the blocks before it are judged.
	until(&trio.issuer, "an anchor is cut", || {
		trio.world.anchor(ISSUER, &trio.issuer)
	})
	.await;
	until(&trio.issuer, "it is final", || trio.issuer.status().anchors_open == 0).await;
	assert_eq!(abandoned(&trio.issuer).len(), 2);
	trio.stop().await;
}
