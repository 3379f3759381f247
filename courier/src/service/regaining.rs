// SPDX-License-Identifier: Apache-2.0

//! After a take-over: this node's own packets from the partners that have them, each checked against its own signature; and for a partner
//! that took over, its packets from here.

use super::{
	inbound::{Denial, BUSY_RETRY_MS},
	outbound::Sender,
	Courier, LOG_TARGET,
};
use crate::{
	api::LaneId,
	chain::Snapshot,
	clock::timeout,
	cutting::{Note, Returned, ReturnedPacket, Submission},
	keys,
	order::Order,
	protocol::{
		envelope, Answer, Envelope, EnvelopeHead, Label, Packet, PacketKind, RefusalReason, WireError, MAX_PACKETS,
		MAX_PLAINTEXT_LEN,
	},
	records::Trailer,
	stores::Regained,
	transport::Misbehaviour,
};
use sealane_primitives::{
	directory::{ChannelEntry, NodeEntry},
	keys::Purpose,
	signature,
};
use std::{sync::Arc, time::Duration};
use tokio::sync::oneshot;

/// First pause after an attempt that gave nothing, in milliseconds; each further one doubles it.
const PAUSE_MIN_MS: u64 = 500;
/// Longest pause, in milliseconds.
const PAUSE_MAX_MS: u64 = 30_000;

impl Courier {
	/// Ask the partner once for packets of this node's own lane that this log lacks, and wait a while where that gave nothing.
	pub(super) async fn regain(&self, lane: LaneId, sender: &Sender, misses: &mut u32) {
		let asked = tokio::select! {
			biased;
			_ = self.stopped() => return,
			asked = self.ask_back(lane, sender) => asked,
		};
		let Err(why) = asked else {
			*misses = 0;
			return;
		};
		log::debug!(target: LOG_TARGET, "Lane {lane}: what the partner has of it is not known: {why}");
		sender.not_known(&why, self.clock.now_ms());
		let pause = PAUSE_MAX_MS.min(PAUSE_MIN_MS << (*misses).min(16));
		*misses = misses.saturating_add(1);
		tokio::select! {
			biased;
			_ = self.stopped() => (),
			_ = self.clock.sleep(Duration::from_millis(pause)) => (),
		}
	}

	async fn ask_back(&self, lane: LaneId, sender: &Sender) -> Result<(), String> {
		let snapshot = self.snapshot().ok_or("the chain is not known yet")?;
		let channel = snapshot
			.channel(lane.channel)
			.ok_or("the channel is not in the directory")?;
		let node = snapshot
			.partner_node(channel, lane.to)
			.ok_or("the partner has no such node")?;
		let store = self
			.own_claim(&snapshot)
			.ok_or("this node has no key that is valid now")?;
		let first = self.library.book.read().lanes.get(&lane).map_or(0, |l| l.packets());
		let request = EnvelopeHead::asking(Label {
			suite: self.suite(),
			store,
			lane,
			first_sequence: first,
		});
		let patience = Duration::from_millis(self.config.request_patience_ms);
		let answer = self.transport.request(&node.peer, &node.addresses, request);
		let answer = timeout(self.clock.as_ref(), patience, answer)
			.await
			.ok_or("the partner gave no answer")?
			.map_err(|error| error.to_string())?;
		match Answer::parse(&answer) {
			Ok(Answer::Returned { packets, .. }) if packets <= first => self.complete(lane, sender, first).await,
			Ok(Answer::Returned { packets, envelope }) => {
				let came = self.take_back(&snapshot, channel, (lane, first), envelope).await?;
				log::info!(
					target: LOG_TARGET,
					"Lane {lane}: {came} of this node's own packets came back, from {first} on; the partner has {packets}",
				);
				Ok(())
			}
			Ok(Answer::Refused(refused)) => Err(refused.what.reason.code().into()),
			Ok(Answer::Busy { .. }) => Err("the partner is busy".into()),
			Err(WireError::Version { .. }) => Err(RefusalReason::Version.code().into()),
			Ok(_) | Err(_) => {
				self.misbehaved(&node.peer, Misbehaviour::BadAnswer);
				Err("an answer to another question".into())
			}
		}
	}

	/// The partner has no more than this log.
	async fn complete(&self, lane: LaneId, sender: &Sender, packets: u64) -> Result<(), String> {
		sender.state.lock().regained();
		let it = Regained {
			at: self.clock.now_ms(),
			lane,
			packets,
		};
		match self.note_durably(Note::Regained(it), 0).await {
			true => Ok(()),
			false => Err("the log takes nothing now".into()),
		}
	}

	/// Take packets that came back; gives how many.
	async fn take_back(
		&self,
		snapshot: &Snapshot,
		channel: &ChannelEntry,
		(lane, first): (LaneId, u64),
		bytes: Vec<u8>,
	) -> Result<usize, String> {
		if bytes.is_empty() {
			return Err(format!("the partner cannot give packet {first} back"));
		}
		let head = EnvelopeHead::parse(&bytes).map_err(|error| error.to_string())?;
		if head.lane != lane || head.first_sequence != first || head.count == 0 {
			return Err("other packets came back than were asked for".into());
		}
		let key = self
			.keys
			.opener(&head.sealing_key)
			.ok_or("packets came back under a key that this node does not have")?;
		let opened = envelope::open(bytes, &head, &self.genesis, key).map_err(|error| error.to_string())?;
		let mut packets = Vec::with_capacity(opened.len());
		for packet in opened {
			packets.push(self.own_packet(snapshot, channel, packet)?);
			tokio::task::yield_now().await;
		}
		let count = packets.len();
		let bytes = packets.iter().map(|it| it.packet.bytes.len() + 256).sum();
		let (reply, stored) = oneshot::channel();
		let returned = Returned { lane, packets, reply };
		let queued = self.log.submit(Submission::Returned(Box::new(returned)), bytes).await;
		queued.map_err(|error| error.to_string())?;
		match stored.await {
			Ok(()) => Ok(count),
			Err(_) => Err("the log did not take what came back".into()),
		}
	}

