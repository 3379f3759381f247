// SPDX-License-Identifier: Apache-2.0

//! Sending: one task per lane, woken by new packets, by the end of a pause, by the partner, by the off-chain worker.
//!
//! * `senders`: the lanes as others see them.
//! * `sealing`: whether a lane may be sent to, and the next envelope.
//! * `answers`: what the partner says to it.
//! * `halves`: asking again for attestations.

mod answers;
mod halves;
mod sealing;
mod senders;

pub(crate) use halves::Asking;
pub(crate) use senders::Sender;
pub use senders::Senders;

use super::{Courier, LOG_TARGET};
use crate::{
	api::{LaneId, Waiting},
	clock::{moment_of, timeout, Ticks},
	lane::sender::{Next, Obstacle},
	random,
	transport::TransportError,
};
use futures::{
	future::BoxFuture,
	stream::{FuturesUnordered, StreamExt},
};
use sealane_primitives::{
	directory::NodeEntry,
	ids::{Digest, Moment},
};
use sealing::{Barrier, Gate, Hindrance, Sealed, SentBatch};
use std::{
	sync::Arc,
	time::{Duration, Instant},
};
use tokio::sync::mpsc;

/// Pause after which what the queue to the disk had no room for is noted, without other traffic.
const NOTE_PATIENCE: Duration = Duration::from_millis(100);

/// An envelope that got an answer, or none.
struct Flown {
	first: u64,
	last: u64,
	packets_hash: Digest,
	/// When the last of its packets was made.
	created_at: Moment,
	/// The batches among its packets.
	batches: Vec<SentBatch>,
	node: NodeEntry,
	started: Instant,
	answer: Result<Vec<u8>, TransportError>,
}

/// Pause of a lane whose envelope was not sealed, or not in time.
const UNSEALED_PAUSE_MS: u64 = 100;

impl Courier {
	pub(super) async fn run_lanes(self: Arc<Self>, mut lanes: mpsc::UnboundedReceiver<LaneId>) {
		loop {
			let lane = tokio::select! {
				biased;
				_ = self.stopped() => return,
				lane = lanes.recv() => lane,
			};
			let Some(lane) = lane else { return };
			let Some(sender) = self.senders.get(&lane) else {
				continue;
			};
			self.spawn("courier-lane", Box::pin(self.clone().run_lane(lane, sender)));
		}
	}

	async fn run_lane(self: Arc<Self>, lane: LaneId, sender: Arc<Sender>) {
		let mut flights: FuturesUnordered<BoxFuture<'static, Flown>> = FuturesUnordered::new();
		let mut directory = self.chain.directory();
		let mut misses = 0;
		while !self.is_stopped() {
			if self.may_lack(&lane) {
				self.regain(lane, &sender, &mut misses).await;
				continue;
			}
			let noted = self.note_receipts(&sender);
			let next = sender.state.lock().next(self.clock.ticks());
			let wait = match next {
				Next::Send { first, last } => {
					if let Some(flight) = self.take_off(lane, &sender, first, last).await {
						flights.push(flight);
					}
					None
				}
				Next::WaitUntil(at) => Some(Duration::from_millis(at.saturating_sub(self.clock.ticks()).max(1))),
				Next::Idle => Some(Duration::MAX),
			};
			let Some(wait) = wait else { continue };
			let wait = if noted { wait } else { wait.min(NOTE_PATIENCE) };
			tokio::select! {
				biased;
				_ = self.stopped() => return,
				Some(flown) = flights.next(), if !flights.is_empty() => self.landed(lane, &sender, flown),
				_ = sender.notify.notified() => (),
				_ = self.clock.sleep(wait), if wait != Duration::MAX => (),
				// Who has no key, or no address, may have one in the next block.
				changed = directory.changed(), if sender.state.lock().obstacle().is_some() => {
					if changed.is_err() {
						return;
					}
				},
			}
		}
	}

