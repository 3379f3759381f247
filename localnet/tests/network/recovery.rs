// SPDX-License-Identifier: Apache-2.0

//! `kill -9` of either trading node at random moments while orders and confirmations flow: nothing is lost, nothing happens
//! twice.

use crate::common::*;
use crate::flow::{confirmed_once, one_leaf_each, spawn_confirming, spawn_submitting};
use rand::Rng;
use sealane_localnet::consortium::Plan;
use sealane_sdk::types::OrderStage;
use std::{collections::BTreeSet, time::Duration};
use tokio::sync::watch;

/// Kills of the loop; `SEALANE_KILLS` asks for more.
const KILLS: u32 = 6;
/// Time between two requests while the node is there.
const PACE: Duration = Duration::from_millis(20);

fn kills() -> u32 {
	std::env::var("SEALANE_KILLS")
		.ok()
		.and_then(|text| text.parse().ok())
		.unwrap_or(KILLS)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_order_is_confirmed_exactly_once_however_often_the_nodes_are_killed() {
	let folder = tempfile::tempdir().unwrap();
	let mut network = open_network(folder.path(), Plan::Five).await.unwrap();
	let (seller, issuer) = {
		let seller = network.sellers().next().unwrap().key;
		(seller, network.issuers().next().unwrap().key)
	};
	let mut sent: BTreeSet<String> = BTreeSet::new();
	let rounds = kills();
	for round in 0..rounds {
		let victim = if round % 2 == 0 { seller } else { issuer };
		let flow = {
			let (seller, issuer) = (network.by_key(seller).unwrap(), network.by_key(issuer).unwrap());
			let (stop, stopped) = watch::channel(false);
			let confirm = spawn_confirming(issuer.client().unwrap(), format!("round-{round}"));
			let purchase_of = purchase(&format!("round-{round}"), issuer);
			let submit = spawn_submitting(seller.client().unwrap(), purchase_of, PACE, stopped);
			(stop, submit, confirm)
		};
		// Orders and confirmations flow; the node dies at a random moment, comes back, and they flow on.
		tokio::time::sleep(Duration::from_millis(rand::thread_rng().gen_range(0..1_500))).await;
		let node = &mut network.by_key_mut(victim).unwrap().node;
		node.restart().await.unwrap();
		let (stop, submit, confirm) = flow;
		stop.send_replace(true);
		sent.extend(submit.await.unwrap().unwrap());
		confirm.abort();
	}
	println!("{rounds} kills, {} orders", sent.len());
	let seller = network.by_key(seller).unwrap();
	let issuer = network.by_key(issuer).unwrap();
	let client = seller.client().unwrap();
	confirming(issuer, async {
		for id in &sent {
			order_at(&client, id, OrderStage::Finalised).await?;
		}
		Ok(())
	})
	.await
	.unwrap();
	confirmed_once(seller, &sent).await.unwrap();
	one_leaf_each(seller, issuer, &sent).await.unwrap();
	network.ensure_running().unwrap();
}
