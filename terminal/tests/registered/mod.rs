// SPDX-License-Identifier: Apache-2.0

//! The issuer's books follow the chain: who is not registered any more orders nothing, and comes back with a new registration.

use crate::{databases::Databases, purchase, World, PRODUCT};
use sealane_issuer::{books::BooksDb, Desk, WatchedRules};
use serde_json::json;
use std::time::Duration;

/// The seller hands registrations in, each of a customer of its own.
async fn register(world: &World, customers: &[&str], key: &str) {
	let mut body = Vec::new();
	for (number, customer) in customers.iter().enumerate() {
		let registration = json!({
			"id": format!("{key}-{number}"), "interface": "bluedelta.open", "customer": customer,
			"person": { "name": "Somebody", "document": { "kind": "passport", "number": "P-1" } },
		});
		body.extend(format!("{registration}\n").into_bytes());
	}
	let report = world.client(0).submit_registrations_ndjson(body, key).await.unwrap();
	assert_eq!(
		report.accepted as usize,
		customers.len(),
		"{:?}",
		report.refused_entries
	);
}

/// The desk works off what is there.
async fn work(desk: &mut Desk) {
	while desk.page(Duration::from_millis(200)).await.unwrap() {}
}

/// All customers were registered a day ago.
async fn a_day_passes(db: &BooksDb) {
	let mut tx = db.begin().await.unwrap();
	let statement = "UPDATE book_customers SET registered_at = registered_at - 86400000";
	sqlx::query(statement).execute(&mut *tx).await.unwrap();
	tx.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_not_registered_on_chain_any_more_orders_nothing() {
	let world = World::new(|dir| Databases::Sqlite(dir.path().into())).await;
	world.write(
		"rules.toml",
		&format!(
			"cut_off = \"15:00\"\nutc_offset = \"+08:00\"\nrequire_registration = true\n[products.{PRODUCT}]\n\
			 status = \"open\"\ncurrency = \"CNY\"\nnav = \"1\"\n"
		),
	);
	let db = BooksDb::open(&world.databases.url("desk")).await.unwrap();
	let rules = WatchedRules::open(&world.path("rules.toml")).unwrap();
	let mut desk = Desk::open(world.issuers_client(), db.clone(), rules).await.unwrap();
	// Twice on one page is one customer with one account.
	register(&world, &["C1", "C1", "C2"], "first").await;
	work(&mut desk).await;
	let keys = [(0, "C1".to_string()), (0, "C2".to_string())].into();
	let accounts = db.book_customers(&keys).await.unwrap();
	assert_eq!(accounts.len(), 2);

	world.sell(0, &[purchase("A1", "C1")], "orders 1").await;
	work(&mut desk).await;
	a_day_passes(&db).await;
	world.sell(0, &[purchase("A2", "C1")], "orders 2").await;
	work(&mut desk).await;
	world.exchange.close_registrations();
	world
		.sell(0, &[purchase("A3", "C1"), purchase("A4", "C2")], "orders 3")
		.await;
	work(&mut desk).await;
	// A new registration: another receipt, the same account.
	register(&world, &["C1"], "again").await;
	world
		.sell(0, &[purchase("A5", "C1"), purchase("A6", "C2")], "orders 4")
		.await;
	work(&mut desk).await;
	a_day_passes(&db).await;
	world.sell(0, &[purchase("A7", "C1")], "orders 5").await;
	work(&mut desk).await;
	assert_eq!(db.book_customers(&keys).await.unwrap(), accounts);

	let confirmations = world.confirmations(0).await;
	let codes: Vec<(&str, &str)> = confirmations
		.iter()
		.map(|(id, confirmation)| {
			let code = confirmation.reason.as_ref().map_or("", |reason| reason.code.as_str());
			(id.as_str(), code)
		})
		.collect();
	let no = "NOT_REGISTERED";
	assert_eq!(
		codes,
		[
			("A1", ""),
			("A2", ""),
			("A3", no),
			("A4", no),
			("A5", ""),
			("A6", no),
			("A7", "")
		]
	);
}
