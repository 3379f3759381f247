// SPDX-License-Identifier: Apache-2.0

//! Which requests are under way, and that the service stops.

use crate::{admission::Connection, problem::Failure};
use axum::{body::Body, response::Response};
use bytes::Bytes;
use hyper::body::{Frame, SizeHint};
use sealane_sdk::types::{Problem, ProblemCode};
use std::{
	pin::Pin,
	sync::Arc,
	task::{Context, Poll},
};
use tokio::sync::watch;

/// The requests of a service. Cloning gives the same.
#[derive(Clone, Debug)]
pub struct Traffic {
	/// What serves them, as clients are told: `node`, `terminal`.
	service: &'static str,
	/// Turns true when the service stops: streams and long polls end.
	stopping: watch::Receiver<bool>,
	/// Requests that were let in and are not answered to the end.
	under_way: Arc<watch::Sender<usize>>,
}

impl Traffic {
	/// Of a service that stops when `stopping` turns true.
	pub fn new(service: &'static str, stopping: watch::Receiver<bool>) -> Self {
		Traffic {
			service,
			stopping,
			under_way: Arc::default(),
		}
	}

	/// Lets a request of this connection in, which counts as under way until what this gives is dropped. Fails when the service stops.
	pub fn enter(&self, connection: Option<Arc<Connection>>) -> Result<UnderWay, Failure> {
		// Counted first: a stop that begins now either is seen here or sees the request.
		self.under_way.send_modify(|count| *count += 1);
		if let Some(connection) = &connection {
			connection.begin();
		}
		let under_way = UnderWay {
			traffic: self.clone(),
			connection,
		};
		if self.is_stopping() {
			let problem = Problem::new(ProblemCode::NotReady, format!("the {} is stopping", self.service));
			return Err(Failure::closing(problem.with_retry_after_ms(2_000)));
		}
		Ok(under_way)
	}

	/// How many requests are under way.
	pub fn under_way(&self) -> usize {
		*self.under_way.borrow()
	}

	/// Waits until no request is under way.
	pub async fn settled(&self) {
		// The sender lives as long as this.
		let _ = self.under_way.subscribe().wait_for(|count| *count == 0).await;
	}

	/// Whether the service stops.
	pub fn is_stopping(&self) -> bool {
		*self.stopping.borrow()
	}

	/// Waits until the service stops.
	pub async fn stopped(&self) {
		let mut stopping = self.stopping.clone();
		// An error means that the service itself is gone.
		let _ = stopping.wait_for(|stopping| *stopping).await;
	}
}

/// A request that is under way.
#[derive(Debug)]
pub struct UnderWay {
	traffic: Traffic,
	connection: Option<Arc<Connection>>,
}

impl Drop for UnderWay {
	fn drop(&mut self) {
		if let Some(connection) = &self.connection {
			connection.end();
		}
		self.traffic.under_way.send_modify(|count| *count -= 1);
	}
}

impl UnderWay {
	/// The request stays under way until its answer was written to the end.
	pub fn until_written(self, answer: Response) -> Response {
		answer.map(|body| Body::new(Answer { body, _under_way: self }))
	}
}

/// The body of an answer to a request that is under way.
struct Answer {
	body: Body,
	_under_way: UnderWay,
}

impl hyper::body::Body for Answer {
	type Data = Bytes;
	type Error = axum::Error;

	fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
		Pin::new(&mut self.body).poll_frame(cx)
	}

	fn is_end_stream(&self) -> bool {
		self.body.is_end_stream()
	}

	fn size_hint(&self) -> SizeHint {
		self.body.size_hint()
	}
}
