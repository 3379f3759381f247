// SPDX-License-Identifier: Apache-2.0

//! Where a line goes: an order by its product, a registration by its interface, a confirmation by the order that it answers.

use crate::service::Courier;
use crate::{
	api::*,
	chain::{Snapshot, Target},
	cutting::unreadable,
	library::{has_id, id_of},
	order::{problem, submitted::status_takes, Confirmation, Order},
	protocol::PacketKind,
	records::PacketView,
	store::Key,
};
use sealane_primitives::{
	business::BusinessKind,
	directory::{ChannelEntry, Refusal},
	ids::{AgreementId, MemberId},
};
use std::sync::Arc;

/// A target: one of the snapshot's, or that of an earlier order.
pub(super) enum Aim {
	Listed(usize),
	Of(Box<Target>),
}

/// Where an order goes.
pub(super) struct Way {
	aim: Aim,
	pub(super) key: Key,
	pub(super) kind: BusinessKind,
	pub(super) version: AgreementId,
}

impl Way {
	/// The target, found with `snapshot`.
	pub(super) fn target<'a>(&'a self, snapshot: &'a Snapshot) -> &'a Target {
		match &self.aim {
			Aim::Listed(index) => &snapshot.targets[*index],
			Aim::Of(target) => target,
		}
	}
}

/// The order that was answered last. Issuers answer in the order in which they were asked, so the next one is behind it.
#[derive(Default)]
pub(super) struct Near {
	view: Option<Arc<PacketView>>,
	ordinal: u32,
}

impl Near {
	/// The order behind the last one, if it is this one of this seller. No look at the index is needed then: a seller has one order with
	/// an id, except for those that the node itself refused, which stand among the skipped.
	fn next(&self, seller: MemberId, registrations: bool, id: &str) -> Option<(Arc<PacketView>, u32)> {
		let (view, ordinal) = (self.view.as_ref()?, self.ordinal + 1);
		let is_registration = view.packet.header.kind == PacketKind::Registrations;
		let is_it = view.trailer.seller == seller
			&& is_registration == registrations
			&& view.trailer.skipped.binary_search(&ordinal).is_err()
			&& has_id(view.entry(ordinal)?, id);
		is_it.then(|| (view.clone(), ordinal))
	}

	fn set(&mut self, view: &Arc<PacketView>, ordinal: u32) {
		if self.view.as_ref().is_none_or(|last| last.position != view.position) {
			self.view = Some(view.clone());
		}
		self.ordinal = ordinal;
	}
}

impl Courier {
	pub(super) fn order_way(&self, snapshot: &Snapshot, order: &Order<'_>) -> Result<Way, Problem> {
		if order.kind == BusinessKind::Registration {
			let rule = "registrations are submitted as registrations";
			return Err(problem("kind_unknown", "kind", order.kind.as_str(), rule));
		}
		let product_id = order.product.as_deref().unwrap_or_default();
		let route = snapshot.route(product_id).ok_or_else(|| {
			problem(
				"product_unknown",
				"product",
				product_id,
				"no issuer with a channel has it",
			)
		})?;
		let channel = &snapshot.directory.channels[route.channel];
		let product = &channel.products[route.product];
		let aim = match self.aim_of_cancelled(snapshot, order)? {
			Some(aim) => aim,
			None => Aim::Listed(self.may_travel(channel, order.kind, route.target)?),
		};
		if let Some(interface) = order
			.interface
			.as_deref()
			.filter(|i| i.as_bytes() != &product.interface[..])
		{
			let rule = format!(
				"the product's orders go to `{}`",
				String::from_utf8_lossy(&product.interface)
			);
			return Err(problem("interface_mismatch", "interface", interface, rule));
		}
		if !status_takes(product.status, order.kind) {
			let rule = format!(
				"the product is {} and takes no {}",
				status_name(product),
				order.kind.as_str()
			);
			return Err(problem("product_closed", "product", product_id, rule));
		}
		if order.currency.is_some_and(|c| c != product.currency) {
			let rule = format!(
				"the product's currency is {}",
				String::from_utf8_lossy(&product.currency)
			);
			let given = order
				.currency
				.map(|c| String::from_utf8_lossy(&c).into_owned())
				.unwrap_or_default();
			return Err(problem("currency_mismatch", "currency", given, rule));
		}
		let in_force = route.agreement.map_err(|unread| {
			let rule =
				format!("agreement {unread} has clauses that this node does not know: install a newer version of it");
			problem("agreement_unknown", "product", product_id, rule)
		})?;
		if order.clause_version != in_force {
			let rule = match in_force {
				0 => "no clauses are agreed for this product: must be 0 or left out".to_owned(),
				current => format!("agreement {current} is in force"),
			};
			return Err(problem(
				"clause_version",
				"clause_version",
				order.clause_version.to_string(),
				rule,
			));
		}
		let key = self.library.key(snapshot.directory.member.id, false, &order.id);
		Ok(Way {
			aim,
			key,
			kind: order.kind,
			version: order.clause_version,
		})
	}

	pub(super) fn registration_way(&self, snapshot: &Snapshot, order: &Order<'_>) -> Result<Way, Problem> {
		if order.kind != BusinessKind::Registration {
			let rule = "must be `registration` or left out";
			return Err(problem("kind_unknown", "kind", order.kind.as_str(), rule));
		}
		let (channel, target) = if let Some(interface) = order.interface.as_deref() {
			let rule = "no issuer with a channel has it";
			let unknown = || problem("interface_unknown", "interface", interface, rule);
			snapshot.interface(interface).ok_or_else(unknown)?
		} else {
			let product = order.product.as_deref().unwrap_or_default();
			let unknown = || problem("product_unknown", "product", product, "no issuer with a channel has it");
			let route = snapshot.route(product).ok_or_else(unknown)?;
			(&snapshot.directory.channels[route.channel], route.target)
		};
		let target = self.may_travel(channel, order.kind, target)?;
		if order.clause_version != 0 && !channel.agreements.iter().any(|a| a.id == order.clause_version) {
			let value = order.clause_version.to_string();
			return Err(problem(
				"clause_version",
				"clause_version",
				value,
				"is no agreement in force with this issuer",
			));
		}
		let key = self.library.key(snapshot.directory.member.id, true, &order.id);
		Ok(Way {
			aim: Aim::Listed(target),
			key,
			kind: order.kind,
			version: order.clause_version,
		})
	}

