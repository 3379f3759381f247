// SPDX-License-Identifier: Apache-2.0

//! What the demo counts, and what must add up.

use sealane_sample::Manifest;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What `sealane sales run --json` prints, as far as the demo counts it. Figures of several files are added up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct SalesFigures {
	/// Lines read.
	pub orders_read: u64,
	/// Lines that are no orders.
	pub malformed: u64,
	/// Orders whose id came before.
	pub duplicates: u64,
	/// Orders dropped by the clauses.
	pub unqualified: u64,
	/// The same by clause.
	pub unqualified_by_clause: BTreeMap<String, u64>,
	/// Orders that the node itself refused.
	pub refused: u64,
	/// Orders that went to the node.
	pub submitted: u64,
	/// Confirmed, in full or in part.
	pub confirmed: u64,
	/// Rejected by the issuer.
	pub rejected: u64,
	/// Business records with a confirmation.
	pub records: u64,
	/// Records whose trade record is final on chain.
	pub finalised: u64,
}

impl SalesFigures {
	/// Adds the figures of another file.
	pub fn add(&mut self, other: &SalesFigures) {
		self.orders_read += other.orders_read;
		self.malformed += other.malformed;
		self.duplicates += other.duplicates;
		self.unqualified += other.unqualified;
		for (clause, count) in &other.unqualified_by_clause {
			*self.unqualified_by_clause.entry(clause.clone()).or_default() += count;
		}
		self.refused += other.refused;
		self.submitted += other.submitted;
		self.confirmed += other.confirmed;
		self.rejected += other.rejected;
		self.records += other.records;
		self.finalised += other.finalised;
	}
}

/// Everything about the trading.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TradeFigures {
	/// What the sales terminals say, both banks together.
	pub sales: SalesFigures,
	/// Packets of orders that the sales nodes made, all lanes together.
	pub packets: u64,
	/// Packets on the issuers' disks, of those.
	pub packets_delivered: u64,
	/// Orders in the issuers' books.
	pub booked: u64,
	/// Anchors of all trading nodes, on chain since trading began.
	pub anchors: u64,
	/// From the first order read to the last record final, in seconds.
	pub seconds: f64,
}

/// The figures that `--json` prints. The names are an interface: scripts read them.
#[derive(Clone, Debug, Serialize)]
pub struct Figures {
	/// Lines read from the banks' files.
	pub orders_read: u64,
	/// Lines that are no orders.
	pub malformed: u64,
	/// Orders whose id came before.
	pub duplicates: u64,
	/// Orders dropped by the clauses.
	pub unqualified: u64,
	/// Orders that went to the nodes.
	pub submitted: u64,
	/// Packets that they travelled in.
	pub packets: u64,
	/// Confirmed by the issuers.
	pub confirmed: u64,
	/// Rejected by the issuers.
	pub rejected: u64,
	/// Business records with a confirmation.
	pub records: u64,
	/// Trade records whose hash is under an anchor in a final block.
	pub anchored: u64,
	/// An order's evidence verified against another node's chain state, and a forged one did not.
	pub evidence_verified: bool,
	/// The issuer's node refused the seller without a grant, and kept nothing of it.
	pub refused_without_grant: bool,
	/// Bytes of payloads found in folders of nodes that were no party.
	pub leaked_payload_bytes: u64,
	/// The whole demo, in seconds.
	pub seconds: f64,
}

impl Figures {
	/// Puts the figures together.
	pub fn new(trade: &TradeFigures, evidence: bool, refused: bool, leaked: u64, seconds: f64) -> Self {
		let sales = &trade.sales;
		Figures {
			orders_read: sales.orders_read,
			malformed: sales.malformed,
			duplicates: sales.duplicates,
			unqualified: sales.unqualified,
			submitted: sales.submitted,
			packets: trade.packets,
			confirmed: sales.confirmed,
			rejected: sales.rejected,
			records: sales.records,
			anchored: sales.finalised,
			evidence_verified: evidence,
			refused_without_grant: refused,
			leaked_payload_bytes: leaked,
			seconds: (seconds * 10.0).round() / 10.0,
		}
	}
}

/// Something that must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
	/// In words.
	pub what: String,
	/// Whether it does.
	pub holds: bool,
	/// The two sides.
	pub detail: String,
}

impl Check {
	fn equal<T: PartialEq + std::fmt::Debug>(what: &str, found: T, expected: T) -> Self {
		Check {
			what: what.into(),
			holds: found == expected,
			detail: format!("{found:?}, must be {expected:?}"),
		}
	}
}

