// SPDX-License-Identifier: Apache-2.0

//! Qualifies orders with what is known now: the newest clauses, the customer book as it stands, the registrations that hold.

use crate::{
	customers::WatchedBook,
	db::{awaken, Application, NewRecord, RecordState, RegistrationRow, SalesDb},
	error::Result,
	orders::Order,
	qualify::{self, Failed, Later, Verdict},
	register::{application, Next},
	terms::TermsCache,
};
use sealane_primitives::{ids::Digest, registration::Stated};
use sealane_sdk::{types::MAX_REGISTRATIONS, Client};
use sealane_terminal_core::db::now_ms;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Pause before an order is tried again for the first time; it doubles with each further one.
const FIRST_RETRY_MS: i64 = 5_000;
/// Longest pause.
const LONGEST_RETRY_MS: i64 = 5 * 60_000;

/// When a customer is registered with an issuer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Registering {
	/// With the customer's first order to that issuer, if nothing else is missing
	#[default]
	OnFirstOrder,
	/// Only by `sealane sales register`
	ByHand,
}

/// When what failed for a reason that may pass is tried again: after `tries` attempts, of something read at `read_at`; 0 where it
/// has waited for so long that it is not tried by itself any more.
pub fn next_retry(tries: i64, read_at: i64, retry_for_ms: i64) -> i64 {
	let now = now_ms();
	if now - read_at >= retry_for_ms {
		return 0;
	}
	now + pause_after(tries)
}

fn pause_after(tries: i64) -> i64 {
	(FIRST_RETRY_MS << tries.clamp(0, 10)).min(LONGEST_RETRY_MS)
}

/// What a check of some orders led to.
#[derive(Default)]
pub struct Checked {
	/// The records, in the orders' order.
	pub records: Vec<NewRecord>,
	/// Applications that the orders' customers need.
	pub applications: Vec<RegistrationRow>,
}

/// See the module.
pub struct Checker {
	db: SalesDb,
	client: Client,
	book: WatchedBook,
	terms: TermsCache,
	registered: HashMap<(String, u32), Stated>,
	/// Those of them that were open when the node was asked last.
	open: HashSet<Digest>,
	registering: Registering,
	retry_for_ms: i64,
}

impl Checker {
	/// A checker that asks this node.
	pub fn new(client: Client, db: SalesDb, book: WatchedBook, registering: Registering, retry_for_ms: i64) -> Self {
		Checker {
			db,
			book,
			terms: TermsCache::new(client.clone()),
			client,
			registered: HashMap::new(),
			open: HashSet::new(),
			registering,
			retry_for_ms,
		}
	}

	/// Looks whether the customer book has changed; a new one lets what waits be tried at once.
	///
	/// # Errors
	/// The database fails.
	pub async fn look(&mut self) -> Result<()> {
		if self.book.look() {
			let mut tx = self.db.begin().await?;
			awaken(&mut tx, None).await?;
			tx.commit().await?;
		}
		Ok(())
	}

	/// Checks orders: line, order, how often it was tried, when it was read.
	///
	/// # Errors
	/// The node does not answer, or the database fails.
	pub async fn check(&mut self, orders: Vec<(u64, Order, i64, i64)>) -> Result<Checked> {
		self.look().await?;
		let products: Vec<&str> = orders.iter().map(|(_, order, ..)| order.product.as_str()).collect();
		self.terms.prepare(products).await?;
		self.refresh_registered(&orders).await?;
		self.refresh_open(&orders).await?;
		let mut checked = Checked::default();
		// Who is to be registered with whom, for which product, and the records that wait for it.
		let mut needed: HashMap<(String, u32), (String, Vec<usize>)> = HashMap::new();
		for (line, order, tries, read_at) in orders {
			let (record, issuer) = self.record(line, order, tries, read_at);
			if let Some(issuer) = issuer {
				let key = (record.order.customer.clone(), issuer);
				let waiting = needed
					.entry(key)
					.or_insert_with(|| (record.order.product.clone(), Vec::new()));
				waiting.1.push(checked.records.len());
			}
			checked.records.push(record);
		}
		for ((customer, issuer), (product, waiting)) in needed {
			let last = self.db.application(&customer, issuer).await?;
			if last
				.as_ref()
				.is_some_and(|last| ["rejected", "closed"].contains(&last.state.as_str()))
			{
				// The issuer said no, or not any more: nothing comes by itself any more.
				for index in waiting {
					checked.records[index].retry_at = 0;
				}
			} else if self.registering == Registering::OnFirstOrder {
				let row = self.apply(&customer, issuer, &product, last.as_ref());
				checked.applications.extend(row);
			}
		}
		// The order in which the database hands them back: a repeat must have the same bytes.
		checked.applications.sort_by(|a, b| a.id.cmp(&b.id));
		Ok(checked)
	}

