// SPDX-License-Identifier: Apache-2.0

//! A log on a real disk with a damaged record: found at the start, named, and given up only when asked to.

use super::{confirm_until, stage, Trio};
use crate::{
	api::{Cursor, OrderStage, Waiting},
	store::{OpenError, Opened, Options},
	testing::{self, order, submit, until, ISSUER, SELLER},
};
use std::path::{Path, PathBuf};

/// Turns a bit over where `marker` stands last in the only segment below `folder`. Gives the file and the place.
fn damage(folder: &Path, marker: &str) -> (PathBuf, u64) {
	let log = folder.join("log/log");
	let segments = std::fs::read_dir(&log).expect("the log has a folder");
	let mut segments = segments.map(|entry| entry.expect("is listed").path());
	let path = segments
		.find(|path| path.extension().is_some_and(|it| it == "seg"))
		.expect("the log has a segment");
	let mut bytes = std::fs::read(&path).expect("the segment is readable");
	let at = bytes
		.windows(marker.len())
		.rposition(|window| window == marker.as_bytes())
		.expect("the segment holds the marker");
	bytes[at] ^= 1;
	std::fs::write(&path, bytes).expect("the segment is writable");
	(path, at as u64)
}

impl Trio {
	/// Stops the seller, damages the packet that holds `marker`, shows that the log is refused, and starts with salvage.
	async fn salvage(&mut self, marker: &str) {
		let spare = self.other.clone();
		self.world
			.stop(SELLER, std::mem::replace(&mut self.seller, spare))
			.await;
		let folder = self.folders[0].path().to_path_buf();
		let (path, at) = damage(&folder, marker);
		match Opened::open(Options::new(folder.join("log")), |_| {}) {
			Err(OpenError::Corrupt { file, offset, .. }) => {
				assert_eq!(file, path);
				assert!(
					offset <= at && at - offset < 4096,
					"{offset} is where the record of {at} begins"
				);
			}
			other => panic!(
				"damage at {at} was not found: {:?}",
				other.map(|(_, recovery)| recovery)
			),
		}
		self.seller = self.world.start_with(SELLER, &folder, |config| config.salvage = true);
	}

