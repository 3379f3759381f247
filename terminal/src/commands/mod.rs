// SPDX-License-Identifier: Apache-2.0

//! The commands of `sealane`, one file per family.

mod answers;
mod checkpoint;
mod convert;
mod council;
mod days;
mod evidence;
mod formats;
mod issuer;
mod issuer_days;
mod members;
mod networks;
mod offline;
mod operator;
mod quarantine;
mod records;
mod registers;
mod retention;
mod sales;
mod shell;
mod status;
mod ta;
mod user;
mod validators;
mod what_if;

use crate::{
	chain::{ChainClient, SignerArgs, Until},
	error::{Result, EXIT_CODES},
	log::{self, LogFormat},
	output::{Output, Table},
};
use clap::{Args, Parser, Subcommand};
use sealane_terminal_core::{db::Db, outage::outlast, stop::Stop};

/// Terminals of banks and issuers, evidence verifier and operator commands of Sealane.
#[derive(Debug, Parser)]
#[command(name = "sealane", version, after_help = EXIT_CODES, propagate_version = true)]
pub struct Cli {
	#[command(flatten)]
	global: Global,
	#[command(subcommand)]
	command: Command,
}

#[derive(Clone, Debug, Args)]
struct Global {
	/// Print one JSON value per result instead of text
	#[arg(long, global = true)]
	json: bool,
	/// Print neither progress nor remarks, and only warnings and alarms in the journal
	#[arg(long, short, global = true)]
	quiet: bool,
	/// How the journal on stderr is written
	#[arg(long, global = true, value_enum, default_value_t, env = "SEALANE_LOG_FORMAT")]
	log_format: LogFormat,
	/// What the journal tells: error, warn, info, debug
	#[arg(long, global = true, env = "SEALANE_LOG")]
	log: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// The sales terminal
	#[command(subcommand)]
	Sales(sales::SalesCommand),
	/// The issuer terminal
	#[command(subcommand)]
	Issuer(issuer::IssuerCommand),
	/// The server of a consortium's operator and its council
	#[command(subcommand)]
	Operator(operator::OperatorCommand),
	/// Show one order: its record here and where it is on the nodes
	Order(records::OrderArgs),
	/// Show business records, newest first
	Records(records::RecordsArgs),
	/// Fetch and verify evidence
	#[command(subcommand)]
	Evidence(evidence::EvidenceCommand),
	/// Blocks that members vouch for, from which evidence can be followed
	#[command(subcommand)]
	Checkpoint(checkpoint::CheckpointCommand),
	/// What came from the node and cannot be read: look at it and decide
	#[command(subcommand)]
	Quarantine(quarantine::QuarantineCommand),
	/// Files of the trade: OFD, WDEP
	#[command(subcommand)]
	Formats(formats::FormatsCommand),
	/// Write orders and confirmations in another format: JSON lines, CSV, OFD, WDEP, ISO 20022
	Convert(Box<convert::ConvertArgs>),
	/// Print the script that completes commands in a shell
	Completions(shell::CompletionsArgs),
	/// Write the manual pages
	Man(shell::ManArgs),
	/// What a sales terminal keeps, for how long, and legal holds
	#[command(subcommand)]
	Retention(retention::RetentionCommand),
	/// People and programs that may use a terminal's HTTP API
	#[command(subcommand)]
	User(user::UserCommand),
	/// Show who did or saw what in a terminal's HTTP API
	Audit(user::AuditArgs),
	/// Show how the node is: channels, lanes, alarms
	Status(status::StatusArgs),
	/// Channels between sellers and issuers
	#[command(subcommand)]
	Channel(networks::ChannelCommand),
	/// Apply for channels with issuers (seller)
	#[command(hide = true)]
	Join(networks::JoinArgs),
	/// Countersign a cooperation agreement (issuer)
	#[command(hide = true)]
	Countersign(networks::CountersignArgs),
	/// Grant a channel (council motion)
	#[command(hide = true)]
	Grant(networks::GrantArgs),
	/// Let an issuer register interfaces and products whose ids begin so (council motion)
	GrantPrefix(networks::GrantPrefixArgs),
	/// Suspend a channel (council motion)
	#[command(hide = true)]
	Suspend(networks::ReasonArgs),
	/// Resume a suspended channel (council motion)
	#[command(hide = true)]
	Resume(networks::ResumeArgs),
	/// Revoke a channel (council motion)
	#[command(hide = true)]
	Revoke(networks::ReasonArgs),
	/// Motions of the permission council
	#[command(subcommand)]
	Council(council::CouncilCommand),
	/// Sign on a machine without a network: show, sign and submit what --export-unsigned wrote
	#[command(subcommand)]
	Offline(offline::OfflineCommand),
	/// Members of the consortium
	#[command(subcommand)]
	Member(members::MemberCommand),
	/// Validators of the chain
	#[command(subcommand)]
	Validator(validators::ValidatorCommand),
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
	/// Receipts of customers' registrations
	#[command(subcommand)]
	Receipt(registers::ReceiptCommand),
	/// Business calendars: on which days an issuer takes orders, and until when
	#[command(subcommand)]
	Calendar(registers::CalendarCommand),
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
	#[command(flatten)]
	export: offline::ExportArgs,
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

