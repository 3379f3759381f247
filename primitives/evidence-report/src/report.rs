// SPDX-License-Identifier: Apache-2.0

//! What came out of the check of one pack.

use crate::{checkpoint::CheckpointReport, origin::Origin, steps, steps::Step};
use alloc::{
	string::{String, ToString},
	vec::Vec,
};
use sealane_primitives::ids::{BlockNumber, MemberId, NodeId};
use sealane_verifier::{
	verdict::{Facts, Party},
	Defect, EvidencePack, OnChain, Start, Verified,
};
use serde::Serialize;

/// What a check comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
	/// The chain has the anchor and the keys.
	Verified,
	/// The pack holds together; whether it is of the chain that is meant was not checked.
	ByItselfOnly,
}

/// What was found out about a pack. Everything in it holds; what does not is an error.
#[derive(Clone, Debug, Serialize)]
pub struct EvidenceReport {
	/// What all of it comes to.
	pub verdict: Verdict,
	/// Leaf of the trade record.
	pub leaf: String,
	/// Root that both sides signed.
	pub batch_root: String,
	/// The channel.
	pub channel: u32,
	/// The issuer's node.
	pub issuer_node: NodeId,
	/// The seller's node.
	pub seller_node: NodeId,
	/// The anchor, where the pack has one.
	pub anchor: Option<AnchorReport>,
	/// Who the two are, where the chain was asked or has proven it.
	pub parties: Option<PartiesReport>,
	/// What the chain was asked, where a node was given.
	pub chain: Option<ChainReport>,
	/// What the chain's own proof shows, where a chain specification was given.
	pub offline: Option<OfflineReport>,
	/// Each thing that was checked, in words, in the order in which one rests on the other.
	pub steps: Vec<Step>,
	/// What holds and is yet strange.
	pub warnings: Vec<String>,
	/// What a pack does not show.
	pub not_shown: Vec<&'static str>,
}

/// The anchor that the pack names.
#[derive(Clone, Debug, Serialize)]
pub struct AnchorReport {
	/// The node that anchored.
	pub node: NodeId,
	/// The anchor's number.
	pub sequence: u64,
	/// Its root.
	pub root: String,
	/// Its block.
	pub block: BlockNumber,
}

/// The two institutions.
#[derive(Clone, Debug, Serialize)]
pub struct PartiesReport {
	/// The issuer.
	pub issuer: PartyReport,
	/// The seller.
	pub seller: PartyReport,
}

/// One institution, as the chain knows it.
#[derive(Clone, Debug, Serialize)]
pub struct PartyReport {
	/// Its number on the chain.
	pub member: MemberId,
	/// Its name.
	pub name: String,
	/// `LEI` or `统一社会信用代码`.
	pub number_kind: &'static str,
	/// Its legal number.
	pub number: String,
}

impl PartyReport {
	/// As the verifier has it.
	pub fn new(party: &Party) -> Self {
		let (number_kind, number) = party.number.parts();
		PartyReport {
			member: party.member,
			name: party.name.clone(),
			number_kind,
			number: number.into(),
		}
	}
}

impl PartiesReport {
	/// As the chain has them.
	pub fn new(facts: &Facts) -> Self {
		PartiesReport {
			issuer: PartyReport::new(&facts.issuer),
			seller: PartyReport::new(&facts.seller),
		}
	}
}

/// What another node's final state says.
#[derive(Clone, Debug, Serialize)]
pub struct ChainReport {
	/// The node asked.
	pub url: String,
	/// Final block at which it was asked. It has the anchor and both keys.
	pub at_block: BlockNumber,
}

