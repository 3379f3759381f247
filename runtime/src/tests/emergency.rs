// SPDX-License-Identifier: Apache-2.0

//! Safe mode and paused calls: what stands still, what goes on, and that the way back is never closed.

use super::setup::*;
use crate::{
	configs::governance::CouncilInstance, Anchors, Members, Runtime, RuntimeCall, RuntimeEvent, RuntimeOrigin,
	SafeMode, System, TxPause,
};
use codec::Encode;
use frame_support::{
	assert_noop, assert_ok,
	dispatch::{DispatchResultWithPostInfo, GetDispatchInfo},
	traits::GetCallMetadata,
};
use sealane_primitives::{
	business::{Role, Roles},
	directory::Refusal,
	traits::ChannelRegistry,
};
use sp_keyring::Sr25519Keyring;
use sp_runtime::{
	traits::{BlakeTwo256, Dispatchable, Hash},
	DispatchError,
};

fn filtered() -> DispatchError {
	frame_system::Error::<Runtime>::CallFiltered.into()
}

/// Sends a call through the filter, as extrinsics go.
fn dispatch(call: impl Into<RuntimeCall>, origin: RuntimeOrigin) -> DispatchResultWithPostInfo {
	call.into().dispatch(origin)
}

fn is_filtered(call: impl Into<RuntimeCall>, origin: RuntimeOrigin) -> bool {
	dispatch(call, origin).is_err_and(|post| post.error == filtered())
}

/// Proposes, votes and closes as the first `ayes` councillors; what the motion's call answered.
pub fn motion(ayes: u32, call: impl Into<RuntimeCall>) -> Result<(), DispatchError> {
	motion_of(&COUNCIL[..ayes as usize], call)
}

/// The same as these councillors.
pub fn motion_of(ayes: &[Sr25519Keyring], call: impl Into<RuntimeCall>) -> Result<(), DispatchError> {
	let call = call.into();
	let (length, weight) = (call.encoded_size() as u32, call.get_dispatch_info().call_weight);
	let hash = BlakeTwo256::hash_of(&call);
	let index = pallet_collective::ProposalCount::<Runtime, CouncilInstance>::get();
	let ayes: Vec<_> = ayes.iter().map(|k| k.pair()).collect();
	let sent = |who: &sp_core::sr25519::Pair, call: RuntimeCall| {
		assert_ok!(send(who, call).expect("a councillor's extrinsic is valid"));
	};
	let threshold = ayes.len() as u32;
	sent(
		&ayes[0],
		pallet_collective::Call::<Runtime, CouncilInstance>::propose {
			threshold,
			proposal: Box::new(call),
			length_bound: length,
		}
		.into(),
	);
	for who in &ayes {
		let vote = pallet_collective::Call::<Runtime, CouncilInstance>::vote {
			proposal: hash,
			index,
			approve: true,
		};
		sent(who, vote.into());
	}
	sent(
		&ayes[0],
		pallet_collective::Call::<Runtime, CouncilInstance>::close {
			proposal_hash: hash,
			index,
			proposal_weight_bound: weight,
			length_bound: length,
		}
		.into(),
	);
	System::events()
		.into_iter()
		.rev()
		.find_map(|record| match record.event {
			RuntimeEvent::Council(pallet_collective::Event::Executed { result, .. }) => Some(result),
			_ => None,
		})
		.expect("the motion was closed")
}

