// SPDX-License-Identifier: Apache-2.0

//! What time does by itself.

use crate::{mock::*, *};
use frame_support::{assert_ok, traits::OnIdle, weights::Weight};
use sealane_primitives::{directory::Refusal, ids::BlockNumber, traits::ChannelRegistry};

fn until(block: BlockNumber) -> Terms {
	Terms {
		valid_until: Some(block),
		..terms()
	}
}

fn expired(channel: u32, old: State, lapse: Lapse) -> Event<Test> {
	Event::Expired { channel, old, lapse }
}

#[test]
fn a_grant_ends_in_its_block_and_the_event_is_in_the_same_block() {
	test(|| {
		let id = granted(SELLER, ISSUER, until(3));
		events();
		next_block();
		assert_eq!(System::block_number(), 2);
		assert!(ChannelsPallet::authorise(id).is_ok());
		next_block();
		// Not written yet, and refused all the same.
		assert_eq!(Channels::<Test>::get(id).unwrap().state, State::Granted);
		assert_eq!(ChannelsPallet::authorise(id), Err(Refusal::Expired));
		assert_eq!(events(), []);
		ChannelsPallet::on_idle(3, Weight::MAX);
		assert_eq!(events(), [expired(id, State::Granted, Lapse::Grant)]);
		assert_eq!(Channels::<Test>::get(id).unwrap().state, State::Expired);
		assert_eq!(ChannelDetails::<Test>::get(id).unwrap().changed_at, 3);
		assert_eq!(Agenda::<Test>::iter().count(), 0);
		assert_eq!(ChannelsPallet::channels_of(SELLER), [id]);
	});
}

#[test]
fn a_credential_ends_at_its_millisecond_in_the_middle_of_a_minute() {
	test(|| {
		let ends = START + 2 * MINUTE + 7;
		assert_ok!(apply(SELLER, vec![cooperation_for(SELLER, ISSUER, START - 1, ends)]));
		assert_ok!(ChannelsPallet::countersign(
			by(ISSUER),
			0,
			sign_for(ISSUER, SELLER, ISSUER, START - 1, ends)
		));
		assert_ok!(ChannelsPallet::grant(RuntimeOrigin::root(), 0, terms()));
		next_block();
		events();
		Now::set(ends - 1);
		assert!(ChannelsPallet::authorise(0).is_ok());
		next_block();
		assert_eq!(events(), []);
		Now::set(ends);
		assert_eq!(ChannelsPallet::authorise(0), Err(Refusal::Expired));
		next_block();
		assert_eq!(events(), [expired(0, State::Granted, Lapse::Credential)]);
	});
}

#[test]
fn an_application_nobody_answered_ends_with_its_credential() {
	test(|| {
		assert_ok!(apply(
			SELLER,
			vec![cooperation_for(SELLER, ISSUER, START, START + SLOT)]
		));
		events();
		next_block();
		next_block();
		assert_eq!(events(), [expired(0, State::Applied, Lapse::Credential)]);
		assert_eq!(ChannelsPallet::authorise(0), Err(Refusal::NotGranted));
	});
}

#[test]
fn a_suspended_channel_ends_too() {
	test(|| {
		let id = granted(SELLER, ISSUER, until(2));
		assert_ok!(ChannelsPallet::suspend(RuntimeOrigin::root(), id, reason()));
		events();
		next_block();
		assert_eq!(ChannelsPallet::authorise(id), Err(Refusal::Expired));
		next_block();
		assert_eq!(events(), [expired(id, State::Suspended, Lapse::Grant)]);
	});
}

#[test]
fn what_ends_early_leaves_no_note() {
	test(|| {
		let id = granted(SELLER, ISSUER, until(5));
		assert_ok!(ChannelsPallet::leave(by(ISSUER), id));
		assert_eq!(Agenda::<Test>::iter().count(), 0);
		assert_eq!(ChannelDeadlines::<Test>::get(id), None);
		advance(10, 48 * HOUR);
		events();
		next_block();
		assert_eq!(events(), []);
	});
}

#[test]
fn a_full_page_passes_the_note_on_and_the_end_still_holds_on_time() {
	test(|| {
		let ids = [ISSUER, OTHER_ISSUER, BOTH].map(|issuer| granted(SELLER, issuer, until(4)));
		assert_eq!(Agenda::<Test>::get(Page::Block(4)).len(), 2);
		assert_eq!(Agenda::<Test>::get(Page::Block(5)).into_inner(), [ids[2]]);
		System::set_block_number(4);
		assert!(ids
			.iter()
			.all(|id| ChannelsPallet::authorise(*id) == Err(Refusal::Expired)));
		events();
		next_block();
		assert_eq!(events().len(), 2);
		next_block();
		assert_eq!(events(), [expired(ids[2], State::Granted, Lapse::Grant)]);
	});
}

#[test]
fn full_blocks_delay_the_event_and_lose_nothing() {
	test(|| {
		let first = granted(SELLER, ISSUER, until(2));
		let second = granted(SELLER, OTHER_ISSUER, until(3));
		events();
		let one = <Test as Config>::WeightInfo::agenda_base()
			.saturating_add(<Test as Config>::WeightInfo::agenda_page())
			.saturating_add(<Test as Config>::WeightInfo::agenda_note())
			.saturating_add(<Test as Config>::WeightInfo::agenda_end());
		for block in 2..6 {
			System::set_block_number(block);
			assert_eq!(ChannelsPallet::on_idle(block, Weight::from_parts(1, 0)), Weight::zero());
		}
		assert_eq!(events(), []);
		// The first pages are those of blocks in which nothing ended.
		let mut used = Weight::zero();
		for block in 6..12 {
			System::set_block_number(block);
			used = ChannelsPallet::on_idle(block, one);
			assert!(used.all_lte(one), "{used:?} of {one:?}");
		}
		assert!(used.all_gt(Weight::zero()));
		for block in 12..20 {
			System::set_block_number(block);
			ChannelsPallet::on_idle(block, Weight::MAX);
		}
		assert_eq!(
			events(),
			[
				expired(first, State::Granted, Lapse::Grant),
				expired(second, State::Granted, Lapse::Grant)
			]
		);
	});
}

#[test]
fn a_standstill_of_a_month_is_caught_up_within_bounds() {
	test(|| {
		let id = applied(SELLER, ISSUER);
		events();
		let month = 30 * 24 * HOUR;
		advance(1, month);
		let mut blocks = 0u64;
		while events().is_empty() {
			next_block();
			blocks += 1;
			assert!(blocks < 100);
		}
		// The end was a day after the start.
		assert!(blocks <= 2 + 24 * 60 / u64::from(crate::agenda::PAGES_PER_BLOCK));
		assert_eq!(state(id), Some(State::Expired));
		while Cursor::<Test>::get().unwrap().minute < Now::get() / MINUTE {
			next_block();
			blocks += 1;
			assert!(blocks < 100);
		}
	});
}

#[test]
fn nothing_noted_costs_next_to_nothing() {
	test(|| {
		assert_eq!(
			ChannelsPallet::on_idle(1, Weight::MAX),
			<Test as Config>::WeightInfo::agenda_base()
		);
		assert_eq!(Cursor::<Test>::get(), None);
	});
}

#[test]
fn integrity_of_the_mock() {
	ChannelsPallet::do_integrity_test();
}
