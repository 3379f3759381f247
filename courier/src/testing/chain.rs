// SPDX-License-Identifier: Apache-2.0

//! The test chain, as its nodes see it.

use super::{World, GENESIS};
use crate::chain::{ChainView, DirectoryAt, Reading};
use hashbrown::HashMap;
use sealane_primitives::{
	business::BusinessKinds,
	calendar::Timetable,
	directory::{
		AgreementEntry, Authorisation, ChannelEntry, Directory, InterfaceEntry, MemberEntry, ProductEntry, Refusal,
		UnreadAgreement,
	},
	evidence::range::Range,
	ids::{AnchorSequence, BlockNumber, ChannelId, Digest, MemberId, Moment, NodeId, ProductId},
	keys::Compromise,
	registration::Ends,
	runtime_api::{AnchorEntry, KEPT_ANCHORS},
};
use std::{
	collections::BTreeMap,
	sync::{atomic::Ordering, Arc},
};
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
	/// The last anchors of each node.
	pub anchors: HashMap<(NodeId, AnchorSequence), AnchorEntry>,
	/// All anchors of each node.
	pub ranges: BTreeMap<NodeId, Range>,
	/// The courier keys that were declared stolen, by signing key.
	pub stolen: BTreeMap<[u8; 32], Compromise>,
	/// Receipts of registrations by issuer and commitment: whether they say accepted, and whether they are open.
	pub receipts: BTreeMap<(MemberId, Digest), (bool, bool)>,
	/// The registrations that ended, by issuer.
	pub ended: BTreeMap<MemberId, Vec<Digest>>,
	/// The calendars of issuers.
	pub timetables: BTreeMap<MemberId, Timetable>,
	/// Until when the authorisations of this block hold, Unix milliseconds.
	pub holds_until: Moment,
	/// For how many blocks after the end of a channel answers to what was delivered over it still travel.
	pub drain: BlockNumber,
	/// Why no node can read the runtime at this block.
	pub unreadable: Option<String>,
	/// Hash of the newest block, where it is none of the final chain.
	pub branch: Option<Digest>,
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
		self.ranges.get(&node).map_or(0, |range| range.count)
	}

	/// A node anchors a root in this block, under the number that is the next.
	pub fn put_anchor(&mut self, node: NodeId, root: Digest) {
		let range = self.ranges.entry(node).or_default();
		let sequence = range.count;
		assert!(range.push(node, &root, self.block), "no test has so many anchors");
		let entry = AnchorEntry {
			root,
			block: self.block,
			packed: None,
		};
		self.anchors.insert((node, sequence), entry);
		if let Some(gone) = sequence.checked_sub(KEPT_ANCHORS) {
			self.anchors.remove(&(node, gone));
		}
	}

	/// What a node reads of this block.
	pub fn reading(&self, node: NodeId) -> Reading {
		match (&self.unreadable, self.directory(node)) {
			(Some(why), _) => Reading::Unreadable(why.clone()),
			(None, None) => Reading::Unregistered,
			(None, Some(directory)) => Reading::Directory {
				directory: Arc::new(directory),
				holds_until: self.holds_until,
				drain: self.drain,
				ends: self.ends(node),
			},
		}
	}

	/// The registrations with a node's member that ended.
	fn ends(&self, node: NodeId) -> Ends {
		let owner = self.members.iter().find(|m| m.nodes.iter().any(|n| n.id == node));
		let ended = owner.and_then(|owner| self.ended.get(&owner.id));
		ended
			.into_iter()
			.flatten()
			.fold(Ends::default(), |ends, it| ends.and(it))
	}

	/// Whether these registrations are open.
	pub fn are_registered(&self, issuer: MemberId, commitments: &[Digest]) -> Vec<bool> {
		let open = |commitment: &Digest| self.receipts.get(&(issuer, *commitment)) == Some(&(true, true));
		commitments.iter().map(open).collect()
	}

	/// What the receipts of these registrations say.
	pub fn receipt_outcomes(&self, issuer: MemberId, commitments: &[Digest]) -> Vec<Option<bool>> {
		let outcome = |commitment: &Digest| self.receipts.get(&(issuer, *commitment)).map(|(accepted, _)| *accepted);
		commitments.iter().map(outcome).collect()
	}

	/// The registrations that ended, from number `from` on.
	pub fn ended_registrations(&self, issuer: MemberId, from: u32) -> Option<Vec<Digest>> {
		let ended = self.ended.get(&issuer).map_or(&[][..], |ended| &ended[..]);
		Some(ended.get(from as usize..).unwrap_or_default().to_vec())
	}

	/// An issuer issues a receipt.
	pub fn issue(&mut self, issuer: MemberId, commitment: Digest, accepted: bool) {
		self.receipts
			.entry((issuer, commitment))
			.or_insert((accepted, accepted));
	}

	/// An issuer closes a registration that is open.
	pub fn close(&mut self, issuer: MemberId, commitment: Digest) {
		if let Some(receipt) = self.receipts.get_mut(&(issuer, commitment)).filter(|(_, open)| *open) {
			receipt.1 = false;
			self.ended.entry(issuer).or_default().push(commitment);
		}
	}

	/// The calendars of an issuer.
	pub fn timetable(&self, issuer: MemberId) -> Timetable {
		self.timetables.get(&issuer).cloned().unwrap_or(Timetable {
			issuer,
			in_force: None,
			next: None,
		})
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

impl NodeChain {
	/// Reads the state of the newest final block.
	fn finally<T>(&self, read: impl FnOnce(&ChainState) -> T) -> T {
		match &*self.world.stands.lock() {
			Some(stands) => read(stands),
			None => read(&self.world.state.lock()),
		}
	}
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

	fn anchor(&self, node: NodeId, sequence: AnchorSequence, finalised: bool) -> Result<Option<AnchorEntry>, String> {
		let anchor = |state: &ChainState| state.anchors.get(&(node, sequence)).copied();
		Ok(match finalised {
			true => self.finally(anchor),
			false => anchor(&self.world.state.lock()),
		})
	}

	fn final_range(&self, node: NodeId) -> Result<Range, String> {
		Ok(self.finally(|state| state.ranges.get(&node).cloned().unwrap_or_default()))
	}

	fn compromise(&self, signing: &[u8; 32]) -> Result<Option<Compromise>, String> {
		Ok(self.world.state.lock().stolen.get(signing).copied())
	}

	fn are_registered(&self, _: &Digest, issuer: MemberId, commitments: Vec<Digest>) -> Result<Vec<bool>, String> {
		self.world.asked.fetch_add(commitments.len(), Ordering::Relaxed);
		Ok(self.world.state.lock().are_registered(issuer, &commitments))
	}

	fn are_finally_registered(&self, issuer: MemberId, commitments: Vec<Digest>) -> Result<Vec<bool>, String> {
		Ok(self.finally(|state| state.are_registered(issuer, &commitments)))
	}

	fn ended_registrations(&self, _: &Digest, issuer: MemberId, from: u32) -> Result<Option<Vec<Digest>>, String> {
		Ok(self.world.state.lock().ended_registrations(issuer, from))
	}

	fn receipt_outcomes(&self, issuer: MemberId, commitments: Vec<Digest>) -> Result<Vec<Option<bool>>, String> {
		Ok(self.finally(|state| state.receipt_outcomes(issuer, &commitments)))
	}

	fn timetable(&self, issuer: MemberId, _: Option<ProductId>) -> Result<Timetable, String> {
		Ok(self.world.state.lock().timetable(issuer))
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
		hash: state.branch.unwrap_or_else(|| hash_of(state.block)),
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
