// SPDX-License-Identifier: Apache-2.0

//! Calls that are often right and sometimes wrong: numbers of things that exist, now and then of such as do not; the caller whom
//! the call wants, now and then somebody else.

use super::world::{Rng, World};
use crate::{
	tests::setup::{account, council, key, lei, COUNCIL, DAY_MS},
	AccountId, Anchors, Channels, Runtime, RuntimeCall, RuntimeOrigin, Signature, System,
};
use frame_support::BoundedVec;
use pallet_agreements::Call as A;
use pallet_anchors::Call as N;
use pallet_channels::{Call as C, State};
use pallet_members::{Call as M, MemberStatus};
use pallet_receipts::Call as R;
use pallet_validators::Call as V;
use sealane_primitives::{
	business::{BusinessKinds, Role, Roles},
	clauses::{json, Clauses},
	directory::{AnchorMode, AnchorPolicy, ProductStatus, Scope},
	ids::{BlockNumber, ChannelId, MemberId, Name, NodeId},
	traits::ChannelRegistry,
};
use sp_core::Pair;

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
		0..=5 => members(rng, world),
		6..=11 => channels(rng, world),
		12..=14 => agreements(rng),
		15 | 16 => receipts(rng, world),
		17 | 18 => anchors(rng, world),
		_ => validators(rng, world),
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

