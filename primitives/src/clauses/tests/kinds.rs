// SPDX-License-Identifier: Apache-2.0

//! The rows of the kinds: what each says of itself is true.

use super::*;
use alloc::{collections::BTreeSet, string::String, vec::Vec};
use codec::Encode;
use proptest::{strategy::ValueTree, test_runner::TestRunner};

/// One condition of each kind, in the order in which they are encoded.
fn one_of_each() -> Vec<Condition> {
	let mut runner = TestRunner::deterministic();
	let strategy = any_condition();
	let mut found: Vec<Option<Condition>> = vec![None; Condition::NAMES.len()];
	for _ in 0..5_000 {
		let condition = strategy.new_tree(&mut runner).expect("a condition").current();
		let place = usize::from(condition.encode()[0]);
		// Of what may ask for more, the one that does.
		let asked = |condition: &Option<Condition>| condition.as_ref().map_or(0, |c| c.asks().len());
		if found[place].is_none() || condition.asks().len() > asked(&found[place]) {
			found[place] = Some(condition);
		}
	}
	found
		.into_iter()
		.enumerate()
		.map(|(place, condition)| {
			condition.unwrap_or_else(|| panic!("`any_condition` makes no {}", Condition::NAMES[place]))
		})
		.collect()
}

/// These facts of all.
fn only(asked: &[Fact], all: &Facts) -> Facts {
	let keep = |fact: Fact| asked.contains(&fact);
	let (c, o) = (&all.customer, &all.order);
	Facts {
		customer: CustomerFacts {
			birth_date: c.birth_date.filter(|_| keep(Fact::BirthDate)),
			identity_verified: c.identity_verified.filter(|_| keep(Fact::IdentityVerified)),
			registered: c.registered.filter(|_| keep(Fact::Registered)),
			registration: c.registration.filter(|_| keep(Fact::Registered)),
			risk_class: c.risk_class.filter(|_| keep(Fact::RiskClass)),
			risk_assessed_on: c.risk_assessed_on.filter(|_| keep(Fact::RiskAssessedOn)),
			exceed_confirmed: c.exceed_confirmed.filter(|_| keep(Fact::ExceedConfirmed)),
			investor_category: c.investor_category.filter(|_| keep(Fact::InvestorCategory)),
			investor_entity: c.investor_entity.filter(|_| keep(Fact::InvestorEntity)),
			region: c.region.filter(|_| keep(Fact::Region)),
			sales_channel: c.sales_channel.filter(|_| keep(Fact::SalesChannel)),
		},
		order: OrderFacts {
			kind: o.kind.filter(|_| keep(Fact::Kind)),
			amount: o.amount.filter(|_| keep(Fact::Amount)),
			units: o.units.filter(|_| keep(Fact::Units)),
			currency: o.currency.filter(|_| keep(Fact::Currency)),
			placed_at: o.placed_at.filter(|_| keep(Fact::PlacedAt)),
			product_risk: o.product_risk.filter(|_| keep(Fact::ProductRisk)),
			product_status: o.product_status.filter(|_| keep(Fact::ProductStatus)),
		},
	}
}

#[test]
fn a_kind_has_one_name_and_its_place_in_the_encoding() {
	for (place, condition) in one_of_each().iter().enumerate() {
		assert_eq!(condition.name(), Condition::NAMES[place]);
		let json = serde_json::to_value(condition).expect("it has a JSON form");
		let name = match &json {
			serde_json::Value::String(name) => name.clone(),
			other => other
				.as_object()
				.and_then(|o| o.keys().next().cloned())
				.unwrap_or_default(),
		};
		assert_eq!(name, condition.name());
	}
}

/// Each line of the page's table names kinds in its first column and facts in its last one.
#[test]
fn the_page_has_every_kind_with_the_facts_that_it_asks_for() {
	let page = include_str!("../../../../docs/clauses.md");
	let quoted = |column: &str| -> BTreeSet<String> {
		let odd = column.split(['`', '"', '{', ':']).map(str::trim);
		odd.filter(|part| !part.is_empty()).map(String::from).collect()
	};
	for condition in one_of_each() {
		let row = page
			.lines()
			.filter(|line| line.starts_with("| `"))
			.map(|line| line.trim_matches('|').split(" | ").collect::<Vec<_>>())
			.find(|columns| columns.len() == 3 && quoted(columns[0]).contains(condition.name()))
			.unwrap_or_else(|| panic!("docs/clauses.md has no row for {}", condition.name()));
		let documented: BTreeSet<String> = row[2]
			.split('`')
			.map(|part| part.trim().trim_matches(',').trim())
			.filter(|part| !part.is_empty() && *part != "|")
			.map(String::from)
			.collect();
		let asked: BTreeSet<String> = condition.asks().iter().map(|fact| fact.as_str().into()).collect();
		assert_eq!(documented, asked, "docs/clauses.md: {}", condition.name());
	}
}

proptest! {
	#[test]
	fn other_facts_than_those_it_asks_for_do_not_matter(condition in any_condition(), facts in any_facts()) {
		let asked = only(condition.asks(), &facts);
		prop_assert_eq!(check(&condition, &asked), check(&condition, &facts));
	}

	#[test]
	fn words_are_there_and_one_line(condition in any_condition()) {
		let words = alloc::format!("{condition}");
		prop_assert!(words.len() > 8 && !words.contains('\n'), "{}", words);
	}
}
