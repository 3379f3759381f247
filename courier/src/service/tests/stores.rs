// SPDX-License-Identifier: Apache-2.0

//! Old copies and second machines: the store that took over is followed, gets back what it lost, and nobody innocent is blamed.

use super::{confirm_until, confirmations, older_logs::copy, stage, Trio};
use crate::{
	api::{OrderStage, Waiting},
	testing::{order, submit, until, ISSUER, SELLER},
	Handle,
};
use tempfile::TempDir;

impl Trio {
	/// Stops a node and starts it in another folder, as a store that takes over or not; gives the folder that it had.
	async fn change_store(&mut self, node: u32, folder: TempDir, take_over: bool) -> TempDir {
		let spare = self.other.clone();
		let (handle, place) = match node {
			SELLER => (&mut self.seller, &mut self.folders[0]),
			_ => (&mut self.issuer, &mut self.folders[1]),
		};
		self.world.stop(node, std::mem::replace(handle, spare)).await;
		let before = std::mem::replace(place, folder);
		let path = place.path();
		*handle = self.world.start_with(node, path, |config| config.take_over = take_over);
		before
	}

	/// A copy of the folder of a node, which goes on.
	async fn copied(&mut self, node: u32) -> TempDir {
		let spare = self.other.clone();
		let (handle, folder) = match node {
			SELLER => (&mut self.seller, self.folders[0].path()),
			_ => (&mut self.issuer, self.folders[1].path()),
		};
		self.world.stop(node, std::mem::replace(handle, spare)).await;
		let copy = copy(folder);
		*handle = self.world.start(node, folder);
		copy
	}
}

/// Hands an order in until the node takes it.
async fn submit_when_taken(handle: &Handle, id: &str) {
	for _ in 0..600 {
		let (body, lines) = crate::testing::lines(&[order(id, "P2")]);
		if handle
			.submit_orders(body, lines, None)
			.await
			.is_ok_and(|report| report.accepted == 1)
		{
			return;
		}
		tokio::time::sleep(std::time::Duration::from_millis(50)).await;
	}
	panic!("order {id} is not taken");
}