#[test]
fn safe_mode_holds_trading_permissions_and_nothing_else() {
	let mut chain = Chain::new();
	let (bank, fund) = chain.look(|| (join("bank", &[Role::Seller]), join("fund", &[Role::Issuer])));
	chain.block(|| {
		assert_ok!(motion(2, pallet_safe_mode::Call::force_enter {}));
	});
	chain.block(|| {
		assert!(SafeMode::is_entered());
		// Trading permissions stand still, for members and for the council.
		let apply = || {
			let entries = vec![cooperation(&bank, &fund, 30)].try_into().expect("one fits");
			pallet_channels::Call::<Runtime>::apply { cooperations: entries }
		};
		assert_eq!(
			send(&bank.manager, apply().into()).expect("valid, though without effect"),
			Err(filtered())
		);
		let roles = pallet_members::Call::<Runtime>::set_roles {
			member: fund.member,
			roles: Roles::of(&[Role::Seller]),
		};
		assert_eq!(motion(3, roles), Err(filtered()));
		let issue = pallet_receipts::Call::<Runtime>::issue {
			commitment: [1; 32],
			accepted: true,
		};
		assert!(is_filtered(issue, fund.origin()));
		// Nor do they go on in a wrapping.
		let batch = pallet_utility::Call::<Runtime>::batch_all {
			calls: vec![apply().into()],
		};
		assert!(is_filtered(batch, bank.origin()));
		let wrapped = pallet_multisig::Call::<Runtime>::as_multi_threshold_1 {
			other_signatories: vec![account(&fund.manager)],
			call: Box::new(apply().into()),
		};
		let before = crate::Channels::channels_of(bank.member);
		let _ = dispatch(wrapped, bank.origin());
		assert_eq!(crate::Channels::channels_of(bank.member), before);
		// Evidence goes on.
		let anchor = pallet_anchors::Call::<Runtime>::anchor {
			sequence: 0,
			root: [7; 32],
		};
		assert_ok!(send(&bank.delegate, anchor.into()).expect("evidence is taken"));
		assert_eq!(Anchors::next_anchor(bank.node), 1);
		// Governance goes on.
		let validator = COUNCIL[4].to_account_id();
		assert_ok!(motion(
			3,
			pallet_validators::Call::<Runtime>::remove_validator { validator }
		));
	});
	chain.block(|| {
		assert_eq!(
			motion(3, pallet_safe_mode::Call::force_exit {}),
			Err(DispatchError::BadOrigin)
		);
		assert_ok!(motion(4, pallet_safe_mode::Call::force_exit {}));
		assert!(!SafeMode::is_entered());
		let roles = pallet_members::Call::<Runtime>::set_roles {
			member: fund.member,
			roles: Roles::of(&[Role::Seller]),
		};
		assert_ok!(motion(3, roles));
	});
}

/// Channels carry payloads in safe mode as before: the council can close them, one by one or with a member, and nobody else can.
#[test]
fn safe_mode_takes_away_on() {
	let mut chain = Chain::new();
	let (bank, fund) = chain.look(|| (join("bank", &[Role::Seller]), join("fund", &[Role::Issuer])));
	chain.pass(1);
	let channel = chain.look(|| open_channel(&bank, &fund));
	let allowed = || <crate::Channels as ChannelRegistry>::authorise(channel);
	let reason = || b"incident 7".to_vec().try_into().expect("short");
	chain.block(|| {
		assert_ok!(motion(2, pallet_safe_mode::Call::force_enter {}));
		assert_ok!(allowed());
		let suspend = || pallet_channels::Call::<Runtime>::suspend {
			channel,
			reason: reason(),
		};
		let alone = send(&bank.manager, suspend().into()).expect("valid, though without effect");
		assert_eq!(alone, Err(DispatchError::BadOrigin));
		assert_ok!(motion(2, suspend()));
		assert_eq!(allowed(), Err(Refusal::Suspended));
		// What opens it again does not go.
		let since = System::block_number();
		let resume = pallet_channels::Call::<Runtime>::resume { channel, since };
		assert_eq!(motion(3, resume), Err(filtered()));
		assert_ok!(motion(
			3,
			pallet_channels::Call::<Runtime>::revoke {
				channel,
				reason: reason()
			}
		));
	});
	chain.block(|| {
		let suspend = pallet_members::Call::<Runtime>::suspend { member: fund.member };
		assert_ok!(motion(2, suspend));
		assert_eq!(Members::member_entry(fund.member).map(|m| m.active), Some(false));
		let reinstate = pallet_members::Call::<Runtime>::reinstate {
			member: fund.member,
			since: System::block_number(),
		};
		assert_eq!(motion(3, reinstate), Err(filtered()));
		assert_ok!(motion(
			4,
			pallet_members::Call::<Runtime>::force_remove_node { node: fund.node }
		));
		assert_ok!(motion(
			4,
			pallet_members::Call::<Runtime>::remove { member: fund.member }
		));
		assert!(SafeMode::is_entered());
	});
}

