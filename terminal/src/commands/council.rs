// SPDX-License-Identifier: Apache-2.0

use super::{ChainArgs, MotionArgs, SubmitArgs};
use crate::{
	chain::{self, Call, ChainClient, RootCall, Submitted},
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
	/// Propose that finality goes on with the present validators, where a third of the old ones is gone for good
	RestoreFinality(RestoreFinalityArgs),
}

/// Blocks from the proposal of a call with root to its dispatch, unless told: ten minutes to vote and close.
const ROOT_LEAD: BlockNumber = 300;

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
pub struct RestoreFinalityArgs {
	/// The highest block that any of the present validators knows to be final; ask each
	#[arg(long, value_name = "BLOCK")]
	finalised: BlockNumber,
	/// Blocks from the end of the session to the change, more than any branch is long
	#[arg(long, default_value_t = 100)]
	delay: BlockNumber,
	/// Block of the dispatch; the motion must be closed before it. 300 blocks ahead unless told
	#[arg(long, value_name = "BLOCK")]
	at: Option<BlockNumber>,
	#[command(flatten)]
	motion: MotionArgs,
}

#[derive(Debug, Args)]
pub struct VoteArgs {
	/// The motion's number
	motion: u32,
	/// The motion's hash as `council list` shows it: the vote is for what was shown, or for nothing
	hash: String,
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
	/// The call with its arguments and with what it carries, a line each.
	words: String,
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
			CouncilCommand::RestoreFinality(args) => args.run(output).await,
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
		let mut text = String::new();
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
			text.push_str(&format!("\n\nmotion {}: {}", m.index, m.words));
			for behind in &m.behind {
				text.push_str(&format!("\n{} is {}", behind.hash, behind.words));
			}
		}
		format!("{table}{text}")
	});
	Ok(())
}

impl VoteArgs {
	async fn run(self, output: Output) -> Result<()> {
		let chain = self.submit.chain.connect().await?;
		let (motion, view) = chain.motion_shown(self.motion, &self.hash).await?;
		let ballot = chain.ballot(&motion, !self.nay).await?;
		if self.submit.export.export(&chain, &ballot, output).await? {
			return Ok(());
		}
		let signer = self.submit.signer.keypair()?;
		chain.submit(&ballot, &signer, self.submit.wait).await?;
		let voted = Voted {
			motion: motion.index,
			call: motion.call.name,
			words: view.words,
			aye: !self.nay,
		};
		output.result(&voted, |v| {
			let side = if v.aye { "aye" } else { "nay" };
			format!("voted {side} on motion {}: {}", v.motion, v.words)
		});
		Ok(())
	}
}

impl CloseArgs {
	async fn run(self, output: Output) -> Result<()> {
		let chain = self.submit.chain.connect().await?;
		let (motion, _) = chain.motion(self.motion).await?;
		if self.submit.export.wanted() {
			let closing = chain.closing(&motion).await?;
			self.submit.export.export(&chain, &closing, output).await?;
			return Ok(());
		}
		let signer = self.submit.signer.keypair()?;
		let submitted = chain.close(&motion, &signer, self.submit.wait).await?;
		report(&motion.call.name, &submitted, output);
		Ok(())
	}
}

impl UpgradeArgs {
	async fn run(self, output: Output) -> Result<()> {
		let UpgradeArgs { wasm, at, motion } = self;
		let code = std::fs::read(&wasm).map_err(Error::file(&wasm))?;
		let chain = motion.connect().await?;
		let when = dispatched_at(&chain, at).await?;
		let upgrade = chain::upgrade(&chain, code, when).await?;
		motion.with_root(&chain, upgrade, output).await
	}
}

impl RestoreFinalityArgs {
	async fn run(self, output: Output) -> Result<()> {
		let chain = self.motion.connect().await?;
		let when = dispatched_at(&chain, self.at).await?;
		let restore = chain::restore_finality(&chain, self.delay, self.finalised, when).await?;
		self.motion.with_root(&chain, restore, output).await
	}
}

async fn dispatched_at(chain: &ChainClient, told: Option<BlockNumber>) -> Result<BlockNumber> {
	Ok(match told {
		Some(block) => block,
		None => chain.best_block().await? + ROOT_LEAD,
	})
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
	/// Signs, submits, prints; or writes what is to be signed elsewhere.
	pub async fn submit(&self, chain: &ChainClient, call: Call, output: Output) -> Result<()> {
		if self.export.export(chain, &call, output).await? {
			return Ok(());
		}
		let signer = self.signer.keypair()?;
		let submitted = chain.submit(&call, &signer, self.wait).await?;
		report(&call.name, &submitted, output);
		Ok(())
	}
}

impl MotionArgs {
	/// Puts a call with root on chain as a preimage and moves its dispatch, with two thirds unless told.
	async fn with_root(mut self, chain: &ChainClient, call: RootCall, output: Output) -> Result<()> {
		let threshold = match self.threshold {
			Some(threshold) => threshold,
			None => chain.two_thirds().await?,
		};
		self.threshold = Some(threshold);
		if self.submit.export.wanted() {
			// One signature for both: the preimage and the motion that needs it.
			let proposal = chain.proposal(&call.motion, threshold).await?;
			let both = chain.batch(&[call.note, proposal]).await?;
			self.submit.export.export(chain, &both, output).await?;
			return Ok(());
		}
		let signer = self.submit.signer.keypair()?;
		chain.submit(&call.note, &signer, self.submit.wait).await?;
		self.motion(chain, call.motion, output).await
	}

	/// Connects.
	pub async fn connect(&self) -> Result<ChainClient> {
		self.submit.chain.connect().await
	}

	/// Proposes, votes unless told not to, prints; or writes the proposal, to be signed elsewhere: the vote needs the number that the
	/// chain gives to the motion.
	pub async fn motion(&self, chain: &ChainClient, call: Call, output: Output) -> Result<()> {
		let threshold = match self.threshold {
			Some(threshold) => threshold,
			None => chain.majority().await?,
		};
		if self.submit.export.wanted() {
			let proposal = chain.proposal(&call, threshold).await?;
			self.submit.export.export(chain, &proposal, output).await?;
			return Ok(());
		}
		let signer = self.submit.signer.keypair()?;
		let motion = chain.propose(&call, threshold, &signer, self.submit.wait).await?;
		let vote = motion.as_ref().filter(|_| !self.propose);
		if let Some(motion) = vote {
			chain.vote(motion, true, &signer, self.submit.wait).await?;
		}
		let proposed = Proposed {
			call: call.name,
			motion: motion.as_ref().map(|m| m.index),
			hash: motion.as_ref().map(|m| format!("0x{}", hex::encode(m.hash()))),
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
