// SPDX-License-Identifier: Apache-2.0

//! The off-chain worker against a fake courier, a pool and a keystore; what it submits is checked, signed and applied.

use crate::mock::{Anchors, *};
use frame_support::{assert_ok, traits::OffchainWorker};
use frame_system::offchain::{ForAny, SendSignedTransaction, Signer};
use sealane_primitives::{
	courier_host::{CourierExt, DueChannel, HostCall, Method, ReadyAnchor},
	delegate::DelegateAuth,
	directory::{CourierPolicy, Refusal},
	ids::*,
};
use sp_runtime::DispatchError;

fn due(channel: ChannelId, closed: bool) -> DueChannel {
	DueChannel {
		channel,
		packets: 3,
		waiting_since: 1_700_000_000_000,
		closed,
	}
}

fn ready(sequence: u64) -> ReadyAnchor {
	ReadyAnchor {
		sequence,
		root: hash(77),
	}
}

fn anchor_call(sequence: u64, root: Digest) -> RuntimeCall {
	crate::Call::anchor { sequence, root }.into()
}

fn finish(mut world: World) {
	world
		.ext
		.execute_with(|| Anchors::do_try_state().expect("the invariants hold after the test"));
}

#[test]
fn does_nothing_without_a_courier() {
	run(|| <Anchors as OffchainWorker<u32>>::offchain_worker(1));
	let mut world = World::new();
	world.courier.with(|state| {
		state.peer = None;
		state.due = vec![due(CHANNEL, false)];
		state.ready = Some(ready(0));
	});
	world.work(1);
	assert_eq!(world.courier.told(), []);
	assert!(world.pool.waiting().is_empty());
}

#[test]
fn dispatches_what_is_authorised_and_closes_what_is_not() {
	let mut world = World::new();
	world.courier.with(|state| {
		state.due = vec![
			due(CHANNEL, false),
			due(RIVAL_CHANNEL, false),
			due(FOREIGN_CHANNEL, false),
			due(404, false),
		]
	});
	set_refusal(RIVAL_CHANNEL, Some(Refusal::Suspended));
	world.work(5);
	assert_eq!(
		world.courier.told(),
		[
			Told::Dispatch(CHANNEL, 5),
			Told::Close(RIVAL_CHANNEL, Refusal::Suspended, 5),
			Told::Close(FOREIGN_CHANNEL, Refusal::NotAParty, 5),
			Told::Close(404, Refusal::ChannelUnknown, 5),
			Told::Asked(0, 5, true),
		]
	);
}

#[test]
fn closes_at_the_block_of_the_revocation_and_opens_with_the_grant() {
	let mut world = World::new();
	world.courier.with(|state| state.due = vec![due(CHANNEL, false)]);
	world.work(5);
	set_refusal(CHANNEL, Some(Refusal::Revoked));
	world.work(6);
	world.courier.with(|state| state.due = vec![due(CHANNEL, true)]);
	world.work(7);
	set_refusal(CHANNEL, None);
	world.work(8);
	let told: Vec<_> = world
		.courier
		.told()
		.into_iter()
		.filter(|told| !matches!(told, Told::Asked(..)))
		.collect();
	assert_eq!(
		told,
		[
			Told::Dispatch(CHANNEL, 5),
			Told::Close(CHANNEL, Refusal::Revoked, 6),
			Told::Close(CHANNEL, Refusal::Revoked, 7),
			Told::Dispatch(CHANNEL, 8),
		]
	);
}

#[test]
fn closes_everything_when_the_node_is_registered_no_longer() {
	let mut world = World::new();
	world.courier.with(|state| {
		state.due = vec![due(CHANNEL, false)];
		state.ready = Some(ready(0));
	});
	Nodes::mutate(|nodes| nodes.remove(&BANK_NODE));
	world.work(5);
	assert_eq!(world.courier.told(), [Told::Close(CHANNEL, Refusal::NodeUnknown, 5)]);
	assert!(world.pool.waiting().is_empty());
}

#[test]
fn does_not_anchor_for_a_suspended_member() {
	let mut world = World::new();
	world.courier.with(|state| state.ready = Some(ready(0)));
	Suspended::set(vec![BANK]);
	world.work(5);
	assert_eq!(world.courier.told(), []);
	assert!(world.pool.waiting().is_empty());
}

#[test]
fn submits_the_root_signed_by_the_delegate() {
	let mut world = World::new();
	world.courier.with(|state| state.ready = Some(ready(0)));
	world.work(5);
	assert_eq!(world.courier.told(), [Told::Asked(0, 5, true), Told::Submitted(0, 5)]);

	let waiting = world.pool.waiting();
	assert_eq!(waiting.len(), 1);
	assert_eq!(waiting[0].function, anchor_call(0, hash(77)));
	assert_eq!(signer(&waiting[0]), (world.delegate.clone(), 0));
	assert_eq!(world.author(6), [Ok(())]);
	world.ext.execute_with(|| {
		let entry = Anchors::anchor_entry(BANK_NODE, 0).expect("anchored");
		assert_eq!((entry.root, entry.block), (hash(77), 6));
	});

	// The next run asks for the next number.
	world.courier.with(|state| state.ready = None);
	world.work(7);
	assert_eq!(world.courier.told(), [Told::Asked(1, 7, true)]);
	finish(world);
}

