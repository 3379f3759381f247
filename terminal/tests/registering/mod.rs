// SPDX-License-Identifier: Apache-2.0

//! Customers' registrations: with whom, when, and what orders say of them.

use crate::{until, World, PATIENCE, QUIET};
use sealane_sales::{
	self as sales,
	db::{RecordFilter, RegistrationFilter},
	RegisterConfig, Registering, SalesConfig, Source, Until, Who,
};
use sealane_sample::catalogue;
use sealane_sdk::types::InboxKind;
use std::collections::BTreeSet;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn customers_are_registered_with_their_first_order_and_nobody_else() {
	let world = World::new(400).await;
	let _issuers = world.issuers().await;
	let config = SalesConfig {
		registering: Registering::OnFirstOrder,
		..world.config(0, "orders.ndjson", Until::Confirmed)
	};
	world.run(0, config, std::future::pending()).await.unwrap();
	let expected = world.counts(0, "orders.ndjson").clone();
	let db = world.db("harbour-bank").await;
	let settled = until("the orders did not follow their registrations", || async {
		let figures = db.figures(None).await.unwrap();
		db.waiting().await.unwrap().0 == 0 && figures.submitted > 0 && figures.submitted == figures.records
	});
	let figures = world.run(0, SalesConfig::new(Source::None), settled).await.unwrap();
	// Some orders were taken back before they were sent, because their cancellation stood in the same file; all others went.
	let sent = figures.submitted + figures.cancelled;
	assert!(figures.confirmed > 0 && sent >= expected.submitted, "{figures:?}");
	let all = RecordFilter {
		limit: 10_000,
		..RecordFilter::default()
	};
	let records = db.records(&all).await.unwrap();
	for issuer in 2..5 {
		let customers_of = |kind| -> BTreeSet<String> {
			let entries = world.exchange.entries(issuer, kind).into_iter();
			entries
				.map(|entry| entry["customer"].as_str().unwrap().into())
				.collect()
		};
		let (registered, ordered) = (customers_of(InboxKind::Registration), customers_of(InboxKind::Order));
		// Whose order was taken back between registration and sending is registered, and no order of theirs came.
		let in_the_file = records.iter().filter(|record| record.issuer == i64::from(issuer));
		let in_the_file: BTreeSet<String> = in_the_file.map(|record| record.customer.clone()).collect();
		assert!(!ordered.is_empty() && ordered.is_subset(&registered), "{ordered:?}");
		let others: Vec<_> = registered.difference(&in_the_file).collect();
		assert!(others.is_empty(), "registered without an order: {others:?}");
		assert!(in_the_file.len() < world.book(0).len(), "not everybody orders");
	}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn orders_state_the_registration_and_wait_where_the_chain_has_closed_it() {
	let world = World::new(200).await;
	let _issuers = world.issuers().await;
	world.register(0).await;
	world.sell(0, "orders.ndjson", Until::Confirmed).await;
	let stated = |order: &serde_json::Value| {
		let registration = order["facts"]["registration"].clone();
		serde_json::from_value::<sealane_primitives::registration::Stated>(registration)
	};
	let mut sent = 0;
	for issuer in 2..5 {
		for order in world.exchange.entries(issuer, InboxKind::Order) {
			let stated = stated(&order).unwrap_or_else(|error| panic!("{order}: {error}"));
			let customer = order["customer"].as_str().unwrap();
			assert!(stated.is_of(issuer, 0, customer.as_bytes()), "{order}");
			sent += 1;
		}
	}
	assert!(sent > 0);

	// Another seller's customers all leave before they order.
	world.register(1).await;
	world.exchange.close_registrations();
	let db = world.db(catalogue::SELLERS[1].key).await;
	let read = until("the file was not read", || async {
		let imports = db.figures(None).await.unwrap();
		imports.unqualified > 0 && imports.orders_read == world.counts(1, "orders.ndjson").read
	});
	let config = world.config(1, "orders.ndjson", Until::Confirmed);
	let figures = world.run(1, config, read).await.unwrap();
	assert_eq!((figures.submitted, figures.confirmed), (0, 0), "{figures:?}");
	assert!(figures.unqualified_by_clause["registered"] > 0, "{figures:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_registration_that_was_refused_is_made_again_under_its_id() {
	let world = World::new(200).await;
	let _issuers = world.issuers().await;
	world.exchange.suspend(true);
	let db = world.db("harbour-bank").await;
	let config = RegisterConfig {
		who: Who::All,
		wait: true,
		timeout: Some(PATIENCE),
		..RegisterConfig::default()
	};
	let register = || async {
		let (client, db) = (world.client(0), world.db("harbour-bank").await);
		sales::register(client, db, &world.book(0), &config, QUIET)
			.await
			.unwrap()
	};
	let applied = world.manifest.sellers[0].registrations;
	assert_eq!(register().await.states, [("refused".to_string(), applied)].into());
	let ids = || async {
		let all = RegistrationFilter {
			limit: 10_000,
			..RegistrationFilter::default()
		};
		let rows = db.registrations(&all).await.unwrap().into_iter();
		rows.map(|row| row.id).collect::<BTreeSet<_>>()
	};
	let refused = ids().await;
	world.exchange.suspend(false);
	let figures = register().await;
	assert_eq!((figures.applied, figures.states.get("refused")), (applied, None));
	assert_eq!(ids().await, refused, "the same, once each");
	// Nothing is left to do.
	assert_eq!(register().await.applied, 0);
}
