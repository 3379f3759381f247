// SPDX-License-Identifier: Apache-2.0

//! When sessions end, and what that costs members.

use super::setup::*;
use crate::{
	configs::consensus::{EquivocationReportLongevity, MaxSetIdSessionEntries, SessionPeriod},
	Members, Runtime, RuntimeCall, Session, SessionKeys, System, Validators, DAYS,
};
use frame_support::assert_ok;
use sealane_primitives::business::Role;
use sp_core::{ed25519, Pair};

fn remark() -> RuntimeCall {
	frame_system::Call::remark {
		remark: b"business as usual".to_vec(),
	}
	.into()
}

/// The block that ends a session takes nothing of members and delegates, anchors included: one in fifteen, when sessions ended by
/// the clock, and each of them the slowest anchor of its half minute.
#[test]
fn a_quiet_network_takes_members_calls_in_every_block() {
	let mut chain = Chain::new();
	let bank = chain.look(|| join("bank", &[Role::Seller]));
	let mut refused = Vec::new();
	for _ in 0..4 * SessionPeriod::get() {
		chain.block(|| {
			if !matches!(send(&bank.manager, remark()), Ok(Ok(_))) {
				refused.push(System::block_number());
			}
		});
	}
	assert_eq!(refused, Vec::<u32>::new());
	assert_eq!(chain.look(Session::current_index), 0);
}

#[test]
fn a_new_validator_ends_two_sessions_and_no_more() {
	let mut chain = Chain::new();
	let bank = chain.look(|| {
		let bank = join("bank", &[Role::Seller]);
		let keys = SessionKeys {
			aura: bank.delegate.public().into(),
			grandpa: ed25519::Pair::from_seed(&bank.delegate.public().0).public().into(),
		};
		pallet_session::NextKeys::<Runtime>::insert(account(&bank.manager), keys);
		bank
	});
	chain.block(|| {
		assert_ok!(Validators::add_validator(council(3), account(&bank.manager)));
	});
	chain.pass(2 * SessionPeriod::get());
	chain.look(|| {
		assert_eq!(Session::current_index(), 2);
		assert!(Session::validators().contains(&account(&bank.manager)));
	});
	chain.pass(4 * SessionPeriod::get());
	assert_eq!(chain.look(Session::current_index), 2);
}

/// GRANDPA's way out of a standstill takes effect with the end of a session.
#[test]
fn a_stalled_grandpa_ends_the_session() {
	let mut chain = Chain::new();
	chain.pass(3);
	chain.look(|| pallet_grandpa::Stalled::<Runtime>::put((1, 2)));
	chain.pass(SessionPeriod::get());
	chain.look(|| {
		assert_eq!(Session::current_index(), 1);
		assert_eq!(crate::Grandpa::stalled(), None);
	});
}

#[test]
fn equivocations_can_be_reported_for_a_week_of_blocks() {
	assert_eq!(EquivocationReportLongevity::get(), u64::from(7 * DAYS));
	// However often sets change, the sessions of a week are remembered.
	assert!(MaxSetIdSessionEntries::get() * u64::from(SessionPeriod::get()) >= EquivocationReportLongevity::get());
}

/// A third of the council may suspend. Whoever it suspends stays connected: the majority's validators above all, and the nodes
/// through which its motion to reinstate them has to go.
#[test]
fn a_third_of_the_council_takes_no_validator_off_the_network() {
	local().execute_with(|| {
		let members: Vec<_> = ["a", "b", "c", "d", "e"]
			.iter()
			.map(|name| join(name, &[Role::Seller]))
			.collect();
		for member in &members {
			let keys = SessionKeys {
				aura: member.delegate.public().into(),
				grandpa: ed25519::Pair::from_seed(&member.delegate.public().0).public().into(),
			};
			pallet_session::NextKeys::<Runtime>::insert(account(&member.manager), keys);
			assert_ok!(Validators::add_validator(council(3), account(&member.manager)));
		}
		assert_ok!(Members::set_connection_policy(council(4), true));
		let before = Members::authorised_peers();
		assert_eq!(before.len(), 5);
		for member in &members[..3] {
			assert_ok!(Members::suspend(council(2), member.member));
		}
		assert_eq!(Members::authorised_peers(), before);
	});
}
