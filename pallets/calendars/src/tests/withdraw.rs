// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;

#[test]
fn takes_back_what_waits_and_leaves_what_holds() {
	test(|| {
		assert_ok!(announce(ISSUER, None, 15, 2));
		at(2);
		assert_ok!(announce(ISSUER, None, 14, 20));
		assert_ok!(CalendarsPallet::withdraw(by(ISSUER), None));
		System::assert_last_event(
			Event::Withdrawn {
				issuer: ISSUER,
				product: None,
				version: 2,
			}
			.into(),
		);
		at(20);
		assert_eq!(timetable(None), [Some((false, 1, 15)), None]);
		assert_noop!(CalendarsPallet::withdraw(by(ISSUER), None), Error::<Test>::NothingWaits);
	});
}

#[test]
fn a_first_one_leaves_nothing_behind() {
	test(|| {
		assert_ok!(announce(ISSUER, Some("ONE"), 15, 20));
		assert_ok!(CalendarsPallet::withdraw(by(ISSUER), Some(id("ONE"))));
		assert_eq!(
			(Versions::<Test>::iter().count(), Calendars::<Test>::iter().count()),
			(0, 0)
		);
	});
}

#[test]
fn fails_for_others() {
	test(|| {
		assert_ok!(announce(ISSUER, Some("ONE"), 15, 20));
		let withdraw = |origin| CalendarsPallet::withdraw(origin, Some(id("ONE")));
		assert_noop!(withdraw(RuntimeOrigin::none()), DispatchError::BadOrigin);
		assert_noop!(withdraw(by(STRANGER)), Error::<Test>::NotAuthorized);
		assert_noop!(withdraw(by(OTHER_ISSUER)), Error::<Test>::NotTheIssuer);
	});
}
