// SPDX-License-Identifier: Apache-2.0

//! The orders of both banks, from their files to final business records.

use super::{
	figures::{SalesFigures, TradeFigures},
	view::thousands,
	Demo,
};
use crate::{
	consortium::Institution,
	error::{Error, Result},
	terminals::Args,
};
use codec::Encode;
use futures::future::try_join_all;
use sealane_sdk::types::Direction;
use sealane_terminal_core::output::Table;
use serde::Deserialize;
use std::{collections::BTreeMap, time::Instant};

/// Longest time for a bank's orders, in seconds; generous, for slow machines.
const LIMIT_S: u64 = 1_800;

/// What `sealane issuer books --json` prints.
#[derive(Clone, Debug, Deserialize)]
struct Books {
	orders: BTreeMap<String, u64>,
}

impl Demo {
	/// Sends everything and waits until it is final on chain.
	pub(super) async fn trade(&mut self) -> Result<TradeFigures> {
		let (packets_before, delivered_before) = self.packets().await?;
		let anchors_before = self.anchors().await?;
		let began = Instant::now();
		self.view.working("both banks send their orders; records become final");
		let per_bank = try_join_all(self.consortium.sellers().map(|who| self.send(who))).await?;
		let seconds = began.elapsed().as_secs_f64();
		let mut figures = TradeFigures {
			seconds,
			..TradeFigures::default()
		};
		for (who, sales) in self.consortium.sellers().zip(&per_bank) {
			self.view.step(
				"M1 M7",
				format!(
					"{}: {} lines read, {} dropped as malformed, repeated or not qualified",
					who.name,
					thousands(sales.orders_read),
					thousands(sales.malformed + sales.duplicates + sales.unqualified)
				),
			);
			figures.sales.add(sales);
		}
		let (packets, delivered) = self.packets().await?;
		figures.packets = packets - packets_before;
		figures.packets_delivered = delivered - delivered_before;
		figures.booked = self.booked().await?;
		figures.anchors = self.anchors().await? - anchors_before;
		let sales = &figures.sales;
		self.view.step(
			"M2 M6 M20",
			format!(
				"{} orders travelled in {} sealed packets, each to its issuer's node only",
				thousands(sales.submitted),
				thousands(figures.packets)
			),
		);
		self.view.step(
			"M3 M4",
			format!(
				"issuers confirmed {} and rejected {}; {} business records are with the banks",
				thousands(sales.confirmed),
				thousands(sales.rejected),
				thousands(sales.records)
			),
		);
		self.view.step(
			"M5",
			format!(
				"{} hashes anchored and final on chain; their nodes made {} anchors meanwhile, idle ones included",
				thousands(sales.finalised),
				thousands(figures.anchors)
			),
		);
		Ok(figures)
	}

	/// The files of one bank, one after the other, as its sales terminal takes them.
	///
	/// Only with the last one it waits for the chain; then each file is given to the terminal once more, which knows it, sends
	/// nothing again, and waits until its records are final, too.
	async fn send(&self, who: &Institution) -> Result<SalesFigures> {
		let files: Vec<_> = self
			.manifest
			.files
			.iter()
			.filter(|f| f.seller == who.key)
			.map(|f| f.file)
			.collect();
		let last = files.len().saturating_sub(1);
		for (number, file) in files.iter().enumerate() {
			self.sell(who, file, if number == last { "finalised" } else { "confirmed" })
				.await?;
		}
		let mut sum = SalesFigures::default();
		for file in files {
			sum.add(&self.sell(who, file, "finalised").await?);
		}
		Ok(sum)
	}

	async fn sell(&self, who: &Institution, file: &str, until: &str) -> Result<SalesFigures> {
		let customers = self.sample.join(who.key).join("customers.ndjson");
		let args = self
			.terminals
			.sales("run", who, &customers)
			.option("--orders", self.sample.join(who.key).join(file))
			.option("--until", until)
			.option("--timeout-s", LIMIT_S.to_string());
		self.terminals.json(args).await
	}

	/// Packets made by the banks' nodes, and those on the issuers' disks.
	async fn packets(&self) -> Result<(u64, u64)> {
		let (mut packets, mut delivered) = (0, 0);
		for who in self.consortium.sellers() {
			for lane in who
				.client()?
				.lanes()
				.await?
				.iter()
				.filter(|l| l.direction == Direction::Outgoing)
			{
				packets += lane.packets;
				delivered += lane.delivered;
			}
		}
		Ok((packets, delivered))
	}

	/// Orders in the books of all issuers.
	async fn booked(&self) -> Result<u64> {
		let mut sum = 0;
		for who in self.consortium.issuers() {
			let args = Args::new("issuer books").option("--db", self.terminals.database(who));
			sum += self.terminals.json::<Books>(args).await?.orders.values().sum::<u64>();
		}
		Ok(sum)
	}

	/// Anchors of the trading nodes in the newest final state.
	async fn anchors(&self) -> Result<u64> {
		let mut sum = 0;
		for who in self.consortium.sellers().chain(self.consortium.issuers()) {
			let next: u64 = self
				.consortium
				.chain()
				.runtime_api("CourierApi_next_anchor", &who.node_id.encode())
				.await
				.map_err(Error::from)?;
			sum += next;
		}
		Ok(sum)
	}

	/// The table of the trading.
	pub(super) fn show(&self, trade: &TradeFigures) {
		let sales = &trade.sales;
		let mut table = Table::new(&["", ">"]);
		let mut row = |name: &str, count: u64| table.row([name.to_string(), thousands(count)]);
		row("orders read", sales.orders_read);
		row("malformed", sales.malformed);
		row("duplicate", sales.duplicates);
		row("not qualified", sales.unqualified);
		for (clause, count) in &sales.unqualified_by_clause {
			row(&format!("  by clause {clause}"), *count);
		}
		row("sent", sales.submitted);
		row("packets", trade.packets);
		row("confirmed", sales.confirmed);
		row("rejected", sales.rejected);
		row("business records", sales.records);
		row("hashes anchored and final", sales.finalised);
		table.row(["seconds".to_string(), format!("{:.1}", trade.seconds)]);
		self.view.table(&table.to_string());
	}
}
