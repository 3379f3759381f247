// SPDX-License-Identifier: Apache-2.0

//! Benchmarks of all calls, each in its worst case.

use crate::{Pallet as AnchorsPallet, *};
use alloc::vec::Vec;
use frame_benchmarking::v2::*;
use frame_support::{
	traits::{EnsureOrigin, Get},
	BoundedVec,
};
use frame_system::RawOrigin;
use sealane_primitives::{
	directory::CourierPolicy,
	evidence::range::Range,
	ids::*,
	traits::{BenchmarkSetup, MemberRegistry},
};

/// The parties of a channel.
struct Parties<T: Config> {
	channel: ChannelId,
	manager: T::AccountId,
	delegate: T::AccountId,
	node: NodeId,
}

fn parties<T: Config>() -> Parties<T> {
	let (manager, delegate) = (account("seller", 0, 0), account("seller-delegate", 0, 0));
	let seller = T::BenchmarkSetup::member(&manager, &delegate);
	let issuer = T::BenchmarkSetup::member(&account("issuer", 0, 0), &account("issuer-delegate", 0, 0));
	let channel = T::BenchmarkSetup::channel(seller, issuer);
	frame_system::Pallet::<T>::set_block_number(1u32.into());
	let (_, node) = T::Members::delegate_of(&delegate).expect("the setup names the delegate");
	Parties {
		channel,
		manager,
		delegate,
		node,
	}
}

fn hash(number: u32) -> Digest {
	let mut hash = [0; 32];
	hash[..4].copy_from_slice(&number.to_le_bytes());
	hash
}

/// Open `count` disputes of the manager on the channel, each over another batch.
fn dispute<T: Config>(parties: &Parties<T>, count: u32) {
	for number in 0..count {
		AnchorsPallet::<T>::do_open_dispute(
			&parties.manager,
			parties.channel,
			hash(number),
			DisputeReason::Other(u16::MAX),
		)
		.expect("there is room");
	}
}

#[benchmarks]
mod benchmarks {
	use super::*;

	/// The worst case: the number of anchors becomes a power of two, so that all peaks merge, and one goes that is none of the last any more.
	#[benchmark]
	fn anchor() {
		let parties = parties::<T>();
		let count = (1u64 << 40) - 1;
		let range = Range {
			count,
			last: 1,
			peaks: BoundedVec::truncate_from((0..40).map(hash).collect::<Vec<_>>()),
		};
		Ranges::<T>::insert(parties.node, range);
		let gone = count - KEPT_ANCHORS;
		Anchors::<T>::insert(parties.node, gone, Anchor::new(hash(0), 1));
		frame_system::Pallet::<T>::set_block_number(1_000_000u32.into());
		let origin = RawOrigin::Signed(parties.delegate.clone());
		#[extrinsic_call]
		_(origin, count, hash(1));
		assert_eq!(Ranges::<T>::get(parties.node).peaks.len(), 1);
		assert!(!Anchors::<T>::contains_key(parties.node, gone));
	}

	#[benchmark]
	fn open_dispute(d: Linear<0, { T::MaxOpenDisputes::get() - 1 }>) {
		let parties = parties::<T>();
		dispute::<T>(&parties, d);
		let origin = RawOrigin::Signed(parties.manager.clone());
		#[extrinsic_call]
		_(origin, parties.channel, hash(u32::MAX), DisputeReason::Other(u16::MAX));
		assert_eq!(NextDispute::<T>::get(), d + 1);
	}

	#[benchmark]
	fn resolve_dispute() {
		let parties = parties::<T>();
		dispute::<T>(&parties, T::MaxOpenDisputes::get());
		// The party's way reads one more map than the council's.
		let origin = RawOrigin::Signed(parties.manager.clone());
		#[extrinsic_call]
		_(origin, 0, Outcome::Settled);
		assert!(Disputes::<T>::get(0).is_some_and(|dispute| dispute.resolution.is_some()));
	}

	#[benchmark]
	fn set_policy() -> Result<(), BenchmarkError> {
		let origin = T::PolicyOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		let policy = CourierPolicy {
			anchors_per_block: T::MaxAnchorsPerBlock::get(),
			max_age: T::LongestAge::get(),
			drain: T::LongestDrain::get(),
		};
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, policy);
		assert_eq!(Policy::<T>::get(), policy);
		Ok(())
	}

	impl_benchmark_test_suite!(AnchorsPallet, crate::mock::new_ext(), crate::mock::Test);
}
