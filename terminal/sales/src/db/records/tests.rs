// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{
	db::{accept_submission, insert_submission, tests::temporary, RecordFilter, SubmissionKind},
	orders::{parse_line, Declared},
};
use sealane_sdk::types::{Confirmation, Outcome};

fn record(number: u64, state: RecordState, submission: i64) -> NewRecord {
	let text = format!(
		r#"{{"id":"A-{number:08}","kind":"purchase","product":"P1","customer":"C-{number:06}","amount":"1000.00","currency":"CNY","placed_at":"2026-03-02T10:00:00+08:00","branch":"Head Office","details":{{"remark":"as agreed with the customer by telephone"}}}}"#
	);
	let order = parse_line(&text, &Declared::default()).unwrap();
	let stamped = order.stamped(
		3,
		r#"{"birth_date":"1980-01-01","identity_verified":true,"registered":true,"risk_class":"C3"}"#,
	);
	NewRecord {
		order,
		line: number,
		issuer: 2,
		state,
		clause_version: 3,
		text: stamped,
		failed: String::new(),
		submission,
		retry_at: 0,
	}
}

fn confirmed(number: u64, outcome: Outcome) -> ConfirmedRow {
	let id = format!("A-{number:08}");
	let mut confirmation = Confirmation::new(id.as_str(), outcome);
	confirmation.deal = Some(format!("D{number:016}"));
	confirmation.units = Some("952.38".into());
	confirmation.nav = Some("1.0500".into());
	let (state, outcome) = match outcome {
		Outcome::Accepted => (RecordState::Confirmed, "accepted"),
		Outcome::Partial => (RecordState::Partial, "partial"),
		Outcome::Rejected => (RecordState::Rejected, "rejected"),
	};
	ConfirmedRow {
		text: serde_json::to_string(&confirmation).unwrap(),
		id,
		state,
		outcome,
		confirmation,
		technical: false,
		channel: 4,
		entry: format!("4/1/2/0/{number}"),
		place: number as i64,
		at_ms: 1_772_445_600_000,
	}
}

async fn insert(db: &SalesDb, records: &mut [NewRecord]) -> i64 {
	let mut tx = db.begin().await.unwrap();
	let number = insert_submission(&mut tx, SubmissionKind::Orders, b"body", records.len())
		.await
		.unwrap()
		.number;
	for record in records.iter_mut() {
		record.submission = number;
	}
	insert_records(&mut tx, "file", records).await.unwrap();
	tx.commit().await.unwrap();
	number
}

async fn confirm(db: &SalesDb, rows: &[ConfirmedRow]) -> u64 {
	let mut tx = db.begin().await.unwrap();
	let count = confirm_records(&mut tx, rows).await.unwrap();
	tx.commit().await.unwrap();
	count
}

#[tokio::test]
async fn a_record_is_confirmed_once() {
	let (db, _dir) = temporary().await;
	let number = insert(&db, &mut [1, 2, 3].map(|n| record(n, RecordState::Pending, 0))).await;
	// The confirmation overtakes the node's answer to the request.
	assert_eq!(
		confirm(&db, &[confirmed(1, Outcome::Accepted), confirmed(9, Outcome::Accepted)]).await,
		1
	);
	let mut tx = db.begin().await.unwrap();
	accept_submission(&mut tx, SubmissionKind::Orders, number, 1)
		.await
		.unwrap();
	tx.commit().await.unwrap();
	assert_eq!(
		confirm(&db, &[confirmed(1, Outcome::Rejected), confirmed(2, Outcome::Rejected)]).await,
		1
	);
	let states = |rows: Vec<crate::db::RecordRow>| rows.into_iter().map(|r| (r.id, r.state)).collect::<Vec<_>>();
	let all = RecordFilter {
		limit: 10,
		..RecordFilter::default()
	};
	let mut found = states(db.records(&all).await.unwrap());
	found.sort();
	let expected = [
		("A-00000001", "confirmed"),
		("A-00000002", "rejected"),
		("A-00000003", "accepted"),
	];
	assert_eq!(found, expected.map(|(id, state)| (id.to_string(), state.to_string())));
	let first = db.record("A-00000001").await.unwrap().unwrap();
	assert!(first.accepted_at > 0 && first.confirmed_units == "952.38" && first.finalised_at == 0);
	assert_eq!(db.known_ids(&["A-00000001", "A-7"]).await.unwrap().len(), 1);
}

