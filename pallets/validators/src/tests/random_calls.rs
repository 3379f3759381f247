// SPDX-License-Identifier: Apache-2.0

//! Random calls, offences and sessions: the set stays sound, and consensus always has enough authorities.

use super::prelude::*;
use frame_support::traits::UnfilteredDispatchable;
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Step {
	Call(AccountId, Call<Test>),
	SetKeys(AccountId, u64),
	Offend(AccountId, u8),
	Sessions(u32),
	/// Another account manages the member of the first.
	Rotate(AccountId, AccountId),
	/// The member of an account is gone.
	Exit(AccountId),
}

fn account() -> impl Strategy<Value = AccountId> {
	1..=10u64
}

/// The caller whom the call wants in most cases, anybody else in the others.
fn caller(wanted: AccountId) -> impl Strategy<Value = AccountId> {
	prop_oneof![6 => Just(wanted), 1 => prop::sample::select(vec![ADD, REMOVE, FLOOR, 1, 7])]
}

fn step() -> impl Strategy<Value = Step> {
	prop_oneof![
		4 => (caller(ADD), account()).prop_map(|(who, validator)| Step::Call(who, Call::add_validator { validator })),
		3 => (caller(REMOVE), account())
			.prop_map(|(who, validator)| Step::Call(who, Call::remove_validator { validator })),
		2 => account().prop_map(|who| Step::Call(who, Call::leave {})),
		1 => (caller(ADD), account()).prop_map(|(who, validator)| Step::Call(who, Call::pardon { validator })),
		2 => (caller(FLOOR), 0..8u32).prop_map(|(who, floor)| Step::Call(who, Call::set_floor { floor })),
		4 => (account(), 1..40u64).prop_map(|(who, seed)| Step::SetKeys(who, seed)),
		2 => (account(), 1..=100u8).prop_map(|(who, severity)| Step::Offend(who, severity)),
		3 => (1..3u32).prop_map(Step::Sessions),
		2 => (account(), account()).prop_map(|(old, new)| Step::Rotate(old, new)),
		1 => account().prop_map(Step::Exit),
	]
}

proptest! {
	#[test]
	fn no_sequence_of_calls_breaks_an_invariant(steps in prop::collection::vec(step(), 1..80)) {
		ext().execute_with(|| {
			// Every account but the last two manages a member.
			Managed::set((1..=8).map(|who| (who, 100 + who as u32)).collect());
			for step in steps {
				match step.clone() {
					Step::Call(who, call) => {
						let _ = call.dispatch_bypass_filter(RuntimeOrigin::signed(who));
					},
					Step::SetKeys(who, seed) => {
						let _ = set_keys(who, seed);
					},
					Step::Offend(who, severity) => report(&[who], Perbill::from_percent(severity.into())),
					Step::Rotate(old, new) => {
						if let Some(member) = Managed::get().get(&old).copied().filter(|_| !Managed::get().contains_key(&new)) {
							Managed::mutate(|managed| {
								managed.remove(&old);
								managed.insert(new, member);
							});
							ValidatorSet::hand_over(member, &old);
						}
					},
					Step::Exit(who) => {
						if let Some(member) = Managed::mutate(|managed| managed.remove(&who)) {
							let id = ValidatorSet::id_of_member(member, &who);
							ValidatorSet::forget(member);
							ValidatorSet::expel(&id);
						}
					},
					Step::Sessions(count) => run_blocks(count * SESSION),
				}
				ValidatorSet::do_try_state().unwrap_or_else(|error| panic!("{error:?} after {step:?}"));
				// The lowest floor, for an earlier session may have been planned when the floor was lower.
				prop_assert!(Authorities::get().len() >= 2);
				prop_assert!(Session::disabled_validators().len() * 3 < Session::validators().len());
			}
			// Left alone, consensus follows the set.
			run_blocks(3 * SESSION);
			prop_assert_eq!(Session::validators(), ValidatorSet::validators());
			Ok(())
		})?;
	}
}
