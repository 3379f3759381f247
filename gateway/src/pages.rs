// SPDX-License-Identifier: Apache-2.0

//! Events and inbox entries as bytes: pages of JSON, and the event stream.
//!
//! Both can be large, so they are written piece by piece as the client reads them. The bodies of orders and answers
//! are put in as they are stored, never written anew: their bytes are what was hashed.

use crate::convert::{cursor, entry_ref, lane_ref, refusal};
use bytes::Bytes;
use sealane_courier::api;
use sealane_sdk::types::{Cursor, EntryRef, EventKind, InboxKind, LaneRef};
use serde::Serialize;

/// An inbox entry without its body.
#[derive(Serialize)]
struct InboxHead<'a> {
	cursor: Cursor,
	kind: InboxKind,
	seller: u32,
	channel: u32,
	interface: &'a str,
	clause_version: u32,
	entry: EntryRef,
	received_at_ms: u64,
	answered: bool,
}

/// An event without the answer that it may carry.
#[derive(Serialize)]
struct EventHead<'a> {
	cursor: Cursor,
	kind: EventKind,
	at_ms: u64,
	#[serde(skip_serializing_if = "Option::is_none")]
	lane: Option<LaneRef>,
	#[serde(skip_serializing_if = "Option::is_none")]
	sequence: Option<u64>,
	#[serde(skip_serializing_if = "Option::is_none")]
	last_sequence: Option<u64>,
	#[serde(skip_serializing_if = "Option::is_none")]
	ordinal: Option<u32>,
	#[serde(skip_serializing_if = "Option::is_none")]
	technical: Option<bool>,
	#[serde(skip_serializing_if = "Option::is_none")]
	count: Option<u32>,
	#[serde(skip_serializing_if = "Option::is_none")]
	anchor: Option<u64>,
	#[serde(skip_serializing_if = "Option::is_none")]
	block: Option<u32>,
	#[serde(skip_serializing_if = "Option::is_none")]
	block_hash: Option<&'a str>,
	#[serde(skip_serializing_if = "Option::is_none")]
	root: Option<&'a str>,
	#[serde(skip_serializing_if = "Option::is_none")]
	reason: Option<&'a str>,
	#[serde(skip_serializing_if = "Option::is_none")]
	by_partner: Option<bool>,
}

/// Appends `head` with `name: body` as its last field.
fn write_with_body(out: &mut Vec<u8>, head: &impl Serialize, name: &str, body: &[u8]) {
	write(out, head);
	// A struct is written as an object with at least one field: its last byte is the brace.
	out.pop();
	out.extend_from_slice(b",\"");
	out.extend_from_slice(name.as_bytes());
	out.extend_from_slice(b"\":");
	// The courier takes nothing but JSON objects; this guards the page against bytes of a partner that it does not
	// look at (text inside unknown fields). Such a body cannot be told in JSON.
	match std::str::from_utf8(body) {
		Ok(_) => out.extend_from_slice(body),
		Err(_) => out.extend_from_slice(b"null"),
	}
	out.push(b'}');
}

fn write(out: &mut Vec<u8>, value: &impl Serialize) {
	// Writing numbers, texts and lists of them into memory does not fail.
	let written = serde_json::to_writer(&mut *out, value);
	debug_assert!(written.is_ok());
}

/// Appends one inbox entry.
pub(crate) fn write_entry(out: &mut Vec<u8>, entry: &api::InboxEntry) {
	let interface = String::from_utf8_lossy(&entry.interface);
	let head = InboxHead {
		cursor: cursor(entry.cursor),
		kind: if entry.registration {
			InboxKind::Registration
		} else {
			InboxKind::Order
		},
		seller: entry.seller,
		channel: entry.channel,
		interface: &interface,
		clause_version: entry.clause_version,
		entry: entry_ref(entry.lane, entry.sequence, entry.ordinal),
		received_at_ms: entry.received_at,
		answered: entry.answered,
	};
	write_with_body(out, &head, "body", &entry.bytes);
}

