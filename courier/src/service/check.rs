// SPDX-License-Identifier: Apache-2.0

//! A partner's packet, entry by entry: orders against directory and clauses, answers against the orders they answer.

use super::Courier;
use crate::{
	chain::Snapshot,
	cutting::{InboundPacket, Rejection},
	library::{has_id, id_of, LookupError},
	order::{submitted::status_takes, Confirmation, Order},
	protocol::{Packet, PacketHeader, PacketKind},
	records::{PacketView, Trailer},
	store::Key,
};
use sealane_primitives::{
	business::BusinessKind,
	clauses,
	directory::{AgreementEntry, ChannelEntry, ProductEntry},
	evidence::{self, TreeBuilder},
};
use std::sync::Arc;

/// Why an order is rejected by the node: code and text.
type Reason = (&'static str, String);

/// Why a packet cannot be checked now.
#[derive(Debug, thiserror::Error)]
pub(super) enum CheckError {
	#[error(transparent)]
	Lookup(#[from] LookupError),
	#[error("channel {0} is not in the directory any more")]
	ChannelGone(u32),
	#[error("{0}")]
	Wire(#[from] crate::protocol::WireError),
}

impl Courier {
	/// Check the entries of a packet whose header and signature are right.
	pub(super) fn check_packet(&self, snapshot: &Snapshot, packet: Packet) -> Result<InboundPacket, CheckError> {
		let channel = packet.header.lane.channel;
		let channel = snapshot.channel(channel).ok_or(CheckError::ChannelGone(channel))?;
		let entries = packet.body().entries_checked(packet.header.count)?;
		let trailer = Trailer {
			seller: channel.seller,
			..Trailer::default()
		};
		if packet.header.kind.is_answer() {
			let view = PacketView::from_parts(u64::MAX, packet, trailer, entries);
			return self.check_answers(view);
		}
		let registrations = packet.header.kind == PacketKind::Registrations;
		let (mut keys, mut rejections, mut versions) = (Vec::with_capacity(entries.len()), Vec::new(), Vec::new());
		for (ordinal, entry) in entries.iter().enumerate() {
			let bytes = &packet.bytes[packet.head_len + entry.start..packet.head_len + entry.end];
			let parsed = if registrations {
				Order::parse_registration(bytes)
			} else {
				Order::parse(bytes)
			};
			let (key, version, verdict) = match &parsed {
				Ok(order) => {
					let key = self.library.key(channel.seller, registrations, &order.id);
					let verdict = judge(snapshot, channel, &packet.header, order);
					(Some(key), order.clause_version, verdict)
				}
				Err(problem) => (None::<Key>, 0, Err(("technical.unreadable", problem.to_string()))),
			};
			keys.push(key);
			Trailer::push_version(&mut versions, version);
			if let Err((code, text)) = verdict {
				let id = parsed.as_ref().ok().map(|order| order.id.to_string());
				let id = id
					.or_else(|| id_of(bytes).map(|id| id.into_owned()))
					.unwrap_or_else(|| "?".into());
				rejections.push(Rejection {
					ordinal: ordinal as u32,
					id,
					code,
					text,
				});
			}
		}
		let view = PacketView::from_parts(u64::MAX, packet, Trailer { versions, ..trailer }, entries);
		Ok(InboundPacket {
			view: Arc::new(view),
			keys,
			rejections,
			mismatched: Vec::new(),
			root_matches: false,
		})
	}

	/// Check that answers match what they answer, and that the batch is what this node would have made of it.
	fn check_answers(&self, view: PacketView) -> Result<InboundPacket, CheckError> {
		let header = &view.packet.header;
		let orders = header.lane.opposite();
		// `PacketHeader::check` saw to it that answers have both.
		let seed = header.salt_seed.unwrap_or_default();
		let (mut mismatched, mut tree, mut whole) = (Vec::new(), TreeBuilder::new(), true);
		let mut last: Option<Arc<PacketView>> = None;
		for (i, entry) in view.entries.iter().enumerate() {
			let answered = match last.take().filter(|v| v.packet.header.sequence == entry.sequence) {
				Some(answered) => Some(answered),
				None => self.library.packet(&orders, entry.sequence)?,
			};
			let answer = view.entry(i as u32).unwrap_or_default();
			let order = answered.as_ref().and_then(|v| Some((v, v.entry(entry.ordinal)?)));
			let Some((answered_view, order)) = order else {
				mismatched.push(i as u32);
				whole = false;
				continue;
			};
			let matches = answered_view.packet.header.kind.answer() == Some(header.kind)
				&& Confirmation::parse(answer).is_ok_and(|c| has_id(order, &c.order));
			if !matches {
				mismatched.push(i as u32);
			}
			let salt = evidence::salt(&seed, i as u32);
			let version = answered_view.version_of(entry.ordinal);
			tree.push(evidence::record_leaf(
				&salt,
				order,
				answer,
				version,
				header.lane.channel,
			));
			last = answered;
		}
		let root_matches = whole
			&& header.batch.as_ref().is_some_and(|batch| {
				let b = &batch.header;
				b.genesis == self.genesis
					&& b.channel == header.lane.channel
					&& b.issuer_node == header.lane.from
					&& b.seller_node == header.lane.to
					&& b.first_sequence == header.sequence
					&& b.last_sequence == header.sequence
					&& b.count == header.count
					&& b.root == tree.root()
			});
		let view = Arc::new(view);
		Ok(InboundPacket {
			view,
			keys: Vec::new(),
			rejections: Vec::new(),
			mismatched,
			root_matches,
		})
	}
}

/// What the issuer's node itself says to an order.
fn judge(snapshot: &Snapshot, channel: &ChannelEntry, header: &PacketHeader, order: &Order<'_>) -> Result<(), Reason> {
	if !header.kinds.contains(order.kind) {
		let text = format!(
			"the packet's header does not announce orders of kind {}",
			order.kind.as_str()
		);
		return Err(("technical.kind_not_announced", text));
	}
	if order.kind == BusinessKind::Registration {
		return Ok(());
	}
	let id = order.product.as_deref().unwrap_or_default();
	let (product, agreement) = snapshot
		.issued(channel, id)
		.ok_or_else(|| ("technical.product_unknown", format!("product `{id}` is not known")))?;
	if product.interface != header.interface {
		let right = String::from_utf8_lossy(&product.interface).into_owned();
		return Err((
			"technical.interface_mismatch",
			format!("orders of product `{id}` go to interface `{right}`"),
		));
	}
	if !status_takes(product.status, order.kind) {
		let text = format!("product `{id}` takes no orders of kind {} now", order.kind.as_str());
		return Err(("technical.product_closed", text));
	}
	qualify(snapshot, product, agreement, order)
}

/// Whether the order meets the clauses it was stamped with, and whether those are in force.
fn qualify(
	snapshot: &Snapshot,
	product: &ProductEntry,
	agreement: Option<&AgreementEntry>,
	order: &Order<'_>,
) -> Result<(), Reason> {
	let current = agreement.map_or(0, |a| a.id);
	let agreement = if order.clause_version == current {
		match agreement {
			Some(agreement) => agreement,
			None => return Ok(()),
		}
	} else {
		// The order was on its way when the clauses changed: those that held when it was placed are good for a while.
		let replaced = snapshot.replaced(order.clause_version);
		let same_scope = replaced.filter(|r| agreement.is_none_or(|a| a.scope == r.scope));
		same_scope.ok_or_else(|| {
			let stamped = order.clause_version;
			(
				"clauses.version",
				format!("the order is stamped with agreement {stamped}, in force is {current}"),
			)
		})?
	};
	let facts = order.facts(Some(product));
	if clauses::hold(&agreement.clauses, &facts) {
		return Ok(());
	}
	let verdict = clauses::evaluate(&agreement.clauses, &facts);
	Err(("clauses.failed", format!("agreement {}: {verdict}", agreement.id)))
}
