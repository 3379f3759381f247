// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sealane_primitives::calendar::CalendarFault;
use sp_runtime::DispatchError;

#[docify::export]
#[test]
fn a_version_holds_from_its_block_on() {
	test(|| {
		// Nobody relied on anything yet: the first calendar holds from the next block on.
		assert_ok!(announce(ISSUER, None, 15, 2));
		assert_eq!(timetable(None), [None, Some((false, 1, 15))]);
		at(2);
		assert_eq!(timetable(None), [Some((false, 1, 15)), None]);

		// Days are to end earlier: partners have to hear of it in time.
		assert_noop!(announce(ISSUER, None, 14, 2 + NOTICE - 1), Error::<Test>::TooSoon);
		assert_ok!(announce(ISSUER, None, 14, 2 + NOTICE));
		at(2 + NOTICE - 1);
		assert_eq!(timetable(None), [Some((false, 1, 15)), Some((false, 2, 14))]);
		at(2 + NOTICE);
		assert_eq!(timetable(None), [Some((false, 2, 14)), None]);

		// Which one held when is known for ever.
		assert_eq!(
			CalendarsPallet::version(ISSUER, None, 1),
			Some(Version {
				from: 2,
				calendar: until(15)
			})
		);
	});
}

#[test]
fn what_does_not_hold_yet_is_corrected_and_what_holds_is_not() {
	test(|| {
		assert_ok!(announce(ISSUER, None, 15, 50));
		// Still nobody relies on it.
		assert_ok!(announce(ISSUER, None, 16, 2));
		assert_eq!(timetable(None), [None, Some((false, 1, 16))]);
		at(2);
		assert_ok!(announce(ISSUER, None, 14, 40));
		System::reset_events();
		assert_ok!(announce(ISSUER, None, 13, 2 + NOTICE));
		System::assert_last_event(
			Event::Announced {
				issuer: ISSUER,
				product: None,
				version: 2,
				from: 2 + NOTICE,
				replaced: true,
			}
			.into(),
		);
		assert_noop!(announce(ISSUER, None, 13, 3), Error::<Test>::TooSoon);
		at(2 + NOTICE);
		assert_eq!(timetable(None), [Some((false, 2, 13)), None]);
	});
}

#[test]
fn a_products_own_calendar_precedes_its_issuers() {
	test(|| {
		assert_ok!(announce(ISSUER, None, 15, 2));
		at(2);
		assert_eq!(timetable(Some("ONE")), [Some((false, 1, 15)), None]);
		// The product's first calendar: it takes effect before the issuer's next one, and ends what that says of it.
		assert_ok!(announce(ISSUER, None, 14, 60));
		assert_ok!(announce(ISSUER, Some("ONE"), 11, 30));
		assert_eq!(timetable(Some("ONE")), [Some((false, 1, 15)), Some((true, 1, 11))]);
		at(30);
		assert_eq!(timetable(Some("ONE")), [Some((true, 1, 11)), None]);
		at(60);
		assert_eq!(timetable(Some("ONE")), [Some((true, 1, 11)), None]);
		assert_eq!(timetable(None), [Some((false, 2, 14)), None]);
		// Nobody else's calendar is touched.
		assert_eq!(CalendarsPallet::timetable(OTHER_ISSUER, Some(id("TWO"))).in_force, None);
	});
}

#[test]
fn the_issuers_next_comes_first_where_it_does() {
	test(|| {
		assert_ok!(announce(ISSUER, None, 15, 2));
		at(2);
		assert_ok!(announce(ISSUER, Some("ONE"), 11, 60));
		assert_ok!(announce(ISSUER, None, 14, 30));
		assert_eq!(timetable(Some("ONE")), [Some((false, 1, 15)), Some((false, 2, 14))]);
		at(30);
		assert_eq!(timetable(Some("ONE")), [Some((false, 2, 14)), Some((true, 1, 11))]);
	});
}

#[test]
fn fails_for_others_for_what_is_no_calendar_and_too_far_ahead() {
	test(|| {
		let calendar = || Box::new(until(15));
		assert_noop!(
			CalendarsPallet::announce(RuntimeOrigin::root(), None, calendar(), 2),
			DispatchError::BadOrigin
		);
		assert_noop!(announce(STRANGER, None, 15, 2), Error::<Test>::NotAuthorized);
		assert_noop!(announce(SELLER, None, 15, 2), Error::<Test>::RoleMissing);
		assert_noop!(announce(ISSUER, Some("TWO"), 15, 2), Error::<Test>::NotTheIssuer);
		assert_noop!(announce(ISSUER, Some("NONE"), 15, 2), Error::<Test>::NotTheIssuer);
		assert_noop!(announce(ISSUER, None, 15, 1), Error::<Test>::TooSoon);
		assert_noop!(announce(ISSUER, None, 15, 2 + LEAD), Error::<Test>::TooLate);
		let mut wrong = until(15);
		wrong.last = wrong.first;
		wrong.first = "2026-01-02".parse().expect("a date");
		assert_noop!(
			CalendarsPallet::announce(by(ISSUER), None, Box::new(wrong), 2),
			Error::<Test>::Invalid(CalendarFault::Empty)
		);
		Registry::suspend(true);
		assert_noop!(announce(ISSUER, None, 15, 2), Error::<Test>::MemberNotActive);
	});
}
