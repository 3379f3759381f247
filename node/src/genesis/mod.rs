// SPDX-License-Identifier: Apache-2.0

//! `sealane-node genesis`: how founders make the chain specification of a real network, together and without trust in whoever
//! puts it together.

mod build;
mod founder;
mod secrets;

pub use build::refuse_well_known;

use crate::chain_spec;
use sc_cli::Error;
use sealane_genesis::{FounderFile, Founding, GenesisError, KeyName, Plan, Signature};
use std::path::{Path, PathBuf};

/// A genesis, step by step.
#[derive(Debug, clap::Subcommand)]
pub enum GenesisCommand {
	/// Write the plan that all founders agree on: name, id, the runtime of this program
	Init(InitArgs),
	/// Make a founder's keys in empty folders and write the file that it hands in
	AddMember(founder::AddMemberArgs),
	/// Add the signature of a manager or seat whose key is in a wallet
	AddProof(AddProofArgs),
	/// Put all founders' files together: write the chain specification, print its genesis hash and what all sign
	Build(BuildArgs),
	/// Build it again from the same files, and compare
	Verify(VerifyArgs),
}

#[derive(Debug, clap::Args)]
pub struct InitArgs {
	/// The plan's file; a new one
	plan: PathBuf,
	/// Name of the network, for people
	#[arg(long)]
	name: String,
	/// Its id, which names folders: a to z, 0 to 9, _
	#[arg(long)]
	id: String,
	/// Fewest validators that motions may leave
	#[arg(long, default_value_t = 4)]
	floor: u32,
	/// Let nodes that are not registered stay connected
	#[arg(long)]
	open_connections: bool,
}

#[derive(Debug, clap::Args)]
pub struct AddProofArgs {
	/// The plan
	plan: PathBuf,
	/// The founder's file, which is changed
	#[arg(long, value_name = "FILE")]
	file: PathBuf,
	/// Which key signed: manager or seat
	#[arg(long, value_parser = ["manager", "seat"])]
	key: String,
	/// The signature over the text that `add-member` printed, 0x…
	#[arg(long)]
	signature: String,
}

#[derive(Debug, clap::Args)]
pub struct BuildArgs {
	/// The plan
	plan: PathBuf,
	/// The founders' files
	#[arg(required = true)]
	founders: Vec<PathBuf>,
	/// The chain specification; a new file
	#[arg(long, value_name = "FILE")]
	out: PathBuf,
}

#[derive(Debug, clap::Args)]
pub struct VerifyArgs {
	/// The plan
	plan: PathBuf,
	/// The founders' files
	#[arg(required = true)]
	founders: Vec<PathBuf>,
	/// The chain specification that somebody built
	#[arg(long, value_name = "FILE")]
	chain: PathBuf,
}

impl GenesisCommand {
	/// Does it.
	///
	/// # Errors
	/// Field, value and rule.
	pub fn run(&self) -> sc_cli::Result<()> {
		match self {
			GenesisCommand::Init(args) => args.run(),
			GenesisCommand::AddMember(args) => args.run(),
			GenesisCommand::AddProof(args) => args.run(),
			GenesisCommand::Build(args) => args.run(),
			GenesisCommand::Verify(args) => args.run(),
		}
	}
}

fn input(error: GenesisError) -> Error {
	Error::Input(error.to_string())
}

/// BLAKE2b-256 of the runtime in this program.
fn own_runtime() -> Result<[u8; 32], Error> {
	Ok(sp_io::hashing::blake2_256(chain_spec::code()?))
}

/// The plan, for the runtime of this program.
fn read_plan(path: &Path) -> Result<Plan, Error> {
	let plan = Plan::read(path).map_err(input)?;
	let own = own_runtime()?;
	if plan.runtime.0 != own {
		return Err(Error::Input(format!(
			"{}: the runtime of the plan is {}, that of this program 0x{}: all founders use the same release",
			path.display(),
			plan.runtime,
			hex::encode(own)
		)));
	}
	Ok(plan)
}

fn assemble(plan: &Path, founders: &[PathBuf]) -> Result<Founding, Error> {
	let plan = read_plan(plan)?;
	let files = founders.iter().map(|path| FounderFile::read(path).map_err(input));
	Founding::assemble(plan, files.collect::<Result<_, _>>()?).map_err(input)
}

impl InitArgs {
	fn run(&self) -> sc_cli::Result<()> {
		let plan = Plan::new(&self.name, &self.id, own_runtime()?, self.floor, !self.open_connections);
		let plan = plan.map_err(input)?;
		plan.write(&self.plan).map_err(input)?;
		println!("plan 0x{}", hex::encode(plan.digest()));
		Ok(())
	}
}

impl AddProofArgs {
	fn run(&self) -> sc_cli::Result<()> {
		let plan = read_plan(&self.plan)?;
		let mut file = FounderFile::read(&self.file).map_err(input)?;
		let signature: Signature = self.signature.parse().map_err(Error::Input)?;
		let key = KeyName::from_name(&self.key).ok_or_else(|| Error::Input(format!("no key {}", self.key)))?;
		file.prove(&plan, key, signature).map_err(input)?;
		file.write(&self.file, true).map_err(input)
	}
}

impl BuildArgs {
	fn run(&self) -> sc_cli::Result<()> {
		let founding = assemble(&self.plan, &self.founders)?;
		let built = build::build(&founding)?;
		secrets::write_new(&self.out, built.json.as_bytes(), 0o644)?;
		print!("{}", founding.statement(built.genesis));
		Ok(())
	}
}

impl VerifyArgs {
	fn run(&self) -> sc_cli::Result<()> {
		let founding = assemble(&self.plan, &self.founders)?;
		let built = build::build(&founding)?;
		let given = std::fs::read(&self.chain).map_err(|e| Error::Input(format!("{}: {e}", self.chain.display())))?;
		if given != built.json.as_bytes() {
			let found = build::genesis_of_file(&self.chain)?;
			return Err(Error::Input(format!(
				"{}: not what these files give. Its genesis hash is 0x{}, theirs 0x{}{}",
				self.chain.display(),
				hex::encode(found),
				hex::encode(built.genesis),
				match found == built.genesis {
					true => ": it differs in names, addresses or settings that the hash does not cover",
					false => "",
				}
			)));
		}
		print!("{}", founding.statement(built.genesis));
		Ok(())
	}
}
