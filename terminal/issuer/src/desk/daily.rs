// SPDX-License-Identifier: Apache-2.0

//! What the desk does with days by itself: it freezes them at their cut-off, proposes decisions when the prices are there, and executes
//! what was confirmed. Each step is one transaction, or begins anew where the last one ended: killed at any moment, the next start
//! goes on.

use super::{
	answers::Stored,
	orders::{book_row, day_item},
	receipts::drop_unregistered,
	write_books, Desk, Error, Result,
};
use crate::{
	day::{
		self, answer_of, apply, change, decision_of, Act, Change, DayKey, DayOrder, DayRow, DayState, Executed, DESK,
	},
	decide::{propose, Books, Proposal},
	decimal,
	load::{load, Item},
	prices::Prices,
	rules::{Mode, Rules},
};
use rust_decimal::Decimal;
use sealane_primitives::clauses::Date;
use sealane_sdk::types::{Confirmation, Order, Outcome};
use std::{collections::HashMap, sync::Arc};

/// Orders of one transaction.
const PAGE: u32 = 2_000;
/// How long after the cut-off a day is frozen, ms: by how much the clocks of node and terminal may differ.
const MARGIN_MS: i64 = 1_000;

/// Frozen days that wait, with what was there when they were looked at: revision of the day, releases of prices.
pub(super) type Looked = HashMap<DayKey, (i64, (i64, i64))>;

/// What is proposed for a day.
#[derive(Default)]
struct Flow {
	/// Units that are bought.
	incoming: Decimal,
	/// Units that are redeemed or switched out.
	outgoing: Decimal,
}

impl Desk {
	/// Goes on with all days; says whether something was done. `read_at`: up to when the inbox has been read, Unix ms.
	pub(super) async fn days(&mut self, read_at: i64) -> Result<bool> {
		let mut any = false;
		for day in day::due(&self.db, read_at - MARGIN_MS).await? {
			any |= self.freeze(&day.key).await?;
		}
		for day in day::with_state(&self.db, DayState::Frozen).await? {
			any |= self.price(day).await?;
		}
		for day in day::under_way(&self.db).await? {
			any |= self.execute(&day).await?;
		}
		Ok(any)
	}

	async fn freeze(&mut self, key: &DayKey) -> Result<bool> {
		let mut tx = self.db.begin().await?;
		let Change::Done { .. } = change(&mut tx, key, Act::Freeze).await? else {
			return Ok(false);
		};
		day::note_act(&mut tx, key, Act::Freeze, DESK, None, "").await?;
		tx.commit().await?;
		tracing::info!("the day {key} is frozen");
		Ok(true)
	}

	/// Proposes a decision on each order of a frozen day, as soon as nothing is missing.
	async fn price(&mut self, day: DayRow) -> Result<bool> {
		let releases = day::latest_release(&self.db, &day.key.day).await?;
		let earlier = day::unfinished_before(&self.db, &day.key).await?;
		// A day before that was executed changes what is there without a trace in this one.
		let seen = (day.revision, releases);
		if earlier.is_some() || self.looked.get(&day.key) != Some(&seen) {
			let missing = match earlier {
				Some(earlier) => Some(format!("the day before: {earlier}")),
				None => self.propose(&day).await?,
			};
			let Some(missing) = missing else {
				self.looked.remove(&day.key);
				return Ok(true);
			};
			if !missing.starts_with("the day before") {
				self.looked.insert(day.key.clone(), seen);
			}
			self.say(&day, &missing).await?;
		}
		Ok(false)
	}

	/// Says for what a day waits, once.
	async fn say(&mut self, day: &DayRow, missing: &str) -> Result<()> {
		if day.waits_for == missing {
			return Ok(());
		}
		tracing::warn!("the day {} waits for {missing}", day.key);
		let mut tx = self.db.begin().await?;
		day::set_waits(&mut tx, &day.key, missing).await?;
		Ok(tx.commit().await?)
	}

