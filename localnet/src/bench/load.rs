// SPDX-License-Identifier: Apache-2.0

//! Orders, the issuer's loop that confirms them, and the count of what came back.

use super::machine::{cpu_us, own_cpu_us};
use crate::{
	consortium::Consortium,
	error::{Error, Result},
};
use futures::{stream, TryStreamExt};
use sealane_sdk::{
	types::{Cursor, EventKind},
	Client,
};
use sealane_terminal::sample::catalogue::ISSUERS;
use serde::{Deserialize, Serialize};
use std::{
	fmt::Write,
	time::{Duration, Instant},
};
use tokio::task::JoinHandle;

/// Bytes of one order.
pub const ORDER_BYTES: usize = 512;
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

/// A loaded network.
pub struct Load {
	seller: Client,
	cursor: Cursor,
	/// Of the seller's node and the issuer's node.
	pids: Vec<u32>,
	product: &'static str,
	clause_version: u32,
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
		let seller = consortium.sellers().next().ok_or_else(missing)?.client()?;
		let issuer = consortium.issuers().next().ok_or_else(missing)?.client()?;
		let product = ISSUERS[0].products[0].id;
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
			product,
			clause_version,
			issuer,
		})
	}

	/// One order as NDJSON, [`ORDER_BYTES`] long with its line feed.
	fn order(&self, id: &str, out: &mut String) {
		let start = out.len();
		// Writing to a String cannot fail.
		let _ = write!(
			out,
			"{{\"id\":\"{id}\",\"kind\":\"purchase\",\"product\":\"{}\",\"customer\":\"HCB-000001\",\"amount\":\"10000.00\",\
			 \"currency\":\"CNY\",\"placed_at\":\"2026-03-02T10:00:00+08:00\",\"clause_version\":{},\"facts\":{{\
			 \"birth_date\":\"1985-06-15\",\"identity_verified\":true,\"registered\":true,\"risk_class\":\"C3\",\
			 \"risk_assessed_on\":\"2025-09-01\",\"investor_category\":\"ordinary\",\"region\":\"CN-SH\"}},\"details\":{{\"pad\":\"",
			self.product, self.clause_version
		);
		let used = out.len() - start + "\"}}\n".len();
		out.extend(std::iter::repeat_n('x', ORDER_BYTES.saturating_sub(used)));
		out.push_str("\"}}\n");
	}

	/// Sends so many orders in requests of `batch`, and waits until each is confirmed at the seller.
	pub async fn run(&mut self, name: &str, orders: u64, batch: u64) -> Result<Run> {
		let requests: Vec<(String, String)> = (0..orders.div_ceil(batch))
			.map(|request| {
				let (first, last) = (request * batch, ((request + 1) * batch).min(orders));
				let mut body = String::with_capacity((last - first) as usize * ORDER_BYTES);
				for number in first..last {
					self.order(&format!("B{name}-{number:09}"), &mut body);
				}
				(format!("bench-{name}-{request}"), body)
			})
			.collect();
		let (nodes, own, began) = (cpu_us(&self.pids)?, own_cpu_us()?, Instant::now());
		let seller = self.seller.clone();
		let send =
			stream::iter(requests.into_iter().map(Ok::<_, Error>)).try_for_each_concurrent(REQUESTS, |(key, body)| {
				let seller = seller.clone();
				async move {
					let report = seller.submit_orders_ndjson(body, &key).await?;
					if report.refused > 0 || report.repeated > 0 {
						return Err(Error::Unexpected(format!(
							"{key}: not all orders were taken: {:?}",
							report.refused_entries.first()
						)));
					}
					Ok(())
				}
			});
		tokio::try_join!(send, self.await_confirmed(orders))?;
		let seconds = began.elapsed().as_secs_f64();
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
}

impl Load {
	/// Reads the seller's events until so many orders are confirmed.
	async fn await_confirmed(&mut self, orders: u64) -> Result<()> {
		let mut confirmed = 0;
		let mut last = Instant::now();
		while confirmed < orders {
			if self.issuer.is_finished() {
				let ended = (&mut self.issuer).await;
				return Err(ended.unwrap_or_else(|panic| Error::Unexpected(panic.to_string())));
			}
			let page = self
				.seller
				.events_page(&self.cursor, 10_000, Duration::from_secs(1))
				.await?;
			for event in page.events.iter().filter(|e| e.kind == EventKind::Confirmed) {
				if event.technical == Some(true) {
					let text = event.confirmation.as_ref().map(|c| c.get().to_string());
					return Err(Error::Unexpected(format!(
						"the issuer's node rejected an order: {text:?}"
					)));
				}
				confirmed += 1;
				last = Instant::now();
			}
			self.cursor = page.next;
			if last.elapsed() > SILENCE {
				return Err(Error::TooSlow {
					what: format!("{orders} confirmations"),
					seconds: SILENCE.as_secs(),
					hint: format!("; seen: {confirmed}, then silence"),
				});
			}
		}
		Ok(())
	}

	/// Sends single orders, each when the one before is confirmed. Gives the times from acknowledgement to confirmation, in
	/// milliseconds.
	pub async fn singles(&mut self, orders: u32) -> Result<Vec<f64>> {
		let mut latencies = Vec::with_capacity(orders as usize);
		for number in 0..orders {
			let mut body = String::new();
			self.order(&format!("S-{number:09}"), &mut body);
			let report = self
				.seller
				.submit_orders_ndjson(body, &format!("single-{number}"))
				.await?;
			let acknowledged = Instant::now();
			if report.accepted != 1 {
				return Err(Error::Unexpected(format!(
					"a single order was not taken: {:?}",
					report.refused_entries
				)));
			}
			self.await_confirmed(1).await?;
			latencies.push(acknowledged.elapsed().as_secs_f64() * 1e3);
		}
		Ok(latencies)
	}
}

/// The issuer's business system: confirms every order of the inbox as soon as it is there.
async fn confirm_everything(issuer: Client) -> Result<std::convert::Infallible> {
	#[derive(Deserialize)]
	struct OnlyId<'a> {
		#[serde(borrow)]
		id: std::borrow::Cow<'a, str>,
	}
	let mut cursor = issuer.status().await?.log_end;
	loop {
		let page = issuer.inbox(&cursor, 5_000, Duration::from_secs(10)).await?;
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
		if !lines.is_empty() {
			let report = issuer
				.submit_confirmations_ndjson(lines, &format!("answers-{cursor}"))
				.await?;
			if report.refused > 0 {
				return Err(Error::Unexpected(format!(
					"a confirmation was refused: {:?}",
					report.refused_entries.first()
				)));
			}
		}
		cursor = page.next;
	}
}
