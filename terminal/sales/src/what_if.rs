// SPDX-License-Identifier: Apache-2.0

//! What clauses would have done to one's own past orders, before anybody agrees to them.
//!
//! Each past order is looked at with the facts that travelled with it, completed from the customer book and the registrations as they
//! are now, once by the clauses that are proposed and once by those in force. Nothing is sent and nothing is written.

use crate::{
	customers::{Customer, CustomerBook},
	db::SalesDb,
	error::Result,
	terms::{Terms, TermsCache},
};
use sealane_primitives::{
	business::BusinessKind,
	clauses::{evaluate, hold, Clauses, CustomerFacts, Date, Decimal, Facts, OrderFacts, SalesChannel, Timestamp},
	directory::Scope,
	ids::ChannelId,
	registration::Stated,
};
use sealane_sdk::{
	types::{self as api, Channel},
	Client,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Orders of one page.
const PAGE: u32 = 2_000;
/// Most ids of orders that are named for a clause.
const EXAMPLES: usize = 5;

/// Clauses, and what they would cover.
#[derive(Clone, Debug)]
pub struct Proposed {
	/// Over which channel.
	pub channel: ChannelId,
	/// For which products.
	pub scope: Scope,
	/// The clauses.
	pub clauses: Clauses,
}

/// What they would have done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct WhatIf {
	/// The products whose orders were looked at; others over this channel have clauses of their own that precede.
	pub products: Vec<String>,
	/// Orders that were looked at.
	pub orders: u64,
	/// Those that would fail.
	pub fail: u64,
	/// Of these, those that pass by the clauses in force.
	pub newly: u64,
	/// Those that fail by the clauses in force and would pass.
	pub freed: u64,
	/// Orders of customers who are not in the customer book any more: of them only what was sent is known.
	pub strangers: u64,
	/// Records whose text is no order that this release reads.
	pub unreadable: u64,
	/// The clauses that would fail orders, in their order.
	pub clauses: Vec<ClauseFigures>,
}

/// What one clause would have done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ClauseFigures {
	/// Its code.
	pub code: String,
	/// Orders that would fail by it, whatever the others say.
	pub orders: u64,
	/// Their customers.
	pub customers: u64,
	/// Some of the orders.
	pub examples: Vec<Example>,
}

/// An order that would fail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Example {
	/// Its id.
	pub order: String,
	/// What was asked and what was found.
	pub text: String,
}

/// Looks at all orders placed from `since` on.
///
/// # Errors
/// The node does not answer, it has no such channel, or the database fails.
pub async fn what_if(
	client: Client,
	db: &SalesDb,
	book: &CustomerBook,
	proposed: &Proposed,
	since: Option<Date>,
) -> Result<WhatIf> {
	let channels = client.channels().await?;
	let channel = channels.iter().find(|channel| channel.id == proposed.channel);
	let channel = channel.ok_or_else(|| crate::error::Error::NotFound {
		what: "channel",
		name: proposed.channel.to_string(),
	})?;
	let products = covered(channel, &proposed.scope);
	let registered = db.registered().await?;
	let mut terms = TermsCache::new(client);
	let mut sums = Sums::new(&proposed.clauses);
	for product in &products {
		terms.prepare([product.as_str()]).await?;
		let Some(terms) = terms.get(product).cloned() else {
			continue;
		};
		let mut after = String::new();
		loop {
			let page = db.past_orders(product, &after, PAGE).await?;
			for (id, text) in &page {
				let looked = Looked {
					proposed,
					terms: &terms,
					book,
					registered: &registered,
					since,
				};
				sums.add(id, looked.at(text));
			}
			match page.last() {
				Some((last, _)) if page.len() == PAGE as usize => after = last.clone(),
				_ => break,
			}
		}
	}
	Ok(sums.figures(products))
}

/// The products of a channel for which clauses of this scope would hold: not those that an agreement in force covers more closely.
fn covered(channel: &Channel, scope: &Scope) -> Vec<String> {
	let closeness = |scope: &api::Scope| match scope {
		api::Scope::All => 0,
		api::Scope::ProductType(_) => 1,
		api::Scope::Product(_) => 2,
	};
	let scope = match scope {
		Scope::All => api::Scope::All,
		Scope::ProductType(name) => api::Scope::ProductType(String::from_utf8_lossy(name).into_owned()),
		Scope::Product(name) => api::Scope::Product(String::from_utf8_lossy(name).into_owned()),
	};
	let covers = |scope: &api::Scope, product: &api::Product| match scope {
		api::Scope::All => true,
		api::Scope::ProductType(name) => *name == product.product_type,
		api::Scope::Product(name) => *name == product.id,
	};
	let precedes = |product: &api::Product| {
		let mut agreements = channel.agreements.iter();
		agreements.any(|a| closeness(&a.scope) > closeness(&scope) && covers(&a.scope, product))
	};
	let products = channel.products.iter();
	let products = products.filter(|product| covers(&scope, product) && !precedes(product));
	products.map(|product| product.id.clone()).collect()
}

/// What of a record's text is looked at: the order as it was read or sent.
#[derive(Deserialize)]
struct Past {
	kind: BusinessKind,
	customer: String,
	amount: Option<Decimal>,
	units: Option<Decimal>,
	currency: Option<String>,
	placed_at: Timestamp,
	details: Option<Details>,
	/// Where it was sent: what was told then.
	facts: Option<CustomerFacts>,
}

