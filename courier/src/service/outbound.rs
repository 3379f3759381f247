// SPDX-License-Identifier: Apache-2.0

//! Sending: one task per lane, woken by new packets, by the end of a pause, by the partner, by the off-chain worker.

use super::{Courier, LOG_TARGET};
use crate::{
	api::{LaneId, Waiting},
	book::Book,
	chain::Snapshot,
	cutting::{Note, Outbox},
	keys,
	lane::{
		sender::{Next, Obstacle},
		Bucket, SendLane,
	},
	protocol::{
		answer::packets_hash, seal::Suite, Answer, Envelope, Packet, Receipt, RefusalReason, Refused, Signed,
		MAX_PACKETS,
	},
	records::{self, Delivered},
	transport::{Misbehaviour, TransportError},
};
use codec::Encode;
use futures::{
	future::BoxFuture,
	stream::{FuturesUnordered, StreamExt},
};
use hashbrown::HashMap;
use parking_lot::{Mutex, RwLock};
use rand::Rng;
use sealane_primitives::{
	directory::{Authorisation, NodeEntry, Refusal},
	ids::{BlockNumber, ChannelId, Digest, Moment},
	keys::Purpose,
};
use std::{
	collections::BTreeMap,
	sync::Arc,
	time::{Duration, Instant},
};
use tokio::sync::{mpsc, Notify};

/// Smallest pause after which the off-chain worker's dispatch ends a back-off early, in milliseconds.
const DISPATCH_PATIENCE_MS: u64 = 10_000;

/// The sending side of one lane, as its task and others see it.
pub(crate) struct Sender {
	pub(crate) state: Mutex<SendLane>,
	notify: Notify,
	/// What the last failed attempt ended with.
	error: Mutex<Option<(String, Moment)>>,
	/// Receipts that wait for one before them: by first sequence.
	early: Mutex<BTreeMap<u64, Delivered>>,
	last_attempt: Mutex<Moment>,
}

/// The sending sides of all lanes.
pub struct Senders {
	lanes: RwLock<HashMap<LaneId, Arc<Sender>>>,
	buckets: Mutex<HashMap<ChannelId, Bucket>>,
	new: mpsc::UnboundedSender<LaneId>,
}

impl Senders {
	/// The senders of a recovered book. `new` learns of lanes that need a task.
	pub(crate) fn new(book: &Book, new: mpsc::UnboundedSender<LaneId>) -> Self {
		let senders = Senders {
			lanes: RwLock::default(),
			buckets: Mutex::default(),
			new,
		};
		for (id, lane) in book.lanes.iter().filter(|(_, lane)| lane.outgoing) {
			let mut state = SendLane::new(lane.packets(), lane.delivered);
			if let Some((refusal, at)) = lane.closed {
				state.close(refusal, at);
			}
			senders.insert(*id, state);
		}
		senders
	}

	fn insert(&self, lane: LaneId, state: SendLane) -> Arc<Sender> {
		let sender = Arc::new(Sender {
			state: Mutex::new(state),
			notify: Notify::new(),
			error: Mutex::default(),
			early: Mutex::default(),
			last_attempt: Mutex::default(),
		});
		let sender = self.lanes.write().entry(lane).or_insert(sender).clone();
		// The receiver ends with the courier.
		let _ = self.new.send(lane);
		sender
	}

	pub(crate) fn get(&self, lane: &LaneId) -> Option<Arc<Sender>> {
		self.lanes.read().get(lane).cloned()
	}

	pub(crate) fn all(&self) -> Vec<(LaneId, Arc<Sender>)> {
		self.lanes
			.read()
			.iter()
			.map(|(lane, sender)| (*lane, sender.clone()))
			.collect()
	}

	pub(crate) fn channels(&self) -> Vec<ChannelId> {
		let mut channels: Vec<_> = self.lanes.read().keys().map(|lane| lane.channel).collect();
		channels.sort_unstable();
		channels.dedup();
		channels
	}

	pub(crate) fn notify_all(&self) {
		self.lanes.read().values().for_each(|sender| sender.notify.notify_one());
	}

	/// Close the lanes of a channel; gives those that were open, or closed for another reason.
	pub(crate) fn close(&self, channel: ChannelId, refusal: Refusal, at: BlockNumber) -> Vec<LaneId> {
		self.each(channel, |sender| sender.state.lock().close(refusal, at))
	}

