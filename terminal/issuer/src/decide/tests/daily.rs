// SPDX-License-Identifier: Apache-2.0

//! Orders of a daily desk.

use super::*;

const CALENDAR: &str =
	"first = \"2026-01-01\"\nlast = \"2026-12-31\"\nutc_offset = \"+08:00\"\norder_until = \"15:00\"\n\
	deliver_until = \"20:00\"\n";

/// OPEN has a daily desk.
fn daily() -> Rules {
	let dir = tempfile::tempdir().unwrap();
	let (calendar, rules) = (dir.path().join("calendar.toml"), dir.path().join("rules.toml"));
	std::fs::write(calendar, CALENDAR).unwrap();
	let text = RULES.replacen("nav = \"1.25\"", "mode = \"daily\"", 1);
	std::fs::write(&rules, format!("calendar = \"calendar.toml\"\n{text}")).unwrap();
	Rules::read(&rules).unwrap()
}

fn redemption(id: &str, units: &str) -> Order {
	order(id, BusinessKind::Redemption, "OPEN").with_units(units)
}

/// What the rules say about an order of 2 March, at a price of 2.
fn proposed(rules: &Rules, books: &mut Books, order: &Order, share: Option<&str>) -> Proposal {
	let released = [("OPEN".to_string(), Decimal::TWO)].into();
	let prices = Prices::default().of_day("2026-03-02", |_| true, released);
	let from = at("2026-03-02T10:00:00+08:00");
	let share = share.map(|share| share.parse().unwrap());
	propose(rules, &prices, books, from, order, "2026-03-02", share).unwrap()
}

#[test]
fn an_order_for_a_daily_desk_is_taken_for_its_day() {
	let rules = daily();
	let mut books = Books::default();
	let take = |books: &mut Books, received: &str| match decide(
		&rules,
		&Prices::default(),
		books,
		at(received),
		&buy("1", "1"),
	) {
		Decision::Taken(place) => (
			place.when.day.to_string(),
			place.when.late_for.map(|day| day.to_string()),
		),
		other => panic!("{other:?}"),
	};
	// Not even what is wrong with it is said at once: somebody looks at it first.
	assert_eq!(
		take(&mut books, "2026-03-02T14:59:59+08:00"),
		("2026-03-02".into(), None)
	);
	assert_eq!(
		take(&mut books, "2026-03-02T15:00:00+08:00"),
		("2026-03-03".into(), None)
	);
	books.over.insert("OPEN".into(), "2026-03-04".parse().unwrap());
	let late = take(&mut books, "2026-03-02T10:00:00+08:00");
	assert_eq!(late, ("2026-03-05".into(), Some("2026-03-02".into())));
	assert!(books.changed_holdings.is_empty() && books.changed_daily.is_empty());
	// A switch into the product is one of its day; a product that is dealt at once stays so.
	let mut switch = order("2", BusinessKind::Switch, "NEW").with_units("1");
	switch.details = Some(serde_json::json!({ "target_product": "OPEN" }));
	assert_eq!(rules.desk_of(&switch), Some("OPEN"));
	assert_eq!(rules.desk_of(&order("3", BusinessKind::Switch, "NEW")), None);
	// Nobody guesses a day that the calendar does not say.
	let next_year = Order {
		placed_at: "2027-01-04T10:00:00+08:00".into(),
		..buy("4", "1")
	};
	let decision = decide(
		&rules,
		&Prices::default(),
		&mut books,
		at("2027-01-04T10:00:00+08:00"),
		&next_year,
	);
	assert!(matches!(decision, Decision::Waits { waits_for, .. } if waits_for.contains("calendar of OPEN")));
}

#[test]
fn an_order_is_taken_off_the_desk_before_its_day_is_over() {
	let rules = daily();
	let part = DayOrder {
		seller: 1,
		id: "1".into(),
		part: 1,
		product: "OPEN".into(),
		day: "2026-03-02".into(),
		customer: "C1".into(),
		..DayOrder::default()
	};
	let cancel = |over: Option<&str>, received: &str| {
		let mut books = Books::default();
		books.on_desk.insert((1, "1".into()), vec![part.clone()]);
		books
			.over
			.extend(over.map(|day| ("OPEN".to_string(), day.parse().unwrap())));
		let mut cancel = order("2", BusinessKind::Cancellation, "OPEN");
		cancel.cancels = Some("1".into());
		let Decision::Answer(answer) = decide(&rules, &Prices::default(), &mut books, at(received), &cancel) else {
			panic!("answered at once");
		};
		assert_eq!(books.taken_off.len(), usize::from(answer.outcome == Outcome::Accepted));
		answer.outcome
	};
	let (in_time, late) = ("2026-03-02T14:59:59+08:00", "2026-03-02T15:00:00+08:00");
	assert_eq!(cancel(None, in_time), Outcome::Accepted);
	assert_eq!(cancel(None, late), Outcome::Rejected);
	assert_eq!(
		cancel(Some("2026-03-02"), in_time),
		Outcome::Rejected,
		"confirmed already"
	);
	assert_eq!(cancel(Some("2026-02-27"), in_time), Outcome::Accepted);
}

