// SPDX-License-Identifier: Apache-2.0

//! The newest directory in a form that answers in nanoseconds.

use crate::{api::LaneId, protocol::BlockRef};
use hashbrown::HashMap;
use sealane_primitives::{
	directory::{
		AgreementEntry, Authorisation, ChannelEntry, Directory, InterfaceEntry, NodeEntry, ProductEntry, Refusal,
		UnreadAgreement,
	},
	ids::{AgreementId, BlockNumber, ChannelId, Digest, InterfaceId, MemberId, Moment, NodeId},
	registration::Ends,
};
use std::sync::Arc;

/// Blocks for which a receiver still accepts orders stamped with clauses that were replaced: those that were on their way.
pub const CLAUSE_GRACE_BLOCKS: BlockNumber = 30;

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
	/// The agreement in force, 0 for none; or the number of the one that this node cannot read.
	pub agreement: Result<AgreementId, AgreementId>,
}

/// By a name that a member chose, or by a PeerId.
type ByName<T> = HashMap<Box<[u8]>, T>;

/// The positions of an issuer's products in its list.
type Positions = Arc<ByName<usize>>;

/// Agreements that were replaced not long ago, and since when.
type Replaced = HashMap<AgreementId, (AgreementEntry, BlockNumber)>;

/// The newest directory, indexed. Replaced as a whole, never changed; what did not change is shared with the one before.
#[derive(Clone, Debug)]
pub struct Snapshot {
	/// Number of the block.
	pub block: BlockNumber,
	/// Its hash.
	pub hash: Digest,
	/// The directory.
	pub directory: Arc<Directory>,
	/// For how many blocks after the end of a channel answers to what was delivered over it still travel.
	pub drain: BlockNumber,
	/// The registrations with this node's member that ended.
	pub ends: Ends,
	/// Where orders of this node go.
	pub targets: Arc<Vec<Target>>,
	/// Until when the authorisations hold, Unix milliseconds; a text where the runtime cannot be read at this block, so that the
	/// directory is that of an earlier one.
	standing: Result<Moment, Arc<str>>,
	index: Arc<Index>,
	replaced: Arc<Replaced>,
}

/// Where what stands in a directory.
#[derive(Debug, Default)]
struct Index {
	by_product: ByName<Route>,
	/// Interfaces of issuers to which this node's member sells: channel and target.
	by_interface: ByName<(usize, Result<usize, Refusal>)>,
	by_channel: HashMap<ChannelId, usize>,
	/// Products that this node's member issues, by channel. Channels of one issuer share them.
	issued: HashMap<ChannelId, Positions>,
	by_peer: ByName<NodeId>,
}

impl Snapshot {
	/// Index `directory` as of `block`; its authorisations hold until `holds_until`, a channel drains for `drain` blocks, and `ends` had
	/// ended. `before` is the snapshot it replaces.
	pub fn new(
		block: BlockNumber,
		hash: Digest,
		directory: Arc<Directory>,
		holds_until: Moment,
		drain: BlockNumber,
		ends: Ends,
		before: Option<&Snapshot>,
	) -> Self {
		let mut building = Building {
			directory: &directory,
			targets: Vec::new(),
			index: Index::default(),
			positions: Vec::new(),
		};
		for (index, channel) in directory.channels.iter().enumerate() {
			building.add(index, channel);
		}
		let Building { targets, index, .. } = building;
		Snapshot {
			block,
			hash,
			drain,
			ends,
			targets: Arc::new(targets),
			standing: Ok(holds_until),
			index: Arc::new(index),
			replaced: before.map(|b| b.replaced_at(&directory, block)).unwrap_or_default(),
			directory,
		}
	}

	/// The block whose state this is.
	pub fn block_ref(&self) -> BlockRef {
		BlockRef {
			number: self.block,
			hash: self.hash,
		}
	}

