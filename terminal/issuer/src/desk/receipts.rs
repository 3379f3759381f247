// SPDX-License-Identifier: Apache-2.0

//! Whether customers are registered still: the chain has a receipt of each registration, which this issuer may close and the council may
//! revoke. The books alone do not tell.

use super::{Error, Result};
use crate::{
	books::{BooksDb, OrderKey},
	decide::Books,
	rules::Rules,
};
use sealane_sdk::{types::MAX_REGISTRATIONS, Client};
use sealane_terminal_core::db::now_ms;
use std::collections::HashSet;

/// How long a receipt may take until a block has it, ms: until then a customer counts as registered because the books say so.
const UNTIL_ON_CHAIN_MS: i64 = 3_600_000;

/// Takes those customers out of `books` whose registrations with `issuer` are not open on chain any more. Not a method: a task cannot share
/// the desk while it waits.
///
/// # Errors
/// The node does not answer, or the database fails.
pub(super) async fn drop_unregistered(
	client: &Client,
	db: &BooksDb,
	rules: &Rules,
	issuer: u32,
	books: &mut Books,
) -> Result<()> {
	if !rules.require_registration || books.customers.is_empty() {
		return Ok(());
	}
	let keys: HashSet<OrderKey> = books.customers.keys().cloned().collect();
	let since = now_ms() - UNTIL_ON_CHAIN_MS;
	let mut receipts = db.receipts(&keys).await?;
	receipts.retain(|receipt| receipt.registered_at < since);
	for some in receipts.chunks(MAX_REGISTRATIONS) {
		let commitments: Vec<[u8; 32]> = some.iter().map(|receipt| receipt.commitment).collect();
		let open = client.registrations_open(issuer, &commitments).await?.open;
		if open.len() != some.len() {
			let (asked, told) = (some.len(), open.len());
			return Err(Error::node(format!(
				"it was asked for {asked} registrations and told of {told}"
			)));
		}
		for (receipt, _) in some.iter().zip(open).filter(|(_, open)| !open) {
			books.customers.remove(&receipt.customer);
		}
	}
	Ok(())
}
