// SPDX-License-Identifier: Apache-2.0

//! Tests of the engine as a whole: cases, properties, JSON.

mod cases;
mod kinds;
mod properties;
mod reading;

use super::*;
use crate::{
	business::{BusinessKind, BusinessKinds, Currency},
	directory::ProductStatus,
};
use proptest::{option, prelude::*, sample::select};

pub fn text<const N: usize>(text: &str) -> Text<N> {
	text.parse().expect("valid text")
}

pub fn date(text: &str) -> Date {
	text.parse().expect("valid date")
}

pub fn time(text: &str) -> Timestamp {
	text.parse().expect("valid time")
}

pub fn decimal(text: &str) -> Decimal {
	text.parse().expect("valid decimal")
}

pub fn clause(code: &str, any_of: &[Condition]) -> Clause {
	Clause {
		code: text(code),
		any_of: any_of.to_vec().try_into().expect("within the bound"),
	}
}

pub fn clauses(list: &[Clause]) -> Clauses {
	list.to_vec().try_into().expect("within the bound")
}

/// Facts of a customer and an order that qualify for about anything.
pub fn good() -> Facts {
	Facts {
		customer: CustomerFacts {
			birth_date: Some(date("1990-05-20")),
			identity_verified: Some(true),
			registered: Some(true),
			registration: None,
			risk_class: Some(RiskClass::C3),
			risk_assessed_on: Some(date("2025-06-01")),
			exceed_confirmed: Some(false),
			investor_category: Some(InvestorCategory::Ordinary),
			investor_entity: Some(InvestorEntity::Individual),
			region: Some(text("CN-11")),
			sales_channel: Some(text("mobile")),
		},
		order: OrderFacts {
			kind: Some(BusinessKind::Purchase),
			amount: Some(decimal("10000")),
			units: Some(decimal("500.5")),
			currency: Some(*b"CNY"),
			placed_at: Some(time("2025-11-24T14:30:00+08:00")),
			product_risk: Some(ProductRisk::R3),
			product_status: Some(ProductStatus::Open),
		},
	}
}

pub const STATUSES: [ProductStatus; 4] = [
	ProductStatus::Offering,
	ProductStatus::Open,
	ProductStatus::Suspended,
	ProductStatus::Closed,
];

const CURRENCIES: [Currency; 4] = [*b"CNY", *b"USD", *b"HKD", *b"EUR"];
const REGIONS: [&str; 6] = ["CN", "CN-11", "CN-65", "CN-1", "HK", "SG"];
const CHANNELS: [&str; 3] = ["counter", "mobile", "online"];

pub fn any_date() -> impl Strategy<Value = Date> {
	// Around the ages and windows that conditions name, with its leap days.
	(-8_000i32..25_000).prop_map(|days| Date::from_days_since_epoch(days).expect("in range"))
}

pub fn any_decimal() -> impl Strategy<Value = Decimal> {
	prop_oneof![
		(0i128..2_000_000_000_000).prop_map(Decimal::from_raw),
		(0i64..20).prop_map(|n| Decimal::from_integer(n * 1_000)),
		Just(Decimal::ZERO),
		Just(Decimal::MAX),
	]
}

pub fn any_offset() -> impl Strategy<Value = UtcOffset> {
	(-840i16..=840).prop_map(|minutes| UtcOffset::from_minutes(minutes).expect("in range"))
}

pub fn any_timestamp() -> impl Strategy<Value = Timestamp> {
	(1_500_000_000_000u64..1_900_000_000_000, any_offset())
		.prop_map(|(ms, offset)| Timestamp::new(ms, offset).expect("in range"))
}

fn subset<T: Clone + core::fmt::Debug + 'static, const N: usize>(all: [T; N]) -> impl Strategy<Value = Vec<T>> {
	proptest::sample::subsequence(all.to_vec(), 1..=N)
}

