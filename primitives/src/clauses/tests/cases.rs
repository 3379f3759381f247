// SPDX-License-Identifier: Apache-2.0

//! Each condition at its boundary, the verdict's words, and what validation refuses.

use super::*;

/// What `condition` finds instead of being met, with `good` facts changed by `change`.
fn found(condition: &Condition, change: impl FnOnce(&mut Facts)) -> Option<Found> {
	let mut facts = good();
	change(&mut facts);
	check(condition, &facts).err()
}

fn minutes(minutes: i16) -> UtcOffset {
	UtcOffset::from_minutes(minutes).expect("in range")
}

#[test]
fn boundary_age() {
	let born = |text: &'static str| move |facts: &mut Facts| facts.customer.birth_date = Some(date(text));
	let adult = Condition::AgeAtLeast(18);
	assert_eq!(found(&adult, born("2007-11-24")), None);
	assert_eq!(found(&adult, born("2007-11-25")), Some(Found::Age(17)));
	assert_eq!(
		found(&adult, born("2025-11-25")),
		Some(Found::BornOn(date("2025-11-25")))
	);
	assert_eq!(
		found(&adult, |facts| facts.customer.birth_date = None),
		Some(Found::Missing(Fact::BirthDate))
	);
	assert_eq!(
		found(&adult, |facts| facts.order.placed_at = None),
		Some(Found::Missing(Fact::PlacedAt))
	);
	let not_old = Condition::AgeAtMost(70);
	assert_eq!(found(&not_old, born("1954-11-25")), None);
	assert_eq!(found(&not_old, born("1954-11-24")), Some(Found::Age(71)));
	// Not yet born is no way to be young enough.
	assert_eq!(
		found(&not_old, born("2026-01-01")),
		Some(Found::BornOn(date("2026-01-01")))
	);
}

#[test]
fn boundary_age_of_those_born_on_29_february() {
	let ordered = |at: &'static str| {
		move |facts: &mut Facts| {
			facts.customer.birth_date = Some(date("2008-02-29"));
			facts.order.placed_at = Some(time(at));
		}
	};
	let adult = Condition::AgeAtLeast(18);
	assert_eq!(
		found(&adult, ordered("2026-02-28T23:59:59.999+08:00")),
		Some(Found::Age(17))
	);
	assert_eq!(found(&adult, ordered("2026-03-01T00:00:00+08:00")), None);
	let sixteen = Condition::AgeAtLeast(16);
	assert_eq!(
		found(&sixteen, ordered("2024-02-28T12:00:00+08:00")),
		Some(Found::Age(15))
	);
	assert_eq!(found(&sixteen, ordered("2024-02-29T00:00:00+08:00")), None);
}

#[test]
fn age_counts_to_the_local_date_of_the_order() {
	let ordered = |at: &'static str| {
		move |facts: &mut Facts| {
			facts.customer.birth_date = Some(date("2007-11-24"));
			facts.order.placed_at = Some(time(at));
		}
	};
	let adult = Condition::AgeAtLeast(18);
	assert_eq!(found(&adult, ordered("2025-11-24T00:30:00+08:00")), None);
	// The same moment, where it is still the day before.
	assert_eq!(found(&adult, ordered("2025-11-23T16:30:00Z")), Some(Found::Age(17)));
}

#[test]
fn flags_must_be_true() {
	assert_eq!(found(&Condition::IdentityVerified, |_| ()), None);
	assert_eq!(
		found(&Condition::IdentityVerified, |facts| facts.customer.identity_verified =
			Some(false)),
		Some(Found::False(Fact::IdentityVerified))
	);
	assert_eq!(
		found(&Condition::Registered, |facts| facts.customer.registered = None),
		Some(Found::Missing(Fact::Registered))
	);
}

