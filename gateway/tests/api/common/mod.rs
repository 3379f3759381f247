// SPDX-License-Identifier: Apache-2.0

//! A gateway on a free port in front of a courier that a test plays.

#![allow(clippy::unwrap_used)]

pub mod certificates;

use bytes::Bytes;
use futures::future::BoxFuture;
use sealane_courier::{api::*, evidence::EvidenceParts};
use sealane_gateway::{backend::Submission, serve, Backend, Config, Gateway, Limits};
use sealane_primitives::{
	business::BusinessKind,
	calendar::{json, Announced, Timetable},
	evidence::range::Range as AnchorRange,
	ids::{AnchorSequence, Digest, MemberId, ProductId},
};
use sealane_sdk::{types::GatewayFile, Client, ClientBuilder};
use std::{
	collections::HashMap,
	ops::Range,
	sync::{Arc, Mutex},
};
use tokio::sync::{oneshot, watch};

pub const LANE: LaneId = LaneId {
	channel: 1,
	from: 2,
	to: 3,
};

/// What the courier was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
	pub what: Submission,
	pub entries: Vec<String>,
	pub key: Option<String>,
}

type Judge = Box<dyn Fn(&str) -> Option<Problem> + Send>;

#[derive(Default)]
pub struct State {
	pub taken: Vec<Taken>,
	pub keys: HashMap<(String, [u8; 32]), (IdempotencyKey, SubmitReport)>,
	/// What every submission fails with.
	pub fails: Option<SubmitError>,
	/// Refuses single entries.
	pub judge: Option<Judge>,
	/// The log: one event per entry of the position.
	pub events: Vec<EventKind>,
	pub inbox: Vec<Bytes>,
	pub orders: HashMap<String, OrderState>,
	pub evidence: HashMap<String, EvidenceParts>,
	pub read_fails: bool,
	pub retried: Vec<LaneId>,
	pub status: Option<Status>,
}

/// A courier in memory.
#[derive(Clone)]
pub struct Fake {
	pub state: Arc<Mutex<State>>,
	tail: Arc<watch::Sender<Cursor>>,
}

impl Fake {
	pub fn new() -> Self {
		Fake {
			state: Arc::default(),
			tail: Arc::new(watch::channel(Cursor::default()).0),
		}
	}

	pub fn set(&self, change: impl FnOnce(&mut State)) {
		change(&mut self.state.lock().unwrap());
	}

	pub fn get<T>(&self, read: impl FnOnce(&State) -> T) -> T {
		read(&self.state.lock().unwrap())
	}

	/// Something happens.
	pub fn happen(&self, what: EventKind) {
		let position = {
			let mut state = self.state.lock().unwrap();
			state.events.push(what);
			state.events.len() as u64
		};
		self.tail.send_replace(Cursor { position, entry: 0 });
	}

	pub fn confirm(&self, body: &str) {
		self.happen(EventKind::Confirmed {
			confirmation: Bytes::copy_from_slice(body.as_bytes()),
			channel: LANE.channel,
			lane: LANE,
			sequence: 0,
			ordinal: 0,
			technical: false,
		});
	}

	pub fn arrive(&self, body: &str) {
		let position = {
			let mut state = self.state.lock().unwrap();
			state.inbox.push(Bytes::copy_from_slice(body.as_bytes()));
			state.inbox.len() as u64
		};
		self.tail.send_replace(Cursor { position, entry: 0 });
	}
}

fn page<T>(
	all: usize,
	cursor: Cursor,
	limit: usize,
	make: impl Fn(usize) -> T,
) -> Result<(Vec<T>, Cursor, bool), ReadError> {
	let from = cursor.position as usize;
	if from > all || cursor.entry != 0 {
		return Err(ReadError::CursorUnknown(cursor));
	}
	let to = all.min(from + limit);
	Ok((
		(from..to).map(make).collect(),
		Cursor {
			position: to as u64,
			entry: 0,
		},
		to == all,
	))
}

