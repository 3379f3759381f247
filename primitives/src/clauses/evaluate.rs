// SPDX-License-Identifier: Apache-2.0

//! Clauses against facts.

use super::{
	facts::{CustomerFacts, Fact, Facts},
	time::{Date, Timestamp},
	types::{Clause, Clauses, Condition, RegionCode, RiskClass},
	verdict::{Failure, Found, Miss, Verdict},
};
use crate::business::Currency;
use bounded_collections::{BoundedVec, ConstU32};

/// Whether `clauses` hold for `facts`, and which do not. Pure: the same arguments give the same verdict on every machine. Allocates only where
/// a clause fails.
pub fn evaluate(clauses: &Clauses, facts: &Facts) -> Verdict {
	let mut failures = BoundedVec::new();
	for (index, clause) in clauses.iter().enumerate() {
		if clause_holds(clause, facts) {
			continue;
		}
		let failure = Failure {
			clause: index as u32,
			code: clause.code,
			missed: misses(clause, facts),
		};
		// At most one failure per clause, and both lists have the same bound.
		let pushed = failures.try_push(failure).is_ok();
		debug_assert!(pushed, "a verdict has room for every clause");
	}
	Verdict { failures }
}

/// Whether `clauses` hold for `facts`: [`evaluate`] without the reasons; it never allocates.
pub fn hold(clauses: &Clauses, facts: &Facts) -> bool {
	clauses.iter().all(|clause| clause_holds(clause, facts))
}

fn clause_holds(clause: &Clause, facts: &Facts) -> bool {
	clause.any_of.iter().any(|condition| check(condition, facts).is_ok())
}

fn misses(clause: &Clause, facts: &Facts) -> BoundedVec<Miss, ConstU32<{ super::MAX_ALTERNATIVES }>> {
	let mut missed = BoundedVec::new();
	for condition in &clause.any_of {
		if let Err(found) = check(condition, facts) {
			let pushed = missed
				.try_push(Miss {
					condition: condition.clone(),
					found,
				})
				.is_ok();
			debug_assert!(pushed, "a failure has room for every alternative");
		}
	}
	missed
}

/// The fact, or that it is missing.
fn known<T>(value: Option<T>, fact: Fact) -> Result<T, Found> {
	value.ok_or(Found::Missing(fact))
}

fn met(holds: bool, found: impl FnOnce() -> Found) -> Result<(), Found> {
	if holds {
		Ok(())
	} else {
		Err(found())
	}
}

fn is_true(value: Option<bool>, fact: Fact) -> Result<(), Found> {
	met(known(value, fact)?, || Found::False(fact))
}