#[test]
fn risk_table() {
	// Which products a class covers by itself, R1 to R5.
	let table = [
		(RiskClass::C1Lowest, [true, false, false, false, false]),
		(RiskClass::C1, [true, false, false, false, false]),
		(RiskClass::C2, [true, true, false, false, false]),
		(RiskClass::C3, [true, true, true, false, false]),
		(RiskClass::C4, [true, true, true, true, false]),
		(RiskClass::C5, [true, true, true, true, true]),
	];
	for (class, covered) in table {
		for (product, covered) in ProductRisk::ALL.into_iter().zip(covered) {
			for (allowed, confirmed) in [
				(false, None),
				(false, Some(true)),
				(true, None),
				(true, Some(false)),
				(true, Some(true)),
			] {
				let exceeds = allowed && confirmed == Some(true) && class != RiskClass::C1Lowest;
				let expected = (!covered && !exceeds).then_some(Found::Risk { class, product });
				let condition = Condition::RiskCovers {
					exceed_with_confirmation: allowed,
				};
				let outcome = found(&condition, |facts| {
					facts.customer.risk_class = Some(class);
					facts.customer.exceed_confirmed = confirmed;
					facts.order.product_risk = Some(product);
				});
				assert_eq!(outcome, expected, "{class:?} {product:?} {allowed} {confirmed:?}");
			}
		}
	}
}

#[test]
fn risk_levels_are_those_of_the_chain() {
	for (level, risk) in (1..=5).zip(ProductRisk::ALL) {
		assert_eq!((ProductRisk::from_level(level), risk.level()), (Some(risk), level));
	}
	assert_eq!((ProductRisk::from_level(0), ProductRisk::from_level(6)), (None, None));
}

#[test]
fn risk_class_at_least() {
	let least = Condition::RiskClassAtLeast(RiskClass::C3);
	for class in RiskClass::ALL {
		let expected = (class < RiskClass::C3).then_some(Found::RiskClass(class));
		assert_eq!(found(&least, |facts| facts.customer.risk_class = Some(class)), expected);
	}
	let above_lowest = Condition::RiskClassAtLeast(RiskClass::C1);
	assert!(found(&above_lowest, |facts| facts.customer.risk_class =
		Some(RiskClass::C1Lowest))
	.is_some());
}

#[test]
fn investors() {
	let professional = Condition::InvestorCategory(InvestorCategory::Professional);
	assert_eq!(
		found(&professional, |_| ()),
		Some(Found::InvestorCategory(InvestorCategory::Ordinary))
	);
	let individual = Condition::InvestorEntity(InvestorEntity::Individual);
	assert_eq!(found(&individual, |_| ()), None);
	assert_eq!(
		found(&individual, |facts| facts.customer.investor_entity = None),
		Some(Found::Missing(Fact::InvestorEntity))
	);
}

#[test]
fn kinds() {
	let buys = Condition::KindIn(BusinessKinds::of(&[BusinessKind::Subscription, BusinessKind::Purchase]));
	for kind in BusinessKind::ALL {
		let buying = matches!(kind, BusinessKind::Subscription | BusinessKind::Purchase);
		assert_eq!(
			found(&buys, |facts| facts.order.kind = Some(kind)),
			(!buying).then_some(Found::Kind(kind))
		);
	}
}

#[test]
fn boundary_amount() {
	let with = |amount: &'static str| move |facts: &mut Facts| facts.order.amount = Some(decimal(amount));
	let least = Condition::AmountAtLeast {
		amount: decimal("1000.00"),
		currency: *b"CNY",
	};
	let most = Condition::AmountAtMost {
		amount: decimal("1000.00"),
		currency: *b"CNY",
	};
	let seen = |amount: &str| {
		Some(Found::Amount {
			amount: decimal(amount),
			currency: *b"CNY",
		})
	};
	assert_eq!(found(&least, with("1000")), None);
	assert_eq!(found(&most, with("1000")), None);
	assert_eq!(found(&least, with("999.99999999")), seen("999.99999999"));
	assert_eq!(found(&most, with("1000.00000001")), seen("1000.00000001"));
}

