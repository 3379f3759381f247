// SPDX-License-Identifier: Apache-2.0

//! Realistic input from a seed: customers and orders of two banks, rules and opening holdings of three issuers, clauses, and
//! a manifest with the true counts, so that whoever plays it through can check every figure.
//!
//! The same seed and sizes give the same bytes, on every machine and in every release.

pub mod catalogue;
mod clauses;
mod customers;
mod manifest;
mod names;
mod orders;
mod rng;
mod rules;

pub use clauses::ClauseFile;
pub use customers::{Flaw, SampleCustomer};
pub use manifest::{Counts, FileCounts, Manifest};

use rng::Rng;
use sealane_terminal_core::error::{Error, Result};
use std::path::Path;

/// The business day of every sample order, a Monday.
pub const BUSINESS_DAY: &str = "2026-03-02";

/// Sizes of a sample.
#[derive(Clone, Copy, Debug)]
pub struct SampleSize {
	/// Lines of orders in all files together, malformed and repeated ones included.
	pub orders: u64,
	/// Customers of both banks together.
	pub customers: u64,
}

impl SampleSize {
	/// With as many customers as are plausible for so many orders.
	pub fn of_orders(orders: u64) -> Self {
		SampleSize {
			orders,
			customers: (orders / 20).max(60),
		}
	}

	fn check(self) -> Result<()> {
		for (field, value, least, most) in [
			("orders", self.orders, 100, 100_000_000),
			("customers", self.customers, 20, 10_000_000),
		] {
			if !(least..=most).contains(&value) {
				return Err(Error::invalid(field, value.to_string(), format!("{least} to {most}")));
			}
		}
		Ok(())
	}
}

/// Writes a sample into `out`, which must not hold one yet; answers its manifest.
///
/// # Errors
/// A size is out of range, or a file cannot be written.
pub fn write(seed: u64, size: SampleSize, out: &Path) -> Result<Manifest> {
	size.check()?;
	let manifest_path = out.join("manifest.json");
	if manifest_path.exists() {
		return Err(Error::invalid(
			"out",
			out.display().to_string(),
			"a folder without a manifest.json",
		));
	}
	let mut manifest = Manifest::new(seed, size);
	let mut holdings = rules::Holdings::default();
	let mut blocked = rules::RejectLists::default();
	for (index, seller) in catalogue::SELLERS.iter().enumerate() {
		let share = |total: u64| if index == 0 { total.div_ceil(2) } else { total / 2 };
		let people = customers::generate(seller, share(size.customers), &mut Rng::new(seed, 10 + index as u64));
		let folder = create(&out.join(seller.key))?;
		put(&folder.join("customers.ndjson"), &customers::ndjson(&people))?;
		blocked.add(&people);

		let lines = share(size.orders);
		// The second bank has a branch whose system writes CSV.
		let csv = if index == 1 { lines / 5 } else { 0 };
		let mut rng = Rng::new(seed, 20 + index as u64);
		let mut book = orders::Generator::new(seller, &people, &mut rng, &mut holdings);
		let counts = book.ndjson(lines - csv, &folder.join("orders.ndjson"))?;
		manifest.add_file(seller.key, "orders.ndjson", counts);
		if csv > 0 {
			let counts = book.csv(csv, &folder.join("orders.csv"))?;
			manifest.add_file(seller.key, "orders.csv", counts);
		}
		manifest.add_customers(seller.key, &people);
	}
	for issuer in &catalogue::ISSUERS {
		let folder = create(&out.join(issuer.key))?;
		put(&folder.join("rules.toml"), &rules::toml(issuer, &blocked))?;
		put(&folder.join("holdings.csv"), &holdings.csv(issuer, seed))?;
	}
	let folder = create(&out.join("clauses"))?;
	for file in clauses::all() {
		put(&folder.join(&file.name), &file.json()?)?;
	}
	let text = serde_json::to_string_pretty(&manifest).map_err(|e| Error::invalid("manifest", "", e.to_string()))?;
	put(&manifest_path, &format!("{text}\n"))?;
	Ok(manifest)
}

fn create(path: &Path) -> Result<std::path::PathBuf> {
	std::fs::create_dir_all(path).map_err(Error::file(path))?;
	Ok(path.into())
}

fn put(path: &Path, text: &str) -> Result<()> {
	std::fs::write(path, text).map_err(Error::file(path))
}

#[cfg(test)]
mod tests;