	/// Registrations come and go while we run: those of these orders' customers, as they are now.
	async fn refresh_registered(&mut self, orders: &[(u64, Order, i64, i64)]) -> Result<()> {
		let customers: HashSet<&str> = orders.iter().map(|(_, order, ..)| order.customer.as_str()).collect();
		let customers: Vec<&str> = customers.into_iter().collect();
		self.registered = self.db.registered_of(&customers).await?;
		Ok(())
	}

	/// Ask the node which of the registrations of these orders' customers are open on chain now: one that was closed or revoked since, or
	/// whose receipt no block has yet, is none.
	async fn refresh_open(&mut self, orders: &[(u64, Order, i64, i64)]) -> Result<()> {
		let mut asked: BTreeMap<u32, BTreeSet<Digest>> = BTreeMap::new();
		for (_, order, ..) in orders {
			let Some(terms) = self.terms.get(&order.product) else {
				continue;
			};
			if let Some(stated) = self.registered.get(&(order.customer.clone(), terms.issuer)) {
				asked.entry(terms.issuer).or_default().insert(stated.commitment);
			}
		}
		self.open.clear();
		for (issuer, commitments) in asked {
			let commitments: Vec<Digest> = commitments.into_iter().collect();
			for some in commitments.chunks(MAX_REGISTRATIONS) {
				let open = self.client.registrations_open(issuer, some).await?.open;
				self.open
					.extend(some.iter().zip(open).filter(|(_, open)| *open).map(|(it, _)| *it));
			}
		}
		Ok(())
	}

	/// The record of an order, and the issuer with which its customer must be registered for it.
	fn record(&self, line: u64, order: Order, tries: i64, read_at: i64) -> (NewRecord, Option<u32>) {
		let terms = self.terms.get(&order.product);
		let registration = terms
			.and_then(|terms| self.registered.get(&(order.customer.clone(), terms.issuer)))
			.filter(|stated| self.open.contains(&stated.commitment))
			.copied();
		let customer = self.book.book().get(&order.customer);
		let number = terms.map_or(-1, |terms| i64::from(terms.issuer));
		match qualify::check(&order, terms, customer, registration) {
			Verdict::Qualifies { clause_version, facts } => {
				let record = NewRecord {
					line,
					issuer: number,
					state: RecordState::Pending,
					clause_version,
					text: order.stamped(clause_version, &facts),
					failed: String::new(),
					submission: 0,
					retry_at: 0,
					order,
				};
				(record, None)
			}
			Verdict::Fails {
				clause_version,
				failed,
				later,
			} => {
				let issuer = terms
					.filter(|_| later == Some(Later::Registration))
					.map(|terms| terms.issuer);
				let record = NewRecord {
					line,
					issuer: number,
					state: RecordState::Unqualified,
					clause_version,
					text: order.text.to_string(),
					failed: failed_json(&failed),
					submission: 0,
					retry_at: later.map_or(0, |_| next_retry(tries, read_at, self.retry_for_ms)),
					order,
				};
				(record, issuer)
			}
		}
	}

	/// The application of a customer to the issuer of a product, where it has made none that waits or was decided.
	fn apply(&self, customer: &str, issuer: u32, product: &str, last: Option<&Application>) -> Option<RegistrationRow> {
		let person = self.book.book().get(customer)?;
		let channel = self.terms.channel(product).filter(|channel| channel.authorised)?;
		if last.is_some_and(|last| !may_apply_again(last)) {
			return None;
		}
		match application(person, channel, last, Next::SameId) {
			Ok(row) => Some(row),
			Err(error) => {
				tracing::error!("ALARM: a customer cannot be registered with issuer {issuer}: {error}");
				None
			}
		}
	}
}

/// Whether the node refused it for a reason that may have passed.
fn may_apply_again(last: &Application) -> bool {
	last.state == "refused" && last.retry_at > 0 && last.retry_at <= now_ms()
}

/// A list of texts always serialises; were it not to, the record would still say that it failed.
fn failed_json(failed: &[Failed]) -> String {
	serde_json::to_string(failed).unwrap_or_else(|_| "[]".into())
}

/// Whether the node may take an entry later that it refuses with this code now: nothing about the entry itself is wrong.
pub fn is_later(code: &str) -> bool {
	matches!(
		code,
		// Suspended, expired, not granted yet; other clauses in force; the directory is behind; no node serves the interface.
		"channel_closed"
			| "kind_not_granted"
			| "clause_version"
			| "product_unknown"
			| "interface_unknown"
			| "product_closed"
	)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn pauses_grow_and_end() {
		assert_eq!(pause_after(0), FIRST_RETRY_MS);
		assert!(pause_after(3) > pause_after(1));
		assert_eq!(pause_after(i64::MAX), LONGEST_RETRY_MS);
		let now = now_ms();
		assert!(next_retry(0, now, 86_400_000) >= now + FIRST_RETRY_MS);
		assert_eq!(next_retry(1, now - 86_400_000, 86_400_000), 0);
	}
}