#[test]
fn fails_when_the_amount_is_in_another_currency() {
	let least = Condition::AmountAtLeast {
		amount: Decimal::ZERO,
		currency: *b"USD",
	};
	assert_eq!(
		found(&least, |_| ()),
		Some(Found::Amount {
			amount: decimal("10000"),
			currency: *b"CNY"
		})
	);
	assert_eq!(
		found(&least, |facts| facts.order.currency = None),
		Some(Found::Missing(Fact::Currency))
	);
	assert_eq!(
		found(&least, |facts| facts.order.amount = None),
		Some(Found::Missing(Fact::Amount))
	);
}

#[test]
fn boundary_units() {
	assert_eq!(found(&Condition::UnitsAtLeast(decimal("500.5")), |_| ()), None);
	assert_eq!(found(&Condition::UnitsAtMost(decimal("500.5")), |_| ()), None);
	assert_eq!(
		found(&Condition::UnitsAtLeast(decimal("500.50000001")), |_| ()),
		Some(Found::Units(decimal("500.5")))
	);
	assert_eq!(
		found(&Condition::UnitsAtMost(decimal("500.49999999")), |_| ()),
		Some(Found::Units(decimal("500.5")))
	);
}

#[test]
fn regions_hold_their_parts() {
	let set = |codes: &[&str]| {
		codes
			.iter()
			.map(|code| text(code))
			.collect::<Vec<_>>()
			.try_into()
			.expect("within")
	};
	let cases = [
		// The customer's region, the set, whether it is in it, whether it is outside it.
		("CN-11", "CN", true, false),
		("CN", "CN", true, false),
		("CN-11", "CN-11", true, false),
		("CN-11", "CN-1", false, true),
		("CNX", "CN", false, true),
		("HK", "CN", false, true),
		// "CN" may be any part of it: neither known to be in CN-65 nor known to be outside.
		("CN", "CN-65", false, false),
	];
	for (region, of, is_in, is_outside) in cases {
		let at = |facts: &mut Facts| facts.customer.region = Some(text(region));
		assert_eq!(
			found(&Condition::RegionIn(set(&["SG", of])), at).is_none(),
			is_in,
			"{region} in {of}"
		);
		assert_eq!(
			found(&Condition::RegionNotIn(set(&["SG", of])), at).is_none(),
			is_outside,
			"{region} not in {of}"
		);
	}
	let missing = found(&Condition::RegionNotIn(set(&["SG"])), |facts| {
		facts.customer.region = None
	});
	assert_eq!(missing, Some(Found::Missing(Fact::Region)));
}

#[test]
fn boundary_risk_assessment() {
	let assessed = |on: &'static str| move |facts: &mut Facts| facts.customer.risk_assessed_on = Some(date(on));
	let within = Condition::RiskAssessedWithinDays(365);
	assert_eq!(found(&within, assessed("2024-11-24")), None);
	assert_eq!(
		found(&within, assessed("2024-11-23")),
		Some(Found::RiskAssessedDaysAgo(366))
	);
	assert_eq!(found(&within, assessed("2025-11-24")), None);
	assert_eq!(
		found(&within, assessed("2025-11-25")),
		Some(Found::RiskAssessedDaysAgo(-1))
	);
	assert_eq!(
		found(&Condition::RiskAssessedWithinDays(0), assessed("2025-11-24")),
		None
	);
}

#[test]
fn boundary_cut_off() {
	let at = |text: &'static str| move |facts: &mut Facts| facts.order.placed_at = Some(time(text));
	let cut_off = Condition::PlacedBefore {
		time: "15:00".parse().expect("valid"),
		utc_offset: minutes(480),
	};
	assert_eq!(found(&cut_off, at("2025-11-24T14:59:59.999+08:00")), None);
	assert_eq!(
		found(&cut_off, at("2025-11-24T15:00:00+08:00")),
		Some(Found::PlacedAt(time("2025-11-24T15:00:00+08:00")))
	);
	// What counts is the clause's offset, not that of the order.
	assert_eq!(found(&cut_off, at("2025-11-24T06:59:59Z")), None);
	assert_eq!(
		found(&cut_off, at("2025-11-24T07:00:00Z")),
		Some(Found::PlacedAt(time("2025-11-24T15:00:00+08:00")))
	);
	// Past local midnight a new day begins.
	assert_eq!(found(&cut_off, at("2025-11-24T16:00:00Z")), None);
}

