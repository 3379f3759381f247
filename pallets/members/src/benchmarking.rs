// SPDX-License-Identifier: Apache-2.0

//! Benchmarks of all calls, and members for the benchmarks of other pallets.

use super::*;
use crate::legal_id::sample_lei;
use alloc::{vec, vec::Vec};
use codec::Encode;
use frame_benchmarking::v2::*;
use frame_support::traits::{EnsureOrigin, Get, UnfilteredDispatchable};
use frame_system::{Pallet as System, RawOrigin};
use sealane_primitives::{
	business::{Role, Roles},
	ids::*,
	keys::MAX_COURIER_KEYS,
};

/// A key that no other number gives, and that signatures can be checked against.
fn key(seed: u32) -> [u8; 32] {
	(0..u32::MAX)
		.map(|attempt| sp_io::hashing::sha2_256(&(seed, attempt).encode()))
		.find(sealane_primitives::signature::is_strict_key)
		.expect("every other hash is a point; qed")
}

/// As many and as long addresses as fit.
fn long_addresses() -> Addresses {
	let address = |i: u32| {
		let labels = "a".repeat(50);
		let text = alloc::format!("/dns/{labels}.{labels}/tcp/{}/tls/ws", 10_000 + i);
		Address::try_from(text.into_bytes()).expect("124 bytes fit into 128; qed")
	};
	(0..MAX_ADDRESSES)
		.map(address)
		.collect::<Vec<_>>()
		.try_into()
		.expect("as many as fit; qed")
}

fn longest_profile(seed: u32) -> Profile {
	Profile {
		name: vec![b'n'; MAX_MEMBER_NAME_LEN as usize]
			.try_into()
			.expect("as long as fits; qed"),
		legal_id: sample_lei(seed),
		contact: vec![b'c'; MAX_CONTACT_LEN as usize]
			.try_into()
			.expect("as long as fits; qed"),
	}
}

fn both_roles() -> Roles {
	Roles::of(&[Role::Seller, Role::Issuer])
}

/// Adds a node whose PeerId and keys nobody has.
fn node<T: Config>(member: MemberId, delegate: &T::AccountId) -> NodeId {
	let seed = NextNodeId::<T>::get();
	let keys = (key(seed), key(seed));
	Pallet::<T>::do_register_node(
		member,
		network::peer_of_key(&key(seed)),
		long_addresses(),
		keys,
		delegate.clone(),
	)
	.expect("peer, keys and delegate are new, and there is room; qed")
}

/// See [`Pallet::benchmark_member`].
pub(crate) fn member<T: Config>(manager: &T::AccountId, delegate: &T::AccountId) -> MemberId {
	let seed = NextMemberId::<T>::get();
	let member = Pallet::<T>::do_admit(longest_profile(seed), both_roles(), manager.clone())
		.expect("name, legal number and manager are new, and there is room; qed");
	node::<T>(member, delegate);
	member
}

impl<T: Config> Pallet<T> {
	/// An active member with the roles seller and issuer, managed by `manager`, with one node whose delegate is
	/// `delegate`: what other pallets' benchmarks start from.
	pub fn benchmark_member(manager: &T::AccountId, delegate: &T::AccountId) -> MemberId {
		member::<T>(manager, delegate)
	}
}

/// A member with one node, its manager and the node.
fn setup<T: Config>() -> (T::AccountId, MemberId, NodeId) {
	let manager: T::AccountId = whitelisted_caller();
	let member = member::<T>(&manager, &account("delegate", 0, 0));
	(manager, member, NextNodeId::<T>::get() - 1)
}

/// Rotates the keys of nodes until their rings are full. The last rotation of each is under way, so that removing the node
/// ends two pairs of keys.
fn rotate<T: Config>(nodes: &[NodeId]) {
	for i in 1..MAX_COURIER_KEYS {
		if i > 1 {
			end_rotation::<T>();
		}
		for node in nodes {
			let seed = 1_000 + node * MAX_COURIER_KEYS + i;
			let new = keyring::Announcement {
				signing: key(seed),
				sealing: key(seed),
				valid_from: Pallet::<T>::now() + 1,
				overlap: T::MinKeyOverlap::get(),
			};
			Pallet::<T>::do_announce_keys(*node, new).expect("the ring is not full yet; qed");
		}
	}
}

/// Lets the time pass until only the newest keys hold.
fn end_rotation<T: Config>() {
	let end = Pallet::<T>::now() + T::MinKeyOverlap::get() + 2;
	System::<T>::set_block_number(end.into());
}

