// SPDX-License-Identifier: Apache-2.0

//! One page for people: who, what, when, how it was checked and what it does not show, in Chinese and English. It needs no other file, runs
//! no script, and prints on A4. Whatever a party wrote is shown as text.

use super::{steps, Step};
use sealane_primitives::clauses::{Timestamp, UtcOffset};
use sealane_verifier::{pack::date_text, verdict::Party, EvidencePack, Genesis, OnChain, Verified};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// What a page is made of: a pack that verified, and the files from which it did.
pub struct Page<'a> {
	/// The pack.
	pub pack: &'a EvidencePack,
	/// What it shows by itself.
	pub verified: &'a Verified,
	/// What the chain shows.
	pub proven: &'a OnChain,
	/// How the chain began.
	pub genesis: &'a Genesis,
	/// The pack's file.
	pub file: &'a [u8],
	/// The specification's file.
	pub specification: &'a [u8],
	/// All steps, in words.
	pub steps: &'a [Step],
	/// What holds and is yet strange.
	pub warnings: &'a [String],
	/// What is not shown.
	pub not_shown: &'a [&'static str],
}

const STYLE: &str = "@page{size:A4;margin:18mm}body{font:14px/1.5 'Noto Sans','Noto Sans CJK SC','Microsoft YaHei',sans-serif;max-width:50em;margin:2em auto;padding:0 1em;color:#111}h1{font-size:1.5em}h2{font-size:1.15em;border-bottom:1px solid #888;margin-top:1.6em;break-after:avoid}table{border-collapse:collapse;width:100%}td,th{border:1px solid #bbb;padding:.25em .5em;text-align:left;vertical-align:top;overflow-wrap:anywhere}th{width:30%;background:#f3f3f3;font-weight:600}tr{break-inside:avoid}code{font:12px/1.4 monospace;overflow-wrap:anywhere}.note{border-left:4px solid #b60;padding-left:.7em}.verdict{border:2px solid #161;padding:.5em 1em}svg{width:100%;height:auto}";

