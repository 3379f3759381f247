// SPDX-License-Identifier: Apache-2.0

//! What takes milliseconds, reads the disk or asks the chain does not run on the threads that keep the node's connections.

use super::{confirm_until, stage, Trio};
use crate::{
	api::OrderStage,
	machine::{Machine, TokioSpawner},
	testing::{order, submit, until, ISSUER, SELLER},
};
use futures::future::BoxFuture;
use parking_lot::Mutex;
use sp_core::traits::SpawnNamed;
use std::{collections::BTreeSet, sync::Arc};

/// Starts tasks, and remembers which were started apart.
#[derive(Clone)]
struct Recorder {
	tasks: TokioSpawner,
	apart: Arc<Mutex<BTreeSet<&'static str>>>,
}

impl Recorder {
	fn new() -> Self {
		Recorder {
			tasks: TokioSpawner(tokio::runtime::Handle::current()),
			apart: Arc::default(),
		}
	}

	fn has(&self, name: &str) -> bool {
		self.apart.lock().contains(name)
	}
}

impl SpawnNamed for Recorder {
	fn spawn(&self, name: &'static str, group: Option<&'static str>, future: BoxFuture<'static, ()>) {
		self.tasks.spawn(name, group, future);
	}

	fn spawn_blocking(&self, name: &'static str, group: Option<&'static str>, future: BoxFuture<'static, ()>) {
		self.apart.lock().insert(name);
		self.tasks.spawn_blocking(name, group, future);
	}
}

impl Trio {
	/// Starts a node again with this spawner, and with little of the log in memory.
	async fn started_with(&mut self, node: u32, recorder: &Recorder) {
		let machine = Machine {
			clock: self.world.clock.clone(),
			..Machine::real(Arc::new(recorder.clone()))
		};
		let spare = self.other.clone();
		let (handle, folder) = match node {
			SELLER => (&mut self.seller, self.folders[0].path()),
			_ => (&mut self.issuer, self.folders[1].path()),
		};
		self.world.stop(node, std::mem::replace(handle, spare)).await;
		let little = |config: &mut crate::Config| config.cache_bytes = 16 * 1024;
		*handle = self.world.start_on(machine, node, folder, little);
	}
}

#[tokio::test(flavor = "multi_thread")]
async fn long_work_is_done_apart_and_short_work_is_not() {
	let mut trio = Trio::start(501);
	let (seller, issuer) = (Recorder::new(), Recorder::new());
	trio.started_with(SELLER, &seller).await;
	trio.started_with(ISSUER, &issuer).await;
	submit(&trio.seller, &[order("A", "P2")]).await;
	confirm_until(&trio.issuer, &trio.seller, 1).await;
	assert!(
		!issuer.has("courier-look"),
		"an envelope of one order is opened at once"
	);
	assert!(!seller.has("courier-seal"), "what was just written is sent at once");

	assert!(!seller.has("courier-earlier"));
	assert_eq!(submit(&trio.seller, &[order("A", "P2")]).await.repeated, 1);
	assert!(
		seller.has("courier-earlier"),
		"what an id stood for before is on the disk"
	);

	trio.world.network.set_down(ISSUER, true);
	let many: Vec<_> = (0..600).map(|i| order(&format!("B-{i}"), "P2")).collect();
	for orders in many.chunks(300) {
		submit(&trio.seller, orders).await;
	}
	trio.seller.cancel("A").await.expect_err("it is confirmed");
	assert!(seller.has("courier-cancel"));
	trio.world.network.set_down(ISSUER, false);
	assert!(trio.seller.retry_lane(super::liars::LANE));
	until(&trio.seller, "all are delivered", || {
		stage(&trio.seller, "B-599") >= Some(OrderStage::Delivered)
	})
	.await;
	assert!(
		seller.has("courier-seal"),
		"what is far back in the log may have to be read from the disk"
	);
	assert!(issuer.has("courier-look"), "a long envelope is opened apart");

	confirm_until(&trio.issuer, &trio.seller, 601).await;
	until(&trio.issuer, "an anchor is cut", || {
		trio.world.anchor(ISSUER, &trio.issuer)
	})
	.await;
	until(&trio.issuer, "it is final", || trio.issuer.status().anchors_open == 0).await;
	assert!(issuer.has("courier-make-anchor") && issuer.has("courier-settle"));
	trio.stop().await;
}
