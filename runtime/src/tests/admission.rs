// SPDX-License-Identifier: Apache-2.0

//! Who may put anything on the chain: the council, managers and delegates of active members, nobody else.

use super::setup::*;
use crate::{Members, Receipts, Runtime, RuntimeCall, RuntimeOrigin, System, UncheckedExtrinsic};
use codec::{Decode, Input};
use frame_support::{
	assert_noop, assert_ok,
	dispatch::{DispatchClass, GetDispatchInfo},
	traits::GetCallMetadata,
};
use sealane_primitives::{
	business::{Role, Roles},
	calendar::{Calendar, Hours, Week},
	clauses::{Date, TimeOfDay, UtcOffset},
	traits::RegistrationRegistry,
};
use sp_core::sr25519;
use sp_runtime::{
	transaction_validity::{InvalidTransaction, TransactionValidityError},
	DispatchError,
};
use std::collections::BTreeSet;

/// Zeros without end: of every type the simplest value.
struct Zeros;

impl Input for Zeros {
	fn remaining_len(&mut self) -> Result<Option<usize>, codec::Error> {
		Ok(None)
	}
	fn read(&mut self, into: &mut [u8]) -> Result<(), codec::Error> {
		into.fill(0);
		Ok(())
	}
}

/// Two bytes, then zeros without end.
struct Indexed(Vec<u8>);

impl Input for Indexed {
	fn remaining_len(&mut self) -> Result<Option<usize>, codec::Error> {
		Ok(None)
	}
	fn read(&mut self, into: &mut [u8]) -> Result<(), codec::Error> {
		let known = into.len().min(self.0.len());
		into[..known].copy_from_slice(&self.0[..known]);
		self.0.drain(..known);
		Zeros.read(&mut into[known..])
	}
}

/// The one call that cannot be made of zeros: no date is one.
fn announcement() -> RuntimeCall {
	let hour: TimeOfDay = "15:00".parse().expect("a time");
	let calendar = Calendar {
		first: Date::MAX,
		last: Date::MAX,
		offset: UtcOffset::UTC,
		offsets: Default::default(),
		week: Week::WORKING_DAYS,
		hours: Hours {
			order_until: hour,
			deliver_until: hour,
		},
		exceptions: Default::default(),
	};
	RuntimeCall::from(pallet_calendars::Call::announce {
		product: None,
		calendar: Box::new(calendar),
		from: 0,
	})
}

/// Every call of every pallet, each with the simplest arguments.
fn every_call() -> Vec<RuntimeCall> {
	let mut calls: Vec<_> = (0..=u8::MAX)
		.flat_map(|pallet| (0..=u8::MAX).map(move |call| vec![pallet, call]))
		.filter_map(|indices| RuntimeCall::decode(&mut Indexed(indices)).ok())
		.collect();
	calls.push(announcement());
	// None is missing, else what follows would prove less than it says.
	let found: BTreeSet<_> = calls
		.iter()
		.map(GetCallMetadata::get_call_metadata)
		.map(|m| (m.pallet_name, m.function_name))
		.collect();
	let named: BTreeSet<_> = RuntimeCall::get_module_names()
		.iter()
		.flat_map(|pallet| {
			RuntimeCall::get_call_names(pallet)
				.iter()
				.map(move |call| (*pallet, *call))
		})
		.collect();
	assert_eq!(found, named);
	calls
}

fn remark() -> RuntimeCall {
	RuntimeCall::System(frame_system::Call::remark { remark: Vec::new() })
}

fn is_welcome(who: &sr25519::Pair) -> bool {
	validate(next_by(who, remark())).is_ok()
}

/// Whether a delegate may do what delegates are for.
fn may_anchor(who: &sr25519::Pair) -> bool {
	let anchor = pallet_anchors::Call::anchor {
		sequence: 0,
		root: [7; 32],
	};
	validate(next_by(who, anchor.into())).is_ok()
}

/// What an account hears that never had a right to transact: the chain keeps no record of it.
fn unknown() -> TransactionValidityError {
	InvalidTransaction::Payment.into()
}

/// What an account hears that lost the right.
fn refused() -> TransactionValidityError {
	InvalidTransaction::BadSigner.into()
}

