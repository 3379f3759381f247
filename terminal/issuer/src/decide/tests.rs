// SPDX-License-Identifier: Apache-2.0

mod daily;

use super::*;
use crate::rules::DayOf;
use proptest::prelude::*;

const RULES: &str = r#"
cut_off = "15:00"
utc_offset = "+08:00"
check_holdings = true
[reject]
orders_of = ["blocked"]
[products.OPEN]
status = "open"
currency = "CNY"
nav = "1.25"
fee_rate = "0.0015"
min_amount = "100"
max_amount = "10000"
daily_limit = "15000"
[products.NEW]
status = "offering"
currency = "CNY"
nav = "1"
[products.USD]
status = "open"
currency = "USD"
nav = "2"
[products.HELD]
status = "suspended"
currency = "CNY"
nav = "1"
"#;

fn rules() -> Rules {
	toml::from_str(RULES).unwrap()
}

fn order(id: &str, kind: BusinessKind, product: &str) -> Order {
	Order::new(id, kind, product, "C1", "2026-03-02T10:00:00+08:00")
}

fn buy(id: &str, amount: &str) -> Order {
	order(id, BusinessKind::Purchase, "OPEN").with_amount(amount, "CNY")
}

fn held(books: &Books, product: &str) -> String {
	books
		.holdings
		.get(&(1, "C1".into(), product.into()))
		.copied()
		.unwrap_or_default()
		.to_string()
}

/// From seller 1 over channel 9, at this time.
fn at(time: &str) -> Received {
	let time: Timestamp = time.parse().unwrap();
	Received {
		seller: 1,
		channel: 9,
		at_ms: time.unix_ms() as i64,
	}
}

/// The answer to an order that was received when it was placed.
fn answered(rules: &Rules, prices: &Prices, books: &mut Books, order: &Order) -> Confirmation {
	let time = order
		.placed_at
		.parse::<Timestamp>()
		.map_or_else(|_| "2026-03-02T10:00:00Z".into(), |_| order.placed_at.clone());
	match decide(rules, prices, books, at(&time), order) {
		Decision::Answer(confirmation) => *confirmation,
		other => panic!("{other:?}"),
	}
}

/// Decides and remembers, as the desk does.
fn decided(books: &mut Books, order: &Order) -> Confirmation {
	let confirmation = answered(&rules(), &Prices::default(), books, order);
	let row = BookOrder {
		seller: 1,
		id: order.id.clone(),
		channel: 9,
		kind: order.kind.as_str().into(),
		product: order.product.clone(),
		customer: order.customer.clone(),
		order_text: String::new(),
		outcome: match confirmation.outcome {
			Outcome::Rejected => "rejected",
			Outcome::Partial => "partial",
			Outcome::Accepted => "accepted",
		}
		.into(),
		reason_code: String::new(),
		deal: confirmation.deal.clone().unwrap_or_default(),
		units: confirmation.units.clone().unwrap_or_default(),
		amount: confirmation.amount.clone().unwrap_or_default(),
		trade_date: confirmation.trade_date.clone().unwrap_or_default(),
		cancelled_by: String::new(),
		confirmation_text: String::new(),
		received_at: 0,
	};
	books.orders.insert((1, order.id.clone()), row);
	confirmation
}

fn code(confirmation: &Confirmation) -> &str {
	confirmation.reason.as_ref().map_or("", |r| &r.code)
}

#[test]
fn a_purchase_is_priced_and_booked() {
	let mut books = Books::default();
	let confirmation = decided(&mut books, &buy("1", "1000"));
	assert_eq!(confirmation.outcome, Outcome::Accepted);
	assert_eq!((confirmation.order.as_str(), confirmation.channel), ("1", Some(9)));
	assert_eq!(confirmation.fee.as_deref(), Some("1.50"));
	assert_eq!(confirmation.units.as_deref(), Some("798.80"));
	assert_eq!(confirmation.amount.as_deref(), Some("1000.00"));
	assert_eq!(confirmation.trade_date.as_deref(), Some("2026-03-02"));
	assert_eq!(held(&books, "OPEN"), "798.80");
	// The same order always gets the same reference, whenever it is decided.
	assert_eq!(confirmation.deal, decided(&mut Books::default(), &buy("1", "500")).deal);
}