/// Whether `condition` is met; else what was found in its place.
pub fn check(condition: &Condition, facts: &Facts) -> Result<(), Found> {
	let (customer, order) = (&facts.customer, &facts.order);
	match condition {
		Condition::AgeAtLeast(years) => {
			let age = age(facts)?;
			met(age >= u16::from(*years), || Found::Age(age))
		}
		Condition::AgeAtMost(years) => {
			let age = age(facts)?;
			met(age <= u16::from(*years), || Found::Age(age))
		}
		Condition::IdentityVerified => is_true(customer.identity_verified, Fact::IdentityVerified),
		Condition::Registered => is_true(customer.registered, Fact::Registered),
		Condition::RiskCovers {
			exceed_with_confirmation,
		} => risk_covers(facts, *exceed_with_confirmation),
		Condition::RiskClassAtLeast(least) => {
			let class = known(customer.risk_class, Fact::RiskClass)?;
			met(class >= *least, || Found::RiskClass(class))
		}
		Condition::InvestorCategory(asked) => {
			let category = known(customer.investor_category, Fact::InvestorCategory)?;
			met(category == *asked, || Found::InvestorCategory(category))
		}
		Condition::InvestorEntity(asked) => {
			let entity = known(customer.investor_entity, Fact::InvestorEntity)?;
			met(entity == *asked, || Found::InvestorEntity(entity))
		}
		Condition::KindIn(kinds) => {
			let kind = known(order.kind, Fact::Kind)?;
			met(kinds.contains(kind), || Found::Kind(kind))
		}
		Condition::AmountAtLeast {
			amount: least,
			currency,
		} => {
			let (amount, in_currency) = amount(facts)?;
			met(in_currency == *currency && amount >= *least, || Found::Amount {
				amount,
				currency: in_currency,
			})
		}
		Condition::AmountAtMost { amount: most, currency } => {
			let (amount, in_currency) = amount(facts)?;
			met(in_currency == *currency && amount <= *most, || Found::Amount {
				amount,
				currency: in_currency,
			})
		}
		Condition::UnitsAtLeast(least) => {
			let units = known(order.units, Fact::Units)?;
			met(units >= *least, || Found::Units(units))
		}
		Condition::UnitsAtMost(most) => {
			let units = known(order.units, Fact::Units)?;
			met(units <= *most, || Found::Units(units))
		}
		Condition::RegionIn(regions) => {
			let region = region(customer)?;
			met(regions.iter().any(|wide| covers(wide, &region)), || {
				Found::Region(region)
			})
		}
		Condition::RegionNotIn(regions) => {
			let region = region(customer)?;
			// A region so wide that it holds an excluded one does not show that the customer is outside.
			let clear = |excluded: &RegionCode| !covers(excluded, &region) && !covers(&region, excluded);
			met(regions.iter().all(clear), || Found::Region(region))
		}
		Condition::CurrencyIn(currencies) => {
			let currency = known(order.currency, Fact::Currency)?;
			met(currencies.contains(&currency), || Found::Currency(currency))
		}
		Condition::RiskAssessedWithinDays(most) => {
			let assessed = known(customer.risk_assessed_on, Fact::RiskAssessedOn)?;
			let days = order_date(facts)?.days_since_epoch() - assessed.days_since_epoch();
			met((0..=i32::from(*most)).contains(&days), || {
				Found::RiskAssessedDaysAgo(days)
			})
		}
		Condition::PlacedBefore { time, utc_offset } => {
			let placed = placed_at(facts)?.at_offset(*utc_offset);
			met(placed.ms_since_midnight() < time.ms_since_midnight(), || {
				Found::PlacedAt(placed)
			})
		}
		Condition::PlacedWithin {
			from,
			until,
			utc_offset,
		} => {
			let placed = placed_at(facts)?.at_offset(*utc_offset);
			let date = placed.date();
			let within = from.is_none_or(|first| first <= date) && until.is_none_or(|last| date <= last);
			met(within, || Found::PlacedAt(placed))
		}
		Condition::ProductStatusIn(statuses) => {
			let status = known(order.product_status, Fact::ProductStatus)?;
			met(statuses.contains(&status), || Found::ProductStatus(status))
		}
		Condition::SalesChannelIn(channels) => {
			let channel = known(customer.sales_channel, Fact::SalesChannel)?;
			met(channels.contains(&channel), || Found::SalesChannel(channel))
		}
	}
}

fn placed_at(facts: &Facts) -> Result<Timestamp, Found> {
	known(facts.order.placed_at, Fact::PlacedAt)
}

fn order_date(facts: &Facts) -> Result<Date, Found> {
	placed_at(facts).map(Timestamp::date)
}

fn age(facts: &Facts) -> Result<u16, Found> {
	let born = known(facts.customer.birth_date, Fact::BirthDate)?;
	born.age_on(order_date(facts)?).ok_or(Found::BornOn(born))
}

fn amount(facts: &Facts) -> Result<(super::Decimal, Currency), Found> {
	Ok((
		known(facts.order.amount, Fact::Amount)?,
		known(facts.order.currency, Fact::Currency)?,
	))
}

fn region(customer: &CustomerFacts) -> Result<RegionCode, Found> {
	known(customer.region, Fact::Region)
}

/// Whether `narrow` is `wide` or, its parts being joined by `-`, a part of it.
fn covers(wide: &RegionCode, narrow: &RegionCode) -> bool {
	narrow
		.as_bytes()
		.strip_prefix(wide.as_bytes())
		.is_some_and(|rest| rest.first().is_none_or(|byte| *byte == b'-'))
}

fn risk_covers(facts: &Facts, exceed_with_confirmation: bool) -> Result<(), Found> {
	let class = known(facts.customer.risk_class, Fact::RiskClass)?;
	let product = known(facts.order.product_risk, Fact::ProductRisk)?;
	let may_exceed =
		exceed_with_confirmation && class > RiskClass::C1Lowest && facts.customer.exceed_confirmed == Some(true);
	met(product <= class.covers_up_to() || may_exceed, || Found::Risk {
		class,
		product,
	})
}
