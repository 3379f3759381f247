// SPDX-License-Identifier: Apache-2.0

//! Searches every byte of every file in a folder for texts, in the forms in which programs write bytes down.

use crate::error::{Error, Result};
use aho_corasick::AhoCorasick;
use std::{
	fs::File,
	io::Read,
	path::{Path, PathBuf},
};

/// Bytes read at once.
const CHUNK: usize = 8 * 1024 * 1024;
const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// A search for several texts at once.
pub struct Search {
	automaton: AhoCorasick,
	/// The text that each pattern is a form of.
	text_of: Vec<usize>,
	texts: usize,
	longest: usize,
}

/// What a search found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
	/// Bytes of matches, text by text.
	pub matched: Vec<u64>,
	/// Where the first match of each text was.
	pub first: Vec<Option<PathBuf>>,
	/// Files read.
	pub files: u64,
	/// Bytes read.
	pub bytes: u64,
}

impl Search {
	/// For these texts: as they are, in hexadecimal digits of both cases, in base64 at each of its three alignments.
	///
	/// # Errors
	/// A text is shorter than 8 bytes: it could be found by chance.
	pub fn new(texts: &[String]) -> Result<Self> {
		let (mut patterns, mut text_of) = (Vec::new(), Vec::new());
		for (index, text) in texts.iter().enumerate() {
			if text.len() < 8 {
				return Err(Error::Unexpected(format!("`{text}` is too short to search for")));
			}
			for form in forms(text.as_bytes()) {
				patterns.push(form);
				text_of.push(index);
			}
		}
		let longest = patterns.iter().map(Vec::len).max().unwrap_or(0);
		let automaton = AhoCorasick::new(&patterns).map_err(|e| Error::Unexpected(format!("search: {e}")))?;
		Ok(Search {
			automaton,
			text_of,
			texts: texts.len(),
			longest,
		})
	}

	/// Reads all files below `folder`. A file that goes while it is read (a database does that) counts as read.
	///
	/// # Errors
	/// A file or folder cannot be read.
	pub fn folder(&self, folder: &Path) -> Result<Findings> {
		let mut findings = Findings {
			matched: vec![0; self.texts],
			first: vec![None; self.texts],
			..Findings::default()
		};
		let mut folders = vec![folder.to_path_buf()];
		let failed = |path: &Path| Error::io(format!("cannot read {}", path.display()));
		while let Some(folder) = folders.pop() {
			for entry in std::fs::read_dir(&folder).map_err(failed(&folder))? {
				let path = entry.map_err(failed(&folder))?.path();
				let kind = match std::fs::symlink_metadata(&path) {
					Ok(metadata) => metadata.file_type(),
					Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
					Err(error) => return Err(failed(&path)(error)),
				};
				if kind.is_dir() {
					folders.push(path);
				} else if kind.is_file() {
					match File::open(&path) {
						Ok(file) => self.file(file, &path, &mut findings)?,
						Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
						Err(error) => return Err(failed(&path)(error)),
					}
				}
			}
		}
		Ok(findings)
	}

	fn file(&self, mut file: File, path: &Path, findings: &mut Findings) -> Result<()> {
		findings.files += 1;
		let keep = self.longest.saturating_sub(1);
		let mut buffer = vec![0; CHUNK + keep];
		// Bytes at the front that were searched already, and may be the beginning of a match.
		let mut kept = 0;
		loop {
			let read = file
				.read(&mut buffer[kept..])
				.map_err(Error::io(format!("cannot read {}", path.display())))?;
			if read == 0 {
				return Ok(());
			}
			findings.bytes += read as u64;
			let filled = kept + read;
			for found in self.automaton.find_overlapping_iter(&buffer[..filled]) {
				// What ends in the kept part was counted with the chunk before.
				if found.end() > kept {
					let text = self.text_of[found.pattern().as_usize()];
					findings.matched[text] += found.len() as u64;
					findings.first[text].get_or_insert_with(|| path.into());
				}
			}
			let next = keep.min(filled);
			buffer.copy_within(filled - next..filled, 0);
			kept = next;
		}
	}
}

/// The forms of a text that are searched for.
fn forms(text: &[u8]) -> Vec<Vec<u8>> {
	let mut forms = vec![
		text.to_vec(),
		hex::encode(text).into_bytes(),
		hex::encode_upper(text).into_bytes(),
	];
	for before in 0..3 {
		let standard = base64_inside(text, before);
		let url: Vec<u8> = standard
			.iter()
			.map(|c| match c {
				b'+' => b'-',
				b'/' => b'_',
				c => *c,
			})
			.collect();
		if url != standard {
			forms.push(url);
		}
		forms.push(standard);
	}
	forms
}

/// The characters of base64 that depend on `text` alone when `before` other bytes (modulo 3) come before it.
fn base64_inside(text: &[u8], before: usize) -> Vec<u8> {
	let bits: Vec<bool> = text
		.iter()
		.flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1))
		.collect();
	// The first character that holds no bit of what comes before.
	let skip = (6 - before * 8 % 6) % 6;
	bits[skip..]
		.chunks_exact(6)
		.map(|six| BASE64[six.iter().fold(0, |value, bit| value << 1 | usize::from(*bit))])
		.collect()
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn base64_is_found_at_every_alignment() {
		// "xSEALANEMARK", "xx…", "xxx…" in base64.
		let text = b"SEALANEMARK";
		let texts = |before: usize| {
			let mut bytes = vec![b'x'; before];
			bytes.extend_from_slice(text);
			bytes.extend_from_slice(b"yy");
			let bits: Vec<bool> = bytes
				.iter()
				.flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1))
				.collect();
			let all: Vec<u8> = bits
				.chunks_exact(6)
				.map(|six| BASE64[six.iter().fold(0, |value, bit| value << 1 | usize::from(*bit))])
				.collect();
			String::from_utf8(all).unwrap()
		};
		for before in 0..7 {
			let inside = String::from_utf8(base64_inside(text, before % 3)).unwrap();
			assert!(
				texts(before).contains(&inside),
				"{before}: {inside} in {}",
				texts(before)
			);
		}
	}

	#[test]
	fn matches_are_counted_once_also_between_chunks() {
		let folder = tempfile::tempdir().unwrap();
		let deep = folder.path().join("a/b");
		std::fs::create_dir_all(&deep).unwrap();
		let mut bytes = vec![b'.'; CHUNK * 2];
		let text = "a-text-to-find";
		for at in [0, CHUNK - 5, CHUNK + 20, CHUNK * 2 - text.len()] {
			bytes[at..at + text.len()].copy_from_slice(text.as_bytes());
		}
		std::fs::write(deep.join("file"), &bytes).unwrap();
		std::fs::write(folder.path().join("hex"), hex::encode(text)).unwrap();
		let search = Search::new(&[text.into(), "something else".into()]).unwrap();
		let findings = search.folder(folder.path()).unwrap();
		// Four times as it is, once in digits twice as long.
		assert_eq!(findings.matched, [6 * text.len() as u64, 0]);
		assert_eq!(findings.files, 2);
		assert_eq!(findings.bytes, bytes.len() as u64 + 2 * text.len() as u64);
		assert!(findings.first[0].is_some() && findings.first[1].is_none());
	}

	#[test]
	fn texts_that_chance_could_make_are_refused() {
		assert!(Search::new(&["short".into()]).is_err());
	}
}
