// SPDX-License-Identifier: Apache-2.0

//! Refusals that last: what one side refused the other stands in the logs of both, however often it happened, in little room.
//!
//! The first refusal of a lane for a reason is noted at once, with the partner's signature where it is the partner's. Those that follow within a while
//! are counted, and noted once more, all together, when the while is over. A partner that is refused for ever, in however many ways,
//! fills no disk: the rest is in the metrics.
//!
//! How long a while is this node's own blocks say, and what is counted of one direction takes no place of the other: what a partner states, and what it
//! sends, keeps nothing of its refusals out of the log.

use crate::{
	api::LaneId,
	protocol::{BlockRef, RefusalReason, Refused, Signed},
	records::Refusals,
};
use hashbrown::HashMap;
use parking_lot::Mutex;
use sealane_primitives::ids::{BlockNumber, MemberId, Moment};

/// Blocks for which refusals of one lane and reason are counted before they are noted again: five minutes.
const WHILE_BLOCKS: BlockNumber = 150;
/// Most lanes and reasons of one partner that are counted at the same time, in each direction.
const MOST_OPEN: usize = 64;

/// Which refusals are counted together.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Kind {
	member: MemberId,
	lane: LaneId,
	by_partner: bool,
	reason: &'static str,
}

/// A refusal that just happened.
pub struct Happened {
	/// The partner.
	pub member: MemberId,
	/// The lane.
	pub lane: LaneId,
	/// First packet that was refused.
	pub sequence: u64,
	/// Why.
	pub reason: RefusalReason,
	/// The block by whose state it was refused, as the refuser says.
	pub block: BlockRef,
	/// The newest block that this node knows.
	pub seen: BlockNumber,
	/// The partner's refusal; `None` where this node refuses.
	pub proof: Option<Signed<Refused>>,
}

/// Refusals of one kind, since this node knew this block.
struct Since {
	block: BlockNumber,
	counted: Refusals,
}

/// The refusals that are counted.
#[derive(Default)]
pub struct Counted(Mutex<HashMap<Kind, Since>>);

impl Counted {
	/// Count a refusal; gives what is to be noted of it, if anything.
	pub fn happened(&self, it: Happened, at: Moment) -> Option<Refusals> {
		let kind = Kind {
			member: it.member,
			lane: it.lane,
			by_partner: it.proof.is_some(),
			reason: it.reason.code(),
		};
		let mut open = self.0.lock();
		if let Some(Since { counted, .. }) = open.get_mut(&kind) {
			counted.count += 1;
			counted.last = it.block;
			counted.at = at;
			return None;
		}
		let same_direction = |other: &&Kind| (other.member, other.by_partner) == (kind.member, kind.by_partner);
		if open.keys().filter(same_direction).count() >= MOST_OPEN {
			return None;
		}
		let first = Refusals {
			at,
			lane: it.lane,
			sequence: it.sequence,
			by_partner: kind.by_partner,
			reason: it.reason,
			first: it.block,
			last: it.block,
			count: 1,
			proof: it.proof,
		};
		// The signature is noted once.
		let counted = Refusals {
			proof: None,
			..first.clone()
		};
		open.insert(
			kind,
			Since {
				block: it.seen,
				counted,
			},
		);
		Some(first)
	}