/// Whatever happens to orders, the sums that are kept are those that the records add up to.
#[tokio::test]
async fn sums_follow_every_step() {
	let (db, _dir) = temporary().await;
	let same = |db: SalesDb, what: &'static str| async move {
		let kept = db.sums(&Default::default()).await.unwrap();
		db.rebuild_sums().await.unwrap();
		assert_eq!(db.sums(&Default::default()).await.unwrap(), kept, "{what}");
		kept
	};
	let mut first = [1, 2, 3, 4, 5].map(|n| record(n, RecordState::Pending, 0));
	first[4].state = RecordState::Unqualified;
	let number = insert(&db, &mut first).await;
	let kept = same(db.clone(), "inserted").await;
	let pending = kept.iter().find(|sum| sum.state == "pending").unwrap();
	assert_eq!(
		(pending.day.as_str(), pending.orders, pending.amount.as_str()),
		("2026-03-02", 4, "4000")
	);
	// The same ids again change nothing.
	insert(&db, &mut [1, 6].map(|n| record(n, RecordState::Pending, 0))).await;
	same(db.clone(), "inserted twice").await;

	let refusal = crate::db::Refusal {
		id: "A-00000002".into(),
		code: "x".into(),
		text: String::new(),
		retry_at: 1,
	};
	let mut change = db.begin().await.unwrap();
	crate::db::refuse_records(&mut change, SubmissionKind::Orders, number, &[refusal])
		.await
		.unwrap();
	accept_submission(&mut change, SubmissionKind::Orders, number, 1)
		.await
		.unwrap();
	change.commit().await.unwrap();
	same(db.clone(), "answered").await;

	let mut dated = confirmed(1, Outcome::Accepted);
	dated.confirmation.trade_date = Some("2026-03-03".into());
	dated.confirmation.amount = Some("999.99".into());
	confirm(
		&db,
		&[dated, confirmed(1, Outcome::Rejected), confirmed(3, Outcome::Rejected)],
	)
	.await;
	let kept = same(db.clone(), "confirmed").await;
	let confirmed = kept.iter().find(|sum| sum.state == "confirmed").unwrap();
	assert_eq!(
		(confirmed.day.as_str(), confirmed.confirmed_amount.as_str()),
		("2026-03-03", "999.99")
	);

	let mut change = db.begin().await.unwrap();
	assert!(cancel_unsent(&mut change, "A-00000005", "by hand").await.unwrap());
	assert!(
		settle_by_hand(&mut change, "A-00000004", RecordState::Partial, "agreed", "{}")
			.await
			.unwrap()
	);
	let again = crate::db::Requalified {
		id: "A-00000002".into(),
		issuer: 3,
		state: RecordState::Unqualified,
		clause_version: 1,
		text: String::new(),
		failed: String::new(),
		submission: 0,
		retry_at: 0,
	};
	crate::db::requalified(&mut change, &[again]).await.unwrap();
	change.commit().await.unwrap();
	let kept = same(db.clone(), "decided").await;
	assert_eq!(kept.iter().map(|sum| sum.orders).sum::<i64>(), 6);
}

#[tokio::test]
async fn finality_reaches_up_to_a_place() {
	let (db, _dir) = temporary().await;
	insert(&db, &mut [1, 2, 3].map(|n| record(n, RecordState::Pending, 0))).await;
	confirm(&db, &[1, 2, 3].map(|n| confirmed(n, Outcome::Accepted))).await;
	let open = |final_to| OpenPlaces {
		channel: 4,
		final_to,
		newest: 3,
	};
	assert_eq!(db.open_places().await.unwrap(), [open(0)]);
	for (up_to, anchor) in [(1, 7), (2, 8)] {
		let mut tx = db.begin().await.unwrap();
		set_finalised(&mut tx, 4, up_to, anchor, anchor * 10, 5).await.unwrap();
		tx.commit().await.unwrap();
	}
	assert_eq!(db.open_places().await.unwrap(), [open(2)]);
	assert_eq!(db.order_at(4, 1, 3).await.unwrap(), Some(("A-00000003".into(), 3)));
	assert_eq!(
		db.first_order_above(4, 1).await.unwrap(),
		Some(("A-00000002".into(), 2))
	);
	let mut anchors = Vec::new();
	for n in 1..=3 {
		anchors.push(db.record(&format!("A-{n:08}")).await.unwrap().unwrap().anchor);
	}
	assert_eq!(anchors, [7, 8, -1]);
	assert_eq!(db.figures(None).await.unwrap().finalised, 2);
	let finals = RecordFilter {
		state: Some("finalised".into()),
		limit: 10,
		..RecordFilter::default()
	};
	assert_eq!(db.records(&finals).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_dropped_transaction_leaves_nothing() {
	let (db, _dir) = temporary().await;
	let mut tx = db.begin().await.unwrap();
	insert_records(&mut tx, "file", &[record(1, RecordState::Pending, 1)])
		.await
		.unwrap();
	drop(tx);
	assert_eq!(db.record("A-00000001").await.unwrap(), None);
}

/// Run with `--ignored --nocapture`: how many records a second one terminal writes, each insert and each confirmation durable
/// in its transaction.
#[tokio::test]
#[ignore = "a measurement, not a check"]
async fn throughput() {
	const WINDOW: u64 = 5_000;
	const WINDOWS: u64 = 20;
	let (db, _dir) = temporary().await;
	let began = std::time::Instant::now();
	for window in 0..WINDOWS {
		let mut records: Vec<_> = (window * WINDOW..(window + 1) * WINDOW)
			.map(|n| record(n + 1, RecordState::Pending, 0))
			.collect();
		insert(&db, &mut records).await;
	}
	let inserted = began.elapsed();
	for window in 0..WINDOWS {
		let rows: Vec<_> = (window * WINDOW..(window + 1) * WINDOW)
			.map(|n| confirmed(n + 1, Outcome::Accepted))
			.collect();
		assert_eq!(confirm(&db, &rows).await, WINDOW);
	}
	let total = began.elapsed();
	let rate = |time: std::time::Duration| ((WINDOW * WINDOWS) as f64 / time.as_secs_f64()) as u64;
	println!(
		"{} records/s inserted, {} records/s confirmed, {} records/s both",
		rate(inserted),
		rate(total - inserted),
		rate(total)
	);
}
