// SPDX-License-Identifier: Apache-2.0

//! A member leaves: what it held elsewhere on the chain ends too.

use super::setup::*;
use crate::{CouncilMembership, Members, Runtime, RuntimeEvent, Session, SessionKeys, System, Validators};
use frame_support::{assert_ok, dispatch::GetDispatchInfo};
use pallet_validators::{RemovalReason, WeightInfo};
use sealane_primitives::business::Role;
use sp_core::{ed25519, Pair};

/// Lets an institution validate, as its operator and the council do.
fn validates(who: &Institution) {
	let keys = SessionKeys {
		aura: who.delegate.public().into(),
		grandpa: ed25519::Pair::from_seed(&who.delegate.public().0).public().into(),
	};
	// The proof of ownership is the session pallet's business; here the keys are simply there.
	pallet_session::NextKeys::<Runtime>::insert(account(&who.manager), keys);
	assert_ok!(Validators::add_validator(council(3), account(&who.manager)));
	assert!(Session::load_keys(&account(&who.manager)).is_some());
}

#[test]
fn who_leaves_validates_no_longer() {
	local().execute_with(|| {
		let (bank, fund) = (join("bank", &[Role::Seller]), join("fund", &[Role::Issuer]));
		validates(&bank);
		validates(&fund);
		assert_ok!(Members::exit(bank.origin()));
		assert!(!Validators::is_validator(&account(&bank.manager)));
		assert_ok!(Members::remove(council(4), fund.member));
		assert!(!Validators::is_validator(&account(&fund.manager)));
		System::assert_last_event(RuntimeEvent::Validators(pallet_validators::Event::ValidatorRemoved {
			validator: account(&fund.manager),
			validators: 5,
			reason: RemovalReason::MemberExited,
		}));
	});
}

#[test]
fn who_is_suspended_or_on_the_council_stays() {
	local().execute_with(|| {
		let (bank, fund) = (join("bank", &[Role::Seller]), join("fund", &[Role::Issuer]));
		validates(&bank);
		validates(&fund);
		// A third of the council suspends, but only a majority takes validators out.
		assert_ok!(Members::suspend(council(2), bank.member));
		assert!(Validators::is_validator(&account(&bank.manager)));
		assert_ok!(CouncilMembership::add_member(council(4), account(&fund.manager).into()));
		assert_ok!(Members::exit(fund.origin()));
		assert!(Validators::is_validator(&account(&fund.manager)));
	});
}

#[test]
fn a_validator_goes_on_under_the_new_manager_and_ends_with_its_member() {
	local().execute_with(|| {
		let bank = join("bank", &[Role::Seller]);
		validates(&bank);
		let (id, successor) = (account(&bank.manager), key("successor"));
		assert_ok!(Members::set_manager(bank.origin(), account(&successor)));
		assert_eq!(Validators::id_for(account(&successor)), Some(id.clone()));
		assert_eq!(Validators::id_for(id.clone()), None);
		assert_ok!(Members::exit(crate::RuntimeOrigin::signed(account(&successor))));
		assert!(!Validators::is_validator(&id));
		assert_ok!(crate::invariants::check());
	});
}

#[test]
fn a_validator_leaves_by_its_new_manager() {
	local().execute_with(|| {
		let bank = join("bank", &[Role::Seller]);
		validates(&bank);
		let successor = key("successor");
		assert_ok!(Members::force_set_manager(council(4), bank.member, account(&successor)));
		assert_ok!(Validators::leave(crate::RuntimeOrigin::signed(account(&successor))));
		assert!(!Validators::is_validator(&account(&bank.manager)));
	});
}

/// One that validates by its seat keeps the seat, and with it the validator.
#[test]
fn a_councillors_validator_stays_with_the_seat() {
	local().execute_with(|| {
		let bank = join("bank", &[Role::Seller]);
		validates(&bank);
		let id = account(&bank.manager);
		assert_ok!(CouncilMembership::add_member(council(4), id.clone().into()));
		assert_ok!(Members::set_manager(bank.origin(), account(&key("successor"))));
		assert_eq!(Validators::id_for(id.clone()), Some(id.clone()));
		assert_eq!(
			Validators::id_for(account(&key("successor"))),
			Some(account(&key("successor")))
		);
	});
}

#[test]
fn leaving_weighs_what_it_ends() {
	use pallet_members::{Call, WeightInfo as _};
	type Own = crate::weights::pallet_members::WeightInfo<Runtime>;
	local().execute_with(|| {
		let besides = crate::weights::pallet_validators::WeightInfo::<Runtime>::leave();
		for (call, own) in [
			(Call::<Runtime>::exit {}, Own::exit(16)),
			(Call::<Runtime>::remove { member: 0 }, Own::remove(16)),
		] {
			let weight = call.get_dispatch_info().call_weight;
			assert!(weight.all_gte(own.saturating_add(besides)), "{call:?}: {weight:?}");
		}
	});
}
