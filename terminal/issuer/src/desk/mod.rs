// SPDX-License-Identifier: Apache-2.0

//! Works through the inbox, page by page, and through the days of the daily desk.
//!
//! * `orders`, `registrations`: what a page of the inbox comes to.
//! * `answers`: sends what is stored, and keeps what the own node refuses.
//! * `calendars`: those that are announced on chain.
//! * `receipts`: whether customers are registered on chain still.
//! * `daily`: freezes days, proposes decisions, executes what was confirmed.

mod answers;
mod calendars;
mod daily;
mod orders;
mod receipts;
mod registrations;

use crate::{
	books::{self, AnswerKind, BookOrder, BookRegistration, BooksDb, OrderKey, WaitingOrder, ROLE},
	day::{self, DayOrder},
	decide::Books,
	error::{Error, Result},
	load::Item,
	rules::{Opening, Rules, WatchedRules},
};
use answers::{cursor_hint, Stored};
use calendars::Asked;
use daily::Looked;
use sealane_sdk::{
	types::{Cursor, InboxEntry, InboxKind, InboxPage, Side},
	Client,
};
use sealane_terminal_core::{
	db::{now_ms, set_cursor, Lease, Tx},
	outage::Outage,
	quarantine::{self, Unreadable},
	stop::{stopped, Stop},
};
use serde::Serialize;
use std::{collections::HashSet, sync::Arc, time::Duration};
use tokio::sync::watch;

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
	/// Orders that were taken for a day of the daily desk.
	pub taken: u64,
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
	/// The issuer's name on the chain.
	institution: String,
	/// Sellers whose opening holdings are in the books.
	opened: HashSet<u32>,
	opening: Option<Opening>,
	cursor: Cursor,
	figures: IssuerFigures,
	lease: Lease,
	/// Frozen days that were looked at, with what was there then.
	looked: Looked,
	/// When the node was asked for calendars.
	asked: Asked,
}

/// What a page came to.
#[derive(Default)]
struct Outcomes {
	answered: Vec<BookOrder>,
	waiting: Vec<WaitingOrder>,
	/// Orders for the daily desk, each with the moment at which its day closes.
	taken: Vec<(DayOrder, i64)>,
	/// Orders taken off the daily desk, all their parts, with the cancelling order's id.
	off: Vec<(Vec<DayOrder>, String)>,
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
			institution: member.name,
			opened: HashSet::new(),
			opening,
			cursor: Cursor::start(),
			figures: IssuerFigures::default(),
			lease,
			looked: Looked::default(),
			asked: Asked::default(),
		};
		desk.look_at_calendars().await?;
		desk.reload().await?;
		desk.decide_waiting().await?;
		Ok(desk)
	}

	/// What the database knows: after a failure nobody can tell whether the last transaction took effect.
	async fn reload(&mut self) -> Result<()> {
		self.cursor = self.db.cursor(CURSOR).await?.map_or_else(Cursor::start, Cursor);
		for (number, kind, key) in self.db.pending_answers().await? {
			let lines = self.db.answer_lines(kind, number).await?;
			self.send(Stored {
				number,
				kind,
				key,
				lines,
			})
			.await?;
		}
		Ok(())
	}

	/// What was done since the desk opened.
	pub fn figures(&self) -> &IssuerFigures {
		&self.figures
	}

	/// The issuer's name on the chain.
	pub fn institution(&self) -> &str {
		&self.institution
	}

	/// What asks the issuer's node.
	pub fn node(&self) -> Client {
		self.client.clone()
	}

	/// The rules in force, whenever they are asked for.
	pub fn rules(&self) -> watch::Receiver<Arc<Rules>> {
		self.rules.follow()
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
			let asked_at = now_ms();
			let page = tokio::select! {
				biased;
				() = &mut stopped => return Ok(()),
				page = self.client.inbox(&self.cursor, PAGE, WAIT) => page,
			};
			// Not cancelled half-way: what was begun is written and sent.
			let done = match page {
				Ok(page) => self.round(page, asked_at, reload).await,
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

	/// `asked_at`: when the page was asked for, Unix ms.
	async fn round(&mut self, page: InboxPage, asked_at: i64, reload: bool) -> Result<bool> {
		if reload {
			// The page was asked for with a cursor that may be behind: it comes again.
			self.reload().await?;
			return Ok(false);
		}
		let mut repriced = false;
		let ruled = self.rules.look();
		if ruled {
			self.asked.again();
		}
		if self.look_at_calendars().await? || ruled {
			self.looked.clear();
			repriced = self.decide_waiting().await?;
		}
		let worked = self.work(page.entries, page.next).await?;
		// Whatever was received before is read only now.
		let went_on = page.at_end && self.days(asked_at).await?;
		Ok(worked || repriced || went_on)
	}

	/// Reads one page, waiting up to `wait` for its first entry, and answers it; says whether something was done.
	///
	/// # Errors
	/// The node does not answer or refuses us, or the database fails.
	pub async fn page(&mut self, wait: Duration) -> Result<bool> {
		let asked_at = now_ms();
		let page = self.client.inbox(&self.cursor, PAGE, wait).await?;
		self.round(page, asked_at, false).await
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
			.filter_map(|entry| orders::item_of(entry, &mut unreadable))
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
			let items: Vec<Item> = waiting.into_iter().map(orders::waiting_item).collect();
			let outcomes = self.decide_orders(items, &[], true).await?;
			if !outcomes.decided.is_empty() {
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
			taken,
			off,
			decided,
			books,
		} = outcomes;
		let mut tx = self.db.begin().await?;
		let mut answers = Vec::new();
		if !results.is_empty() {
			let stored = Stored::insert(
				&mut tx,
				AnswerKind::Results,
				results.iter().map(|r| (r.seller, &r.id, &r.result_text)),
			);
			let stored = stored.await?;
			books::insert_book_registrations(&mut tx, stored.number, &results).await?;
			answers.push(stored);
		}
		if !answered.is_empty() {
			answers.push(Stored::confirmations(&mut tx, &answered).await?);
			books::set_cancelled(&mut tx, &books.cancelled).await?;
			write_books(&mut tx, &books).await?;
		}
		day::insert_orders(&mut tx, &taken).await?;
		day::take_off(&mut tx, &off).await?;
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
		self.figures.taken += taken.len() as u64;
		self.figures.quarantined += unreadable.len() as u64;
		for stored in answers {
			self.send(stored).await?;
		}
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
}

/// Writes the holdings and totals that changed.
async fn write_books(tx: &mut Tx, books: &Books) -> Result<()> {
	let holdings: Vec<_> = books
		.changed_holdings
		.iter()
		.map(|key| (key.clone(), books.held(key)))
		.collect();
	books::set_holdings(tx, &holdings).await?;
	let daily: Vec<_> = books
		.changed_daily
		.iter()
		.map(|key| (key.clone(), books.daily.get(key).copied().unwrap_or_default()))
		.collect();
	books::set_daily(tx, &daily).await
}
