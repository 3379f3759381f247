// SPDX-License-Identifier: Apache-2.0

//! Orders that come over the API: checked like those of a file, written down, and told about one by one.
//!
//! An id is taken once: the same order again is answered with where it stands, another one under the same id is refused. So whoever got
//! no answer sends the same again.

use crate::{
	admit::{write_down, Gate},
	checker::{Checked, Checker},
	db::{RecordState, SalesDb},
	error::Result,
	orders::{without_stamp, Defect, Line, Order},
	qualify::Failed,
};
use sealane_terminal_core::db::{now_ms, select, Cell};
use serde::Serialize;
use serde_json::Value;
use sqlx::Row;
use std::{collections::HashMap, sync::Arc};
use tokio::sync::{Mutex, Notify};
use utoipa::ToSchema;

/// Orders that are checked and written down together.
const WINDOW: usize = 5_000;
/// Bytes of them: about what a request to the node may have.
const WINDOW_BYTES: usize = 3 << 20;

/// What became of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
	/// Written down; it goes to the issuer by itself.
	Taken,
	/// Written down; it does not pass now, and is tried again by itself.
	Waits,
	/// Written down; it does not pass, and is not tried again by itself.
	Unqualified,
	/// It was taken before.
	Repeated,
	/// Not written down: another order has its id, or it is none.
	Refused,
}

/// What became of an order, told where it was not simply taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TakenOrder {
	/// Its line in the body, or its place in the array; from 1.
	pub line: u64,
	/// Its id, where it can be told.
	#[serde(skip_serializing_if = "String::is_empty")]
	pub id: String,
	/// What became of it.
	pub outcome: Outcome,
	/// Of one that was taken before: where its record stands.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub state: Option<String>,
	/// Why it does not pass.
	#[serde(skip_serializing_if = "Vec::is_empty")]
	pub failed: Vec<Failed>,
	/// Why it is refused.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub defect: Option<Defect>,
}

/// What became of the orders of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct IntakeReport {
	/// Orders in the body.
	pub received: u64,
	/// Written down, and on their way.
	pub taken: u64,
	/// Written down, and tried again by themselves.
	pub waits: u64,
	/// Written down, and not tried again by themselves.
	pub unqualified: u64,
	/// Taken before.
	pub repeated: u64,
	/// Not written down.
	pub refused: u64,
	/// All that were not simply taken.
	pub orders: Vec<TakenOrder>,
}

/// Whether an order would pass now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Qualified {
	/// Its line in the body, or its place in the array; from 1.
	pub line: u64,
	/// Its id, where it can be told.
	#[serde(skip_serializing_if = "String::is_empty")]
	pub id: String,
	/// Whether it would.
	pub qualifies: bool,
	/// The agreement it was checked against; 0 where none could be.
	pub clause_version: u32,
	/// Each clause that it does not meet, with what was asked and what was found.
	#[serde(skip_serializing_if = "Vec::is_empty")]
	pub failed: Vec<Failed>,
	/// Whether it would be tried again by itself: what is missing may come.
	pub may_pass_later: bool,
	/// Why it is no order.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub defect: Option<Defect>,
}

/// Takes orders.
pub struct Counter {
	db: SalesDb,
	checker: Mutex<Checker>,
	gate: Gate,
	/// Wakes whoever sends requests.
	waker: Arc<Notify>,
}

impl Counter {
	/// Over a database, a checker of its own, and what the files' intake shares with it.
	pub fn new(db: SalesDb, checker: Checker, gate: Gate, waker: Arc<Notify>) -> Self {
		Counter {
			db,
			checker: Mutex::new(checker),
			gate,
			waker,
		}
	}

	/// Checks orders and writes them down, window by window.
	///
	/// # Errors
	/// The node or the database is away: what was taken until then is told as repeated when the same comes again.
	pub async fn take(&self, source: &str, lines: Vec<Line>) -> Result<IntakeReport> {
		let mut report = IntakeReport {
			received: lines.len() as u64,
			..IntakeReport::default()
		};
		let mut orders = Vec::with_capacity(lines.len());
		for line in lines {
			match line.order {
				Ok(order) => orders.push((line.number, order)),
				Err(defect) => report.refuse(line.number, String::new(), defect),
			}
		}
		for window in windows(orders) {
			self.window(source, window, &mut report).await?;
		}
		report.orders.sort_by_key(|order| order.line);
		Ok(report)
	}

	async fn window(&self, source: &str, orders: Vec<(u64, Order)>, report: &mut IntakeReport) -> Result<()> {
		let alone = self.gate.lock().await;
		let fresh = self.new_ones(orders, report).await?;
		let now = now_ms();
		let orders = fresh.into_iter().map(|(line, order)| (line, order, 0, now)).collect();
		let mut checker = self.checker.lock().await;
		let Checked {
			mut records,
			applications,
		} = checker.check(orders).await?;
		let mut change = self.db.begin().await?;
		let newest = write_down(&mut change, source, &mut records, applications).await?;
		change.commit().await?;
		drop(alone);
		for record in records {
			let outcome = match (record.state, record.retry_at) {
				(RecordState::Pending, _) => {
					report.taken += 1;
					continue;
				}
				(_, 0) => {
					report.unqualified += 1;
					Outcome::Unqualified
				}
				_ => {
					report.waits += 1;
					Outcome::Waits
				}
			};
			report.orders.push(TakenOrder {
				line: record.line,
				id: record.order.id,
				outcome,
				state: None,
				failed: failed_of(&record.failed),
				defect: None,
			});
		}
		if newest.is_some() {
			self.waker.notify_one();
		}
		Ok(())
	}