#[test]
fn ignores_an_anchor_that_is_not_the_next() {
	let mut world = World::new();
	world.courier.with(|state| state.ready = Some(ready(3)));
	world.work(5);
	assert_eq!(world.courier.told(), [Told::Asked(0, 5, true)]);
	assert!(world.pool.waiting().is_empty());
}

#[test]
fn waits_for_the_delegate_key() {
	let mut world = World::new();
	world.courier.with(|state| state.ready = Some(ready(0)));
	set_delegate(BANK_NODE, STRANGER);
	world.work(5);
	assert_eq!(world.courier.told(), [Told::Asked(0, 5, true)]);
	assert!(world.pool.waiting().is_empty());
	let delegate = world.delegate.clone();
	set_delegate(BANK_NODE, delegate);
	world.work(6);
	assert_eq!(world.courier.told(), [Told::Asked(0, 6, false), Told::Submitted(0, 6)]);
}

#[test]
fn a_repeat_while_the_first_waits_is_refused_by_the_pool_and_harmless() {
	let mut world = World::new();
	world.courier.with(|state| state.ready = Some(ready(0)));
	world.work(5);
	world.work(6);
	assert_eq!(
		world.courier.told(),
		[Told::Asked(0, 5, true), Told::Submitted(0, 5), Told::Asked(0, 6, false)]
	);
	assert_eq!(world.pool.waiting().len(), 1);
	assert_eq!(world.author(7), [Ok(())]);
	finish(world);
}

#[test]
fn a_repeat_that_reaches_a_block_is_harmless() {
	let mut world = World::new();
	world.courier.with(|state| state.ready = Some(ready(0)));
	// A node that does not know of its first submission, after a restart or on a fork, submits again.
	world.work(5);
	let first = world.pool.take();
	world.work(5);
	let second = world.pool.take();
	world.ext.execute_with(|| {
		System::set_block_number(6);
		for extrinsic in first {
			assert_ok!(apply(extrinsic));
		}
		let state = Anchors::anchor_entry(BANK_NODE, 0);
		let call = second[0].function.clone();
		let origin = signed(world.delegate.clone());
		assert_ok!(sp_runtime::traits::Dispatchable::dispatch(call, origin));
		assert_eq!(Anchors::anchor_entry(BANK_NODE, 0), state);
		assert_eq!(Anchors::next_anchor(BANK_NODE), 1);
	});
	finish(world);
}

#[test]
fn an_anchor_lost_from_the_pool_is_submitted_again() {
	let mut world = World::new();
	world.courier.with(|state| state.ready = Some(ready(0)));
	world.work(5);
	world.pool.take();
	world.work(9);
	assert_eq!(world.pool.waiting().len(), 1);
	assert_eq!(world.author(10), [Ok(())]);
	finish(world);
}

/// What the receipts pallet does from its own hook, with the same key: submit something.
fn submit_something_else(delegate: &sp_runtime::AccountId32) -> Option<Result<(), ()>> {
	let key = Signer::<Test, DelegateAuth, ForAny>::keystore_accounts().find(|account| account.id == *delegate)?;
	let remark = frame_system::Call::<Test>::remark {
		remark: b"receipts".to_vec(),
	};
	Signer::<Test, DelegateAuth, ForAny>::any_account().send_single_signed_transaction(&key, remark)
}

#[test]
fn two_submissions_in_one_run_get_consecutive_nonces() {
	let mut world = World::new();
	world.courier.with(|state| state.ready = Some(ready(0)));
	let delegate = world.delegate.clone();
	world.ext.execute_with(|| {
		// One run of all pallets' workers shares an overlay that is thrown away afterwards.
		frame_support::storage::with_transaction(|| {
			assert_eq!(submit_something_else(&delegate), Some(Ok(())));
			<Anchors as OffchainWorker<u32>>::offchain_worker(5);
			assert_eq!(submit_something_else(&delegate), Some(Ok(())));
			sp_runtime::TransactionOutcome::Rollback(Ok::<_, DispatchError>(()))
		})
		.expect("the workers return")
	});
	let nonces: Vec<_> = world
		.pool
		.waiting()
		.iter()
		.map(|extrinsic| signer(extrinsic).1)
		.collect();
	assert_eq!(nonces, [0, 1, 2]);
	assert_eq!(world.author(6), [Ok(()), Ok(()), Ok(())]);
	world
		.ext
		.execute_with(|| assert_eq!(Anchors::next_anchor(BANK_NODE), 1));
	finish(world);
}