	/// The same directory at a later block.
	pub fn moved(&self, block: BlockNumber, hash: Digest, holds_until: Moment, drain: BlockNumber, ends: Ends) -> Self {
		Snapshot {
			block,
			hash,
			drain,
			ends,
			standing: Ok(holds_until),
			replaced: self.replaced_now(block),
			..self.clone()
		}
	}

	/// A later block at which the runtime cannot be read: nothing is allowed any more, everything else is as it was last heard.
	pub fn unreadable(&self, block: BlockNumber, hash: Digest, why: &str) -> Self {
		Snapshot {
			block,
			hash,
			standing: Err(why.into()),
			replaced: self.replaced_now(block),
			..self.clone()
		}
	}

	/// The replaced agreements without those whose time is over.
	fn replaced_now(&self, block: BlockNumber) -> Arc<Replaced> {
		let holds = |since: BlockNumber| block.saturating_sub(since) <= CLAUSE_GRACE_BLOCKS;
		if self.replaced.values().all(|(_, since)| holds(*since)) {
			return self.replaced.clone();
		}
		let mut replaced = (*self.replaced).clone();
		replaced.retain(|_, (_, since)| holds(*since));
		Arc::new(replaced)
	}

	fn replaced_at(&self, next: &Directory, block: BlockNumber) -> Arc<Replaced> {
		let mut replaced = (*self.replaced_now(block)).clone();
		let by_id: HashMap<ChannelId, &ChannelEntry> = next.channels.iter().map(|c| (c.id, c)).collect();
		for channel in &self.directory.channels {
			let now = by_id.get(&channel.id);
			if now.is_some_and(|now| Arc::ptr_eq(&now.agreements, &channel.agreements)) {
				continue;
			}
			for entry in channel.agreements.iter() {
				if !now.is_some_and(|now| now.agreements.iter().any(|a| a.id == entry.id)) {
					replaced.insert(entry.id, (entry.clone(), block));
				}
			}
		}
		Arc::new(replaced)
	}

	/// How orders for `product` travel.
	pub fn route(&self, product: &str) -> Option<&Route> {
		self.index.by_product.get(product.as_bytes())
	}

	/// The channel and target of an interface that this node's member sells to.
	pub fn interface(&self, id: &str) -> Option<(&ChannelEntry, Result<usize, Refusal>)> {
		self.index
			.by_interface
			.get(id.as_bytes())
			.map(|(c, target)| (&self.directory.channels[*c], *target))
	}

	/// The channel with this number.
	pub fn channel(&self, id: ChannelId) -> Option<&ChannelEntry> {
		self.index
			.by_channel
			.get(&id)
			.map(|index| &self.directory.channels[*index])
	}

	/// The node of a partner with this PeerId.
	pub fn node_of_peer(&self, peer: &[u8]) -> Option<NodeId> {
		self.index.by_peer.get(peer).copied()
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

	/// Whether this node serves an interface of a channel's issuer; `None` where the issuer has no such interface.
	pub fn serves(&self, channel: &ChannelEntry, interface: &InterfaceId) -> Option<bool> {
		let found = channel.interfaces.iter().find(|it| it.id == *interface)?;
		Some(found.node == self.directory.node)
	}

	/// The member at the seller's end of a channel.
	pub fn seller_of(&self, channel: ChannelId) -> Option<MemberId> {
		self.channel(channel).map(|c| c.seller)
	}

	/// Whether authorisations hold at `now`, Unix milliseconds.
	///
	/// # Errors
	/// The newest block is too old, or the runtime cannot be read.
	pub fn holds(&self, now: Moment) -> Result<(), Refusal> {
		match &self.standing {
			Ok(until) if now < *until => Ok(()),
			Ok(_) => Err(Refusal::DirectoryStale),
			Err(_) => Err(Refusal::DirectoryUnreadable),
		}
	}

	/// Until when authorisations hold, Unix milliseconds; a text where the runtime cannot be read.
	pub fn standing(&self) -> Result<Moment, &str> {
		match &self.standing {
			Ok(until) => Ok(*until),
			Err(why) => Err(why),
		}
	}

	/// What is allowed over a lane at `now`, Unix milliseconds; while the block is young enough, the same answer that the off-chain worker
	/// gets from the runtime at this block.
	pub fn authorise(&self, channel: ChannelId, now: Moment) -> Result<Authorisation, Refusal> {
		self.holds(now)?;
		self.stated(channel)
	}

	/// What the runtime says of a channel at this block, however old that is.
	pub fn stated(&self, channel: ChannelId) -> Result<Authorisation, Refusal> {
		if !self.directory.member.active {
			return Err(Refusal::MemberSuspended);
		}
		self.channel(channel).ok_or(Refusal::ChannelUnknown)?.authorisation
	}

	/// A product that this node's member issues over a channel.
	pub fn issued<'a>(&self, channel: &'a ChannelEntry, id: &str) -> Option<&'a ProductEntry> {
		let position = *self.index.issued.get(&channel.id)?.get(id.as_bytes())?;
		channel.products.get(position)
	}

	/// An agreement that was replaced within the last [`CLAUSE_GRACE_BLOCKS`].
	pub fn replaced(&self, id: AgreementId) -> Option<&AgreementEntry> {
		self.replaced.get(&id).map(|(entry, _)| entry)
	}
}