/// All that must hold: sums within the figures, and the figures against the true counts of the input.
pub fn checks(figures: &Figures, trade: &TradeFigures, manifest: &Manifest) -> Vec<Check> {
	let f = figures;
	let truth = &manifest.total;
	let mut checks = vec![
		Check::equal(
			"read = malformed + duplicates + unqualified + submitted",
			f.orders_read,
			f.malformed + f.duplicates + f.unqualified + f.submitted,
		),
		Check::equal(
			"submitted = confirmed + rejected",
			f.submitted,
			f.confirmed + f.rejected,
		),
		Check::equal("business records = submitted", f.records, f.submitted),
		Check::equal("hashes anchored and final = submitted", f.anchored, f.submitted),
		Check::equal("orders in the issuers' books = submitted", trade.booked, f.submitted),
		Check::equal("orders refused by a node", trade.sales.refused, 0),
		Check::equal("packets delivered = packets", trade.packets_delivered, trade.packets),
		Check::equal("read, against the input", f.orders_read, truth.read),
		Check::equal("malformed, against the input", f.malformed, truth.malformed),
		Check::equal("duplicates, against the input", f.duplicates, truth.duplicates),
		Check::equal("unqualified, against the input", f.unqualified, truth.unqualified),
		Check::equal(
			"unqualified by clause, against the input",
			&trade.sales.unqualified_by_clause,
			&truth.unqualified_by_clause,
		),
		Check::equal("confirmed, against the input", f.confirmed, truth.confirmed),
		Check::equal("rejected, against the input", f.rejected, truth.rejected),
		Check::equal("evidence verified", f.evidence_verified, true),
		Check::equal("refused without a grant", f.refused_without_grant, true),
		Check::equal(
			"bytes of payload found where they do not belong",
			f.leaked_payload_bytes,
			0,
		),
	];
	checks.push(Check {
		what: "orders travel in packets, never one by one".into(),
		holds: f.packets > 0 && (f.submitted < 1_000 || f.packets < f.submitted / 10),
		detail: format!("{} packets for {} orders", f.packets, f.submitted),
	});
	checks.push(Check {
		what: "the nodes anchored".into(),
		holds: trade.anchors > 0,
		detail: format!("{} anchors", trade.anchors),
	});
	checks
}

#[cfg(test)]
mod tests {
	use super::*;

	fn trade() -> TradeFigures {
		let sales = SalesFigures {
			orders_read: 1_000,
			malformed: 4,
			duplicates: 3,
			unqualified: 30,
			submitted: 963,
			confirmed: 953,
			rejected: 10,
			records: 963,
			finalised: 963,
			..SalesFigures::default()
		};
		TradeFigures {
			sales,
			packets: 7,
			packets_delivered: 7,
			booked: 963,
			anchors: 5,
			seconds: 1.0,
		}
	}

	fn failed(trade: &TradeFigures, leaked: u64) -> Vec<String> {
		let folder = tempfile::tempdir().unwrap();
		let size = sealane_sample::SampleSize::of_orders(100);
		let mut manifest = sealane_sample::write(1, size, folder.path()).unwrap();
		manifest.total = sealane_sample::Counts {
			read: 1_000,
			malformed: 4,
			duplicates: 3,
			unqualified: 30,
			submitted: 963,
			confirmed: 953,
			rejected: 10,
			..Default::default()
		};
		let figures = Figures::new(trade, true, true, leaked, 1.0);
		checks(&figures, trade, &manifest)
			.into_iter()
			.filter(|c| !c.holds)
			.map(|c| c.what)
			.collect()
	}

	#[test]
	fn figures_that_add_up_pass() {
		assert_eq!(failed(&trade(), 0), [] as [String; 0]);
	}

	#[test]
	fn each_defect_is_named() {
		let mut lost = trade();
		lost.sales.records -= 1;
		assert_eq!(failed(&lost, 0), ["business records = submitted"]);
		let mut unanchored = trade();
		unanchored.sales.finalised = 0;
		assert_eq!(failed(&unanchored, 0), ["hashes anchored and final = submitted"]);
		assert_eq!(
			failed(&trade(), 31),
			["bytes of payload found where they do not belong"]
		);
	}

	#[test]
	fn the_json_has_exactly_the_agreed_names() {
		let json = serde_json::to_value(Figures::new(&trade(), true, true, 0, 61.26)).unwrap();
		let names: Vec<_> = json.as_object().unwrap().keys().map(String::as_str).collect();
		let mut expected = [
			"orders_read",
			"malformed",
			"duplicates",
			"unqualified",
			"submitted",
			"packets",
			"confirmed",
			"rejected",
			"records",
			"anchored",
			"evidence_verified",
			"refused_without_grant",
			"leaked_payload_bytes",
			"seconds",
		];
		let mut names = names;
		names.sort_unstable();
		expected.sort_unstable();
		assert_eq!(names, expected);
		assert_eq!(json["seconds"], 61.3);
	}
}
