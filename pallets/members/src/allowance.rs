// SPDX-License-Identifier: Apache-2.0

//! The weight allowance: what `pallet-transaction-payment` charges where there is no token.
//!
//! The fee of a transaction, one unit per picosecond of reference time plus what the runtime asks per byte, is taken from
//! the allowance of the member on whose behalf it is sent, or of the council seat that sends it; whose, says
//! [`Pallet::payer_of`]. What the call did not
//! use is given back, and nothing else: a call that the SDK makes free afterwards ([`Pays::No`]), as noting a preimage is
//! for the council, used its weight all the same. A tip buys priority from the same allowance. An account without an allowance is an outsider and is
//! refused whatever it sends, calls that pay no fee included.

use crate::{
	bucket::{Bucket, Limits},
	Config, CouncilAllowances, Managers, MemberAllowances, Pallet, Payer, LOG_TARGET,
};
use core::marker::PhantomData;
use frame_support::{
	dispatch::{DispatchClass, DispatchInfo, Pays, PostDispatchInfo},
	traits::Get,
};
use pallet_transaction_payment::{Config as PaymentConfig, OnChargeTransaction, Pallet as PaymentPallet, TxCreditHold};
use sp_runtime::{
	traits::{DispatchInfoOf, Dispatchable, PostDispatchInfoOf, SaturatedConversion},
	transaction_validity::{InvalidTransaction, TransactionValidityError},
};

/// Charges transactions to allowances; the `OnChargeTransaction` of the runtime.
pub struct Allowance<T>(PhantomData<T>);

/// What was taken, and from whom.
pub struct Charge<AccountId> {
	payer: Payer<AccountId>,
	taken: u64,
}

/// Relations between the constants that the allowance relies on.
pub(crate) fn integrity_test<T: Config>() {
	let member = Pallet::<T>::member_limits();
	let council = Pallet::<T>::council_limits();
	assert!(
		council.per_block > 0,
		"CouncilAllowancePerBlock is 0: an allowance would never refill"
	);
	assert!(
		member.max >= T::AllowancePerBlock::get(),
		"MaxAllowance is below AllowancePerBlock"
	);
	let weights = T::BlockWeights::get();
	let heaviest = weights
		.get(DispatchClass::Normal)
		.max_extrinsic
		.unwrap_or(weights.max_block);
	assert!(
		council.max >= heaviest.ref_time(),
		"MaxCouncilAllowance is {}, below the {} of the heaviest normal call: an upgrade's code could not be sent",
		council.max,
		heaviest.ref_time(),
	);
	let least =
		T::AllowancePerBlock::get() as u128 * T::FullShares::get() as u128 / T::MaxMembers::get().max(1) as u128;
	assert!(least > 0, "with MaxMembers members, an allowance would never refill");
}

impl<T: Config> Pallet<T> {
	/// How a member's allowance fills: in equal shares of what [`Config::FullShares`] members may use together, so that however
	/// many there are, all of them cannot fill more of every block than that.
	pub fn member_limits() -> Limits {
		let full = T::FullShares::get().max(1);
		let members = Managers::<T>::count().max(full);
		// Multiplied first, in 128 bits; the quotient is no more than the constant.
		let share = u128::from(T::AllowancePerBlock::get()) * u128::from(full) / u128::from(members);
		Limits {
			per_block: share.saturated_into(),
			max: T::MaxAllowance::get(),
		}
	}

	/// How a council member's allowance fills.
	pub fn council_limits() -> Limits {
		Limits {
			per_block: T::CouncilAllowancePerBlock::get(),
			max: T::MaxCouncilAllowance::get(),
		}
	}

	/// The payer's bucket and how it fills.
	fn bucket(payer: &Payer<T::AccountId>) -> (Bucket, Limits) {
		let (bucket, limits) = match payer {
			Payer::Member(member) => (MemberAllowances::<T>::get(member), Self::member_limits()),
			Payer::Council(who) => (CouncilAllowances::<T>::get(who), Self::council_limits()),
		};
		(bucket.unwrap_or(Bucket::full(limits, Self::now())), limits)
	}

	/// Units left to the payer in this block.
	pub(crate) fn allowance_left(payer: &Payer<T::AccountId>) -> u64 {
		let (bucket, limits) = Self::bucket(payer);
		bucket.level_at(limits, Self::now())
	}

