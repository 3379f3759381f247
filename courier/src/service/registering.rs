// SPDX-License-Identifier: Apache-2.0

//! What this node's business system asks about registrations, and which it ends.

use super::Courier;
use crate::{
	api::{ClosingState, ReadError, RegistrationsOpen, SubmitError},
	cutting::Note,
	records::Closing,
};
use sealane_primitives::{
	calendar::Timetable,
	ids::{Digest, MemberId, ProductId},
};

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
