// SPDX-License-Identifier: Apache-2.0

//! Packets and notes into records: bodies and leaves hashed, headers signed.

use super::{submission::Note, OpenEntry, OpenPacket, Outbox, PacketCutter, Written};
use crate::{
	attesting::attest,
	chain::Snapshot,
	keys::KeyPair,
	protocol::{
		self,
		body::BodyHasher,
		packet::{header_hash, Extensions},
		PacketHeader,
	},
	random,
	records::{kind, Content, PacketRecord, RecordError, Trailer},
	store::{AppendError, RecordBuilder, RecordWriter},
};
use bytes::Bytes;
use codec::Encode;
use sealane_primitives::{
	evidence::{self, Core, Excluded, Side, TreeBuilder},
	ids::{Digest, Moment},
	keys::Purpose,
};

impl<O: Outbox> PacketCutter<O> {
	/// Sign and write a packet of this node.
	pub(super) fn write_open(
		&mut self,
		open: OpenPacket,
		snapshot: &Snapshot,
		signer: &KeyPair,
		out: &mut RecordWriter<'_>,
	) -> Result<(), WriteError> {
		let lane = open.target.lane;
		let sequence = self.next(&lane);
		let at = self.context.clock.now_ms();
		let seed = random::bytes(self.context.random.as_ref());
		let (body_hash, hashes) = self.hash_body(&open, &seed);
		let core = open
			.kind
			.is_answer()
			.then(|| self.core(&open, &hashes, &seed, sequence, at, snapshot));
		let core_hash = core.as_ref().map(Core::hash);
		let attestation = core_hash.map(|hash| {
			let (genesis, recent) = (&self.context.genesis, self.context.final_chain.recent());
			attest(signer, Side::Issuer, genesis, &hash, recent, Excluded::none())
		});
		let header = PacketHeader {
			version: protocol::VERSION,
			suite: protocol::SUITE,
			lane,
			sequence,
			previous: self.last_header(&lane).unwrap_or_default(),
			kind: open.kind,
			interface: open.target.interface,
			count: open.entries.len() as u32,
			kinds: open.kinds,
			body_len: open.body_len as u32,
			body_hash,
			created_at: at,
			seed,
			core,
			extensions: Extensions::default(),
		};
		let head = header.encode();
		let signature = signer.sign(Purpose::Packet, &self.context.genesis, &head);
		let mut signer_prefix = [0; 8];
		signer_prefix.copy_from_slice(&signer.signing_public()[..8]);
		let trailer = Trailer {
			at,
			authorised_at: snapshot.block_ref(),
			versions: open.versions,
			seller: snapshot.seller_of(lane.channel).unwrap_or_default(),
			signer: signer_prefix,
			..Trailer::default()
		};
		let mut record = out.begin(kind::PACKET_OUT)?;
		record.reserve(head.len() + 64 + 256 + open.body_len + 128);
		record.put(&head);
		record.put(&signature);
		if let Some(attestation) = &attestation {
			record.put(&attestation.encode());
		}
		for run in runs(&open.entries, &self.group.bodies) {
			record.put(run);
		}
		let (position, record) = finish_packet(record, &trailer)?;
		let keys = open
			.keys
			.into_iter()
			.enumerate()
			.map(|(i, key)| (key, i as u32))
			.collect();
		self.group.written.push(Written {
			position,
			outgoing: true,
			keys,
			record,
			hashes,
		});
		self.group.next.insert(lane, sequence + 1);
		self.group.headers.insert(lane, header_hash(&head));
		if let Some(hash) = core_hash {
			self.group.cores.insert(lane, hash);
		}
		Ok(())
	}

	/// The hash of a body, and those of its entries.
	fn hash_body(&self, open: &OpenPacket, seed: &[u8; 32]) -> (Digest, Vec<Digest>) {
		let mut hasher = BodyHasher::new(open.kind, seed, open.entries.len());
		for entry in &open.entries {
			let start = entry.start as usize + open.kind.prefix_len();
			let bytes = &self.group.bodies[entry.body as usize][start..entry.end as usize];
			let answered = match open.kind.is_answer() {
				true => self.group.views[entry.view as usize].packet.header.sequence,
				false => 0,
			};
			hasher.push(answered, entry.ordinal, bytes);
		}
		hasher.finish()
	}

