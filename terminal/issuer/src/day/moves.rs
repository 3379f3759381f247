// SPDX-License-Identifier: Apache-2.0

//! What a decision does to the books, and the answer that an order gets in the end.

use super::DayOrder;
use crate::{
	decide::{detail, elsewhere, Books},
	decimal,
};
use rust_decimal::Decimal;
use sealane_sdk::types::{Confirmation, Order, Outcome, Reason};
use serde_json::{json, Value};

/// How a decision was executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Executed {
	/// As decided.
	Fully,
	/// The books had fewer units than were decided on; they are at zero.
	Short,
}

fn number(text: &str) -> Decimal {
	decimal::parse(text).unwrap_or_default()
}

/// Moves the books as it was decided on `part`, a part of `order`.
pub fn apply(books: &mut Books, order: &Order, part: &DayOrder, decision: &Confirmation) -> Executed {
	if decision.outcome == Outcome::Rejected {
		return Executed::Fully;
	}
	let units = number(&part.units);
	let of = |customer: &str, product: &str| (part.seller, customer.to_string(), product.to_string());
	let own = of(&order.customer, &order.product);
	let short = match part.kind.as_str() {
		"redemption" | "switch" | "non_trade_transfer" | "custody_transfer" => books.held(&own) < units,
		_ => false,
	};
	let take = |books: &mut Books| {
		// Without the check: what was confirmed is executed. It cannot fail.
		let _ = books.take_units(own.clone(), units, false);
	};
	match part.kind.as_str() {
		"subscription" | "purchase" => {
			books.add_units(own.clone(), units);
			books.add_daily((order.product.clone(), part.day.clone()), number(&part.amount));
		}
		"redemption" => take(books),
		"custody_transfer" => {
			take(books);
			if let Some(to) = detail(order, "to_distributor") {
				books.add_units(elsewhere(to, order), units);
			}
		}
		"switch" => {
			take(books);
			let detail = |name: &str| {
				decision
					.details
					.as_ref()
					.and_then(|details| details.get(name)?.as_str())
			};
			if let (Some(target), Some(units)) = (detail("target_product"), detail("target_units")) {
				books.add_units(of(&order.customer, target), number(units));
			}
		}
		"non_trade_transfer" => {
			take(books);
			if let Some(to) = detail(order, "to_customer") {
				books.add_units(of(to, &order.product), units);
			}
		}
		_ => {}
	}
	if short {
		Executed::Short
	} else {
		Executed::Fully
	}
}

/// The answer to an order, from all its parts with their decisions. As long as an order has one answer, what was executed on several
/// days stands in `details.executions`.
pub fn answer_of(parts: &[(DayOrder, Confirmation)]) -> Option<Confirmation> {
	let ((first, _), (_, last)) = (parts.first()?, parts.last()?);
	if parts.len() == 1 {
		return Some(last.clone());
	}
	let executed: Vec<_> = parts
		.iter()
		.filter(|(part, decision)| decision.outcome != Outcome::Rejected && !number(&part.units).is_zero())
		.collect();
	let sum = |of: fn(&DayOrder) -> &String| executed.iter().map(|(part, _)| number(of(part))).sum::<Decimal>();
	let units = sum(|part| &part.units);
	let mut answer = last.clone();
	answer.outcome = match units {
		units if units.is_zero() => return Some(answer),
		units if units >= number(&first.asked_units) => Outcome::Accepted,
		_ => Outcome::Partial,
	};
	answer.reason = last.reason.clone().filter(|_| answer.outcome == Outcome::Partial);
	answer.deal = parts.iter().find_map(|(_, decision)| decision.deal.clone());
	answer.trade_date = executed.last().and_then(|(_, decision)| decision.trade_date.clone());
	answer.units = Some(units.to_string());
	answer.amount = Some(sum(|part| &part.amount).to_string());
	answer.fee = Some(sum(|part| &part.fee).to_string());
	// There is no one price of several days.
	answer.nav = executed
		.first()
		.and_then(|(_, decision)| decision.nav.clone())
		.filter(|_| executed.len() == 1);
	let executions: Vec<Value> = executed
		.iter()
		.map(|(part, decision)| {
			json!({
				"execution": part.part, "trade_date": decision.trade_date, "units": decision.units, "nav": decision.nav,
				"amount": decision.amount, "fee": decision.fee,
			})
		})
		.collect();
	let mut details = match answer.details.take() {
		Some(Value::Object(details)) => details,
		_ => serde_json::Map::new(),
	};
	details.insert("executions".into(), executions.into());
	answer.details = Some(Value::Object(details));
	Some(answer)
}