/// Appends one event.
pub(crate) fn write_event(out: &mut Vec<u8>, event: &api::Event) {
	let mut head = EventHead {
		cursor: cursor(event.cursor),
		kind: kind_of(&event.what),
		at_ms: event.at,
		lane: None,
		sequence: None,
		last_sequence: None,
		ordinal: None,
		technical: None,
		count: None,
		anchor: None,
		block: None,
		block_hash: None,
		root: None,
		reason: None,
		by_partner: None,
	};
	let (root_text, reason_text, hash_text);
	match &event.what {
		api::EventKind::Confirmed {
			confirmation: body,
			lane,
			sequence,
			ordinal,
			technical,
			..
		}
		| api::EventKind::Registered {
			result: body,
			lane,
			sequence,
			ordinal,
			technical,
			..
		} => {
			head.lane = Some(lane_ref(*lane));
			head.sequence = Some(*sequence);
			head.ordinal = Some(*ordinal);
			head.technical = Some(*technical);
			let name = if head.kind == EventKind::Confirmed {
				"confirmation"
			} else {
				"result"
			};
			return write_with_body(out, &head, name, body);
		}
		api::EventKind::Delivered {
			lane,
			first_sequence,
			last_sequence,
		} => {
			head.lane = Some(lane_ref(*lane));
			head.sequence = Some(*first_sequence);
			head.last_sequence = Some(*last_sequence);
		}
		api::EventKind::LaneClosed { lane, refusal: why, at } => {
			head.lane = Some(lane_ref(*lane));
			head.block = Some(*at);
			reason_text = refusal(*why);
			head.reason = Some(&reason_text);
		}
		api::EventKind::LaneReopened { lane, at } => {
			head.lane = Some(lane_ref(*lane));
			head.block = Some(*at);
		}
		api::EventKind::Refused { lane, sequence, what } => {
			head.lane = Some(lane_ref(*lane));
			head.sequence = Some(*sequence);
			head.by_partner = Some(what.by_partner);
			head.reason = Some(what.code);
			head.block = Some(what.last.number);
			hash_text = hex::encode(what.last.hash);
			head.block_hash = Some(&hash_text);
			head.count = Some(u32::try_from(what.count).unwrap_or(u32::MAX));
		}
		api::EventKind::BlockAbandoned {
			lane,
			first_sequence,
			last_sequence,
			block,
		} => {
			head.lane = Some(lane_ref(*lane));
			head.sequence = Some(*first_sequence);
			head.last_sequence = Some(*last_sequence);
			head.block = Some(block.number);
			hash_text = hex::encode(block.hash);
			head.block_hash = Some(&hash_text);
		}
		api::EventKind::BatchDisputed { lane, sequence } => {
			head.lane = Some(lane_ref(*lane));
			head.sequence = Some(*sequence);
		}
		api::EventKind::BatchUnsigned { lane, sequence, reason } => {
			head.lane = Some(lane_ref(*lane));
			head.sequence = Some(*sequence);
			head.reason = Some(reason);
		}
		api::EventKind::BatchCompleted { lane, sequence } => {
			head.lane = Some(lane_ref(*lane));
			head.sequence = Some(*sequence);
		}
		api::EventKind::AnchorCut {
			sequence,
			root,
			batches,
		} => {
			head.anchor = Some(*sequence);
			head.count = Some(*batches);
			root_text = hex::encode(root);
			head.root = Some(&root_text);
		}
		api::EventKind::AnchorFinalised { sequence, block } => {
			head.anchor = Some(*sequence);
			head.block = Some(*block);
		}
	}
	write(out, &head);
}

fn kind_of(what: &api::EventKind) -> EventKind {
	match what {
		api::EventKind::Confirmed { .. } => EventKind::Confirmed,
		api::EventKind::Registered { .. } => EventKind::Registered,
		api::EventKind::Delivered { .. } => EventKind::Delivered,
		api::EventKind::LaneClosed { .. } => EventKind::LaneClosed,
		api::EventKind::LaneReopened { .. } => EventKind::LaneReopened,
		api::EventKind::Refused { .. } => EventKind::Refused,
		api::EventKind::BlockAbandoned { .. } => EventKind::BlockAbandoned,
		api::EventKind::BatchDisputed { .. } => EventKind::BatchDisputed,
		api::EventKind::BatchUnsigned { .. } => EventKind::BatchUnsigned,
		api::EventKind::BatchCompleted { .. } => EventKind::BatchCompleted,
		api::EventKind::AnchorCut { .. } => EventKind::AnchorCut,
		api::EventKind::AnchorFinalised { .. } => EventKind::AnchorFinalised,
	}
}

/// The page as the event stream sends it: `id`, `event` and `data` of each event.
pub(crate) fn sse_events(events: &[api::Event]) -> Bytes {
	let mut out = Vec::with_capacity(events.len() * 384);
	let mut data = Vec::with_capacity(512);
	for event in events {
		data.clear();
		write_event(&mut data, event);
		out.extend_from_slice(b"id: ");
		out.extend_from_slice(event.cursor.to_string().as_bytes());
		out.extend_from_slice(b"\nevent: ");
		out.extend_from_slice(kind_of(&event.what).as_str().as_bytes());
		out.extend_from_slice(b"\ndata: ");
		// A body may hold line ends as white space; in the stream each begins a new `data` line.
		let mut from = 0;
		for end in memchr::memchr2_iter(b'\n', b'\r', &data) {
			out.extend_from_slice(&data[from..end]);
			out.extend_from_slice(b"\ndata: ");
			from = end + 1;
		}
		out.extend_from_slice(&data[from..]);
		out.extend_from_slice(b"\n\n");
	}
	out.into()
}