#[test]
fn the_days_limit_makes_orders_partial_then_rejected() {
	let mut books = Books::default();
	assert_eq!(decided(&mut books, &buy("1", "10000")).outcome, Outcome::Accepted);
	let partial = decided(&mut books, &buy("2", "9000"));
	assert_eq!(
		(partial.outcome, partial.amount.as_deref(), code(&partial)),
		(Outcome::Partial, Some("5000.00"), "DAILY_LIMIT")
	);
	let rejected = decided(&mut books, &buy("3", "100"));
	assert_eq!((rejected.outcome, code(&rejected)), (Outcome::Rejected, "DAILY_LIMIT"));
	let mut tomorrow = buy("4", "100");
	tomorrow.placed_at = "2026-03-02T15:00:00+08:00".into();
	assert_eq!(decided(&mut books, &tomorrow).outcome, Outcome::Accepted);
}

#[test]
fn every_rejection_has_its_code() {
	let blocked = Order {
		customer: "blocked".into(),
		..buy("1", "1000")
	};
	let cases = [
		(blocked, "CUSTOMER_BLOCKED"),
		(
			order("1", BusinessKind::Purchase, "NONE").with_amount("1", "CNY"),
			"PRODUCT_UNKNOWN",
		),
		(buy("1", "99.99"), "BELOW_MINIMUM"),
		(buy("1", "10000.01"), "ABOVE_MAXIMUM"),
		(
			order("1", BusinessKind::Purchase, "OPEN").with_amount("1000", "USD"),
			"CURRENCY",
		),
		(
			order("1", BusinessKind::Purchase, "NEW").with_amount("1000", "CNY"),
			"KIND_NOT_NOW",
		),
		(
			order("1", BusinessKind::Subscription, "OPEN").with_amount("1000", "CNY"),
			"KIND_NOT_NOW",
		),
		(
			order("1", BusinessKind::Purchase, "HELD").with_amount("1000", "CNY"),
			"PRODUCT_SUSPENDED",
		),
		(buy("1", "ten"), "QUANTITY"),
		(
			order("1", BusinessKind::Redemption, "OPEN").with_units("1"),
			"INSUFFICIENT_UNITS",
		),
		(order("1", BusinessKind::Redemption, "OPEN"), "QUANTITY"),
		(
			order("1", BusinessKind::Switch, "OPEN").with_units("1"),
			"TARGET_PRODUCT",
		),
		(
			order("1", BusinessKind::NonTradeTransfer, "OPEN").with_units("1"),
			"TO_CUSTOMER",
		),
		(
			order("1", BusinessKind::CustodyTransfer, "OPEN").with_units("1"),
			"TO_DISTRIBUTOR",
		),
		(order("1", BusinessKind::DividendMethod, "OPEN"), "DIVIDEND_METHOD"),
		(order("1", BusinessKind::Cancellation, "OPEN"), "ORDER_UNKNOWN"),
		(order("1", BusinessKind::Registration, "OPEN"), "KIND"),
		(
			Order {
				placed_at: "yesterday".into(),
				..buy("1", "1000")
			},
			"PLACED_AT",
		),
	];
	for (order, expected) in cases {
		let mut books = Books::default();
		let confirmation = decided(&mut books, &order);
		assert_eq!(
			(confirmation.outcome, code(&confirmation)),
			(Outcome::Rejected, expected)
		);
		assert!(!confirmation.reason.unwrap().text.is_empty());
		assert!(
			books.changed_holdings.is_empty() && books.changed_daily.is_empty(),
			"{expected} moved the books"
		);
	}
}

#[test]
fn a_switch_moves_units_at_their_prices() {
	let mut books = Books::default();
	books
		.holdings
		.insert((1, "C1".into(), "OPEN".into()), Decimal::from(100));
	let mut switch = order("1", BusinessKind::Switch, "OPEN").with_units("40");
	switch.details = Some(serde_json::json!({ "target_product": "NEW" }));
	let confirmation = decided(&mut books, &switch);
	assert_eq!(confirmation.outcome, Outcome::Accepted);
	assert_eq!(
		(held(&books, "OPEN"), held(&books, "NEW")),
		("60".into(), "50.00".into())
	);
	switch.details = Some(serde_json::json!({ "target_product": "USD" }));
	switch.id = "2".into();
	assert_eq!(code(&decided(&mut books, &switch)), "CURRENCY");
}

