// SPDX-License-Identifier: Apache-2.0

//! Nodes of another version: they are told which one is spoken, signed, and are not blamed for theirs.

use super::{confirm_until, liars::Forgery, refusals::refusals, stage, Trio};
use crate::{
	api::Waiting,
	keys::KeyRing,
	protocol::{
		answer::packets_hash, Answer, BlockRef, EnvelopeHead, Receipt, RefusalReason, Refused, Signed, VERSION,
	},
	testing::{order, submit, until, GENESIS, ISSUER, RIVAL, SELLER},
	transport::{Misbehaviour, Reply},
	Handle,
};
use codec::Encode;
use futures::StreamExt;
use sealane_primitives::{keys::Purpose, signature};

/// An older version and a newer one.
const OTHERS: [u8; 2] = [VERSION - 1, VERSION + 1];

#[tokio::test(flavor = "multi_thread")]
async fn envelopes_of_an_older_and_of_a_newer_node_are_refused_by_name_and_signed() {
	let trio = Trio::start(301);
	submit(&trio.seller, &[order("A", "P2")]).await;
	confirm_until(&trio.issuer, &trio.seller, 1).await;
	let signer = trio.world.keys[&ISSUER].public()[0].0;
	for version in OTHERS {
		let mut whole = Forgery::new(&trio, 1, &[order("X", "P2")]).bytes();
		whole[0] = version;
		// Its head may have another length.
		for request in [whole, vec![version], vec![version; 40]] {
			let reply = trio
				.world
				.network
				.inject(SELLER, ISSUER, request)
				.await
				.expect("an answer");
			assert_eq!(reply.misbehaviour, None);
			let answer = Answer::parse(&reply.answer.expect("no silence")).expect("is well formed");
			let Answer::Refused(Signed { what, signature }) = answer else {
				panic!("{answer:?}")
			};
			assert_eq!((what.version, what.reason.code()), (VERSION, "wire.version"));
			assert_eq!(what.lane, Refused::all_lanes(SELLER, ISSUER));
			let digest = Purpose::Refusal.digest(&GENESIS, &what.encode());
			assert!(signature::verify(&signer, &digest, &signature));
		}
	}
	let stranger = trio.world.network.inject(RIVAL, ISSUER, vec![VERSION + 1]).await;
	let stranger = stranger.expect("an answer");
	assert_eq!(
		(stranger.answer, stranger.misbehaviour),
		(None, Some(Misbehaviour::Unauthorised))
	);
	until(&trio.issuer, "it is kept", || !refusals(&trio.issuer).is_empty()).await;
	let kept: Vec<_> = refusals(&trio.issuer)
		.iter()
		.map(|it| (it.code, it.by_partner))
		.collect();
	assert_eq!(kept, [("wire.version", false)]);
	submit(&trio.seller, &[order("B", "P2")]).await;
	confirm_until(&trio.issuer, &trio.seller, 2).await;
	assert_eq!(trio.world.network.reports(), Vec::new(), "nobody is blamed");
	trio.stop().await;
}

/// The refusal of a node that speaks `version`.
fn refusal(keys: &KeyRing, version: u8) -> Answer {
	let what = Refused {
		version,
		lane: Refused::all_lanes(SELLER, ISSUER),
		first_sequence: 0,
		reason: RefusalReason::Version,
		at: 0,
		block: BlockRef::default(),
		unreadable: Vec::new(),
	};
	let signature = super::liars::sign(keys, Purpose::Refusal, &what.encode());
	Answer::Refused(Signed { what, signature })
}

/// The receipt of a node that speaks `version`.
fn receipt(keys: &KeyRing, version: u8, request: &[u8]) -> Answer {
	let head = EnvelopeHead::parse(request).expect("the seller's envelopes are sound");
	let what = Receipt {
		version,
		lane: head.lane,
		first_sequence: head.first_sequence,
		last_sequence: head.last_sequence(),
		packets_hash: packets_hash(std::iter::empty()),
		stored_at: 1,
		authorised_at: BlockRef::default(),
		attestations: Vec::new(),
	};
	let signature = super::liars::sign(keys, Purpose::Receipt, &what.encode());
	Answer::Stored(Signed { what, signature })
}

/// Puts `answer` in the place of the issuer's node until the seller's knows why its order waits.
async fn answered_by(trio: &Trio, id: &str, answer: impl Fn(&[u8]) -> Answer + Send + 'static) {
	let mut requests = trio.world.network.attach(ISSUER);
	let task = tokio::spawn(async move {
		while let Some(request) = requests.next().await {
			(request.reply)(Reply::said(&answer(&request.payload)));
		}
	});
	submit(&trio.seller, &[order(id, "P2")]).await;
	until(&trio.seller, "the order waits for a version", || {
		waits_for(&trio.seller, id).as_deref() == Some("wire.version")
	})
	.await;
	task.abort();
}

fn waits_for(handle: &Handle, id: &str) -> Option<String> {
	match handle.trace(id, None).expect("orders are readable")?.waiting? {
		Waiting::PartnerRefused { code, .. } => Some(code),
		_ => None,
	}
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_and_a_newer_receiver_hold_the_lane_under_that_name_until_they_speak_this_version() {
	for (seed, version) in (302..).zip(OTHERS) {
		let mut trio = Trio::start(seed);
		let spare = trio.other.clone();
		trio.world
			.stop(ISSUER, std::mem::replace(&mut trio.issuer, spare))
			.await;
		let keys = trio.world.keys[&ISSUER].clone();
		let refusing = keys.clone();
		answered_by(&trio, "A", move |_| refusal(&refusing, version)).await;
		until(&trio.seller, "it is kept", || !refusals(&trio.seller).is_empty()).await;
		let kept = &refusals(&trio.seller)[0];
		assert_eq!((kept.code, kept.by_partner), ("wire.version", true));
		let traced = trio.seller.trace("A", None).unwrap().unwrap().refusals;
		assert_eq!(traced.len(), 1, "shown with the lane's orders");
		answered_by(&trio, "B", move |request| receipt(&keys, version, request)).await;
		assert_eq!(trio.world.network.reports(), Vec::new(), "nobody is blamed");

		trio.issuer = trio.world.start(ISSUER, trio.folders[1].path());
		assert!(trio.seller.retry_lane(super::liars::LANE));
		confirm_until(&trio.issuer, &trio.seller, 2).await;
		assert!(stage(&trio.seller, "A").is_some());
		trio.stop().await;
	}
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_of_a_version_that_nobody_signed_is_not_believed() {
	let mut trio = Trio::start(304);
	let spare = trio.other.clone();
	trio.world
		.stop(ISSUER, std::mem::replace(&mut trio.issuer, spare))
		.await;
	let mut requests = trio.world.network.attach(ISSUER);
	let forger = KeyRing::generate();
	let task = tokio::spawn(async move {
		while let Some(request) = requests.next().await {
			(request.reply)(Reply::said(&refusal(&forger, VERSION + 1)));
		}
	});
	submit(&trio.seller, &[order("A", "P2")]).await;
	until(&trio.seller, "it is reported", || {
		let reports = trio.world.network.reports();
		reports.iter().any(|(_, what)| *what == Misbehaviour::BadAnswer)
	})
	.await;
	assert_eq!(refusals(&trio.seller), Vec::new());
	task.abort();
	trio.world.stop(SELLER, trio.seller).await;
}