	/// Seal the next envelope and send it; `None` where it has to wait.
	async fn take_off(
		self: &Arc<Self>,
		lane: LaneId,
		sender: &Arc<Sender>,
		first: u64,
		last: u64,
	) -> Option<BoxFuture<'static, Flown>> {
		let now = self.clock.ticks();
		let gate = match self.gate(lane) {
			Ok(gate) => gate,
			Err(Barrier::Channel(refusal)) => {
				let block = self.snapshot().map_or(0, |s| s.block);
				self.close_channel(lane.channel, refusal, block);
				return None;
			}
			Err(Barrier::Node) => {
				// The channel's lanes to nodes that are there flow.
				let block = self.snapshot().map_or(0, |s| s.block);
				self.open_channel(lane.channel, block);
				return None;
			}
			Err(Barrier::Key) => {
				sender.state.lock().failed(first, Obstacle::NoKey, now, self.jitter());
				return None;
			}
		};
		let Some((gate, sealed)) = self.sealed(lane, gate, (first, last), now).await else {
			sender.state.lock().postponed(Obstacle::Busy, now, UNSEALED_PAUSE_MS);
			return None;
		};
		let sealed = match sealed {
			Ok(sealed) => sealed,
			Err(Hindrance::Rate(pause_ms)) => {
				sender.state.lock().postponed(Obstacle::Rate, now, pause_ms);
				return None;
			}
			Err(Hindrance::Log(error)) => {
				log::error!(target: LOG_TARGET, "Lane {lane} cannot read packet {first}: {error}");
				*sender.error.lock() = Some((error, self.clock.now_ms()));
				sender
					.state
					.lock()
					.failed(first, Obstacle::Unreachable, now, self.jitter());
				return None;
			}
		};
		let Sealed {
			first,
			last,
			bytes,
			packets_hash,
			created_at,
			batches,
		} = sealed;
		sender.state.lock().sent(first, last, now);
		*sender.last_attempt.lock() = Some(now);
		self.metrics.bytes_sent.inc_by(bytes.len() as u64);
		let (transport, clock, node) = (self.transport.clone(), self.clock.clone(), gate.node);
		let patience = Duration::from_millis(self.config.request_patience_ms);
		Some(Box::pin(async move {
			let started = Instant::now();
			let request = transport.request(&node.peer, &node.addresses, bytes);
			let answer = timeout(clock.as_ref(), patience, request)
				.await
				.unwrap_or(Err(TransportError::Timeout));
			Flown {
				first,
				last,
				packets_hash,
				created_at,
				batches,
				node,
				started,
				answer,
			}
		}))
	}

	/// The next envelope of a lane. What is far back in the log is read apart; `None` where the chain says otherwise by then.
	async fn sealed(
		self: &Arc<Self>,
		lane: LaneId,
		gate: Gate,
		(first, last): (u64, u64),
		now: Ticks,
	) -> Option<(Gate, Result<Sealed, Hindrance>)> {
		if !self.is_cold(&lane, first) {
			let sealed = self.seal(lane, &gate, first, last, now);
			return Some((gate, sealed));
		}
		let work = move |courier: Arc<Self>| async move { courier.seal(lane, &gate, first, last, now) };
		let sealed = self.apart("courier-seal", work).await?;
		// Nothing leaves on the leave of a block that is not the newest any more.
		Some((self.gate(lane).ok()?, sealed))
	}

	/// Spreads attempts: 0 to 1023.
	pub(super) fn jitter(&self) -> u16 {
		u16::from_le_bytes(random::bytes(self.random.as_ref())) % 1024
	}

	/// Why a lane waits.
	pub(crate) fn waiting(&self, sender: &Sender) -> Option<Waiting> {
		let state = sender.state.lock();
		if let Some((refusal, at)) = state.closed() {
			return Some(Waiting::ChannelClosed { refusal, at });
		}
		if state.is_drained() {
			return None;
		}
		let error = sender.error.lock().clone();
		let (text, at) = error.unwrap_or_default();
		let shown = |ticks| moment_of(self.clock.as_ref(), ticks);
		match state.obstacle() {
			Some((Obstacle::Unreachable, since, retry_at)) => Some(Waiting::PartnerUnreachable {
				since: shown(since),
				error: text,
				retry_at: shown(retry_at),
			}),
			Some((Obstacle::Refused, _, retry_at)) => Some(Waiting::PartnerRefused {
				code: text,
				at,
				retry_at: shown(retry_at),
			}),
			Some((Obstacle::Busy, _, retry_at)) => Some(Waiting::PartnerBusy {
				retry_at: shown(retry_at),
			}),
			Some((Obstacle::Rate, _, retry_at)) => Some(Waiting::RateLimited {
				retry_at: shown(retry_at),
			}),
			Some((Obstacle::NoKey, ..)) => Some(Waiting::NoPartnerKey),
			None => match state.in_flight_since() {
				Some(since) => Some(Waiting::InFlight { since: shown(since) }),
				None => Some(Waiting::Queued { packets_ahead: 0 }),
			},
		}
	}
}