/// Conditions that [`validate`] admits, of every kind.
pub fn any_condition() -> impl Strategy<Value = Condition> {
	let kinds = (1u16..=BusinessKinds::ALL.0).prop_map(|bits| Condition::KindIn(BusinessKinds(bits)));
	let regions = || subset(REGIONS.map(text::<8>)).prop_map(|set| set.try_into().expect("within the bound"));
	let window = (option::of(any_date()), option::of(any_date()), any_offset()).prop_map(|(a, b, utc_offset)| {
		let (from, until) = match (a, b) {
			(Some(a), Some(b)) => (Some(a.min(b)), Some(a.max(b))),
			(None, None) => (Some(date("2020-01-01")), None),
			one => one,
		};
		Condition::PlacedWithin {
			from,
			until,
			utc_offset,
		}
	});
	let cut_off = (1u16..1440, any_offset()).prop_map(|(minute, utc_offset)| Condition::PlacedBefore {
		time: TimeOfDay::new((minute / 60) as u8, (minute % 60) as u8).expect("in range"),
		utc_offset,
	});
	prop_oneof![
		(0u8..=MAX_AGE_YEARS).prop_map(Condition::AgeAtLeast),
		(0u8..=MAX_AGE_YEARS).prop_map(Condition::AgeAtMost),
		Just(Condition::IdentityVerified),
		Just(Condition::Registered),
		any::<bool>().prop_map(|exceed_with_confirmation| Condition::RiskCovers {
			exceed_with_confirmation
		}),
		select(&RiskClass::ALL[..]).prop_map(Condition::RiskClassAtLeast),
		select(vec![InvestorCategory::Ordinary, InvestorCategory::Professional]).prop_map(Condition::InvestorCategory),
		select(vec![InvestorEntity::Individual, InvestorEntity::Institution]).prop_map(Condition::InvestorEntity),
		kinds,
		(any_decimal(), select(&CURRENCIES[..]))
			.prop_map(|(amount, currency)| Condition::AmountAtLeast { amount, currency }),
		(any_decimal(), select(&CURRENCIES[..]))
			.prop_map(|(amount, currency)| Condition::AmountAtMost { amount, currency }),
		any_decimal().prop_map(Condition::UnitsAtLeast),
		any_decimal().prop_map(Condition::UnitsAtMost),
		regions().prop_map(Condition::RegionIn),
		regions().prop_map(Condition::RegionNotIn),
		subset(CURRENCIES).prop_map(|set| Condition::CurrencyIn(set.try_into().expect("within the bound"))),
		any::<u16>().prop_map(Condition::RiskAssessedWithinDays),
		cut_off,
		window,
		subset(STATUSES).prop_map(|set| Condition::ProductStatusIn(set.try_into().expect("within the bound"))),
		subset(CHANNELS.map(text::<12>))
			.prop_map(|set| Condition::SalesChannelIn(set.try_into().expect("within the bound"))),
	]
}

/// One to three different alternatives.
fn any_alternatives() -> impl Strategy<Value = Alternatives> {
	proptest::collection::vec(any_condition(), 1..=3).prop_map(|list| {
		let mut distinct = Alternatives::new();
		for condition in list {
			if !distinct.contains(&condition) {
				distinct.try_push(condition).expect("within the bound");
			}
		}
		distinct
	})
}

/// Clauses that [`validate`] admits.
pub fn any_clauses() -> impl Strategy<Value = Clauses> {
	proptest::collection::vec(any_alternatives(), 0..=5).prop_map(|list| {
		let numbered = list.into_iter().enumerate();
		let list: Vec<_> = numbered
			.map(|(i, any_of)| Clause {
				code: text(&format!("c{i}")),
				any_of,
			})
			.collect();
		clauses(&list)
	})
}

/// Facts of which each is missing now and then.
pub fn any_facts() -> impl Strategy<Value = Facts> {
	let known = 0.85;
	let customer = (
		option::weighted(known, any_date()),
		option::weighted(known, any::<bool>()),
		option::weighted(known, any::<bool>()),
		option::weighted(known, select(&RiskClass::ALL[..])),
		option::weighted(known, any_date()),
		option::weighted(known, any::<bool>()),
		option::weighted(
			known,
			select(vec![InvestorCategory::Ordinary, InvestorCategory::Professional]),
		),
		option::weighted(
			known,
			select(vec![InvestorEntity::Individual, InvestorEntity::Institution]),
		),
		option::weighted(known, select(REGIONS.map(text::<8>).to_vec())),
		option::weighted(known, select(CHANNELS.map(text::<12>).to_vec())),
	);
	let order = (
		option::weighted(known, select(&BusinessKind::ALL[..])),
		option::weighted(known, any_decimal()),
		option::weighted(known, any_decimal()),
		option::weighted(known, select(&CURRENCIES[..])),
		option::weighted(known, any_timestamp()),
		option::weighted(known, select(&ProductRisk::ALL[..])),
		option::weighted(known, select(&STATUSES[..])),
	);
	(customer, order).prop_map(|(c, o)| Facts {
		customer: CustomerFacts {
			birth_date: c.0,
			identity_verified: c.1,
			registered: c.2,
			registration: None,
			risk_class: c.3,
			risk_assessed_on: c.4,
			exceed_confirmed: c.5,
			investor_category: c.6,
			investor_entity: c.7,
			region: c.8,
			sales_channel: c.9,
		},
		order: OrderFacts {
			kind: o.0,
			amount: o.1,
			units: o.2,
			currency: o.3,
			placed_at: o.4,
			product_risk: o.5,
			product_status: o.6,
		},
	})
}
