// SPDX-License-Identifier: Apache-2.0

//! Decides on one order, over the books as they are. Pure: the desk loads the books before and writes the changes after.

use crate::{
	books::{BookOrder, DailyKey, HoldingKey, OrderKey, WaitingOrder},
	decimal::{self, round, Rounding},
	prices::Prices,
	rules::{ProductRules, Rules},
};
use rust_decimal::Decimal;
use sealane_primitives::{
	clauses::{Timestamp, UtcOffset},
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
	/// Holdings that changed.
	pub changed_holdings: HashSet<HoldingKey>,
	/// Totals that changed.
	pub changed_daily: HashSet<DailyKey>,
	/// Orders of earlier pages that were taken back, with the cancelling order's id.
	pub cancelled: Vec<(OrderKey, String)>,
	/// Orders that waited and were taken back before they were executed, with the cancelling order's id.
	pub withdrawn: Vec<(WaitingOrder, String)>,
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
	fn add_units(&mut self, key: HoldingKey, units: Decimal) {
		*self.holdings.entry(key.clone()).or_default() += units;
		self.changed_holdings.insert(key);
	}

	fn take_units(&mut self, key: HoldingKey, units: Decimal, check: bool) -> Result<(), Rejection> {
		let held = self.holdings.get(&key).copied().unwrap_or_default();
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

	fn add_daily(&mut self, key: DailyKey, amount: Decimal) {
		let total = self.daily.entry(key.clone()).or_default();
		*total = (*total + amount).max(Decimal::ZERO);
		self.changed_daily.insert(key);
	}
}

/// The issuer's reference of a deal: the same for the same order, whenever it is decided.
fn deal_of(seller: u32, id: &str) -> String {
	let mut hash = Sha256::new();
	hash.update(seller.to_le_bytes());
	hash.update(id.as_bytes());
	format!("D{}", hex::encode(&hash.finalize()[..8]).to_uppercase())
}

/// What an order is decided over.
struct Case<'a> {
	rules: &'a Rules,
	prices: &'a Prices,
	seller: u32,
	order: &'a Order,
	day: String,
}

/// Decides on `order` and moves the books accordingly; an order that waits moves nothing.
pub fn decide(rules: &Rules, prices: &Prices, books: &mut Books, from: Received, order: &Order) -> Decision {
	let (mut day, result) = match day_of(rules, from, order) {
		Ok(day) => {
			let case = Case {
				rules,
				prices,
				seller: from.seller,
				order,
				day: day.clone(),
			};
			(Some(day), case.execute(books))
		}
		Err(rejection) => (None, Err(rejection.into())),
	};
	let mut confirmation = match result {
		Ok(confirmation) => Confirmation {
			deal: Some(deal_of(from.seller, &order.id)),
			trade_date: day.take(),
			..confirmation
		},
		Err(No::Rejected(code, text)) => Confirmation::rejected(order.id.as_str(), code, text),
		Err(No::Waits(waits_for)) => {
			return Decision::Waits {
				trade_date: day.unwrap_or_default(),
				waits_for,
			}
		}
	};
	confirmation.channel = Some(from.channel);
	confirmation.order.clone_from(&order.id);
	Decision::Answer(Box::new(confirmation))
}

