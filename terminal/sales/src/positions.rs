// SPDX-License-Identifier: Apache-2.0

//! The units that a customer's confirmations add up to. The issuer's register is what counts: dividends and whatever else the issuer does
//! without an order are not in it.

use crate::{db::SalesDb, error::Result};
use sealane_terminal_core::{
	decimal::{scaled, sum_text},
	from_row,
};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Records that are read at once.
const CHUNK: i64 = 5_000;

/// What a customer holds of a product, as far as this terminal's confirmations tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Position {
	/// Product.
	pub product: String,
	/// Units; negative where they were bought elsewhere.
	pub units: String,
	/// Confirmed orders that it adds up.
	pub orders: u64,
	/// When the newest of them was confirmed, Unix ms.
	pub as_of: i64,
}

struct Row {
	id: String,
	kind: String,
	product: String,
	customer: String,
	confirmed_units: String,
	confirmed_at: i64,
	order_text: String,
	confirmation_text: String,
}

from_row!(Row {
	id,
	kind,
	product,
	customer,
	confirmed_units,
	confirmed_at,
	order_text,
	confirmation_text,
});

#[derive(Default)]
struct Held {
	units: i128,
	orders: u64,
	as_of: i64,
}

/// Products and units of one customer.
#[derive(Default)]
struct Holdings(BTreeMap<String, Held>);

impl Holdings {
	fn add(&mut self, product: &str, units: i128, at: i64) {
		let held = self.0.entry(product.into()).or_default();
		held.units += units;
		held.orders += 1;
		held.as_of = held.as_of.max(at);
	}

	/// What a confirmed order of `customer`, or to it, changes.
	fn apply(&mut self, customer: &str, row: &Row) {
		let units = scaled(&row.confirmed_units);
		if row.customer == customer {
			match row.kind.as_str() {
				"subscription" | "purchase" => self.add(&row.product, units, row.confirmed_at),
				"redemption" | "non_trade_transfer" | "custody_transfer" => {
					self.add(&row.product, -units, row.confirmed_at)
				}
				"switch" => {
					self.add(&row.product, -units, row.confirmed_at);
					if let (Some(product), Some(units)) = (
						text_of(&row.confirmation_text, "target_product"),
						text_of(&row.confirmation_text, "target_units"),
					) {
						self.add(&product, scaled(&units), row.confirmed_at);
					}
				}
				_ => {}
			}
		}
		if row.kind == "non_trade_transfer" && text_of(&row.order_text, "to_customer").as_deref() == Some(customer) {
			self.add(&row.product, units, row.confirmed_at);
		}
	}
}

/// A text in the `details` of an order or a confirmation.
fn text_of(body: &str, name: &str) -> Option<String> {
	let body: Value = serde_json::from_str(body).ok()?;
	Some(body.get("details")?.get(name)?.as_str()?.to_string())
}

impl SalesDb {
	/// The positions of a customer, by product.
	///
	/// # Errors
	/// The database fails.
	pub async fn positions(&self, customer: &str, product: Option<&str>) -> Result<Vec<Position>> {
		let mut holdings = Holdings::default();
		// Transfers to the customer are other customers' orders.
		for condition in ["customer = $1", "customer <> $1 AND kind = 'non_trade_transfer'"] {
			let mut last = String::new();
			loop {
				let statement = format!(
					"SELECT id, kind, product, customer, confirmed_units, confirmed_at, order_text, confirmation_text FROM records \
					 WHERE {condition} AND state IN ('confirmed', 'partial') AND id > $2 ORDER BY id LIMIT $3"
				);
				let rows: Vec<Row> = sqlx::query_as(&statement)
					.bind(customer)
					.bind(last.as_str())
					.bind(CHUNK)
					.fetch_all(self.pool())
					.await?;
				for row in &rows {
					holdings.apply(customer, row);
				}
				match rows.last() {
					Some(row) if rows.len() == CHUNK as usize => last = row.id.clone(),
					_ => break,
				}
			}
		}
		Ok(holdings
			.0
			.into_iter()
			.filter(|(id, _)| product.is_none_or(|product| product == id))
			.map(|(product, held)| Position {
				product,
				units: sum_text(held.units),
				orders: held.orders,
				as_of: held.as_of,
			})
			.collect())
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn row(kind: &str, customer: &str, units: &str, order: &str, confirmation: &str) -> Row {
		Row {
			id: "A".into(),
			kind: kind.into(),
			product: "P1".into(),
			customer: customer.into(),
			confirmed_units: units.into(),
			confirmed_at: 7,
			order_text: order.into(),
			confirmation_text: confirmation.into(),
		}
	}

	#[test]
	fn every_kind_moves_units_its_own_way() {
		let mut holdings = Holdings::default();
		let switch = r#"{"details":{"target_product":"P2","target_units":"3.5"}}"#;
		let to = |customer: &str| format!(r#"{{"details":{{"to_customer":"{customer}"}}}}"#);
		for row in [
			row("purchase", "C", "100.25", "{}", "{}"),
			row("redemption", "C", "10", "{}", "{}"),
			row("switch", "C", "20", "{}", switch),
			row("non_trade_transfer", "C", "5", &to("D"), "{}"),
			row("non_trade_transfer", "D", "1", &to("C"), "{}"),
			row("dividend_method", "C", "", "{}", "{}"),
			row("cancellation", "C", "", "{}", "{}"),
		] {
			holdings.apply("C", &row);
		}
		assert_eq!(sum_text(holdings.0["P1"].units), "66.25");
		assert_eq!(
			(sum_text(holdings.0["P2"].units), holdings.0["P2"].orders),
			("3.5".into(), 1)
		);
		assert_eq!(holdings.0.len(), 2);
	}
}
