// SPDX-License-Identifier: Apache-2.0

//! Courier and HTTP API while the node runs, and their end in order.

use crate::signals::Signals;
use sealane_courier::Handle;
use sealane_gateway::{Gateway, StartError};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// How long the courier may take to end its tasks and close its log. Both take milliseconds unless a disk hangs.
const COURIER_LIMIT: Duration = Duration::from_secs(10);

/// What trades.
pub struct Trade {
	courier: Handle,
	api: Gateway,
	stop_api: oneshot::Sender<()>,
}

impl Trade {
	/// Starts the HTTP API in front of a courier.
	pub async fn start(settings: sealane_gateway::Config, courier: Handle) -> Result<Self, StartError> {
		let (stop_api, stopped) = oneshot::channel();
		let shutdown = async {
			// An error means that whoever could stop it is gone: the same.
			let _ = stopped.await;
		};
		let api = sealane_gateway::serve(settings, courier.clone(), shutdown).await?;
		Ok(Trade { courier, api, stop_api })
	}

	/// The courier.
	pub fn courier(&self) -> &Handle {
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
