// SPDX-License-Identifier: Apache-2.0

//! Checks an evidence pack: by itself; then the chain's part of it from the chain specification or a checkpoint alone, or what it claims of the
//! chain against the state of another node.

mod audit;
mod live;
mod many;
mod origin;

pub use audit::audit;
pub use many::{collect, read_set};
pub use origin::{known_block, read_checkpoint, read_checkpoint_file, read_origin, read_spec};
pub use sealane_evidence_report::{
	page::{CHECKPOINT, SPECIFICATION},
	AuditReport, EvidenceReport, Finding, FindingKind, OfflineReport, Origin,
};

use crate::{
	chain::ChainClient,
	error::{Error, Result},
};
use sealane_evidence_report::{
	by_itself,
	report::{ChainReport, Verdict},
	steps, Judged, Page, PartiesReport, Step,
};
use sealane_primitives::ids::Digest;
use sealane_verifier::EvidencePack;
use std::path::Path;

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
	let mut report = by_itself(pack, &verified);
	let Some(chain) = node else { return Ok(report) };
	if chain.genesis() != *genesis {
		return Err(Error::NotVerified(format!(
			"{} is on the chain {}, the pack on {}",
			chain.url(),
			hex::encode(chain.genesis()),
			hex::encode(genesis)
		)));
	}
	let live::Asked {
		facts,
		at_block,
		anchored_at,
	} = live::ask(pack, chain).await?;
	report.parties = Some(PartiesReport::new(&facts));
	report.steps.extend(steps::facts(pack, &facts));
	let anchor = anchored_at.map_or_else(String::new, |block| {
		format!(", and that block {block}, in whose state the pack shows the anchor, is one of its")
	});
	report.steps.push(Step {
		about: "chain",
		holds: format!(
			"{}, asked just now, says all this of its final block {at_block}{anchor}",
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
	Ok(judged(pack, origin)?.report)
}

fn judged(pack: &EvidencePack, origin: &Origin) -> Result<Judged> {
	sealane_evidence_report::judge(pack, origin).map_err(|defect| Error::NotVerified(defect.to_string()))
}

/// The page for people of a pack, which is checked first. `sources` are the files from which that was done, each with its name for people.
///
/// # Errors
/// As [`read`] and [`verify_offline`].
pub fn page(file: &Path, origin: &Origin, sources: &[(&'static str, &Path)]) -> Result<String> {
	let pack = read(file)?;
	let judged = judged(&pack, origin)?;
	let digest = |path: &Path| {
		use sha2::Digest as _;
		let bytes = std::fs::read(path).map_err(Error::file(path))?;
		Ok::<_, Error>(hex::encode(sha2::Sha256::digest(bytes)))
	};
	let mut files = vec![(sealane_evidence_report::page::PACK, digest(file)?)];
	for (name, path) in sources {
		files.push((name, digest(path)?));
	}
	let page = Page {
		pack: &pack,
		judged: &judged,
		start: origin.start(),
		files: &files,
	};
	Ok(page.html())
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
		read_origin(specification.as_deref(), checkpoint.as_deref(), &[]).expect("sound")
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
				"attested",
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
		assert!(holds("attested").starts_with("the issuer's signature names block 2, made at 2025-11-24T10:00:04Z, the seller's block 3, made at 2025-11-24T10:00:06Z: "));
		let offline = report.offline.expect("offline");
		let signed_after = ["2025-11-24T10:00:04Z", "2025-11-24T10:00:06Z"].map(|time| Some(time.to_string()));
		assert_eq!(offline.signed_after, Some(signed_after));
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
