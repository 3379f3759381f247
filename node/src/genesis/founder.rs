// SPDX-License-Identifier: Apache-2.0

use super::{
	input, read_plan,
	secrets::{Account, Made, Secrets},
};
use sc_cli::Error;
use sc_network::multiaddr::{Multiaddr, Protocol};
use sealane_genesis::{check_institution, Founder, FounderFile, KeyName};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub struct AddMemberArgs {
	/// The plan
	plan: PathBuf,
	/// Its name
	#[arg(long)]
	name: String,
	/// LEI (20 characters) or unified social credit code (18)
	#[arg(long)]
	legal_id: String,
	/// How to reach its operators: an office, never a person
	#[arg(long)]
	contact: String,
	/// What it is; repeatable
	#[arg(long = "role", required = true, value_parser = ["seller", "issuer", "auditor", "operator"])]
	roles: Vec<String>,
	/// Multiaddress at which its node can be dialled, e.g. /dns/node.bank.example/tcp/30333; repeatable
	#[arg(long = "address", required = true)]
	addresses: Vec<String>,
	/// The folder of its node, where the node's keys are made: node-key, courier-key.json, chains/ID/keystore
	#[arg(long, value_name = "PATH")]
	base_path: PathBuf,
	/// File (mode 600) with the secret of the account that manages it; made where there is none. It does not belong on a node
	#[arg(long, value_name = "FILE", required_unless_present = "manager")]
	manager_key: Option<PathBuf>,
	/// The account that manages it, SS58, where its secret is in a wallet: `add-proof` adds its signature
	#[arg(long, value_name = "ACCOUNT", conflicts_with = "manager_key")]
	manager: Option<String>,
	/// File (mode 600) with the secret of the account of its seat; made where there is none. It does not belong on a node
	#[arg(long, value_name = "FILE", required_unless_present = "seat")]
	seat_key: Option<PathBuf>,
	/// The account of its seat, SS58, where its secret is in a wallet: `add-proof` adds its signature
	#[arg(long, value_name = "ACCOUNT", conflicts_with = "seat_key")]
	seat: Option<String>,
	/// The file that is handed in; a new one, without secrets
	#[arg(long, value_name = "FILE")]
	out: PathBuf,
}

impl AddMemberArgs {
	pub fn run(&self) -> sc_cli::Result<()> {
		let plan = read_plan(&self.plan)?;
		if self.out.exists() {
			return Err(Error::Input(format!("{} exists", self.out.display())));
		}
		// All that can be wrong with what was typed is told before a key is made.
		check_institution(&self.name, &self.legal_id, &self.contact, &self.roles, &self.addresses).map_err(input)?;
		self.addresses.iter().try_for_each(|address| check_address(address))?;
		Secrets::refuse_made(&self.base_path, &plan.id)?;
		let mut made = Made::default();
		let mut account = |file: &Option<PathBuf>, address: &Option<String>| match (file, address) {
			(Some(file), _) => Account::of_file(file, &mut made),
			(None, Some(address)) => Account::of_address(address),
			(None, None) => Err(Error::Input("an account's key file or address is missing".into())),
		};
		let manager = account(&self.manager_key, &self.manager)?;
		let seat = account(&self.seat_key, &self.seat)?;
		let secrets = Secrets::make(&self.base_path, &plan.id, manager, seat, &mut made)?;
		let founder = Founder {
			name: self.name.clone(),
			legal_id: self.legal_id.clone(),
			contact: self.contact.clone(),
			roles: self.roles.clone(),
			addresses: self.addresses.clone(),
			keys: secrets.keys().clone(),
		};
		let statement = founder.statement(&plan);
		let mut file = FounderFile::new(founder);
		let mut missing = Vec::new();
		for key in KeyName::ALL.into_iter().filter(|key| *key != KeyName::Sealing) {
			match secrets.sign(key, &statement)? {
				Some(signature) => file.prove(&plan, key, signature).map_err(input)?,
				None => missing.push(key),
			}
		}
		file.write(&self.out, false).map_err(input)?;
		made.add(&self.out);
		if missing.is_empty() {
			file.check(&plan).map_err(input)?;
			println!("{}: signed by all keys", self.out.display());
		}
		made.keep();
		for key in missing {
			println!("to be signed by the {key}, then `genesis add-proof --key {key}`:\n{statement}");
		}
		Ok(())
	}
}

/// A multiaddress at which other nodes can dial; the node's PeerId is added when the chain specification is built.
fn check_address(address: &str) -> Result<(), Error> {
	let invalid = |rule: &str| Error::Input(format!("addresses: {address:?}: {rule}"));
	let parsed: Multiaddr = address.parse().map_err(|e| {
		invalid(&format!(
			"must be a multiaddress, such as /dns/node.bank.example/tcp/30333: {e}"
		))
	})?;
	let is_peer = |part: Protocol<'_>| matches!(part, Protocol::P2p(_));
	match parsed.iter().any(is_peer) {
		true => Err(invalid("must not have a PeerId: its node's is added")),
		false => Ok(()),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn addresses_are_told_by_field_value_and_rule() {
		for good in ["/dns/node.bank.example/tcp/30333", "/ip4/127.0.0.1/tcp/1"] {
			check_address(good).expect("an address");
		}
		let peer = "/ip4/127.0.0.1/tcp/1/p2p/12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp";
		for bad in ["", "node.bank.example:30333", "/tcp/x", peer] {
			let said = check_address(bad).expect_err(bad).to_string();
			assert!(
				said.contains("addresses") && said.contains(&format!("{bad:?}")),
				"{said}"
			);
		}
	}
}
