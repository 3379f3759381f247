// SPDX-License-Identifier: Apache-2.0

//! What happened in a terminal, from a cursor on: pages, with a wait where there is nothing yet, and a stream.
//!
//! A command beside the terminal writes into the same database: what is new is looked for there, and not told by the writers.

use crate::{
	core::{Caller, Core, Terminal},
	Failure,
};
use axum::response::{
	sse::{Event as Frame, KeepAlive, Sse},
	IntoResponse, Response,
};
use futures::stream;
use sealane_sdk::types::ProblemCode;
use sealane_terminal_core::Result;
use serde::Serialize;
use std::{collections::VecDeque, convert::Infallible, sync::Arc, time::Duration};
use tokio::time::Instant;
use utoipa::ToSchema;

/// How often is looked for something new.
const INTERVAL: Duration = Duration::from_millis(250);
/// Events that a stream reads at once.
const CHUNK: u32 = 500;
/// How long a stream lasts; its reader then connects again with the last cursor, if it may still come in.
const STREAM: Duration = Duration::from_secs(600);
/// How often is asked whether the reader of a stream may still come in.
const ASK_EVERY: Duration = Duration::from_secs(5);

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Event {
	/// Where it stands: hand it back to go on behind it.
	pub cursor: String,
	/// What it is about.
	pub kind: String,
	/// The thing as it is now. Changes that follow each other closely may be one event.
	pub body: serde_json::Value,
}

/// Some events, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct EventPage {
	/// The events.
	pub events: Vec<Event>,
	/// Where the next page begins.
	pub next: String,
	/// Whether there is nothing behind it yet.
	pub at_end: bool,
}

/// One page; where there is nothing yet, waits up to `wait` for something.
pub(crate) async fn page(
	core: &Core,
	caller: &Caller,
	after: Option<&str>,
	limit: u32,
	wait: Duration,
) -> Result<EventPage, Failure> {
	let began = Instant::now();
	loop {
		let page = core.terminal.events(after, limit).await?;
		if !page.events.is_empty() || began.elapsed() >= wait {
			if began.elapsed() >= ASK_EVERY && !caller.may_stay(core).await? {
				let detail = "who waits for events may not come in any more";
				return Err(Failure::new(ProblemCode::Unauthenticated, detail));
			}
			return Ok(page);
		}
		tokio::select! {
			() = tokio::time::sleep(INTERVAL) => {},
			() = core.traffic.stopped() => return Ok(page),
		}
	}
}

/// A stream, until its time is over, its reader may not come in any more, or the terminal stops.
pub(crate) async fn stream(core: Core, caller: Caller, after: Option<String>) -> Result<Response, Failure> {
	// The first read tells whether the cursor is one.
	let first = core.terminal.events(after.as_deref(), CHUNK).await?;
	let heartbeat = Duration::from_millis(core.limits.heartbeat_ms);
	let follower = Follower {
		terminal: core.terminal.clone(),
		core,
		caller,
		asked: Instant::now(),
		next: first.next,
		waiting: first.events.into(),
		until: Instant::now() + STREAM,
	};
	let frames = stream::unfold(follower, |mut follower| async move {
		let event = follower.next().await?;
		let frame = Frame::default()
			.id(event.cursor)
			.event(event.kind)
			.data(event.body.to_string());
		Some((Ok::<_, Infallible>(frame), follower))
	});
	Ok(Sse::new(frames)
		.keep_alive(KeepAlive::new().interval(heartbeat))
		.into_response())
}

struct Follower {
	terminal: Arc<dyn Terminal>,
	core: Core,
	caller: Caller,
	/// When it was asked last whether the caller may stay.
	asked: Instant,
	next: String,
	waiting: VecDeque<Event>,
	until: Instant,
}

impl Follower {
	/// The next event; `None` when the time is over, the reader may not stay, the terminal stops, or its database fails: the client then
	/// connects again and gets the problem.
	async fn next(&mut self) -> Option<Event> {
		loop {
			if self.asked.elapsed() >= ASK_EVERY {
				if !self.caller.may_stay(&self.core).await.ok()? {
					return None;
				}
				self.asked = Instant::now();
			}
			if let Some(event) = self.waiting.pop_front() {
				return Some(event);
			}
			tokio::select! {
				() = tokio::time::sleep(INTERVAL) => {},
				() = tokio::time::sleep_until(self.until) => return None,
				() = self.core.traffic.stopped() => return None,
			}
			let page = self.terminal.events(Some(&self.next), CHUNK).await.ok()?;
			self.next = page.next;
			self.waiting = page.events.into();
		}
	}
}
