// SPDX-License-Identifier: Apache-2.0

//! Registrations that count: the issuer's node asks the chain, whatever the seller's says.

use super::{confirm_until, stage, Trio};
use crate::{
	api::{ClosingState, OrderStage, Outcome},
	testing::{order, submit, until, ISSUER, SELLER},
};
use sealane_primitives::{
	clauses::json,
	courier_host::CourierHost,
	directory::{AgreementEntry, Scope},
	ids::Digest,
	registration,
};
use std::sync::atomic::Ordering;

/// The salt of every registration of these tests.
const SALT: [u8; 32] = [9; 32];

/// The commitment to the registration of a customer of the seller.
fn commitment(customer: &str) -> Digest {
	registration::commitment(&SALT, ISSUER, SELLER, customer.as_bytes())
}

/// Clause 7 demands a registration; these customers are registered.
async fn agreed(trio: &Trio, customers: &[&str]) {
	trio.world.block(|state| {
		let from = state.block;
		let clauses = br#"[{"code":"known","any_of":["registered"]}]"#;
		state.channel(1).agreements = vec![AgreementEntry {
			id: 7,
			scope: Scope::All,
			version: 1,
			from,
			clauses: json::from_json(clauses).expect("clauses of the test"),
		}];
		for customer in customers {
			state.issue(ISSUER, commitment(customer), true);
		}
	});
	known(trio).await;
}

/// Both nodes know the newest block.
async fn known(trio: &Trio) {
	let block = trio.world.state.lock().block;
	for handle in [&trio.seller, &trio.issuer] {
		until(handle, "the block is known", || handle.status().block >= block).await;
	}
}

