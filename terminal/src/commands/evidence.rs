// SPDX-License-Identifier: Apache-2.0

use crate::{
	chain::ChainClient,
	error::{Error, Result},
	evidence::{self, EvidenceReport},
	node::NodeArgs,
	output::{Output, Table},
};
use clap::{Args, Subcommand};
use serde::Serialize;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub enum EvidenceCommand {
	/// Fetch the proof of one order's trade record
	Get(GetArgs),
	/// Check a proof: offline from the chain specification, or against another node's chain state
	Verify(VerifyArgs),
}

#[derive(Debug, Args)]
pub struct GetArgs {
	/// The order's id
	id: String,
	#[command(flatten)]
	node: NodeArgs,
	/// File to write; - for stdout
	#[arg(short, long)]
	output: PathBuf,
	/// The seller's number, on an issuer's node
	#[arg(long)]
	seller: Option<u32>,
}

#[derive(Debug, Args)]
pub struct VerifyArgs {
	/// The evidence pack
	file: PathBuf,
	/// Raw chain specification of the network (`sealane-node export-chain-spec --raw`): everything is checked from it alone, and no
	/// node is asked
	#[arg(long, value_name = "FILE", conflicts_with_all = ["node_rpc", "genesis"])]
	chain: Option<PathBuf>,
	/// RPC URL of a node, best one that belongs to neither party; its final state must have the anchor and the keys
	#[arg(long)]
	node_rpc: Option<String>,
	/// Genesis hash of the chain, 64 hexadecimal digits; that of the node, else that in the pack unless told
	#[arg(long)]
	genesis: Option<String>,
}

#[derive(Serialize)]
struct Got {
	order: String,
	file: PathBuf,
	bytes: usize,
}

impl EvidenceCommand {
	pub async fn run(self, output: Output) -> Result<()> {
		match self {
			EvidenceCommand::Get(args) => args.run(output).await,
			EvidenceCommand::Verify(args) => args.run(output).await,
		}
	}
}

impl GetArgs {
	async fn run(self, output: Output) -> Result<()> {
		let pack = self.node.client()?.evidence(&self.id, self.seller).await?;
		let text = pack.0.get();
		if self.output.as_os_str() == "-" {
			println!("{text}");
			return Ok(());
		}
		std::fs::write(&self.output, text).map_err(Error::file(&self.output))?;
		let got = Got {
			order: self.id,
			bytes: text.len(),
			file: self.output,
		};
		output.result(&got, |g| format!("{}: {} bytes", g.file.display(), g.bytes));
		Ok(())
	}
}

impl VerifyArgs {
	async fn run(self, output: Output) -> Result<()> {
		let pack = evidence::read(&self.file)?;
		if let Some(path) = &self.chain {
			let report = evidence::verify_offline(&pack, &evidence::read_spec(path)?)?;
			output.result(&report, human);
			return Ok(());
		}
		let chain = match &self.node_rpc {
			Some(url) => Some(ChainClient::connect(url).await?),
			None => None,
		};
		let genesis = match (&self.genesis, &chain) {
			(Some(text), _) => {
				let mut hash = [0; 32];
				hex::decode_to_slice(text.trim_start_matches("0x"), &mut hash)
					.map_err(|e| Error::invalid("genesis", text.as_str(), format!("64 hexadecimal digits: {e}")))?;
				hash
			}
			(None, Some(chain)) => chain.genesis(),
			(None, None) => evidence::genesis_of(&pack),
		};
		let report = evidence::verify(&pack, &genesis, chain.as_ref()).await?;
		if chain.is_none() {
			output.remark(
				"checked by itself; --chain checks the rest from the chain specification, --node-rpc asks a node",
			);
		}
		output.result(&report, human);
		Ok(())
	}
}

/// The steps, each with what holds.
fn human(report: &EvidenceReport) -> String {
	let mut table = Table::new(&["", ""]);
	for step in &report.steps {
		table.row([step.about, &step.holds]);
	}
	let scope = match (&report.offline, &report.chain) {
		(Some(_), _) => "verified from the chain specification alone",
		(None, Some(_)) => "verified against the state of a live node",
		(None, None) => "verified by itself: whether the chain has the anchor and the keys was not checked",
	};
	format!("{table}\n{scope}")
}