/// The business day of an order; an order that was placed too long ago, or in the future, is of none.
fn day_of(rules: &Rules, from: Received, order: &Order) -> Result<String, Rejection> {
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
	Ok(rules.trade_date(rules.moment(placed, received)).to_string())
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
	fn execute(&self, books: &mut Books) -> Result<Confirmation, No> {
		let order = self.order;
		let product = self.rules.products.get(&order.product).ok_or_else(|| {
			(
				"PRODUCT_UNKNOWN",
				format!("product: {:?}: none of this issuer", order.product),
			)
		})?;
		self.ensure_customer(books, &order.customer)?;
		match order.kind {
			BusinessKind::Subscription | BusinessKind::Purchase => self.buy(product, books),
			BusinessKind::Redemption => self.redeem(product, books),
			BusinessKind::Switch => self.switch(product, books),
			BusinessKind::NonTradeTransfer => Ok(self.transfer(books)?),
			BusinessKind::CustodyTransfer => Ok(self.custody(books)?),
			BusinessKind::DividendMethod => Ok(self.dividend(product)?),
			BusinessKind::Cancellation => Ok(self.cancel(books)?),
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

	fn buy(&self, product: &ProductRules, books: &mut Books) -> Result<Confirmation, No> {
		let order = self.order;
		ensure_trading(product)?;
		let wanted = if order.kind == BusinessKind::Subscription {
			ProductStatus::Offering
		} else {
			ProductStatus::Open
		};
		if product.status != wanted {
			let rule = "a subscription needs an offering period, a purchase an open product";
			return Err(No::Rejected(
				"KIND_NOT_NOW",
				format!("kind: {:?}: {rule}", order.kind.as_str()),
			));
		}
		let asked = quantity("amount", &order.amount)?;
		check_amount(product, order, asked)?;
		let nav = self.nav(&order.product, product)?;
		let key = (order.product.clone(), self.day.clone());
		let mut amount = asked;
		if !product.daily_limit.is_zero() {
			let left = product.daily_limit - books.daily.get(&key).copied().unwrap_or_default();
			if left < product.min_amount || left <= Decimal::ZERO {
				return Err(No::Rejected(
					"DAILY_LIMIT",
					format!("amount: {asked}: the day's limit is used up"),
				));
			}
			amount = amount.min(left);
		}
		let money = product.money_digits(self.rules);
		let (net, fee) = product
			.fee_on
			.split(amount, product.fee_rate, money, product.rounding)
			.ok_or_else(overflow("amount"))?;
		let units = net.checked_div(nav).ok_or_else(overflow("amount"))?;
		let units = round(units, product.unit_digits(self.rules), product.rounding);
		books.add_units(self.holding(&order.product), units);
		books.add_daily(key, amount);
		let mut confirmation = accepted();
		if amount < asked {
			confirmation.outcome = Outcome::Partial;
			confirmation.reason = Some(Reason {
				code: "DAILY_LIMIT".into(),
				text: format!("amount: {asked}: {amount} left of the day's limit"),
			});
		}
		confirmation.units = Some(units.to_string());
		confirmation.nav = Some(nav.to_string());
		confirmation.amount = Some(round(amount, money, Rounding::Down).to_string());
		confirmation.fee = Some(round(fee, money, Rounding::Down).to_string());
		Ok(confirmation)
	}

	fn redeem(&self, product: &ProductRules, books: &mut Books) -> Result<Confirmation, No> {
		let order = self.order;
		ensure_trading(product)?;
		let units = quantity("units", &order.units)?;
		let nav = self.nav(&order.product, product)?;
		let money = product.money_digits(self.rules);
		let gross = units.checked_mul(nav).ok_or_else(overflow("units"))?;
		// The fee of a redemption is a part of what it brings, whatever that of a purchase is of.
		let fee = round(
			gross.checked_mul(product.fee_rate).ok_or_else(overflow("units"))?,
			money,
			product.rounding,
		);
		books.take_units(self.holding(&order.product), units, self.rules.check_holdings)?;
		Ok(Confirmation {
			units: Some(units.to_string()),
			nav: Some(nav.to_string()),
			amount: Some(round(gross - fee, money, product.rounding).to_string()),
			fee: Some(fee.to_string()),
			..accepted()
		})
	}

	fn switch(&self, product: &ProductRules, books: &mut Books) -> Result<Confirmation, No> {
		let order = self.order;
		ensure_trading(product)?;
		let target = detail(order, "target_product").unwrap_or("");
		let into = self
			.rules
			.products
			.get(target)
			.filter(|_| target != order.product)
			.ok_or_else(|| {
				(
					"TARGET_PRODUCT",
					format!("details.target_product: {target:?}: another product of this issuer"),
				)
			})?;
		ensure_trading(into)?;
		if into.currency != product.currency {
			return Err(No::Rejected(
				"CURRENCY",
				format!("details.target_product: {target:?}: of the same currency"),
			));
		}
		let units = quantity("units", &order.units)?;
		let nav = self.nav(&order.product, product)?;
		let nav_in = self.nav(target, into)?;
		let value = units.checked_mul(nav).ok_or_else(overflow("units"))?;
		let units_in = round(
			value.checked_div(nav_in).ok_or_else(overflow("units"))?,
			into.unit_digits(self.rules),
			into.rounding,
		);
		books.take_units(self.holding(&order.product), units, self.rules.check_holdings)?;
		books.add_units(self.holding(target), units_in);
		Ok(Confirmation {
			units: Some(units.to_string()),
			nav: Some(nav.to_string()),
			amount: Some(round(value, product.money_digits(self.rules), product.rounding).to_string()),
			details: Some(serde_json::json!({
				"target_product": target, "target_units": units_in.to_string(), "target_nav": nav_in.to_string(),
			})),
			..accepted()
		})
	}

	fn transfer(&self, books: &mut Books) -> Result<Confirmation, Rejection> {
		let order = self.order;
		let to = detail(order, "to_customer").unwrap_or("");
		if to.is_empty() || to == order.customer {
			return Err((
				"TO_CUSTOMER",
				format!("details.to_customer: {to:?}: another customer's reference"),
			));
		}
		self.ensure_customer(books, to)
			.map_err(|(_, text)| ("TO_CUSTOMER", format!("details.to_customer: {to:?}: {text}")))?;
		let units = quantity("units", &order.units)?;
		books.take_units(self.holding(&order.product), units, self.rules.check_holdings)?;
		books.add_units((self.seller, to.to_string(), order.product.clone()), units);
		Ok(Confirmation {
			units: Some(units.to_string()),
			..accepted()
		})
	}

	fn custody(&self, books: &mut Books) -> Result<Confirmation, Rejection> {
		let units = quantity("units", &self.order.units)?;
		books.take_units(self.holding(&self.order.product), units, self.rules.check_holdings)?;
		Ok(Confirmation {
			units: Some(units.to_string()),
			..accepted()
		})
	}

	fn dividend(&self, product: &ProductRules) -> Result<Confirmation, Rejection> {
		ensure_trading(product)?;
		match detail(self.order, "method") {
			Some(method @ ("cash" | "reinvest")) => Ok(Confirmation {
				details: Some(serde_json::json!({ "method": method })),
				..accepted()
			}),
			other => Err((
				"DIVIDEND_METHOD",
				format!("details.method: {:?}: cash or reinvest", other.unwrap_or("")),
			)),
		}
	}

	fn cancel(&self, books: &mut Books) -> Result<Confirmation, Rejection> {
		let order = self.order;
		let named = order.cancels.as_deref().unwrap_or("");
		let key = (self.seller, named.to_string());
		let too_late = || {
			(
				"TOO_LATE",
				format!("cancels: {named:?}: an order of the same business day"),
			)
		};
		if let Some(waiting) = books.waiting.get(&key).filter(|w| w.customer == order.customer) {
			if waiting.trade_date != self.day {
				return Err(too_late());
			}
			if let Some(waiting) = books.waiting.remove(&key) {
				books.withdrawn.push((waiting, order.id.clone()));
			}
			return Ok(accepted());
		}
		let target = books
			.orders
			.get(&key)
			.filter(|target| target.customer == order.customer)
			.ok_or_else(|| {
				(
					"ORDER_UNKNOWN",
					format!("cancels: {named:?}: an order of this customer"),
				)
			})?
			.clone();
		if target.outcome == "rejected" || !target.cancelled_by.is_empty() {
			return Err((
				"NOT_CANCELLABLE",
				format!("cancels: {named:?}: an order that was executed and not taken back"),
			));
		}
		if target.trade_date != self.day {
			return Err(too_late());
		}
		self.undo(books, named, &target)?;
		if let Some(target) = books.orders.get_mut(&key) {
			target.cancelled_by.clone_from(&order.id);
		}
		books.cancelled.push((key, order.id.clone()));
		Ok(Confirmation {
			details: Some(serde_json::json!({ "cancelled_deal": target.deal })),
			..accepted()
		})
	}

	/// Moves the books back as they were before `target`.
	fn undo(&self, books: &mut Books, named: &str, target: &BookOrder) -> Result<(), Rejection> {
		let holding = (self.seller, target.customer.clone(), target.product.clone());
		let units = decimal::parse(&target.units).unwrap_or_default();
		match target.kind.as_str() {
			"subscription" | "purchase" => {
				books.take_units(holding, units, true)?;
				let amount = decimal::parse(&target.amount).unwrap_or_default();
				books.add_daily((target.product.clone(), target.trade_date.clone()), -amount);
			}
			"redemption" => books.add_units(holding, units),
			other => {
				let rule = "only subscriptions, purchases and redemptions can be taken back";
				return Err(("NOT_CANCELLABLE", format!("cancels: {named:?}, kind {other:?}: {rule}")));
			}
		}
		Ok(())
	}
}

fn check_amount(product: &ProductRules, order: &Order, asked: Decimal) -> Result<(), Rejection> {
	let currency = order.currency.as_deref().unwrap_or("");
	if currency != product.currency {
		return Err(("CURRENCY", format!("currency: {currency:?}: {}", product.currency)));
	}
	if asked < product.min_amount {
		return Err((
			"BELOW_MINIMUM",
			format!("amount: {asked}: at least {}", product.min_amount),
		));
	}
	if !product.max_amount.is_zero() && asked > product.max_amount {
		return Err((
			"ABOVE_MAXIMUM",
			format!("amount: {asked}: at most {}", product.max_amount),
		));
	}
	Ok(())
}

fn detail<'o>(order: &'o Order, name: &str) -> Option<&'o str> {
	order
		.details
		.as_ref()?
		.get(name)?
		.as_str()
		.filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests;
