// SPDX-License-Identifier: Apache-2.0

//! What happened since the start, for streams and webhooks. It lives in memory, within a bound: each event tells how something is now, so
//! whoever missed some reads the resources anew and goes on.

use crate::error::{Error, Result};
use sealane_service::{
	events::{Event, EventPage},
	paging,
};
use serde_json::{json, Value};
use std::{
	collections::VecDeque,
	sync::{Mutex, MutexGuard, PoisonError},
};

/// Events that are kept: more than an hour of blocks.
const MAX_EVENTS: usize = 4_096;

/// The kinds of events.
pub const KINDS: [&str; 7] = [
	"reset",
	"block",
	"finality",
	"motions",
	"validators",
	"node",
	"submission",
];

/// Where an event stands: which run of the server, and its number.
type Place = (String, u64);

/// What happened.
pub struct Feed {
	/// Tells this run's cursors from those of others.
	run: String,
	kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
	/// Number of the next event.
	next: u64,
	events: VecDeque<(u64, &'static str, Value)>,
}

impl Feed {
	/// Nothing happened yet.
	pub fn new() -> Self {
		Feed {
			run: hex::encode(rand::random::<[u8; 8]>()),
			kept: Mutex::default(),
		}
	}

	/// Something happened.
	pub fn push(&self, kind: &'static str, body: Value) {
		debug_assert!(KINDS.contains(&kind));
		let mut kept = self.kept();
		let number = kept.next;
		kept.next += 1;
		if kept.events.len() == MAX_EVENTS {
			kept.events.pop_front();
		}
		kept.events.push_back((number, kind, body));
	}

	/// What happened behind a cursor. Where that is of another run, or too old, the first event is `reset`: what is shown is to be read anew.
	///
	/// # Errors
	/// It is no cursor of this server.
	pub fn page(&self, after: Option<&str>, limit: u32) -> Result<EventPage> {
		let kept = self.kept();
		let oldest = kept.events.front().map_or(kept.next, |(number, ..)| *number);
		let place: Option<Place> = match after {
			None => None,
			Some(cursor) => {
				let place = paging::place_of(cursor);
				Some(place.ok_or_else(|| Error::invalid("cursor", "", "a cursor of this server"))?)
			}
		};
		let (from, is_reset) = match place {
			None => (oldest, false),
			Some((run, number)) if run == self.run && (oldest..=kept.next).contains(&number) => (number, false),
			Some(_) => (oldest, true),
		};
		let mut events = Vec::new();
		if is_reset {
			let why = json!({ "why": "what happened before is not kept: read anew what is shown" });
			events.push(self.event(from, "reset", &why));
		}
		let room = (limit as usize).saturating_sub(events.len());
		let skipped = usize::try_from(from - oldest).unwrap_or(usize::MAX);
		let taken: Vec<_> = kept.events.iter().skip(skipped).take(room).collect();
		let next = taken.last().map_or(from, |(number, ..)| number + 1);
		events.extend(
			taken
				.into_iter()
				.map(|(number, kind, body)| self.event(number + 1, kind, body)),
		);
		Ok(EventPage {
			events,
			next: self.cursor(next),
			at_end: next == kept.next,
		})
	}

	/// The cursor behind everything that happened.
	pub fn tail(&self) -> String {
		let next = self.kept().next;
		self.cursor(next)
	}

	fn event(&self, next: u64, kind: &str, body: &Value) -> Event {
		Event {
			cursor: self.cursor(next),
			kind: kind.into(),
			body: body.clone(),
		}
	}

	fn cursor(&self, next: u64) -> String {
		paging::cursor(&(&self.run, next))
	}

	fn kept(&self) -> MutexGuard<'_, Kept> {
		// What a thread that panicked left is whole: an event is pushed by one call.
		self.kept.lock().unwrap_or_else(PoisonError::into_inner)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn events_are_read_once_and_whoever_missed_some_is_told() {
		let feed = Feed::new();
		let start = feed.tail();
		for number in 0..5 {
			feed.push("block", json!(number));
		}
		let (mut cursor, mut bodies) = (start.clone(), Vec::new());
		loop {
			let page = feed.page(Some(&cursor), 2).unwrap();
			bodies.extend(page.events.iter().map(|event| event.body.as_u64().unwrap()));
			cursor = page.next;
			if page.at_end {
				break;
			}
		}
		assert_eq!(bodies, [0, 1, 2, 3, 4]);
		assert!(feed.page(Some(&cursor), 2).unwrap().events.is_empty());
		// The cursor of an event goes on behind it.
		let third = feed.page(Some(&start), 3).unwrap().events[2].cursor.clone();
		assert_eq!(feed.page(Some(&third), 1).unwrap().events[0].body, json!(3));

		for number in 0..MAX_EVENTS {
			feed.push("block", json!(number));
		}
		for lost in [&start, &Feed::new().tail()] {
			let page = feed.page(Some(lost), 2).unwrap();
			assert_eq!((page.events[0].kind.as_str(), page.events.len()), ("reset", 2));
			assert_eq!(page.events[1].body, json!(0));
			// It is told once.
			assert_ne!(feed.page(Some(&page.next), 1).unwrap().events[0].kind, "reset");
		}
		assert_eq!(feed.page(None, 1).unwrap().events[0].body, json!(0));
		assert!(feed.page(Some("00"), 1).is_err());
	}
}
