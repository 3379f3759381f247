// SPDX-License-Identifier: Apache-2.0

//! Reads order files window by window.

use crate::{
	admit::{write_down, Gate},
	checker::{Checked, Checker},
	db::{insert_defects, save_import, Defective, Import, RecordState, SalesDb},
	error::{Error, Result},
	orders::{self, Declared, Defect, Encoding, Exchange, Inspected, Known, Line, Lines, Order},
	output::Output,
	submit::Submitter,
	SalesConfig,
};
use sealane_formats::Partners;
use sealane_terminal_core::{db::now_ms, outage::Outage, stop::Stop};
use std::{
	path::Path,
	sync::Arc,
	time::{Duration, Instant},
};

/// Largest body of one request in bytes.
const MAX_BODY: usize = 4 * 1024 * 1024;

/// Reads, checks and writes down orders.
pub struct Intake {
	db: SalesDb,
	checker: Checker,
	submitter: Submitter,
	gate: Gate,
	/// The newest request that was written down.
	written: i64,
	encoding: Encoding,
	declared: Declared,
	partners: Arc<Partners>,
	window: Duration,
	window_orders: usize,
	output: Output,
}

/// A file that was read to its end, or as far as it was when the process was asked to stop.
#[derive(Clone, Debug)]
pub struct Taken {
	/// What was found.
	pub import: Import,
	/// The file as it was looked at.
	pub inspected: Inspected,
}

impl Intake {
	/// An intake that hands its windows to `submitter`.
	pub fn new(
		db: SalesDb,
		checker: Checker,
		submitter: Submitter,
		gate: Gate,
		config: &SalesConfig,
		output: Output,
	) -> Self {
		Intake {
			db,
			checker,
			submitter,
			gate,
			written: 0,
			encoding: config.encoding,
			declared: config.declared.clone(),
			partners: config.partners.clone(),
			window: config.window,
			window_orders: config.window_orders.max(1),
			output,
		}
	}

	/// Reads a file to its end, or goes on where an earlier run stopped. A node or a database that is away is waited for.
	///
	/// # Errors
	/// The file cannot be read or is none of orders; the node refuses us.
	pub async fn file(&mut self, path: &Path, stop: &Stop) -> Result<Taken> {
		let mut outage = Outage::new("reading orders");
		loop {
			match self.try_file(path, stop).await {
				Ok(taken) => {
					outage.over();
					return Ok(taken);
				}
				Err(error) => {
					if !outage.wait(error, stop).await? {
						return Err(Error::Stopped(format!(
							"{} is read on at the next start",
							path.display()
						)));
					}
				}
			}
		}
	}

	async fn try_file(&mut self, path: &Path, stop: &Stop) -> Result<Taken> {
		let (encoding, declared, file) = (self.encoding, self.declared.clone(), path.to_path_buf());
		let exchange = Exchange {
			partners: self.partners.clone(),
			known: Some(known_orders(self.db.clone())),
		};
		let opened = tokio::task::spawn_blocking(move || orders::open(&file, encoding, &declared, &exchange));
		let (inspected, mut reader) = opened.await.map_err(|panic| Error::node(panic.to_string()))??;
		let mut import = match self.db.import(&inspected.source).await? {
			Some(import) => import,
			None => Import {
				source: inspected.source.clone(),
				path: path.display().to_string(),
				started_at: now_ms(),
				..Import::default()
			},
		};
		if import.finished_at > 0 {
			return Ok(Taken { import, inspected });
		}
		let bar = self.output.progress("read", 0);
		loop {
			let (lines, rest) = self.read_window(reader, import.line, path).await?;
			reader = rest;
			let ended = lines.is_empty();
			if ended {
				import.finished_at = now_ms();
			}
			self.window(&mut import, lines).await?;
			bar.set_position(import.read);
			if ended || *stop.borrow() {
				bar.finish_and_clear();
				return Ok(Taken { import, inspected });
			}
		}
	}

	/// Looks at what may have changed while no file came.
	///
	/// # Errors
	/// The database fails.
	pub async fn look(&mut self) -> Result<()> {
		self.checker.look().await
	}

	/// Waits until everything handed on so far is on the node's disk.
	///
	/// # Errors
	/// A request failed for good.
	pub async fn flush(&mut self) -> Result<()> {
		self.submitter.until_answered(self.written).await
	}

	/// Sends what is written down and ends.
	///
	/// # Errors
	/// A request failed for good.
	pub async fn finish(self) -> Result<()> {
		self.submitter.finish().await
	}

