// SPDX-License-Identifier: Apache-2.0

use super::{ChainArgs, MotionArgs, SubmitArgs};
use crate::{
	chain::{self, parse_account, CourierKeyPair, NodeSpec},
	error::{Error, Result},
	output::{Output, Table},
};
use clap::{Args, Subcommand, ValueEnum};
use sealane_primitives::business::{Role, Roles};

#[derive(Debug, Subcommand)]
pub enum MemberCommand {
	/// Admit an institution (council motion)
	Admit(AdmitArgs),
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

#[derive(Debug, Args)]
pub struct RotateArgs {
	/// The node's number
	#[arg(long)]
	node: u32,
	#[command(flatten)]
	keys: CourierKeyArgs,
	/// First block in which the new keys hold
	#[arg(long)]
	valid_from: u32,
	/// Blocks for which the old keys hold on
	#[arg(long, default_value_t = 1_800)]
	overlap: u32,
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

const ROLES: [(Role, &str); 4] = [
	(Role::Seller, "seller"),
	(Role::Issuer, "issuer"),
	(Role::Auditor, "auditor"),
	(Role::Operator, "operator"),
];

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
		let keys = self.keys.pair()?;
		let chain = self.submit.chain.connect().await?;
		let call = chain::announce_keys(&chain, self.node, keys, self.valid_from, self.overlap).await?;
		self.submit.submit(&chain, call, output).await
	}
}

async fn list_members(args: &ChainArgs, output: Output) -> Result<()> {
	let members = args.connect().await?.members().await?;
	output.result(&members, |members| {
		let mut table = Table::new(&[">member", "name", "roles", "status", "manager"]);
		for m in members {
			let roles: Vec<&str> = ROLES
				.iter()
				.filter(|(role, _)| Roles(m.roles).contains(*role))
				.map(|(_, name)| *name)
				.collect();
			table.row([
				m.id.to_string(),
				m.name.clone(),
				roles.join(", "),
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
