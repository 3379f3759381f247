// SPDX-License-Identifier: Apache-2.0

//! A stand-in for the nodes of two sellers and three issuers: it speaks the HTTP API and hands orders and answers over in
//! memory. It keeps the promises that the terminals rely on (idempotency keys, one effect per id, logs with cursors) and
//! breaks off requests when a test asks for it.
//!
//! Here is what the nodes know, and what tests tell them. `http`: entries in and out. `directory`: what the chain would say.

mod directory;
mod http;

use sealane_primitives::{
	calendar::Calendar,
	clauses::{json, Clauses},
};
use sealane_sample::catalogue;
use sealane_sdk::types::*;
use serde_json::value::RawValue;
use std::{
	collections::{HashMap, HashSet},
	path::PathBuf,
	sync::{Arc, Mutex},
};
use tokio::sync::{watch, Notify};

/// When every entry reached its issuer: the evening of the sample's business day.
const RECEIVED_AT_MS: u64 = 1_772_445_600_000;

/// Number of the first issuer; sellers are 0 and 1.
const FIRST_ISSUER: u32 = 2;

/// One order or registration.
struct Entry {
	body: Box<RawValue>,
	place: EntryRef,
	answer: Option<Box<RawValue>>,
	outcome: Option<Outcome>,
}

/// One node.
#[derive(Default)]
struct Node {
	/// Events of a seller.
	events: Vec<Event>,
	/// Inbox of an issuer.
	inbox: Vec<InboxEntry>,
	/// Reports by idempotency key, with the body that got them.
	answered: HashMap<String, (Vec<u8>, SubmitReport)>,
}

struct Inner {
	nodes: Vec<Node>,
	/// Orders and registrations by seller and id.
	entries: HashMap<(u32, String), Entry>,
	clauses: Vec<(String, String, Clauses)>,
	next: u64,
	/// Confirmations that contradicted an earlier one.
	contradictions: u32,
	/// Requests that take effect and then break off.
	break_after: u32,
	/// Requests that are refused as busy.
	busy: u32,
	/// Requests that are refused as they are.
	rejecting: u32,
	/// Whether no channel is open.
	suspended: bool,
	/// How often the clauses were agreed on anew.
	renewed: u32,
	finalised: bool,
	/// The registrations that were closed on chain, by their commitments.
	closed: HashSet<String>,
	/// The calendars that are announced, by product.
	calendars: HashMap<String, CalendarVersion>,
}

/// All nodes.
#[derive(Clone)]
pub struct Exchange {
	inner: Arc<Mutex<Inner>>,
	changed: Arc<Notify>,
	/// Counts the answers that carried something: reports, pages with entries.
	pub answers: Arc<watch::Sender<u64>>,
}

#[derive(Clone)]
struct Member {
	exchange: Exchange,
	number: u32,
}

impl Exchange {
	/// With the clauses of a sample folder in force.
	pub fn new(sample: &std::path::Path) -> Self {
		let read = |name: &str| json::from_json(&std::fs::read(sample.join("clauses").join(name)).unwrap()).unwrap();
		let clauses = vec![
			("product".into(), "BD5204".into(), read("BD5204.json")),
			(
				"product_type".into(),
				"fund.alternative".into(),
				read("fund.alternative.json"),
			),
			("all".into(), String::new(), read("all.json")),
		];
		let inner = Inner {
			nodes: (0..5).map(|_| Node::default()).collect(),
			entries: HashMap::new(),
			clauses,
			next: 0,
			contradictions: 0,
			break_after: 0,
			busy: 0,
			rejecting: 0,
			suspended: false,
			renewed: 0,
			finalised: false,
			closed: HashSet::new(),
			calendars: HashMap::new(),
		};
		Exchange {
			inner: Arc::new(Mutex::new(inner)),
			changed: Arc::new(Notify::new()),
			answers: Arc::new(watch::channel(0).0),
		}
	}

	/// The next `count` requests that change something take effect but get no answer.
	pub fn break_after(&self, count: u32) {
		self.inner.lock().unwrap().break_after = count;
	}

	/// The next `count` requests that would change something are refused as busy.
	pub fn busy(&self, count: u32) {
		self.inner.lock().unwrap().busy = count;
	}

	/// The next `count` requests that would change something are refused as they are, whatever is in them.
	pub fn reject(&self, count: u32) {
		self.inner.lock().unwrap().rejecting = count;
	}

	/// Whether the channels are suspended: the sellers' nodes refuse orders.
	pub fn suspend(&self, suspended: bool) {
		self.inner.lock().unwrap().suspended = suspended;
	}

	/// The clauses are agreed on anew: the same, under other numbers.
	pub fn renew_clauses(&self) {
		self.inner.lock().unwrap().renewed += 1;
	}

