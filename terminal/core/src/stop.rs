// SPDX-License-Identifier: Apache-2.0

//! The signal to stop.

use tokio::sync::watch;

/// Turns true when the process is asked to stop.
pub type Stop = watch::Receiver<bool>;

/// Resolves when the signal says so, or its sender is gone.
pub async fn stopped(mut stop: Stop) {
	let _ = stop.wait_for(|stop| *stop).await;
}

/// A signal that turns true at the first Ctrl-C or SIGTERM, so that what was begun can be finished.
pub fn on_signals() -> Stop {
	let (stop, stopped) = watch::channel(false);
	tokio::spawn(async move {
		let interrupt = tokio::signal::ctrl_c();
		#[cfg(unix)]
		{
			use tokio::signal::unix::{signal, SignalKind};
			match signal(SignalKind::terminate()) {
				Ok(mut terminate) => {
					tokio::select! {
						_ = interrupt => {},
						_ = terminate.recv() => {},
					}
				}
				Err(_) => {
					let _ = interrupt.await;
				}
			}
		}
		#[cfg(not(unix))]
		let _ = interrupt.await;
		let _ = stop.send(true);
		// Kept alive: a dropped sender counts as a stop, too.
		std::future::pending::<()>().await;
	});
	stopped
}
