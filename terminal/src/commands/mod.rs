// SPDX-License-Identifier: Apache-2.0

//! The commands of `sealane`, one file per family.

mod council;
mod evidence;
mod issuer;
mod members;
mod networks;
mod records;
mod sales;
mod sample;
mod status;

use crate::{
	chain::{ChainClient, SignerArgs, Until},
	error::{Result, EXIT_CODES},
	output::Output,
};
use clap::{Args, Parser, Subcommand};

/// Terminals of banks and issuers, evidence verifier and operator commands of Sealane.
#[derive(Debug, Parser)]
#[command(name = "sealane", version, after_help = EXIT_CODES, propagate_version = true)]
pub struct Cli {
	#[command(flatten)]
	global: Global,
	#[command(subcommand)]
	command: Command,
}

#[derive(Clone, Copy, Debug, Args)]
struct Global {
	/// Print one JSON value per result instead of text
	#[arg(long, global = true)]
	json: bool,
	/// Print neither progress nor remarks
	#[arg(long, short, global = true)]
	quiet: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// Make realistic customers, orders, rules and clauses from a seed
	Sample(sample::SampleArgs),
	/// The sales terminal
	#[command(subcommand)]
	Sales(sales::SalesCommand),
	/// The issuer terminal
	#[command(subcommand)]
	Issuer(issuer::IssuerCommand),
	/// Show one order: its record here and where it is on the nodes
	Order(records::OrderArgs),
	/// Show business records, newest first
	Records(records::RecordsArgs),
	/// Fetch and verify evidence
	#[command(subcommand)]
	Evidence(evidence::EvidenceCommand),
	/// Show how the node is: channels, lanes, alarms
	Status(status::StatusArgs),
	/// Apply for channels with issuers (seller)
	Join(networks::JoinArgs),
	/// Countersign a cooperation agreement (issuer)
	Countersign(networks::CountersignArgs),
	/// Grant a channel (council motion)
	Grant(networks::GrantArgs),
	/// Let an issuer register interfaces and products whose ids begin so (council motion)
	GrantPrefix(networks::GrantPrefixArgs),
	/// Suspend a channel (council motion)
	Suspend(networks::ReasonArgs),
	/// Resume a suspended channel (council motion)
	Resume(networks::ResumeArgs),
	/// Revoke a channel (council motion)
	Revoke(networks::ReasonArgs),
	/// Motions of the permission council
	#[command(subcommand)]
	Council(council::CouncilCommand),
	/// Members of the consortium
	#[command(subcommand)]
	Member(members::MemberCommand),
	/// Nodes of the signer's member
	#[command(subcommand)]
	Node(members::NodeCommand),
	/// Clauses that two members agree on
	#[command(subcommand)]
	Agreement(networks::AgreementCommand),
	/// Interfaces of the signer's member (issuer)
	#[command(subcommand)]
	Interface(networks::InterfaceCommand),
	/// Products of the signer's member (issuer)
	#[command(subcommand)]
	Product(networks::ProductCommand),
}

/// Which chain to talk to.
#[derive(Clone, Debug, Args)]
pub struct ChainArgs {
	/// RPC URL of a node
	#[arg(long, env = "SEALANE_RPC", default_value = "ws://127.0.0.1:9944")]
	rpc: String,
}

impl ChainArgs {
	async fn connect(&self) -> Result<ChainClient> {
		Ok(ChainClient::connect(&self.rpc).await?)
	}
}

/// Which chain to change, as whom, and what to wait for.
#[derive(Clone, Debug, Args)]
pub struct SubmitArgs {
	#[command(flatten)]
	chain: ChainArgs,
	#[command(flatten)]
	signer: SignerArgs,
	/// What to wait for
	#[arg(long, value_enum, default_value_t = Until::Finalised)]
	wait: Until,
}

/// A change that the council decides: signed by one of its members, and open to the others' votes.
#[derive(Clone, Debug, Args)]
pub struct MotionArgs {
	#[command(flatten)]
	submit: SubmitArgs,
	/// Votes that the motion needs; more than one half of the council unless told
	#[arg(long)]
	threshold: Option<u32>,
	/// Propose only; without it the proposer votes for it, too
	#[arg(long)]
	propose: bool,
}

impl Cli {
	/// Whether output is JSON.
	pub fn json(&self) -> bool {
		self.global.json
	}

	/// Runs the command.
	///
	/// # Errors
	/// Whatever ends it; see [`crate::Error::exit_code`].
	pub async fn run(self) -> Result<()> {
		let output = Output {
			json: self.global.json,
			quiet: self.global.quiet,
		};
		match self.command {
			Command::Sample(args) => args.run(output),
			Command::Sales(command) => command.run(output).await,
			Command::Issuer(command) => command.run(output).await,
			Command::Order(args) => args.run(output).await,
			Command::Records(args) => args.run(output).await,
			Command::Evidence(command) => command.run(output).await,
			Command::Status(args) => args.run(output).await,
			Command::Join(args) => args.run(output).await,
			Command::Countersign(args) => args.run(output).await,
			Command::Grant(args) => args.run(output).await,
			Command::GrantPrefix(args) => args.run(output).await,
			Command::Suspend(args) => args.suspend(output).await,
			Command::Resume(args) => args.run(output).await,
			Command::Revoke(args) => args.revoke(output).await,
			Command::Council(command) => command.run(output).await,
			Command::Member(command) => command.run(output).await,
			Command::Node(command) => command.run(output).await,
			Command::Agreement(command) => command.run(output).await,
			Command::Interface(command) => command.run(output).await,
			Command::Product(command) => command.run(output).await,
		}
	}
}

/// A signal that turns true at the first Ctrl-C or SIGTERM, so that what was begun can be finished.
fn stop_signal() -> tokio::sync::watch::Receiver<bool> {
	let (stop, stopped) = tokio::sync::watch::channel(false);
	tokio::spawn(async move {
		let interrupt = tokio::signal::ctrl_c();
		#[cfg(unix)]
		{
			use tokio::signal::unix::{signal, SignalKind};
			match signal(SignalKind::terminate()) {
				Ok(mut terminate) => {
					tokio::select! {
						_ = interrupt => {},
						_ = terminate.recv() => {},
					}
				}
				Err(_) => {
					let _ = interrupt.await;
				}
			}
		}
		#[cfg(not(unix))]
		let _ = interrupt.await;
		let _ = stop.send(true);
		// Kept alive: a dropped sender counts as a stop, too.
		std::future::pending::<()>().await;
	});
	stopped
}
