// SPDX-License-Identifier: Apache-2.0

use super::prelude::*;

#[test]
fn an_equivocation_disables_and_then_drops() {
	build_and_execute(|| {
		AlsoDue::set(true);
		run_to_session(1);
		AlsoDue::set(false);
		report(&[4], Perbill::from_percent(30));
		assert_eq!(Session::disabled_validators(), [3]);
		let severity = Perbill::from_percent(30);
		assert_eq!(
			events(),
			[Event::ValidatorCondemned {
				validator: 4,
				session: 1,
				severity
			}]
		);
		assert_eq!(ValidatorSet::condemned(), [4]);
		// Planned with the next session, out of the one after it.
		run_to_session(2);
		assert!(events().contains(&Event::ValidatorRemoved {
			validator: 4,
			validators: 3,
			reason: RemovalReason::Offence
		}));
		assert_eq!(Session::disabled_validators(), [3]);
		run_to_session(3);
		assert_eq!(Authorities::get(), [1, 2, 3]);
		assert_eq!(Session::disabled_validators(), Vec::<u32>::new());
	});
}

#[test]
fn the_council_takes_a_dropped_validator_back() {
	build_and_execute(|| {
		report(&[4], Perbill::one());
		run_to_session(2);
		assert_ok!(ValidatorSet::add_validator(RuntimeOrigin::signed(ADD), 4));
		run_to_session(4);
		assert_eq!(Authorities::get(), [1, 2, 3, 4]);
		assert_eq!(ValidatorSet::condemned(), Vec::<AccountId>::new());
	});
}

#[test]
fn boundary_at_the_floor_the_condemned_stay_until_there_is_a_successor() {
	build_and_execute(|| {
		report(&[1, 2], Perbill::one());
		run_to_session(1);
		// One could go, the other is needed.
		let told = events();
		assert!(told.contains(&Event::CondemnedKept { validator: 2, floor: 3 }));
		assert_eq!(ValidatorSet::validators(), [2, 3, 4]);
		assert_eq!(ValidatorSet::condemned(), [2]);
		run_to_session(2);
		assert!(events().contains(&Event::CondemnedKept { validator: 2, floor: 3 }));
		// Nothing can be changed until then, so no session ends.
		run_blocks(60);
		assert_eq!(Session::current_index(), 2);
		add(5);
		run_to_session(3);
		assert_eq!(ValidatorSet::validators(), [3, 4, 5]);
		run_to_session(4);
		assert_eq!(Authorities::get(), [3, 4, 5]);
	});
}

#[test]
fn no_more_are_disabled_than_finality_can_spare() {
	build_and_execute(|| {
		report(&[1, 2, 3], Perbill::one());
		assert_eq!(Session::disabled_validators(), [0]);
		assert_eq!(ValidatorSet::condemned(), [1, 2, 3]);
	});
}

#[test]
fn a_repeated_report_changes_nothing() {
	build_and_execute(|| {
		report(&[4], Perbill::one());
		events();
		report(&[4], Perbill::one());
		assert_eq!(events(), []);
		assert_eq!(ValidatorSet::condemned(), [4]);
	});
}

#[test]
fn who_has_left_the_set_is_beyond_reach() {
	build_and_execute(|| {
		assert_ok!(ValidatorSet::leave(RuntimeOrigin::signed(4)));
		events();
		report(&[4, 7], Perbill::one());
		assert_eq!(events(), []);
		// But shut out for the session, as long as it takes part.
		assert_eq!(Session::disabled_validators(), [3]);
	});
}
