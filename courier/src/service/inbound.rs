// SPDX-License-Identifier: Apache-2.0

//! Receiving: what comes in is looked at cheapest first, and answered when the disk has it. Every step draws from the partner's
//! [budget](crate::budget).

use super::{
	check::{CheckError, OpenedPacket},
	Courier, LOG_TARGET,
};
use crate::{
	api::LaneId,
	attesting,
	book::{Acknowledged, Book},
	budget::{Exhausted, Share},
	chain::Snapshot,
	clock::{timeout, Ticks},
	cutting::{Inbound, InboundError, InboundPacket, InboundReply, Submission},
	keys,
	lane::{Bucket, Offer, ReceiveLane},
	protocol::{
		answer::packets_hash,
		envelope::{self, EnvelopeHead},
		Answer, BlockRef, Packet, PacketHeader, PacketKind, Receipt, RefusalReason, Refused, Signed, StoreClaim,
		WireError, VERSION,
	},
	refusals::Happened,
	stores::Verdict,
	transport::{InboundRequest, InboundRequests, Misbehaviour, Reply},
};
use codec::Encode;
use futures::StreamExt;
use hashbrown::HashMap;
use parking_lot::{Mutex, RwLock};
use sealane_primitives::{
	business::{BusinessKind, BusinessKinds},
	directory::{Authorisation, ChannelEntry, NodeEntry, Refusal},
	evidence::{Attestation, Side},
	ids::{ChannelId, MemberId, NodeId},
	keys::Purpose,
};
use std::{sync::Arc, time::Duration};
use tokio::sync::oneshot;

/// Longest time an envelope waits for those before it. The sender's request ends later.
const PARK_TIMEOUT: Duration = Duration::from_secs(8);
/// What a partner is told when this node is busy, in milliseconds.
pub(super) const BUSY_RETRY_MS: u32 = 200;
/// What a partner is told when this node's disk is full, in milliseconds.
pub(super) const FULL_RETRY_MS: u32 = 5_000;
/// What a partner is told whose packets are on their way to the disk already, in milliseconds.
const QUEUED_RETRY_MS: u32 = 50;
/// Most bytes that are read from the log for one receipt.
const MAX_RECEIPT_READ: usize = 16 * 1024 * 1024;

/// An opened envelope on its way into the log.
struct Opened {
	packets: Vec<InboundPacket>,
	/// The block against whose state it was checked.
	authorised_at: BlockRef,
	reply: InboundReply,
	/// Its share of what may wait for others.
	parked: Option<Share>,
	/// From which store it came.
	store: StoreClaim,
}

impl Opened {
	fn bytes(&self) -> usize {
		self.packets.iter().map(|packet| packet.view.packet.bytes.len()).sum()
	}
}

/// The receiving sides of all lanes.
pub(super) struct Receivers {
	/// When a store of each node took over last.
	pub(super) taken_over: Mutex<HashMap<NodeId, Ticks>>,
	lanes: RwLock<HashMap<LaneId, Arc<Mutex<ReceiveLane<Opened>>>>>,
	/// Orders, by channel.
	orders: Mutex<HashMap<ChannelId, Bucket>>,
}

