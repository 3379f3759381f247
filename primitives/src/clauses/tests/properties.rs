// SPDX-License-Identifier: Apache-2.0

//! What holds for all clauses and all facts.

use super::*;
use codec::{Decode, DecodeWithMemLimit, Encode, MaxEncodedLen};

/// Removes fact number `index`.
fn forget(facts: &Facts, index: usize) -> Facts {
	let mut facts = *facts;
	let (customer, order) = (&mut facts.customer, &mut facts.order);
	match index {
		0 => customer.birth_date = None,
		1 => customer.identity_verified = None,
		2 => customer.registered = None,
		3 => customer.risk_class = None,
		4 => customer.risk_assessed_on = None,
		5 => customer.exceed_confirmed = None,
		6 => customer.investor_category = None,
		7 => customer.investor_entity = None,
		8 => customer.region = None,
		9 => customer.sales_channel = None,
		10 => order.kind = None,
		11 => order.amount = None,
		12 => order.units = None,
		13 => order.currency = None,
		14 => order.placed_at = None,
		15 => order.product_risk = None,
		_ => order.product_status = None,
	}
	facts
}

const FACTS: usize = 17;

/// Decoding ends without panic, within a bound of memory, and yields what encodes to the same bytes.
fn decodes_or_fails<T: Decode + Encode + codec::DecodeWithMemTracking>(bytes: &[u8]) -> Result<(), TestCaseError> {
	const MEMORY: usize = 256 << 10;
	let mut rest = bytes;
	if let Ok(value) = T::decode_with_mem_limit(&mut rest, MEMORY) {
		prop_assert_eq!(value.encode(), &bytes[..bytes.len() - rest.len()]);
	}
	Ok(())
}

#[test]
fn bounds_are_small_enough_for_one_extrinsic() {
	assert!(Clauses::max_encoded_len() < 64 << 10, "{}", Clauses::max_encoded_len());
	// With the 64 bytes of a stated registration.
	assert!(Facts::max_encoded_len() < 192, "{}", Facts::max_encoded_len());
	assert!(Verdict::max_encoded_len() < 128 << 10, "{}", Verdict::max_encoded_len());
}

proptest! {
	#[test]
	fn adding_a_clause_never_lets_more_pass(
		list in any_clauses(), more in any_condition(), at in 0usize..6, facts in any_facts(),
	) {
		let mut longer = list.to_vec();
		longer.insert(at.min(list.len()), clause("more", &[more]));
		if evaluate(&clauses(&longer), &facts).qualifies() {
			prop_assert!(evaluate(&list, &facts).qualifies());
		}
	}

	#[test]
	fn adding_an_alternative_never_lets_fewer_pass(
		list in any_clauses(), more in any_condition(), at in 0usize..5, facts in any_facts(),
	) {
		let mut wider = list.clone();
		if let Some(clause) = wider.get_mut(at) {
			clause.any_of.try_push(more).expect("at most three were there");
		}
		if evaluate(&list, &facts).qualifies() {
			prop_assert!(evaluate(&wider, &facts).qualifies());
		}
	}

	#[test]
	fn knowing_less_never_lets_more_pass(list in any_clauses(), facts in any_facts(), index in 0..FACTS) {
		if evaluate(&list, &forget(&facts, index)).qualifies() {
			prop_assert!(evaluate(&list, &facts).qualifies());
		}
	}

	#[test]
	fn every_condition_needs_a_fact(condition in any_condition()) {
		prop_assert!(matches!(check(&condition, &Facts::default()), Err(Found::Missing(_))));
	}

	#[test]
	fn the_verdict_is_complete_and_the_same_each_time(list in any_clauses(), facts in any_facts()) {
		let verdict = evaluate(&list, &facts);
		prop_assert_eq!(&verdict, &evaluate(&list, &facts));
		prop_assert_eq!(verdict.qualifies(), hold(&list, &facts));
		let mut failures = verdict.failures.iter();
		for (index, clause) in list.iter().enumerate() {
			if clause.any_of.iter().any(|condition| check(condition, &facts).is_ok()) {
				continue;
			}
			let failure = failures.next().expect("each clause that fails is named");
			prop_assert_eq!((failure.clause as usize, failure.code), (index, clause.code));
			let missed: Vec<_> = failure.missed.iter().map(|miss| miss.condition.clone()).collect();
			prop_assert_eq!(missed, clause.any_of.to_vec());
			for miss in &failure.missed {
				prop_assert_eq!(check(&miss.condition, &facts), Err(miss.found));
			}
		}
		prop_assert!(failures.next().is_none());
	}

	#[test]
	fn the_order_of_clauses_does_not_matter(list in any_clauses(), facts in any_facts()) {
		let reversed: Vec<_> = list.iter().rev().cloned().collect();
		prop_assert_eq!(evaluate(&list, &facts).qualifies(), evaluate(&clauses(&reversed), &facts).qualifies());
	}

	#[test]
	fn scale_round_trip(list in any_clauses(), facts in any_facts()) {
		prop_assert_eq!(validate(&list), Ok(()));
		let bytes = list.encode();
		prop_assert!(bytes.len() <= Clauses::max_encoded_len());
		prop_assert_eq!(Clauses::decode(&mut &bytes[..]), Ok(list.clone()));
		let bytes = facts.encode();
		prop_assert!(bytes.len() <= Facts::max_encoded_len());
		prop_assert_eq!(Facts::decode(&mut &bytes[..]), Ok(facts));
		let verdict = evaluate(&list, &facts);
		let bytes = verdict.encode();
		prop_assert!(bytes.len() <= Verdict::max_encoded_len());
		prop_assert_eq!(Verdict::decode(&mut &bytes[..]), Ok(verdict));
	}

	#[test]
	fn hostile_bytes_decode_or_fail(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
		decodes_or_fails::<Clauses>(&bytes)?;
		decodes_or_fails::<Facts>(&bytes)?;
		decodes_or_fails::<Verdict>(&bytes)?;
	}

	#[test]
	fn damaged_bytes_decode_or_fail(
		list in any_clauses(), facts in any_facts(), at: proptest::sample::Index, byte: u8, cut: proptest::sample::Index,
	) {
		let damage = |mut bytes: Vec<u8>| {
			let place = at.index(bytes.len());
			bytes[place] = byte;
			bytes.truncate(bytes.len() - cut.index(bytes.len()) / 4);
			bytes
		};
		decodes_or_fails::<Clauses>(&damage(list.encode()))?;
		decodes_or_fails::<Facts>(&damage(facts.encode()))?;
		decodes_or_fails::<Verdict>(&damage(evaluate(&list, &facts).encode()))?;
	}

	/// Whatever decodes can be validated, evaluated and shown.
	#[test]
	fn undisciplined_clauses_are_still_evaluated(
		bytes in proptest::collection::vec(any::<u8>(), 0..200), facts in any_facts(),
	) {
		let mut list = Vec::new();
		let mut rest = &bytes[..];
		while let Ok(condition) = Condition::decode(&mut rest) {
			list.push(clause("x", &[condition]));
			if list.len() == MAX_CLAUSES as usize {
				break;
			}
		}
		let list = clauses(&list);
		let _ = (validate(&list), evaluate(&list, &facts).to_string(), json::to_json(&list));
	}
}
