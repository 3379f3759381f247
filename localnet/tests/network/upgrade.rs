// SPDX-License-Identifier: Apache-2.0

//! An upgrade of the runtime under trade: with a migration over several blocks, and without a restart of any node. The new runtime's
//! answers have fields that these nodes do not know, and its off-chain worker asks their couriers for a method that they do not have.

use crate::common::{confirming, order_at, purchase, LIMIT};
use sealane_localnet::{
	consortium::{Consortium, Institution},
	wait::{until, Look},
	Error, Result,
};
use sealane_sdk::types::OrderStage;
use serde_json::{json, Value};

/// Blocks from the motion to the upgrade: time to vote and close, on a slow machine too.
const LEAD: u32 = 20;
/// Orders of one request.
const BATCH: usize = 20;

/// Orders flow before, during and after the upgrade; each is confirmed, anchored and final in the end.
pub async fn an_upgrade_loses_no_order(network: &Consortium, seller: &Institution, issuer: &Institution) -> Result<()> {
	let pids: Vec<_> = network.institutions.iter().map(|who| who.node.pid()).collect();
	let before = spec_version(seller).await?;
	let code = sealane_runtime_upgraded::WASM_BINARY
		.ok_or_else(|| Error::Unexpected("the build made no wasm runtime".into()))?;

	let client = seller.client()?;
	let (done, mut upgraded) = tokio::sync::watch::channel(false);
	let trade = async {
		let mut sent = Vec::new();
		let mut last_round = false;
		for round in 0.. {
			let orders: Vec<_> = (0..BATCH)
				.map(|n| purchase(&format!("upgrade-{round}-{n}"), issuer))
				.collect();
			let report = client.submit_orders(&orders, &format!("upgrade-{round}")).await?;
			if report.accepted as usize != BATCH {
				return Err(Error::Unexpected(format!("round {round}: {report:?}")));
			}
			let last = orders.last().map(|o| o.id.clone()).unwrap_or_default();
			sent.extend(orders.into_iter().map(|o| o.id));
			// The next round follows the answer to this one, so that orders are on their way all the time.
			order_at(&client, &last, OrderStage::Confirmed).await?;
			if last_round {
				break;
			}
			last_round = *upgraded.borrow_and_update();
		}
		Ok(sent)
	};
	let govern = async {
		network.upgrade(code.to_vec(), LEAD).await?;
		until("the runtime is one version on", LIMIT, || async {
			let version = spec_version(seller).await?;
			Ok(if version == before + 1 {
				Look::Found(())
			} else {
				Look::NotYet(format!("version {version}"))
			})
		})
		.await?;
		let historic = migrations_done(seller).await?;
		if historic == 0 {
			// The migration takes its own blocks after the upgrade's.
			until("the migration is done", LIMIT, || async {
				Ok(match migrations_done(seller).await? {
					0 => Look::NotYet("none".into()),
					_ => Look::Found(()),
				})
			})
			.await?;
		}
		// Nobody listens once trading has failed, and then its error is what counts.
		let _ = done.send(true);
		Ok::<_, Error>(())
	};
	let sent = confirming(issuer, async {
		let (sent, ()) = futures::future::try_join(trade, govern).await?;
		for id in &sent {
			order_at(&client, id, OrderStage::Finalised).await?;
		}
		Ok(sent)
	})
	.await?;
	assert!(sent.len() >= 2 * BATCH);
	let now: Vec<_> = network.institutions.iter().map(|who| who.node.pid()).collect();
	assert_eq!(pids, now, "a node was restarted");
	Ok(())
}

async fn spec_version(who: &Institution) -> Result<u64> {
	let version: Value = who.node.rpc("state_getRuntimeVersion", json!([])).await?;
	version["specVersion"]
		.as_u64()
		.ok_or_else(|| Error::Unexpected(format!("state_getRuntimeVersion: {version}")))
}

/// How many migrations over several blocks the chain has behind it: entries of `MultiBlockMigrations.Historic`.
async fn migrations_done(who: &Institution) -> Result<usize> {
	// twox128("MultiBlockMigrations") ‖ twox128("Historic")
	let prefix = [
		sp_crypto_hashing::twox_128(b"MultiBlockMigrations"),
		sp_crypto_hashing::twox_128(b"Historic"),
	]
	.concat();
	let params = json!([format!("0x{}", hex::encode(prefix)), 10]);
	let keys: Vec<String> = who.node.rpc("state_getKeysPaged", params).await?;
	Ok(keys.len())
}
