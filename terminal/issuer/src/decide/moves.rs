// SPDX-License-Identifier: Apache-2.0

//! Transfers, changes of the dividend method, cancellations.

use super::*;
use crate::rules::Mode;

impl Case<'_> {
	pub(super) fn transfer(&self, books: &mut Books) -> Result<Confirmation, Rejection> {
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

	pub(super) fn custody(&self, books: &mut Books) -> Result<Confirmation, Rejection> {
		let order = self.order;
		let to = detail(order, "to_distributor").ok_or_else(|| {
			let rule = "the code of the distributor that gets the units";
			("TO_DISTRIBUTOR", format!("details.to_distributor: \"\": {rule}"))
		})?;
		let units = quantity("units", &order.units)?;
		books.take_units(self.holding(&order.product), units, self.rules.check_holdings)?;
		books.add_units(elsewhere(to, order), units);
		Ok(Confirmation {
			units: Some(units.to_string()),
			..accepted()
		})
	}

	pub(super) fn dividend(&self, product: &ProductRules) -> Result<Confirmation, Rejection> {
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

	pub(super) fn cancel(&self, books: &mut Books) -> Result<Confirmation, Rejection> {
		let order = self.order;
		let named = order.cancels.as_deref().unwrap_or("");
		let key = (self.seller, named.to_string());
		let is_customers = |parts: &&Vec<DayOrder>| parts.last().is_some_and(|part| part.customer == order.customer);
		if books.on_desk.get(&key).filter(is_customers).is_some() {
			return self.take_off(books, named, key);
		}
		if let Some(waiting) = books.waiting.get(&key).filter(|w| w.customer == order.customer) {
			// One that waits for a calendar has no day yet.
			if !waiting.trade_date.is_empty() && waiting.trade_date != self.day {
				return Err(too_late(named));
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
		// What was decided with all others of its day stays so.
		if target.trade_date != self.day || self.rules.products.get(&target.product).is_some_and(is_daily) {
			return Err(too_late(named));
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

	/// Takes an order off its daily desk, if the cancellation is of the same day or of one before.
	fn take_off(&self, books: &mut Books, named: &str, key: OrderKey) -> Result<Confirmation, Rejection> {
		let target = books.on_desk.get(&key).and_then(|parts| parts.last());
		let in_time = target.is_some_and(|target| {
			let place = place_of(self.rules, &Books::default(), &target.product, self.moments);
			let over = books.over.get(&target.product).map(|day| day.to_string());
			place.is_ok_and(|place| place.when.day.to_string() <= target.day)
				&& over.is_none_or(|over| over < target.day)
		});
		if !in_time {
			return Err(too_late(named));
		}
		if let Some(parts) = books.on_desk.remove(&key) {
			books.taken_off.push((parts, self.order.id.clone()));
		}
		Ok(accepted())
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

fn is_daily(product: &ProductRules) -> bool {
	product.mode == Mode::Daily
}

fn too_late(named: &str) -> Rejection {
	(
		"TOO_LATE",
		format!("cancels: {named:?}: an order of the same business day"),
	)
}