#[test]
fn a_large_redemption_is_executed_in_part_and_carried_or_dropped() {
	let mut rules = daily();
	rules.products.get_mut("OPEN").unwrap().redemption_fee_rate = Some("0.005".parse().unwrap());
	let mut books = Books::default();
	books
		.holdings
		.insert((1, "C1".into(), "OPEN".into()), Decimal::from(100));
	let carried = proposed(&rules, &mut books, &redemption("1", "80"), Some("0.333333"));
	let confirmation = carried.confirmation;
	assert_eq!(
		(confirmation.outcome, code(&confirmation)),
		(Outcome::Partial, "LARGE_REDEMPTION")
	);
	assert_eq!(
		(confirmation.units.as_deref(), carried.carry),
		(Some("26.66"), "53.34".parse().unwrap())
	);
	assert_eq!(
		(confirmation.amount.as_deref(), confirmation.fee.as_deref()),
		(Some("53.06"), Some("0.26"))
	);
	assert_eq!(
		held(&books, "OPEN"),
		"20.00",
		"what is carried cannot be redeemed twice"
	);
	let mut drop = redemption("2", "20");
	drop.details = Some(serde_json::json!({ "large_redemption": "drop" }));
	let dropped = proposed(&rules, &mut books, &drop, Some("0.5"));
	assert_eq!(
		(dropped.confirmation.units.as_deref(), dropped.carry),
		(Some("10.00"), Decimal::ZERO)
	);
	assert_eq!(held(&books, "OPEN"), "10.00");
	let nothing = proposed(&rules, &mut books, &drop, Some("0"));
	assert_eq!(code(&nothing.confirmation), "LARGE_REDEMPTION");
	assert_eq!(nothing.confirmation.outcome, Outcome::Rejected);
	assert_eq!(
		proposed(&rules, &mut books, &redemption("3", "11"), None)
			.confirmation
			.outcome,
		Outcome::Rejected
	);
}

#[test]
fn what_would_be_left_is_at_least_the_minimum_or_nothing() {
	let mut rules = daily();
	rules.products.get_mut("OPEN").unwrap().min_holding = Decimal::from(50);
	let mut books = Books::default();
	books
		.holdings
		.insert((1, "C1".into(), "OPEN".into()), Decimal::from(100));
	assert_eq!(
		code(&proposed(&rules, &mut books, &redemption("1", "60"), None).confirmation),
		"BELOW_MIN_HOLDING"
	);
	rules.products.get_mut("OPEN").unwrap().below_min_holding = crate::rules::BelowMinHolding::RedeemAll;
	let all = proposed(&rules, &mut books, &redemption("1", "60"), None).confirmation;
	assert_eq!((all.outcome, all.units.as_deref()), (Outcome::Accepted, Some("100")));
	assert_eq!(all.details.unwrap()["asked_units"], "60");
	assert_eq!(held(&books, "OPEN"), "0");
}

proptest! {
	/// Whatever is proposed for a day and executed as it was proposed moves the books as the proposals did, but for what is carried.
	#[test]
	fn what_is_executed_is_what_was_proposed(
		orders in proptest::collection::vec((0usize..7, 1u64..3_000, 0usize..3, any::<bool>()), 1..40), share in 0u32..=100,
	) {
		let rules = daily();
		let mut start = Books::default();
		for customer in 0..3 {
			start.holdings.insert((1, format!("C{customer}"), "OPEN".into()), Decimal::from(1_000));
		}
		let (mut proposals, mut books) = (start.clone(), start);
		let mut carried = Decimal::ZERO;
		let share = (share < 100).then(|| Decimal::new(i64::from(share), 2));
		for (i, (kind, quantity, customer, drop)) in orders.into_iter().enumerate() {
			let mut o = order(&i.to_string(), BusinessKind::ALL[kind], "OPEN").with_amount(quantity.to_string(), "CNY");
			o.customer = format!("C{customer}");
			o.units = Some(quantity.to_string());
			o.details = Some(serde_json::json!({
				"to_customer": format!("C{}", (customer + 1) % 3), "method": "cash", "to_distributor": "301", "large_redemption": if drop { "drop" } else { "carry" },
			}));
			let released = [("OPEN".to_string(), Decimal::TWO)].into();
			let prices = Prices::default().of_day("2026-03-02", |_| true, released);
			let from = at("2026-03-02T10:00:00+08:00");
			let proposal = propose(&rules, &prices, &mut proposals, from, &o, "2026-03-02", share).unwrap();
			let mut row = DayOrder { seller: 1, day: "2026-03-02".into(), kind: o.kind.as_str().into(), ..DayOrder::default() };
			row.decide(&proposal.confirmation, String::new());
			prop_assert_eq!(day::apply(&mut books, &o, &row, &proposal.confirmation), day::Executed::Fully);
			prop_assert_eq!(proposal.confirmation.check(), Ok(()));
			carried += proposal.carry;
		}
		let sum = |books: &Books| books.holdings.values().sum::<Decimal>();
		prop_assert_eq!(sum(&books), sum(&proposals) + carried);
		prop_assert!(books.holdings.values().all(|units| *units >= Decimal::ZERO));
		prop_assert_eq!(books.daily, proposals.daily);
	}
}