	/// Open the lanes of a channel; gives those that were closed.
	pub(crate) fn reopen(&self, channel: ChannelId) -> Vec<LaneId> {
		self.each(channel, |sender| sender.state.lock().reopen())
	}

	/// Let the lanes of a channel try again, those at least that have not just tried.
	pub(crate) fn dispatch(&self, channel: ChannelId, now: Moment) {
		self.each(channel, |sender| {
			let patient = now.saturating_sub(*sender.last_attempt.lock()) >= DISPATCH_PATIENCE_MS;
			if patient {
				sender.state.lock().wake();
			}
			patient
		});
	}

	/// The partner's node is there: try its lanes at once.
	pub(crate) fn partner_alive(&self, lane: &LaneId) {
		if let Some(sender) = self.get(lane) {
			let mut state = sender.state.lock();
			if matches!(state.obstacle(), Some((Obstacle::Unreachable, ..))) {
				state.wake();
				drop(state);
				sender.notify.notify_one();
			}
		}
	}

	pub(crate) fn retry(&self, lane: &LaneId) -> bool {
		let Some(sender) = self.get(lane) else { return false };
		sender.state.lock().wake();
		sender.notify.notify_one();
		true
	}

	fn each(&self, channel: ChannelId, act: impl Fn(&Sender) -> bool) -> Vec<LaneId> {
		let mut acted = Vec::new();
		for (lane, sender) in self.lanes.read().iter().filter(|(lane, _)| lane.channel == channel) {
			if act(sender) {
				sender.notify.notify_one();
				acted.push(*lane);
			}
		}
		acted
	}

	/// Take `orders` of the grant's rate; otherwise milliseconds to wait.
	fn take(&self, authorisation: &Authorisation, orders: u32, now: Moment) -> Result<(), u64> {
		let Some(rate) = authorisation.orders_per_minute else {
			return Ok(());
		};
		let mut buckets = self.buckets.lock();
		let bucket = buckets
			.entry(authorisation.channel)
			.or_insert_with(|| Bucket::new(rate, now));
		if bucket.per_minute() != rate {
			*bucket = Bucket::new(rate, now);
		}
		bucket.take(orders, now)
	}
}

impl Outbox for Arc<Senders> {
	fn extended(&self, lane: LaneId, cut: u64) {
		let sender = self
			.get(&lane)
			.unwrap_or_else(|| self.insert(lane, SendLane::new(0, 0)));
		sender.state.lock().extend(cut);
		sender.notify.notify_one();
	}
}

/// What a partner's node needs to be sent something.
struct Gate {
	snapshot: Arc<Snapshot>,
	authorisation: Authorisation,
	node: NodeEntry,
	sealing_key: [u8; 32],
}

/// An envelope ready to go.
struct Sealed {
	first: u64,
	last: u64,
	bytes: Vec<u8>,
	packets_hash: Digest,
}

/// An envelope that got an answer, or none.
struct Flown {
	first: u64,
	last: u64,
	packets_hash: Digest,
	node: NodeEntry,
	started: Instant,
	answer: Result<Vec<u8>, TransportError>,
}