impl Page<'_> {
	/// The page as HTML.
	pub fn html(&self) -> String {
		let mut page = String::from("<!doctype html>\n<html lang=\"zh\"><head><meta charset=\"utf-8\">");
		page +=
			"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">";
		page +=
			"<meta name=\"viewport\" content=\"width=device-width\"><title>证据报告 · Evidence report</title><style>";
		page += STYLE;
		page += "</style></head><body>\n<h1>证据报告 · Evidence report</h1>\n";
		self.verdict(&mut page);
		self.parties(&mut page);
		payload(&mut page, "委托 · Order", &self.pack.record.order.0);
		payload(&mut page, "确认 · Confirmation", &self.pack.record.confirmation.0);
		self.terms(&mut page);
		self.times(&mut page);
		self.checks(&mut page);
		self.limits(&mut page);
		self.by_yourself(&mut page);
		page += "</body></html>\n";
		page
	}

	fn verdict(&self, page: &mut String) {
		let compared = match &self.proven.compared[..] {
			[] => "未与任何已知区块比对 · compared with no block known from elsewhere".to_string(),
			blocks => {
				let blocks: Vec<String> = blocks.iter().map(u32::to_string).collect();
				let blocks = blocks.join(", ");
				format!("与已知区块 {blocks} 一致 · the same as known from elsewhere in block {blocks}")
			}
		};
		let _ = writeln!(
			page,
			"<p class=\"verdict\">仅凭链规范“{name}”验证通过，未询问任何节点；{compared}。<br>Verified from the chain specification \
			 “{name}” alone, without asking a node.</p>",
			name = escape(&self.genesis.name)
		);
		for warning in self.warnings {
			let _ = writeln!(page, "<p class=\"note\">注意 · Note: {}</p>", escape(warning));
		}
	}

	fn parties(&self, page: &mut String) {
		heading(page, "当事人 · Parties");
		let facts = &self.proven.facts;
		table(
			page,
			&[
				("发行人 · Issuer", party(&facts.issuer)),
				("销售机构 · Seller", party(&facts.seller)),
				("通道 · Channel", facts.channel.to_string()),
			],
		);
		let _ = writeln!(
			page,
			"<p>以区块 {at} 的链上状态为准。 As the chain has it in block {at}.</p>",
			at = self.proven.state.number
		);
	}

	fn terms(&self, page: &mut String) {
		heading(page, "约定 · Terms");
		let facts = &self.proven.facts;
		let mut rows = Vec::new();
		match &facts.agreed {
			Some(agreed) => {
				rows.push(("条款版本 · Clause version", agreed.id.to_string()));
				rows.push(("自区块起有效 · In force from block", agreed.from.to_string()));
				rows.push(("条款 · Clauses", steps::clauses_text(agreed.clauses.as_deref())));
			}
			None => rows.push(("条款 · Clauses", "未约定 · none agreed".into())),
		}
		if let (Some(id), Some(product)) = (self.pack.product(), &facts.product) {
			rows.push(("产品 · Product", id));
			rows.push(("类型 · Type", product.product_type.clone()));
			rows.push(("风险等级 · Risk", format!("R{}", product.risk)));
			rows.push(("币种 · Currency", product.currency.clone()));
		}
		table(page, &rows);
	}

	fn times(&self, page: &mut String) {
		heading(page, "时间 · Times");
		let proven = self.proven;
		let mut points = Vec::new();
		if let Some(placed) = sealane_verifier::pack::text_field(&self.pack.record.order.0, "placed_at") {
			points.push(("委托中写明 · written in the order".to_string(), placed));
		}
		let date = date_text(self.pack.batch.core.date).unwrap_or_default();
		points.push((
			"批次日期（双方所写） · the batch's date, the parties' word".into(),
			date,
		));
		if let Some((number, time)) = proven.not_before {
			points.push((
				format!("之前的区块 {number} · block {number}, before it"),
				both_zones(time),
			));
		}
		let (number, _) = proven.block;
		points.push((
			format!("锚定区块 {number}：不晚于此时 · the anchor's block {number}: not later than"),
			both_zones(proven.made_at),
		));
		table(
			page,
			&points
				.iter()
				.map(|(label, time)| (label.as_str(), time.clone()))
				.collect::<Vec<_>>(),
		);
		timeline(page, &points);
	}

	fn checks(&self, page: &mut String) {
		heading(page, "逐步核验 · Each step");
		let rows: Vec<_> = self
			.steps
			.iter()
			.map(|step| (about(step.about), step.holds.clone()))
			.collect();
		table(page, &rows);
	}

	fn limits(&self, page: &mut String) {
		heading(page, "未证明的事项 · What is not shown");
		page.push_str("<ul>\n");
		for thing in self.not_shown {
			let _ = writeln!(page, "<li>{}{}</li>", chinese(thing), escape(thing));
		}
		page.push_str("</ul>\n");
	}

	fn by_yourself(&self, page: &mut String) {
		heading(page, "自行核验 · How to check it yourself");
		let hash = |bytes: &[u8]| hex::encode(Sha256::digest(bytes));
		table(
			page,
			&[
				("证据文件 SHA-256 · SHA-256 of the pack", hash(self.file)),
				(
					"链规范 SHA-256 · SHA-256 of the specification",
					hash(self.specification),
				),
				("创世区块 · Genesis block", hex::encode(self.genesis.hash)),
				("记录叶哈希 · Leaf of the record", hex::encode(self.verified.leaf)),
				("软件 · Software", format!("sealane {}", env!("CARGO_PKG_VERSION"))),
			],
		);
		page.push_str(
			"<p>链规范须取自可信来源，最好有多个来源。 The specification must come from somebody who is believed, best from several.</p>\n\
			 <p><code>sealane evidence verify FILE --chain SPECIFICATION</code><br>\
			 <code>python3 verify.py FILE --chain SPECIFICATION</code> (docs/evidence/verify.py)</p>\n",
		);
	}
}

fn party(party: &Party) -> String {
	let (kind, number) = party.number.parts();
	format!(
		"{} ({kind} {number}), 成员 · member {}, 节点 · node {}, 签名公钥 · signing key {}",
		party.name,
		party.member,
		party.node,
		hex::encode(party.key.signing)
	)
}

/// In UTC, and as clocks in China show it.
fn both_zones(time: Timestamp) -> String {
	let china = UtcOffset::parse(b"+08:00").expect("a zone; qed");
	format!("{time} ({})", time.at_offset(china))
}

fn heading(page: &mut String, text: &str) {
	let _ = writeln!(page, "<h2>{text}</h2>");
}

fn table(page: &mut String, rows: &[(&str, String)]) {
	page.push_str("<table>\n");
	for (label, value) in rows {
		let _ = writeln!(page, "<tr><th>{}</th><td>{}</td></tr>", escape(label), escape(value));
	}
	page.push_str("</table>\n");
}

