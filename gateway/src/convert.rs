// SPDX-License-Identifier: Apache-2.0

//! From the courier's types to those of the API.

use crate::problem::Failure;
use codec::Encode;
use sealane_courier::api;
use sealane_primitives::{
	business::{BusinessKind as Kind, BusinessKinds},
	calendar::{Announced, Timetable},
	clauses::json as clauses_json,
	directory::{AgreementEntry, Refusal, Scope as ChainScope},
	ids::Name,
};
use sealane_sdk::types::*;
use serde::Serialize;
use serde_json::value::RawValue;

/// A kind of business.
pub(crate) fn kind(kind: Kind) -> BusinessKind {
	match kind {
		Kind::Subscription => BusinessKind::Subscription,
		Kind::Purchase => BusinessKind::Purchase,
		Kind::Redemption => BusinessKind::Redemption,
		Kind::Switch => BusinessKind::Switch,
		Kind::NonTradeTransfer => BusinessKind::NonTradeTransfer,
		Kind::CustodyTransfer => BusinessKind::CustodyTransfer,
		Kind::DividendMethod => BusinessKind::DividendMethod,
		Kind::Cancellation => BusinessKind::Cancellation,
		Kind::Registration => BusinessKind::Registration,
	}
}

fn kinds(kinds: BusinessKinds) -> Vec<BusinessKind> {
	kinds.iter().map(kind).collect()
}

/// A name from the chain. The chain admits UTF-8 only; anything else is shown as far as it can be.
pub(crate) fn name(name: &Name) -> String {
	String::from_utf8_lossy(name).into_owned()
}

/// The JSON word of a refusal.
pub(crate) fn refusal(refusal: Refusal) -> String {
	word(&refusal)
}

/// The word that a unit variant is written as.
fn word(value: &impl Serialize) -> String {
	match serde_json::to_value(value) {
		Ok(serde_json::Value::String(word)) => word,
		_ => "unknown".into(),
	}
}

/// Bytes that the courier took for JSON.
fn raw(what: &str, bytes: &[u8]) -> Result<Box<RawValue>, Failure> {
	std::str::from_utf8(bytes)
		.ok()
		.and_then(|text| RawValue::from_string(text.to_owned()).ok())
		.ok_or_else(|| Failure::new(ProblemCode::Internal, format!("the stored {what} is no JSON")))
}

pub(crate) fn lane_ref(lane: api::LaneId) -> LaneRef {
	LaneRef {
		channel: lane.channel,
		from: lane.from,
		to: lane.to,
	}
}

pub(crate) fn entry_ref(lane: api::LaneId, sequence: u64, ordinal: u32) -> EntryRef {
	EntryRef {
		channel: lane.channel,
		from: lane.from,
		to: lane.to,
		sequence,
		ordinal,
	}
}

pub(crate) fn cursor(cursor: api::Cursor) -> Cursor {
	Cursor(cursor.to_string())
}

fn outcome(outcome: api::Outcome) -> Outcome {
	match outcome {
		api::Outcome::Accepted => Outcome::Accepted,
		api::Outcome::Rejected => Outcome::Rejected,
		api::Outcome::Partial => Outcome::Partial,
	}
}

fn stage(stage: api::OrderStage) -> OrderStage {
	match stage {
		api::OrderStage::Accepted => OrderStage::Accepted,
		api::OrderStage::Delivered => OrderStage::Delivered,
		api::OrderStage::Confirmed => OrderStage::Confirmed,
		api::OrderStage::Partial => OrderStage::Partial,
		api::OrderStage::Rejected => OrderStage::Rejected,
		api::OrderStage::Hashed => OrderStage::Hashed,
		api::OrderStage::Anchored => OrderStage::Anchored,
		api::OrderStage::Finalised => OrderStage::Finalised,
	}
}

