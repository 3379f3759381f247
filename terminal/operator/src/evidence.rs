// SPDX-License-Identifier: Apache-2.0

//! Checks an evidence pack: by itself; then the chain's part of it from the chain specification alone, or what it claims of the chain against
//! the state of another node.

mod audit;
mod live;
mod report;
mod steps;

pub use audit::{audit, AuditReport, Finding, FindingKind};
pub use report::Page;
pub use steps::Step;

use crate::{
	chain::ChainClient,
	error::{Error, Result},
};
use sealane_primitives::ids::{BlockNumber, Digest, MemberId, NodeId};
use sealane_verifier::{
	verdict::{Facts, Party},
	EvidencePack, Genesis, KnownBlock, OnChain, Verified, Verifier,
};
use serde::Serialize;
use std::path::Path;

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
	fn new(party: &Party) -> Self {
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
	fn new(facts: &Facts) -> Self {
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

/// What follows from the chain specification without any node.
#[derive(Clone, Debug, Serialize)]
pub struct OfflineReport {
	/// The chain's name in its specification.
	pub network: String,
	/// Its genesis block.
	pub genesis: String,
	/// Blocks in which the validators changed, on the way.
	pub validator_changes: Vec<BlockNumber>,
	/// When the anchor's block was made, in UTC.
	pub made_at: String,
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
	fn new(genesis: &Genesis, proven: &OnChain) -> Self {
		OfflineReport {
			network: genesis.name.clone(),
			genesis: hex::encode(genesis.hash),
			validator_changes: proven.set_changes.clone(),
			made_at: proven.made_at.to_string(),
			final_block: proven.finalised.number,
			votes: proven.finalised.votes,
			validators: proven.finalised.validators,
			state_block: proven.state.number,
			compared_with: proven.compared.clone(),
		}
	}
}

/// What no pack shows, so that nobody reads it into one.
const NOT_SHOWN: [&str; 4] = [
	"that this record is the last word: a later correction, cancellation or dispute is a record of its own",
	"that there are no other records of the same order, batch or day; `sealane evidence audit` compares many packs",
	"what either side's business system did, and who in the institution decided",
	"what stood in the cooperation agreement, which stays with the two parties",
];

/// Reads a raw chain specification.
///
/// # Errors
/// The file cannot be read, or no check can start from it.
pub fn read_spec(path: &Path) -> Result<Genesis> {
	let bytes = std::fs::read(path).map_err(Error::file(path))?;
	Genesis::from_spec(&bytes).map_err(|e| Error::Format {
		path: path.into(),
		line: 0,
		reason: e.to_string(),
	})
}

/// Reads a pack.
///
/// # Errors
/// The file cannot be read, or is none.
pub fn read(path: &Path) -> Result<EvidencePack> {
	let bytes = std::fs::read(path).map_err(Error::file(path))?;
	EvidencePack::from_json(&bytes).map_err(|e| Error::Format {
		path: path.into(),
		line: 0,
		reason: e.to_string(),
	})
}

/// `NUMBER:HASH`, a block that the verifier knows from elsewhere.
///
/// # Errors
/// It has another form.
pub fn known_block(text: &str) -> Result<KnownBlock> {
	let rule = "NUMBER:HASH, the hash as 64 hexadecimal digits";
	let fault = || Error::invalid("known-block", text, rule);
	let (number, digits) = text.split_once(':').ok_or_else(fault)?;
	let mut hash = [0; 32];
	hex::decode_to_slice(digits.trim_start_matches("0x"), &mut hash).map_err(|_| fault())?;
	let number = number.parse().map_err(|_| fault())?;
	Ok(KnownBlock { number, hash })
}

/// Checks a pack by itself, for the chain with this genesis hash; then against the final state of `node`, which should be
/// neither of the two that signed.
///
/// # Errors
/// [`Error::NotVerified`] names the first thing that does not hold.
pub async fn verify(pack: &EvidencePack, genesis: &Digest, node: Option<&ChainClient>) -> Result<EvidenceReport> {
	let verified = pack
		.verify_local(genesis)
		.map_err(|defect| Error::NotVerified(defect.to_string()))?;
	let mut report = report_of(pack, &verified);
	let Some(chain) = node else { return Ok(report) };
	if chain.genesis() != *genesis {
		return Err(Error::NotVerified(format!(
			"{} is on the chain {}, the pack on {}",
			chain.url(),
			hex::encode(chain.genesis()),
			hex::encode(genesis)
		)));
	}
	let (facts, at_block) = live::ask(pack, chain).await?;
	report.parties = Some(PartiesReport::new(&facts));
	report.steps.extend(steps::facts(pack, &facts, at_block));
	report.steps.push(Step {
		about: "chain",
		holds: format!(
			"{}, asked just now, says all this of its final block {at_block}",
			chain.url()
		),
	});
	report.verdict = Verdict::Verified;
	report.chain = Some(ChainReport {
		url: chain.url().into(),
		at_block,
	});
	Ok(report)
}

/// Checks a whole pack from the chain specification alone; no node is asked. The blocks that it shows are compared with those that the
/// verifier knows from elsewhere.
///
/// # Errors
/// [`Error::NotVerified`] names the first thing that does not hold.
pub fn verify_offline(pack: &EvidencePack, genesis: &Genesis, known: &[KnownBlock]) -> Result<EvidenceReport> {
	let (verified, proven) = Verifier::new(genesis)
		.knowing(known)
		.verify(pack)
		.map_err(|defect| Error::NotVerified(defect.to_string()))?;
	let mut report = report_of(pack, &verified);
	if let Some(anchor) = &verified.anchor {
		report.steps.extend(steps::offline(genesis, anchor, &proven));
	}
	report
		.steps
		.extend(steps::facts(pack, &proven.facts, proven.state.number));
	report.warnings = steps::warnings(pack, &proven);
	report.parties = Some(PartiesReport::new(&proven.facts));
	report.verdict = Verdict::Verified;
	report.offline = Some(OfflineReport::new(genesis, &proven));
	Ok(report)
}

/// The page for people of a pack, which is checked first.
///
/// # Errors
/// As [`read`], [`read_spec`] and [`verify_offline`].
pub fn page(file: &Path, specification: &Path, known: &[KnownBlock]) -> Result<String> {
	let (genesis, pack) = (read_spec(specification)?, read(file)?);
	let report = verify_offline(&pack, &genesis, known)?;
	let (verified, proven) = Verifier::new(&genesis)
		.knowing(known)
		.verify(&pack)
		.map_err(|defect| Error::NotVerified(defect.to_string()))?;
	let bytes = |path: &Path| std::fs::read(path).map_err(Error::file(path));
	let page = Page {
		pack: &pack,
		verified: &verified,
		proven: &proven,
		genesis: &genesis,
		file: &bytes(file)?,
		specification: &bytes(specification)?,
		steps: &report.steps,
		warnings: &report.warnings,
		not_shown: &report.not_shown,
	};
	Ok(page.html())
}

fn report_of(pack: &EvidencePack, verified: &Verified) -> EvidenceReport {
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

/// The genesis hash that a pack names.
pub fn genesis_of(pack: &EvidencePack) -> Digest {
	pack.batch.core.genesis
}

#[cfg(test)]
mod tests {
	use super::*;

	/// The files of the documentation: a network of four validators, two of them replaced since genesis.
	fn example() -> (EvidencePack, Genesis) {
		let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/evidence");
		let pack = read(&folder.join("offline.json")).expect("a pack");
		(
			pack,
			read_spec(&folder.join("chain-spec.json")).expect("a raw specification"),
		)
	}

	#[test]
	fn the_documented_pack_is_proven_from_the_specification_alone() {
		let (pack, genesis) = example();
		let report = verify_offline(&pack, &genesis, &[]).expect("sound");
		let abouts: Vec<_> = report.steps.iter().map(|step| step.about).collect();
		assert_eq!(
			abouts,
			[
				"record",
				"batch",
				"signatures",
				"anchor",
				"genesis",
				"validators",
				"finality",
				"block",
				"later block",
				"state",
				"keys",
				"parties",
				"channel",
				"clauses",
				"product",
				"runtime"
			]
		);
		let holds = |about| &report.steps.iter().find(|step| step.about == about).expect(about).holds;
		assert!(holds("validators").ends_with("changed 2 times since the genesis block; each time more than two thirds of those before signed the block that names their successors: 3, 9"));
		assert!(holds("block").ends_with("is its ancestor, 2 headers up; it was made at 2025-11-24T10:00:12Z"));
		assert!(holds("keys").ends_with("held at block 6: the issuer's from block 1 on, the seller's from block 1 on"));
		let offline = report.offline.expect("offline");
		assert_eq!((offline.final_block, offline.state_block), (8, 12));
		assert_eq!((offline.votes, offline.validators), (3, 4));
	}

	#[test]
	fn the_first_defect_is_named() {
		let (pack, genesis) = example();
		let mut part = pack.chain.clone().expect("a chain part");
		part.storage_proof[0][9] ^= 1;
		let error = verify_offline(&pack.clone().with_chain(Some(part)), &genesis, &[]).expect_err("forged");
		assert!(
			error
				.to_string()
				.starts_with("not verified: chain.storage_proof does not lead from state root "),
			"{error}"
		);
		assert_eq!(error.exit_code(), 9);
		let error = verify_offline(&pack.with_chain(None), &genesis, &[]).expect_err("no proof");
		assert!(
			error.to_string().starts_with("not verified: chain is missing"),
			"{error}"
		);
	}
}
