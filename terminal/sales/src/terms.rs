// SPDX-License-Identifier: Apache-2.0

//! What an order for a product must meet, asked of the node.

use crate::error::Result;
use codec::DecodeAll;
use sealane_primitives::{
	business::Currency,
	clauses::{Clauses, ProductRisk},
	directory::ProductStatus,
};
use sealane_sdk::{
	types::{Channel, Side},
	Client,
};
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
	/// The product's currency.
	pub currency: Option<Currency>,
	/// The agreement in force; 0 where none is.
	pub clause_version: u32,
	/// Its clauses, or why they cannot be read.
	pub clauses: Result<Clauses, String>,
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

	/// The channel over which orders for this product go; none before it was prepared, or where no channel has it.
	pub fn channel(&self, product: &str) -> Option<&Channel> {
		self.channels
			.iter()
			.filter(|channel| channel.side == Side::Seller)
			.find(|channel| channel.products.iter().any(|p| p.id == product))
	}

	/// Makes sure that the terms of these products are there and fresh.
	///
	/// # Errors
	/// The node does not answer: then nothing may be sent.
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
			Some(agreement) => (agreement.id, decode_clauses(&agreement.encoded)),
			None => (0, Ok(Clauses::default())),
		};
		Ok(Some(Terms {
			issuer: channel.issuer,
			risk: ProductRisk::from_level(entry.risk),
			status: status_of(&entry.status),
			currency: <[u8; 3]>::try_from(entry.currency.as_bytes()).ok(),
			clause_version,
			clauses,
		}))
	}
}

fn decode_clauses(encoded: &str) -> Result<Clauses, String> {
	let unreadable = |why: String| format!("the clauses cannot be read by this release: {why}");
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