/// What a member does against a theft does not wait for safe mode to end; nor what a party or an issuer ends. What gives, waits.
#[test]
fn safe_mode_lets_members_defend_themselves() {
	let mut chain = Chain::new();
	let (bank, fund) = chain.look(|| (join("bank", &[Role::Seller]), join("fund", &[Role::Issuer])));
	chain.pass(1);
	let channel = chain.look(|| open_channel(&bank, &fund));
	let issued = |byte: u8| pallet_receipts::Call::<Runtime>::issue {
		commitment: [byte; 32],
		accepted: true,
	};
	chain.look(|| {
		for byte in 1..=4 {
			assert_ok!(dispatch(issued(byte), fund.origin()));
		}
		use sealane_primitives::clauses::{Clause, ClauseCode, Clauses, Condition};
		let adult = Clause {
			code: ClauseCode::new(b"adult").expect("letters"),
			any_of: vec![Condition::AgeAtLeast(18)].try_into().expect("one fits"),
		};
		let clauses: Clauses = vec![adult].try_into().expect("one fits");
		assert_ok!(crate::Agreements::propose(
			bank.origin(),
			channel,
			sealane_primitives::directory::Scope::All,
			clauses,
			None
		));
		assert_ok!(SafeMode::force_enter(council(2)));
	});
	use pallet_members::Call as Member;
	use pallet_receipts::{Call as Receipt, RevocationReason};
	let (new, successor) = (courier_key("fresh"), key("successor"));
	chain.block(|| {
		let now = System::block_number();
		let does = |who: &Institution, call: RuntimeCall| {
			let name = call.get_call_metadata();
			assert_eq!(send(&who.manager, call).expect("valid"), Ok(()), "{name:?}");
		};
		does(
			&bank,
			Member::announce_keys {
				node: bank.node,
				signing: new,
				sealing: new,
				valid_from: now + 1,
				overlap: crate::MINUTES,
			}
			.into(),
		);
		let old = courier_key("bank/courier");
		does(
			&bank,
			Member::retire_keys {
				node: bank.node,
				signing: old,
			}
			.into(),
		);
		does(
			&bank,
			Member::set_delegate {
				node: bank.node,
				delegate: account(&successor),
			}
			.into(),
		);
		does(&fund, Member::remove_node { node: fund.node }.into());
		does(
			&fund,
			Receipt::revoke {
				commitment: [1; 32],
				reason: RevocationReason::Fraud,
			}
			.into(),
		);
		does(&fund, Receipt::close { commitment: [2; 32] }.into());
		does(
			&fund,
			Receipt::close_batch {
				commitments: vec![[3; 32]].try_into().expect("one fits"),
			}
			.into(),
		);
		does(&bank, pallet_agreements::Call::withdraw { proposal: 0 }.into());
		does(&bank, pallet_channels::Call::leave { channel }.into());
		let successor = account(&key("another manager"));
		does(
			&bank,
			Member::set_manager {
				manager: successor.clone(),
			}
			.into(),
		);
		// By motion.
		assert_ok!(motion(4, Member::<Runtime>::set_connection_policy { restricted: true }));
		let manager = account(&bank.manager);
		assert_ok!(motion(
			4,
			Member::<Runtime>::force_set_manager {
				member: bank.member,
				manager
			}
		));
		let (issuer, reason) = (fund.member, RevocationReason::Order);
		assert_ok!(motion(
			3,
			Receipt::<Runtime>::force_revoke {
				issuer,
				commitment: [4; 32],
				reason
			}
		));
		// What gives.
		assert_eq!(
			motion(4, Member::<Runtime>::set_connection_policy { restricted: false }),
			Err(filtered())
		);
		assert!(is_filtered(issued(9), fund.origin()));
		assert!(is_filtered(Member::exit {}, bank.origin()));
	});
}

