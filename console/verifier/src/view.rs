// SPDX-License-Identifier: Apache-2.0

//! The answers: the report of the command line, with the Chinese beside it. Whatever a party wrote is cut to what a page shows, and nothing in it
//! hides or turns the line.

use alloc::{
	string::{String, ToString},
	vec::Vec,
};
use sealane_evidence_report::{
	by_itself,
	page::{cut, visible, Page},
	payload, times, words, AuditReport, CheckpointReport, EvidenceReport, Judged, Origin,
};
use sealane_verifier::{
	pack::{text_field, Entry},
	Defect, EvidencePack,
};
use serde::Serialize;

/// Most characters of one value.
const VALUE: usize = 1_000;
/// Most characters of bytes as they are.
const RAW: usize = 4_000;
/// Most characters of a name in a list.
const NAME: usize = 80;

/// An answer's bytes.
pub fn json(answer: &impl Serialize) -> Vec<u8> {
	serde_json::to_vec(answer).unwrap_or_else(|error| error.to_string().into_bytes())
}

/// A text as it can be shown, and how many bytes of it are left out.
#[derive(Serialize)]
pub struct Text {
	text: String,
	more: usize,
}

impl Text {
	fn new(written: &str, most: usize) -> Self {
		let (start, more) = cut(written, most);
		Text {
			text: visible(start),
			more,
		}
	}
}

/// The beginning of a text, as it can be shown.
pub fn shortened(written: &str) -> String {
	let Text { mut text, more } = Text::new(written, NAME);
	if more > 0 {
		text.push('…');
	}
	text
}

/// Why something was refused.
#[derive(Serialize)]
pub struct Refusal {
	/// Which file: `evidence`, `specification`, `checkpoint` or `known`.
	file: &'static str,
	/// The rule, where it is one of the verifier's.
	rule: Option<&'static str>,
	/// What it demands.
	demand: Option<&'static str>,
	/// What was found.
	found: Text,
}

impl Refusal {
	/// By a rule.
	pub fn new(file: &'static str, defect: &Defect) -> Self {
		Refusal {
			file,
			rule: Some(defect.rule.name()),
			demand: Some(defect.rule.demand()),
			found: Text::new(&defect.found, VALUE),
		}
	}

	/// A file that cannot be read.
	pub fn of_file(file: &'static str, found: String) -> Self {
		Refusal {
			file,
			rule: None,
			demand: None,
			found: Text::new(&found, VALUE),
		}
	}
}

/// A file and its SHA-256.
#[derive(Serialize)]
pub struct FileView {
	name: Named,
	sha256: String,
}

/// What was read.
#[derive(Serialize)]
pub struct Begun {
	/// How many packs there are.
	packs: usize,
	/// Whether anything is there to check the chain's part from.
	has_origin: bool,
	/// The chain's name, where a specification was given.
	network: Option<String>,
	/// The checkpoint, where one was given.
	checkpoint: Option<CheckpointReport>,
	/// The files.
	files: Vec<FileView>,
}

