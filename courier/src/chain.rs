// SPDX-License-Identifier: Apache-2.0

//! What the courier asks of the chain, and the newest directory in a form that answers in nanoseconds.

use crate::api::LaneId;
use hashbrown::HashMap;
use sealane_primitives::{
	business::BusinessKinds,
	directory::{
		AgreementEntry, Authorisation, ChannelEntry, Directory, InterfaceEntry, NodeEntry, ProductEntry, Refusal,
	},
	ids::{AgreementId, AnchorSequence, BlockNumber, ChannelId, Digest, InterfaceId, MemberId, NodeId},
	runtime_api::AnchorEntry,
};
use std::sync::Arc;
use tokio::sync::watch;

/// Blocks for which a receiver still accepts orders stamped with clauses that were replaced: those that were on their way.
pub const CLAUSE_GRACE_BLOCKS: BlockNumber = 30;

/// The directory at one block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectoryAt {
	/// Number of the block.
	pub block: BlockNumber,
	/// Its hash.
	pub hash: Digest,
	/// What the runtime says at that block; `None` where no node with this PeerId is registered.
	pub directory: Option<Directory>,
}

/// The chain, as the courier sees it. The node implements it over the runtime API; tests by hand.
pub trait ChainView: Send + Sync + 'static {
	/// Hash of the genesis block.
	fn genesis(&self) -> Digest;
	/// The directory at the newest best block; changes with every best block. `None` until the first one is known.
	fn directory(&self) -> watch::Receiver<Option<Arc<DirectoryAt>>>;
	/// Number of the newest final block.
	fn finalised(&self) -> watch::Receiver<BlockNumber>;
	/// The anchor of `node` with this number, in the state of the newest final block if `finalised`, else of the newest best block.
	///
	/// # Errors
	/// A text for the log when the state cannot be read.
	fn anchor(&self, node: NodeId, sequence: AnchorSequence, finalised: bool) -> Result<Option<AnchorEntry>, String>;
}

/// Where orders go: a lane and an interface at its end.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Target {
	/// The lane.
	pub lane: LaneId,
	/// The interface.
	pub interface: InterfaceId,
}

/// How orders for one product travel from this node.
#[derive(Clone, Debug)]
pub struct Route {
	/// Index of the channel in the directory.
	pub channel: usize,
	/// Index of the product in the channel.
	pub product: usize,
	/// Index of the target; refused where the interface is served by no node.
	pub target: Result<usize, Refusal>,
	/// The kinds that may travel.
	pub kinds: Result<BusinessKinds, Refusal>,
	/// The agreement in force; 0 for none.
	pub agreement: AgreementId,
}

/// By a name that a member chose, or by a PeerId.
type ByName<T> = HashMap<Box<[u8]>, T>;

/// The newest directory, indexed. Replaced as a whole, never changed.
#[derive(Debug)]
pub struct Snapshot {
	/// Number of the block.
	pub block: BlockNumber,
	/// Its hash.
	pub hash: Digest,
	/// The directory.
	pub directory: Arc<Directory>,
	/// Where orders of this node go.
	pub targets: Vec<Target>,
	by_product: ByName<Route>,
	/// Interfaces of issuers to which this node's member sells: channel and target.
	by_interface: ByName<(usize, Result<usize, Refusal>)>,
	by_channel: HashMap<ChannelId, usize>,
	/// Products that this node's member issues, by channel: index of the product and of its agreement.
	issued: HashMap<ChannelId, ByName<(usize, Option<usize>)>>,
	by_peer: ByName<NodeId>,
	/// Agreements that were replaced not long ago, and since when.
	replaced: HashMap<AgreementId, (AgreementEntry, BlockNumber)>,
}

impl Snapshot {
	/// Index `directory` as of `block`. `before` is the snapshot it replaces.
	pub fn new(block: BlockNumber, hash: Digest, directory: Directory, before: Option<&Snapshot>) -> Self {
		let mut snapshot = Snapshot {
			block,
			hash,
			targets: Vec::new(),
			by_product: HashMap::new(),
			by_interface: HashMap::new(),
			by_channel: HashMap::new(),
			issued: HashMap::new(),
			by_peer: HashMap::new(),
			replaced: before.map(|b| b.replaced_at(&directory, block)).unwrap_or_default(),
			directory: Arc::new(directory),
		};
		let directory = snapshot.directory.clone();
		for (index, channel) in directory.channels.iter().enumerate() {
			snapshot.by_channel.insert(channel.id, index);
			for node in &channel.partner.nodes {
				snapshot.by_peer.insert(node.peer.to_vec().into(), node.id);
			}
			if channel.seller == directory.member.id && channel.issuer != directory.member.id {
				snapshot.add_routes(index, channel);
			} else if channel.issuer == directory.member.id {
				let agreement = |p: &ProductEntry| {
					let id = channel.agreement_for(p)?.id;
					channel.agreements.iter().position(|a| a.id == id)
				};
				let products = channel.products.iter().enumerate();
				let products = products
					.map(|(i, p)| (p.id.to_vec().into(), (i, agreement(p))))
					.collect();
				snapshot.issued.insert(channel.id, products);
			}
		}
		snapshot
	}

	/// The same directory at a later block.
	pub fn moved(&self, block: BlockNumber, hash: Digest) -> Self {
		Snapshot {
			block,
			hash,
			directory: self.directory.clone(),
			targets: self.targets.clone(),
			by_product: self.by_product.clone(),
			by_interface: self.by_interface.clone(),
			by_channel: self.by_channel.clone(),
			issued: self.issued.clone(),
			by_peer: self.by_peer.clone(),
			replaced: self
				.replaced
				.iter()
				.filter(|(_, (_, since))| block.saturating_sub(*since) <= CLAUSE_GRACE_BLOCKS)
				.map(|(id, entry)| (*id, entry.clone()))
				.collect(),
		}
	}

