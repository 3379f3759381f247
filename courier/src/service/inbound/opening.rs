// SPDX-License-Identifier: Apache-2.0

//! Who may send, and what is in an envelope: the checks that need no cryptography, then the seal, the headers, the signatures.

use super::{Setting, BUSY_RETRY_MS, FULL_RETRY_MS};
use crate::{
	api::LaneId,
	attesting,
	chain::Snapshot,
	keys,
	lane::Bucket,
	protocol::{
		envelope::{self, EnvelopeHead},
		Packet, PacketHeader, PacketKind, RefusalReason, WireError,
	},
	service::{
		check::{CheckError, OpenedPacket},
		inbound::Denial,
		Courier, LOG_TARGET,
	},
	transport::Misbehaviour,
};
use sealane_primitives::{
	business::{BusinessKind, BusinessKinds},
	directory::{Authorisation, NodeEntry, Refusal},
	evidence::Side,
	keys::Purpose,
};
use std::sync::Arc;

impl Courier {
	/// What is said to packets that cannot be checked.
	pub(super) fn uncheckable(&self, lane: LaneId, sequence: u64, error: CheckError) -> Denial {
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
	pub(super) fn setting(&self, peer: &[u8], head: EnvelopeHead) -> Result<Setting, Denial> {
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
	pub(in crate::service) fn party(
		&self,
		peer: &[u8],
		head: &EnvelopeHead,
	) -> Result<(Arc<Snapshot>, NodeEntry), Denial> {
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
	pub(super) fn open(&self, setting: &Setting, payload: Vec<u8>) -> Result<Vec<OpenedPacket>, Denial> {
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
			// Who speaks another version, or with other hashes and signatures, is told so and does nothing wrong.
			let (reason, misbehaviour) = match error {
				WireError::Version { .. } => (RefusalReason::Version, None),
				WireError::Suite { .. } => (RefusalReason::Suite, None),
				WireError::Seal => (RefusalReason::SealBroken, Some(Misbehaviour::Malformed)),
				WireError::Mismatch { .. } => (RefusalReason::HeaderMismatch, Some(Misbehaviour::Malformed)),
				_ => (RefusalReason::Malformed, Some(Misbehaviour::Malformed)),
			};
			Denial::Refuse(reason, misbehaviour)
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

	pub(super) fn check_header(&self, setting: &Setting, header: &PacketHeader) -> Result<(), Denial> {
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
		// An answer may come from an interface that has moved or ended since, and a cancellation follows its order.
		let follows = header.kind.is_answer() || header.kinds == BusinessKinds::of(&[BusinessKind::Cancellation]);
		if !follows && !self.receivers.is_for_here(&setting.snapshot, channel, header) {
			return chain(Refusal::InterfaceUnknown, None);
		}
		// It may have waited for days: only what is of the future tells something.
		self.compare_clocks(header.lane, "a packet", header.created_at, 0..=self.clock.now_ms());
		Ok(())
	}

	pub(super) fn take_rate(&self, authorisation: &Authorisation, orders: u32) -> Result<(), Denial> {
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
	pub(super) fn check_attestation(&self, setting: &Setting, packet: &Packet) -> Result<(), Denial> {
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
}
