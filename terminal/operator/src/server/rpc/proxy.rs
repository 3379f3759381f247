// SPDX-License-Identifier: Apache-2.0

//! One connection of a page, beside one to the node.

use super::{
	methods::{Allowance, Verdict, MAX_MESSAGE},
	Place,
};
use axum::extract::ws::{CloseFrame, Message, WebSocket};
use bytes::Bytes;
use futures::{
	stream::{SplitSink, SplitStream},
	SinkExt, StreamExt,
};
use sealane_http::UnderWay;
use std::{
	future::Future,
	time::{Duration, Instant},
};
use subxt::ext::jsonrpsee::{
	client_transport::ws::{Url, WsTransportClientBuilder},
	core::client::{ReceivedMessage, TransportReceiverT, TransportSenderT},
};
use tokio::sync::mpsc;

/// Longest message of the node, in bytes: the metadata of a runtime, and a page of state.
const MAX_FROM_NODE: u32 = 16 << 20;
/// Messages that wait for the page; the node is read no further where it does not read.
const QUEUE: usize = 16;
/// How often the page is asked whether it is there, and its user whether it may still come in.
const PING: Duration = Duration::from_secs(20);
/// How long a page may be silent, pongs included.
const SILENCE: Duration = Duration::from_secs(60);
/// How long the node may take to answer a connection.
const CONNECT: Duration = Duration::from_secs(10);

/// WebSocket: the server goes away.
const GOING_AWAY: u16 = 1_001;
/// WebSocket: the page may not.
const POLICY: u16 = 1_008;
/// WebSocket: try again later.
const TRY_AGAIN: u16 = 1_013;

/// What a connection is told of its user, and tells of it.
pub struct User<C, N> {
	/// Whether it may govern.
	pub may_govern: bool,
	/// Whether it may still come in.
	pub check: C,
	/// Notes that it called a method; false where it may not any more, or that cannot be noted.
	pub note: N,
}

/// Passes messages on until one of both ends goes, the user may no longer come in, or the server stops.
pub async fn serve<C, CF, N, NF>(
	socket: WebSocket,
	node: String,
	user: User<C, N>,
	stopped: impl Future<Output = ()>,
	_place: Place,
	_under_way: UnderWay,
) where
	C: Fn() -> CF,
	CF: Future<Output = bool>,
	N: Fn(&'static str) -> NF,
	NF: Future<Output = bool>,
{
	let (sink, stream) = socket.split();
	let builder = WsTransportClientBuilder::default()
		.max_request_size(2 * MAX_MESSAGE as u32)
		.max_response_size(MAX_FROM_NODE)
		.connection_timeout(CONNECT);
	let connected = match Url::parse(&node) {
		Ok(url) => builder.build(url).await.map_err(|error| error.to_string()),
		Err(error) => Err(error.to_string()),
	};
	let (to_node, from_node) = match connected {
		Ok(ends) => ends,
		Err(error) => {
			tracing::warn!("a page's connection to the node failed: {error}");
			return close(sink, TRY_AGAIN, "the node does not answer").await;
		}
	};
	let (to_page, for_page) = mpsc::channel(QUEUE);
	let heard = std::sync::Mutex::new(Instant::now());
	// Each runs to its end by itself: none of them may be begun again in the middle of a message.
	let page = from_page(stream, to_node, to_page.clone(), &user, &heard);
	let node = from_the_node(from_node, to_page.clone());
	let guard = guard(&user, to_page, &heard);
	let mut sink = sink;
	let written = write(&mut sink, for_page);
	let (code, why) = tokio::select! {
		end = page => end,
		end = node => end,
		end = guard => end,
		end = written => end,
		() = stopped => (GOING_AWAY, "the server stops"),
	};
	close(sink, code, why).await;
}

/// Why a connection ends.
type End = (u16, &'static str);

async fn from_page<C, N, NF>(
	mut stream: SplitStream<WebSocket>,
	mut to_node: impl TransportSenderT,
	to_page: mpsc::Sender<Message>,
	user: &User<C, N>,
	heard: &std::sync::Mutex<Instant>,
) -> End
where
	N: Fn(&'static str) -> NF,
	NF: Future<Output = bool>,
{
	let mut allowance = Allowance::new(user.may_govern, Instant::now());
	while let Some(Ok(message)) = stream.next().await {
		*heard.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Instant::now();
		let text = match message {
			Message::Text(text) => text,
			Message::Close(_) => break,
			Message::Binary(_) => return (POLICY, "messages are text"),
			Message::Ping(_) | Message::Pong(_) => continue,
		};
		match allowance.look(&text, Instant::now()) {
			Verdict::Pass { message, noted } => {
				if let Some(method) = noted {
					if !(user.note)(method).await {
						return (POLICY, "the role to govern is gone, or the call cannot be noted");
					}
				}
				if to_node.send(message).await.is_err() {
					return (TRY_AGAIN, "the node went away");
				}
			}
			Verdict::Answer(answer) => {
				// The writer is gone: so is the page.
				if to_page.send(Message::Text(answer.into())).await.is_err() {
					break;
				}
			}
		}
	}
	let _ = to_node.close().await;
	(GOING_AWAY, "")
}

async fn from_the_node(mut from_node: impl TransportReceiverT, to_page: mpsc::Sender<Message>) -> End {
	loop {
		let message = match from_node.receive().await {
			Ok(ReceivedMessage::Text(text)) => Message::Text(text.into()),
			Ok(ReceivedMessage::Bytes(bytes)) => match String::from_utf8(bytes) {
				Ok(text) => Message::Text(text.into()),
				Err(_) => return (TRY_AGAIN, "the node sent no text"),
			},
			Ok(ReceivedMessage::Pong) => continue,
			Err(_) => return (TRY_AGAIN, "the node went away"),
		};
		if to_page.send(message).await.is_err() {
			return (GOING_AWAY, "");
		}
	}
}

/// Ends when the page is silent for too long, or its user may no longer come in.
async fn guard<C, CF, N>(user: &User<C, N>, to_page: mpsc::Sender<Message>, heard: &std::sync::Mutex<Instant>) -> End
where
	C: Fn() -> CF,
	CF: Future<Output = bool>,
{
	loop {
		tokio::time::sleep(PING).await;
		let silent = heard
			.lock()
			.unwrap_or_else(std::sync::PoisonError::into_inner)
			.elapsed();
		if silent > SILENCE {
			return (GOING_AWAY, "the page is silent");
		}
		if !(user.check)().await {
			return (POLICY, "the session is over");
		}
		// One that waits behind others is as good: the page does not read.
		let _ = to_page.try_send(Message::Ping(Bytes::new()));
	}
}

async fn write(sink: &mut SplitSink<WebSocket, Message>, mut for_page: mpsc::Receiver<Message>) -> End {
	while let Some(message) = for_page.recv().await {
		if sink.send(message).await.is_err() {
			break;
		}
	}
	(GOING_AWAY, "")
}

async fn close(mut sink: SplitSink<WebSocket, Message>, code: u16, reason: &'static str) {
	let frame = CloseFrame {
		code,
		reason: reason.into(),
	};
	let _ = tokio::time::timeout(Duration::from_secs(2), async {
		let _ = sink.send(Message::Close(Some(frame))).await;
		let _ = sink.close().await;
	})
	.await;
}
