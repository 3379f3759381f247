// SPDX-License-Identifier: Apache-2.0

use super::{confirm_until, stage, Trio};
use crate::{
	api::OrderStage,
	store::fault::FaultDisk,
	testing::{order, submit, until, ISSUER, SELLER},
};
use sealane_primitives::{
	courier_host::CourierHost,
	evidence::{self, range::Range, Attestation},
	keys::{held, CourierKey, DEFAULT_KEY_GRACE},
};
use sealane_verifier::EvidencePack;

/// Make blocks and do what the off-chain worker does until the order's anchor is final at this node.
pub(super) async fn anchor(trio: &Trio, node: u32, handle: &crate::Handle, id: &str) {
	until(handle, "the anchor is final", || {
		trio.world.anchor(node, handle);
		trio.world.block(|_| {});
		stage(handle, id) == Some(OrderStage::Finalised)
	})
	.await;
}

/// Make blocks and do what the off-chain worker does until order A is in an anchor that is final, with this node's half alone.
pub(super) async fn anchored_alone(trio: &Trio, node: u32, handle: &crate::Handle) -> crate::evidence::EvidenceParts {
	until(handle, "the own half is anchored alone", || {
		trio.world.anchor(node, handle);
		trio.world.block(|_| {});
		let parts = handle.evidence("A", None).unwrap().unwrap();
		parts.anchor.is_some_and(|anchor| anchor.block.is_some())
	})
	.await;
	let alone = handle.evidence("A", None).unwrap().unwrap();
	let halves = [alone.issuers.is_some(), alone.sellers.is_some()];
	assert_eq!(halves, [node == ISSUER, node == SELLER]);
	alone
}

