// SPDX-License-Identifier: Apache-2.0

//! How long a confirmed record waits until its anchor is final, against how often nodes anchor.
//!
//! The wait has two parts: until an anchor is cut, which grows with the interval, and from there until a final block has it, which does not. The interval
//! is that of a larger network, since the chain counts the nodes that are registered and not those that run.

use super::{
	further::{order, until_final, Times},
	load::{id, Load},
};
use crate::{
	consortium::{Consortium, STEP_LIMIT},
	error::{Error, Result},
};
use sealane_primitives::ids::BlockNumber;
use sealane_sdk::types::OrderStage;
use serde::Serialize;
use std::time::{Duration, Instant};

/// Pause between two orders. It does not divide the time of a block, so that orders fall on all of its moments.
const PAUSE: Duration = Duration::from_millis(211);

/// What was measured with one interval.
#[derive(Clone, Debug, Serialize)]
pub struct Wait {
	/// A node anchors once in so many blocks.
	pub interval: BlockNumber,
	/// From the confirmation on the seller's disk to the cut of the anchor that has it.
	pub until_cut: Times,
	/// From the cut to the moment at which the seller's node knows the anchor to be final.
	pub until_final: Times,
	/// Both together, order by order.
	pub both: Times,
}

/// Measures with each of these intervals, which are in ascending order, by so many single orders.
pub async fn run(
	consortium: &Consortium,
	load: &mut Load,
	intervals: &[BlockNumber],
	orders: u64,
) -> Result<Vec<Wait>> {
	let mut waits = Vec::with_capacity(intervals.len());
	for interval in intervals {
		super::say(&format!(
			"{orders} orders of which each is followed until its anchor is final; a node anchors once in {interval} blocks"
		));
		consortium.anchor_every(*interval).await?;
		// An anchor under the interval of before may be on its way.
		for _ in 0..=*interval {
			consortium.next_final_block(STEP_LIMIT).await?;
		}
		waits.push(follow(load, *interval, orders).await?);
	}
	Ok(waits)
}

async fn follow(load: &mut Load, interval: BlockNumber, orders: u64) -> Result<Wait> {
	let name = format!("final-{interval}");
	let began = Instant::now();
	for number in 0..orders {
		tokio::time::sleep_until((began + PAUSE * number as u32).into()).await;
		let (key, body) = load.request(&name, number, 1, orders);
		Load::submit(&load.seller, &key, body).await?;
	}
	let cursor = load.await_confirmed(load.cursor(), orders, |_| ()).await?;
	load.set_cursor(cursor);
	let (mut until_cut, mut from_cut, mut both) = (Vec::new(), Vec::new(), Vec::new());
	for number in 0..orders {
		let id = id(&name, number);
		both.push(until_final(load, &id).await?);
		let order = order(load, &id).await?;
		let at = |stage: OrderStage| {
			let step = order.steps.iter().find(|step| step.stage == stage);
			let missing = || Error::Unexpected(format!("order {id} is final and not {}", stage.as_str()));
			step.map(|step| step.at_ms).ok_or_else(missing)
		};
		let cut = at(OrderStage::Anchored)?;
		until_cut.push(cut.saturating_sub(at(OrderStage::Confirmed)?) as f64);
		from_cut.push(at(OrderStage::Finalised)?.saturating_sub(cut) as f64);
	}
	Ok(Wait {
		interval,
		until_cut: Times::of(until_cut),
		until_final: Times::of(from_cut),
		both: Times::of(both),
	})
}
