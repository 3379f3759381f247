// SPDX-License-Identifier: Apache-2.0

//! What this node's business system hands in: parsed, checked and framed in the caller's task, stored by the log's thread.

use super::Courier;
use crate::{
	api::*,
	chain::{Snapshot, Target},
	cutting::{submit_error, Lines, Part, PartEntry, Submission},
	library::id_of,
	order::{problem, submitted::status_takes, Confirmation, Order},
	protocol::{packet, PacketKind},
	records::PacketView,
	store::Key,
};
use bytes::Bytes;
use hashbrown::HashMap;
use sealane_primitives::{
	business::BusinessKind,
	clauses::{Timestamp, UtcOffset},
	directory::{ChannelEntry, Refusal},
	ids::{AgreementId, MemberId},
};
use std::{ops::Range, sync::Arc, time::Duration};
use tokio::sync::oneshot;

/// Longest idempotency key, in bytes.
pub const MAX_IDEMPOTENCY_KEY_LEN: usize = 128;
/// Lines parsed before the task lets others run.
const LINES_PER_TURN: usize = 2048;
/// What follows the id of an order in the id of its cancellation.
const CANCEL_SUFFIX: &str = "~cancel";

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
#[derive(Default)]
struct PartsBuilder {
	parts: Vec<PartBuilder>,
}

impl PartsBuilder {
	fn part(&mut self, target: &Target, kind: PacketKind) -> &mut PartBuilder {
		// The last one is right almost always, and there are few.
		let found = self.parts.iter().rposition(|p| p.kind == kind && p.target == *target);
		let at = found.unwrap_or_else(|| {
			self.parts.push(PartBuilder {
				target: target.clone(),
				kind,
				body: Vec::new(),
				entries: Vec::new(),
				views: Vec::new(),
				placed: HashMap::new(),
			});
			self.parts.len() - 1
		});
		&mut self.parts[at]
	}

	fn order(&mut self, target: &Target, kind: PacketKind, bytes: &[u8], entry: PartEntry) {
		let part = self.part(target, kind);
		let start = part.body.len() as u32;
		packet::push_entry(&mut part.body, bytes);
		part.entries.push(PartEntry {
			start,
			end: part.body.len() as u32,
			..entry
		});
	}

	fn answer(
		&mut self,
		target: &Target,
		kind: PacketKind,
		bytes: &[u8],
		line: u32,
		view: &Arc<PacketView>,
		ordinal: u32,
	) {
		let part = self.part(target, kind);
		let start = part.body.len() as u32;
		packet::push_answer(&mut part.body, view.packet.header.sequence, ordinal, bytes);
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
	}

	fn bytes(&self) -> usize {
		self.parts.iter().map(|part| part.body.len() + 512).sum()
	}

	fn finish(self) -> Vec<Part> {
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
			}
		};
		self.parts.into_iter().map(part).collect()
	}
}

/// Where an order goes.
struct Way {
	target: usize,
	key: Key,
	kind: BusinessKind,
	version: AgreementId,
}

impl Courier {
	pub(crate) async fn submit_orders(
		&self,
		body: Bytes,
		lines: Vec<Range<u32>>,
		idempotency: Option<IdempotencyKey>,
		registrations: bool,
	) -> Result<SubmitReport, SubmitError> {
		if let Some(report) = self.admit(&body, &lines, idempotency.as_ref())? {
			return Ok(report);
		}
		let started = std::time::Instant::now();
		let snapshot = self.trading()?;
		let kind = if registrations {
			PacketKind::Registrations
		} else {
			PacketKind::Orders
		};
		let (mut parts, mut report) = (PartsBuilder::default(), SubmitReport::default());
		for (line, range) in lines.iter().enumerate() {
			if line % LINES_PER_TURN == LINES_PER_TURN - 1 {
				tokio::task::yield_now().await;
			}
			let bytes = &body[range.start as usize..range.end as usize];
			let way = if registrations {
				Order::parse_registration(bytes).and_then(|order| self.registration_way(&snapshot, &order))
			} else {
				Order::parse(bytes).and_then(|order| self.order_way(&snapshot, &order))
			};
			match way {
				Ok(Way {
					target,
					key,
					kind: business,
					version,
				}) => {
					let entry = PartEntry {
						line: line as u32,
						start: 0,
						end: 0,
						key: Some(key),
						kind: business,
						version,
						view: 0,
						ordinal: 0,
					};
					parts.order(&snapshot.targets[target], kind, bytes, entry);
				}
				Err(problem) => report.refused.push((line as u32, problem)),
			}
		}
		let report = self.store(parts, report, idempotency).await?;
		self.metrics.accepted.inc_by(report.accepted.into());
		self.metrics
			.refused
			.with_label_values(&[if registrations { "registrations" } else { "orders" }])
			.inc_by(report.refused.len() as u64);
		self.metrics.submit_seconds.observe(started.elapsed().as_secs_f64());
		Ok(report)
	}

