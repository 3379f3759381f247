// SPDX-License-Identifier: Apache-2.0

//! Refusals last: in the logs of both sides, in little room, whatever a partner does to keep them out.

use super::{liars::Forgery, Trio};
use crate::{
	api::{Cursor, EventKind},
	keys::KeyRing,
	protocol::RefusalReason,
	testing::{hash_of as block_hash, order, submit, until, ISSUER, SELLER},
	Handle,
};
use sealane_primitives::directory::Refusal;

/// The refusals that a node keeps.
pub(super) fn refusals(handle: &Handle) -> Vec<crate::api::RefusalState> {
	let page = handle.events(Cursor::default(), 10_000).expect("events are readable");
	let refused = page.events.into_iter().filter_map(|event| match event.what {
		EventKind::Refused { what, .. } => Some(what),
		_ => None,
	});
	refused.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_last_and_take_little_room() {
	let mut trio = Trio::start(29);
	submit(&trio.seller, &[order("A", "P2")]).await;
	until(&trio.issuer, "A is there", || {
		trio.issuer.order("A", None).unwrap().is_some()
	})
	.await;
	for _ in 0..40 {
		let mut forgery = Forgery::new(&trio, 1, &[order("X", "P2")]);
		forgery.signer = KeyRing::generate();
		let reply = forgery.send(&trio).await;
		assert_eq!(super::liars::reason(&reply), Some(RefusalReason::SignatureInvalid));
	}
	until(&trio.issuer, "the first is kept", || !refusals(&trio.issuer).is_empty()).await;
	for _ in 0..150 {
		trio.world.block(|_| {});
	}
	until(&trio.issuer, "the others are kept together", || {
		refusals(&trio.issuer).len() == 2
	})
	.await;
	for restarted in [false, true] {
		if restarted {
			trio.restart(ISSUER).await;
		}
		let kept = refusals(&trio.issuer);
		let counts: Vec<_> = kept.iter().map(|it| (it.code, it.by_partner, it.count)).collect();
		assert_eq!(
			counts,
			[
				("wire.signature_invalid", false, 1),
				("wire.signature_invalid", false, 40)
			]
		);
		assert_eq!(kept[1].last.hash, block_hash(kept[1].last.number));
		let traced = trio.issuer.trace("A", None).unwrap().unwrap().refusals;
		assert_eq!(traced, kept[1..], "shown with the lane's orders, once");
	}
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unchecked_sender_is_refused_by_the_receiver() {
	let trio = Trio::start(24);
	let folder = tempfile::tempdir().unwrap();
	trio.world.stop(SELLER, trio.seller.clone()).await;
	let seller = trio
		.world
		.start_with(SELLER, folder.path(), |config| config.unchecked_sender = true);
	trio.world
		.block(|state| state.channel(1).authorisation = Err(Refusal::Revoked));
	until(&seller, "the block is known", || seller.status().block == 2).await;
	assert!(seller.status().unchecked_sender);
	let report = submit(&seller, &[order("U", "P2")]).await;
	assert_eq!(report.accepted, 1);
	until(&seller, "the refusal is known", || {
		let trace = seller.trace("U", None).unwrap().unwrap();
		matches!(trace.waiting, Some(crate::api::Waiting::PartnerRefused { ref code, .. }) if code == "chain.revoked")
	})
	.await;
	assert_eq!(trio.issuer.order("U", None).unwrap(), None);
	// Both keep it, with the block by whose state it was refused.
	let block = crate::api::BlockRef {
		number: 2,
		hash: block_hash(2),
	};
	let kept = |handle: &Handle| {
		let refused = refusals(handle);
		matches!(&refused[..], [it, ..] if it.code == "chain.revoked" && it.first == block && it.count == 1)
	};
	until(&seller, "the seller keeps it", || kept(&seller)).await;
	until(&trio.issuer, "the issuer keeps it", || kept(&trio.issuer)).await;
	let traced = seller.trace("U", None).unwrap().unwrap().refusals;
	assert_eq!(
		(traced.len(), traced[0].code, traced[0].by_partner),
		(1, "chain.revoked", true)
	);
	trio.world.stop(SELLER, seller).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lanes_that_a_partner_makes_up_keep_no_refusal_out_of_the_log() {
	let trio = Trio::start(30);
	for channel in 100..300 {
		let mut forgery = Forgery::new(&trio, 0, &[order("X", "P2")]);
		forgery.envelope_lane.channel = channel;
		let unknown = RefusalReason::Chain(Refusal::ChannelUnknown);
		assert_eq!(super::liars::reason(&forgery.send(&trio).await), Some(unknown));
	}
	let mut forgery = Forgery::new(&trio, 0, &[order("X", "P2")]);
	forgery.signer = KeyRing::generate();
	let refused = super::liars::reason(&forgery.send(&trio).await);
	assert_eq!(refused, Some(RefusalReason::SignatureInvalid));
	until(&trio.issuer, "the refusal is kept", || {
		!refusals(&trio.issuer).is_empty()
	})
	.await;
	let kept: Vec<_> = refusals(&trio.issuer).iter().map(|it| it.code).collect();
	assert_eq!(kept, ["wire.signature_invalid"]);
	trio.stop().await;
}
