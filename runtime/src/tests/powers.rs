// SPDX-License-Identifier: Apache-2.0

//! Every power of governance lies where `configs/governance.rs` says, at every size of the council. For the consortium's own
//! pallets the table of calls says the same call by call, see `calls`.

use super::setup::*;
use crate::{
	configs::governance::{self as power, CouncilInstance},
	AccountId, CouncilMembership, Runtime, RuntimeCall, RuntimeOrigin, Validators, Whitelist,
};
use frame_support::{
	assert_noop, assert_ok,
	dispatch::DispatchResultWithPostInfo,
	storage::with_transaction,
	traits::{EnsureOrigin, GetCallMetadata, UnfilteredDispatchable},
};
use pallet_collective::RawOrigin;
use sp_keyring::Sr25519Keyring::{Alice, Bob, Charlie, Dave, Eve, Ferdie};
use sp_runtime::{traits::Hash as _, DispatchError, TransactionOutcome};
use std::collections::BTreeSet;

/// How much of the council a power takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Share {
	OneThird,
	MoreThanHalf,
	TwoThirds,
}
use Share::*;

impl Share {
	/// The fewest ayes of a council of `seats`.
	fn least(self, seats: u32) -> u32 {
		match self {
			OneThird => seats.div_ceil(3),
			MoreThanHalf => seats / 2 + 1,
			TwoThirds => (2 * seats).div_ceil(3),
		}
	}
}

/// Who may make a call of a pallet that governance uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
	Council(Share),
	/// This share of the council, which may also leave it to any account to carry the decision out later.
	Relayed(Share),
	/// An account that signs; never the council.
	Account,
	/// Root alone.
	Root,
	/// Nobody, root included.
	Nobody,
}
use Who::*;

fn votes(ayes: u32, seats: u32) -> RuntimeOrigin {
	RawOrigin::<AccountId, CouncilInstance>::Members(ayes, seats).into()
}

/// What a call says to an origin; nothing stays.
fn attempt(call: &RuntimeCall, origin: RuntimeOrigin) -> DispatchResultWithPostInfo {
	with_transaction(|| {
		let result = call.clone().dispatch_bypass_filter(origin);
		TransactionOutcome::Rollback(Ok::<_, DispatchError>(result))
	})
	.expect("the closure never fails")
}

fn is_refused(call: &RuntimeCall, origin: RuntimeOrigin) -> bool {
	matches!(attempt(call, origin), Err(post) if post.error == DispatchError::BadOrigin)
}

/// Accepts `origin` for a power.
fn holds<Power: EnsureOrigin<RuntimeOrigin>>(origin: RuntimeOrigin) -> bool {
	Power::ensure_origin(origin).is_ok()
}

type Test = fn(RuntimeOrigin) -> bool;

#[test]
fn every_power_takes_the_share_of_the_table_at_every_size_of_the_council() {
	let powers: [(&str, Share, Test); 16] = [
		("MemberSuspension", OneThird, holds::<power::MemberSuspension>),
		("ChannelSuspension", OneThird, holds::<power::ChannelSuspension>),
		("AgreementRefusal", MoreThanHalf, holds::<power::AgreementRefusal>),
		("MemberAdmission", MoreThanHalf, holds::<power::MemberAdmission>),
		("ChannelGrant", MoreThanHalf, holds::<power::ChannelGrant>),
		("ChannelResumption", MoreThanHalf, holds::<power::ChannelResumption>),
		("ChannelRevocation", MoreThanHalf, holds::<power::ChannelRevocation>),
		(
			"AgreementRatification",
			MoreThanHalf,
			holds::<power::AgreementRatification>,
		),
		("ReceiptRevocation", MoreThanHalf, holds::<power::ReceiptRevocation>),
		("AnchorPolicySetting", MoreThanHalf, holds::<power::AnchorPolicySetting>),
		("DisputeSettlement", MoreThanHalf, holds::<power::DisputeSettlement>),
		("ValidatorAdmission", MoreThanHalf, holds::<power::ValidatorAdmission>),
		("ValidatorRemoval", MoreThanHalf, holds::<power::ValidatorRemoval>),
		("MemberRemoval", TwoThirds, holds::<power::MemberRemoval>),
		("ConnectionPolicy", TwoThirds, holds::<power::ConnectionPolicy>),
		("ValidatorFloor", TwoThirds, holds::<power::ValidatorFloor>),
	];
	for (name, share, holds) in powers {
		for seats in 1..=100 {
			let least = share.least(seats);
			assert!(holds(votes(least, seats)), "{name}: {least} of {seats} suffice");
			assert!(
				!holds(votes(least - 1, seats)),
				"{name}: {} of {seats} do not",
				least - 1
			);
		}
		assert!(holds(RuntimeOrigin::root()), "{name}: root may");
		for origin in [RuntimeOrigin::none(), RuntimeOrigin::signed(Alice.to_account_id())] {
			assert!(!holds(origin), "{name}: nobody alone may");
		}
	}
}

