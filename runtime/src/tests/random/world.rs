// SPDX-License-Identifier: Apache-2.0

//! Whom the sequences are about, how time passes between calls, and where the random numbers come from.

use crate::{
	configs::{consensus::SessionPeriod, governance::CouncilInstance},
	tests::setup::{self, join, key, next_slot, open_channel, Institution, COUNCIL},
	AccountId, AllPalletsWithSystem, Channels, Council, Runtime, RuntimeCall, RuntimeEvent, RuntimeOrigin, System,
	Timestamp, Validators, MINUTES, SLOT_DURATION_MS,
};
use codec::Encode;
use frame_support::{
	assert_ok,
	dispatch::GetDispatchInfo,
	traits::{OnFinalize, OnIdle, OnInitialize},
	weights::Weight,
};
use sealane_primitives::business::Role;
use sp_consensus_aura::AURA_ENGINE_ID;
use sp_core::sr25519;
use sp_runtime::{
	traits::{BlakeTwo256, Hash},
	Digest, DigestItem, Perbill,
};
use sp_staking::offence::{OffenceDetails, OnOffenceHandler};

/// SplitMix64: small, and the same everywhere.
pub struct Rng(u64);

impl Rng {
	pub fn new(seed: u64) -> Self {
		// Neighbouring seeds must not give the same stream a few numbers apart.
		let mut first = Rng(seed);
		Rng(first.next() ^ first.next().rotate_left(32))
	}

	pub fn next(&mut self) -> u64 {
		self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
		let mut z = self.0;
		z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
		z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
		z ^ (z >> 31)
	}

	/// A number below `bound`, 0 where that is 0.
	pub fn below(&mut self, bound: u32) -> u32 {
		(self.next() % u64::from(bound.max(1))) as u32
	}

	/// True `times` out of `of`.
	pub fn chance(&mut self, times: u32, of: u32) -> bool {
		self.below(of) < times
	}

	pub fn pick<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
		let place = self.below(list.len() as u32) as usize;
		list.get(place)
	}
}

/// The accounts of a sequence. Which of them is what changes as it goes.
pub struct World {
	/// Manage members, or might.
	pub managers: Vec<sr25519::Pair>,
	/// Sign for nodes, or might.
	pub delegates: Vec<AccountId>,
	/// Belong to nobody.
	pub outsiders: Vec<AccountId>,
}

impl World {
	/// A consortium of four members with a granted channel, in its first block.
	pub fn begin() -> Self {
		System::set_block_number(0);
		let mut world = World {
			managers: Vec::new(),
			delegates: Vec::new(),
			outsiders: ["nobody", "stranger"].map(|name| setup::account(&key(name))).to_vec(),
		};
		next_block(1);
		let roles: [&[Role]; 4] = [
			&[Role::Seller],
			&[Role::Seller, Role::Issuer],
			&[Role::Issuer],
			&[Role::Issuer, Role::Auditor],
		];
		let institutions: Vec<Institution> = ["m0", "m1", "m2", "m3"]
			.into_iter()
			.zip(roles)
			.map(|(name, roles)| join(name, roles))
			.collect();
		// Ids that end odd are the one's, those that end even are the other's.
		for digit in 0..8 {
			for letter in ['I', 'P'] {
				let issuer = institutions[2 - digit % 2].member;
				let prefix = super::calls::name(&format!("{letter}{digit}"));
				assert_ok!(Channels::grant_prefix(setup::council(3), issuer, prefix));
			}
		}
		for issuer in &institutions[1..3] {
			let id = super::calls::name(&format!("I{}", issuer.member));
			assert_ok!(Channels::register_interface(issuer.origin(), id, issuer.node));
		}
		open_channel(&institutions[0], &institutions[2]);
		world.managers = institutions.iter().map(|it| it.manager.clone()).collect();
		world.managers.extend(["m4", "m5", "m6"].map(key));
		world.delegates = institutions.iter().map(|it| setup::account(&it.delegate)).collect();
		world
			.delegates
			.extend(["d4", "d5", "d6", "d7"].map(|name| setup::account(&key(name))));
		world
	}

	/// The key of a manager's account.
	pub fn key_of(&self, who: &AccountId) -> Option<&sr25519::Pair> {
		self.managers.iter().find(|pair| setup::account(pair) == *who)
	}

	/// Proposes, votes and closes; whether the motion's call was accepted.
	pub fn motion(&self, call: RuntimeCall, ayes: u32) -> bool {
		let (length, weight) = (call.encoded_size() as u32, call.get_dispatch_info().call_weight);
		let hash = BlakeTwo256::hash_of(&call);
		let index = pallet_collective::ProposalCount::<Runtime, CouncilInstance>::get();
		let seat = |n: u32| RuntimeOrigin::signed(COUNCIL[n as usize % COUNCIL.len()].to_account_id());
		// A motion of a single aye is carried out at once.
		assert_ok!(Council::propose(seat(0), ayes.max(1), Box::new(call), length));
		if ayes > 1 {
			for aye in 0..ayes {
				assert_ok!(Council::vote(seat(aye), hash, index, true));
			}
			assert_ok!(Council::close(seat(4), hash, index, weight, length));
		}
		let result = System::read_events_no_consensus().filter_map(|record| match record.event {
			RuntimeEvent::Council(
				pallet_collective::Event::Executed { result, .. }
				| pallet_collective::Event::MemberExecuted { result, .. },
			) => Some(result),
			_ => None,
		});
		result.last().expect("the motion was carried out").is_ok()
	}

	/// What happens between two calls: time passes, and now and then a validator offends.
	pub fn meanwhile(&self, rng: &mut Rng) {
		match rng.below(40) {
			0 => {
				// Far enough for keys, grants and credentials to end.
				let blocks = rng.below(3 * MINUTES);
				next_block(blocks.max(1));
			}
			1 | 2 => {
				// To the block that ends the session.
				let to_end = SessionPeriod::get() - System::block_number() % SessionPeriod::get();
				next_block(to_end);
			}
			3 => {
				let set = pallet_session::Validators::<Runtime>::get();
				if let Some(offender) = rng.pick(&set).cloned() {
					let details = OffenceDetails::<AccountId, _> {
						offender: (offender, ()),
						reporters: Vec::new(),
					};
					let session = crate::Session::current_index();
					Validators::on_offence(&[details], &[Perbill::from_percent(rng.below(101))], session);
				}
			}
			_ => next_block(1),
		}
	}
}

/// Ends the block under way and begins the one `ahead` blocks later, whose slot is as many later.
fn next_block(ahead: u32) {
	let old = System::block_number();
	if old > 0 {
		AllPalletsWithSystem::on_idle(old, Weight::MAX);
		AllPalletsWithSystem::on_finalize(old);
	}
	let number = old + ahead;
	let mut slot = next_slot() + u64::from(ahead - 1);
	// The author of a skipped slot may be one that is shut out.
	if ahead > 1 {
		pallet_aura::CurrentSlot::<Runtime>::put(sp_consensus_aura::Slot::from(slot - 1));
		slot = next_slot();
	}
	let digest = Digest {
		logs: vec![DigestItem::PreRuntime(AURA_ENGINE_ID, slot.encode())],
	};
	System::reset_events();
	System::set_block_number(number - 1);
	System::initialize(&number, &BlakeTwo256::hash_of(&old), &digest);
	AllPalletsWithSystem::on_initialize(number);
	assert_ok!(Timestamp::set(RuntimeOrigin::none(), slot * SLOT_DURATION_MS));
}
