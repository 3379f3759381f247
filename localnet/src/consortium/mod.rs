// SPDX-License-Identifier: Apache-2.0

//! A consortium on this machine: institutions with their nodes, and the council that admits and grants.
//!
//! * this file: who they are, starting their nodes;
//! * `groundwork`: what networks of one process share;
//! * `steps`: from admission to trading, each step a function that says what happened;
//! * [`papers`]: the cooperation agreements whose hashes go on chain.

pub mod customers;
mod groundwork;
pub mod papers;
mod steps;

pub use steps::{Agreed, CouncilVote};

use crate::{
	binaries::Binaries,
	error::{Error, Result},
	node::{Node, NodeSpec},
	wait::{until, Look},
};
use groundwork::Groundwork;
use sealane_operator::chain::{ChainClient, SignerArgs};
use sealane_primitives::{
	business::Role,
	ids::{MemberId, NodeId},
};
use sealane_sample::catalogue::{ISSUERS, SELLERS};
use std::{
	path::{Path, PathBuf},
	sync::Arc,
	time::Duration,
};
use subxt_signer::sr25519::Keypair;
use tokio::sync::RwLock;

/// How long a step of the chain may take; generous, for slow machines.
pub const STEP_LIMIT: Duration = Duration::from_secs(180);

/// Development accounts of the institutions, in the order of [`Consortium::institutions`].
const ACCOUNTS: [&str; 6] = ["Alice", "Bob", "Charlie", "Dave", "Eve", "Ferdie"];

/// Who takes part, and who authors blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plan {
	/// The catalogue's two sellers and three issuers, each with a validator and a seat in the council.
	Five,
	/// The same and a third seller, who will get no grant: its node follows the chain only, and sends unchecked.
	FiveAndAnOutsider,
	/// One seller, whose node is the only validator, and one issuer, whose node follows: for measurements, where consensus
	/// should cost as little as it can.
	Pair,
}

/// An institution with its node.
#[derive(Debug)]
pub struct Institution {
	/// Name of its folders.
	pub key: &'static str,
	/// Its name on the chain.
	pub name: &'static str,
	/// What it is.
	pub role: Role,
	/// Its index in the catalogue of its role; `None` for the outsider.
	pub catalogue: Option<usize>,
	/// Its development account, e.g. `//Alice`.
	pub suri: String,
	/// The same as a key pair; it manages the member.
	pub signer: SignerKey,
	/// Its node.
	pub node: Node,
	/// Its number on the chain, once admitted.
	pub member: MemberId,
	/// Its node's number on the chain, once registered.
	pub node_id: NodeId,
}

/// A key pair that does not show itself.
#[derive(Clone)]
pub struct SignerKey(pub Keypair);

impl std::fmt::Debug for SignerKey {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.write_str("SignerKey(..)")
	}
}

/// The institutions of one network.
pub struct Consortium {
	/// Sellers first, then issuers, then the outsider where there is one.
	pub institutions: Vec<Institution>,
	/// The keys of the council's members.
	council: Vec<Keypair>,
	/// Connection to the first node.
	chain: ChainClient,
	folder: PathBuf,
	/// Whose turn it is to sign: a motion takes the accounts of the whole council, whose seats the managers hold; other calls
	/// take one. Two calls of one account at the same moment would get the same nonce.
	turn: RwLock<()>,
	/// Kept for the networks that start while this one runs.
	_groundwork: Arc<Groundwork>,
}

fn keypair(suri: &str) -> Result<Keypair> {
	Ok(SignerArgs {
		key_file: None,
		suri: Some(suri.into()),
	}
	.keypair()?)
}

/// Key, name, role and place in the catalogue of everybody who takes part.
fn cast(plan: Plan) -> Vec<(&'static str, &'static str, Role, Option<usize>)> {
	let (sellers, issuers) = match plan {
		Plan::Five | Plan::FiveAndAnOutsider => (SELLERS.len(), ISSUERS.len()),
		Plan::Pair => (1, 1),
	};
	let mut cast: Vec<_> = SELLERS[..sellers]
		.iter()
		.enumerate()
		.map(|(i, s)| (s.key, s.name, Role::Seller, Some(i)))
		.collect();
	cast.extend(
		ISSUERS[..issuers]
			.iter()
			.enumerate()
			.map(|(i, s)| (s.key, s.name, Role::Issuer, Some(i))),
	);
	if plan == Plan::FiveAndAnOutsider {
		cast.push(("meridian-bank", "Meridian Savings Bank", Role::Seller, None));
	}
	cast
}

/// Starts the first node, then the others with what it compiled; returns when all answer.
async fn start_nodes(institutions: &mut [Institution], groundwork: &Groundwork) -> Result<()> {
	let (first, others) = institutions
		.split_first_mut()
		.ok_or_else(|| Error::Unexpected("a network needs a node".into()))?;
	groundwork.start_first(&mut first.node).await?;
	let bootnode = first.node.bootnode();
	for institution in others.iter_mut() {
		institution.node.take_compiled(&groundwork.compiled())?;
		institution.node.set_bootnodes(vec![bootnode.clone()]);
		institution.node.spawn()?;
	}
	for institution in institutions {
		institution.node.ready().await?;
	}
	Ok(())
}

