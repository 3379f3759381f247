// SPDX-License-Identifier: Apache-2.0

//! Decides on one order, over the books as they are. Pure: the desk loads the books before and writes the changes after.

mod moves;
mod trades;

use crate::{
	books::{BookOrder, DailyKey, HoldingKey, OrderKey, WaitingOrder},
	day::{self, DayOrder, When},
	decimal::{self, round, Rounding},
	prices::Prices,
	rules::{ProductRules, Rules},
};
use rust_decimal::Decimal;
use sealane_primitives::{
	clauses::{Date, Timestamp, UtcOffset},
	directory::ProductStatus,
};
use sealane_sdk::types::{BusinessKind, Confirmation, Order, Outcome, Reason};
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};

/// The part of the books that a page of orders touches.
#[derive(Clone, Debug, Default)]
pub struct Books {
	/// Registered customers, with their account.
	pub customers: HashMap<OrderKey, String>,
	/// Units.
	pub holdings: HashMap<HoldingKey, Decimal>,
	/// Money taken by product and day.
	pub daily: HashMap<DailyKey, Decimal>,
	/// Earlier orders, those of this page included.
	pub orders: HashMap<OrderKey, BookOrder>,
	/// Earlier orders that wait for a price.
	pub waiting: HashMap<OrderKey, WaitingOrder>,
	/// Earlier orders on a daily desk that are not answered yet, with all their parts.
	pub on_desk: HashMap<OrderKey, Vec<DayOrder>>,
	/// The last day of each product that takes no more orders.
	pub over: HashMap<String, Date>,
	/// Holdings that changed.
	pub changed_holdings: HashSet<HoldingKey>,
	/// Totals that changed.
	pub changed_daily: HashSet<DailyKey>,
	/// Orders of earlier pages that were taken back, with the cancelling order's id.
	pub cancelled: Vec<(OrderKey, String)>,
	/// Orders that waited and were taken back before they were executed, with the cancelling order's id.
	pub withdrawn: Vec<(WaitingOrder, String)>,
	/// Orders taken off a daily desk, all their parts, with the cancelling order's id.
	pub taken_off: Vec<(Vec<DayOrder>, String)>,
}

/// From whom an order came, over which channel, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Received {
	/// The seller's number.
	pub seller: u32,
	/// The channel.
	pub channel: u32,
	/// When the issuer's node stored it, Unix ms.
	pub at_ms: i64,
}

/// What was decided.
#[derive(Clone, Debug, PartialEq)]
pub enum Decision {
	/// The answer for the seller.
	Answer(Box<Confirmation>),
	/// There is something missing that will come.
	Waits {
		/// Day of the trade.
		trade_date: String,
		/// What is missing.
		waits_for: String,
	},
	/// It is decided with all others of its day.
	Taken(Place),
}

/// The day of a product on which an order is decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
	/// The product on whose desk it is.
	pub product: String,
	/// The day.
	pub when: When,
	/// From when on nothing more is received for it, Unix ms.
	pub closes_at: i64,
}

/// What the rules say about an order of a day that is decided.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
	/// The answer; of an order that goes on, what is executed on this day.
	pub confirmation: Confirmation,
	/// Units that go to the next day.
	pub carry: Decimal,
}

