// SPDX-License-Identifier: Apache-2.0

//! Random councils, a part of which does its worst: whatever fewer than two thirds decide, one after the other, the others can
//! still decide, and two thirds bring back trade.
//!
//! Validators are another matter: they choose what goes into blocks. Here every block takes what is valid.

use super::{random::world::Rng, setup::*};
use crate::{
	configs::governance::CouncilInstance, AccountId, Channels, CouncilMembership, Members, Runtime, RuntimeCall,
	RuntimeOrigin, SafeMode, System,
};
use codec::Encode;
use frame_support::{assert_ok, dispatch::GetDispatchInfo, traits::GetCallMetadata};
use pallet_channels::State;
use pallet_members::MemberStatus;
use pallet_membership::Call as Seat;
use sealane_primitives::{
	business::{Role, Roles},
	ids::ChannelId,
	traits::ChannelRegistry,
};
use sp_core::sr25519;
use sp_runtime::traits::{BlakeTwo256, Hash};

type Council = pallet_collective::Call<Runtime, CouncilInstance>;

/// Councils that are tried; each of its own size and with its own sequence.
const COUNCILS: u64 = 40;
/// Motions of the hostile part of each.
const MOTIONS: u32 = 60;

/// A council, a bank and a fund that trade, and an anchor that is due.
struct Scene {
	seats: Vec<sr25519::Pair>,
	bank: Institution,
	fund: Institution,
	channel: ChannelId,
}

impl Scene {
	/// The fewest seats that are two thirds.
	fn two_thirds(&self) -> usize {
		(2 * self.seats.len()).div_ceil(3)
	}
}

fn seats() -> Vec<AccountId> {
	pallet_collective::Members::<Runtime, CouncilInstance>::get()
}

/// Proposes, votes and closes as `ayes`; whether the call was accepted. Every one of these extrinsics must be valid.
fn decide(ayes: &[sr25519::Pair], call: RuntimeCall) -> bool {
	let (length_bound, weight) = (call.encoded_size() as u32, call.get_dispatch_info().call_weight);
	let hash = BlakeTwo256::hash_of(&call);
	let index = pallet_collective::ProposalCount::<Runtime, CouncilInstance>::get();
	let does = |who: &sr25519::Pair, call: Council| {
		assert_ok!(send(who, call.into()).expect("a seat's extrinsic is valid"));
	};
	let propose = Council::propose {
		threshold: ayes.len() as u32,
		proposal: Box::new(call),
		length_bound,
	};
	// A seat whose places are all taken makes no motion until one is closed.
	let last = &ayes[ayes.len() - 1];
	if send(last, propose.into())
		.expect("a seat's extrinsic is valid")
		.is_err()
	{
		return false;
	}
	if ayes.len() > 1 {
		for who in ayes {
			let vote = Council::vote {
				proposal: hash,
				index,
				approve: true,
			};
			does(who, vote);
		}
		let close = Council::close {
			proposal_hash: hash,
			index,
			proposal_weight_bound: weight,
			length_bound,
		};
		does(&ayes[0], close);
	}
	let executed = System::events()
		.into_iter()
		.rev()
		.find_map(|record| match record.event {
			crate::RuntimeEvent::Council(pallet_collective::Event::Executed { result, .. }) => Some(result.is_ok()),
			_ => None,
		});
	executed.expect("the motion was carried out")
}

/// Something that the hostile part would like to do.
fn hostile(rng: &mut Rng, scene: &Scene) -> RuntimeCall {
	let member = *rng.pick(&[scene.bank.member, scene.fund.member]).expect("two");
	let reason = || b"because".to_vec().try_into().expect("short");
	let seats = seats();
	let seat = rng.pick(&seats).expect("never empty").clone();
	let outsider = account(&key(&format!("outsider {}", rng.below(9))));
	match rng.below(20) {
		0 => pallet_safe_mode::Call::force_enter {}.into(),
		1 => pallet_safe_mode::Call::force_extend {}.into(),
		2..=5 => {
			let pallets = RuntimeCall::get_module_names();
			let pallet = rng.pick(pallets).expect("some");
			let call = rng.pick(RuntimeCall::get_call_names(pallet)).copied().unwrap_or("none");
			let full_name = super::emergency::name(pallet, call);
			pallet_tx_pause::Call::pause { full_name }.into()
		}
		6 => pallet_members::Call::suspend { member }.into(),
		7 => pallet_members::Call::remove { member }.into(),
		8 => pallet_members::Call::set_roles {
			member,
			roles: Roles::of(&[Role::Operator]),
		}
		.into(),
		9 => pallet_channels::Call::suspend {
			channel: scene.channel,
			reason: reason(),
		}
		.into(),
		10 => pallet_channels::Call::revoke {
			channel: scene.channel,
			reason: reason(),
		}
		.into(),
		11 => Seat::remove_member { who: seat.into() }.into(),
		12 => Seat::reset_members {
			members: vec![outsider],
		}
		.into(),
		13 => Seat::swap_member {
			remove: seat.into(),
			add: outsider.into(),
		}
		.into(),
		14 => Seat::set_prime { who: seat.into() }.into(),
		15 => Seat::add_member { who: outsider.into() }.into(),
		16 => pallet_validators::Call::remove_validator {
			validator: rng.pick(&COUNCIL).expect("five").to_account_id(),
		}
		.into(),
		17 => pallet_whitelist::Call::whitelist_call {
			call_hash: Default::default(),
		}
		.into(),
		18 => {
			let hash = pallet_collective::Proposals::<Runtime, CouncilInstance>::get();
			Council::kill {
				proposal_hash: hash.first().copied().unwrap_or_default(),
			}
			.into()
		}
		_ => pallet_utility::Call::force_batch {
			calls: vec![
				pallet_safe_mode::Call::force_enter {}.into(),
				pallet_members::Call::suspend { member }.into(),
				Seat::remove_member { who: seat.into() }.into(),
			],
		}
		.into(),
	}
}

