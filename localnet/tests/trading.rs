// SPDX-License-Identifier: Apache-2.0

//! Trading over five real nodes: the figures of the whole path, and what the council's decisions do to it.

mod common;
#[path = "trading/upgrade.rs"]
mod upgrade;

use codec::{Decode, Encode};
use common::*;
use sealane_localnet::{
	binaries::Binaries,
	consortium::{Consortium, Institution},
	node::{Node, NodeSpec},
	wait::{until, Look},
	Error, Result,
};
use sealane_primitives::directory::{Authorisation, Refusal};
use sealane_sdk::types::{Direction, OrderStage, WaitReason};
use std::{path::Path, process::Command};

/// The demo with few orders: its own checks compare every figure with the input, and it ends with an error where one is off.
#[test]
fn the_whole_path_adds_up() {
	let folder = tempfile::tempdir().unwrap();
	let output = Command::new(env!("CARGO_BIN_EXE_sealane-localnet"))
		.args(["demo", "--json", "--orders", "600", "--dir"])
		.arg(folder.path())
		.output()
		.unwrap();
	let log = String::from_utf8_lossy(&output.stderr);
	assert!(
		output.status.success(),
		"{log}\n{}",
		String::from_utf8_lossy(&output.stdout)
	);
	let stdout = String::from_utf8(output.stdout).unwrap();
	let lines: Vec<&str> = stdout.lines().collect();
	assert_eq!(lines.len(), 1, "nothing but the figures on stdout: {stdout}");
	let f: serde_json::Value = serde_json::from_str(lines[0]).unwrap();
	let n = |name: &str| f[name].as_u64().unwrap_or_else(|| panic!("{name} in {f}"));
	assert_eq!(n("orders_read"), 600);
	assert_eq!(
		n("orders_read"),
		n("malformed") + n("duplicates") + n("unqualified") + n("submitted")
	);
	assert_eq!(n("submitted"), n("confirmed") + n("rejected"));
	assert_eq!(n("submitted"), n("records"));
	assert_eq!(n("submitted"), n("anchored"));
	assert!(
		n("malformed") > 0 && n("duplicates") > 0 && n("unqualified") > 0 && n("rejected") > 0,
		"{f}"
	);
	assert!(n("packets") > 0 && n("packets") < n("submitted"), "{f}");
	assert_eq!(f["evidence_verified"], true);
	assert_eq!(f["refused_without_grant"], true);
	assert_eq!(n("leaked_payload_bytes"), 0);
	// Every row that the demo shows is named in its output.
	for row in [
		1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
	] {
		assert!(log.contains(&format!("M{row} ")), "row M{row} is not shown:\n{log}");
	}
}

/// One network for everything that the council can do to a channel: a start costs tens of seconds.
#[tokio::test(flavor = "multi_thread")]
async fn the_council_rules_over_channels_and_connections() {
	let folder = tempfile::tempdir().unwrap();
	let mut network = open_network(folder.path()).await.unwrap();
	suspended_channel_carries_nothing_until_it_is_resumed(&network)
		.await
		.unwrap();
	nothing_is_accepted_from_the_block_of_revocation_on(&network)
		.await
		.unwrap();
	an_unknown_peer_cannot_stay_connected(&network, folder.path())
		.await
		.unwrap();
	// The second seller's channels are as they were granted.
	let (seller, issuer) = pair(&network, 1, 1).unwrap();
	upgrade::an_upgrade_loses_no_order(&network, seller, issuer)
		.await
		.unwrap();
	network.ensure_running().unwrap();
}

fn pair(network: &Consortium, seller: usize, issuer: usize) -> Result<(&Institution, &Institution)> {
	let missing = || Error::Unexpected("the catalogue has changed".into());
	Ok((
		network.sellers().nth(seller).ok_or_else(missing)?,
		network.issuers().nth(issuer).ok_or_else(missing)?,
	))
}

