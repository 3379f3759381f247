// SPDX-License-Identifier: Apache-2.0

//! Works through the inbox, page by page.

use crate::{
	books::{self, AnswerKind, BookOrder, BookRegistration, BooksDb, OrderKey, RefusedAnswer, WaitingOrder, ROLE},
	decide::{decide, Books, Decision, Received},
	entry::{customer_of, id_of, rule_of},
	error::{Error, Result},
	load::{load, Item},
	register,
	rules::{Opening, WatchedRules},
};
use sealane_sdk::{
	types::{Confirmation, Cursor, InboxEntry, InboxKind, Order, Outcome, ProblemCode, Side},
	Client,
};
use sealane_terminal_core::{
	db::{now_ms, set_cursor, Lease},
	outage::Outage,
	quarantine::{self, Unreadable},
	stop::{stopped, Stop},
};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::{collections::HashSet, time::Duration};

/// Name of the cursor in the database.
pub const CURSOR: &str = "inbox";
/// Most entries of one page.
const PAGE: u32 = 5_000;
/// How long the node may wait for the next entry: as often the rules and prices are looked at.
const WAIT: Duration = Duration::from_secs(2);

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
	/// Orders that were put by until what they wait for is there.
	pub waiting: u64,
	/// Entries that cannot be read, nor answered.
	pub quarantined: u64,
	/// Entries of answers that the node refused.
	pub refused: u64,
}

/// The issuer's desk.
pub struct Desk {
	client: Client,
	db: BooksDb,
	rules: WatchedRules,
	/// The issuer's own number on the chain.
	issuer: u32,
	/// Sellers whose opening holdings are in the books.
	opened: HashSet<u32>,
	opening: Option<Opening>,
	cursor: Cursor,
	figures: IssuerFigures,
	lease: Lease,
}

/// What a page came to.
#[derive(Default)]
struct Outcomes {
	answered: Vec<BookOrder>,
	waiting: Vec<WaitingOrder>,
	/// Orders that waited until now.
	decided: Vec<OrderKey>,
	books: Books,
}

impl Desk {
	/// A desk that goes on behind the last page in its books; answers that the node may not have are sent first.
	///
	/// # Errors
	/// The node is not registered, does not answer or refuses us; another desk works on the database, or it or the opening file
	/// fails.
	pub async fn open(client: Client, db: BooksDb, rules: WatchedRules) -> Result<Self> {
		let status = client.status().await?;
		let member = status.member.ok_or_else(|| Error::Node {
			reason: "the node is not registered on chain: it has no inbox yet".into(),
			code: None,
			passes: true,
		})?;
		let opening = rules
			.rules()
			.opening_holdings
			.as_deref()
			.map(Opening::read)
			.transpose()?;
		let lease = db.lease(ROLE).await?;
		let mut desk = Desk {
			client,
			db,
			rules,
			issuer: member.id,
			opened: HashSet::new(),
			opening,
			cursor: Cursor::start(),
			figures: IssuerFigures::default(),
			lease,
		};
		desk.reload().await?;
		desk.decide_waiting().await?;
		Ok(desk)
	}

	/// What the database knows: after a failure nobody can tell whether the last transaction took effect.
	async fn reload(&mut self) -> Result<()> {
		self.cursor = self.db.cursor(CURSOR).await?.map_or_else(Cursor::start, Cursor);
		for (number, kind, key) in self.db.pending_answers().await? {
			let lines = self.db.answer_lines(kind, number).await?;
			self.send(number, kind, &key, lines).await?;
		}
		Ok(())
	}

	/// What was done since the desk opened.
	pub fn figures(&self) -> &IssuerFigures {
		&self.figures
	}

	/// Gives the database free for another desk.
	pub async fn close(self) -> IssuerFigures {
		self.lease.release().await;
		self.figures
	}

	/// Works until `stop` changes; calls `after` with the figures after each page. A node or a database that is away is waited for.
	///
	/// # Errors
	/// The node refuses us, or the database is not usable.
	pub async fn run(&mut self, stop: Stop, mut after: impl FnMut(&IssuerFigures)) -> Result<()> {
		let mut outage = Outage::new("the desk");
		let stopped = stopped(stop.clone());
		tokio::pin!(stopped);
		let mut reload = false;
		loop {
			let page = tokio::select! {
				biased;
				() = &mut stopped => return Ok(()),
				page = self.client.inbox(&self.cursor, PAGE, WAIT) => page,
			};
			// Not cancelled half-way: what was begun is written and sent.
			let done = match page {
				Ok(page) => self.round(page.entries, page.next, reload).await,
				Err(error) => Err(cursor_hint(error.into())),
			};
			match done {
				Ok(changed) => {
					outage.over();
					reload = false;
					if changed {
						after(&self.figures);
					}
				}
				Err(error) => {
					reload = true;
					if !outage.wait(error, &stop).await? {
						return Ok(());
					}
				}
			}
		}
	}