/// Fills places of the list with motions that stay open.
fn litter(who: &sr25519::Pair, salt: u32) {
	let remark: RuntimeCall = frame_system::Call::remark {
		remark: (account(who), salt).encode(),
	}
	.into();
	let propose = Council::propose {
		threshold: 2,
		length_bound: remark.encoded_size() as u32,
		proposal: Box::new(remark),
	};
	let _ = send(who, propose.into()).expect("a seat's extrinsic is valid");
}

/// What two thirds decide to bring back trade, whatever happened.
fn restore(scene: &mut Scene, chain: &mut Chain) {
	let ayes = scene.seats[scene.seats.len() - scene.two_thirds()..].to_vec();
	chain.block(|| {
		if SafeMode::is_entered() {
			assert!(decide(&ayes, pallet_safe_mode::Call::force_exit {}.into()));
		}
	});
	// By batches, so that the paused ones do not need more blocks than there are in a test.
	let paused: Vec<_> = chain.look(|| pallet_tx_pause::PausedCalls::<Runtime>::iter_keys().collect());
	for ident in paused {
		chain.block(|| assert!(decide(&ayes, pallet_tx_pause::Call::unpause { ident }.into())));
	}
	chain.block(|| {
		for who in [&scene.bank, &scene.fund] {
			let record = pallet_members::Members::<Runtime>::get(who.member).expect("was admitted");
			if let MemberStatus::Suspended { since } = record.status {
				let member = who.member;
				assert!(decide(&ayes, pallet_members::Call::reinstate { member, since }.into()));
			}
		}
		for (who, role) in [(&scene.bank, Role::Seller), (&scene.fund, Role::Issuer)] {
			let call = pallet_members::Call::set_roles {
				member: who.member,
				roles: Roles::of(&[role]),
			};
			assert!(decide(&ayes, call.into()));
		}
	});
	chain.block(|| {
		let channel = scene.channel;
		let details = pallet_channels::ChannelDetails::<Runtime>::get(channel).expect("applied for");
		match pallet_channels::Channels::<Runtime>::get(channel)
			.expect("applied for")
			.state
		{
			State::Granted => (),
			State::Suspended => {
				let since = details.suspension.expect("it is suspended").since;
				assert!(decide(&ayes, pallet_channels::Call::resume { channel, since }.into()));
			}
			// Ended for good: the parties apply anew.
			_ => {
				let entries = vec![cooperation(&scene.bank, &scene.fund, 30)];
				let apply = pallet_channels::Call::apply {
					cooperations: entries.try_into().expect("one fits"),
				};
				assert_ok!(send(&scene.bank.manager, apply.into()).expect("valid"));
				let channel = Channels::newest_channel(scene.bank.member, scene.fund.member).expect("just applied for");
				let signature = countersignature(&scene.fund.manager, channel).expect("the channel exists");
				let countersign = pallet_channels::Call::countersign { channel, signature };
				assert_ok!(send(&scene.fund.manager, countersign.into()).expect("valid"));
				let terms = TERMS;
				assert!(decide(&ayes, pallet_channels::Call::grant { channel, terms }.into()));
				scene.channel = channel;
			}
		}
		assert_ok!(<Channels as ChannelRegistry>::authorise(scene.channel));
	});
}

/// One council, one sequence.
fn a_part_of_the_council_does_its_worst(seed: u64) {
	let mut rng = Rng::new(seed);
	let mut chain = Chain::new();
	let count = 4 + rng.below(6) as usize;
	let seats_of: Vec<_> = (0..count).map(|n| key(&format!("seat {n}"))).collect();
	chain.look(|| {
		let members = seats_of.iter().map(account).collect();
		assert_ok!(CouncilMembership::reset_members(RuntimeOrigin::root(), members));
	});
	let (bank, fund) = chain.look(|| (join("bank", &[Role::Seller]), join("fund", &[Role::Issuer])));
	chain.pass(2);
	let channel = chain.look(|| open_channel(&bank, &fund));
	let mut scene = Scene {
		seats: seats_of,
		bank,
		fund,
		channel,
	};
	let before = chain.look(seats);
	let part = scene.two_thirds() - 1;
	for motion in 0..MOTIONS {
		let votes = 1 + rng.below(part as u32) as usize;
		chain.block(|| {
			// The same call twice is one motion too many: some get in, some do not, none blocks the way.
			let call = hostile(&mut rng, &scene);
			let listed =
				pallet_collective::ProposalOf::<Runtime, CouncilInstance>::contains_key(BlakeTwo256::hash_of(&call));
			if !listed {
				decide(&scene.seats[..votes], call);
			}
			litter(&scene.seats[votes - 1], motion);
		});
		if rng.chance(1, 5) {
			chain.pass(1 + rng.below(20));
		}
		chain.look(|| {
			assert_eq!(
				seats(),
				before,
				"seed {seed}: fewer than two thirds changed the council"
			);
			assert!(Members::profile(scene.bank.member).is_some());
			for who in [&scene.bank, &scene.fund] {
				let status = pallet_members::Members::<Runtime>::get(who.member).map(|record| record.status);
				assert!(
					!matches!(status, Some(MemberStatus::Exited { .. })),
					"seed {seed}: fewer than two thirds removed a member"
				);
			}
		});
	}
	restore(&mut scene, &mut chain);
}

#[test]
fn no_part_of_the_council_locks_the_others_out() {
	for seed in 0..COUNCILS {
		a_part_of_the_council_does_its_worst(seed);
	}
}
