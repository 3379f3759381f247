// SPDX-License-Identifier: Apache-2.0

//! Reader of `text/event-stream` as the HTML standard describes it, as far as a node uses it: `id`, `event`, `data`,
//! `retry` and comments. Fed with chunks cut anywhere.

/// Longest line that a node sends, in bytes; a longer one ends the stream.
const MAX_LINE_BYTES: usize = 1 << 20;

/// One dispatched event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Frame {
	/// The last `id` seen so far.
	pub id: Option<String>,
	/// The `event` field.
	pub event: String,
	/// The `data` lines, joined by line feeds.
	pub data: String,
}

/// Why a stream cannot be read on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Broken {
	/// A line or the data of one event is longer than [`MAX_LINE_BYTES`].
	TooLong,
	/// A line is not UTF-8.
	NotUtf8,
}

/// The state between two chunks.
#[derive(Default)]
pub(crate) struct Parser {
	line: Vec<u8>,
	/// The last chunk ended in a carriage return: a line feed at the start of the next one belongs to it.
	after_return: bool,
	current: Frame,
	has_data: bool,
	/// Milliseconds to wait before the next connection, once the node said so.
	pub retry_ms: Option<u64>,
}

impl Parser {
	/// The last `id`, whether or not an event came with it.
	pub fn last_id(&self) -> Option<&str> {
		self.current.id.as_deref()
	}

	/// Takes the next bytes and appends the events that they complete to `frames`.
	pub fn feed(&mut self, mut chunk: &[u8], frames: &mut Vec<Frame>) -> Result<(), Broken> {
		if self.after_return && !chunk.is_empty() {
			self.after_return = false;
			if chunk[0] == b'\n' {
				chunk = &chunk[1..];
			}
		}
		while let Some(end) = chunk.iter().position(|b| matches!(b, b'\n' | b'\r')) {
			self.append(&chunk[..end])?;
			let line = std::mem::take(&mut self.line);
			self.take_line(&line, frames)?;
			// Keep the allocation for the next line.
			self.line = line;
			self.line.clear();
			let mut next = end + 1;
			if chunk[end] == b'\r' {
				match chunk.get(next) {
					Some(b'\n') => next += 1,
					Some(_) => {}
					None => self.after_return = true,
				}
			}
			chunk = &chunk[next..];
		}
		self.append(chunk)
	}

	fn append(&mut self, bytes: &[u8]) -> Result<(), Broken> {
		if self.line.len() + bytes.len() > MAX_LINE_BYTES {
			return Err(Broken::TooLong);
		}
		self.line.extend_from_slice(bytes);
		Ok(())
	}

	fn take_line(&mut self, line: &[u8], frames: &mut Vec<Frame>) -> Result<(), Broken> {
		if line.is_empty() {
			if self.has_data {
				frames.push(self.current.clone());
			}
			self.has_data = false;
			self.current.data.clear();
			self.current.event.clear();
			return Ok(());
		}
		let line = std::str::from_utf8(line).map_err(|_| Broken::NotUtf8)?;
		let (field, value) = line.split_once(':').unwrap_or((line, ""));
		let value = value.strip_prefix(' ').unwrap_or(value);
		match field {
			"data" => {
				if self.current.data.len() + value.len() > MAX_LINE_BYTES {
					return Err(Broken::TooLong);
				}
				if self.has_data {
					self.current.data.push('\n');
				}
				self.current.data.push_str(value);
				self.has_data = true;
			}
			"event" => self.current.event = value.into(),
			"id" if !value.contains('\0') => self.current.id = Some(value.into()),
			"retry" => self.retry_ms = value.parse().ok().or(self.retry_ms),
			// A comment (empty field name) keeps the connection alive; unknown fields are to be ignored.
			_ => {}
		}
		Ok(())
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	fn read(chunks: &[&[u8]]) -> Vec<Frame> {
		let mut parser = Parser::default();
		let mut frames = Vec::new();
		for chunk in chunks {
			parser.feed(chunk, &mut frames).unwrap();
		}
		frames
	}

	fn frame(id: Option<&str>, event: &str, data: &str) -> Frame {
		Frame {
			id: id.map(Into::into),
			event: event.into(),
			data: data.into(),
		}
	}

	#[test]
	fn reads_id_event_and_data() {
		let frames = read(&[b"retry: 250\n\nid: 5-0\nevent: confirmed\ndata: {\"a\":1}\n\n"]);
		assert_eq!(frames, [frame(Some("5-0"), "confirmed", "{\"a\":1}")]);
	}

	#[test]
	fn comments_and_empty_events_dispatch_nothing() {
		assert_eq!(read(&[b": heartbeat\n\n\n:\n\nevent: x\n\n"]), []);
	}

	#[test]
	fn the_id_stays_for_later_events() {
		let frames = read(&[b"id: 1-0\ndata: a\n\ndata: b\n\n"]);
		assert_eq!(frames, [frame(Some("1-0"), "", "a"), frame(Some("1-0"), "", "b")]);
	}

	#[test]
	fn data_lines_are_joined_and_all_line_ends_count() {
		let frames = read(&[b"data: a\r", b"\ndata:b\rdata:  c\r\n\r\n"]);
		assert_eq!(frames, [frame(None, "", "a\nb\n c")]);
	}

	#[test]
	fn an_event_without_its_empty_line_is_not_dispatched() {
		assert_eq!(read(&[b"data: half"]), []);
	}

	#[test]
	fn a_line_without_end_is_bounded() {
		let mut parser = Parser::default();
		let chunk = vec![b'x'; MAX_LINE_BYTES];
		assert_eq!(parser.feed(&chunk, &mut Vec::new()), Ok(()));
		assert_eq!(parser.feed(b"x", &mut Vec::new()), Err(Broken::TooLong));
	}

	proptest! {
		#[test]
		fn cuts_do_not_matter(text in "([a-z: \r\n]|data: |id: |\n\n){0,40}", cuts in prop::collection::vec(0usize..200, 0..8)) {
			let bytes = text.as_bytes();
			let whole = read(&[bytes]);
			let mut cuts: Vec<usize> = cuts.into_iter().map(|c| c.min(bytes.len())).collect();
			cuts.sort_unstable();
			let mut parts = Vec::new();
			let mut from = 0;
			for cut in cuts {
				parts.push(&bytes[from..cut]);
				from = cut;
			}
			parts.push(&bytes[from..]);
			prop_assert_eq!(read(&parts), whole);
		}

		#[test]
		fn never_panics(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
			let _ = Parser::default().feed(&bytes, &mut Vec::new());
		}
	}
}