impl Courier {
	pub(super) async fn run_lanes(self: Arc<Self>, mut lanes: mpsc::UnboundedReceiver<LaneId>) {
		loop {
			let lane = tokio::select! {
				lane = lanes.recv() => lane,
				_ = self.stopped() => return,
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
		while !self.is_stopped() {
			self.note_receipts(&sender);
			let next = sender.state.lock().next(self.clock.now_ms());
			let wait = match next {
				Next::Send { first, last } => {
					if let Some(flight) = self.take_off(lane, &sender, first, last) {
						flights.push(flight);
					}
					None
				}
				Next::WaitUntil(at) => Some(Duration::from_millis(at.saturating_sub(self.clock.now_ms()).max(1))),
				Next::Idle => Some(Duration::MAX),
			};
			let Some(wait) = wait else { continue };
			tokio::select! {
				Some(flown) = flights.next(), if !flights.is_empty() => self.landed(lane, &sender, flown),
				_ = sender.notify.notified() => (),
				_ = tokio::time::sleep(wait), if wait != Duration::MAX => (),
				_ = self.stopped() => return,
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
	fn take_off(
		self: &Arc<Self>,
		lane: LaneId,
		sender: &Arc<Sender>,
		first: u64,
		last: u64,
	) -> Option<BoxFuture<'static, Flown>> {
		let now = self.clock.now_ms();
		let gate = match self.gate(lane) {
			Ok(gate) => gate,
			Err(Barrier::Channel(refusal)) => {
				let block = self.snapshot().map_or(0, |s| s.block);
				self.close_channel(lane.channel, refusal, block);
				return None;
			}
			Err(Barrier::Node) => {
				self.held(sender, first, Refusal::NodeUnknown, now);
				return None;
			}
			Err(Barrier::Key) => {
				sender.state.lock().failed(first, Obstacle::NoKey, now, jitter());
				return None;
			}
		};
		let sealed = match self.seal(lane, &gate, first, last, now) {
			Ok(sealed) => sealed,
			Err(Hindrance::Rate(pause_ms)) => {
				sender.state.lock().postponed(None, Obstacle::Rate, now, pause_ms);
				return None;
			}
			Err(Hindrance::Refused(refusal)) => {
				self.held(sender, first, refusal, now);
				return None;
			}
			Err(Hindrance::Log(error)) => {
				log::error!(target: LOG_TARGET, "Lane {lane} cannot read packet {first}: {error}");
				*sender.error.lock() = Some((error, now));
				sender.state.lock().failed(first, Obstacle::Unreachable, now, jitter());
				return None;
			}
		};
		let Sealed {
			first,
			last,
			bytes,
			packets_hash,
		} = sealed;
		sender.state.lock().sent(first, last, now);
		*sender.last_attempt.lock() = now;
		self.metrics.bytes_sent.inc_by(bytes.len() as u64);
		let (transport, node) = (self.transport.clone(), gate.node);
		Some(Box::pin(async move {
			let started = Instant::now();
			let answer = transport.request(&node.peer, &node.addresses, bytes).await;
			Flown {
				first,
				last,
				packets_hash,
				node,
				started,
				answer,
			}
		}))
	}

	/// This lane waits for the chain to allow what is next in it; the channel's other lanes go on.
	fn held(&self, sender: &Sender, first: u64, refusal: Refusal, now: Moment) {
		*sender.error.lock() = Some((RefusalReason::Chain(refusal).code().into(), now));
		sender.state.lock().failed(first, Obstacle::Refused, now, jitter());
	}

	/// Whether the lane may be sent to now, and how.
	fn gate(&self, lane: LaneId) -> Result<Gate, Barrier> {
		let snapshot = self.snapshot().ok_or(Barrier::Channel(Refusal::NodeUnknown))?;
		let channel = snapshot
			.channel(lane.channel)
			.ok_or(Barrier::Channel(Refusal::ChannelUnknown))?;
		let authorisation = match snapshot.authorise(lane.channel) {
			Ok(authorisation) => authorisation,
			Err(_) if self.config.unchecked_sender => Authorisation {
				channel: lane.channel,
				kinds: sealane_primitives::business::BusinessKinds::ALL,
				valid_until: None,
				orders_per_minute: None,
			},
			Err(refusal) => return Err(Barrier::Channel(refusal)),
		};
		let node = snapshot.partner_node(channel, lane.to).ok_or(Barrier::Node)?;
		let sealing_key = keys::sealing_key(&node.keys, snapshot.block).ok_or(Barrier::Key)?;
		Ok(Gate {
			snapshot,
			authorisation,
			node,
			sealing_key,
		})
	}

	fn seal(&self, lane: LaneId, gate: &Gate, first: u64, last: u64, now: Moment) -> Result<Sealed, Hindrance> {
		let positions: Vec<u64> = {
			let book = self.library.book.read();
			let end = last.min(first + MAX_PACKETS as u64 - 1);
			(first..=end)
				.map_while(|s| book.slot(&lane, s).map(|slot| slot.position))
				.collect()
		};
		let (mut parts, mut hashes) = (Vec::<Vec<u8>>::new(), Vec::new());
		let (mut shared, mut len, mut orders) = (Vec::new(), 0, 0u32);
		for position in positions {
			let record = self
				.library
				.reader()
				.read(position)
				.map_err(|e| Hindrance::Log(e.to_string()))?;
			let (packet, trailer) =
				records::split_packet(&record.payload).map_err(|e| Hindrance::Log(e.to_string()))?;
			if len > 0 && len + packet.bytes.len() > crate::protocol::MAX_PLAINTEXT_LEN {
				break;
			}
			if !gate.authorisation.kinds.contains_all(packet.header.kinds) {
				// What was allowed goes first.
				if shared.is_empty() {
					return Err(Hindrance::Refused(Refusal::KindNotGranted));
				}
				break;
			}
			len += packet.bytes.len();
			orders += if packet.header.kind.is_answer() {
				0
			} else {
				packet.header.count
			};
			hashes.push(packet.hash());
			match self.signed_anew(gate, &packet, &trailer.signer) {
				Some(fresh) => {
					shared.push(Err(parts.len()));
					parts.push(fresh);
				}
				None => shared.push(Ok(packet.bytes)),
			}
		}
		if shared.is_empty() {
			return Err(Hindrance::Log("no packet with this sequence".into()));
		}
		self.senders
			.take(&gate.authorisation, orders, now)
			.map_err(Hindrance::Rate)?;
		let mut envelope = Envelope::with_capacity(len);
		for part in &shared {
			match part {
				Ok(bytes) => envelope.push(bytes),
				Err(at) => envelope.push(&parts[*at]),
			}
		}
		let suite = if self.config.prefer_aes {
			Suite::Aes256Gcm
		} else {
			Suite::ChaCha20Poly1305
		};
		let bytes = envelope
			.seal(suite, &self.genesis, lane, first, &gate.sealing_key)
			.map_err(|e| Hindrance::Log(e.to_string()))?;
		let last = first + hashes.len() as u64 - 1;
		Ok(Sealed {
			first,
			last,
			bytes,
			packets_hash: packets_hash(hashes.iter()),
		})
	}

	/// The packet with a signature of the key that is valid now, where the one that signed it is over.
	fn signed_anew(&self, gate: &Gate, packet: &Packet, signer: &[u8; 8]) -> Option<Vec<u8>> {
		let listed = &gate.snapshot.me()?.keys;
		let still_valid = listed
			.iter()
			.any(|k| k.signing.starts_with(signer) && k.is_valid_at(gate.snapshot.block));
		if still_valid {
			return None;
		}
		let pair = self.keys.signer(listed, gate.snapshot.block)?;
		let signature = pair.sign(Purpose::Packet, &self.genesis, packet.header_bytes());
		let mut bytes = packet.bytes.to_vec();
		bytes[packet.head_len - 64..packet.head_len].copy_from_slice(&signature);
		Some(bytes)
	}

	fn landed(&self, lane: LaneId, sender: &Sender, flown: Flown) {
		let now = self.clock.now_ms();
		let answer = match &flown.answer {
			Err(error) => {
				let text = error.to_string();
				self.metrics.send_failures.with_label_values(&["transport"]).inc();
				log::debug!(target: LOG_TARGET, "Lane {lane}: packets from {} on: {text}", flown.first);
				*sender.error.lock() = Some((text, now));
				sender
					.state
					.lock()
					.failed(flown.first, Obstacle::Unreachable, now, jitter());
				return;
			}
			Ok(bytes) => Answer::parse(bytes),
		};
		match answer {
			Ok(Answer::Stored(receipt)) if self.is_receipt(lane, &flown, &receipt) => {
				self.metrics
					.delivery_seconds
					.observe(flown.started.elapsed().as_secs_f64());
				self.metrics.packets_delivered.inc_by(flown.last - flown.first + 1);
				self.stored(sender, Delivered { at: now, receipt });
			}
			Ok(Answer::Refused(refused)) if self.is_refusal(lane, &flown, &refused) => {
				let code = refused.what.reason.code();
				self.metrics.send_failures.with_label_values(&[code]).inc();
				log::info!(target: LOG_TARGET, "Lane {lane}: the partner refuses packet {}: {code}", flown.first);
				*sender.error.lock() = Some((code.into(), now));
				sender
					.state
					.lock()
					.failed(flown.first, Obstacle::Refused, now, jitter());
			}
			Ok(Answer::Expected { sequence }) => {
				if !sender.state.lock().expected(flown.first, sequence, now, jitter()) {
					log::warn!(
						target: LOG_TARGET,
						"Lane {lane}: the partner expects packet {sequence}, which cannot be; has it lost its log?",
					);
					*sender.error.lock() = Some((format!("partner expects packet {sequence}"), now));
				}
			}
			Ok(Answer::Busy { retry_after_ms }) => {
				self.metrics.send_failures.with_label_values(&["busy"]).inc();
				let pause = u64::from(retry_after_ms);
				sender
					.state
					.lock()
					.postponed(Some(flown.first), Obstacle::Busy, now, pause);
			}
			Ok(Answer::Stored(_) | Answer::Refused(_)) | Err(_) => {
				self.misbehaved(&flown.node.peer, Misbehaviour::BadAnswer);
				*sender.error.lock() = Some(("an answer that proves nothing".into(), now));
				sender
					.state
					.lock()
					.failed(flown.first, Obstacle::Unreachable, now, jitter());
			}
		}
	}

	fn stored(&self, sender: &Sender, delivered: Delivered) {
		let (first, last) = (
			delivered.receipt.what.first_sequence,
			delivered.receipt.what.last_sequence,
		);
		sender.early.lock().insert(first, delivered);
		sender.state.lock().stored(first, last);
		self.note_receipts(sender);
	}

	/// Note receipts in the order of their packets, so that a log never says that a gap was delivered. What the queue to the disk has no
	/// room for is noted the next time.
	fn note_receipts(&self, sender: &Sender) {
		let acked = sender.state.lock().acked();
		let mut early = sender.early.lock();
		while let Some(entry) = early.first_entry() {
			if entry.get().receipt.what.last_sequence >= acked || !self.note(Note::Delivered(entry.get().clone())) {
				break;
			}
			entry.remove();
		}
	}

	fn is_receipt(&self, lane: LaneId, flown: &Flown, receipt: &Signed<Receipt>) -> bool {
		let what = &receipt.what;
		what.lane == lane
			&& what.first_sequence == flown.first
			&& what.last_sequence == flown.last
			&& what.packets_hash == flown.packets_hash
			&& self.is_signed(&flown.node, Purpose::Receipt, &what.encode(), &receipt.signature)
	}

	fn is_refusal(&self, lane: LaneId, flown: &Flown, refused: &Signed<Refused>) -> bool {
		refused.what.lane == lane
			&& (flown.first..=flown.last).contains(&refused.what.first_sequence)
			&& self.is_signed(
				&flown.node,
				Purpose::Refusal,
				&refused.what.encode(),
				&refused.signature,
			)
	}

	fn is_signed(&self, node: &NodeEntry, purpose: Purpose, message: &[u8], signature: &[u8; 64]) -> bool {
		// The key may have come with a block that arrived while the envelope was on its way.
		let snapshot = self.snapshot();
		let newest = snapshot.as_ref().and_then(|s| {
			let nodes = s.directory.channels.iter().flat_map(|c| &c.partner.nodes);
			nodes.into_iter().find(|n| n.id == node.id)
		});
		let block = snapshot.as_ref().map_or(0, |s| s.block);
		keys::verify(
			&newest.unwrap_or(node).keys,
			block,
			purpose,
			&self.genesis,
			message,
			signature,
		)
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
		match state.obstacle() {
			Some((Obstacle::Unreachable, since, retry_at)) => Some(Waiting::PartnerUnreachable {
				since,
				error: text,
				retry_at,
			}),
			Some((Obstacle::Refused, _, retry_at)) => Some(Waiting::PartnerRefused {
				code: text,
				at,
				retry_at,
			}),
			Some((Obstacle::Busy, _, retry_at)) => Some(Waiting::PartnerBusy { retry_at }),
			Some((Obstacle::Rate, _, retry_at)) => Some(Waiting::RateLimited { retry_at }),
			Some((Obstacle::NoKey, ..)) => Some(Waiting::NoPartnerKey),
			None => match state.in_flight_since() {
				Some(since) => Some(Waiting::InFlight { since }),
				None => Some(Waiting::Queued { packets_ahead: 0 }),
			},
		}
	}
}

/// Why nothing is sent on a lane now.
enum Barrier {
	/// The channel is not open.
	Channel(Refusal),
	/// The partner has no such node any more.
	Node,
	/// The partner's node has no key that is valid now.
	Key,
}

/// Why an envelope is not sealed now.
enum Hindrance {
	/// Not before so many milliseconds.
	Rate(u64),
	/// The grant does not cover the next packet.
	Refused(Refusal),
	/// The log does not give the packet.
	Log(String),
}

fn jitter() -> u16 {
	rand::thread_rng().gen_range(0..1024)
}
