// SPDX-License-Identifier: Apache-2.0

//! What the courier asks of the machine that it runs on: time, randomness, a disk, tasks, a thread for the log.
//!
//! All of it is behind traits, so that a simulation can own it: one thread, one seed, the same run byte for byte. Code of the
//! courier reads no clock, draws no randomness and starts nothing but through here. Where it waits for several things at once it looks at
//! them in a fixed order (`biased`), and what it walks through has an order of its own.

use crate::{
	clock::{Clock, SystemClock},
	random::{Random, SystemRandom},
	store::{
		disk::{Disk, RealDisk},
		OwnThread, WriterHost,
	},
};
use futures::future::BoxFuture;
use sp_core::traits::SpawnNamed;
use std::sync::Arc;

/// The machine of a node.
#[derive(Clone)]
pub struct Machine {
	/// Time.
	pub clock: Arc<dyn Clock>,
	/// Randomness.
	pub random: Arc<dyn Random>,
	/// Where the log lies.
	pub disk: Arc<dyn Disk>,
	/// Starts tasks.
	pub spawner: Arc<dyn SpawnNamed>,
	/// Runs the log's writer.
	pub writers: Arc<dyn WriterHost>,
}

impl Machine {
	/// The operating system's; `spawner` starts tasks on a tokio runtime.
	pub fn real(spawner: Arc<dyn SpawnNamed>) -> Self {
		Machine {
			clock: Arc::new(SystemClock),
			random: Arc::new(SystemRandom),
			disk: Arc::new(RealDisk),
			spawner,
			writers: Arc::new(OwnThread),
		}
	}
}

/// Starts tasks on the tokio runtime of whoever made it.
#[derive(Clone)]
pub struct TokioSpawner(pub tokio::runtime::Handle);

impl SpawnNamed for TokioSpawner {
	fn spawn(&self, _: &'static str, _: Option<&'static str>, future: BoxFuture<'static, ()>) {
		self.0.spawn(future);
	}

	fn spawn_blocking(&self, _: &'static str, _: Option<&'static str>, future: BoxFuture<'static, ()>) {
		let runtime = self.0.clone();
		self.0.spawn_blocking(move || runtime.block_on(future));
	}
}
