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
	weights::Weight,
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
		let resume = pallet_channels::Call::<Runtime>::resume { channel };
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
		let reinstate = pallet_members::Call::<Runtime>::reinstate { member: fund.member };
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

/// A council seat may be a multi-signature account, or act through a proxy: it votes in safe mode too.
#[test]
fn seats_that_act_through_others_can_release_safe_mode() {
	local().execute_with(|| {
		let (one, other) = (key("one"), key("other"));
		let mut signers = vec![account(&one), account(&other)];
		signers.sort();
		let seat = pallet_multisig::Pallet::<Runtime>::multi_account_id(&signers, 2);
		let members = vec![seat.clone(), COUNCIL[0].to_account_id()];
		assert_ok!(crate::CouncilMembership::reset_members(council(4), members));
		let proxied = pallet_proxy::Call::<Runtime>::add_proxy {
			delegate: account(&one).into(),
			proxy_type: crate::configs::system::ProxyType::Council,
			delay: 0,
		};
		assert_ok!(dispatch(proxied, RuntimeOrigin::signed(seat.clone())));
		assert_ok!(SafeMode::force_enter(RuntimeOrigin::root()));
		let motion = || -> RuntimeCall {
			let exit: RuntimeCall = pallet_safe_mode::Call::force_exit {}.into();
			pallet_collective::Call::<Runtime, CouncilInstance>::propose {
				threshold: 2,
				length_bound: exit.encoded_size() as u32,
				proposal: Box::new(exit),
			}
			.into()
		};
		let by_both = pallet_multisig::Call::<Runtime>::as_multi {
			threshold: 2,
			other_signatories: vec![account(&other)],
			maybe_timepoint: None,
			call: Box::new(motion()),
			max_weight: Weight::MAX,
		};
		assert_ok!(dispatch(by_both, RuntimeOrigin::signed(account(&one))));
		let by_proxy = pallet_proxy::Call::<Runtime>::proxy {
			real: seat.into(),
			force_proxy_type: None,
			call: Box::new(motion()),
		};
		assert_ok!(dispatch(by_proxy, RuntimeOrigin::signed(account(&one))));
		assert_eq!(pallet_collective::Proposals::<Runtime, CouncilInstance>::get().len(), 1);
	});
}

#[test]
fn safe_mode_ends_by_itself() {
	local().execute_with(|| {
		assert_ok!(SafeMode::force_enter(council(2)));
		let until = pallet_safe_mode::EnteredUntil::<Runtime>::get().expect("just entered");
		assert_eq!(until, System::block_number() + crate::DAYS);
		assert_ok!(SafeMode::force_extend(council(2)));
		assert_eq!(
			pallet_safe_mode::EnteredUntil::<Runtime>::get(),
			Some(until + crate::DAYS)
		);
	});
}

fn name(pallet: &str, call: &str) -> pallet_tx_pause::RuntimeCallNameOf<Runtime> {
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
			TxPause::pause(council(1), name("Channels", "apply")),
			DispatchError::BadOrigin
		);
		assert_ok!(TxPause::pause(council(2), name("Channels", "apply")));
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
