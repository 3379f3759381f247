// SPDX-License-Identifier: Apache-2.0

//! A stand-in for the nodes of two sellers and three issuers: it speaks the HTTP API and hands orders and answers over in
//! memory. It keeps the promises that the terminals rely on (idempotency keys, one effect per id, logs with cursors) and
//! breaks off requests when a test asks for it.

use axum::{
	body::Bytes,
	extract::{Path, Query, State},
	http::{HeaderMap, StatusCode},
	response::{IntoResponse, Response},
	routing::{get, post},
	Json, Router,
};
use codec::Encode;
use sealane_primitives::{
	calendar::Calendar,
	clauses::{json, Clauses},
};
use sealane_sample::catalogue;
use sealane_sdk::types::*;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::{
	collections::{HashMap, HashSet},
	path::PathBuf,
	sync::{Arc, Mutex},
	time::Duration,
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

#[derive(Deserialize)]
struct Page {
	cursor: String,
	limit: usize,
	wait_ms: u64,
}

fn name_of(member: u32) -> &'static str {
	match member.checked_sub(FIRST_ISSUER) {
		None => catalogue::SELLERS[member as usize].name,
		Some(issuer) => catalogue::ISSUERS[issuer as usize].name,
	}
}

fn status_name(product: &catalogue::Product) -> String {
	serde_json::to_value(product.status)
		.unwrap()
		.as_str()
		.unwrap()
		.to_string()
}

