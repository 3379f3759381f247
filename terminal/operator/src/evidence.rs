// SPDX-License-Identifier: Apache-2.0

//! Checks an evidence pack: by itself; then the chain's part of it from the chain specification or a checkpoint alone, or what it claims of the
//! chain against the state of another node.

mod audit;
mod live;
mod many;
mod origin;
mod report;
mod steps;

pub use audit::{audit, AuditReport, Finding, FindingKind};
pub use many::{collect, read_set};
pub use origin::{known_block, read_checkpoint, read_checkpoint_file, read_spec, Origin};
pub use report::Page;
pub use steps::Step;

use crate::{
	chain::ChainClient,
	checkpoint::CheckpointReport,
	error::{Error, Result},
};
use sealane_primitives::ids::{BlockNumber, Digest, MemberId, NodeId};
use sealane_verifier::{
	verdict::{Facts, Party},
	EvidencePack, OnChain, Start, Verified,
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
	report.steps.extend(steps::facts(pack, &facts));
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

/// Checks a whole pack from `origin` alone; no node is asked. The blocks that it shows are compared with those that are known there.
///
/// # Errors
/// [`Error::NotVerified`] names the first thing that does not hold.
pub fn verify_offline(pack: &EvidencePack, origin: &Origin) -> Result<EvidenceReport> {
	Ok(judged(pack, origin)?.0)
}

/// The same, with what the verifier says.
fn judged(pack: &EvidencePack, origin: &Origin) -> Result<(EvidenceReport, Verified, OnChain)> {
	let (verified, proven) = origin
		.verifier()
		.verify(pack)
		.map_err(|defect| Error::NotVerified(defect.to_string()))?;
	let mut report = report_of(pack, &verified);
	if let Some(anchor) = &verified.anchor {
		report.steps.extend(steps::offline(origin.start(), anchor, &proven));
	}
	report.steps.extend(steps::facts(pack, &proven.facts));
	report.warnings = steps::warnings(pack, &proven);
	report.parties = Some(PartiesReport::new(&proven.facts));
	report.verdict = Verdict::Verified;
	report.offline = Some(OfflineReport::new(origin.start(), &proven));
	Ok((report, verified, proven))
}

/// The page for people of a pack, which is checked first. `sources` are the files from which that was done, each with its name for people.
///
/// # Errors
/// As [`read`] and [`verify_offline`].
pub fn page(file: &Path, origin: &Origin, sources: &[(&'static str, &Path)]) -> Result<String> {
	let pack = read(file)?;
	let (report, verified, proven) = judged(&pack, origin)?;
	let digest = |path: &Path| {
		use sha2::Digest as _;
		let bytes = std::fs::read(path).map_err(Error::file(path))?;
		Ok::<_, Error>(hex::encode(sha2::Sha256::digest(bytes)))
	};
	let mut files = vec![("证据文件 SHA-256 · SHA-256 of the pack", digest(file)?)];
	for (name, path) in sources {
		files.push((name, digest(path)?));
	}
	let page = Page {
		pack: &pack,
		verified: &verified,
		proven: &proven,
		start: origin.start(),
		files: &files,
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

	fn documents() -> std::path::PathBuf {
		Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/evidence")
	}

	fn pack() -> EvidencePack {
		read(&documents().join("offline.json")).expect("a pack")
	}

	/// From the files of the documentation: a network of four validators, two of them replaced since genesis.
	fn origin(specification: bool, checkpoint: bool) -> Origin {
		let file = |name, given: bool| given.then(|| documents().join(name));
		let (specification, checkpoint) = (
			file("chain-spec.json", specification),
			file("checkpoint.json", checkpoint),
		);
		Origin::read(specification.as_deref(), checkpoint.as_deref(), &[]).expect("sound")
	}

	#[test]
	fn the_documented_pack_is_proven_from_the_specification_alone() {
		let report = verify_offline(&pack(), &origin(true, false)).expect("sound");
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
		assert!(offline.checkpoint.is_none());
	}

	#[test]
	fn the_documented_pack_is_proven_from_a_checkpoint() {
		for specification in [false, true] {
			let report = verify_offline(&pack(), &origin(specification, true)).expect("sound");
			let holds = |about| {
				report
					.steps
					.iter()
					.find(|step| step.about == about)
					.map(|step| &step.holds)
			};
			assert_eq!(holds("genesis").is_some(), specification);
			let said = holds("checkpoint").expect("a step");
			assert!(
				said.contains("First Sample Bank (LEI 5493001KJTIIGC8Y1R12, member 1)"),
				"{said}"
			);
			let since = if specification {
				"2 times since the genesis block"
			} else {
				"once since the checkpoint"
			};
			assert!(
				holds("validators").is_some_and(|said| said.contains(since)),
				"{report:?}"
			);
			let offline = report.offline.expect("offline");
			assert_eq!(offline.compared_with, [4]);
			assert_eq!(offline.checkpoint.map(|checkpoint| checkpoint.signers.len()), Some(2));
		}
	}

	#[test]
	fn the_first_defect_is_named() {
		let (pack, origin) = (pack(), origin(true, false));
		let mut part = pack.chain.clone().expect("a chain part");
		part.storage_proof[0][9] ^= 1;
		let error = verify_offline(&pack.clone().with_chain(Some(part)), &origin).expect_err("forged");
		assert!(
			error
				.to_string()
				.starts_with("not verified: chain.storage_proof does not lead from state root "),
			"{error}"
		);
		assert_eq!(error.exit_code(), 9);
		let error = verify_offline(&pack.with_chain(None), &origin).expect_err("no proof");
		assert!(
			error.to_string().starts_with("not verified: chain is missing"),
			"{error}"
		);
	}
}