	async fn round(&mut self, entries: Vec<InboxEntry>, next: Cursor, reload: bool) -> Result<bool> {
		if reload {
			// The page was asked for with a cursor that may be behind: it comes again.
			self.reload().await?;
			return Ok(false);
		}
		let repriced = self.rules.look() && self.decide_waiting().await?;
		Ok(self.work(entries, next).await? || repriced)
	}

	/// Reads one page, waiting up to `wait` for its first entry, and answers it; says whether there was one.
	///
	/// # Errors
	/// The node does not answer or refuses us, or the database fails.
	pub async fn page(&mut self, wait: Duration) -> Result<bool> {
		let page = self.client.inbox(&self.cursor, PAGE, wait).await?;
		self.round(page.entries, page.next, false).await
	}

	async fn work(&mut self, entries: Vec<InboxEntry>, next: Cursor) -> Result<bool> {
		if entries.is_empty() && next == self.cursor {
			return Ok(false);
		}
		for seller in entries.iter().map(|e| e.seller).collect::<HashSet<_>>() {
			self.open_seller(seller).await?;
		}
		let mut unreadable = Vec::new();
		// What has an answer was answered by the node itself, or by us before the cursor was lost.
		let open = entries.into_iter().filter(|e| !e.answered);
		let (orders, registrations): (Vec<_>, Vec<_>) = open.partition(|e| e.kind == InboxKind::Order);
		let results = self.decide_registrations(&registrations, &mut unreadable).await?;
		let items = orders
			.iter()
			.filter_map(|entry| item_of(entry, &mut unreadable))
			.collect();
		let outcomes = self.decide_orders(items, &results, false).await?;
		self.write(outcomes, results, unreadable, Some(next)).await?;
		Ok(true)
	}

	/// Decides on what waits and can be decided now; says whether there was something.
	async fn decide_waiting(&mut self) -> Result<bool> {
		let (mut after, mut any) = (0, false);
		loop {
			let waiting = self.db.waiting_after(after, PAGE).await?;
			let Some(last) = waiting.last() else { return Ok(any) };
			after = last.place;
			let items = waiting.into_iter().map(waiting_item).collect();
			let outcomes = self.decide_orders(items, &[], true).await?;
			if !outcomes.answered.is_empty() {
				any = true;
				self.write(outcomes, Vec::new(), Vec::new(), None).await?;
			}
		}
	}

