// SPDX-License-Identifier: Apache-2.0

//! The off-chain worker against a courier, a pool and a keystore.

use crate::{mock::*, *};
use sealane_primitives::{directory::Refusal, ids::BlockNumber};

#[test]
fn brings_what_waits_on_chain_and_submits_it_once() {
	let mut world = World::new();
	world.ready(&[(1, true), (2, false)]);
	world.work(1);
	assert_eq!(world.pool.waiting().len(), 1);
	assert_eq!(signer(&world.pool.waiting()[0]), (world.delegate.clone(), 0));
	assert_eq!(world.author(2), [Ok(())]);
	assert_eq!(world.on_chain(), 2);
	// The courier goes on offering until a final block has them, however long that takes.
	for at in 2..40 {
		world.work(at);
		assert!(world.pool.waiting().is_empty(), "block {at}");
	}
}

#[test]
fn closes_what_is_open_and_only_that() {
	let mut world = World::new();
	world.ready(&[(1, true), (2, true), (3, false)]);
	world.work(1);
	world.author(2);
	// The third was rejected, the fourth is not on chain yet.
	world.courier.state().closing = [1, 3, 4].map(commitment).to_vec();
	world.work(2);
	assert_eq!(world.author(3), [Ok(())]);
	let status = |world: &mut World, n| world.ext.execute_with(|| status(n));
	assert_eq!(status(&mut world, 1), Some(Status::Closed(3)));
	assert_eq!(
		(status(&mut world, 2), status(&mut world, 3)),
		(Some(Status::Open), Some(Status::Open))
	);
	world.work(3);
	assert!(
		world.pool.waiting().is_empty(),
		"it is closed, and the others cannot be"
	);
	world.ready(&[(4, true)]);
	world.work(4);
	assert_eq!(world.author(5), [Ok(())]);
	world.work(5);
	assert_eq!(world.author(6), [Ok(())]);
	assert_eq!(
		status(&mut world, 4),
		Some(Status::Closed(6)),
		"issued and closed, one after the other"
	);
}

#[test]
fn a_batch_that_waits_in_the_pool_is_not_submitted_twice() {
	let mut world = World::new();
	world.ready(&[(1, true)]);
	for at in 1..5 {
		world.work(at);
		assert_eq!(world.pool.waiting().len(), 1, "block {at}");
	}
}

#[test]
fn a_batch_that_the_pool_lost_is_submitted_again() {
	let mut world = World::new();
	world.ready(&[(1, true)]);
	world.work(1);
	world.pool.take();
	world.work(2);
	assert_eq!(world.author(3), [Ok(())]);
	assert_eq!(world.on_chain(), 1);
}

#[test]
fn what_a_fork_took_back_is_submitted_again() {
	let mut world = World::new();
	world.ready(&[(1, true)]);
	world.work(1);
	world.author(2);
	world.work(3);
	// Another branch becomes the best one: it has neither the receipt nor the nonce.
	world.ext.execute_with(|| {
		Receipts::<Test>::remove(ISSUER, commitment(1));
		Tallies::<Test>::remove(ISSUER);
		frame_system::Account::<Test>::remove(&world.delegate);
	});
	world.work(3);
	assert_eq!(world.author(4), [Ok(())]);
	assert_eq!(world.on_chain(), 1);
}

#[test]
fn more_than_a_batch_goes_on_chain_one_batch_per_block() {
	let mut world = World::new();
	let all: Vec<_> = (0..23).map(|n| (n, n % 3 != 0)).collect();
	world.ready(&all);
	let mut at: BlockNumber = 1;
	while world.on_chain() < all.len() {
		world.work(at);
		at += 1;
		assert_eq!(world.author(at), [Ok(())]);
	}
	assert_eq!(at, 6);
	assert!(world.courier.state().asked >= MaxBatch::get() * 8);
}

#[test]
fn what_the_manager_issued_by_hand_is_not_submitted_again() {
	let mut world = World::new();
	world.ready(&[(1, true), (2, true)]);
	world
		.ext
		.execute_with(|| ReceiptsPallet::issue(by(ISSUER), commitment(1), false).unwrap());
	world.work(1);
	assert_eq!(world.author(2), [Ok(())]);
	assert_eq!(world.on_chain(), 2);
	// The opposite outcome is the chain's word.
	let receipt = world
		.ext
		.execute_with(|| ReceiptsPallet::receipt(ISSUER, commitment(1)));
	assert_eq!(receipt.map(|receipt| receipt.outcome), Some(Outcome::Rejected));
}

#[test]
fn another_workers_submission_in_the_same_block_does_not_collide() {
	let mut world = World::new();
	world.ready(&[(1, true)]);
	// Another off-chain worker of the same block used the account's next nonce, and counted it up.
	world
		.ext
		.execute_with(|| frame_system::Pallet::<Test>::inc_account_nonce(&world.delegate));
	world.work(1);
	assert_eq!(signer(&world.pool.waiting()[0]).1, 1);
}

#[test]
fn nothing_is_submitted_without_a_courier_a_registered_node_or_something_that_waits() {
	let mut world = World::new();
	world.work(1);
	world.ready(&[(1, true)]);
	for member in [None, Some(STRANGER)] {
		world.courier.state().member = member;
		world.work(2);
	}
	assert!(world.pool.waiting().is_empty());
	new_test_ext().execute_with(|| ReceiptsPallet::run_offchain(1));
}

#[test]
fn nothing_is_submitted_without_the_delegates_key_and_it_goes_on_when_it_is_there() {
	let mut world = World::new();
	world.ready(&[(1, true)]);
	Members::edit(ISSUER, |m| m.delegate = delegate(ISSUER));
	world.work(1);
	assert!(world.pool.waiting().is_empty());
	let key = world.delegate.clone();
	Members::edit(ISSUER, |m| m.delegate = key);
	world.work(2);
	assert_eq!(world.pool.waiting().len(), 1);
}

#[test]
fn nothing_is_submitted_for_a_suspended_issuer_or_a_member_without_the_role() {
	let mut world = World::new();
	world.ready(&[(1, true)]);
	Members::edit(ISSUER, |m| m.refusal = Some(Refusal::MemberSuspended));
	world.work(1);
	Members::edit(ISSUER, |m| {
		m.refusal = None;
		m.roles.clear();
	});
	world.work(2);
	assert!(world.pool.waiting().is_empty());
	assert_eq!(world.courier.state().ready.len(), 1);
}

#[test]
fn integrity_of_the_mock() {
	ReceiptsPallet::do_integrity_test();
}
