// SPDX-License-Identifier: Apache-2.0

//! The least that must be told about a customer.

use super::{
	clause::Clauses,
	facts::{CustomerFacts, Fact, Facts},
	kinds::{check, Condition},
};

/// The facts of the customer without which `clauses` would not hold for this order, and no others: of each clause one alternative
/// that holds, the one that tells least. Where a clause does not hold it adds nothing.
///
/// What a seller sends along with an order is this and not everything that he knows: the verdict with these facts is the verdict
/// with all.
pub fn needed(clauses: &Clauses, facts: &Facts) -> CustomerFacts {
	let mut told = CustomerFacts::default();
	for clause in clauses {
		let held = clause.any_of.iter().filter(|condition| check(condition, facts).is_ok());
		let with = |condition| tell(condition, told, &facts.customer);
		if let Some(least) = held.map(with).min_by_key(count) {
			told = least;
		}
	}
	told
}

/// `told` and what this condition asks of the customer.
fn tell(condition: &Condition, mut told: CustomerFacts, all: &CustomerFacts) -> CustomerFacts {
	for fact in condition.asks() {
		match fact {
			Fact::BirthDate => told.birth_date = all.birth_date,
			Fact::IdentityVerified => told.identity_verified = all.identity_verified,
			Fact::Registered => {
				told.registered = all.registered;
				// What shows it.
				told.registration = all.registration;
			}
			Fact::RiskClass => told.risk_class = all.risk_class,
			Fact::RiskAssessedOn => told.risk_assessed_on = all.risk_assessed_on,
			Fact::ExceedConfirmed => told.exceed_confirmed = all.exceed_confirmed,
			Fact::InvestorCategory => told.investor_category = all.investor_category,
			Fact::InvestorEntity => told.investor_entity = all.investor_entity,
			Fact::Region => told.region = all.region,
			Fact::SalesChannel => told.sales_channel = all.sales_channel,
			// Of the order, which says so itself.
			Fact::Kind
			| Fact::Amount
			| Fact::Units
			| Fact::Currency
			| Fact::PlacedAt
			| Fact::ProductRisk
			| Fact::ProductStatus => (),
		}
	}
	told
}

/// How many facts are told.
fn count(told: &CustomerFacts) -> usize {
	[
		told.birth_date.is_some(),
		told.identity_verified.is_some(),
		told.registered.is_some(),
		told.risk_class.is_some(),
		told.risk_assessed_on.is_some(),
		told.exceed_confirmed.is_some(),
		told.investor_category.is_some(),
		told.investor_entity.is_some(),
		told.region.is_some(),
		told.sales_channel.is_some(),
	]
	.into_iter()
	.filter(|is_told| *is_told)
	.count()
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::clauses::{evaluate, json, tests::*};
	use proptest::prelude::*;

	fn clauses(text: &str) -> Clauses {
		json::from_json(text.as_bytes()).unwrap()
	}

	#[test]
	fn only_what_is_asked_is_told() {
		let list = clauses(
			r#"[{"code":"adult","any_of":[{"kind_in":["redemption"]},{"age_at_least":18}]},{"code":"known","any_of":["identity_verified"]}]"#,
		);
		let facts = |kind: &str| -> Facts {
			serde_json::from_str(&alloc::format!(
				r#"{{"customer":{{"birth_date":"1980-03-04","identity_verified":true,"region":"CN-SH","risk_class":"C3"}},
				"order":{{"kind":"{kind}","placed_at":"2026-03-02T10:00:00Z"}}}}"#
			))
			.unwrap()
		};
		let told = needed(&list, &facts("purchase"));
		assert!(told.birth_date.is_some() && told.identity_verified == Some(true));
		assert!(told.region.is_none() && told.risk_class.is_none());
		// Whoever redeems need not say how old he is.
		let told = needed(&list, &facts("redemption"));
		assert!(told.birth_date.is_none() && told.identity_verified == Some(true));
	}

	proptest! {
		#[test]
		fn the_verdict_is_the_same(list in any_clauses(), facts in any_facts()) {
			let least = Facts { customer: needed(&list, &facts), ..facts };
			prop_assert_eq!(evaluate(&list, &least).qualifies(), evaluate(&list, &facts).qualifies());
		}
	}
}
