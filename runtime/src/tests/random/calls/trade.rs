// SPDX-License-Identifier: Apache-2.0

//! Calls about who trades with whom and on what terms: channels and agreements.

use super::{
	Wants::{self, Account, Votes},
	*,
};
use crate::{
	tests::setup::{countersignature, key, DAY_MS},
	Channels, Signature,
};
use frame_support::traits::Get;
use pallet_agreements::Call as A;
use pallet_channels::{Call as C, State};
use sealane_primitives::{
	business::BusinessKinds,
	calendar::{Calendar, Hours, Week},
	clauses::{json, Clauses, Date, TimeOfDay, UtcOffset},
	credential::wrapped_for_wallets,
	directory::{ProductStatus, Scope},
	ids::ChannelId,
	traits::ChannelRegistry,
};
use sp_core::Pair;

/// A channel, mostly a live one.
pub(super) fn channel(rng: &mut Rng) -> ChannelId {
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

pub(super) fn party(channel: ChannelId, seller: bool) -> AccountId {
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
	let signed = wrapped_for_wallets(&if rng.chance(1, 12) { [0; 32] } else { digest });
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

pub(super) fn channels(rng: &mut Rng, world: &World) -> (RuntimeCall, Wants) {
	let kind = rng.below(31);
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
			let signature =
				countersignature(&signer, it).unwrap_or_else(|| Signature::Sr25519(signer.sign(b"nothing")));
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
		16 => {
			let details = pallet_channels::ChannelDetails::<Runtime>::get(it);
			let suspension = details.and_then(|details| details.suspension);
			let since = suspension.map_or(0, |suspension| suspension.since);
			(C::resume { channel: it, since }, Votes(3))
		}
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
			let mut spec = spec(rng);
			// Its type is fixed.
			if let Some(it) = pallet_channels::Products::<Runtime>::get(&id).filter(|_| rng.chance(5, 6)) {
				spec.product_type = it.spec.product_type;
			}
			(C::update_product { id, spec }, Account(issuer))
		}
		28 | 29 => {
			let letter = if rng.chance(1, 2) { 'I' } else { 'P' };
			let (issuer, prefix) = (member_who(rng, true, Some(Role::Issuer)), id(rng, letter));
			(C::grant_prefix { issuer, prefix }, Votes(3))
		}
		30 => (C::revoke_prefix { prefix: id(rng, 'P') }, Votes(3)),
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

pub(super) fn agreements(rng: &mut Rng) -> (RuntimeCall, Wants) {
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

/// Announces a calendar, or takes one back that does not hold yet.
pub(super) fn calendars(rng: &mut Rng) -> (RuntimeCall, Wants) {
	use pallet_calendars::Call as Cal;
	let product = rng.chance(1, 2).then(|| product(rng));
	let issuer = match &product {
		Some(product) => maker_of(product),
		None => active_manager(rng, Some(Role::Issuer)),
	};
	let call: Cal<Runtime> = if rng.chance(1, 3) {
		Cal::withdraw { product }
	} else {
		let notice = <Runtime as pallet_calendars::Config>::MinNotice::get();
		// Near enough for a first one, or for one that follows, or for none.
		let ahead = [0, 1, 2, notice - 1, notice, notice + 9][rng.below(6) as usize];
		Cal::announce {
			product,
			calendar: Box::new(calendar(rng)),
			from: now() + ahead,
		}
	};
	(call.into(), Account(issuer))
}

/// A calendar, now and then one that is none.
fn calendar(rng: &mut Rng) -> Calendar {
	let date = |day: u32| Date::from_days_since_epoch(20_000 + day as i32).expect("in range");
	let time = |hour: u32| TimeOfDay::new(hour as u8, 0).expect("an hour of the day");
	Calendar {
		first: date(rng.below(12)),
		last: date(10 + rng.below(300)),
		offset: UtcOffset::UTC,
		offsets: Default::default(),
		week: Week(rng.below(128) as u8),
		hours: Hours {
			order_until: time(8 + rng.below(8)),
			deliver_until: time(15 + rng.below(8)),
		},
		exceptions: Default::default(),
	}
}
