// SPDX-License-Identifier: Apache-2.0

use anyhow::{ensure, Result};
use sealane_zombienet::{
	chain,
	network::{self, Network},
	story::Story,
	wait::{until, LIMIT},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_follows_later_reaches_the_head() -> Result<()> {
	let story = Story::begin("A node that follows joins later");
	let mut network = network::start().await?;
	let from = chain::grows(network.node("alice")?, chain::FINAL, 15).await?;
	story.tell(format!("five validators run; 15 blocks are final since block {from}"));

	network.add_follower("follower").await?;
	let (follower, alice) = (network.node("follower")?, network.node("alice")?);
	let height = chain::catches_up(follower, alice).await?;
	ensure!(height >= 15, "block {height}, but 15 were final before it came");
	let first = chain::hash_at(follower, 1).await?;
	ensure!(
		first == chain::hash_at(alice, 1).await?,
		"block 1 of follower is {first}"
	);
	story.tell(format!(
		"the follower has all blocks and knows block {height} to be final, as the validators do"
	));

	let head = chain::best(alice).await?;
	until(
		&format!("the follower's head is block {head} or later"),
		LIMIT,
		|| async {
			let best = chain::best(follower).await?;
			ensure!(best >= head, "its head is block {best}");
			Ok(())
		},
	)
	.await?;
	chain::grows(follower, chain::FINAL, 5).await?;
	story.tell("it is at the head, and 5 more blocks are final on it");

	let mut all = network.validators_without(&[])?;
	all.push(follower);
	until("every node is connected to every other", LIMIT, || {
		Network::see_each_other(&all)
	})
	.await?;
	story.tell("it is connected to every validator");
	network.end().await
}
