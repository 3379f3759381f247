// SPDX-License-Identifier: Apache-2.0

//! Who stays connected: strangers do not, nodes of a suspended member do, and removed ones not for longer than two blocks.

use crate::common::LIMIT;
use sealane_localnet::{
	binaries::Binaries,
	consortium::{Consortium, Institution},
	node::{Node, NodeSpec},
	wait::{until, Look},
	Error, Result,
};
use serde_json::{json, Value};
use std::{path::Path, time::Duration};
use tokio::sync::watch;

/// Blocks after that of the removal from which on nobody is connected.
const DROPPED_WITHIN: u32 = 2;
/// Blocks after that for which the connections are still looked at.
const WATCHED_ON: u32 = 3;
/// Time between two looks at the connections of a node.
const PAUSE: Duration = Duration::from_millis(150);

/// PeerIds that a node is connected to.
async fn peers_of(node: &Node) -> Result<Vec<String>> {
	let peers: Vec<Value> = node.rpc("system_peers", json!([])).await?;
	let id = |peer: &Value| peer["peerId"].as_str().map(str::to_string);
	Ok(peers.iter().filter_map(id).collect())
}

/// Number of a node's best block.
async fn best_block(node: &Node) -> Result<u32> {
	let header: Value = node.rpc("chain_getHeader", json!([])).await?;
	header["number"]
		.as_str()
		.and_then(|n| u32::from_str_radix(n.trim_start_matches("0x"), 16).ok())
		.ok_or_else(|| Error::Unexpected(format!("chain_getHeader: {header}")))
}

pub async fn an_unknown_peer_cannot_stay_connected(network: &Consortium, folder: &Path) -> Result<()> {
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
	stranger.take_compiled(&network.institutions[0].node.compiled())?;
	stranger.set_bootnodes(vec![network.institutions[0].node.bootnode()]);
	stranger.spawn()?;
	let stranger = stranger;
	let peers = || async {
		let health: serde_json::Value = stranger.rpc("system_health", json!([])).await?;
		health["peers"]
			.as_u64()
			.ok_or_else(|| Error::Unexpected(format!("system_health: {health}")))
	};
	let block = || best_block(&stranger);
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
		until(&format!("{} has its partners", who.name), LIMIT, || async {
			let peers = peers_of(&who.node).await?;
			assert!(!peers.contains(&identity), "{} is connected to the stranger", who.name);
			Ok(match peers.len() {
				4.. => Look::Found(()),
				_ => Look::NotYet(format!("{peers:?}")),
			})
		})
		.await?;
	}
	assert!(block().await? <= stopped_at + 1, "the stranger still gets blocks");
	Ok(())
}

/// A member is suspended: its node stays connected and follows the chain, for a suspension closes the courier. A third of the
/// council suspends; if that cut nodes off, it would take the majority's validators out, and with them finality.
pub async fn a_suspended_members_node_stays_connected(network: &Consortium) -> Result<()> {
	let suspended = outsider(network)?;
	let peer = &suspended.node.identity().peer_id;
	let others: Vec<_> = network.institutions.iter().filter(|i| i.key != suspended.key).collect();
	all_connected(&others, peer).await?;
	let suspended_in = network.suspend_member(suspended).await?;
	let enough = suspended_in + DROPPED_WITHIN + WATCHED_ON;
	for who in &others {
		until(&format!("{} is at block {enough}", who.name), LIMIT, || async {
			let connected = peers_of(&who.node).await?.iter().any(|p| p == peer);
			assert!(connected, "{} dropped a suspended member's node", who.name);
			let best = best_block(&who.node).await?;
			Ok(if best >= enough {
				Look::Found(())
			} else {
				Look::NotYet(format!("block {best}"))
			})
		})
		.await?;
	}
	until("the suspended member's node follows", LIMIT, || async {
		let best = best_block(&suspended.node).await?;
		Ok(if best >= enough {
			Look::Found(())
		} else {
			Look::NotYet(format!("block {best} of {enough}"))
		})
	})
	.await
}

/// A member's node is taken out of service in block *n*. From block *n* + 2 on, no other node is connected to it.
pub async fn a_removed_node_is_dropped_within_two_blocks(network: &Consortium) -> Result<()> {
	let removed = outsider(network)?;
	let peer = &removed.node.identity().peer_id;
	let others: Vec<_> = network.institutions.iter().filter(|i| i.key != removed.key).collect();
	all_connected(&others, peer).await?;

	let (stop, stopped) = watch::channel(false);
	let looking = others.iter().map(|who| last_seen(who, peer, stopped.clone()));
	let remove = async {
		let removed_in = network.remove_node_of(removed).await?;
		let enough = removed_in + DROPPED_WITHIN + WATCHED_ON;
		for who in &others {
			until(&format!("{} is at block {enough}", who.name), LIMIT, || async {
				let best = best_block(&who.node).await?;
				Ok(if best >= enough {
					Look::Found(())
				} else {
					Look::NotYet(format!("block {best}"))
				})
			})
			.await?;
		}
		// Whoever looks has an error of its own if it does not listen any more.
		let _ = stop.send(true);
		Ok(removed_in)
	};
	let (seen, removed_in) = futures::future::try_join(futures::future::try_join_all(looking), remove).await?;
	for (who, seen) in others.iter().zip(seen) {
		assert!(
			seen < removed_in + DROPPED_WITHIN,
			"{} was connected at block {seen}; the node was removed in block {removed_in}",
			who.name
		);
	}
	println!("removed in block {removed_in}");
	Ok(())
}

/// The member without a business: its node only follows.
pub fn outsider(network: &Consortium) -> Result<&Institution> {
	network
		.outsider()
		.ok_or_else(|| Error::Unexpected("the network has no third seller".into()))
}

async fn all_connected(nodes: &[&Institution], peer: &str) -> Result<()> {
	for who in nodes {
		until(&format!("{} is connected to {peer}", who.name), LIMIT, || async {
			let peers = peers_of(&who.node).await?;
			Ok(if peers.iter().any(|p| p == peer) {
				Look::Found(())
			} else {
				Look::NotYet(format!("{} other peers", peers.len()))
			})
		})
		.await?;
	}
	Ok(())
}

/// The highest best block of a node at which it was connected to `peer`, looked at until told to stop.
async fn last_seen(who: &Institution, peer: &str, stopped: watch::Receiver<bool>) -> Result<u32> {
	let mut seen = 0;
	while !*stopped.borrow() {
		// First the block: the connection is at least as new.
		let block = best_block(&who.node).await?;
		if peers_of(&who.node).await?.iter().any(|p| p == peer) {
			seen = seen.max(block);
		}
		tokio::time::sleep(PAUSE).await;
	}
	if seen == 0 {
		return Err(Error::Unexpected(format!("{} was never connected to {peer}", who.name)));
	}
	Ok(seen)
}