/// Why an order is not executed now.
enum No {
	/// It is rejected: code and text.
	Rejected(&'static str, String),
	/// It waits for this.
	Waits(String),
}

impl From<Rejection> for No {
	fn from((code, text): Rejection) -> Self {
		No::Rejected(code, text)
	}
}

/// An order is rejected: code and text.
type Rejection = (&'static str, String);

impl Books {
	/// Units that a customer holds.
	pub(crate) fn held(&self, key: &HoldingKey) -> Decimal {
		self.holdings.get(key).copied().unwrap_or_default()
	}

	pub(crate) fn add_units(&mut self, key: HoldingKey, units: Decimal) {
		*self.holdings.entry(key.clone()).or_default() += units;
		self.changed_holdings.insert(key);
	}

	pub(crate) fn take_units(&mut self, key: HoldingKey, units: Decimal, check: bool) -> Result<(), Rejection> {
		let held = self.held(&key);
		if check && held < units {
			return Err((
				"INSUFFICIENT_UNITS",
				format!("units: {units}: at most the {held} in the books"),
			));
		}
		// Without the check the books may not know all; they never go below zero.
		self.holdings.insert(key.clone(), (held - units).max(Decimal::ZERO));
		self.changed_holdings.insert(key);
		Ok(())
	}

	pub(crate) fn add_daily(&mut self, key: DailyKey, amount: Decimal) {
		let total = self.daily.entry(key.clone()).or_default();
		*total = (*total + amount).max(Decimal::ZERO);
		self.changed_daily.insert(key);
	}
}

/// Under which number the books keep units that are in the custody of a distributor who does not sell over this chain.
const ELSEWHERE: u32 = u32::MAX;

/// Where units go that are transferred into the custody of the distributor with this code.
pub(crate) fn elsewhere(distributor: &str, order: &Order) -> HoldingKey {
	let holder = format!("{distributor}/{}", order.customer);
	(ELSEWHERE, holder, order.product.clone())
}

/// The issuer's reference of a deal: the same for the same order, whenever it is decided.
fn deal_of(seller: u32, id: &str) -> String {
	let mut hash = Sha256::new();
	hash.update(seller.to_le_bytes());
	hash.update(id.as_bytes());
	format!("D{}", hex::encode(&hash.finalize()[..8]).to_uppercase())
}

/// When an order was placed and received.
#[derive(Clone, Copy)]
struct Moments {
	placed: Timestamp,
	received: Timestamp,
}

/// What an order is decided over.
struct Case<'a> {
	rules: &'a Rules,
	prices: &'a Prices,
	seller: u32,
	order: &'a Order,
	moments: Moments,
	day: String,
	/// The share of redemptions that is executed; all of them where there is none.
	share: Option<Decimal>,
}

/// What an executed order came to.
struct Done {
	confirmation: Confirmation,
	carry: Decimal,
}

impl From<Confirmation> for Done {
	fn from(confirmation: Confirmation) -> Self {
		Done {
			confirmation,
			carry: Decimal::ZERO,
		}
	}
}

/// Decides on `order` and moves the books accordingly; an order that waits, or is taken for a day, moves nothing.
pub fn decide(rules: &Rules, prices: &Prices, books: &mut Books, from: Received, order: &Order) -> Decision {
	let moments = match moments_of(rules, from, order) {
		Ok(moments) => moments,
		Err((code, text)) => return Decision::Answer(Box::new(rejected(from, order, code, text))),
	};
	let desk = rules
		.desk_of(order)
		.filter(|_| order.kind != BusinessKind::Cancellation);
	if let Some(product) = desk {
		return match place_of(rules, books, product, moments) {
			Ok(place) => Decision::Taken(place),
			Err(waits_for) => Decision::Waits {
				trade_date: String::new(),
				waits_for,
			},
		};
	}
	let day = rules
		.trade_date(rules.moment(moments.placed, moments.received))
		.to_string();
	let case = Case {
		rules,
		prices,
		seller: from.seller,
		order,
		moments,
		day,
		share: None,
	};
	match case.execute(books) {
		Ok(done) => Decision::Answer(Box::new(case.dealt(from, done.confirmation))),
		Err(No::Rejected(code, text)) => Decision::Answer(Box::new(rejected(from, order, code, text))),
		Err(No::Waits(waits_for)) => Decision::Waits {
			trade_date: case.day,
			waits_for,
		},
	}
}

/// What the rules say about an order of `day`, executing `share` of redemptions; moves `books` as if all of it were executed.
///
/// # Errors
/// What is missing: a price.
pub fn propose(
	rules: &Rules,
	prices: &Prices,
	books: &mut Books,
	from: Received,
	order: &Order,
	day: &str,
	share: Option<Decimal>,
) -> Result<Proposal, String> {
	let answer = |confirmation, carry| Proposal { confirmation, carry };
	let moments = match moments_of(rules, from, order) {
		Ok(moments) => moments,
		Err((code, text)) => return Ok(answer(rejected(from, order, code, text), Decimal::ZERO)),
	};
	let case = Case {
		rules,
		prices,
		seller: from.seller,
		order,
		moments,
		day: day.into(),
		share,
	};
	match case.execute(books) {
		Ok(done) => Ok(answer(case.dealt(from, done.confirmation), done.carry)),
		Err(No::Rejected(code, text)) => Ok(answer(rejected(from, order, code, text), Decimal::ZERO)),
		Err(No::Waits(waits_for)) => Err(waits_for),
	}
}

fn rejected(from: Received, order: &Order, code: &str, text: String) -> Confirmation {
	Confirmation {
		channel: Some(from.channel),
		..Confirmation::rejected(order.id.as_str(), code, text)
	}
}

/// When an order was placed and received; one that was placed too long ago, or in the future, is of no day.
fn moments_of(rules: &Rules, from: Received, order: &Order) -> Result<Moments, Rejection> {
	let placed: Timestamp = order
		.placed_at
		.parse()
		.map_err(|e| ("PLACED_AT", format!("placed_at: {:?}: {e}", order.placed_at)))?;
	let received_ms = u64::try_from(from.at_ms).unwrap_or_default();
	let received = Timestamp::new(received_ms, UtcOffset::UTC)
		.map_err(|e| ("PLACED_AT", format!("the node's time of receipt: {e}")))?;
	let ahead_ms = placed.unix_ms().saturating_sub(received_ms);
	if ahead_ms > u64::from(rules.max_ahead_s) * 1_000 {
		return Err((
			"PLACED_IN_FUTURE",
			format!(
				"placed_at: {placed}: at most {} s after it was received, {received}",
				rules.max_ahead_s
			),
		));
	}
	let age_ms = received_ms.saturating_sub(placed.unix_ms());
	if rules.max_age_days > 0 && age_ms > u64::from(rules.max_age_days) * 86_400_000 {
		return Err((
			"PLACED_TOO_LONG_AGO",
			format!(
				"placed_at: {placed}: at most {} days before it was received, {received}",
				rules.max_age_days
			),
		));
	}
	Ok(Moments { placed, received })
}

/// The day of a product on a daily desk; what is missing where nobody can tell.
fn place_of(rules: &Rules, books: &Books, product: &str, moments: Moments) -> Result<Place, String> {
	let missing = |why: String| format!("calendar of {product}: {why}");
	let calendar = rules.calendar(product).ok_or_else(|| missing("there is none".into()))?;
	let (placed, received) = (moments.placed.unix_ms(), moments.received.unix_ms());
	let when = day::day_of(calendar, rules.day_of, placed, received)
		.and_then(|when| when.behind(calendar, books.over.get(product).copied()))
		.map_err(|no| missing(day::reason(no)))?;
	let closes_at = day::closes_at(calendar, rules.day_of, when.day).map_err(|no| missing(day::reason(no)))?;
	Ok(Place {
		product: product.into(),
		when,
		closes_at,
	})
}

fn accepted() -> Confirmation {
	Confirmation::new("", Outcome::Accepted)
}

fn quantity(name: &str, value: &Option<String>) -> Result<Decimal, Rejection> {
	let text = value.as_deref().unwrap_or("");
	decimal::parse_quantity(text).ok_or_else(|| ("QUANTITY", format!("{name}: {text:?}: a positive decimal")))
}

/// An amount or a number of units within what the calculation can hold.
fn overflow(name: &'static str) -> impl Fn() -> Rejection {
	move || ("QUANTITY", format!("{name}: too large"))
}

fn ensure_trading(product: &ProductRules) -> Result<(), Rejection> {
	match product.status {
		ProductStatus::Offering | ProductStatus::Open => Ok(()),
		ProductStatus::Suspended => Err(("PRODUCT_SUSPENDED", "product: suspended".into())),
		ProductStatus::Closed => Err(("PRODUCT_CLOSED", "product: closed".into())),
	}
}

impl Case<'_> {
	/// The confirmation with what every executed order has.
	fn dealt(&self, from: Received, confirmation: Confirmation) -> Confirmation {
		Confirmation {
			order: self.order.id.clone(),
			channel: Some(from.channel),
			deal: Some(deal_of(from.seller, &self.order.id)),
			trade_date: Some(self.day.clone()),
			..confirmation
		}
	}