	/// Submits one order per packet, and waits until the partner acknowledged each.
	async fn deliver(&self, ids: &[&str]) {
		for id in ids {
			submit(&self.seller, &[order(id, "P2")]).await;
			until(&self.seller, "it is delivered", || {
				stage(&self.seller, id) >= Some(OrderStage::Delivered)
			})
			.await;
		}
	}
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_whole_stays_and_trade_goes_on_where_it_was() {
	let mut trio = Trio::start(31);
	for (batches, id) in (1..).zip(["S-1", "S-2", "S-3"]) {
		trio.deliver(&[id]).await;
		confirm_until(&trio.issuer, &trio.seller, batches).await;
	}
	until(&trio.issuer, "all are signed by both", || {
		stage(&trio.issuer, "S-3") >= Some(OrderStage::Hashed)
	})
	.await;
	trio.salvage("{\"id\":\"S-2\"").await;

	assert_eq!(stage(&trio.seller, "S-2"), None, "its packet is gone");
	for id in ["S-1", "S-3"] {
		assert!(stage(&trio.seller, id) >= Some(OrderStage::Hashed), "{id}");
		assert!(trio.seller.evidence(id, None).expect("is readable").is_some(), "{id}");
	}
	assert!(
		stage(&trio.issuer, "S-2") >= Some(OrderStage::Hashed),
		"the partner has it"
	);
	assert!(trio.issuer.evidence("S-2", None).expect("is readable").is_some());

	// The numbers of the lane go on where they were, and so does trade.
	trio.deliver(&["S-4"]).await;
	confirm_until(&trio.issuer, &trio.seller, 4).await;
	assert_eq!(trio.world.network.reports(), Vec::new());
	// What was given up is remembered: the next start needs no flag.
	trio.restart(SELLER).await;
	assert_eq!((stage(&trio.seller, "S-2"), trio.seller.lanes().len()), (None, 2));
	trio.deliver(&["S-5"]).await;
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn evidence_of_a_batch_with_a_lost_order_is_left_with_the_partner() {
	let mut trio = Trio::start(34);
	trio.deliver(&["S-1", "S-2"]).await;
	// One submission of both answers is one packet, which is one batch.
	let (_, confirmed) = testing::confirm(&trio.issuer, Cursor::default()).await;
	assert_eq!(confirmed, 2);
	for node in [&trio.seller, &trio.issuer] {
		until(node, "both are signed by both", || {
			["S-1", "S-2"]
				.iter()
				.all(|id| stage(node, id) >= Some(OrderStage::Hashed))
		})
		.await;
	}
	trio.salvage("{\"id\":\"S-2\"").await;
	assert!(
		stage(&trio.seller, "S-1") >= Some(OrderStage::Hashed),
		"it is confirmed as before"
	);
	assert_eq!(trio.seller.evidence("S-1", None).expect("is readable"), None);
	for id in ["S-1", "S-2"] {
		assert!(trio.issuer.evidence(id, None).expect("is readable").is_some(), "{id}");
	}
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn evidence_needs_no_other_batch_of_its_anchor() {
	let mut trio = Trio::start(35);
	for (batches, id) in (1..).zip(["S-1", "S-2"]) {
		trio.deliver(&[id]).await;
		confirm_until(&trio.issuer, &trio.seller, batches).await;
	}
	until(&trio.seller, "the anchor is final", || {
		trio.world.anchor(SELLER, &trio.seller);
		trio.world.block(|_| {});
		stage(&trio.seller, "S-1") == Some(OrderStage::Finalised)
	})
	.await;
	let before = trio
		.seller
		.evidence("S-1", None)
		.expect("is readable")
		.expect("is there");
	assert_eq!(
		before.anchor.as_ref().map(|anchor| anchor.count),
		Some(2),
		"one anchor holds both"
	);
	trio.salvage("{\"order\":\"S-2\"").await;
	assert_eq!(trio.seller.evidence("S-1", None).expect("is readable"), Some(before));
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_number_of_a_lost_last_packet_is_not_given_out_again() {
	let mut trio = Trio::start(32);
	trio.deliver(&["S-1", "S-2"]).await;
	trio.salvage("{\"id\":\"S-2\"").await;
	assert_eq!(stage(&trio.seller, "S-2"), None);
	trio.deliver(&["S-3"]).await;
	let packets = |handle: &crate::Handle| {
		let lanes = handle.lanes();
		let lane = lanes
			.iter()
			.find(|lane| lane.lane.from == SELLER && lane.lane.to == ISSUER);
		lane.map(|lane| (lane.packets, lane.delivered))
	};
	assert_eq!(packets(&trio.seller), Some((3, 3)));
	assert_eq!(packets(&trio.issuer), Some((3, 3)));
	for id in ["S-1", "S-2", "S-3"] {
		assert!(stage(&trio.issuer, id).is_some(), "{id}");
	}
	assert_eq!(trio.world.network.reports(), Vec::new());

	// An answer to what is gone has no effect here, and its batch cannot be checked: it is not signed. The rest counts.
	let (_, confirmed) = testing::confirm(&trio.issuer, Cursor::default()).await;
	assert_eq!(confirmed, 3);
	for id in ["S-1", "S-3"] {
		until(&trio.seller, "it is confirmed", || {
			stage(&trio.seller, id) == Some(OrderStage::Confirmed)
		})
		.await;
		let batch = trio
			.seller
			.order(id, None)
			.expect("is readable")
			.and_then(|order| order.batch);
		assert!(batch.is_some_and(|batch| batch.disputed), "{id}");
	}
	assert_eq!(stage(&trio.seller, "S-2"), None);
	assert_eq!(super::confirmations(&trio.seller).len(), 2);
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_packet_that_was_not_delivered_holds_its_lane_alone() {
	let mut trio = Trio::start(33);
	trio.world.network.set_down(ISSUER, true);
	for id in ["S-1", "S-2", "S-3"] {
		submit(&trio.seller, &[order(id, "P2")]).await;
	}
	trio.salvage("{\"id\":\"S-2\"").await;
	trio.world.network.set_down(ISSUER, false);
	let lane = trio.seller.lanes().into_iter().find(|lane| lane.lane.to == ISSUER);
	trio.seller.retry_lane(lane.expect("the lane exists").lane);
	until(&trio.issuer, "what is before it arrives", || {
		stage(&trio.issuer, "S-1").is_some()
	})
	.await;
	until(&trio.seller, "the lane says what is missing", || {
		trio.seller.lanes().iter().any(|lane| {
			lane.lane.to == ISSUER
				&& lane.delivered == 1
				&& matches!(&lane.waiting, Some(Waiting::PartnerUnreachable { error, .. }) if error.contains("no packet"))
		})
	})
	.await;
	assert_eq!(stage(&trio.issuer, "S-3"), None, "nothing overtakes it");

	submit(&trio.seller, &[order("S-9", "P3")]).await;
	until(&trio.other, "the other lane flows", || {
		stage(&trio.other, "S-9").is_some()
	})
	.await;
	trio.stop().await;
}
