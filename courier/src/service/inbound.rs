// SPDX-License-Identifier: Apache-2.0

//! Receiving: what comes in is looked at cheapest first, and answered when the disk has it.

use super::{Courier, LOG_TARGET};
use crate::{
	api::LaneId,
	book::Book,
	chain::Snapshot,
	clock::timeout,
	cutting::{Inbound, InboundError, InboundPacket, InboundReply, Submission},
	evidence, keys,
	lane::{Bucket, Offer, ReceiveLane},
	protocol::{
		answer::packets_hash,
		envelope::{self, EnvelopeHead},
		Answer, PacketHeader, PacketKind, Receipt, RefusalReason, Refused, Signed, WireError, VERSION,
	},
	transport::{InboundRequest, InboundRequests, Misbehaviour, Reply},
};
use codec::Encode;
use futures::StreamExt;
use hashbrown::HashMap;
use parking_lot::{Mutex, RwLock};
use sealane_primitives::{
	business::BusinessKind,
	directory::{Authorisation, ChannelEntry, NodeEntry, Refusal},
	ids::{BlockNumber, ChannelId},
	keys::Purpose,
};
use std::{sync::Arc, time::Duration};
use tokio::sync::oneshot;

/// Longest time an envelope waits for those before it. The sender's request ends later.
const PARK_TIMEOUT: Duration = Duration::from_secs(8);
/// What a partner is told when this node is busy, in milliseconds.
const BUSY_RETRY_MS: u32 = 200;
/// What a partner is told when this node's disk is full, in milliseconds.
const FULL_RETRY_MS: u32 = 5_000;

/// An opened envelope on its way into the log.
struct Opened {
	packets: Vec<InboundPacket>,
	authorised_at: BlockNumber,
	len: usize,
	reply: InboundReply,
}

/// The receiving sides of all lanes.
pub(super) struct Receivers {
	lanes: RwLock<HashMap<LaneId, Arc<Mutex<ReceiveLane<Opened>>>>>,
	/// Requests, by peer; only peers that the directory knows get one.
	requests: Mutex<HashMap<Vec<u8>, Bucket>>,
	/// Orders, by channel.
	orders: Mutex<HashMap<ChannelId, Bucket>>,
}

impl Receivers {
	pub(super) fn new(book: &Book) -> Self {
		let lanes = book.lanes.iter().filter(|(_, lane)| !lane.outgoing);
		let lanes = lanes.map(|(id, lane)| (*id, Arc::new(Mutex::new(ReceiveLane::new(lane.packets())))));
		Receivers {
			lanes: RwLock::new(lanes.collect()),
			requests: Mutex::default(),
			orders: Mutex::default(),
		}
	}

	fn lane(&self, lane: LaneId) -> Arc<Mutex<ReceiveLane<Opened>>> {
		if let Some(found) = self.lanes.read().get(&lane) {
			return found.clone();
		}
		self.lanes
			.write()
			.entry(lane)
			.or_insert_with(|| Arc::new(Mutex::new(ReceiveLane::new(0))))
			.clone()
	}
}

/// Why an envelope is not taken.
enum Denial {
	/// Say it signed.
	Refuse(RefusalReason, Option<Misbehaviour>),
	/// Say where the lane is.
	Expected(u64),
	/// Say that it should come again, after so many milliseconds.
	Busy(u32),
	/// Say nothing.
	Silence(Misbehaviour),
}

/// What stands around an envelope.
struct Setting {
	snapshot: Arc<Snapshot>,
	authorisation: Authorisation,
	partner: NodeEntry,
	head: EnvelopeHead,
}

impl Setting {
	/// The channel; it was found before the setting was made.
	fn channel(&self) -> Option<&ChannelEntry> {
		self.snapshot.channel(self.head.lane.channel)
	}
}