	/// The issuers close every registration on chain that there is.
	pub fn close_registrations(&self) {
		let mut inner = self.inner.lock().unwrap();
		let closed = inner.commitments();
		inner.closed = closed;
	}

	/// The issuer of a product announces its calendar.
	pub fn announce(&self, product: &str, calendar: Calendar) {
		let mut inner = self.inner.lock().unwrap();
		let version = inner.calendars.get(product).map_or(0, |before| before.version) + 1;
		let announced = CalendarVersion {
			product: Some(product.into()),
			version,
			from_block: 1,
			calendar,
		};
		inner.calendars.insert(product.into(), announced);
	}

	/// What a partner's node let through: an event of a seller with these bytes.
	pub fn say_to_seller(&self, seller: u32, kind: EventKind, body: &str) {
		let raw = RawValue::from_string(body.into()).unwrap();
		let mut inner = self.inner.lock().unwrap();
		inner.push_event(seller, kind, |event| {
			event.lane = Some(LaneRef {
				channel: 0,
				from: 2,
				to: 0,
			});
			match kind {
				EventKind::Registered => event.result = Some(raw),
				_ => event.confirmation = Some(raw),
			}
		});
		drop(inner);
		self.changed.notify_waiters();
	}

	/// What a partner's node let through: an entry in an issuer's inbox with these bytes.
	pub fn say_to_issuer(&self, issuer: u32, kind: InboxKind, body: &str) {
		let raw = RawValue::from_string(body.into()).unwrap();
		let mut inner = self.inner.lock().unwrap();
		let place = EntryRef {
			channel: 0,
			from: 0,
			to: issuer,
			sequence: inner.next,
			ordinal: 0,
		};
		inner.next += 1;
		inner.push_inbox(issuer, kind, place, raw);
		drop(inner);
		self.changed.notify_waiters();
	}

	/// The bodies of all orders, or of all registrations, that reached an issuer.
	pub fn entries(&self, issuer: u32, kind: InboxKind) -> Vec<serde_json::Value> {
		let inner = self.inner.lock().unwrap();
		let entries = inner.nodes[issuer as usize]
			.inbox
			.iter()
			.filter(|entry| entry.kind == kind);
		entries
			.map(|entry| serde_json::from_str(entry.body.get()).unwrap())
			.collect()
	}

	/// Confirmations that contradicted an earlier one.
	pub fn contradictions(&self) -> u32 {
		self.inner.lock().unwrap().contradictions
	}

	/// Orders and registrations without an answer.
	pub fn unanswered(&self) -> usize {
		self.inner
			.lock()
			.unwrap()
			.entries
			.values()
			.filter(|e| e.answer.is_none())
			.count()
	}

	/// Everything that is confirmed now becomes final, in one anchor per seller.
	pub fn finalise(&self) {
		let mut inner = self.inner.lock().unwrap();
		inner.finalised = true;
		for seller in 0..FIRST_ISSUER {
			inner.push_event(seller, EventKind::AnchorFinalised, |event| {
				event.anchor = Some(0);
				event.block = Some(77);
			});
		}
		drop(inner);
		self.changed.notify_waiters();
	}

	/// Serves the node of a member on a free port of the loopback; the URL.
	pub async fn serve(&self, number: u32) -> String {
		self.serve_until_dropped(number).await.0
	}

	/// The same; it ends with the task.
	pub async fn serve_until_dropped(&self, number: u32) -> (String, tokio::task::JoinHandle<()>) {
		let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
		let address = listener.local_addr().unwrap();
		let router = http::router(Member {
			exchange: self.clone(),
			number,
		});
		let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
		(format!("http://{address}"), task)
	}

	/// A file with the token, readable by its owner alone.
	pub fn token_file(folder: &std::path::Path) -> PathBuf {
		use std::os::unix::fs::PermissionsExt;
		let path = folder.join("token");
		std::fs::write(&path, "token\n").unwrap();
		std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
		path
	}
}

impl Inner {
	/// The commitments in all answers.
	fn commitments(&self) -> HashSet<String> {
		let answers = self.entries.values().filter_map(|entry| entry.answer.as_ref());
		let results = answers.filter_map(|answer| serde_json::from_str::<RegistrationResult>(answer.get()).ok());
		results.filter_map(|result| result.commitment).collect()
	}

	fn push_event(&mut self, seller: u32, kind: EventKind, fill: impl FnOnce(&mut Event)) {
		let events = &mut self.nodes[seller as usize].events;
		let mut event = Event::new(Cursor((events.len() + 1).to_string()), kind, 1_772_445_600_000);
		fill(&mut event);
		events.push(event);
	}

