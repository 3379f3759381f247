// SPDX-License-Identifier: Apache-2.0

//! The kinds of conditions: one row per kind, with all that is to be said of it.
//!
//! From the rows come the type [`Condition`], its checks against facts and against the rules of the language, the facts that it asks
//! for, its words in messages and the names in the docs. Its JSON form follows from its type. Kinds are only ever added, and at the end:
//! agreements on chain are encoded by their order. See docs/adding-a-clause-kind.md.

use super::{
	decimal::Decimal,
	facts::{CustomerFacts, Fact, Facts},
	found::{category_name, entity_name, join, status_name, Ccy, Found, Sign},
	rule::{Rule, MAX_AGE_YEARS},
	time::{Date, TimeOfDay, Timestamp, UtcOffset},
	types::*,
};
use crate::business::{BusinessKinds, Currency};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// Makes of each row
/// * a variant of [`Condition`], with its parameters;
/// * `asks`: the facts without which it fails, whatever they are;
/// * `check`: whether it is met by `|facts|`, else what was found;
/// * `rule`: whether its parameters make sense, where their types do not ensure it;
/// * `words`: what must hold, in words, written to `|f|`.
macro_rules! kinds {
	($(
		$(#[$attribute:meta])*
		$kind:ident
		$( ( $only:ident : $only_type:ty ) )?
		$( { $( $(#[$field_attribute:meta])* $field:ident : $field_type:ty ),+ $(,)? } )?
		=> $name:literal {
			asks: $asks:expr,
			check: |$facts:pat_param| $check:expr,
			$( rule: $rule:expr, )?
			words: |$f:ident| $words:expr $(,)?
		}
	)+) => {
		/// One condition over the facts of an order and its customer. It is met only by facts that are known: where a fact that it
		/// asks for is missing, it fails.
		#[derive(
			Clone,
			Debug,
			PartialEq,
			Eq,
			Encode,
			Decode,
			DecodeWithMemTracking,
			MaxEncodedLen,
			TypeInfo,
			Serialize,
			Deserialize,
		)]
		#[serde(rename_all = "snake_case", deny_unknown_fields)]
		pub enum Condition {
			$(
				$(#[$attribute])*
				$kind $( ($only_type) )? $( { $( $(#[$field_attribute])* $field : $field_type ),+ } )?,
			)+
		}

		impl Condition {
			/// The names of all kinds, as they stand in JSON, in the order in which they are encoded.
			pub const NAMES: &'static [&'static str] = &[$($name),+];

			/// The name of its kind.
			pub const fn name(&self) -> &'static str {
				match self {
					$( Condition::$kind { .. } => $name, )+
				}
			}

			/// The facts that it asks for: where one is missing, it may fail for that alone.
			#[allow(unused_variables)]
			pub fn asks(&self) -> &'static [Fact] {
				match self {
					$( Condition::$kind $( ($only) )? $( { $($field),+ } )? => $asks, )+
				}
			}

			/// Whether its parameters make sense, beyond what their types ensure.
			#[allow(unused_variables)]
			pub(super) fn rule(&self) -> Result<(), Rule> {
				match self {
					$( Condition::$kind $( ($only) )? $( { $($field),+ } )? => {
						$( $rule?; )?
						Ok(())
					}, )+
				}
			}
		}

		/// Whether `condition` is met; else what was found in its place.
		pub fn check(condition: &Condition, facts: &Facts) -> Result<(), Found> {
			match condition {
				$( Condition::$kind $( ($only) )? $( { $($field),+ } )? => {
					let $facts = facts;
					$check
				}, )+
			}
		}

		impl fmt::Display for Condition {
			#[allow(unused_variables)]
			fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
				match self {
					$( Condition::$kind $( ($only) )? $( { $($field),+ } )? => {
						let $f = formatter;
						$words
					}, )+
				}
			}
		}
	};
}

kinds! {
	/// Full years on the order's date, at least. See [`Date::age_on`].
	AgeAtLeast(years: u8) => "age_at_least" {
		asks: &[Fact::BirthDate, Fact::PlacedAt],
		check: |facts| {
			let age = age(facts)?;
			met(age >= u16::from(*years), || Found::Age(age))
		},
		rule: ensure(*years <= MAX_AGE_YEARS, Rule::AgeTooHigh),
		words: |f| write!(f, "age must be at least {years}"),
	}

	/// Full years on the order's date, at most.
	AgeAtMost(years: u8) => "age_at_most" {
		asks: &[Fact::BirthDate, Fact::PlacedAt],
		check: |facts| {
			let age = age(facts)?;
			met(age <= u16::from(*years), || Found::Age(age))
		},
		rule: ensure(*years <= MAX_AGE_YEARS, Rule::AgeTooHigh),
		words: |f| write!(f, "age must be at most {years}"),
	}

	/// The customer's identity was verified.
	IdentityVerified => "identity_verified" {
		asks: &[Fact::IdentityVerified],
		check: |facts| is_true(facts.customer.identity_verified, Fact::IdentityVerified),
		words: |f| f.write_str("the identity must be verified"),
	}

	/// The customer is registered with this issuer.
	Registered => "registered" {
		asks: &[Fact::Registered],
		check: |facts| is_true(facts.customer.registered, Fact::Registered),
		words: |f| f.write_str("the customer must be registered with the issuer"),
	}

	/// The customer's risk class covers the product's risk: Cn may buy R1 to Rn, the lowest sub-class of C1 R1 only.
	RiskCovers {
		/// Whether a customer who confirmed it in writing may exceed his class. Never the lowest sub-class.
		exceed_with_confirmation: bool,
	} => "risk_covers" {
		// Whether the class alone covers the product depends on the product; the confirmation was given for this purpose.
		asks: if *exceed_with_confirmation {
			&[Fact::RiskClass, Fact::ProductRisk, Fact::ExceedConfirmed]
		} else {
			&[Fact::RiskClass, Fact::ProductRisk]
		},
		check: |facts| {
			let class = known(facts.customer.risk_class, Fact::RiskClass)?;
			let product = known(facts.order.product_risk, Fact::ProductRisk)?;
			let may_exceed = *exceed_with_confirmation
				&& class > RiskClass::C1Lowest
				&& facts.customer.exceed_confirmed == Some(true);
			met(product <= class.covers_up_to() || may_exceed, || Found::Risk { class, product })
		},
		words: |f| f.write_str(match exceed_with_confirmation {
			false => "risk_class must cover product_risk",
			true => "risk_class must cover product_risk or exceed_confirmed be true",
		}),
	}

	/// The customer's risk class, at least.
	RiskClassAtLeast(least: RiskClass) => "risk_class_at_least" {
		asks: &[Fact::RiskClass],
		check: |facts| {
			let class = known(facts.customer.risk_class, Fact::RiskClass)?;
			met(class >= *least, || Found::RiskClass(class))
		},
		words: |f| write!(f, "risk_class must be at least {}", least.as_str()),
	}

	/// The customer is an investor of this category.
	InvestorCategory(asked: InvestorCategory) => "investor_category" {
		asks: &[Fact::InvestorCategory],
		check: |facts| {
			let category = known(facts.customer.investor_category, Fact::InvestorCategory)?;
			met(category == *asked, || Found::InvestorCategory(category))
		},
		words: |f| write!(f, "investor_category must be {}", category_name(*asked)),
	}

	/// The customer is of this kind.
	InvestorEntity(asked: InvestorEntity) => "investor_entity" {
		asks: &[Fact::InvestorEntity],
		check: |facts| {
			let entity = known(facts.customer.investor_entity, Fact::InvestorEntity)?;
			met(entity == *asked, || Found::InvestorEntity(entity))
		},
		words: |f| write!(f, "investor_entity must be {}", entity_name(*asked)),
	}

	/// The order's kind of business is one of these.
	#[serde(with = "super::values::kinds")]
	KindIn(kinds: BusinessKinds) => "kind_in" {
		asks: &[Fact::Kind],
		check: |facts| {
			let kind = known(facts.order.kind, Fact::Kind)?;
			met(kinds.contains(kind), || Found::Kind(kind))
		},
		rule: ensure(kinds.is_valid(), Rule::KindUnknown)
			.and_then(|()| ensure(kinds.iter().next().is_some(), Rule::SetEmpty)),
		words: |f| {
			f.write_str("kind must be one of ")?;
			join(f, ", ", kinds.iter().map(|kind| kind.as_str()))
		},
	}

	/// The order's amount is in this currency and at least this much.
	AmountAtLeast {
		/// The least amount.
		amount: Decimal,
		/// In this currency.
		#[serde(with = "super::values::currency")]
		currency: Currency,
	} => "amount_at_least" {
		asks: &[Fact::Amount, Fact::Currency],
		check: |facts| {
			let found = ordered(facts)?;
			met(found.1 == *currency && found.0 >= *amount, || amount_found(found))
		},
		rule: money(amount, currency),
		words: |f| write!(f, "amount must be at least {amount} {}", Ccy(currency)),
	}

	/// The order's amount is in this currency and at most this much.
	AmountAtMost {
		/// The largest amount.
		amount: Decimal,
		/// In this currency.
		#[serde(with = "super::values::currency")]
		currency: Currency,
	} => "amount_at_most" {
		asks: &[Fact::Amount, Fact::Currency],
		check: |facts| {
			let found = ordered(facts)?;
			met(found.1 == *currency && found.0 <= *amount, || amount_found(found))
		},
		rule: money(amount, currency),
		words: |f| write!(f, "amount must be at most {amount} {}", Ccy(currency)),
	}

	/// The order's units, at least.
	UnitsAtLeast(least: Decimal) => "units_at_least" {
		asks: &[Fact::Units],
		check: |facts| {
			let units = known(facts.order.units, Fact::Units)?;
			met(units >= *least, || Found::Units(units))
		},
		rule: ensure(*least >= Decimal::ZERO, Rule::Negative),
		words: |f| write!(f, "units must be at least {least}"),
	}

	/// The order's units, at most.
	UnitsAtMost(most: Decimal) => "units_at_most" {
		asks: &[Fact::Units],
		check: |facts| {
			let units = known(facts.order.units, Fact::Units)?;
			met(units <= *most, || Found::Units(units))
		},
		rule: ensure(*most >= Decimal::ZERO, Rule::Negative),
		words: |f| write!(f, "units must be at most {most}"),
	}

	/// The customer's region is one of these or part of one: `CN` covers `CN` and `CN-11`.
	#[serde(with = "super::values::set")]
	RegionIn(regions: Regions) => "region_in" {
		asks: &[Fact::Region],
		check: |facts| {
			let region = region(&facts.customer)?;
			met(regions.iter().any(|wide| covers(wide, &region)), || Found::Region(region))
		},
		rule: set(regions),
		words: |f| {
			f.write_str("region must be in ")?;
			join(f, ", ", regions.iter())
		},
	}

	/// The customer's region is none of these, nor part of one, nor so wide that it holds one.
	#[serde(with = "super::values::set")]
	RegionNotIn(regions: Regions) => "region_not_in" {
		asks: &[Fact::Region],
		check: |facts| {
			let region = region(&facts.customer)?;
			// A region so wide that it holds an excluded one does not show that the customer is outside.
			let clear = |excluded: &RegionCode| !covers(excluded, &region) && !covers(&region, excluded);
			met(regions.iter().all(clear), || Found::Region(region))
		},
		rule: set(regions),
		words: |f| {
			f.write_str("region must be outside ")?;
			join(f, ", ", regions.iter())
		},
	}

	/// The order's currency is one of these.
	#[serde(with = "super::values::currencies")]
	CurrencyIn(currencies: Currencies) => "currency_in" {
		asks: &[Fact::Currency],
		check: |facts| {
			let currency = known(facts.order.currency, Fact::Currency)?;
			met(currencies.contains(&currency), || Found::Currency(currency))
		},
		rule: currencies.iter().try_for_each(letters).and_then(|()| set(currencies)),
		words: |f| {
			f.write_str("currency must be one of ")?;
			join(f, ", ", currencies.iter().map(Ccy))
		},
	}

	/// The customer's risk assessment was made at most this many days before the order's date, and not after it.
	RiskAssessedWithinDays(most: u16) => "risk_assessed_within_days" {
		asks: &[Fact::RiskAssessedOn, Fact::PlacedAt],
		check: |facts| {
			let assessed = known(facts.customer.risk_assessed_on, Fact::RiskAssessedOn)?;
			let days = order_date(facts)?.days_since_epoch() - assessed.days_since_epoch();
			met((0..=i32::from(*most)).contains(&days), || Found::RiskAssessedDaysAgo(days))
		},
		words: |f| write!(f, "the risk assessment must be at most {most} days old"),
	}

	/// The order was placed before this time of day. Limits the time of day only: an order placed at 9:00 of a holiday is before 15:00.
	PlacedBefore {
		/// The cut-off: an order placed at this very time is too late.
		time: TimeOfDay,
		/// Where that time is local.
		utc_offset: UtcOffset,
	} => "placed_before" {
		asks: &[Fact::PlacedAt],
		check: |facts| {
			let placed = placed_at(facts)?.at_offset(*utc_offset);
			met(placed.ms_since_midnight() < time.ms_since_midnight(), || Found::PlacedAt(placed))
		},
		rule: ensure(time.ms_since_midnight() > 0, Rule::CutOffAtMidnight),
		words: |f| write!(f, "the order must be placed before {time} (UTC{})", Sign(utc_offset)),
	}

	/// The order was placed within these days, both included: an offering window.
	PlacedWithin {
		/// The first day; without it the window has no beginning.
		#[serde(default, skip_serializing_if = "Option::is_none")]
		from: Option<Date>,
		/// The last day; without it the window has no end.
		#[serde(default, skip_serializing_if = "Option::is_none")]
		until: Option<Date>,
		/// Where those days are local.
		utc_offset: UtcOffset,
	} => "placed_within" {
		asks: &[Fact::PlacedAt],
		check: |facts| {
			let placed = placed_at(facts)?.at_offset(*utc_offset);
			let date = placed.date();
			let within = from.is_none_or(|first| first <= date) && until.is_none_or(|last| date <= last);
			met(within, || Found::PlacedAt(placed))
		},
		rule: match (from, until) {
			(None, None) => Err(Rule::WindowOpen),
			(Some(from), Some(until)) => ensure(from <= until, Rule::WindowReversed),
			_ => Ok(()),
		},
		words: |f| {
			f.write_str("the order must be placed")?;
			if let Some(from) = from {
				write!(f, " from {from}")?;
			}
			if let Some(until) = until {
				write!(f, " until {until}")?;
			}
			write!(f, " (UTC{})", Sign(utc_offset))
		},
	}

	/// The product stands in one of these.
	#[serde(with = "super::values::set")]
	ProductStatusIn(statuses: ProductStatuses) => "product_status_in" {
		asks: &[Fact::ProductStatus],
		check: |facts| {
			let status = known(facts.order.product_status, Fact::ProductStatus)?;
			met(statuses.contains(&status), || Found::ProductStatus(status))
		},
		rule: set(statuses),
		words: |f| {
			f.write_str("product_status must be one of ")?;
			join(f, ", ", statuses.iter().map(|status| status_name(*status)))
		},
	}

	/// The customer ordered through one of these.
	#[serde(with = "super::values::set")]
	SalesChannelIn(channels: SalesChannels) => "sales_channel_in" {
		asks: &[Fact::SalesChannel],
		check: |facts| {
			let channel = known(facts.customer.sales_channel, Fact::SalesChannel)?;
			met(channels.contains(&channel), || Found::SalesChannel(channel))
		},
		rule: set(channels),
		words: |f| {
			f.write_str("sales_channel must be one of ")?;
			join(f, ", ", channels.iter())
		},
	}
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

/// Amount and currency of the order.
fn ordered(facts: &Facts) -> Result<(Decimal, Currency), Found> {
	Ok((
		known(facts.order.amount, Fact::Amount)?,
		known(facts.order.currency, Fact::Currency)?,
	))
}

fn amount_found((amount, currency): (Decimal, Currency)) -> Found {
	Found::Amount { amount, currency }
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

fn ensure(holds: bool, rule: Rule) -> Result<(), Rule> {
	if holds {
		Ok(())
	} else {
		Err(rule)
	}
}

fn money(amount: &Decimal, currency: &Currency) -> Result<(), Rule> {
	letters(currency)?;
	ensure(*amount >= Decimal::ZERO, Rule::Negative)
}

fn letters(currency: &Currency) -> Result<(), Rule> {
	ensure(currency.iter().all(u8::is_ascii_uppercase), Rule::CurrencyCharacters)
}

fn set<T: PartialEq>(set: &[T]) -> Result<(), Rule> {
	ensure(!set.is_empty(), Rule::SetEmpty)?;
	// Sets have at most 16 values: comparing each with those before it costs less than sorting a copy.
	ensure(
		set.iter().enumerate().all(|(i, value)| !set[..i].contains(value)),
		Rule::SetRepeats,
	)
}