#[derive(Deserialize)]
struct Details {
	exceed_confirmed: Option<bool>,
	sales_channel: Option<SalesChannel>,
}

/// By what an order is looked at.
struct Looked<'a> {
	proposed: &'a Proposed,
	terms: &'a Terms,
	book: &'a CustomerBook,
	registered: &'a HashMap<(String, u32), Stated>,
	since: Option<Date>,
}

/// What is found of one order.
enum Found {
	Unreadable,
	TooOld,
	Order {
		customer: String,
		stranger: bool,
		/// Whether it passes by the clauses in force; those that cannot be read let nothing pass.
		passes_now: bool,
		/// Code and words of each clause that would fail it.
		failed: Vec<(String, String)>,
	},
}

impl Looked<'_> {
	fn at(&self, text: &str) -> Found {
		let Ok(past) = serde_json::from_str::<Past>(text) else {
			return Found::Unreadable;
		};
		if self.since.is_some_and(|since| past.placed_at.date() < since) {
			return Found::TooOld;
		}
		let customer = self.book.get(&past.customer);
		let key = (past.customer.clone(), self.terms.issuer);
		let facts = Facts {
			customer: facts_of(&past, customer, self.registered.get(&key).copied()),
			order: OrderFacts {
				kind: Some(past.kind),
				amount: past.amount,
				units: past.units,
				currency: past
					.currency
					.as_deref()
					.and_then(|code| code.as_bytes().try_into().ok())
					.or(self.terms.currency),
				placed_at: Some(past.placed_at),
				product_risk: self.terms.risk,
				product_status: self.terms.status,
			},
		};
		let verdict = evaluate(&self.proposed.clauses, &facts);
		let failures = verdict.failures.iter();
		Found::Order {
			stranger: customer.is_none(),
			customer: past.customer,
			passes_now: self.terms.clauses.as_ref().is_ok_and(|clauses| hold(clauses, &facts)),
			failed: failures.map(|f| (f.code.as_str().into(), f.to_string())).collect(),
		}
	}
}

/// What was told with the order; what was not, from the book as it is now.
fn facts_of(past: &Past, customer: Option<&Customer>, registration: Option<Stated>) -> CustomerFacts {
	let told = past.facts.unwrap_or_default();
	let details = past.details.as_ref();
	let mut facts = customer
		.map(|customer| customer.facts(registration))
		.unwrap_or_default();
	facts.birth_date = told.birth_date.or(facts.birth_date);
	facts.identity_verified = told.identity_verified.or(facts.identity_verified);
	facts.registered = told.registered.or(facts.registered);
	facts.risk_class = told.risk_class.or(facts.risk_class);
	facts.risk_assessed_on = told.risk_assessed_on.or(facts.risk_assessed_on);
	facts.investor_category = told.investor_category.or(facts.investor_category);
	facts.investor_entity = told.investor_entity.or(facts.investor_entity);
	facts.region = told.region.or(facts.region);
	facts.exceed_confirmed = details.and_then(|d| d.exceed_confirmed).or(told.exceed_confirmed);
	facts.sales_channel = details.and_then(|d| d.sales_channel).or(told.sales_channel);
	facts
}

/// Sums while orders are looked at.
struct Sums {
	what_if: WhatIf,
	clauses: BTreeMap<String, (ClauseFigures, HashSet<String>)>,
	codes: Vec<String>,
}

impl Sums {
	fn new(clauses: &Clauses) -> Self {
		Sums {
			what_if: WhatIf::default(),
			clauses: BTreeMap::new(),
			codes: clauses.iter().map(|clause| clause.code.as_str().into()).collect(),
		}
	}

	fn add(&mut self, id: &str, found: Found) {
		let sums = &mut self.what_if;
		let (customer, stranger, passes_now, failed) = match found {
			Found::TooOld => return,
			Found::Unreadable => {
				sums.unreadable += 1;
				return;
			}
			Found::Order {
				customer,
				stranger,
				passes_now,
				failed,
			} => (customer, stranger, passes_now, failed),
		};
		sums.orders += 1;
		sums.strangers += u64::from(stranger);
		sums.fail += u64::from(!failed.is_empty());
		sums.newly += u64::from(!failed.is_empty() && passes_now);
		sums.freed += u64::from(failed.is_empty() && !passes_now);
		for (code, text) in failed {
			let (figures, customers) = self.clauses.entry(code).or_default();
			figures.orders += 1;
			customers.insert(customer.clone());
			if figures.examples.len() < EXAMPLES {
				figures.examples.push(Example { order: id.into(), text });
			}
		}
	}

	fn figures(mut self, products: Vec<String>) -> WhatIf {
		let clauses = self.codes.iter().filter_map(|code| {
			let (figures, customers) = self.clauses.remove(code)?;
			Some(ClauseFigures {
				code: code.clone(),
				customers: customers.len() as u64,
				..figures
			})
		});
		self.what_if.clauses = clauses.collect();
		self.what_if.products = products;
		self.what_if
	}
}

#[cfg(test)]
mod tests;
