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
		// The event comes once the minute is over.
		assert_eq!(events(), []);
		advance(1, MINUTE);
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
		assert_eq!(state(0), Some(State::Expired));
		advance(1, MINUTE);
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

/// The end of a year is that of most agreements: they are all taken, and all end on time.
#[test]
fn any_number_may_end_at_the_same_time() {
	test(|| {
		const MANY: u32 = 10_000;
		let granted = granted(SELLER, ISSUER, until(4));
		let (template, details) = (
			Channels::<Test>::get(granted).unwrap(),
			ChannelDetails::<Test>::get(granted).unwrap(),
		);
		// Channels of as many others, put in place as an application and a grant do.
		for id in 1_000..1_000 + MANY {
			Channels::<Test>::insert(id, template);
			ChannelDetails::<Test>::insert(id, details.clone());
			ChannelsPallet::note_credential(id, template.credential_until);
			ChannelsPallet::note_grant(id, Some(4));
		}
		System::set_block_number(4);
		events();
		// Half a second of a block's two is enough for a thousand.
		let each = <Test as Config>::WeightInfo::agenda_end();
		let mut blocks = 0;
		while Agenda::<Test>::iter().next().is_some() {
			ChannelsPallet::on_idle(System::block_number(), each.saturating_mul(1_100));
			System::set_block_number(System::block_number() + 1);
			blocks += 1;
			assert!(blocks <= 10, "after {blocks} blocks");
		}
		let ended = events().iter().filter(|e| matches!(e, Event::Expired { .. })).count();
		assert_eq!(ended, MANY as usize + 1);
		for id in 1_000..1_000 + MANY {
			Channels::<Test>::remove(id);
			ChannelDetails::<Test>::remove(id);
			let _ = Standings::<Test>::clear_prefix(id, u32::MAX, None);
		}
		for member in [SELLER, ISSUER] {
			EndedChannels::<Test>::insert(member, frame_support::BoundedVec::truncate_from(vec![granted]));
		}
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
		assert!(used.ref_time() > 0);
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