#[test]
fn an_order_is_taken_back_once_and_on_its_day() {
	let mut books = Books::default();
	decided(&mut books, &buy("1", "1000"));
	let mut cancel = order("2", BusinessKind::Cancellation, "OPEN");
	cancel.cancels = Some("1".into());
	let other = Order {
		customer: "C2".into(),
		..cancel.clone()
	};
	assert_eq!(code(&decided(&mut books, &other)), "ORDER_UNKNOWN");
	let late = Order {
		placed_at: "2026-03-03T10:00:00+08:00".into(),
		id: "3".into(),
		..cancel.clone()
	};
	assert_eq!(code(&decided(&mut books, &late)), "TOO_LATE");
	assert_eq!(decided(&mut books, &cancel).outcome, Outcome::Accepted);
	assert_eq!(held(&books, "OPEN"), "0.00");
	assert_eq!(books.cancelled, [((1, "1".to_string()), "2".to_string())]);
	let again = Order {
		id: "4".into(),
		..cancel
	};
	assert_eq!(code(&decided(&mut books, &again)), "NOT_CANCELLABLE");
}

#[test]
fn the_time_of_receipt_counts_and_not_what_the_seller_states() {
	let decided = |rules: &Rules, order: &Order, received: &str| match decide(
		rules,
		&Prices::default(),
		&mut Books::default(),
		at(received),
		order,
	) {
		Decision::Answer(confirmation) => *confirmation,
		other => panic!("{other:?}"),
	};
	// Placed before the cut-off, it says; received behind it.
	let order = buy("1", "1000");
	let late = decided(&rules(), &order, "2026-03-02T15:00:01+08:00");
	assert_eq!(late.trade_date.as_deref(), Some("2026-03-03"));
	let agreed = Rules {
		day_of: DayOf::Seller,
		..rules()
	};
	let late = decided(&agreed, &order, "2026-03-02T15:00:01+08:00");
	assert_eq!(late.trade_date.as_deref(), Some("2026-03-02"));
	for (received, expected) in [
		("2026-03-02T09:55:00+08:00", ""),
		("2026-03-02T09:49:59+08:00", "PLACED_IN_FUTURE"),
		("2025-09-01T10:00:00+08:00", "PLACED_IN_FUTURE"),
		("2026-03-09T10:00:00+08:00", ""),
		("2026-03-09T10:00:01+08:00", "PLACED_TOO_LONG_AGO"),
	] {
		assert_eq!(code(&decided(&rules(), &order, received)), expected, "{received}");
	}
}

#[test]
fn a_product_without_price_waits_for_that_of_its_day() {
	let mut rules = rules();
	rules.products.get_mut("OPEN").unwrap().nav = None;
	let order = buy("1", "1000");
	let mut books = Books::default();
	let Decision::Waits { trade_date, waits_for } = decide(
		&rules,
		&Prices::default(),
		&mut books,
		at("2026-03-02T10:00:00+08:00"),
		&order,
	) else {
		panic!("it has no price");
	};
	assert_eq!(trade_date, "2026-03-02");
	assert!(
		waits_for.contains("OPEN") && waits_for.contains("2026-03-02"),
		"{waits_for}"
	);
	assert!(books.changed_holdings.is_empty() && books.changed_daily.is_empty());
	// What is wrong with an order is said at once.
	assert_eq!(
		code(&answered(&rules, &Prices::default(), &mut books, &buy("2", "1"))),
		"BELOW_MINIMUM"
	);
	let dir = tempfile::tempdir().unwrap();
	let file = dir.path().join("nav.csv");
	std::fs::write(&file, "product,date,nav\nOPEN,2026-03-02,2\nOPEN,2026-03-03,3\n").unwrap();
	let prices = Prices::read(&file).unwrap();
	let confirmation = answered(&rules, &prices, &mut books, &order);
	assert_eq!(confirmation.nav.as_deref(), Some("2"));
}

