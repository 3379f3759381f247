// SPDX-License-Identifier: Apache-2.0

//! All founders together.

use crate::{
	files::GenesisError,
	founder::{Founder, FounderFile},
	keys::{Key, KeyName},
	plan::Plan,
};
use serde_json::{json, Value};
use std::{
	collections::{BTreeMap, HashMap},
	fmt::Write,
};

/// Fewest founders, and so seats and validators: of four validators three finalise, and of four seats three are two thirds.
pub const MIN_FOUNDERS: usize = 4;

/// A plan with founders that a network may begin with, ordered by their legal numbers.
#[derive(Clone, Debug)]
pub struct Founding {
	plan: Plan,
	founders: Vec<Founder>,
}

impl Founding {
	/// Takes what all founders handed in, in whatever order.
	///
	/// # Errors
	/// The first reason why no network may begin with it.
	pub fn assemble(plan: Plan, files: Vec<FounderFile>) -> Result<Self, GenesisError> {
		for file in &files {
			file.check(&plan)?;
		}
		let mut founders: Vec<Founder> = files.into_iter().map(|file| file.founder).collect();
		founders.sort_by(|a, b| a.legal_id.cmp(&b.legal_id));
		ensure_unique(&founders)?;
		if founders.len() < MIN_FOUNDERS {
			return Err(GenesisError::TooFew {
				found: founders.len(),
				least: MIN_FOUNDERS,
			});
		}
		if founders.len() < plan.floor as usize {
			return Err(GenesisError::Invalid {
				field: "floor",
				value: plan.floor.to_string(),
				rule: format!("no more than there are founders, {}", founders.len()),
			});
		}
		Ok(Founding { plan, founders })
	}

	/// The plan.
	pub fn plan(&self) -> &Plan {
		&self.plan
	}

	/// The founders, in the order of their member numbers.
	pub fn founders(&self) -> &[Founder] {
		&self.founders
	}

	/// What the genesis has other than the runtime's defaults. A founder is a member with a node; its manager's account validates;
	/// its seat is in the council.
	pub fn patch(&self) -> Value {
		let members: Vec<Value> = self.founders.iter().map(member).collect();
		let validators: Vec<_> = self.founders.iter().map(|f| account(&f.keys.manager)).collect();
		let session: Vec<Value> = self.founders.iter().map(session_keys).collect();
		let mut seats: Vec<Key> = self.founders.iter().map(|f| f.keys.seat).collect();
		seats.sort_unstable();
		let seats: Vec<_> = seats.iter().map(account).collect();
		json!({
			"members": { "members": members, "connectionsRestricted": self.plan.connections_restricted },
			"validators": { "validators": validators, "floor": self.plan.floor },
			"session": { "keys": session },
			"councilMembership": { "members": seats },
		})
	}

	/// What all founders sign when they agree that this is their network.
	pub fn statement(&self, genesis: [u8; 32]) -> String {
		let mut text = format!(
			"We found the network {} (id {}).\nGenesis hash  0x{}\nRuntime       {} (BLAKE2b-256)\nPlan          0x{} (SHA-256)\n\
			 Validators    {}, never fewer than {}\nConnections   {}\nFounders, each with a validator and a seat:\n",
			self.plan.name,
			self.plan.id,
			hex::encode(genesis),
			self.plan.runtime,
			hex::encode(self.plan.digest()),
			self.founders.len(),
			self.plan.floor,
			match self.plan.connections_restricted {
				true => "registered nodes only",
				false => "open",
			},
		);
		for (number, founder) in self.founders.iter().enumerate() {
			// Writing to a string does not fail.
			let _ = writeln!(
				text,
				"  {number}  {}, {}, {}\n     manager {}\n     seat    {}",
				founder.name,
				founder.legal_id,
				founder.roles.join(" and "),
				account(&founder.keys.manager),
				account(&founder.keys.seat),
			);
		}
		text
	}
}

fn member(founder: &Founder) -> Value {
	let keys = &founder.keys;
	// Checked when the founding was assembled.
	let roles = founder.roles().map(|roles| roles.0).unwrap_or_default();
	json!({
		"name": founder.name,
		"legalId": founder.legal_id,
		"contact": founder.contact,
		"roles": roles,
		"manager": account(&keys.manager),
		"nodes": [{
			"peer": format!("0x{}", hex::encode(keys.peer())),
			"addresses": founder.addresses,
			"signing": keys.signing,
			"sealing": keys.sealing,
			"delegate": account(&keys.delegate),
		}],
	})
}

fn session_keys(founder: &Founder) -> Value {
	use sp_core::crypto::Ss58Codec;
	let keys = &founder.keys;
	let aura = sp_core::sr25519::Public::from_raw(keys.authoring.0).to_ss58check();
	let grandpa = sp_core::ed25519::Public::from_raw(keys.finality.0).to_ss58check();
	let manager = account(&keys.manager);
	json!([manager, manager, { "aura": aura, "grandpa": grandpa }])
}

fn account(key: &Key) -> String {
	use sp_core::crypto::Ss58Codec;
	sp_core::crypto::AccountId32::new(key.0).to_ss58check()
}

/// Whether every key, name and legal number stands in one place.
fn ensure_unique(founders: &[Founder]) -> Result<(), GenesisError> {
	let mut seen: HashMap<Key, (&Founder, KeyName)> = HashMap::new();
	let mut texts: BTreeMap<(&'static str, &str), ()> = BTreeMap::new();
	for founder in founders {
		for (field, text) in [("name", &founder.name), ("legal_id", &founder.legal_id)] {
			if texts.insert((field, text), ()).is_some() {
				return Err(GenesisError::Invalid {
					field,
					value: text.clone(),
					rule: "that of one founder".into(),
				});
			}
		}
		for (key, public) in founder.keys.named() {
			if let Some((other, other_key)) = seen.insert(public, (founder, key)) {
				return Err(GenesisError::Double {
					public: public.to_string(),
					founder: founder.name.clone(),
					key,
					other: other.name.clone(),
					other_key,
				});
			}
		}
	}
	Ok(())
}