/// What the stream sends when nothing happened: how far the node has looked.
pub(crate) fn sse_heartbeat(at: api::Cursor) -> Bytes {
	format!("id: {at}\n: heartbeat\n\n").into()
}

/// The end of a page that began with `{"<list>":[`.
pub(crate) fn page_end(next: api::Cursor, at_end: bool) -> Bytes {
	format!("],\"next\":\"{next}\",\"at_end\":{at_end}}}").into()
}

#[cfg(test)]
mod tests {
	use super::*;
	use sealane_primitives::directory::Refusal;
	use sealane_sdk::types::{Event, EventPage, InboxEntry, InboxPage};

	const LANE: api::LaneId = api::LaneId {
		channel: 1,
		from: 2,
		to: 3,
	};

	fn event(what: api::EventKind) -> api::Event {
		api::Event {
			cursor: api::Cursor { position: 77, entry: 4 },
			at: 99,
			what,
		}
	}

	fn confirmed(body: &'static str) -> api::Event {
		event(api::EventKind::Confirmed {
			confirmation: Bytes::from_static(body.as_bytes()),
			channel: 1,
			lane: LANE,
			sequence: 5,
			ordinal: 6,
			technical: false,
		})
	}

	#[test]
	fn every_event_is_read_by_the_client() {
		let lane = LaneRef {
			channel: 1,
			from: 2,
			to: 3,
		};
		let events = [
			confirmed(r#"{ "order" : "A" ,"outcome":"accepted"}"#),
			event(api::EventKind::Registered {
				result: Bytes::from_static(br#"{"order":"R","outcome":"rejected"}"#),
				channel: 1,
				lane: LANE,
				sequence: 5,
				ordinal: 0,
				technical: true,
			}),
			event(api::EventKind::Delivered {
				lane: LANE,
				first_sequence: 8,
				last_sequence: 9,
			}),
			event(api::EventKind::LaneClosed {
				lane: LANE,
				refusal: Refusal::KindNotGranted,
				at: 12,
			}),
			event(api::EventKind::LaneReopened { lane: LANE, at: 13 }),
			event(api::EventKind::Refused {
				lane: LANE,
				sequence: 18,
				what: api::RefusalState {
					at: 1,
					by_partner: true,
					code: "chain.revoked",
					first: api::BlockRef {
						number: 19,
						hash: [0x11; 32],
					},
					last: api::BlockRef {
						number: 20,
						hash: [0xcd; 32],
					},
					count: 21,
				},
			}),
			event(api::EventKind::BlockAbandoned {
				lane: LANE,
				first_sequence: 22,
				last_sequence: 23,
				block: api::BlockRef {
					number: 24,
					hash: [0xef; 32],
				},
			}),
			event(api::EventKind::BatchDisputed {
				lane: LANE,
				sequence: 14,
			}),
			event(api::EventKind::BatchUnsigned {
				lane: LANE,
				sequence: 14,
				reason: "forged",
			}),
			event(api::EventKind::BatchCompleted {
				lane: LANE,
				sequence: 14,
			}),
			event(api::EventKind::AnchorCut {
				sequence: 15,
				root: [0xab; 32],
				batches: 16,
			}),
			event(api::EventKind::AnchorFinalised {
				sequence: 15,
				block: 17,
			}),
		];
		let mut page = b"{\"events\":[".to_vec();
		for (place, event) in events.iter().enumerate() {
			if place > 0 {
				page.push(b',');
			}
			write_event(&mut page, event);
		}
		page.extend_from_slice(&page_end(api::Cursor { position: 78, entry: 0 }, true));
		let page: EventPage = serde_json::from_slice(&page).unwrap();
		assert_eq!((page.next.as_str(), page.at_end), ("78-0", true));
		let [confirmed, registered, delivered, closed, reopened, refused, abandoned, disputed, unsigned, completed, cut, finalised] =
			&page.events[..]
		else {
			panic!("{} events", page.events.len());
		};
		assert!(page
			.events
			.iter()
			.all(|e| e.cursor.as_str() == "77-4" && e.at_ms == 99 && e.extra.is_empty()));
		assert_eq!(
			confirmed.confirmation.as_ref().unwrap().get(),
			r#"{ "order" : "A" ,"outcome":"accepted"}"#
		);
		assert_eq!(
			(confirmed.lane, confirmed.sequence, confirmed.ordinal),
			(Some(lane), Some(5), Some(6))
		);
		assert_eq!((registered.technical, registered.result.is_some()), (Some(true), true));
		assert_eq!((delivered.sequence, delivered.last_sequence), (Some(8), Some(9)));
		assert_eq!(
			(closed.reason.as_deref(), closed.block),
			(Some("kind_not_granted"), Some(12))
		);
		assert_eq!((reopened.kind, reopened.block), (EventKind::LaneReopened, Some(13)));
		assert_eq!(
			(refused.kind, refused.sequence, refused.count, refused.block),
			(EventKind::Refused, Some(18), Some(21), Some(20))
		);
		assert_eq!(
			(refused.reason.as_deref(), refused.by_partner),
			(Some("chain.revoked"), Some(true))
		);
		assert_eq!(refused.block_hash, Some("cd".repeat(32)));
		assert_eq!(
			(
				abandoned.kind,
				abandoned.sequence,
				abandoned.last_sequence,
				abandoned.block
			),
			(EventKind::BlockAbandoned, Some(22), Some(23), Some(24))
		);
		assert_eq!(abandoned.block_hash, Some("ef".repeat(32)));
		assert_eq!((disputed.kind, disputed.sequence), (EventKind::BatchDisputed, Some(14)));
		assert_eq!(
			(unsigned.kind, unsigned.sequence, unsigned.reason.as_deref()),
			(EventKind::BatchUnsigned, Some(14), Some("forged"))
		);
		assert_eq!(
			(completed.kind, completed.sequence),
			(EventKind::BatchCompleted, Some(14))
		);
		assert_eq!(
			(cut.anchor, cut.count, cut.root.as_deref()),
			(Some(15), Some(16), Some(&*"ab".repeat(32)))
		);
		assert_eq!((finalised.anchor, finalised.block), (Some(15), Some(17)));
	}

	#[test]
	fn line_ends_inside_an_answer_do_not_break_the_stream() {
		let text =
			String::from_utf8(sse_events(&[confirmed("{\n \"order\":\"A\",\r\n \"outcome\":\"partial\"}")]).to_vec())
				.unwrap();
		assert!(text.starts_with("id: 77-4\nevent: confirmed\ndata: {"), "{text}");
		assert!(text.ends_with("}\n\n"));
		let data: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("data: ")).collect();
		let event: Event = serde_json::from_str(&data.join("\n")).unwrap();
		assert_eq!(event.read_confirmation().unwrap().unwrap().order, "A");
	}

	#[test]
	fn an_inbox_entry_is_read_by_the_client() {
		let entry = api::InboxEntry {
			cursor: api::Cursor { position: 1, entry: 2 },
			bytes: Bytes::from_static(br#"{"id": "A" }"#),
			registration: false,
			channel: 1,
			seller: 9,
			interface: b"X.\"FUNDS".to_vec().try_into().unwrap(),
			clause_version: 7,
			lane: LANE,
			sequence: 3,
			ordinal: 4,
			received_at: 5,
			answered: true,
		};
		let mut page = b"{\"entries\":[".to_vec();
		write_entry(&mut page, &entry);
		page.extend_from_slice(&page_end(api::Cursor::default(), false));
		let page: InboxPage = serde_json::from_slice(&page).unwrap();
		let read: &InboxEntry = &page.entries[0];
		assert_eq!(
			(read.body.get(), read.interface.as_str()),
			(r#"{"id": "A" }"#, "X.\"FUNDS")
		);
		assert_eq!((read.seller, read.clause_version, read.answered), (9, 7, true));
		assert_eq!(
			read.entry,
			EntryRef {
				channel: 1,
				from: 2,
				to: 3,
				sequence: 3,
				ordinal: 4
			}
		);
	}

	#[test]
	fn a_body_that_is_not_utf8_does_not_break_the_page() {
		let mut entry = Vec::new();
		write_event(
			&mut entry,
			&event(api::EventKind::Confirmed {
				confirmation: Bytes::from_static(b"{\"order\":\"\xff\"}"),
				channel: 1,
				lane: LANE,
				sequence: 5,
				ordinal: 6,
				technical: false,
			}),
		);
		let read: serde_json::Value = serde_json::from_slice(&entry).unwrap();
		assert!(read["confirmation"].is_null());
	}
}