#[test]
fn an_order_that_waits_can_be_taken_back() {
	let mut books = Books::default();
	let waiting = WaitingOrder {
		seller: 1,
		id: "1".into(),
		channel: 9,
		product: "OPEN".into(),
		customer: "C1".into(),
		trade_date: "2026-03-02".into(),
		order_text: String::new(),
		waits_for: String::new(),
		place: 1,
		received_at: 0,
	};
	books.waiting.insert((1, "1".into()), waiting);
	let mut cancel = order("2", BusinessKind::Cancellation, "OPEN");
	cancel.cancels = Some("1".into());
	assert_eq!(decided(&mut books, &cancel).outcome, Outcome::Accepted);
	assert_eq!((books.withdrawn.len(), books.waiting.len()), (1, 0));
}

#[test]
fn a_transfer_goes_to_a_customer_who_is_known() {
	let mut rules = rules();
	rules.require_registration = true;
	let mut books = Books::default();
	books.customers.insert((1, "C1".into()), "A1".into());
	books
		.holdings
		.insert((1, "C1".into(), "OPEN".into()), Decimal::from(100));
	let mut transfer = order("1", BusinessKind::NonTradeTransfer, "OPEN").with_units("40");
	for (to, expected) in [("C2-misspelt", "TO_CUSTOMER"), ("blocked", "TO_CUSTOMER")] {
		transfer.details = Some(serde_json::json!({ "to_customer": to }));
		assert_eq!(
			code(&answered(&rules, &Prices::default(), &mut books, &transfer)),
			expected
		);
	}
	assert!(books.changed_holdings.is_empty());
	books.customers.insert((1, "C2".into()), "A2".into());
	transfer.details = Some(serde_json::json!({ "to_customer": "C2" }));
	let confirmation = answered(&rules, &Prices::default(), &mut books, &transfer);
	assert_eq!(confirmation.outcome, Outcome::Accepted);
}

#[test]
fn units_in_custody_elsewhere_stay_in_the_books() {
	let mut books = Books::default();
	books
		.holdings
		.insert((1, "C1".into(), "OPEN".into()), Decimal::from(100));
	let mut transfer = order("1", BusinessKind::CustodyTransfer, "OPEN").with_units("40");
	transfer.details = Some(serde_json::json!({ "to_distributor": "000301" }));
	assert_eq!(decided(&mut books, &transfer).outcome, Outcome::Accepted);
	assert_eq!(held(&books, "OPEN"), "60");
	assert_eq!(books.holdings.values().sum::<Decimal>(), Decimal::from(100));
}

#[test]
fn each_product_has_its_own_precision() {
	let mut rules = rules();
	let product = rules.products.get_mut("OPEN").unwrap();
	product.unit_digits = Some(4);
	product.rounding = Rounding::HalfUp;
	product.nav = Some("3".parse().unwrap());
	product.fee_rate = Decimal::ZERO;
	let confirmation = answered(&rules, &Prices::default(), &mut Books::default(), &buy("1", "1000.00"));
	assert_eq!(confirmation.units.as_deref(), Some("333.3333"));
	assert_eq!(confirmation.amount.as_deref(), Some("1000.00"));
}

proptest! {
	/// Whatever comes, nothing is ever owed that was not paid for, and nothing panics.
	#[test]
	fn books_never_go_below_zero(
		orders in proptest::collection::vec((0usize..8, "[0-9]{1,19}(\\.[0-9]{0,9})?", 0usize..4, 0usize..20), 1..40),
	) {
		let products = ["OPEN", "NEW", "USD", "HELD"];
		let mut books = Books::default();
		for (i, (kind, quantity, product, target)) in orders.iter().enumerate() {
			let mut o = order(&i.to_string(), BusinessKind::ALL[*kind], products[*product]);
			o.amount = Some(quantity.clone());
			o.units = Some(quantity.clone());
			o.currency = Some("CNY".into());
			o.cancels = Some(target.to_string());
			o.details = Some(serde_json::json!({
				"target_product": products[target % 4], "to_customer": format!("C{}", target % 3), "method": "cash", "to_distributor": "301",
			}));
			let confirmation = decided(&mut books, &o);
			prop_assert_eq!(confirmation.outcome == Outcome::Rejected, confirmation.deal.is_none());
		}
		prop_assert!(books.holdings.values().all(|units| *units >= Decimal::ZERO));
		prop_assert!(books.daily.values().all(|amount| *amount >= Decimal::ZERO));
		prop_assert!(books.daily.iter().filter(|((p, _), _)| p == "OPEN").all(|(_, a)| *a <= Decimal::from(15_000)));
	}
}