	/// Those whose id nobody used. The others are told about.
	async fn new_ones(&self, orders: Vec<(u64, Order)>, report: &mut IntakeReport) -> Result<Vec<(u64, Order)>> {
		let cells: Vec<_> = orders.iter().map(|(_, order)| Cell::Text(&order.id)).collect();
		let head = "SELECT id, state, order_text, source_text FROM records WHERE id IN (";
		// What has an id: its state, and itself as the bank wrote it.
		let mut known: HashMap<String, (String, Option<Value>)> = HashMap::new();
		for row in select(&self.db, head, 1, &cells).await? {
			let (stamped, source): (String, String) = (row.try_get(2)?, row.try_get(3)?);
			let text = if source.is_empty() {
				without_stamp(&stamped)
			} else {
				source
			};
			known.insert(row.try_get(0)?, (row.try_get(1)?, serde_json::from_str(&text).ok()));
		}
		let mut fresh = Vec::with_capacity(orders.len());
		for (line, order) in orders {
			let itself: Option<Value> = serde_json::from_str(&order.text).ok();
			match known.get(&order.id) {
				None => {
					known.insert(order.id.clone(), (RecordState::Pending.as_str().into(), itself));
					fresh.push((line, order));
				}
				Some((state, first)) if first.is_some() && *first == itself => {
					report.repeated += 1;
					report.orders.push(TakenOrder {
						line,
						id: order.id,
						outcome: Outcome::Repeated,
						state: Some(state.clone()),
						failed: Vec::new(),
						defect: None,
					});
				}
				Some(_) => {
					let defect = Defect::new("id", &order.id, "an id is used once; another order has it");
					report.refuse(line, order.id, defect);
				}
			}
		}
		Ok(fresh)
	}

	/// Whether orders would pass now. Nothing is written down.
	///
	/// # Errors
	/// The node or the database is away.
	pub async fn qualify(&self, lines: Vec<Line>) -> Result<Vec<Qualified>> {
		let mut answers = Vec::with_capacity(lines.len());
		let mut orders = Vec::new();
		for line in lines {
			match line.order {
				Ok(order) => orders.push((line.number, order)),
				Err(defect) => answers.push(Qualified {
					line: line.number,
					id: String::new(),
					qualifies: false,
					clause_version: 0,
					failed: Vec::new(),
					may_pass_later: false,
					defect: Some(defect),
				}),
			}
		}
		for window in windows(orders) {
			let now = now_ms();
			let window = window.into_iter().map(|(line, order)| (line, order, 0, now)).collect();
			// Between two windows orders that are to be taken have their turn.
			let checked = self.checker.lock().await.check(window).await?;
			answers.extend(checked.records.into_iter().map(|record| Qualified {
				line: record.line,
				id: record.order.id,
				qualifies: record.state == RecordState::Pending,
				clause_version: record.clause_version,
				failed: failed_of(&record.failed),
				may_pass_later: record.retry_at > 0,
				defect: None,
			}));
		}
		answers.sort_by_key(|answer| answer.line);
		Ok(answers)
	}
}

/// The orders in their order, in pieces that are checked together: for so long others wait.
fn windows(orders: Vec<(u64, Order)>) -> Vec<Vec<(u64, Order)>> {
	let mut windows: Vec<Vec<(u64, Order)>> = Vec::new();
	let mut bytes = 0;
	for order in orders {
		let size = order.1.text.len() + 512;
		match windows.last_mut() {
			Some(window) if window.len() < WINDOW && bytes + size <= WINDOW_BYTES => {
				bytes += size;
				window.push(order);
			}
			_ => {
				bytes = size;
				windows.push(vec![order]);
			}
		}
	}
	windows
}

impl IntakeReport {
	fn refuse(&mut self, line: u64, id: String, defect: Defect) {
		self.refused += 1;
		self.orders.push(TakenOrder {
			line,
			id,
			outcome: Outcome::Refused,
			state: None,
			failed: Vec::new(),
			defect: Some(defect),
		});
	}
}

fn failed_of(json: &str) -> Vec<Failed> {
	serde_json::from_str(json).unwrap_or_default()
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::orders::{Declared, Format, Reader};

	#[test]
	fn many_orders_are_checked_in_pieces_that_let_others_in() {
		let line = |number: usize| {
			format!(
				"{{\"id\":\"A-{number}\",\"kind\":\"purchase\",\"product\":\"P\",\"customer\":\"C\",\"amount\":\"1\",\"currency\":\"CNY\",\
				 \"placed_at\":\"2026-03-02T10:00:00+08:00\"}}\n"
			)
		};
		let text: String = (0..2 * WINDOW + 1).map(line).collect();
		let read = Reader::new(
			std::io::Cursor::new(text.into_bytes()),
			Format::Ndjson,
			Declared::default(),
		)
		.unwrap();
		let orders: Vec<(u64, Order)> = read
			.map(|line| line.unwrap())
			.map(|line| (line.number, line.order.unwrap()))
			.collect();
		let numbers: Vec<u64> = orders.iter().map(|(number, _)| *number).collect();
		let windows = windows(orders);
		assert!(windows.len() >= 3);
		for window in &windows {
			let bytes: usize = window.iter().map(|(_, order)| order.text.len() + 512).sum();
			assert!(
				window.len() <= WINDOW && bytes <= WINDOW_BYTES,
				"{} orders, {bytes} bytes",
				window.len()
			);
		}
		let kept: Vec<u64> = windows.iter().flatten().map(|(number, _)| *number).collect();
		assert_eq!(kept, numbers, "none is lost, in their order");
		assert!(super::windows(Vec::new()).is_empty());
	}
}
