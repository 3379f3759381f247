// SPDX-License-Identifier: Apache-2.0

//! Reads order files window by window.

use super::{
	submit::{body_of, key_of, Submitter},
	SalesConfig,
};
use crate::{
	customers::CustomerBook,
	db::{
		insert_defects, insert_records, insert_submission, now_ms, save_import, Db, Defective, Import, NewRecord,
		RecordState, Submission, SubmissionKind,
	},
	error::{Error, Result},
	orders::{self, Defect, Line, Order, Reader},
	output::Output,
	qualify::{self, Failed, TermsCache, Verdict},
};
use sealane_sdk::Client;
use sha2::{Digest, Sha256};
use std::{
	collections::HashSet,
	fs::File,
	io::Read,
	path::Path,
	time::{Duration, Instant},
};
use tokio::sync::watch as signal;

/// Largest body of one request in bytes.
const MAX_BODY: usize = 4 * 1024 * 1024;

/// Reads, checks and writes down orders.
pub struct Intake {
	db: Db,
	customers: CustomerBook,
	terms: TermsCache,
	registered: HashSet<(String, u32)>,
	submitter: Submitter,
	window: Duration,
	window_orders: usize,
	output: Output,
}

impl Intake {
	/// An intake that hands its windows to `submitter`.
	pub fn new(
		client: Client,
		db: Db,
		customers: CustomerBook,
		submitter: Submitter,
		config: &SalesConfig,
		output: Output,
	) -> Self {
		Intake {
			db,
			customers,
			terms: TermsCache::new(client),
			registered: HashSet::new(),
			submitter,
			window: config.window,
			window_orders: config.window_orders.max(1),
			output,
		}
	}

