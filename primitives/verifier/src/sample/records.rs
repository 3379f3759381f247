// SPDX-License-Identifier: Apache-2.0

//! Whole batches: a pack for each of their records.

use super::{confirmation, leaves_of, order, Plan, Sample, CHANNEL, CLAUSE_VERSION, CONFIRMATIONS, ORDERS};
use crate::pack::{BatchPart, Entry, EvidencePack, RecordPart};
use sealane_primitives::evidence::{proof, salt, Excluded};

/// The packs of all records of a batch of so many, in an anchor of its own; `batch` tells it from others.
pub fn records(batch: u8, count: u32) -> Vec<EvidencePack> {
	let mut plan = Plan::new();
	plan.place = (0, count);
	(plan.order, plan.confirmation) = (order(0), confirmation(0));
	plan.seller.2 = Excluded::none();
	(plan.core.count, plan.core.previous) = (count, [batch; 32]);
	let leaves = leaves_of(&plan);
	let whole = Sample::of(plan).whole();
	let pack = |i: u32| {
		let record = RecordPart {
			order: Entry::new(&order(i), &ORDERS, i, &[]),
			confirmation: Entry::new(&confirmation(i), &CONFIRMATIONS, i, &[]),
			salt: salt(&CONFIRMATIONS, i),
			clause_version: CLAUSE_VERSION,
			channel: CHANNEL,
		};
		let batch = BatchPart {
			index: i,
			path: proof(&leaves, i as usize).expect("the record is in the batch"),
			..whole.batch.clone()
		};
		EvidencePack::new(record, batch, whole.anchor.clone(), whole.chain.clone())
	};
	(0..count).map(pack).collect()
}
