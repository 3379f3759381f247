// SPDX-License-Identifier: Apache-2.0

//! Reading the log from a cursor on: pages, with a wait where there is nothing yet, and the event stream.

use crate::{audit::Entries, pages, problem::Failure, state::AppState};
use axum::{
	body::Body,
	http::header::{CACHE_CONTROL, CONTENT_TYPE},
	response::{IntoResponse, Response},
	Extension,
};
use bytes::Bytes;
use futures::stream;
use sealane_courier::api::{self, Cursor};
use std::{convert::Infallible, io, time::Duration};
use tokio::{sync::watch, time::Instant};

/// Entries that are read and written at once.
const CHUNK_ENTRIES: usize = 1_000;
/// Bytes of the inbox that are read and written at once.
const CHUNK_BYTES: usize = 256 << 10;

/// What a page is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Feed {
	/// Events.
	Events,
	/// The issuer's inbox.
	Inbox,
}

impl Feed {
	/// How the page begins.
	const fn head(self) -> &'static [u8] {
		match self {
			Feed::Events => b"{\"events\":[",
			Feed::Inbox => b"{\"entries\":[",
		}
	}
}

/// A part of a page.
struct Chunk {
	/// Entries, written and joined by commas.
	bytes: Vec<u8>,
	entries: usize,
	next: Cursor,
	at_end: bool,
}

async fn read_chunk(state: &AppState, feed: Feed, cursor: Cursor, limit: usize) -> Result<Chunk, Failure> {
	state
		.read(move |backend| {
			let mut chunk = match feed {
				Feed::Events => write_all(
					backend.events(cursor, limit.min(CHUNK_ENTRIES))?,
					|page: api::EventPage| (page.events, page.next, page.at_end),
					pages::write_event,
					|event| event.cursor,
					limit,
				),
				Feed::Inbox => write_all(
					backend.inbox(cursor, CHUNK_BYTES)?,
					|page: api::InboxPage| (page.entries, page.next, page.at_end),
					pages::write_entry,
					|entry| entry.cursor,
					limit,
				),
			};
			// A cursor that does not move would never end.
			chunk.at_end |= chunk.entries == 0 && chunk.next == cursor;
			Ok::<_, api::ReadError>(chunk)
		})
		.await
}

/// Writes at most `limit` entries of a page; the rest of it is left for the next.
fn write_all<P, T>(
	page: P,
	take: impl FnOnce(P) -> (Vec<T>, Cursor, bool),
	write: impl Fn(&mut Vec<u8>, &T),
	cursor: impl Fn(&T) -> Cursor,
	limit: usize,
) -> Chunk {
	let (mut entries, mut next, mut at_end) = take(page);
	if entries.len() > limit {
		entries.truncate(limit);
		next = entries.last().map_or(next, cursor);
		at_end = false;
	}
	let mut bytes = Vec::with_capacity(entries.len() * 384);
	for (place, entry) in entries.iter().enumerate() {
		if place > 0 {
			bytes.push(b',');
		}
		write(&mut bytes, entry);
	}
	Chunk {
		bytes,
		entries: entries.len(),
		next,
		at_end,
	}
}

/// One page from `cursor` on. Where there is nothing yet, waits up to `wait_ms` for an entry.
///
/// The answer begins when the first entry is there, so that a cursor which is none gets its problem; what follows is
/// read while the client reads. A record that turns out to be damaged by then breaks the answer off.
pub(crate) async fn page(
	state: AppState,
	feed: Feed,
	cursor: Cursor,
	limit: usize,
	wait_ms: u64,
) -> Result<Response, Failure> {
	let first = first_chunk(&state, feed, cursor, limit, wait_ms.min(state.limits.max_wait_ms)).await?;
	let mut head = Vec::with_capacity(first.bytes.len() + 16);
	head.extend_from_slice(feed.head());
	head.extend_from_slice(&first.bytes);
	let shown = Extension(Entries(first.entries as u64));
	let progress = Progress {
		entries: first.entries,
		bytes: first.bytes.len(),
		next: first.next,
		at_end: first.at_end,
		state,
		feed,
		limit,
	};
	if progress.is_done() {
		head.extend_from_slice(&pages::page_end(progress.next, progress.at_end));
		return Ok((shown, [(CONTENT_TYPE, "application/json")], head).into_response());
	}
	let body = stream::unfold(Piece::Head(head.into(), progress), next_piece);
	Ok((shown, [(CONTENT_TYPE, "application/json")], Body::from_stream(body)).into_response())
}