/// A snapshot on the way.
struct Building<'a> {
	directory: &'a Directory,
	targets: Vec<Target>,
	index: Index,
	/// The products that were indexed already.
	positions: Vec<(&'a Arc<Vec<ProductEntry>>, Positions)>,
}

impl<'a> Building<'a> {
	fn add(&mut self, index: usize, channel: &'a ChannelEntry) {
		let me = self.directory.member.id;
		self.index.by_channel.insert(channel.id, index);
		for node in &channel.partner.nodes {
			self.index.by_peer.insert(node.peer.to_vec().into(), node.id);
		}
		if channel.issuer == me {
			let positions = self.positions(&channel.products);
			self.index.issued.insert(channel.id, positions);
		} else {
			self.add_routes(index, channel);
		}
	}

	fn positions(&mut self, products: &'a Arc<Vec<ProductEntry>>) -> Positions {
		if let Some((_, known)) = self.positions.iter().find(|(list, _)| Arc::ptr_eq(list, products)) {
			return known.clone();
		}
		let by_name = products.iter().enumerate().map(|(i, p)| (p.id.to_vec().into(), i));
		let positions: Positions = Arc::new(by_name.collect());
		self.positions.push((products, positions.clone()));
		positions
	}

	fn add_routes(&mut self, index: usize, channel: &ChannelEntry) {
		let open = channel.authorisation.is_ok();
		let directory = self.directory;
		// A channel that ended may stand beside its successor: the one that is open wins, else the later one.
		let preferred = |other: usize| open || directory.channels[other].authorisation.is_err();
		let targets: Vec<_> = channel.interfaces.iter().map(|i| self.target(channel, i)).collect();
		for (interface, target) in channel.interfaces.iter().zip(&targets) {
			let known = self.index.by_interface.get(&interface.id[..]);
			if known.is_some_and(|(other, _)| !preferred(*other)) {
				continue;
			}
			let entry = (index, *target);
			self.index.by_interface.insert(interface.id.to_vec().into(), entry);
		}
		for (position, product) in channel.products.iter().enumerate() {
			let known = self.index.by_product.get(&product.id[..]);
			if known.is_some_and(|route| !preferred(route.channel)) {
				continue;
			}
			let interface = channel.interfaces.iter().position(|i| i.id == product.interface);
			let agreement = channel.agreement_for(product);
			let route = Route {
				channel: index,
				product: position,
				target: interface.map_or(Err(Refusal::InterfaceUnknown), |i| targets[i]),
				agreement: agreement
					.map(|read| read.map_or(0, |a| a.id))
					.map_err(|unread: &UnreadAgreement| unread.id),
			};
			self.index.by_product.insert(product.id.to_vec().into(), route);
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
}
