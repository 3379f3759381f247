// SPDX-License-Identifier: Apache-2.0

//! Lines that go the same way, framed one behind the other as they will stand in a packet.

use crate::{
	api::Problem,
	chain::Target,
	cutting::{Part, PartEntry},
	order::problem,
	protocol::{body, PacketKind, WireError},
	records::PacketView,
};
use hashbrown::HashMap;
use sealane_primitives::business::BusinessKind;
use std::sync::Arc;

/// A part in the making.
struct PartBuilder {
	target: Target,
	kind: PacketKind,
	body: Vec<u8>,
	entries: Vec<PartEntry>,
	views: Vec<Arc<PacketView>>,
	/// Where a packet is in `views`, by position.
	placed: HashMap<u64, usize>,
}

/// Parts in the making.
pub(super) struct PartsBuilder {
	parts: Vec<PartBuilder>,
	/// What all lines and what precedes them take, in bytes, and how many lines there are.
	room: (usize, usize),
	/// See [`Part::searched`].
	searched: u64,
}

impl PartsBuilder {
	/// For a submission of `bytes` with so many lines. Packets with numbers below `searched` are looked through for the ids of orders
	/// before those are added.
	pub(super) fn new(bytes: usize, lines: usize, kind: PacketKind, searched: u64) -> Self {
		PartsBuilder {
			parts: Vec::new(),
			room: (bytes + lines * kind.prefix_len(), lines),
			searched,
		}
	}

	fn part(&mut self, target: &Target, kind: PacketKind) -> &mut PartBuilder {
		// The last one is right almost always, and there are few.
		let found = self.parts.iter().rposition(|p| p.kind == kind && p.target == *target);
		let at = found.unwrap_or_else(|| {
			// Most submissions go one way: the first part has room for all of it, and is never moved while it grows.
			let (bytes, lines) = std::mem::take(&mut self.room);
			self.parts.push(PartBuilder {
				target: target.clone(),
				kind,
				body: Vec::with_capacity(bytes),
				entries: Vec::with_capacity(lines),
				views: Vec::new(),
				placed: HashMap::new(),
			});
			self.parts.len() - 1
		});
		&mut self.parts[at]
	}

	pub(super) fn order(
		&mut self,
		target: &Target,
		kind: PacketKind,
		bytes: &[u8],
		entry: PartEntry,
	) -> Result<(), Problem> {
		let part = self.part(target, kind);
		let start = part.body.len() as u32;
		body::push_entry(&mut part.body, bytes).map_err(too_long)?;
		part.entries.push(PartEntry {
			start,
			end: part.body.len() as u32,
			..entry
		});
		Ok(())
	}

	pub(super) fn answer(
		&mut self,
		target: &Target,
		kind: PacketKind,
		bytes: &[u8],
		line: u32,
		view: &Arc<PacketView>,
		ordinal: u32,
	) -> Result<(), Problem> {
		let part = self.part(target, kind);
		let start = part.body.len() as u32;
		body::push_answer(&mut part.body, view.packet.header.sequence, ordinal, bytes).map_err(too_long)?;
		let view_at = match part.views.last() {
			Some(last) if last.position == view.position => part.views.len() - 1,
			_ => *part.placed.entry(view.position).or_insert_with(|| {
				part.views.push(view.clone());
				part.views.len() - 1
			}),
		};
		let kinds = view.packet.header.kinds;
		part.entries.push(PartEntry {
			line,
			start,
			end: part.body.len() as u32,
			key: None,
			// Which of the packet's kinds it is does not matter for what the answer may travel by.
			kind: kinds.iter().next().unwrap_or(BusinessKind::Registration),
			version: 0,
			view: view_at as u32,
			ordinal,
		});
		Ok(())
	}

	pub(super) fn is_empty(&self) -> bool {
		self.parts.is_empty()
	}

	pub(super) fn bytes(&self) -> usize {
		self.parts.iter().map(|part| part.body.len() + 512).sum()
	}

	pub(super) fn finish(self) -> Vec<Part> {
		let searched = self.searched;
		let part = |part: PartBuilder| {
			let PartBuilder {
				target,
				kind,
				body,
				entries,
				views,
				..
			} = part;
			Part {
				target,
				kind,
				body: body.into(),
				entries,
				views,
				searched,
			}
		};
		self.parts.into_iter().map(part).collect()
	}
}

fn too_long(error: WireError) -> Problem {
	problem("too_long", "", "", error.to_string())
}
