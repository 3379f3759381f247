// SPDX-License-Identifier: Apache-2.0

//! Does the customer behind an order match the kind of business? The clauses come from the node, by product; the facts
//! from the customer book, the order and the chain's product data; the engine is that of the chain itself.

use crate::{
	customers::Customer,
	error::{Error, Result},
	orders::Order,
};
use codec::DecodeAll;
use sealane_primitives::{
	clauses::{evaluate, Clauses, CustomerFacts, Decimal, Facts, OrderFacts, ProductRisk},
	directory::ProductStatus,
};
use sealane_sdk::{
	types::{Channel, Side},
	Client,
};
use serde::{Deserialize, Serialize};
use std::{
	collections::{HashMap, HashSet},
	time::{Duration, Instant},
};

/// How long clauses are used before they are asked for again: about one block.
const MAX_AGE: Duration = Duration::from_secs(2);

/// What an order for a product must meet, as the newest block has it.
#[derive(Clone, Debug)]
pub struct Terms {
	/// The issuer's number.
	pub issuer: u32,
	/// The product's risk.
	pub risk: Option<ProductRisk>,
	/// Where the product stands.
	pub status: Option<ProductStatus>,
	/// The agreement in force; 0 where none is.
	pub clause_version: u32,
	/// Its clauses.
	pub clauses: Clauses,
}

/// Why an order does not qualify.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
		/// The agreement it was checked against.
		clause_version: u32,
		/// Each clause that failed.
		failed: Vec<Failed>,
	},
	/// No channel of the node has the product.
	ProductUnknown,
}

/// The codes in a record's `failed`.
pub fn failed_codes(json: &str) -> Vec<String> {
	serde_json::from_str::<Vec<Failed>>(json)
		.map_or_else(|_| Vec::new(), |list| list.into_iter().map(|f| f.code).collect())
}

/// Checks one order.
pub fn check(order: &Order, terms: Option<&Terms>, customer: Option<&Customer>, registered: bool) -> Verdict {
	let Some(terms) = terms else {
		return Verdict::ProductUnknown;
	};
	let clause_version = terms.clause_version;
	let Some(customer) = customer else {
		let text = format!("customer {:?} is not in the customer book", order.customer);
		return Verdict::Fails {
			clause_version,
			failed: vec![Failed {
				code: "customer_unknown".into(),
				text,
			}],
		};
	};
	let facts = Facts {
		customer: CustomerFacts {
			exceed_confirmed: order.exceed_confirmed,
			sales_channel: order.sales_channel,
			..customer.facts(registered)
		},
		order: order_facts(order, terms),
	};
	let verdict = evaluate(&terms.clauses, &facts);
	if verdict.qualifies() {
		// Facts are plain data; writing them cannot fail. An empty object would fail the clauses at the issuer's node, so
		// even then nothing unchecked gets through.
		let facts = serde_json::to_string(&facts.customer).unwrap_or_else(|_| "{}".into());
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
	Verdict::Fails { clause_version, failed }
}

fn order_facts(order: &Order, terms: &Terms) -> OrderFacts {
	let decimal =
		|value: Option<rust_decimal::Decimal>| value.and_then(|v| Decimal::parse(v.to_string().as_bytes()).ok());
	OrderFacts {
		kind: Some(order.kind),
		amount: decimal(order.amount),
		units: decimal(order.units),
		currency: <[u8; 3]>::try_from(order.currency.as_bytes()).ok(),
		placed_at: Some(order.placed),
		product_risk: terms.risk,
		product_status: terms.status,
	}
}

/// The terms of the products, kept for about a block.
pub struct TermsCache {
	client: Client,
	products: HashMap<String, Terms>,
	fetched: HashSet<String>,
	channels: Vec<Channel>,
	since: Option<Instant>,
}

impl TermsCache {
	/// An empty cache over this node.
	pub fn new(client: Client) -> Self {
		TermsCache {
			client,
			products: HashMap::new(),
			fetched: HashSet::new(),
			channels: Vec::new(),
			since: None,
		}
	}

	/// Makes sure that the terms of these products are there and fresh.
	///
	/// # Errors
	/// The node does not answer, or its clauses cannot be read: then nothing may be sent.
	pub async fn prepare(&mut self, products: impl IntoIterator<Item = &str>) -> Result<()> {
		if self.since.is_none_or(|since| since.elapsed() > MAX_AGE) {
			self.channels = self.client.channels().await?;
			self.products.clear();
			self.fetched.clear();
			self.since = Some(Instant::now());
		}
		for product in products {
			if !self.fetched.contains(product) {
				if let Some(terms) = self.fetch(product).await? {
					self.products.insert(product.into(), terms);
				}
				self.fetched.insert(product.into());
			}
		}
		Ok(())
	}

	/// The terms of a product that was prepared; `None` where no channel has it.
	pub fn get(&self, product: &str) -> Option<&Terms> {
		self.products.get(product)
	}

	async fn fetch(&self, product: &str) -> Result<Option<Terms>> {
		let entry = self
			.channels
			.iter()
			.filter(|channel| channel.side == Side::Seller)
			.find_map(|channel| channel.products.iter().find(|p| p.id == product).map(|p| (channel, p)));
		let Some((channel, entry)) = entry else { return Ok(None) };
		let in_force = self.client.clauses_for_product(product).await?;
		let agreement = in_force
			.into_iter()
			.find(|c| c.channel == channel.id)
			.and_then(|c| c.agreement);
		let (clause_version, clauses) = match agreement {
			Some(agreement) => (agreement.id, decode_clauses(agreement.id, &agreement.encoded)?),
			None => (0, Clauses::default()),
		};
		Ok(Some(Terms {
			issuer: channel.issuer,
			risk: ProductRisk::from_level(entry.risk),
			status: status_of(&entry.status),
			clause_version,
			clauses,
		}))
	}
}

fn decode_clauses(id: u32, encoded: &str) -> Result<Clauses> {
	let unreadable = |why: String| Error::Node(format!("agreement {id}: clauses cannot be read: {why}"));
	let bytes = hex::decode(encoded.trim_start_matches("0x")).map_err(|e| unreadable(e.to_string()))?;
	Clauses::decode_all(&mut &bytes[..]).map_err(|e| unreadable(e.to_string()))
}

fn status_of(name: &str) -> Option<ProductStatus> {
	match name {
		"offering" => Some(ProductStatus::Offering),
		"open" => Some(ProductStatus::Open),
		"suspended" => Some(ProductStatus::Suspended),
		"closed" => Some(ProductStatus::Closed),
		_ => None,
	}
}
