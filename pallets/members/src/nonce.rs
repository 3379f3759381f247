// SPDX-License-Identifier: Apache-2.0

//! Replay protection that knows accounts which only act through others.
//!
//! `frame_system::CheckNonce` refuses every account that the chain holds no record of. A signatory of a seat that is a
//! multi-signature account has none until it signs for the first time, and nobody could make one for it beforehand without a
//! list that somebody would have to keep. So this extension begins the record with the first extrinsic that
//! [`Pallet::payer_of`] admits; everything else is as in the SDK, its name and encoding included, so that wallets sign it as
//! they sign everywhere.
//!
//! Besides, what a node sends by itself goes before everything else that is normal: whoever fills the pool, with whatever tips, must not
//! keep the nodes from anchoring. How much of a block that can be is bounded by the allowance of the node's member, as for all calls.

use crate::{ActsThrough, Config, Delegates, Pallet};
use codec::{Decode, DecodeWithMemTracking, Encode};
use frame_support::{
	dispatch::DispatchInfo,
	pallet_prelude::TransactionSource,
	traits::{Contains, Get},
	weights::Weight,
	DebugNoBound,
};
use frame_system::{CheckNonce, ExtensionsWeightInfo, Pallet as System};
use scale_info::TypeInfo;
use sp_runtime::{
	traits::{
		AsSystemOriginSigner, DispatchInfoOf, Dispatchable, One, PostDispatchInfoOf, TransactionExtension,
		ValidateResult, Zero,
	},
	transaction_validity::{InvalidTransaction, TransactionPriority, TransactionValidityError, ValidTransaction},
	DispatchResult, Saturating,
};

/// Priority in the pool of what a node sends by itself. A tip is paid from an allowance, which is far below one block's weight in
/// picoseconds, 10^12; times the extrinsics that fit into a block it stays below this.
pub const NODE_PRIORITY: TransactionPriority = 1 << 60;

/// As [`CheckNonce`], and lets those transact for the first time who act through a seat or a manager.
#[derive(Encode, Decode, DecodeWithMemTracking, Clone, Eq, PartialEq, TypeInfo)]
#[scale_info(skip_type_params(T))]
pub struct CheckTransactorNonce<T: Config>(#[codec(compact)] T::Nonce);

impl<T: Config> CheckTransactorNonce<T> {
	/// For an extrinsic with this nonce.
	pub fn from(nonce: T::Nonce) -> Self {
		CheckTransactorNonce(nonce)
	}
}

impl<T: Config> core::fmt::Debug for CheckTransactorNonce<T> {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		write!(f, "CheckTransactorNonce({:?})", self.0)
	}
}

/// What validation found.
#[derive(DebugNoBound)]
pub enum Checked<T: Config> {
	/// The account has a record.
	Known(T::AccountId),
	/// The account gets one with this extrinsic.
	New(T::AccountId),
	/// Nobody signed.
	Unsigned(Weight),
}

impl<T: Config + Send + Sync> TransactionExtension<T::RuntimeCall> for CheckTransactorNonce<T>
where
	T::RuntimeCall: Dispatchable<Info = DispatchInfo>,
	<T::RuntimeCall as Dispatchable>::RuntimeOrigin: AsSystemOriginSigner<T::AccountId> + Clone,
{
	const IDENTIFIER: &'static str = "CheckNonce";
	type Implicit = ();
	type Val = Checked<T>;
	type Pre = Weight;

	fn weight(&self, call: &T::RuntimeCall) -> Weight {
		let through = T::Through::weight(call);
		let new = match through.is_zero() {
			true => Weight::zero(),
			// The record of the account and the note that this pallet holds it.
			false => T::DbWeight::get().reads_writes(1, 1),
		};
		let delegate = match T::DelegateCalls::contains(call) {
			true => T::DbWeight::get().reads(1),
			false => Weight::zero(),
		};
		T::ExtensionsWeightInfo::check_nonce()
			.saturating_add(through)
			.saturating_add(new)
			.saturating_add(delegate)
	}

	fn validate(
		&self,
		origin: T::RuntimeOrigin,
		call: &T::RuntimeCall,
		_: &DispatchInfoOf<T::RuntimeCall>,
		_: usize,
		_: (),
		_: &impl Encode,
		_: TransactionSource,
	) -> ValidateResult<Self::Val, T::RuntimeCall> {
		let Some(who) = origin.as_system_origin_signer().cloned() else {
			return Ok((
				ValidTransaction::default(),
				Checked::Unsigned(self.weight(call)),
				origin,
			));
		};
		let known = System::<T>::providers(&who) > 0 || System::<T>::sufficients(&who) > 0;
		if !known && Pallet::<T>::payer_of(&who, call).is_err() {
			// What the SDK's extension says of accounts without a record.
			return Err(InvalidTransaction::Payment.into());
		}
		let expected = System::<T>::account_nonce(&who);
		if self.0 < expected {
			return Err(InvalidTransaction::Stale.into());
		}
		let mut validity = ValidTransaction {
			provides: vec_of((&who, self.0)),
			..Default::default()
		};
		if self.0 > expected {
			validity.requires = vec_of((&who, self.0.saturating_sub(One::one())));
		}
		if T::DelegateCalls::contains(call) && Delegates::<T>::contains_key(&who) {
			validity.priority = NODE_PRIORITY;
		}
		let checked = if known { Checked::Known(who) } else { Checked::New(who) };
		Ok((validity, checked, origin))
	}

	fn prepare(
		self,
		checked: Self::Val,
		_: &T::RuntimeOrigin,
		_: &T::RuntimeCall,
		_: &DispatchInfoOf<T::RuntimeCall>,
		_: usize,
	) -> Result<Self::Pre, TransactionValidityError> {
		let who = match checked {
			Checked::Known(who) => who,
			Checked::New(who) => {
				Pallet::<T>::keep_account(&who);
				who
			}
			Checked::Unsigned(unused) => return Ok(unused),
		};
		CheckNonce::<T>::prepare_nonce_for_account(&who, self.0)?;
		Ok(Weight::zero())
	}

	fn post_dispatch_details(
		unused: Self::Pre,
		_: &DispatchInfo,
		_: &PostDispatchInfoOf<T::RuntimeCall>,
		_: usize,
		_: &DispatchResult,
	) -> Result<Weight, TransactionValidityError> {
		Ok(unused)
	}
}

/// The tag of a nonce, as the pool orders by it.
fn vec_of(tag: impl Encode) -> alloc::vec::Vec<alloc::vec::Vec<u8>> {
	alloc::vec![tag.encode()]
}