impl Backend for Fake {
	fn submit(
		&self,
		what: Submission,
		body: Bytes,
		lines: Vec<Range<u32>>,
		idempotency: Option<IdempotencyKey>,
	) -> BoxFuture<'_, Result<SubmitReport, SubmitError>> {
		Box::pin(async move {
			let mut state = self.state.lock().unwrap();
			if let Some(error) = &state.fails {
				return Err(error.clone());
			}
			if let Some(key) = &idempotency {
				if let Some((known, report)) = state.keys.get(&(key.key.clone(), key.scope)) {
					if known != key {
						return Err(SubmitError::IdempotencyConflict { key: key.key.clone() });
					}
					return Ok(report.clone());
				}
			}
			let entries: Vec<String> = lines
				.iter()
				.map(|r| String::from_utf8(body[r.start as usize..r.end as usize].to_vec()).unwrap())
				.collect();
			let mut report = SubmitReport {
				packets: 1,
				position: 42,
				..SubmitReport::default()
			};
			for (index, entry) in entries.iter().enumerate() {
				match state.judge.as_ref().and_then(|judge| judge(entry)) {
					Some(problem) => report.refused.push((index as u32, problem)),
					None => report.accepted += 1,
				}
			}
			if let Some(key) = idempotency.clone() {
				state.keys.insert((key.key.clone(), key.scope), (key, report.clone()));
			}
			state.taken.push(Taken {
				what,
				entries,
				key: idempotency.map(|key| key.key),
			});
			Ok(report)
		})
	}

	fn cancel<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<String, CancelError>> {
		Box::pin(async move {
			match self.get(|state| state.orders.get(id).map(|order| order.stage)) {
				None => Err(CancelError::NotFound(id.into())),
				Some(stage) if stage >= OrderStage::Confirmed => Err(CancelError::AlreadyConfirmed {
					id: id.into(),
					state: stage,
				}),
				Some(_) => Ok(format!("{id}~cancel")),
			}
		})
	}

	fn order(&self, id: &str, seller: Option<MemberId>) -> Result<Option<OrderState>, ReadError> {
		self.get(|state| match state.read_fails {
			true => Err(ReadError::Store("segment 3, offset 77: checksum".into())),
			false => Ok(state
				.orders
				.get(id)
				.filter(|o| seller.is_none_or(|s| s == o.seller))
				.cloned()),
		})
	}

	fn registration(&self, id: &str, seller: Option<MemberId>) -> Result<Option<OrderState>, ReadError> {
		Ok(self
			.order(id, seller)?
			.filter(|order| order.kind == BusinessKind::Registration))
	}

	fn registrations_open(&self, _: MemberId, commitments: Vec<Digest>) -> Result<RegistrationsOpen, ReadError> {
		Ok(RegistrationsOpen {
			block: 77,
			open: commitments.iter().map(|commitment| commitment[0] == 1).collect(),
		})
	}

	fn close_registrations(&self, commitments: Vec<Digest>) -> BoxFuture<'_, Result<Vec<ClosingState>, SubmitError>> {
		let state = |commitment: &Digest| match commitment[0] {
			1 => ClosingState::Closing,
			2 => ClosingState::Closed,
			3 => ClosingState::Rejected,
			_ => ClosingState::Unknown,
		};
		Box::pin(std::future::ready(Ok(commitments.iter().map(state).collect())))
	}

	fn timetable(&self, issuer: MemberId, product: Option<ProductId>) -> Result<Timetable, ReadError> {
		let text = include_bytes!("../../../../docs/integrating/calendars/china-2026.json");
		Ok(Timetable {
			issuer,
			in_force: Some(Announced {
				product,
				version: 3,
				from: 70,
				calendar: json::from_json(text).unwrap(),
			}),
			next: None,
		})
	}

	fn trace(&self, id: &str, seller: Option<MemberId>) -> Result<Option<Trace>, ReadError> {
		let waiting = Waiting::PartnerUnreachable {
			since: 5,
			error: "refused".into(),
			retry_at: 9,
		};
		Ok(self.order(id, seller)?.map(|order| Trace {
			order,
			waiting: Some(waiting),
			refusals: Vec::new(),
			allowed_by: BlockRef {
				number: 7,
				hash: [7; 32],
			},
			instead: Some([8; 32]),
		}))
	}

	fn evidence(&self, id: &str, _: Option<MemberId>) -> Result<Option<EvidenceParts>, ReadError> {
		Ok(self.get(|state| state.evidence.get(id).cloned()))
	}

	fn anchor_path(&self, sequence: AnchorSequence, range: &AnchorRange) -> Option<Vec<Digest>> {
		// As a courier that knows one sibling.
		range.path(sequence, vec![[0xab; 32]])
	}

	fn events(&self, cursor: Cursor, limit: usize) -> Result<EventPage, ReadError> {
		self.get(|state| {
			let (events, next, at_end) = page(state.events.len(), cursor, limit, |place| Event {
				cursor: Cursor {
					position: place as u64 + 1,
					entry: 0,
				},
				at: 1_000,
				what: state.events[place].clone(),
			})?;
			Ok(EventPage { events, next, at_end })
		})
	}

	fn inbox(&self, cursor: Cursor, max_bytes: usize) -> Result<InboxPage, ReadError> {
		self.get(|state| {
			// About as many as fit, at least one.
			let limit = (max_bytes / state.inbox.first().map_or(1, |b| b.len().max(1))).max(1);
			let (entries, next, at_end) = page(state.inbox.len(), cursor, limit, |place| InboxEntry {
				cursor: Cursor {
					position: place as u64 + 1,
					entry: 0,
				},
				bytes: state.inbox[place].clone(),
				registration: false,
				channel: LANE.channel,
				seller: 9,
				interface: b"X.FUNDS".to_vec().try_into().unwrap(),
				clause_version: 0,
				lane: LANE,
				sequence: 0,
				ordinal: place as u32,
				received_at: 7,
				answered: false,
			})?;
			Ok(InboxPage { entries, next, at_end })
		})
	}

	fn tail(&self) -> watch::Receiver<Cursor> {
		self.tail.subscribe()
	}

	fn channels(&self) -> Vec<ChannelView> {
		Vec::new()
	}

	fn lanes(&self) -> Vec<LaneStatus> {
		vec![LaneStatus {
			lane: LANE,
			outgoing: true,
			packets: 5,
			delivered: 3,
			in_flight: 1,
			waiting_since: Some(11),
			waiting: Some(Waiting::Queued { packets_ahead: 1 }),
			last_receipt_at: Some(10),
		}]
	}

	fn clauses(&self, query: &ClauseQuery) -> Vec<ClausesView> {
		match query {
			ClauseQuery::Product(product) if product == "BOND-A" => {
				vec![ClausesView {
					channel: 1,
					seller: 9,
					issuer: 8,
					agreement: None,
					at: 77,
				}]
			}
			_ => Vec::new(),
		}
	}

	fn status(&self) -> Status {
		self.get(|state| state.status.clone()).unwrap_or_else(ready)
	}

	fn retry_lane(&self, lane: LaneId) -> bool {
		self.set(|state| state.retried.push(lane));
		lane == LANE
	}
}

