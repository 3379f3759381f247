// SPDX-License-Identifier: Apache-2.0

//! Works through the inbox, page by page.

use super::{
	decide::{decide, Books},
	register,
	rules::{Opening, Rules},
};
use crate::{
	db::{
		books::{self, AnswerKind, BookOrder, BookRegistration, DailyKey, HoldingKey, OrderKey},
		set_cursor, Db,
	},
	error::{Error, Result},
};
use sealane_primitives::clauses::Timestamp;
use sealane_sdk::{
	types::{BusinessKind, Cursor, InboxEntry, InboxKind, Order, Outcome, Side, SubmitReport},
	Client,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{
	collections::{HashMap, HashSet},
	time::Duration,
};

/// Name of the cursor in the database.
const CURSOR: &str = "inbox";
/// Most entries of one page.
const PAGE: u32 = 5_000;

/// What the terminal did since it started.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct IssuerFigures {
	/// Orders read from the inbox.
	pub orders: u64,
	/// Confirmed in full.
	pub accepted: u64,
	/// Confirmed in part.
	pub partial: u64,
	/// Rejected.
	pub rejected: u64,
	/// Orders that were in the books already and got their confirmation again.
	pub repeated: u64,
	/// Customers registered.
	pub registered: u64,
	/// Registrations rejected.
	pub registrations_rejected: u64,
	/// Answers sent to the node.
	pub answers: u64,
	/// Entries of answers that the node refused.
	pub refused: u64,
}

/// The issuer's desk.
pub struct Desk {
	client: Client,
	db: Db,
	rules: Rules,
	opening: Option<Opening>,
	/// The issuer's own number on the chain.
	issuer: u32,
	/// Sellers whose opening holdings are in the books.
	opened: HashSet<u32>,
	cursor: Cursor,
	figures: IssuerFigures,
}

/// The least that can be read of an entry that is otherwise unreadable.
#[derive(Deserialize)]
struct OnlyId {
	id: String,
}

/// The id of an entry.
pub(super) fn id_of(entry: &InboxEntry) -> Option<String> {
	serde_json::from_str::<OnlyId>(entry.body.get())
		.ok()
		.map(|only| only.id)
}

impl Desk {
	/// A desk that goes on behind the last page in its books; answers that the node may not have are sent first.
	///
	/// # Errors
	/// The node is not registered, refuses us, or the database or the opening file fails.
	pub async fn open(client: Client, db: Db, rules: Rules) -> Result<Self> {
		let status = client.status().await?;
		let member = status
			.member
			.ok_or_else(|| Error::Node("the node is not registered on chain: it has no inbox yet".into()))?;
		let opening = rules.opening_holdings.as_deref().map(Opening::read).transpose()?;
		let cursor = db.cursor(CURSOR).await?.map_or_else(Cursor::start, Cursor);
		let mut desk = Desk {
			client,
			db,
			rules,
			opening,
			issuer: member.id,
			opened: HashSet::new(),
			cursor,
			figures: IssuerFigures::default(),
		};
		for (number, kind, key) in desk.db.pending_answers().await? {
			let lines = desk.db.answer_lines(kind, number).await?;
			desk.send(number, kind, &key, lines).await?;
		}
		Ok(desk)
	}

	/// What was done since the desk opened.
	pub fn figures(&self) -> &IssuerFigures {
		&self.figures
	}

	/// Works until `stop` changes; calls `after` with the figures after each page.
	///
	/// # Errors
	/// The node refuses us or is gone for longer than the client is patient, or the database fails.
	pub async fn run(
		&mut self,
		stop: tokio::sync::watch::Receiver<bool>,
		mut after: impl FnMut(&IssuerFigures),
	) -> Result<()> {
		let stopped = crate::sales::stopped(stop.clone());
		tokio::pin!(stopped);
		loop {
			let page = tokio::select! {
				biased;
				() = &mut stopped => return Ok(()),
				page = self.client.inbox(&self.cursor, PAGE, Duration::from_secs(10)) => page?,
			};
			// Not cancelled half-way: what was begun is written and sent.
			if self.work(page.entries, page.next).await? {
				after(&self.figures);
			}
		}
	}

