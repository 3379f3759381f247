// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::books::{insert_answer, AnswerKind, BooksDb};
use sealane_sdk::types::{Confirmation, Outcome};

const DAY: &str = "2026-03-02";

struct World {
	db: BooksDb,
	_dir: tempfile::TempDir,
}

fn key() -> DayKey {
	DayKey::new("P1", DAY)
}

fn person(name: &str) -> Person {
	Person::new(name).unwrap()
}

fn order(id: &str, kind: &str) -> DayOrder {
	DayOrder {
		seller: 1,
		id: id.into(),
		part: 1,
		product: "P1".into(),
		day: DAY.into(),
		channel: 9,
		kind: kind.into(),
		customer: "C1".into(),
		asked_amount: "1000".into(),
		state: OrderState::TAKEN.into(),
		order_text: "{}".into(),
		..DayOrder::default()
	}
}

impl World {
	/// With the orders A, B, C in one open day that closes at 100.
	async fn new() -> Self {
		let dir = tempfile::tempdir().unwrap();
		let db = BooksDb::open(&format!("sqlite:{}", dir.path().join("books.db").display()))
			.await
			.unwrap();
		let world = World { db, _dir: dir };
		world.take(&["A", "B", "C"]).await.unwrap();
		world
	}

	async fn take(&self, ids: &[&str]) -> crate::error::Result<()> {
		let mut tx = self.db.begin().await?;
		let orders: Vec<_> = ids.iter().map(|id| (order(id, "purchase"), 100)).collect();
		insert_orders(&mut tx, &orders).await?;
		Ok(tx.commit().await?)
	}

	async fn revision(&self) -> i64 {
		self.db.day(&key()).await.unwrap().unwrap().day.revision
	}

	/// Frozen, and every order with a decision, as the desk does it.
	async fn priced(&self) {
		let orders = orders_after(&self.db, &key(), 0, 10).await.unwrap();
		let mut tx = self.db.begin().await.unwrap();
		change(&mut tx, &key(), Act::Freeze).await.unwrap();
		let decided: Vec<_> = orders
			.into_iter()
			.map(|mut order| {
				let mut confirmation = Confirmation::new(order.id.as_str(), Outcome::Accepted);
				confirmation.units = Some("500".into());
				confirmation.amount = Some("1000".into());
				confirmation.fee = Some("0".into());
				order.decide(&confirmation, String::new());
				order.proposal = order.decision.clone();
				order
			})
			.collect();
		set_proposals(&mut tx, &decided).await.unwrap();
		let changed = change(&mut tx, &key(), Act::Propose).await.unwrap();
		assert!(matches!(changed, Change::Done { .. }), "{changed:?}");
		tx.commit().await.unwrap();
	}

	async fn state(&self) -> DayState {
		self.db.day(&key()).await.unwrap().unwrap().day.state
	}

	async fn order(&self, id: &str) -> DayOrder {
		let filter = Filter {
			id: Some(id.into()),
			limit: 1,
			..Filter::default()
		};
		self.db.day_orders(&key(), &filter).await.unwrap().remove(0)
	}
}

fn refused<T: std::fmt::Debug>(result: crate::error::Result<T>, words: &str) {
	let error = result.unwrap_err().to_string();
	assert!(error.contains(words), "{error}");
}

#[tokio::test]
async fn a_price_is_released_by_somebody_else_than_who_entered_it() {
	let world = World::new().await;
	let db = &world.db;
	let enter = |nav: &str, who: &str| {
		let (nav, who) = (vec![(key(), nav.to_string())], person(who));
		async move { db.enter_navs(&nav, &who, "nav.csv").await }
	};
	assert_eq!(enter("1.0500", "li").await.unwrap(), 1);
	let nav = "1.05".parse().unwrap();
	refused(
		db.release_nav(&key(), nav, &person("Li")).await,
		"a second person: \"li\" has entered the price",
	);
	refused(
		db.release_nav(&key(), "1.5".parse().unwrap(), &person("wang")).await,
		"1.0500",
	);
	assert!(released(db, DAY).await.unwrap().is_empty());
	assert!(db.release_nav(&key(), nav, &person("wang")).await.unwrap());
	// The same twice is one.
	assert!(!db.release_nav(&key(), nav, &person("wang")).await.unwrap());
	assert_eq!(enter("1.05", "zhao").await.unwrap(), 0);
	assert_eq!(released(db, DAY).await.unwrap().get("P1"), Some(&nav));
	// Another value wants another release, and takes the day back.
	world.priced().await;
	assert_eq!(enter("1.06", "wang").await.unwrap(), 1);
	assert_eq!(world.state().await, DayState::Frozen);
	assert!(released(db, DAY).await.unwrap().is_empty());
	refused(
		db.release_nav(&key(), "1.06".parse().unwrap(), &person("wang")).await,
		"second person",
	);
	for bad in ["0", "-1", "one", "1.123456789"] {
		refused(enter(bad, "li").await, "nav");
	}
}