/// What a party wrote: as a table where it is a JSON object, and always as it is.
fn payload(page: &mut String, title: &str, bytes: &[u8]) {
	heading(page, title);
	if let Ok(value @ Value::Object(_)) = serde_json::from_slice(bytes) {
		let mut rows = Vec::new();
		flatten(String::new(), &value, &mut rows);
		let rows: Vec<_> = rows
			.iter()
			.map(|(name, value)| (name.as_str(), value.clone()))
			.collect();
		table(page, &rows);
	}
	let text = match std::str::from_utf8(bytes) {
		Ok(text) => text.to_string(),
		Err(_) => hex::encode(bytes),
	};
	let _ = writeln!(
		page,
		"<p>原始字节（{length}） · the {length} bytes themselves: <code>{}</code></p>",
		escape(&text),
		length = bytes.len()
	);
}

/// `facts.risk_class` and the like.
fn flatten(name: String, value: &Value, rows: &mut Vec<(String, String)>) {
	match value {
		Value::Object(fields) if !fields.is_empty() => {
			for (field, value) in fields {
				let name = if name.is_empty() {
					field.clone()
				} else {
					format!("{name}.{field}")
				};
				flatten(name, value, rows);
			}
		}
		Value::String(text) => rows.push((name, text.clone())),
		other => rows.push((name, other.to_string())),
	}
}

/// The points in the order in which they follow, one below the other.
fn timeline(page: &mut String, points: &[(String, String)]) {
	const STEP: usize = 46;
	let height = STEP * points.len() + 10;
	let _ = writeln!(
		page,
		"<svg viewBox=\"0 0 640 {height}\" role=\"img\" aria-label=\"timeline\">"
	);
	let _ = writeln!(
		page,
		"<line x1=\"14\" y1=\"18\" x2=\"14\" y2=\"{}\" stroke=\"#888\" stroke-width=\"2\"/>",
		height.saturating_sub(STEP - 8)
	);
	for (place, (label, time)) in points.iter().enumerate() {
		let y = 18 + STEP * place;
		let last = place + 1 == points.len();
		let fill = if last { "#161" } else { "#fff" };
		let _ = writeln!(
			page,
			"<circle cx=\"14\" cy=\"{y}\" r=\"6\" fill=\"{fill}\" stroke=\"#161\" stroke-width=\"2\"/>\
			 <text x=\"32\" y=\"{}\" font-size=\"13\">{}</text><text x=\"32\" y=\"{}\" font-size=\"11\" fill=\"#444\">{}</text>",
			y + 2,
			escape(time),
			y + 18,
			escape(label)
		);
	}
	page.push_str("</svg>\n");
}

/// The Chinese word beside a step's.
fn about(about: &'static str) -> &'static str {
	match about {
		"record" => "记录 · record",
		"batch" => "批次 · batch",
		"signatures" => "签名 · signatures",
		"anchor" => "锚定 · anchor",
		"genesis" => "创世 · genesis",
		"validators" => "验证人 · validators",
		"finality" => "最终性 · finality",
		"block" => "区块 · block",
		"later block" => "后续区块 · later block",
		"state" => "链上状态 · state",
		"keys" => "公钥 · keys",
		"parties" => "当事人 · parties",
		"channel" => "通道 · channel",
		"clauses" => "条款 · clauses",
		"product" => "产品 · product",
		"runtime" => "链上程序 · runtime",
		other => other,
	}
}

/// What is not shown, in Chinese.
fn chinese(thing: &str) -> &'static str {
	match super::NOT_SHOWN.iter().position(|known| *known == thing) {
		Some(0) => "本记录是否为最终结果：之后的更正、撤销或争议是另外的记录。 ",
		Some(1) => "同一委托、批次或日期是否另有其他记录。 ",
		Some(2) => "双方业务系统的后续处理，以及机构内部由谁决定。 ",
		Some(3) => "合作协议的内容，由双方保存。 ",
		_ => "",
	}
}