#[test]
fn outsiders_are_refused_at_validation_whatever_they_send() {
	local().execute_with(|| {
		let former = join("bank", &[Role::Seller]);
		assert_ok!(Members::exit(former.origin()));
		let calls = every_call();
		assert!(calls.len() > 100, "{} calls", calls.len());
		for call in calls {
			let name = call.get_call_metadata();
			// What only an inherent may do is refused to all accounts, and before anything else.
			let inherent = call.get_dispatch_info().class == DispatchClass::Mandatory;
			let expected = |refusal| match inherent {
				true => InvalidTransaction::MandatoryValidation.into(),
				false => refusal,
			};
			assert_eq!(
				validate(next_by(&key("outsider"), call.clone())),
				Err(expected(unknown())),
				"{name:?} signed by an outsider"
			);
			// Former members have a record; what costs no fee is refused to them all the same.
			for who in [&former.manager, &former.delegate] {
				assert_eq!(
					validate(next_by(who, call.clone())),
					Err(expected(refused())),
					"{name:?} signed by a former member"
				);
			}
			// Nor without a signature: what is unsigned comes from block authors, never over the network.
			assert!(
				validate(UncheckedExtrinsic::new_bare(call)).is_err(),
				"{name:?} without signature"
			);
		}
	});
}

/// Whoever fills the pool, with the largest tip that he can pay, keeps no node from anchoring.
#[test]
fn what_a_node_sends_by_itself_waits_behind_no_tip() {
	local().execute_with(|| {
		let (bank, rich) = (join("bank", &[Role::Seller]), join("rich", &[Role::Seller]));
		let priority = |extrinsic| validate(extrinsic).expect("it is valid").priority;
		let remark = || RuntimeCall::from(frame_system::Call::remark { remark: Vec::new() });
		let anchor = RuntimeCall::from(pallet_anchors::Call::anchor {
			sequence: 0,
			root: [7; 32],
		});
		let most = <Runtime as pallet_members::Config>::MaxAllowance::get();
		let mut tip = u128::from(most);
		let tipped = loop {
			let extrinsic = tipped_by(
				&rich.manager,
				remark(),
				System::account_nonce(account(&rich.manager)),
				tip,
			);
			if validate(extrinsic.clone()).is_ok() {
				break extrinsic;
			}
			tip -= u128::from(most) / 100;
		};
		assert!(tip > u128::from(most) / 2, "a tip that is worth something: {tip}");
		assert!(
			priority(tipped.clone()) > priority(next_by(&rich.manager, remark())),
			"tips count"
		);
		assert!(priority(next_by(&bank.delegate, anchor)) > priority(tipped));
	});
}

/// Anchors, and receipts that it issues and closes: nothing else of all that there is, in a wrapping neither.
#[test]
fn a_delegate_sends_what_delegates_are_for() {
	local().execute_with(|| {
		let bank = join("bank", &[Role::Seller]);
		let mut sent = BTreeSet::new();
		for call in every_call() {
			let name = call.get_call_metadata();
			match validate(next_by(&bank.delegate, call.clone())) {
				Ok(_) => {
					sent.insert((name.pallet_name, name.function_name));
				}
				Err(refusal) => {
					let expected = match call.get_dispatch_info().class {
						DispatchClass::Mandatory => InvalidTransaction::MandatoryValidation,
						_ => InvalidTransaction::Call,
					};
					assert_eq!(refusal, expected.into(), "{name:?}");
				}
			}
		}
		let anchors = [("Anchors", "anchor")];
		let receipts = ["issue", "issue_batch", "close", "close_batch"].map(|call| ("Receipts", call));
		assert_eq!(sent, anchors.into_iter().chain(receipts).collect());
		let wrapped = pallet_utility::Call::batch {
			calls: vec![pallet_anchors::Call::anchor {
				sequence: 0,
				root: [7; 32],
			}
			.into()],
		};
		assert_eq!(
			validate(next_by(&bank.delegate, wrapped.into())),
			Err(InvalidTransaction::Call.into())
		);
	});
}

#[test]
fn outsiders_are_refused_in_blocks_too() {
	let mut chain = Chain::new();
	let former = chain.look(|| join("bank", &[Role::Seller]));
	chain.look(|| {
		assert_ok!(Members::exit(former.origin()));
	});
	chain.block(|| {
		assert_eq!(send(&key("outsider"), remark()), Err(unknown()));
		assert_eq!(send(&former.manager, remark()), Err(refused()));
		assert_eq!(send(&former.delegate, remark()), Err(refused()));
	});
}

#[test]
fn a_member_transacts_from_its_admission_to_its_suspension() {
	local().execute_with(|| {
		assert!(!is_welcome(&key("bank")));
		let bank = join("bank", &[Role::Seller]);
		assert!(is_welcome(&bank.manager) && may_anchor(&bank.delegate));
		assert_ok!(Members::suspend(council(2), bank.member));
		assert!(!is_welcome(&bank.manager) && !may_anchor(&bank.delegate));
		assert_ok!(Members::reinstate(council(3), bank.member, System::block_number()));
		assert!(is_welcome(&bank.manager) && may_anchor(&bank.delegate));
		assert_ok!(Members::exit(bank.origin()));
		assert_eq!(validate(next_by(&bank.manager, remark())), Err(refused()));
		assert_eq!(validate(next_by(&bank.delegate, remark())), Err(refused()));
	});
}

