// SPDX-License-Identifier: Apache-2.0

//! Orders, the issuer's loop that confirms them, and the count of what came back.

use super::machine::{cpu_us, own_cpu_us};
use crate::{
	consortium::{customers, Consortium},
	error::{Error, Result},
};
use futures::{future::try_join, stream, TryStreamExt};
use sealane_primitives::registration::Stated;
use sealane_sample::catalogue::ISSUERS;
use sealane_sdk::{
	types::{Cursor, EventKind, InboxPage},
	Client,
};
use serde::{Deserialize, Serialize};
use std::{
	borrow::Cow,
	fmt::Write,
	time::{Duration, Instant},
};
use tokio::{sync::Semaphore, task::JoinHandle};

/// Bytes of one order.
pub const ORDER_BYTES: usize = 640;
/// Requests under way at the same time.
const REQUESTS: usize = 4;
/// Longest silence of the nodes before a run is given up.
const SILENCE: Duration = Duration::from_secs(60);

/// One run.
#[derive(Clone, Debug, Serialize)]
pub struct Run {
	/// Orders sent and confirmed.
	pub orders: u64,
	/// From the first request to the last confirmation at the seller.
	pub seconds: f64,
	/// Orders in a second.
	pub orders_per_second: f64,
	/// CPU time of both nodes.
	pub cpu_us_per_order: f64,
	/// Of the seller's.
	pub seller_us_per_order: f64,
	/// Of the issuer's.
	pub issuer_us_per_order: f64,
	/// Of this process: requests, the issuer's loop, reading events.
	pub generator_us_per_order: f64,
}

/// How a run is sent.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
	/// Orders of one request.
	pub batch: u64,
	/// Requests under way at the same time.
	pub requests: usize,
	/// Most orders that are sent and not confirmed yet.
	pub window: u64,
}

impl Shape {
	/// The batch interface, as fast as it goes.
	pub fn batches(batch: u64, window: u64) -> Self {
		Shape {
			batch,
			requests: REQUESTS,
			window: window.max(batch * 2),
		}
	}

	/// One order per request.
	pub fn single_requests(connections: usize) -> Self {
		Shape {
			batch: 1,
			requests: connections,
			// No request waits for a confirmation.
			window: u64::from(u32::MAX),
		}
	}
}

/// A loaded network.
pub struct Load {
	pub(super) seller: Client,
	cursor: Cursor,
	/// Of the seller's node and the issuer's node.
	pub(super) pids: Vec<u32>,
	/// All of an order behind its id.
	tail: String,
	issuer: JoinHandle<Error>,
}

impl Drop for Load {
	fn drop(&mut self) {
		self.issuer.abort();
	}
}

impl Load {
	/// Starts the issuer's loop.
	pub async fn start(consortium: &Consortium, pids: Vec<u32>) -> Result<Self> {
		let missing = || Error::Unexpected("the network has no seller and issuer".into());
		let (selling, issuing) = (
			consortium.sellers().next().ok_or_else(missing)?,
			consortium.issuers().next().ok_or_else(missing)?,
		);
		let (seller, issuer) = (selling.client()?, issuing.client()?);
		let (product, interface) = (ISSUERS[0].products[0].id, ISSUERS[0].products[0].interface);
		let registration = customers::register(selling, issuing, interface, CUSTOMER).await?;
		let channels = seller.channels().await?;
		let known = channels.iter().flat_map(|c| &c.products).find(|p| p.id == product);
		let clause_version = known.map(|p| p.agreement).ok_or_else(missing)?;
		let cursor = seller.status().await?.log_end;
		let issuer = tokio::spawn(async move {
			match confirm_everything(issuer).await {
				Ok(never) => match never {},
				Err(error) => error,
			}
		});
		Ok(Load {
			seller,
			cursor,
			pids,
			tail: tail(product, clause_version, &registration),
			issuer,
		})
	}

	/// One order as NDJSON, [`ORDER_BYTES`] long with its line feed.
	fn order(&self, id: &str, out: &mut String) {
		let head = "{\"id\":\"";
		out.push_str(head);
		out.push_str(id);
		// The padding is at the beginning of the tail's end; see `tail`.
		let extra = (head.len() + id.len() + self.tail.len()).saturating_sub(ORDER_BYTES);
		let (before, padding) = self.tail.split_at(self.tail.len() - PAD_BYTES - PAD_END.len());
		out.push_str(before);
		out.push_str(&padding[extra.min(PAD_BYTES)..]);
	}