#[test]
fn a_nonce_collision_delays_and_never_stalls() {
	let mut world = World::new();
	let delegate = world.delegate.clone();
	// Block 5: receipts are submitted and wait in the pool under nonce 0.
	world.ext.execute_with(|| {
		frame_support::storage::with_transaction(|| {
			assert_eq!(submit_something_else(&delegate), Some(Ok(())));
			sp_runtime::TransactionOutcome::Rollback(Ok::<_, DispatchError>(()))
		})
		.expect("the worker returns")
	});
	// Block 6: an anchor is due; its nonce is taken, so it is not reported as submitted.
	world.courier.with(|state| state.ready = Some(ready(0)));
	world.work(6);
	assert_eq!(world.courier.told(), [Told::Asked(0, 6, false)]);
	// Block 7 takes the receipts; after it the anchor goes through.
	assert_eq!(world.author(7), [Ok(())]);
	world.work(7);
	assert_eq!(world.courier.told(), [Told::Asked(0, 7, true), Told::Submitted(0, 7)]);
	assert_eq!(world.author(8), [Ok(())]);
	world
		.ext
		.execute_with(|| assert_eq!(Anchors::next_anchor(BANK_NODE), 1));
	finish(world);
}

#[test]
fn makes_an_anchor_at_the_turn_of_its_node_and_not_when_something_comes() {
	let mut world = World::new();
	// The turns are at multiples of 4, and what is submitted after block 7 is in block 8.
	for at in 7..12 {
		world.work(at);
	}
	let asked = |at, due| Told::Asked(0, at, due);
	assert_eq!(
		world.courier.told(),
		[
			asked(7, true),
			asked(8, true),
			asked(9, true),
			asked(10, false),
			asked(11, true)
		]
	);
	// Governance makes the interval 8 blocks.
	let policy = CourierPolicy {
		anchors_per_block: 1,
		..DefaultPolicy::get()
	};
	world.ext.execute_with(|| {
		assert_ok!(Anchors::set_policy(signed(POLICY_MAKER), policy));
	});
	for at in [11, 14, 15] {
		world.work(at);
	}
	let told = world.courier.told();
	// Node 100 of an interval of 8: its turns are at 12, 20, …
	assert_eq!(told, [asked(11, true), asked(14, false), asked(15, false)]);
}

#[test]
fn asks_for_nothing_while_its_interval_has_an_anchor() {
	let mut world = World::new();
	world.courier.with(|state| state.ready = Some(ready(0)));
	world.work(7);
	assert_eq!(world.author(8), [Ok(())]);
	world.courier.with(|state| state.ready = Some(ready(1)));
	world.courier.told();
	for at in 8..11 {
		world.work(at);
	}
	assert_eq!(world.courier.told(), []);
	world.work(11);
	assert_eq!(world.courier.told(), [Told::Asked(1, 11, true), Told::Submitted(1, 11)]);
	assert_eq!(world.author(12), [Ok(())]);
	finish(world);
}

#[test]
fn a_node_without_a_single_method_of_the_courier_goes_on() {
	struct Deaf;
	impl HostCall for Deaf {
		fn call(&mut self, _: u32, _: &[u8]) -> Option<Vec<u8>> {
			None
		}
	}
	let mut ext = new_ext();
	ext.register_extension(CourierExt(Box::new(Deaf)));
	ext.execute_with(|| <Anchors as OffchainWorker<u32>>::offchain_worker(7));
}

#[test]
fn a_node_that_lacks_one_method_does_all_the_others() {
	/// Of an age in which nobody could be told that a channel is closed.
	struct Older(FakeCourier);
	impl HostCall for Older {
		fn call(&mut self, method: u32, argument: &[u8]) -> Option<Vec<u8>> {
			(method != Method::CloseChannel as u32)
				.then(|| self.0.call(method, argument))
				.flatten()
		}
	}
	let mut world = World::new();
	world.courier.with(|state| {
		state.due = vec![due(404, false), due(CHANNEL, false)];
		state.ready = Some(ready(0));
	});
	world
		.ext
		.register_extension(CourierExt(Box::new(Older(world.courier.clone()))));
	world.work(7);
	assert_eq!(
		world.courier.told(),
		[
			Told::Dispatch(CHANNEL, 7),
			Told::Asked(0, 7, true),
			Told::Submitted(0, 7)
		]
	);
	assert_eq!(world.author(8), [Ok(())]);
	finish(world);
}

#[test]
fn a_run_writes_nothing_to_the_chain() {
	let mut world = World::new();
	world.courier.with(|state| {
		state.due = vec![due(CHANNEL, false)];
		state.ready = Some(ready(0));
	});
	world.ext.execute_with(|| System::set_block_number(5));
	let root = |world: &mut World| {
		world
			.ext
			.execute_with(|| sp_io::storage::root(sp_runtime::StateVersion::V1))
	};
	let before = root(&mut world);
	world.work(5);
	assert_eq!(root(&mut world), before);
}
