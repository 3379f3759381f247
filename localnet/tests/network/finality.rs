// SPDX-License-Identifier: Apache-2.0

//! Finality that is lost for good: the machines of two of five validators are deleted, and the council has finality go on with the
//! three that are left, as docs/operating/validators.md says.

use crate::common::LIMIT;
use sealane_localnet::{
	consortium::{Consortium, Plan},
	wait::{until, Look},
	Error, Result,
};
use sealane_operator::chain::{self, Call, ChainClient, Until};

/// The validators that are left.
const LEFT: usize = 3;
/// Blocks from the motion to its dispatch: time to vote and close.
const LEAD: u32 = 30;
/// Blocks from the end of the session to the change.
const DELAY: u32 = 5;

#[tokio::test(flavor = "multi_thread")]
async fn finality_comes_back_without_the_validators_that_are_gone() {
	let folder = tempfile::tempdir().unwrap();
	let mut network = Consortium::start(folder.path(), Plan::Five).await.unwrap();
	for gone in &mut network.institutions[LEFT..] {
		gone.node.kill().unwrap();
		std::fs::remove_dir_all(gone.node.folder()).unwrap();
	}
	its_loss_is_noticed(&network).await.unwrap();
	the_lost_are_removed(&network).await.unwrap();
	the_others_go_on(&network).await.unwrap();
}

/// The nodes that are left raise the alarm.
async fn its_loss_is_noticed(network: &Consortium) -> Result<()> {
	for who in &network.institutions[..LEFT] {
		let client = who.client()?;
		until(&format!("{} raises the alarm", who.name), LIMIT, || async {
			let alarms = client.status().await?.alarms;
			let raised = alarms.iter().any(|alarm| alarm.starts_with("no block is final after"));
			let counted = who.metrics().await?.sum("sealane_finality_stands", &[]) > 0.0;
			Ok(match raised && counted {
				true => Look::Found(()),
				false => Look::NotYet(format!("{alarms:?}")),
			})
		})
		.await?;
	}
	Ok(())
}

async fn pass(network: &Consortium, call: &Call, votes: u32) -> Result<()> {
	let passed = network.chain().pass(call, votes, network.council(), Until::InBlock);
	passed.await.map(|_| ()).map_err(Error::from)
}

async fn the_lost_are_removed(network: &Consortium) -> Result<()> {
	let chain = network.chain();
	pass(network, &chain::set_floor(chain, LEFT as u32).await?, 4).await?;
	for gone in &network.institutions[LEFT..] {
		let account = gone.signer.0.public_key().0;
		pass(network, &chain::remove_validator(chain, account).await?, 3).await?;
	}
	until("three make blocks", LIMIT, || async {
		let validators = chain.validators().await?;
		let active = validators.iter().filter(|v| v.active).count();
		Ok(match active == LEFT && validators.len() == LEFT {
			true => Look::Found(()),
			false => Look::NotYet(format!("{validators:?}")),
		})
	})
	.await
}

async fn the_others_go_on(network: &Consortium) -> Result<()> {
	let chain = network.chain();
	let mut nodes = Vec::new();
	let mut finalised = 0;
	for who in &network.institutions[..LEFT] {
		let node = ChainClient::connect(&who.node.rpc_url()).await?;
		finalised = node.final_block().await?.0.max(finalised);
		nodes.push(node);
	}
	let stood_at = chain.best_block().await?;
	let restore = chain::restore_finality(chain, DELAY, finalised, stood_at + LEAD).await?;
	chain
		.submit(&restore.note, &network.council()[0], Until::InBlock)
		.await?;
	pass(network, &restore.motion, 4).await?;
	for (node, who) in nodes.iter().zip(&network.institutions) {
		until(&format!("blocks become final on {}", who.name), LIMIT, || async {
			let (now, _) = node.final_block().await?;
			Ok(match now > stood_at {
				true => Look::Found(()),
				false => Look::NotYet(format!("block {now} is final")),
			})
		})
		.await?;
	}
	let client = network.institutions[0].client()?;
	until("the alarm is over", LIMIT, || async {
		let alarms = client.status().await?.alarms;
		let stands = alarms.iter().any(|alarm| alarm.starts_with("no block is final after"));
		Ok(match stands {
			false => Look::Found(()),
			true => Look::NotYet(format!("{alarms:?}")),
		})
	})
	.await
}