	fn replaced_at(&self, next: &Directory, block: BlockNumber) -> HashMap<AgreementId, (AgreementEntry, BlockNumber)> {
		let mut replaced = self.replaced.clone();
		for entry in self.directory.channels.iter().flat_map(|c| &c.agreements) {
			if !next
				.channels
				.iter()
				.flat_map(|c| &c.agreements)
				.any(|a| a.id == entry.id)
			{
				replaced.insert(entry.id, (entry.clone(), block));
			}
		}
		replaced.retain(|_, (_, since)| block.saturating_sub(*since) <= CLAUSE_GRACE_BLOCKS);
		replaced
	}

	fn add_routes(&mut self, index: usize, channel: &ChannelEntry) {
		let open = channel.authorisation.is_ok();
		// A channel that ended may stand beside its successor: the one that is open wins, else the later one.
		let preferred = |other: usize, directory: &Directory| open || directory.channels[other].authorisation.is_err();
		let directory = self.directory.clone();
		for interface in &channel.interfaces {
			if self
				.by_interface
				.get(&interface.id[..])
				.is_some_and(|(c, _)| !preferred(*c, &directory))
			{
				continue;
			}
			let target = self.target(channel, interface);
			self.by_interface.insert(interface.id.to_vec().into(), (index, target));
		}
		for (position, product) in channel.products.iter().enumerate() {
			if self
				.by_product
				.get(&product.id[..])
				.is_some_and(|r| !preferred(r.channel, &directory))
			{
				continue;
			}
			let target = match channel.interfaces.iter().find(|i| i.id == product.interface) {
				Some(interface) => self.target(channel, interface),
				None => Err(Refusal::InterfaceUnknown),
			};
			let route = Route {
				channel: index,
				product: position,
				target,
				kinds: channel.authorisation.map(|a| a.kinds),
				agreement: channel.agreement_for(product).map_or(0, |a| a.id),
			};
			self.by_product.insert(product.id.to_vec().into(), route);
		}
	}

	fn target(&mut self, channel: &ChannelEntry, interface: &InterfaceEntry) -> Result<usize, Refusal> {
		if !channel.partner.nodes.iter().any(|n| n.id == interface.node) {
			return Err(Refusal::InterfaceUnknown);
		}
		let lane = LaneId {
			channel: channel.id,
			from: self.directory.node,
			to: interface.node,
		};
		let target = Target {
			lane,
			interface: interface.id.clone(),
		};
		Ok(self.targets.iter().position(|t| *t == target).unwrap_or_else(|| {
			self.targets.push(target);
			self.targets.len() - 1
		}))
	}

	/// How orders for `product` travel.
	pub fn route(&self, product: &str) -> Option<&Route> {
		self.by_product.get(product.as_bytes())
	}

	/// The channel and target of an interface that this node's member sells to.
	pub fn interface(&self, id: &str) -> Option<(&ChannelEntry, Result<usize, Refusal>)> {
		self.by_interface
			.get(id.as_bytes())
			.map(|(c, target)| (&self.directory.channels[*c], *target))
	}

	/// The channel with this number.
	pub fn channel(&self, id: ChannelId) -> Option<&ChannelEntry> {
		self.by_channel.get(&id).map(|index| &self.directory.channels[*index])
	}

	/// The node of a partner with this PeerId.
	pub fn node_of_peer(&self, peer: &[u8]) -> Option<NodeId> {
		self.by_peer.get(peer).copied()
	}

	/// A partner's node on a channel.
	pub fn partner_node(&self, channel: &ChannelEntry, node: NodeId) -> Option<NodeEntry> {
		channel.partner.nodes.iter().find(|n| n.id == node).cloned()
	}

	/// This node's own entry.
	pub fn me(&self) -> Option<&NodeEntry> {
		self.directory.member.nodes.iter().find(|n| n.id == self.directory.node)
	}

	/// Whether this node's member is the seller of the channel.
	pub fn sells(&self, channel: &ChannelEntry) -> bool {
		channel.seller == self.directory.member.id
	}

	/// The member at the seller's end of a channel.
	pub fn seller_of(&self, channel: ChannelId) -> Option<MemberId> {
		self.channel(channel).map(|c| c.seller)
	}

	/// What is allowed over a lane right now; the same answer that the off-chain worker gets from the runtime at this block.
	pub fn authorise(&self, channel: ChannelId) -> Result<Authorisation, Refusal> {
		if !self.directory.member.active {
			return Err(Refusal::MemberSuspended);
		}
		self.channel(channel).ok_or(Refusal::ChannelUnknown)?.authorisation
	}

	/// A product that this node's member issues over a channel, and the agreement in force for it.
	pub fn issued<'a>(
		&self,
		channel: &'a ChannelEntry,
		id: &str,
	) -> Option<(&'a ProductEntry, Option<&'a AgreementEntry>)> {
		let (product, agreement) = *self.issued.get(&channel.id)?.get(id.as_bytes())?;
		Some((
			channel.products.get(product)?,
			agreement.and_then(|a| channel.agreements.get(a)),
		))
	}

	/// An agreement that was replaced within the last [`CLAUSE_GRACE_BLOCKS`].
	pub fn replaced(&self, id: AgreementId) -> Option<&AgreementEntry> {
		self.replaced.get(&id).map(|(entry, _)| entry)
	}
}