/// The calendars of an issuer or a product.
pub(crate) fn calendars(timetable: Timetable) -> Calendars {
	let version = |it: Announced| CalendarVersion {
		product: it.product.map(|product| String::from_utf8_lossy(&product).into_owned()),
		version: it.version,
		from_block: it.from,
		calendar: it.calendar,
	};
	Calendars {
		issuer: timetable.issuer,
		in_force: timetable.in_force.map(version),
		next: timetable.next.map(version),
	}
}

/// An order or registration.
pub(crate) fn order(state: api::OrderState) -> Result<OrderStatus, Failure> {
	let answer = match state.confirmation {
		Some(answer) => Some(Answer {
			outcome: outcome(answer.outcome),
			entry: entry_ref(answer.lane, answer.sequence, answer.ordinal),
			technical: answer.technical,
			body: raw("answer", &answer.bytes)?,
		}),
		None => None,
	};
	Ok(OrderStatus {
		kind: kind(state.kind),
		stage: stage(state.stage),
		outcome: answer.as_ref().map(|answer| answer.outcome),
		seller: state.seller,
		interface: name(&state.interface),
		clause_version: state.clause_version,
		entry: entry_ref(state.lane, state.sequence, state.ordinal),
		steps: state
			.steps
			.iter()
			.map(|step| Step {
				stage: stage(step.stage),
				at_ms: step.at,
				block: step.block,
			})
			.collect(),
		body: raw("order", &state.bytes)?,
		answer,
		batch: state.batch.map(|batch| Batch {
			root: hex::encode(batch.root),
			count: batch.count,
			index: batch.index,
			signed_by_both: batch.signed_by_both,
			disputed: batch.disputed,
		}),
		anchor: state.anchor.map(|anchor| Anchor {
			sequence: anchor.sequence,
			root: hex::encode(anchor.root),
			block: anchor.block,
			finalised: anchor.finalised,
		}),
		id: state.id,
		extra: Extra::new(),
	})
}

/// Where an order is.
pub(crate) fn trace(trace: api::Trace) -> Result<Trace, Failure> {
	Ok(Trace {
		order: order(trace.order)?,
		waiting: trace.waiting.map(wait),
		refusals: trace
			.refusals
			.into_iter()
			.map(|it| RefusalCount {
				at_ms: it.at,
				by_partner: it.by_partner,
				reason: it.code.into(),
				block: it.last.number,
				block_hash: hex::encode(it.last.hash),
				count: it.count,
			})
			.collect(),
		allowed_by: Some(AllowedBy {
			block: trace.allowed_by.number,
			block_hash: hex::encode(trace.allowed_by.hash),
			abandoned_for: trace.instead.map(hex::encode),
		}),
	})
}

/// Why something waits.
pub(crate) fn wait(waiting: api::Waiting) -> Wait {
	use api::Waiting;
	let with = Wait::new;
	match waiting {
		Waiting::InFlight { since } => Wait {
			since_ms: Some(since),
			..with(WaitReason::InFlight)
		},
		Waiting::PartnerUnreachable { since, error, retry_at } => Wait {
			since_ms: Some(since),
			detail: error,
			retry_at_ms: Some(retry_at),
			..with(WaitReason::PartnerUnreachable)
		},
		Waiting::PartnerBusy { retry_at } => Wait {
			retry_at_ms: Some(retry_at),
			..with(WaitReason::PartnerBusy)
		},
		Waiting::ChannelClosed { refusal: why, at } => Wait {
			detail: refusal(why),
			block: Some(at),
			..with(WaitReason::ChannelClosed)
		},
		Waiting::PartnerRefused { code, at, retry_at } => Wait {
			detail: code,
			since_ms: Some(at),
			retry_at_ms: Some(retry_at),
			..with(WaitReason::PartnerRefused)
		},
		Waiting::RateLimited { retry_at } => Wait {
			retry_at_ms: Some(retry_at),
			..with(WaitReason::RateLimited)
		},
		Waiting::NoPartnerKey => with(WaitReason::NoPartnerKey),
		Waiting::Queued { packets_ahead } => Wait {
			packets_ahead: Some(packets_ahead),
			..with(WaitReason::Queued)
		},
		Waiting::IssuerDecision { since } => Wait {
			since_ms: Some(since),
			..with(WaitReason::IssuerDecision)
		},
		Waiting::Countersignature => with(WaitReason::Countersignature),
		Waiting::NextAnchor => with(WaitReason::NextAnchor),
		Waiting::Finality => with(WaitReason::Finality),
	}
}

