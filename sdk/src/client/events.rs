// SPDX-License-Identifier: Apache-2.0

use super::{calls::read_event, check, Client};
use crate::{
	sse::{Broken, Frame, Parser},
	types::{Cursor, Event},
	Error,
};
use futures::{stream, Stream, StreamExt};
use reqwest::Response;
use std::{collections::VecDeque, pin::Pin, time::Duration};

/// Longest silence on the stream before it counts as broken. The node sends a heartbeat far more often.
const MAX_SILENCE: Duration = Duration::from_secs(45);

/// Longest pause before the next connection.
const MAX_PAUSE: Duration = Duration::from_secs(10);

/// A stream of events that never ends by itself. See [`Client::events`].
pub type EventStream = Pin<Box<dyn Stream<Item = Result<Event, Error>> + Send>>;

impl Client {
	/// Everything that happens from `cursor` on, as it happens.
	///
	/// The stream connects again whenever the connection breaks or the node restarts, and goes on behind the last event
	/// that it gave out: no event is lost, none comes twice. Only an error that would repeat itself (a wrong token, a
	/// cursor of another node) comes out as an error, and ends the stream.
	///
	/// Keep [`Event::cursor`] together with what you made of the event, and start with it next time.
	pub fn events(&self, cursor: Cursor) -> EventStream {
		let follower = Follower {
			client: self.clone(),
			cursor,
			connection: None,
			ready: VecDeque::new(),
			failures: 0,
		};
		Box::pin(stream::unfold(Some(follower), |state| async {
			let mut follower = state?;
			match follower.next().await {
				Ok(event) => Some((Ok(event), Some(follower))),
				Err(error) => Some((Err(error), None)),
			}
		}))
	}
}

struct Connection {
	bytes: Pin<Box<dyn Stream<Item = reqwest::Result<bytes::Bytes>> + Send>>,
	parser: Parser,
}

struct Follower {
	client: Client,
	cursor: Cursor,
	connection: Option<Connection>,
	ready: VecDeque<Frame>,
	/// Connections in a row that brought no event.
	failures: u32,
}

impl Follower {
	async fn next(&mut self) -> Result<Event, Error> {
		loop {
			if let Some(frame) = self.ready.pop_front() {
				let event = read_event(&frame.data)?;
				self.cursor = event.cursor.clone();
				self.failures = 0;
				return Ok(event);
			}
			match self.read_chunk().await {
				Ok(()) => {}
				Err(error) if error.is_transient() => {
					self.connection = None;
					self.failures = self.failures.saturating_add(1);
					tokio::time::sleep(self.pause(&error)).await;
				}
				Err(error) => return Err(error),
			}
		}
	}

	fn pause(&self, error: &Error) -> Duration {
		self.client.pause(self.failures, error).min(MAX_PAUSE)
	}

	/// Connects where there is no connection, then takes one chunk. A broken connection is dropped and `Ok`: the next
	/// call connects again, with a pause if that fails.
	async fn read_chunk(&mut self) -> Result<(), Error> {
		let connection = match &mut self.connection {
			Some(connection) => connection,
			None => {
				let response = connect(&self.client, &self.cursor).await?;
				self.connection.insert(Connection {
					bytes: Box::pin(response.bytes_stream()),
					parser: Parser::default(),
				})
			}
		};
		let chunk = match tokio::time::timeout(MAX_SILENCE, connection.bytes.next()).await {
			Ok(Some(chunk)) => chunk?,
			// The node closed the stream (it stops), or is silent: both end in a new connection.
			Ok(None) | Err(_) => {
				self.connection = None;
				self.failures = self.failures.saturating_add(1);
				tokio::time::sleep(Duration::from_millis(100)).await;
				return Ok(());
			}
		};
		let mut frames = Vec::new();
		let parsed = connection.parser.feed(&chunk, &mut frames);
		// A heartbeat's id says how far the node has looked without finding an event.
		if let Some(id) = connection
			.parser
			.last_id()
			.filter(|_| frames.is_empty() && self.ready.is_empty())
		{
			if id != self.cursor.as_str() {
				self.cursor = id.into();
			}
		}
		// Events before the broken line are whole.
		self.ready.extend(frames);
		parsed.map_err(|broken| match broken {
			Broken::TooLong => Error::Stream("a line is longer than 1 MiB"),
			Broken::NotUtf8 => Error::Stream("a line is not UTF-8"),
		})
	}
}

async fn connect(client: &Client, cursor: &Cursor) -> Result<Response, Error> {
	let mut url = client.url_of(&["v1", "events"])?;
	url.query_pairs_mut().append_pair("cursor", cursor.as_str());
	// No overall timeout: the stream has no end. Silence is bounded chunk by chunk.
	let request = client
		.http
		.get(url)
		.header(reqwest::header::ACCEPT, "text/event-stream");
	let response = match tokio::time::timeout(MAX_SILENCE, request.send()).await {
		Ok(response) => response?,
		Err(_) => {
			return Err(Error::Status {
				status: 504,
				body: "no answer in 45 s".into(),
			})
		}
	};
	check(response).await
}