	pub(crate) async fn submit_confirmations(
		&self,
		body: Bytes,
		lines: Vec<Range<u32>>,
		idempotency: Option<IdempotencyKey>,
		registrations: bool,
	) -> Result<SubmitReport, SubmitError> {
		if let Some(report) = self.admit(&body, &lines, idempotency.as_ref())? {
			return Ok(report);
		}
		let started = std::time::Instant::now();
		let snapshot = self.trading()?;
		let kind = if registrations {
			PacketKind::RegistrationResults
		} else {
			PacketKind::Confirmations
		};
		let sellers = sellers(&snapshot);
		let (mut parts, mut report) = (PartsBuilder::default(), SubmitReport::default());
		let mut last = None;
		for (line, range) in lines.iter().enumerate() {
			if line % LINES_PER_TURN == LINES_PER_TURN - 1 {
				tokio::task::yield_now().await;
			}
			let bytes = &body[range.start as usize..range.end as usize];
			let found = Confirmation::parse_submitted(bytes)
				.and_then(|confirmation| self.confirmed(&snapshot, &sellers, &confirmation, registrations, &mut last));
			match found {
				Ok((view, ordinal)) => {
					let header = &view.packet.header;
					let target = Target {
						lane: header.lane.opposite(),
						interface: header.interface.clone(),
					};
					parts.answer(&target, kind, bytes, line as u32, &view, ordinal);
				}
				Err(problem) => report.refused.push((line as u32, problem)),
			}
		}
		let report = self.store(parts, report, idempotency).await?;
		self.metrics.answered.inc_by(report.accepted.into());
		self.metrics
			.refused
			.with_label_values(&[if registrations { "results" } else { "confirmations" }])
			.inc_by(report.refused.len() as u64);
		self.metrics.submit_seconds.observe(started.elapsed().as_secs_f64());
		Ok(report)
	}

	/// The checks before any line is read; gives the report of an earlier request with the same key.
	fn admit(
		&self,
		body: &Bytes,
		lines: &[Range<u32>],
		idempotency: Option<&IdempotencyKey>,
	) -> Result<Option<SubmitReport>, SubmitError> {
		let too_large = |what, value: usize, max: u32| SubmitError::TooLarge {
			what,
			value: value as u64,
			max: max.into(),
		};
		if lines.len() > self.config.max_lines as usize {
			return Err(too_large("lines", lines.len(), self.config.max_lines));
		}
		if body.len() > self.config.max_submission_bytes as usize {
			return Err(too_large("bytes", body.len(), self.config.max_submission_bytes));
		}
		let outside = |range: &Range<u32>| range.start > range.end || range.end as usize > body.len();
		if let Some(line) = lines.iter().position(outside) {
			return Err(SubmitError::LineOutOfBody { line: line as u32 });
		}
		let Some(key) = idempotency else { return Ok(None) };
		if key.key.is_empty() || key.key.len() > MAX_IDEMPOTENCY_KEY_LEN {
			return Err(SubmitError::IdempotencyKeyInvalid {
				len: key.key.len(),
				max: MAX_IDEMPOTENCY_KEY_LEN,
			});
		}
		match self.library.book.read().idempotency.get(&key.key) {
			Some((digest, report, _)) if *digest == key.body_digest => Ok(Some(report.clone())),
			Some(_) => Err(SubmitError::IdempotencyConflict { key: key.key.clone() }),
			None => Ok(None),
		}
	}

