// SPDX-License-Identifier: Apache-2.0

mod anchors;
mod apart;
mod attesting;
mod branches;
mod clauses;
mod faults;
mod freshness;
mod hostile;
mod lanes;
mod liars;
mod measure;
mod older_logs;
mod refusals;
mod registered;
mod requests;
mod salvage;
mod stolen;
mod stores;
mod trading;
mod versions;

use crate::{
	api::{Cursor, EventKind, OrderStage},
	handle::Handle,
	testing::{self, World},
};
use std::{collections::BTreeMap, sync::Arc};
use tempfile::TempDir;

/// A seller and two issuers, started.
struct Trio {
	world: Arc<World>,
	folders: [TempDir; 3],
	seller: Handle,
	issuer: Handle,
	other: Handle,
}

impl Trio {
	fn start(seed: u64) -> Self {
		Self::start_in(World::new(seed))
	}

	fn start_in(world: Arc<World>) -> Self {
		let folders = [(); 3].map(|()| tempfile::tempdir().expect("a folder for the test"));
		let seller = world.start(testing::SELLER, folders[0].path());
		let issuer = world.start(testing::ISSUER, folders[1].path());
		let other = world.start(testing::OTHER_ISSUER, folders[2].path());
		Trio {
			world,
			folders,
			seller,
			issuer,
			other,
		}
	}

	/// Stop a node and start it again on the same files.
	async fn restart(&mut self, node: u32) {
		let spare = self.other.clone();
		let (handle, folder) = match node {
			testing::SELLER => (&mut self.seller, self.folders[0].path()),
			testing::ISSUER => (&mut self.issuer, self.folders[1].path()),
			_ => panic!("no test restarts node {node}"),
		};
		// The store is locked as long as a handle is left.
		self.world.stop(node, std::mem::replace(handle, spare)).await;
		*handle = self.world.start(node, folder);
	}

	async fn stop(self) {
		self.world.stop(testing::SELLER, self.seller).await;
		self.world.stop(testing::ISSUER, self.issuer).await;
		self.world.stop(testing::OTHER_ISSUER, self.other).await;
	}
}

/// Confirmations at the seller, by order: how often each order was confirmed.
fn confirmations(handle: &Handle) -> BTreeMap<String, u32> {
	let mut found = BTreeMap::new();
	let mut cursor = Cursor::default();
	loop {
		let page = handle.events(cursor, 1000).expect("events are readable");
		for event in &page.events {
			if let EventKind::Confirmed { confirmation, .. } = &event.what {
				let parsed =
					crate::order::Confirmation::parse(confirmation).expect("stored confirmations are readable");
				*found.entry(parsed.order.into_owned()).or_default() += 1;
			}
		}
		cursor = page.next;
		if page.at_end {
			return found;
		}
	}
}

/// Confirm until the seller has `count` confirmations.
async fn confirm_until(issuer: &Handle, seller: &Handle, count: usize) {
	let mut cursor = Cursor::default();
	let mut tail = issuer.tail();
	let work = async {
		loop {
			tail.borrow_and_update();
			let (next, _) = testing::confirm(issuer, cursor).await;
			cursor = next;
			if confirmations(seller).len() >= count {
				return;
			}
			let _ = tokio::time::timeout(std::time::Duration::from_millis(20), tail.changed()).await;
		}
	};
	assert!(
		tokio::time::timeout(testing::PATIENCE, work).await.is_ok(),
		"{} of {count} orders are confirmed; lanes of the issuer: {:#?}, of the seller: {:#?}",
		confirmations(seller).len(),
		issuer.lanes(),
		seller.lanes()
	);
}

fn stage(handle: &Handle, id: &str) -> Option<OrderStage> {
	handle
		.order(id, None)
		.expect("orders are readable")
		.map(|order| order.stage)
}