	/// Reads one page, waiting up to `wait` for its first entry, and answers it; says whether there was one.
	///
	/// # Errors
	/// As [`Desk::run`].
	pub async fn page(&mut self, wait: Duration) -> Result<bool> {
		let page = self.client.inbox(&self.cursor, PAGE, wait).await?;
		self.work(page.entries, page.next).await
	}

	async fn work(&mut self, entries: Vec<InboxEntry>, next: Cursor) -> Result<bool> {
		if entries.is_empty() && next == self.cursor {
			return Ok(false);
		}
		for seller in entries.iter().map(|e| e.seller).collect::<HashSet<_>>() {
			self.open_seller(seller).await?;
		}
		// What has an answer was answered by the node itself, or by us before the cursor was lost.
		let open = entries.into_iter().filter(|e| !e.answered);
		let (orders, registrations): (Vec<_>, Vec<_>) = open.partition(|e| e.kind == InboxKind::Order);
		let results = self.decide_registrations(&registrations).await?;
		let (confirmations, books) = self.decide_orders(&orders, &results).await?;

		let mut tx = self.db.begin().await?;
		let mut answers = Vec::new();
		if !results.is_empty() {
			let lines = sorted_lines(results.iter().map(|r| (r.seller, &r.id, &r.result_text)));
			let key = key_of(&lines);
			let number = books::insert_answer(&mut tx, AnswerKind::Results, &key, lines.len()).await?;
			books::insert_book_registrations(&mut tx, number, &results).await?;
			answers.push((number, AnswerKind::Results, key, lines));
		}
		if !confirmations.is_empty() {
			let lines = sorted_lines(confirmations.iter().map(|o| (o.seller, &o.id, &o.confirmation_text)));
			let key = key_of(&lines);
			let number = books::insert_answer(&mut tx, AnswerKind::Confirmations, &key, lines.len()).await?;
			books::insert_orders(&mut tx, number, &confirmations).await?;
			books::set_cancelled(&mut tx, &books.cancelled).await?;
			let holdings: Vec<_> = books
				.changed_holdings
				.iter()
				.map(|key| (key.clone(), books.holdings.get(key).copied().unwrap_or_default()))
				.collect();
			books::set_holdings(&mut tx, &holdings).await?;
			let daily: Vec<_> = books
				.changed_daily
				.iter()
				.map(|key| (key.clone(), books.daily.get(key).copied().unwrap_or_default()))
				.collect();
			books::set_daily(&mut tx, &daily).await?;
			answers.push((number, AnswerKind::Confirmations, key, lines));
		}
		set_cursor(&mut tx, CURSOR, next.as_str()).await?;
		tx.commit().await?;
		self.cursor = next;
		for (number, kind, key, lines) in answers {
			self.send(number, kind, &key, lines).await?;
		}
		Ok(true)
	}

	async fn send(&mut self, number: i64, kind: AnswerKind, key: &str, lines: Vec<String>) -> Result<()> {
		let body = body_of(&lines);
		let report: SubmitReport = match kind {
			AnswerKind::Confirmations => self.client.submit_confirmations_ndjson(body, key).await?,
			AnswerKind::Results => self.client.submit_registration_results_ndjson(body, key).await?,
		};
		for refused in &report.refused_entries {
			log::warn!(
				"answer {number}: the node refused entry {} ({}): {}",
				refused.line,
				refused.code,
				crate::sales::reason_of(refused)
			);
		}
		self.figures.answers += 1;
		self.figures.refused += u64::from(report.refused);
		self.db.answer_sent(number).await
	}

	/// Puts the opening holdings of a seller's customers in the books, once.
	async fn open_seller(&mut self, seller: u32) -> Result<()> {
		let Some(opening) = &self.opening else { return Ok(()) };
		if self.opened.contains(&seller) {
			return Ok(());
		}
		let channels = self.client.channels().await?;
		let name = channels
			.iter()
			.find(|c| c.side == Side::Issuer && c.seller == seller)
			.map(|c| c.partner.name.clone())
			.ok_or_else(|| Error::Node(format!("seller {seller}: no channel names it")))?;
		let rows = opening.by_seller.get(&name).map(Vec::as_slice).unwrap_or_default();
		let holdings: Vec<_> = rows
			.iter()
			.map(|(customer, product, units)| ((seller, customer.clone(), product.clone()), *units))
			.collect();
		let mut tx = self.db.begin().await?;
		if books::mark_opening(&mut tx, &format!("{}/{seller}", opening.source)).await? {
			books::set_holdings(&mut tx, &holdings).await?;
		}
		tx.commit().await?;
		self.opened.insert(seller);
		Ok(())
	}

