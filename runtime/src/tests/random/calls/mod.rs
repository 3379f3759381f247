// SPDX-License-Identifier: Apache-2.0

//! Calls that are often right and sometimes wrong: numbers of things that exist, now and then of such as do not; the caller whom
//! the call wants, now and then somebody else.

mod evidence;
mod members;
mod trade;

use super::world::{Rng, World};
use crate::{
	tests::setup::{account, council, COUNCIL},
	AccountId, Runtime, RuntimeCall, RuntimeOrigin, System,
};
use pallet_members::MemberStatus;
use sealane_primitives::{
	business::{Role, Roles},
	ids::{BlockNumber, MemberId, Name, NodeId},
};

/// How a call is made.
pub enum By {
	/// Dispatched from an origin.
	Origin(RuntimeOrigin),
	/// A motion with this many ayes, from proposal to close.
	Motion(u32),
}

/// Whom a call wants.
enum Wants {
	/// At least this many of the five councillors.
	Votes(u32),
	/// This account.
	Account(AccountId),
}

use Wants::{Account, Votes};

/// A call of one of the pallets, and who makes it.
pub fn any(rng: &mut Rng, world: &World) -> (RuntimeCall, By) {
	let (call, wants) = match rng.below(20) {
		0..=5 => members::members(rng, world),
		6..=11 => trade::channels(rng, world),
		12..=14 => trade::agreements(rng),
		15 | 16 => evidence::receipts(rng, world),
		17 => evidence::anchors(rng, world),
		18 => trade::calendars(rng),
		_ => evidence::validators(rng, world),
	};
	let by = by(rng, world, wants);
	(call, by)
}

fn by(rng: &mut Rng, world: &World, wants: Wants) -> By {
	if rng.chance(1, 8) {
		return By::Origin(anybody(rng, world));
	}
	match wants {
		Account(who) => By::Origin(RuntimeOrigin::signed(who)),
		// Now and then one vote is missing.
		Votes(least) if rng.chance(1, 8) => By::Motion(least - 1),
		Votes(least) if rng.chance(1, 4) => By::Motion(least),
		Votes(least) => By::Origin(council(least + rng.below(6 - least))),
	}
}

fn anybody(rng: &mut Rng, world: &World) -> RuntimeOrigin {
	match rng.below(8) {
		0 => RuntimeOrigin::none(),
		1 => RuntimeOrigin::root(),
		2 => council(rng.below(6)),
		_ => RuntimeOrigin::signed(somebody(rng, world)),
	}
}

fn somebody(rng: &mut Rng, world: &World) -> AccountId {
	let one = match rng.below(4) {
		0 => rng.pick(&world.outsiders).cloned(),
		1 => rng.pick(&world.delegates).cloned(),
		2 => rng.pick(&COUNCIL).map(|seat| seat.to_account_id()),
		_ => rng.pick(&world.managers).map(account),
	};
	one.expect("there are accounts of every kind")
}

fn manager(rng: &mut Rng, world: &World) -> AccountId {
	rng.pick(&world.managers).map(account).expect("there are managers")
}

fn delegate(rng: &mut Rng, world: &World) -> AccountId {
	if rng.chance(1, 8) {
		return somebody(rng, world);
	}
	rng.pick(&world.delegates).cloned().expect("there are delegates")
}

/// A number below `next`, rarely one beyond.
fn number(rng: &mut Rng, next: u32) -> u32 {
	if rng.chance(1, 12) {
		next + rng.below(3)
	} else {
		rng.below(next)
	}
}

fn member(rng: &mut Rng) -> MemberId {
	number(rng, pallet_members::NextMemberId::<Runtime>::get())
}

/// Mostly a member that is active, or suspended, and holds a role, if one is asked for.
fn member_who(rng: &mut Rng, active: bool, role: Option<Role>) -> MemberId {
	let fitting: Vec<MemberId> = pallet_members::Members::<Runtime>::iter()
		.filter(|(_, it)| match it.status {
			MemberStatus::Active => active,
			MemberStatus::Suspended { .. } => !active,
			MemberStatus::Exited { .. } => false,
		})
		.filter(|(_, it)| role.is_none_or(|role| it.roles.contains(role)))
		.map(|(id, _)| id)
		.collect();
	match rng.chance(1, 8) {
		false => rng.pick(&fitting).copied().unwrap_or_default(),
		true => member(rng),
	}
}

/// Mostly the manager of an active member.
fn active_manager(rng: &mut Rng, role: Option<Role>) -> AccountId {
	manager_of(member_who(rng, true, role))
}

fn node(rng: &mut Rng) -> NodeId {
	let nodes: Vec<NodeId> = pallet_members::Nodes::<Runtime>::iter_keys().collect();
	match rng.chance(1, 12) {
		false => rng.pick(&nodes).copied().unwrap_or_default(),
		true => number(rng, pallet_members::NextNodeId::<Runtime>::get()),
	}
}

fn manager_of(member: MemberId) -> AccountId {
	pallet_members::Members::<Runtime>::get(member).map_or_else(|| COUNCIL[0].to_account_id(), |it| it.manager)
}

/// Whoever manages the member that runs the node.
fn owner_of(node: NodeId) -> AccountId {
	manager_of(pallet_members::Nodes::<Runtime>::get(node).map_or(MemberId::MAX, |it| it.member))
}

pub fn name(text: &str) -> Name {
	text.as_bytes().to_vec().try_into().expect("names in tests are short")
}

/// An id out of a few, so that calls meet what earlier ones left.
fn id(rng: &mut Rng, letter: char) -> Name {
	match rng.below(24) {
		0 => name("-bad"),
		n => name(&format!("{letter}{}", n % 8)),
	}
}

fn text<B: TryFrom<Vec<u8>>>(rng: &mut Rng, good: &str) -> B {
	let text = if rng.chance(1, 12) { "\n" } else { good };
	B::try_from(text.as_bytes().to_vec()).unwrap_or_else(|_| unreachable!("texts in tests are short; qed"))
}

fn roles(rng: &mut Rng) -> Roles {
	match rng.below(12) {
		0 => Roles(rng.next() as u8),
		1..=4 => Roles::of(&[Role::Seller]),
		5..=8 => Roles::of(&[Role::Issuer]),
		_ => Roles::of(&[Role::Seller, Role::Issuer]),
	}
}

fn now() -> BlockNumber {
	System::block_number()
}