fn members(rng: &mut Rng, world: &World) -> (RuntimeCall, Wants) {
	let (call, wants): (M<Runtime>, Wants) = match rng.below(32) {
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
		7 => (
			M::reinstate {
				member: member_who(rng, false, None),
			},
			Votes(3),
		),
		8..=10 => (
			M::reinstate {
				member: member_who(rng, false, None),
			},
			Votes(3),
		),
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
			let courier = key(&format!("courier/{}", rng.below(64))).public().0;
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
			let signing = key(&format!("rotated/{}", rng.below(1_000))).public().0;
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

/// A channel, mostly a live one.
fn channel(rng: &mut Rng) -> ChannelId {
	channel_in(
		rng,
		&[State::Applied, State::Countersigned, State::Granted, State::Suspended],
	)
}

/// A channel, mostly one in these states.
fn channel_in(rng: &mut Rng, states: &[State]) -> ChannelId {
	let next = pallet_channels::NextChannelId::<Runtime>::get();
	let live: Vec<ChannelId> = pallet_channels::Channels::<Runtime>::iter()
		.filter(|(_, it)| states.contains(&it.state))
		.map(|(id, _)| id)
		.collect();
	match rng.chance(1, 6) {
		false => rng.pick(&live).copied().unwrap_or(next),
		true => number(rng, next),
	}
}

fn party(channel: ChannelId, seller: bool) -> AccountId {
	let parties = <Channels as ChannelRegistry>::parties(channel);
	manager_of(parties.map_or(MemberId::MAX, |(s, i)| if seller { s } else { i }))
}

fn terms(rng: &mut Rng) -> pallet_channels::Terms {
	pallet_channels::Terms {
		kinds: if rng.chance(1, 12) {
			BusinessKinds(0x8000)
		} else {
			BusinessKinds::ALL
		},
		valid_until: rng.chance(1, 2).then(|| now() + rng.below(60)),
		orders_per_minute: rng.chance(1, 2).then(|| rng.below(12)),
	}
}

fn spec(rng: &mut Rng) -> pallet_channels::ProductSpec {
	use ProductStatus::*;
	pallet_channels::ProductSpec {
		product_type: id(rng, 'T'),
		risk: 1 + rng.below(5) as u8 + u8::from(rng.chance(1, 12)),
		currency: *b"CNY",
		interface: interface(rng),
		status: [Offering, Open, Suspended, Closed][rng.below(4) as usize],
		offering: rng.chance(1, 3).then(|| pallet_channels::OfferingWindow {
			from: rng.next() % 8,
			until: 4 + rng.next() % 8,
		}),
	}
}

/// Mostly an interface that exists.
fn interface(rng: &mut Rng) -> Name {
	let known: Vec<Name> = pallet_channels::Interfaces::<Runtime>::iter_keys().collect();
	match rng.chance(1, 6) {
		false => rng.pick(&known).cloned().unwrap_or_else(|| name("I0")),
		true => id(rng, 'I'),
	}
}

/// Mostly a product that exists.
fn product(rng: &mut Rng) -> Name {
	let known: Vec<Name> = pallet_channels::Products::<Runtime>::iter_keys().collect();
	match rng.chance(1, 6) {
		false => rng.pick(&known).cloned().unwrap_or_else(|| name("P0")),
		true => id(rng, 'P'),
	}
}

fn issuer_of(interface: &Name) -> AccountId {
	manager_of(pallet_channels::Interfaces::<Runtime>::get(interface).map_or(MemberId::MAX, |it| it.issuer))
}

fn maker_of(product: &Name) -> AccountId {
	manager_of(pallet_channels::Products::<Runtime>::get(product).map_or(MemberId::MAX, |it| it.issuer))
}

/// A credential of the two that ends within minutes or a day, now and then with a signature over something else.
fn cooperation(
	rng: &mut Rng,
	world: &World,
	seller: MemberId,
	issuer: MemberId,
) -> pallet_channels::Cooperation<Signature> {
	let moment = pallet_timestamp::Now::<Runtime>::get();
	let valid_from = moment - DAY_MS;
	let valid_until = moment
		+ if rng.chance(1, 3) {
			1_000 * u64::from(rng.below(300))
		} else {
			DAY_MS
		};
	let agreement_hash = [rng.below(4) as u8; 32];
	let digest = Channels::credential_digest(seller, issuer, agreement_hash, valid_from, valid_until);
	let signer = world
		.key_of(&manager_of(seller))
		.cloned()
		.unwrap_or_else(|| key("nobody"));
	let signed = if rng.chance(1, 12) { [0; 32] } else { digest };
	pallet_channels::Cooperation {
		issuer,
		credential: pallet_channels::Credential {
			agreement_hash,
			valid_from,
			valid_until,
			seller_signature: Signature::Sr25519(signer.sign(&signed)),
		},
	}
}

fn channels(rng: &mut Rng, world: &World) -> (RuntimeCall, Wants) {
	let kind = rng.below(28);
	let it = match kind {
		5..=8 => channel_in(rng, &[State::Applied]),
		11..=13 => channel_in(rng, &[State::Countersigned]),
		14 => channel_in(rng, &[State::Granted, State::Suspended]),
		15 => channel_in(rng, &[State::Granted]),
		16 => channel_in(rng, &[State::Suspended]),
		_ => channel(rng),
	};
	let (call, wants): (C<Runtime>, Wants) = match kind {
		0..=4 => {
			let seller = member_who(rng, true, Some(Role::Seller));
			let count = u32::from(rng.chance(11, 12)) + u32::from(rng.chance(1, 5));
			let entries: Vec<_> = (0..count)
				.map(|_| {
					let issuer = member_who(rng, true, Some(Role::Issuer));
					cooperation(rng, world, seller, issuer)
				})
				.collect();
			let cooperations = entries.try_into().expect("at most three");
			(C::apply { cooperations }, Account(manager_of(seller)))
		}
		5..=8 => {
			let issuer = party(it, false);
			let signer = world.key_of(&issuer).cloned().unwrap_or_else(|| key("nobody"));
			let signature = crate::tests::setup::countersignature(&signer, it)
				.unwrap_or_else(|| Signature::Sr25519(signer.sign(b"nothing")));
			(C::countersign { channel: it, signature }, Account(issuer))
		}
		9 => (
			C::refuse {
				channel: it,
				reason: text(rng, "no"),
			},
			Account(party(it, false)),
		),
		10 => (C::withdraw { channel: it }, Account(party(it, true))),
		11..=13 => (
			C::grant {
				channel: it,
				terms: terms(rng),
			},
			Votes(3),
		),
		14 => (
			C::set_terms {
				channel: it,
				terms: terms(rng),
			},
			Votes(3),
		),
		15 => (
			C::suspend {
				channel: it,
				reason: text(rng, "inquiry"),
			},
			Votes(2),
		),
		16 => (C::resume { channel: it }, Votes(3)),
		17 => (
			C::revoke {
				channel: it,
				reason: text(rng, "over"),
			},
			Votes(3),
		),
		18 => (C::leave { channel: it }, Account(party(it, rng.chance(1, 2)))),
		19 | 20 => {
			let node = node(rng);
			(
				C::register_interface { id: id(rng, 'I'), node },
				Account(owner_of(node)),
			)
		}
		21 => {
			let id = interface(rng);
			let issuer = issuer_of(&id);
			(C::set_interface_node { id, node: node(rng) }, Account(issuer))
		}
		22 => {
			let id = interface(rng);
			let issuer = issuer_of(&id);
			(C::retire_interface { id }, Account(issuer))
		}
		23..=25 => {
			let spec = spec(rng);
			let issuer = issuer_of(&spec.interface);
			(C::register_product { id: id(rng, 'P'), spec }, Account(issuer))
		}
		26 => {
			let id = product(rng);
			let issuer = maker_of(&id);
			(C::update_product { id, spec: spec(rng) }, Account(issuer))
		}
		_ => {
			let id = product(rng);
			let issuer = maker_of(&id);
			(
				C::set_product_status {
					id,
					status: spec(rng).status,
				},
				Account(issuer),
			)
		}
	};
	(call.into(), wants)
}

fn clauses(rng: &mut Rng) -> Clauses {
	let text: &[u8] = match rng.below(10) {
		0 => b"[]",
		// The rules know no age beyond 150 years.
		1 => return broken(),
		2..=5 => br#"[{"code": "adult", "any_of": [{"age_at_least": 18}]}]"#,
		_ => br#"[{"code": "known", "any_of": ["registered", "identity_verified"]}, {"code": "adult", "any_of": [{"age_at_least": 21}]}]"#,
	};
	json::from_json(text).expect("clauses in tests are well-formed")
}

fn broken() -> Clauses {
	use sealane_primitives::clauses::{Clause, Condition};
	let mut clauses =
		json::from_json(br#"[{"code": "adult", "any_of": [{"age_at_least": 18}]}]"#).expect("well-formed");
	let clause: &mut Clause = &mut clauses[0];
	clause.any_of = vec![Condition::AgeAtLeast(u8::MAX)].try_into().expect("one fits");
	clauses
}

fn scope(rng: &mut Rng) -> Scope {
	match rng.below(4) {
		0 | 1 => Scope::All,
		2 => Scope::ProductType(id(rng, 'T')),
		_ => Scope::Product(product(rng)),
	}
}

fn agreements(rng: &mut Rng) -> (RuntimeCall, Wants) {
	let from = |rng: &mut Rng| rng.chance(1, 2).then(|| now() + rng.below(20));
	let kind = rng.below(14);
	// What both submitted is the council's business, what only one did the other's.
	let joint = kind >= 9;
	let open: Vec<_> = pallet_agreements::Proposals::<Runtime>::iter()
		.filter(|(_, it)| it.joint_since.is_some() == joint)
		.collect();
	let known = rng.pick(&open).cloned().filter(|_| !rng.chance(1, 12));
	let proposal = known.as_ref().map_or(9_999, |(id, _)| *id);
	let (channel, proposer) = known.map_or((ChannelId::MAX, MemberId::MAX), |(_, it)| (it.channel, it.proposer));
	let seller_proposed = <Channels as ChannelRegistry>::parties(channel).is_some_and(|(seller, _)| seller == proposer);
	let other = party(channel, !seller_proposed);
	let (call, wants): (A<Runtime>, Wants) = match kind {
		0..=4 => {
			let it = self::channel(rng);
			let call = A::propose {
				channel: it,
				scope: scope(rng),
				clauses: clauses(rng),
				from: from(rng),
			};
			(call, Account(party(it, rng.chance(1, 2))))
		}
		5 => (
			A::counter_propose {
				proposal,
				clauses: clauses(rng),
				from: from(rng),
			},
			Account(other),
		),
		6..=8 => (A::accept { proposal }, Account(other)),
		9 => (A::withdraw { proposal }, Account(party(channel, rng.chance(1, 2)))),
		10..=12 => (A::ratify { proposal }, Votes(3)),
		_ => {
			let reason = if rng.chance(1, 6) { vec![0xff] } else { b"no".to_vec() };
			(
				A::refuse {
					proposal,
					reason: reason.try_into().expect("short"),
				},
				Votes(2),
			)
		}
	};
	(call.into(), wants)
}

/// Few commitments, so that calls meet what earlier ones left.
fn commitment(rng: &mut Rng) -> [u8; 32] {
	[rng.below(24) as u8; 32]
}

fn receipts(rng: &mut Rng, world: &World) -> (RuntimeCall, Wants) {
	use pallet_receipts::{NewReceipt, RevocationReason::*};
	let reason = [IssuedInError, Duplicate, Fraud, Order, Other][rng.below(5) as usize];
	// Mostly a receipt that there is, and its issuer.
	let known: Vec<_> = pallet_receipts::Receipts::<Runtime>::iter_keys().collect();
	let one = rng.pick(&known).copied().filter(|_| !rng.chance(1, 8));
	let (issuer, digest) = one.unwrap_or_else(|| (member(rng), commitment(rng)));
	let caller = |rng: &mut Rng| match rng.chance(1, 2) {
		true => delegate(rng, world),
		false => active_manager(rng, Some(Role::Issuer)),
	};
	let (call, wants): (R<Runtime>, Wants) = match rng.below(10) {
		0 | 1 => (
			R::issue {
				commitment: commitment(rng),
				accepted: rng.chance(3, 4),
			},
			Account(caller(rng)),
		),
		2..=4 => {
			let receipts: Vec<_> = (0..rng.below(5))
				.map(|_| NewReceipt {
					commitment: commitment(rng),
					accepted: rng.chance(3, 4),
				})
				.collect();
			(
				R::issue_batch {
					receipts: receipts.try_into().expect("few"),
				},
				Account(caller(rng)),
			)
		}
		5 => (R::close { commitment: digest }, Account(manager_of(issuer))),
		6 => {
			let commitments: Vec<_> = (0..rng.below(4)).map(|_| commitment(rng)).collect();
			(
				R::close_batch {
					commitments: commitments.try_into().expect("few"),
				},
				Account(caller(rng)),
			)
		}
		7 | 8 => (
			R::revoke {
				commitment: digest,
				reason,
			},
			Account(manager_of(issuer)),
		),
		_ => (
			R::force_revoke {
				issuer,
				commitment: digest,
				reason,
			},
			Votes(3),
		),
	};
	(call.into(), wants)
}

fn anchors(rng: &mut Rng, world: &World) -> (RuntimeCall, Wants) {
	use pallet_anchors::{DisputeReason, Outcome::*};
	let node = node(rng);
	let signer = pallet_members::Nodes::<Runtime>::get(node).map_or_else(|| delegate(rng, world), |it| it.delegate);
	let next = Anchors::next_anchor(node);
	let sequence = match rng.below(8) {
		0 => next + 1,
		1 => next.saturating_sub(1),
		_ => next,
	};
	let root = [rng.below(6) as u8; 32];
	let open: Vec<_> = pallet_anchors::Disputes::<Runtime>::iter().collect();
	let (call, wants): (N<Runtime>, Wants) = match rng.below(12) {
		0..=2 => (N::anchor { sequence, root }, Account(signer)),
		3 | 4 => {
			let hashes = vec![root; rng.below(5) as usize];
			(
				N::anchor_packed {
					sequence,
					hashes: BoundedVec::truncate_from(hashes),
				},
				Account(signer),
			)
		}
		5..=7 => {
			let it = channel(rng);
			let reason = DisputeReason::Other(rng.below(3) as u16);
			(
				N::open_dispute {
					channel: it,
					root,
					reason,
				},
				Account(party(it, rng.chance(1, 2))),
			)
		}
		8..=10 => {
			let it = rng.pick(&open).cloned().filter(|_| !rng.chance(1, 8));
			let opener = manager_of(it.map_or(MemberId::MAX, |(_, dispute)| dispute.opened_by));
			let outcome = [Withdrawn, Settled, Upheld, Dismissed][rng.below(4) as usize];
			let call = N::resolve_dispute {
				dispute: it.map_or(9_999, |(id, _)| id),
				outcome,
			};
			(call, if rng.chance(1, 2) { Votes(3) } else { Account(opener) })
		}
		_ => {
			let policy = AnchorPolicy {
				interval: rng.below(6),
				mode: if rng.chance(1, 2) {
					AnchorMode::Root
				} else {
					AnchorMode::Packed
				},
				max_packed: rng.below(6),
			};
			(N::set_policy { policy }, Votes(3))
		}
	};
	(call.into(), wants)
}

fn validators(rng: &mut Rng, world: &World) -> (RuntimeCall, Wants) {
	let seat = |rng: &mut Rng| match rng.chance(1, 10) {
		true => somebody(rng, world),
		false => COUNCIL[rng.below(5) as usize].to_account_id(),
	};
	let (call, wants): (V<Runtime>, Wants) = match rng.below(10) {
		0..=2 => (V::add_validator { validator: seat(rng) }, Votes(3)),
		3 | 4 => (V::remove_validator { validator: seat(rng) }, Votes(3)),
		5 => (V::leave {}, Account(seat(rng))),
		6 | 7 => {
			let condemned = pallet_validators::Condemned::<Runtime>::get();
			let validator = rng
				.pick(&condemned)
				.cloned()
				.unwrap_or_else(|| COUNCIL[0].to_account_id());
			(V::pardon { validator }, Votes(3))
		}
		_ => (V::set_floor { floor: rng.below(6) }, Votes(4)),
	};
	(call.into(), wants)
}