	/// The core of the batch that a packet of answers is. `hashes` are those of the answers.
	fn core(
		&self,
		open: &OpenPacket,
		hashes: &[Digest],
		seed: &[u8; 32],
		sequence: u64,
		at: Moment,
		snapshot: &Snapshot,
	) -> Core {
		let lane = open.target.lane;
		let mut tree = TreeBuilder::new();
		for (i, (entry, answer)) in (0..).zip(open.entries.iter().zip(hashes)) {
			let view = &self.group.views[entry.view as usize];
			// Entries of answers were checked to exist when they were resolved or received.
			let order = view.hash_of(entry.ordinal).unwrap_or_default();
			let version = view.version_of(entry.ordinal);
			let salt = evidence::salt(seed, i);
			tree.push(evidence::record_leaf(&salt, &order, answer, version, lane.channel));
		}
		let members = snapshot
			.channel(lane.channel)
			.map(|channel| (channel.issuer, channel.seller));
		let (issuer, seller) = members.unwrap_or_default();
		Core {
			genesis: self.context.genesis,
			channel: lane.channel,
			issuer_node: lane.from,
			seller_node: lane.to,
			issuer,
			seller,
			first_sequence: sequence,
			last_sequence: sequence,
			count: open.entries.len() as u32,
			root: tree.root(),
			previous: self.last_core(&lane).unwrap_or_default(),
			date: civil_date(at, self.context.business_day_offset_minutes),
		}
	}

	pub(super) fn note(&mut self, note: Note, out: &mut RecordWriter<'_>) -> Result<(), WriteError> {
		let (kind, payload) = match &note {
			Note::Delivered(it) => (kind::DELIVERED, it.encode()),
			Note::Turned(it) => (
				if it.refusal.is_some() {
					kind::LANE_CLOSED
				} else {
					kind::LANE_REOPENED
				},
				it.encode(),
			),
			Note::AnchorCut(it) => (kind::ANCHOR_CUT, it.encode()),
			Note::AnchorFinal(it) => (kind::ANCHOR_FINAL, it.encode()),
			Note::Completed(it) => (kind::COMPLETED, it.encode()),
			Note::Refusals(it) => (kind::REFUSALS, it.encode()),
			Note::Receipts(it) => (kind::RECEIPTS_SETTLED, it.encode()),
			Note::Closing(it) => (kind::CLOSING, it.encode()),
			Note::Closed(it) => (kind::CLOSED, it.encode()),
			Note::Abandoned(it) => (kind::ABANDONED, it.encode()),
			Note::Judged(it) => (kind::JUDGED, it.encode()),
			Note::StoreSeen(it) => (kind::STORE_SEEN, it.encode()),
			Note::TakenOver(it) => (kind::TAKEN_OVER, it.encode()),
			Note::Regained(it) => (kind::REGAINED, it.encode()),
		};
		let position = write_checked(out, kind, &payload)?;
		self.group.notes.push((position, note));
		Ok(())
	}
}

/// The bytes of the entries, with neighbours in one piece.
fn runs<'a>(entries: &'a [OpenEntry], bodies: &'a [Bytes]) -> impl Iterator<Item = &'a [u8]> {
	let mut rest = entries;
	std::iter::from_fn(move || {
		let (first, mut tail) = rest.split_first()?;
		let mut end = first.end;
		while let Some((next, more)) = tail
			.split_first()
			.filter(|(n, _)| n.body == first.body && n.start == end)
		{
			end = next.end;
			tail = more;
		}
		rest = tail;
		Some(&bodies[first.body as usize][first.start as usize..end as usize])
	})
}

/// Why a record was not written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
	/// The log does not take it.
	#[error(transparent)]
	Append(#[from] AppendError),
	/// It is none that this node could read again.
	#[error("it could not be read again: {0}")]
	Unreadable(#[from] RecordError),
}

/// Put the trailer behind a packet and end the record, if it can be read again.
fn finish_packet(mut record: RecordBuilder<'_>, trailer: &Trailer) -> Result<(u64, PacketRecord), WriteError> {
	let bytes = trailer.encode();
	record.put(&bytes);
	record.put(&(bytes.len() as u32).to_le_bytes());
	let whole = PacketRecord::read(record.payload())?;
	Ok((record.finish()?, whole))
}

pub(super) fn write_packet(
	out: &mut RecordWriter<'_>,
	kind: u8,
	packet: &[u8],
	trailer: &Trailer,
) -> Result<(u64, PacketRecord), WriteError> {
	let mut record = out.begin(kind)?;
	record.reserve(packet.len() + 128);
	record.put(packet);
	finish_packet(record, trailer)
}

/// Write a record, if it can be read again.
pub(super) fn write_checked(out: &mut RecordWriter<'_>, kind: u8, payload: &[u8]) -> Result<u64, WriteError> {
	Content::read(kind, payload)?;
	Ok(out.push(kind, payload)?)
}

/// Days since 1970-01-01 at `at`, in the zone with this offset from UTC.
pub fn civil_date(at: Moment, offset_minutes: i32) -> u32 {
	let local = at as i64 + i64::from(offset_minutes) * 60_000;
	u32::try_from(local.div_euclid(86_400_000)).unwrap_or(0)
}
