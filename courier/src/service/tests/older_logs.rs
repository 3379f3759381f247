// SPDX-License-Identifier: Apache-2.0

//! Nodes on an older copy of their log, and members that go on with another node.

use super::{confirm_until, confirmations, lanes::ORDERS, stage, Trio};
use crate::{
	api::{Cursor, OrderStage},
	testing::{self, order, peer, submit, until, ISSUER, RIVAL, SELLER},
	Handle,
};
use std::{path::Path, time::Duration};

/// A copy of a node's folder.
pub(super) fn copy(folder: &Path) -> tempfile::TempDir {
	let copy = tempfile::tempdir().expect("a folder for the test");
	let done = std::process::Command::new("cp")
		.arg("-a")
		.arg(folder.join("."))
		.arg(copy.path())
		.status();
	assert!(done.expect("cp runs").success());
	copy
}

impl Trio {
	/// Stops a node and starts it on the older copy of its folder.
	async fn restore(&mut self, node: u32, older: tempfile::TempDir) {
		let spare = self.other.clone();
		let (handle, folder) = match node {
			SELLER => (&mut self.seller, &mut self.folders[0]),
			_ => (&mut self.issuer, &mut self.folders[1]),
		};
		self.world.stop(node, std::mem::replace(handle, spare)).await;
		*folder = older;
		*handle = self.world.start(node, folder.path());
	}
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issuer_with_an_older_log_gets_again_what_it_lost() {
	let mut trio = Trio::start(97);
	trio.world
		.stop(SELLER, std::mem::replace(&mut trio.seller, trio.other.clone()))
		.await;
	// Longer than an envelope waits for those before it: the issuer says what it waits for.
	let folder = trio.folders[0].path().to_path_buf();
	trio.seller = trio
		.world
		.start_with(SELLER, &folder, |config| config.request_patience_ms = 20_000);
	submit(&trio.seller, &[order("A", "P2")]).await;
	confirm_until(&trio.issuer, &trio.seller, 1).await;
	trio.world
		.stop(ISSUER, std::mem::replace(&mut trio.issuer, trio.other.clone()))
		.await;
	let older = copy(trio.folders[1].path());
	trio.issuer = trio.world.start(ISSUER, trio.folders[1].path());
	for id in ["B", "C"] {
		submit(&trio.seller, &[order(id, "P2")]).await;
		until(&trio.issuer, "it is there", || stage(&trio.issuer, id).is_some()).await;
	}
	trio.restore(ISSUER, older).await;
	assert_eq!(stage(&trio.issuer, "B"), None);
	submit(&trio.seller, &[order("D", "P2")]).await;
	until(&trio.issuer, "all are there again", || {
		["B", "C", "D"].iter().all(|id| stage(&trio.issuer, id).is_some())
	})
	.await;
	assert_eq!(trio.world.network.reports(), Vec::new(), "nobody is blamed");
	confirm_until(&trio.issuer, &trio.seller, 4).await;
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seller_with_an_older_log_blames_nobody_and_says_so() {
	let mut trio = Trio::start(98);
	submit(&trio.seller, &[order("A", "P2")]).await;
	confirm_until(&trio.issuer, &trio.seller, 1).await;
	trio.world
		.stop(SELLER, std::mem::replace(&mut trio.seller, trio.other.clone()))
		.await;
	let older = copy(trio.folders[0].path());
	trio.seller = trio.world.start(SELLER, trio.folders[0].path());
	for id in ["B", "C"] {
		submit(&trio.seller, &[order(id, "P2")]).await;
		until(&trio.issuer, "it is there", || stage(&trio.issuer, id).is_some()).await;
	}
	trio.restore(SELLER, older).await;
	submit(&trio.seller, &[order("X", "P2")]).await;
	until(&trio.seller, "the fork is known", || {
		trio.seller.status().lanes_forked == [ORDERS]
	})
	.await;
	for _ in 0..10 {
		trio.seller.retry_lane(ORDERS);
		tokio::time::sleep(Duration::from_millis(20)).await;
	}
	assert_eq!(trio.world.network.reports(), Vec::new(), "the partner is innocent");
	assert_eq!(stage(&trio.issuer, "X"), None);
	assert_eq!(confirmations(&trio.seller).len(), 1);
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_sent_again_through_another_node_gets_its_first_answer() {
	let mut trio = Trio::start(99);
	submit(&trio.seller, &[order("done", "P2"), order("open", "P2")]).await;
	until(&trio.issuer, "both are there", || stage(&trio.issuer, "open").is_some()).await;
	let confirm = |id: &str, handle: &Handle| {
		let line = format!("{{\"order\":\"{id}\",\"outcome\":\"accepted\",\"deal\":\"D-{id}\"}}");
		let ((body, lines), handle) = (testing::lines(&[line]), handle.clone());
		async move { handle.submit_confirmations(body, lines, None).await.expect("is taken") }
	};
	assert_eq!(confirm("done", &trio.issuer).await.accepted, 1);
	until(&trio.seller, "it is confirmed", || {
		stage(&trio.seller, "done") >= Some(OrderStage::Confirmed)
	})
	.await;

	// The seller's node is lost; the member goes on with another one, and sends again whatever it is not sure of.
	let (signing, sealing) = trio.world.keys[&RIVAL].public()[0];
	trio.world.block(|state| {
		let mut node = state.members[0].nodes[0].clone();
		node.id = RIVAL;
		node.peer = peer(RIVAL).try_into().expect("fits");
		let key = sealane_primitives::keys::CourierKey {
			signing,
			sealing,
			valid_from: 0,
			valid_until: None,
		};
		node.keys = vec![key].try_into().expect("one key fits");
		state.members[0].nodes.push(node);
	});
	let folder = tempfile::tempdir().expect("a folder for the test");
	let second = trio.world.start(RIVAL, folder.path());
	for node in [&trio.issuer, &second] {
		until(node, "the block is known", || node.status().block == 2).await;
	}
	let again = [
		order("done", "P2"),
		order("open", "P2"),
		order("open", "P2").replace("1000.00", "7.00").replace("open", "new"),
	];
	assert_eq!(submit(&second, &again).await.accepted, 3);
	until(&second, "what was answered is answered alike", || {
		stage(&second, "done") >= Some(OrderStage::Confirmed)
	})
	.await;
	let answer = |node: &Handle, id: &str| node.order(id, None).unwrap().unwrap().confirmation.map(|it| it.bytes);
	assert_eq!(answer(&second, "done"), answer(&trio.seller, "done"));
	until(&second, "the other one is delivered, too", || {
		stage(&second, "open") >= Some(OrderStage::Delivered)
	})
	.await;
	assert_eq!(
		stage(&second, "open"),
		Some(OrderStage::Delivered),
		"waits with the first one"
	);
	let inbox = trio.issuer.inbox(Cursor::default(), usize::MAX).expect("is readable");
	assert_eq!(inbox.entries.len(), 3, "the business system sees each order once");

	trio.restart(ISSUER).await;
	let report = confirm("open", &trio.issuer).await;
	assert_eq!((report.accepted, report.refused), (1, Vec::new()));
	for node in [&trio.seller, &second] {
		until(node, "both copies are answered", || {
			stage(node, "open") >= Some(OrderStage::Hashed)
		})
		.await;
	}
	assert_eq!(answer(&second, "open"), answer(&trio.seller, "open"));
	assert_eq!(
		trio.issuer.order("open", None).unwrap().unwrap().lane,
		ORDERS,
		"the first one counts"
	);
	trio.world.stop(RIVAL, second).await;
	trio.stop().await;
}