#[tokio::test]
async fn a_day_is_confirmed_by_somebody_who_did_not_decide_on_it() {
	let world = World::new().await;
	let (db, key) = (&world.db, key());
	let (li, wang, zhao) = (person("li"), person("wang"), person("zhao"));
	refused(db.freeze(&key, &li, 99).await, "1970-01-01T00:00:00.100Z");
	refused(db.review(&key, &li, world.revision().await).await, "it is open");
	refused(db.confirm(&key, &li, world.revision().await).await, "it is open");
	world.priced().await;
	let (a, b) = ((1, "A".to_string()), (1, "B".to_string()));
	db.hold(&a, &zhao, true, "looks odd").await.unwrap();
	refused(db.review(&key, &li, world.revision().await).await, "1 orders are held");
	db.hold(&a, &zhao, false, "").await.unwrap();
	db.review(&key, &li, world.revision().await).await.unwrap();
	// What changes a decision undoes the review.
	db.reject(&b, &wang, "SUSPICIOUS", "the customer is being looked at")
		.await
		.unwrap();
	assert_eq!(world.state().await, DayState::Priced);
	let rejected = world.order("B").await;
	assert_eq!(
		(
			rejected.outcome.as_str(),
			rejected.reason_code.as_str(),
			rejected.decided_by.as_str()
		),
		("rejected", "SUSPICIOUS", "wang")
	);
	refused(
		db.confirm(&key, &person("qian"), world.revision().await).await,
		"it is priced",
	);
	db.review(&key, &li, world.revision().await).await.unwrap();
	for decided in [&li, &wang, &zhao] {
		refused(
			db.confirm(&key, decided, world.revision().await).await,
			"a second person",
		);
	}
	let revision = db.day(&key).await.unwrap().unwrap().day.revision;
	refused(db.confirm(&key, &person("qian"), revision - 1).await, "it has changed");
	db.confirm(&key, &person("qian"), revision).await.unwrap();
	// Over: no order, no price, no decision.
	assert!(world.take(&["D"]).await.unwrap_err().passes());
	refused(db.enter_navs(&[(key.clone(), "9".into())], &li, "").await, "confirmed");
	refused(db.reject(&a, &wang, "X", "too late").await, "it is confirmed");
	refused(db.close_day(&key, &li, false).await, "still executing");
	let acts = history(db, &key, 100).await.unwrap();
	assert_eq!((acts[0].act.as_str(), acts[0].who.as_str()), ("confirm", "qian"));
	assert!(acts
		.iter()
		.any(|act| act.act == "decide" && act.id == "B" && act.note.contains("looked at")));
}

#[tokio::test]
async fn a_decision_is_corrected_within_what_was_asked_and_restored() {
	let world = World::new().await;
	let (db, a) = (&world.db, (1, "A".to_string()));
	let li = person("li");
	let to = |amount: &str, units: &str| Correction {
		amount: Some(amount.parse().unwrap()),
		units: Some(units.parse().unwrap()),
		fee: None,
	};
	refused(db.correct(&a, &li, &to("900", "450"), "agreed").await, "it is open");
	world.priced().await;
	refused(
		db.correct(&a, &li, &to("1000.01", "500"), "agreed").await,
		"at most 1000",
	);
	refused(db.correct(&a, &li, &to("900", "450"), "").await, "note");
	refused(
		db.correct(&a, &li, &to("900", "450.123456789"), "agreed").await,
		"units",
	);
	db.correct(&a, &li, &to("900", "450"), "agreed by telephone")
		.await
		.unwrap();
	let corrected = world.order("A").await;
	assert_eq!(
		(
			corrected.outcome.as_str(),
			corrected.amount.as_str(),
			corrected.units.as_str()
		),
		("partial", "900", "450")
	);
	let decision: Confirmation = serde_json::from_str(&corrected.decision).unwrap();
	assert_eq!(decision.reason.unwrap().text, "agreed by telephone");
	refused(db.hold(&a, &li, false, "").await, "held order");
	db.restore(&a, &li).await.unwrap();
	refused(db.restore(&a, &li).await, "it is frozen");
	assert_eq!(world.state().await, DayState::Frozen, "the desk proposes anew");
	assert_eq!(world.order("A").await.decided_by, "");
	refused(
		db.correct(&(2, "A".into()), &li, &to("1", "1"), "x").await,
		"order on the daily desk",
	);
}