impl Courier {
	pub(super) async fn run_inbound(self: Arc<Self>, mut requests: InboundRequests) {
		loop {
			let request = tokio::select! {
				biased;
				_ = self.stopped() => return,
				request = requests.next() => request,
			};
			let Some(InboundRequest { peer, payload, reply }) = request else {
				return;
			};
			let Ok(permit) = self.inbound_permits.clone().try_acquire_owned() else {
				let busy = Answer::Busy {
					retry_after_ms: BUSY_RETRY_MS,
				};
				reply(Reply {
					answer: Some(busy.encode()),
					misbehaviour: None,
				});
				continue;
			};
			let courier = self.clone();
			self.spawn(
				"courier-envelope",
				Box::pin(async move {
					let answer = courier.envelope(&peer, payload).await;
					if let Some(what) = answer.misbehaviour {
						courier.metrics.misbehaviour.with_label_values(&[what.as_str()]).inc();
					}
					reply(answer);
					drop(permit);
				}),
			);
		}
	}

	/// Take one envelope; gives what is said to it.
	async fn envelope(&self, peer: &[u8], payload: Vec<u8>) -> Reply {
		let head = match EnvelopeHead::parse(&payload) {
			Ok(head) => head,
			Err(error) => {
				log::debug!(target: LOG_TARGET, "A request that is no envelope: {error}");
				self.metrics
					.envelopes_refused
					.with_label_values(&["wire.malformed"])
					.inc();
				return Reply {
					answer: None,
					misbehaviour: Some(Misbehaviour::Malformed),
				};
			}
		};
		let said = |answer: Answer| Reply {
			answer: Some(answer.encode()),
			misbehaviour: None,
		};
		match self.take(peer, head, payload).await {
			Ok(answer) => said(answer),
			Err(Denial::Expected(sequence)) => said(Answer::Expected { sequence }),
			Err(Denial::Busy(retry_after_ms)) => said(Answer::Busy { retry_after_ms }),
			Err(Denial::Silence(what)) => Reply {
				answer: None,
				misbehaviour: Some(what),
			},
			Err(Denial::Refuse(reason, misbehaviour)) => {
				self.metrics.envelopes_refused.with_label_values(&[reason.code()]).inc();
				log::debug!(target: LOG_TARGET, "Lane {}: refused: {}", head.lane, reason.code());
				Reply {
					answer: self.refusal(&head, reason).map(|a| a.encode()),
					misbehaviour,
				}
			}
		}
	}

	async fn take(&self, peer: &[u8], head: EnvelopeHead, payload: Vec<u8>) -> Result<Answer, Denial> {
		let setting = self.setting(peer, head)?;
		self.senders.partner_alive(&head.lane.opposite());
		let lane = self.receivers.lane(head.lane);
		{
			let lane = lane.lock();
			if head.last_sequence() < lane.next() {
				drop(lane);
				return self.receipt(&setting);
			}
		}
		let len = payload.len();
		let packets = self.open(&setting, payload)?;
		let mut inbound = Vec::with_capacity(packets.len());
		for packet in packets {
			inbound.push(self.check_packet(&setting.snapshot, packet).map_err(|error| {
				log::error!(target: LOG_TARGET, "Lane {}: {error}", head.lane);
				Denial::Busy(FULL_RETRY_MS)
			})?);
		}
		let entries: u64 = inbound.iter().map(|p| u64::from(p.view.packet.header.count)).sum();
		let rejected: usize = inbound.iter().map(|p| p.rejections.len()).sum();
		let disputed = inbound
			.iter()
			.filter(|p| p.view.packet.header.kind.is_answer() && !p.root_matches)
			.count();
		let (reply, stored) = oneshot::channel();
		let opened = Opened {
			packets: inbound,
			authorised_at: setting.snapshot.block,
			len,
			reply,
		};
		self.offer(&lane, &head, opened);
		match timeout(self.clock.as_ref(), PARK_TIMEOUT, stored).await {
			Some(Ok(Ok(()))) => {
				self.metrics.packets_received.inc_by(head.count.into());
				self.metrics.entries_received.inc_by(entries);
				self.metrics.technical_rejections.inc_by(rejected as u64);
				self.metrics.batches_disputed.inc_by(disputed as u64);
				self.receipt(&setting)
			}
			Some(Ok(Err(InboundError::AlreadyStored))) => self.receipt(&setting),
			Some(Ok(Err(InboundError::OutOfOrder { expected }))) => Err(Denial::Expected(expected)),
			Some(Ok(Err(InboundError::NotStored(error)))) => {
				log::warn!(target: LOG_TARGET, "Lane {}: packets were not stored: {error}", head.lane);
				self.rewind(&lane, head.lane);
				Err(Denial::Busy(FULL_RETRY_MS))
			}
			Some(Ok(Err(InboundError::NoKey | InboundError::Busy)) | Err(_)) => {
				self.rewind(&lane, head.lane);
				Err(Denial::Busy(BUSY_RETRY_MS))
			}
			None => Err(Denial::Expected(lane.lock().next())),
		}
	}

