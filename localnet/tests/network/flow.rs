// SPDX-License-Identifier: Apache-2.0

//! Orders and confirmations that flow over restarts of the nodes, and what must be true of them afterwards.

use crate::common::LIMIT;
use sealane_localnet::{
	consortium::Institution,
	wait::{until, Look},
	Error, Result,
};
use sealane_sdk::{
	types::{Confirmation, Cursor, EventKind, Order, Outcome},
	Client,
};
use std::{
	collections::{BTreeMap, BTreeSet},
	time::Duration,
};
use tokio::sync::watch;

/// Orders of one request.
const BATCH: usize = 10;

/// Submits batch after batch of orders like this one, a batch per `pace`, until it is told to stop; gives the ids of all orders
/// that the node took. They begin with that of `order`.
pub fn spawn_submitting(
	client: Client,
	order: Order,
	pace: Duration,
	stopped: watch::Receiver<bool>,
) -> tokio::task::JoinHandle<Result<Vec<String>>> {
	tokio::spawn(async move {
		let mut ids = Vec::new();
		let mut pace = tokio::time::interval(pace);
		for batch in 0.. {
			if *stopped.borrow() {
				break;
			}
			pace.tick().await;
			let orders: Vec<_> = (0..BATCH)
				.map(|n| Order {
					id: format!("{}-{batch}-{n}", order.id),
					..order.clone()
				})
				.collect();
			submit_until_taken(&client, &orders, &format!("{}-{batch}", order.id)).await?;
			ids.extend(orders.into_iter().map(|o| o.id));
		}
		Ok(ids)
	})
}

/// Submits under one key until the node has answered, over restarts of the node.
async fn submit_until_taken(client: &Client, orders: &[Order], key: &str) -> Result<()> {
	until(&format!("the node takes {key}"), LIMIT, || async {
		let report = client.submit_orders(orders, key).await?;
		// What was on disk before the kill counts as repeated.
		let taken = report.accepted + report.repeated;
		if taken as usize == orders.len() {
			return Ok(Look::Found(()));
		}
		let reasons: Vec<_> = report.refused_entries.iter().map(|r| r.code.clone()).take(1).collect();
		Ok(Look::NotYet(format!("{taken} taken, refused: {reasons:?}")))
	})
	.await
}

/// Confirms whatever is in the inbox, over restarts of the node.
pub fn spawn_confirming(client: Client, name: String) -> tokio::task::JoinHandle<()> {
	tokio::spawn(async move {
		let mut cursor = Cursor::start();
		loop {
			let Ok(page) = client.inbox(&cursor, 200, Duration::from_millis(200)).await else {
				continue;
			};
			let mut confirmations = Vec::new();
			for entry in page.entries.iter().filter(|e| !e.answered) {
				let Ok(order) = serde_json::from_str::<Order>(entry.body.get()) else {
					continue;
				};
				let mut confirmation = Confirmation::new(order.id, Outcome::Accepted);
				confirmation.channel = Some(entry.channel);
				confirmations.push(confirmation);
			}
			let key = format!("{name}-{cursor}");
			// The next page only when this one is answered for sure.
			if confirmations.is_empty() || client.submit_confirmations(&confirmations, &key).await.is_ok() {
				cursor = page.next;
			}
		}
	})
}

/// The seller's event stream tells of each order once.
pub async fn confirmed_once(seller: &Institution, sent: &BTreeSet<String>) -> Result<()> {
	let client = seller.client()?;
	let mut cursor = Cursor::start();
	let mut confirmed: BTreeMap<String, u32> = BTreeMap::new();
	loop {
		let page = client.events_page(&cursor, 5_000, Duration::ZERO).await?;
		for event in page.events.iter().filter(|e| e.kind == EventKind::Confirmed) {
			assert_ne!(event.technical, Some(true), "{event:?}");
			let confirmation = event.read_confirmation().and_then(std::result::Result::ok);
			let order = confirmation
				.map(|c| c.order)
				.ok_or_else(|| Error::Unexpected(format!("{event:?}")))?;
			*confirmed.entry(order).or_default() += 1;
		}
		if page.at_end || page.next == cursor {
			break;
		}
		cursor = page.next;
	}
	let twice: Vec<_> = confirmed.iter().filter(|(_, count)| **count != 1).collect();
	assert!(twice.is_empty(), "confirmed more than once: {twice:?}");
	let ids: BTreeSet<String> = confirmed.into_keys().collect();
	let lost: Vec<_> = sent.difference(&ids).collect();
	assert!(lost.is_empty(), "never confirmed: {lost:?}");
	assert_eq!(ids.len(), sent.len(), "confirmed, but never sent");
	Ok(())
}

/// Both nodes say the same batch and place for each order, no place is taken twice, and the batches hold nothing else.
pub async fn one_leaf_each(seller: &Institution, issuer: &Institution, sent: &BTreeSet<String>) -> Result<()> {
	let (at_seller, at_issuer) = (seller.client()?, issuer.client()?);
	let mut places = BTreeSet::new();
	let mut batches: BTreeMap<String, (u32, u32)> = BTreeMap::new();
	for id in sent {
		let here = at_seller.order(id, None).await?.and_then(|o| o.batch);
		let there = at_issuer.order(id, Some(seller.member)).await?.and_then(|o| o.batch);
		let batch = here.ok_or_else(|| Error::Unexpected(format!("{id} is in no batch")))?;
		let there = there.ok_or_else(|| Error::Unexpected(format!("{id} is in no batch of the issuer")))?;
		assert_eq!((&batch.root, batch.index), (&there.root, there.index), "{id}");
		assert!(batch.signed_by_both && !batch.disputed, "{id}: {batch:?}");
		assert!(
			places.insert((batch.root.clone(), batch.index)),
			"{id} shares its leaf with another order"
		);
		let entry = batches.entry(batch.root.clone()).or_insert((batch.count, 0));
		entry.1 += 1;
	}
	for (root, (count, found)) in batches {
		assert_eq!(
			count, found,
			"batch {root} holds {count} leaves, {found} of orders that were sent"
		);
	}
	Ok(())
}