/// Whether the seller's node knows that the channel is open, or closed with this reason.
async fn channel_becomes(seller: &Institution, channel: u32, refusal: Option<&str>) -> Result<()> {
	until(&format!("channel {channel} is {refusal:?}"), LIMIT, || async {
		let channels = seller.client()?.channels().await?;
		let now = channels
			.iter()
			.find(|c| c.id == channel)
			.map(|c| (c.authorised, c.refusal.clone()));
		Ok(match &now {
			Some((authorised, reason)) if *authorised == refusal.is_none() && reason.as_deref() == refusal => {
				Look::Found(())
			}
			other => Look::NotYet(format!("{other:?}")),
		})
	})
	.await
}

async fn suspended_channel_carries_nothing_until_it_is_resumed(network: &Consortium) -> Result<()> {
	let (seller, issuer) = pair(network, 0, 0)?;
	let channel = network.channel_between(seller, issuer).await?;
	let client = seller.client()?;
	confirming(issuer, async {
		client.submit_orders(&[purchase("before", issuer)], "before").await?;
		order_at(&client, "before", OrderStage::Finalised).await?;
		Ok(())
	})
	.await?;

	network.suspend(channel, "for a test").await?;
	channel_becomes(seller, channel, Some("suspended")).await?;
	let refused = client.submit_orders(&[purchase("during", issuer)], "during").await?;
	assert_eq!((refused.accepted, refused.refused), (0, 1), "{refused:?}");
	// Another channel of the same seller goes on.
	let (_, other) = pair(network, 0, 1)?;
	let report = client
		.submit_orders(&[purchase("elsewhere", other)], "elsewhere")
		.await?;
	assert_eq!(report.accepted, 1, "{report:?}");
	order_at(&client, "elsewhere", OrderStage::Delivered).await?;

	network.resume(channel).await?;
	channel_becomes(seller, channel, None).await?;
	confirming(issuer, async {
		let report = client.submit_orders(&[purchase("after", issuer)], "after").await?;
		assert_eq!(report.accepted, 1, "{report:?}");
		order_at(&client, "after", OrderStage::Finalised).await?;
		Ok(())
	})
	.await
}

async fn nothing_is_accepted_from_the_block_of_revocation_on(network: &Consortium) -> Result<()> {
	let (seller, issuer) = pair(network, 1, 0)?;
	let channel = network.channel_between(seller, issuer).await?;
	let client = seller.client()?;
	// Orders flow, one request after the other, while the council revokes.
	let send = async {
		let mut accepted = Vec::new();
		loop {
			let id = format!("flow-{}", accepted.len());
			let report = client.submit_orders(&[purchase(&id, issuer)], &id).await?;
			if report.refused == 1 {
				return Ok::<_, Error>(accepted);
			}
			accepted.push(id);
		}
	};
	let revoke = async {
		network.revoke(channel, "for a test").await?;
		channel_becomes(seller, channel, Some("revoked")).await
	};
	let (accepted, ()) = tokio::time::timeout(LIMIT, async { tokio::try_join!(send, revoke) })
		.await
		.map_err(|_| Error::Unexpected("orders were taken after the revocation".into()))??;
	assert!(accepted.len() > 1, "some orders were taken before");

	let revoked_in = revocation_block(network, channel).await?;
	let at_issuer = issuer.client()?;
	let mut stored = 0;
	for id in &accepted {
		let Some(status) = at_issuer.order(id, Some(seller.member)).await? else {
			continue;
		};
		stored += 1;
		let delivered = status.steps.iter().find(|s| s.stage == OrderStage::Delivered);
		let block = delivered
			.and_then(|s| s.block)
			.ok_or_else(|| Error::Unexpected(format!("{id}: no block: {status:?}")))?;
		assert!(
			block < revoked_in,
			"order {id} was accepted as authorised at block {block}, revoked in {revoked_in}"
		);
	}
	assert!(stored > 0, "the issuer's node has the orders from before");
	// What was caught in the seller's node says why it waits.
	for id in accepted.iter().skip(stored) {
		let trace = client
			.trace(id, None)
			.await?
			.ok_or_else(|| Error::Unexpected(format!("{id} is unknown")))?;
		let reason = trace.waiting.map(|w| w.reason);
		assert!(
			matches!(
				reason,
				Some(WaitReason::ChannelClosed | WaitReason::PartnerRefused | WaitReason::Queued)
			),
			"{id}: {reason:?}"
		);
	}
	let lanes = at_issuer.lanes().await?;
	let incoming = lanes
		.iter()
		.find(|l| l.channel == channel && l.direction == Direction::Incoming);
	assert!(incoming.is_some_and(|l| l.packets > 0), "{lanes:?}");
	Ok(())
}

