// SPDX-License-Identifier: Apache-2.0

//! Packets of partners: what is new in them, and what this node itself says to it.

use super::{
	lines::Before,
	submission::*,
	write::{write_packet, WriteError},
	Answer, Claim, OpenEntry, Outbox, PacketCutter, Pending, Repetition, Written,
};
use crate::{
	attesting::attest,
	chain::Target,
	keys::KeyPair,
	order,
	protocol::{body, BlockRef, PacketHeader, PacketKind},
	records::{kind, PacketView, RecordError, Trailer},
	store::{Key, RecordWriter},
};
use sealane_primitives::evidence::{Attestation, Excluded, Side};
use std::sync::Arc;

impl<O: Outbox> PacketCutter<O> {
	/// Take a partner's packets; writes their records at once.
	pub(super) fn inbound(&mut self, inbound: Inbound, signer: &KeyPair, out: &mut RecordWriter<'_>) {
		let first = inbound.packets.first().map_or(0, |p| p.view.packet.header.sequence);
		let expected = self.next(&inbound.lane);
		if first != expected {
			let error = InboundError::OutOfOrder { expected };
			self.group.answers.push(Answer::NotStored(inbound.reply, error));
			return;
		}
		for packet in inbound.packets {
			let header = &packet.view.packet.header;
			let (sequence, hash) = (header.sequence, packet.view.packet.hash());
			if !self.follows(header) {
				let error = InboundError::OtherHistory { sequence };
				self.group.answers.push(Answer::NotStored(inbound.reply, error));
				return;
			}
			let (mark, written_before) = (out.mark(), self.group.written.len());
			let written = if packet.view.packet.header.kind.is_answer() {
				self.inbound_answers(&packet, inbound.authorised_at, signer, out)
			} else {
				self.inbound_orders(packet, inbound.authorised_at, out)
			};
			if let Err(error) = written {
				out.rewind(mark);
				self.group.written.truncate(written_before);
				self.group
					.answers
					.push(Answer::NotStored(inbound.reply, InboundError::NotStored(error)));
				return;
			}
			*self.group.next.entry(inbound.lane).or_insert(expected) += 1;
			self.group.headers.insert(inbound.lane, hash);
		}
		self.group.answers.push(Answer::Stored(inbound.reply));
	}

	/// Whether a packet follows the one that this node has before it. Who has lost that packet cannot tell: its sender then names none, and this node
	/// takes any.
	pub(super) fn follows(&self, header: &PacketHeader) -> bool {
		let lost = header.previous == [0; 32] && header.sequence > 0;
		lost || self
			.last_header(&header.lane)
			.is_none_or(|last| last == header.previous)
	}

	fn inbound_orders(
		&mut self,
		packet: InboundPacket,
		authorised_at: BlockRef,
		out: &mut RecordWriter<'_>,
	) -> Result<(), WriteError> {
		let header = &packet.view.packet.header;
		let read = |(i, key): (usize, &Option<Key>)| key.map(|key| (key, i as u32));
		let read: Vec<(Key, u32)> = packet.keys.iter().enumerate().filter_map(read).collect();
		let body = self.body(packet.view.packet.bytes.clone());
		let (keys, reused, repetitions) = self.new_orders(&packet, read, body);
		let mut unindexed: Vec<u32> = (0..)
			.zip(&packet.keys)
			.filter(|(_, key)| key.is_none())
			.map(|(i, _)| i)
			.collect();
		unindexed.extend(reused.iter().map(|r| r.ordinal));
		unindexed.extend(
			repetitions
				.iter()
				.map(|r| r.ordinal)
				.filter(|i| packet.keys[*i as usize].is_some()),
		);
		unindexed.sort_unstable();
		let mut rejections = packet.rejections;
		rejections.retain(|r| {
			reused.binary_search_by_key(&r.ordinal, |it| it.ordinal).is_err()
				&& repetitions.binary_search_by_key(&r.ordinal, |it| it.ordinal).is_err()
		});
		rejections.extend(reused);
		rejections.sort_by_key(|r| r.ordinal);
		let mut skipped: Vec<u32> = rejections.iter().map(|r| r.ordinal).collect();
		skipped.extend(repetitions.iter().map(|r| r.ordinal));
		skipped.sort_unstable();
		// What this node said to it before it lost the packet stands.
		let answered = self.context.library.book.read().answered_early(&packet.view);
		let mut repetitions = repetitions;
		rejections.retain(|it| answered.binary_search(&it.ordinal).is_err());
		repetitions.retain(|it| answered.binary_search(&it.ordinal).is_err());
		let trailer = Trailer {
			at: self.context.clock.now_ms(),
			authorised_at,
			skipped,
			unindexed,
			..packet.view.trailer.clone()
		};
		let (position, record) = write_packet(out, kind::PACKET_IN, &packet.view.packet.bytes, &trailer)?;
		self.group.written.push(Written {
			position,
			outgoing: false,
			keys,
			record,
			hashes: packet.view.hashes().to_vec(),
		});
		if let (false, Some(kind)) = (rejections.is_empty(), header.kind.answer()) {
			let target = Target {
				lane: header.lane.opposite(),
				interface: header.interface.clone(),
			};
			self.reject(&target, kind, &packet.view, &rejections)?;
		}
		self.copied(&packet.view, &repetitions);
		Ok(())
	}