/// A third stops the chain once. When what it did was undone, or is over, it takes more to do it again.
#[test]
fn a_third_does_not_enter_safe_mode_again_and_again() {
	let mut chain = Chain::new();
	let enter = pallet_safe_mode::Call::<Runtime>::force_enter {};
	let rest = crate::configs::governance::Rest::get();
	chain.block(|| {
		assert_ok!(motion(2, enter.clone()));
		assert_eq!(
			motion(2, pallet_safe_mode::Call::force_extend {}),
			Err(DispatchError::BadOrigin)
		);
		assert_ok!(motion(4, pallet_safe_mode::Call::force_exit {}));
		assert_eq!(motion(2, enter.clone()), Err(DispatchError::BadOrigin));
		// More than half may at any time.
		assert_ok!(motion(3, enter.clone()));
	});
	// It ends by itself after a day, and the rest begins.
	chain.skip(crate::DAYS);
	chain.block(|| {
		assert!(!SafeMode::is_entered());
		assert_eq!(motion(2, enter.clone()), Err(DispatchError::BadOrigin));
	});
	chain.skip(rest);
	chain.block(|| {
		assert_ok!(motion(2, enter.clone()));
	});
}

/// A motion that lifts a suspension is about that one, not about one that comes after it.
#[test]
fn a_late_motion_lifts_no_newer_suspension() {
	let mut chain = Chain::new();
	let (bank, fund) = chain.look(|| (join("bank", &[Role::Seller]), join("fund", &[Role::Issuer])));
	chain.pass(1);
	let channel = chain.look(|| open_channel(&bank, &fund));
	let reason = || b"incident 7".to_vec().try_into().expect("short");
	let suspend = || pallet_channels::Call::<Runtime>::suspend {
		channel,
		reason: reason(),
	};
	let first = chain.block(|| {
		assert_ok!(motion(2, pallet_members::Call::suspend { member: bank.member }));
		assert_ok!(motion(2, suspend()));
		System::block_number()
	});
	let reinstate = pallet_members::Call::<Runtime>::reinstate {
		member: bank.member,
		since: first,
	};
	let resume = pallet_channels::Call::<Runtime>::resume { channel, since: first };
	chain.block(|| {
		assert_ok!(motion(3, reinstate.clone()));
		assert_ok!(motion(3, resume.clone()));
	});
	chain.block(|| {
		// The third that did it first does not do it again at once, the greater part does.
		assert_eq!(
			motion(2, pallet_members::Call::suspend { member: bank.member }),
			Err(pallet_members::Error::<Runtime>::ReinstatedLately.into())
		);
		assert_eq!(
			motion(2, suspend()),
			Err(pallet_channels::Error::<Runtime>::ResumedLately.into())
		);
		assert_ok!(motion(3, pallet_members::Call::suspend { member: bank.member }));
		assert_ok!(motion(3, suspend()));
	});
	chain.block(|| {
		assert_eq!(
			motion(3, reinstate),
			Err(pallet_members::Error::<Runtime>::AnotherSuspension.into())
		);
		assert_eq!(
			motion(3, resume),
			Err(pallet_channels::Error::<Runtime>::AnotherSuspension.into())
		);
	});
}

/// One hostile seat that proposes what it can leaves room for the others, and for the motion that takes its seat.
#[test]
fn a_seat_does_not_fill_the_list_of_motions() {
	let mut chain = Chain::new();
	let share = chain.look(crate::Restraint::motions_per_seat);
	let propose = |number: u32| {
		let remark: RuntimeCall = frame_system::Call::remark {
			remark: number.encode(),
		}
		.into();
		pallet_collective::Call::<Runtime, CouncilInstance>::propose {
			threshold: 3,
			length_bound: remark.encoded_size() as u32,
			proposal: Box::new(remark),
		}
	};
	chain.block(|| {
		for number in 0..100 {
			let done = send(&COUNCIL[0].pair(), propose(number).into()).expect("valid");
			let expected = match number < share {
				true => Ok(()),
				false => Err(pallet_restraint::Error::<Runtime>::MaxMotionsExceeded.into()),
			};
			assert_eq!(done, expected, "motion {number}");
		}
		for (seat, councillor) in COUNCIL.iter().enumerate().skip(1) {
			assert_ok!(send(&councillor.pair(), propose(1_000 + seat as u32).into()).expect("valid"));
		}
		let swap = pallet_membership::Call::swap_member {
			remove: COUNCIL[0].to_account_id().into(),
			add: account(&key("successor")).into(),
		};
		assert_ok!(motion_of(&COUNCIL[1..], swap));
		assert!(!pallet_restraint::MotionsOf::<Runtime>::contains_key(
			COUNCIL[0].to_account_id()
		));
	});
}