/// The calls of the SDK's pallets through which the council governs.
fn governance() -> Vec<(RuntimeCall, Who)> {
	let (hash, reason) = (Default::default(), (b"Channels".to_vec(), b"apply".to_vec()));
	let pausable = (reason.0.try_into().expect("short"), reason.1.try_into().expect("short"));
	let who = || Alice.to_account_id();
	let remark = || Box::new(RuntimeCall::System(frame_system::Call::remark { remark: Vec::new() }));
	vec![
		(pallet_safe_mode::Call::force_enter {}.into(), Council(OneThird)),
		(pallet_safe_mode::Call::force_extend {}.into(), Council(MoreThanHalf)),
		(pallet_safe_mode::Call::force_exit {}.into(), Council(TwoThirds)),
		(pallet_safe_mode::Call::enter {}.into(), Account),
		(pallet_safe_mode::Call::extend {}.into(), Account),
		(
			pallet_safe_mode::Call::release_deposit {
				account: who(),
				block: 1,
			}
			.into(),
			Account,
		),
		(
			pallet_safe_mode::Call::force_slash_deposit {
				account: who(),
				block: 1,
			}
			.into(),
			Root,
		),
		(
			pallet_safe_mode::Call::force_release_deposit {
				account: who(),
				block: 1,
			}
			.into(),
			Root,
		),
		(
			pallet_tx_pause::Call::pause {
				full_name: pausable.clone(),
			}
			.into(),
			Council(MoreThanHalf),
		),
		(
			pallet_tx_pause::Call::unpause { ident: pausable }.into(),
			Council(TwoThirds),
		),
		(
			pallet_membership::Call::add_member {
				who: Ferdie.to_account_id().into(),
			}
			.into(),
			Council(TwoThirds),
		),
		(
			pallet_membership::Call::remove_member { who: who().into() }.into(),
			Council(TwoThirds),
		),
		(
			pallet_membership::Call::swap_member {
				remove: who().into(),
				add: Ferdie.to_account_id().into(),
			}
			.into(),
			Council(TwoThirds),
		),
		(
			pallet_membership::Call::reset_members { members: vec![who()] }.into(),
			Council(TwoThirds),
		),
		(
			pallet_membership::Call::change_key {
				new: Ferdie.to_account_id().into(),
			}
			.into(),
			Account,
		),
		(pallet_membership::Call::set_prime { who: who().into() }.into(), Nobody),
		(pallet_membership::Call::clear_prime {}.into(), Nobody),
		(
			pallet_whitelist::Call::whitelist_call { call_hash: hash }.into(),
			Council(TwoThirds),
		),
		(
			pallet_whitelist::Call::remove_whitelisted_call { call_hash: hash }.into(),
			Council(TwoThirds),
		),
		(
			pallet_whitelist::Call::remove_deferred_dispatch { call_hash: hash }.into(),
			Account,
		),
		(
			pallet_whitelist::Call::dispatch_whitelisted_call {
				call_hash: hash,
				call_encoded_len: 1,
				call_weight_witness: Default::default(),
			}
			.into(),
			Relayed(TwoThirds),
		),
		(
			pallet_whitelist::Call::dispatch_whitelisted_call_with_preimage { call: remark() }.into(),
			Relayed(TwoThirds),
		),
		(
			pallet_scheduler::Call::schedule {
				when: 9,
				maybe_periodic: None,
				priority: 0,
				call: remark(),
			}
			.into(),
			Council(TwoThirds),
		),
		(
			pallet_scheduler::Call::cancel { when: 9, index: 0 }.into(),
			Council(TwoThirds),
		),
		(
			pallet_scheduler::Call::cancel_named { id: [0; 32] }.into(),
			Council(TwoThirds),
		),
		(
			pallet_collective::Call::<Runtime, CouncilInstance>::disapprove_proposal { proposal_hash: hash }.into(),
			Council(TwoThirds),
		),
		(
			pallet_collective::Call::<Runtime, CouncilInstance>::kill { proposal_hash: hash }.into(),
			Council(TwoThirds),
		),
		(
			pallet_collective::Call::<Runtime, CouncilInstance>::set_members {
				new_members: vec![who()],
				prime: None,
				old_count: 5,
			}
			.into(),
			Root,
		),
		(pallet_migrations::Call::force_set_cursor { cursor: None }.into(), Root),
		(pallet_migrations::Call::force_onboard_mbms {}.into(), Root),
		(frame_system::Call::set_storage { items: Vec::new() }.into(), Root),
		(frame_system::Call::kill_storage { keys: Vec::new() }.into(), Root),
		(
			frame_system::Call::kill_prefix {
				prefix: Vec::new(),
				subkeys: 0,
			}
			.into(),
			Root,
		),
		(frame_system::Call::authorize_upgrade { code_hash: hash }.into(), Root),
		(
			pallet_utility::Call::with_weight {
				call: remark(),
				weight: Default::default(),
			}
			.into(),
			Root,
		),
	]
}

