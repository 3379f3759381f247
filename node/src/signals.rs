// SPDX-License-Identifier: Apache-2.0

//! The signals that ask the process to end.

use std::io;
use tokio::signal::unix::{signal, Signal, SignalKind};

/// What asks the node to stop.
pub struct Signals {
	terminate: Signal,
	interrupt: Signal,
}

impl Signals {
	/// Catches both from now on.
	pub fn catch() -> io::Result<Self> {
		Ok(Signals {
			terminate: signal(SignalKind::terminate())?,
			interrupt: signal(SignalKind::interrupt())?,
		})
	}

	/// The next signal. One that came while nobody asked counts.
	pub async fn next(&mut self) -> &'static str {
		tokio::select! {
			_ = self.terminate.recv() => "SIGTERM",
			_ = self.interrupt.recv() => "SIGINT",
		}
	}
}
