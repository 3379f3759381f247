// SPDX-License-Identifier: Apache-2.0

//! One page for people: who, what, when, how it was checked and what it does not show, in Chinese and English. It needs no other file, runs
//! no script, and prints on A4. Whatever a party wrote is shown as text.
//!
//! [`html`] makes markup, [`words`] has the Chinese.

mod html;
#[cfg(test)]
mod tests;
mod words;

use super::{steps, Step};
use html::{both, heading, raw, rows, text, timeline, Point};
use sealane_primitives::clauses::{Timestamp, UtcOffset};
use sealane_verifier::{
	pack::{date_text, text_field},
	verdict::Party,
	EvidencePack, OnChain, Start, Verified,
};
use serde_json::Value;
use std::fmt::Write as _;

/// What a page is made of: a pack that verified, and from what it did.
pub struct Page<'a> {
	/// The pack.
	pub pack: &'a EvidencePack,
	/// What it shows by itself.
	pub verified: &'a Verified,
	/// What the chain shows.
	pub proven: &'a OnChain,
	/// From where the chain was followed.
	pub start: Start<'a>,
	/// The files that were read, each with its name for people and its SHA-256.
	pub files: &'a [(&'static str, String)],
	/// All steps, in words.
	pub steps: &'a [Step],
	/// What holds and is yet strange.
	pub warnings: &'a [String],
	/// What is not shown.
	pub not_shown: &'a [&'static str],
}

