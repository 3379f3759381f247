// SPDX-License-Identifier: Apache-2.0

//! What the pallet stores and answers.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec, PalletError};
use scale_info::TypeInfo;
use sealane_primitives::{
	clauses::{Clauses, Invalid, Rule, Verdict},
	directory::Scope,
	ids::*,
};

/// Longest reason that the council gives for a refusal, in bytes.
pub const MAX_REASON_LEN: u32 = 256;

/// UTF-8 text with which the council explains a refusal.
pub type Reason = BoundedVec<u8, ConstU32<MAX_REASON_LEN>>;

/// The head of an open proposal; its clauses are kept apart.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Proposal {
	/// The channel whose parties negotiate.
	pub channel: ChannelId,
	/// What the clauses would cover.
	pub scope: Scope,
	/// The member that wrote it.
	pub proposer: MemberId,
	/// First block in which the clauses are wanted to hold; `None` is as soon as they are ratified.
	pub from: Option<BlockNumber>,
	/// The proposal that this one answers.
	pub counters: Option<ProposalId>,
	/// Block in which it was filed.
	pub filed_at: BlockNumber,
	/// Block in which the other party accepted it; from then on it stands before the council.
	pub joint_since: Option<BlockNumber>,
}

/// The head of a ratified version; its clauses are kept apart.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Version {
	/// The channel whose parties agreed.
	pub channel: ChannelId,
	/// What it covers.
	pub scope: Scope,
	/// Counts the versions of this channel and scope, from 1.
	pub number: u32,
	/// First block in which it holds.
	pub from: BlockNumber,
	/// Block in which the council ratified it, always before `from`.
	pub ratified_at: BlockNumber,
	/// Whether it has no clauses: it takes the scope out of force.
	pub withdraws: bool,
}

/// How much there is of one channel and scope.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct ScopeState {
	/// Number of ratified versions; the newest carries this number.
	pub versions: u32,
	/// Number of entries of the timeline.
	pub periods: u32,
}

/// One entry of a timeline: from this block on, until the next entry's, that version holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Period {
	/// First block.
	pub from: BlockNumber,
	/// The version.
	pub agreement: AgreementId,
}

/// An open proposal in full.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct ProposalEntry {
	/// Its number.
	pub id: ProposalId,
	/// Its head.
	pub proposal: Proposal,
	/// The clauses proposed; none means that the scope shall go out of force.
	pub clauses: Clauses,
}

/// What a what-if question is about.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum Subject {
	/// The clauses of an open proposal.
	Proposal(ProposalId),
	/// The clauses of a ratified version, in force or not.
	Agreement(AgreementId),
	/// These clauses, which nobody needs to have proposed.
	Clauses(Clauses),
}

/// The answer to a what-if question.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum WhatIf {
	/// What the clauses say about the facts.
	Verdict(Verdict),
	/// There is no such proposal or version.
	NotFound,
	/// The clauses break a rule of the clause language, so nobody could propose them.
	Invalid(ClauseFault),
}

/// [`ClauseFault::alternative`] where the clause itself is at fault.
pub const WHOLE_CLAUSE: u8 = u8::MAX;

/// Which clause breaks which rule of the clause language. An error of a call has room for three bytes, hence no `Option`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo, PalletError)]
pub struct ClauseFault {
	/// Position of the clause in the list, from 0.
	pub clause: u8,
	/// Position of the alternative in the clause, from 0; [`WHOLE_CLAUSE`] where no single one is at fault.
	pub alternative: u8,
	/// The rule that it breaks.
	pub rule: Rule,
}

impl From<Invalid> for ClauseFault {
	fn from(invalid: Invalid) -> Self {
		// Lists are far shorter than 255, see `clauses::MAX_CLAUSES` and `clauses::MAX_ALTERNATIVES`.
		let position = |index: u32| u8::try_from(index).unwrap_or(WHOLE_CLAUSE - 1);
		ClauseFault {
			clause: position(invalid.clause),
			alternative: invalid.alternative.map_or(WHOLE_CLAUSE, position),
			rule: invalid.rule,
		}
	}
}
