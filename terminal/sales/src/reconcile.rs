// SPDX-License-Identifier: Apache-2.0

//! A day of the bank beside the same day of an issuer: counts and sums, and each order on which the two differ. Nothing is changed.

use crate::{
	db::{RecordFilter, RecordRow, SalesDb},
	error::{Error, Result},
};
use sealane_terminal_core::decimal::{scaled, sum_text};
use serde::{Deserialize, Serialize};
use std::{
	collections::{BTreeMap, HashMap},
	path::Path,
};
use utoipa::ToSchema;

/// Records that are read at once.
const CHUNK: u32 = 1_000;
/// Most differences that are listed.
const MAX_DIFFERENCES: usize = 10_000;

/// What an issuer says of an order: a line of its day's confirmations.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Said {
	/// The order's id.
	pub order: String,
	/// `accepted`, `partial` or `rejected`.
	pub outcome: String,
	/// Units.
	#[serde(default)]
	pub units: String,
	/// Amount.
	#[serde(default)]
	pub amount: String,
	/// Fee.
	#[serde(default)]
	pub fee: String,
	/// Net asset value.
	#[serde(default)]
	pub nav: String,
	/// The issuer's reference.
	#[serde(default)]
	pub deal: String,
	/// Day of the trade.
	#[serde(default)]
	pub trade_date: String,
}

/// How many, and for how much.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Side {
	/// Orders.
	pub orders: u64,
	/// Units.
	pub units: String,
	/// Amounts.
	pub amount: String,
	/// Fees.
	pub fee: String,
}

/// What both sides add up to for one product, kind and outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Group {
	/// Product; empty where the order is not known here.
	pub product: String,
	/// Kind of business; empty where the order is not known here.
	pub kind: String,
	/// What was decided.
	pub outcome: String,
	/// Here.
	pub here: Side,
	/// At the issuer.
	pub issuer: Side,
	/// Whether the two are the same.
	pub agrees: bool,
}

/// Where one order differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Difference {
	/// The order.
	pub order: String,
	/// The field; `only_here` or `only_issuer` where one side has nothing.
	pub field: String,
	/// What stands here.
	pub here: String,
	/// What the issuer says.
	pub issuer: String,
}

/// The comparison of a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Reconciliation {
	/// The day.
	pub day: String,
	/// The issuer's number.
	pub number: i64,
	/// Orders that were compared.
	pub orders: u64,
	/// Whether there is no difference.
	pub agrees: bool,
	/// By product, kind and outcome.
	pub groups: Vec<Group>,
	/// How many differences there are.
	pub count: u64,
	/// The first 10,000 of them.
	pub differences: Vec<Difference>,
}

#[derive(Default, PartialEq, Eq)]
struct Total {
	orders: u64,
	values: [i128; 3],
}

impl Total {
	fn add(&mut self, units: &str, amount: &str, fee: &str) {
		self.orders += 1;
		for (value, text) in self.values.iter_mut().zip([units, amount, fee]) {
			*value += scaled(text);
		}
	}

	fn side(&self) -> Side {
		let [units, amount, fee] = self.values.map(sum_text);
		Side {
			orders: self.orders,
			units,
			amount,
			fee,
		}
	}
}

/// Compares what the issuer says of a day with the records.
///
/// # Errors
/// An order is said twice, an outcome is none, or the database fails.
pub async fn reconcile(db: &SalesDb, day: &str, issuer: i64, said: &[Said]) -> Result<Reconciliation> {
	let mut theirs = HashMap::with_capacity(said.len());
	for line in said {
		if !["accepted", "partial", "rejected"].contains(&line.outcome.as_str()) {
			return Err(Error::invalid(
				"outcome",
				&line.outcome,
				"accepted, partial or rejected",
			));
		}
		if theirs.insert(line.order.as_str(), line).is_some() {
			return Err(Error::invalid("order", &line.order, "each order once"));
		}
	}
	let ours = confirmed_on(db, day, issuer).await?;
	let mut groups: BTreeMap<(String, String, String), (Total, Total)> = BTreeMap::new();
	let mut differences = Vec::new();
	for record in ours.values() {
		let total = groups
			.entry((record.product.clone(), record.kind.clone(), record.outcome.clone()))
			.or_default();
		total
			.0
			.add(&record.confirmed_units, &record.confirmed_amount, &record.fee);
		match theirs.get(record.id.as_str()) {
			Some(line) => differences.extend(differences_of(record, line)),
			None => differences.push(difference(&record.id, "only_here", &record.outcome, "")),
		}
	}
	for line in said {
		let known = match ours.get(&line.order) {
			Some(record) => Some((record.product.clone(), record.kind.clone())),
			None => {
				let elsewhere = db.record(&line.order).await?;
				let here = elsewhere
					.as_ref()
					.map_or_else(String::new, |r| format!("{} on {}", r.state, r.day));
				differences.push(difference(&line.order, "only_issuer", &here, &line.outcome));
				elsewhere.map(|record| (record.product, record.kind))
			}
		};
		let (product, kind) = known.unwrap_or_default();
		let total = groups.entry((product, kind, line.outcome.clone())).or_default();
		total.1.add(&line.units, &line.amount, &line.fee);
	}
	differences.sort_by(|a, b| (&a.order, &a.field).cmp(&(&b.order, &b.field)));
	let count = differences.len() as u64;
	differences.truncate(MAX_DIFFERENCES);
	Ok(Reconciliation {
		day: day.into(),
		number: issuer,
		orders: ours.len() as u64,
		agrees: count == 0,
		groups: groups
			.into_iter()
			.map(|((product, kind, outcome), (here, issuer))| Group {
				product,
				kind,
				outcome,
				agrees: here == issuer,
				here: here.side(),
				issuer: issuer.side(),
			})
			.collect(),
		count,
		differences,
	})
}

