// SPDX-License-Identifier: Apache-2.0

use super::{ChainArgs, MotionArgs, SubmitArgs};
use crate::{
	chain::{self, Call, Submitted},
	error::{Error, Result},
	output::{Output, Table},
};
use clap::{Args, Subcommand};
use sealane_primitives::ids::BlockNumber;
use serde::Serialize;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub enum CouncilCommand {
	/// Show the open motions
	List(ChainArgs),
	/// Vote on a motion
	Vote(VoteArgs),
	/// Close a motion that has enough votes: its call runs
	Close(CloseArgs),
	/// Propose an upgrade of the runtime: puts the code on chain as a preimage, then moves its dispatch with root
	Upgrade(UpgradeArgs),
}

/// Blocks from the proposal of an upgrade to its dispatch, unless told: ten minutes to vote and close.
const UPGRADE_LEAD: BlockNumber = 300;

#[derive(Debug, Args)]
pub struct UpgradeArgs {
	/// The new runtime, compressed wasm
	#[arg(long, value_name = "FILE")]
	wasm: PathBuf,
	/// Block of the upgrade; the motion must be closed before it. 300 blocks ahead unless told
	#[arg(long, value_name = "BLOCK")]
	at: Option<BlockNumber>,
	#[command(flatten)]
	motion: MotionArgs,
}

#[derive(Debug, Args)]
pub struct VoteArgs {
	/// The motion's number
	motion: u32,
	/// Vote against it
	#[arg(long)]
	nay: bool,
	#[command(flatten)]
	submit: SubmitArgs,
}

#[derive(Debug, Args)]
pub struct CloseArgs {
	/// The motion's number
	motion: u32,
	#[command(flatten)]
	submit: SubmitArgs,
}

#[derive(Serialize)]
struct Voted {
	motion: u32,
	call: String,
	aye: bool,
}

/// What a change led to.
#[derive(Serialize)]
pub struct Done {
	/// Pallet and call.
	pub call: String,
	/// Hash of its block.
	pub block: String,
	/// Its events, without those of the system.
	pub events: Vec<String>,
}

/// What a motion led to.
#[derive(Serialize)]
struct Proposed {
	call: String,
	/// Its number; absent where a threshold of one ran it at once.
	motion: Option<u32>,
	hash: Option<String>,
	threshold: u32,
	voted: bool,
}

impl CouncilCommand {
	pub async fn run(self, output: Output) -> Result<()> {
		match self {
			CouncilCommand::List(args) => list(&args, output).await,
			CouncilCommand::Vote(args) => args.run(output).await,
			CouncilCommand::Close(args) => args.run(output).await,
			CouncilCommand::Upgrade(args) => args.run(output).await,
		}
	}
}

async fn list(args: &ChainArgs, output: Output) -> Result<()> {
	let motions: Vec<_> = args
		.connect()
		.await?
		.motions()
		.await?
		.into_iter()
		.map(|(_, view)| view)
		.collect();
	output.result(&motions, |motions| {
		let mut table = Table::new(&[">motion", "call", ">ayes", ">nays", ">needs", ">ends at block", "hash"]);
		for m in motions {
			table.row([
				m.index.to_string(),
				m.call.clone(),
				m.ayes.len().to_string(),
				m.nays.len().to_string(),
				m.threshold.to_string(),
				m.end.to_string(),
				m.hash.clone(),
			]);
		}
		table.to_string()
	});
	Ok(())
}

impl VoteArgs {
	async fn run(self, output: Output) -> Result<()> {
		let signer = self.submit.signer.keypair()?;
		let chain = self.submit.chain.connect().await?;
		let motion = chain.motion(self.motion).await?;
		chain.vote(&motion, !self.nay, &signer, self.submit.wait).await?;
		let voted = Voted {
			motion: motion.index,
			call: motion.name,
			aye: !self.nay,
		};
		output.result(&voted, |v| {
			format!(
				"voted {} on motion {} ({})",
				if v.aye { "aye" } else { "nay" },
				v.motion,
				v.call
			)
		});
		Ok(())
	}
}

impl CloseArgs {
	async fn run(self, output: Output) -> Result<()> {
		let signer = self.submit.signer.keypair()?;
		let chain = self.submit.chain.connect().await?;
		let motion = chain.motion(self.motion).await?;
		let submitted = chain.close(&motion, &signer, self.submit.wait).await?;
		report(&motion.name, &submitted, output);
		Ok(())
	}
}

impl UpgradeArgs {
	async fn run(self, output: Output) -> Result<()> {
		let UpgradeArgs { wasm, at, mut motion } = self;
		let code = std::fs::read(&wasm).map_err(Error::file(&wasm))?;
		let chain = motion.connect().await?;
		let when = match at {
			Some(at) => at,
			None => chain.final_block().await?.0 + UPGRADE_LEAD,
		};
		let upgrade = chain::upgrade(&chain, code, when).await?;
		let signer = motion.submit.signer.keypair()?;
		chain.submit(&upgrade.note, &signer, motion.submit.wait).await?;
		if motion.threshold.is_none() {
			motion.threshold = Some(chain.two_thirds().await?);
		}
		motion.motion(&chain, upgrade.motion, output).await
	}
}

/// Prints what a submitted call led to.
pub fn report(call: &str, submitted: &Submitted, output: Output) {
	const NOISE: [&str; 2] = ["System", "TransactionPayment"];
	let done = Done {
		call: call.into(),
		block: format!("0x{}", hex::encode(submitted.block)),
		events: submitted
			.events
			.iter()
			.filter(|e| !NOISE.contains(&e.pallet.as_str()))
			.map(ToString::to_string)
			.collect(),
	};
	output.result(&done, |d| {
		let mut text = format!("{} in block {}", d.call, d.block);
		for event in &d.events {
			text.push_str("\n  ");
			text.push_str(event);
		}
		text
	});
}

impl SubmitArgs {
	/// Signs, submits, prints.
	pub async fn submit(&self, chain: &crate::chain::ChainClient, call: Call, output: Output) -> Result<()> {
		let signer = self.signer.keypair()?;
		let submitted = chain.submit(&call, &signer, self.wait).await?;
		report(&call.name, &submitted, output);
		Ok(())
	}
}

impl MotionArgs {
	/// Connects.
	pub async fn connect(&self) -> Result<crate::chain::ChainClient> {
		self.submit.chain.connect().await
	}

	/// Proposes, votes unless told not to, prints.
	pub async fn motion(&self, chain: &crate::chain::ChainClient, call: Call, output: Output) -> Result<()> {
		let signer = self.submit.signer.keypair()?;
		let threshold = match self.threshold {
			Some(threshold) => threshold,
			None => chain.majority().await?,
		};
		let motion = chain.propose(&call, threshold, &signer, self.submit.wait).await?;
		let vote = motion.as_ref().filter(|_| !self.propose);
		if let Some(motion) = vote {
			chain.vote(motion, true, &signer, self.submit.wait).await?;
		}
		let proposed = Proposed {
			call: call.name,
			motion: motion.as_ref().map(|m| m.index),
			hash: motion.as_ref().map(|m| format!("0x{}", hex::encode(m.hash))),
			threshold,
			voted: vote.is_some(),
		};
		output.result(&proposed, |p| match p.motion {
			Some(motion) => format!(
				"motion {motion} ({}): needs {} votes{}; then: sealane council close {motion}",
				p.call,
				p.threshold,
				if p.voted { ", has 1" } else { "" }
			),
			None => format!("{}: done", p.call),
		});
		Ok(())
	}
}
