// SPDX-License-Identifier: Apache-2.0

//! Calls of the members pallet.

use super::{
	Wants::{self, Account, Votes},
	*,
};
use crate::tests::setup::{courier_key, lei};
use pallet_members::Call as M;

/// Takes a member back from the suspension that it is under.
fn reinstate(member: MemberId) -> M<Runtime> {
	let since = match pallet_members::Members::<Runtime>::get(member).map(|record| record.status) {
		Some(pallet_members::MemberStatus::Suspended { since }) => since,
		_ => 0,
	};
	M::reinstate { member, since }
}

pub(super) fn members(rng: &mut Rng, world: &World) -> (RuntimeCall, Wants) {
	let (call, wants): (M<Runtime>, Wants) = match rng.below(36) {
		0..=4 => {
			let call = M::admit {
				name: text(rng, "Test Bank"),
				legal_id: lei(rng.below(24)),
				contact: text(rng, "operations desk"),
				roles: roles(rng),
				manager: manager(rng, world),
			};
			(call, Votes(3))
		}
		5 => (
			M::set_roles {
				member: member(rng),
				roles: roles(rng),
			},
			Votes(3),
		),
		6 => (
			M::suspend {
				member: member_who(rng, true, None),
			},
			Votes(2),
		),
		7 => (reinstate(member_who(rng, false, None)), Votes(3)),
		8..=10 => (reinstate(member_who(rng, false, None)), Votes(3)),
		11 if rng.chance(1, 3) => (M::exit {}, Account(active_manager(rng, None))),
		11 => (
			M::set_connection_policy {
				restricted: rng.chance(1, 2),
			},
			Votes(4),
		),
		12 if rng.chance(1, 3) => (M::remove { member: member(rng) }, Votes(4)),
		13 => (
			M::set_manager {
				manager: manager(rng, world),
			},
			Account(active_manager(rng, None)),
		),
		14 => (
			M::force_set_manager {
				member: member(rng),
				manager: manager(rng, world),
			},
			Votes(4),
		),
		15 => (
			M::update_contact {
				contact: text(rng, "another desk"),
			},
			Account(active_manager(rng, None)),
		),
		16..=19 => {
			let courier = courier_key(&format!("courier/{}", rng.below(64)));
			let call = M::register_node {
				peer: pallet_members::network::peer_of_key(&courier),
				addresses: Default::default(),
				signing: courier,
				sealing: courier,
				delegate: delegate(rng, world),
			};
			(call, Account(active_manager(rng, None)))
		}
		20 | 21 => {
			let node = node(rng);
			let address = if rng.chance(1, 6) {
				"nowhere"
			} else {
				"/ip4/192.0.2.1/tcp/30333"
			};
			let address = address.as_bytes().to_vec().try_into().expect("short");
			let addresses = vec![address].try_into().expect("one fits");
			(M::set_addresses { node, addresses }, Account(owner_of(node)))
		}
		22..=25 => {
			let node = node(rng);
			let signing = courier_key(&format!("rotated/{}", rng.below(1_000)));
			let call = M::announce_keys {
				node,
				signing,
				sealing: signing,
				valid_from: now() + rng.below(40),
				overlap: 25 + rng.below(60),
			};
			(call, Account(owner_of(node)))
		}
		26 | 27 => {
			let node = node(rng);
			let keys = pallet_members::Nodes::<Runtime>::get(node)
				.map(|it| it.keys.into_inner())
				.unwrap_or_default();
			let signing = rng.pick(&keys).map_or([9; 32], |key| key.signing);
			(M::retire_keys { node, signing }, Account(owner_of(node)))
		}
		28 => {
			let node = node(rng);
			(
				M::set_delegate {
					node,
					delegate: delegate(rng, world),
				},
				Account(owner_of(node)),
			)
		}
		29 => {
			let node = node(rng);
			(M::remove_node { node }, Account(owner_of(node)))
		}
		32 | 33 => (
			M::set_identity {
				member: member(rng),
				name: text(rng, "Renamed Bank"),
				legal_id: lei(rng.below(24)),
			},
			Votes(3),
		),
		34 | 35 => {
			let node = node(rng);
			let keys = pallet_members::Nodes::<Runtime>::get(node)
				.map(|it| it.keys.into_inner())
				.unwrap_or_default();
			let signing = rng.pick(&keys).map_or([9; 32], |key| key.signing);
			let since = now().saturating_sub(rng.below(20));
			(M::report_compromise { node, signing, since }, Account(owner_of(node)))
		}
		30 => (M::force_remove_node { node: node(rng) }, Votes(4)),
		_ => (
			M::set_connection_policy {
				restricted: rng.chance(1, 2),
			},
			Votes(4),
		),
	};
	(call.into(), wants)
}
