// SPDX-License-Identifier: Apache-2.0

//! The currency of a chain without one: nobody owns anything, nothing can be taken or held.
//!
//! Several pallets of the SDK want a currency for deposits. Nobody owns anything to leave. Where a pallet reserves an amount
//! for each entry that it keeps, what is reserved is the number of those entries, and [`pallet_restraint`] says how many an
//! account may leave. All other deposits are zero or switched off, and any attempt to move an amount is refused.

use crate::{AccountId, Balance, Restraint, RuntimeHoldReason};
use frame_support::traits::{
	fungible::{hold, Dust, Inspect, Mutate, Unbalanced},
	tokens::{
		imbalance::TryMerge, BalanceStatus, DepositConsequence, Fortitude, Preservation, Provenance,
		WithdrawConsequence,
	},
	Currency, ExistenceRequirement, Get, Imbalance, ReservableCurrency, SameOrOther, SignedImbalance, TryDrop,
	WithdrawReasons,
};
use sp_runtime::{traits::SaturatedConversion, DispatchError, DispatchResult, TokenError};

fn only_zero(amount: Balance) -> DispatchResult {
	match amount {
		0 => Ok(()),
		_ => Err(TokenError::UnknownAsset.into()),
	}
}

/// See the module.
pub struct NoToken;

impl Inspect<AccountId> for NoToken {
	type Balance = Balance;

	fn total_issuance() -> Balance {
		0
	}
	fn minimum_balance() -> Balance {
		0
	}
	fn total_balance(_: &AccountId) -> Balance {
		0
	}
	fn balance(_: &AccountId) -> Balance {
		0
	}
	fn reducible_balance(_: &AccountId, _: Preservation, _: Fortitude) -> Balance {
		0
	}
	fn can_deposit(_: &AccountId, amount: Balance, _: Provenance) -> DepositConsequence {
		match amount {
			0 => DepositConsequence::Success,
			_ => DepositConsequence::UnknownAsset,
		}
	}
	fn can_withdraw(_: &AccountId, amount: Balance) -> WithdrawConsequence<Balance> {
		match amount {
			0 => WithdrawConsequence::Success,
			_ => WithdrawConsequence::BalanceLow,
		}
	}
}

impl Unbalanced<AccountId> for NoToken {
	fn handle_dust(_: Dust<AccountId, Self>) {}
	fn write_balance(_: &AccountId, amount: Balance) -> Result<Option<Balance>, DispatchError> {
		only_zero(amount).map(|()| None)
	}
	fn set_total_issuance(_: Balance) {}
}

impl Mutate<AccountId> for NoToken {}

impl hold::Inspect<AccountId> for NoToken {
	type Reason = RuntimeHoldReason;

	fn total_balance_on_hold(_: &AccountId) -> Balance {
		0
	}
	fn balance_on_hold(_: &RuntimeHoldReason, _: &AccountId) -> Balance {
		0
	}
}

impl hold::Unbalanced<AccountId> for NoToken {
	fn set_balance_on_hold(_: &RuntimeHoldReason, _: &AccountId, amount: Balance) -> DispatchResult {
		only_zero(amount)
	}
}

impl hold::Mutate<AccountId> for NoToken {}

/// The imbalance of nothing: it is always zero.
#[derive(Default)]
pub struct Nothing;

impl TryDrop for Nothing {
	fn try_drop(self) -> Result<(), Self> {
		Ok(())
	}
}

impl TryMerge for Nothing {
	fn try_merge(self, _: Self) -> Result<Self, (Self, Self)> {
		Ok(Nothing)
	}
}

impl Imbalance<Balance> for Nothing {
	type Opposite = Nothing;

	fn zero() -> Self {
		Nothing
	}
	fn drop_zero(self) -> Result<(), Self> {
		Ok(())
	}
	fn split(self, _: Balance) -> (Self, Self) {
		(Nothing, Nothing)
	}
	fn extract(&mut self, _: Balance) -> Self {
		Nothing
	}
	fn merge(self, _: Self) -> Self {
		Nothing
	}
	fn subsume(&mut self, _: Self) {}
	fn offset(self, _: Self::Opposite) -> SameOrOther<Self, Self::Opposite> {
		SameOrOther::None
	}
	fn peek(&self) -> Balance {
		0
	}
}

impl Currency<AccountId> for NoToken {
	type Balance = Balance;
	type PositiveImbalance = Nothing;
	type NegativeImbalance = Nothing;

	fn total_balance(_: &AccountId) -> Balance {
		0
	}
	fn can_slash(_: &AccountId, amount: Balance) -> bool {
		amount == 0
	}
	fn total_issuance() -> Balance {
		0
	}
	fn minimum_balance() -> Balance {
		0
	}
	fn burn(_: Balance) -> Nothing {
		Nothing
	}
	fn issue(_: Balance) -> Nothing {
		Nothing
	}
	fn pair(_: Balance) -> (Nothing, Nothing) {
		(Nothing, Nothing)
	}
	fn free_balance(_: &AccountId) -> Balance {
		0
	}
	fn ensure_can_withdraw(_: &AccountId, amount: Balance, _: WithdrawReasons, _: Balance) -> DispatchResult {
		only_zero(amount)
	}
	fn transfer(_: &AccountId, _: &AccountId, amount: Balance, _: ExistenceRequirement) -> DispatchResult {
		only_zero(amount)
	}
	fn slash(_: &AccountId, amount: Balance) -> (Nothing, Balance) {
		(Nothing, amount)
	}
	fn deposit_into_existing(_: &AccountId, amount: Balance) -> Result<Nothing, DispatchError> {
		only_zero(amount).map(|()| Nothing)
	}
	fn deposit_creating(_: &AccountId, _: Balance) -> Nothing {
		Nothing
	}
	fn withdraw(
		_: &AccountId,
		amount: Balance,
		_: WithdrawReasons,
		_: ExistenceRequirement,
	) -> Result<Nothing, DispatchError> {
		only_zero(amount).map(|()| Nothing)
	}
	fn make_free_balance_be(_: &AccountId, _: Balance) -> SignedImbalance<Balance, Nothing> {
		SignedImbalance::Positive(Nothing)
	}
}

impl ReservableCurrency<AccountId> for NoToken {
	fn can_reserve(who: &AccountId, amount: Balance) -> bool {
		let most = <<crate::Runtime as pallet_restraint::Config>::MaxEntries as Get<u32>>::get();
		Restraint::held(who).saturating_add(amount.saturated_into()) <= most
	}
	fn slash_reserved(_: &AccountId, amount: Balance) -> (Nothing, Balance) {
		(Nothing, amount)
	}
	fn reserved_balance(who: &AccountId) -> Balance {
		Restraint::held(who).into()
	}
	fn reserve(who: &AccountId, entries: Balance) -> DispatchResult {
		Restraint::hold(who, entries.saturated_into())
	}
	fn unreserve(who: &AccountId, entries: Balance) -> Balance {
		Restraint::release(who, entries.saturated_into());
		0
	}
	fn repatriate_reserved(
		_: &AccountId,
		_: &AccountId,
		amount: Balance,
		_: BalanceStatus,
	) -> Result<Balance, DispatchError> {
		Ok(amount)
	}
}