/// The block in which the channel turned to revoked: the first whose state says so.
async fn revocation_block(network: &Consortium, channel: u32) -> Result<u32> {
	let node = &network.institutions[0].node;
	let revoked_at = |block: u32| async move {
		let hash: String = rpc(node, "chain_getBlockHash", serde_json::json!([block])).await?;
		let data = format!("0x{}", hex::encode(channel.encode()));
		let answer: String = rpc(
			node,
			"state_call",
			serde_json::json!(["CourierApi_authorise", data, hash]),
		)
		.await?;
		let bytes = hex::decode(answer.trim_start_matches("0x")).map_err(|e| Error::Unexpected(e.to_string()))?;
		let answer: Result<Authorisation, Refusal> =
			Decode::decode(&mut &bytes[..]).map_err(|e| Error::Unexpected(e.to_string()))?;
		Ok::<_, Error>(answer == Err(Refusal::Revoked))
	};
	let mut high = until("the revocation is final", LIMIT, || async {
		let (block, _) = network.chain().final_block().await?;
		Ok(if revoked_at(block).await? {
			Look::Found(block)
		} else {
			Look::NotYet(format!("block {block} is final"))
		})
	})
	.await?;
	let mut low = 0;
	while low + 1 < high {
		let middle = low + (high - low) / 2;
		if revoked_at(middle).await? {
			high = middle;
		} else {
			low = middle;
		}
	}
	Ok(high)
}

async fn an_unknown_peer_cannot_stay_connected(network: &Consortium, folder: &Path) -> Result<()> {
	let spec = NodeSpec {
		name: "stranger".into(),
		validator: None,
		delegate_suri: "//Stranger//delegate".into(),
		extra_args: vec!["--no-courier".into()],
	};
	let mut stranger = Node::prepare(
		&Binaries::find()?.node,
		folder,
		&network.chain_spec().to_string_lossy(),
		spec,
	)?;
	stranger.take_compiled(&network.institutions[0].node)?;
	stranger.set_bootnodes(vec![network.institutions[0].node.bootnode()]);
	stranger.spawn()?;
	let stranger = stranger;
	let peers = || async {
		let health: serde_json::Value = rpc(&stranger, "system_health", serde_json::json!([])).await?;
		health["peers"]
			.as_u64()
			.ok_or_else(|| Error::Unexpected(format!("system_health: {health}")))
	};
	let block = || async {
		let header: serde_json::Value = rpc(&stranger, "chain_getHeader", serde_json::json!([])).await?;
		let number = header["number"]
			.as_str()
			.and_then(|n| u32::from_str_radix(n.trim_start_matches("0x"), 16).ok());
		number.ok_or_else(|| Error::Unexpected(format!("chain_getHeader: {header}")))
	};
	until("the stranger follows the open network", LIMIT, || async {
		// It may not answer yet.
		Ok(match (peers().await, block().await) {
			(Ok(peers), Ok(block)) if peers > 0 && block > 0 => Look::Found(()),
			other => Look::NotYet(format!("{other:?}")),
		})
	})
	.await?;

	network.restrict_connections().await?;
	until("the stranger is dropped", LIMIT, || async {
		let peers = peers().await?;
		Ok(if peers == 0 {
			Look::Found(())
		} else {
			Look::NotYet(format!("{peers} peers"))
		})
	})
	.await?;
	let stopped_at = block().await?;
	for _ in 0..5 {
		network.next_final_block(LIMIT).await?;
	}
	let identity = stranger.identity().peer_id.clone();
	for who in &network.institutions {
		let peers: Vec<serde_json::Value> = rpc(&who.node, "system_peers", serde_json::json!([])).await?;
		assert!(
			peers.iter().all(|p| p["peerId"] != identity.as_str()),
			"{} is connected to the stranger",
			who.name
		);
		assert!(peers.len() >= 4, "{} lost its partners: {peers:?}", who.name);
	}
	assert!(block().await? <= stopped_at + 1, "the stranger still gets blocks");
	Ok(())
}
