// SPDX-License-Identifier: Apache-2.0

//! What the end-to-end tests share.

use sealane_localnet::{
	consortium::{Consortium, Institution, Plan},
	wait::{until, Look},
	Error, Result,
};
use sealane_sample::catalogue::ISSUERS;
use sealane_sdk::{
	types::{BusinessKind, Order, OrderStage, OrderStatus, Outcome},
	Client,
};
use serde_json::Value;
use std::{path::Path, time::Duration};

/// Longest time for anything that a network does; generous, for slow machines.
pub const LIMIT: Duration = Duration::from_secs(240);

/// A network whose channels are open, without any clauses.
pub async fn open_network(folder: &Path, plan: Plan) -> Result<Consortium> {
	let mut network = Consortium::start(folder, plan).await?;
	network.set_up(&[]).await?;
	Ok(network)
}

/// A purchase of the first product of an issuer, without clauses.
pub fn purchase(id: &str, issuer: &Institution) -> Order {
	let product = &ISSUERS[issuer.catalogue.unwrap_or(0)].products[0];
	Order::new(
		id,
		BusinessKind::Purchase,
		product.id,
		"HCB-000001",
		"2026-03-02T10:00:00+08:00",
	)
	.with_amount("1000.00", product.currency)
}

/// Waits until an order has come as far as `stage`.
pub async fn order_at(client: &Client, id: &str, stage: OrderStage) -> Result<OrderStatus> {
	until(&format!("order {id} is {}", stage.as_str()), LIMIT, || async {
		let status = client.order(id, None).await?;
		Ok(match status {
			Some(status) if reached(status.stage, stage) => Look::Found(status),
			Some(status) => Look::NotYet(status.stage.as_str().into()),
			None => Look::NotYet("the node does not know it".into()),
		})
	})
	.await
}

fn reached(stage: OrderStage, wanted: OrderStage) -> bool {
	match wanted {
		// Three ways to be answered, and everything behind it.
		OrderStage::Confirmed => stage.is_answered(),
		wanted => stage != OrderStage::Unknown && stage >= wanted,
	}
}

/// Confirms what is in an issuer's inbox until the future that runs beside it is done.
pub async fn confirming<T>(issuer: &Institution, work: impl std::future::Future<Output = Result<T>>) -> Result<T> {
	let client = issuer.client()?;
	let confirm = async {
		let mut cursor = sealane_sdk::types::Cursor::start();
		loop {
			let page = client.inbox(&cursor, 1_000, Duration::from_millis(500)).await?;
			let mut confirmations = Vec::new();
			// Named by what is answered: whoever begins at the start again answers other orders of the same page.
			let first = page.entries.iter().find(|e| !e.answered).map(|e| e.cursor.to_string());
			for entry in page.entries.iter().filter(|e| !e.answered) {
				let order: Order = serde_json::from_str(entry.body.get())
					.map_err(|e| Error::Unexpected(format!("inbox {}: {e}", entry.cursor)))?;
				let mut confirmation = sealane_sdk::types::Confirmation::new(order.id, Outcome::Accepted);
				confirmation.channel = Some(entry.channel);
				confirmations.push(confirmation);
			}
			if let Some(first) = first {
				client
					.submit_confirmations(&confirmations, &format!("confirm-{first}-{}", confirmations.len()))
					.await?;
			}
			cursor = page.next;
		}
	};
	tokio::select! {
		done = work => done,
		failed = confirm => failed,
	}
}

/// A customer of the book who is old enough for every clause on age.
pub fn grown_up(book: &Path) -> Result<String> {
	let text = std::fs::read_to_string(book).map_err(Error::io(format!("cannot read {}", book.display())))?;
	let customers = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
	let mut born_before = customers.filter(|c| c["birth_date"].as_str().is_some_and(|date| date < "1990"));
	born_before
		.find_map(|c| c["reference"].as_str().map(str::to_string))
		.ok_or_else(|| Error::Unexpected(format!("{}: nobody born before 1990", book.display())))
}
