// SPDX-License-Identifier: Apache-2.0

//! The courier keys of both sides rotate while orders flow between them, with the commands that operators type: no packet is
//! refused, no order is lost, and what the old keys signed is still proven after they are gone.

use crate::{
	common::{confirming, open_network, order_at, purchase, LIMIT},
	flow::{confirmed_once, one_leaf_each, spawn_confirming, spawn_submitting},
};
use sealane_localnet::{
	consortium::{Consortium, Institution, Plan},
	terminals::{Args, Terminals},
	wait::{until, Look},
	Error, Result,
};
use sealane_sdk::types::{CourierKey, OrderStage};
use serde_json::Value;
use std::{
	collections::BTreeSet,
	path::{Path, PathBuf},
	time::Duration,
};
use tokio::sync::watch;

/// Blocks from the newest one to the first of the new keys: time for both announcements, on a slow machine too.
const NOTICE: u32 = 20;
/// Blocks after that for which the old keys hold on: the fewest that the chain takes.
const OVERLAP: u32 = 30;
/// Blocks after the end of the old keys for which orders still flow.
const AFTER: u32 = 5;
/// Time between two requests of the seller.
const PACE: Duration = Duration::from_millis(250);

#[tokio::test(flavor = "multi_thread")]
async fn courier_keys_rotate_while_orders_flow() {
	let folder = tempfile::tempdir().unwrap();
	let mut network = open_network(folder.path(), Plan::Pair).await.unwrap();
	let terminals = Terminals::new(&folder.path().join("terminals")).unwrap();
	let first_keys = keys_of_all(&network).await.unwrap();

	let (stop, stopped) = watch::channel(false);
	let (submit, confirm) = {
		let (seller, issuer) = both(&network).unwrap();
		let confirm = spawn_confirming(issuer.client().unwrap(), "rotation".into());
		let order = purchase("flow", issuer);
		(
			spawn_submitting(seller.client().unwrap(), order, PACE, stopped),
			confirm,
		)
	};
	let early = "flow-0-0";
	let seller = both(&network).unwrap().0.client().unwrap();
	order_at(&seller, early, OrderStage::Finalised).await.unwrap();

	// Each operator adds a pair and starts the node again, then the member announces the pair.
	for index in 0..network.institutions.len() {
		undisturbed(&network.institutions[index]).await.unwrap();
		network.institutions[index].node.add_courier_key().unwrap();
		network.institutions[index].node.restart().await.unwrap();
	}
	network.reconnect().await.unwrap();
	let ends = announce(&network, &terminals, folder.path()).await.unwrap();
	let next_keys = keys_of_all(&network).await.unwrap();
	for who in &network.institutions {
		at_block(who, ends + AFTER).await.unwrap();
	}

	stop.send_replace(true);
	let sent: BTreeSet<String> = submit.await.unwrap().unwrap().into_iter().collect();
	println!("{} orders while the keys rotated", sent.len());
	for id in &sent {
		order_at(&seller, id, OrderStage::Finalised).await.unwrap();
	}
	confirm.abort();
	let (from, to) = both(&network).unwrap();
	confirmed_once(from, &sent).await.unwrap();
	one_leaf_each(from, to, &sent).await.unwrap();
	for who in &network.institutions {
		undisturbed(who).await.unwrap();
	}

	// The old pairs go, and are not missed.
	for (who, old) in network.institutions.iter_mut().zip(&first_keys) {
		who.node.remove_courier_key(&old.signing).unwrap();
		who.node.restart().await.unwrap();
	}
	let (from, to) = both(&network).unwrap();
	let late = "after-the-rotation";
	confirming(to, async {
		seller.submit_orders(&[purchase(late, to)], late).await?;
		order_at(&seller, late, OrderStage::Finalised).await
	})
	.await
	.unwrap();
	let signers = |keys: &[CourierKey]| (keys[1].signing.clone(), keys[0].signing.clone());
	for (order, keys) in [(early, &first_keys), (late, &next_keys)] {
		let file = folder.path().join(format!("{order}.json"));
		let signed_by = proven(&terminals, from, to, order, &file).await.unwrap();
		assert_eq!(signed_by, signers(keys), "issuer's and seller's keys of {order}");
	}
	network.ensure_running().unwrap();
}

