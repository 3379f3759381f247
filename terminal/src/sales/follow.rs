// SPDX-License-Identifier: Apache-2.0

//! Follows the node's events and turns them into business records.

use crate::{
	db::{
		confirm_records, now_ms, set_cursor, set_finalised, settle_registrations, ConfirmedRow, Db, OpenPlaces,
		RecordState, RegistrationState, SettledRow,
	},
	error::{Error, Result},
};
use sealane_sdk::{
	types::{Anchor, Cursor, Event, EventKind, OrderStage, Outcome},
	Client,
};
use std::{collections::HashMap, time::Duration};
use tokio::sync::watch as signal;

/// Name of the cursor in the database.
const CURSOR: &str = "events";
/// Most events of one page.
const PAGE: u32 = 10_000;
/// How long the node may wait for the next event.
const WAIT: Duration = Duration::from_secs(10);

/// Reads events page by page; a page and the cursor behind it are one transaction.
pub struct Follower {
	client: Client,
	db: Db,
	cursor: Cursor,
	/// The newest place given out, by channel.
	places: HashMap<i64, i64>,
}

/// What a page of events says.
#[derive(Default)]
struct Page {
	confirmed: Vec<ConfirmedRow>,
	settled: Vec<SettledRow>,
	/// Whether an anchor became final.
	anchored: bool,
}

impl Follower {
	/// A follower that goes on behind the last page that is in the database.
	///
	/// # Errors
	/// The database fails.
	pub async fn new(client: Client, db: Db) -> Result<Self> {
		let cursor = db.cursor(CURSOR).await?.map_or_else(Cursor::start, Cursor);
		let places = db.places().await?;
		Ok(Follower {
			client,
			db,
			cursor,
			places,
		})
	}

	/// Follows until `stop` changes; counts `progress` up after each page that changed something.
	///
	/// # Errors
	/// The node refuses us or is gone for longer than the client is patient, or the database fails.
	pub async fn run(mut self, progress: signal::Sender<u64>, stop: signal::Receiver<bool>) -> Result<()> {
		// An anchor may have become final while the last run was between page and look-up.
		self.settle_anchors().await?;
		let stopped = super::stopped(stop);
		tokio::pin!(stopped);
		loop {
			let changed = tokio::select! {
				biased;
				() = &mut stopped => return Ok(()),
				changed = self.page(WAIT) => changed?,
			};
			if changed {
				progress.send_modify(|count| *count += 1);
			}
		}
	}

	/// Reads one page, waiting up to `wait` for its first event; answers whether there was one.
	///
	/// # Errors
	/// As [`Follower::run`].
	pub async fn page(&mut self, wait: Duration) -> Result<bool> {
		let page = self.client.events_page(&self.cursor, PAGE, wait).await?;
		if page.events.is_empty() && page.next == self.cursor {
			return Ok(false);
		}
		let places = self.places.clone();
		let read = match self.read(&page.events) {
			Ok(read) => read,
			Err(error) => {
				self.places = places;
				return Err(error);
			}
		};
		let mut tx = self.db.begin().await?;
		confirm_records(&mut tx, &read.confirmed).await?;
		settle_registrations(&mut tx, &read.settled).await?;
		set_cursor(&mut tx, CURSOR, page.next.as_str()).await?;
		tx.commit().await?;
		self.cursor = page.next;
		if read.anchored {
			self.settle_anchors().await?;
		}
		Ok(true)
	}

	fn read(&mut self, events: &[Event]) -> Result<Page> {
		let mut page = Page::default();
		for event in events {
			match event.kind {
				EventKind::Confirmed => page.confirmed.push(self.confirmed(event)?),
				EventKind::Registered => page.settled.push(settled(event)?),
				EventKind::AnchorFinalised => page.anchored = true,
				_ => {}
			}
		}
		Ok(page)
	}

	fn confirmed(&mut self, event: &Event) -> Result<ConfirmedRow> {
		let unreadable = |why: String| Error::Node(format!("event {}: {why}", event.cursor));
		let confirmation = event
			.read_confirmation()
			.ok_or_else(|| unreadable("a confirmed event without confirmation".into()))?
			.map_err(|e| unreadable(format!("confirmation: {e}")))?;
		let (state, outcome) = match confirmation.outcome {
			Outcome::Accepted => (RecordState::Confirmed, "accepted"),
			Outcome::Partial => (RecordState::Partial, "partial"),
			Outcome::Rejected => (RecordState::Rejected, "rejected"),
		};
		let channel = event.lane.map_or(-1, |lane| i64::from(lane.channel));
		let place = self.places.entry(channel).or_insert(0);
		*place += 1;
		let entry = match (event.lane, event.sequence, event.ordinal) {
			(Some(lane), Some(sequence), Some(ordinal)) => {
				format!("{}/{}/{}/{sequence}/{ordinal}", lane.channel, lane.from, lane.to)
			}
			_ => String::new(),
		};
		Ok(ConfirmedRow {
			id: confirmation.order.clone(),
			state,
			outcome,
			text: event
				.confirmation
				.as_ref()
				.map(|raw| raw.get().to_string())
				.unwrap_or_default(),
			confirmation,
			technical: event.technical.unwrap_or(false),
			channel,
			entry,
			place: *place,
			at_ms: event.at_ms as i64,
		})
	}

	/// Finds out, channel by channel, which anchor made which confirmations final.
	///
	/// The events name the anchor, not the orders in it. A channel's confirmations are anchored in their order, so each
	/// anchor covers a run of places, and the end of a run is found with a few look-ups however many orders are in it.
	async fn settle_anchors(&mut self) -> Result<()> {
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

fn settled(event: &Event) -> Result<SettledRow> {
	let unreadable = |why: String| Error::Node(format!("event {}: {why}", event.cursor));
	let result = event
		.read_result()
		.ok_or_else(|| unreadable("a registered event without result".into()))?
		.map_err(|e| unreadable(format!("result: {e}")))?;
	let state = match result.outcome {
		Outcome::Accepted => RegistrationState::Registered,
		Outcome::Partial | Outcome::Rejected => RegistrationState::Rejected,
	};
	let (reason_code, reason_text) = result.reason.map(|r| (r.code, r.text)).unwrap_or_default();
	Ok(SettledRow {
		id: result.registration,
		state,
		reason_code,
		reason_text,
		commitment: result.commitment.unwrap_or_default(),
		salt: result.salt.unwrap_or_default(),
		account: result.account.unwrap_or_default(),
	})
}
