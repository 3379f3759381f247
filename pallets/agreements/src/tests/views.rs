// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, *};
use sealane_primitives::{
	clauses::{Clauses, Condition, CustomerFacts, Facts, Rule},
	directory::Scope,
};

fn in_force(product: &str, at: u32) -> Option<u32> {
	Agreements::in_force_at(CHANNEL, name(product), at).map(|entry| entry.id)
}

#[test]
fn product_precedes_type_precedes_all() {
	run(|| {
		assert_eq!(in_force("W1", 10), None);
		let all = ratified(Scope::All, adult(18), None);
		assert_eq!(in_force("W1", 10), Some(all));
		let class = ratified(product_type("fund.bond"), adult(19), None);
		assert_eq!(in_force("W1", 10), Some(class));
		let own = ratified(product("W1"), adult(20), None);
		assert_eq!(in_force("W1", 10), Some(own));
		// Another type, and a product that nobody knows, fall through to the widest scope.
		assert_eq!(in_force("W2", 10), Some(all));
		assert_eq!(in_force("W9", 10), Some(all));
	});
}

#[test]
fn precedence_is_decided_at_the_block_asked_for() {
	run(|| {
		let all = ratified(Scope::All, adult(18), None);
		let own = ratified(product("W1"), adult(20), Some(70));
		assert_eq!(in_force("W1", 1), None);
		assert_eq!(in_force("W1", 2), Some(all));
		assert_eq!(in_force("W1", 69), Some(all));
		assert_eq!(in_force("W1", 70), Some(own));
	});
}

#[test]
fn channels_do_not_mix() {
	run(|| {
		ratified(Scope::All, adult(18), None);
		assert_eq!(Agreements::in_force(RIVAL_CHANNEL, &Scope::All, 10), None);
		assert!(Agreements::agreements_in_force(RIVAL_CHANNEL, 10).is_empty());
		assert!(Agreements::proposals_of(RIVAL_CHANNEL).is_empty());
	});
}

#[test]
fn agreements_in_force_has_one_entry_per_scope() {
	run(|| {
		ratified(product("W1"), adult(30), None);
		ratified(Scope::All, adult(18), None);
		ratified(Scope::All, adult(19), Some(20));
		ratified(product_type("fund.bond"), adult(20), Some(40));
		let ids = |at| {
			Agreements::agreements_in_force(CHANNEL, at)
				.iter()
				.map(|e| e.id)
				.collect::<Vec<_>>()
		};
		assert_eq!(ids(1), [0; 0]);
		assert_eq!(ids(2), [2, 1]);
		assert_eq!(ids(20), [3, 1]);
		assert_eq!(ids(40), [3, 4, 1]);
	});
}

#[test]
fn bisection_finds_each_of_many_versions() {
	run(|| {
		let mut begins = Vec::new();
		for block in 1..=40_u32 {
			System::set_block_number(u64::from(block) * 10);
			begins.push((block * 10 + 1, ratified(Scope::All, adult(block as u8), None)));
		}
		for at in 0..420 {
			let expected = begins.iter().rev().find(|(from, _)| *from <= at).map(|(_, id)| *id);
			assert_eq!(
				Agreements::in_force(CHANNEL, &Scope::All, at),
				expected,
				"at block {at}"
			);
		}
	});
}

#[test]
fn versions_stay_readable_in_pages() {
	run(|| {
		for years in 1..=120_u32 {
			System::set_block_number(u64::from(years));
			ratified(Scope::All, adult(years as u8), None);
		}
		let page = Agreements::versions_of(CHANNEL, Scope::All, 0);
		assert_eq!(page.len(), 100);
		assert_eq!(page[0].1.number, 1);
		let rest = Agreements::versions_of(CHANNEL, Scope::All, 101);
		assert_eq!(
			rest.iter().map(|(_, v)| v.number).collect::<Vec<_>>(),
			(101..=120).collect::<Vec<_>>()
		);
		for (id, version) in page {
			let (channel, entry) = Agreements::version(id).expect("all versions stay readable");
			assert_eq!(
				(channel, entry.version, entry.clauses),
				(CHANNEL, version.number, adult(version.number as u8))
			);
		}
		assert_eq!(Agreements::version(0), None, "0 stands for no clauses agreed");
		assert!(Agreements::versions_of(CHANNEL, Scope::All, 121).is_empty());
		let newest = Agreements::scope_in_force_at(CHANNEL, Scope::All, 121).expect("in force");
		assert_eq!(newest.version, 120);
	});
}

#[test]
fn what_if_judges_without_changing_anything() {
	run(|| {
		let verified = clauses(&[("identity", Condition::IdentityVerified)]);
		let id = proposed(Scope::All, verified.clone(), None);
		let facts = |identity_verified| Facts {
			customer: CustomerFacts {
				identity_verified,
				..Default::default()
			},
			..Default::default()
		};
		let qualifies = |subject, facts| match Agreements::what_if(subject, facts) {
			WhatIf::Verdict(verdict) => verdict.qualifies(),
			other => panic!("{other:?} is no verdict"),
		};
		let root = sp_io::storage::root(sp_runtime::StateVersion::V1);
		assert!(qualifies(Subject::Proposal(id), facts(Some(true))));
		assert!(!qualifies(Subject::Proposal(id), facts(Some(false))));
		assert!(
			!qualifies(Subject::Proposal(id), facts(None)),
			"what is not known does not qualify"
		);
		assert!(qualifies(Subject::Clauses(verified), facts(Some(true))));
		assert!(qualifies(Subject::Clauses(Clauses::default()), facts(None)));
		assert_eq!(sp_io::storage::root(sp_runtime::StateVersion::V1), root);

		let WhatIf::Verdict(verdict) = Agreements::what_if(Subject::Proposal(id), facts(Some(false))) else {
			panic!("the proposal exists")
		};
		assert_eq!(verdict.failures[0].code.as_str(), "identity");
	});
}

#[test]
fn what_if_of_a_version_past_or_to_come() {
	run(|| {
		let old = ratified(Scope::All, clauses(&[("identity", Condition::IdentityVerified)]), None);
		let new = ratified(Scope::All, clauses(&[("registered", Condition::Registered)]), Some(900));
		let facts = Facts {
			customer: CustomerFacts {
				identity_verified: Some(true),
				..Default::default()
			},
			..Default::default()
		};
		let verdict = |id| match Agreements::what_if(Subject::Agreement(id), facts) {
			WhatIf::Verdict(verdict) => verdict.qualifies(),
			other => panic!("{other:?} is no verdict"),
		};
		assert!(verdict(old));
		assert!(!verdict(new));
	});
}

#[test]
fn what_if_says_what_it_cannot_judge() {
	run(|| {
		assert_eq!(
			Agreements::what_if(Subject::Proposal(7), Facts::default()),
			WhatIf::NotFound
		);
		assert_eq!(
			Agreements::what_if(Subject::Agreement(0), Facts::default()),
			WhatIf::NotFound
		);
		let too_old = clauses(&[("old", Condition::AgeAtMost(151))]);
		assert_eq!(
			Agreements::what_if(Subject::Clauses(too_old), Facts::default()),
			WhatIf::Invalid(ClauseFault {
				clause: 0,
				alternative: 0,
				rule: Rule::AgeTooHigh
			})
		);
	});
}