impl Consortium {
	/// Starts all nodes in `folder`; returns when each answers and the first block is final.
	///
	/// # Errors
	/// A program is missing, a node does not start, or the chain does not begin.
	pub async fn start(folder: &Path, plan: Plan) -> Result<Self> {
		let binaries = Binaries::find()?;
		let nodes = folder.join("nodes");
		let preset = if plan == Plan::Pair { "dev" } else { "local" };
		std::fs::create_dir_all(folder).map_err(Error::io(format!("cannot make {}", folder.display())))?;
		let groundwork = Groundwork::lay(&binaries.node, preset).await?;
		let chain_spec = folder.join("chain-spec.json");
		std::fs::copy(groundwork.chain_spec(), &chain_spec)
			.map_err(Error::io(format!("cannot write {}", chain_spec.display())))?;
		let chain_spec = chain_spec.to_string_lossy().into_owned();
		let validators = match plan {
			Plan::Five | Plan::FiveAndAnOutsider => 5,
			Plan::Pair => 1,
		};
		let preparing = cast(plan)
			.into_iter()
			.enumerate()
			.map(|(i, (key, name, role, catalogue))| {
				let suri = format!("//{}", ACCOUNTS[i]);
				let mut extra_args = Vec::new();
				if catalogue.is_none() {
					extra_args.push("--unchecked-sender".to_string());
				}
				let spec = NodeSpec {
					name: key.into(),
					validator: (i < validators).then(|| ACCOUNTS[i].to_string()),
					delegate_suri: format!("{suri}//delegate"),
					extra_args,
				};
				let (binary, nodes, chain) = (binaries.node.clone(), nodes.clone(), chain_spec.clone());
				async move {
					let prepared = tokio::task::spawn_blocking(move || Node::prepare(&binary, &nodes, &chain, spec));
					let node = prepared.await.map_err(|panic| Error::Unexpected(panic.to_string()))??;
					let signer = SignerKey(keypair(&suri)?);
					Ok::<_, Error>(Institution {
						key,
						name,
						role,
						catalogue,
						suri,
						signer,
						node,
						member: 0,
						node_id: 0,
					})
				}
			});
		let mut institutions = futures::future::try_join_all(preparing).await?;

		start_nodes(&mut institutions, &groundwork).await?;
		let chain = ChainClient::connect(&institutions[0].node.rpc_url()).await?;
		let council = ACCOUNTS[..validators]
			.iter()
			.map(|name| keypair(&format!("//{name}")))
			.collect::<Result<_>>()?;
		let consortium = Consortium {
			institutions,
			council,
			chain,
			folder: folder.into(),
			turn: RwLock::new(()),
			_groundwork: groundwork,
		};
		until("the first final block", STEP_LIMIT, || async {
			let (number, _) = consortium.chain.final_block().await?;
			Ok(if number > 0 {
				Look::Found(())
			} else {
				Look::NotYet("only the genesis block is final".into())
			})
		})
		.await?;
		Ok(consortium)
	}

	/// The chain specification that all nodes start from.
	pub fn chain_spec(&self) -> PathBuf {
		self.folder.join("chain-spec.json")
	}

	/// The chain, through the first node.
	pub fn chain(&self) -> &ChainClient {
		&self.chain
	}

	/// Connects to the first node anew, once it has been started again.
	///
	/// # Errors
	/// It does not answer.
	pub async fn reconnect(&mut self) -> Result<()> {
		self.chain = ChainClient::connect(&self.institutions[0].node.rpc_url()).await?;
		Ok(())
	}

	/// Where everything is.
	pub fn folder(&self) -> &Path {
		&self.folder
	}

	/// The keys of the council's members.
	pub fn council(&self) -> &[Keypair] {
		&self.council
	}

	/// The sellers of the catalogue, in its order.
	pub fn sellers(&self) -> impl Iterator<Item = &Institution> {
		self.institutions
			.iter()
			.filter(|i| i.role == Role::Seller && i.catalogue.is_some())
	}

	/// The issuers, in the order of the catalogue.
	pub fn issuers(&self) -> impl Iterator<Item = &Institution> {
		self.institutions.iter().filter(|i| i.role == Role::Issuer)
	}

	/// The seller without a grant.
	pub fn outsider(&self) -> Option<&Institution> {
		self.institutions.iter().find(|i| i.catalogue.is_none())
	}

	/// The institution in this folder.
	pub fn by_key(&self, key: &str) -> Option<&Institution> {
		self.institutions.iter().find(|i| i.key == key)
	}

	/// The same, to kill and restart its node.
	pub fn by_key_mut(&mut self, key: &str) -> Option<&mut Institution> {
		self.institutions.iter_mut().find(|i| i.key == key)
	}

	/// An error if a node has ended by itself.
	///
	/// # Errors
	/// Which one, and the end of its log.
	pub fn ensure_running(&mut self) -> Result<()> {
		for institution in &mut self.institutions {
			institution.node.ensure_running()?;
		}
		Ok(())
	}

	/// Leaves the nodes running; gives their process ids.
	pub fn detach(mut self) -> Vec<u32> {
		self.institutions
			.iter_mut()
			.filter_map(|institution| institution.node.detach())
			.collect()
	}
}

impl Institution {
	/// A client of its node.
	///
	/// # Errors
	/// The node has not started yet.
	pub fn client(&self) -> Result<sealane_sdk::Client> {
		Ok(self.node.client()?)
	}

	/// What its node tells at this moment.
	///
	/// # Errors
	/// The node does not answer.
	pub async fn metrics(&self) -> Result<crate::metrics::Page> {
		crate::metrics::Page::read(&self.node.metrics_url()).await
	}
}
