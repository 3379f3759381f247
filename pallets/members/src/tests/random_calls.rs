// SPDX-License-Identifier: Apache-2.0

//! Random calls by random accounts: whatever happens, every invariant holds after each of them.

use super::prelude::*;
use alloc::collections::BTreeSet;
use frame_support::traits::{GetCallName, UnfilteredDispatchable};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};

/// Accounts that act: the powers, four institutions, their delegates, a councillor and nobody.
const ACCOUNTS: [AccountId; 14] = [
	ADMIT, SUSPEND, EXIT, FORCE, POLICY, 1, 2, 3, 4, 11, 12, 13, COUNCILLOR, OUTSIDER,
];

fn account() -> impl Strategy<Value = AccountId> {
	prop::sample::select(ACCOUNTS.as_slice())
}

/// The caller whom the call wants in most cases, anybody else in the others.
fn caller(wanted: AccountId) -> impl Strategy<Value = AccountId> {
	prop_oneof![6 => Just(wanted), 1 => account()]
}

fn manager() -> impl Strategy<Value = AccountId> {
	prop_oneof![8 => 1..=4u64, 1 => account()]
}

fn roles() -> impl Strategy<Value = Roles> {
	prop_oneof![6 => (1..=15u8).prop_map(Roles), 1 => any::<u8>().prop_map(Roles)]
}

fn seed() -> impl Strategy<Value = u8> {
	1..40u8
}

fn any_call() -> impl Strategy<Value = (AccountId, Call<Test>)> {
	let member = 0..6u32;
	let node = 0..8u32;
	prop_oneof![
		3 => (caller(ADMIT), 1..6u32, roles(), manager()).prop_map(|(who, seed, roles, manager)| (who, Call::admit {
			name: name("N"), legal_id: sample_lei(seed), contact: contact("c"), roles, manager,
		})),
		1 => (caller(ADMIT), member.clone(), roles())
			.prop_map(|(who, member, roles)| (who, Call::set_roles { member, roles })),
		1 => (caller(SUSPEND), member.clone()).prop_map(|(who, member)| (who, Call::suspend { member })),
		1 => (caller(ADMIT), member.clone()).prop_map(|(who, member)| (who, Call::reinstate { member, since: 0 })),
		1 => (manager()).prop_map(|who| (who, Call::exit {})),
		1 => (caller(EXIT), member.clone()).prop_map(|(who, member)| (who, Call::remove { member })),
		1 => (manager(), account()).prop_map(|(who, manager)| (who, Call::set_manager { manager })),
		1 => (caller(FORCE), member, account())
			.prop_map(|(who, member, manager)| (who, Call::force_set_manager { member, manager })),
		1 => (manager()).prop_map(|who| (who, Call::update_contact { contact: contact("d") })),
		4 => (manager(), seed(), seed(), account()).prop_map(|(who, id, keys, delegate)| (who, Call::register_node {
			peer: peer(id), addresses: addresses(1), signing: key(keys), sealing: key(keys), delegate,
		})),
		1 => (manager(), node.clone(), 0..2u16)
			.prop_map(|(who, node, port)| (who, Call::set_addresses { node, addresses: addresses(port) })),
		4 => (manager(), node.clone(), seed(), 0..200u32, 3..20u32).prop_map(|(who, node, seed, valid_from, overlap)| {
			(who, Call::announce_keys { node, signing: key(seed), sealing: key(seed), valid_from, overlap })
		}),
		2 => (manager(), node.clone(), seed())
			.prop_map(|(who, node, seed)| (who, Call::retire_keys { node, signing: key(seed) })),
		1 => (manager(), node.clone(), account())
			.prop_map(|(who, node, delegate)| (who, Call::set_delegate { node, delegate })),
		1 => (caller(ADMIT), 0..6u32, 1..6u32).prop_map(|(who, member, seed)| {
			(who, Call::set_identity { member, name: name("M"), legal_id: sample_lei(seed) })
		}),
		2 => (manager(), node.clone(), seed(), 0..200u32)
			.prop_map(|(who, node, seed, since)| (who, Call::report_compromise { node, signing: key(seed), since })),
		1 => (manager(), node.clone()).prop_map(|(who, node)| (who, Call::remove_node { node })),
		1 => (caller(FORCE), node).prop_map(|(who, node)| (who, Call::force_remove_node { node })),
		1 => (caller(POLICY), any::<bool>())
			.prop_map(|(who, restricted)| (who, Call::set_connection_policy { restricted })),
	]
}

