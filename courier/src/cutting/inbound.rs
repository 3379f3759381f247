// SPDX-License-Identifier: Apache-2.0

//! Packets of partners: what is new in them, and what this node itself says to it.

use super::{submission::*, write::write_packet, Answer, OpenEntry, Outbox, PacketCutter, Written};
use crate::{
	chain::Target,
	keys::KeyPair,
	order,
	protocol::{packet, PacketKind},
	records::{kind, PacketView, Trailer},
	store::{AppendError, Key, RecordWriter},
};
use codec::Encode;
use sealane_primitives::{ids::BlockNumber, keys::Purpose};
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
			let written = if packet.view.packet.header.kind.is_answer() {
				self.inbound_answers(&packet, inbound.authorised_at, signer, out)
			} else {
				self.inbound_orders(packet, inbound.authorised_at, out)
			};
			if let Err(error) = written {
				self.group
					.answers
					.push(Answer::NotStored(inbound.reply, InboundError::NotStored(error)));
				return;
			}
			*self.group.next.entry(inbound.lane).or_insert(expected) += 1;
		}
		self.group.answers.push(Answer::Stored(inbound.reply));
	}

	fn inbound_orders(
		&mut self,
		packet: InboundPacket,
		authorised_at: BlockNumber,
		out: &mut RecordWriter<'_>,
	) -> Result<(), AppendError> {
		let header = &packet.view.packet.header;
		let mut rejections = packet.rejections;
		let read: Vec<Key> = packet.keys.iter().flatten().copied().collect();
		let places: Vec<u32> = packet
			.keys
			.iter()
			.enumerate()
			.filter(|(_, k)| k.is_some())
			.map(|(i, _)| i as u32)
			.collect();
		let mut known = Vec::new();
		self.context
			.library
			.index
			.probe_many(&read, |place, _| known.push(place));
		known.dedup();
		let (mut known, mut keys) = (known.into_iter().peekable(), Vec::with_capacity(read.len()));
		let mut repeats = Vec::new();
		let body = self.body(packet.view.packet.bytes.clone());
		for (place, (key, ordinal)) in read.into_iter().zip(places).enumerate() {
			let seen = self.group.pending.get(&key).copied();
			let entry = packet.view.entries[ordinal as usize];
			let (start, end) = (
				packet.view.packet.head_len + entry.start,
				packet.view.packet.head_len + entry.end,
			);
			if known.next_if_eq(&place).is_some() || seen.is_some() {
				let bytes = &packet.view.packet.bytes[start..end];
				// What cannot be compared now is taken for a repeat: an order must not take effect twice.
				if !matches!(self.earlier(key, bytes, seen), Ok(None)) {
					repeats.push(ordinal);
					let id = order::Order::parse_registration(bytes)
						.map(|o| o.id.into_owned())
						.unwrap_or_default();
					rejections.retain(|r| r.ordinal != ordinal);
					rejections.push(Rejection {
						ordinal,
						id,
						code: "technical.order_id_reused",
						text: "an order of this seller with this id came before".into(),
					});
					continue;
				}
			}
			self.group.pending.insert(key, (body, start as u32, end as u32));
			keys.push((key, ordinal));
		}
		rejections.sort_by_key(|r| r.ordinal);
		let trailer = Trailer {
			at: self.context.clock.now_ms(),
			authorised_at,
			skipped: rejections.iter().map(|r| r.ordinal).collect(),
			repeats,
			..packet.view.trailer.clone()
		};
		let position = write_packet(out, kind::PACKET_IN, &packet.view.packet.bytes, &trailer)?;
		self.group.written.push(Written {
			position,
			outgoing: false,
			keys,
			entries: packet.view.entries.clone(),
		});
		if let (false, Some(kind)) = (rejections.is_empty(), header.kind.answer()) {
			let target = Target {
				lane: header.lane.opposite(),
				interface: header.interface.clone(),
			};
			self.reject(&target, kind, &packet.view, &rejections);
		}
		Ok(())
	}

	/// Make the technical rejections of a packet's entries.
	fn reject(&mut self, target: &Target, kind: PacketKind, view: &Arc<PacketView>, rejections: &[Rejection]) {
		let sequence = view.packet.header.sequence;
		let mut body = Vec::new();
		let mut ends = Vec::with_capacity(rejections.len());
		for each in rejections {
			let line = order::confirmed::technical(&each.id, each.code, &each.text);
			packet::push_answer(&mut body, sequence, each.ordinal, &line);
			ends.push(body.len());
		}
		let body = self.body(body.into());
		let view_at = self.group.views.len() as u32;
		self.group.views.push(view.clone());
		let mut start = 0;
		for (each, end) in rejections.iter().zip(ends) {
			let open = self.open(target, kind, end - start);
			let packet = &mut self.group.open[open];
			let ordinal = each.ordinal;
			packet.entries.push(OpenEntry {
				body,
				start: start as u32,
				end: end as u32,
				view: view_at,
				ordinal,
			});
			packet.kinds.0 |= view.packet.header.kinds.0;
			packet.body_len += end - start;
			start = end;
		}
	}

	fn inbound_answers(
		&mut self,
		packet: &InboundPacket,
		authorised_at: BlockNumber,
		signer: &KeyPair,
		out: &mut RecordWriter<'_>,
	) -> Result<(), AppendError> {
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
					self.group.claimed.push((lane, entry.sequence, entry.ordinal));
				} else {
					skipped.push(i as u32);
				}
			}
		}
		skipped.sort_unstable();
		let countersignature = match &header.batch {
			Some(batch) if packet.root_matches && skipped.is_empty() => {
				Some(signer.sign(Purpose::Batch, &self.context.genesis, &batch.header.encode()))
			}
			_ => None,
		};
		let at = self.context.clock.now_ms();
		let trailer = Trailer {
			at,
			authorised_at,
			skipped,
			countersignature,
			..packet.view.trailer.clone()
		};
		let position = write_packet(out, kind::PACKET_IN, &packet.view.packet.bytes, &trailer)?;
		self.group.written.push(Written {
			position,
			outgoing: false,
			keys: Vec::new(),
			entries: packet.view.entries.clone(),
		});
		Ok(())
	}
}
