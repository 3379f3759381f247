// SPDX-License-Identifier: Apache-2.0

use crate::{
	chain::ChainClient,
	error::{Error, Result},
	evidence,
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
	/// Check a proof: by itself, and against another node's chain state
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
			output.remark("checked by itself; --node-rpc asks a node for the anchor and the keys");
		}
		output.result(&report, |r| {
			let mut table = Table::new(&["", ""]);
			table.row(["leaf", &r.leaf]);
			table.row(["batch root", &r.batch_root]);
			table.row(["channel", &r.channel.to_string()]);
			table.row([
				"signed by",
				&format!("node {} (issuer), node {} (seller)", r.issuer_node, r.seller_node),
			]);
			if let Some(anchor) = &r.anchor {
				let text = format!("{} of node {}, block {}", anchor.sequence, anchor.node, anchor.block);
				table.row(["anchor", &text]);
				table.row(["anchor root", &anchor.root]);
			}
			if let Some(chain) = &r.chain {
				let text = format!(
					"{} has the anchor and both keys, final at block {}",
					chain.url, chain.at_block
				);
				table.row(["chain", &text]);
			}
			format!("{table}\nverified")
		});
		Ok(())
	}
}
