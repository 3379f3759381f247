// SPDX-License-Identifier: Apache-2.0

//! Beside the rate: how long an order takes, alone and at half load; until it is final on chain; how fast it is found again.

use super::{
	load::{id, number_in, Load, Run},
	percentile,
};
use crate::error::{Error, Result};
use rand::Rng;
use sealane_sdk::types::{OrderStage, OrderStatus};
use serde::Serialize;
use std::{
	sync::OnceLock,
	time::{Duration, Instant},
};

/// Orders of one request at half load: what gathers in a short window.
pub const STEADY_BATCH: u64 = 100;
/// How long half the load is kept up: several blocks.
const STEADY: Duration = Duration::from_secs(12);
/// Orders whose way to the chain is followed.
const FOLLOWED: u64 = 300;
/// Longest wait for an anchor to be final.
const FINAL_LIMIT: Duration = Duration::from_secs(120);
/// Pause between two looks at an order that is not final; short against a block.
const LOOK_AGAIN: Duration = Duration::from_millis(200);

/// Times in milliseconds.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Times {
	/// How many were measured.
	pub count: usize,
	/// Median.
	pub p50_ms: f64,
	/// 99 of 100 took at most this.
	pub p99_ms: f64,
	/// The longest.
	pub most_ms: f64,
}

impl Times {
	/// Of single ones.
	pub(super) fn of(mut values: Vec<f64>) -> Self {
		values.sort_by(f64::total_cmp);
		Times {
			count: values.len(),
			p50_ms: percentile(&values, 0.50),
			p99_ms: percentile(&values, 0.99),
			most_ms: percentile(&values, 1.0),
		}
	}
}

/// What half the load took.
#[derive(Clone, Debug, Serialize)]
pub struct Steady {
	/// Orders in a second, as sent.
	pub orders_per_second: f64,
	/// From the acknowledgement of an order's request to its confirmation in the seller's events.
	pub latency: Times,
	/// From the confirmation on the seller's disk to the moment at which its node knows the anchor to be final, by the node's clock.
	pub finalised: Times,
}

/// Sends single orders, each when the one before is confirmed: from the acknowledgement to the confirmation at the seller.
pub async fn singles(load: &mut Load, orders: u32) -> Result<Times> {
	let mut latencies = Vec::with_capacity(orders as usize);
	for number in 0..u64::from(orders) {
		let (key, body) = load.request("one", number, 1, u64::from(orders));
		Load::submit(&load.seller, &key, body).await?;
		let acknowledged = Instant::now();
		let cursor = load.await_confirmed(load.cursor(), 1, |_| ()).await?;
		latencies.push(acknowledged.elapsed().as_secs_f64() * 1e3);
		load.set_cursor(cursor);
	}
	Ok(Times::of(latencies))
}

/// Sends at a steady rate, whatever the answers take.
pub async fn steady(load: &mut Load, orders_per_second: f64) -> Result<Steady> {
	let name = "half";
	let orders = ((orders_per_second * STEADY.as_secs_f64()) as u64 / STEADY_BATCH).max(1) * STEADY_BATCH;
	let requests = orders / STEADY_BATCH;
	let acknowledged: Vec<OnceLock<Instant>> = (0..requests).map(|_| OnceLock::new()).collect();
	let mut latencies = Vec::with_capacity(orders as usize);
	let began = Instant::now();
	let this = &*load;
	let send = async {
		let sending = (0..requests).map(|request| {
			let (seller, acknowledged) = (&this.seller, &acknowledged);
			async move {
				let due = Duration::from_secs_f64((request * STEADY_BATCH) as f64 / orders_per_second);
				tokio::time::sleep_until((began + due).into()).await;
				let (key, body) = this.request(name, request, STEADY_BATCH, orders);
				Load::submit(seller, &key, body).await?;
				let _ = acknowledged[request as usize].set(Instant::now());
				Ok::<_, Error>(())
			}
		});
		futures::future::try_join_all(sending).await?;
		Ok(began.elapsed().as_secs_f64())
	};
	let count = this.await_confirmed(this.cursor(), orders, |confirmation| {
		let request = number_in(confirmation).map(|number| number / STEADY_BATCH);
		let sent = request.and_then(|request| acknowledged.get(request as usize)?.get());
		// A confirmation that is here before the acknowledgement was read took no time that anybody can measure.
		latencies.push(sent.map_or(0.0, |sent| sent.elapsed().as_secs_f64() * 1e3));
	});
	let (seconds, cursor) = tokio::try_join!(send, count)?;
	load.set_cursor(cursor);
	let step = (orders / FOLLOWED).max(1);
	let mut finalised = Vec::new();
	for number in (0..orders).step_by(step as usize) {
		finalised.push(until_final(load, &id(name, number)).await?);
	}
	Ok(Steady {
		orders_per_second: orders as f64 / seconds,
		latency: Times::of(latencies),
		finalised: Times::of(finalised),
	})
}

/// Milliseconds from the confirmation of an order to its finality.
pub(super) async fn until_final(load: &Load, id: &str) -> Result<f64> {
	let began = Instant::now();
	loop {
		let order = order(load, id).await?;
		let at = |stage| order.steps.iter().find(|s| s.stage == stage).map(|s| s.at_ms);
		if let (Some(confirmed), Some(finalised)) = (at(OrderStage::Confirmed), at(OrderStage::Finalised)) {
			return Ok(finalised.saturating_sub(confirmed) as f64);
		}
		if began.elapsed() > FINAL_LIMIT {
			return Err(Error::TooSlow {
				what: format!("the anchor of order {id}"),
				seconds: FINAL_LIMIT.as_secs(),
				hint: format!("; it is {}", order.stage.as_str()),
			});
		}
		tokio::time::sleep(LOOK_AGAIN).await;
	}
}

/// An order as the seller's node has it.
pub(super) async fn order(load: &Load, id: &str) -> Result<OrderStatus> {
	let found = load.seller.order(id, None).await?;
	found.ok_or_else(|| Error::Unexpected(format!("order {id} is not known")))
}

/// Looks up orders of the given runs by id, in no order, one after the other, over HTTP. Gives the times and how many orders the
/// seller's node holds.
pub async fn lookups(load: &Load, runs: &[(String, Run)], count: u32) -> Result<(Times, u64)> {
	let mut times = Vec::with_capacity(count as usize);
	for _ in 0..count {
		let id = {
			let mut rng = rand::thread_rng();
			let (name, run) = &runs[rng.gen_range(0..runs.len())];
			id(name, rng.gen_range(0..run.orders))
		};
		let began = Instant::now();
		let found = order(load, &id).await?;
		times.push(began.elapsed().as_secs_f64() * 1e3);
		if found.id != id {
			return Err(Error::Unexpected(format!("asked for order {id}, got {}", found.id)));
		}
	}
	Ok((Times::of(times), load.seller.status().await?.indexed))
}
