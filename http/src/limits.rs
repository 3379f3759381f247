// SPDX-License-Identifier: Apache-2.0

//! Bounds on what a client can make a service hold, and reading a body within them.

use crate::problem::Failure;
use axum::{
	body::{Body, BodyDataStream},
	http::{header::CONTENT_LENGTH, HeaderMap},
};
use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use sealane_sdk::types::{Problem, ProblemCode};
use std::{sync::Arc, time::Duration};
use tokio::{
	sync::{OwnedSemaphorePermit, Semaphore},
	time::Instant,
};

/// Bounds on requests. The defaults suit a node on a machine of two cores and more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
	/// Longest body, in bytes.
	pub max_body_bytes: u32,
	/// Longest entry of a body, in bytes.
	pub max_entry_bytes: u32,
	/// Deepest nesting of an entry.
	pub max_depth: u32,
	/// Most entries of a body.
	pub max_entries: u32,
	/// Most bytes of bodies that are held at the same time, over all requests. At least `max_body_bytes`.
	pub max_held_bytes: u32,
	/// Most connections at the same time. One more takes the place of the one that has had no request under way for
	/// the longest; where all have one, it waits in the backlog of the socket.
	pub max_connections: u32,
	/// How long a client may take over the TLS handshake, in milliseconds.
	pub handshake_timeout_ms: u64,
	/// How long a client may take to send its request line and headers, in milliseconds. A connection that is idle
	/// between two requests is closed after the same time.
	pub header_timeout_ms: u64,
	/// How long a client may take to send its body, in milliseconds.
	pub body_timeout_ms: u64,
	/// How long a client may leave an answer unread, in milliseconds, before its connection is closed.
	pub write_timeout_ms: u64,
	/// How long requests that are under way may take to end when the service stops, in milliseconds.
	pub stop_timeout_ms: u64,
	/// Longest wait of a long poll, in milliseconds; longer ones are cut short.
	pub max_wait_ms: u64,
	/// Time between two heartbeats of the event stream, in milliseconds.
	pub heartbeat_ms: u64,
	/// Most entries of one page of events or of the inbox.
	pub max_page_entries: u32,
	/// About the most bytes of one page of the inbox.
	pub max_page_bytes: u32,
}

impl Default for Limits {
	fn default() -> Self {
		Limits {
			max_body_bytes: 16 << 20,
			max_entry_bytes: 64 << 10,
			max_depth: 64,
			max_entries: 100_000,
			max_held_bytes: 128 << 20,
			max_connections: 512,
			handshake_timeout_ms: 10_000,
			header_timeout_ms: 60_000,
			body_timeout_ms: 30_000,
			write_timeout_ms: 30_000,
			stop_timeout_ms: 10_000,
			max_wait_ms: 30_000,
			heartbeat_ms: 15_000,
			max_page_entries: 100_000,
			max_page_bytes: 16 << 20,
		}
	}
}

/// A body, and the share of the service's memory that it takes until it is dropped.
#[derive(Debug)]
pub struct HeldBody {
	/// The bytes, in one piece.
	pub bytes: Bytes,
	_share: Option<OwnedSemaphorePermit>,
}

/// The memory that bodies may take together.
#[derive(Clone, Debug)]
pub struct BodyBudget {
	bytes: Arc<Semaphore>,
}

impl BodyBudget {
	/// The budget of these limits.
	pub fn new(limits: &Limits) -> Self {
		BodyBudget {
			bytes: Arc::new(Semaphore::new(limits.max_held_bytes.max(limits.max_body_bytes) as usize)),
		}
	}

	/// Reads a body to its end.
	///
	/// Fails with `body_too_large` as soon as the announced or the real size passes the limit, with `busy` when other
	/// bodies hold the memory, and with `request_timeout` when it comes too slowly.
	pub async fn read(&self, headers: &HeaderMap, body: Body, limits: &Limits) -> Result<HeldBody, Failure> {
		let max = limits.max_body_bytes;
		let too_large = |what: String| {
			Failure::closing(Problem::new(
				ProblemCode::BodyTooLarge,
				format!("{what}; at most {max} bytes are taken"),
			))
		};
		let announced: Option<u64> = headers
			.get(CONTENT_LENGTH)
			.and_then(|v| v.to_str().ok())
			.and_then(|v| v.parse().ok());
		if let Some(length) = announced.filter(|length| *length > u64::from(max)) {
			return Err(too_large(format!("the body has {length} bytes")));
		}
		// A body of unknown length may become as long as any.
		let share = announced.map_or(max, |length| length as u32);
		let permit = self.bytes.clone().try_acquire_many_owned(share).map_err(|_| {
			let problem = Problem::new(ProblemCode::Busy, "other requests hold the memory for bodies");
			Failure::closing(problem.with_retry_after_ms(200))
		})?;

		let deadline = Instant::now() + Duration::from_millis(limits.body_timeout_ms);
		let bytes = match tokio::time::timeout_at(deadline, collect(body.into_data_stream(), share as usize)).await {
			Ok(Ok(bytes)) => bytes,
			Ok(Err(Collect::TooLarge)) => return Err(too_large("the body is longer".into())),
			Ok(Err(Collect::Broken)) => {
				return Err(Failure::closing(Problem::new(
					ProblemCode::InvalidParameter,
					"the body broke off",
				)));
			}
			Err(_) => {
				let detail = format!("the body was not complete after {} ms", limits.body_timeout_ms);
				return Err(Failure::closing(Problem::new(ProblemCode::RequestTimeout, detail)));
			}
		};
		Ok(HeldBody {
			bytes,
			_share: Some(permit),
		})
	}
}

enum Collect {
	TooLarge,
	Broken,
}

/// The stream's bytes in one piece, without a copy where they come in one.
async fn collect(mut stream: BodyDataStream, max: usize) -> Result<Bytes, Collect> {
	let Some(first) = stream.next().await else {
		return Ok(Bytes::new());
	};
	let first = first.map_err(|_| Collect::Broken)?;
	if first.len() > max {
		return Err(Collect::TooLarge);
	}
	let Some(second) = stream.next().await else {
		return Ok(first);
	};
	let mut next = Some(second);
	// Grows with what really came: an announced length alone must not make the service allocate.
	let mut whole = BytesMut::with_capacity((first.len() * 2).max(256 << 10).min(max));
	whole.extend_from_slice(&first);
	while let Some(chunk) = next {
		let chunk = chunk.map_err(|_| Collect::Broken)?;
		if whole.len() + chunk.len() > max {
			return Err(Collect::TooLarge);
		}
		whole.extend_from_slice(&chunk);
		next = stream.next().await;
	}
	Ok(whole.freeze())
}
