// SPDX-License-Identifier: Apache-2.0

use super::{calls::read_event, check, Client};
use crate::{
	sse::{bounded, Cut},
	types::{Cursor, Event},
	Error,
};
use eventsource_stream::{EventStreamError, Eventsource};
use futures::{stream, Stream, StreamExt};
use reqwest::Response;
use std::{pin::Pin, time::Duration};

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

/// What a connection brings: whole events. One that broke off is none, and has not moved the cursor.
type Frames =
	Pin<Box<dyn Stream<Item = Result<eventsource_stream::Event, EventStreamError<Cut<reqwest::Error>>>> + Send>>;

struct Follower {
	client: Client,
	cursor: Cursor,
	connection: Option<Frames>,
	/// Connections in a row that brought no event.
	failures: u32,
}

impl Follower {
	async fn next(&mut self) -> Result<Event, Error> {
		loop {
			match self.frame().await {
				Ok(Some(frame)) => {
					let event = read_event(&frame.data)?;
					self.cursor = event.cursor.clone();
					self.failures = 0;
					return Ok(event);
				}
				Ok(None) => {
					self.failures = self.failures.saturating_add(1);
					tokio::time::sleep(Duration::from_millis(100)).await;
				}
				Err(error) if error.is_transient() => {
					self.connection = None;
					self.failures = self.failures.saturating_add(1);
					let pause = self.client.pause(self.failures, &error).min(MAX_PAUSE);
					self.client.tell(self.failures, &error, pause);
					tokio::time::sleep(pause).await;
				}
				Err(error) => return Err(error),
			}
		}
	}

	/// Connects where there is no connection, then waits for one event; none where the node closed the stream (it stops) or is
	/// silent: both end in a new connection.
	async fn frame(&mut self) -> Result<Option<eventsource_stream::Event>, Error> {
		let connection = match &mut self.connection {
			Some(connection) => connection,
			None => {
				let response = connect(&self.client, &self.cursor).await?;
				// Silence is measured chunk by chunk: heartbeats are no events, but signs of life.
				let bytes = until_silent(response.bytes_stream());
				self.connection.insert(Box::pin(bounded(bytes).eventsource()))
			}
		};
		match connection.next().await {
			Some(Ok(frame)) => Ok(Some(frame)),
			None => {
				self.connection = None;
				Ok(None)
			}
			Some(Err(EventStreamError::Transport(Cut::Transport(error)))) => Err(error.into()),
			Some(Err(EventStreamError::Transport(Cut::TooLong))) => Err(Error::Stream("an event is longer than 2 MiB")),
			Some(Err(EventStreamError::Utf8(_))) => Err(Error::Stream("a line is not UTF-8")),
			Some(Err(EventStreamError::Parser(_))) => Err(Error::Stream("a line is none of an event")),
		}
	}
}

/// The same chunks; ends after [`MAX_SILENCE`] without one.
fn until_silent<T>(chunks: impl Stream<Item = T> + Send + 'static) -> impl Stream<Item = T> + Send {
	stream::unfold(Box::pin(chunks), |mut chunks| async move {
		match tokio::time::timeout(MAX_SILENCE, chunks.next()).await {
			Ok(Some(chunk)) => Some((chunk, chunks)),
			Ok(None) | Err(_) => None,
		}
	})
}

async fn connect(client: &Client, cursor: &Cursor) -> Result<Response, Error> {
	client.look_again();
	let mut url = client.url_of(&["v1", "events"])?;
	url.query_pairs_mut().append_pair("cursor", cursor.as_str());
	// No overall timeout: the stream has no end. Silence is bounded chunk by chunk.
	let request = client
		.http
		.get(url)
		.header(reqwest::header::AUTHORIZATION, client.bearer())
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
