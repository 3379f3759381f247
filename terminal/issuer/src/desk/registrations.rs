// SPDX-License-Identifier: Apache-2.0

//! Registrations of a page.

use super::{orders::unreadable_entry, Desk, Result, Unreadable};
use crate::{
	books::BookRegistration,
	entry::{customer_of, id_of},
	register,
};
use sealane_sdk::types::InboxEntry;
use std::collections::HashSet;

impl Desk {
	/// Decides on registrations; those that cannot be answered go to `unreadable`.
	pub(super) async fn decide_registrations(
		&mut self,
		entries: &[InboxEntry],
		unreadable: &mut Vec<Unreadable>,
	) -> Result<Vec<BookRegistration>> {
		let rules = self.rules.rules();
		if entries.is_empty() {
			return Ok(Vec::new());
		}
		let mut keys = HashSet::new();
		let mut customers = HashSet::new();
		for entry in entries {
			keys.extend(id_of(entry).map(|id| (entry.seller, id)));
			customers.extend(customer_of(entry).map(|customer| (entry.seller, customer)));
		}
		let mut known = self.db.book_results(&keys).await?;
		let mut accounts = self.db.book_customers(&customers).await?;
		let mut results = Vec::with_capacity(entries.len());
		for entry in entries {
			// The salt is random: what was decided once is only ever repeated.
			let result = match id_of(entry).and_then(|id| known.remove(&(entry.seller, id))) {
				Some(stored) => stored,
				None => {
					let account = customer_of(entry).and_then(|c| accounts.get(&(entry.seller, c)));
					register::decide(&rules, self.issuer, entry, account)
				}
			};
			if result.id.is_empty() {
				unreadable.push(unreadable_entry(
					entry,
					"registration",
					"it has no id that could be answered".into(),
				));
				continue;
			}
			// Registered twice on one page: it is one customer with one account.
			if let Some((account, ..)) = &result.registered {
				accounts.insert((result.seller, result.customer.clone()), account.clone());
			}
			match result.outcome.as_str() {
				"accepted" => self.figures.registered += 1,
				_ => self.figures.registrations_rejected += 1,
			}
			results.push(result);
		}
		Ok(results)
	}
}
