// SPDX-License-Identifier: Apache-2.0

//! Decides on one order, over the books as they are. Pure: the desk loads the books before and writes the changes after.

use super::rules::{ProductRules, Rules};
use crate::{
	db::books::{BookOrder, DailyKey, HoldingKey, OrderKey},
	decimal::{self, round_down},
};
use rust_decimal::Decimal;
use sealane_primitives::{clauses::Timestamp, directory::ProductStatus};
use sealane_sdk::types::{BusinessKind, Confirmation, Order, Outcome};
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
	/// Holdings that changed.
	pub changed_holdings: HashSet<HoldingKey>,
	/// Totals that changed.
	pub changed_daily: HashSet<DailyKey>,
	/// Orders of earlier pages that were taken back, with the cancelling order's id.
	pub cancelled: Vec<(OrderKey, String)>,
}

/// What was decided.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
	/// For the seller.
	pub confirmation: Confirmation,
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

/// Decides on `order` of `seller` and moves the books accordingly.
pub fn decide(rules: &Rules, books: &mut Books, seller: u32, channel: u32, order: &Order) -> Decision {
	let mut confirmation = match execute(rules, books, seller, order) {
		Ok(confirmation) => Confirmation {
			deal: Some(deal_of(seller, &order.id)),
			..confirmation
		},
		Err((code, text)) => Confirmation::rejected(order.id.as_str(), code, text),
	};
	confirmation.channel = Some(channel);
	confirmation.order.clone_from(&order.id);
	Decision { confirmation }
}

fn execute(rules: &Rules, books: &mut Books, seller: u32, order: &Order) -> Result<Confirmation, Rejection> {
	let product = rules.products.get(&order.product).ok_or_else(|| {
		(
			"PRODUCT_UNKNOWN",
			format!("product: {:?}: none of this issuer", order.product),
		)
	})?;
	if rules.reject.orders_of.contains(&order.customer) {
		return Err(("CUSTOMER_BLOCKED", "customer: on the reject list".into()));
	}
	if rules.require_registration && !books.customers.contains_key(&(seller, order.customer.clone())) {
		return Err(("NOT_REGISTERED", "customer: not registered with this issuer".into()));
	}
	let placed: Timestamp = order
		.placed_at
		.parse()
		.map_err(|e| ("PLACED_AT", format!("placed_at: {:?}: {e}", order.placed_at)))?;
	let day = rules.trade_date(placed).to_string();
	let mut confirmation = match order.kind {
		BusinessKind::Subscription | BusinessKind::Purchase => buy(rules, product, books, seller, order, &day),
		BusinessKind::Redemption => redeem(rules, product, books, seller, order),
		BusinessKind::Switch => switch(rules, product, books, seller, order),
		BusinessKind::NonTradeTransfer => transfer(rules, books, seller, order),
		BusinessKind::CustodyTransfer => custody(rules, books, seller, order),
		BusinessKind::DividendMethod => dividend(product, order),
		BusinessKind::Cancellation => cancel(books, seller, order, &day),
		BusinessKind::Registration => Err(("KIND", "kind: \"registration\": not an order".into())),
	}?;
	confirmation.trade_date = Some(day);
	Ok(confirmation)
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

fn buy(
	rules: &Rules,
	product: &ProductRules,
	books: &mut Books,
	seller: u32,
	order: &Order,
	day: &str,
) -> Result<Confirmation, Rejection> {
	ensure_trading(product)?;
	let wanted = if order.kind == BusinessKind::Subscription {
		ProductStatus::Offering
	} else {
		ProductStatus::Open
	};
	if product.status != wanted {
		let rule = "a subscription needs an offering period, a purchase an open product";
		return Err(("KIND_NOT_NOW", format!("kind: {:?}: {rule}", order.kind.as_str())));
	}
	let asked = quantity("amount", &order.amount)?;
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
	let key = (order.product.clone(), day.to_string());
	let mut amount = asked;
	if !product.daily_limit.is_zero() {
		let left = product.daily_limit - books.daily.get(&key).copied().unwrap_or_default();
		if left < product.min_amount || left <= Decimal::ZERO {
			return Err(("DAILY_LIMIT", format!("amount: {asked}: the day's limit is used up")));
		}
		amount = amount.min(left);
	}
	let fee = round_down(
		amount.checked_mul(product.fee_rate).ok_or_else(overflow("amount"))?,
		rules.digits,
	);
	let units = round_down(
		(amount - fee).checked_div(product.nav).ok_or_else(overflow("amount"))?,
		rules.digits,
	);
	books.add_units((seller, order.customer.clone(), order.product.clone()), units);
	books.add_daily(key, amount);
	let mut confirmation = accepted();
	if amount < asked {
		confirmation.outcome = Outcome::Partial;
		confirmation.reason = Some(sealane_sdk::types::Reason {
			code: "DAILY_LIMIT".into(),
			text: format!("amount: {asked}: {amount} left of the day's limit"),
		});
	}
	confirmation.units = Some(units.to_string());
	confirmation.nav = Some(product.nav.to_string());
	confirmation.amount = Some(round_down(amount, rules.digits).to_string());
	confirmation.fee = Some(fee.to_string());
	Ok(confirmation)
}

fn redeem(
	rules: &Rules,
	product: &ProductRules,
	books: &mut Books,
	seller: u32,
	order: &Order,
) -> Result<Confirmation, Rejection> {
	ensure_trading(product)?;
	let units = quantity("units", &order.units)?;
	let gross = units.checked_mul(product.nav).ok_or_else(overflow("units"))?;
	let fee = round_down(
		gross.checked_mul(product.fee_rate).ok_or_else(overflow("units"))?,
		rules.digits,
	);
	books.take_units(
		(seller, order.customer.clone(), order.product.clone()),
		units,
		rules.check_holdings,
	)?;
	Ok(Confirmation {
		units: Some(units.to_string()),
		nav: Some(product.nav.to_string()),
		amount: Some(round_down(gross - fee, rules.digits).to_string()),
		fee: Some(fee.to_string()),
		..accepted()
	})
}

fn detail<'a>(order: &'a Order, name: &str) -> Option<&'a str> {
	order
		.details
		.as_ref()?
		.get(name)?
		.as_str()
		.filter(|text| !text.is_empty())
}

