// SPDX-License-Identifier: Apache-2.0

use crate::{
	audit::Audit,
	auth::Tokens,
	backend::{Backend, Courier},
	config::Alarms,
	evidence::EvidenceChain,
	problem::Failure,
};
use bytes::Bytes;
use sealane_http::{
	limits::{BodyBudget, Limits},
	TlsAcceptor, Traffic, Watched,
};
use sealane_sdk::types::{Problem, ProblemCode};
use std::sync::Arc;

/// What every handler has.
#[derive(Clone)]
pub(crate) struct AppState(Arc<Inner>);

pub(crate) struct Inner {
	pub courier: Courier,
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
	/// What else of the node an operator must look at.
	pub node_alarms: Option<Alarms>,
	/// What is under way, and that the gateway stops.
	pub traffic: Traffic,
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

	/// The courier. Fails while it reads its log, and where it could not start.
	pub fn backend(&self) -> Result<Arc<dyn Backend>, Failure> {
		self.courier.running().map_err(|why| {
			let problem = Problem::new(ProblemCode::NotReady, why);
			problem.with_retry_after_ms(2_000).into()
		})
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
		let backend = self.backend()?;
		match tokio::task::spawn_blocking(move || read(&*backend)).await {
			Ok(result) => result.map_err(Into::into),
			Err(error) => {
				log::error!("a read ended early: {error}");
				Err(Failure::new(ProblemCode::Internal, "the read ended early"))
			}
		}
	}

	/// What an operator must look at here, beside what the courier says.
	pub fn alarms(&self) -> Vec<String> {
		let tls = self.tls.as_ref().and_then(|tls| tls.fault());
		let mut alarms: Vec<String> = [self.tokens.fault(), tls].into_iter().flatten().collect();
		if self.audit.is_failing() {
			alarms.push("the audit log cannot be written".into());
		}
		alarms.extend(self.node_alarms.iter().flat_map(|of_node| of_node()));
		alarms
	}
}