	/// The orders of request `request`, of `batch` each, and the request's key.
	pub(super) fn request(&self, name: &str, request: u64, batch: u64, orders: u64) -> (String, String) {
		let (first, last) = (request * batch, ((request + 1) * batch).min(orders));
		let mut body = String::with_capacity((last - first) as usize * ORDER_BYTES);
		for number in first..last {
			self.order(&id(name, number), &mut body);
		}
		(format!("bench-{name}-{request}"), body)
	}

	/// Sends a request, every order of which must be taken.
	pub(super) async fn submit(seller: &Client, key: &str, body: String) -> Result<()> {
		let report = seller.submit_orders_ndjson(body, key).await?;
		if report.refused > 0 || report.repeated > 0 {
			return Err(Error::Unexpected(format!(
				"{key}: not all orders were taken: {:?}",
				report.refused_entries.first()
			)));
		}
		Ok(())
	}

	/// Sends so many orders, and waits until each is confirmed at the seller.
	pub async fn run(&mut self, name: &str, orders: u64, shape: Shape) -> Result<Run> {
		let room = Semaphore::new(shape.window as usize);
		let (nodes, own, began) = (cpu_us(&self.pids)?, own_cpu_us()?, Instant::now());
		let seller = self.seller.clone();
		let cursor = self.cursor.clone();
		let this = &*self;
		let send = stream::iter((0..orders.div_ceil(shape.batch)).map(Ok::<_, Error>)).try_for_each_concurrent(
			shape.requests,
			|request| {
				let (seller, room) = (&seller, &room);
				async move {
					// Never closed.
					if let Ok(permit) = room.acquire_many(shape.batch as u32).await {
						permit.forget();
					}
					let (key, body) = this.request(name, request, shape.batch, orders);
					Load::submit(seller, &key, body).await
				}
			},
		);
		let count = this.await_confirmed(cursor, orders, |_| room.add_permits(1));
		let ((), cursor) = tokio::try_join!(send, count)?;
		let seconds = began.elapsed().as_secs_f64();
		self.cursor = cursor;
		let used: Vec<f64> = cpu_us(&self.pids)?
			.iter()
			.zip(nodes)
			.map(|(now, before)| (now - before) as f64)
			.collect();
		let per_order = |us: f64| us / orders as f64;
		Ok(Run {
			orders,
			seconds,
			orders_per_second: orders as f64 / seconds,
			cpu_us_per_order: per_order(used.iter().sum()),
			seller_us_per_order: per_order(used[0]),
			issuer_us_per_order: per_order(used[1]),
			generator_us_per_order: per_order((own_cpu_us()? - own) as f64),
		})
	}

	/// Reads the seller's events from `cursor` on until so many orders are confirmed, telling `seen` the bytes of each confirmation. Gives
	/// the cursor behind them.
	pub(super) async fn await_confirmed(
		&self,
		mut cursor: Cursor,
		orders: u64,
		mut seen: impl FnMut(&str),
	) -> Result<Cursor> {
		let mut confirmed = 0;
		let mut last = Instant::now();
		while confirmed < orders {
			if self.issuer.is_finished() {
				return Err(Error::Unexpected("the issuer's loop has ended".into()));
			}
			let page = self.seller.events_page(&cursor, 10_000, Duration::from_secs(1)).await?;
			for event in page.events.iter().filter(|e| e.kind == EventKind::Confirmed) {
				let text = event.confirmation.as_ref().map_or("", |c| c.get());
				if event.technical == Some(true) {
					return Err(Error::Unexpected(format!(
						"the issuer's node rejected an order: {text}"
					)));
				}
				seen(text);
				confirmed += 1;
				last = Instant::now();
			}
			cursor = page.next;
			if last.elapsed() > SILENCE {
				return Err(Error::TooSlow {
					what: format!("{orders} confirmations"),
					seconds: SILENCE.as_secs(),
					hint: format!("; seen: {confirmed}, then silence"),
				});
			}
		}
		Ok(cursor)
	}

	/// Where the seller's events were read to.
	pub(super) fn cursor(&self) -> Cursor {
		self.cursor.clone()
	}

	/// Go on from here.
	pub(super) fn set_cursor(&mut self, cursor: Cursor) {
		self.cursor = cursor;
	}
}

/// The id of order `number` of a run.
pub fn id(name: &str, number: u64) -> String {
	format!("B{name}-{number:09}")
}

