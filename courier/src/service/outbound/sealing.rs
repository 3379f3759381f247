// SPDX-License-Identifier: Apache-2.0

//! Whether a lane may be sent to now, and the next envelope of it.

use crate::service::{everything, Courier};
use crate::{
	api::LaneId,
	attesting::{self, attest},
	chain::Snapshot,
	clock::Ticks,
	keys,
	protocol::{answer::packets_hash, seal::Suite, Envelope, Label, Packet, StoreClaim, MAX_PACKETS},
	records,
};
use sealane_primitives::{
	directory::{Authorisation, NodeEntry, Refusal},
	evidence::{Attestation, Excluded, Side},
	ids::{Digest, Moment},
	keys::Purpose,
};
use std::sync::Arc;

/// What a partner's node needs to be sent something.
pub(super) struct Gate {
	snapshot: Arc<Snapshot>,
	authorisation: Authorisation,
	pub(super) node: NodeEntry,
	sealing_key: [u8; 32],
	store: StoreClaim,
}

/// An envelope ready to go.
pub(super) struct Sealed {
	pub(super) first: u64,
	pub(super) last: u64,
	pub(super) bytes: Vec<u8>,
	pub(super) packets_hash: Digest,
	/// When the last of its packets was made, Unix milliseconds.
	pub(super) created_at: Moment,
	/// The batches among the packets.
	pub(super) batches: Vec<SentBatch>,
}

/// A batch in an envelope, as the partner gets it.
pub(super) struct SentBatch {
	pub(super) sequence: u64,
	/// Hash of its core.
	pub(super) core: Digest,
	/// Its records.
	pub(super) count: u32,
	/// This node's attestation.
	pub(super) own: Attestation,
}

/// Why nothing is sent on a lane now.
pub(super) enum Barrier {
	/// The channel is not open.
	Channel(Refusal),
	/// The partner has no such node any more.
	Node,
	/// The partner's node has no key that is valid now.
	Key,
}

/// Why an envelope is not sealed now.
pub(super) enum Hindrance {
	/// Not before so many milliseconds.
	Rate(u64),
	/// The log does not give the packet.
	Log(String),
}

impl Courier {
	/// Whether the lane may be sent to now, and how.
	pub(super) fn gate(&self, lane: LaneId) -> Result<Gate, Barrier> {
		let snapshot = self.snapshot().ok_or(Barrier::Channel(Refusal::NodeUnknown))?;
		let channel = snapshot
			.channel(lane.channel)
			.ok_or(Barrier::Channel(Refusal::ChannelUnknown))?;
		let authorisation = match self.may_send(&snapshot, lane.channel) {
			Ok(authorisation) => authorisation,
			Err(_) if self.config.unchecked_sender => everything(lane.channel),
			Err(refusal) => return Err(Barrier::Channel(refusal)),
		};
		let node = snapshot.partner_node(channel, lane.to).ok_or(Barrier::Node)?;
		let sealing_key = keys::sealing_key(&node.keys, snapshot.block).ok_or(Barrier::Key)?;
		let store = self.own_claim(&snapshot).ok_or(Barrier::Key)?;
		Ok(Gate {
			snapshot,
			authorisation,
			node,
			sealing_key,
			store,
		})
	}

	/// The suite that this node seals with.
	pub(in crate::service) fn suite(&self) -> Suite {
		if self.config.prefer_aes {
			Suite::Aes256Gcm
		} else {
			Suite::ChaCha20Poly1305
		}
	}

	/// Whether a packet is so far back in the log that the disk may have to be waited for.
	pub(super) fn is_cold(&self, lane: &LaneId, sequence: u64) -> bool {
		let position = self.library.book.read().slot(lane, sequence).map(|slot| slot.position);
		position.is_some_and(|position| position.saturating_add(self.config.cache_bytes as u64) < self.log.tail())
	}

	pub(super) fn seal(
		&self,
		lane: LaneId,
		gate: &Gate,
		first: u64,
		last: u64,
		now: Ticks,
	) -> Result<Sealed, Hindrance> {
		let positions: Vec<u64> = {
			let book = self.library.book.read();
			let end = last.min(first + MAX_PACKETS as u64 - 1);
			(first..=end)
				.map_while(|s| book.slot(&lane, s).map(|slot| slot.position))
				.collect()
		};
		let (mut parts, mut hashes) = (Vec::<Vec<u8>>::new(), Vec::new());
		let (mut shared, mut len, mut orders) = (Vec::new(), 0, 0u32);
		let (mut batches, mut created_at) = (Vec::new(), 0);
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
			len += packet.bytes.len();
			orders += if packet.header.kind.is_answer() {
				0
			} else {
				packet.header.count
			};
			hashes.push(packet.hash());
			created_at = packet.header.created_at;
			let fresh = self.signed_anew(gate, &packet, &trailer.signer);
			let (fresh, attested) = fresh.map_or((None, None), |(bytes, attested)| (Some(bytes), attested));
			if let (Some(core), Some(own)) = (&packet.header.core, attested.or(packet.attestation)) {
				batches.push(SentBatch {
					sequence: packet.header.sequence,
					core: core.hash(),
					count: core.count,
					own,
				});
			}
			match fresh {
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
		let label = Label {
			suite: self.suite(),
			store: gate.store,
			lane,
			first_sequence: first,
		};
		let bytes = envelope
			.seal(self.random.as_ref(), &self.genesis, label, &gate.sealing_key)
			.map_err(|e| Hindrance::Log(e.to_string()))?;
		let last = first + hashes.len() as u64 - 1;
		Ok(Sealed {
			first,
			last,
			bytes,
			packets_hash: packets_hash(hashes.iter()),
			created_at,
			batches,
		})
	}

	/// The packet with a signature, and an attestation, of the key that is valid now, where the one that signed it is over, or soon will be, or where
	/// its batch was attested long ago.
	fn signed_anew(&self, gate: &Gate, packet: &Packet, signer: &[u8; 8]) -> Option<(Vec<u8>, Option<Attestation>)> {
		let listed = &gate.snapshot.me()?.keys;
		let still_valid = listed
			.iter()
			.any(|k| k.signing.starts_with(signer) && keys::holds_on(k, gate.snapshot.block));
		let recent = self.final_chain.recent();
		let attested = packet.attestation.as_ref().map(|it| it.block.number);
		if still_valid && !attested.is_some_and(|named| attesting::is_older(named, recent.number)) {
			return None;
		}
		let pair = self.keys.signer(listed, gate.snapshot.block)?;
		let signature = pair.sign(Purpose::Packet, &self.genesis, packet.header_bytes());
		let attestation = packet.header.core.as_ref().map(|core| {
			let hash = core.hash();
			attest(pair, Side::Issuer, &self.genesis, &hash, recent, Excluded::none())
		});
		Some((packet.signed_anew(&signature, attestation.as_ref()), attestation))
	}
}