/// An order of the customer `c-<id>` with these facts.
fn with_facts(id: &str, facts: &str) -> String {
	order(id, "P2").replace(
		"\"placed_at\"",
		&format!(r#""clause_version":7,"facts":{{{facts}}},"placed_at""#),
	)
}

/// An order whose facts state a commitment.
fn stating(id: &str, commitment: Digest) -> String {
	let (commitment, salt) = (hex::encode(commitment), hex::encode(SALT));
	let registration = format!(r#""registration":{{"commitment":"{commitment}","salt":"{salt}"}}"#);
	// What the seller says of it besides counts nothing.
	with_facts(id, &format!(r#""registered":true,{registration}"#))
}

/// An order of a customer that states his own registration.
fn registered(id: &str) -> String {
	stating(id, commitment(&format!("c-{id}")))
}

fn answer(trio: &Trio, id: &str) -> (Outcome, String) {
	let order = trio.seller.order(id, None).expect("orders are readable");
	let confirmation = order.and_then(|order| order.confirmation).expect("it is answered");
	(
		confirmation.outcome,
		String::from_utf8_lossy(&confirmation.bytes).into_owned(),
	)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seller_that_says_so_has_registered_nobody() {
	let trio = Trio::start(51);
	agreed(&trio, &["c-good", "c-other"]).await;
	let orders = [
		registered("good"),
		// The seller's word alone, a commitment that is not on chain, and another customer's.
		with_facts("word", r#""registered":true"#),
		registered("unknown"),
		stating("borrowed", commitment("c-other")),
	];
	assert_eq!(submit(&trio.seller, &orders).await.accepted, 4);
	confirm_until(&trio.issuer, &trio.seller, 4).await;
	assert_eq!(answer(&trio, "good").0, Outcome::Accepted);
	for id in ["word", "unknown", "borrowed"] {
		let (outcome, text) = answer(&trio, id);
		assert_eq!(outcome, Outcome::Rejected, "{id}");
		assert!(text.contains("clauses.failed") && text.contains("known"), "{text}");
	}
	assert!(answer(&trio, "borrowed").1.contains("not one to this order's customer"));
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_left_trades_no_more_and_nobody_else_is_asked_for_again() {
	let trio = Trio::start(52);
	agreed(&trio, &["c-stays", "c-leaves"]).await;
	let asked = || trio.world.asked.load(Ordering::Relaxed);
	submit(&trio.seller, &[registered("stays"), registered("leaves")]).await;
	confirm_until(&trio.issuer, &trio.seller, 2).await;
	assert_eq!(asked(), 2);

	trio.world.block(|state| state.close(ISSUER, commitment("c-leaves")));
	known(&trio).await;
	let again = |id: &str, customer: &str| {
		registered(customer).replace(&format!("\"id\":\"{customer}\""), &format!("\"id\":\"{id}\""))
	};
	submit(&trio.seller, &[again("stays-2", "stays"), again("leaves-2", "leaves")]).await;
	confirm_until(&trio.issuer, &trio.seller, 4).await;
	assert_eq!(answer(&trio, "stays-2").0, Outcome::Accepted);
	assert_eq!(answer(&trio, "leaves-2").0, Outcome::Rejected);
	assert_eq!(asked(), 3, "only whoever left is asked for again");
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_another_branch_of_the_chain_everything_is_asked_for_again() {
	let trio = Trio::start(53);
	agreed(&trio, &["c-a", "c-b", "c-c"]).await;
	trio.world.block(|state| state.close(ISSUER, commitment("c-c")));
	known(&trio).await;
	submit(&trio.seller, &[registered("a"), registered("b")]).await;
	confirm_until(&trio.issuer, &trio.seller, 2).await;
	// On this branch it is the other customer who left, as the first one and in no later block than the one of before.
	trio.world.block(|state| {
		state.ended.clear();
		state.receipts.insert((ISSUER, commitment("c-c")), (true, true));
		state.close(ISSUER, commitment("c-b"));
	});
	known(&trio).await;
	let again = |customer: &str| registered(customer).replacen(customer, &format!("{customer}2"), 1);
	submit(&trio.seller, &[again("a"), again("b")]).await;
	confirm_until(&trio.issuer, &trio.seller, 4).await;
	assert_eq!(answer(&trio, "a2").0, Outcome::Accepted);
	assert_eq!(answer(&trio, "b2").0, Outcome::Rejected);
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_business_system_ends_is_offered_until_it_is_final_and_survives_a_restart() {
	let mut trio = Trio::start(54);
	agreed(&trio, &["c-open", "c-gone"]).await;
	trio.world.block(|state| {
		state.close(ISSUER, commitment("c-gone"));
		state.issue(ISSUER, commitment("c-no"), false);
	});
	known(&trio).await;
	let ended = ["c-open", "c-gone", "c-no", "c-nobody"].map(commitment);
	let states = trio.issuer.close_registrations(ended.to_vec()).await.expect("is taken");
	assert_eq!(
		states,
		[
			ClosingState::Closing,
			ClosingState::Closed,
			ClosingState::Rejected,
			ClosingState::Unknown
		]
	);
	trio.restart(ISSUER).await;
	let offered = |trio: &Trio| trio.issuer.host().ready_closings(9, 10);
	assert_eq!(offered(&trio), [commitment("c-open")], "it was on disk");
	trio.world.block(|_| ());
	assert_eq!(offered(&trio), [commitment("c-open")], "nothing closed it yet");
	trio.world.block(|state| state.close(ISSUER, commitment("c-open")));
	until(&trio.issuer, "what is final is not offered again", || {
		offered(&trio).is_empty()
	})
	.await;
	trio.restart(ISSUER).await;
	assert!(offered(&trio).is_empty(), "that was on disk, too");
	let open = trio
		.seller
		.registrations_open(ISSUER, ended.to_vec())
		.expect("the chain answers");
	assert_eq!(open.open, [false; 4]);
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_of_one_who_left_while_it_was_on_its_way_is_rejected() {
	let trio = Trio::start(55);
	agreed(&trio, &["c-late"]).await;
	trio.world.network.set_down(ISSUER, true);
	submit(&trio.seller, &[registered("late")]).await;
	trio.world.block(|state| state.close(ISSUER, commitment("c-late")));
	known(&trio).await;
	trio.world.network.set_down(ISSUER, false);
	trio.seller.retry_lane(crate::api::LaneId {
		channel: 1,
		from: SELLER,
		to: ISSUER,
	});
	until(&trio.seller, "it is answered", || {
		stage(&trio.seller, "late") == Some(OrderStage::Hashed)
	})
	.await;
	assert_eq!(answer(&trio, "late").0, Outcome::Rejected);
	trio.stop().await;
}