	/// A packet that came back with what is to be noted of it, if this node made it.
	fn own_packet(
		&self,
		snapshot: &Snapshot,
		channel: &ChannelEntry,
		packet: Packet,
	) -> Result<ReturnedPacket, String> {
		let header = &packet.header;
		let wrong = |what: &str| Err(format!("packet {} came back and {what}", header.sequence));
		if header.kind.is_answer() == snapshot.sells(channel) {
			return wrong("is none that this node makes");
		}
		let Some(signer) = self.maker(snapshot, &packet) else {
			return wrong("no key of this node signed it");
		};
		let (entries, hashes) = match packet.checked_body() {
			Ok(body) => body,
			Err(error) => return wrong(&format!("is not what was signed: {error}")),
		};
		let mut versions = Vec::new();
		if header.kind == PacketKind::Orders {
			for entry in &entries {
				let bytes = &packet.bytes[packet.head_len + entry.start..packet.head_len + entry.end];
				let version = Order::parse(bytes).map_or(0, |order| order.clause_version);
				Trailer::push_version(&mut versions, version);
			}
		}
		let mut prefix = [0; 8];
		prefix.copy_from_slice(&signer[..8]);
		let trailer = Trailer {
			// When it was made, it was stored.
			at: header.created_at,
			authorised_at: snapshot.block_ref(),
			versions,
			seller: channel.seller,
			signer: prefix,
			..Trailer::default()
		};
		Ok(ReturnedPacket {
			packet,
			trailer,
			entries,
			hashes,
		})
	}

	/// The key of this node that signed a packet: one that it has, or one that the chain lists for it.
	fn maker(&self, snapshot: &Snapshot, packet: &Packet) -> Option<[u8; 32]> {
		let (header, made) = (packet.header_bytes(), &packet.signature);
		let digest = Purpose::Packet.digest(&self.genesis, header);
		let listed = snapshot.me().into_iter().flat_map(|me| me.keys.iter());
		let mut listed = listed.map(|key| key.signing);
		let own = self.keys.maker(Purpose::Packet, &self.genesis, header, made);
		own.or_else(|| listed.find(|key| signature::verify(key, &digest, made)))
	}

	/// What a partner that took over asks for: its own packets, as they are stored here.
	pub(super) async fn give_back(self: &Arc<Self>, peer: &[u8], head: &EnvelopeHead) -> Result<Answer, Denial> {
		let (snapshot, partner) = self.party(peer, head)?;
		self.follow(&snapshot, &partner, head).await?;
		let repeats = self.budgets.repeat(head.lane, true, self.clock.ticks());
		repeats.map_err(|denied| Denial::Busy(self.exhausted(denied)))?;
		let busy = || Denial::Busy(BUSY_RETRY_MS);
		// What another store of it sent is on its way to the disk: then the answer would be too small.
		let packets = self.settled_packets(head.lane).ok_or_else(busy)?;
		let envelope = match head.first_sequence < packets {
			true => {
				let head = *head;
				let work =
					move |courier: Arc<Self>| async move { courier.returned(&snapshot, &partner, &head, packets) };
				let returned = self.apart("courier-give-back", work).await;
				returned.flatten().ok_or_else(busy)?
			}
			false => Vec::new(),
		};
		Ok(Answer::Returned { packets, envelope })
	}

	/// As many packets as fit an envelope; empty where the first one is not in this log. `None` where there is no key.
	fn returned(&self, snapshot: &Snapshot, partner: &NodeEntry, head: &EnvelopeHead, packets: u64) -> Option<Vec<u8>> {
		let key = keys::sealing_key(&partner.keys, snapshot.block)?;
		let store = self.own_claim(snapshot)?;
		let end = packets.min(head.first_sequence + MAX_PACKETS as u64);
		let mut envelope = Envelope::with_capacity(MAX_PLAINTEXT_LEN);
		for sequence in head.first_sequence..end {
			let view = match self.library.packet(&head.lane, sequence) {
				Ok(Some(view)) => view,
				Ok(None) => break,
				Err(error) => {
					log::error!(target: LOG_TARGET, "Lane {}: packet {sequence}: {error}", head.lane);
					break;
				}
			};
			if !envelope.fits(view.packet.bytes.len()) {
				break;
			}
			envelope.push(&view.packet.bytes);
		}
		if envelope.count() == 0 {
			return Some(Vec::new());
		}
		let label = Label {
			suite: self.suite(),
			store,
			lane: head.lane,
			first_sequence: head.first_sequence,
		};
		envelope.seal(self.random.as_ref(), &self.genesis, label, &key).ok()
	}
}
