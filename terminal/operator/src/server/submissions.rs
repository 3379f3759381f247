// SPDX-License-Identifier: Apache-2.0

//! Extrinsics that were signed elsewhere: handed in once, followed until they are final, kept for those who look later.

use super::{link::failed, state::Shared};
use crate::chain::{ChainError, Submitted, Until};
use sealane_sdk::types::{Problem, ProblemCode};
use sealane_service::Failure;
use sealane_terminal_core::db::now_ms;
use serde::Serialize;
use serde_json::json;
use sp_crypto_hashing::blake2_256;
use std::{
	collections::VecDeque,
	sync::{Arc, Mutex, MutexGuard, PoisonError},
	time::Duration,
};
use tokio::sync::watch;
use utoipa::ToSchema;

/// Extrinsics that are kept.
const MAX_KEPT: usize = 256;
/// Of these, most that are not final.
const MAX_OPEN: usize = 32;
/// How long one is followed; a signature holds for half as long.
const FOLLOWED_FOR: Duration = Duration::from_secs(2 * 68 * 60);
/// Events that no person reads: what every extrinsic has.
const NOISE: [&str; 2] = ["System", "TransactionPayment"];

/// Where an extrinsic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SubmissionState {
	/// It was handed to the node.
	Submitted,
	/// It is in a final block and took effect.
	Final,
	/// It is in a final block and took no effect: its call failed.
	Failed,
	/// It never made it into a block, as far as is known: it may be handed in again.
	Refused,
}

/// An extrinsic that was signed elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Submission {
	/// BLAKE2b-256 of the extrinsic.
	pub hash: String,
	/// What its file says that it is; nothing proves it.
	pub name: String,
	/// Who handed it in.
	pub by: String,
	/// When, Unix ms.
	pub at: i64,
	/// Where it is.
	pub state: SubmissionState,
	/// Hash of the final block in which it took effect.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub block: Option<String>,
	/// What happened, in words.
	pub events: Vec<String>,
	/// Why it took no effect.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub error: Option<String>,
}

/// Those of this run of the server.
#[derive(Default)]
pub struct Submissions(Mutex<VecDeque<watch::Sender<Submission>>>);

impl Submissions {
	/// The newest, newest first.
	pub fn list(&self) -> Vec<Submission> {
		self.kept().iter().rev().map(|kept| kept.borrow().clone()).collect()
	}

	/// One by its hash, to be followed.
	pub fn get(&self, hash: &str) -> Option<watch::Receiver<Submission>> {
		let kept = self.kept();
		let found = kept.iter().rev().find(|kept| kept.borrow().hash == hash);
		found.map(watch::Sender::subscribe)
	}

	/// Puts one in, unless it is there and was not refused.
	fn put(&self, submission: Submission) -> Result<Put, Failure> {
		let mut kept = self.kept();
		let known = kept.iter().position(|kept| kept.borrow().hash == submission.hash);
		if let Some(known) = known {
			let is_over = kept[known].borrow().state == SubmissionState::Refused;
			if !is_over {
				return Ok(Put::Known(kept[known].subscribe()));
			}
			// What was refused may be handed in again: the node may have been away.
			kept.remove(known);
		}
		let is_open = |kept: &&watch::Sender<Submission>| kept.borrow().state == SubmissionState::Submitted;
		if kept.iter().filter(is_open).count() >= MAX_OPEN {
			let detail = format!("{MAX_OPEN} extrinsics are not final yet");
			let problem = Problem::new(ProblemCode::Busy, detail).with_retry_after_ms(10_000);
			return Err(problem.into());
		}
		if kept.len() >= MAX_KEPT {
			let oldest = kept
				.iter()
				.position(|kept| kept.borrow().state != SubmissionState::Submitted);
			oldest.and_then(|oldest| kept.remove(oldest));
		}
		let sender = watch::Sender::new(submission);
		kept.push_back(sender.clone());
		Ok(Put::New(sender))
	}

	fn kept(&self) -> MutexGuard<'_, VecDeque<watch::Sender<Submission>>> {
		self.0.lock().unwrap_or_else(PoisonError::into_inner)
	}
}

enum Put {
	Known(watch::Receiver<Submission>),
	New(watch::Sender<Submission>),
}

