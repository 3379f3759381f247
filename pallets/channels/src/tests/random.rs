// SPDX-License-Identifier: Apache-2.0

//! Random sequences of all calls by random accounts, with the invariants checked after each step.

use crate::{mock::*, *};
use frame_support::dispatch::DispatchResult;
use proptest::{prelude::*, test_runner::TestRunner};
use sealane_primitives::{
	business::{BusinessKinds, Role},
	directory::{ProductStatus, Refusal},
	ids::*,
	traits::ChannelRegistry,
};
use std::cell::RefCell;

/// Sequences and their length: 100,000 calls.
const CASES: u32 = 500;
const STEPS: usize = 200;
/// Kinds of steps; frequent calls have two.
const KINDS: usize = 21;

const MEMBERS: [MemberId; 7] = [SELLER, OTHER_SELLER, ISSUER, OTHER_ISSUER, BOTH, AUDITOR, STRANGER];
const NAMES: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "-bad"];

/// Shorter and longer than the names that are used, and than one another.
const PREFIXES_TRIED: [&str; 6] = ["ab", "abc", "abd", "g", "gh", "f.x"];

/// One step: which call, by whom, and raw material for its arguments.
type Step = (u8, u8, u8, u8, u8);

fn member(raw: u8) -> MemberId {
	MEMBERS[raw as usize % MEMBERS.len()]
}

fn origin(raw: u8) -> RuntimeOrigin {
	match raw as usize % 13 {
		n if n < MEMBERS.len() => by(MEMBERS[n]),
		7 => RuntimeOrigin::none(),
		8..=11 => RuntimeOrigin::signed(council(raw % 13 - 7)),
		_ => RuntimeOrigin::root(),
	}
}

/// Mostly the party that may act on the channel, so that sequences get somewhere.
fn party(channel: ChannelId, raw: u8, seller: bool) -> RuntimeOrigin {
	match (raw % 4, ChannelsPallet::parties(channel)) {
		(0, _) | (_, None) => origin(raw / 4),
		(_, Some((s, i))) => by(if seller { s } else { i }),
	}
}

/// Mostly a channel in this state, where there is one: hit at random, few are.
fn in_state(state: State, raw: u8, otherwise: ChannelId) -> ChannelId {
	let all: Vec<_> = Channels::<Test>::iter()
		.filter(|(_, it)| it.state == state)
		.map(|(id, _)| id)
		.collect();
	match all.get(raw as usize % all.len().max(1)) {
		Some(id) if !raw.is_multiple_of(4) => *id,
		_ => otherwise,
	}
}

/// Mostly a product that there is, with its issuer.
fn any_product(raw: u8, who: u8) -> Option<(MemberId, ProductId)> {
	let all: Vec<_> = ProductsOf::<Test>::iter_keys().collect();
	all.get(raw as usize % all.len().max(1))
		.filter(|_| !who.is_multiple_of(4))
		.cloned()
}

/// Mostly the power that may do it.
fn power(raw: u8, power: u8) -> RuntimeOrigin {
	if raw.is_multiple_of(4) {
		origin(raw / 4)
	} else {
		RuntimeOrigin::signed(council(power))
	}
}

fn credential(seller: MemberId, issuer: MemberId, raw: u8) -> Cooperation<sp_runtime::MultiSignature> {
	let from = Now::get() - MINUTE;
	// From a few seconds to some minutes, so that credentials end within a sequence.
	let until = Now::get() + SLOT * u64::from(raw);
	let mut entry = cooperation_for(seller, issuer, from, until);
	if raw % 16 == 15 {
		entry.credential.agreement_hash[0] ^= 1;
	}
	entry
}

/// Mostly terms that can be granted.
fn random_terms(a: u8, b: u8) -> Terms {
	let now = System::block_number();
	Terms {
		kinds: match b % 8 {
			0 => BusinessKinds(u16::from(b) * 3),
			_ => BusinessKinds((u16::from(b) & BusinessKinds::ALL.0) | 1),
		},
		valid_until: (!a.is_multiple_of(3)).then(|| now + u32::from(a % 16)),
		orders_per_minute: b.is_multiple_of(2).then(|| u32::from(b)),
	}
}

fn random_spec(a: u8, b: u8) -> ProductSpec {
	use ProductStatus::*;
	ProductSpec {
		risk: b % 7,
		status: [Offering, Open, Suspended, Closed][a as usize % 4],
		offering: b.is_multiple_of(3).then(|| OfferingWindow {
			from: u64::from(a),
			until: u64::from(b),
		}),
		..spec(NAMES[a as usize / 4 % NAMES.len()])
	}
}

