// SPDX-License-Identifier: Apache-2.0

//! Two gateways in front of two real couriers, and the client on both sides.

#![allow(clippy::unwrap_used)]

use futures::StreamExt;
use sealane_courier::testing::{World, GENESIS, ISSUER, SELLER};
use sealane_gateway::{serve, Config, Gateway};
use sealane_primitives::ids::NodeId;
use sealane_sdk::{types::*, Client, ClientBuilder};
use sealane_verifier::EvidencePack;
use std::{sync::Arc, time::Duration};

/// Ends a test in which something never comes, on the slowest of machines.
const PATIENCE: Duration = Duration::from_secs(180);

struct Business {
	client: Client,
	_gateway: Gateway,
	_folder: tempfile::TempDir,
}

async fn business(world: &Arc<World>, node: NodeId) -> Business {
	let folder = tempfile::tempdir().unwrap();
	let handle = world.start(node, &folder.path().join("courier"));
	let gateway = serve(Config::new(folder.path(), 0), handle, std::future::pending())
		.await
		.unwrap();
	let file = sealane_sdk::client::read_gateway_file(folder.path()).unwrap();
	let client = ClientBuilder::new(file.url, file.token).attempts(1).build().unwrap();
	Business {
		client,
		_gateway: gateway,
		_folder: folder,
	}
}

async fn consortium() -> (Arc<World>, Business, Business) {
	let world = World::new(1);
	let seller = business(&world, SELLER).await;
	let issuer = business(&world, ISSUER).await;
	(world, seller, issuer)
}

fn purchase(id: &str) -> Order {
	Order::new(id, BusinessKind::Purchase, "P2", "C-17", "2026-11-24T09:30:00+08:00").with_amount("1000.00", "CNY")
}