	/// Lines after `done`, until the window is full or over. Empty at the file's end only.
	async fn read_window(&self, mut reader: Lines, done: u64, path: &Path) -> Result<(Vec<Line>, Lines)> {
		let (window, most) = (self.window, self.window_orders);
		let path = path.to_path_buf();
		let read = tokio::task::spawn_blocking(move || {
			let mut lines = Vec::new();
			let (mut bytes, mut began) = (0, None);
			for line in reader.by_ref() {
				let line = line.map_err(Error::file(&path))?;
				if line.number <= done {
					continue;
				}
				let began = *began.get_or_insert_with(Instant::now);
				// What the terminal adds to an order is a few hundred bytes.
				bytes += line.order.as_ref().map_or(line.text.len(), |order| order.text.len()) + 512;
				lines.push(line);
				// Without a window the file itself is it.
				let over = !window.is_zero() && began.elapsed() >= window;
				if lines.len() >= most || bytes >= MAX_BODY || over {
					break;
				}
			}
			Ok((lines, reader))
		});
		read.await.map_err(|panic| Error::node(panic.to_string()))?
	}

	/// Checks a window, writes it down, hands on what qualifies.
	async fn window(&mut self, import: &mut Import, lines: Vec<Line>) -> Result<()> {
		// Taken over by the caller's copy only with the commit: a window that fails is read again.
		let mut after = import.clone();
		let mut defects = Vec::new();
		let mut fresh = Vec::new();
		if let Some(last) = lines.last() {
			after.line = last.number;
		}
		after.read += lines.len() as u64;
		for line in lines {
			match line.order {
				Ok(order) => fresh.push((line.number, order)),
				Err(defect) => defects.push(Defective {
					line: line.number,
					state: "malformed",
					defect,
					text: line.text,
				}),
			}
		}
		after.malformed += defects.len() as u64;
		let malformed = defects.len();
		let gate = self.gate.clone();
		let alone = gate.lock().await;
		let fresh = self.drop_duplicates(fresh, &mut defects).await?;
		after.duplicates += (defects.len() - malformed) as u64;

		let now = now_ms();
		let orders = fresh.into_iter().map(|(line, order)| (line, order, 0, now)).collect();
		let Checked {
			mut records,
			applications,
		} = self.checker.check(orders).await?;
		let unqualified = records.iter().filter(|r| r.state == RecordState::Unqualified).count() as u64;
		after.unqualified += unqualified;
		after.qualified += records.len() as u64 - unqualified;

		let mut tx = self.db.begin().await?;
		let newest = write_down(&mut tx, &after.source, &mut records, applications).await?;
		insert_defects(&mut tx, &after.source, &defects).await?;
		save_import(&mut tx, &after).await?;
		tx.commit().await?;
		drop(alone);
		*import = after;
		for d in &defects {
			// The rule, not the value: a journal is no place for a customer's data. The value is in the database.
			tracing::warn!(
				"{}:{}: {}: {}: {}",
				import.path,
				d.line,
				d.state,
				d.defect.field,
				d.defect.rule
			);
		}
		if let Some(newest) = newest {
			self.written = self.written.max(newest);
			self.submitter.hand_on(newest).await?;
		}
		Ok(())
	}

	/// Takes out orders whose id came earlier, in this window or before.
	async fn drop_duplicates(
		&self,
		orders: Vec<(u64, Order)>,
		defects: &mut Vec<Defective>,
	) -> Result<Vec<(u64, Order)>> {
		let ids: Vec<&str> = orders.iter().map(|(_, order)| order.id.as_str()).collect();
		let mut seen = self.db.known_ids(&ids).await?;
		let mut kept = Vec::with_capacity(orders.len());
		for (line, order) in orders {
			if seen.insert(order.id.clone()) {
				kept.push((line, order));
			} else {
				let defect = Defect::new("id", &order.id, "an id is used once; the first order with it counts");
				defects.push(Defective {
					line,
					state: "duplicate",
					defect,
					text: String::new(),
				});
			}
		}
		Ok(kept)
	}
}

/// Orders that came before, for files that say of a cancellation only what it takes back. Asked on a thread that may wait.
fn known_orders(db: SalesDb) -> Known {
	let runtime = tokio::runtime::Handle::current();
	Arc::new(move |id| {
		let record = runtime.block_on(db.record(id)).map_err(std::io::Error::other)?;
		Ok(record.and_then(|record| serde_json::from_str(&record.order_text).ok()))
	})
}