	/// The checks that need no cryptography.
	fn setting(&self, peer: &[u8], head: EnvelopeHead) -> Result<Setting, Denial> {
		let chain = |refusal, misbehaviour| Denial::Refuse(RefusalReason::Chain(refusal), misbehaviour);
		let snapshot = self.snapshot().ok_or(Denial::Busy(FULL_RETRY_MS))?;
		if snapshot.node_of_peer(peer).is_none() {
			self.metrics
				.envelopes_refused
				.with_label_values(&["chain.node_unknown"])
				.inc();
			return Err(Denial::Silence(Misbehaviour::Unauthorised));
		}
		let now = self.clock.now_ms();
		{
			let mut requests = self.receivers.requests.lock();
			if !requests.contains_key(peer) {
				// Peers come and go with the directory; those that are gone leave no bucket behind for ever.
				requests.retain(|known, _| snapshot.node_of_peer(known).is_some());
			}
			let rate = self.config.max_requests_per_minute;
			let bucket = requests.entry_ref(peer).or_insert_with(|| Bucket::new(rate, now));
			if let Err(pause_ms) = bucket.take(1, now) {
				return Err(Denial::Busy(pause_ms.max(BUSY_RETRY_MS.into()) as u32));
			}
		}
		let channel = snapshot
			.channel(head.lane.channel)
			.ok_or_else(|| chain(Refusal::ChannelUnknown, Some(Misbehaviour::Unauthorised)))?;
		let partner = snapshot
			.partner_node(channel, head.lane.from)
			.filter(|node| &node.peer[..] == peer && head.lane.to == snapshot.directory.node)
			.ok_or_else(|| chain(Refusal::NotAParty, Some(Misbehaviour::Unauthorised)))?;
		// A grant may end while an envelope is on its way: that alone is no misbehaviour.
		let authorisation = snapshot
			.authorise(head.lane.channel)
			.map_err(|refusal| chain(refusal, None))?;
		Ok(Setting {
			authorisation,
			partner,
			head,
			snapshot,
		})
	}

	/// Open the seal and check the headers, the hashes and the signatures.
	fn open(&self, setting: &Setting, payload: Vec<u8>) -> Result<Vec<crate::protocol::Packet>, Denial> {
		let Setting {
			snapshot,
			partner,
			head,
			..
		} = setting;
		let key = self
			.keys
			.opener(&head.sealing_key)
			.ok_or(Denial::Refuse(RefusalReason::SealingKeyUnknown, None))?;
		let packets = envelope::open(payload, head, &self.genesis, key).map_err(|error| {
			log::debug!(target: LOG_TARGET, "Lane {}: {error}", head.lane);
			let reason = match error {
				WireError::Seal => RefusalReason::SealBroken,
				WireError::Version { .. } => RefusalReason::Version,
				WireError::Mismatch { .. } => RefusalReason::HeaderMismatch,
				_ => RefusalReason::Malformed,
			};
			Denial::Refuse(reason, Some(Misbehaviour::Malformed))
		})?;
		let mut orders = 0u32;
		for packet in &packets {
			self.check_header(setting, &packet.header)?;
			orders = orders.saturating_add(if packet.header.kind.is_answer() {
				0
			} else {
				packet.header.count
			});
		}
		self.take_rate(&setting.authorisation, orders)?;
		for packet in &packets {
			if !packet.body_matches() {
				return Err(Denial::Refuse(
					RefusalReason::HeaderMismatch,
					Some(Misbehaviour::Forged),
				));
			}
			let signed = keys::verify(
				&partner.keys,
				snapshot.block,
				Purpose::Packet,
				&self.genesis,
				packet.header_bytes(),
				&packet.signature,
			);
			if !signed || !self.batch_is_signed(partner, &packet.header) {
				return Err(Denial::Refuse(
					RefusalReason::SignatureInvalid,
					Some(Misbehaviour::Forged),
				));
			}
		}
		Ok(packets)
	}