	fn execute(&self, books: &mut Books) -> Result<Done, No> {
		let order = self.order;
		let product = self.rules.products.get(&order.product).ok_or_else(|| {
			(
				"PRODUCT_UNKNOWN",
				format!("product: {:?}: none of this issuer", order.product),
			)
		})?;
		self.ensure_customer(books, &order.customer)?;
		match order.kind {
			BusinessKind::Subscription | BusinessKind::Purchase => Ok(self.buy(product, books)?.into()),
			BusinessKind::Redemption => self.redeem(product, books),
			BusinessKind::Switch => Ok(self.switch(product, books)?.into()),
			BusinessKind::NonTradeTransfer => Ok(self.transfer(books)?.into()),
			BusinessKind::CustodyTransfer => Ok(self.custody(books)?.into()),
			BusinessKind::DividendMethod => Ok(self.dividend(product)?.into()),
			BusinessKind::Cancellation => Ok(self.cancel(books)?.into()),
			BusinessKind::Registration => Err(No::Rejected("KIND", "kind: \"registration\": not an order".into())),
		}
	}

	/// Whoever orders, or is ordered for, is known here and not refused.
	fn ensure_customer(&self, books: &Books, customer: &str) -> Result<(), Rejection> {
		if self.rules.reject.orders_of.contains(customer) {
			return Err(("CUSTOMER_BLOCKED", "customer: on the reject list".into()));
		}
		let registered = books.customers.contains_key(&(self.seller, customer.to_string()));
		if self.rules.require_registration && !registered {
			return Err(("NOT_REGISTERED", "customer: not registered with this issuer".into()));
		}
		Ok(())
	}

	/// The price at which the product is dealt for this order.
	fn nav(&self, id: &str, product: &ProductRules) -> Result<Decimal, No> {
		product
			.nav
			.or_else(|| self.prices.get(id, &self.day))
			.ok_or_else(|| No::Waits(format!("net asset value of {id} for {}", self.day)))
	}

	fn holding(&self, product: &str) -> HoldingKey {
		(self.seller, self.order.customer.clone(), product.to_string())
	}
}

pub(crate) fn detail<'o>(order: &'o Order, name: &str) -> Option<&'o str> {
	order
		.details
		.as_ref()?
		.get(name)?
		.as_str()
		.filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests;
