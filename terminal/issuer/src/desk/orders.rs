// SPDX-License-Identifier: Apache-2.0

//! Orders of a page.

use super::{receipts::drop_unregistered, Desk, Outcomes, Result, Unreadable};
use crate::{
	books::{BookOrder, BookRegistration, WaitingOrder},
	day::{decision_of, taken_off, DayOrder, OrderState},
	decide::{decide, Decision, Place, Received},
	entry::{id_of, rule_of},
	load::{load, Item},
};
use sealane_sdk::types::{Confirmation, InboxEntry, Order, Outcome};

impl Desk {
	/// Decides on orders; `again`: they waited until now.
	pub(super) async fn decide_orders(
		&mut self,
		items: Vec<Item>,
		results: &[BookRegistration],
		again: bool,
	) -> Result<Outcomes> {
		let (rules, prices) = (self.rules.rules(), self.rules.prices());
		let mut out = Outcomes {
			books: load(&self.db, &rules, &items, None).await?,
			..Outcomes::default()
		};
		drop_unregistered(&self.client, &self.db, &rules, self.issuer, &mut out.books).await?;
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
				if out.books.waiting.contains_key(&key) || out.books.on_desk.contains_key(&key) {
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
					Decision::Taken(place) => {
						let row = day_row(&item, order, &place);
						out.books.on_desk.insert(key.clone(), vec![row.clone()]);
						out.taken.push((row, place.closes_at));
						out.decided.push(key);
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
			self.take_off(&mut out)?;
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

	/// Answers orders that were taken off the daily desk.
	fn take_off(&mut self, out: &mut Outcomes) -> Result<()> {
		for (parts, by) in std::mem::take(&mut out.books.taken_off) {
			let Some((last, before)) = parts.split_last() else {
				continue;
			};
			let executed = before
				.iter()
				.map(|part| Ok((part.clone(), decision_of(part)?)))
				.collect::<Result<Vec<_>>>()?;
			let confirmation = taken_off(&executed, &last.id, last.channel, &by);
			self.count(&confirmation);
			let mut row = book_row(&day_item(last), &confirmation);
			row.cancelled_by.clone_from(&by);
			out.books.orders.insert(last.key(), row.clone());
			out.answered.push(row);
			// One of the same page is answered before it comes to the desk; its day hears nothing of it.
			let taken = out.taken.len();
			out.taken.retain(|(order, _)| order.key() != last.key());
			if out.taken.len() == taken {
				out.off.push((parts, by));
			}
		}
		Ok(())
	}

	pub(super) fn count(&mut self, confirmation: &Confirmation) {
		match confirmation.outcome {
			Outcome::Accepted => self.figures.accepted += 1,
			Outcome::Partial => self.figures.partial += 1,
			Outcome::Rejected => self.figures.rejected += 1,
		}
	}
}

/// An order of the inbox; one without an id that could be answered goes to the quarantine.
pub(super) fn item_of(entry: &InboxEntry, unreadable: &mut Vec<Unreadable>) -> Option<Item> {
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

pub(super) fn unreadable_entry(entry: &InboxEntry, origin: &'static str, reason: String) -> Unreadable {
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
pub(super) fn waiting_item(waiting: WaitingOrder) -> Item {
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

pub(super) fn book_row(item: &Item, confirmation: &Confirmation) -> BookOrder {
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

/// An order of the daily desk as it came.
pub(super) fn day_item(order: &DayOrder) -> Item {
	Item {
		from: Received {
			seller: order.seller,
			channel: order.channel,
			at_ms: order.received_at,
		},
		id: order.id.clone(),
		order: serde_json::from_str(&order.order_text).map_err(|error| rule_of(&error)),
		body: order.order_text.clone(),
	}
}

fn day_row(item: &Item, order: &Order, place: &Place) -> DayOrder {
	let text = |value: &Option<String>| value.clone().unwrap_or_default();
	DayOrder {
		seller: item.from.seller,
		id: item.id.clone(),
		part: 1,
		product: place.product.clone(),
		day: place.when.day.to_string(),
		late_for: place.when.late_for.map(|day| day.to_string()).unwrap_or_default(),
		channel: item.from.channel,
		kind: order.kind.as_str().into(),
		customer: order.customer.clone(),
		asked_units: text(&order.units),
		asked_amount: text(&order.amount),
		order_text: item.body.clone(),
		received_at: item.from.at_ms,
		state: OrderState::TAKEN.into(),
		..DayOrder::default()
	}
}