fn refused(handle: &Handle, id: &str, with: &str) -> bool {
	let trace = handle.trace(id, None).expect("orders are readable");
	let waiting = trace.and_then(|trace| trace.waiting);
	matches!(waiting, Some(Waiting::PartnerRefused { ref code, .. }) if code == with)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_seller_gets_its_own_packets_back_and_goes_on() {
	let mut trio = Trio::start(201);
	submit(&trio.seller, &[order("A", "P2")]).await;
	confirm_until(&trio.issuer, &trio.seller, 1).await;
	let older = trio.copied(SELLER).await;
	for id in ["B", "C"] {
		submit(&trio.seller, &[order(id, "P2")]).await;
		until(&trio.issuer, "it is there", || stage(&trio.issuer, id).is_some()).await;
	}
	confirm_until(&trio.issuer, &trio.seller, 2).await;
	let newer = trio.change_store(SELLER, older, true).await;
	until(&trio.seller, "they came back", || {
		["B", "C"].iter().all(|id| stage(&trio.seller, id).is_some())
	})
	.await;
	submit_when_taken(&trio.seller, "D").await;
	confirm_until(&trio.issuer, &trio.seller, 4).await;
	assert!(confirmations(&trio.seller).values().all(|times| *times == 1));
	assert_eq!(trio.world.network.reports(), Vec::new(), "nobody is blamed");
	assert!(trio.seller.status().lanes_forked.is_empty());

	// The machine that it was on before wakes up.
	let restored = trio.change_store(SELLER, newer, false).await;
	submit(&trio.seller, &[order("E", "P2")]).await;
	until(&trio.seller, "it is turned away", || {
		refused(&trio.seller, "E", "store.superseded")
	})
	.await;
	assert_eq!(stage(&trio.issuer, "E"), None);
	trio.change_store(SELLER, restored, false).await;
	submit_when_taken(&trio.seller, "F").await;
	confirm_until(&trio.issuer, &trio.seller, 5).await;
	assert_eq!(trio.world.network.reports(), Vec::new(), "nobody is blamed");
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_issuer_has_its_orders_and_answers_again_without_further_traffic() {
	let mut trio = Trio::start(202);
	// Longer than an envelope waits for those before it: the issuer says what it waits for.
	let (spare, folder) = (trio.other.clone(), trio.folders[0].path().to_path_buf());
	trio.world
		.stop(SELLER, std::mem::replace(&mut trio.seller, spare))
		.await;
	trio.seller = trio
		.world
		.start_with(SELLER, &folder, |config| config.request_patience_ms = 20_000);
	submit(&trio.seller, &[order("A", "P2")]).await;
	confirm_until(&trio.issuer, &trio.seller, 1).await;
	let older = trio.copied(ISSUER).await;
	for id in ["B", "C"] {
		submit(&trio.seller, &[order(id, "P2")]).await;
	}
	confirm_until(&trio.issuer, &trio.seller, 3).await;
	trio.change_store(ISSUER, older, true).await;
	until(&trio.issuer, "all is there and answered", || {
		let answered = |id| stage(&trio.issuer, id) >= Some(OrderStage::Confirmed);
		["A", "B", "C"].into_iter().all(answered)
	})
	.await;
	submit(&trio.seller, &[order("D", "P2")]).await;
	confirm_until(&trio.issuer, &trio.seller, 4).await;
	assert!(confirmations(&trio.seller).values().all(|times| *times == 1));
	assert_eq!(trio.world.network.reports(), Vec::new(), "nobody is blamed");
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seller_that_lost_its_whole_log_gets_orders_and_answers_back() {
	let mut trio = Trio::start(204);
	for id in ["A", "B"] {
		submit(&trio.seller, &[order(id, "P2")]).await;
	}
	confirm_until(&trio.issuer, &trio.seller, 2).await;
	let nothing = tempfile::tempdir().expect("a folder for the test");
	let lost = trio.change_store(SELLER, nothing, true).await;
	until(&trio.seller, "its orders came back", || {
		["A", "B"].iter().all(|id| stage(&trio.seller, id).is_some())
	})
	.await;
	submit_when_taken(&trio.seller, "C").await;
	confirm_until(&trio.issuer, &trio.seller, 3).await;
	let confirmed = confirmations(&trio.seller);
	assert_eq!(
		confirmed.into_iter().collect::<Vec<_>>(),
		["A", "B", "C"].map(|id| (id.into(), 1))
	);
	assert_eq!(trio.world.network.reports(), Vec::new(), "nobody is blamed");
	drop(lost);
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_stores_neither_is_heard_until_one_takes_over() {
	let mut trio = Trio::start(203);
	submit(&trio.seller, &[order("A", "P2")]).await;
	confirm_until(&trio.issuer, &trio.seller, 1).await;
	let fresh = tempfile::tempdir().expect("a folder for the test");
	let first = trio.change_store(SELLER, fresh, false).await;
	submit(&trio.seller, &[order("B", "P2")]).await;
	until(&trio.seller, "it is turned away", || {
		refused(&trio.seller, "B", "store.doubled")
	})
	.await;
	let second = trio.change_store(SELLER, first, false).await;
	submit(&trio.seller, &[order("C", "P2")]).await;
	until(&trio.seller, "so is the other", || {
		refused(&trio.seller, "C", "store.doubled")
	})
	.await;
	let folder = copy(trio.folders[0].path());
	trio.change_store(SELLER, folder, true).await;
	until(&trio.issuer, "what waited is there", || {
		stage(&trio.issuer, "C").is_some()
	})
	.await;
	submit_when_taken(&trio.seller, "D").await;
	confirm_until(&trio.issuer, &trio.seller, 3).await;
	assert_eq!(stage(&trio.issuer, "B"), None);
	assert_eq!(trio.world.network.reports(), Vec::new(), "nobody is blamed");
	drop(second);
	trio.stop().await;
}

/// What a node lost with its folder its partner proves: the pack says whose anchor it is, and holds the same record and the same two signatures' batch.
#[tokio::test(flavor = "multi_thread")]
async fn the_records_of_a_node_that_lost_its_folder_are_proven_by_its_partners_anchors() {
	let mut trio = Trio::start(205);
	for id in ["A", "B"] {
		submit(&trio.seller, &[order(id, "P2")]).await;
	}
	confirm_until(&trio.issuer, &trio.seller, 2).await;
	for (node, handle) in [(SELLER, &trio.seller), (ISSUER, &trio.issuer)] {
		until(handle, "both are final", || {
			trio.world.anchor(node, handle);
			trio.world.block(|_| {});
			["A", "B"]
				.iter()
				.all(|id| stage(handle, id) == Some(OrderStage::Finalised))
		})
		.await;
	}
	let owns = |handle: &Handle, id: &str| handle.evidence(id, None).expect("is readable").expect("is there");
	let before = ["A", "B"].map(|id| owns(&trio.seller, id));
	assert!(before
		.iter()
		.all(|parts| parts.anchor.as_ref().is_some_and(|at| at.node == SELLER)));
	let nothing = tempfile::tempdir().expect("a folder for the test");
	let lost = trio.change_store(SELLER, nothing, true).await;
	until(&trio.seller, "orders and answers came back", || {
		["A", "B"]
			.iter()
			.all(|id| stage(&trio.seller, id) >= Some(OrderStage::Confirmed))
	})
	.await;
	for (id, before) in ["A", "B"].iter().zip(before) {
		let partners = owns(&trio.issuer, id);
		let at = partners.anchor.clone().expect("the partner anchored it");
		assert_eq!(at.node, ISSUER);
		let pack = partners.pack(Some([9; 32])).expect("both attest it");
		let verified = pack.verify_local(&crate::testing::GENESIS).expect("the pack holds");
		let root = trio.world.state.lock().anchors[&(ISSUER, at.sequence)].root;
		assert_eq!(
			verified.anchor.map(|it| (it.node, it.root)),
			Some((ISSUER, root)),
			"{id}: it says whose"
		);
		// It is the record that the lost folder proved, bytes and batch.
		assert_eq!(
			(pack.record.order, pack.record.confirmation, pack.batch.core),
			(before.order, before.confirmation, before.core)
		);
		// What came back is the same record, too, and waits for an anchor of this node's anew.
		let regained = owns(&trio.seller, id);
		assert_eq!((regained.leaf, regained.core), (before.leaf, before.core), "{id}");
	}
	drop(lost);
	trio.stop().await;
}