#[tokio::test]
async fn an_order_in_time_that_was_read_late_takes_the_day_back() {
	let world = World::new().await;
	world.priced().await;
	// Somebody looks, the day changes, and what was looked at is not what would be reviewed.
	let seen = world.revision().await;
	world
		.db
		.hold(&(1, "A".into()), &person("wang"), true, "asks")
		.await
		.unwrap();
	world
		.db
		.hold(&(1, "A".into()), &person("wang"), false, "")
		.await
		.unwrap();
	refused(world.db.review(&key(), &person("li"), seen).await, "look again");
	let (li, seen) = (person("li"), world.revision().await);
	world.db.review(&key(), &li, seen).await.unwrap();
	world.take(&["D"]).await.unwrap();
	assert_eq!(world.state().await, DayState::Frozen);
	let places: Vec<i64> = orders_after(&world.db, &key(), 0, 10)
		.await
		.unwrap()
		.iter()
		.map(|order| order.place)
		.collect();
	assert_eq!(places, [1, 2, 3, 4]);
	// Taken back as well.
	let mut tx = world.db.begin().await.unwrap();
	take_off(&mut tx, &[(vec![order("D", "purchase")], "E".into())])
		.await
		.unwrap();
	tx.commit().await.unwrap();
	let listed = world.db.day(&key()).await.unwrap().unwrap();
	assert_eq!((listed.orders, listed.open), (4, 3));
	assert_eq!(world.order("D").await.state, OrderState::WITHDRAWN);
}

#[tokio::test]
async fn lists_and_totals_add_up() {
	let world = World::new().await;
	world.priced().await;
	let (db, key) = (&world.db, key());
	db.reject(&(1, "C".into()), &person("li"), "X", "no").await.unwrap();
	let totals = db.day_totals(&key).await.unwrap();
	let shown: Vec<_> = totals
		.iter()
		.map(|t| {
			(
				t.outcome.as_str(),
				t.count,
				t.asked_amount.to_string(),
				t.units.to_string(),
			)
		})
		.collect();
	assert_eq!(
		shown,
		[
			("accepted", 2, "2000".to_string(), "1000".to_string()),
			("rejected", 1, "1000".to_string(), "0".to_string())
		]
	);
	let filter = Filter {
		outcome: Some("rejected".into()),
		seller: Some(1),
		limit: 10,
		..Filter::default()
	};
	assert_eq!(db.day_orders(&key, &filter).await.unwrap().len(), 1);
	let none = Filter {
		seller: Some(2),
		..filter
	};
	assert!(db.day_orders(&key, &none).await.unwrap().is_empty());
	let of = |day: Option<&str>, state, behind| DaysFilter {
		day: day.map(String::from),
		product: Some("P1".into()),
		state,
		behind,
		limit: 10,
		..DaysFilter::default()
	};
	let db = &world.db;
	let days = |filter| async move { db.days(&filter).await.unwrap().len() };
	assert_eq!(days(of(None, None, None)).await, 1);
	assert_eq!(days(of(None, Some(DayState::Priced), None)).await, 1);
	assert_eq!(days(of(None, Some(DayState::Open), None)).await, 0);
	assert_eq!(days(of(Some("2026-03-03"), None, None)).await, 0);
	let behind = |day: &str, product: &str| Some((day.to_string(), product.to_string()));
	assert_eq!(days(of(None, None, behind("2026-03-03", "P1"))).await, 1);
	assert_eq!(days(of(None, None, behind(DAY, "P0"))).await, 1);
	assert_eq!(days(of(None, None, behind(DAY, "P1"))).await, 0);
}

#[tokio::test]
async fn a_day_is_closed_when_everything_is_sent() {
	let world = World::new().await;
	world.priced().await;
	let (db, key, li) = (&world.db, key(), person("li"));
	db.review(&key, &li, world.revision().await).await.unwrap();
	db.confirm(&key, &person("wang"), world.revision().await).await.unwrap();
	let orders = orders_after(db, &key, 0, 10).await.unwrap();
	let mut tx = db.begin().await.unwrap();
	let answer = insert_answer(&mut tx, AnswerKind::Confirmations, "key", 3)
		.await
		.unwrap();
	set_executed(&mut tx, &orders, answer).await.unwrap();
	set_done(&mut tx, &key).await.unwrap();
	tx.commit().await.unwrap();
	assert!(under_way(db).await.unwrap().is_empty());
	refused(db.close_day(&key, &li, false).await, "still executing and sending");
	let mut tx = db.begin().await.unwrap();
	let lost = crate::books::RefusedAnswer {
		answer,
		line: 1,
		id: "A".into(),
		code: "entry_unknown".into(),
		reason: "…".into(),
		refused_at: 1,
	};
	crate::books::answer_sent(&mut tx, answer, &[lost]).await.unwrap();
	tx.commit().await.unwrap();
	refused(db.close_day(&key, &li, false).await, "refused 1 answers");
	db.close_day(&key, &li, true).await.unwrap();
	assert_eq!(world.state().await, DayState::Closed);
	let open = DaysFilter {
		limit: 10,
		..DaysFilter::default()
	};
	assert!(db.days(&open).await.unwrap().is_empty());
}