	/// Which of the orders that can be `read` are new, the rejections of those whose ids came since the packet was looked at, and all
	/// repetitions.
	fn new_orders(
		&mut self,
		packet: &InboundPacket,
		read: Vec<(Key, u32)>,
		body: u32,
	) -> (Vec<(Key, u32)>, Vec<Rejection>, Vec<Repetition>) {
		let probed: Vec<Key> = read.iter().map(|(key, _)| *key).collect();
		let mut known = Vec::new();
		self.context.library.index.probe_many(&probed, |place, entry| {
			if entry.order.number() >= packet.searched {
				known.push(place);
			}
		});
		known.dedup();
		let (mut known, mut keys) = (known.into_iter().peekable(), Vec::with_capacity(read.len()));
		let (mut reused, mut repetitions) = (Vec::new(), packet.repetitions.clone());
		for (place, (key, ordinal)) in read.into_iter().enumerate() {
			let seen = self.group.pending.get(&key).copied();
			let entry = packet.view.entries[ordinal as usize];
			let head = packet.view.packet.head_len;
			let (start, end) = (head + entry.start, head + entry.end);
			if known.next_if_eq(&place).is_some() || seen.is_some() {
				let bytes = &packet.view.packet.bytes[start..end];
				match self.earlier(key, bytes, seen, packet.searched) {
					Ok(Before::None) => (),
					Ok(Before::Same(Some(first))) => {
						repetitions.push(Repetition { ordinal, first });
						continue;
					}
					// What cannot be compared now is taken for a repeat: an order must not take effect twice.
					_ => {
						reused.push(Rejection {
							ordinal,
							line: order::confirmed::reused(bytes),
						});
						continue;
					}
				}
			}
			let pending = Pending {
				place: (body, start as u32, end as u32),
				entry: Some(packet.view.id_of(ordinal)),
			};
			self.group.pending.insert(key, pending);
			keys.push((key, ordinal));
		}
		repetitions.sort_unstable_by_key(|it| it.ordinal);
		(keys, reused, repetitions)
	}

	/// Make the technical rejections of a packet's entries.
	fn reject(
		&mut self,
		target: &Target,
		kind: PacketKind,
		view: &Arc<PacketView>,
		rejections: &[Rejection],
	) -> Result<(), WriteError> {
		let sequence = view.packet.header.sequence;
		let mut body = Vec::new();
		let mut ends = Vec::with_capacity(rejections.len());
		for each in rejections {
			body::push_answer(&mut body, sequence, each.ordinal, &each.line)
				.map_err(|error| RecordError(format!("rejection of entry {}: {error}", each.ordinal)))?;
			ends.push(body.len());
		}
		let body = self.body(body.into());
		let view_at = self.group.views.len() as u32;
		self.group.views.push(view.clone());
		let mut start = 0;
		for (each, end) in rejections.iter().zip(ends) {
			let place = (body, (start + kind.prefix_len()) as u32, end as u32);
			self.rejected_at(view.id_of(each.ordinal), place);
			let open = self.open(target, kind, end - start);
			let packet = &mut self.group.open[open];
			packet.entries.push(OpenEntry {
				body,
				start: start as u32,
				end: end as u32,
				view: view_at,
				ordinal: each.ordinal,
			});
			packet.kinds.0 |= view.packet.header.kinds.0;
			packet.body_len += end - start;
			start = end;
		}
		Ok(())
	}

	fn inbound_answers(
		&mut self,
		packet: &InboundPacket,
		authorised_at: BlockRef,
		signer: &KeyPair,
		out: &mut RecordWriter<'_>,
	) -> Result<(), WriteError> {
		let header = &packet.view.packet.header;
		let lane = header.lane.opposite();
		let mut skipped = packet.mismatched.clone();
		{
			let mut book = self.context.library.book.write();
			let mut mismatched = packet.mismatched.iter().copied().peekable();
			for (i, entry) in packet.view.entries.iter().enumerate() {
				if mismatched.next_if_eq(&(i as u32)).is_some() {
					continue;
				}
				if book.claim(&lane, entry.sequence, entry.ordinal, header.kind) {
					self.group.claimed.push(Claim {
						lane,
						sequence: entry.sequence,
						ordinal: entry.ordinal,
						answer: None,
					});
				} else {
					skipped.push(i as u32);
				}
			}
		}
		skipped.sort_unstable();
		let attestation = self.attestation(packet, &skipped, signer);
		let at = self.context.clock.now_ms();
		let trailer = Trailer {
			at,
			authorised_at,
			skipped,
			attestation,
			..packet.view.trailer.clone()
		};
		let (position, record) = write_packet(out, kind::PACKET_IN, &packet.view.packet.bytes, &trailer)?;
		self.group.written.push(Written {
			position,
			outgoing: false,
			keys: Vec::new(),
			record,
			hashes: packet.view.hashes().to_vec(),
		});
		Ok(())
	}

	/// This node's attestation of a batch of answers, but for the `skipped` ones; none where the batch is not what this node would have made
	/// of it, or does not follow the lane's batch before it.
	fn attestation(&mut self, packet: &InboundPacket, skipped: &[u32], signer: &KeyPair) -> Option<Attestation> {
		let header = &packet.view.packet.header;
		let core = header.core.as_ref()?;
		let hash = core.hash();
		// A node that lost packets of the lane cannot tell.
		let follows = self.last_core(&header.lane).is_none_or(|last| last == core.previous);
		self.group.cores.insert(header.lane, hash);
		if !packet.core_matches || !follows {
			return None;
		}
		let excluded = Excluded::of(skipped.iter().copied());
		let (genesis, recent) = (&self.context.genesis, self.context.final_chain.recent());
		Some(attest(signer, Side::Seller, genesis, &hash, recent, excluded))
	}
}