/// The number in the id of the order that a confirmation names; `None` where it is not of a run.
pub fn number_in(confirmation: &str) -> Option<u64> {
	#[derive(Deserialize)]
	struct OnlyOrder<'a> {
		#[serde(borrow)]
		order: Cow<'a, str>,
	}
	let named: OnlyOrder<'_> = serde_json::from_str(confirmation).ok()?;
	named.order.rsplit('-').next()?.parse().ok()
}

/// Whose orders they are.
const CUSTOMER: &str = "HCB-000001";
/// Bytes of padding in a tail: more than any order needs.
const PAD_BYTES: usize = 256;
/// What closes an order.
const PAD_END: &str = "\"}}\n";

/// All of an order behind its id. Its padding is longer than it should be; what is too much is left out where the order is made.
fn tail(product: &str, clause_version: u32, registration: &Stated) -> String {
	let mut tail = String::new();
	// Writing to a String cannot fail.
	let _ = write!(
		tail,
		"\",\"kind\":\"purchase\",\"product\":\"{product}\",\"customer\":\"{CUSTOMER}\",\"amount\":\"10000.00\",\
		 \"currency\":\"CNY\",\"placed_at\":\"2026-03-02T10:00:00+08:00\",\"clause_version\":{clause_version},\"facts\":{{\
		 \"birth_date\":\"1985-06-15\",\"identity_verified\":true,\"registration\":{{\"commitment\":\"{}\",\"salt\":\"{}\"}},\
		 \"risk_class\":\"C3\",\
		 \"risk_assessed_on\":\"2025-09-01\",\"investor_category\":\"ordinary\",\"region\":\"CN-SH\"}},\"details\":{{\"pad\":\"",
		hex::encode(registration.commitment),
		hex::encode(registration.salt),
	);
	tail.extend(std::iter::repeat_n('x', PAD_BYTES));
	tail.push_str(PAD_END);
	tail
}

/// The issuer's business system: confirms every order of the inbox as soon as it is there, and reads the next page meanwhile.
async fn confirm_everything(issuer: Client) -> Result<std::convert::Infallible> {
	let wait = Duration::from_secs(10);
	let mut cursor = issuer.status().await?.log_end;
	let mut page = issuer.inbox(&cursor, 5_000, wait).await?;
	loop {
		let lines = confirmations(&page)?;
		let key = format!("answers-{cursor}");
		let next = async { Ok::<_, Error>(issuer.inbox(&page.next, 5_000, wait).await?) };
		let ((), following) = try_join(confirm(&issuer, &key, lines), next).await?;
		cursor = std::mem::replace(&mut page, following).next;
	}
}

/// A confirmation of about 100 bytes for each order of a page.
fn confirmations(page: &InboxPage) -> Result<String> {
	#[derive(Deserialize)]
	struct OnlyId<'a> {
		#[serde(borrow)]
		id: Cow<'a, str>,
	}
	let mut lines = String::with_capacity(page.entries.len() * 112);
	for entry in &page.entries {
		let order: OnlyId<'_> = serde_json::from_str(entry.body.get())
			.map_err(|e| Error::Unexpected(format!("inbox {}: {e}", entry.cursor)))?;
		// Writing to a String cannot fail.
		let _ = writeln!(
			lines,
			"{{\"order\":\"{}\",\"outcome\":\"accepted\",\"deal\":\"D-{}\",\"units\":\"10000.00\",\"nav\":\"1.0000\"}}",
			order.id, entry.cursor
		);
	}
	Ok(lines)
}

async fn confirm(issuer: &Client, key: &str, lines: String) -> Result<()> {
	if lines.is_empty() {
		return Ok(());
	}
	let report = issuer.submit_confirmations_ndjson(lines, key).await?;
	match report.refused {
		0 => Ok(()),
		_ => Err(Error::Unexpected(format!(
			"a confirmation was refused: {:?}",
			report.refused_entries.first()
		))),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn numbers_are_found_in_confirmations() {
		let id = id("half-2", 71);
		assert_eq!(
			number_in(&format!("{{\"order\":\"{id}\",\"outcome\":\"accepted\"}}")),
			Some(71)
		);
		assert_eq!(number_in("{}"), None);
	}

	#[test]
	fn the_tail_closes_an_order() {
		let registration = Stated {
			commitment: [1; 32],
			salt: [2; 32],
		};
		let order = format!("{{\"id\":\"A{}", tail("P", 3, &registration));
		let read: serde_json::Value = serde_json::from_str(&order).expect("an order");
		assert_eq!(read["clause_version"].as_u64(), Some(3));
		assert_eq!(read["id"].as_str(), Some("A"));
	}
}
