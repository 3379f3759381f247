// SPDX-License-Identifier: Apache-2.0

//! The connection to a node. It is made again where it ends; what is asked meanwhile is told since when there is none.

use crate::{
	chain::{ChainClient, ChainError},
	error::{Error, Result},
};
use sealane_sdk::types::{Problem, ProblemCode};
use sealane_service::Failure;
use sealane_terminal_core::db::now_ms;
use serde::Serialize;
use std::{
	future::Future,
	sync::{PoisonError, RwLock},
	time::Duration,
};
use tokio::sync::{Semaphore, SemaphorePermit};
use utoipa::ToSchema;

/// Questions that the node is asked at the same time.
const MAX_ASKED: usize = 8;
/// How long a question may take.
pub const TIMEOUT: Duration = Duration::from_secs(20);

/// Whether there is a connection, and since when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LinkState {
	/// The node: its host and port.
	pub url: String,
	/// Whether it answers.
	pub connected: bool,
	/// Since when that is so, Unix ms.
	pub since: i64,
	/// Why it does not.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub fault: Option<String>,
}

/// The connection to one of several nodes.
pub struct NodeLink {
	urls: Vec<String>,
	at: RwLock<(LinkState, Option<ChainClient>)>,
	asked: Semaphore,
}

impl NodeLink {
	/// To one of these nodes, tried in their order; there is no connection yet.
	///
	/// # Errors
	/// None is given.
	pub fn new(urls: Vec<String>) -> Result<Self> {
		let first = urls
			.first()
			.ok_or_else(|| Error::invalid("node", "", "at least one URL"))?;
		let state = LinkState {
			url: place(first),
			connected: false,
			since: now_ms(),
			fault: Some("it was not reached yet".into()),
		};
		Ok(NodeLink {
			at: RwLock::new((state, None)),
			asked: Semaphore::new(MAX_ASKED),
			urls,
		})
	}

	/// The URL that an attempt of this number is for.
	pub fn url(&self, attempt: usize) -> &str {
		&self.urls[attempt % self.urls.len()]
	}

	/// The URL of the node that is connected.
	pub fn connected_url(&self) -> std::result::Result<String, Failure> {
		Ok(self.chain()?.url().to_string())
	}

	/// Whether there is a connection, and since when.
	pub fn state(&self) -> LinkState {
		self.at.read().unwrap_or_else(PoisonError::into_inner).0.clone()
	}

	/// The node answers.
	pub fn up(&self, chain: ChainClient) {
		let state = LinkState {
			url: place(chain.url()),
			connected: true,
			since: now_ms(),
			fault: None,
		};
		*self.at.write().unwrap_or_else(PoisonError::into_inner) = (state, Some(chain));
	}

	/// It does not. Says whether it did until now.
	pub fn down(&self, url: &str, fault: &str) -> bool {
		let mut at = self.at.write().unwrap_or_else(PoisonError::into_inner);
		let was = at.0.connected;
		at.1 = None;
		at.0 = LinkState {
			url: place(url),
			connected: false,
			since: if was { now_ms() } else { at.0.since },
			fault: Some(fault.into()),
		};
		was
	}

	/// The node, where it answers.
	///
	/// # Errors
	/// It does not: since when, and why.
	pub fn chain(&self) -> std::result::Result<ChainClient, Failure> {
		let at = self.at.read().unwrap_or_else(PoisonError::into_inner);
		at.1.clone().ok_or_else(|| {
			let seconds = now_ms().saturating_sub(at.0.since) / 1_000;
			let fault = at.0.fault.as_deref().unwrap_or("no connection");
			not_ready(format!(
				"the node {} does not answer, for {seconds} s now: {fault}",
				at.0.url
			))
		})
	}

	/// Waits until there is room for one more question.
	pub async fn turn(&self) -> Option<SemaphorePermit<'_>> {
		// Nobody closes the semaphore.
		self.asked.acquire().await.ok()
	}

	/// Asks the node, when it is this question's turn.
	///
	/// # Errors
	/// It does not answer, not in time, or with an error.
	pub async fn ask<T, F>(&self, question: impl FnOnce(ChainClient) -> F) -> std::result::Result<T, Failure>
	where
		F: Future<Output = std::result::Result<T, ChainError>>,
	{
		let chain = self.chain()?;
		let answer = tokio::time::timeout(TIMEOUT, async {
			let _turn = self.turn().await;
			question(chain).await
		});
		match answer.await {
			Ok(answer) => answer.map_err(failed),
			Err(_) => Err(not_ready(format!(
				"the node did not answer within {} s",
				TIMEOUT.as_secs()
			))),
		}
	}
}

/// The problem document of a node that does not answer.
pub fn not_ready(detail: String) -> Failure {
	Problem::new(ProblemCode::NotReady, detail)
		.with_retry_after_ms(2_000)
		.into()
}

/// The problem document of an error of the chain.
pub fn failed(error: ChainError) -> Failure {
	match error {
		ChainError::Unreachable { .. } => not_ready(error.to_string()),
		ChainError::Invalid { field, value, rule } => {
			Problem::new(ProblemCode::InvalidField, format!("{value:?}: {rule}"))
				.with_field(field)
				.into()
		}
		ChainError::NotFound { .. } => Failure::new(ProblemCode::NotFound, error.to_string()),
		ChainError::NotIncluded { .. } | ChainError::Failed { .. } => {
			Failure::new(ProblemCode::WrongState, error.to_string())
		}
		ChainError::Key { .. } => Failure::new(ProblemCode::InvalidField, error.to_string()),
		ChainError::Mismatch(_) => Failure::new(ProblemCode::NotReady, error.to_string()),
	}
}

/// Host and port of a URL: what may stand in it besides is nobody's business.
fn place(url: &str) -> String {
	let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
	let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
	authority.rsplit('@').next().unwrap_or_default().into()
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_node_is_named_without_what_is_secret_in_its_url() {
		assert_eq!(
			place("wss://user:pass@node.example:9944/path?token=1"),
			"node.example:9944"
		);
		assert_eq!(place("ws://[::1]:9944"), "[::1]:9944");
	}

	#[tokio::test]
	async fn what_is_asked_of_a_node_that_is_away_is_told_since_when() {
		let link = NodeLink::new(vec!["ws://127.0.0.1:1".into(), "ws://127.0.0.1:2".into()]).unwrap();
		assert_eq!((link.url(0), link.url(3)), ("ws://127.0.0.1:1", "ws://127.0.0.1:2"));
		assert!(!link.down("ws://127.0.0.1:2", "refused"), "it was none before");
		let failure = link
			.ask(|chain| async move { chain.best_block().await })
			.await
			.unwrap_err();
		let problem = failure.problem();
		assert_eq!(problem.code, ProblemCode::NotReady);
		assert!(
			problem.detail.contains("127.0.0.1:2 does not answer") && problem.detail.contains("refused"),
			"{problem:?}"
		);
		assert!(NodeLink::new(Vec::new()).is_err());
	}
}