	/// The payer's bucket after `fee` was taken, not stored yet.
	fn charged(payer: &Payer<T::AccountId>, fee: u64) -> Result<Bucket, TransactionValidityError> {
		let (bucket, limits) = Self::bucket(payer);
		bucket.take(fee, limits, Self::now()).map_err(|shortage| {
			log::debug!(
				target: LOG_TARGET,
				"allowance of {payer:?} is {}, the transaction needs {}", shortage.level, shortage.wanted,
			);
			// `Payment` and not `ExhaustsResources`: the pool drops what gets `Payment` and the author goes on with the next
			// transaction. `ExhaustsResources` tells the author that the *block* is full; after eight of them it closes the
			// block, so that one member that floods would keep everybody else's transactions out.
			InvalidTransaction::Payment.into()
		})
	}

	/// Gives back what a transaction did not use.
	fn refund(charge: &Charge<T::AccountId>, amount: u64) {
		let now = Self::now();
		// No entry: the call ended the membership, and with it the allowance.
		match &charge.payer {
			Payer::Member(member) => MemberAllowances::<T>::mutate_extant(member, |bucket| {
				*bucket = bucket.give_back(amount, Self::member_limits(), now);
			}),
			Payer::Council(who) => CouncilAllowances::<T>::mutate_extant(who, |bucket| {
				*bucket = bucket.give_back(amount, Self::council_limits(), now);
			}),
		}
	}
}

impl<T: Config + PaymentConfig> TxCreditHold<T> for Allowance<T> {
	type Credit = ();
}

impl<T: Config + PaymentConfig> OnChargeTransaction<T> for Allowance<T>
where
	T::RuntimeCall: Dispatchable<Info = DispatchInfo, PostInfo = PostDispatchInfo>,
{
	// As wide as Polkadot.js and the other clients expect a balance to be; allowances themselves fit into 64 bits.
	type Balance = u128;
	type LiquidityInfo = Option<Charge<T::AccountId>>;

	fn withdraw_fee(
		who: &T::AccountId,
		call: &T::RuntimeCall,
		_info: &DispatchInfoOf<T::RuntimeCall>,
		fee_with_tip: u128,
		_tip: u128,
	) -> Result<Self::LiquidityInfo, TransactionValidityError> {
		let payer = Pallet::<T>::payer_of(who, call)?;
		let taken: u64 = fee_with_tip.saturated_into();
		let bucket = Pallet::<T>::charged(&payer, taken)?;
		match &payer {
			Payer::Member(member) => MemberAllowances::<T>::insert(member, bucket),
			Payer::Council(who) => CouncilAllowances::<T>::insert(who, bucket),
		}
		Ok(Some(Charge { payer, taken }))
	}

	fn can_withdraw_fee(
		who: &T::AccountId,
		call: &T::RuntimeCall,
		_info: &DispatchInfoOf<T::RuntimeCall>,
		fee_with_tip: u128,
		_tip: u128,
	) -> Result<(), TransactionValidityError> {
		let payer = Pallet::<T>::payer_of(who, call)?;
		Pallet::<T>::charged(&payer, fee_with_tip.saturated_into()).map(|_| ())
	}

	fn correct_and_deposit_fee(
		_who: &T::AccountId,
		info: &DispatchInfoOf<T::RuntimeCall>,
		post_info: &PostDispatchInfoOf<T::RuntimeCall>,
		corrected_fee_with_tip: u128,
		_tip: u128,
		charge: Self::LiquidityInfo,
	) -> Result<(), TransactionValidityError> {
		if let Some(charge) = charge {
			let unused = match post_info.pays_fee {
				Pays::Yes => u128::from(charge.taken).saturating_sub(corrected_fee_with_tip),
				// The corrected fee is nothing. There is no money to spare anybody, only weight, and that is gone.
				Pays::No => PaymentPallet::<T>::weight_to_fee(post_info.calc_unspent(info)).saturated_into(),
			};
			Pallet::<T>::refund(&charge, unused.min(charge.taken.into()).saturated_into());
		}
		Ok(())
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn endow_account(who: &T::AccountId, _amount: u128) {
		if Pallet::<T>::payer(who).is_none() {
			crate::benchmarking::member::<T>(who, who);
		}
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn minimum_balance() -> u128 {
		0
	}
}
