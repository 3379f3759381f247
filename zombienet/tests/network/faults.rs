// SPDX-License-Identifier: Apache-2.0

use anyhow::{ensure, Result};
use sealane_zombienet::{
	chain,
	network::{self, Network, MAY_FAIL, VALIDATORS},
	story::Story,
	wait::{until, LIMIT},
};
use zombienet_sdk::NetworkNode;

/// Final blocks on every node that is left: best blocks grow with them.
async fn finality_goes_on(nodes: &[&NetworkNode], blocks: u32) -> Result<()> {
	futures::future::try_join_all(nodes.iter().map(|node| chain::grows(node, chain::FINAL, blocks))).await?;
	Ok(())
}

/// The names of one third of the validators, rounded down.
fn last_third() -> &'static [&'static str] {
	&VALIDATORS[VALIDATORS.len() - MAY_FAIL..]
}

#[tokio::test(flavor = "multi_thread")]
async fn the_chain_goes_on_without_a_third_of_its_validators_and_takes_them_back() -> Result<()> {
	let story = Story::begin("One third of the validators, rounded down, is killed");
	let network = network::start().await?;
	let dead = last_third();
	story.tell("five validators run");

	let mut before = 0;
	for name in dead {
		before = before.max(chain::finalised(network.node(name)?).await?);
		network.kill(name).await?;
	}
	let left = network.validators_without(dead)?;
	story.tell(format!("{dead:?} killed with SIGKILL"));
	finality_goes_on(&left, 10).await?;
	story.tell("10 more blocks are final on each of the other nodes");

	for name in dead {
		network.node(name)?.restart(None).await?;
	}
	for name in dead {
		let height = chain::catches_up(network.node(name)?, left[0]).await?;
		ensure!(
			height >= before + 10,
			"{name}: block {height}, but block {before} was final when it died"
		);
		story.tell(format!(
			"{name} is back and knows block {height} to be final, as the others do"
		));
	}
	let all = network.validators_without(&[])?;
	until("every node is connected to every other", LIMIT, || {
		Network::see_each_other(&all)
	})
	.await?;

	// Four of five votes make a block final: with another third gone, those that came back must vote.
	let next = &VALIDATORS[VALIDATORS.len() - 2 * MAY_FAIL..VALIDATORS.len() - MAY_FAIL];
	for name in next {
		network.kill(name).await?;
	}
	finality_goes_on(&network.validators_without(next)?, 5).await?;
	story.tell(format!(
		"{next:?} killed: 5 more blocks are final, which takes the votes of {dead:?}"
	));
	network.end().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_validator_whose_disk_was_wiped_resyncs_and_finalises() -> Result<()> {
	let story = Story::begin("The disk of a validator is wiped");
	let network = network::start().await?;
	story.tell("five validators run");

	network.kill("eve").await?;
	let before = chain::finalised(network.node("alice")?).await?;
	network.wipe("eve")?;
	story.tell("eve killed, everything on its disk removed; its session keys are put back");
	finality_goes_on(&network.validators_without(&["eve"])?, 5).await?;
	story.tell("meanwhile 5 more blocks are final on the other nodes");

	let (eve, alice) = (network.node("eve")?, network.node("alice")?);
	eve.restart(None).await?;
	let height = chain::catches_up(eve, alice).await?;
	ensure!(
		height > before,
		"block {height}, but block {before} was final when eve died"
	);
	// It has the chain from its beginning, not only the newest state.
	for number in [1, before] {
		let (own, others) = (chain::hash_at(eve, number).await?, chain::hash_at(alice, number).await?);
		ensure!(own == others, "block {number} is {own} on eve, {others} on alice");
	}
	story.tell(format!(
		"eve has all blocks again and knows block {height} to be final, as the others do"
	));

	let all = network.validators_without(&[])?;
	until("every node is connected to every other", LIMIT, || {
		Network::see_each_other(&all)
	})
	.await?;
	network.kill("dave").await?;
	finality_goes_on(&network.validators_without(&["dave"])?, 5).await?;
	story.tell("dave killed: 5 more blocks are final, which takes the votes of eve");
	network.end().await
}

#[tokio::test(flavor = "multi_thread")]
async fn paused_nodes_resume_and_finality_stands_while_too_many_are_paused() -> Result<()> {
	let story = Story::begin("Nodes are paused");
	let network = network::start().await?;
	let (dave, eve, alice) = (network.node("dave")?, network.node("eve")?, network.node("alice")?);
	story.tell("five validators run");

	dave.pause().await?;
	finality_goes_on(&network.validators_without(&["dave"])?, 5).await?;
	ensure!(chain::best(dave).await.is_err(), "dave answers although it is stopped");
	story.tell("dave paused: it does not answer; 5 more blocks are final on the other nodes");
	dave.resume().await?;
	let height = chain::catches_up(dave, alice).await?;
	story.tell(format!(
		"dave resumed and knows block {height} to be final, as the others do"
	));

	// Two of five are more than a third: blocks are authored, and none of them can become final.
	dave.pause().await?;
	eve.pause().await?;
	let left = network.validators_without(&["dave", "eve"])?;
	// What the stopped nodes had voted for may still become final: nothing above the highest head of this moment.
	let mut highest = 0;
	for node in &left {
		highest = highest.max(chain::best(node).await?);
	}
	futures::future::try_join_all(left.iter().map(|node| chain::grows(node, chain::BEST, 10))).await?;
	for node in &left {
		let stands = chain::finalised(node).await?;
		ensure!(
			stands <= highest,
			"{}: block {stands} is final without enough votes, block {highest} was the last with all of them",
			node.name()
		);
	}
	story.tell("dave and eve paused: 10 more blocks on each of the other nodes, finality stands");
	dave.resume().await?;
	eve.resume().await?;
	let all = network.validators_without(&[])?;
	finality_goes_on(&all, 10).await?;
	for node in [dave, eve] {
		let height = chain::catches_up(node, alice).await?;
		ensure!(height > highest, "block {height}, at most {highest} was final before");
		story.tell(format!("{} resumed; block {height} is final", node.name()));
	}
	network.end().await
}