fn step((call, who, a, b, c): Step) -> DispatchResult {
	let channel = ChannelId::from(a) % NextChannelId::<Test>::get().max(1);
	let id = name(NAMES[a as usize % NAMES.len()]);
	let reason = if b % 8 == 0 { Reason::default() } else { reason() };
	match call as usize % KINDS {
		0 | 1 => {
			let seller = member(who);
			let count = 1 + a as usize % 3;
			let entries: Vec<_> = [b, c, a]
				.into_iter()
				.take(count)
				.map(|i| credential(seller, member(i), c))
				.collect();
			apply(seller, entries)
		}
		2 | 3 => {
			let Some(it) = Channels::<Test>::get(channel) else {
				return ChannelsPallet::countersign(origin(who), channel, sign(ISSUER, SELLER, ISSUER));
			};
			let details = ChannelDetails::<Test>::get(channel).expect("has details");
			let signer = if b % 8 == 0 { member(c) } else { it.issuer };
			let signature = sign_for(signer, it.seller, it.issuer, details.valid_from, it.credential_until);
			ChannelsPallet::countersign(party(channel, who, false), channel, signature)
		}
		4 => ChannelsPallet::refuse(party(channel, who, false), channel, reason),
		5 => ChannelsPallet::withdraw(party(channel, who, true), channel),
		6 | 7 => {
			let aimed = in_state(State::Countersigned, a, channel);
			ChannelsPallet::grant(power(who, 1), aimed, random_terms(b, c))
		}
		8 => ChannelsPallet::set_terms(power(who, 1), in_state(State::Granted, a, channel), random_terms(b, c)),
		9 => ChannelsPallet::suspend(power(who, 2), in_state(State::Granted, a, channel), reason),
		10 => {
			let aimed = in_state(State::Suspended, a, channel);
			let suspension = ChannelDetails::<Test>::get(aimed).and_then(|details| details.suspension);
			let since = suspension.map_or(0, |suspension| suspension.since);
			ChannelsPallet::resume(power(who, 3), aimed, since)
		}
		11 => ChannelsPallet::revoke(power(who, 4), channel, reason),
		12 => ChannelsPallet::leave(party(channel, who, b % 2 == 0), channel),
		13 => {
			let issuer = [ISSUER, OTHER_ISSUER, BOTH, STRANGER][who as usize % 4];
			ChannelsPallet::register_interface(by(issuer), id, issuer * 10 + u32::from(b % 11))
		}
		14 => ChannelsPallet::set_interface_node(owner(who, &id), id, u32::from(b)),
		15 => ChannelsPallet::retire_interface(owner(who, &id), id),
		16 => {
			let spec = random_spec(b, c);
			ChannelsPallet::register_product(owner(who, &spec.interface), id, spec)
		}
		17 => {
			let spec = random_spec(b, c);
			// By its issuer and at its interface.
			match any_product(a, who) {
				Some((issuer, id)) => {
					let interface = Products::<Test>::get(&id).expect("is listed").spec.interface;
					ChannelsPallet::update_product(by(issuer), id, ProductSpec { interface, ..spec })
				}
				None => ChannelsPallet::update_product(owner(who, &spec.interface), id, spec),
			}
		}
		18 => ChannelsPallet::grant_prefix(
			power(who, 1),
			member(b),
			[id, name(PREFIXES_TRIED[c as usize % PREFIXES_TRIED.len()])][a as usize % 2].clone(),
		),
		// Mostly one that is beside those from the start, so that ids go on being registered.
		19 if c % 16 > 0 => {
			let tried = name(PREFIXES_TRIED[c as usize % PREFIXES_TRIED.len()]);
			ChannelsPallet::revoke_prefix(power(who, 1), tried)
		}
		19 => ChannelsPallet::revoke_prefix(power(who, 1), id),
		_ => {
			let (by, id) = match any_product(a, who) {
				Some((issuer, id)) => (by(issuer), id),
				None => (origin(who), id),
			};
			ChannelsPallet::set_product_status(by, id, random_spec(b, c).status)
		}
	}
}

/// Mostly the issuer of the interface.
fn owner(raw: u8, interface: &InterfaceId) -> RuntimeOrigin {
	match (raw % 4, Interfaces::<Test>::get(interface)) {
		(0, _) | (_, None) => origin(raw / 4),
		(_, Some(it)) => by(it.issuer),
	}
}

/// What happens outside the pallet between two calls: time goes on, members are suspended, lose and regain roles.
fn meanwhile((call, who, a, b, _): Step) {
	match call % 8 {
		0..=2 => next_block(),
		3 if a % 16 == 0 => advance(u32::from(b), SLOT * u64::from(a) * 8),
		4 if a % 4 == 0 => Members::edit(MEMBERS[who as usize % 6], |m| {
			m.refusal = (b % 4 == 0).then_some(Refusal::MemberSuspended);
		}),
		5 if a % 8 == 0 => Members::edit(BOTH, |m| {
			m.roles = if b % 2 == 0 {
				vec![Role::Seller, Role::Issuer]
			} else {
				vec![Role::Issuer]
			};
		}),
		_ => {}
	}
}

#[test]
fn no_sequence_of_calls_breaks_an_invariant() {
	let config = ProptestConfig {
		cases: CASES,
		max_shrink_iters: 2_000,
		..ProptestConfig::default()
	};
	let steps = proptest::collection::vec((any::<Step>(), any::<Step>()), STEPS..=STEPS);
	// How often each kind of step was accepted and refused: a kind that never gets through tests nothing.
	let outcomes = RefCell::new([[0u32; 2]; KINDS]);
	let result = TestRunner::new(config).run(&steps, |steps| {
		test(|| {
			for (issuer, text) in [(ISSUER, "a"), (OTHER_ISSUER, "c"), (OTHER_ISSUER, "e"), (BOTH, "f")] {
				prefix(issuer, text).expect("can be granted");
			}
			for (call, between) in steps {
				// As a block would: what fails leaves nothing behind.
				let result = frame_support::storage::with_storage_layer(|| step(call));
				outcomes.borrow_mut()[call.0 as usize % KINDS][usize::from(result.is_err())] += 1;
				if let Err(broken) = ChannelsPallet::do_try_state() {
					panic!("{broken:?} after {call:?}: {result:?}");
				}
				meanwhile(between);
				ChannelsPallet::do_try_state().expect("invariants hold between calls");
			}
		});
		Ok(())
	});
	if let Err(failure) = result {
		panic!("{failure}");
	}
	let outcomes = outcomes.into_inner();
	println!("accepted, refused: {outcomes:?}");
	assert!(outcomes.iter().flatten().all(|times| *times > 0), "{outcomes:?}");
}
