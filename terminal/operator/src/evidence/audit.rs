// SPDX-License-Identifier: Apache-2.0

//! Many packs together: what one alone cannot show.

use super::{
	many::{packs_in, read_set},
	read, Origin,
};
use crate::error::{Error, Result};
use sealane_primitives::ids::{ChannelId, Digest, NodeId};
use sealane_verifier::{pack::text_field, EvidencePack};
use serde::Serialize;
use std::{
	collections::BTreeMap,
	path::{Path, PathBuf},
};

/// What was found in a folder of packs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct AuditReport {
	/// Files that were read.
	pub files: usize,
	/// Packs that verify.
	pub verified: usize,
	/// Batches of which there is a pack.
	pub batches: usize,
	/// Files that do not verify, and why.
	pub refused: Vec<Refused>,
	/// What the packs that verify show together.
	pub findings: Vec<Finding>,
}

/// A file that does not verify.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refused {
	/// The file.
	pub file: PathBuf,
	/// The first defect.
	pub defect: String,
}

/// What kind of thing was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
	/// Two batches of one lane share packets and are not the same: two histories, both signed.
	Overlap,
	/// One order has two different records.
	TwoRecords,
	/// Two files have the same record.
	Double,
	/// Packets between two batches of a lane for which there is no pack.
	Gap,
}

impl FindingKind {
	/// Whether honest parties never cause it.
	pub const fn is_grave(self) -> bool {
		matches!(self, FindingKind::Overlap | FindingKind::TwoRecords)
	}
}

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
	/// What kind.
	pub kind: FindingKind,
	/// What, in words.
	pub found: String,
	/// The files that show it.
	pub files: Vec<PathBuf>,
}

/// The lane of a batch: channel, issuer's node, seller's node.
type Lane = (ChannelId, NodeId, NodeId);
/// The batches of a lane, by the packets that they cover.
type Batches<'a> = BTreeMap<((u64, u64), Digest), &'a Sound>;

/// A pack that verified.
struct Sound {
	file: PathBuf,
	leaf: Digest,
	lane: Lane,
	packets: (u64, u64),
	batch: Digest,
	order: Option<String>,
}

/// Verifies every pack in `place` from `origin` alone, and compares those that hold. `place` is a folder of packs (`*.json`), or a file with a
/// set of them.
///
/// # Errors
/// It cannot be read, is no set, or has no packs.
pub fn audit(place: &Path, origin: &Origin) -> Result<AuditReport> {
	let mut report = AuditReport::default();
	let mut sound = Vec::new();
	let verifier = origin.verifier().session();
	let mut judge = |name: PathBuf, pack: Result<EvidencePack>| {
		report.files += 1;
		let verified = pack.and_then(|pack| match verifier.verify(&pack) {
			Ok((verified, _)) => Ok(sound_of(&name, &pack, verified.leaf)),
			Err(defect) => Err(Error::NotVerified(defect.to_string())),
		});
		match verified {
			Ok(pack) => sound.push(pack),
			Err(error @ Error::File { .. }) => return Err(error),
			Err(error) => report.refused.push(Refused {
				file: name,
				defect: error.to_string(),
			}),
		}
		Ok(())
	};
	if place.is_dir() {
		for file in packs_in(place)? {
			let pack = read(&file);
			judge(file, pack)?;
		}
	} else {
		for (number, pack) in read_set(place)?.packs().enumerate() {
			judge(format!("{}#{number}", place.display()).into(), Ok(pack))?;
		}
	}
	if report.files == 0 {
		return Err(Error::NotFound {
			what: "evidence pack in",
			name: place.display().to_string(),
		});
	}
	report.verified = sound.len();
	compare(&sound, &mut report);
	report.findings.sort_by_key(|finding| !finding.kind.is_grave());
	Ok(report)
}

fn sound_of(file: &Path, pack: &EvidencePack, leaf: Digest) -> Sound {
	let core = &pack.batch.core;
	Sound {
		file: file.into(),
		leaf,
		lane: (core.channel, core.issuer_node, core.seller_node),
		packets: (core.first_sequence, core.last_sequence),
		batch: core.hash(),
		order: text_field(&pack.record.order.bytes.0, "id"),
	}
}