/// What follows from the chain specification or a checkpoint without any node.
#[derive(Clone, Debug, Serialize)]
pub struct OfflineReport {
	/// The chain's name in its specification, where one was given.
	pub network: Option<String>,
	/// Its genesis block.
	pub genesis: String,
	/// The checkpoint that was passed on the way.
	pub checkpoint: Option<CheckpointReport>,
	/// Blocks in which the validators changed, on the way.
	pub validator_changes: Vec<BlockNumber>,
	/// When the anchor's block was made, in UTC.
	pub made_at: String,
	/// When the blocks were made that the issuer's and the seller's signature name, after which each was made; `None` where the pack does not show
	/// them. The genesis block has no time.
	pub signed_after: Option<[Option<String>; 2]>,
	/// The block whose votes make the anchor's block final.
	pub final_block: BlockNumber,
	/// Votes for it.
	pub votes: usize,
	/// Validators that could have voted.
	pub validators: usize,
	/// The final block whose state has the anchor and both keys.
	pub state_block: BlockNumber,
	/// Blocks known from elsewhere with which the pack was compared.
	pub compared_with: Vec<BlockNumber>,
}

impl OfflineReport {
	fn new(start: Start<'_>, proven: &OnChain) -> Self {
		OfflineReport {
			network: start.genesis().map(|genesis| genesis.name.clone()),
			genesis: hex::encode(start.hash()),
			checkpoint: start
				.checkpoint()
				.filter(|_| proven.checkpoint.is_some())
				.map(CheckpointReport::new),
			validator_changes: proven.set_changes.clone(),
			made_at: proven.made_at.to_string(),
			signed_after: proven
				.attested
				.map(|times| times.map(|time| time.map(|time| time.to_string()))),
			final_block: proven.finalised.number,
			votes: proven.finalised.votes,
			validators: proven.finalised.validators,
			state_block: proven.state.number,
			compared_with: proven.compared.clone(),
		}
	}
}

/// What no pack shows, so that nobody reads it into one.
pub const NOT_SHOWN: [&str; 4] = [
	"that this record is the last word: a later correction, cancellation or dispute is a record of its own",
	"that there are no other records of the same order, batch or day; `sealane evidence audit` compares many packs",
	"what either side's business system did, and who in the institution decided",
	"what stood in the cooperation agreement, which stays with the two parties",
];

/// A pack that holds, with all that is known of it.
pub struct Judged {
	/// What came out, for people and programs.
	pub report: EvidenceReport,
	/// What the pack shows by itself.
	pub verified: Verified,
	/// What the chain's part of it shows.
	pub proven: OnChain,
}

/// Checks a whole pack from `origin` alone; no node is asked. The blocks that it shows are compared with those that are known there.
///
/// # Errors
/// The first rule that is broken.
pub fn judge(pack: &EvidencePack, origin: &Origin) -> Result<Judged, Defect> {
	let (verified, proven) = origin.verifier().verify(pack)?;
	Ok(Judged::new(pack, origin.start(), verified, proven))
}

impl Judged {
	/// What the verifier found of `pack`, which it followed from `start` on.
	pub fn new(pack: &EvidencePack, start: Start<'_>, verified: Verified, proven: OnChain) -> Self {
		let mut report = by_itself(pack, &verified);
		if let Some(anchor) = &verified.anchor {
			report.steps.extend(steps::offline(start, anchor, &verified, &proven));
		}
		report.steps.extend(steps::facts(pack, &proven.facts));
		report.warnings = steps::warnings(pack, &proven);
		report.parties = Some(PartiesReport::new(&proven.facts));
		report.verdict = Verdict::Verified;
		report.offline = Some(OfflineReport::new(start, &proven));
		Judged {
			report,
			verified,
			proven,
		}
	}
}

/// The report of a pack of which only that is known what it shows by itself.
pub fn by_itself(pack: &EvidencePack, verified: &Verified) -> EvidenceReport {
	EvidenceReport {
		verdict: Verdict::ByItselfOnly,
		leaf: hex::encode(verified.leaf),
		batch_root: hex::encode(verified.core.root),
		channel: verified.core.channel,
		issuer_node: verified.issuer.0,
		seller_node: verified.seller.0,
		anchor: verified.anchor.map(|a| AnchorReport {
			node: a.node,
			sequence: a.sequence,
			root: hex::encode(a.root),
			block: a.block_number,
		}),
		parties: None,
		chain: None,
		offline: None,
		steps: steps::by_itself(pack, verified),
		warnings: Vec::new(),
		not_shown: NOT_SHOWN.to_vec(),
	}
}