async fn first_chunk(state: &AppState, feed: Feed, from: Cursor, limit: usize, wait_ms: u64) -> Result<Chunk, Failure> {
	let deadline = Instant::now() + Duration::from_millis(wait_ms);
	let mut tail = state.backend()?.tail();
	let mut cursor = from;
	loop {
		// Marked as seen before the read: what is written meanwhile wakes the wait below.
		tail.borrow_and_update();
		let chunk = read_chunk(state, feed, cursor, limit).await?;
		if chunk.entries > 0 {
			return Ok(chunk);
		}
		cursor = chunk.next;
		if chunk.at_end && !grew(state, &mut tail, deadline).await {
			return Ok(chunk);
		}
		if Instant::now() >= deadline && !chunk.at_end {
			// A long stretch without entries: the client goes on from here.
			return Ok(chunk);
		}
	}
}

/// Waits until the log has grown. False at the deadline, and when the gateway or the courier stops.
async fn grew(state: &AppState, tail: &mut watch::Receiver<Cursor>, deadline: Instant) -> bool {
	tokio::select! {
		changed = tail.changed() => changed.is_ok(),
		_ = tokio::time::sleep_until(deadline) => false,
		_ = state.traffic.stopped() => false,
	}
}

struct Progress {
	state: AppState,
	feed: Feed,
	limit: usize,
	entries: usize,
	bytes: usize,
	next: Cursor,
	at_end: bool,
}

impl Progress {
	fn is_done(&self) -> bool {
		self.at_end || self.entries >= self.limit || self.bytes >= self.state.limits.max_page_bytes as usize
	}
}

enum Piece {
	Head(Bytes, Progress),
	More(Progress),
	End,
}

async fn next_piece(piece: Piece) -> Option<(io::Result<Bytes>, Piece)> {
	let mut progress = match piece {
		Piece::Head(bytes, progress) => return Some((Ok(bytes), Piece::More(progress))),
		Piece::More(progress) => progress,
		Piece::End => return None,
	};
	let left = progress.limit - progress.entries;
	let chunk = match read_chunk(&progress.state, progress.feed, progress.next, left).await {
		Ok(chunk) => chunk,
		Err(failure) => return Some((Err(io::Error::other(failure.problem().to_string())), Piece::End)),
	};
	let mut bytes = Vec::with_capacity(chunk.bytes.len() + 96);
	if chunk.entries > 0 {
		bytes.push(b',');
		bytes.extend_from_slice(&chunk.bytes);
	}
	progress.entries += chunk.entries;
	progress.bytes += bytes.len();
	progress.next = chunk.next;
	progress.at_end = chunk.at_end;
	if progress.is_done() {
		bytes.extend_from_slice(&pages::page_end(progress.next, progress.at_end));
		return Some((Ok(bytes.into()), Piece::End));
	}
	Some((Ok(bytes.into()), Piece::More(progress)))
}

/// The event stream from `cursor` on. Ends when the gateway stops, or when the log cannot be read on; the client then
/// connects again with the last cursor, and gets the problem.
pub(crate) async fn event_stream(state: AppState, cursor: Cursor) -> Result<Response, Failure> {
	let mut tail = state.backend()?.tail();
	tail.borrow_and_update();
	// The first read tells whether the cursor is one.
	let first = state.read(move |backend| backend.events(cursor, CHUNK_ENTRIES)).await?;
	let follower = Follower {
		state,
		tail,
		page: Some(first),
		cursor,
	};
	let body = Body::from_stream(stream::unfold(follower, |mut follower| async move {
		follower
			.next()
			.await
			.map(|bytes| (Ok::<_, Infallible>(bytes), follower))
	}));
	Ok(([(CONTENT_TYPE, "text/event-stream"), (CACHE_CONTROL, "no-store")], body).into_response())
}

struct Follower {
	state: AppState,
	tail: watch::Receiver<Cursor>,
	/// A page that was read and not sent.
	page: Option<api::EventPage>,
	cursor: Cursor,
}

impl Follower {
	async fn next(&mut self) -> Option<Bytes> {
		// Set once: a log that grows without events must not starve the heartbeat.
		let heartbeat = Instant::now() + Duration::from_millis(self.state.limits.heartbeat_ms);
		loop {
			let page = match self.page.take() {
				Some(page) => page,
				None => {
					self.tail.borrow_and_update();
					let cursor = self.cursor;
					match self
						.state
						.read(move |backend| backend.events(cursor, CHUNK_ENTRIES))
						.await
					{
						Ok(page) => page,
						Err(_) => return None,
					}
				}
			};
			let moved = page.next != self.cursor;
			self.cursor = page.next;
			if !page.events.is_empty() {
				return Some(pages::sse_events(&page.events));
			}
			if !page.at_end && moved {
				continue;
			}
			tokio::select! {
				changed = self.tail.changed() => changed.ok()?,
				_ = tokio::time::sleep_until(heartbeat) => return Some(pages::sse_heartbeat(self.cursor)),
				_ = self.state.traffic.stopped() => return None,
			}
		}
	}
}
