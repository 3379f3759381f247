// SPDX-License-Identifier: Apache-2.0

//! When things happened, and by whose word.

use crate::report::Judged;
use alloc::{format, string::String, vec::Vec};
use sealane_primitives::clauses::{Timestamp, UtcOffset};
use sealane_verifier::{
	pack::{date_text, text_field},
	EvidencePack,
};

/// Most characters of a time that a party wrote.
const MOST_WRITTEN: usize = 64;

/// One point of a timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
	/// What it is, in Chinese.
	pub chinese: String,
	/// What it is, in English.
	pub english: String,
	/// When, as text.
	pub time: String,
	/// The same in milliseconds since 1970, where it is a moment that the chain proves.
	pub unix_ms: Option<u64>,
}

impl Point {
	/// Whether the chain proves it; a party wrote it otherwise.
	pub const fn proven(&self) -> bool {
		self.unix_ms.is_some()
	}
}

/// The points of a record's timeline, in the order of what must have come before what.
pub fn of(pack: &EvidencePack, judged: &Judged) -> Vec<Point> {
	let (verified, proven) = (&judged.verified, &judged.proven);
	let written = |chinese: &str, english: &str, time: String| Point {
		chinese: chinese.into(),
		english: english.into(),
		time,
		unix_ms: None,
	};
	let shown = |chinese: String, english: String, time: Timestamp| Point {
		chinese,
		english,
		time: both_zones(time),
		unix_ms: Some(time.unix_ms()),
	};
	let mut points = Vec::new();
	if let Some(placed) = text_field(&pack.record.order.bytes.0, "placed_at") {
		let placed = placed.chars().take(MOST_WRITTEN).collect();
		points.push(written("委托中写明", "written in the order", placed));
	}
	points.push(written(
		"批次日期（双方所写）",
		"the batch's date, the parties' word",
		date_text(pack.batch.core.date).unwrap_or_default(),
	));
	let [issuer, seller] = verified.attested;
	match proven.attested {
		None => points.push(written(
			"发行人与销售机构签名所引用的最终区块",
			"the final blocks that issuer's and seller's signatures name",
			format!("#{}, #{}", issuer.number, seller.number),
		)),
		Some(times) => {
			let mut signed = [
				(issuer.number, times[0], "发行人", "issuer"),
				(seller.number, times[1], "销售机构", "seller"),
			];
			signed.sort_by_key(|(number, ..)| *number);
			for (number, time, chinese, english) in signed {
				let Some(time) = time else { continue };
				points.push(shown(
					format!("{chinese}签名所引用的区块 {number}：签名不早于此时"),
					format!("block {number}, which the {english}'s signature names: it was made after this"),
					time,
				));
			}
		}
	}
	if let Some((number, time)) = proven.not_before {
		points.push(shown(
			format!("锚定之前的区块 {number}"),
			format!("block {number}, before the anchor's"),
			time,
		));
	}
	let (number, _) = proven.block;
	points.push(shown(
		format!("锚定区块 {number}：记录不晚于此时"),
		format!("the anchor's block {number}: the record is not later than this"),
		proven.made_at,
	));
	points
}

/// In UTC, and as clocks in China show it.
fn both_zones(time: Timestamp) -> String {
	let china = UtcOffset::parse(b"+08:00").expect("a zone; qed");
	format!("{time} ({})", time.at_offset(china))
}