	/// Takes one order or registration of a seller.
	fn take(&mut self, seller: u32, kind: InboxKind, line: &str, report: &mut SubmitReport) {
		report.received += 1;
		let value: serde_json::Value = serde_json::from_str(line).unwrap();
		let id = value["id"].as_str().unwrap().to_string();
		if let Some(known) = self.entries.get(&(seller, id.clone())) {
			if known.body.get() == line {
				report.repeated += 1;
			} else {
				refuse(report, &id, "id_conflict", "the id is taken");
			}
			return;
		}
		let by_product = |p: &str| catalogue::products().find(|(_, c)| c.id == p).map(|(i, _)| i as u32);
		let by_interface = |name: &str| {
			catalogue::ISSUERS
				.iter()
				.position(|i| i.interfaces.contains(&name))
				.map(|i| i as u32)
		};
		let issuer = value["product"]
			.as_str()
			.and_then(by_product)
			.or(value["interface"].as_str().and_then(by_interface));
		let Some(issuer) = issuer else {
			return refuse(report, &id, "product_unknown", "no channel has it");
		};
		if self.suspended {
			return refuse(report, &id, "channel_closed", "the channel is suspended");
		}
		if let Some((_, product)) = value["product"]
			.as_str()
			.and_then(|p| catalogue::products().find(|(_, c)| c.id == p))
		{
			if value["clause_version"] != self.agreement(product).0 {
				return refuse(report, &id, "clause_version", "another agreement is in force");
			}
		}
		report.accepted += 1;
		let to = FIRST_ISSUER + issuer;
		let channel = seller * 3 + issuer;
		let place = EntryRef {
			channel,
			from: seller,
			to,
			sequence: self.next,
			ordinal: 0,
		};
		self.next += 1;
		let body = RawValue::from_string(line.to_string()).unwrap();
		self.entries.insert(
			(seller, id),
			Entry {
				body: body.clone(),
				place,
				answer: None,
				outcome: None,
			},
		);
		self.push_inbox(to, kind, place, body);
	}

	fn push_inbox(&mut self, to: u32, kind: InboxKind, place: EntryRef, body: Box<RawValue>) {
		let inbox = &mut self.nodes[to as usize].inbox;
		inbox.push(InboxEntry {
			cursor: Cursor((inbox.len() + 1).to_string()),
			kind,
			seller: place.from,
			channel: place.channel,
			interface: String::new(),
			clause_version: 1,
			entry: place,
			received_at_ms: RECEIVED_AT_MS,
			answered: false,
			body,
			extra: Extra::new(),
		});
	}

	/// Number of the agreement in force for a product, with its clauses.
	fn agreement(&self, product: &catalogue::Product) -> (u32, &(String, String, Clauses)) {
		let in_force = self
			.clauses
			.iter()
			.enumerate()
			.find(|(_, (scope, of, _))| match scope.as_str() {
				"product" => of == product.id,
				"product_type" => of == product.product_type,
				_ => true,
			});
		let (number, clauses) = in_force.unwrap();
		(number as u32 + 1 + 10 * self.renewed, clauses)
	}

	/// Takes one answer of an issuer.
	fn answer(&mut self, kind: EventKind, line: &str, report: &mut SubmitReport) {
		report.received += 1;
		let value: serde_json::Value = serde_json::from_str(line).unwrap();
		let id = value["order"].as_str().unwrap().to_string();
		let of_channel = || value["channel"].as_u64().map(|channel| channel / 3);
		let seller = value["seller"].as_u64().or_else(of_channel).unwrap() as u32;
		let Some(entry) = self.entries.get_mut(&(seller, id.clone())) else {
			return refuse(report, &id, "entry_unknown", "nothing to answer");
		};
		if let Some(answer) = &entry.answer {
			if answer.get() == line {
				report.repeated += 1;
			} else {
				self.contradictions += 1;
				refuse(report, &id, "already_answered", "another answer is there");
			}
			return;
		}
		report.accepted += 1;
		let body = RawValue::from_string(line.to_string()).unwrap();
		entry.answer = Some(body.clone());
		entry.outcome = serde_json::from_value(value["outcome"].clone()).ok();
		let place = entry.place;
		self.push_event(seller, kind, |event| {
			event.lane = Some(place.lane());
			event.sequence = Some(place.sequence);
			event.ordinal = Some(place.ordinal);
			event.technical = Some(false);
			match kind {
				EventKind::Registered => event.result = Some(body),
				_ => event.confirmation = Some(body),
			}
		});
	}
}

fn refuse(report: &mut SubmitReport, id: &str, code: &str, rule: &str) {
	report.refused += 1;
	report.refused_entries.push(RefusedEntry {
		line: report.received,
		id: Some(id.into()),
		code: code.into(),
		field: "id".into(),
		value: id.into(),
		rule: rule.into(),
	});
}
