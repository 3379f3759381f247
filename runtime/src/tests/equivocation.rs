// SPDX-License-Identifier: Apache-2.0

//! A validator that votes twice, reported as its peers report it: proof of ownership from the session's history, through the
//! offences pallet, to the end of its seat.

use super::setup::*;
use crate::{
	configs::consensus::SessionPeriod, Grandpa, Historical, Runtime, RuntimeCall, RuntimeEvent, Session, System,
	UncheckedExtrinsic, Validators,
};
use codec::{Decode, Encode};
use frame_support::{
	assert_ok,
	traits::{DisabledValidators, KeyOwnerProofSystem},
};
use pallet_validators::RemovalReason;
use sp_consensus_grandpa::{localized_payload, EquivocationProof, RoundNumber, SetId, KEY_TYPE};
use sp_keyring::Ed25519Keyring;
use sp_runtime::transaction_validity::InvalidTransaction;

/// Two prevotes of one key in one round, for different blocks.
fn double_vote(set: SetId, round: RoundNumber, key: Ed25519Keyring) -> EquivocationProof<crate::Hash, u32> {
	// As votes travel: the index of the message, the target's hash and number.
	let prevote = |target: u8| (crate::Hash::repeat_byte(target), 10u32);
	let signed = |target: u8| {
		let payload = localized_payload(round, set, &(0u8, prevote(target)));
		(prevote(target), key.sign(&payload))
	};
	// Set, kind of vote, round, identity, and the two votes with their signatures.
	let encoded = (set, 0u8, round, key.public(), signed(1), signed(2)).encode();
	EquivocationProof::decode(&mut &encoded[..]).expect("these are the fields of a proof")
}

/// The report that the peers' nodes put into a block.
fn report(key: Ed25519Keyring, round: RoundNumber) -> UncheckedExtrinsic {
	let authority: pallet_grandpa::AuthorityId = key.public().into();
	let key_owner_proof = Historical::prove((KEY_TYPE, authority)).expect("a key of the session");
	UncheckedExtrinsic::new_bare(RuntimeCall::Grandpa(
		pallet_grandpa::Call::report_equivocation_unsigned {
			equivocation_proof: Box::new(double_vote(Grandpa::current_set_id(), round, key)),
			key_owner_proof,
		},
	))
}

fn index_of(who: &crate::AccountId) -> u32 {
	Session::validators()
		.iter()
		.position(|v| v == who)
		.expect("a validator of the session") as u32
}

fn removed_for_offence() -> Vec<crate::AccountId> {
	System::events()
		.into_iter()
		.filter_map(|record| match record.event {
			RuntimeEvent::Validators(pallet_validators::Event::ValidatorRemoved {
				validator,
				reason: RemovalReason::Offence,
				..
			}) => Some(validator),
			_ => None,
		})
		.collect()
}

/// Makes blocks up to the first one of the next session; who was removed for an offence on the way.
fn to_next_session(chain: &mut Chain) -> Vec<crate::AccountId> {
	let session = chain.look(Session::current_index);
	for _ in 0..=SessionPeriod::get() {
		let (now, removed) = chain.block(|| (Session::current_index(), removed_for_offence()));
		if now > session {
			return removed;
		}
	}
	unreachable!("something waits for the end of the session; qed")
}

#[test]
fn who_votes_twice_is_disabled_and_then_dropped() {
	let mut chain = Chain::new();
	chain.pass(1);
	let offender = COUNCIL[3].to_account_id();
	chain.block(|| {
		let report = report(Ed25519Keyring::Dave, 1);
		// Never over the network: only the authors' own nodes report.
		assert_eq!(validate(report.clone()), Err(InvalidTransaction::Call.into()));
		assert_ok!(crate::Executive::apply_extrinsic(report.clone()).expect("a true report is taken"));
		assert!(Session::is_disabled(index_of(&offender)));
		assert_eq!(Validators::condemned(), std::slice::from_ref(&offender));
		// The same again is stale.
		assert_eq!(
			crate::Executive::apply_extrinsic(report),
			Err(InvalidTransaction::Stale.into())
		);
	});
	let planned = to_next_session(&mut chain);
	assert_eq!(planned, std::slice::from_ref(&offender));
	// Disabled until the set without it takes over.
	chain.look(|| assert!(Session::is_disabled(index_of(&offender))));
	to_next_session(&mut chain);
	chain.look(|| {
		assert!(!Session::validators().contains(&offender));
		assert_eq!(pallet_aura::Authorities::<Runtime>::decode_len(), Some(4));
		assert_ok!(crate::invariants::check());
	});
	// One block after the end of the session, GRANDPA goes on with four.
	chain.pass(1);
	chain.look(|| {
		let authorities = Grandpa::grandpa_authorities();
		assert_eq!(authorities.len(), 4);
		let dropped = Ed25519Keyring::Dave.public().into();
		assert!(authorities.iter().all(|(id, _)| *id != dropped));
	});
}

#[test]
fn the_set_keeps_its_floor_whoever_offends() {
	let mut chain = Chain::new();
	chain.block(|| {
		assert_ok!(Validators::set_floor(council(4), 4));
	});
	chain.block(|| {
		for (key, round) in [(Ed25519Keyring::Dave, 1), (Ed25519Keyring::Eve, 2)] {
			assert_ok!(crate::Executive::apply_extrinsic(report(key, round)).expect("a true report is taken"));
		}
		assert_eq!(Validators::condemned().len(), 2);
	});
	assert_eq!(to_next_session(&mut chain).len(), 1);
	to_next_session(&mut chain);
	chain.look(|| {
		assert_eq!(Session::validators().len(), 4);
		assert_eq!(Validators::condemned().len(), 1);
		assert_ok!(crate::invariants::check());
	});
}

#[test]
fn an_invented_report_is_refused() {
	let mut chain = Chain::new();
	chain.block(|| {
		// Ferdie's key is no validator's: what proves another's key does not prove his.
		let dave: pallet_grandpa::AuthorityId = Ed25519Keyring::Dave.public().into();
		let forged = RuntimeCall::Grandpa(pallet_grandpa::Call::report_equivocation_unsigned {
			equivocation_proof: Box::new(double_vote(Grandpa::current_set_id(), 1, Ed25519Keyring::Ferdie)),
			key_owner_proof: Historical::prove((KEY_TYPE, dave)).expect("a key of the session"),
		});
		let result = crate::Executive::apply_extrinsic(UncheckedExtrinsic::new_bare(forged));
		assert_eq!(result, Err(InvalidTransaction::BadProof.into()));
		assert!(Validators::condemned().is_empty());
	});
}