/// What the issuer itself confirmed on a day, by order. What its node rejected by itself is in none of its books.
async fn confirmed_on(db: &SalesDb, day: &str, issuer: i64) -> Result<HashMap<String, RecordRow>> {
	let mut filter = RecordFilter {
		day: Some(day.into()),
		issuer: Some(issuer),
		limit: CHUNK,
		..RecordFilter::default()
	};
	let mut found = HashMap::new();
	loop {
		let page = db.records(&filter).await?;
		let is_last = page.len() < CHUNK as usize;
		filter.behind = page.last().map(|last| (last.read_at, last.id.clone()));
		let decided = page
			.into_iter()
			.filter(|record| !record.outcome.is_empty() && !record.technical.0);
		found.extend(decided.map(|record| (record.id.clone(), record)));
		if is_last {
			return Ok(found);
		}
	}
}

fn differences_of(record: &RecordRow, line: &Said) -> Vec<Difference> {
	let mut found = Vec::new();
	if record.outcome != line.outcome {
		found.push(difference(&record.id, "outcome", &record.outcome, &line.outcome));
	}
	for (field, here, issuer) in [
		("units", &record.confirmed_units, &line.units),
		("amount", &record.confirmed_amount, &line.amount),
		("fee", &record.fee, &line.fee),
	] {
		// 1.50 and 1.5 are the same.
		if scaled(here) != scaled(issuer) {
			found.push(difference(&record.id, field, here, issuer));
		}
	}
	for (field, here, issuer) in [
		("nav", &record.nav, &line.nav),
		("deal", &record.deal, &line.deal),
		("trade_date", &record.trade_date, &line.trade_date),
	] {
		let same = if field == "nav" {
			scaled(here) == scaled(issuer)
		} else {
			here == issuer
		};
		// What the issuer's file does not have is not compared.
		if !issuer.is_empty() && !same {
			found.push(difference(&record.id, field, here, issuer));
		}
	}
	found
}

fn difference(order: &str, field: &str, here: &str, issuer: &str) -> Difference {
	Difference {
		order: order.into(),
		field: field.into(),
		here: here.into(),
		issuer: issuer.into(),
	}
}

/// Reads a file of what an issuer says: CSV with the columns of [`Said`], or one JSON object for each line.
///
/// # Errors
/// The file cannot be read, or a line is none.
pub fn read(path: &Path) -> Result<Vec<Said>> {
	let text = std::fs::read_to_string(path).map_err(Error::file(path))?;
	let text = text.trim_start_matches('\u{feff}');
	let broken = |line: u64, reason: String| Error::Format {
		path: path.into(),
		line,
		reason,
	};
	if path
		.extension()
		.is_some_and(|ending| ending.eq_ignore_ascii_case("csv"))
	{
		let mut reader = csv::Reader::from_reader(text.as_bytes());
		return (2..)
			.zip(reader.deserialize())
			.map(|(line, said)| said.map_err(|error| broken(line, error.to_string())))
			.collect();
	}
	let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
	lines
		.map(|(number, line)| serde_json::from_str(line).map_err(|error| broken(number, error.to_string())))
		.collect()
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::db::tests::{confirmed_purchase, temporary};

	fn said(order: &str, units: &str) -> Said {
		Said {
			order: order.into(),
			outcome: "accepted".into(),
			units: units.into(),
			amount: "100.00".into(),
			fee: "0".into(),
			..Said::default()
		}
	}

	#[tokio::test]
	async fn a_day_is_compared_order_by_order() {
		let (db, dir) = temporary().await;
		for id in ["A-1", "A-2", "A-3"] {
			confirmed_purchase(&db, id, "C-1", "2026-03-03", "95.5", "100").await;
		}
		confirmed_purchase(&db, "A-4", "C-1", "2026-03-04", "95.5", "100").await;
		let issuer = [
			said("A-1", "95.50"),
			said("A-2", "95"),
			said("A-4", "95.5"),
			said("A-9", "1"),
		];
		let result = reconcile(&db, "2026-03-03", 2, &issuer).await.unwrap();
		let found: Vec<_> = result
			.differences
			.iter()
			.map(|d| (d.order.as_str(), d.field.as_str(), d.here.as_str(), d.issuer.as_str()))
			.collect();
		assert_eq!(
			found,
			[
				("A-2", "units", "95.5", "95"),
				("A-3", "only_here", "accepted", ""),
				("A-4", "only_issuer", "confirmed on 2026-03-04", "accepted"),
				("A-9", "only_issuer", "", "accepted"),
			]
		);
		assert!(!result.agrees && result.orders == 3);
		let group = result.groups.iter().find(|group| group.product == "P").unwrap();
		assert_eq!((group.here.orders, group.here.units.as_str()), (3, "286.5"));
		assert_eq!((group.issuer.orders, group.issuer.amount.as_str()), (3, "300"));

		let path = dir.path().join("day.csv");
		std::fs::write(&path, "order,outcome,units,amount,fee\nA-1,accepted,95.5,100,0\n").unwrap();
		assert_eq!(read(&path).unwrap()[0].units, "95.5");
		let good = [said("A-1", "95.5"), said("A-2", "95.5"), said("A-3", "95.5")];
		assert!(reconcile(&db, "2026-03-03", 2, &good).await.unwrap().agrees);
		assert!(reconcile(&db, "2026-03-03", 2, &[said("A-1", "1"), said("A-1", "1")])
			.await
			.is_err());
	}
}