	/// Writes what a page came to, in one transaction, and sends the answers.
	async fn write(
		&mut self,
		outcomes: Outcomes,
		results: Vec<BookRegistration>,
		unreadable: Vec<Unreadable>,
		next: Option<Cursor>,
	) -> Result<()> {
		let Outcomes {
			answered,
			waiting,
			decided,
			books,
		} = outcomes;
		let mut tx = self.db.begin().await?;
		let mut answers = Vec::new();
		if !results.is_empty() {
			let lines = sorted_lines(results.iter().map(|r| (r.seller, &r.id, &r.result_text)));
			let key = key_of(&lines);
			let number = books::insert_answer(&mut tx, AnswerKind::Results, &key, lines.len()).await?;
			books::insert_book_registrations(&mut tx, number, &results).await?;
			answers.push((number, AnswerKind::Results, key, lines));
		}
		if !answered.is_empty() {
			let lines = sorted_lines(answered.iter().map(|o| (o.seller, &o.id, &o.confirmation_text)));
			let key = key_of(&lines);
			let number = books::insert_answer(&mut tx, AnswerKind::Confirmations, &key, lines.len()).await?;
			books::insert_orders(&mut tx, number, &answered).await?;
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
		books::insert_waiting(&mut tx, &waiting).await?;
		books::remove_waiting(&mut tx, &decided).await?;
		quarantine::put(&mut tx, &unreadable).await?;
		if let Some(next) = &next {
			set_cursor(&mut tx, CURSOR, next.as_str()).await?;
		}
		tx.commit().await?;
		if let Some(next) = next {
			self.cursor = next;
		}
		self.figures.waiting += waiting.len() as u64;
		self.figures.quarantined += unreadable.len() as u64;
		for (number, kind, key, lines) in answers {
			self.send(number, kind, &key, lines).await?;
		}
		Ok(())
	}

	/// Sends an answer. What the node refuses of it the seller never gets: it is kept, with an alarm.
	async fn send(&mut self, number: i64, kind: AnswerKind, key: &str, lines: Vec<String>) -> Result<()> {
		let body = body_of(&lines);
		let sent = match kind {
			AnswerKind::Confirmations => self.client.submit_confirmations_ndjson(body, key).await,
			AnswerKind::Results => self.client.submit_registration_results_ndjson(body, key).await,
		};
		let refused = match sent {
			Ok(report) => report
				.refused_entries
				.iter()
				.map(|entry| {
					refusal(
						number,
						entry.line,
						&lines,
						&entry.code,
						format!("{}: {}", entry.field, entry.rule),
					)
				})
				.collect(),
			Err(error) if error.blames_request() => {
				let code = error.code().map_or("problem", ProblemCode::as_str);
				vec![refusal(number, 0, &lines, code, error.to_string())]
			}
			Err(error) => return Err(error.into()),
		};
		for entry in &refused {
			tracing::error!(
				answer = number,
				"ALARM: the node refuses the answer to {:?} ({}: {}): the seller does not get it; see: sealane issuer refused",
				entry.id,
				entry.code,
				entry.reason
			);
		}
		let mut tx = self.db.begin().await?;
		books::answer_sent(&mut tx, number, &refused).await?;
		tx.commit().await?;
		self.figures.answers += 1;
		self.figures.refused += refused.len() as u64;
		Ok(())
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
			.map(|c| c.partner.name.clone());
		let Some(name) = name else {
			// The channel may be gone; its orders are decided over what the books have.
			tracing::error!("ALARM: no channel names seller {seller}: its opening holdings are not in the books");
			return Ok(());
		};
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

	async fn decide_registrations(
		&mut self,
		entries: &[InboxEntry],
		unreadable: &mut Vec<Unreadable>,
	) -> Result<Vec<BookRegistration>> {
		let rules = self.rules.rules();
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
					register::decide(&rules, self.issuer, entry, account)
				}
			};
			if result.id.is_empty() {
				unreadable.push(unreadable_entry(
					entry,
					"registration",
					"it has no id that could be answered".into(),
				));
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

	/// Decides on orders; `again`: they waited until now.
	async fn decide_orders(&mut self, items: Vec<Item>, results: &[BookRegistration], again: bool) -> Result<Outcomes> {
		let (rules, prices) = (self.rules.rules(), self.rules.prices());
		let mut out = Outcomes {
			books: load(&self.db, &rules, &items).await?,
			..Outcomes::default()
		};
		for result in results {
			if let Some((account, ..)) = &result.registered {
				out.books
					.customers
					.insert((result.seller, result.customer.clone()), account.clone());
			}
		}
		for item in items {
			let key = (item.from.seller, item.id.clone());
			if !again {
				self.figures.orders += 1;
				if let Some(stored) = out.books.orders.get(&key) {
					self.figures.repeated += 1;
					// Twice in one page is still one row in the books.
					if !out.answered.contains(stored) {
						out.answered.push(stored.clone());
					}
					continue;
				}
				if out.books.waiting.contains_key(&key) {
					continue;
				}
			} else if out.books.waiting.remove(&key).is_none() {
				// Taken back by an order before it.
				continue;
			}
			let confirmation = match &item.order {
				Ok(order) => match decide(&rules, &prices, &mut out.books, item.from, order) {
					Decision::Answer(confirmation) => *confirmation,
					Decision::Waits { trade_date, waits_for } => {
						let waiting = waiting_row(&item, order, trade_date, waits_for);
						out.books.waiting.insert(key, waiting.clone());
						if !again {
							out.waiting.push(waiting);
						}
						continue;
					}
				},
				Err(rule) => {
					let mut rejected = Confirmation::rejected(item.id.as_str(), "UNREADABLE", format!("order: {rule}"));
					rejected.channel = Some(item.from.channel);
					rejected
				}
			};
			self.count(&confirmation);
			let row = book_row(&item, &confirmation);
			out.decided.push(key.clone());
			out.books.orders.insert(key, row.clone());
			out.answered.push(row);
			self.withdraw(&mut out);
		}
		// A cancellation in the same page changes rows that are about to be written.
		for row in &mut out.answered {
			if let Some(current) = out.books.orders.get(&(row.seller, row.id.clone())) {
				row.cancelled_by.clone_from(&current.cancelled_by);
			}
		}
		Ok(out)
	}

	/// Answers orders that waited and were taken back.
	fn withdraw(&mut self, out: &mut Outcomes) {
		for (waiting, by) in std::mem::take(&mut out.books.withdrawn) {
			let key = (waiting.seller, waiting.id.clone());
			let item = waiting_item(waiting);
			let text = format!("taken back by {by:?} before it was executed");
			let mut confirmation = Confirmation::rejected(item.id.as_str(), "CANCELLED", text);
			confirmation.channel = Some(item.from.channel);
			self.count(&confirmation);
			let mut row = book_row(&item, &confirmation);
			row.cancelled_by = by;
			out.waiting
				.retain(|w| (w.seller, w.id.as_str()) != (row.seller, row.id.as_str()));
			out.decided.push(key.clone());
			out.books.orders.insert(key, row.clone());
			out.answered.push(row);
		}
	}

	fn count(&mut self, confirmation: &Confirmation) {
		match confirmation.outcome {
			Outcome::Accepted => self.figures.accepted += 1,
			Outcome::Partial => self.figures.partial += 1,
			Outcome::Rejected => self.figures.rejected += 1,
		}
	}
}

/// An order of the inbox; one without an id that could be answered goes to the quarantine.
fn item_of(entry: &InboxEntry, unreadable: &mut Vec<Unreadable>) -> Option<Item> {
	let order = serde_json::from_str::<Order>(entry.body.get())
		.map_err(|error| rule_of(&error))
		.and_then(|order| match order.check() {
			Ok(()) => Ok(order),
			Err(broken) => Err(broken.to_string()),
		});
	let Some(id) = order
		.as_ref()
		.ok()
		.map(|order| order.id.clone())
		.or_else(|| id_of(entry))
	else {
		let rule = order.err().unwrap_or_default();
		unreadable.push(unreadable_entry(entry, "order", rule));
		return None;
	};
	Some(Item {
		from: Received {
			seller: entry.seller,
			channel: entry.channel,
			at_ms: i64::try_from(entry.received_at_ms).unwrap_or(i64::MAX),
		},
		id,
		order,
		body: entry.body.get().into(),
	})
}

fn unreadable_entry(entry: &InboxEntry, origin: &'static str, reason: String) -> Unreadable {
	Unreadable {
		origin,
		place: entry.cursor.to_string(),
		channel: i64::from(entry.channel),
		id: id_of(entry).unwrap_or_default(),
		reason,
		body: entry.body.get().into(),
	}
}

/// An order that waited. It was read before: what its bytes are does not change.
fn waiting_item(waiting: WaitingOrder) -> Item {
	Item {
		from: Received {
			seller: waiting.seller,
			channel: waiting.channel,
			at_ms: waiting.received_at,
		},
		order: serde_json::from_str(&waiting.order_text).map_err(|error| rule_of(&error)),
		id: waiting.id,
		body: waiting.order_text,
	}
}

fn waiting_row(item: &Item, order: &Order, trade_date: String, waits_for: String) -> WaitingOrder {
	WaitingOrder {
		seller: item.from.seller,
		id: item.id.clone(),
		channel: item.from.channel,
		product: order.product.clone(),
		customer: order.customer.clone(),
		trade_date,
		order_text: item.body.clone(),
		waits_for,
		place: 0,
		received_at: item.from.at_ms,
	}
}

fn book_row(item: &Item, confirmation: &Confirmation) -> BookOrder {
	let order = item.order.as_ref().ok();
	let text = |value: &Option<String>| value.clone().unwrap_or_default();
	BookOrder {
		seller: item.from.seller,
		id: item.id.clone(),
		channel: item.from.channel,
		kind: order.map_or("", |o| o.kind.as_str()).into(),
		product: order.map(|o| o.product.clone()).unwrap_or_default(),
		customer: order.map(|o| o.customer.clone()).unwrap_or_default(),
		order_text: item.body.clone(),
		outcome: match confirmation.outcome {
			Outcome::Accepted => "accepted",
			Outcome::Partial => "partial",
			Outcome::Rejected => "rejected",
		}
		.into(),
		reason_code: confirmation.reason.as_ref().map(|r| r.code.clone()).unwrap_or_default(),
		deal: text(&confirmation.deal),
		units: text(&confirmation.units),
		amount: text(&confirmation.amount),
		trade_date: text(&confirmation.trade_date),
		cancelled_by: String::new(),
		// A confirmation is plain text and numbers: writing it cannot fail.
		confirmation_text: serde_json::to_string(confirmation).unwrap_or_default(),
		received_at: item.from.at_ms,
	}
}

/// An entry of an answer that the node refused.
fn refusal(answer: i64, line: u32, lines: &[String], code: &str, reason: String) -> RefusedAnswer {
	let body = (line as usize).checked_sub(1).and_then(|index| lines.get(index));
	RefusedAnswer {
		answer,
		line: i64::from(line),
		id: body.map(|body| quarantine::id_of(body, "order")).unwrap_or_default(),
		code: code.into(),
		reason,
		refused_at: now_ms(),
	}
}

/// A cursor of another node comes after a move to a new one: says how to go on.
fn cursor_hint(error: Error) -> Error {
	match error {
		Error::Node { reason, code, passes } if code == Some(ProblemCode::InvalidCursor.as_str()) => Error::Node {
			reason: format!(
				"{reason}; after a move to another node: sealane issuer cursor reset (an order in the books is answered as before)"
			),
			code,
			passes,
		},
		other => other,
	}
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
