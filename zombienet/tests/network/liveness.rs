// SPDX-License-Identifier: Apache-2.0

use anyhow::Result;
use sealane_zombienet::{
	chain,
	network::{self, Network},
	story::Story,
	wait::{until, LIMIT},
};

#[tokio::test(flavor = "multi_thread")]
async fn blocks_and_finality_go_on_and_every_node_sees_every_other() -> Result<()> {
	let story = Story::begin("Five validators");
	let network = network::start().await?;
	let nodes = network.validators_without(&[])?;
	story.tell("five nodes run; each knows block 1 or a later one to be final");

	until("every node is connected to every other", LIMIT, || {
		Network::see_each_other(&nodes)
	})
	.await?;
	story.tell("each node is connected to the four others");

	for metric in [chain::BEST, chain::FINAL] {
		let growing = nodes.iter().map(|node| chain::grows(node, metric, 10));
		let from = futures::future::try_join_all(growing).await?;
		story.tell(format!("{metric} grew by 10 on every node, from {from:?}"));
	}

	let mut agreed = Vec::new();
	for node in &nodes {
		agreed.push(chain::catches_up(node, nodes[0]).await?);
	}
	story.tell(format!("every node has the same final blocks at heights {agreed:?}"));
	network.end().await
}