/// A lane.
pub(crate) fn lane(status: api::LaneStatus) -> Lane {
	Lane {
		channel: status.lane.channel,
		from: status.lane.from,
		to: status.lane.to,
		direction: if status.outgoing {
			Direction::Outgoing
		} else {
			Direction::Incoming
		},
		packets: status.packets,
		delivered: status.delivered,
		in_flight: status.in_flight,
		waiting_since_ms: status.waiting_since,
		waiting: status.waiting.map(wait),
		last_receipt_at_ms: status.last_receipt_at,
		extra: Extra::new(),
	}
}

fn scope(scope: &ChainScope) -> Scope {
	match scope {
		ChainScope::All => Scope::All,
		ChainScope::ProductType(product_type) => Scope::ProductType(name(product_type)),
		ChainScope::Product(product) => Scope::Product(name(product)),
	}
}

/// A channel.
pub(crate) fn channel(view: api::ChannelView) -> Channel {
	let agreement_for = |product: &sealane_primitives::directory::ProductEntry| {
		let find = |wanted: &ChainScope| {
			view.agreements
				.iter()
				.find(|(_, scope, _)| scope == wanted)
				.map(|a| a.0)
		};
		find(&ChainScope::Product(product.id.clone()))
			.or_else(|| find(&ChainScope::ProductType(product.product_type.clone())))
			.or_else(|| find(&ChainScope::All))
			.unwrap_or(0)
	};
	let products = view
		.products
		.iter()
		.map(|product| Product {
			id: name(&product.id),
			product_type: name(&product.product_type),
			risk: product.risk,
			currency: String::from_utf8_lossy(&product.currency).into_owned(),
			status: word(&product.status),
			interface: name(&product.interface),
			agreement: agreement_for(product),
			extra: Extra::new(),
		})
		.collect();
	let (granted, refused) = match view.authorisation {
		Ok(authorisation) => (Some(authorisation), None),
		Err(why) => (None, Some(refusal(why))),
	};
	Channel {
		id: view.id,
		seller: view.seller,
		issuer: view.issuer,
		side: if view.partner == view.issuer {
			Side::Seller
		} else {
			Side::Issuer
		},
		partner: MemberRef {
			id: view.partner,
			name: view.partner_name,
		},
		authorised: granted.is_some(),
		refusal: refused,
		kinds: granted.map(|a| kinds(a.kinds)).unwrap_or_default(),
		valid_until_block: granted.and_then(|a| a.valid_until),
		orders_per_minute: granted.and_then(|a| a.orders_per_minute),
		interfaces: view
			.interfaces
			.iter()
			.map(|(id, node)| Interface {
				id: name(id),
				node: *node,
			})
			.collect(),
		products,
		agreements: view
			.agreements
			.iter()
			.map(|(id, covers, version)| AgreementRef {
				id: *id,
				scope: scope(covers),
				version: *version,
			})
			.collect(),
		extra: Extra::new(),
	}
}

/// The clauses over one channel.
pub(crate) fn clauses(view: api::ClausesView) -> Result<ClausesInForce, Failure> {
	Ok(ClausesInForce {
		channel: view.channel,
		seller: view.seller,
		issuer: view.issuer,
		at_block: view.at,
		agreement: view.agreement.as_ref().map(agreement).transpose()?,
	})
}

