// SPDX-License-Identifier: Apache-2.0

use super::ChainArgs;
use crate::{
	chain::SignerArgs,
	error::{Error, Result},
	evidence,
	output::{Output, Table},
};
use clap::{Args, Subcommand};
use sealane_operator::checkpoint::{self, CheckpointReport};
use sealane_primitives::ids::BlockNumber;
use sealane_terminal_core::files::write_private;
use sealane_verifier::CheckpointFile;
use std::path::{Path, PathBuf};

#[derive(Debug, Subcommand)]
pub enum CheckpointCommand {
	/// Sign what your own node says of a final block, with the account that manages your member
	Sign(SignArgs),
	/// Put the signatures of several members over one block into one file
	Collect(CollectArgs),
	/// Check a checkpoint, and show who signed it
	Verify(VerifyArgs),
}

#[derive(Debug, Args)]
pub struct SignArgs {
	#[command(flatten)]
	chain: ChainArgs,
	#[command(flatten)]
	signer: SignerArgs,
	/// The block: all members that sign together name the same one; the newest final block unless told
	#[arg(long)]
	block: Option<BlockNumber>,
	/// The file to write
	#[arg(short, long)]
	output: PathBuf,
}

#[derive(Debug, Args)]
pub struct CollectArgs {
	/// The files that the members signed
	#[arg(required = true)]
	files: Vec<PathBuf>,
	/// The file to write
	#[arg(short, long)]
	output: PathBuf,
}

#[derive(Debug, Args)]
pub struct VerifyArgs {
	/// The checkpoint
	file: PathBuf,
	/// Raw chain specification of the network: the checkpoint must be of this chain
	#[arg(long, value_name = "FILE")]
	chain: Option<PathBuf>,
}

impl CheckpointCommand {
	pub async fn run(self, output: Output) -> Result<()> {
		match self {
			CheckpointCommand::Sign(args) => args.run(output).await,
			CheckpointCommand::Collect(args) => args.run(output),
			CheckpointCommand::Verify(args) => args.run(output),
		}
	}
}

impl SignArgs {
	async fn run(self, output: Output) -> Result<()> {
		let chain = self.chain.connect().await?;
		let file = checkpoint::sign(&chain, self.block, &self.signer.keypair()?).await?;
		write(&file, &self.output, output)
	}
}

impl CollectArgs {
	fn run(self, output: Output) -> Result<()> {
		let files = self
			.files
			.iter()
			.map(|path| evidence::read_checkpoint_file(path))
			.collect::<Result<Vec<_>>>()?;
		write(&checkpoint::collect(&files)?, &self.output, output)
	}
}

impl VerifyArgs {
	fn run(self, output: Output) -> Result<()> {
		let checkpoint = evidence::read_checkpoint(&self.file)?;
		if let Some(path) = &self.chain {
			let genesis = evidence::read_spec(path)?.hash;
			if genesis != checkpoint.genesis {
				return Err(Error::NotVerified(format!(
					"the checkpoint is of the chain {}, the specification of {}",
					hex::encode(checkpoint.genesis),
					hex::encode(genesis)
				)));
			}
		}
		output.result(&CheckpointReport::new(&checkpoint), human);
		Ok(())
	}
}

/// Writes the file and says what is in it.
fn write(file: &CheckpointFile, path: &Path, output: Output) -> Result<()> {
	let checkpoint = file.verify().map_err(|defect| Error::NotVerified(defect.to_string()))?;
	let text = file.to_json().map_err(|e| Error::Format {
		path: path.into(),
		line: 0,
		reason: e.to_string(),
	})?;
	write_private(path, text.as_bytes())?;
	output.result(&CheckpointReport::new(&checkpoint), human);
	Ok(())
}

fn human(report: &CheckpointReport) -> String {
	let mut table = Table::new(&["", ""]);
	table.row(["chain", &report.genesis]);
	table.row(["block", &format!("{} ({})", report.block, report.hash)]);
	table.row(["state", &report.state_root]);
	let validators = format!("set {}: {}", report.validator_set, report.validators.join(", "));
	table.row(["validators", &validators]);
	for signer in &report.signers {
		table.row(["signed by", &signer.text()]);
	}
	format!("{table}\nwhether these signers are enough is for whoever relies on them")
}