	async fn decide_registrations(&mut self, entries: &[InboxEntry]) -> Result<Vec<BookRegistration>> {
		if entries.is_empty() {
			return Ok(Vec::new());
		}
		let mut keys = HashSet::new();
		let mut customers = HashSet::new();
		for entry in entries {
			keys.extend(id_of(entry).map(|id| (entry.seller, id)));
			customers.extend(customer_of(entry).map(|customer| (entry.seller, customer)));
		}
		let mut known = self.db.book_results(&keys).await?;
		let accounts = self.db.book_customers(&customers).await?;
		let mut results = Vec::with_capacity(entries.len());
		for entry in entries {
			// The salt is random: what was decided once is only ever repeated.
			let result = match id_of(entry).and_then(|id| known.remove(&(entry.seller, id))) {
				Some(stored) => stored,
				None => {
					let account = customer_of(entry).and_then(|c| accounts.get(&(entry.seller, c)));
					register::decide(&self.rules, self.issuer, entry, account)
				}
			};
			if result.id.is_empty() {
				log::warn!("inbox {}: a registration without id cannot be answered", entry.cursor);
				continue;
			}
			match result.outcome.as_str() {
				"accepted" => self.figures.registered += 1,
				_ => self.figures.registrations_rejected += 1,
			}
			results.push(result);
		}
		Ok(results)
	}

	async fn decide_orders(
		&mut self,
		entries: &[InboxEntry],
		results: &[BookRegistration],
	) -> Result<(Vec<BookOrder>, Books)> {
		let parsed: Vec<_> = entries
			.iter()
			.map(|e| (e, serde_json::from_str::<Order>(e.body.get())))
			.collect();
		let mut books = self.load(&parsed).await?;
		for result in results {
			if let Some((account, ..)) = &result.registered {
				books
					.customers
					.insert((result.seller, result.customer.clone()), account.clone());
			}
		}
		let mut answered = Vec::with_capacity(parsed.len());
		for (entry, order) in parsed {
			self.figures.orders += 1;
			let Some(id) = order.as_ref().ok().map(|o| o.id.clone()).or_else(|| id_of(entry)) else {
				log::warn!("inbox {}: an order without id cannot be answered", entry.cursor);
				continue;
			};
			if let Some(stored) = books.orders.get(&(entry.seller, id.clone())) {
				self.figures.repeated += 1;
				// Twice in one page is still one row in the books.
				if !answered.contains(stored) {
					answered.push(stored.clone());
				}
				continue;
			}
			let row = self.decide_order(entry, &id, order, &mut books);
			match row.outcome.as_str() {
				"accepted" => self.figures.accepted += 1,
				"partial" => self.figures.partial += 1,
				_ => self.figures.rejected += 1,
			}
			books.orders.insert((row.seller, row.id.clone()), row.clone());
			answered.push(row);
		}
		// A cancellation in the same page changes rows that are about to be written.
		for row in &mut answered {
			if let Some(current) = books.orders.get(&(row.seller, row.id.clone())) {
				row.cancelled_by.clone_from(&current.cancelled_by);
			}
		}
		Ok((answered, books))
	}

	fn decide_order(
		&self,
		entry: &InboxEntry,
		id: &str,
		order: Result<Order, serde_json::Error>,
		books: &mut Books,
	) -> BookOrder {
		let (confirmation, kind, product, customer) = match order {
			Ok(order) => {
				let decision = decide(&self.rules, books, entry.seller, entry.channel, &order);
				(
					decision.confirmation,
					order.kind.as_str(),
					order.product,
					order.customer,
				)
			}
			Err(error) => {
				let text = format!("order: {error}");
				let mut confirmation = sealane_sdk::types::Confirmation::rejected(id, "UNREADABLE", text);
				confirmation.channel = Some(entry.channel);
				(confirmation, "", String::new(), String::new())
			}
		};
		let outcome = match confirmation.outcome {
			Outcome::Accepted => "accepted",
			Outcome::Partial => "partial",
			Outcome::Rejected => "rejected",
		};
		BookOrder {
			seller: entry.seller,
			id: id.into(),
			channel: entry.channel,
			kind: kind.into(),
			product,
			customer,
			order_text: entry.body.get().into(),
			outcome: outcome.into(),
			reason_code: confirmation.reason.as_ref().map(|r| r.code.clone()).unwrap_or_default(),
			deal: confirmation.deal.clone().unwrap_or_default(),
			units: confirmation.units.clone().unwrap_or_default(),
			amount: confirmation.amount.clone().unwrap_or_default(),
			trade_date: confirmation.trade_date.clone().unwrap_or_default(),
			cancelled_by: String::new(),
			// A confirmation is plain text and numbers: writing it cannot fail.
			confirmation_text: serde_json::to_string(&confirmation).unwrap_or_default(),
			received_at: entry.received_at_ms as i64,
		}
	}

