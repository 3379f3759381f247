// SPDX-License-Identifier: Apache-2.0

//! What the page says is what the pack says; and in a real browser what a party wrote does nothing.

use super::*;
use crate::{payload::flatten, Origin};
use sealane_primitives::evidence::entry::Part;
use sealane_verifier::{pack::RecordPart, Genesis};
use sha2::{Digest as _, Sha256};
use std::{
	collections::BTreeSet,
	path::{Path, PathBuf},
	process::Command,
};

fn documents() -> PathBuf {
	Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/evidence")
}

fn sample() -> (EvidencePack, Origin) {
	let read = |name| std::fs::read(documents().join(name)).expect("readable");
	let pack = EvidencePack::from_json(&read("offline.json")).expect("a pack");
	let genesis = Genesis::from_spec(&read("chain-spec.json")).expect("raw");
	(pack, Origin::of_genesis(genesis))
}

fn files() -> Vec<(&'static str, String)> {
	let digest = |name| hex::encode(Sha256::digest(std::fs::read(documents().join(name)).expect("readable")));
	vec![
		("pack", digest("offline.json")),
		("specification", digest("chain-spec.json")),
	]
}

/// The page of the sample; `change` may put other texts into the pack after it was judged.
fn page_with(change: impl FnOnce(&mut EvidencePack)) -> String {
	let (mut pack, origin) = sample();
	let judged = crate::judge(&pack, &origin).expect("sound");
	change(&mut pack);
	Page {
		pack: &pack,
		judged: &judged,
		start: origin.start(),
		files: &files(),
	}
	.html()
}

/// Whatever the page says was taken from the pack, the specification or the proof; and what people ask for is there.
#[test]
fn the_pages_figures_are_the_packs() {
	let html = page_with(|_| {});
	let (pack, origin) = sample();
	let (verified, proven) = origin.verifier().verify(&pack).expect("sound");
	for (name, value) in FIGURES {
		assert!(html.contains(value), "{name}: {value}");
	}
	let mut known: BTreeSet<String> = files().into_iter().map(|(_, digest)| digest).collect();
	known.extend([
		hex::encode(proven.finalised.hash),
		hex::encode(proven.state.hash),
		hex::encode(proven.facts.runtime.code_hash),
		hex::encode(verified.leaf),
	]);
	let mut rows = Vec::new();
	flatten(
		&mut Vec::new(),
		&serde_json::to_value(&pack).expect("serialises"),
		&mut rows,
	);
	let mut all = rows.into_iter().map(|(_, value)| value).collect::<Vec<_>>().join(" ");
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

/// What people look for first, as the page must have it.
const FIGURES: [(&str, &str); 13] = [
	("order", "A-0003"),
	("amount", "4000.00"),
	("deal", "D-73"),
	("issuer", "稳健理财有限责任公司"),
	("seller", "First Sample Bank"),
	("credit code", "91350100M000100Y43"),
	("LEI", "5493001KJTIIGC8Y1R12"),
	("made at", "2025-11-24T10:00:12Z"),
	("the issuer signed after", "2025-11-24T10:00:04Z"),
	("the seller signed after", "2025-11-24T10:00:06Z"),
	("made at, in China", "2025-11-24T18:00:12+08:00"),
	("clause", "age_at_least"),
	("risk", "R2"),
];

#[test]
fn every_step_and_limit_has_its_chinese() {
	let html = page_with(|_| {});
	let (pack, origin) = sample();
	for step in crate::judge(&pack, &origin).expect("sound").report.steps {
		let words::StepWords { name, chinese } = words::step(step.about);
		assert!(
			name.chinese.is_some() && !chinese.is_empty() && html.contains(chinese),
			"{}",
			step.about
		);
	}
	assert_eq!(words::NOT_SHOWN.len(), NOT_SHOWN.len());
	for chinese in words::NOT_SHOWN {
		assert!(html.contains(chinese), "{chinese}");
	}
}

/// What only a signer says is not shown as the chain's word.
#[test]
fn a_block_that_is_named_and_not_shown_is_its_signers_word() {
	let (pack, origin) = sample();
	let mut chain = pack.chain.clone().expect("a chain part");
	chain.before = None;
	let pack = pack.with_chain(Some(chain));
	let judged = crate::judge(&pack, &origin).expect("sound");
	let said = |about| {
		judged
			.report
			.steps
			.iter()
			.find(|step| step.about == about)
			.map(|step| &step.holds)
	};
	assert!(said("attested").is_some_and(|said| said.contains("nor that it was signed after that block")));
	assert_eq!(
		judged
			.report
			.offline
			.as_ref()
			.and_then(|offline| offline.signed_after.clone()),
		None
	);
	let points = times::of(&pack, &judged);
	let named = points.iter().find(|point| point.english.contains("signatures name"));
	assert!(
		named.is_some_and(|point| !point.proven() && point.time == "#2, #3"),
		"{points:?}"
	);
}

/// Who reads a page must see that it is not the whole.
#[test]
fn what_is_withheld_is_called_so() {
	let (pack, origin) = sample();
	assert!(!page_with(|_| {}).contains("withheld"));
	let cut = pack.without(&[Part::Customer, Part::Facts]);
	let judged = crate::judge(&cut, &origin).expect("sound");
	let abouts: Vec<_> = judged.report.steps.iter().map(|step| step.about).collect();
	assert_eq!(abouts[..3], ["record", "disclosure", "batch"]);
	assert!(
		judged.report.steps[1].holds.contains("customer, facts of the order"),
		"{:?}",
		judged.report.steps[1]
	);
	assert!(words::step("disclosure").name.chinese.is_some());
	let html = page_with(|pack| *pack = cut);
	assert_eq!(html.matches("<i>未披露 · withheld</i>").count(), 2);
	assert!(!html.contains("C-0003"), "the customer");
}

#[test]
fn the_page_needs_nothing_else_and_runs_nothing() {
	let html = page_with(|_| {});
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
	payload(&mut page, "Order", &Entry::shown(hostile.as_bytes(), &[0; 32], 0));
	for forbidden in ["<script", "<b>", "</td></table>\"", "\u{202e}", "\u{7}"] {
		assert!(!page.contains(forbidden), "{forbidden}: {page}");
	}
	assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
	assert!(page.contains("⟨U+202E⟩evil⟨U+0007⟩ &amp; &quot;quoted&quot; &#39;"));
	let mut page = String::new();
	payload(&mut page, "Order", &Entry::shown(&[0xff, 0x3c], &[0; 32], 0));
	assert!(page.contains("ff3c"), "{page}");
}

/// An order in which everything is hostile: markup in names and values, text that turns the line, 50 kB in one word, 5,000 fields.
fn hostile_order() -> Vec<u8> {
	let long = "界".repeat(17_000);
	let many: String = (0..5_000).map(|i| format!(",\"f{i}\":{i}")).collect();
	let script = r#"<script>document.title='ran'</script><img src=x onerror=\"document.title='ran'\"><svg onload=document.title='ran'>"#;
	format!(
		r#"{{"id":"</td></table></body>{script}","kind":"\u202ereversed\u202c","customer":"שלום عربى","product":"{long}","placed_at":"{script}","{script}":"name","details":{{"style":"</style><style>*{{display:none}}","link":"<a href='http://192.0.2.1/x'>x</a><link rel=stylesheet href=//192.0.2.1/y>"}}{many}}}"#
	)
	.into_bytes()
}

/// Debian's browser, or any other that is Chromium.
fn browser() -> Option<&'static str> {
	let there = |name: &&str| {
		Command::new(name)
			.arg("--version")
			.output()
			.is_ok_and(|out| out.status.success())
	};
	["chromium", "chromium-browser", "google-chrome"]
		.into_iter()
		.find(there)
}