	/// The directory of a node that may trade.
	fn trading(&self) -> Result<Arc<Snapshot>, SubmitError> {
		if self.is_stopped() {
			return Err(SubmitError::Closed);
		}
		let Some(snapshot) = self.snapshot() else {
			let known = self.chain.directory().borrow().is_some();
			return Err(if known {
				SubmitError::NotAMember
			} else {
				SubmitError::NotReady
			});
		};
		if !snapshot.directory.member.active {
			return Err(SubmitError::NotAMember);
		}
		Ok(snapshot)
	}

	/// Hand the parts to the log and wait until they are on disk.
	async fn store(
		&self,
		parts: PartsBuilder,
		mut report: SubmitReport,
		idempotency: Option<IdempotencyKey>,
	) -> Result<SubmitReport, SubmitError> {
		if parts.parts.is_empty() && idempotency.is_none() {
			report.position = self.log.tail();
			return Ok(report);
		}
		let bytes = parts.bytes() + 256;
		let (reply, answer) = oneshot::channel();
		let lines = Lines {
			parts: parts.finish(),
			report,
			idempotency,
			reply,
		};
		let wait = Duration::from_millis(self.config.max_queue_wait_ms);
		match tokio::time::timeout(wait, self.log.submit(Submission::Lines(Box::new(lines)), bytes)).await {
			Ok(Ok(())) => (),
			Ok(Err(error)) => return Err(submit_error(&error)),
			Err(_) => return Err(SubmitError::Busy { retry_after_ms: 500 }),
		}
		answer.await.map_err(|_| SubmitError::Closed)?
	}

	fn order_way(&self, snapshot: &Snapshot, order: &Order<'_>) -> Result<Way, Problem> {
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
		let target = self.may_travel(channel, order.kind, route.target)?;
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
		if order.clause_version != route.agreement {
			let rule = match route.agreement {
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
			target,
			key,
			kind: order.kind,
			version: order.clause_version,
		})
	}