fn switch(
	rules: &Rules,
	product: &ProductRules,
	books: &mut Books,
	seller: u32,
	order: &Order,
) -> Result<Confirmation, Rejection> {
	ensure_trading(product)?;
	let target = detail(order, "target_product").unwrap_or("");
	let into = rules
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
		return Err((
			"CURRENCY",
			format!("details.target_product: {target:?}: of the same currency"),
		));
	}
	let units = quantity("units", &order.units)?;
	let value = units.checked_mul(product.nav).ok_or_else(overflow("units"))?;
	let units_in = round_down(value.checked_div(into.nav).ok_or_else(overflow("units"))?, rules.digits);
	books.take_units(
		(seller, order.customer.clone(), order.product.clone()),
		units,
		rules.check_holdings,
	)?;
	books.add_units((seller, order.customer.clone(), target.to_string()), units_in);
	Ok(Confirmation {
		units: Some(units.to_string()),
		nav: Some(product.nav.to_string()),
		amount: Some(round_down(value, rules.digits).to_string()),
		details: Some(serde_json::json!({
			"target_product": target, "target_units": units_in.to_string(), "target_nav": into.nav.to_string(),
		})),
		..accepted()
	})
}

fn transfer(rules: &Rules, books: &mut Books, seller: u32, order: &Order) -> Result<Confirmation, Rejection> {
	let to = detail(order, "to_customer").unwrap_or("");
	if to.is_empty() || to == order.customer {
		return Err((
			"TO_CUSTOMER",
			format!("details.to_customer: {to:?}: another customer's reference"),
		));
	}
	let units = quantity("units", &order.units)?;
	books.take_units(
		(seller, order.customer.clone(), order.product.clone()),
		units,
		rules.check_holdings,
	)?;
	books.add_units((seller, to.to_string(), order.product.clone()), units);
	Ok(Confirmation {
		units: Some(units.to_string()),
		..accepted()
	})
}

fn custody(rules: &Rules, books: &mut Books, seller: u32, order: &Order) -> Result<Confirmation, Rejection> {
	let units = quantity("units", &order.units)?;
	books.take_units(
		(seller, order.customer.clone(), order.product.clone()),
		units,
		rules.check_holdings,
	)?;
	Ok(Confirmation {
		units: Some(units.to_string()),
		..accepted()
	})
}

fn dividend(product: &ProductRules, order: &Order) -> Result<Confirmation, Rejection> {
	ensure_trading(product)?;
	match detail(order, "method") {
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

fn cancel(books: &mut Books, seller: u32, order: &Order, day: &str) -> Result<Confirmation, Rejection> {
	let named = order.cancels.as_deref().unwrap_or("");
	let key = (seller, named.to_string());
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
	if target.trade_date != day {
		return Err((
			"TOO_LATE",
			format!("cancels: {named:?}: an order of the same business day"),
		));
	}
	let holding = (seller, target.customer.clone(), target.product.clone());
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
	if let Some(target) = books.orders.get_mut(&key) {
		target.cancelled_by.clone_from(&order.id);
	}
	books.cancelled.push((key, order.id.clone()));
	Ok(Confirmation {
		details: Some(serde_json::json!({ "cancelled_deal": target.deal })),
		..accepted()
	})
}

#[cfg(test)]
mod tests;
