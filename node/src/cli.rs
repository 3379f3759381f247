// SPDX-License-Identifier: Apache-2.0

//! Arguments and subcommands.

use sealane_gateway::TlsFiles;
use std::{net::SocketAddr, path::PathBuf};

/// A member's node: chain, courier and HTTP API in one process.
#[derive(Debug, clap::Parser)]
pub struct Cli {
	/// What to do; without it, run the node.
	#[command(subcommand)]
	pub subcommand: Option<Subcommand>,

	/// Arguments of the chain's node.
	#[clap(flatten)]
	pub run: sc_cli::RunCmd,

	/// Arguments of courier and HTTP API.
	#[clap(flatten)]
	pub trade: TradeArgs,
}

/// How this node trades.
#[derive(Clone, Debug, clap::Args)]
pub struct TradeArgs {
	/// Address of the HTTP API for business systems. One that other machines reach is refused without TLS.
	#[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9955")]
	pub api_addr: SocketAddr,

	/// Certificate of the HTTP API in PEM, followed by those between it and its authority: TLS in the place of plain HTTP.
	#[arg(long, value_name = "FILE", requires = "api_tls_key")]
	pub api_tls_cert: Option<PathBuf>,

	/// Private key of that certificate in PEM, mode 600.
	#[arg(long, value_name = "FILE", requires = "api_tls_cert")]
	pub api_tls_key: Option<PathBuf>,

	/// Authorities of clients' certificates in PEM. With them, a client of the HTTP API needs a certificate of one of them,
	/// beside its token.
	#[arg(long, value_name = "FILE", requires = "api_tls_cert")]
	pub api_client_ca: Option<PathBuf>,

	/// How long requests under way may take to end after SIGTERM or SIGINT, in seconds. A second signal ends the wait.
	#[arg(long, value_name = "SECONDS", default_value_t = 10)]
	pub stop_timeout: u32,

	/// File with the courier's secret keys, mode 600. Made at the first start where it does not exist.
	#[arg(long, value_name = "FILE")]
	pub courier_key_file: Option<PathBuf>,

	/// Start although records of the courier's log are damaged, and give those up for good. Only where no copy of the
	/// damaged file is left. Lost are the packets, receipts and notes in the damaged range, which the log names by file,
	/// offset and length; kept is every record whose checksum holds. The partners keep what they acknowledged and what
	/// they sent. Needed once: what was given up is remembered. See docs/operating/recovery.md.
	#[arg(long)]
	pub salvage_log: bool,

	/// This node was restored from a copy that is older than what it sent: it takes the place of its other store, gets back from the partners what the
	/// copy lacks, and they turn the other away. Once, at the first start; read docs/operating/running-a-node.md first.
	#[arg(long)]
	pub take_over: bool,

	/// Do not trade: no courier, no HTTP API. For validators without a business of their own.
	#[arg(long)]
	pub no_courier: bool,

	/// Send over channels that this node was not granted. Only for conformance tests of other members' nodes, which
	/// must refuse what arrives.
	#[arg(long, hide = true)]
	pub unchecked_sender: bool,
}

impl TradeArgs {
	/// The files of TLS, where the HTTP API is to have it.
	pub fn tls(&self) -> Option<TlsFiles> {
		Some(TlsFiles {
			certificate: self.api_tls_cert.clone()?,
			key: self.api_tls_key.clone()?,
			client_ca: self.api_client_ca.clone(),
		})
	}
}

/// What the binary can do besides running the node.
#[derive(Debug, clap::Subcommand)]
#[allow(clippy::large_enum_variant)]
pub enum Subcommand {
	/// Keys of chain and network: generate, inspect, insert.
	#[command(subcommand)]
	Key(KeyCommand),

	/// Make or show the courier's keys.
	#[command(subcommand)]
	CourierKey(CourierKeyCommand),

	/// Found a network: founders' keys and files, the chain specification that comes of them.
	#[command(subcommand)]
	Genesis(crate::genesis::GenesisCommand),

	/// Export the chain specification.
	ExportChainSpec(sc_cli::ExportChainSpecCmd),

	/// Validate blocks.
	CheckBlock(sc_cli::CheckBlockCmd),

	/// Export blocks.
	ExportBlocks(sc_cli::ExportBlocksCmd),

	/// Export the state of a block as a chain specification.
	ExportState(sc_cli::ExportStateCmd),

	/// Import blocks.
	ImportBlocks(sc_cli::ImportBlocksCmd),

	/// Remove the chain's database. The courier's store stays.
	PurgeChain(sc_cli::PurgeChainCmd),

	/// Revert the chain to an earlier block.
	Revert(sc_cli::RevertCmd),

	/// What the database knows of the chain.
	ChainInfo(sc_cli::ChainInfoCmd),
}

/// Keys of chain and network.
#[derive(Debug, clap::Subcommand)]
pub enum KeyCommand {
	/// Make a node key, write it to a file or stdout, and its PeerId to stderr.
	GenerateNodeKey(sc_cli::GenerateKeyCmdCommon),

	/// Make an account.
	Generate(sc_cli::GenerateCmd),

	/// Show public key and address of a secret.
	Inspect(sc_cli::InspectKeyCmd),

	/// Show the PeerId of a node key.
	InspectNodeKey(sc_cli::InspectNodeKeyCmd),

	/// Put a key into a node's keystore.
	Insert(sc_cli::InsertKeyCmd),
}

/// The courier's keys.
#[derive(Debug, clap::Subcommand)]
pub enum CourierKeyCommand {
	/// Make a key file (mode 600) and print the public keys as JSON.
	Generate {
		/// Where to write it. An existing file is never overwritten.
		file: PathBuf,
	},
	/// Add a pair to a key file: the first step of a rotation. The node reads it at its next start.
	Add {
		/// The key file.
		file: PathBuf,
	},
	/// Remove a pair from a key file and print the public keys that are left: the last step of a rotation, when nothing sealed
	/// to the old pair is under way any more. The last pair stays.
	Remove {
		/// The key file.
		file: PathBuf,
		/// The public signing key of the pair, 64 hexadecimal digits.
		signing: String,
	},
	/// Print the public keys of a key file as JSON, oldest first.
	Show {
		/// The key file.
		file: PathBuf,
	},
}