impl Page<'_> {
	/// The page as HTML.
	pub fn html(&self) -> String {
		let mut page = String::from("<!doctype html>\n<html lang=\"zh-Hans\"><head><meta charset=\"utf-8\">");
		page +=
			"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">";
		page +=
			"<meta name=\"viewport\" content=\"width=device-width\"><title>证据报告 · Evidence report</title><style>";
		page += html::STYLE;
		page += "</style></head><body>\n<h1>证据报告 · Evidence report</h1>\n";
		self.verdict(&mut page);
		self.parties(&mut page);
		payload(&mut page, "委托 · Order", &self.pack.record.order.bytes.0);
		payload(&mut page, "确认 · Confirmation", &self.pack.record.confirmation.bytes.0);
		self.terms(&mut page);
		self.times(&mut page);
		self.checks(&mut page);
		self.limits(&mut page);
		self.by_yourself(&mut page);
		page += "</body></html>\n";
		page
	}

	/// From what it was verified, in Chinese and English.
	fn origin(&self) -> (String, String) {
		let vouched = self.start.checkpoint().filter(|_| self.proven.checkpoint.is_some());
		match (self.start.genesis(), vouched) {
			(Some(genesis), None) => (
				format!("链规范“{}”", genesis.name),
				format!("the chain specification “{}”", genesis.name),
			),
			(Some(genesis), Some(checkpoint)) => (
				format!("链规范“{}”和区块 {} 的检查点", genesis.name, checkpoint.number),
				format!(
					"the chain specification “{}” and a checkpoint of block {}",
					genesis.name, checkpoint.number
				),
			),
			(None, _) => {
				let number = self.start.checkpoint().map_or(0, |checkpoint| checkpoint.number);
				(
					format!("区块 {number} 的检查点"),
					format!("a checkpoint of block {number}"),
				)
			}
		}
	}

	fn verdict(&self, page: &mut String) {
		let (from_chinese, from_english) = self.origin();
		let compared = match &self.proven.compared[..] {
			[] => (
				"未与任何已知区块比对。".to_string(),
				"Compared with no block known from elsewhere.".to_string(),
			),
			blocks => {
				let blocks: Vec<String> = blocks.iter().map(u32::to_string).collect();
				let blocks = blocks.join(", ");
				(
					format!("与已知区块 {blocks} 一致。"),
					format!("The same as known from elsewhere in block {blocks}."),
				)
			}
		};
		let _ = writeln!(
			page,
			"<div class=\"verdict\"><b>仅凭{}验证通过，未询问任何节点。{}</b>Verified from {} alone, without asking a node. {}</div>",
			text(&from_chinese),
			compared.0,
			text(&from_english),
			compared.1
		);
		for warning in self.warnings {
			let _ = writeln!(page, "<p class=\"note\">注意 · Note: {}</p>", text(warning));
		}
	}

	fn parties(&self, page: &mut String) {
		heading(page, "当事人 · Parties");
		let facts = &self.proven.facts;
		page.push_str(
			"<table class=\"two\">\n<thead><tr><th></th><th>发行人 · Issuer</th><th>销售机构 · Seller</th></tr></thead>\n",
		);
		let number = |party: &Party| {
			let (kind, number) = party.number.parts();
			format!("{kind} {number}")
		};
		type Column<'a> = (&'a str, &'a dyn Fn(&Party) -> String);
		let columns: [Column<'_>; 5] = [
			("名称 · Name", &|party| party.name.clone()),
			("法定编号 · Legal number", &number),
			("成员 · Member", &|party| party.member.to_string()),
			("节点 · Node", &|party| {
				let removed = if party.removed {
					"（已移除 · removed since）"
				} else {
					""
				};
				format!("{}{removed}", party.node)
			}),
			("签名公钥 · Signing key", &|party| hex::encode(party.key.signing)),
		];
		for (label, value) in columns {
			let _ = writeln!(
				page,
				"<tr><th>{label}</th><td>{}</td><td>{}</td></tr>",
				text(&value(&facts.issuer)),
				text(&value(&facts.seller))
			);
		}
		page.push_str("</table>\n");
		let _ = writeln!(
			page,
			"<p class=\"small\">通道 {channel}。名称与编号以锚定区块 {at} 时为准。 Channel {channel}. Names and numbers as of the anchor's block {at}.</p>",
			channel = facts.channel,
			at = self.proven.block.0
		);
	}

	fn terms(&self, page: &mut String) {
		heading(page, "约定 · Terms");
		let facts = &self.proven.facts;
		let mut found = Vec::new();
		match &facts.agreed {
			Some(agreed) => {
				found.push(("条款版本 · Clause version", agreed.id.to_string()));
				found.push(("自区块起有效 · In force from block", agreed.from.to_string()));
				found.push(("条款 · Clauses", text(&steps::clauses_text(agreed.clauses.as_deref()))));
			}
			None => found.push(("条款 · Clauses", "未约定 · none agreed".into())),
		}
		if let (Some(id), Some(product)) = (self.pack.product(), &facts.product) {
			found.push(("产品 · Product", text(&id)));
			found.push(("产品类型 · Type", text(&product.product_type)));
			found.push(("风险等级 · Risk", format!("R{}", product.risk)));
			found.push(("币种 · Currency", text(&product.currency)));
		}
		rows(page, found);
	}

	fn times(&self, page: &mut String) {
		heading(page, "时间 · Times");
		let proven = self.proven;
		let mut points = Vec::new();
		let mut point = |label: String, time: String, proven| points.push(Point { label, time, proven });
		if let Some(placed) = text_field(&self.pack.record.order.bytes.0, "placed_at") {
			let placed = placed.chars().take(64).collect();
			point("委托中写明 · written in the order".into(), placed, false);
		}
		let date = date_text(self.pack.batch.core.date).unwrap_or_default();
		let label = "批次日期（双方所写） · the batch's date, the parties' word";
		point(label.into(), date, false);
		let [issuer, seller] = self.verified.attested;
		let label = "双方签名所引用的最终区块 · the final blocks that issuer's and seller's signatures name";
		point(
			label.into(),
			format!("区块 · block {}, {}", issuer.number, seller.number),
			false,
		);
		if let Some((number, time)) = proven.not_before {
			let label = format!("锚定之前的最终区块 {number} · final block {number}, before the anchor's");
			point(label, both_zones(time), true);
		}
		let (number, _) = proven.block;
		let label = format!(
			"锚定区块 {number}：记录不晚于此时 · the anchor's block {number}: the record is not later than this"
		);
		point(label, both_zones(proven.made_at), true);
		timeline(page, &points);
		page.push_str(
			"<p class=\"small\">○ 当事人所写 · written by the parties　● 由链证明 · proven by the chain</p>\n",
		);
	}

	fn checks(&self, page: &mut String) {
		heading(page, "逐步核验 · Each step");
		rows(
			page,
			self.steps.iter().map(|step| {
				let (name, chinese) = words::step(step.about);
				(name, both(chinese, &step.holds))
			}),
		);
	}

	fn limits(&self, page: &mut String) {
		heading(page, "未证明的事项 · What is not shown");
		page.push_str("<ul>\n");
		for thing in self.not_shown {
			let place = super::NOT_SHOWN.iter().position(|known| known == thing);
			let chinese = place.and_then(|place| words::NOT_SHOWN.get(place)).copied();
			let _ = writeln!(page, "<li>{}</li>", both(chinese.unwrap_or_default(), thing));
		}
		page.push_str("</ul>\n");
	}

	fn by_yourself(&self, page: &mut String) {
		heading(page, "自行核验 · How to check it yourself");
		let hashes = self.files.iter().map(|(name, digest)| (*name, html::marked(digest)));
		let further = [
			(
				"创世区块 · Genesis block",
				html::marked(&hex::encode(self.start.hash())),
			),
			(
				"记录叶哈希 · Leaf of the record",
				html::marked(&hex::encode(self.verified.leaf)),
			),
			("软件 · Software", format!("sealane {}", env!("CARGO_PKG_VERSION"))),
		];
		rows(page, hashes.chain(further));
		let option = match self.start {
			Start::Genesis(_) => "--chain SPECIFICATION",
			Start::Checkpoint(_) => "--checkpoint CHECKPOINT",
			Start::Through(..) => "--chain SPECIFICATION --checkpoint CHECKPOINT",
		};
		let _ = writeln!(
			page,
			"<p>链规范和检查点须取自可信来源，最好有多个来源。<span class=\"en\">Specification and checkpoint must come from somebody who is \
			 believed, best from several.</span></p>\n<p><code>sealane evidence verify FILE {option}</code><br>\
			 <code>python3 verify.py FILE {option}</code> (docs/evidence/verify.py)</p>"
		);
	}
}

