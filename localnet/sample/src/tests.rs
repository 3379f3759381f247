// SPDX-License-Identifier: Apache-2.0

//! The manifest tells the truth: every figure is found again by the terminals' own reading, clauses and rules.

use super::*;
use sealane_issuer::{books::BookOrder, decide, Books, Decision, Opening, Prices, Received, Rules};
use sealane_primitives::{clauses::ProductRisk, registration::Stated};
use sealane_sales::{
	customers::CustomerBook,
	orders,
	qualify::{self, Verdict},
	terms::Terms,
};
use std::{
	collections::{BTreeMap, BTreeSet, HashMap, HashSet},
	path::PathBuf,
};

const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/sample");

fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
	let mut found = BTreeMap::new();
	let mut folders = vec![folder.to_path_buf()];
	while let Some(next) = folders.pop() {
		for entry in std::fs::read_dir(next).unwrap() {
			let path = entry.unwrap().path();
			if path.is_dir() {
				folders.push(path);
			} else {
				found.insert(
					path.strip_prefix(folder).unwrap().to_path_buf(),
					std::fs::read(&path).unwrap(),
				);
			}
		}
	}
	found
}

fn made(seed: u64, orders: u64, customers: u64) -> (Manifest, tempfile::TempDir) {
	let dir = tempfile::tempdir().unwrap();
	let manifest = write(seed, SampleSize { orders, customers }, dir.path()).unwrap();
	(manifest, dir)
}

/// The terms of every product, its own clauses before those of its type before those for all.
fn terms() -> HashMap<&'static str, Terms> {
	let files = clauses::all();
	catalogue::products()
		.map(|(issuer, product)| {
			let agreed = |scope: &str, of: &str| {
				files
					.iter()
					.find(|f| f.scope == scope && f.of == of && f.issuers.contains(&catalogue::ISSUERS[issuer].key))
			};
			let file = agreed("product", product.id)
				.or_else(|| agreed("product_type", product.product_type))
				.or_else(|| agreed("all", ""))
				.unwrap();
			let terms = Terms {
				issuer: issuer as u32,
				risk: ProductRisk::from_level(product.risk),
				status: Some(product.status),
				currency: product.currency.as_bytes().try_into().ok(),
				clause_version: 1,
				clauses: Ok(file.clauses().unwrap()),
			};
			(product.id, terms)
		})
		.collect()
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
	let (_, first) = made(7, 500, 60);
	let (_, second) = made(7, 500, 60);
	assert_eq!(files(first.path()), files(second.path()));
	let (_, other) = made(8, 500, 60);
	assert_ne!(files(first.path()), files(other.path()));
}

#[test]
fn the_checked_in_example_is_what_the_generator_makes() {
	let (_, dir) = made(1, 400, 120);
	let expected = files(dir.path());
	let found = files(Path::new(EXAMPLES));
	assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
	for (name, bytes) in &expected {
		assert!(
			found.get(name) == Some(bytes),
			"examples/sample/{} differs: sealane-localnet sample --seed 1 --orders 400 --customers 120 --out examples/sample",
			name.display()
		);
	}
}

#[test]
fn sizes_out_of_range_and_used_folders_are_refused() {
	let dir = tempfile::tempdir().unwrap();
	for (orders, customers, field) in [(10, 60, "orders"), (500, 5, "customers")] {
		let error = write(1, SampleSize { orders, customers }, dir.path())
			.unwrap_err()
			.to_string();
		assert!(error.starts_with(field), "{error}");
	}
	write(1, SampleSize::of_orders(200), dir.path()).unwrap();
	assert!(write(1, SampleSize::of_orders(200), dir.path()).is_err());
}

#[test]
fn the_manifest_tells_the_truth() {
	for seed in 1..=4 {
		let (manifest, dir) = made(seed, 4_000, 300);
		check_manifest(&manifest, dir.path());
	}
}

