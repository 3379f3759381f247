// SPDX-License-Identifier: Apache-2.0

//! One page for people: who, what, when, how it was checked and what it does not show, in Chinese and English. It needs no other file, runs
//! no script, and prints on A4. Whatever a party wrote is shown as text.
//!
//! `html` makes markup, [`crate::words`] has the Chinese.

mod html;
#[cfg(test)]
mod tests;

use crate::{
	payload,
	report::{Judged, NOT_SHOWN},
	steps, times, words,
};
use alloc::{
	format,
	string::{String, ToString},
	vec::Vec,
};
use core::fmt::Write as _;
use html::{both, heading, raw, rows, text, timeline};
use sealane_verifier::{pack::Entry, verdict::Party, EvidencePack, Start};

pub use html::{cut, visible};

/// How a pack is called where its SHA-256 stands.
pub const PACK: &str = "证据文件 SHA-256 · SHA-256 of the pack";
/// How a set of packs is called there.
pub const SET: &str = "证据集 SHA-256 · SHA-256 of the set";
/// How a chain specification is called there.
pub const SPECIFICATION: &str = "链规范 SHA-256 · SHA-256 of the specification";
/// How a checkpoint is called there.
pub const CHECKPOINT: &str = "检查点 SHA-256 · SHA-256 of the checkpoint";

/// What a page is made of: a pack that verified, and from what it did.
pub struct Page<'a> {
	/// The pack.
	pub pack: &'a EvidencePack,
	/// What the check showed.
	pub judged: &'a Judged,
	/// From where the chain was followed.
	pub start: Start<'a>,
	/// The files that were read, each with its name for people and its SHA-256.
	pub files: &'a [(&'static str, String)],
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
		payload(&mut page, "委托 · Order", &self.pack.record.order);
		payload(&mut page, "确认 · Confirmation", &self.pack.record.confirmation);
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
		let vouched = self
			.start
			.checkpoint()
			.filter(|_| self.judged.proven.checkpoint.is_some());
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
		let compared = match &self.judged.proven.compared[..] {
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
		for warning in &self.judged.report.warnings {
			let _ = writeln!(page, "<p class=\"note\">注意 · Note: {}</p>", text(warning));
		}
	}

	fn parties(&self, page: &mut String) {
		heading(page, "当事人 · Parties");
		let facts = &self.judged.proven.facts;
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
			at = self.judged.proven.block.0
		);
	}

	fn terms(&self, page: &mut String) {
		heading(page, "约定 · Terms");
		let facts = &self.judged.proven.facts;
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
		timeline(page, &times::of(self.pack, self.judged));
		page.push_str(
			"<p class=\"small\">○ 当事人所写 · written by the parties　● 由链证明 · proven by the chain</p>\n",
		);
	}

	fn checks(&self, page: &mut String) {
		heading(page, "逐步核验 · Each step");
		let steps = &self.judged.report.steps;
		let names: Vec<String> = steps.iter().map(|step| words::step(step.about).name.both()).collect();
		rows(
			page,
			names.iter().map(String::as_str).zip(
				steps
					.iter()
					.map(|step| both(words::step(step.about).chinese, &step.holds)),
			),
		);
	}

	fn limits(&self, page: &mut String) {
		heading(page, "未证明的事项 · What is not shown");
		page.push_str("<ul>\n");
		for thing in &self.judged.report.not_shown {
			let place = NOT_SHOWN.iter().position(|known| known == thing);
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
				html::marked(&hex::encode(self.judged.verified.leaf)),
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

/// What a party wrote: as a table where it is a JSON object, and always as it is.
fn payload(page: &mut String, title: &str, entry: &Entry) {
	heading(page, title);
	if let Some(found) = payload::rows(entry) {
		let labels: Vec<String> = found.rows.iter().map(|row| row.label.both()).collect();
		rows(
			page,
			labels
				.iter()
				.map(String::as_str)
				.zip(found.rows.iter().map(|row| match row.withheld {
					true => "<i>未披露 · withheld</i>".into(),
					false => text(&row.value),
				})),
		);
		if found.more > 0 {
			let _ = writeln!(
				page,
				"<p class=\"small\">余下 {more} 项见证据文件 · {more} more, in the pack</p>",
				more = found.more
			);
		}
	}
	let bytes = &entry.bytes.0;
	let _ = writeln!(
		page,
		"<p class=\"small\">原始字节（{length} 字节） · the {length} bytes themselves</p>{}",
		raw(bytes),
		length = bytes.len()
	);
}