/// In UTC, and as clocks in China show it.
fn both_zones(time: Timestamp) -> String {
	let china = UtcOffset::parse(b"+08:00").expect("a zone; qed");
	format!("{time} ({})", time.at_offset(china))
}

/// What a party wrote: as a table where it is a JSON object, and always as it is.
fn payload(page: &mut String, title: &str, bytes: &[u8]) {
	heading(page, title);
	if let Ok(value @ Value::Object(_)) = serde_json::from_slice(bytes) {
		let mut found = Vec::new();
		flatten(&mut Vec::new(), &value, &mut found);
		found.sort_by_key(|(path, _)| words::place(path));
		let more = found.len().saturating_sub(MOST_ROWS);
		found.truncate(MOST_ROWS);
		let labels: Vec<String> = found.iter().map(|(path, _)| words::field(path)).collect();
		rows(
			page,
			labels
				.iter()
				.map(String::as_str)
				.zip(found.iter().map(|(_, value)| text(value))),
		);
		if more > 0 {
			let _ = writeln!(
				page,
				"<p class=\"small\">余下 {more} 项见证据文件 · {more} more, in the pack</p>"
			);
		}
	}
	let _ = writeln!(
		page,
		"<p class=\"small\">原始字节（{length} 字节） · the {length} bytes themselves</p>{}",
		raw(bytes),
		length = bytes.len()
	);
}

/// Most rows of a table of what a party wrote.
const MOST_ROWS: usize = 200;

/// Each value that is not made of others, with the names that lead to it.
fn flatten(path: &mut Vec<String>, value: &Value, rows: &mut Vec<(Vec<String>, String)>) {
	match value {
		Value::Object(fields) if !fields.is_empty() => {
			for (field, value) in fields {
				path.push(field.clone());
				flatten(path, value, rows);
				path.pop();
			}
		}
		Value::String(text) => rows.push((path.clone(), text.clone())),
		other => rows.push((path.clone(), other.to_string())),
	}
}