#[test]
fn governance_calls_take_the_origin_of_the_table() {
	local().execute_with(|| {
		for (call, who) in governance() {
			let name = call.get_call_metadata();
			let accepted_from = (1..=5).find(|ayes| !is_refused(&call, council(*ayes)));
			let expected = match who {
				Council(share) | Relayed(share) => Some(share.least(5)),
				Account | Root | Nobody => None,
			};
			assert_eq!(accepted_from, expected, "{name:?}: ayes of five that suffice");
			// An account alone, councillor or not, has no power of the council.
			let alone = RuntimeOrigin::signed(Alice.to_account_id());
			let by_origin = matches!(who, Council(_) | Root | Nobody);
			assert_eq!(is_refused(&call, alone.clone()), by_origin, "{name:?}: signed");
			// Where it may carry out a decision, there must be one.
			assert!(
				!matches!(who, Relayed(_)) || attempt(&call, alone).is_err(),
				"{name:?}: signed"
			);
			assert_eq!(
				is_refused(&call, RuntimeOrigin::root()),
				matches!(who, Account | Nobody),
				"{name:?}: root"
			);
			assert!(is_refused(&call, RuntimeOrigin::none()), "{name:?}: no origin");
		}
	});
}

#[test]
fn no_call_of_a_governing_pallet_is_left_out() {
	let covered: BTreeSet<_> = governance()
		.iter()
		.map(|(call, _)| call.get_call_metadata())
		.map(|name| (name.pallet_name, name.function_name))
		.collect();
	for pallet in ["SafeMode", "TxPause", "CouncilMembership", "Whitelist"] {
		for call in RuntimeCall::get_call_names(pallet) {
			assert!(covered.contains(&(pallet, *call)), "{pallet}.{call} is in no row");
		}
	}
}

#[test]
fn validators_never_fall_below_the_floor() {
	local().execute_with(|| {
		// With five in the genesis the floor is four, and a majority does not lower it.
		assert_ok!(Validators::remove_validator(council(3), Bob.to_account_id()));
		let refused = pallet_validators::Error::<Runtime>::FloorReached;
		assert_noop!(
			Validators::remove_validator(council(3), Charlie.to_account_id()),
			refused
		);
		assert_noop!(Validators::set_floor(council(3), 1), DispatchError::BadOrigin);
		assert_ok!(Validators::set_floor(council(4), 1));
		for validator in [Charlie, Dave, Eve] {
			assert_ok!(Validators::remove_validator(council(3), validator.to_account_id()));
		}
		assert!(Validators::remove_validator(council(3), Alice.to_account_id()).is_err());
	});
}

#[test]
fn root_is_dispatched_for_two_thirds_only() {
	local().execute_with(|| {
		let call = RuntimeCall::System(frame_system::Call::set_storage {
			items: vec![(b"k".to_vec(), b"v".to_vec())],
		});
		let hash = <Runtime as frame_system::Config>::Hashing::hash_of(&call);
		assert_noop!(Whitelist::whitelist_call(council(3), hash), DispatchError::BadOrigin);
		assert_ok!(Whitelist::whitelist_call(council(4), hash));
		assert!(Whitelist::dispatch_whitelisted_call_with_preimage(council(3), Box::new(call.clone())).is_err());
		assert_ok!(Whitelist::dispatch_whitelisted_call_with_preimage(
			council(4),
			Box::new(call)
		));
		assert_eq!(frame_support::storage::unhashed::get_raw(b"k"), Some(b"v".to_vec()));
	});
}

#[test]
fn a_lost_seat_takes_its_vote_along() {
	local().execute_with(|| {
		assert_ok!(CouncilMembership::remove_member(council(4), Eve.to_account_id().into()));
		let motion = RuntimeCall::System(frame_system::Call::remark { remark: Vec::new() });
		let propose = |who: sp_keyring::Sr25519Keyring| {
			crate::Council::propose(
				RuntimeOrigin::signed(who.to_account_id()),
				2,
				Box::new(motion.clone()),
				100,
			)
		};
		assert!(propose(Eve).is_err());
		assert!(propose(Dave).is_ok());
	});
}
