// SPDX-License-Identifier: Apache-2.0

//! What this node's business system asks about registrations, which it ends, and when receipts and closings are on chain to stay.

use super::{Courier, LOG_TARGET};
use crate::{
	api::{ClosingState, ReadError, RegistrationsOpen, SubmitError},
	cutting::Note,
	records::{Closing, ReceiptsSettled},
	registrations::MAX_ASKED,
};
use sealane_primitives::{
	calendar::Timetable,
	ids::{BlockNumber, Digest, MemberId, ProductId},
};
use std::sync::Arc;

/// Most registrations of one question or request.
pub const MAX_REGISTRATIONS: usize = 1_000;

impl Courier {
	/// Whether registrations with an issuer are open in the newest block that this node knows.
	pub(crate) fn registrations_open(
		&self,
		issuer: MemberId,
		commitments: Vec<Digest>,
	) -> Result<RegistrationsOpen, ReadError> {
		let not_known = || ReadError::Store("the node does not know the chain's state yet".into());
		let snapshot = self.snapshot().ok_or_else(not_known)?;
		let open = self
			.chain
			.are_registered(&snapshot.hash, issuer, commitments)
			.map_err(ReadError::Store)?;
		Ok(RegistrationsOpen {
			block: snapshot.block,
			open,
		})
	}

	/// The calendars that hold now and next.
	pub(crate) fn timetable(&self, issuer: MemberId, product: Option<ProductId>) -> Result<Timetable, ReadError> {
		self.chain.timetable(issuer, product).map_err(ReadError::Store)
	}

	/// End registrations with this node's member: those that are open, or will be once their receipt is on chain, are noted, and closed on
	/// chain by the off-chain worker.
	pub(crate) async fn close_registrations(&self, commitments: Vec<Digest>) -> Result<Vec<ClosingState>, SubmitError> {
		if commitments.len() > MAX_REGISTRATIONS {
			return Err(SubmitError::TooLarge {
				what: "commitments",
				value: commitments.len() as u64,
				max: MAX_REGISTRATIONS as u64,
			});
		}
		if self.is_stopped() {
			return Err(SubmitError::Closed);
		}
		let states = self.closing_states(&commitments)?;
		let closing: Vec<Digest> = commitments
			.iter()
			.zip(&states)
			.filter(|(_, state)| **state == ClosingState::Closing)
			.map(|(commitment, _)| *commitment)
			.collect();
		if closing.is_empty() {
			return Ok(states);
		}
		let bytes = closing.len() * 32;
		let note = Note::Closing(Closing {
			at: self.clock.now_ms(),
			commitments: closing,
		});
		match self.note_durably(note, bytes).await {
			true => Ok(states),
			false => Err(SubmitError::Busy { retry_after_ms: 500 }),
		}
	}

	fn closing_states(&self, commitments: &[Digest]) -> Result<Vec<ClosingState>, SubmitError> {
		let snapshot = self.snapshot().ok_or(SubmitError::NotReady)?;
		let issuer = snapshot.directory.member.id;
		let open = self
			.chain
			.are_registered(&snapshot.hash, issuer, commitments.to_vec())
			.map_err(SubmitError::Store)?;
		let outcomes = self
			.chain
			.receipt_outcomes(issuer, commitments.to_vec())
			.map_err(SubmitError::Store)?;
		let book = self.library.book.read();
		let state = |(commitment, (open, outcome)): (&Digest, (bool, Option<bool>))| match (open, outcome) {
			(true, _) => ClosingState::Closing,
			(false, Some(true)) => ClosingState::Closed,
			(false, Some(false)) => ClosingState::Rejected,
			(false, None) => match book.receipts.waits(commitment) {
				Some(true) => ClosingState::Closing,
				Some(false) => ClosingState::Rejected,
				None => ClosingState::Unknown,
			},
		};
		Ok(commitments
			.iter()
			.zip(open.into_iter().zip(outcomes))
			.map(state)
			.collect())
	}
}

/// Follow finality: what a final block has of this node's receipts and closings need not be offered any more.
pub(super) async fn settle(courier: &Arc<Courier>) {
	let Some(snapshot) = courier.snapshot() else { return };
	let issuer = snapshot.directory.member.id;
	let (waiting, closing) = {
		let book = courier.library.book.read();
		(book.receipts.oldest(MAX_ASKED), book.closings.oldest(MAX_ASKED))
	};
	let receipts: Vec<Digest> = waiting.iter().map(|receipt| receipt.commitment).collect();
	let asked = receipts.clone();
	let outcomes = move |courier: Arc<Courier>| async move { outcomes(&courier, issuer, &asked) };
	let outcomes = courier.apart("courier-receipts", outcomes).await.flatten();
	if let Some(outcomes) = outcomes {
		for (receipt, outcome) in waiting.iter().zip(&outcomes) {
			if outcome.is_some_and(|accepted| accepted != receipt.accepted) {
				log::warn!(
					target: LOG_TARGET,
					"The receipt {} is final with the opposite of what this node's business system said; the chain's stands",
					hex::encode(receipt.commitment),
				);
			}
		}
		let issued = |(commitment, outcome): (&Digest, &Option<bool>)| outcome.map(|_| *commitment);
		let settled: Vec<Digest> = receipts.iter().zip(&outcomes).filter_map(issued).collect();
		note_settled(courier, snapshot.block, settled, Note::Receipts).await;
	}
	let ended = move |courier: Arc<Courier>| async move { final_ends(&courier, issuer, &closing) };
	let ended = courier.apart("courier-closings", ended).await.flatten();
	if let Some(ended) = ended {
		note_settled(courier, snapshot.block, ended, Note::Closed).await;
	}
}

/// What the newest final block says of receipts; `None` where there is nothing to ask for, or no answer.
fn outcomes(courier: &Courier, issuer: MemberId, commitments: &[Digest]) -> Option<Vec<Option<bool>>> {
	if commitments.is_empty() {
		return None;
	}
	let outcomes = courier.chain.receipt_outcomes(issuer, commitments.to_vec());
	let outcomes = outcomes
		.inspect_err(|why| log::debug!(target: LOG_TARGET, "Receipts cannot be looked up: {why}"))
		.ok()?;
	(outcomes.len() == commitments.len()).then_some(outcomes)
}

/// Those of `closing` that are over in the newest final block: issued, and not open.
fn final_ends(courier: &Courier, issuer: MemberId, closing: &[Digest]) -> Option<Vec<Digest>> {
	let outcomes = outcomes(courier, issuer, closing)?;
	let open = courier.chain.are_finally_registered(issuer, closing.to_vec()).ok()?;
	let states = closing.iter().zip(outcomes.iter().zip(open));
	let over = states.filter(|(_, (outcome, open))| outcome.is_some() && !open);
	Some(over.map(|(commitment, _)| *commitment).collect())
}

async fn note_settled(
	courier: &Courier,
	block: BlockNumber,
	commitments: Vec<Digest>,
	note: impl FnOnce(ReceiptsSettled) -> Note,
) {
	if commitments.is_empty() {
		return;
	}
	let bytes = commitments.len() * 32;
	let settled = ReceiptsSettled {
		at: courier.clock.now_ms(),
		block,
		commitments,
	};
	courier.note_durably(note(settled), bytes).await;
}