	/// Proposes; what is missing where something is.
	async fn propose(&mut self, day: &DayRow) -> Result<Option<String>> {
		let (rules, key) = (self.rules.rules(), &day.key);
		let Some(product) = rules.products.get(&key.product) else {
			return Ok(Some(format!("rules of {}", key.product)));
		};
		let released = day::released(&self.db, &key.day).await?;
		if product.mode == Mode::Daily && !released.contains_key(&key.product) {
			// Entered and not released is another thing than not there.
			let is_entered = !self.db.navs(&key.day, Some(&key.product)).await?.is_empty();
			let what = if is_entered {
				"release of the net asset value"
			} else {
				"net asset value"
			};
			return Ok(Some(format!("{what} of {} for {}", key.product, key.day)));
		}
		let daily = |product: &str| rules.products.get(product).is_some_and(|p| p.mode == Mode::Daily);
		let prices = self.rules.prices().of_day(&key.day, daily, released);
		let mut share = None;
		let mut outstanding = None;
		if !product.redemption_limit.is_zero() {
			let flow = match self.pass(&rules, &prices, key, None, false).await? {
				Ok(flow) => flow,
				Err(missing) => return Ok(Some(missing)),
			};
			let all = self.db.outstanding(&key.product).await?;
			share = day::share_of(product.redemption_limit, all, flow.incoming, flow.outgoing);
			outstanding = Some(all);
		}
		if let Err(missing) = self.pass(&rules, &prices, key, share, true).await? {
			return Ok(Some(missing));
		}
		let mut tx = self.db.begin().await?;
		match change(&mut tx, key, Act::Propose).await? {
			// An order came while the others were decided on: all again.
			Change::Done { revision, .. } if revision != day.revision + 1 => return Ok(None),
			Change::Done { .. } => {}
			Change::Refused(_) | Change::Unknown => return Ok(None),
		}
		let text = |value: Option<Decimal>| value.map(|value| value.normalize().to_string()).unwrap_or_default();
		day::set_share(&mut tx, key, &text(outstanding), &text(share)).await?;
		let note = share.map_or(String::new(), |share| {
			format!("large redemptions: {} executed", share.round_dp(8))
		});
		day::note_act(&mut tx, key, Act::Propose, DESK, None, &note).await?;
		tx.commit().await?;
		tracing::info!("decisions on the day {key} are proposed");
		Ok(None)
	}

	/// Goes through all orders of a day, in the order in which they came; `store`: writes the proposals. What is missing is the error.
	async fn pass(
		&mut self,
		rules: &Arc<Rules>,
		prices: &Prices,
		key: &DayKey,
		share: Option<Decimal>,
		store: bool,
	) -> Result<std::result::Result<Flow, String>> {
		let (mut after, mut flow, mut books) = (0, Flow::default(), Books::default());
		loop {
			let mut orders = day::orders_after(&self.db, key, after, PAGE).await?;
			let Some(last) = orders.last() else { return Ok(Ok(flow)) };
			after = last.place;
			let items: Vec<Item> = orders.iter().map(day_item).collect();
			let mut loaded = load(&self.db, rules, &items, Some(&key.day)).await?;
			drop_unregistered(&self.client, &self.db, rules, self.issuer, &mut loaded).await?;
			books.add(loaded);
			for (row, item) in orders.iter_mut().zip(items) {
				// Rejected by a person: as if it had not come.
				if !row.decided_by.is_empty() && row.outcome == "rejected" {
					continue;
				}
				let proposal = match proposal_of(rules, prices, &mut books, row, &item, share) {
					Ok(proposal) => proposal,
					Err(missing) => return Ok(Err(missing)),
				};
				flow.add(row, &proposal.confirmation, proposal.carry);
				set(row, &proposal);
			}
			if store {
				let mut tx = self.db.begin().await?;
				day::set_proposals(&mut tx, &orders).await?;
				tx.commit().await?;
			}
		}
	}

	/// Executes what was confirmed, a page in a transaction, and sends the answers.
	async fn execute(&mut self, day: &DayRow) -> Result<bool> {
		let key = &day.key;
		loop {
			let orders = day::orders_after(&self.db, key, 0, PAGE).await?;
			if orders.is_empty() {
				let mut tx = self.db.begin().await?;
				day::set_done(&mut tx, key).await?;
				tx.commit().await?;
				tracing::info!("the day {key} is executed and sent");
				return Ok(true);
			}
			let next = match self.next_day(key, &orders) {
				Ok(next) => next,
				Err(missing) => {
					self.say(day, &missing).await?;
					return Ok(false);
				}
			};
			self.execute_page(key, orders, next).await?;
		}
	}

	/// The day to which orders of `key` are carried, and when it closes; none where none is carried.
	fn next_day(&self, key: &DayKey, orders: &[DayOrder]) -> std::result::Result<Option<(Date, i64)>, String> {
		if orders.iter().all(|order| order.carry.is_empty()) {
			return Ok(None);
		}
		let rules = self.rules.rules();
		let missing = |why: String| format!("calendar of {}: {why}", key.product);
		let calendar = rules
			.calendar(&key.product)
			.ok_or_else(|| missing("there is none".into()))?;
		let today = Date::parse(key.day.as_bytes()).map_err(|error| missing(error.to_string()))?;
		let next = calendar
			.next_open_day(today)
			.and_then(|day| Ok((day, day::closes_at(calendar, rules.day_of, day)?)));
		next.map(Some).map_err(|no| missing(day::reason(no)))
	}