	/// Starts the journal.
	pub fn start_log(&self) {
		let unless_told = if self.global.quiet { "warn" } else { "info" };
		// What the libraries tell of themselves is nobody's business unless asked for.
		let filter = match &self.global.log {
			Some(filter) => filter.clone(),
			None => format!(
				"warn,{}",
				[
					"sealane_http",
					"sealane_terminal_core",
					"sealane_service",
					"sealane_sales",
					"sealane_issuer",
					"sealane_operator",
					"sealane",
				]
				.map(|name| format!("{name}={unless_told}"))
				.join(",")
			),
		};
		log::start(self.global.log_format, &filter);
	}

	/// Runs the command.
	///
	/// # Errors
	/// Whatever ends it; see [`crate::error::Error::exit_code`].
	pub async fn run(self) -> Result<()> {
		let output = Output {
			json: self.global.json,
			quiet: self.global.quiet,
		};
		match self.command {
			Command::Sales(command) => command.run(output).await,
			Command::Issuer(command) => command.run(output).await,
			Command::Operator(command) => command.run(output).await,
			Command::Order(args) => args.run(output).await,
			Command::Records(args) => args.run(output).await,
			Command::Evidence(command) => command.run(output).await,
			Command::Checkpoint(command) => command.run(output).await,
			Command::Quarantine(command) => command.run(output).await,
			Command::Formats(command) => command.run(output).await,
			Command::Convert(args) => args.run(output).await,
			Command::Completions(args) => args.run(),
			Command::Man(args) => args.run(output),
			Command::Retention(command) => command.run(output).await,
			Command::User(command) => command.run(output).await,
			Command::Audit(args) => args.run(output).await,
			Command::Status(args) => args.run(output).await,
			Command::Channel(command) => command.run(output).await,
			Command::Join(args) => args.run(output).await,
			Command::Countersign(args) => args.run(output).await,
			Command::Grant(args) => args.run(output).await,
			Command::GrantPrefix(args) => args.run(output).await,
			Command::Suspend(args) => args.suspend(output).await,
			Command::Resume(args) => args.run(output).await,
			Command::Revoke(args) => args.revoke(output).await,
			Command::Council(command) => command.run(output).await,
			Command::Offline(command) => command.run(output).await,
			Command::Member(command) => command.run(output).await,
			Command::Validator(command) => command.run(output).await,
			Command::Node(command) => command.run(output).await,
			Command::Agreement(command) => command.run(output).await,
			Command::Interface(command) => command.run(output).await,
			Command::Product(command) => command.run(output).await,
			Command::Receipt(command) => command.run(output).await,
			Command::Calendar(command) => command.run(output).await,
		}
	}
}

/// Where the records or books are.
#[derive(Clone, Debug, Args)]
pub struct DbArgs {
	/// Database: sqlite:PATH or postgres://…
	#[arg(long, env = "SEALANE_DB")]
	pub db: String,
}

#[derive(serde::Serialize)]
struct CursorReport {
	name: String,
	position: String,
}

/// Prints where in the node's log a terminal is.
async fn show_cursors(db: &Db, output: Output) -> Result<()> {
	let cursors: Vec<_> = db
		.cursors()
		.await?
		.into_iter()
		.map(|(name, position)| CursorReport { name, position })
		.collect();
	output.result(&cursors, |cursors| {
		let mut table = Table::new(&["cursor", "position"]);
		for cursor in cursors {
			table.row([cursor.name.clone(), cursor.position.clone()]);
		}
		table.to_string()
	});
	Ok(())
}

/// Opens a service's database: one that is away is waited for. `None` where the process is asked to stop first.
async fn await_db<T, F: std::future::Future<Output = Result<T>>>(
	stop: &Stop,
	open: impl FnMut() -> F,
) -> Result<Option<T>> {
	outlast("the database", stop, open).await
}

#[cfg(test)]
mod tests {
	use super::*;
	use clap::CommandFactory;

	#[test]
	fn no_argument_stands_in_the_way_of_another() {
		Cli::command().debug_assert();
	}
}
