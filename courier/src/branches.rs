// SPDX-License-Identifier: Apache-2.0

//! Partners' packets by the block against whose state they were allowed, until the chain is final up to there.
//!
//! A packet is checked against the newest block, which may be abandoned later. It stays stored then: it was acknowledged. But that block says
//! nothing any more, so it is told which packets were allowed by it.
//!
//! Part of the [book](crate::book). Which blocks were judged is noted from time to time, so after a restart a few are judged once more; what was
//! found to be abandoned before is known then.

use crate::{
	api::{BlockRef, LaneId},
	records::Abandoned,
};
use sealane_primitives::ids::BlockNumber;
use std::collections::BTreeMap;

/// Most runs of packets that wait for finality: hours of a chain that finalises nothing. Beyond it the oldest are not judged.
const MAX_RUNS: usize = 65_536;

/// Packets of one lane, one after the other, that were allowed by one block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
	/// The block.
	pub block: BlockRef,
	/// The lane.
	pub lane: LaneId,
	/// First packet.
	pub first: u64,
	/// Last packet.
	pub last: u64,
}

/// The packets whose blocks are not final yet.
#[derive(Debug, Default)]
pub struct Unjudged {
	runs: BTreeMap<BlockNumber, Vec<Run>>,
	count: usize,
	/// Runs that were never judged, as there were too many.
	pub given_up: u64,
}

impl Unjudged {
	/// A packet was stored.
	pub fn stored(&mut self, block: BlockRef, lane: LaneId, sequence: u64) {
		let runs = self.runs.entry(block.number).or_default();
		let known = runs.iter_mut().find(|run| (run.block, run.lane) == (block, lane));
		if let Some(run) = known.filter(|run| run.last + 1 == sequence) {
			run.last = sequence;
			return;
		}
		runs.push(Run {
			block,
			lane,
			first: sequence,
			last: sequence,
		});
		self.count += 1;
		while self.count > MAX_RUNS {
			let Some((_, oldest)) = self.runs.pop_first() else {
				return;
			};
			self.count -= oldest.len();
			self.given_up += oldest.len() as u64;
		}
	}

	/// The runs of the oldest blocks up to `number`: about `most` of them.
	pub fn up_to(&self, number: BlockNumber, most: usize) -> Vec<Run> {
		let mut due = Vec::new();
		for runs in self.runs.range(..=number).map(|(_, runs)| runs) {
			if due.len() >= most {
				break;
			}
			due.extend_from_slice(runs);
		}
		due
	}

	/// These runs are judged. What was stored since is not.
	pub fn done(&mut self, judged: &[Run]) {
		for it in judged {
			let Some(runs) = self.runs.get_mut(&it.block.number) else {
				continue;
			};
			let is_it = |run: &&mut Run| (run.block, run.lane, run.first) == (it.block, it.lane, it.first);
			match runs.iter_mut().find(is_it) {
				Some(run) if run.last > it.last => run.first = it.last + 1,
				Some(_) => self.remove(it),
				None => (),
			}
		}
	}

	fn remove(&mut self, it: &Run) {
		let Some(runs) = self.runs.get_mut(&it.block.number) else {
			return;
		};
		let before = runs.len();
		runs.retain(|run| (run.block, run.lane, run.first) != (it.block, it.lane, it.first));
		self.count -= before - runs.len();
		if runs.is_empty() {
			self.runs.remove(&it.block.number);
		}
	}

	/// All blocks up to `number` were judged, as the log says.
	pub fn judged(&mut self, number: BlockNumber) {
		while let Some(first) = self.runs.first_entry().filter(|first| *first.key() <= number) {
			self.count -= first.remove().len();
		}
	}

	/// It is known that these packets were allowed by a block that is abandoned.
	pub fn abandoned(&mut self, it: &Abandoned) {
		self.done(&[Run {
			block: it.block,
			lane: it.lane,
			first: it.first,
			last: it.last,
		}]);
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	const LANE: LaneId = LaneId {
		channel: 1,
		from: 2,
		to: 3,
	};

	fn block(number: BlockNumber, branch: u8) -> BlockRef {
		BlockRef {
			number,
			hash: [branch; 32],
		}
	}

	fn spans(runs: &[Run]) -> Vec<(u8, u64, u64)> {
		runs.iter()
			.map(|run| (run.block.hash[0], run.first, run.last))
			.collect()
	}

	#[test]
	fn packets_of_one_block_and_lane_are_one_run() {
		let mut unjudged = Unjudged::default();
		for (number, branch, sequence) in [(5, 1, 0), (5, 1, 1), (5, 2, 2), (5, 2, 3), (6, 1, 4)] {
			unjudged.stored(block(number, branch), LANE, sequence);
		}
		assert_eq!(spans(&unjudged.up_to(5, 100)), [(1, 0, 1), (2, 2, 3)]);
		assert_eq!(spans(&unjudged.up_to(6, 1)), [(1, 0, 1), (2, 2, 3)], "whole blocks");
		unjudged.abandoned(&Abandoned {
			at: 0,
			lane: LANE,
			first: 2,
			last: 3,
			block: block(5, 2),
			instead: [1; 32],
		});
		assert_eq!(spans(&unjudged.up_to(6, 100)), [(1, 0, 1), (1, 4, 4)]);
		let due = unjudged.up_to(6, 100);
		unjudged.stored(block(6, 1), LANE, 5);
		unjudged.done(&due);
		assert_eq!(
			spans(&unjudged.up_to(6, 100)),
			[(1, 5, 5)],
			"what came since is judged, too"
		);
		unjudged.judged(6);
		assert_eq!((unjudged.up_to(6, 100), unjudged.count), (Vec::new(), 0));
	}

	#[test]
	fn a_chain_that_finalises_nothing_takes_bounded_room() {
		let mut unjudged = Unjudged::default();
		for number in 0..2 * MAX_RUNS as u32 {
			unjudged.stored(block(number, 1), LANE, u64::from(number) * 2);
		}
		assert_eq!((unjudged.count, unjudged.given_up), (MAX_RUNS, MAX_RUNS as u64));
		assert_eq!(unjudged.up_to(BlockNumber::MAX, usize::MAX).len(), MAX_RUNS);
	}
}