#[test]
fn boundary_window() {
	let at = |text: &'static str| move |facts: &mut Facts| facts.order.placed_at = Some(time(text));
	let window = |from: Option<&str>, until: Option<&str>| Condition::PlacedWithin {
		from: from.map(date),
		until: until.map(date),
		utc_offset: minutes(480),
	};
	let both = window(Some("2025-11-24"), Some("2025-11-25"));
	assert_eq!(found(&both, at("2025-11-24T00:00:00+08:00")), None);
	assert_eq!(found(&both, at("2025-11-25T23:59:59.999+08:00")), None);
	assert!(found(&both, at("2025-11-23T23:59:59.999+08:00")).is_some());
	assert!(found(&both, at("2025-11-26T00:00:00+08:00")).is_some());
	assert_eq!(found(&both, at("2025-11-23T16:00:00Z")), None);
	assert!(found(&window(Some("2025-11-25"), None), at("2025-11-24T12:00:00+08:00")).is_some());
	assert!(found(&window(None, Some("2025-11-23")), at("2025-11-24T12:00:00+08:00")).is_some());
	assert_eq!(
		found(&window(None, Some("2025-11-24")), at("2025-11-24T12:00:00+08:00")),
		None
	);
}

#[test]
fn sets_of_currencies_states_and_sales_channels() {
	let currencies = Condition::CurrencyIn(vec![*b"USD", *b"CNY"].try_into().expect("within"));
	assert_eq!(found(&currencies, |_| ()), None);
	assert_eq!(
		found(&currencies, |facts| facts.order.currency = Some(*b"EUR")),
		Some(Found::Currency(*b"EUR"))
	);
	let open = Condition::ProductStatusIn(vec![ProductStatus::Open].try_into().expect("within"));
	for status in STATUSES {
		let expected = (status != ProductStatus::Open).then_some(Found::ProductStatus(status));
		assert_eq!(
			found(&open, |facts| facts.order.product_status = Some(status)),
			expected
		);
	}
	let counter = Condition::SalesChannelIn(vec![text("counter")].try_into().expect("within"));
	assert_eq!(found(&counter, |_| ()), Some(Found::SalesChannel(text("mobile"))));
}

#[test]
fn without_clauses_everything_qualifies() {
	assert!(evaluate(&Clauses::new(), &Facts::default()).qualifies());
}

#[test]
fn a_clause_is_limited_to_kinds_by_an_alternative() {
	let others = BusinessKinds::of(&[BusinessKind::Redemption, BusinessKind::Cancellation]);
	let clauses = clauses(&[clause("adult", &[Condition::KindIn(others), Condition::AgeAtLeast(18)])]);
	let mut minor = good();
	minor.customer.birth_date = Some(date("2010-01-01"));
	assert!(!evaluate(&clauses, &minor).qualifies());
	minor.order.kind = Some(BusinessKind::Redemption);
	assert!(evaluate(&clauses, &minor).qualifies());
}

