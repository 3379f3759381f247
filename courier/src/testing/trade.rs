// SPDX-License-Identifier: Apache-2.0

//! Orders and confirmations of tests, and waiting for what must come of them.

use super::PATIENCE;
use crate::{
	api::{Cursor, IdempotencyKey, SubmitReport},
	handle::Handle,
};
use bytes::Bytes;
use std::{ops::Range, time::Duration};

/// A purchase of `product`.
pub fn order(id: &str, product: &str) -> String {
	format!(
		r#"{{"id":"{id}","kind":"purchase","product":"{product}","customer":"c-{id}","amount":"1000.00","currency":"CNY","placed_at":"2025-11-24T10:00:00+08:00"}}"#
	)
}

/// The body of a submission and the ranges of its lines.
pub fn lines<T: AsRef<str>>(lines: &[T]) -> (Bytes, Vec<Range<u32>>) {
	let (mut body, mut ranges) = (Vec::new(), Vec::new());
	for line in lines {
		let start = body.len() as u32;
		body.extend_from_slice(line.as_ref().as_bytes());
		ranges.push(start..body.len() as u32);
		body.push(b'\n');
	}
	(body.into(), ranges)
}

/// Submit orders; panics where the submission as a whole fails.
pub async fn submit<T: AsRef<str>>(handle: &Handle, orders: &[T]) -> SubmitReport {
	let (body, ranges) = lines(orders);
	handle
		.submit_orders(body, ranges, None)
		.await
		.expect("the submission is taken")
}

/// A key for requests.
pub fn key(text: &str, body: &[u8]) -> IdempotencyKey {
	use sha2::Digest as _;
	IdempotencyKey {
		key: text.into(),
		scope: [0; 32],
		body_digest: sha2::Sha256::digest(body).into(),
	}
}

/// Confirm what is in the inbox from `cursor` on: once, without waiting. Gives the next cursor and how many were confirmed.
pub async fn confirm(handle: &Handle, cursor: Cursor) -> (Cursor, u32) {
	let page = handle.inbox(cursor, 1 << 20).expect("the inbox is readable");
	let answers: Vec<String> = page
		.entries
		.iter()
		.filter(|entry| !entry.registration)
		.map(|entry| {
			let id = crate::library::id_of(&entry.bytes)
				.expect("orders in the inbox have ids")
				.into_owned();
			format!(r#"{{"order":"{id}","outcome":"accepted","deal":"D-{id}","units":"950.11","nav":"1.0525"}}"#)
		})
		.collect();
	if answers.is_empty() {
		return (page.next, 0);
	}
	let (body, ranges) = lines(&answers);
	let report = handle
		.submit_confirmations(body, ranges, None)
		.await
		.expect("confirmations are taken");
	assert_eq!(report.refused, Vec::new());
	(page.next, report.accepted)
}

/// Wait until `holds`, looking again whenever the node's log grows.
pub async fn until(handle: &Handle, what: &str, mut holds: impl FnMut() -> bool) {
	let mut tail = handle.tail();
	let waited = tokio::time::timeout(PATIENCE, async {
		loop {
			tail.borrow_and_update();
			if holds() {
				return;
			}
			// Some conditions are about memory and not about the log; those change within moments.
			let _ = tokio::time::timeout(Duration::from_millis(20), tail.changed()).await;
		}
	});
	assert!(waited.await.is_ok(), "still not: {what}");
}
