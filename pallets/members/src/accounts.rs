// SPDX-License-Identifier: Apache-2.0

//! Which accounts may transact, and on whose allowance.

use crate::{
	bucket::Bucket, Config, CouncilAllowances, Delegates, KnownAccounts, Managers, MemberStatus, Members, Pallet, Payer,
};
use core::marker::PhantomData;
use frame_support::{
	traits::{ChangeMembers, Contains, InitializeMembers},
	weights::Weight,
};
use frame_system::Pallet as System;
use sealane_primitives::ids::MemberId;
use sp_runtime::transaction_validity::InvalidTransaction;

impl<T: Config> Pallet<T> {
	/// Makes sure that the chain keeps a record of `who`, so that it can have a nonce and session keys.
	// A provider and not a sufficient: session keys are a consumer, and a consumer wants a provider. It is never given
	// back: with the last reference the record would go, and with it the nonce, so that whatever the account signed
	// before could be sent again once it returns. Former members are refused by `Allowance`, not by the lack of a record.
	pub(crate) fn keep_account(who: &T::AccountId) {
		if !KnownAccounts::<T>::contains_key(who) {
			KnownAccounts::<T>::insert(who, ());
			System::<T>::inc_providers(who);
		}
	}

	/// On whose allowance `who` transacts in its own right; `None` for an account without one.
	pub fn payer(who: &T::AccountId) -> Option<Payer<T::AccountId>> {
		Self::principal_payer(who).or_else(|| Self::delegate_payer(who))
	}

	/// On whose allowance `who` may send `call`.
	///
	/// | signer | may send | pays |
	/// |---|---|---|
	/// | a seat of the council | anything | the seat |
	/// | the manager of an active member | anything | the member |
	/// | a delegate of an active member | [`Config::DelegateCalls`] | the member |
	/// | the manager of a suspended member, and its delegates as far as they may | [`Config::WhileSuspended`] | the member |
	/// | who acts through one of the first two, as [`Config::Through`] finds | what acts through it | that seat or member |
	/// | anybody else | nothing | – |
	///
	/// The first row that fits holds.
	///
	/// # Errors
	/// [`InvalidTransaction::Call`] for a delegate that sends what delegates are not for, [`InvalidTransaction::BadSigner`]
	/// for everybody else.
	pub fn payer_of(who: &T::AccountId, call: &T::RuntimeCall) -> Result<Payer<T::AccountId>, InvalidTransaction> {
		if let Some(payer) = Self::principal_payer(who) {
			return Ok(payer);
		}
		let delegate = Self::delegate_payer(who);
		if T::DelegateCalls::contains(call) {
			if let Some(payer) = delegate {
				return Ok(payer);
			}
		}
		let through = T::Through::find(who, call, Self::principal_payer).or_else(|| Self::suspended_payer(who, call));
		// The pool refuses either at the door and, unlike with `Payment`, waiting does not help.
		through.ok_or(match delegate {
			Some(_) => InvalidTransaction::Call,
			None => InvalidTransaction::BadSigner,
		})
	}

	/// Who pays for an account that holds a seat or acts for an active member.
	// The council first: a member that used up its own allowance can still vote.
	fn principal_payer(who: &T::AccountId) -> Option<Payer<T::AccountId>> {
		if T::CouncilMember::contains(who) {
			return Some(Payer::Council(who.clone()));
		}
		Self::if_active(Managers::<T>::get(who)?)
	}

	/// Who pays for a node's delegate.
	fn delegate_payer(who: &T::AccountId) -> Option<Payer<T::AccountId>> {
		Self::if_active(Delegates::<T>::get(who)?.0)
	}

	/// Who pays for a suspended member that ends something of its own, or objects.
	fn suspended_payer(who: &T::AccountId, call: &T::RuntimeCall) -> Option<Payer<T::AccountId>> {
		if !T::WhileSuspended::contains(call) {
			return None;
		}
		let delegated = || Delegates::<T>::get(who).filter(|_| T::DelegateCalls::contains(call));
		let member = Managers::<T>::get(who).or_else(|| delegated().map(|(member, _)| member))?;
		matches!(Members::<T>::get(member)?.status, MemberStatus::Suspended { .. }).then_some(Payer::Member(member))
	}

