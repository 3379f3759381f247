// SPDX-License-Identifier: Apache-2.0

//! Follows a node's blocks: connects, looks for what is new every second, connects again.
//!
//! Looking is a question of a few bytes; a subscription would save it and would have to be watched for its silence as well.

mod blocks;

pub use blocks::{Block, Tally, Watched};

use super::{alarms, state::Shared};
use crate::{
	chain::{ChainClient, ChainError, Head},
	error::{Error, Result},
};
use sealane_terminal_core::{
	db::{now_ms, set_cursor},
	outage::Outage,
	stop::{stopped, Stop},
};
use serde_json::json;
use std::{sync::Arc, time::Duration};

/// How often is looked for a new block.
const INTERVAL: Duration = Duration::from_secs(1);
/// How long a connection, or a look, may take.
const TIMEOUT: Duration = Duration::from_secs(15);
/// Blocks that are read one after the other to catch up; behind more of them the watch begins anew.
const MAX_BEHIND: usize = 100;
/// Looks between two questions after the node itself.
const HEALTH_EVERY: u32 = 10;
/// Where the database says which chain it belongs to.
const GENESIS: &str = "operator/genesis";

/// Follows until the server is told to stop. A node or a database that is away is tried again.
pub async fn run(shared: Arc<Shared>, stop: Stop) {
	let mut outage = Outage::new("the connection to the node");
	for attempt in 0.. {
		let url = shared.link.url(attempt).to_string();
		let why = match connect(&shared, &url).await {
			Err(why) => why,
			Ok(chain) => {
				outage.over();
				shared.link.up(chain.clone());
				tracing::info!("connected to {}", shared.link.state().url);
				shared.feed.push("node", json!(shared.link.state()));
				tokio::select! {
					why = follow(&shared, &chain) => why,
					() = stopped(stop.clone()) => return,
				}
			}
		};
		if shared.link.down(&url, &why) {
			shared.feed.push("node", json!(shared.link.state()));
		}
		if !outage.pause(&why, &stop).await {
			return;
		}
	}
}

/// A connection to a node of the chain that the database belongs to; else why there is none.
async fn connect(shared: &Shared, url: &str) -> std::result::Result<ChainClient, String> {
	let connected = tokio::time::timeout(TIMEOUT, ChainClient::connect(url)).await;
	let chain = connected
		.map_err(|_| format!("no connection within {} s", TIMEOUT.as_secs()))?
		.map_err(|error| error.to_string())?;
	match check_genesis(shared, &chain).await {
		Ok(None) => Ok(chain),
		Ok(Some(why)) => Err(why),
		Err(error) => Err(error.to_string()),
	}
}

/// Whether the node is one of the chain that the database belongs to; else why it is not.
async fn check_genesis(shared: &Shared, chain: &ChainClient) -> Result<Option<String>> {
	let found = hex::encode(chain.genesis());
	match shared.db.cursor(GENESIS).await? {
		Some(known) if known == found => Ok(None),
		Some(known) => Ok(Some(format!(
			"it is of the chain 0x{found}; this database belongs to 0x{known}"
		))),
		None => {
			let mut tx = shared.db.begin().await?;
			set_cursor(&mut tx, GENESIS, &found).await?;
			tx.commit().await.map_err(Error::from)?;
			Ok(None)
		}
	}
}

/// Looks until something fails: why it did.
async fn follow(shared: &Shared, chain: &ChainClient) -> String {
	let mut ticks = tokio::time::interval(INTERVAL);
	ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
	for look in 0u32.. {
		ticks.tick().await;
		match tokio::time::timeout(TIMEOUT, self::look(shared, chain, look)).await {
			Ok(Ok(())) => {}
			Ok(Err(error)) => return error.to_string(),
			Err(_) => return format!("it did not answer within {} s", TIMEOUT.as_secs()),
		}
	}
	String::new()
}

/// Takes over what is new.
async fn look(shared: &Shared, chain: &ChainClient, number: u32) -> std::result::Result<(), ChainError> {
	if number.is_multiple_of(HEALTH_EVERY) {
		let health = chain.node_health().await?;
		shared.watched().set_health(health);
	}
	let best = chain.best_head().await?;
	if shared.watched().best().is_none_or(|known| known.hash != best.hash) {
		take(shared, chain, best).await?;
		let still = chain.stands_still().await?;
		let motions = chain.motion_tallies().await?;
		let changed = shared.watched().set_state(still, motions.clone());
		if changed {
			shared.feed.push("motions", json!({ "open": motions }));
		}
	}
	let finalised = chain.final_head().await?;
	let change = shared.watched().finalised(&finalised);
	if let Some(change) = change {
		tell(shared, &change);
	}
	Ok(())
}

/// Takes the new best block over, and those between it and what is known.
async fn take(shared: &Shared, chain: &ChainClient, best: Head) -> std::result::Result<(), ChainError> {
	let mut new = vec![best];
	let is_joined = loop {
		// The newest is first.
		let Some(oldest) = new.last() else { break false };
		if oldest.number == 0 || shared.watched().knows(&oldest.parent) {
			break true;
		}
		if new.len() >= MAX_BEHIND {
			break false;
		}
		let parent = oldest.parent;
		new.push(chain.head_of(&parent).await?);
	};
	let is_first = shared.watched().best().is_none();
	if !is_joined {
		shared.watched().restart();
	}
	let newest = new.len();
	for (index, head) in new.into_iter().rev().enumerate() {
		// The block of genesis was made by nobody.
		if head.number == 0 {
			shared.watched().take_first(&head);
			continue;
		}
		let parent = chain.head_of(&head.parent).await?;
		let turns = chain.turns_after(&head.parent).await?;
		let changes = shared.watched().take(&head, parent.slot, &turns, now_ms());
		for change in changes {
			tell(shared, &change);
		}
		// What was made before the start happened to nobody who listens.
		if !is_first || index + 1 == newest {
			let body = shared.watched().block_event();
			shared.feed.push("block", body);
		}
	}
	Ok(())
}

fn tell(shared: &Shared, change: &sealane_watch::Change) {
	use sealane_watch::Change;
	let words = change.words(|author| shared.watched().account_of(author));
	match change {
		Change::Silent(_) | Change::FinalityStands(_) | Change::Doubled(_) => tracing::warn!("{words}"),
		Change::Back(_) | Change::FinalityMoves(_) => tracing::info!("{words}"),
	}
	let kind = match change {
		Change::FinalityStands(_) | Change::FinalityMoves(_) => "finality",
		_ => "validators",
	};
	let alarms = alarms::of(shared);
	shared.feed.push(kind, json!({ "words": words, "alarms": alarms }));
}