	fn registration_way(&self, snapshot: &Snapshot, order: &Order<'_>) -> Result<Way, Problem> {
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
			target,
			key,
			kind: order.kind,
			version: order.clause_version,
		})
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
	fn confirmed(
		&self,
		snapshot: &Snapshot,
		sellers: &[MemberId],
		confirmation: &Confirmation<'_>,
		registrations: bool,
		last: &mut Option<Arc<PacketView>>,
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
		for seller in candidates {
			let key = self.library.key(*seller, registrations, &confirmation.order);
			let found = self
				.library
				.find_near(key, &confirmation.order, last)
				.map_err(|error| problem("log_unreadable", "order", &confirmation.order, error.to_string()))?;
			if let Some((view, ordinal)) = found {
				let lane = view.packet.header.lane;
				let other_channel = confirmation.channel.is_some_and(|c| c != lane.channel);
				if lane.to == snapshot.directory.node && !other_channel {
					return Ok((view, ordinal));
				}
			}
		}
		Err(problem(
			"order_unknown",
			"order",
			&confirmation.order,
			"is no order that this node received",
		))
	}

	pub(crate) async fn cancel(&self, id: &str) -> Result<String, CancelError> {
		let snapshot = self.trading()?;
		let seller = snapshot.directory.member.id;
		let not_found = || CancelError::NotFound(id.chars().take(128).collect());
		let find = |id: &str| {
			self.library
				.find(self.library.key(seller, false, id), id)
				.map_err(ReadError::from)
		};
		let (view, ordinal) = find(id)?.ok_or_else(not_found)?;
		let bytes = view.share(ordinal).ok_or_else(not_found)?;
		let order = Order::parse(&bytes).map_err(CancelError::Refused)?;
		if order.kind == BusinessKind::Cancellation {
			return Err(CancelError::NotCancellable {
				id: id.into(),
				kind: order.kind.as_str(),
			});
		}
		let header = &view.packet.header;
		let answer = self
			.library
			.answer(&header.lane, header.sequence, ordinal)
			.map_err(ReadError::from)?;
		if let Some((answers, at)) = answer {
			let parsed = answers.entry(at).and_then(|bytes| Confirmation::parse(bytes).ok());
			let state = parsed.map_or(OrderStage::Confirmed, |c| c.outcome.stage());
			return Err(CancelError::AlreadyConfirmed { id: id.into(), state });
		}
		let cancel_id = cancel_id(id);
		if find(&cancel_id)?.is_some() {
			return Ok(cancel_id);
		}
		let line = self.cancellation(&snapshot, &order, &bytes, &cancel_id);
		let range = 0..line.len() as u32;
		let report = self.submit_orders(line.into(), vec![range], None, false).await?;
		match report.refused.into_iter().next() {
			// Somebody else asked at the same moment.
			Some((_, problem)) if problem.code == "order_id_reused" => Ok(cancel_id),
			Some((_, problem)) => Err(CancelError::Refused(problem)),
			None => Ok(cancel_id),
		}
	}

	/// The bytes of the order that asks for a cancellation.
	fn cancellation(&self, snapshot: &Snapshot, order: &Order<'_>, bytes: &[u8], cancel_id: &str) -> Vec<u8> {
		#[derive(serde::Serialize)]
		struct Line<'a> {
			id: &'a str,
			kind: &'static str,
			product: &'a str,
			cancels: &'a str,
			#[serde(skip_serializing_if = "Option::is_none")]
			customer: Option<&'a str>,
			placed_at: String,
			#[serde(skip_serializing_if = "Option::is_none")]
			clause_version: Option<AgreementId>,
			#[serde(skip_serializing_if = "Option::is_none")]
			facts: Option<&'a serde_json::value::RawValue>,
		}
		#[derive(serde::Deserialize)]
		struct WithFacts<'a> {
			// The clauses ask the same of whoever cancels.
			#[serde(borrow, default)]
			facts: Option<&'a serde_json::value::RawValue>,
		}
		let product = order.product.as_deref().unwrap_or_default();
		let now = Timestamp::new(self.clock.now_ms(), UtcOffset::UTC);
		let line = Line {
			id: cancel_id,
			kind: BusinessKind::Cancellation.as_str(),
			product,
			cancels: &order.id,
			customer: order.customer.as_deref(),
			placed_at: now.map(|now| now.to_string()).unwrap_or_default(),
			clause_version: snapshot.route(product).map(|r| r.agreement).filter(|a| *a != 0),
			facts: serde_json::from_slice::<WithFacts<'_>>(bytes)
				.ok()
				.and_then(|w| w.facts),
		};
		// Strings and numbers always serialise into memory.
		serde_json::to_vec(&line).unwrap_or_default()
	}
}

/// The id of an order's cancellation.
fn cancel_id(id: &str) -> String {
	if id.len() + CANCEL_SUFFIX.len() <= crate::order::MAX_ID_LEN {
		return format!("{id}{CANCEL_SUFFIX}");
	}
	use sha2::Digest as _;
	format!("{}{CANCEL_SUFFIX}", hex::encode(&sha2::Sha256::digest(id)[..16]))
}

/// The sellers from whom this node may have orders.
pub(super) fn sellers(snapshot: &Snapshot) -> Vec<MemberId> {
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
pub(crate) fn refusal_name(refusal: Refusal) -> &'static str {
	crate::protocol::RefusalReason::Chain(refusal)
		.code()
		.trim_start_matches("chain.")
}

/// The id in an order's bytes, for states and events.
pub(super) fn shown_id(bytes: &[u8]) -> String {
	id_of(bytes).map(|id| id.into_owned()).unwrap_or_default()
}
