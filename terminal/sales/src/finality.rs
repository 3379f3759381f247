// SPDX-License-Identifier: Apache-2.0

//! Which confirmations are final on chain.

use crate::{
	db::{set_finalised, OpenPlaces, SalesDb},
	error::Result,
};
use sealane_sdk::{
	types::{Anchor, OrderStage},
	Client,
};
use sealane_terminal_core::db::now_ms;

/// Asks the node about anchors.
pub struct Finality {
	client: Client,
	db: SalesDb,
}

impl Finality {
	/// Over this node and database.
	pub fn new(client: Client, db: SalesDb) -> Self {
		Finality { client, db }
	}

	/// Finds out, channel by channel, which anchor made which confirmations final.
	///
	/// The events name the anchor, not the orders in it. A channel's confirmations are anchored in their order, so each
	/// anchor covers a run of places, and the end of a run is found with a few look-ups however many orders are in it.
	///
	/// # Errors
	/// The node does not answer, or the database fails.
	pub async fn settle_anchors(&self) -> Result<()> {
		for open in self.db.open_places().await? {
			let mut from = open.final_to;
			while let Some((up_to, anchor)) = self.next_run(open, from).await? {
				let (sequence, block) = (anchor.sequence as i64, anchor.block.map_or(-1, i64::from));
				let mut tx = self.db.begin().await?;
				set_finalised(&mut tx, open.channel, up_to, sequence, block, now_ms()).await?;
				tx.commit().await?;
				from = up_to;
			}
		}
		Ok(())
	}

	/// The run of places above `from` that one final anchor covers: its end and the anchor.
	async fn next_run(&self, open: OpenPlaces, from: i64) -> Result<Option<(i64, Anchor)>> {
		let Some((id, first)) = self.db.first_order_above(open.channel, from).await? else {
			return Ok(None);
		};
		let Some(anchor) = self.final_anchor(&id).await? else {
			return Ok(None);
		};
		let (mut low, mut high) = (first, open.newest);
		while low < high {
			// The newest first: mostly one anchor covers all.
			let probe = if high == open.newest {
				high
			} else {
				low + (high - low + 1) / 2
			};
			let Some((id, place)) = self.db.order_at(open.channel, low, probe).await? else {
				// No record of ours between: the search goes on above.
				low = probe;
				continue;
			};
			let same = self
				.final_anchor(&id)
				.await?
				.is_some_and(|a| a.sequence == anchor.sequence);
			if same {
				low = probe.max(place);
			} else {
				high = place - 1;
			}
		}
		Ok(Some((low, anchor)))
	}

	/// The final anchor of an order; `None` while there is none.
	async fn final_anchor(&self, id: &str) -> Result<Option<Anchor>> {
		let status = self.client.order(id, None).await?;
		Ok(status
			.filter(|s| s.stage == OrderStage::Finalised)
			.and_then(|s| s.anchor)
			.filter(|a| a.finalised))
	}
}
