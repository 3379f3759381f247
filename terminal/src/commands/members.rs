// SPDX-License-Identifier: Apache-2.0

use super::{ChainArgs, MotionArgs, SubmitArgs};
use crate::{
	chain::{self, parse_account, CourierKeyPair, NodeSpec},
	error::{Error, Result},
	output::{Output, Table},
};
use clap::{Args, Subcommand, ValueEnum};
use sealane_primitives::{
	business::{Role, Roles},
	ids::BlockNumber,
};
use sealane_sdk::types::CourierKey;
use std::path::{Path, PathBuf};

#[derive(Debug, Subcommand)]
pub enum MemberCommand {
	/// Admit an institution (council motion)
	Admit(Box<AdmitArgs>),
	/// Show the members
	List(ChainArgs),
}

#[derive(Debug, Subcommand)]
pub enum NodeCommand {
	/// Register a node of the signer's member
	Register(RegisterArgs),
	/// Announce the next courier keys of a node: both sets hold during the overlap
	RotateKeys(RotateArgs),
	/// Show the nodes
	List(ChainArgs),
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum RoleArg {
	/// Sells products to customers
	Seller,
	/// Issues products
	Issuer,
	/// Verifies, never trades
	Auditor,
	/// Runs infrastructure
	Operator,
}

#[derive(Debug, Args)]
pub struct AdmitArgs {
	/// Its name
	#[arg(long)]
	name: String,
	/// LEI (20 characters) or unified social credit code (18)
	#[arg(long)]
	legal_id: String,
	/// How to reach its operators
	#[arg(long)]
	contact: String,
	/// What it is; repeatable
	#[arg(long = "role", value_enum, required = true)]
	roles: Vec<RoleArg>,
	/// The account that manages it: SS58, 0x-hex or //Name
	#[arg(long)]
	manager: String,
	#[command(flatten)]
	motion: MotionArgs,
}

#[derive(Debug, Args)]
pub struct CourierKeyArgs {
	/// Public courier signing key (Ed25519), 64 hexadecimal digits
	#[arg(long)]
	signing_key: String,
	/// Public courier sealing key (X25519), 64 hexadecimal digits
	#[arg(long)]
	sealing_key: String,
}

#[derive(Debug, Args)]
pub struct RegisterArgs {
	/// Its PeerId
	#[arg(long)]
	peer: String,
	/// Multiaddress at which it can be dialled, e.g. /dns/node.bank.example/tcp/30333; repeatable
	#[arg(long = "address", required = true)]
	addresses: Vec<String>,
	#[command(flatten)]
	keys: CourierKeyArgs,
	/// The account that signs its anchors: SS58, 0x-hex or //Name
	#[arg(long)]
	delegate: String,
	#[command(flatten)]
	submit: SubmitArgs,
}

/// Blocks from the announcement of courier keys to the first in which they hold, unless told: five minutes.
const KEY_NOTICE: BlockNumber = 150;

#[derive(Debug, Args)]
pub struct RotateArgs {
	/// The node's number
	#[arg(long)]
	node: u32,
	/// What `sealane-node courier-key add` printed, in a file: of the public keys in it, the newest pair is announced; - for stdin
	#[arg(long, value_name = "FILE", required_unless_present = "signing_key", conflicts_with_all = ["signing_key", "sealing_key"])]
	keys: Option<PathBuf>,
	/// Public courier signing key (Ed25519), 64 hexadecimal digits, instead of a file
	#[arg(long, requires = "sealing_key")]
	signing_key: Option<String>,
	/// Public courier sealing key (X25519), 64 hexadecimal digits
	#[arg(long, requires = "signing_key")]
	sealing_key: Option<String>,
	/// First block in which the new keys hold; 150 blocks (five minutes) ahead unless told
	#[arg(long)]
	valid_from: Option<BlockNumber>,
	/// Blocks for which the old keys hold on
	#[arg(long, default_value_t = 1_800)]
	overlap: BlockNumber,
	#[command(flatten)]
	submit: SubmitArgs,
}

impl CourierKeyArgs {
	fn pair(&self) -> Result<CourierKeyPair> {
		Ok(CourierKeyPair {
			signing: key("signing-key", &self.signing_key)?,
			sealing: key("sealing-key", &self.sealing_key)?,
		})
	}
}

fn key(field: &str, text: &str) -> Result<[u8; 32]> {
	let mut bytes = [0; 32];
	hex::decode_to_slice(text.trim_start_matches("0x"), &mut bytes)
		.map_err(|e| Error::invalid(field, text, format!("64 hexadecimal digits: {e}")))?;
	Ok(bytes)
}

impl From<RoleArg> for Role {
	fn from(role: RoleArg) -> Role {
		match role {
			RoleArg::Seller => Role::Seller,
			RoleArg::Issuer => Role::Issuer,
			RoleArg::Auditor => Role::Auditor,
			RoleArg::Operator => Role::Operator,
		}
	}
}

impl MemberCommand {
	pub async fn run(self, output: Output) -> Result<()> {
		match self {
			MemberCommand::Admit(args) => args.run(output).await,
			MemberCommand::List(args) => list_members(&args, output).await,
		}
	}
}

impl NodeCommand {
	pub async fn run(self, output: Output) -> Result<()> {
		match self {
			NodeCommand::Register(args) => args.run(output).await,
			NodeCommand::RotateKeys(args) => args.run(output).await,
			NodeCommand::List(args) => list_nodes(&args, output).await,
		}
	}
}

impl AdmitArgs {
	async fn run(self, output: Output) -> Result<()> {
		let roles: Vec<Role> = self.roles.iter().map(|r| Role::from(*r)).collect();
		let manager = parse_account(&self.manager)?;
		let chain = self.motion.connect().await?;
		let call = chain::admit_member(
			&chain,
			&self.name,
			&self.legal_id,
			&self.contact,
			Roles::of(&roles),
			manager,
		)
		.await?;
		self.motion.motion(&chain, call, output).await
	}
}

impl RegisterArgs {
	async fn run(self, output: Output) -> Result<()> {
		let spec = NodeSpec {
			keys: self.keys.pair()?,
			delegate: parse_account(&self.delegate)?,
			peer: self.peer,
			addresses: self.addresses,
		};
		let chain = self.submit.chain.connect().await?;
		let call = chain::register_node(&chain, &spec).await?;
		self.submit.submit(&chain, call, output).await
	}
}

impl RotateArgs {
	async fn run(self, output: Output) -> Result<()> {
		let keys = self.pair()?;
		let chain = self.submit.chain.connect().await?;
		let known = chain.courier_keys(self.node).await?;
		if let Some(known) = known.iter().find(|key| key.signing == keys.signing) {
			let rule = format!(
				"a new pair: the chain has had this one of node {} since block {}; `sealane-node courier-key add` makes one",
				self.node, known.valid_from
			);
			return Err(Error::invalid("keys", hex::encode(keys.signing), rule));
		}
		let valid_from = match self.valid_from {
			Some(block) => block,
			None => chain.final_block().await?.0 + KEY_NOTICE,
		};
		let call = chain::announce_keys(&chain, self.node, keys, valid_from, self.overlap).await?;
		self.submit.submit(&chain, call, output).await
	}