impl Receivers {
	pub(super) fn new(book: &Book) -> Self {
		let lanes = book.lanes.iter().filter(|(_, lane)| !lane.outgoing);
		let lanes = lanes.map(|(id, lane)| (*id, Arc::new(Mutex::new(ReceiveLane::new(lane.packets())))));
		Receivers {
			taken_over: Mutex::default(),
			lanes: RwLock::new(lanes.collect()),
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
pub(super) enum Denial {
	/// Say it signed.
	Refuse(RefusalReason, Option<Misbehaviour>),
	/// Say signed that this packet has entries that cannot be read, and which: runs of (first, length).
	Unreadable(u64, Vec<(u32, u32)>),
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
	member: MemberId,
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
			let member = self.snapshot().and_then(|snapshot| partner_of(&snapshot, &peer));
			let permit = match member.map(|member| self.enter(member, &peer, payload.len())) {
				Some(Ok(permit)) => Some(permit),
				Some(Err(answer)) => {
					reply(Reply {
						answer: Some(answer.encode()),
						misbehaviour: None,
					});
					continue;
				}
				// Nobody's peer: that is found out at once, and costs nothing.
				None => None,
			};
			let courier = self.clone();
			self.spawn(
				"courier-envelope",
				Box::pin(async move {
					let answer = courier.envelope(&peer, payload, permit).await;
					if let Some(what) = answer.misbehaviour {
						courier.metrics.misbehaviour.with_label_values(&[what.as_str()]).inc();
					}
					reply(answer);
				}),
			);
		}
	}

	/// Leave for a partner's request to be opened, or what is said to it.
	fn enter(&self, member: MemberId, peer: &[u8], len: usize) -> Result<Share, Answer> {
		self.budgets.enter(member, len, self.clock.ticks()).map_err(|denied| {
			if denied.flooding {
				log::warn!(target: LOG_TARGET, "Member {member} goes on sending although it is told to wait");
				self.misbehaved(peer, Misbehaviour::Flooding);
			}
			Answer::Busy {
				retry_after_ms: self.exhausted(denied),
			}
		})
	}

	/// Count a budget that is used up; gives the pause that the partner is asked for.
	pub(super) fn exhausted(&self, denied: Exhausted) -> u32 {
		self.metrics.budget_exhausted.with_label_values(&[denied.what]).inc();
		denied.pause_ms.clamp(1, 60_000) as u32
	}

	/// Take one envelope; gives what is said to it.
	async fn envelope(&self, peer: &[u8], payload: Vec<u8>, permit: Option<Share>) -> Reply {
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
		let taken = match head.count {
			0 => self.give_back(peer, &head).await,
			_ => self.take(peer, head, payload, permit).await,
		};
		match taken {
			Ok(answer) => said(answer),
			Err(Denial::Expected(sequence)) => said(Answer::Expected { sequence }),
			Err(Denial::Busy(retry_after_ms)) => said(Answer::Busy { retry_after_ms }),
			Err(Denial::Silence(what)) => Reply {
				answer: None,
				misbehaviour: Some(what),
			},
			Err(Denial::Refuse(reason, misbehaviour)) => {
				self.refused(peer, &head, reason);
				Reply {
					answer: self
						.refusal(&head, head.first_sequence, reason, Vec::new())
						.map(|a| a.encode()),
					misbehaviour,
				}
			}
			Err(Denial::Unreadable(sequence, runs)) => {
				self.refused(peer, &head, RefusalReason::Unreadable);
				Reply {
					answer: self
						.refusal(&head, sequence, RefusalReason::Unreadable, runs)
						.map(|a| a.encode()),
					misbehaviour: Some(Misbehaviour::Malformed),
				}
			}
		}
	}

	fn refused(&self, peer: &[u8], head: &EnvelopeHead, reason: RefusalReason) {
		self.metrics.envelopes_refused.with_label_values(&[reason.code()]).inc();
		log::debug!(target: LOG_TARGET, "Lane {}: refused: {}", head.lane, reason.code());
		let Some(snapshot) = self.snapshot() else { return };
		let Some(member) = partner_of(&snapshot, peer) else {
			return;
		};
		self.budgets.refused(member, self.clock.ticks());
		self.note_refusal(Happened {
			member,
			lane: head.lane,
			sequence: head.first_sequence,
			reason,
			block: snapshot.block_ref(),
			proof: None,
		});
	}

	async fn take(
		&self,
		peer: &[u8],
		head: EnvelopeHead,
		payload: Vec<u8>,
		permit: Option<Share>,
	) -> Result<Answer, Denial> {
		let setting = self.setting(peer, head)?;
		self.follow(&setting.snapshot, &setting.partner, &head).await?;
		if self.may_lack(&head.lane.opposite()) {
			// What this node said to it, or what it answers, may be at the partner alone.
			return Err(Denial::Busy(BUSY_RETRY_MS));
		}
		let lane = self.receivers.lane(head.lane);
		self.catch_up(&lane, head.lane);
		let (next, has_room) = {
			let lane = lane.lock();
			(lane.next(), lane.has_room(head.first_sequence, payload.len()))
		};
		if head.last_sequence() < self.stored_packets(head.lane) {
			return self.repeated(&setting, payload).await;
		}
		if head.last_sequence() < next {
			return Err(Denial::Busy(QUEUED_RETRY_MS));
		}
		if head.first_sequence > next && !has_room {
			// It would not be kept: that needs no look inside.
			return Err(Denial::Expected(next));
		}
		let packets = self.open(&setting, payload)?;
		self.senders.partner_alive(&head.lane.opposite(), self.clock.ticks());
		let mut inbound = Vec::with_capacity(packets.len());
		for packet in packets {
			let sequence = packet.packet.header.sequence;
			let checked = self
				.check_packet(&setting.snapshot, &setting.authorisation, packet)
				.await;
			inbound.push(checked.map_err(|error| self.uncheckable(head.lane, sequence, error))?);
		}
		// What waits for others, or for the disk, keeps nobody else from being looked at.
		drop(permit);
		let entries: u64 = inbound.iter().map(|p| u64::from(p.view.packet.header.count)).sum();
		let rejected: usize = inbound.iter().map(|p| p.rejections.len()).sum();
		let disputed = inbound
			.iter()
			.filter(|p| p.view.packet.header.kind.is_answer() && !p.core_matches)
			.count();
		if inbound.iter().any(|p| p.unsent) {
			// Whose fault that is nobody can tell from here, so it is told to the operator and not to the network.
			self.metrics.unsent_answered.inc();
			log::error!(
				target: LOG_TARGET,
				"Lane {}: the partner answers packets that this node never sent: this log is older than what was sent, or the partner is wrong",
				head.lane,
			);
		}
		let (reply, stored) = oneshot::channel();
		let mut opened = Opened {
			packets: inbound,
			authorised_at: setting.snapshot.block_ref(),
			reply,
			parked: None,
			store: head.store,
		};
		if head.first_sequence > next {
			let share = self.budgets.park(setting.member, opened.bytes(), self.clock.ticks());
			opened.parked = Some(share.ok_or(Denial::Expected(next))?);
		}
		self.offer(&lane, &setting, opened);
		let answer = timeout(self.clock.as_ref(), PARK_TIMEOUT, stored).await;
		self.catch_up(&lane, head.lane);
		match answer {
			Some(Ok(Ok(()))) => {
				self.metrics.packets_received.inc_by(head.count.into());
				self.metrics.entries_received.inc_by(entries);
				self.metrics.technical_rejections.inc_by(rejected as u64);
				self.metrics.batches_disputed.inc_by(disputed as u64);
				self.receipt(&setting)
			}
			Some(Ok(Err(InboundError::AlreadyStored))) => self.receipt(&setting),
			Some(Ok(Err(InboundError::OutOfOrder { expected }))) => Err(Denial::Expected(expected)),
			Some(Ok(Err(InboundError::OtherHistory { sequence }))) => {
				self.rewind(&lane, head.lane);
				self.metrics.lanes_behind.with_label_values(&["partner"]).inc();
				log::error!(
					target: LOG_TARGET,
					"Lane {}: packet {sequence} does not follow the one that this node has before it: the partner's log is older than what it sent, \
					 or two machines use its key. Nothing more is taken on this lane",
					head.lane,
				);
				Err(Denial::Refuse(RefusalReason::OtherHistory, None))
			}
			Some(Ok(Err(InboundError::NotStored(error)))) => {
				log::warn!(target: LOG_TARGET, "Lane {}: packets were not stored: {error}", head.lane);
				self.rewind(&lane, head.lane);
				Err(Denial::Busy(FULL_RETRY_MS))
			}
			Some(Ok(Err(InboundError::NoKey)) | Err(_)) => {
				self.rewind(&lane, head.lane);
				Err(Denial::Busy(BUSY_RETRY_MS))
			}
			// The lane went back when it found no room.
			Some(Ok(Err(InboundError::Busy))) => Err(Denial::Busy(BUSY_RETRY_MS)),
			None => {
				// Its sender learns that it was not taken, so it must not be taken later.
				let mut lane = lane.lock();
				match lane.forget(head.first_sequence) {
					Some(_) => Err(Denial::Expected(lane.next())),
					None => Err(Denial::Busy(BUSY_RETRY_MS)),
				}
			}
		}
	}

	/// What is said to packets that cannot be checked.
	fn uncheckable(&self, lane: LaneId, sequence: u64, error: CheckError) -> Denial {
		log::debug!(target: LOG_TARGET, "Lane {lane}: packet {sequence}: {error}");
		match error {
			CheckError::Unreadable { runs, .. } => Denial::Unreadable(sequence, runs),
			CheckError::ChannelGone(_) => Denial::Refuse(RefusalReason::Chain(Refusal::ChannelUnknown), None),
			CheckError::Lookup(_) | CheckError::Chain(_) => {
				log::error!(target: LOG_TARGET, "Lane {lane}: packet {sequence}: {error}");
				Denial::Busy(FULL_RETRY_MS)
			}
		}
	}

	/// The checks that need no cryptography.
	fn setting(&self, peer: &[u8], head: EnvelopeHead) -> Result<Setting, Denial> {
		let (snapshot, partner) = self.party(peer, &head)?;
		let unknown = Denial::Refuse(RefusalReason::Chain(Refusal::ChannelUnknown), None);
		let channel = snapshot.channel(head.lane.channel).ok_or(unknown)?;
		// A grant may end while an envelope is on its way: that alone is no misbehaviour.
		let authorisation = self
			.may_receive(&snapshot, channel)
			.map_err(|refusal| Denial::Refuse(RefusalReason::Chain(refusal), None))?;
		Ok(Setting {
			member: channel.partner.id,
			authorisation,
			partner,
			head,
			snapshot,
		})
	}

	/// The partner's node at the other end of a lane to this node.
	pub(super) fn party(&self, peer: &[u8], head: &EnvelopeHead) -> Result<(Arc<Snapshot>, NodeEntry), Denial> {
		let chain = |refusal, misbehaviour| Denial::Refuse(RefusalReason::Chain(refusal), misbehaviour);
		let snapshot = self.snapshot().ok_or(Denial::Busy(FULL_RETRY_MS))?;
		if snapshot.node_of_peer(peer).is_none() {
			self.metrics
				.envelopes_refused
				.with_label_values(&["chain.node_unknown"])
				.inc();
			return Err(Denial::Silence(Misbehaviour::Unauthorised));
		}
		let channel = snapshot
			.channel(head.lane.channel)
			.ok_or_else(|| chain(Refusal::ChannelUnknown, Some(Misbehaviour::Unauthorised)))?;
		let partner = snapshot
			.partner_node(channel, head.lane.from)
			.filter(|node| &node.peer[..] == peer && head.lane.to == snapshot.directory.node)
			.ok_or_else(|| chain(Refusal::NotAParty, Some(Misbehaviour::Unauthorised)))?;
		Ok((snapshot, partner))
	}

	/// Open the seal and check the headers, the hashes and the signatures.
	fn open(&self, setting: &Setting, payload: Vec<u8>) -> Result<Vec<OpenedPacket>, Denial> {
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
				WireError::Suite { .. } => RefusalReason::Suite,
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
		let mut opened = Vec::with_capacity(packets.len());
		for packet in packets {
			let signed = keys::verify(
				&partner.keys,
				snapshot.block,
				Purpose::Packet,
				&self.genesis,
				packet.header_bytes(),
				&packet.signature,
			);
			if !signed {
				return Err(Denial::Refuse(
					RefusalReason::SignatureInvalid,
					Some(Misbehaviour::Forged),
				));
			}
			// Nothing of an entry is looked at before somebody has signed for it.
			let (entries, hashes) = packet.checked_body().map_err(|error| {
				log::debug!(target: LOG_TARGET, "Lane {}: packet {}: {error}", head.lane, packet.header.sequence);
				match error {
					WireError::Mismatch { .. } => {
						Denial::Refuse(RefusalReason::HeaderMismatch, Some(Misbehaviour::Forged))
					}
					_ => Denial::Refuse(RefusalReason::Malformed, Some(Misbehaviour::Malformed)),
				}
			})?;
			self.check_attestation(setting, &packet)?;
			opened.push(OpenedPacket {
				packet,
				entries,
				hashes,
			});
		}
		Ok(opened)
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
		let interface = channel.interfaces.iter().find(|i| i.id == header.interface);
		let served_here = interface.is_some_and(|i| i.node == setting.snapshot.directory.node);
		// An answer may come from an interface that has moved or ended since, and a cancellation follows its order.
		let follows = header.kind.is_answer() || header.kinds == BusinessKinds::of(&[BusinessKind::Cancellation]);
		if !follows && !served_here {
			return chain(Refusal::InterfaceUnknown, None);
		}
		// It may have waited for days: only what is of the future tells something.
		self.compare_clocks(header.lane, "a packet", header.created_at, 0..=self.clock.now_ms());
		Ok(())
	}

	fn take_rate(&self, authorisation: &Authorisation, orders: u32) -> Result<(), Denial> {
		let Some(rate) = authorisation.orders_per_minute else {
			return Ok(());
		};
		// A quarter more than the sender allows itself: two clocks never run the same.
		let (rate, now) = (rate.saturating_add(rate / 4), self.clock.ticks());
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

	/// Whether the issuer attests the batch that it sends, with a key that holds now: what is countersigned must be provable.
	fn check_attestation(&self, setting: &Setting, packet: &Packet) -> Result<(), Denial> {
		let (Some(core), Some(attestation)) = (&packet.header.core, &packet.attestation) else {
			// `Packet::split_from` saw to it that a core does not come alone.
			return Ok(());
		};
		let expected = attesting::Expected {
			side: Side::Issuer,
			genesis: &self.genesis,
			core: &core.hash(),
			count: core.count,
			keys: &setting.partner.keys,
			at: setting.snapshot.block,
		};
		let fault = match self.final_chain.judge(attestation, &expected) {
			Ok(()) => return Ok(()),
			Err(fault) => fault,
		};
		let lane = packet.header.lane;
		log::debug!(target: LOG_TARGET, "Lane {lane}: attestation of packet {}: {fault:?}", packet.header.sequence);
		Err(match fault {
			attesting::Fault::Forged => Denial::Refuse(RefusalReason::AttestationInvalid, Some(Misbehaviour::Forged)),
			// A rotation may be on its way to one side: that alone is no misbehaviour.
			attesting::Fault::KeyEnded => Denial::Refuse(RefusalReason::AttestationKeyEnded, None),
			attesting::Fault::NotFinalYet => Denial::Busy(BUSY_RETRY_MS),
			attesting::Fault::OtherBranch => {
				self.metrics.branch_alarms.inc();
				log::error!(
					target: LOG_TARGET,
					"Lane {lane}: the partner names block {} ({}) as final, which this node has another of: one of the two is on a fork",
					attestation.block.number, hex::encode(attestation.block.hash),
				);
				Denial::Refuse(RefusalReason::OtherBranch, None)
			}
		})
	}

	/// Put an envelope in its place, and those that waited for it.
	fn offer(&self, lane: &Mutex<ReceiveLane<Opened>>, setting: &Setting, opened: Opened) {
		let mut lane = lane.lock();
		let (head, len) = (&setting.head, opened.bytes());
		let mut next = Some(lane.offer(head.first_sequence, head.last_sequence(), len, opened));
		while let Some(offer) = next {
			match offer {
				Offer::Parked { instead_of } => {
					let expected = lane.next();
					let told = |it: Opened| drop(it.reply.send(Err(InboundError::OutOfOrder { expected })));
					instead_of.into_iter().for_each(told);
				}
				Offer::Repeat(opened) => drop(opened.reply.send(Err(InboundError::AlreadyStored))),
				Offer::Expected { sequence, what } => {
					drop(what.reply.send(Err(InboundError::OutOfOrder { expected: sequence })));
				}
				Offer::Take { from, what } => {
					// Under the lane's lock, so that what is next in the lane is next in the queue.
					if !self.queue(setting, from, what) {
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

	/// Put an envelope, whose turn it is, into the queue to the disk; false where that cannot be. Its reply is told why.
	fn queue(&self, setting: &Setting, from: u64, what: Opened) -> bool {
		let Opened {
			mut packets,
			authorised_at,
			reply,
			parked,
			store,
		} = what;
		let lane = setting.head.lane;
		if self.library.book.read().stores.judge(lane.from, &store) != Verdict::Known {
			// Another store of the partner's took over meanwhile, and may have asked what is here.
			drop(reply.send(Err(InboundError::Busy)));
			return false;
		}
		let newest = self.snapshot().map(|snapshot| snapshot.hash);
		if parked.is_some() && newest != Some(authorised_at.hash) {
			// It was checked against a state that is not the newest any more, and what waited does not travel on old leave.
			drop(reply.send(Err(InboundError::OutOfOrder { expected: from })));
			return false;
		}
		packets.retain(|p| p.view.packet.header.sequence >= from);
		let bytes = packets.iter().map(InboundPacket::cost).sum::<usize>() + 512;
		let rejected = packets.iter().map(InboundPacket::rejected_bytes).sum();
		let room = match self.budgets.room(setting.member, bytes, rejected, self.clock.ticks()) {
			Ok(room) => room,
			Err(denied) => {
				self.exhausted(denied);
				drop(reply.send(Err(InboundError::Busy)));
				return false;
			}
		};
		let inbound = Inbound {
			lane,
			packets,
			authorised_at,
			reply,
			room,
		};
		let queued = self.log.try_submit(Submission::Inbound(Box::new(inbound)), bytes);
		if let Err((_, Submission::Inbound(refused))) = queued {
			drop(refused.reply.send(Err(InboundError::Busy)));
			return false;
		}
		true
	}

	/// Packets of a partner's lane that are on disk; `None` while others are on their way there.
	pub(super) fn settled_packets(&self, lane: LaneId) -> Option<u64> {
		let receiver = self.receivers.lane(lane);
		let receiver = receiver.lock();
		let stored = self.stored_packets(lane);
		(receiver.next() <= stored).then_some(stored)
	}

	/// Packets of a lane that are on disk.
	fn stored_packets(&self, lane: LaneId) -> u64 {
		self.library.book.read().lanes.get(&lane).map_or(0, |l| l.packets())
	}

	/// The lane is never behind the log, whatever failed in between.
	fn catch_up(&self, lane: &Mutex<ReceiveLane<Opened>>, id: LaneId) {
		let mut lane = lane.lock();
		lane.stored(self.stored_packets(id));
	}

	/// After a failure: the lane is where the log is.
	fn rewind(&self, lane: &Mutex<ReceiveLane<Opened>>, id: LaneId) {
		let mut lane = lane.lock();
		let next = self.stored_packets(id);
		for parked in lane.rewind(next) {
			drop(parked.reply.send(Err(InboundError::OutOfOrder { expected: next })));
		}
	}

	/// The receipt for packets that were acknowledged before. Cheap for those that came last; for older ones the seal is opened first, and
	/// they are read from the disk, rarely.
	async fn repeated(&self, setting: &Setting, payload: Vec<u8>) -> Result<Answer, Denial> {
		let (lane, now) = (setting.head.lane, self.clock.ticks());
		let busy = |denied| Denial::Busy(self.exhausted(denied));
		if self.recent(&setting.head).is_some() {
			self.budgets.repeat(lane, false, now).map_err(busy)?;
			return self.receipt(setting);
		}
		self.budgets.repeat(lane, true, now).map_err(busy)?;
		self.open(setting, payload)?;
		let mut read = 0;
		let mut stored = Vec::new();
		for sequence in setting.head.first_sequence..=setting.head.last_sequence() {
			let view = self.library.packet(&lane, sequence).map_err(|error| {
				log::error!(target: LOG_TARGET, "Lane {lane}: {error}");
				Denial::Busy(BUSY_RETRY_MS)
			})?;
			let view = view.ok_or(Denial::Busy(BUSY_RETRY_MS))?;
			stored.push(Acknowledged::of(&view));
			read += view.packet.bytes.len();
			if read > MAX_RECEIPT_READ {
				return Err(Denial::Expected(self.stored_packets(lane)));
			}
			tokio::task::yield_now().await;
		}
		self.receipt_for(setting, &stored)
	}

	/// What is to be acknowledged, where it is in memory.
	fn recent(&self, head: &EnvelopeHead) -> Option<Vec<Acknowledged>> {
		let book = self.library.book.read();
		book.lanes
			.get(&head.lane)?
			.recent(head.first_sequence, head.last_sequence())
	}

	/// The receipt for packets that are on disk since a moment ago.
	fn receipt(&self, setting: &Setting) -> Result<Answer, Denial> {
		let stored = self.recent(&setting.head).ok_or(Denial::Busy(BUSY_RETRY_MS))?;
		self.receipt_for(setting, &stored)
	}

	fn receipt_for(&self, setting: &Setting, stored: &[Acknowledged]) -> Result<Answer, Denial> {
		let Setting { snapshot, head, .. } = setting;
		let busy = || Denial::Busy(BUSY_RETRY_MS);
		let last = stored.last().ok_or_else(busy)?;
		let numbered = (head.first_sequence..).zip(stored);
		let what = Receipt {
			version: VERSION,
			lane: head.lane,
			first_sequence: head.first_sequence,
			last_sequence: head.last_sequence(),
			packets_hash: packets_hash(stored.iter().map(|it| &it.hash)),
			stored_at: last.at,
			authorised_at: last.authorised_at,
			attestations: numbered
				.filter_map(|(s, it)| Some((s, self.own_half(snapshot, it)?)))
				.collect(),
		};
		let signature = self.sign(snapshot, Purpose::Receipt, &what.encode()).ok_or_else(busy)?;
		Ok(Answer::Stored(Signed { what, signature }))
	}

	/// This node's attestation of a batch that it received, by a key that holds now.
	fn own_half(&self, snapshot: &Snapshot, stored: &Acknowledged) -> Option<Attestation> {
		let (core, own) = stored.half.as_ref()?;
		let listed = &snapshot.me()?.keys;
		let signer = self.keys.signer(listed, snapshot.block);
		let recent = self.final_chain.recent();
		let anew = attesting::anew(own, listed, snapshot.block, signer, &self.genesis, core, recent);
		Some(anew.unwrap_or_else(|| own.clone()))
	}

	fn refusal(
		&self,
		head: &EnvelopeHead,
		first_sequence: u64,
		reason: RefusalReason,
		unreadable: Vec<(u32, u32)>,
	) -> Option<Answer> {
		let snapshot = self.snapshot()?;
		let what = Refused {
			version: VERSION,
			lane: head.lane,
			first_sequence,
			reason,
			at: self.clock.now_ms(),
			block: snapshot.block_ref(),
			unreadable,
		};
		let signature = self.sign(&snapshot, Purpose::Refusal, &what.encode())?;
		Some(Answer::Refused(Signed { what, signature }))
	}

	fn sign(&self, snapshot: &Snapshot, purpose: Purpose, message: &[u8]) -> Option<[u8; 64]> {
		let pair = self.keys.signer(&snapshot.me()?.keys, snapshot.block)?;
		Some(pair.sign(purpose, &self.genesis, message))
	}
}

/// The member whose node a peer is.
fn partner_of(snapshot: &Snapshot, peer: &[u8]) -> Option<MemberId> {
	let node = snapshot.node_of_peer(peer)?;
	let partners = snapshot.directory.channels.iter().map(|channel| &channel.partner);
	let mut partners = partners.filter(|partner| partner.nodes.iter().any(|n| n.id == node));
	partners.next().map(|partner| partner.id)
}
