// SPDX-License-Identifier: Apache-2.0

//! The bytes of an event stream, bounded: the parser behind it keeps what it has not dispatched yet.

use futures::{Stream, StreamExt};

/// Most bytes from one empty line to the next. A node sends far fewer; more of them are no event.
pub(crate) const MAX_EVENT_BYTES: usize = 2 << 20;

/// Why the bytes ended.
#[derive(Debug)]
pub(crate) enum Cut<E> {
	/// The connection broke.
	Transport(E),
	/// One event has more than [`MAX_EVENT_BYTES`].
	TooLong,
}

/// The same bytes, until an event is too long.
pub(crate) fn bounded<B, E>(bytes: impl Stream<Item = Result<B, E>>) -> impl Stream<Item = Result<B, Cut<E>>>
where
	B: AsRef<[u8]>,
{
	// Bytes since the last empty line, and whether the line at hand has none yet.
	let (mut since, mut line_is_empty) = (0usize, true);
	bytes.map(move |chunk| {
		let chunk = chunk.map_err(Cut::Transport)?;
		for byte in chunk.as_ref() {
			since += 1;
			match byte {
				b'\n' if line_is_empty => since = 0,
				b'\n' => line_is_empty = true,
				b'\r' => {}
				_ => line_is_empty = false,
			}
			if since > MAX_EVENT_BYTES {
				return Err(Cut::TooLong);
			}
		}
		Ok(chunk)
	})
}

#[cfg(test)]
mod tests {
	use super::*;
	use eventsource_stream::{Event, EventStreamError, Eventsource};
	use futures::{executor::block_on, stream};
	use proptest::prelude::*;

	fn read(chunks: Vec<Vec<u8>>) -> Vec<Event> {
		let bytes = stream::iter(chunks.into_iter().map(Ok::<_, ()>));
		block_on(
			bounded(bytes)
				.eventsource()
				.take_while(|event| futures::future::ready(event.is_ok()))
				.map(|event| event.expect("errors end the stream above"))
				.collect(),
		)
	}

	fn ids(events: &[Event]) -> Vec<&str> {
		events.iter().map(|event| event.id.as_str()).collect()
	}

	const STREAM: &[u8] =
		b"retry: 250\n\n: heartbeat\n\nid: 10-0\nevent: confirmed\ndata: {\"a\":1}\n\nid: 20-0\nid: 20-0\ndata: {\"a\":2}\n\n";

	#[test]
	fn an_event_that_breaks_off_gives_no_id() {
		// Cut at every byte: an event is given out whole or not at all, so that whoever connects again asks behind the last whole one.
		for cut in 0..=STREAM.len() {
			let expected: &[&str] = match cut {
				0..=65 => &[],
				66..=98 => &["10-0"],
				_ => &["10-0", "20-0"],
			};
			assert_eq!(ids(&read(vec![STREAM[..cut].to_vec()])), expected, "cut at {cut}");
		}
	}

	#[test]
	fn an_event_without_end_is_cut() {
		let chunks = vec![vec![b'x'; MAX_EVENT_BYTES], vec![b'x']];
		let bytes = stream::iter(chunks.into_iter().map(Ok::<_, ()>));
		let ended: Vec<_> = block_on(bounded(bytes).eventsource().collect());
		assert!(matches!(
			ended.first(),
			Some(Err(EventStreamError::Transport(Cut::TooLong)))
		));
		// Many short lines without an empty one are no way around it.
		let chunks = vec![b"data: x\n".to_vec(); MAX_EVENT_BYTES / 8 + 1];
		let bytes = stream::iter(chunks.into_iter().map(Ok::<_, ()>));
		assert!(block_on(
			bounded(bytes).any(|chunk| futures::future::ready(chunk.is_err()))
		));
	}

	proptest! {
		#[test]
		fn cuts_do_not_matter(text in "([a-z: \r\n]|data: |id: |\n\n){0,40}", cuts in prop::collection::vec(0usize..200, 0..8)) {
			let bytes = text.as_bytes();
			let whole = read(vec![bytes.to_vec()]);
			let mut cuts: Vec<usize> = cuts.into_iter().map(|c| c.min(bytes.len())).collect();
			cuts.sort_unstable();
			let mut parts = Vec::new();
			let mut from = 0;
			for cut in cuts {
				parts.push(bytes[from..cut].to_vec());
				from = cut;
			}
			parts.push(bytes[from..].to_vec());
			prop_assert_eq!(read(parts), whole);
		}

		#[test]
		fn never_panics(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
			read(vec![bytes]);
		}
	}
}
