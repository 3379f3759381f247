// SPDX-License-Identifier: Apache-2.0

//! A customer's registration counts on the chain: without an open one the issuer's node takes no order, whatever the seller's side says.

use crate::common::{confirming, open_network, order_at, purchase, LIMIT};
use sealane_localnet::{
	consortium::{customers::register, Consortium, Institution, Plan},
	wait::{until, Look},
	Error, Result,
};
use sealane_primitives::{
	clauses::json,
	registration::{self, Stated},
};
use sealane_sample::catalogue::ISSUERS;
use sealane_sdk::types::{Order, OrderStage, OrderStatus, Outcome, RegistrationEnd};
use std::time::Duration;

const CLAUSES: &[u8] = br#"[{"code":"registered","any_of":["registered"]}]"#;
const SALT: [u8; 32] = [7; 32];

/// Time between two orders of the customer who leaves.
const PACE: Duration = Duration::from_millis(300);

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_who_left_trades_no_more_from_the_next_block_on() {
	let folder = tempfile::tempdir().unwrap();
	let mut network = open_network(folder.path(), Plan::Pair).await.unwrap();
	let [seller, issuer] = &network.institutions[..] else {
		panic!("a pair has two institutions");
	};
	let clauses = json::from_json(CLAUSES).unwrap();
	network.amend(seller, issuer, &clauses).await.unwrap();
	let version = clause_version(seller, issuer).await.unwrap();
	let order = |id: &str, facts: serde_json::Value| Order {
		facts: Some(facts),
		clause_version: Some(version),
		..purchase(id, issuer)
	};
	let customer = purchase("any", issuer).customer;

	// Nobody asks the seller's terminal here: its node sends what it is given.
	let word = order("word", serde_json::json!({ "registered": true }));
	let nobody = Stated {
		commitment: registration::commitment(&SALT, issuer.member, seller.member, customer.as_bytes()),
		salt: SALT,
	};
	let early = order("early", serde_json::json!({ "registration": nobody }));
	let client = seller.client().unwrap();
	client.submit_orders(&[word, early], "before").await.unwrap();
	for id in ["word", "early"] {
		let status = order_at(&client, id, OrderStage::Confirmed).await.unwrap();
		assert_eq!(
			status.outcome,
			Some(Outcome::Rejected),
			"{id}: nobody is registered yet"
		);
	}

	let interface = ISSUERS[issuer.catalogue.unwrap_or(0)].products[0].interface;
	let registered = register(seller, issuer, interface, &customer).await.unwrap();
	let commitment = registered.commitment;
	let stated = serde_json::json!({ "registration": registered });
	let closed = async {
		let mut sent = 0;
		submit(seller, &order(&format!("flow-{sent}"), stated.clone())).await?;
		let first = order_at(&client, "flow-0", OrderStage::Confirmed).await?;
		assert_eq!(first.outcome, Some(Outcome::Accepted), "{first:?}");
		let report = issuer.client()?.close_registrations(&[commitment]).await?;
		assert_eq!(report.states, [RegistrationEnd::Closing]);
		// He orders and orders while he leaves.
		loop {
			sent += 1;
			let id = format!("flow-{sent}");
			submit(seller, &order(&id, stated.clone())).await?;
			let answered = order_at(&client, &id, OrderStage::Confirmed).await?;
			if answered.outcome == Some(Outcome::Rejected) {
				return Ok(sent);
			}
			tokio::time::sleep(PACE).await;
		}
	};
	let closed = confirming(issuer, closed);
	let sent: u32 = tokio::time::timeout(LIMIT, closed)
		.await
		.expect("it is closed in time")
		.unwrap();

	let end = closing_block(&network, issuer, commitment).await.unwrap();
	for n in 0..=sent {
		let status = issuer
			.client()
			.unwrap()
			.order(&format!("flow-{n}"), Some(seller.member))
			.await
			.unwrap();
		let status = status.expect("it was answered");
		let block = delivered_at(&status).unwrap();
		let expected = match block < end {
			true => Outcome::Accepted,
			false => Outcome::Rejected,
		};
		assert_eq!(
			status.outcome,
			Some(expected),
			"flow-{n}, judged at block {block}; he left in block {end}"
		);
	}
	// The seller is told, and so is whoever asks.
	let open = client.registrations_open(issuer.member, &[commitment]).await.unwrap();
	assert_eq!(open.open, [false]);
	network.ensure_running().unwrap();
}

/// The agreement in force for the first product of the issuer, once the seller's node knows it.
async fn clause_version(seller: &Institution, issuer: &Institution) -> Result<u32> {
	let product = ISSUERS[issuer.catalogue.unwrap_or(0)].products[0].id;
	until("the clauses are in force", LIMIT, || async {
		let clauses = seller.client()?.clauses_for_product(product).await?;
		let agreement = clauses.into_iter().find_map(|it| it.agreement);
		Ok(agreement.map_or_else(|| Look::NotYet("none yet".into()), |it| Look::Found(it.id)))
	})
	.await
}

async fn submit(seller: &Institution, order: &Order) -> Result<()> {
	let report = seller
		.client()?
		.submit_orders(std::slice::from_ref(order), &order.id)
		.await?;
	match report.accepted {
		1 => Ok(()),
		_ => Err(Error::Unexpected(format!("{}: {report:?}", order.id))),
	}
}

/// The block against whose state the issuer's node judged an order.
fn delivered_at(status: &OrderStatus) -> Result<u32> {
	let delivered = status.steps.iter().find(|step| step.stage == OrderStage::Delivered);
	delivered
		.and_then(|step| step.block)
		.ok_or_else(|| Error::Unexpected(format!("no block: {status:?}")))
}

/// The first block in whose state the registration is not open any more.
async fn closing_block(network: &Consortium, issuer: &Institution, commitment: [u8; 32]) -> Result<u32> {
	let chain = network.chain();
	// The block of its end stands with the receipt.
	let keys = [
		codec::Encode::encode(&issuer.member),
		codec::Encode::encode(&commitment),
	];
	until("the end is final", LIMIT, || async {
		let receipt: Option<(u8, ReceiptStatus, u32)> = chain.storage("Receipts", "Receipts", &keys).await?;
		Ok(match receipt {
			Some((_, ReceiptStatus::Closed(block), _)) => Look::Found(block),
			Some((_, ReceiptStatus::Revoked(block), _)) => {
				return Err(Error::Unexpected(format!("it was revoked in block {block}")))
			}
			Some((_, ReceiptStatus::Open, _)) => Look::NotYet("it is open".into()),
			None => Look::NotYet("there is no receipt".into()),
		})
	})
	.await
}

/// As the chain keeps it.
#[derive(codec::Decode)]
enum ReceiptStatus {
	Open,
	Closed(u32),
	Revoked(u32),
}