	/// A cancellation goes where its order went: another node, to which the product's interface may have moved since, knows nothing of it.
	/// `None` where the order is not in this log, or its node is gone.
	fn aim_of_cancelled(&self, snapshot: &Snapshot, order: &Order<'_>) -> Result<Option<Aim>, Problem> {
		let Some(cancelled) = order
			.cancels
			.as_deref()
			.filter(|_| order.kind == BusinessKind::Cancellation)
		else {
			return Ok(None);
		};
		let key = self.library.key(snapshot.directory.member.id, false, cancelled);
		let found = self.library.find(key, cancelled).map_err(|error| unreadable(&error))?;
		let Some((view, _)) = found else { return Ok(None) };
		let header = &view.packet.header;
		let Some(channel) = snapshot
			.channel(header.lane.channel)
			.filter(|channel| snapshot.partner_node(channel, header.lane.to).is_some())
		else {
			return Ok(None);
		};
		self.may_travel(channel, order.kind, Ok(0))?;
		Ok(Some(Aim::Of(Box::new(Target {
			lane: header.lane,
			interface: header.interface.clone(),
		}))))
	}

	fn may_travel(
		&self,
		channel: &ChannelEntry,
		kind: BusinessKind,
		target: Result<usize, Refusal>,
	) -> Result<usize, Problem> {
		if !self.config.unchecked_sender {
			match channel.authorisation {
				Err(refusal) => {
					let rule = format!("the channel {} is not open: {}", channel.id, refusal_name(refusal));
					return Err(problem("channel_closed", "", "", rule));
				}
				Ok(authorisation) if !authorisation.kinds.contains(kind) => {
					let rule = format!("the grant of channel {} does not cover it", channel.id);
					return Err(problem("kind_not_granted", "kind", kind.as_str(), rule));
				}
				Ok(_) => (),
			}
		}
		target.map_err(|_| {
			problem(
				"interface_unknown",
				"",
				"",
				"the issuer's interface is served by no node",
			)
		})
	}

	/// The order that a confirmation answers.
	pub(super) fn confirmed(
		&self,
		snapshot: &Snapshot,
		sellers: &[MemberId],
		confirmation: &Confirmation<'_>,
		registrations: bool,
		last: &mut Near,
	) -> Result<(Arc<PacketView>, u32), Problem> {
		let named = match (confirmation.seller, confirmation.channel) {
			(Some(seller), _) => Some(seller),
			(None, Some(channel)) => {
				let unknown = || {
					problem(
						"channel_unknown",
						"channel",
						channel.to_string(),
						"is no channel of this member",
					)
				};
				Some(snapshot.seller_of(channel).ok_or_else(unknown)?)
			}
			(None, None) => None,
		};
		let candidates = named.as_ref().map_or(sellers, std::slice::from_ref);
		let mut found: Option<(MemberId, Arc<PacketView>, u32)> = None;
		for seller in candidates {
			let next = last.next(*seller, registrations, &confirmation.order);
			let order = match next {
				Some(order) => Some(order),
				None => {
					let key = self.library.key(*seller, registrations, &confirmation.order);
					self.library
						.find_near(key, &confirmation.order, &last.view)
						.map_err(|error| problem("log_unreadable", "order", &confirmation.order, error.to_string()))?
				}
			};
			let Some((view, ordinal)) = order else { continue };
			let lane = view.packet.header.lane;
			let other_channel = confirmation.channel.is_some_and(|c| c != lane.channel);
			if lane.to != snapshot.directory.node || other_channel {
				continue;
			}
			if let Some((first, ..)) = &found {
				let rule =
					format!("members {first} and {seller} both have an order with this id: name `seller` or `channel`");
				return Err(problem("order_ambiguous", "order", &confirmation.order, rule));
			}
			found = Some((*seller, view, ordinal));
		}
		let unknown = || {
			problem(
				"order_unknown",
				"order",
				&confirmation.order,
				"is no order that this node received",
			)
		};
		let (_, view, ordinal) = found.ok_or_else(unknown)?;
		last.set(&view, ordinal);
		Ok((view, ordinal))
	}
}

/// The sellers from whom this node may have orders.
pub(in crate::service) fn sellers(snapshot: &Snapshot) -> Vec<MemberId> {
	let mut sellers: Vec<_> = snapshot.directory.channels.iter().map(|c| c.seller).collect();
	sellers.sort_unstable();
	sellers.dedup();
	sellers
}

fn status_name(product: &sealane_primitives::directory::ProductEntry) -> &'static str {
	use sealane_primitives::directory::ProductStatus::*;
	match product.status {
		Offering => "in its offering period",
		Open => "open",
		Suspended => "suspended",
		Closed => "closed",
	}
}

/// Stable name of a refusal.
fn refusal_name(refusal: Refusal) -> &'static str {
	crate::protocol::RefusalReason::Chain(refusal)
		.code()
		.trim_start_matches("chain.")
}

/// The id in an order's bytes, for states and events.
pub(in crate::service) fn shown_id(bytes: &[u8]) -> String {
	id_of(bytes).map(|id| id.into_owned()).unwrap_or_default()
}