	fn if_active(member: MemberId) -> Option<Payer<T::AccountId>> {
		matches!(Members::<T>::get(member)?.status, MemberStatus::Active).then_some(Payer::Member(member))
	}
}

/// Finds through which account somebody acts who has no right of its own: a signatory of a multi-signature account, a proxy.
///
/// The call itself must prove it, or what stands on the chain for good: nobody registers signatories, so none can be
/// forgotten, and a council whose seats became accounts of several people can still vote.
pub trait ActsThrough<AccountId, Call> {
	/// What `right` says of the first account with a right as which `call`, signed by `who`, acts or is approved to act.
	fn find<R>(who: &AccountId, call: &Call, right: impl Fn(&AccountId) -> Option<R>) -> Option<R>;
	/// The most that finding it weighs.
	fn weight(call: &Call) -> Weight;
}

impl<AccountId, Call> ActsThrough<AccountId, Call> for () {
	fn find<R>(_: &AccountId, _: &Call, _: impl Fn(&AccountId) -> Option<R>) -> Option<R> {
		None
	}
	fn weight(_: &Call) -> Weight {
		Weight::zero()
	}
}

/// The accounts that may transact in their own right: managers and delegates of active members, and the council.
pub struct Transactors<T>(PhantomData<T>);

impl<T: Config> Contains<T::AccountId> for Transactors<T> {
	fn contains(who: &T::AccountId) -> bool {
		Pallet::<T>::payer(who).is_some()
	}
}

/// The accounts that act for active members.
pub struct ActiveManagers<T>(PhantomData<T>);

impl<T: Config> Contains<T::AccountId> for ActiveManagers<T> {
	fn contains(who: &T::AccountId) -> bool {
		Managers::<T>::get(who)
			.and_then(Members::<T>::get)
			.is_some_and(|member| matches!(member.status, MemberStatus::Active))
	}
}

/// Hears of members that leave, and ends what else they and their managers held.
pub trait OnExit<AccountId> {
	/// A member has left; `manager` acted for it to the end and acts for nobody now.
	fn on_exit(member: MemberId, manager: &AccountId);
	/// The most that this weighs.
	fn weight() -> Weight;
}

impl<AccountId> OnExit<AccountId> for () {
	fn on_exit(_: MemberId, _: &AccountId) {}
	fn weight() -> Weight {
		Weight::zero()
	}
}

/// Hears of members that another account manages now, and hands on what the old one held for them elsewhere.
pub trait OnManagerChange<AccountId> {
	/// `old` managed the member, another account does.
	fn on_manager_change(member: MemberId, old: &AccountId);
	/// The most that this weighs.
	fn weight() -> Weight;
}

impl<AccountId> OnManagerChange<AccountId> for () {
	fn on_manager_change(_: MemberId, _: &AccountId) {}
	fn weight() -> Weight {
		Weight::zero()
	}
}

/// Hears who joins and leaves the council, lets them transact, and passes it on to `Next`.
///
/// A seat that is new begins with an empty allowance and has its share of a block in the next one. With a full one, whoever holds
/// a seat and can move it to another account would have a full allowance as often as it likes.
///
/// Put it where the pallet that keeps the council's members reports changes, with the collective as `Next`.
pub struct CouncilAccounts<T, Next = ()>(PhantomData<(T, Next)>);

impl<T: Config, Next: InitializeMembers<T::AccountId>> InitializeMembers<T::AccountId> for CouncilAccounts<T, Next> {
	fn initialize_members(members: &[T::AccountId]) {
		members.iter().for_each(Pallet::<T>::keep_account);
		Next::initialize_members(members);
	}
}

impl<T: Config, Next: ChangeMembers<T::AccountId>> ChangeMembers<T::AccountId> for CouncilAccounts<T, Next> {
	fn change_members_sorted(incoming: &[T::AccountId], outgoing: &[T::AccountId], sorted_new: &[T::AccountId]) {
		for seat in incoming {
			Pallet::<T>::keep_account(seat);
			CouncilAllowances::<T>::insert(seat, Bucket::empty(Pallet::<T>::now()));
		}
		outgoing.iter().for_each(CouncilAllowances::<T>::remove);
		Next::change_members_sorted(incoming, outgoing, sorted_new);
	}

	fn set_prime(prime: Option<T::AccountId>) {
		Next::set_prime(prime);
	}

	fn get_prime() -> Option<T::AccountId> {
		Next::get_prime()
	}
}