/// The seller and the issuer.
fn both(network: &Consortium) -> Result<(&Institution, &Institution)> {
	match &network.institutions[..] {
		[seller, issuer] => Ok((seller, issuer)),
		others => Err(Error::Unexpected(format!("{} institutions", others.len()))),
	}
}

/// The newest pair in the key file of each node, as the running node knows it.
async fn keys_of_all(network: &Consortium) -> Result<Vec<CourierKey>> {
	let mut all = Vec::new();
	for who in &network.institutions {
		let newest = who.client()?.status().await?.keys.pop();
		all.push(newest.ok_or_else(|| Error::Unexpected(format!("{} has no courier key", who.name)))?);
	}
	Ok(all)
}

/// Both members announce the newest pair of their nodes. Gives the first block in which the old pairs hold no longer.
async fn announce(network: &Consortium, terminals: &Terminals, folder: &Path) -> Result<u32> {
	let valid_from = network.chain().best_block().await? + NOTICE;
	let _turn = network.own_turn().await;
	for who in &network.institutions {
		let keys = folder.join(format!("{}-keys.json", who.key));
		std::fs::write(&keys, who.node.courier_keys()?).map_err(Error::io("cannot write the public keys"))?;
		let rotate = |node: u32| {
			Args::new("node rotate-keys --wait in-block")
				.option("--rpc", who.node.rpc_url())
				.option("--suri", who.suri.as_str())
				.option("--node", node.to_string())
				.option("--keys", &keys)
				.option("--valid-from", valid_from.to_string())
				.option("--overlap", OVERLAP.to_string())
		};
		let done: Value = terminals.json(rotate(who.node_id)).await?;
		assert!(done["events"].to_string().contains("KeysAnnounced"), "{done}");
		// Once more by mistake: the chain has them.
		let again = terminals.output(&rotate(who.node_id)).await?;
		let error = String::from_utf8_lossy(&again.stderr).into_owned();
		assert!(!again.status.success() && error.contains("a new pair"), "{error}");
	}
	Ok(valid_from + OVERLAP)
}

async fn at_block(who: &Institution, block: u32) -> Result<()> {
	let client = who.client()?;
	until(&format!("{} is at block {block}", who.name), LIMIT, || async {
		let status = client.status().await?;
		assert!(status.keys_valid, "{status:?}");
		Ok(if status.block >= block {
			Look::Found(())
		} else {
			Look::NotYet(format!("block {}", status.block))
		})
	})
	.await
}

/// Since its start, the node has refused no envelope, none of its own was refused, and nobody did anything wrong in its eyes.
/// That a partner is away while it starts again is no refusal.
async fn undisturbed(who: &Institution) -> Result<()> {
	let told = who.metrics().await?;
	let count = |name: &str, labels: &[&str]| told.sum(&format!("sealane_courier_{name}"), labels);
	let refused = count("envelopes_refused_total", &[]);
	let wrong = count("misbehaviour_total", &[]);
	let failed = count("send_failures_total", &[]);
	let away = count("send_failures_total", &["reason=\"transport\""]);
	let busy = count("send_failures_total", &["reason=\"busy\""]);
	assert_eq!((refused, wrong, failed - away - busy), (0.0, 0.0, 0.0), "{}", who.name);
	Ok(())
}

/// Fetches the evidence of an order from the seller's node and has the issuer's chain state judge it; gives the keys that signed it:
/// issuer's, seller's.
async fn proven(
	terminals: &Terminals,
	seller: &Institution,
	issuer: &Institution,
	order: &str,
	file: &PathBuf,
) -> Result<(String, String)> {
	let get = Args::new("evidence get")
		.with(order)
		.option("--node", seller.node.folder())
		.option("--output", file);
	terminals.json::<Value>(get).await?;
	let verify = Args::new("evidence verify")
		.with(file)
		.option("--node-rpc", issuer.node.rpc_url());
	let report: Value = terminals.json(verify).await?;
	assert_eq!(report["verdict"], "verified", "{report}");
	assert_eq!(report["warnings"], serde_json::json!([]), "{report}");
	let text = std::fs::read(file).map_err(Error::io("cannot read the evidence"))?;
	let pack: Value = serde_json::from_slice(&text).map_err(|e| Error::Unexpected(e.to_string()))?;
	let key = |who: &str| pack["batch"][who]["key"].as_str().unwrap_or_default().to_string();
	Ok((key("issuer"), key("seller")))
}
