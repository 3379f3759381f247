// SPDX-License-Identifier: Apache-2.0

//! What a motion may do is what was voted for: a seat that is silent agrees to nothing, whoever is prime and however long it
//! takes.

use super::setup::*;
use crate::{
	configs::governance::{CouncilInstance, MotionDuration},
	AccountId, CouncilMembership, Runtime, RuntimeCall, RuntimeEvent, RuntimeOrigin, System,
};
use codec::Encode;
use frame_support::{
	assert_noop, assert_ok,
	dispatch::{GetDispatchInfo, PostDispatchInfo},
};
use sp_core::sr25519;
use sp_runtime::{
	traits::{BlakeTwo256, Hash},
	DispatchError, DispatchErrorWithPostInfo,
};

type Council = pallet_collective::Call<Runtime, CouncilInstance>;

/// How a motion ended.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
	/// Ayes and nays with which it was closed.
	closed: (u32, u32),
	/// Whether its call was dispatched.
	executed: bool,
	/// Whether what it wanted to do with root was done.
	root_ran: bool,
}

/// A motion for something that only root may do, through the whitelist, as upgrades go.
struct Motion {
	call: RuntimeCall,
	key: Vec<u8>,
	index: u32,
}

impl Motion {
	fn new(number: u32) -> Self {
		let key = format!("written by motion {number}").into_bytes();
		let write: RuntimeCall = frame_system::Call::set_storage {
			items: vec![(key.clone(), b"yes".to_vec())],
		}
		.into();
		let call = pallet_utility::Call::batch_all {
			calls: vec![
				pallet_whitelist::Call::whitelist_call {
					call_hash: BlakeTwo256::hash_of(&write),
				}
				.into(),
				pallet_whitelist::Call::dispatch_whitelisted_call_with_preimage { call: Box::new(write) }.into(),
			],
		}
		.into();
		let index = pallet_collective::ProposalCount::<Runtime, CouncilInstance>::get();
		Motion { call, key, index }
	}

	fn hash(&self) -> crate::Hash {
		BlakeTwo256::hash_of(&self.call)
	}

	fn put_to_the_vote(&self, seats: &[sr25519::Pair], threshold: u32, ayes: usize, nays: usize) {
		let propose = Council::propose {
			threshold,
			length_bound: self.call.encoded_size() as u32,
			proposal: Box::new(self.call.clone()),
		};
		accepted(&seats[seats.len() - 1], propose);
		for (place, seat) in seats[..ayes + nays].iter().enumerate() {
			let vote = Council::vote {
				proposal: self.hash(),
				index: self.index,
				approve: place < ayes,
			};
			accepted(seat, vote);
		}
	}

	fn close(&self, by: &sr25519::Pair) -> Outcome {
		System::reset_events();
		let close = Council::close {
			proposal_hash: self.hash(),
			index: self.index,
			proposal_weight_bound: self.call.get_dispatch_info().call_weight,
			length_bound: self.call.encoded_size() as u32,
		};
		accepted(by, close);
		let mut outcome = Outcome {
			closed: (0, 0),
			executed: false,
			root_ran: sp_io::storage::get(&self.key).is_some(),
		};
		for record in System::events() {
			match record.event {
				RuntimeEvent::Council(pallet_collective::Event::Closed { yes, no, .. }) => outcome.closed = (yes, no),
				RuntimeEvent::Council(pallet_collective::Event::Executed { .. }) => outcome.executed = true,
				_ => (),
			}
		}
		outcome
	}
}

fn accepted(who: &sr25519::Pair, call: Council) {
	assert_ok!(send(who, call.into()).expect("a councillor's extrinsic is valid"));
}

/// The council of the `seats`, with the first of them as prime or none, however it came to be.
fn seat(seats: &[AccountId], prime: bool) {
	assert_ok!(CouncilMembership::reset_members(RuntimeOrigin::root(), seats.to_vec()));
	pallet_collective::Prime::<Runtime, CouncilInstance>::set(prime.then(|| seats[0].clone()));
}

/// Seats, thresholds, ayes, nays, silence, with a prime that is for it and without: closed after its time, a motion has exactly the
/// ayes that were cast.
#[test]
fn silence_is_no_vote_at_any_size_of_the_council() {
	for count in 1..=7u32 {
		let mut chain = Chain::new();
		let seats: Vec<_> = (0..count).map(|n| key(&format!("seat {n}"))).collect();
		let accounts: Vec<_> = seats.iter().map(account).collect();
		for prime in [false, true] {
			chain.look(|| seat(&accounts, prime));
			// A new seat's allowance fills.
			chain.pass(2);
			// With a threshold of one there is no vote; see below.
			for threshold in 2..=count {
				for ayes in 0..=count {
					for nays in 0..=count - ayes {
						let number = chain.look(pallet_collective::ProposalCount::<Runtime, CouncilInstance>::get);
						let motion = chain.look(|| Motion::new(number));
						chain.block(|| motion.put_to_the_vote(&seats, threshold, ayes as usize, nays as usize));
						chain.skip(MotionDuration::get());
						let outcome = chain.block(|| motion.close(&seats[0]));
						let passed = ayes >= threshold;
						let silent = count - ayes - nays;
						// Enough of either side and it is closed with the votes as they are; else the silent are no ayes.
						let settled = passed || count - nays < threshold;
						assert_eq!(
							outcome,
							Outcome {
								closed: (ayes, if settled { nays } else { nays + silent }),
								executed: passed,
								root_ran: passed && 3 * ayes >= 2 * count,
							},
							"{count} seats, threshold {threshold}, {ayes} ayes, {nays} nays, prime {prime}"
						);
					}
				}
			}
		}
	}
}

/// A threshold of one is no way around: the call has one aye.
#[test]
fn a_motion_without_a_vote_has_one_aye() {
	for count in 1..=7u32 {
		let mut chain = Chain::new();
		let seats: Vec<_> = (0..count).map(|n| key(&format!("seat {n}"))).collect();
		chain.look(|| seat(&seats.iter().map(account).collect::<Vec<_>>(), true));
		chain.pass(2);
		for threshold in [0, 1] {
			let motion = chain.look(|| Motion::new(threshold));
			let ran = chain.block(|| {
				motion.put_to_the_vote(&seats, threshold, 0, 0);
				sp_io::storage::get(&motion.key).is_some()
			});
			assert_eq!(ran, count == 1, "{count} seats");
		}
	}
}

#[test]
fn nobody_makes_a_prime() {
	local().execute_with(|| {
		let refused = DispatchErrorWithPostInfo {
			post_info: PostDispatchInfo::default(),
			error: DispatchError::BadOrigin,
		};
		let alice = COUNCIL[0].to_account_id();
		for origin in [council(5), RuntimeOrigin::root(), RuntimeOrigin::signed(alice.clone())] {
			assert_noop!(CouncilMembership::set_prime(origin, alice.clone().into()), refused);
		}
	});
}