fn compare(sound: &[Sound], report: &mut AuditReport) {
	let mut leaves: BTreeMap<Digest, Vec<&Sound>> = BTreeMap::new();
	let mut orders: BTreeMap<(Lane, &str), BTreeMap<Digest, &Sound>> = BTreeMap::new();
	let mut lanes: BTreeMap<Lane, Batches<'_>> = BTreeMap::new();
	for pack in sound {
		leaves.entry(pack.leaf).or_default().push(pack);
		if let Some(order) = &pack.order {
			orders
				.entry((pack.lane, order))
				.or_default()
				.entry(pack.leaf)
				.or_insert(pack);
		}
		lanes
			.entry(pack.lane)
			.or_default()
			.entry((pack.packets, pack.batch))
			.or_insert(pack);
	}
	let files = |packs: &mut dyn Iterator<Item = &&Sound>| packs.map(|pack| pack.file.clone()).collect();
	for packs in leaves.values().filter(|packs| packs.len() > 1) {
		report.findings.push(Finding {
			kind: FindingKind::Double,
			found: format!(
				"the record with leaf {} is in {} files",
				hex::encode(packs[0].leaf),
				packs.len()
			),
			files: files(&mut packs.iter()),
		});
	}
	for (((channel, ..), order), packs) in orders.iter().filter(|(_, packs)| packs.len() > 1) {
		report.findings.push(Finding {
			kind: FindingKind::TwoRecords,
			found: format!(
				"order {order:?} of channel {channel} has {} different records",
				packs.len()
			),
			files: files(&mut packs.values()),
		});
	}
	for ((channel, issuer, seller), batches) in &lanes {
		report.batches += batches.len();
		let name = format!("channel {channel}, node {issuer} to node {seller}");
		// In order of their first packet; each is compared with the one that reaches furthest so far.
		let mut furthest: Option<(&Sound, u64)> = None;
		for pack in batches.values().copied() {
			let (first, last) = pack.packets;
			match furthest {
				Some((before, end)) if first <= end => report.findings.push(Finding {
					kind: FindingKind::Overlap,
					found: format!(
						"{name}: two signed batches share packets: {} to {} and {first} to {last}",
						before.packets.0, before.packets.1
					),
					files: vec![before.file.clone(), pack.file.clone()],
				}),
				Some((before, end)) if first > end + 1 => report.findings.push(Finding {
					kind: FindingKind::Gap,
					found: format!("{name}: no pack of packets {} to {}", end + 1, first - 1),
					files: vec![before.file.clone(), pack.file.clone()],
				}),
				_ => {}
			}
			if furthest.is_none_or(|(_, end)| last > end) {
				furthest = Some((pack, last));
			}
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn pack(file: &str, leaf: u8, packets: (u64, u64), batch: u8, order: &str) -> Sound {
		Sound {
			file: file.into(),
			leaf: [leaf; 32],
			lane: (3, 7, 2),
			packets,
			batch: [batch; 32],
			order: Some(order.into()),
		}
	}

	fn findings(packs: &[Sound]) -> Vec<(FindingKind, Vec<PathBuf>)> {
		let mut report = AuditReport::default();
		compare(packs, &mut report);
		report
			.findings
			.into_iter()
			.map(|finding| (finding.kind, finding.files))
			.collect()
	}

	#[test]
	fn records_of_one_batch_are_no_finding() {
		let packs = [
			pack("a", 1, (4, 4), 1, "A"),
			pack("b", 2, (4, 4), 1, "B"),
			pack("c", 3, (5, 6), 2, "C"),
		];
		assert_eq!(findings(&packs), []);
	}

	#[test]
	fn the_same_record_twice_is_a_double() {
		let packs = [pack("a", 1, (4, 4), 1, "A"), pack("b", 1, (4, 4), 1, "A")];
		assert_eq!(findings(&packs), [(FindingKind::Double, vec!["a".into(), "b".into()])]);
	}

	#[test]
	fn two_batches_over_the_same_packets_are_two_histories() {
		let packs = [
			pack("a", 1, (4, 9), 1, "A"),
			pack("b", 2, (5, 5), 2, "B"),
			pack("c", 3, (10, 10), 3, "C"),
		];
		assert_eq!(findings(&packs), [(FindingKind::Overlap, vec!["a".into(), "b".into()])]);
		// The same packets, another root.
		let packs = [pack("a", 1, (4, 4), 1, "A"), pack("b", 2, (4, 4), 2, "B")];
		assert_eq!(findings(&packs), [(FindingKind::Overlap, vec!["a".into(), "b".into()])]);
	}

	#[test]
	fn packets_without_a_pack_are_a_gap() {
		let packs = [pack("a", 1, (4, 4), 1, "A"), pack("b", 2, (7, 7), 2, "B")];
		assert_eq!(findings(&packs), [(FindingKind::Gap, vec!["a".into(), "b".into()])]);
	}

	#[test]
	fn one_order_with_two_records_is_named() {
		let packs = [pack("a", 1, (4, 4), 1, "A"), pack("b", 2, (5, 5), 2, "A")];
		assert_eq!(
			findings(&packs),
			[(FindingKind::TwoRecords, vec!["a".into(), "b".into()])]
		);
	}

	#[test]
	fn a_set_is_verified_and_compared_like_its_folder() {
		let folder = tempfile::tempdir().expect("a folder");
		let documents = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/evidence");
		let origin = Origin::read(Some(&documents.join("chain-spec.json")), None, &[]).expect("raw");
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
		assert!(of_set.findings[0].files[1].display().to_string().ends_with("all.set#1"));
	}

	#[test]
	fn a_folder_is_verified_and_compared() {
		let folder = tempfile::tempdir().expect("a folder");
		let documents = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/evidence");
		let origin = Origin::read(Some(&documents.join("chain-spec.json")), None, &[]).expect("raw");
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
			.map(|refused| refused.file.file_name().expect("named"))
			.collect();
		assert_eq!(refused, ["false.json", "none.json"]);
		assert!(report.refused[0].defect.contains("batch.root"), "{:?}", report.refused);
		assert_eq!(report.findings.len(), 1);
		assert_eq!(report.findings[0].kind, FindingKind::Double);
	}
}