/// Hands an extrinsic in, and waits up to `wait` for what comes of it. The same one again is followed, not handed in again.
///
/// # Errors
/// The node does not answer, or too many are open.
pub async fn submit(
	shared: &Arc<Shared>,
	name: String,
	by: String,
	extrinsic: Vec<u8>,
	wait: Duration,
) -> Result<Submission, Failure> {
	let chain = shared.link.chain()?;
	let submission = Submission {
		hash: format!("0x{}", hex::encode(blake2_256(&extrinsic))),
		name: name.clone(),
		by,
		at: now_ms(),
		state: SubmissionState::Submitted,
		block: None,
		events: Vec::new(),
		error: None,
	};
	let receiver = match shared.submissions.put(submission)? {
		Put::Known(receiver) => receiver,
		Put::New(sender) => {
			let (receiver, shared) = (sender.subscribe(), shared.clone());
			// Whoever waits may go: the extrinsic is followed all the same.
			tokio::spawn(async move {
				let followed = chain.submit_signed(&name, extrinsic, Until::Finalised);
				let outcome = tokio::time::timeout(FOLLOWED_FOR, followed).await;
				let outcome = outcome.unwrap_or_else(|_| {
					Err(ChainError::NotIncluded {
						call: name,
						reason: "it was not final in time; look at the chain whether it took effect".into(),
					})
				});
				sender.send_modify(|submission| settle(submission, outcome));
				shared.feed.push("submission", json!(*sender.borrow()));
			});
			receiver
		}
	};
	Ok(settled(receiver, wait).await)
}

/// An extrinsic as it is when it is settled, or when the time is over.
pub async fn settled(mut receiver: watch::Receiver<Submission>, wait: Duration) -> Submission {
	let is_settled = |submission: &Submission| submission.state != SubmissionState::Submitted;
	// Over in time or not: what is there is the answer.
	let _ = tokio::time::timeout(wait, receiver.wait_for(is_settled)).await;
	let submission = receiver.borrow().clone();
	submission
}

fn settle(submission: &mut Submission, outcome: Result<Submitted, ChainError>) {
	match outcome {
		Ok(submitted) => {
			let told = submitted
				.events
				.iter()
				.filter(|event| !NOISE.contains(&event.pallet.as_str()));
			submission.events = told.map(ToString::to_string).collect();
			submission.block = Some(format!("0x{}", hex::encode(submitted.block)));
			submission.state = SubmissionState::Final;
		}
		Err(error) => {
			submission.state = match error {
				ChainError::Failed { .. } => SubmissionState::Failed,
				_ => SubmissionState::Refused,
			};
			submission.error = Some(failed(error).problem().detail.to_string());
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn submission(number: u32) -> Submission {
		Submission {
			hash: number.to_string(),
			name: "vote".into(),
			by: "li".into(),
			at: 1,
			state: SubmissionState::Submitted,
			block: None,
			events: Vec::new(),
			error: None,
		}
	}

	#[tokio::test]
	async fn one_is_handed_in_once_and_what_is_open_is_bounded() {
		let all = Submissions::default();
		let Ok(Put::New(first)) = all.put(submission(0)) else {
			panic!("it is new")
		};
		assert!(matches!(all.put(submission(0)), Ok(Put::Known(_))));
		for number in 1..MAX_OPEN as u32 {
			assert!(matches!(all.put(submission(number)), Ok(Put::New(_))));
		}
		let full = all.put(submission(9_999)).err().unwrap();
		assert_eq!(full.problem().code, ProblemCode::Busy);

		let follower = all.get("0").unwrap();
		let waiting = tokio::spawn(settled(follower, Duration::from_secs(240)));
		let failed = ChainError::Failed {
			call: "vote".into(),
			reason: "Council::DuplicateVote".into(),
		};
		first.send_modify(|submission| settle(submission, Err(failed)));
		let seen = waiting.await.unwrap();
		assert_eq!(seen.state, SubmissionState::Failed);
		assert!(seen.error.unwrap().contains("DuplicateVote"));
		// What is in a block is not handed in again; what never was may be, and makes room.
		assert!(matches!(all.put(submission(0)), Ok(Put::Known(_))));
		let refused = ChainError::NotIncluded {
			call: "vote".into(),
			reason: "the node ended the watch".into(),
		};
		first.send_modify(|submission| settle(submission, Err(refused)));
		assert!(matches!(all.put(submission(0)), Ok(Put::New(_))));
		assert!(all.get("77777").is_none());

		for number in 100..100 + MAX_KEPT as u32 {
			let newest = all.kept().back().cloned().unwrap();
			newest.send_modify(|submission| submission.state = SubmissionState::Final);
			assert!(matches!(all.put(submission(number)), Ok(Put::New(_))), "{number}");
		}
		assert_eq!(all.list().len(), MAX_KEPT);
	}
}
