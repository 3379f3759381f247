// SPDX-License-Identifier: Apache-2.0

//! Benchmarks of all calls, each in its worst case.

use crate::{Pallet as Agreements, *};
use alloc::{vec, vec::Vec};
use frame_benchmarking::v2::*;
use frame_support::{
	traits::{EnsureOrigin, Get},
	BoundedVec,
};
use frame_system::RawOrigin;
use sealane_primitives::{
	clauses::{Clause, ClauseCode, Clauses, Condition, RegionCode, Regions, MAX_ALTERNATIVES, MAX_CLAUSES, MAX_SET},
	directory::Scope,
	ids::*,
	traits::BenchmarkSetup,
};

/// The parties of a channel.
struct Parties<T: Config> {
	channel: ChannelId,
	seller: T::AccountId,
	issuer: T::AccountId,
	issuer_member: MemberId,
}

fn parties<T: Config>() -> Parties<T> {
	let (seller, issuer) = (account("seller", 0, 0), account("issuer", 0, 0));
	let seller_member = T::BenchmarkSetup::member(&seller, &account("seller-delegate", 0, 0));
	let issuer_member = T::BenchmarkSetup::member(&issuer, &account("issuer-delegate", 0, 0));
	let channel = T::BenchmarkSetup::channel(seller_member, issuer_member);
	frame_system::Pallet::<T>::set_block_number(1u32.into());
	Parties {
		channel,
		seller,
		issuer,
		issuer_member,
	}
}

/// The longest scope that needs no product.
fn scope(index: u8) -> Scope {
	Scope::ProductType(BoundedVec::truncate_from(vec![
		b'a' + index % 26;
		MAX_NAME_LEN as usize
	]))
}

/// `count` of the largest clauses: full codes, all alternatives, the longest sets.
fn largest_clauses(count: u32) -> Clauses {
	let regions = |first: u32| -> Regions {
		(0..MAX_SET)
			.map(|i| RegionCode::new(&[b'R', b'0' + (first % 10) as u8, b'A' + i as u8]).expect("three letters"))
			.collect::<Vec<_>>()
			.try_into()
			.expect("as many as the bound allows")
	};
	(0..count)
		.map(|i| Clause {
			code: ClauseCode::new(&[vec![b'c'; 30], vec![b'a' + (i / 26) as u8, b'a' + (i % 26) as u8]].concat())
				.expect("32 letters"),
			any_of: (0..MAX_ALTERNATIVES)
				.map(|i| Condition::RegionIn(regions(i)))
				.collect::<Vec<_>>()
				.try_into()
				.expect("as many as the bound allows"),
		})
		.collect::<Vec<_>>()
		.try_into()
		.expect("the component's range is the bound")
}

/// The seller's proposal for `scope`, with the largest clauses.
fn propose<T: Config>(parties: &Parties<T>, scope: Scope, from: Option<BlockNumber>) -> ProposalId {
	let id = NextProposal::<T>::get();
	Agreements::<T>::do_propose(
		&parties.seller,
		parties.channel,
		scope,
		largest_clauses(MAX_CLAUSES),
		from,
	)
	.expect("the seller may propose");
	id
}

fn joint<T: Config>(parties: &Parties<T>, scope: Scope, from: Option<BlockNumber>) -> ProposalId {
	let id = propose::<T>(parties, scope, from);
	Agreements::<T>::do_accept(&parties.issuer, id).expect("the issuer may accept");
	id
}

/// Fill the seller's list on the channel, but for one place.
fn crowd<T: Config>(parties: &Parties<T>) {
	for _ in 1..T::MaxOpenProposals::get() {
		propose::<T>(parties, scope(0), None);
	}
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn propose(c: Linear<1, MAX_CLAUSES>) {
		let parties = parties::<T>();
		crowd::<T>(&parties);
		let origin = RawOrigin::Signed(parties.seller.clone());
		#[extrinsic_call]
		_(origin, parties.channel, scope(1), largest_clauses(c), Some(2));
		let newest = NextProposal::<T>::get() - 1;
		assert!(Proposals::<T>::contains_key(newest));
	}

	#[benchmark]
	fn counter_propose(c: Linear<1, MAX_CLAUSES>) {
		let parties = parties::<T>();
		crowd::<T>(&parties);
		let answered = super::propose::<T>(&parties, scope(1), None);
		let origin = RawOrigin::Signed(parties.issuer.clone());
		#[extrinsic_call]
		_(origin, answered, largest_clauses(c), Some(2));
		assert!(!Proposals::<T>::contains_key(answered));
		let answer = Proposals::<T>::get(answered + 1).expect("filed");
		assert_eq!(answer.proposer, parties.issuer_member);
	}

	#[benchmark]
	fn accept() {
		let parties = parties::<T>();
		crowd::<T>(&parties);
		let id = super::propose::<T>(&parties, scope(1), None);
		let origin = RawOrigin::Signed(parties.issuer.clone());
		#[extrinsic_call]
		_(origin, id);
		assert!(Proposals::<T>::get(id).is_some_and(|proposal| proposal.joint_since.is_some()));
	}

	#[benchmark]
	fn withdraw() {
		let parties = parties::<T>();
		crowd::<T>(&parties);
		let id = super::propose::<T>(&parties, scope(1), None);
		let origin = RawOrigin::Signed(parties.seller.clone());
		#[extrinsic_call]
		_(origin, id);
		assert!(!Proposals::<T>::contains_key(id));
	}

	/// The worst case replaces all `p` versions that wait.
	#[benchmark]
	fn ratify(p: Linear<0, { T::MaxPending::get() }>) -> Result<(), BenchmarkError> {
		let parties = parties::<T>();
		for i in 0..p {
			let id = joint::<T>(&parties, scope(1), Some(3 + i));
			Agreements::<T>::do_ratify(id).expect("there is room for versions that wait");
		}
		crowd::<T>(&parties);
		let id = joint::<T>(&parties, scope(1), Some(2));
		let origin = T::RatifyOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, id);
		assert_eq!(LastAgreement::<T>::get(), p + 1);
		assert_eq!(Scopes::<T>::get(parties.channel, scope(1)).periods, 1);
		Ok(())
	}

	/// The worst case finds nothing that is over.
	#[benchmark]
	fn sweep(n: Linear<0, { T::MaxScopes::get() }>) {
		let parties = parties::<T>();
		for i in 0..n {
			let name = [&i.to_le_bytes()[..], &[b'x'; 28]].concat();
			Agreements::<T>::keep_live(
				parties.channel,
				&Scope::ProductType(BoundedVec::truncate_from(name)),
				Some(BlockNumber::MAX),
			);
		}
		let looked_at;
		#[block]
		{
			looked_at = Agreements::<T>::sweep(parties.channel);
		}
		assert_eq!(looked_at, n);
	}

	#[benchmark]
	fn refuse(r: Linear<1, MAX_REASON_LEN>) -> Result<(), BenchmarkError> {
		let parties = parties::<T>();
		crowd::<T>(&parties);
		let id = joint::<T>(&parties, scope(1), None);
		let origin = T::RefuseOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		let reason = Reason::truncate_from(vec![b'x'; r as usize]);
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, id, reason);
		assert!(!Proposals::<T>::contains_key(id));
		Ok(())
	}

	impl_benchmark_test_suite!(Agreements, crate::mock::new_ext(), crate::mock::Test);
}