/// Aims calls about keys at a node that there is, by its manager, and at keys that it has: hit at random, they are hardly
/// ever accepted. Calls of others than managers stay as they are.
fn aimed(who: AccountId, call: Call<Test>) -> (AccountId, Call<Test>) {
	let nodes: Vec<_> = Nodes::<Test>::iter().collect();
	let target = |node: NodeId| {
		let (id, record) = nodes.get(node as usize % nodes.len().max(1)).filter(|_| who <= 4)?;
		Some((*id, record.keys.clone(), Members::manager(record.member)?))
	};
	match call {
		Call::retire_keys { node, signing } => match target(node) {
			Some((node, keys, manager)) => {
				let hit = keys.get(usize::from(signing[0] % 5)).map(|key| key.signing);
				(
					manager,
					Call::retire_keys {
						node,
						signing: hit.unwrap_or(signing),
					},
				)
			}
			None => (who, Call::retire_keys { node, signing }),
		},
		Call::report_compromise { node, signing, since } => match target(node) {
			Some((node, keys, manager)) => {
				let hit = keys.get(usize::from(signing[0] % 5)).map(|key| key.signing);
				let (signing, since) = (hit.unwrap_or(signing), since % (System::block_number() + 2));
				(manager, Call::report_compromise { node, signing, since })
			}
			None => (who, Call::report_compromise { node, signing, since }),
		},
		Call::announce_keys {
			node,
			signing,
			sealing,
			valid_from,
			overlap,
		} => {
			let (node, who) = target(node).map_or((node, who), |(node, _, manager)| (node, manager));
			(
				who,
				Call::announce_keys {
					node,
					signing,
					sealing,
					valid_from,
					overlap,
				},
			)
		}
		Call::reinstate { member, .. } => {
			let since = match pallet::Members::<Test>::get(member).map(|record| record.status) {
				Some(MemberStatus::Suspended { since }) => since,
				_ => 0,
			};
			(who, Call::reinstate { member, since })
		}
		other => (who, other),
	}
}

/// Which keys of which node held in each block up to this one.
fn recorded_keys(up_to: BlockNumber) -> Vec<Vec<(u32, CourierKey)>> {
	(0..8)
		.flat_map(|node| (0..=up_to).map(move |at| Members::keys_at(node, at)))
		.collect()
}

/// The same keys hold; their end may have become known meanwhile, and a node may have been registered in this block.
fn same_keys(before: &[(u32, CourierKey)], after: &[(u32, CourierKey)]) -> bool {
	before.is_empty()
		|| before.len() == after.len()
			&& before
				.iter()
				.zip(after)
				.all(|((i, a), (j, b))| i == j && a.signing == b.signing && a.sealing == b.sealing)
}

/// Sequences in which every call is refused would prove nothing.
#[test]
fn every_call_is_accepted_somewhere() {
	let mut runner = TestRunner::deterministic();
	let sequences = prop::collection::vec((any_call(), 0..4u32), 80);
	let mut accepted = BTreeSet::new();
	for _ in 0..200 {
		let calls = sequences.new_tree(&mut runner).unwrap().current();
		ext().execute_with(|| {
			for ((who, call), blocks) in calls {
				run_to(System::block_number() + blocks);
				let (who, call) = aimed(who, call);
				let name = call.get_call_name();
				if call.dispatch_bypass_filter(RuntimeOrigin::signed(who)).is_ok() {
					accepted.insert(name);
				}
			}
		});
	}
	let all: BTreeSet<_> = Call::<Test>::get_call_names().iter().copied().collect();
	assert_eq!(accepted, all);
}

proptest! {
	#[test]
	fn no_sequence_of_calls_breaks_an_invariant(
		calls in prop::collection::vec((any_call(), 0..4u32), 1..80),
	) {
		ext().execute_with(|| {
			for ((who, call), blocks) in calls {
				run_to(System::block_number() + blocks);
				let (who, call) = aimed(who, call);
				let text = format!("{who}: {call:?}");
				let _ = call.dispatch_bypass_filter(RuntimeOrigin::signed(who));
				Members::do_try_state().unwrap_or_else(|error| panic!("{error:?} after {text}"));
			}
		});
	}

	#[test]
	fn no_call_changes_which_keys_held_up_to_this_block(
		calls in prop::collection::vec((any_call(), 0..6u32), 1..40),
	) {
		ext().execute_with(|| {
			for ((who, call), blocks) in calls {
				run_to(System::block_number() + blocks);
				let (who, call) = aimed(who, call);
				let now = System::block_number();
				let before = recorded_keys(now);
				let text = format!("{who}: {call:?}");
				let _ = call.dispatch_bypass_filter(RuntimeOrigin::signed(who));
				let after = recorded_keys(now);
				prop_assert!(before.iter().zip(&after).all(|(b, a)| same_keys(b, a)), "after {}", text);
			}
			Ok(())
		})?;
	}
}
