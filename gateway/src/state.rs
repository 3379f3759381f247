// SPDX-License-Identifier: Apache-2.0

use crate::{
	admission::Connection,
	audit::Audit,
	auth::Tokens,
	backend::Backend,
	evidence::EvidenceChain,
	limits::{BodyBudget, Limits},
	problem::Failure,
	watched::Watched,
};
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
use tokio_rustls::TlsAcceptor;

/// What every handler has.
#[derive(Clone)]
pub(crate) struct AppState(Arc<Inner>);

pub(crate) struct Inner {
	pub backend: Arc<dyn Backend>,
	pub tokens: Arc<Watched<Tokens>>,
	/// TLS, where there is one.
	pub tls: Option<Arc<Watched<TlsAcceptor>>>,
	/// Who did or saw what.
	pub audit: Audit,
	pub limits: Limits,
	pub bodies: BodyBudget,
	pub version: String,
	/// What the chain adds to evidence.
	pub chain: Option<Arc<dyn EvidenceChain>>,
	/// Turns true when the gateway stops: streams and long polls end.
	pub stopping: watch::Receiver<bool>,
	/// Requests that were let in and are not answered to the end.
	pub under_way: watch::Sender<usize>,
	/// The OpenAPI document, written once.
	pub openapi: Bytes,
}

impl std::ops::Deref for AppState {
	type Target = Inner;

	fn deref(&self) -> &Inner {
		&self.0
	}
}

impl AppState {
	pub fn new(inner: Inner) -> Self {
		AppState(Arc::new(inner))
	}

	/// Runs a read that may touch the disk on a thread that may block.
	pub async fn read<T, E>(
		&self,
		read: impl FnOnce(&dyn Backend) -> Result<T, E> + Send + 'static,
	) -> Result<T, Failure>
	where
		T: Send + 'static,
		E: Into<Failure> + Send + 'static,
	{
		let backend = self.backend.clone();
		match tokio::task::spawn_blocking(move || read(&*backend)).await {
			Ok(result) => result.map_err(Into::into),
			Err(error) => {
				log::error!("a read ended early: {error}");
				Err(Failure::new(ProblemCode::Internal, "the read ended early"))
			}
		}
	}

	/// Lets a request of this connection in, which counts as under way until what this gives is dropped. Fails when the gateway stops.
	pub fn enter(&self, connection: Option<Arc<Connection>>) -> Result<UnderWay, Failure> {
		// Counted first: a stop that begins now either is seen here or sees the request.
		self.under_way.send_modify(|count| *count += 1);
		if let Some(connection) = &connection {
			connection.begin();
		}
		let under_way = UnderWay {
			state: self.clone(),
			connection,
		};
		if self.is_stopping() {
			let problem = Problem::new(ProblemCode::NotReady, "the node is stopping");
			return Err(Failure::closing(problem.with_retry_after_ms(2_000)));
		}
		Ok(under_way)
	}

	/// What an operator must look at here, beside what the courier says.
	pub fn alarms(&self) -> Vec<String> {
		let tls = self.tls.as_ref().and_then(|tls| tls.fault());
		let mut alarms: Vec<String> = [self.tokens.fault(), tls].into_iter().flatten().collect();
		if self.audit.is_failing() {
			alarms.push("the audit log cannot be written".into());
		}
		alarms
	}

	/// How many requests are under way.
	pub fn under_way(&self) -> usize {
		*self.under_way.borrow()
	}

	/// Waits until no request is under way.
	pub async fn settled(&self) {
		// The sender lives as long as the state.
		let _ = self.under_way.subscribe().wait_for(|count| *count == 0).await;
	}

	/// Whether the gateway stops.
	pub fn is_stopping(&self) -> bool {
		*self.stopping.borrow()
	}

	/// Waits until the gateway stops.
	pub async fn stopped(&self) {
		let mut stopping = self.stopping.clone();
		// An error means that the gateway itself is gone.
		let _ = stopping.wait_for(|stopping| *stopping).await;
	}
}

/// A request that is under way.
pub(crate) struct UnderWay {
	state: AppState,
	connection: Option<Arc<Connection>>,
}

impl Drop for UnderWay {
	fn drop(&mut self) {
		if let Some(connection) = &self.connection {
			connection.end();
		}
		self.state.under_way.send_modify(|count| *count -= 1);
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
