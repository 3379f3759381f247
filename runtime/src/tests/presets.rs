// SPDX-License-Identifier: Apache-2.0

//! The networks that the presets describe.

use super::setup::{local, COUNCIL};
use crate::{configs::governance::CouncilInstance, genesis, invariants, AccountId, Runtime, Validators};
use frame_support::assert_ok;

#[test]
fn local_preset_seats_five_councillors_who_validate() {
	local().execute_with(|| {
		let mut five: Vec<AccountId> = COUNCIL.iter().map(|k| k.to_account_id()).collect();
		five.sort();
		assert_eq!(pallet_collective::Members::<Runtime, CouncilInstance>::get(), five);
		let mut validators = Validators::validators();
		validators.sort();
		assert_eq!(validators, five);
		assert_eq!(pallet_session::Validators::<Runtime>::get().len(), 5);
	});
}

#[test]
fn local_preset_keeps_every_invariant() {
	local().execute_with(|| {
		assert_ok!(invariants::check());
	});
}

#[test]
fn development_preset_builds() {
	assert!(genesis::get_preset(&genesis::DEVELOPMENT.into()).is_some());
	assert_eq!(genesis::preset_names().len(), 2);
}
