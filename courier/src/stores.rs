// SPDX-License-Identifier: Apache-2.0

//! Which store of a node speaks: this node's own, and what is known of its partners'.
//!
//! A node has one store, and so one log. An old copy of it, or a second machine with the same key, would go on from where it thinks the
//! lanes are, and contradict what the node signed before. So each store has a random id, and each envelope names it with a counter of
//! take-overs. Whoever restores a node from a copy raises the counter and draws a new id. Partners follow the higher counter and turn the
//! other away; of two stores with one counter nobody can say which is right, so neither is heard until one takes over.

use crate::{api::LaneId, protocol::StoreClaim};
use codec::{Decode, Encode};
use sealane_primitives::ids::{Moment, NodeId};
use std::collections::{BTreeMap, BTreeSet};

/// Id of a store.
pub type StoreId = [u8; 16];

/// The store from which a partner's node speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownStore {
	/// Its counter of take-overs.
	pub take_over: u32,
	/// Its id; `None` where two stores have this counter.
	pub store: Option<StoreId>,
}

/// What is made of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
	/// It is the store that is known.
	Known,
	/// It is the first, takes over, or contradicts what is known: from now on this is known.
	News(KnownStore),
	/// Another store took over from it.
	Superseded,
	/// Two stores speak at once.
	Doubled,
}

/// What to make of a claim.
pub fn judge(known: Option<KnownStore>, claim: &StoreClaim) -> Verdict {
	let StoreClaim { store, take_over, .. } = *claim;
	match known {
		Some(known) if take_over < known.take_over => Verdict::Superseded,
		Some(known) if take_over == known.take_over => match known.store {
			Some(id) if id == store => Verdict::Known,
			Some(_) => Verdict::News(KnownStore { take_over, store: None }),
			None => Verdict::Doubled,
		},
		_ => Verdict::News(KnownStore {
			take_over,
			store: Some(store),
		}),
	}
}

/// A partner's node spoke from a store that was not known.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct StoreSeen {
	/// When, Unix milliseconds.
	pub at: Moment,
	/// The node.
	pub node: NodeId,
	/// What it claimed, signed by it.
	pub claim: StoreClaim,
}

/// This store took the place of another of its node.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct TakenOver {
	/// When, Unix milliseconds.
	pub at: Moment,
	/// The store's id from now on.
	pub store: StoreId,
	/// The counter of take-overs from now on.
	pub take_over: u32,
}

/// A lane of this node is as its partner has it: nothing that was sent before a take-over is missing here.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Regained {
	/// When, Unix milliseconds.
	pub at: Moment,
	/// The lane.
	pub lane: LaneId,
	/// Its packets.
	pub packets: u64,
}

/// The stores that this log knows of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stores {
	/// This node's own, where it took over once.
	own: Option<(StoreId, u32)>,
	partners: BTreeMap<NodeId, KnownStore>,
	/// Lanes that were compared with the partner since the take-over.
	regained: BTreeSet<LaneId>,
}

impl Stores {
	/// The store's id and counter of take-overs; `first` is the id that it was made with.
	pub fn own(&self, first: StoreId) -> (StoreId, u32) {
		self.own.unwrap_or((first, 0))
	}

	/// Whether packets of this node's own lane may be missing here: nothing may be cut for it, nor taken on the opposite one.
	pub fn may_lack(&self, lane: &LaneId) -> bool {
		self.own.is_some() && !self.regained.contains(lane)
	}

	/// Whether a partner's node speaks from a store that took over: what it had may be lost.
	pub fn may_have_lost(&self, node: NodeId) -> bool {
		self.partners.get(&node).is_some_and(|known| known.take_over > 0)
	}

	/// Whether this store took over from another.
	pub fn took_over(&self) -> bool {
		self.own.is_some()
	}

	/// What to make of a claim of a partner's node.
	pub fn judge(&self, node: NodeId, claim: &StoreClaim) -> Verdict {
		judge(self.partners.get(&node).copied(), claim)
	}

	/// See [`StoreSeen`].
	pub fn seen(&mut self, seen: &StoreSeen) {
		if let Verdict::News(known) = self.judge(seen.node, &seen.claim) {
			self.partners.insert(seen.node, known);
		}
	}

	/// See [`TakenOver`].
	pub fn taken_over(&mut self, it: &TakenOver) {
		self.own = Some((it.store, it.take_over));
		self.regained.clear();
	}

	/// See [`Regained`].
	pub fn regained(&mut self, it: &Regained) {
		self.regained.insert(it.lane);
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn claim(store: u8, take_over: u32) -> StoreClaim {
		StoreClaim {
			store: [store; 16],
			take_over,
			signature: [0; 64],
		}
	}

	fn seen(stores: &mut Stores, store: u8, take_over: u32) -> Verdict {
		let claim = claim(store, take_over);
		let verdict = stores.judge(7, &claim);
		stores.seen(&StoreSeen { at: 0, node: 7, claim });
		verdict
	}

	#[test]
	fn the_higher_counter_is_followed_and_the_other_turned_away() {
		let mut stores = Stores::default();
		assert!(matches!(seen(&mut stores, 1, 0), Verdict::News(_)));
		assert_eq!(seen(&mut stores, 1, 0), Verdict::Known);
		assert!(matches!(seen(&mut stores, 2, 1), Verdict::News(_)));
		assert_eq!(seen(&mut stores, 1, 0), Verdict::Superseded);
		assert_eq!(seen(&mut stores, 2, 1), Verdict::Known);
	}

	#[test]
	fn of_two_stores_with_one_counter_neither_is_heard_until_one_takes_over() {
		let mut stores = Stores::default();
		seen(&mut stores, 1, 3);
		let doubled = KnownStore {
			take_over: 3,
			store: None,
		};
		assert_eq!(seen(&mut stores, 2, 3), Verdict::News(doubled));
		assert_eq!(seen(&mut stores, 1, 3), Verdict::Doubled);
		assert_eq!(seen(&mut stores, 2, 3), Verdict::Doubled);
		assert!(matches!(seen(&mut stores, 2, 4), Verdict::News(_)));
		assert_eq!(seen(&mut stores, 1, 3), Verdict::Superseded);
	}

	#[test]
	fn each_take_over_asks_for_all_lanes_again() {
		let lane = LaneId {
			channel: 1,
			from: 2,
			to: 3,
		};
		let mut stores = Stores::default();
		assert!(!stores.may_lack(&lane));
		for take_over in 1..3 {
			stores.taken_over(&TakenOver {
				at: 0,
				store: [take_over as u8; 16],
				take_over,
			});
			assert!(stores.may_lack(&lane));
			stores.regained(&Regained {
				at: 0,
				lane,
				packets: 0,
			});
			assert!(!stores.may_lack(&lane));
		}
		assert_eq!(stores.own([9; 16]), ([2; 16], 2));
	}
}
