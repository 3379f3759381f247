// SPDX-License-Identifier: Apache-2.0

//! Which accounts may transact, and on whose allowance.

use crate::{Config, CouncilAllowances, Delegates, KnownAccounts, Managers, MemberStatus, Members, Pallet, Payer};
use core::marker::PhantomData;
use frame_support::{
	traits::{ChangeMembers, Contains, InitializeMembers},
	weights::Weight,
};
use frame_system::Pallet as System;
use sealane_primitives::ids::MemberId;

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

	/// On whose allowance `who` transacts; `None` for an account that may not.
	// The council first: a member that used up its own allowance can still vote.
	pub fn payer(who: &T::AccountId) -> Option<Payer<T::AccountId>> {
		if T::CouncilMember::contains(who) {
			return Some(Payer::Council(who.clone()));
		}
		let member = Managers::<T>::get(who).or_else(|| Delegates::<T>::get(who).map(|(member, _)| member))?;
		matches!(Members::<T>::get(member)?.status, MemberStatus::Active).then_some(Payer::Member(member))
	}
}

/// The accounts that may transact: managers and delegates of active members, and the council.
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
		incoming.iter().for_each(Pallet::<T>::keep_account);
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