/// Fills a node's ring, so that the next announcement drops the oldest keys.
fn fill_ring<T: Config>(node: NodeId) {
	rotate::<T>(&[node]);
	end_rotation::<T>();
}

/// Gives a member as many nodes, each of them with a full ring.
fn fill_nodes<T: Config>(member: MemberId, count: u32) {
	for i in 1..count {
		node::<T>(member, &account("delegate", i, 0));
	}
	rotate::<T>(&NodesOf::<T>::get(member));
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn admit() -> Result<(), BenchmarkError> {
		let origin = T::AdmitOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		let Profile {
			name,
			legal_id,
			contact,
		} = longest_profile(1);
		let manager: T::AccountId = account("manager", 0, 0);

		#[extrinsic_call]
		_(
			origin as T::RuntimeOrigin,
			name,
			legal_id,
			contact,
			both_roles(),
			manager.clone(),
		);

		assert!(Managers::<T>::contains_key(manager));
		Ok(())
	}

	#[benchmark]
	fn set_roles() -> Result<(), BenchmarkError> {
		let origin = T::AdmitOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		let (_, member, _) = setup::<T>();
		let roles = Roles::of(&[Role::Auditor]);

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, member, roles);

		assert_eq!(Members::<T>::get(member).map(|m| m.roles), Some(roles));
		Ok(())
	}

	#[benchmark]
	fn suspend() -> Result<(), BenchmarkError> {
		let origin = T::SuspendOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		let (_, member, _) = setup::<T>();
		// Taken back long ago: what there is to look up is there.
		Reinstated::<T>::insert(member, 0);
		frame_system::Pallet::<T>::set_block_number(T::SuspensionRest::get().into());

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, member);

		assert!(matches!(
			Members::<T>::get(member).map(|m| m.status),
			Some(MemberStatus::Suspended { .. })
		));
		Ok(())
	}

	#[benchmark]
	fn reinstate() -> Result<(), BenchmarkError> {
		let origin = T::AdmitOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		let (_, member, _) = setup::<T>();
		Pallet::<T>::do_suspend(member)?;
		let since = Pallet::<T>::now();

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, member, since);

		assert_eq!(Members::<T>::get(member).map(|m| m.status), Some(MemberStatus::Active));
		Ok(())
	}

	#[benchmark]
	fn exit(n: Linear<1, { T::MaxNodesPerMember::get() }>) {
		let (manager, member, _) = setup::<T>();
		fill_nodes::<T>(member, n);

		#[extrinsic_call]
		_(RawOrigin::Signed(manager));

		assert!(matches!(
			Members::<T>::get(member).map(|m| m.status),
			Some(MemberStatus::Exited { .. })
		));
	}

	#[benchmark]
	fn remove(n: Linear<1, { T::MaxNodesPerMember::get() }>) -> Result<(), BenchmarkError> {
		let origin = T::ExitOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		let (_, member, _) = setup::<T>();
		fill_nodes::<T>(member, n);

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, member);

		assert!(matches!(
			Members::<T>::get(member).map(|m| m.status),
			Some(MemberStatus::Exited { .. })
		));
		Ok(())
	}

	#[benchmark]
	fn set_manager() {
		let (manager, member, _) = setup::<T>();
		let new: T::AccountId = account("manager", 1, 0);

		#[extrinsic_call]
		_(RawOrigin::Signed(manager), new.clone());

		assert_eq!(Managers::<T>::get(new), Some(member));
	}

	#[benchmark]
	fn force_set_manager() -> Result<(), BenchmarkError> {
		let origin = T::ForceOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		let (_, member, _) = setup::<T>();
		let new: T::AccountId = account("manager", 1, 0);

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, member, new.clone());

		assert_eq!(Managers::<T>::get(new), Some(member));
		Ok(())
	}

	#[benchmark]
	fn update_contact() {
		let (manager, member, _) = setup::<T>();
		let contact: Contact = vec![b'd'; MAX_CONTACT_LEN as usize]
			.try_into()
			.expect("as long as fits; qed");

		#[extrinsic_call]
		_(RawOrigin::Signed(manager), contact.clone());

		assert_eq!(Profiles::<T>::get(member).map(|p| p.contact), Some(contact));
	}

	#[benchmark]
	fn register_node() {
		let (manager, ..) = setup::<T>();
		let delegate: T::AccountId = account("delegate", 1, 0);
		let peer = network::peer_of_key(&key(7_000));

		#[extrinsic_call]
		_(
			RawOrigin::Signed(manager),
			peer.clone(),
			long_addresses(),
			key(7_000),
			key(7_000),
			delegate,
		);

		assert!(Peers::<T>::contains_key(peer));
	}

	#[benchmark]
	fn set_addresses() {
		let (manager, _, node) = setup::<T>();
		let mut addresses = long_addresses();
		addresses.as_mut().reverse();

		#[extrinsic_call]
		_(RawOrigin::Signed(manager), node, addresses.clone());

		assert_eq!(Nodes::<T>::get(node).map(|n| n.addresses), Some(addresses));
	}

	#[benchmark]
	fn announce_keys() {
		let (manager, _, node) = setup::<T>();
		fill_ring::<T>(node);
		let valid_from = Pallet::<T>::now() + T::MaxKeyNotice::get();

		#[extrinsic_call]
		_(
			RawOrigin::Signed(manager),
			node,
			key(9_000),
			key(9_000),
			valid_from,
			T::MaxKeyOverlap::get(),
		);

		assert_eq!(Nodes::<T>::get(node).map(|n| n.next_key), Some(MAX_COURIER_KEYS + 1));
	}

	#[benchmark]
	fn retire_keys() {
		let (manager, _, node) = setup::<T>();
		fill_ring::<T>(node);
		let call = Call::<T>::announce_keys {
			node,
			signing: key(9_000),
			sealing: key(9_000),
			valid_from: Pallet::<T>::now() + 1,
			overlap: T::MaxKeyOverlap::get(),
		};
		call.dispatch_bypass_filter(RawOrigin::Signed(manager.clone()).into())
			.expect("the oldest keys have ended; qed");

		#[extrinsic_call]
		_(RawOrigin::Signed(manager), node, key(9_000));

		assert!(!KeyOwners::<T>::contains_key(key(9_000)));
	}

	#[benchmark]
	fn set_delegate() {
		let (manager, member, node) = setup::<T>();
		let new: T::AccountId = account("delegate", 1, 0);

		#[extrinsic_call]
		_(RawOrigin::Signed(manager), node, new.clone());

		assert_eq!(Delegates::<T>::get(new), Some((member, node)));
	}

	#[benchmark]
	fn remove_node() {
		let (manager, _, node) = setup::<T>();
		rotate::<T>(&[node]);

		#[extrinsic_call]
		_(RawOrigin::Signed(manager), node);

		assert!(NodeRecords::<T>::get(node).is_some_and(|record| record.removed_at.is_some()));
	}

	#[benchmark]
	fn force_remove_node() -> Result<(), BenchmarkError> {
		let origin = T::ForceOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		let (_, _, node) = setup::<T>();
		rotate::<T>(&[node]);

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, node);

		assert!(NodeRecords::<T>::get(node).is_some_and(|record| record.removed_at.is_some()));
		Ok(())
	}

	#[benchmark]
	fn set_connection_policy() -> Result<(), BenchmarkError> {
		let origin = T::PolicyOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, true);

		assert!(ConnectionsRestricted::<T>::get());
		Ok(())
	}

	#[benchmark]
	fn set_identity() -> Result<(), BenchmarkError> {
		let origin = T::AdmitOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		let (_, member, _) = setup::<T>();
		let Profile { name, legal_id, .. } = longest_profile(999);

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, member, name, legal_id);

		assert_eq!(IdentityVersion::<T>::get(member), 2);
		Ok(())
	}

	#[benchmark]
	fn report_compromise() {
		let (manager, _, node) = setup::<T>();
		rotate::<T>(&[node]);
		end_rotation::<T>();
		let call = Call::<T>::announce_keys {
			node,
			signing: key(9_000),
			sealing: key(9_000),
			valid_from: Pallet::<T>::now() + 1,
			overlap: T::MaxKeyOverlap::get(),
		};
		call.dispatch_bypass_filter(RawOrigin::Signed(manager.clone()).into())
			.expect("the oldest keys have ended; qed");
		let now = Pallet::<T>::now() + 1;
		System::<T>::set_block_number(now.into());

		#[extrinsic_call]
		_(RawOrigin::Signed(manager), node, key(9_000), now);

		let (_, index) = KeyOwners::<T>::get(key(9_000)).expect("announced above; qed");
		assert!(Compromises::<T>::contains_key(node, index));
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::ext(), crate::mock::Test);
}