impl Begun {
	pub(crate) fn new(packs: usize, origin: Option<&Origin>, digests: Vec<(&'static str, String)>) -> Self {
		let start = origin.map(Origin::start);
		Begun {
			packs,
			has_origin: origin.is_some(),
			network: start
				.and_then(|start| start.genesis())
				.map(|genesis| shortened(&genesis.name)),
			checkpoint: start.and_then(|start| start.checkpoint()).map(CheckpointReport::new),
			files: digests
				.into_iter()
				.map(|(name, sha256)| FileView {
					name: Named::of_both(name),
					sha256,
				})
				.collect(),
		}
	}
}

/// A pack of many.
#[derive(Serialize)]
pub struct Row {
	number: usize,
	/// The order's number as its author wrote it.
	order: Option<String>,
	refusal: Option<Refusal>,
}

impl Row {
	pub(crate) fn new(number: usize, pack: &EvidencePack, defect: Option<&Defect>) -> Self {
		Row {
			number,
			order: order(pack),
			refusal: defect.map(|defect| Refusal::new("evidence", defect)),
		}
	}
}

/// What all of them show together.
#[derive(Serialize)]
pub struct Done {
	/// As `sealane evidence audit` says it.
	pub(crate) audit: AuditReport,
}

fn order(pack: &EvidencePack) -> Option<String> {
	text_field(&pack.record.order.bytes.0, "id").map(|id| shortened(&id))
}

/// Names in two languages.
#[derive(Serialize)]
pub struct Named {
	chinese: Option<String>,
	english: String,
}

impl Named {
	/// Of a name in both languages, as the page for people has it: `金额 · amount`.
	fn of_both(name: &str) -> Self {
		let (chinese, english) = match name.split_once(" · ") {
			Some((chinese, english)) => (Some(chinese.to_string()), english),
			None => (None, name),
		};
		Named {
			chinese,
			english: english.to_string(),
		}
	}
}

impl From<words::Label> for Named {
	fn from(label: words::Label) -> Self {
		Named {
			chinese: label.chinese.map(str::to_string),
			english: visible(&label.english),
		}
	}
}

/// One step: the words of `sealane evidence verify`, and the Chinese.
#[derive(Serialize)]
pub struct StepView {
	about: &'static str,
	name: Named,
	chinese: &'static str,
	holds: String,
}

/// One value that a party wrote.
#[derive(Serialize)]
pub struct ValueView {
	name: Named,
	value: Text,
	/// Whether the pack withholds it.
	withheld: bool,
}

/// What a party wrote.
#[derive(Serialize)]
pub struct PayloadView {
	rows: Vec<ValueView>,
	more_rows: usize,
	/// In bytes.
	length: usize,
	/// Whether the bytes are text; they are shown as hexadecimal digits otherwise.
	is_text: bool,
	raw: Text,
}

impl PayloadView {
	fn new(entry: &Entry) -> Self {
		let found = payload::rows(entry).unwrap_or_default();
		let bytes = &entry.bytes.0;
		let written = core::str::from_utf8(bytes);
		PayloadView {
			rows: found
				.rows
				.into_iter()
				.map(|row| ValueView {
					name: row.label.into(),
					value: Text::new(&row.value, VALUE),
					withheld: row.withheld,
				})
				.collect(),
			more_rows: found.more,
			length: bytes.len(),
			is_text: written.is_ok(),
			raw: match written {
				Ok(text) => Text::new(text, RAW),
				Err(_) => Text::new(&hex::encode(bytes), RAW),
			},
		}
	}
}

/// One point of the timeline.
#[derive(Serialize)]
pub struct PointView {
	name: Named,
	time: String,
	unix_ms: Option<u64>,
}

/// What is not shown, in both languages.
#[derive(Serialize)]
pub struct Limit {
	chinese: &'static str,
	english: &'static str,
}

/// All that is known of one pack.
#[derive(Serialize)]
pub struct PackView {
	number: usize,
	order_id: Option<String>,
	/// `verified`, `by_itself_only` or `refused`.
	verdict: &'static str,
	refusal: Option<Refusal>,
	/// As `sealane evidence verify --json` gives it; of a pack that was refused what it shows by itself, where that holds.
	report: Option<EvidenceReport>,
	steps: Vec<StepView>,
	times: Vec<PointView>,
	order: PayloadView,
	confirmation: PayloadView,
	limits: Vec<Limit>,
	/// The page of `sealane evidence report`, where the pack is verified.
	page: Option<String>,
}

impl PackView {
	fn new(number: usize, pack: &EvidencePack, verdict: &'static str, report: Option<EvidenceReport>) -> Self {
		let steps = report.iter().flat_map(|report| &report.steps).map(|step| {
			let words = words::step(step.about);
			StepView {
				about: step.about,
				name: words.name.into(),
				chinese: words.chinese,
				holds: visible(&step.holds),
			}
		});
		PackView {
			number,
			order_id: order(pack),
			verdict,
			refusal: None,
			steps: steps.collect(),
			report,
			times: Vec::new(),
			order: PayloadView::new(&pack.record.order),
			confirmation: PayloadView::new(&pack.record.confirmation),
			limits: sealane_evidence_report::report::NOT_SHOWN
				.iter()
				.zip(words::NOT_SHOWN)
				.map(|(english, chinese)| Limit { chinese, english })
				.collect(),
			page: None,
		}
	}

	pub(crate) fn proven(
		number: usize,
		pack: &EvidencePack,
		origin: &Origin,
		judged: &Judged,
		digests: Vec<(&'static str, String)>,
	) -> Self {
		let page = Page {
			pack,
			judged,
			start: origin.start(),
			files: &digests,
		};
		let times = times::of(pack, judged).into_iter().map(|point| PointView {
			name: Named {
				chinese: Some(point.chinese),
				english: point.english,
			},
			time: visible(&point.time),
			unix_ms: point.unix_ms,
		});
		PackView {
			times: times.collect(),
			page: Some(page.html()),
			..Self::new(number, pack, "verified", Some(judged.report.clone()))
		}
	}

	pub(crate) fn by_itself(number: usize, pack: &EvidencePack) -> Self {
		let report = pack.verify_local(&pack.batch.core.genesis).ok();
		let report = report.map(|verified| by_itself(pack, &verified));
		Self::new(number, pack, "by_itself_only", report)
	}

	pub(crate) fn refused(number: usize, pack: &EvidencePack, origin: Option<&Origin>, defect: &Defect) -> Self {
		let genesis = origin.map_or(pack.batch.core.genesis, |origin| *origin.start().hash());
		let report = pack.verify_local(&genesis).ok();
		let report = report.map(|verified| by_itself(pack, &verified));
		PackView {
			refusal: Some(Refusal::new("evidence", defect)),
			..Self::new(number, pack, "refused", report)
		}
	}
}
