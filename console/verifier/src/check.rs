// SPDX-License-Identifier: Apache-2.0

//! One check: the files are read, each pack is judged, and those that hold are compared.

use crate::{
	files::Files,
	view::{self, Begun, Done, PackView, Refusal, Row},
};
use alloc::{
	boxed::Box,
	format,
	string::{String, ToString},
	vec::Vec,
};
use sealane_evidence_report::{
	judge,
	origin::{known_block, KNOWN_BLOCK_FORM},
	page, Comparison, Origin,
};
use sealane_verifier::{
	pack::text_field, set, CheckpointFile, Defect, EvidencePack, EvidenceSet, Genesis, KnownBlock, Session, Verified,
};
use serde::Serialize;

/// Most blocks that are taken as known.
const MOST_KNOWN: usize = 1_000;

/// An answer: what one piece of work came to.
#[derive(Serialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Step {
	/// The files were read.
	Begun(Begun),
	/// A file cannot be read, or does not bear itself out: no pack was judged.
	Refused(Refusal),
	/// A pack of a set was judged.
	Pack(Row),
	/// All packs were judged.
	Done(Done),
}

/// How far a check is.
enum State {
	/// Nothing was read.
	Given,
	/// So many packs were judged.
	Judging(Box<Judging>, usize),
	/// Nothing is left to do; packs can be shown.
	Finished(Option<Box<Judging>>),
}

/// What was read.
struct Judging {
	origin: Option<&'static Origin>,
	session: Option<Session<'static>>,
	packs: Packs,
	comparison: Comparison,
}

/// The packs of the file.
enum Packs {
	One(Box<EvidencePack>),
	Set(EvidenceSet),
}

impl Packs {
	fn read(file: &[u8]) -> Result<Self, Defect> {
		match text_field(file, "format") {
			Some(format) if format == set::FORMAT => EvidenceSet::from_json(file).map(Packs::Set),
			_ => EvidencePack::from_json(file).map(|pack| Packs::One(Box::new(pack))),
		}
	}

	/// How the file is called where its SHA-256 stands.
	fn name(&self) -> &'static str {
		match self {
			Packs::One(_) => page::PACK,
			Packs::Set(_) => page::SET,
		}
	}

	fn len(&self) -> usize {
		match self {
			Packs::One(_) => 1,
			Packs::Set(set) => set.len(),
		}
	}

	fn pack(&self, number: usize) -> Option<EvidencePack> {
		match self {
			Packs::One(pack) => (number == 0).then(|| (**pack).clone()),
			Packs::Set(set) => set.pack(number),
		}
	}
}

/// A check of the files in it.
pub struct Check {
	/// The files.
	pub files: Files,
	state: State,
}

impl Default for Check {
	fn default() -> Self {
		Self::new()
	}
}

impl Check {
	/// Of no file yet.
	pub const fn new() -> Self {
		Check {
			files: Files::new(),
			state: State::Given,
		}
	}

	/// Does the next piece of work; `None` where none is left.
	pub fn next(&mut self) -> Option<Step> {
		match core::mem::replace(&mut self.state, State::Finished(None)) {
			State::Given => match self.read() {
				Ok(judging) => {
					let digests = self.files.digests(judging.packs.name());
					let begun = Begun::new(judging.packs.len(), judging.origin, digests);
					self.state = State::Judging(Box::new(judging), 0);
					Some(Step::Begun(begun))
				}
				Err(refusal) => Some(Step::Refused(refusal)),
			},
			State::Judging(mut judging, number) => match judging.packs.pack(number) {
				Some(pack) => {
					let row = judging.judge(number, &pack);
					self.state = State::Judging(judging, number + 1);
					Some(Step::Pack(row))
				}
				None => {
					let audit = core::mem::take(&mut judging.comparison).finish();
					self.state = State::Finished(Some(judging));
					Some(Step::Done(Done { audit }))
				}
			},
			finished => {
				self.state = finished;
				None
			}
		}
	}

	/// All that is known of one pack; `None` where there is no such pack.
	pub fn show(&self, number: usize) -> Option<PackView> {
		let judging = match &self.state {
			State::Judging(judging, _) | State::Finished(Some(judging)) => judging,
			State::Given | State::Finished(None) => return None,
		};
		let pack = judging.packs.pack(number)?;
		Some(match judging.origin {
			Some(origin) => match judge(&pack, origin) {
				Ok(judged) => {
					PackView::proven(number, &pack, origin, &judged, self.files.digests(judging.packs.name()))
				}
				Err(defect) => PackView::refused(number, &pack, Some(origin), &defect),
			},
			None => match by_itself(&pack) {
				Ok(_) => PackView::by_itself(number, &pack),
				Err(defect) => PackView::refused(number, &pack, None, &defect),
			},
		})
	}

	fn read(&self) -> Result<Judging, Refusal> {
		let specification = match &self.files.specification {
			Some(bytes) => {
				Some(Genesis::from_spec(bytes).map_err(|e| Refusal::of_file("specification", e.to_string()))?)
			}
			None => None,
		};
		let checkpoint = match &self.files.checkpoint {
			Some(bytes) => {
				let checked = CheckpointFile::from_json(bytes).and_then(|file| file.verify());
				Some(checked.map_err(|defect| Refusal::new("checkpoint", &defect))?)
			}
			None => None,
		};
		let known = known(&self.files.known)?;
		if !known.is_empty() && specification.is_none() && checkpoint.is_none() {
			let found = "blocks are given that are known from elsewhere, but neither specification nor checkpoint: nothing is compared with them";
			return Err(Refusal::of_file("known", found.into()));
		}
		// It stays as long as the instance, which serves one check.
		let origin = Origin::new(specification, checkpoint, known).map(|origin| &*Box::leak(Box::new(origin)));
		let packs = Packs::read(&self.files.evidence).map_err(|defect| Refusal::new("evidence", &defect))?;
		Ok(Judging {
			origin,
			session: origin.map(|origin| origin.verifier().session()),
			packs,
			comparison: Comparison::default(),
		})
	}
}

impl Judging {
	fn judge(&mut self, number: usize, pack: &EvidencePack) -> Row {
		let verified: Result<Verified, Defect> = match &self.session {
			Some(session) => session.verify(pack).map(|(verified, _)| verified),
			None => by_itself(pack),
		};
		let file = format!("#{number}");
		match &verified {
			Ok(verified) => self.comparison.holds(file, pack, verified),
			Err(defect) => self.comparison.refused(file, defect.to_string()),
		}
		Row::new(number, pack, verified.err().as_ref())
	}
}

/// What a pack shows by itself, for the chain that it names.
fn by_itself(pack: &EvidencePack) -> Result<Verified, Defect> {
	pack.verify_local(&pack.batch.core.genesis)
}

/// The blocks that are known from elsewhere.
fn known(text: &[u8]) -> Result<Vec<KnownBlock>, Refusal> {
	let text = String::from_utf8_lossy(text);
	let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
	if lines.len() > MOST_KNOWN {
		let found = format!("{} blocks, at most {MOST_KNOWN} are taken", lines.len());
		return Err(Refusal::of_file("known", found));
	}
	let block = |line: &&str| {
		let shown = view::shortened(line);
		known_block(line).ok_or_else(|| Refusal::of_file("known", format!("{shown:?}: expected {KNOWN_BLOCK_FORM}")))
	};
	lines.iter().map(block).collect()
}