	async fn execute_page(&mut self, key: &DayKey, orders: Vec<DayOrder>, next: Option<(Date, i64)>) -> Result<()> {
		let rules = self.rules.rules();
		let items: Vec<Item> = orders.iter().map(day_item).collect();
		let mut books = load(&self.db, &rules, &items, Some(&key.day)).await?;
		let (mut rows, mut rests) = (Vec::new(), Vec::new());
		for (part, item) in orders.iter().zip(&items) {
			let decision = decision_of(part)?;
			if let Ok(order) = &item.order {
				if apply(&mut books, order, part, &decision) == Executed::Short && rules.check_holdings {
					tracing::error!(
						"ALARM: order {:?} of seller {}: more units than the books have were confirmed",
						part.id,
						part.seller
					);
				}
			}
			if let Some((day, _)) = next.filter(|_| !part.carry.is_empty()) {
				rests.push(part.rest(day));
				continue;
			}
			let answer = self.answer(&books, part, decision)?;
			self.count(&answer);
			rows.push(book_row(item, &answer));
		}
		let mut tx = self.db.begin().await?;
		let stored = match rows.is_empty() {
			true => None,
			false => Some(Stored::confirmations(&mut tx, &rows).await?),
		};
		write_books(&mut tx, &books).await?;
		day::set_executed(&mut tx, &orders, stored.as_ref().map_or(0, |stored| stored.number)).await?;
		day::carry_over(&mut tx, &rests, next.map_or(0, |(_, closes_at)| closes_at)).await?;
		tx.commit().await?;
		if let Some(stored) = stored {
			self.send(stored).await?;
		}
		Ok(())
	}

	/// The answer to an order of which this is the last part.
	fn answer(&self, books: &Books, part: &DayOrder, decision: Confirmation) -> Result<Confirmation> {
		let mut parts = Vec::new();
		for before in books.on_desk.get(&part.key()).into_iter().flatten() {
			if before.part < part.part {
				parts.push((before.clone(), decision_of(before)?));
			}
		}
		parts.push((part.clone(), decision));
		answer_of(&parts).ok_or_else(|| Error::node("an order without parts"))
	}
}

impl Flow {
	fn add(&mut self, row: &DayOrder, decision: &Confirmation, carry: Decimal) {
		let units = decision.units.as_deref().and_then(decimal::parse).unwrap_or_default();
		match row.kind.as_str() {
			_ if decision.outcome == Outcome::Rejected => {}
			"subscription" | "purchase" => self.incoming += units,
			"redemption" | "switch" => self.outgoing += units + carry,
			_ => {}
		}
	}
}

/// What the rules say about a part of an order.
fn proposal_of(
	rules: &Rules,
	prices: &Prices,
	books: &mut Books,
	row: &DayOrder,
	item: &Item,
	share: Option<Decimal>,
) -> std::result::Result<Proposal, String> {
	match &item.order {
		Ok(order) => {
			let order = row.asking(order);
			propose(rules, prices, books, item.from, &order, &row.day, share)
		}
		Err(rule) => Ok(Proposal {
			confirmation: Confirmation {
				channel: Some(row.channel),
				..Confirmation::rejected(row.id.as_str(), "UNREADABLE", format!("order: {rule}"))
			},
			carry: Decimal::ZERO,
		}),
	}
}

/// Puts a proposal into a row. What a person decided over the same proposal stays.
fn set(row: &mut DayOrder, proposal: &Proposal) {
	// A confirmation is plain text and numbers: writing it cannot fail.
	let text = serde_json::to_string(&proposal.confirmation).unwrap_or_default();
	if !row.decided_by.is_empty() && row.proposal == text {
		return;
	}
	if !row.decided_by.is_empty() {
		tracing::warn!(
			"order {:?} of seller {}: the rules propose something else now; what {} decided is gone",
			row.id,
			row.seller,
			row.decided_by
		);
		row.decided_by.clear();
	}
	let carry = match proposal.carry {
		none if none.is_zero() => String::new(),
		carry => carry.to_string(),
	};
	row.decide(&proposal.confirmation, carry);
	row.proposal = text;
}

impl DayOrder {
	/// The order as this part asks for it.
	fn asking(&self, order: &Order) -> Order {
		let mut order = order.clone();
		if self.part > 1 {
			order.units = Some(self.asked_units.clone());
		}
		order
	}

	/// The part of the next day.
	fn rest(&self, day: Date) -> DayOrder {
		DayOrder {
			part: self.part + 1,
			day: day.to_string(),
			asked_units: self.carry.clone(),
			state: day::OrderState::TAKEN.into(),
			held: 0,
			proposal: String::new(),
			decision: String::new(),
			decided_by: String::new(),
			outcome: String::new(),
			reason_code: String::new(),
			units: String::new(),
			amount: String::new(),
			fee: String::new(),
			carry: String::new(),
			answer: 0,
			..self.clone()
		}
	}
}

impl Books {
	/// Adds what was loaded later; what is here already, and may have moved, stays.
	fn add(&mut self, later: Books) {
		for (key, account) in later.customers {
			self.customers.entry(key).or_insert(account);
		}
		for (key, units) in later.holdings {
			self.holdings.entry(key).or_insert(units);
		}
		for (key, amount) in later.daily {
			self.daily.entry(key).or_insert(amount);
		}
	}
}