	fn check_header(&self, setting: &Setting, header: &PacketHeader) -> Result<(), Denial> {
		let chain = |refusal, misbehaviour| Err(Denial::Refuse(RefusalReason::Chain(refusal), misbehaviour));
		let Some(channel) = setting.channel() else {
			return chain(Refusal::ChannelUnknown, None);
		};
		// Orders come from the seller, answers from the issuer.
		if header.kind.is_answer() != setting.snapshot.sells(channel) {
			return chain(Refusal::NotAParty, Some(Misbehaviour::Unauthorised));
		}
		let registrations = matches!(header.kind, PacketKind::Registrations | PacketKind::RegistrationResults);
		if header.kinds.contains(BusinessKind::Registration) != registrations {
			return Err(Denial::Refuse(
				RefusalReason::HeaderMismatch,
				Some(Misbehaviour::Malformed),
			));
		}
		if !setting.authorisation.kinds.contains_all(header.kinds) {
			return chain(Refusal::KindNotGranted, None);
		}
		let interface = channel.interfaces.iter().find(|i| i.id == header.interface);
		let served_here = interface.is_some_and(|i| i.node == setting.snapshot.directory.node);
		// An answer may come from an interface that has moved or ended since.
		if !header.kind.is_answer() && !served_here {
			return chain(Refusal::InterfaceUnknown, None);
		}
		let now = self.clock.now_ms();
		if header.created_at > now + self.config.clock_tolerance_ms {
			self.metrics.clock_alarms.inc();
			log::warn!(
				target: LOG_TARGET,
				"Lane {}: packet {} is of {} ms in the future: a clock is wrong here or there",
				header.lane, header.sequence, header.created_at - now,
			);
		}
		Ok(())
	}

	fn take_rate(&self, authorisation: &Authorisation, orders: u32) -> Result<(), Denial> {
		let Some(rate) = authorisation.orders_per_minute else {
			return Ok(());
		};
		// A quarter more than the sender allows itself: two clocks never run the same.
		let (rate, now) = (rate.saturating_add(rate / 4), self.clock.now_ms());
		let mut buckets = self.receivers.orders.lock();
		let bucket = buckets
			.entry(authorisation.channel)
			.or_insert_with(|| Bucket::new(rate, now));
		if bucket.per_minute() != rate {
			*bucket = Bucket::new(rate, now);
		}
		bucket.take(orders, now).map_err(|pause_ms| {
			self.metrics
				.envelopes_refused
				.with_label_values(&["chain.rate_exceeded"])
				.inc();
			Denial::Busy(pause_ms.min(60_000) as u32)
		})
	}

	/// Whether the issuer signed the batch that it sends. Its key may be over by now: batches are not signed anew.
	fn batch_is_signed(&self, partner: &NodeEntry, header: &PacketHeader) -> bool {
		let Some(batch) = &header.batch else { return true };
		let message = batch.header.encode();
		partner.keys.iter().any(|key| {
			let key = std::slice::from_ref(key);
			keys::verify(
				key,
				key[0].valid_from,
				Purpose::Batch,
				&self.genesis,
				&message,
				&batch.signature,
			)
		})
	}