	fn pair(&self) -> Result<CourierKeyPair> {
		let of = |signing: &str, sealing: &str| {
			Ok(CourierKeyPair {
				signing: key("signing-key", signing)?,
				sealing: key("sealing-key", sealing)?,
			})
		};
		match (&self.keys, &self.signing_key, &self.sealing_key) {
			(Some(file), ..) => {
				let newest = newest_keys(file)?;
				of(&newest.signing, &newest.sealing)
			}
			(None, Some(signing), Some(sealing)) => of(signing, sealing),
			_ => Err(Error::invalid("keys", "", "given, or signing-key and sealing-key")),
		}
	}
}

/// The last pair of a list of public keys as `sealane-node courier-key` prints it.
fn newest_keys(file: &Path) -> Result<CourierKey> {
	let text = if file.as_os_str() == "-" {
		std::io::read_to_string(std::io::stdin())
	} else {
		std::fs::read_to_string(file)
	};
	let text = text.map_err(Error::file(file))?;
	// Whoever gives the file with the secrets by mistake must not find them in an error message: what is wrong is not quoted.
	let mut keys: Vec<CourierKey> = serde_json::from_str(text.trim()).map_err(|e| Error::Format {
		path: file.into(),
		line: e.line() as u64,
		reason: "not a list of public keys as `sealane-node courier-key show` prints it".into(),
	})?;
	keys.pop()
		.ok_or_else(|| Error::invalid("keys", file.display().to_string(), "at least one pair"))
}

async fn list_members(args: &ChainArgs, output: Output) -> Result<()> {
	let members = args.connect().await?.members().await?;
	output.result(&members, |members| {
		let mut table = Table::new(&[">member", "name", "roles", "status", "manager"]);
		for m in members {
			table.row([
				m.id.to_string(),
				m.name.clone(),
				m.roles.join(", "),
				m.status.clone(),
				m.manager.clone(),
			]);
		}
		table.to_string()
	});
	Ok(())
}

async fn list_nodes(args: &ChainArgs, output: Output) -> Result<()> {
	let nodes = args.connect().await?.nodes().await?;
	output.result(&nodes, |nodes| {
		let mut table = Table::new(&[">node", ">member", "peer (multihash)"]);
		for n in nodes {
			table.row([n.id.to_string(), n.member.to_string(), n.peer.clone()]);
		}
		table.to_string()
	});
	Ok(())
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn newest_pair_of_a_list_is_announced_and_secrets_are_not_quoted() {
		let folder = tempfile::tempdir().unwrap();
		let file = folder.path().join("keys.json");
		let pair = |n: &str| format!("{{\"signing\":\"{}\",\"sealing\":\"{}\"}}", n.repeat(64), n.repeat(64));
		std::fs::write(&file, format!("[{},{}]\n", pair("a"), pair("b"))).unwrap();
		assert_eq!(newest_keys(&file).unwrap().signing, "b".repeat(64));

		std::fs::write(&file, "[]").unwrap();
		assert!(newest_keys(&file).unwrap_err().to_string().contains("at least one"));

		// The key file itself.
		std::fs::write(&file, format!("{{\"version\":1,\"keys\":[{}]}}", pair("5"))).unwrap();
		let error = newest_keys(&file).unwrap_err().to_string();
		assert!(error.contains("courier-key show") && !error.contains("555"), "{error}");
	}
}