/// Reads, judges and decides every order, and compares with the manifest.
fn check_manifest(manifest: &Manifest, folder: &Path) {
	let terms = terms();
	let rules: Vec<Rules> = catalogue::ISSUERS
		.iter()
		.map(|i| Rules::read(&folder.join(i.key).join("rules.toml")).unwrap())
		.collect();
	let mut books: Vec<Books> = rules.iter().map(opened).collect();
	let mut total = Counts::default();
	for (number, seller) in catalogue::SELLERS.iter().enumerate() {
		let seller_number = number as u32;
		let book = CustomerBook::read(&folder.join(seller.key).join("customers.ndjson")).unwrap();
		// Everybody whom an issuer does not refuse is registered with it before the first order.
		for (rules, books) in rules.iter().zip(&mut books) {
			let registered = book.iter().map(|customer| &customer.reference);
			for reference in registered.filter(|r| !rules.reject.registrations_of.contains(*r)) {
				books.customers.insert((seller_number, reference.clone()), "A1".into());
			}
		}
		let mut seen = HashSet::new();
		for file in manifest.files.iter().filter(|f| f.seller == seller.key) {
			let mut counts = Counts::default();
			for line in orders::read_all(&folder.join(seller.key).join(file.file)).unwrap() {
				counts.read += 1;
				let Ok(order) = line.order else {
					counts.malformed += 1;
					continue;
				};
				if !seen.insert(order.id.clone()) {
					counts.duplicates += 1;
					continue;
				}
				let issuer = terms[order.product.as_str()].issuer as usize;
				let registered = !rules[issuer].reject.registrations_of.contains(&order.customer);
				let registration = registered.then_some(Stated {
					commitment: [1; 32],
					salt: [2; 32],
				});
				let customer = book.get(&order.customer);
				let facts = match qualify::check(&order, terms.get(order.product.as_str()), customer, registration) {
					Verdict::Qualifies { facts, .. } => facts,
					Verdict::Fails { failed, .. } => {
						assert_eq!(failed.len(), 1, "{}: fails exactly one clause: {failed:?}", order.id);
						counts.unqualified += 1;
						*counts.unqualified_by_clause.entry(failed[0].code.clone()).or_default() += 1;
						continue;
					}
				};
				counts.submitted += 1;
				*counts.submitted_by_kind.entry(order.kind.as_str().into()).or_default() += 1;
				let sent = serde_json::from_str(&order.stamped(1, &facts)).unwrap();
				execute(
					&rules[issuer],
					&mut books[issuer],
					seller_number,
					&order.stamped(1, &facts),
					&sent,
					&mut counts,
				);
			}
			assert_eq!(counts, file.counts, "{}/{}", seller.key, file.file);
			total.read += counts.read;
		}
		let flawed: u64 = manifest.sellers[number].flawed.values().sum();
		assert_eq!(flawed, manifest.sellers[number].customers * 3 / 100);
		assert_eq!(manifest.sellers[number].customers, book.len() as u64);
	}
	assert_eq!(total.read, manifest.size.orders);
	let t = &manifest.total;
	assert_eq!(t.read, t.malformed + t.duplicates + t.unqualified + t.submitted);
	assert_eq!(t.submitted, t.confirmed + t.rejected);
	assert!(t.malformed > 0 && t.duplicates > 0 && t.unqualified > 0 && t.rejected > 0);
	let kinds: BTreeSet<&str> = t.submitted_by_kind.keys().map(String::as_str).collect();
	let all = [
		"cancellation",
		"custody_transfer",
		"dividend_method",
		"non_trade_transfer",
		"purchase",
		"redemption",
		"subscription",
		"switch",
	];
	assert_eq!(kinds.into_iter().collect::<Vec<_>>(), all);
}

/// Books with the opening holdings; the sellers are numbered in the order of the catalogue.
fn opened(rules: &Rules) -> Books {
	let opening = Opening::read(rules.opening_holdings.as_ref().unwrap()).unwrap();
	let mut books = Books::default();
	for (number, seller) in catalogue::SELLERS.iter().enumerate() {
		for (customer, product, units) in opening.by_seller.get(seller.name).into_iter().flatten() {
			books
				.holdings
				.insert((number as u32, customer.clone(), product.clone()), *units);
		}
	}
	books
}

fn execute(
	rules: &Rules,
	books: &mut Books,
	seller: u32,
	text: &str,
	order: &sealane_sdk::types::Order,
	counts: &mut Counts,
) {
	let from = Received {
		seller,
		channel: seller,
		// Long after the fixed day of the sample's orders: its rules take the day that the seller states.
		at_ms: 1_800_000_000_000,
	};
	let Decision::Answer(confirmation) = decide(rules, &Prices::default(), books, from, order) else {
		panic!("{}: waits", order.id);
	};
	let rejected = confirmation.outcome == sealane_sdk::types::Outcome::Rejected;
	let code = confirmation.reason.as_ref().map(|r| r.code.clone()).unwrap_or_default();
	if rejected {
		counts.rejected += 1;
		*counts.rejected_by_code.entry(code.clone()).or_default() += 1;
	} else {
		counts.confirmed += 1;
	}
	let row = BookOrder {
		seller,
		id: order.id.clone(),
		channel: seller,
		kind: order.kind.as_str().into(),
		product: order.product.clone(),
		customer: order.customer.clone(),
		order_text: text.into(),
		outcome: if rejected { "rejected" } else { "accepted" }.into(),
		reason_code: code,
		deal: confirmation.deal.clone().unwrap_or_default(),
		units: confirmation.units.clone().unwrap_or_default(),
		amount: confirmation.amount.clone().unwrap_or_default(),
		trade_date: confirmation.trade_date.clone().unwrap_or_default(),
		cancelled_by: String::new(),
		confirmation_text: String::new(),
		received_at: 0,
	};
	books.orders.insert((seller, order.id.clone()), row);
}
