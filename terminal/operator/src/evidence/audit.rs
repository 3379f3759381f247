// SPDX-License-Identifier: Apache-2.0

//! Verifies many packs, and compares those that hold.

use super::{
	many::{packs_in, read_set},
	read,
};
use crate::error::{Error, Result};
use sealane_evidence_report::{AuditReport, Comparison, Origin};
use sealane_verifier::EvidencePack;
use std::path::Path;

/// Verifies every pack in `place` from `origin` alone, and compares those that hold. `place` is a folder of packs (`*.json`), or a file with a
/// set of them.
///
/// # Errors
/// It cannot be read, is no set, or has no packs.
pub fn audit(place: &Path, origin: &Origin) -> Result<AuditReport> {
	let mut comparison = Comparison::default();
	let verifier = origin.verifier().session();
	let mut judge = |name: String, pack: Result<EvidencePack>| {
		match pack.map(|pack| (verifier.verify(&pack), pack)) {
			Ok((Ok((verified, _)), pack)) => comparison.holds(name, &pack, &verified),
			Ok((Err(defect), _)) => comparison.refused(name, Error::NotVerified(defect.to_string()).to_string()),
			Err(error @ Error::File { .. }) => return Err(error),
			Err(error) => comparison.refused(name, error.to_string()),
		}
		Ok(())
	};
	if place.is_dir() {
		for file in packs_in(place)? {
			let pack = read(&file);
			judge(file.display().to_string(), pack)?;
		}
	} else {
		for (number, pack) in read_set(place)?.packs().enumerate() {
			judge(format!("{}#{number}", place.display()), Ok(pack))?;
		}
	}
	let report = comparison.finish();
	if report.files == 0 {
		return Err(Error::NotFound {
			what: "evidence pack in",
			name: place.display().to_string(),
		});
	}
	Ok(report)
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::evidence::read_origin;
	use sealane_evidence_report::FindingKind;

	#[test]
	fn a_set_is_verified_and_compared_like_its_folder() {
		let folder = tempfile::tempdir().expect("a folder");
		let documents = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/evidence");
		let origin = read_origin(Some(&documents.join("chain-spec.json")), None, &[]).expect("raw");
		let sample = std::fs::read(documents.join("offline.json")).expect("readable");
		for name in ["one.json", "two.json"] {
			std::fs::write(folder.path().join(name), &sample).expect("writable");
		}
		let set = folder.path().join("all.set");
		let collected = super::super::collect(&[folder.path().into()]).expect("packs");
		std::fs::write(&set, collected.to_json().expect("serialises")).expect("writable");
		assert!(std::fs::metadata(&set).expect("written").len() < 2 * sample.len() as u64 * 3 / 4);
		let (of_folder, of_set) = (
			audit(folder.path(), &origin).expect("read"),
			audit(&set, &origin).expect("read"),
		);
		assert_eq!((of_set.files, of_set.verified, of_set.batches), (2, 2, 1));
		assert_eq!((of_folder.files, of_folder.findings.len()), (2, 1));
		assert_eq!(of_set.findings[0].kind, FindingKind::Double);
		assert!(of_set.findings[0].files[1].ends_with("all.set#1"));
	}

	#[test]
	fn a_folder_is_verified_and_compared() {
		let folder = tempfile::tempdir().expect("a folder");
		let documents = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/evidence");
		let origin = read_origin(Some(&documents.join("chain-spec.json")), None, &[]).expect("raw");
		assert!(matches!(audit(folder.path(), &origin), Err(Error::NotFound { .. })));
		let sample = std::fs::read_to_string(documents.join("offline.json")).expect("readable");
		for (name, text) in [
			("one.json", sample.clone()),
			("two.json", sample.clone()),
			("false.json", sample.replace("accepted", "rejected")),
			("none.json", "{}".into()),
			("notes.txt", "not read".into()),
		] {
			std::fs::write(folder.path().join(name), text).expect("writable");
		}
		let report = audit(folder.path(), &origin).expect("read");
		assert_eq!((report.files, report.verified, report.batches), (4, 2, 1));
		let refused: Vec<_> = report
			.refused
			.iter()
			.map(|refused| Path::new(&refused.file).file_name().expect("named"))
			.collect();
		assert_eq!(refused, ["false.json", "none.json"]);
		assert!(report.refused[0].defect.contains("batch.root"), "{:?}", report.refused);
		assert_eq!(report.findings.len(), 1);
		assert_eq!(report.findings[0].kind, FindingKind::Double);
	}
}