	/// Reads a file to its end, or goes on where an earlier run stopped; answers the name it has in the database.
	///
	/// # Errors
	/// The file cannot be read, the database or the node fails.
	pub async fn file(&mut self, path: &Path, stop: &signal::Receiver<bool>) -> Result<String> {
		let source = source_name(path).await?;
		let mut import = match self.db.import(&source).await? {
			Some(import) => import,
			None => Import {
				source,
				path: path.display().to_string(),
				started_at: now_ms(),
				..Import::default()
			},
		};
		if import.finished_at > 0 {
			return Ok(import.source);
		}
		let mut reader = orders::open(path)?;
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
				return Ok(import.source);
			}
		}
	}

	/// Waits until everything handed on so far is on the node's disk.
	///
	/// # Errors
	/// A request failed for good.
	pub async fn flush(&mut self) -> Result<()> {
		self.submitter.flush().await
	}

	/// The same, and ends.
	///
	/// # Errors
	/// A request failed for good.
	pub async fn finish(self) -> Result<()> {
		self.submitter.finish().await
	}

	/// Lines after `done`, until the window is full or over. Empty at the file's end only.
	async fn read_window(&self, mut reader: Reader<File>, done: u64, path: &Path) -> Result<(Vec<Line>, Reader<File>)> {
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
				if lines.len() >= most || bytes >= MAX_BODY || began.elapsed() >= window {
					break;
				}
			}
			Ok((lines, reader))
		});
		read.await.map_err(|panic| Error::Node(panic.to_string()))?
	}

	/// Checks a window, writes it down, hands on what qualifies.
	async fn window(&mut self, import: &mut Import, lines: Vec<Line>) -> Result<()> {
		let mut defects = Vec::new();
		let mut fresh = Vec::new();
		if let Some(last) = lines.last() {
			import.line = last.number;
		}
		import.read += lines.len() as u64;
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
		import.malformed += defects.len() as u64;
		let fresh = self.drop_duplicates(fresh, &mut defects).await?;
		import.duplicates += defects.len() as u64 - defects.iter().filter(|d| d.state == "malformed").count() as u64;

		self.terms
			.prepare(fresh.iter().map(|(_, order)| order.product.as_str()))
			.await?;
		self.refresh_registered(&fresh).await?;
		let mut records: Vec<NewRecord> = fresh.into_iter().map(|(line, order)| self.check(line, order)).collect();
		let unqualified = records.iter().filter(|r| r.state == RecordState::Unqualified).count() as u64;
		import.unqualified += unqualified;
		import.qualified += records.len() as u64 - unqualified;

		let entries: Vec<(String, String)> = records
			.iter()
			.filter(|r| r.state == RecordState::Pending)
			.map(|r| (r.order.id.clone(), r.text.clone()))
			.collect();
		let mut tx = self.db.begin().await?;
		let mut submission = None;
		if !entries.is_empty() {
			let key = key_of(&body_of(&entries));
			let number = insert_submission(&mut tx, SubmissionKind::Orders, &key, entries.len()).await?;
			for record in records.iter_mut().filter(|r| r.state == RecordState::Pending) {
				record.submission = number;
			}
			submission = Some(Submission { number, key });
		}
		insert_records(&mut tx, &import.source, &records).await?;
		insert_defects(&mut tx, &import.source, &defects).await?;
		save_import(&mut tx, import).await?;
		tx.commit().await?;
		for d in &defects {
			self.output
				.remark(format!("{}:{}: {}: {}", import.path, d.line, d.state, d.defect));
		}
		match submission {
			Some(submission) => self.submitter.send(submission, entries).await,
			None => Ok(()),
		}
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

	/// Registrations settle while we run: ask again when a customer of this window is not known to be registered.
	async fn refresh_registered(&mut self, orders: &[(u64, Order)]) -> Result<()> {
		let missing = orders.iter().any(|(_, order)| {
			self.terms
				.get(&order.product)
				.is_some_and(|terms| !self.registered.contains(&(order.customer.clone(), terms.issuer)))
		});
		if missing {
			self.registered = self.db.registered().await?;
		}
		Ok(())
	}

	fn check(&self, line: u64, order: Order) -> NewRecord {
		let terms = self.terms.get(&order.product);
		let registered = terms.is_some_and(|terms| self.registered.contains(&(order.customer.clone(), terms.issuer)));
		let unqualified = |order: Order, clause_version, failed: &[Failed]| NewRecord {
			line,
			state: RecordState::Unqualified,
			clause_version,
			text: order.text.to_string(),
			// A list of texts always serialises; were it not to, the record would still say that it failed.
			failed: serde_json::to_string(failed).unwrap_or_else(|_| "[]".into()),
			submission: 0,
			order,
		};
		match qualify::check(&order, terms, self.customers.get(&order.customer), registered) {
			Verdict::Qualifies { clause_version, facts } => NewRecord {
				line,
				state: RecordState::Pending,
				clause_version,
				text: order.stamped(clause_version, &facts),
				failed: String::new(),
				submission: 0,
				order,
			},
			Verdict::Fails { clause_version, failed } => unqualified(order, clause_version, &failed),
			Verdict::ProductUnknown => {
				let text = format!("product {:?}: no channel of the node has it", order.product);
				unqualified(
					order,
					0,
					&[Failed {
						code: "product_unknown".into(),
						text,
					}],
				)
			}
		}
	}
}

/// The file's name and the hash of its content: the same file read again is known, another of the same name is not
/// mistaken for it.
async fn source_name(path: &Path) -> Result<String> {
	let path = path.to_path_buf();
	let hashed = tokio::task::spawn_blocking(move || {
		let mut file = File::open(&path).map_err(Error::file(&path))?;
		let mut hash = Sha256::new();
		let mut buffer = vec![0; 256 * 1024];
		loop {
			let read = file.read(&mut buffer).map_err(Error::file(&path))?;
			if read == 0 {
				break;
			}
			hash.update(&buffer[..read]);
		}
		let name = path
			.file_name()
			.map(|n| n.to_string_lossy().into_owned())
			.unwrap_or_default();
		Ok(format!("{name}@{}", hex::encode(&hash.finalize()[..8])))
	});
	hashed.await.map_err(|panic| Error::Node(panic.to_string()))?
}