fn agreement(entry: &AgreementEntry) -> Result<Agreement, Failure> {
	let unreadable = |error: serde_json::Error| {
		Failure::new(
			ProblemCode::Internal,
			format!("agreement {} cannot be written as JSON: {error}", entry.id),
		)
	};
	let clauses = clauses_json::serialize(&entry.clauses, serde_json::value::Serializer).map_err(unreadable)?;
	Ok(Agreement {
		id: entry.id,
		scope: scope(&entry.scope),
		version: entry.version,
		from_block: entry.from,
		clauses: serde_json::from_value(clauses).map_err(unreadable)?,
		encoded: hex::encode(entry.clauses.encode()),
		extra: Extra::new(),
	})
}

/// The node as a whole.
pub(crate) fn status(status: api::Status, version: &str) -> Status {
	let mut alarms = Vec::new();
	if status.store_full {
		alarms.push("the disk is full: new orders are refused until there is space".into());
	}
	alarms.extend(chain_alarm(&status));
	if let Some(reason) = &status.store_frozen {
		alarms.push(format!(
			"the store is read-only until the node is started again, and nothing is taken: {reason}"
		));
	}
	if let Some(it) = &status.quarantined {
		alarms.push(format!(
			"{} records of the log cannot be interpreted and have no effect; the first, at position {}: {}",
			it.records, it.position, it.what
		));
	}
	for lane in &status.lanes_forked {
		alarms.push(format!(
			"lane {lane}: the partner holds other packets of this node under the same numbers: this log is older than what was sent"
		));
	}
	if status.node.is_none() {
		alarms.push("this node is not registered on chain: register its PeerId for a member".into());
	} else if !status.keys_valid {
		alarms.push("no courier key of this node is valid on chain: announce one of `keys`".into());
	}
	if status.batches_of_ending_keys > 0 {
		alarms.push(format!(
			"a courier key ends within the hour that {} batches need which are not delivered or not in a final anchor: leave it and \
			 its successor in the key file",
			status.batches_of_ending_keys
		));
	}
	if status.unchecked_sender {
		alarms.push("the sender skips its own authorisation: this node is set up for a conformance test".into());
	}
	Status {
		version: version.into(),
		genesis: hex::encode(status.genesis),
		peer: sc_network_types::PeerId::from_bytes(&status.peer)
			.map_or_else(|_| hex::encode(&status.peer), |peer| peer.to_base58()),
		node: status.node,
		member: status.member.map(|id| MemberRef {
			id,
			name: status.member_name.clone().unwrap_or_default(),
		}),
		ready: is_ready(&status),
		block: status.block,
		log_end: cursor(status.tail),
		log_bytes: status.log_bytes,
		indexed: status.indexed,
		store_full: status.store_full,
		batches_unanchored: status.batches_unanchored,
		anchors_open: status.anchors_open,
		keys: status
			.keys
			.iter()
			.map(|(signing, sealing)| CourierKey {
				signing: hex::encode(signing),
				sealing: hex::encode(sealing),
			})
			.collect(),
		keys_valid: status.keys_valid,
		alarms,
		extra: Extra::new(),
	}
}

/// Whether the node can take orders now.
pub(crate) fn is_ready(status: &api::Status) -> bool {
	status.node.is_some()
		&& status.keys_valid
		&& !status.store_full
		&& status.store_frozen.is_none()
		&& status.chain == api::ChainHealth::Fresh
}

/// What is wrong with what the node knows of the chain.
pub(crate) fn chain_alarm(status: &api::Status) -> Option<String> {
	match &status.chain {
		api::ChainHealth::Fresh => None,
		api::ChainHealth::Stale { since } => Some(format!(
			"no block that is young enough since {since} (Unix milliseconds): nothing is sent or taken until one comes \
			 (chain.directory_stale)"
		)),
		api::ChainHealth::Unreadable(why) => Some(format!(
			"the chain's runtime cannot be read at block {}: nothing is sent or taken; a newer version of the node may read it \
			 (chain.directory_unreadable): {why}",
			status.block
		)),
	}
}
