// SPDX-License-Identifier: Apache-2.0

//! The part of the books that some orders touch.

use crate::{
	books::{BookOrder, BooksDb, DailyKey, HoldingKey, OrderKey},
	day,
	decide::{elsewhere, Books, Received},
	error::Result,
	rules::Rules,
};
use sealane_primitives::clauses::{Timestamp, UtcOffset};
use sealane_sdk::types::{BusinessKind, Order};
use std::collections::{HashMap, HashSet};

/// An order as the desk has it.
pub struct Item {
	/// From whom, over which channel, when.
	pub from: Received,
	/// Its id.
	pub id: String,
	/// The order, or the rule that it breaks.
	pub order: Result<Order, String>,
	/// Its bytes.
	pub body: String,
}

/// Loads what `items` touch. `day`: on which they are decided, where that is not told by when they came.
///
/// # Errors
/// The database fails.
pub async fn load(db: &BooksDb, rules: &Rules, items: &[Item], day: Option<&str>) -> Result<Books> {
	let mut wanted: HashSet<OrderKey> = HashSet::new();
	for item in items {
		wanted.insert((item.from.seller, item.id.clone()));
		if let Some(target) = item.order.as_ref().ok().and_then(|order| order.cancels.as_ref()) {
			wanted.insert((item.from.seller, target.clone()));
		}
	}
	let known: HashMap<OrderKey, BookOrder> = db.book_orders(&wanted).await?;
	let waiting = db.waiting_among(&wanted).await?;
	let on_desk = day::load_parts(db, &wanted).await?;
	let mut desks: HashSet<String> = on_desk.values().flatten().map(|part| part.product.clone()).collect();
	let orders = items.iter().filter_map(|item| item.order.as_ref().ok());
	desks.extend(orders.filter_map(|order| rules.desk_of(order)).map(String::from));
	let mut customers: HashSet<OrderKey> = HashSet::new();
	let mut holdings: HashSet<HoldingKey> = HashSet::new();
	let mut daily: HashSet<DailyKey> = HashSet::new();
	for item in items {
		let Ok(order) = &item.order else { continue };
		let seller = item.from.seller;
		customers.insert((seller, order.customer.clone()));
		holdings.insert((seller, order.customer.clone(), order.product.clone()));
		let detail = |name: &str| {
			order
				.details
				.as_ref()
				.and_then(|d| d.get(name))
				.and_then(|v| v.as_str())
		};
		if let Some(target) = detail("target_product") {
			holdings.insert((seller, order.customer.clone(), target.into()));
		}
		if let Some(to) = detail("to_distributor").filter(|_| order.kind == BusinessKind::CustodyTransfer) {
			holdings.insert(elsewhere(to, order));
		}
		if let Some(to) = detail("to_customer") {
			customers.insert((seller, to.into()));
			holdings.insert((seller, to.into(), order.product.clone()));
		}
		if let Some(day) = day.map(String::from).or_else(|| day_of(rules, item, order)) {
			daily.insert((order.product.clone(), day));
		}
		if order.kind == BusinessKind::Cancellation {
			if let Some(target) = order.cancels.as_ref().and_then(|id| known.get(&(seller, id.clone()))) {
				holdings.insert((seller, target.customer.clone(), target.product.clone()));
				daily.insert((target.product.clone(), target.trade_date.clone()));
			}
		}
	}
	Ok(Books {
		customers: db.book_customers(&customers).await?,
		holdings: db.holdings(&holdings).await?,
		daily: db.daily(&daily).await?,
		orders: known,
		waiting,
		on_desk,
		over: day::last_over(db, &desks).await?,
		..Books::default()
	})
}

fn day_of(rules: &Rules, item: &Item, order: &Order) -> Option<String> {
	let placed: Timestamp = order.placed_at.parse().ok()?;
	let received = Timestamp::new(u64::try_from(item.from.at_ms).ok()?, UtcOffset::UTC).ok()?;
	Some(rules.trade_date(rules.moment(placed, received)).to_string())
}
