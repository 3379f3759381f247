// SPDX-License-Identifier: Apache-2.0

//! Does the customer behind an order match the kind of business? The clauses come from the node, by product; the facts
//! from the customer book, the order and the chain's product data; the engine is that of the chain itself.

use crate::{customers::Customer, orders::Order, terms::Terms};
use sealane_primitives::{
	clauses::{evaluate, needed, CustomerFacts, Decimal, Facts, OrderFacts},
	registration::Stated,
};
use serde::{Deserialize, Serialize};

/// Why an order does not qualify.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Failed {
	/// The clause's code, or `customer_unknown`.
	pub code: String,
	/// What was asked and what was found.
	pub text: String,
}

/// What became of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
	/// It qualifies: with this clause version and these facts, JSON, it may go.
	Qualifies {
		/// The agreement it was checked against.
		clause_version: u32,
		/// The `facts` of the order.
		facts: String,
	},
	/// It does not.
	Fails {
		/// The agreement it was checked against; 0 where none could be.
		clause_version: u32,
		/// Each clause that failed.
		failed: Vec<Failed>,
		/// What may change without the order being changed, where that would help.
		later: Option<Later>,
	},
}

/// What an order waits for that does not qualify now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Later {
	/// No channel of the node has the product: the directory may be behind.
	Product,
	/// The clauses in force cannot be read by this release.
	Clauses,
	/// The customer is not in the book yet.
	Customer,
	/// The customer is not registered with the issuer yet; nothing else is missing.
	Registration,
}

impl Verdict {
	fn later(clause_version: u32, code: &str, text: String, later: Later) -> Self {
		Verdict::Fails {
			clause_version,
			failed: vec![Failed {
				code: code.into(),
				text,
			}],
			later: Some(later),
		}
	}
}

/// The codes in a record's `failed`.
pub fn failed_codes(json: &str) -> Vec<String> {
	serde_json::from_str::<Vec<Failed>>(json)
		.map_or_else(|_| Vec::new(), |list| list.into_iter().map(|f| f.code).collect())
}

/// Checks one order. `registration`: the customer's with the product's issuer, if it is open on chain.
pub fn check(
	order: &Order,
	terms: Option<&Terms>,
	customer: Option<&Customer>,
	registration: Option<Stated>,
) -> Verdict {
	let Some(terms) = terms else {
		let text = format!("product {:?}: no channel of the node has it", order.product);
		return Verdict::later(0, "product_unknown", text, Later::Product);
	};
	let clause_version = terms.clause_version;
	let clauses = match &terms.clauses {
		Ok(clauses) => clauses,
		Err(why) => {
			let text = format!("agreement {clause_version}: {why}");
			return Verdict::later(clause_version, "clauses_unreadable", text, Later::Clauses);
		}
	};
	let Some(customer) = customer else {
		let text = format!("customer {:?} is not in the customer book", order.customer);
		return Verdict::later(clause_version, "customer_unknown", text, Later::Customer);
	};
	let facts = |registration| Facts {
		customer: CustomerFacts {
			exceed_confirmed: order.exceed_confirmed,
			sales_channel: order.sales_channel,
			..customer.facts(registration)
		},
		order: order_facts(order, terms),
	};
	let known = facts(registration);
	let verdict = evaluate(clauses, &known);
	if verdict.qualifies() {
		// Facts are plain data; writing them cannot fail. An empty object would fail the clauses at the issuer's node, so
		// even then nothing unchecked gets through.
		let facts = serde_json::to_string(&needed(clauses, &known)).unwrap_or_else(|_| "{}".into());
		return Verdict::Qualifies { clause_version, facts };
	}
	let failed = verdict
		.failures
		.iter()
		.map(|f| Failed {
			code: f.code.as_str().into(),
			text: f.to_string(),
		})
		.collect();
	// Whatever his commitment will be: clauses ask only whether there is one.
	let some = Stated {
		commitment: [0; 32],
		salt: [0; 32],
	};
	let once_registered = registration.is_none() && evaluate(clauses, &facts(Some(some))).qualifies();
	Verdict::Fails {
		clause_version,
		failed,
		later: once_registered.then_some(Later::Registration),
	}
}

fn order_facts(order: &Order, terms: &Terms) -> OrderFacts {
	let decimal =
		|value: Option<rust_decimal::Decimal>| value.and_then(|v| Decimal::parse(v.to_string().as_bytes()).ok());
	OrderFacts {
		kind: Some(order.kind),
		amount: decimal(order.amount),
		units: decimal(order.units),
		// An order that names none is in the product's currency: the issuer's node reads it so, too.
		currency: <[u8; 3]>::try_from(order.currency.as_bytes()).ok().or(terms.currency),
		placed_at: Some(order.placed),
		product_risk: terms.risk,
		product_status: terms.status,
	}
}