/// A suspension must not keep a customer registered who wants to leave, nor silence whoever objects.
#[test]
fn a_suspended_member_ends_what_it_has_and_nothing_else() {
	use pallet_receipts::{Call as Receipt, RevocationReason};
	let mut chain = Chain::new();
	let (fund, other) = ([1; 32], [2; 32]);
	let issuer = chain.look(|| join("fund", &[Role::Issuer]));
	chain.look(|| {
		for commitment in [fund, other] {
			assert_ok!(Receipts::issue(issuer.origin(), commitment, true));
		}
		assert_ok!(Members::suspend(council(2), issuer.member));
	});
	let close = |commitment| RuntimeCall::from(Receipt::close { commitment });
	let revoke = RuntimeCall::from(Receipt::revoke {
		commitment: fund,
		reason: RevocationReason::Fraud,
	});
	chain.block(|| {
		let issue = Receipt::issue {
			commitment: [3; 32],
			accepted: true,
		};
		assert_eq!(send(&issuer.delegate, issue.into()), Err(refused()));
		assert_eq!(
			send(&issuer.delegate, revoke.clone()),
			Err(refused()),
			"that is the manager's"
		);
		assert_eq!(send(&issuer.manager, remark()), Err(refused()));
		assert_ok!(send(&issuer.delegate, close(fund)).expect("it is valid"));
		assert_ok!(send(&issuer.manager, close(other)).expect("it is valid"));
		assert_ok!(send(&issuer.manager, revoke.clone()).expect("it is valid"));
	});
	chain.look(|| {
		let open = [fund, other].map(|it| <Receipts as RegistrationRegistry>::is_registered(issuer.member, &it));
		assert_eq!(open, [false; 2]);
		assert_ok!(Members::remove(council(4), issuer.member));
	});
	chain.block(|| {
		assert_eq!(
			send(&issuer.manager, revoke),
			Err(refused()),
			"it is no member any more"
		)
	});
}

#[test]
fn a_replaced_delegate_is_an_outsider() {
	local().execute_with(|| {
		let bank = join("bank", &[Role::Seller]);
		let successor = key("successor");
		assert!(!may_anchor(&successor));
		assert_ok!(Members::set_delegate(bank.origin(), bank.node, account(&successor)));
		assert!(may_anchor(&successor) && !may_anchor(&bank.delegate));
	});
}

#[test]
fn a_seat_in_the_council_is_a_right_to_transact_as_long_as_it_lasts() {
	local().execute_with(|| {
		let seat = key("regulator");
		assert!(!is_welcome(&seat));
		assert_ok!(crate::CouncilMembership::add_member(council(4), account(&seat).into()));
		assert!(is_welcome(&seat));
		assert_ok!(crate::CouncilMembership::remove_member(
			council(4),
			account(&seat).into()
		));
		assert!(!is_welcome(&seat));
	});
}

#[test]
fn what_was_signed_before_an_exit_is_not_valid_again_after_a_return() {
	local().execute_with(|| {
		let bank = join("bank", &[Role::Seller]);
		let old = next_by(&bank.manager, remark());
		assert_ok!(validate(old.clone()));
		assert_ok!(crate::Executive::apply_extrinsic(old.clone()).expect("a member's remark is taken"));
		assert_ok!(Members::exit(bank.origin()));
		assert_ok!(Members::admit(
			council(3),
			b"bank".to_vec().try_into().expect("short"),
			lei(99),
			b"operations desk".to_vec().try_into().expect("short"),
			Roles::of(&[Role::Seller]),
			account(&bank.manager),
		));
		assert!(is_welcome(&bank.manager));
		assert_eq!(validate(old), Err(InvalidTransaction::Stale.into()));
	});
}

#[test]
fn nobody_but_root_sets_code() {
	local().execute_with(|| {
		let alice = sp_keyring::Sr25519Keyring::Alice.to_account_id();
		for origin in [council(5), RuntimeOrigin::signed(alice)] {
			assert_noop!(System::set_code(origin, vec![0]), DispatchError::BadOrigin);
		}
	});
}

#[test]
fn session_keys_are_for_those_who_may_validate() {
	local().execute_with(|| {
		let bank = join("bank", &[Role::Seller]);
		let candidate = <Runtime as pallet_session::Config>::ValidatorIdOf::convert;
		assert!(candidate(account(&bank.manager)).is_some());
		// A delegate's key lies on a node.
		assert!(candidate(account(&bank.delegate)).is_none());
		assert!(candidate(account(&key("outsider"))).is_none());
	});
	use sp_runtime::traits::Convert;
}
