// SPDX-License-Identifier: Apache-2.0

//! GETs and DELETE, events and the inbox, through the client.

#![allow(clippy::unwrap_used)]

use crate::common::{order, Node, LANE};
use futures::StreamExt;
use sealane_courier::api;
use sealane_gateway::Limits;
use sealane_sdk::{types::*, Error};
use std::time::Duration;

#[tokio::test]
async fn an_order_is_shown_with_its_bytes() {
	let node = Node::start().await;
	// An id with everything that a path could trip over.
	let id = "王/..?a=b&c#d %41~1";
	let mut stored = order(id, api::OrderStage::Finalised);
	stored.batch = Some(api::BatchState {
		root: [1; 32],
		count: 9,
		index: 3,
		signed_by_both: true,
		disputed: false,
	});
	stored.anchor = Some(api::AnchorState {
		sequence: 4,
		root: [2; 32],
		block: Some(88),
		finalised: true,
	});
	node.fake.set(|s| drop(s.orders.insert(id.into(), stored)));
	let status = node.client().order(id, None).await.unwrap().unwrap();
	assert_eq!(
		(status.id.as_str(), status.stage, status.outcome),
		(id, OrderStage::Finalised, Some(Outcome::Accepted))
	);
	assert_eq!(status.body.get(), format!(r#"{{"id":"{id}",  "kind":"purchase"}}"#));
	assert_eq!(
		status.entry,
		EntryRef {
			channel: 1,
			from: 2,
			to: 3,
			sequence: 4,
			ordinal: 5
		}
	);
	assert_eq!(
		status.answer.as_ref().unwrap().entry.lane(),
		LaneRef {
			channel: 1,
			from: 3,
			to: 2
		}
	);
	assert_eq!(status.read_confirmation().unwrap().unwrap().outcome, Outcome::Accepted);
	assert_eq!(status.batch.as_ref().unwrap().root, "01".repeat(32));
	assert_eq!(status.anchor.as_ref().unwrap().block, Some(88));
	assert!(node.client().order(id, Some(9)).await.unwrap().is_some());
	assert!(node.client().order(id, Some(8)).await.unwrap().is_none());
}

#[tokio::test]
async fn what_is_absent_is_none_or_a_problem() {
	let node = Node::start().await;
	let client = node.client();
	assert!(client.order("X", None).await.unwrap().is_none());
	assert!(client.trace("X", None).await.unwrap().is_none());
	assert!(client.registration("X", None).await.unwrap().is_none());
	assert_eq!(
		client.evidence("X", None).await.unwrap_err().code(),
		Some(ProblemCode::OrderUnknown)
	);
	assert_eq!(
		client.cancel("X").await.unwrap_err().code(),
		Some(ProblemCode::OrderUnknown)
	);
	assert!(client.clauses_for_product("X").await.unwrap().is_empty());
}

#[tokio::test]
async fn a_damaged_record_is_an_error_that_names_it() {
	let node = Node::start().await;
	node.fake.set(|s| s.read_fails = true);
	let error = node.client().order("A", None).await.unwrap_err();
	assert_eq!(error.code(), Some(ProblemCode::StoreFailed));
	assert!(error.to_string().contains("segment 3, offset 77"), "{error}");
}

#[tokio::test]
async fn trace_cancel_lanes_clauses_and_status_are_read() {
	let node = Node::start().await;
	let client = node.client();
	node.fake.set(|s| {
		s.orders.insert("A".into(), order("A", api::OrderStage::Accepted));
		s.orders.insert("B".into(), order("B", api::OrderStage::Confirmed));
	});
	let trace = client.trace("A", None).await.unwrap().unwrap();
	let wait = trace.waiting.unwrap();
	assert_eq!(
		(wait.reason, wait.detail.as_str()),
		(WaitReason::PartnerUnreachable, "refused")
	);
	assert_eq!((wait.since_ms, wait.retry_at_ms), (Some(5), Some(9)));
	let allowed = trace.allowed_by.expect("is shown");
	assert_eq!((allowed.block, allowed.block_hash), (7, "07".repeat(32)));
	assert_eq!(allowed.abandoned_for, Some("08".repeat(32)));
	assert_eq!(client.cancel("A").await.unwrap(), "A~cancel");
	assert_eq!(
		client.cancel("B").await.unwrap_err().code(),
		Some(ProblemCode::AlreadyConfirmed)
	);
	let lanes = client.lanes().await.unwrap();
	assert_eq!(
		(lanes[0].lane(), lanes[0].direction),
		(
			LaneRef {
				channel: 1,
				from: 2,
				to: 3
			},
			Direction::Outgoing
		)
	);
	assert_eq!(lanes[0].waiting.as_ref().unwrap().packets_ahead, Some(1));
	assert!(client.retry_lane(lanes[0].lane()).await.unwrap());
	assert_eq!(node.fake.get(|s| s.retried.clone()), [LANE]);
	let clauses = client.clauses_for_product("BOND-A").await.unwrap();
	assert_eq!((clauses[0].channel, clauses[0].at_block), (1, 77));
	assert!(client.clauses_for_product_type("BOND-A").await.unwrap().is_empty());
	assert!(client.channels().await.unwrap().is_empty());
	let status = client.status().await.unwrap();
	assert_eq!((status.ready, status.member.unwrap().name.as_str()), (true, "Bank"));
	assert!(status.alarms.is_empty());
}

#[tokio::test]
async fn pages_go_on_where_the_last_one_ended() {
	let node = Node::start().await;
	for n in 0..25 {
		node.fake.confirm(&format!(r#"{{"order":"O-{n}"}}"#));
		node.fake.arrive(&format!(r#"{{"id":"O-{n}"}}"#));
	}
	let client = node.client();
	let (mut cursor, mut seen) = (Cursor::start(), Vec::new());
	loop {
		let page = client.events_page(&cursor, 10, Duration::ZERO).await.unwrap();
		assert!(page.events.len() <= 10);
		seen.extend(
			page.events
				.iter()
				.map(|e| e.confirmation.as_ref().unwrap().get().to_owned()),
		);
		cursor = page.next;
		if page.at_end {
			break;
		}
	}
	let expected: Vec<_> = (0..25).map(|n| format!(r#"{{"order":"O-{n}"}}"#)).collect();
	assert_eq!(seen, expected);
	let page = client.inbox(&Cursor::start(), 7, Duration::ZERO).await.unwrap();
	assert_eq!((page.entries.len(), page.at_end), (7, false));
	assert_eq!(page.next, page.entries[6].cursor);
	let page = client.inbox(&page.next, 100, Duration::ZERO).await.unwrap();
	assert_eq!((page.entries.len(), page.at_end), (18, true));
	assert_eq!(page.entries[0].body.get(), r#"{"id":"O-7"}"#);
}

#[tokio::test]
async fn a_large_page_is_streamed_whole() {
	let node = Node::start().await;
	let body = format!(r#"{{"id":"x","details":"{}"}}"#, "y".repeat(470));
	for _ in 0..5_000 {
		node.fake.arrive(&body);
	}
	let page = node
		.client()
		.inbox(&Cursor::start(), 100_000, Duration::ZERO)
		.await
		.unwrap();
	assert_eq!((page.entries.len(), page.at_end), (5_000, true));
	assert!(page
		.entries
		.iter()
		.enumerate()
		.all(|(n, e)| e.entry.ordinal == n as u32 && e.body.get() == body));
}

#[tokio::test]
async fn a_page_ends_at_its_bound_of_bytes() {
	let node = Node::with(Limits {
		max_page_bytes: 300 << 10,
		..Limits::default()
	})
	.await;
	let body = format!(r#"{{"id":"x","details":"{}"}}"#, "y".repeat(1_000));
	for _ in 0..2_000 {
		node.fake.arrive(&body);
	}
	let page = node
		.client()
		.inbox(&Cursor::start(), 100_000, Duration::ZERO)
		.await
		.unwrap();
	assert!(
		page.entries.len() > 100 && page.entries.len() < 1_000 && !page.at_end,
		"{}",
		page.entries.len()
	);
	let rest = node.client().inbox(&page.next, 1, Duration::ZERO).await.unwrap();
	assert_eq!(rest.entries[0].entry.ordinal as usize, page.entries.len());
}

#[tokio::test]
async fn a_long_poll_answers_as_soon_as_there_is_something() {
	let node = Node::start().await;
	let client = node.client();
	let polling = tokio::spawn(async move {
		let page = client.events_page(&Cursor::start(), 10, Duration::from_secs(25)).await;
		(page, client)
	});
	// A page that finds nothing and may not wait answers at once.
	let empty = node
		.client()
		.events_page(&Cursor::start(), 10, Duration::ZERO)
		.await
		.unwrap();
	assert!(empty.events.is_empty() && empty.at_end);
	node.fake.confirm(r#"{"order":"A"}"#);
	let (page, client) = polling.await.unwrap();
	assert_eq!(page.unwrap().events.len(), 1);
	// The gateway cuts the wait short when it stops.
	let wait = Duration::from_secs(25);
	let began = std::time::Instant::now();
	let polling = tokio::spawn(async move { client.inbox(&Cursor::start(), 10, wait).await });
	tokio::task::yield_now().await;
	node.stop().await;
	assert!(began.elapsed() < wait, "it waited for the poll");
	// Depending on who was first, the poll ended with an empty page or could not be sent.
	if let Ok(page) = polling.await.unwrap() {
		assert!(page.entries.is_empty());
	}
}

#[tokio::test]
async fn the_stream_resumes_at_its_cursor_and_follows() {
	let node = Node::start().await;
	for n in 0..3 {
		node.fake.confirm(&format!(r#"{{"order":"O-{n}"}}"#));
	}
	let client = node.client();
	let mut stream = client.events(Cursor::start());
	let first = stream.next().await.unwrap().unwrap();
	assert!(first.read_confirmation().unwrap().is_err(), "an outcome is missing");
	assert_eq!(first.cursor.as_str(), "1-0");
	drop(stream);
	let mut stream = client.events(first.cursor);
	for n in 1..3 {
		let event = stream.next().await.unwrap().unwrap();
		assert_eq!(event.confirmation.unwrap().get(), format!(r#"{{"order":"O-{n}"}}"#));
	}
	node.fake.happen(api::EventKind::Delivered {
		lane: LANE,
		first_sequence: 1,
		last_sequence: 2,
	});
	let event = stream.next().await.unwrap().unwrap();
	assert_eq!((event.kind, event.last_sequence), (EventKind::Delivered, Some(2)));
}

#[tokio::test]
async fn a_plain_stream_has_ids_and_heartbeats_and_takes_last_event_id() {
	use tokio::io::{AsyncReadExt, AsyncWriteExt};
	let node = Node::with(Limits {
		heartbeat_ms: 50,
		..Limits::default()
	})
	.await;
	node.fake.confirm("{\"order\":\"A\",\n\"outcome\":\"accepted\"}");
	node.fake.confirm(r#"{"order":"B"}"#);
	let mut stream = node.http.connect().await;
	let request = format!(
		"GET /v1/events?cursor=0-0 HTTP/1.1\r\nhost: node\r\nauthorization: Bearer {}\r\naccept: text/event-stream\r\n\
		 last-event-id: 1-0\r\n\r\n",
		node.file.token
	);
	stream.write_all(request.as_bytes()).await.unwrap();
	let mut text = String::new();
	while !text.contains("heartbeat") {
		let mut buf = [0; 4096];
		let read = stream.read(&mut buf).await.unwrap();
		assert_ne!(read, 0);
		text.push_str(&String::from_utf8_lossy(&buf[..read]));
	}
	assert!(text.contains("content-type: text/event-stream"));
	assert!(text.contains("id: 2-0\nevent: confirmed\ndata: {"), "{text}");
	assert!(!text.contains("\"A\""), "last-event-id goes before the cursor");
	assert!(text.contains("id: 2-0\n: heartbeat\n\n"));
	node.stop().await;
}

#[tokio::test]
async fn the_client_follows_over_a_restart() {
	let node = Node::start().await;
	node.fake.confirm(r#"{"order":"A"}"#);
	let client = node.client();
	let mut stream = client.events(Cursor::start());
	assert_eq!(stream.next().await.unwrap().unwrap().cursor.as_str(), "1-0");
	let (fake, address) = (node.fake.clone(), node.gateway.address());
	let folder = node.stop().await;
	fake.confirm(r#"{"order":"B"}"#);
	let config = sealane_gateway::Config::new(folder.path(), address.port());
	let _gateway = sealane_gateway::serve(config, fake, std::future::pending())
		.await
		.unwrap();
	let event = stream.next().await.unwrap().unwrap();
	assert_eq!(
		(event.cursor.as_str(), event.confirmation.unwrap().get()),
		("2-0", r#"{"order":"B"}"#)
	);
}

#[tokio::test]
async fn a_wrong_cursor_ends_the_stream_with_its_problem() {
	let node = Node::start().await;
	let mut stream = node.client().events("99-0".into());
	let error = stream.next().await.unwrap().unwrap_err();
	assert!(
		matches!(&error, Error::Problem(p) if p.code == ProblemCode::InvalidCursor),
		"{error}"
	);
	assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn registrations_are_asked_for_and_ended() {
	let node = Node::start().await;
	let client = node.client();
	let commitments = [1, 2, 3, 4].map(|first| [first; 32]);
	let answer = client.registrations_open(8, &commitments).await.unwrap();
	assert_eq!((answer.at_block, answer.open), (77, vec![true, false, false, false]));
	let report = client.close_registrations(&commitments).await.unwrap();
	assert_eq!(
		report.states,
		[
			RegistrationEnd::Closing,
			RegistrationEnd::Closed,
			RegistrationEnd::Rejected,
			RegistrationEnd::Unknown
		]
	);
	let error = client.registrations_open(8, &[]).await.unwrap_err();
	assert_eq!(error.code(), Some(ProblemCode::InvalidParameter));
	let error = client.registrations_open(8, &vec![[0; 32]; 1_001]).await.unwrap_err();
	assert!(error.to_string().contains("1001"), "{error}");
	for body in [
		r#"{"issuer":8,"commitments":["0g"]}"#,
		r#"{"issuer":8,"commitments":[],"more":1}"#,
		r#"{"issuer":-1,"commitments":[]}"#,
		"[]",
	] {
		let answer = node
			.http
			.send(
				"POST",
				"/v1/registrations/open",
				&[("content-type", "application/json")],
				body.as_bytes(),
			)
			.await;
		assert_eq!(answer.status, 400, "{body}");
	}
}

#[tokio::test]
async fn a_calendar_is_read_as_it_is_written_in_files() {
	let node = Node::start().await;
	let calendars = node.client().calendars(8, Some("BOND-A")).await.unwrap();
	let in_force = calendars.in_force.unwrap();
	assert_eq!((in_force.version, in_force.from_block), (3, 70));
	assert_eq!(in_force.product.as_deref(), Some("BOND-A"));
	let day = "2026-02-16".parse().unwrap();
	assert_eq!(in_force.calendar.hours_on(day), Ok(None), "it is the Spring Festival");
	assert!(calendars.next.is_none());
	let error = node.client().calendars(8, Some(&"x".repeat(33))).await.unwrap_err();
	assert_eq!(error.code(), Some(ProblemCode::InvalidParameter));
}