/// Runs the browser on a page without a network, in a profile of its own.
fn browse(browser: &str, page: &Path, arguments: &[String]) -> Vec<u8> {
	let profile = tempfile::tempdir().expect("a folder");
	let output = Command::new(browser)
		.args([
			"--headless",
			"--no-sandbox",
			"--disable-gpu",
			"--disable-dev-shm-usage",
			"--no-first-run",
		])
		// Whatever the page asks for from outside would fail, and be seen in the log.
		.args([
			"--host-resolver-rules=MAP * ~NOTFOUND",
			"--enable-logging=stderr",
			"--v=0",
			"--virtual-time-budget=2000",
		])
		.arg(format!("--user-data-dir={}", profile.path().display()))
		.args(arguments)
		.arg(format!("file://{}", page.display()))
		.output()
		.expect("the browser starts");
	assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
	output.stdout
}

/// The text that a reader sees: the document without markup.
fn seen(dom: &str) -> String {
	let mut text = String::new();
	let mut inside = false;
	for character in dom.chars() {
		match character {
			'<' => inside = true,
			'>' => inside = false,
			plain if !inside => text.push(plain),
			_ => {}
		}
	}
	text
}

#[test]
fn a_real_browser_shows_the_figures_and_runs_nothing() {
	let Some(browser) = browser() else {
		println!("skipped: the page in a real browser, since chromium is not installed");
		return;
	};
	let folder = tempfile::tempdir().expect("a folder");
	let path = folder.path().join("page.html");
	let dom = |html: &str| {
		std::fs::write(&path, html).expect("writable");
		String::from_utf8(browse(browser, &path, &["--dump-dom".into()])).expect("UTF-8")
	};
	let shown = seen(&dom(&page_with(|_| {})));
	for (name, value) in FIGURES {
		assert!(shown.contains(value), "{name}: {value}");
	}

	let hostile = page_with(|pack| {
		let entry = |ordinal| Entry::shown(&hostile_order(), &[0; 32], ordinal);
		pack.record = RecordPart {
			order: entry(0),
			confirmation: entry(1),
			..pack.record.clone()
		};
	});
	assert!(hostile.len() < 400_000, "{} bytes of page", hostile.len());
	let dom = dom(&hostile);
	assert!(
		dom.contains("<title>证据报告 · Evidence report</title>"),
		"a script ran"
	);
	for tag in ["<script", "<img", "<link", "<a ", "<iframe"] {
		assert!(!dom.contains(tag), "{tag} became markup");
	}
	// What stands behind the hostile texts is still on the page, in its place.
	let shown = seen(&dom);
	assert!(shown.contains("自行核验 · How to check it yourself") && shown.contains("שלום عربى"));
	assert!(shown.contains("⟨U+202E⟩reversed⟨U+202C⟩"));

	let pdf = folder.path().join("page.pdf");
	let print = [
		"--no-pdf-header-footer".into(),
		format!("--print-to-pdf={}", pdf.display()),
	];
	browse(browser, &path, &print);
	let pdf = std::fs::read(pdf).expect("printed");
	assert!(pdf.starts_with(b"%PDF-"), "no PDF");
	// A4 in points, as Chromium writes it.
	let pages = String::from_utf8_lossy(&pdf);
	assert!(
		pages.contains("/MediaBox [0 0 595") || pages.contains("/MediaBox [0 0 594"),
		"not A4"
	);
}