/// The answer to an order that was taken off the desk by `by`, over the parts that were executed before.
pub fn taken_off(parts: &[(DayOrder, Confirmation)], order: &str, channel: u32, by: &str) -> Confirmation {
	let code = "CANCELLED";
	let mut answer = match answer_of(parts) {
		Some(answer) if parts.iter().any(|(part, _)| !number(&part.units).is_zero()) => {
			let text = format!("what was left was taken back by {by:?}");
			Confirmation {
				outcome: Outcome::Partial,
				reason: Some(Reason {
					code: code.into(),
					text,
				}),
				..answer
			}
		}
		_ => Confirmation::rejected(order, code, format!("taken back by {by:?} before it was executed")),
	};
	answer.channel = Some(channel);
	answer
}

#[cfg(test)]
mod tests {
	use super::*;

	fn part(number: i64, asked: &str, units: &str, nav: &str, amount: &str) -> (DayOrder, Confirmation) {
		let part = DayOrder {
			seller: 1,
			id: "A".into(),
			part: number,
			kind: "redemption".into(),
			asked_units: asked.into(),
			units: units.into(),
			amount: amount.into(),
			fee: "1.00".into(),
			..DayOrder::default()
		};
		let mut decision = Confirmation::new("A", Outcome::Partial);
		decision.reason = Some(Reason {
			code: "LARGE_REDEMPTION".into(),
			text: "…".into(),
		});
		decision.deal = Some("D1".into());
		decision.nav = Some(nav.into());
		decision.units = Some(units.into());
		decision.trade_date = Some(format!("2026-03-0{number}"));
		(part, decision)
	}

	#[test]
	fn an_order_of_two_days_has_one_answer() {
		let mut parts = vec![
			part(1, "100.00", "40.00", "1.1", "44.00"),
			part(2, "60.00", "60.00", "1.2", "72.00"),
		];
		let answer = answer_of(&parts).unwrap();
		assert_eq!(
			(answer.outcome, answer.reason.is_some(), answer.nav.as_deref()),
			(Outcome::Accepted, false, None)
		);
		assert_eq!(
			(answer.units.as_deref(), answer.amount.as_deref(), answer.fee.as_deref()),
			(Some("100.00"), Some("116.00"), Some("2.00"))
		);
		assert_eq!(answer.trade_date.as_deref(), Some("2026-03-02"));
		let executions = &answer.details.as_ref().unwrap()["executions"];
		assert_eq!(
			(&executions[1]["nav"], executions.as_array().unwrap().len()),
			(&json!("1.2"), 2)
		);
		assert_eq!(answer.check(), Ok(()));
		// The rest was rejected on the second day.
		parts[1].1 = Confirmation::rejected("A", "INSUFFICIENT_UNITS", "…");
		parts[1].0.units = String::new();
		let answer = answer_of(&parts).unwrap();
		assert_eq!((answer.outcome, answer.nav.as_deref()), (Outcome::Partial, Some("1.1")));
		assert_eq!(answer.reason.unwrap().code, "INSUFFICIENT_UNITS");
		assert_eq!(answer.units.as_deref(), Some("40.00"));
	}

	#[test]
	fn an_order_that_is_taken_back_keeps_what_was_executed() {
		let parts = [part(1, "100.00", "40.00", "1.1", "44.00")];
		let answer = taken_off(&parts, "A", 9, "C");
		assert_eq!(
			(answer.outcome, answer.units.as_deref()),
			(Outcome::Partial, Some("40.00"))
		);
		assert_eq!(answer.reason.unwrap().code, "CANCELLED");
		let answer = taken_off(&[], "A", 9, "C");
		assert_eq!(
			(answer.outcome, answer.channel, answer.units),
			(Outcome::Rejected, Some(9), None)
		);
	}
}
