// SPDX-License-Identifier: Apache-2.0

//! Validators: who they are, and the motions that change the set.

use super::{account_text, AccountId, Arg, Call, ChainClient, ChainError};
use codec::Decode;
use serde::Serialize;
use utoipa::ToSchema;

/// A validator.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ValidatorState)]
pub struct ValidatorView {
	/// Its account, SS58.
	pub account: String,
	/// Whether it makes blocks now. One that was added does so from the second session on.
	pub active: bool,
	/// Whether it stays: one that was removed makes blocks to the end of the next session.
	pub listed: bool,
}

impl ChainClient {
	/// The validators of the session under way, and those that the set has for the next ones.
	///
	/// # Errors
	/// The node does not answer.
	pub async fn validators(&self) -> Result<Vec<ValidatorView>, ChainError> {
		let active: Vec<AccountId> = self
			.storage_best("Session", "Validators", &[])
			.await?
			.unwrap_or_default();
		let listed: Vec<AccountId> = self
			.storage_best("Validators", "Validators", &[])
			.await?
			.unwrap_or_default();
		let mut all: Vec<AccountId> = active.iter().chain(&listed).copied().collect();
		all.sort_unstable();
		all.dedup();
		let view = |account: &AccountId| ValidatorView {
			account: account_text(account),
			active: active.contains(account),
			listed: listed.contains(account),
		};
		Ok(all.iter().map(view).collect())
	}

	/// The fewest validators that motions may leave.
	///
	/// # Errors
	/// The node does not answer.
	pub async fn validators_floor(&self) -> Result<u32, ChainError> {
		let stored: Option<u32> = self.storage_best("Validators", "Floor", &[]).await?;
		let metadata = self.metadata().await?;
		let entry = metadata
			.pallet_by_name("Validators")
			.and_then(|pallet| pallet.storage()?.entry_by_name("Floor"));
		// Where nothing is stored the lowest holds that there may be.
		let lowest = entry.and_then(|entry| u32::decode(&mut entry.default_value()?).ok());
		stored
			.or(lowest)
			.ok_or_else(|| ChainError::Mismatch("no storage Validators.Floor".into()))
	}
}

/// Adds a validator, whose account has set session keys: for a council motion.
///
/// # Errors
/// The runtime does not fit.
pub async fn add_validator(chain: &ChainClient, account: AccountId) -> Result<Call, ChainError> {
	let args = [Arg::new("validator", &account)];
	chain.call("Validators", "add_validator", &args).await
}

/// Removes a validator: for a council motion.
///
/// # Errors
/// The runtime does not fit.
pub async fn remove_validator(chain: &ChainClient, account: AccountId) -> Result<Call, ChainError> {
	let args = [Arg::new("validator", &account)];
	chain.call("Validators", "remove_validator", &args).await
}

/// Sets the fewest validators that motions may leave: for a motion of two thirds.
///
/// # Errors
/// The runtime does not fit.
pub async fn set_floor(chain: &ChainClient, floor: u32) -> Result<Call, ChainError> {
	chain
		.call("Validators", "set_floor", &[Arg::new("floor", &floor)])
		.await
}