	/// At block `now`: what is to be noted of the refusals whose while is over.
	pub fn over(&self, now: BlockNumber) -> Vec<Refusals> {
		let mut open = self.0.lock();
		let over = open.extract_if(|_, since| now >= since.block.saturating_add(WHILE_BLOCKS));
		let mut over: Vec<_> = over.map(|(_, since)| since.counted).filter(|it| it.count > 1).collect();
		over.sort_by_key(|it| (it.lane, it.at));
		over
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn refusal(lane: u32, reason: RefusalReason, block: BlockNumber) -> Happened {
		Happened {
			member: 9,
			lane: LaneId {
				channel: lane,
				from: 1,
				to: 2,
			},
			sequence: 4,
			reason,
			block: BlockRef {
				number: block,
				hash: [block as u8; 32],
			},
			seen: block,
			proof: None,
		}
	}

	/// The same as the partner says it, signed; `block` is what it states.
	fn partners(lane: u32, reason: RefusalReason, block: BlockNumber) -> Happened {
		let own = refusal(lane, reason, 10);
		let what = Refused {
			version: crate::protocol::VERSION,
			lane: own.lane,
			first_sequence: own.sequence,
			reason,
			at: 0,
			block: BlockRef {
				number: block,
				hash: [9; 32],
			},
			unreadable: Vec::new(),
		};
		Happened {
			block: what.block,
			proof: Some(Signed {
				what,
				signature: [0; 64],
			}),
			..own
		}
	}

	#[test]
	fn the_first_is_noted_at_once_and_the_others_together_when_the_while_is_over() {
		let counted = Counted::default();
		let first = counted.happened(refusal(1, RefusalReason::Malformed, 10), 100).unwrap();
		assert_eq!((first.count, first.first, first.last), (1, first.last, first.first));
		for block in 10..60 {
			assert_eq!(counted.happened(refusal(1, RefusalReason::Malformed, block), 200), None);
		}
		assert!(counted
			.happened(refusal(1, RefusalReason::SealBroken, 11), 150)
			.is_some());
		assert_eq!(counted.over(10 + WHILE_BLOCKS - 1), []);
		let all = counted.over(10 + WHILE_BLOCKS);
		assert_eq!(all.len(), 1, "of the other there is one, which is noted");
		assert_eq!((all[0].count, all[0].first.number, all[0].last.number), (51, 10, 59));
		assert_eq!(all[0].last.hash, [59; 32]);
		assert_eq!(counted.over(1_000), []);
		assert!(counted
			.happened(refusal(1, RefusalReason::Malformed, 1_001), 300)
			.is_some());
	}

	#[test]
	fn a_partner_has_so_many_at_a_time() {
		let counted = Counted::default();
		let noted = (0..1_000).filter(|lane| {
			counted
				.happened(refusal(*lane, RefusalReason::Malformed, 1), 1)
				.is_some()
		});
		assert_eq!(noted.count(), MOST_OPEN);
		let mut others = refusal(0, RefusalReason::Malformed, 1);
		others.member = 10;
		assert!(counted.happened(others, 1).is_some(), "another partner has its own");
		counted.over(1 + WHILE_BLOCKS);
		assert!(counted.happened(refusal(7, RefusalReason::Malformed, 200), 1).is_some());
	}

	#[test]
	fn a_partner_that_states_a_block_of_the_far_future_is_counted_as_long_as_any_other() {
		let counted = Counted::default();
		let stated = || partners(1, RefusalReason::Malformed, BlockNumber::MAX);
		assert!(counted.happened(stated(), 100).is_some());
		assert_eq!(counted.happened(stated(), 200), None);
		let over = counted.over(10 + WHILE_BLOCKS);
		assert_eq!(
			over.iter().map(|it| (it.count, it.by_partner)).collect::<Vec<_>>(),
			[(2, true)]
		);
		assert!(counted.happened(stated(), 300).is_some(), "and is noted anew");
	}

	#[test]
	fn what_this_node_refuses_keeps_no_refusal_of_the_partners_from_being_noted() {
		let counted = Counted::default();
		for lane in 0..1_000 {
			counted.happened(refusal(lane, RefusalReason::Malformed, 10), 1);
		}
		assert!(counted
			.happened(partners(1, RefusalReason::SealBroken, 10), 1)
			.is_some());
		for lane in 0..1_000 {
			counted.happened(partners(lane, RefusalReason::Malformed, 10), 1);
		}
		counted.over(10 + WHILE_BLOCKS);
		for lane in 0..1_000 {
			counted.happened(partners(lane, RefusalReason::Malformed, 10), 1);
		}
		assert!(counted.happened(refusal(1, RefusalReason::SealBroken, 10), 1).is_some());
	}
}