#[test]
fn the_verdict_names_clause_condition_and_value() {
	let clauses = clauses(&[
		clause("adult", &[Condition::AgeAtLeast(18)]),
		clause("known", &[Condition::IdentityVerified]),
		clause(
			"risk",
			&[
				Condition::RiskCovers {
					exceed_with_confirmation: true,
				},
				Condition::InvestorCategory(InvestorCategory::Professional),
			],
		),
	]);
	assert_eq!(evaluate(&clauses, &good()).to_string(), "qualifies");
	let mut facts = good();
	facts.customer.birth_date = Some(date("2010-01-01"));
	facts.customer.risk_class = Some(RiskClass::C2);
	facts.customer.investor_category = None;
	let verdict = evaluate(&clauses, &facts);
	assert_eq!(
		verdict
			.failures
			.iter()
			.map(|failure| failure.clause)
			.collect::<Vec<_>>(),
		[0, 2]
	);
	assert_eq!(
		verdict.to_string(),
		"clause 0 (adult) fails: age must be at least 18, but age is 15; \
		 clause 2 (risk) fails: risk_class must cover product_risk or exceed_confirmed be true, but risk_class is C2 and \
		 product_risk is R3, and investor_category must be professional, but investor_category is missing"
	);
	let json = serde_json::to_value(&verdict).expect("serialises");
	assert_eq!(json["qualifies"], false);
	assert_eq!(json["failures"][0]["code"], "adult");
	assert_eq!(json["failures"][0]["missed"][0]["condition"]["age_at_least"], 18);
	assert_eq!(json["failures"][0]["missed"][0]["found"]["age"], 15);
	assert_eq!(
		json["failures"][1]["missed"][1]["found"]["missing"],
		"investor_category"
	);
}

#[test]
fn validation_names_clause_alternative_and_rule() {
	let one = |condition: Condition| clauses(&[clause("a", &[Condition::Registered, condition])]);
	let zone = UtcOffset::UTC;
	let cases = [
		(one(Condition::AgeAtLeast(151)), Rule::AgeTooHigh),
		(one(Condition::KindIn(BusinessKinds::NONE)), Rule::SetEmpty),
		(one(Condition::KindIn(BusinessKinds(1 << 15))), Rule::KindUnknown),
		(
			one(Condition::AmountAtLeast {
				amount: decimal("-1"),
				currency: *b"CNY",
			}),
			Rule::Negative,
		),
		(
			one(Condition::AmountAtMost {
				amount: decimal("1"),
				currency: *b"cny",
			}),
			Rule::CurrencyCharacters,
		),
		(one(Condition::UnitsAtMost(decimal("-0.00000001"))), Rule::Negative),
		(one(Condition::RegionIn(Default::default())), Rule::SetEmpty),
		(
			one(Condition::RegionNotIn(
				vec![text("CN"), text("CN")].try_into().expect("within"),
			)),
			Rule::SetRepeats,
		),
		(
			one(Condition::CurrencyIn(vec![*b"C\0Y"].try_into().expect("within"))),
			Rule::CurrencyCharacters,
		),
		(
			one(Condition::PlacedBefore {
				time: "00:00".parse().expect("valid"),
				utc_offset: zone,
			}),
			Rule::CutOffAtMidnight,
		),
		(
			one(Condition::PlacedWithin {
				from: None,
				until: None,
				utc_offset: zone,
			}),
			Rule::WindowOpen,
		),
		(
			one(Condition::PlacedWithin {
				from: Some(date("2025-01-02")),
				until: Some(date("2025-01-01")),
				utc_offset: zone,
			}),
			Rule::WindowReversed,
		),
		(one(Condition::Registered), Rule::AlternativeRepeated),
	];
	for (clauses, rule) in cases {
		assert_eq!(
			validate(&clauses),
			Err(Invalid {
				clause: 0,
				alternative: Some(1),
				rule
			})
		);
	}
	let wrong = |list: &[Clause]| validate(&clauses(list)).expect_err("invalid");
	let good = clause("a", &[Condition::Registered]);
	assert_eq!(
		wrong(&[good.clone(), clause("b", &[])]),
		Invalid {
			clause: 1,
			alternative: None,
			rule: Rule::NoAlternative
		}
	);
	assert_eq!(wrong(&[good.clone(), good.clone()]).rule, Rule::CodeRepeated);
	assert_eq!(
		wrong(&[clause("A", &[Condition::Registered])]).rule,
		Rule::CodeCharacters
	);
	assert_eq!(
		wrong(&[good, clause("b", &[Condition::AgeAtLeast(200)])]).to_string(),
		"clauses[1].any_of[0]: an age is at most 150 years"
	);
	assert_eq!(validate(&Clauses::new()), Ok(()));
}
