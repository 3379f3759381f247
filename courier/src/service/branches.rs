// SPDX-License-Identifier: Apache-2.0

//! Packets that were allowed by the state of a block which the chain abandoned: told to the business system and to the operator. See
//! [`crate::branches`].

use super::{Courier, LOG_TARGET};
use crate::{
	branches::Run,
	cutting::Note,
	records::{Abandoned, Judged},
};
use sealane_primitives::ids::BlockNumber;
use std::sync::Arc;

/// Runs of packets that are judged at one final block.
const AT_A_TIME: usize = 1_024;
/// Blocks after which it is noted how far they are judged.
const NOTE_BLOCKS: BlockNumber = 1_000;

/// Judge the blocks that are final now.
pub(super) async fn judge(courier: &Arc<Courier>) {
	let newest = *courier.chain.finalised().borrow();
	let due = courier.library.book.read().unjudged.up_to(newest, AT_A_TIME);
	let Some(judged) = due.last().map(|run| run.block.number) else {
		return;
	};
	let mut abandoned = Vec::new();
	for run in &due {
		let Some(instead) = courier.final_chain.hash_of(run.block.number) else {
			// It is asked again at the next final block.
			return;
		};
		if instead != run.block.hash {
			abandoned.push(told(courier, run, instead));
		}
	}
	courier
		.metrics
		.packets_of_abandoned_blocks
		.inc_by(abandoned.iter().map(|it| it.last - it.first + 1).sum());
	let notes = abandoned.into_iter().map(Note::Abandoned).collect();
	if !courier.note_all_durably(notes, 0).await {
		return;
	}
	courier.library.book.write().unjudged.done(&due);
	if courier.judged_from(judged) {
		courier.note(Note::Judged(Judged { to: judged }));
	}
}

fn told(courier: &Courier, run: &Run, instead: [u8; 32]) -> Abandoned {
	log::warn!(
		target: LOG_TARGET,
		"Lane {}: packets {} to {} were allowed by block {} ({}), which the chain abandoned for {}: what they were checked against was not in force",
		run.lane, run.first, run.last, run.block.number, hex::encode(run.block.hash), hex::encode(instead),
	);
	Abandoned {
		at: courier.clock.now_ms(),
		lane: run.lane,
		first: run.first,
		last: run.last,
		block: run.block,
		instead,
	}
}

impl Courier {
	/// Whether it is time to note that the blocks up to `judged` are judged.
	fn judged_from(&self, judged: BlockNumber) -> bool {
		let mut noted = self.judged.lock();
		let due = judged >= noted.saturating_add(NOTE_BLOCKS);
		if due {
			*noted = judged;
		}
		due
	}
}