	/// Put an envelope in its place, and those that waited for it.
	fn offer(&self, lane: &Mutex<ReceiveLane<Opened>>, head: &EnvelopeHead, opened: Opened) {
		let mut lane = lane.lock();
		let len = opened.len;
		let mut next = Some(lane.offer(head.first_sequence, head.last_sequence(), len, opened));
		while let Some(offer) = next {
			match offer {
				Offer::Parked => (),
				Offer::Repeat(opened) => drop(opened.reply.send(Err(InboundError::AlreadyStored))),
				Offer::Expected { sequence, what } => {
					drop(what.reply.send(Err(InboundError::OutOfOrder { expected: sequence })));
				}
				Offer::Take { from, what } => {
					let Opened {
						mut packets,
						authorised_at,
						len,
						reply,
					} = what;
					packets.retain(|p| p.view.packet.header.sequence >= from);
					let inbound = Inbound {
						lane: head.lane,
						packets,
						authorised_at,
						reply,
					};
					// Under the lane's lock, so that what is next in the lane is next in the queue.
					if let Err((_, refused)) = self.log.try_submit(Submission::Inbound(Box::new(inbound)), len + 512) {
						if let Submission::Inbound(refused) = refused {
							drop(refused.reply.send(Err(InboundError::Busy)));
						}
						for parked in lane.rewind(from) {
							drop(parked.reply.send(Err(InboundError::OutOfOrder { expected: from })));
						}
						return;
					}
				}
			}
			next = lane.release();
		}
	}

	/// After a failure: the lane is where the log is.
	fn rewind(&self, lane: &Mutex<ReceiveLane<Opened>>, id: LaneId) {
		let mut lane = lane.lock();
		let next = self.library.book.read().lanes.get(&id).map_or(0, |l| l.packets());
		for parked in lane.rewind(next) {
			drop(parked.reply.send(Err(InboundError::OutOfOrder { expected: next })));
		}
	}

	/// The receipt for packets that are on disk.
	fn receipt(&self, setting: &Setting) -> Result<Answer, Denial> {
		let Setting { snapshot, head, .. } = setting;
		let busy = || Denial::Busy(BUSY_RETRY_MS);
		let (mut hashes, mut countersignatures) = (Vec::new(), Vec::new());
		let (mut stored_at, mut authorised_at) = (0, 0);
		for sequence in head.first_sequence..=head.last_sequence() {
			let view = self.library.packet(&head.lane, sequence).map_err(|error| {
				log::error!(target: LOG_TARGET, "Lane {}: {error}", head.lane);
				busy()
			})?;
			let view = view.ok_or_else(busy)?;
			hashes.push(view.packet.hash());
			stored_at = view.trailer.at;
			authorised_at = view.trailer.authorised_at;
			let signature = evidence::countersignature(&self.library, &view).ok().flatten();
			countersignatures.extend(signature.map(|s| (sequence, s)));
		}
		let what = Receipt {
			version: VERSION,
			lane: head.lane,
			first_sequence: head.first_sequence,
			last_sequence: head.last_sequence(),
			packets_hash: packets_hash(hashes.iter()),
			stored_at,
			authorised_at,
			countersignatures,
		};
		let signature = self.sign(snapshot, Purpose::Receipt, &what.encode()).ok_or_else(busy)?;
		Ok(Answer::Stored(Signed { what, signature }))
	}

	fn refusal(&self, head: &EnvelopeHead, reason: RefusalReason) -> Option<Answer> {
		let snapshot = self.snapshot()?;
		let what = Refused {
			version: VERSION,
			lane: head.lane,
			first_sequence: head.first_sequence,
			reason,
			at: self.clock.now_ms(),
			block: snapshot.block,
		};
		let signature = self.sign(&snapshot, Purpose::Refusal, &what.encode())?;
		Some(Answer::Refused(Signed { what, signature }))
	}

	fn sign(&self, snapshot: &Snapshot, purpose: Purpose, message: &[u8]) -> Option<[u8; 64]> {
		let pair = self.keys.signer(&snapshot.me()?.keys, snapshot.block)?;
		Some(pair.sign(purpose, &self.genesis, message))
	}
}
