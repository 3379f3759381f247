// SPDX-License-Identifier: Apache-2.0

use crate::{
	auth::Tokens,
	backend::Backend,
	evidence::EvidenceChain,
	limits::{BodyBudget, Limits},
	problem::Failure,
};
use sealane_sdk::types::ProblemCode;
use std::sync::Arc;
use tokio::sync::watch;

/// What every handler has.
#[derive(Clone)]
pub(crate) struct AppState(Arc<Inner>);

pub(crate) struct Inner {
	pub backend: Arc<dyn Backend>,
	pub tokens: Tokens,
	pub limits: Limits,
	pub bodies: BodyBudget,
	pub version: String,
	/// What the chain adds to evidence.
	pub chain: Option<Arc<dyn EvidenceChain>>,
	/// Turns true when the gateway stops: streams and long polls end.
	pub stopping: watch::Receiver<bool>,
	/// The OpenAPI document, written once.
	pub openapi: bytes::Bytes,
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

	/// Waits until the gateway stops.
	pub async fn stopped(&self) {
		let mut stopping = self.stopping.clone();
		// An error means that the gateway itself is gone.
		let _ = stopping.wait_for(|stopping| *stopping).await;
	}
}