fn problem(code: ProblemCode, detail: &str) -> Response {
	let status = StatusCode::from_u16(code.status()).unwrap();
	(status, Json(Problem::new(code, detail))).into_response()
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

	/// How many registrations an issuer has got.
	pub fn registrations(&self, issuer: u32) -> usize {
		let inner = self.inner.lock().unwrap();
		inner.nodes[issuer as usize]
			.inbox
			.iter()
			.filter(|e| e.kind == InboxKind::Registration)
			.count()
	}

	/// The bodies of all orders that reached an issuer.
	pub fn orders(&self, issuer: u32) -> Vec<serde_json::Value> {
		let inner = self.inner.lock().unwrap();
		let orders = inner.nodes[issuer as usize]
			.inbox
			.iter()
			.filter(|e| e.kind == InboxKind::Order);
		orders.map(|e| serde_json::from_str(e.body.get()).unwrap()).collect()
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
		let router = Router::new()
			.route("/v1/status", get(status))
			.route("/v1/channels", get(channels))
			.route("/v1/clauses", get(clauses_in_force))
			.route("/v1/calendars", get(calendars))
			.route("/v1/orders", post(orders))
			.route("/v1/orders/{id}", get(order))
			.route("/v1/registrations", post(registrations))
			.route("/v1/registrations/results", post(results))
			.route("/v1/registrations/open", post(registrations_open))
			.route("/v1/confirmations", post(confirmations))
			.route("/v1/events", get(events))
			.route("/v1/inbox", get(inbox))
			.layer(axum::extract::DefaultBodyLimit::max(16 << 20))
			.with_state(Member {
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

/// Runs a request of many lines: idempotent by its key, and broken off where the test asks for it.
fn many(
	member: &Member,
	headers: &HeaderMap,
	body: &Bytes,
	mut each: impl FnMut(&mut Inner, &str, &mut SubmitReport),
) -> Response {
	if headers.get("authorization").is_none_or(|token| token != "Bearer token") {
		return problem(ProblemCode::Unauthenticated, "no token");
	}
	let key = headers
		.get("idempotency-key")
		.and_then(|k| k.to_str().ok())
		.unwrap_or_default()
		.to_string();
	let mut inner = member.exchange.inner.lock().unwrap();
	if inner.busy > 0 {
		inner.busy -= 1;
		return problem(ProblemCode::Busy, "come back");
	}
	let stored = inner.nodes[member.number as usize].answered.get(&key).cloned();
	let report = match stored {
		Some((known, report)) if known == body[..] => report,
		Some(_) => return problem(ProblemCode::IdempotencyConflict, &key),
		None => {
			let mut report = SubmitReport {
				packets: 1,
				..SubmitReport::default()
			};
			for line in std::str::from_utf8(body).unwrap().lines() {
				each(&mut inner, line, &mut report);
			}
			inner.nodes[member.number as usize]
				.answered
				.insert(key, (body.to_vec(), report.clone()));
			report
		}
	};
	let broken = inner.break_after > 0;
	inner.break_after = inner.break_after.saturating_sub(1);
	drop(inner);
	member.exchange.changed.notify_waiters();
	member.exchange.answers.send_modify(|count| *count += 1);
	if broken {
		return (StatusCode::BAD_GATEWAY, "the answer is lost").into_response();
	}
	Json(report).into_response()
}

async fn orders(State(member): State<Member>, headers: HeaderMap, body: Bytes) -> Response {
	let seller = member.number;
	many(&member, &headers, &body, |inner, line, report| {
		inner.take(seller, InboxKind::Order, line, report)
	})
}

async fn registrations(State(member): State<Member>, headers: HeaderMap, body: Bytes) -> Response {
	let seller = member.number;
	many(&member, &headers, &body, |inner, line, report| {
		inner.take(seller, InboxKind::Registration, line, report)
	})
}

/// Whatever an issuer accepted is on chain at once, until a test closes it.
async fn registrations_open(
	State(member): State<Member>,
	Json(question): Json<RegistrationsQuestion>,
) -> Json<RegistrationsAnswer> {
	let inner = member.exchange.inner.lock().unwrap();
	let issued = inner.commitments();
	let open = |commitment: &String| issued.contains(commitment) && !inner.closed.contains(commitment);
	Json(RegistrationsAnswer {
		at_block: 1,
		open: question.commitments.iter().map(open).collect(),
	})
}

async fn confirmations(State(member): State<Member>, headers: HeaderMap, body: Bytes) -> Response {
	many(&member, &headers, &body, |inner, line, report| {
		inner.answer(EventKind::Confirmed, line, report)
	})
}

async fn results(State(member): State<Member>, headers: HeaderMap, body: Bytes) -> Response {
	many(&member, &headers, &body, |inner, line, report| {
		inner.answer(EventKind::Registered, line, report)
	})
}

/// A page of `list` from the cursor on, waiting for the first entry where there is none.
async fn page<T: Clone>(member: &Member, page: &Page, list: impl Fn(&Inner) -> Vec<T>) -> (Vec<T>, Cursor, bool) {
	let from: usize = if page.cursor == Cursor::start().0 {
		0
	} else {
		page.cursor.parse().unwrap()
	};
	let deadline = tokio::time::Instant::now() + Duration::from_millis(page.wait_ms);
	loop {
		let changed = member.exchange.changed.notified();
		tokio::pin!(changed);
		// Registered before the look: what comes in between is not missed.
		changed.as_mut().enable();
		let all = list(&member.exchange.inner.lock().unwrap());
		let to = all.len().min(from + page.limit);
		if to > from || tokio::time::timeout_at(deadline, changed).await.is_err() {
			if to > from {
				member.exchange.answers.send_modify(|count| *count += 1);
			}
			return (all[from..to].to_vec(), Cursor(to.to_string()), to == all.len());
		}
	}
}

async fn events(State(member): State<Member>, Query(query): Query<Page>) -> Json<EventPage> {
	let number = member.number as usize;
	let (events, next, at_end) = page(&member, &query, |inner| inner.nodes[number].events.clone()).await;
	Json(EventPage { events, next, at_end })
}

async fn inbox(State(member): State<Member>, Query(query): Query<Page>) -> Json<InboxPage> {
	let number = member.number as usize;
	let (entries, next, at_end) = page(&member, &query, |inner| inner.nodes[number].inbox.clone()).await;
	Json(InboxPage { entries, next, at_end })
}

async fn order(State(member): State<Member>, Path(id): Path<String>) -> Response {
	let inner = member.exchange.inner.lock().unwrap();
	let Some(entry) = inner.entries.get(&(member.number, id.clone())) else {
		return problem(ProblemCode::OrderUnknown, &id);
	};
	let read: Order = serde_json::from_str(entry.body.get()).unwrap();
	let stage = match (&entry.answer, inner.finalised) {
		(Some(_), true) => OrderStage::Finalised,
		(Some(_), false) => OrderStage::Confirmed,
		(None, _) => OrderStage::Delivered,
	};
	let anchor = (stage == OrderStage::Finalised).then(|| Anchor {
		sequence: 0,
		root: "00".repeat(32),
		block: Some(77),
		finalised: true,
	});
	Json(OrderStatus {
		id,
		kind: read.kind,
		stage,
		outcome: entry.outcome,
		seller: member.number,
		interface: String::new(),
		clause_version: 1,
		entry: entry.place,
		steps: Vec::new(),
		body: entry.body.clone(),
		answer: None,
		batch: None,
		anchor,
		extra: Extra::new(),
	})
	.into_response()
}

async fn status(State(member): State<Member>) -> Json<Status> {
	Json(Status {
		version: "0".into(),
		genesis: "00".repeat(32),
		peer: String::new(),
		node: Some(member.number),
		member: Some(MemberRef {
			id: member.number,
			name: name_of(member.number).into(),
		}),
		ready: true,
		block: 1,
		log_end: Cursor::start(),
		log_bytes: 0,
		indexed: 0,
		store_full: false,
		batches_unanchored: 0,
		anchors_open: 0,
		keys: Vec::new(),
		keys_valid: true,
		alarms: Vec::new(),
		extra: Extra::new(),
	})
}

async fn channels(State(member): State<Member>) -> Json<Channels> {
	let mut channels = Vec::new();
	for seller in 0..FIRST_ISSUER {
		for (index, issuer) in catalogue::ISSUERS.iter().enumerate() {
			let number = FIRST_ISSUER + index as u32;
			let side = if member.number == seller {
				Side::Seller
			} else if member.number == number {
				Side::Issuer
			} else {
				continue;
			};
			let partner = if side == Side::Seller { number } else { seller };
			channels.push(Channel {
				id: seller * 3 + index as u32,
				seller,
				issuer: number,
				side,
				partner: MemberRef {
					id: partner,
					name: name_of(partner).into(),
				},
				authorised: true,
				refusal: None,
				kinds: BusinessKind::ALL.to_vec(),
				valid_until_block: None,
				orders_per_minute: None,
				interfaces: issuer
					.interfaces
					.iter()
					.map(|id| Interface {
						id: (*id).into(),
						node: number,
					})
					.collect(),
				products: issuer
					.products
					.iter()
					.map(|p| Product {
						id: p.id.into(),
						product_type: p.product_type.into(),
						risk: p.risk,
						currency: p.currency.into(),
						status: status_name(p),
						interface: p.interface.into(),
						agreement: 1,
						extra: Extra::new(),
					})
					.collect(),
				agreements: Vec::new(),
				extra: Extra::new(),
			});
		}
	}
	Json(Channels { channels })
}

async fn calendars(State(member): State<Member>, Query(query): Query<HashMap<String, String>>) -> Json<Calendars> {
	let inner = member.exchange.inner.lock().unwrap();
	Json(Calendars {
		issuer: query["issuer"].parse().unwrap(),
		in_force: query
			.get("product")
			.and_then(|product| inner.calendars.get(product))
			.cloned(),
		next: None,
	})
}

async fn clauses_in_force(
	State(member): State<Member>,
	Query(query): Query<HashMap<String, String>>,
) -> Json<sealane_sdk::types::Clauses> {
	let asked = &query["product"];
	let (issuer, product) = catalogue::products().find(|(_, p)| p.id == asked).unwrap();
	let inner = member.exchange.inner.lock().unwrap();
	let (number, (scope, of, clauses)) = inner.agreement(product);
	let agreement = Agreement {
		id: number,
		scope: match scope.as_str() {
			"product" => Scope::Product(of.clone()),
			"product_type" => Scope::ProductType(of.clone()),
			_ => Scope::All,
		},
		version: 1,
		from_block: 1,
		clauses: Vec::new(),
		encoded: hex::encode(clauses.encode()),
		extra: Extra::new(),
	};
	Json(sealane_sdk::types::Clauses {
		clauses: vec![ClausesInForce {
			channel: member.number * 3 + issuer as u32,
			seller: member.number,
			issuer: FIRST_ISSUER + issuer as u32,
			at_block: 1,
			agreement: Some(agreement),
		}],
	})
}