#[test]
fn safe_mode_ends_by_itself() {
	local().execute_with(|| {
		assert_ok!(SafeMode::force_enter(council(2)));
		let until = pallet_safe_mode::EnteredUntil::<Runtime>::get().expect("just entered");
		assert_eq!(until, System::block_number() + crate::DAYS);
		assert_noop!(SafeMode::force_extend(council(2)), DispatchError::BadOrigin);
		assert_ok!(SafeMode::force_extend(council(3)));
		assert_eq!(
			pallet_safe_mode::EnteredUntil::<Runtime>::get(),
			Some(until + crate::DAYS)
		);
	});
}

/// A call, as `pallet-tx-pause` names it.
pub fn name(pallet: &str, call: &str) -> pallet_tx_pause::RuntimeCallNameOf<Runtime> {
	let part = |text: &str| text.as_bytes().to_vec().try_into().expect("names are short");
	(part(pallet), part(call))
}

#[test]
fn a_paused_call_stands_still_alone() {
	local().execute_with(|| {
		let bank = join("bank", &[Role::Seller]);
		let fund = join("fund", &[Role::Issuer]);
		let apply = || pallet_channels::Call::<Runtime>::apply {
			cooperations: vec![cooperation(&bank, &fund, 30)].try_into().expect("one fits"),
		};
		assert_noop!(
			TxPause::pause(council(2), name("Channels", "apply")),
			DispatchError::BadOrigin
		);
		assert_ok!(TxPause::pause(council(3), name("Channels", "apply")));
		assert!(is_filtered(apply(), bank.origin()));
		let id: sealane_primitives::ids::Name = b"funds".to_vec().try_into().expect("short");
		assert_ok!(crate::Channels::grant_prefix(council(3), fund.member, id.clone()));
		let interface = pallet_channels::Call::<Runtime>::register_interface { id, node: fund.node };
		assert_ok!(dispatch(interface, fund.origin()));
		assert_noop!(
			TxPause::unpause(council(3), name("Channels", "apply")),
			DispatchError::BadOrigin
		);
		assert_ok!(TxPause::unpause(council(4), name("Channels", "apply")));
		assert_ok!(dispatch(apply(), bank.origin()));
	});
}

#[test]
fn what_undoes_a_pause_cannot_be_paused() {
	local().execute_with(|| {
		for pallet in [
			"System",
			"Timestamp",
			"Council",
			"CouncilMembership",
			"SafeMode",
			"TxPause",
			"Grandpa",
			"Multisig",
			"Proxy",
		] {
			for call in RuntimeCall::get_call_names(pallet) {
				assert_noop!(
					TxPause::pause(RuntimeOrigin::root(), name(pallet, call)),
					pallet_tx_pause::Error::<Runtime>::Unpausable
				);
			}
		}
	});
}

/// With everything paused that can be, the council still gets out.
#[test]
fn a_pause_of_everything_is_undone_by_motions() {
	let mut chain = Chain::new();
	let bank = chain.look(|| join("bank", &[Role::Seller]));
	chain.look(|| {
		for pallet in RuntimeCall::get_module_names() {
			for call in RuntimeCall::get_call_names(pallet) {
				let _ = TxPause::pause(RuntimeOrigin::root(), name(pallet, call));
			}
		}
	});
	chain.block(|| {
		let anchor = || {
			pallet_anchors::Call::<Runtime>::anchor {
				sequence: 0,
				root: [7; 32],
			}
			.into()
		};
		assert_eq!(
			send(&bank.delegate, anchor()).expect("valid, though without effect"),
			Err(filtered())
		);
		let ident = name("Anchors", "anchor");
		assert_ok!(motion(4, pallet_tx_pause::Call::unpause { ident }));
		assert_ok!(send(&bank.delegate, anchor()).expect("evidence is taken"));
	});
}
