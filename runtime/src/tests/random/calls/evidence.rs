// SPDX-License-Identifier: Apache-2.0

//! Calls about what was done and who runs the chain: receipts, anchors and validators.

use super::{
	trade::{channel, party},
	Wants::{self, Account, Votes},
	*,
};
use crate::Anchors;
use pallet_anchors::Call as N;
use pallet_receipts::Call as R;
use pallet_validators::Call as V;
use sealane_primitives::directory::CourierPolicy;

/// Few commitments, so that calls meet what earlier ones left.
fn commitment(rng: &mut Rng) -> [u8; 32] {
	[rng.below(24) as u8; 32]
}

pub(super) fn receipts(rng: &mut Rng, world: &World) -> (RuntimeCall, Wants) {
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

pub(super) fn anchors(rng: &mut Rng, world: &World) -> (RuntimeCall, Wants) {
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
		0..=4 => (N::anchor { sequence, root }, Account(signer)),
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
			let policy = CourierPolicy {
				anchors_per_block: rng.below(6),
				max_age: u64::from(rng.below(6)) * 60_000,
				drain: rng.below(400) * crate::DAYS,
			};
			(N::set_policy { policy }, Votes(3))
		}
	};
	(call.into(), wants)
}

pub(super) fn validators(rng: &mut Rng, world: &World) -> (RuntimeCall, Wants) {
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
