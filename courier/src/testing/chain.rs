// SPDX-License-Identifier: Apache-2.0

//! The test chain, as its nodes see it.

use super::{World, GENESIS};
use crate::chain::{ChainView, DirectoryAt, Reading};
use hashbrown::HashMap;
use sealane_primitives::{
	business::BusinessKinds,
	directory::{
		AgreementEntry, Authorisation, ChannelEntry, Directory, InterfaceEntry, MemberEntry, ProductEntry, Refusal,
		UnreadAgreement,
	},
	ids::{AnchorSequence, BlockNumber, ChannelId, Digest, MemberId, Moment, NodeId},
	runtime_api::AnchorEntry,
};
use std::sync::Arc;
use tokio::sync::watch;

/// A channel as the council granted it.
#[derive(Clone, Debug)]
pub struct ChannelSpec {
	/// Its number.
	pub id: ChannelId,
	/// The seller.
	pub seller: MemberId,
	/// The issuer.
	pub issuer: MemberId,
	/// What is allowed.
	pub authorisation: Result<Authorisation, Refusal>,
	/// Interfaces and the nodes that serve them.
	pub interfaces: Vec<InterfaceEntry>,
	/// Products.
	pub products: Vec<ProductEntry>,
	/// Clauses in force.
	pub agreements: Vec<AgreementEntry>,
	/// Clauses in force that no node can read.
	pub unread: Vec<UnreadAgreement>,
}

/// The state of the test chain.
#[derive(Clone, Debug)]
pub struct ChainState {
	/// Number of the newest block, which is also final.
	pub block: BlockNumber,
	/// Members with their nodes; node numbers are member numbers.
	pub members: Vec<MemberEntry>,
	/// Channels.
	pub channels: Vec<ChannelSpec>,
	/// Anchors.
	pub anchors: HashMap<(NodeId, AnchorSequence), AnchorEntry>,
	/// Until when the authorisations of this block hold, Unix milliseconds.
	pub holds_until: Moment,
	/// Why no node can read the runtime at this block.
	pub unreadable: Option<String>,
}

impl ChainState {
	/// The channel with this number. Panics where there is none: tests know their channels.
	pub fn channel(&mut self, id: ChannelId) -> &mut ChannelSpec {
		self.channels
			.iter_mut()
			.find(|c| c.id == id)
			.expect("a channel of the test")
	}

	/// The number of a node's next anchor.
	pub fn next_anchor(&self, node: NodeId) -> AnchorSequence {
		self.anchors
			.keys()
			.filter(|(n, _)| *n == node)
			.map(|(_, s)| s + 1)
			.max()
			.unwrap_or(0)
	}

	/// What a node reads of this block.
	pub fn reading(&self, node: NodeId) -> Reading {
		match (&self.unreadable, self.directory(node)) {
			(Some(why), _) => Reading::Unreadable(why.clone()),
			(None, None) => Reading::Unregistered,
			(None, Some(directory)) => Reading::Directory {
				directory: Arc::new(directory),
				holds_until: self.holds_until,
			},
		}
	}

	/// The directory of a node.
	pub fn directory(&self, node: NodeId) -> Option<Directory> {
		let member = |id: MemberId| self.members.iter().find(|m| m.id == id).cloned();
		let owner = self
			.members
			.iter()
			.find(|m| m.nodes.iter().any(|n| n.id == node))?
			.clone();
		let mut channels = Vec::new();
		for spec in self
			.channels
			.iter()
			.filter(|c| c.seller == owner.id || c.issuer == owner.id)
		{
			let partner = if spec.seller == owner.id {
				spec.issuer
			} else {
				spec.seller
			};
			channels.push(ChannelEntry {
				id: spec.id,
				seller: spec.seller,
				issuer: spec.issuer,
				authorisation: spec.authorisation,
				partner: Arc::new(member(partner)?),
				interfaces: Arc::new(spec.interfaces.clone()),
				products: Arc::new(spec.products.clone()),
				agreements: Arc::new(spec.agreements.clone()),
				unread: Arc::new(spec.unread.clone()),
			});
		}
		Some(Directory {
			node,
			member: Arc::new(owner),
			channels,
		})
	}
}

/// The chain as one node sees it.
pub(super) struct NodeChain {
	pub(super) world: Arc<World>,
	pub(super) directory: watch::Sender<Option<Arc<DirectoryAt>>>,
	pub(super) finalised: watch::Sender<BlockNumber>,
}

impl ChainView for NodeChain {
	fn genesis(&self) -> Digest {
		GENESIS
	}

	fn directory(&self) -> watch::Receiver<Option<Arc<DirectoryAt>>> {
		self.directory.subscribe()
	}

	fn finalised(&self) -> watch::Receiver<BlockNumber> {
		self.finalised.subscribe()
	}

	fn final_hash(&self, number: BlockNumber) -> Result<Option<Digest>, String> {
		Ok((number <= *self.finalised.borrow()).then(|| hash_of(number)))
	}

	fn anchor(&self, node: NodeId, sequence: AnchorSequence, _: bool) -> Result<Option<AnchorEntry>, String> {
		Ok(self.world.state.lock().anchors.get(&(node, sequence)).copied())
	}
}

/// The hash of a block of the test chain.
pub fn hash_of(number: BlockNumber) -> Digest {
	if number == 0 {
		return GENESIS;
	}
	[number as u8; 32]
}

pub(super) fn directory_at(state: &ChainState, node: NodeId) -> DirectoryAt {
	DirectoryAt {
		block: state.block,
		hash: hash_of(state.block),
		reading: state.reading(node),
	}
}

/// A grant of everything.
pub fn granted(channel: ChannelId) -> Authorisation {
	Authorisation {
		channel,
		kinds: BusinessKinds::ALL,
		valid_until: None,
		orders_per_minute: None,
	}
}
