// SPDX-License-Identifier: Apache-2.0

//! Many packs together: what one alone cannot show.

use alloc::{collections::BTreeMap, format, string::String, vec, vec::Vec};
use sealane_primitives::ids::{ChannelId, Digest, NodeId};
use sealane_verifier::{pack::text_field, EvidencePack, Verified};
use serde::Serialize;

/// What was found in many packs.
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
	pub file: String,
	/// The first defect.
	pub defect: String,
}

/// What kind of thing was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
	/// Two batches of one lane share packets and are not the same: two histories, both signed.
	Overlap,
	/// A batch whose packets follow on those of another names a third one as the one before it: that one is not shown.
	OtherHistory,
	/// One order has two different records.
	TwoRecords,
	/// Two files have the same record.
	Double,
	/// Between two batches of a lane there are others for which there is no pack.
	Gap,
}

impl FindingKind {
	/// Whether honest parties never cause it.
	pub const fn is_grave(self) -> bool {
		matches!(
			self,
			FindingKind::Overlap | FindingKind::OtherHistory | FindingKind::TwoRecords
		)
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
	pub files: Vec<String>,
}

/// The lane of a batch: channel, issuer's node, seller's node.
type Lane = (ChannelId, NodeId, NodeId);
/// The batches of a lane, by the packets that they cover.
type Batches<'a> = BTreeMap<((u64, u64), Digest), &'a Sound>;

/// A pack that verified.
struct Sound {
	file: String,
	leaf: Digest,
	lane: Lane,
	packets: (u64, u64),
	batch: Digest,
	/// The batch before it in its lane, as both sides signed; zeros where the issuer knew of none.
	previous: Digest,
	order: Option<String>,
}

/// Takes packs one by one, and compares those that hold.
#[derive(Default)]
pub struct Comparison {
	report: AuditReport,
	sound: Vec<Sound>,
}

impl Comparison {
	/// A file that is no pack, or does not verify.
	pub fn refused(&mut self, file: String, defect: String) {
		self.report.files += 1;
		self.report.refused.push(Refused { file, defect });
	}

	/// A pack that holds.
	pub fn holds(&mut self, file: String, pack: &EvidencePack, verified: &Verified) {
		let core = &pack.batch.core;
		self.report.files += 1;
		self.sound.push(Sound {
			file,
			leaf: verified.leaf,
			lane: (core.channel, core.issuer_node, core.seller_node),
			packets: (core.first_sequence, core.last_sequence),
			batch: core.hash(),
			previous: core.previous,
			order: text_field(&pack.record.order.bytes.0, "id"),
		});
	}

	/// What all of them show, the grave first.
	pub fn finish(self) -> AuditReport {
		let Comparison { mut report, sound } = self;
		report.verified = sound.len();
		compare(&sound, &mut report);
		report.findings.sort_by_key(|finding| !finding.kind.is_grave());
		report
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
				// Between the packets of two batches there may be some that have none.
				Some((before, _)) if pack.previous == before.batch => {}
				Some((before, end)) if first > end + 1 => report.findings.push(Finding {
					kind: FindingKind::Gap,
					found: format!("{name}: no pack of packets {} to {}", end + 1, first - 1),
					files: vec![before.file.clone(), pack.file.clone()],
				}),
				Some((before, _)) if pack.previous != [0; 32] => report.findings.push(Finding {
					kind: FindingKind::OtherHistory,
					found: format!(
						"{name}: the signed batch of packets {first} to {last} follows on the one with core {}, but that of packets {} to {} has core {}",
						hex::encode(pack.previous),
						before.packets.0,
						before.packets.1,
						hex::encode(before.batch)
					),
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

	/// Each batch follows on the one with the number before its own.
	fn pack(file: &str, leaf: u8, packets: (u64, u64), batch: u8, order: &str) -> Sound {
		Sound {
			previous: [batch - 1; 32],
			file: file.into(),
			leaf: [leaf; 32],
			lane: (3, 7, 2),
			packets,
			batch: [batch; 32],
			order: Some(order.into()),
		}
	}

	fn findings(packs: &[Sound]) -> Vec<(FindingKind, Vec<String>)> {
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
			pack("c", 3, (10, 10), 2, "C"),
		];
		assert_eq!(findings(&packs), [(FindingKind::Overlap, vec!["a".into(), "b".into()])]);
		// The same packets, another root.
		let packs = [pack("a", 1, (4, 4), 1, "A"), pack("b", 2, (4, 4), 2, "B")];
		assert_eq!(findings(&packs), [(FindingKind::Overlap, vec!["a".into(), "b".into()])]);
	}

	#[test]
	fn packets_without_a_pack_are_a_gap() {
		let packs = [pack("a", 1, (4, 4), 1, "A"), pack("b", 2, (7, 7), 3, "B")];
		assert_eq!(findings(&packs), [(FindingKind::Gap, vec!["a".into(), "b".into()])]);
		// What lies between is no batch: the later one names the earlier one.
		let packs = [pack("a", 1, (4, 4), 1, "A"), pack("b", 2, (7, 7), 2, "B")];
		assert_eq!(findings(&packs), []);
	}

	/// Both parties together can show one record here and another there, but not two whose batches follow on each other.
	#[test]
	fn a_batch_that_follows_on_another_than_the_one_shown_is_two_histories() {
		let packs = [pack("a", 1, (4, 4), 1, "A"), pack("b", 2, (5, 5), 3, "B")];
		assert_eq!(
			findings(&packs),
			[(FindingKind::OtherHistory, vec!["a".into(), "b".into()])]
		);
		// An issuer that lost its log says that it knows of none.
		let mut lost = pack("b", 2, (5, 5), 3, "B");
		lost.previous = [0; 32];
		assert_eq!(findings(&[pack("a", 1, (4, 4), 1, "A"), lost]), []);
	}

	#[test]
	fn one_order_with_two_records_is_named() {
		let packs = [pack("a", 1, (4, 4), 1, "A"), pack("b", 2, (5, 5), 2, "A")];
		assert_eq!(
			findings(&packs),
			[(FindingKind::TwoRecords, vec!["a".into(), "b".into()])]
		);
	}
}
