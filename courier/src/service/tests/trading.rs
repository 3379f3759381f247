// SPDX-License-Identifier: Apache-2.0

use super::{confirm_until, confirmations, stage, Trio};
use crate::{
	api::*,
	testing::{self, key, lines, order, submit, until, ISSUER, SELLER},
};
use sealane_primitives::{
	business::{BusinessKind, BusinessKinds},
	directory::{ProductStatus, Refusal},
};

#[tokio::test(flavor = "multi_thread")]
async fn an_order_goes_all_the_way() {
	let trio = Trio::start(1);
	let report = submit(&trio.seller, &[order("A-1", "P2"), order("A-2", "P3")]).await;
	assert_eq!((report.accepted, report.repeated, report.packets), (2, 0, 2));
	confirm_until(&trio.issuer, &trio.seller, 1).await;
	confirm_until(&trio.other, &trio.seller, 2).await;
	let state = trio.seller.order("A-1", None).unwrap().unwrap();
	assert_eq!(state.stage, OrderStage::Hashed);
	assert_eq!((state.seller, state.kind), (1, BusinessKind::Purchase));
	assert_eq!(&state.bytes[..], order("A-1", "P2").as_bytes());
	let confirmation = state.confirmation.unwrap();
	assert_eq!(
		(confirmation.outcome, confirmation.technical),
		(Outcome::Accepted, false)
	);
	let mirrored = trio.issuer.order("A-1", Some(1)).unwrap().unwrap();
	assert_eq!(mirrored.bytes, state.bytes);
	until(&trio.issuer, "the issuer has the countersignature", || {
		stage(&trio.issuer, "A-1") == Some(OrderStage::Hashed)
	})
	.await;
	let root = |handle: &crate::Handle| handle.order("A-1", None).unwrap().unwrap().batch.unwrap().root;
	assert_eq!(root(&trio.seller), root(&trio.issuer));
	assert_eq!(
		trio.issuer.order("A-2", None).unwrap(),
		None,
		"the other issuer's order is nobody else's business"
	);
	assert_eq!(
		trio.seller.trace("A-1", None).unwrap().unwrap().waiting,
		Some(Waiting::NextAnchor)
	);
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refuses_lines_and_takes_the_rest() {
	let trio = Trio::start(2);
	trio.world.block(|state| {
		let channel = state.channel(1);
		let mut grant = testing::granted(1);
		grant.kinds = BusinessKinds(BusinessKinds::ALL.0 & !(1 << BusinessKind::Redemption as u16));
		channel.authorisation = Ok(grant);
		state.channel(2).authorisation = Err(Refusal::Suspended);
	});
	until(&trio.seller, "the block is known", || trio.seller.status().block == 2).await;
	let good = order("G-1", "P2");
	let redemption = order("R-1", "P2")
		.replace("purchase", "redemption")
		.replace(r#""amount":"1000.00","currency":"CNY""#, r#""units":"5""#);
	let cases = [
		(good.clone(), None),
		("not json".into(), Some("malformed")),
		(order("U-1", "XX"), Some("product_unknown")),
		(order("C-1", "C2"), Some("product_closed")),
		(order("N-1", "N2"), Some("product_closed")),
		(redemption, Some("kind_not_granted")),
		(order("S-1", "P3"), Some("channel_closed")),
		(
			order("V-1", "P2").replace("\"placed_at\"", "\"clause_version\":9,\"placed_at\""),
			Some("clause_version"),
		),
		(order("E-1", "P2").replace("CNY", "USD"), Some("currency_mismatch")),
		(
			order("I-1", "P2").replace("\"placed_at\"", "\"interface\":\"I9\",\"placed_at\""),
			Some("interface_mismatch"),
		),
		(good.clone(), Some("repeated")),
		(good.replace("1000.00", "2000.00"), Some("order_id_reused")),
	];
	let (body, ranges) = lines(&cases.iter().map(|(line, _)| line.clone()).collect::<Vec<_>>());
	let report = trio.seller.submit_orders(body, ranges, None).await.unwrap();
	let refused: Vec<_> = report
		.refused
		.iter()
		.map(|(line, p)| (*line as usize, p.code.to_string()))
		.collect();
	let expected: Vec<_> = cases
		.iter()
		.enumerate()
		.filter_map(|(i, (_, code))| Some((i, code.filter(|c| *c != "repeated")?.to_string())))
		.collect();
	assert_eq!(refused, expected);
	assert_eq!((report.accepted, report.repeated), (1, 1));
	let again = submit(&trio.seller, &[good.clone(), good.replace("1000.00", "3.00")]).await;
	assert_eq!((again.accepted, again.repeated, again.refused.len()), (0, 1, 1));
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_with_a_key_is_answered_once_and_for_all() {
	let mut trio = Trio::start(3);
	let (body, ranges) = lines(&[order("K-1", "P2"), "{}".into()]);
	let first = trio
		.seller
		.submit_orders(body.clone(), ranges.clone(), Some(key("k", &body)))
		.await
		.unwrap();
	assert_eq!((first.accepted, first.refused.len()), (1, 1));
	let repeat = trio
		.seller
		.submit_orders(body.clone(), ranges.clone(), Some(key("k", &body)))
		.await
		.unwrap();
	assert_eq!(repeat, first);
	let other = trio
		.seller
		.submit_orders(body.clone(), ranges.clone(), Some(key("k", b"other")))
		.await;
	assert_eq!(other, Err(SubmitError::IdempotencyConflict { key: "k".into() }));
	trio.restart(SELLER).await;
	let after = trio
		.seller
		.submit_orders(body.clone(), ranges, Some(key("k", &body)))
		.await
		.unwrap();
	assert_eq!(after, first, "the key survives a restart");
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn confirmations_find_their_orders_and_are_given_once() {
	let trio = Trio::start(4);
	submit(&trio.seller, &[order("A", "P2"), order("B", "P2")]).await;
	until(&trio.issuer, "the orders are there", || {
		trio.issuer.inbox(Cursor::default(), 1 << 20).unwrap().entries.len() == 2
	})
	.await;
	let accepted = r#"{"order":"A","outcome":"accepted","units":"1"}"#;
	let cases = [
		accepted,
		accepted,
		r#"{"order":"A","outcome":"rejected","reason":{"code":"x"}}"#,
		r#"{"order":"Z","outcome":"accepted"}"#,
		r#"{"order":"B","seller":3,"outcome":"accepted"}"#,
		r#"{"order":"B","channel":1,"seller":1,"outcome":"partial","units":"0.5"}"#,
	];
	let (body, ranges) = lines(&cases);
	let report = trio.issuer.submit_confirmations(body, ranges, None).await.unwrap();
	assert_eq!((report.accepted, report.repeated), (2, 1));
	let codes: Vec<_> = report
		.refused
		.iter()
		.map(|(line, p)| (*line, p.code.as_ref()))
		.collect();
	assert_eq!(
		codes,
		[(2, "already_confirmed"), (3, "order_unknown"), (4, "order_unknown")]
	);
	until(&trio.seller, "both are confirmed", || {
		confirmations(&trio.seller).len() == 2
	})
	.await;
	let (body, ranges) = lines(&cases[..3]);
	let later = trio.issuer.submit_confirmations(body, ranges, None).await.unwrap();
	assert_eq!((later.accepted, later.repeated, later.refused.len()), (0, 2, 1));
	assert!(trio
		.issuer
		.inbox(Cursor::default(), 1 << 20)
		.unwrap()
		.entries
		.iter()
		.all(|entry| entry.answered));
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cancellation_is_an_order_of_its_own() {
	let trio = Trio::start(5);
	submit(&trio.seller, &[order("A", "P2"), order("B", "P2")]).await;
	let id = trio.seller.cancel("A").await.unwrap();
	assert_eq!(trio.seller.cancel("A").await.unwrap(), id);
	assert!(matches!(
		trio.seller.cancel("nobody").await,
		Err(CancelError::NotFound(_))
	));
	assert!(matches!(
		trio.seller.cancel(&id).await,
		Err(CancelError::NotCancellable { .. })
	));
	confirm_until(&trio.issuer, &trio.seller, 3).await;
	assert_eq!(
		trio.issuer.order(&id, None).unwrap().unwrap().kind,
		BusinessKind::Cancellation
	);
	assert!(matches!(
		trio.seller.cancel("B").await,
		Err(CancelError::AlreadyConfirmed { .. })
	));
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registration_comes_back_with_a_receipt_for_the_chain() {
	use sealane_primitives::courier_host::CourierHost;
	let trio = Trio::start(6);
	let (body, ranges) = lines(&[r#"{"id":"R-1","interface":"I2","customer":"c-1","details":{"name":"x"}}"#]);
	let report = trio.seller.submit_registrations(body, ranges, None).await.unwrap();
	assert_eq!((report.accepted, report.refused.len()), (1, 0));
	until(&trio.issuer, "it is there", || {
		trio.issuer.registration("R-1", None).unwrap().is_some()
	})
	.await;
	let result = format!(
		r#"{{"order":"R-1","outcome":"accepted","commitment":"{}"}}"#,
		"7c".repeat(32)
	);
	let (body, ranges) = lines(&[result.as_str()]);
	let report = trio
		.issuer
		.submit_registration_results(body, ranges, None)
		.await
		.unwrap();
	assert_eq!((report.accepted, report.refused.len()), (1, 0));
	let done = || trio.seller.registration("R-1", None).unwrap().unwrap().stage == OrderStage::Hashed;
	until(&trio.seller, "the result is back", done).await;
	let mut host = trio.issuer.host();
	let ready = host.ready_receipts(5, 10);
	assert_eq!(ready.len(), 1);
	assert_eq!(
		(ready[0].commitment, ready[0].seller, ready[0].accepted),
		([0x7c; 32], 1, true)
	);
	trio.world.block(|_| ());
	assert_eq!(host.ready_receipts(6, 10).len(), 1, "as long as no final block has it");
	trio.world.block(|state| state.issue(testing::ISSUER, [0x7c; 32], true));
	until(&trio.issuer, "what is final is not offered again", || {
		host.ready_receipts(6, 10).is_empty()
	})
	.await;
	assert_eq!(
		trio.seller.order("R-1", None).unwrap(),
		None,
		"registrations are no orders"
	);
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_and_inbox_go_on_from_any_cursor() {
	let trio = Trio::start(7);
	let ids: Vec<String> = (0..50).map(|i| format!("E-{i:02}")).collect();
	for chunk in ids.chunks(10) {
		submit(
			&trio.seller,
			&chunk.iter().map(|id| order(id, "P2")).collect::<Vec<_>>(),
		)
		.await;
	}
	confirm_until(&trio.issuer, &trio.seller, 50).await;
	for limit in [1, 3, 7, 1000] {
		let (mut cursor, mut seen) = (Cursor::default(), Vec::new());
		loop {
			let page = trio.seller.events(cursor, limit).unwrap();
			for event in &page.events {
				if let EventKind::Confirmed { confirmation, .. } = &event.what {
					seen.push(
						crate::order::Confirmation::parse(confirmation)
							.unwrap()
							.order
							.into_owned(),
					);
				}
			}
			if page.at_end {
				break;
			}
			// The cursor of the last event goes on behind it too.
			cursor = page.events.last().map_or(page.next, |event| event.cursor);
		}
		assert_eq!(seen, ids, "in pages of {limit}");
	}
	let (mut cursor, mut seen) = (Cursor::default(), Vec::new());
	loop {
		let page = trio.issuer.inbox(cursor, 500).unwrap();
		seen.extend(
			page.entries
				.iter()
				.map(|e| crate::library::id_of(&e.bytes).unwrap().into_owned()),
		);
		cursor = page.entries.last().map_or(page.next, |entry| entry.cursor);
		if page.at_end {
			break;
		}
	}
	assert_eq!(seen, ids);
	let inside = Cursor { position: 65, entry: 0 };
	assert_eq!(trio.seller.events(inside, 1), Err(ReadError::CursorUnknown(inside)));
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_channel_holds_its_lane_and_says_why() {
	let trio = Trio::start(8);
	trio.world.network.set_down(ISSUER, true);
	submit(&trio.seller, &[order("A", "P2")]).await;
	let unreachable = || {
		let trace = trio.seller.trace("A", None).unwrap().unwrap();
		matches!(trace.waiting, Some(Waiting::PartnerUnreachable { .. }))
	};
	until(&trio.seller, "the partner is missed", unreachable).await;
	trio.world
		.block(|state| state.channel(1).authorisation = Err(Refusal::Suspended));
	let closed = |at| {
		let wanted = Some(Waiting::ChannelClosed {
			refusal: Refusal::Suspended,
			at,
		});
		move |handle: &crate::Handle| handle.trace("A", None).unwrap().unwrap().waiting == wanted
	};
	until(&trio.seller, "the lane is closed", || closed(2)(&trio.seller)).await;
	trio.world.network.set_down(ISSUER, false);
	trio.seller.retry_lane(LaneId {
		channel: 1,
		from: SELLER,
		to: ISSUER,
	});
	trio.world
		.block(|state| state.channel(1).authorisation = Ok(testing::granted(1)));
	until(&trio.issuer, "it arrives once it may", || {
		trio.issuer.order("A", None).unwrap().is_some()
	})
	.await;
	assert_eq!(confirmations(&trio.seller).len(), 0);
	confirm_until(&trio.issuer, &trio.seller, 1).await;
	trio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_product_that_closed_on_the_way_gets_a_technical_rejection() {
	let trio = Trio::start(9);
	trio.world.network.set_down(ISSUER, true);
	submit(&trio.seller, &[order("A", "P2")]).await;
	trio.world
		.block(|state| state.channel(1).products[0].status = ProductStatus::Closed);
	until(&trio.issuer, "the block is known", || trio.issuer.status().block == 2).await;
	trio.world.network.set_down(ISSUER, false);
	trio.seller.retry_lane(LaneId {
		channel: 1,
		from: SELLER,
		to: ISSUER,
	});
	until(&trio.seller, "the rejection is back", || {
		stage(&trio.seller, "A") == Some(OrderStage::Hashed)
	})
	.await;
	let confirmation = trio.seller.order("A", None).unwrap().unwrap().confirmation.unwrap();
	assert_eq!(
		(confirmation.outcome, confirmation.technical),
		(Outcome::Rejected, true)
	);
	assert!(trio
		.issuer
		.inbox(Cursor::default(), 1 << 20)
		.unwrap()
		.entries
		.is_empty());
	trio.stop().await;
}

fn one(line: std::ops::Range<u32>) -> Vec<std::ops::Range<u32>> {
	std::iter::once(line).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn refuses_submissions_that_are_too_large_or_lie_about_lines() {
	let trio = Trio::start(10);
	let body = bytes::Bytes::from_static(b"{}");
	let outside = trio.seller.submit_orders(body.clone(), one(0..3), None).await;
	assert_eq!(outside, Err(SubmitError::LineOutOfBody { line: 0 }));
	#[allow(clippy::reversed_empty_ranges)]
	let backwards = trio.seller.submit_orders(body.clone(), one(2..1), None).await;
	assert_eq!(backwards, Err(SubmitError::LineOutOfBody { line: 0 }));
	let many = trio.seller.submit_orders(body.clone(), vec![0..2; 100_001], None).await;
	assert!(matches!(many, Err(SubmitError::TooLarge { what: "lines", .. })));
	let keyed = trio.seller.submit_orders(body, one(0..2), Some(key("", b""))).await;
	assert!(matches!(keyed, Err(SubmitError::IdempotencyKeyInvalid { .. })));
	trio.stop().await;
}