	/// Loads the part of the books that these orders touch.
	async fn load(&self, orders: &[(&InboxEntry, Result<Order, serde_json::Error>)]) -> Result<Books> {
		let mut wanted: HashSet<OrderKey> = HashSet::new();
		for (entry, order) in orders {
			match order {
				Ok(order) => {
					wanted.insert((entry.seller, order.id.clone()));
					wanted.extend(order.cancels.iter().map(|id| (entry.seller, id.clone())));
				}
				Err(_) => wanted.extend(id_of(entry).map(|id| (entry.seller, id))),
			}
		}
		let known: HashMap<OrderKey, BookOrder> = self.db.book_orders(&wanted).await?;
		let mut customers: HashSet<OrderKey> = HashSet::new();
		let mut holdings: HashSet<HoldingKey> = HashSet::new();
		let mut daily: HashSet<DailyKey> = HashSet::new();
		for (entry, order) in orders {
			let Ok(order) = order else { continue };
			customers.insert((entry.seller, order.customer.clone()));
			holdings.insert((entry.seller, order.customer.clone(), order.product.clone()));
			let detail = |name: &str| {
				order
					.details
					.as_ref()
					.and_then(|d| d.get(name))
					.and_then(|v| v.as_str())
			};
			if let Some(target) = detail("target_product") {
				holdings.insert((entry.seller, order.customer.clone(), target.into()));
			}
			if let Some(to) = detail("to_customer") {
				holdings.insert((entry.seller, to.into(), order.product.clone()));
			}
			if let Ok(placed) = order.placed_at.parse::<Timestamp>() {
				daily.insert((order.product.clone(), self.rules.trade_date(placed).to_string()));
			}
			if order.kind == BusinessKind::Cancellation {
				if let Some(target) = order
					.cancels
					.as_ref()
					.and_then(|id| known.get(&(entry.seller, id.clone())))
				{
					holdings.insert((entry.seller, target.customer.clone(), target.product.clone()));
					daily.insert((target.product.clone(), target.trade_date.clone()));
				}
			}
		}
		Ok(Books {
			customers: self.db.book_customers(&customers).await?,
			holdings: self.db.holdings(&holdings).await?,
			daily: self.db.daily(&daily).await?,
			orders: known,
			..Books::default()
		})
	}
}

/// The customer's reference of a registration.
fn customer_of(entry: &InboxEntry) -> Option<String> {
	#[derive(Deserialize)]
	struct OnlyCustomer {
		customer: String,
	}
	serde_json::from_str::<OnlyCustomer>(entry.body.get())
		.ok()
		.map(|only| only.customer)
}

/// The lines in the order in which the database hands them back: a repeat must have the same bytes.
fn sorted_lines<'a>(lines: impl Iterator<Item = (u32, &'a String, &'a String)>) -> Vec<String> {
	let mut lines: Vec<_> = lines.collect();
	lines.sort();
	// The same entry twice in one page is one row in the books.
	lines.dedup();
	lines.into_iter().map(|(_, _, text)| text.clone()).collect()
}

fn body_of(lines: &[String]) -> Vec<u8> {
	let mut body = Vec::with_capacity(lines.iter().map(|l| l.len() + 1).sum());
	for line in lines {
		body.extend_from_slice(line.as_bytes());
		body.push(b'\n');
	}
	body
}

fn key_of(lines: &[String]) -> String {
	hex::encode(&Sha256::digest(body_of(lines))[..16])
}
