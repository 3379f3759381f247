// SPDX-License-Identifier: Apache-2.0

use super::{council::report, ChainArgs};
use crate::{
	chain::{parse_account, Call, ChainClient, Shown, Signed, SignerArgs, Unsigned, Until, VALID_BLOCKS},
	error::{Error, Result},
	output::Output,
};
use clap::{Args, Subcommand};
use serde::Serialize;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub enum OfflineCommand {
	/// Show in words what a file is to have signed
	Show {
		/// What --export-unsigned wrote
		file: PathBuf,
	},
	/// Show it and sign it; needs no network
	Sign(SignArgs),
	/// Submit what was signed; needs no key
	Submit(SubmitSignedArgs),
	/// Print the hash of the runtime's metadata, to compare with the one that is shown beside the words
	MetadataHash(ChainArgs),
}

#[derive(Debug, Args)]
pub struct SignArgs {
	/// What --export-unsigned wrote
	file: PathBuf,
	/// Where to write what is signed; a new file
	#[arg(long, value_name = "FILE")]
	out: PathBuf,
	/// The hash that the runtime's metadata must have, as another node gives it: words of other metadata are not to be trusted
	#[arg(long, value_name = "HASH")]
	metadata_hash: Option<String>,
	#[command(flatten)]
	signer: SignerArgs,
}

#[derive(Debug, Args)]
pub struct SubmitSignedArgs {
	/// What `offline sign` wrote
	file: PathBuf,
	#[command(flatten)]
	chain: ChainArgs,
	/// What to wait for
	#[arg(long, value_enum, default_value_t = Until::Finalised)]
	wait: Until,
}

/// Whether to sign elsewhere.
#[derive(Clone, Debug, Args)]
pub struct ExportArgs {
	/// Sign nothing here: write what is to be signed to a new file, for `sealane offline sign`
	#[arg(long, value_name = "FILE", requires = "signing_account", conflicts_with_all = ["key_file", "suri"])]
	export_unsigned: Option<PathBuf>,
	/// The account that is to sign: SS58, 0x-hex or //Name
	#[arg(id = "signing_account", long = "account", requires = "export_unsigned")]
	account: Option<String>,
	/// For how many blocks from now on it may be submitted: a power of two, at most 2048 (68 minutes)
	#[arg(long, default_value_t = VALID_BLOCKS, requires = "export_unsigned")]
	valid_blocks: u32,
}

#[derive(Serialize)]
struct Exported {
	file: PathBuf,
	#[serde(flatten)]
	shown: Shown,
}

impl ExportArgs {
	/// Whether it is signed elsewhere.
	pub fn wanted(&self) -> bool {
		self.export_unsigned.is_some()
	}

	/// For commands that sign more than an extrinsic.
	///
	/// # Errors
	/// It is to be signed elsewhere.
	pub fn refuse(&self, why: &str) -> Result<()> {
		match &self.export_unsigned {
			Some(file) => Err(Error::invalid("export-unsigned", file.display().to_string(), why)),
			None => Ok(()),
		}
	}

	/// Writes what is to be signed, where that is wanted; says whether it was.
	///
	/// # Errors
	/// The node does not answer, or the file exists or cannot be written.
	pub async fn export(&self, chain: &ChainClient, call: &Call, output: Output) -> Result<bool> {
		let (Some(file), Some(account)) = (&self.export_unsigned, &self.account) else {
			return Ok(false);
		};
		let unsigned = chain
			.unsigned(call, &parse_account(account)?, self.valid_blocks)
			.await?;
		let shown = unsigned.shown()?;
		unsigned.write(file)?;
		let exported = Exported {
			file: file.clone(),
			shown,
		};
		output.result(&exported, |e| {
			format!("{}\nto be signed: {}", text(&e.shown), e.file.display())
		});
		Ok(true)
	}
}

fn text(shown: &Shown) -> String {
	let mut text = format!(
		"account   {}\nnonce     {}\ngenesis   {}\nruntime   {}, metadata {}\nuntil     block {}\n\n{}",
		shown.account,
		shown.nonce,
		shown.genesis,
		shown.spec_version,
		shown.metadata_hash,
		shown.until_block,
		shown.words
	);
	for behind in &shown.behind {
		text.push_str(&format!("\n\n{} is {}", behind.hash, behind.words));
	}
	text.push('\n');
	text
}

impl OfflineCommand {
	pub async fn run(self, output: Output) -> Result<()> {
		match self {
			OfflineCommand::Show { file } => {
				output.result(&Unsigned::read(&file)?.shown()?, text);
				Ok(())
			}
			OfflineCommand::Sign(args) => args.run(output),
			OfflineCommand::Submit(args) => args.run(output).await,
			OfflineCommand::MetadataHash(args) => {
				let hash = args.connect().await?.metadata_hash().await?;
				output.result(&format!("0x{}", hex::encode(hash)), Clone::clone);
				Ok(())
			}
		}
	}
}

impl SignArgs {
	fn run(self, output: Output) -> Result<()> {
		let unsigned = Unsigned::read(&self.file)?;
		let shown = unsigned.shown()?;
		if let Some(wanted) = &self.metadata_hash {
			if !shown.metadata_hash.eq_ignore_ascii_case(wanted) {
				let rule = format!("that of the file, which is {}", shown.metadata_hash);
				return Err(Error::invalid("metadata-hash", wanted.as_str(), rule));
			}
		}
		unsigned.sign(&self.signer.keypair()?)?.write(&self.out)?;
		let signed = Exported { file: self.out, shown };
		output.result(&signed, |s| format!("{}\nsigned: {}", text(&s.shown), s.file.display()));
		Ok(())
	}
}

impl SubmitSignedArgs {
	async fn run(self, output: Output) -> Result<()> {
		let signed = Signed::read(&self.file)?;
		let chain = self.chain.connect().await?;
		let name = signed.name.clone();
		let submitted = chain.submit_signed(&name, chain.extrinsic(signed)?, self.wait).await?;
		report(&name, &submitted, output);
		Ok(())
	}
}
