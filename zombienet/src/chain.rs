// SPDX-License-Identifier: Apache-2.0

//! What one node knows of the chain: by JSON-RPC what is asked once, by metrics what is followed.

use crate::wait::{until, LIMIT};
use anyhow::{ensure, Context, Result};
use serde::{de::DeserializeOwned, Deserialize};
use std::{collections::BTreeSet, time::Duration};
use zombienet_sdk::{
	subxt::ext::subxt_rpcs::{client::RpcParams, rpc_params},
	NetworkNode,
};

/// Height of a node's best block, as it tells Prometheus.
pub const BEST: &str = "block_height{status=\"best\"}";
/// Height of the last block that a node knows to be final, as it tells Prometheus.
pub const FINAL: &str = "block_height{status=\"finalized\"}";

/// A node that is alive answers sooner; one that is stopped never does.
const ANSWER_LIMIT: Duration = Duration::from_secs(10);

#[derive(Deserialize)]
struct Header {
	/// Hexadecimal with prefix.
	number: String,
}

#[derive(Deserialize)]
struct Peer {
	#[serde(rename = "peerId")]
	id: String,
}

/// Asks a node by JSON-RPC.
///
/// # Errors
/// It does not answer, or answers something else.
pub async fn ask<T: DeserializeOwned>(node: &NetworkNode, method: &str, params: RpcParams) -> Result<T> {
	let answer = async {
		// A connection of its own: one from before a restart would be dead.
		let client = node.rpc().await?;
		Ok::<_, anyhow::Error>(client.request(method, params).await?)
	};
	tokio::time::timeout(ANSWER_LIMIT, answer)
		.await
		.with_context(|| format!("{method} of {}: no answer within {ANSWER_LIMIT:?}", node.name()))?
		.with_context(|| format!("{method} of {}", node.name()))
}

async fn height(node: &NetworkNode, params: RpcParams) -> Result<u32> {
	let header: Header = ask(node, "chain_getHeader", params).await?;
	let digits = header.number.trim_start_matches("0x");
	u32::from_str_radix(digits, 16).with_context(|| format!("height `{}` of {}", header.number, node.name()))
}

/// The height of its best block.
///
/// # Errors
/// It does not answer.
pub async fn best(node: &NetworkNode) -> Result<u32> {
	height(node, rpc_params![]).await
}

/// The height of the last block that it knows to be final.
///
/// # Errors
/// It does not answer.
pub async fn finalised(node: &NetworkNode) -> Result<u32> {
	let hash: String = ask(node, "chain_getFinalizedHead", rpc_params![]).await?;
	height(node, rpc_params![hash]).await
}

/// The hash of its block at a height.
///
/// # Errors
/// It does not answer, or has no such block.
pub async fn hash_at(node: &NetworkNode, number: u32) -> Result<String> {
	let hash: Option<String> = ask(node, "chain_getBlockHash", rpc_params![number]).await?;
	hash.with_context(|| format!("{} has no block {number}", node.name()))
}

/// Its own PeerId.
///
/// # Errors
/// It does not answer.
pub async fn peer_id(node: &NetworkNode) -> Result<String> {
	ask(node, "system_localPeerId", rpc_params![]).await
}

/// The PeerIds that it is connected to.
///
/// # Errors
/// It does not answer.
pub async fn peers(node: &NetworkNode) -> Result<BTreeSet<String>> {
	let peers: Vec<Peer> = ask(node, "system_peers", rpc_params![]).await?;
	Ok(peers.into_iter().map(|peer| peer.id).collect())
}

/// Waits until a height that the node reports ([`BEST`] or [`FINAL`]) has grown by `blocks`; gives the height it started from.
///
/// # Errors
/// It does not, within [`LIMIT`].
pub async fn grows(node: &NetworkNode, metric: &str, blocks: u32) -> Result<u32> {
	let from = node
		.reports(metric)
		.await
		.with_context(|| format!("{metric} of {}", node.name()))?;
	let target = from + f64::from(blocks);
	node.wait_metric_with_timeout(metric, |now| now >= target, LIMIT.as_secs())
		.await
		.with_context(|| format!("{}: {metric} from {from} to {target}", node.name()))?;
	Ok(from as u32)
}

/// Waits until `node` knows a block to be final that was the last final one of `other` at the time of the call or came later, and
/// has the same block at that height. Gives the height.
///
/// # Errors
/// It does not get there, within [`LIMIT`], or follows another chain.
pub async fn catches_up(node: &NetworkNode, other: &NetworkNode) -> Result<u32> {
	let target = finalised(other).await?;
	let what = format!("{} knows block {target} to be final", node.name());
	until(&what, LIMIT, || async {
		let now = finalised(node).await?;
		ensure!(now >= target, "block {now} is final");
		Ok(())
	})
	.await?;
	let (own, others) = (hash_at(node, target).await?, hash_at(other, target).await?);
	ensure!(
		own == others,
		"block {target} is {own} on {}, {others} on {}",
		node.name(),
		other.name()
	);
	Ok(target)
}