/// Entries of the inbox, as many as asked for.
async fn inbox(client: &Client, cursor: &mut Cursor, count: usize) -> Vec<InboxEntry> {
	let mut entries = Vec::new();
	let began = std::time::Instant::now();
	while entries.len() < count {
		assert!(
			began.elapsed() < PATIENCE,
			"only {} of {count} entries came",
			entries.len()
		);
		let page = client.inbox(cursor, 1_000, Duration::from_secs(20)).await.unwrap();
		entries.extend(page.entries);
		*cursor = page.next;
	}
	entries
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn orders_go_to_the_issuer_and_their_answers_come_back() {
	let (_world, seller, issuer) = consortium().await;
	assert!(seller.client.is_ready().await.unwrap());

	let mut unknown = purchase("O-3");
	unknown.product = "X9".into();
	let mut without = purchase("O-4");
	without.amount = None;
	let orders = [purchase("O-1"), purchase("O-2"), unknown, without];
	let report = seller.client.submit_orders(&orders, "window-1").await.unwrap();
	assert_eq!(
		(report.received, report.accepted, report.refused),
		(4, 2, 2),
		"{report:?}"
	);
	let refused: Vec<_> = report
		.refused_entries
		.iter()
		.map(|e| (e.line, e.id.as_deref(), e.field.as_str()))
		.collect();
	assert_eq!(refused, [(3, Some("O-3"), "product"), (4, Some("O-4"), "amount")]);

	// The same request has no further effect, and another under its key is refused.
	assert_eq!(seller.client.submit_orders(&orders, "window-1").await.unwrap(), report);
	let error = seller.client.submit_orders(&orders[..1], "window-1").await.unwrap_err();
	assert_eq!(error.code(), Some(ProblemCode::IdempotencyConflict));
	// The same order in another request takes effect once.
	let again = seller.client.submit_orders(&orders[..1], "window-2").await.unwrap();
	assert_eq!((again.accepted, again.repeated), (0, 1));

	let mut cursor = Cursor::start();
	let entries = inbox(&issuer.client, &mut cursor, 2).await;
	let ids: Vec<_> = entries
		.iter()
		.map(|e| serde_json::from_str::<Order>(e.body.get()).unwrap().id)
		.collect();
	assert_eq!(ids, ["O-1", "O-2"]);
	assert_eq!(
		(entries[0].seller, entries[0].channel, entries[0].interface.as_str()),
		(1, 1, "I2")
	);
	let stage = issuer
		.client
		.order("O-1", Some(entries[0].seller))
		.await
		.unwrap()
		.unwrap();
	assert_eq!(stage.body.get(), entries[0].body.get());

	let mut accepted = Confirmation::new("O-1", Outcome::Accepted);
	accepted.units = Some("950.11".into());
	accepted.nav = Some("1.0525".into());
	let answers = [
		accepted.clone(),
		Confirmation::rejected("O-2", "LIMIT", "above the limit"),
		Confirmation::new("?", Outcome::Accepted),
	];
	let report = issuer.client.submit_confirmations(&answers, "inbox-0").await.unwrap();
	assert_eq!((report.accepted, report.refused), (2, 1), "{report:?}");
	assert_eq!(
		(report.refused_entries[0].line, report.refused_entries[0].id.as_deref()),
		(3, Some("?"))
	);

	let mut events = seller.client.events(Cursor::start());
	let mut confirmed = Vec::new();
	while confirmed.len() < 2 {
		let event = tokio::time::timeout(PATIENCE, events.next())
			.await
			.unwrap()
			.unwrap()
			.unwrap();
		if event.kind == EventKind::Confirmed {
			assert_eq!(event.technical, Some(false));
			confirmed.push(event.read_confirmation().unwrap().unwrap());
		}
	}
	assert_eq!(confirmed[0], accepted);
	assert_eq!(confirmed[1].reason.as_ref().unwrap().code, "LIMIT");

	let order = seller.client.order("O-2", None).await.unwrap().unwrap();
	assert_eq!(order.outcome, Some(Outcome::Rejected));
	assert!(order.stage >= OrderStage::Rejected && order.answer.is_some());
	let trace = seller.client.trace("O-1", None).await.unwrap().unwrap();
	assert!(trace.waiting.is_some(), "nothing is anchored: {trace:?}");
	let error = seller.client.cancel("O-1").await.unwrap_err();
	assert_eq!(error.code(), Some(ProblemCode::AlreadyConfirmed));

	let pack = seller.client.evidence("O-1", None).await.unwrap();
	let pack = EvidencePack::from_json(pack.0.get().as_bytes()).unwrap();
	let verified = pack.verify_local(&GENESIS).unwrap();
	assert_eq!(
		(verified.issuer.0, verified.seller.0, verified.core.count),
		(ISSUER, SELLER, 2)
	);
	assert_eq!(pack.record.order.bytes.0, order_bytes(&orders[0]));
}

fn order_bytes(order: &Order) -> Vec<u8> {
	serde_json::to_vec(order).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_registration_and_a_cancellation_are_asked_and_answered() {
	let (_world, seller, issuer) = consortium().await;
	let person = Person {
		name: "王小明".into(),
		birth_date: Some("1990-05-01".into()),
		..Person::default()
	};
	let registration = Registration::new("R-1", "I2", "C-17", person);
	let report = seller
		.client
		.submit_registrations(std::slice::from_ref(&registration), "r")
		.await
		.unwrap();
	assert_eq!(report.accepted, 1, "{report:?}");
	seller.client.submit_orders(&[purchase("O-1")], "o").await.unwrap();
	assert_eq!(seller.client.cancel("O-1").await.unwrap(), "O-1~cancel");
	assert_eq!(seller.client.cancel("O-1").await.unwrap(), "O-1~cancel");

	let mut cursor = Cursor::start();
	let entries = inbox(&issuer.client, &mut cursor, 3).await;
	let body = |kind| entries.iter().find(|e| e.kind == kind).unwrap().body.get();
	let received: Registration = serde_json::from_str(body(InboxKind::Registration)).unwrap();
	assert_eq!(received, registration);
	let cancellation = entries.iter().find_map(|e| {
		let order: Order = serde_json::from_str(e.body.get()).ok()?;
		(order.kind == BusinessKind::Cancellation).then_some(order)
	});
	assert_eq!(cancellation.unwrap().cancels.as_deref(), Some("O-1"));

	let mut result = RegistrationResult::new("R-1", Outcome::Accepted);
	result.account = Some("9001".into());
	result.commitment = Some("ab".repeat(32));
	let report = issuer
		.client
		.submit_registration_results(&[result.clone()], "rr")
		.await
		.unwrap();
	assert_eq!(report.accepted, 1, "{report:?}");
	let mut events = seller.client.events(Cursor::start());
	let registered = loop {
		let event = tokio::time::timeout(PATIENCE, events.next())
			.await
			.unwrap()
			.unwrap()
			.unwrap();
		if event.kind == EventKind::Registered {
			break event.read_result().unwrap().unwrap();
		}
	};
	assert_eq!(registered, result);
	let status = seller.client.registration("R-1", None).await.unwrap().unwrap();
	assert_eq!(
		(status.kind, status.outcome),
		(BusinessKind::Registration, Some(Outcome::Accepted))
	);
	assert!(
		seller.client.registration("O-1", None).await.unwrap().is_none(),
		"an order is no registration"
	);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_chain_says_is_shown() {
	let (world, seller, issuer) = consortium().await;
	let channels = seller.client.channels().await.unwrap();
	let channel = channels.iter().find(|c| c.id == 1).unwrap();
	assert_eq!(
		(channel.side, channel.authorised, channel.partner.id),
		(Side::Seller, true, 2)
	);
	assert!(channel
		.products
		.iter()
		.any(|p| p.id == "P2" && p.interface == "I2" && p.status == "open" && p.agreement == 0));
	assert_eq!(channel.kinds.len(), BusinessKind::ALL.len());
	assert_eq!(issuer.client.channels().await.unwrap()[0].side, Side::Issuer);
	let clauses = seller.client.clauses_for_product("P2").await.unwrap();
	assert_eq!((clauses[0].channel, clauses[0].agreement.is_none()), (1, true));
	assert!(seller.client.clauses_for_product("X9").await.unwrap().is_empty());
	let status = seller.client.status().await.unwrap();
	assert_eq!((status.node, status.genesis), (Some(SELLER), "5e".repeat(32)));

	world.block(|state| state.channel(1).authorisation = Err(sealane_primitives::directory::Refusal::Suspended));
	let suspended = loop {
		let channels = seller.client.channels().await.unwrap();
		let channel = channels.into_iter().find(|c| c.id == 1).unwrap();
		if !channel.authorised {
			break channel;
		}
		// The courier takes over the new block on its own task.
		tokio::task::yield_now().await;
	};
	assert_eq!(suspended.refusal.as_deref(), Some("suspended"));
}