/// Until a batch is to go into the next anchor, so that this one is not idle.
pub(super) async fn waits(handle: &crate::Handle) {
	until(handle, "a batch waits for an anchor", || {
		!handle.courier().library.book.read().batches.ready().is_empty()
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

/// A day without finality, and a rotation in it: what was attested before it, in it and by either key is in an anchor in time, and final when finality is back.
#[tokio::test(flavor = "multi_thread")]
async fn a_day_without_finality_and_a_rotation_in_it_void_nothing() {
	const DAY: u32 = 43_200;
	let trio = Trio::start_in(crate::testing::World::with_spare_keys(39));
	trio.world.block(|state| state.block += 100);
	trio.world.stop_finality();
	let stands = trio.world.state.lock().block;
	let later = async |by: u32| {
		trio.world.block(|state| state.block += by);
		let newest = trio.world.state.lock().block;
		for handle in [&trio.seller, &trio.issuer] {
			until(handle, "the block is known", || handle.status().block == newest).await;
		}
	};
	let trade = async |id: &str, count: usize| {
		submit(&trio.seller, &[order(id, "P2")]).await;
		confirm_until(&trio.issuer, &trio.seller, count).await;
		for handle in [&trio.seller, &trio.issuer] {
			until(handle, "both halves are there", || {
				stage(handle, id) == Some(OrderStage::Hashed)
			})
			.await;
		}
	};
	trade("A", 1).await;
	later(DAY / 2).await;
	let first = trio.world.keys[&ISSUER].pairs()[0].signing_public();
	let end = trio.world.state.lock().block + 60;
	trio.world.rotate(ISSUER, end);
	later(100).await;
	trade("B", 2).await;
	later(DAY / 2).await;
	// Each node anchors what waits while no block is final.
	for (node, handle) in [(SELLER, &trio.seller), (ISSUER, &trio.issuer)] {
		waits(handle).await;
		until(handle, "an anchor is cut", || trio.world.anchor(node, handle)).await;
		until(handle, "nothing waits", || {
			handle.courier().library.book.read().batches.ready().is_empty()
		})
		.await;
		for id in ["A", "B"] {
			assert_ne!(stage(handle, id), Some(OrderStage::Finalised), "nothing is final");
		}
	}
	assert!(trio.world.state.lock().block > stands + DAY);
	trio.world.resume_finality();
	for handle in [&trio.seller, &trio.issuer] {
		for id in ["A", "B"] {
			until(handle, "it is final", || {
				stage(handle, id) == Some(OrderStage::Finalised)
			})
			.await;
			ended_before_anchor(&trio, handle, id);
		}
	}
	// The seller's anchor has what the issuer signed with the key that ended within the day.
	let parts = trio.seller.evidence("A", None).unwrap().unwrap();
	assert_eq!(parts.issuers.map(|half| half.key), Some(first));
	let [issuers, _] = ended_before_anchor(&trio, &trio.seller, "A");
	assert!(issuers.is_some_and(|ago| ago > DAY / 4), "{issuers:?}");
	trio.stop().await;
}

/// Evidence names its keys itself: it is the same when the partner has others, and when it has no node any more.
#[tokio::test(flavor = "multi_thread")]
async fn evidence_outlives_the_partners_keys_and_its_node() {
	let trio = Trio::start(38);
	submit(&trio.seller, &[order("A", "P2")]).await;
	confirm_until(&trio.issuer, &trio.seller, 1).await;
	anchor(&trio, SELLER, &trio.seller, "A").await;
	trio.world.stop(ISSUER, trio.issuer).await;
	let before = trio.seller.evidence("A", None).unwrap().unwrap();
	let others = || {
		let (signing, sealing) = crate::keys::KeyRing::generate().public()[0];
		CourierKey {
			signing,
			sealing,
			valid_from: 0,
			valid_until: None,
		}
	};
	let changes: [&dyn Fn(&mut crate::testing::ChainState); 2] = [
		&|state| {
			let keys = vec![others(), others(), others(), others()];
			state.members[1].nodes[0].keys = keys.try_into().expect("four keys fit");
		},
		&|state| state.members[1].nodes.clear(),
	];
	for change in changes {
		trio.world.block(change);
		let newest = trio.world.state.lock().block;
		until(&trio.seller, "the block is known", || {
			trio.seller.status().block == newest
		})
		.await;
		let parts = trio.seller.evidence("A", None).unwrap().unwrap();
		assert_eq!(parts, before);
		let pack = parts.pack(Some([9; 32])).expect("both attest it");
		pack.verify_local(&crate::testing::GENESIS).expect("the pack holds");
	}
	trio.world.stop(SELLER, trio.seller).await;
}

/// Who was away for days gets a half of today: nobody has the other's signature for days before signing, and the blocks that the two name lie near each other.
#[tokio::test(flavor = "multi_thread")]
async fn both_halves_are_of_one_time_however_late_the_packet_arrives() {
	const DAY: u32 = 43_200;
	let trio = Trio::start(37);
	submit(&trio.seller, &[order("A", "P2")]).await;
	until(&trio.issuer, "the order is there", || {
		stage(&trio.issuer, "A").is_some()
	})
	.await;
	trio.world.network.set_down(SELLER, true);
	crate::testing::confirm(&trio.issuer, crate::api::Cursor::default()).await;
	trio.world.block(|state| state.block += 2 * DAY);
	let newest = trio.world.state.lock().block;
	for handle in [&trio.seller, &trio.issuer] {
		until(handle, "the block is known", || {
			handle.status().block == newest && handle.courier().final_chain.recent().number > DAY
		})
		.await;
	}
	trio.world.network.set_down(SELLER, false);
	trio.issuer.retry_lane(super::liars::LANE.opposite());
	for (node, handle) in [(SELLER, &trio.seller), (ISSUER, &trio.issuer)] {
		until(handle, "both halves are there", || {
			stage(handle, "A") >= Some(OrderStage::Hashed)
		})
		.await;
		anchor(&trio, node, handle, "A").await;
		let parts = handle.evidence("A", None).unwrap().unwrap();
		let pack = parts.pack(Some([9; 32])).expect("both attest it");
		pack.verify_local(&crate::testing::GENESIS).expect("the pack holds");
		let named = [parts.issuers, parts.sellers].map(|half| half.expect("both attest it").block.number);
		assert!(named[0].abs_diff(named[1]) < DAY / 4, "node {node}: {named:?}");
	}
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_anchor_number_that_went_to_another_root_is_given_up() {
	let trio = Trio::start(32);
	submit(&trio.seller, &[order("A", "P2")]).await;
	confirm_until(&trio.issuer, &trio.seller, 1).await;
	// The node's log cuts anchor 0, but the chain has another one under that number.
	let mut host = trio.seller.host();
	waits(&trio.seller).await;
	until(&trio.seller, "the anchor is cut", || {
		host.ready_anchor(0, 5, true).is_some()
	})
	.await;
	assert!(trio
		.seller
		.courier()
		.library
		.book
		.read()
		.batches
		.anchors
		.contains_key(&0));
	trio.world.block(|state| state.put_anchor(SELLER, [1; 32]));
	waits(&trio.seller).await;
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
	waits(&trio.issuer).await;
	let mut ready = None;
	until(&trio.issuer, "an anchor is cut", || {
		ready = host.ready_anchor(next, block, true);
		ready.is_some()
	})
	.await;
	let root = ready.expect("it is there").root;
	trio.world.state.lock().put_anchor(ISSUER, root);
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

/// Nothing tells whether a node has something to anchor: not the block, not a second submission, not the root, not its log.
#[tokio::test(flavor = "multi_thread")]
async fn a_node_with_nothing_to_anchor_anchors_all_the_same() {
	let mut trio = Trio::start(34);
	let before = *trio.seller.tail().borrow();
	let root = |handle: &crate::Handle, next, at, due| {
		let ready = handle.host().ready_anchor(next, at, due);
		ready.map(|ready| {
			assert_eq!(ready.sequence, next);
			ready.root
		})
	};
	let idle = root(&trio.seller, 0, 5, true).expect("it is its turn");
	assert_eq!(root(&trio.seller, 0, 5, false), None, "it is not");
	assert_eq!(root(&trio.seller, 0, 6, true), Some(idle), "it was not handed in");
	trio.seller.host().anchor_submitted(0, 6);
	assert_eq!(root(&trio.seller, 0, 7, true), None, "it is in the pool");
	assert_eq!(
		root(&trio.seller, 0, 14, true),
		Some(idle),
		"the pool lost it: the same again"
	);
	let next = root(&trio.seller, 1, 7, true).expect("the chain took the one before");
	assert_ne!(next, idle);
	assert_ne!(
		root(&trio.issuer, 0, 5, true),
		Some(idle),
		"each has a secret of its own"
	);
	assert_eq!(*trio.seller.tail().borrow(), before, "nothing was written");
	trio.restart(SELLER).await;
	assert_eq!(
		root(&trio.seller, 0, 5, true),
		Some(idle),
		"also by a node that was started again"
	);

	// What becomes ready while the idle one is in the pool waits for the next number.
	trio.seller.host().anchor_submitted(0, 20);
	submit(&trio.seller, &[order("A", "P2")]).await;
	confirm_until(&trio.issuer, &trio.seller, 1).await;
	waits(&trio.seller).await;
	assert_eq!(root(&trio.seller, 0, 21, true), None);
	trio.world.block(|state| state.put_anchor(SELLER, idle));
	assert_eq!(
		root(&trio.seller, 1, 22, false),
		None,
		"a true one waits for its turn as well"
	);
	let mut cut = None;
	until(&trio.seller, "the anchor is cut", || {
		cut = root(&trio.seller, 1, 22, true);
		cut.is_some()
	})
	.await;
	assert_ne!(cut, Some(next), "it is over the batch");
	trio.stop().await;
}

/// Long after the chain has an anchor no longer by itself, this node has what leads from it into the range.
#[tokio::test(flavor = "multi_thread")]
async fn an_old_anchor_is_proven_by_the_range() {
	let mut trio = Trio::start(35);
	submit(&trio.seller, &[order("A", "P2")]).await;
	confirm_until(&trio.issuer, &trio.seller, 1).await;
	anchor(&trio, SELLER, &trio.seller, "A").await;
	let found = trio.seller.evidence("A", None).unwrap().unwrap().anchor.unwrap();
	let (sequence, block) = (found.sequence, found.block.expect("it is final"));
	let proven = |handle: &crate::Handle, range: &Range| {
		let path = handle.anchor_path(sequence, range);
		path.is_some_and(|path| range.proves(SELLER, sequence, &found.root, block, &path))
	};
	for _ in 0..10 {
		for _ in 0..16 {
			trio.world.anchor(SELLER, &trio.seller);
		}
		// A node that runs learns of its anchors while the chain has them by themselves.
		let range = trio.world.state.lock().ranges[&SELLER].clone();
		until(&trio.seller, "its later anchors are known", || {
			trio.world.block(|_| {});
			proven(&trio.seller, &range)
		})
		.await;
	}
	assert!(!trio.world.state.lock().anchors.contains_key(&(SELLER, sequence)));
	let range = trio.world.state.lock().ranges[&SELLER].clone();
	trio.restart(SELLER).await;
	until(&trio.seller, "the file is read", || {
		trio.world.block(|_| {});
		proven(&trio.seller, &range)
	})
	.await;
	trio.stop().await;
}

/// An anchor that became final unseen, and is none of the last when the node looks: its batches do not wait for ever.
#[tokio::test(flavor = "multi_thread")]
async fn an_anchor_that_became_final_unseen_is_made_again() {
	let trio = Trio::start(36);
	submit(&trio.seller, &[order("A", "P2")]).await;
	confirm_until(&trio.issuer, &trio.seller, 1).await;
	waits(&trio.seller).await;
	let mut host = trio.seller.host();
	let mut cut = None;
	until(&trio.seller, "the anchor is cut", || {
		cut = host.ready_anchor(0, 5, true);
		cut.is_some()
	})
	.await;
	let root = cut.expect("it was just cut").root;
	trio.world.block(|state| {
		state.put_anchor(SELLER, root);
		(0..70).for_each(|_| state.put_anchor(SELLER, [1; 32]));
	});
	anchor(&trio, SELLER, &trio.seller, "A").await;
	let parts = trio.seller.evidence("A", None).unwrap().unwrap();
	assert!(parts.anchor.unwrap().sequence > 70);
	trio.stop().await;
}