pub fn ready() -> Status {
	Status {
		peer: vec![1, 2, 3],
		node: Some(2),
		member: Some(9),
		member_name: Some("Bank".into()),
		block: 77,
		genesis: [7; 32],
		tail: Cursor::default(),
		log_bytes: 1,
		indexed: 0,
		chain: sealane_courier::api::ChainHealth::Fresh,
		store_full: false,
		store_frozen: None,
		quarantined: None,
		lanes_forked: Vec::new(),
		batches_unanchored: 0,
		batches_of_ending_keys: 0,
		anchors_open: 0,
		keys: vec![([1; 32], [2; 32])],
		keys_valid: true,
		unchecked_sender: false,
	}
}

pub fn order(id: &str, stage: OrderStage) -> OrderState {
	let confirmation = (stage >= OrderStage::Confirmed).then(|| ConfirmationState {
		bytes: Bytes::from(format!(r#"{{"order":"{id}", "outcome":"accepted"}}"#)),
		outcome: Outcome::Accepted,
		lane: LANE.opposite(),
		sequence: 1,
		ordinal: 2,
		technical: false,
	});
	OrderState {
		id: id.into(),
		kind: BusinessKind::Purchase,
		seller: 9,
		bytes: Bytes::from(format!(r#"{{"id":"{id}",  "kind":"purchase"}}"#)),
		channel: LANE.channel,
		interface: b"X.FUNDS".to_vec().try_into().unwrap(),
		lane: LANE,
		sequence: 4,
		ordinal: 5,
		clause_version: 6,
		stage,
		steps: vec![Step {
			stage: OrderStage::Accepted,
			at: 1,
			block: None,
		}],
		confirmation,
		batch: None,
		anchor: None,
	}
}

/// A gateway that runs until it is dropped or stopped.
pub struct Node {
	pub fake: Fake,
	pub gateway: Gateway,
	pub file: GatewayFile,
	pub folder: tempfile::TempDir,
	pub http: Http,
	stop: oneshot::Sender<()>,
}

impl Node {
	pub async fn start() -> Self {
		Node::with(Limits::default()).await
	}

	pub async fn with(limits: Limits) -> Self {
		Node::configured(|config| config.limits = limits).await
	}

	pub async fn configured(change: impl FnOnce(&mut Config)) -> Self {
		let folder = tempfile::tempdir().unwrap();
		let mut config = Config::new(folder.path(), 0);
		change(&mut config);
		let fake = Fake::new();
		let (stop, stopped) = oneshot::channel();
		let gateway = serve(config, fake.clone(), async {
			let _ = stopped.await;
		})
		.await
		.unwrap();
		let file = sealane_sdk::client::read_gateway_file(folder.path()).unwrap();
		let http = Http {
			address: gateway.address(),
			token: file.token.clone(),
		};
		Node {
			fake,
			gateway,
			file,
			folder,
			http,
			stop,
		}
	}

	pub fn client(&self) -> Client {
		ClientBuilder::new(&self.file.url, &self.file.token)
			.attempts(1)
			.build()
			.unwrap()
	}

	pub async fn stop(self) -> tempfile::TempDir {
		let _ = self.stop.send(());
		self.gateway.stopped().await;
		self.folder
	}
}

/// Plain HTTP, so that a test can send what no client would.
#[derive(Clone)]
pub struct Http {
	address: std::net::SocketAddr,
	token: String,
}

#[derive(Debug)]
pub struct Answer {
	pub status: u16,
	pub head: String,
	pub body: String,
}

impl Answer {
	pub fn json(&self) -> serde_json::Value {
		serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.body))
	}

	pub fn code(&self) -> String {
		assert!(self.head.contains("application/problem+json"), "{}", self.head);
		self.json()["code"].as_str().unwrap().into()
	}

	pub fn header(&self, name: &str) -> Option<&str> {
		self.head.lines().find_map(|line| {
			let (found, value) = line.split_once(':')?;
			found.eq_ignore_ascii_case(name).then(|| value.trim())
		})
	}
}

impl Http {
	pub fn new(address: std::net::SocketAddr, token: String) -> Self {
		Http { address, token }
	}

	pub async fn connect(&self) -> tokio::net::TcpStream {
		tokio::net::TcpStream::connect(self.address).await.unwrap()
	}

	/// Sends a request with the node's token.
	pub async fn send(&self, method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
		let token = format!("Bearer {}", self.token);
		let mut all = vec![("authorization", token.as_str())];
		all.extend_from_slice(headers);
		self.send_bare(method, target, &all, body).await
	}

	/// Sends a request with these headers only.
	pub async fn send_bare(&self, method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
		use tokio::io::{AsyncReadExt, AsyncWriteExt};
		let mut stream = self.connect().await;
		let mut request = format!("{method} {target} HTTP/1.1\r\nhost: node\r\nconnection: close\r\n");
		for (name, value) in headers {
			request.push_str(&format!("{name}: {value}\r\n"));
		}
		if !headers.iter().any(|(name, _)| *name == "content-length") && (!body.is_empty() || method == "POST") {
			request.push_str(&format!("content-length: {}\r\n", body.len()));
		}
		request.push_str("\r\n");
		stream.write_all(request.as_bytes()).await.unwrap();
		// A gateway that refuses early may close before it has read everything.
		let _ = stream.write_all(body).await;
		let mut bytes = Vec::new();
		let _ = stream.read_to_end(&mut bytes).await;
		parse(&bytes)
	}
}

pub fn parse(bytes: &[u8]) -> Answer {
	let text = String::from_utf8_lossy(bytes);
	let (head, body) = text
		.split_once("\r\n\r\n")
		.unwrap_or_else(|| panic!("no answer: {text:?}"));
	let status = head.split(' ').nth(1).unwrap().parse().unwrap();
	let chunked = head.to_ascii_lowercase().contains("transfer-encoding: chunked");
	Answer {
		status,
		head: head.into(),
		body: if chunked { dechunk(body) } else { body.into() },
	}
}

/// Joins the chunks of a body; sizes are in bytes, and every test body is ASCII.
fn dechunk(mut text: &str) -> String {
	let mut body = String::new();
	while let Some((size, rest)) = text.split_once("\r\n") {
		let Ok(size) = usize::from_str_radix(size, 16) else {
			break;
		};
		if size == 0 || rest.len() < size {
			break;
		}
		body.push_str(&rest[..size]);
		text = rest[size..].trim_start_matches("\r\n");
	}
	body
}