/// Text that a browser shows as it is: no markup, and characters that nobody sees or that turn the line are written out.
fn escape(text: &str) -> String {
	let mut shown = String::with_capacity(text.len());
	for character in text.chars() {
		match character {
			'&' => shown += "&amp;",
			'<' => shown += "&lt;",
			'>' => shown += "&gt;",
			'"' => shown += "&quot;",
			'\'' => shown += "&#39;",
			'\u{ad}'
			| '\u{61c}'
			| '\u{180e}'
			| '\u{200b}'..='\u{200f}'
			| '\u{202a}'..='\u{202e}'
			| '\u{2028}'..='\u{2029}'
			| '\u{2060}'..='\u{206f}'
			| '\u{feff}'
			| '\u{fff9}'..='\u{fffb}'
			| '\u{e0000}'..='\u{e007f}' => {
				let _ = write!(shown, "⟨U+{:04X}⟩", u32::from(character));
			}
			control if control.is_control() => {
				let _ = write!(shown, "⟨U+{:04X}⟩", u32::from(control));
			}
			plain => shown.push(plain),
		}
	}
	shown
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::collections::BTreeSet;

	fn sample() -> (Vec<u8>, Vec<u8>) {
		let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/evidence");
		let read = |name| std::fs::read(folder.join(name)).expect("readable");
		(read("offline.json"), read("chain-spec.json"))
	}

	fn page() -> (String, EvidencePack, OnChain) {
		let (file, specification) = sample();
		let (pack, genesis) = (
			EvidencePack::from_json(&file).expect("a pack"),
			Genesis::from_spec(&specification).expect("raw"),
		);
		let (verified, proven) = pack.verify_offline(&genesis).expect("sound");
		let report = super::super::verify_offline(&pack, &genesis, &[]).expect("sound");
		let html = Page {
			pack: &pack,
			verified: &verified,
			proven: &proven,
			genesis: &genesis,
			file: &file,
			specification: &specification,
			steps: &report.steps,
			warnings: &report.warnings,
			not_shown: &report.not_shown,
		}
		.html();
		(html, pack, proven)
	}

	/// Whatever the page says was taken from the pack, the specification or the proof; and what people ask for is there.
	#[test]
	fn the_pages_figures_are_the_packs() {
		let (html, pack, proven) = page();
		for (name, value) in [
			("order", "A-0003"),
			("amount", "4000.00"),
			("deal", "D-73"),
			("issuer", "稳健理财有限责任公司"),
			("seller", "First Sample Bank"),
			("credit code", "91350100M000100Y43"),
			("LEI", "5493001KJTIIGC8Y1R12"),
			("made at", "2025-11-24T10:00:12Z"),
			("made at, in China", "2025-11-24T18:00:12+08:00"),
			("clause", "age_at_least"),
			("risk", "R2"),
		] {
			assert!(html.contains(value), "{name}: {value}");
		}
		let mut known: BTreeSet<String> = BTreeSet::new();
		let json: Value = serde_json::to_value(&pack).expect("serialises");
		let mut rows = Vec::new();
		flatten(String::new(), &json, &mut rows);
		let mut all = rows.into_iter().map(|(_, value)| value).collect::<Vec<_>>().join(" ");
		let (file, specification) = sample();
		for digest in [
			hex::encode(Sha256::digest(&file)),
			hex::encode(Sha256::digest(&specification)),
			hex::encode(proven.finalised.hash),
			hex::encode(proven.state.hash),
			hex::encode(proven.facts.runtime.code_hash),
			hex::encode(pack.verify_local(&pack.batch.core.genesis).expect("sound").leaf),
		] {
			known.insert(digest);
		}
		all.push_str(&known.into_iter().collect::<Vec<_>>().join(" "));
		let digests = html
			.split(|c: char| !c.is_ascii_hexdigit())
			.filter(|word| word.len() == 64);
		let mut count = 0;
		for digest in digests {
			assert!(all.contains(digest), "{digest} is nowhere in the pack");
			count += 1;
		}
		assert!(count >= 12, "{count} digests");
	}

	#[test]
	fn the_page_needs_nothing_else_and_runs_nothing() {
		let (html, ..) = page();
		for forbidden in [
			"<script", "http://", "https://", "src=", "href=", "onload", "@import", "url(",
		] {
			assert!(!html.contains(forbidden), "{forbidden}");
		}
		assert!(html.contains("default-src 'none'"));
	}

	#[test]
	fn what_a_party_wrote_is_shown_as_text() {
		let mut page = String::new();
		let hostile =
			r#"{"id":"<script>alert(1)</script>","note":"\u202eevil\u0007 & \"quoted\" '","<b>":"</td></table>"}"#;
		payload(&mut page, "Order", hostile.as_bytes());
		for forbidden in ["<script", "<b>", "</td></table>\"", "\u{202e}", "\u{7}"] {
			assert!(!page.contains(forbidden), "{forbidden}: {page}");
		}
		assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
		assert!(page.contains("⟨U+202E⟩evil⟨U+0007⟩ &amp; &quot;quoted&quot; &#39;"));
		let mut page = String::new();
		payload(&mut page, "Order", &[0xff, 0x3c]);
		assert!(page.contains("ff3c"), "{page}");
	}
}
