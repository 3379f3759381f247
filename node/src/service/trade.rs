// SPDX-License-Identifier: Apache-2.0

//! Courier and HTTP API while the node runs, and their end in order.

use crate::signals::Signals;
use sealane_courier::Handle;
use sealane_gateway::{Gateway, StartError};
use std::{
	sync::{Arc, OnceLock},
	time::{Duration, Instant},
};
use tokio::sync::oneshot;

/// How long the courier may take to end its tasks and close its log. Both take milliseconds unless a disk hangs.
const COURIER_LIMIT: Duration = Duration::from_secs(10);

/// What trades.
pub struct Trade {
	/// The courier, once it runs.
	courier: Arc<OnceLock<Handle>>,
	api: Gateway,
	stop_api: oneshot::Sender<()>,
}

impl Trade {
	/// Starts the HTTP API in front of a courier, which `running` will hold as well.
	pub async fn start(
		settings: sealane_gateway::Config,
		courier: sealane_gateway::Courier,
		running: Arc<OnceLock<Handle>>,
	) -> Result<Self, StartError> {
		let (stop_api, stopped) = oneshot::channel();
		let shutdown = async {
			// An error means that whoever could stop it is gone: the same.
			let _ = stopped.await;
		};
		let api = sealane_gateway::serve(settings, courier, shutdown).await?;
		Ok(Trade {
			courier: running,
			api,
			stop_api,
		})
	}

	/// The courier, once it runs.
	pub fn courier(&self) -> &Arc<OnceLock<Handle>> {
		&self.courier
	}

	/// Waits until the HTTP API has ended by a fault of its own.
	pub async fn api_ended(&mut self) {
		self.api.ended().await;
	}

	/// Stops in order: no new requests, those under way are answered, the courier stores what is queued and closes its
	/// log. A signal ends the wait that is on.
	pub async fn stop(self, signals: &mut Signals) {
		let Trade { courier, api, stop_api } = self;
		// An error means that it has ended already.
		let _ = stop_api.send(());
		tokio::select! {
			_ = api.stopped() => (),
			signal = signals.next() => log::warn!("{signal}: requests still under way are cut off"),
		}
		let Some(courier) = courier.get() else {
			log::info!("Courier: it was not running");
			return;
		};
		let started = Instant::now();
		tokio::select! {
			_ = courier.shutdown() => {
				log::info!("Courier: stopped, its log is closed, after {} ms", started.elapsed().as_millis());
			},
			_ = tokio::time::sleep(COURIER_LIMIT) => log::warn!(
				"Courier: its log was not closed within {} s; the next start checks its end",
				COURIER_LIMIT.as_secs()
			),
			signal = signals.next() => log::warn!("{signal}: the courier's log is left as it is; the next start checks its end"),
		}
	}
}
