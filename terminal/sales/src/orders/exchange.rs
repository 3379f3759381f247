// SPDX-License-Identifier: Apache-2.0

//! Orders in the files of the trade (OFD, WDEP): a set is taken when its index lists it and all of it is there, and refused whole
//! where any of its files has a fault in its frame.

use super::{
	parse_line,
	read::{cut, Line},
	text::Inspected,
	Declared, Defect,
};
use crate::{
	error::{Error, Result},
	files,
};
use sealane_formats::{
	business::{orders, orders_kind},
	check::What,
	fault::Error as FormatError,
	ids::PlainSerials,
	name::DataName,
	set::Set,
	value, Partners, Profile, Reader, Record,
};
use sha2::{Digest, Sha256};
use std::{
	collections::VecDeque,
	fs::File,
	io::{BufReader, Read},
	path::{Path, PathBuf},
	sync::Arc,
};

/// More than a first line has.
const FIRST_LINE: u64 = 32;
const BUFFER: usize = 256 * 1024;

/// What a file in a watched folder is to the exchange of files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
	/// An index whose files are there: a set.
	Set(Vec<PathBuf>),
	/// An index whose files are not all there yet.
	Waits(Vec<String>),
	/// An index with a fault, or of nobody's set.
	Faulty,
	/// A data file: it is taken with its set.
	Part,
	/// None of the exchange.
	None,
}

/// Whether a file can be one of the exchange, by its name.
pub fn is_named_so(path: &Path) -> bool {
	path.extension()
		.is_some_and(|extension| extension.eq_ignore_ascii_case("txt"))
}

/// Looks at a file of a folder.
///
/// # Errors
/// It cannot be read.
pub fn look(path: &Path, partners: &Partners) -> Result<Found> {
	Ok(match what(path)? {
		What::Unknown => Found::None,
		What::Data => Found::Part,
		What::Index => match set(path, partners) {
			Ok((_, Set::Complete(listed))) => Found::Set(listed.into_iter().map(|file| file.path).collect()),
			Ok((_, Set::Incomplete(missing))) => Found::Waits(missing),
			Err(FormatError::Fault(_)) => Found::Faulty,
			Err(FormatError::Io { source, .. }) => return Err(Error::file(path)(source)),
		},
	})
}

fn what(path: &Path) -> Result<What> {
	let mut begin = Vec::new();
	let mut file = files::open_plain(path)?.take(FIRST_LINE);
	file.read_to_end(&mut begin).map_err(Error::file(path))?;
	Ok(What::of(&begin))
}

fn set<'a>(path: &Path, partners: &'a Partners) -> Result<(&'a Profile, Set), FormatError> {
	let (profile, _) = partners.of_index(path)?;
	Ok((profile, Set::open(path, profile.format())?))
}

fn refused(path: &Path) -> impl Fn(FormatError) -> Error + '_ {
	move |error| match error {
		FormatError::Fault(fault) => Error::Format {
			path: path.into(),
			line: fault.record.unwrap_or_default(),
			reason: fault.to_string(),
		},
		FormatError::Io { source, .. } => Error::file(path)(source),
	}
}

/// Opens a set by its index, or one data file alone, after it was read to its end once.
///
/// # Errors
/// It cannot be read, has a fault, or is of nobody's set; a set of which a file is missing.
pub fn open(path: &Path, partners: &Partners, declared: &Declared) -> Result<(Inspected, Records)> {
	let (profile, listed) = match what(path)? {
		What::Index => match set(path, partners).map_err(refused(path))? {
			(profile, Set::Complete(listed)) => {
				(profile, listed.into_iter().map(|file| (file.path, file.name)).collect())
			}
			(_, Set::Incomplete(missing)) => {
				let reason = format!("the set waits for {}", missing.join(", "));
				return Err(Error::Format {
					path: path.into(),
					line: 0,
					reason,
				});
			}
		},
		_ => {
			let name = path.file_name().unwrap_or_default().to_string_lossy();
			let (profile, name) = partners.of_data(&name).ok_or_else(|| Error::Format {
				path: path.into(),
				line: 0,
				reason: format!("{name:?}: no profile has the parties and the format that its name says"),
			})?;
			(profile, vec![(path.to_path_buf(), name)])
		}
	};
	inspect(path, profile, listed, declared)
}

/// Reads every file of the set once: its frame, and what it is known by.
fn inspect(
	path: &Path,
	profile: &Profile,
	listed: Vec<(PathBuf, DataName)>,
	declared: &Declared,
) -> Result<(Inspected, Records)> {
	let mut hash = Sha256::new();
	let mut index = files::open_plain(path)?;
	let length = std::io::copy(&mut index, &mut hash).map_err(Error::file(path))?;
	for (file, name) in &listed {
		let input = BufReader::with_capacity(BUFFER, Hashing(files::open_plain(file)?, &mut hash));
		let reader = Reader::new(input, &profile.dictionary, Some(name)).map_err(refused(file))?;
		for record in reader {
			record.map_err(refused(file))?;
		}
	}
	let own = |kind: &str| kind == orders_kind(profile.format());
	let (orders, others): (Vec<_>, Vec<_>) = listed.into_iter().partition(|(_, name)| own(&name.kind));
	for (file, name) in &others {
		tracing::warn!(
			"{}: files of kind {} hold no orders; customers are registered from the customer book",
			file.display(),
			name.kind
		);
	}
	let inspected = Inspected::set(path, &hash.finalize(), length);
	let records = Records {
		profile: Arc::new(profile.clone()),
		declared: declared.clone(),
		files: orders.into(),
		reader: None,
		number: 0,
	};
	Ok((inspected, records))
}

struct Hashing<'a>(File, &'a mut Sha256);

impl Read for Hashing<'_> {
	fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
		let read = self.0.read(buffer)?;
		self.1.update(&buffer[..read]);
		Ok(read)
	}
}

/// The records of a set, one order after another; their numbers go through all its files.
pub struct Records {
	profile: Arc<Profile>,
	declared: Declared,
	files: VecDeque<(PathBuf, DataName)>,
	reader: Option<Reader<BufReader<File>>>,
	number: u64,
}

impl Records {
	fn next_record(&mut self) -> Result<Option<Record>, FormatError> {
		loop {
			if let Some(reader) = &mut self.reader {
				if let Some(record) = reader.next_record()? {
					return Ok(Some(record));
				}
			}
			let Some((file, name)) = self.files.pop_front() else {
				return Ok(None);
			};
			let opened = File::open(&file).map_err(FormatError::io(format!("opening {}", file.display())))?;
			let input = BufReader::with_capacity(BUFFER, opened);
			self.reader = Some(Reader::new(input, &self.profile.dictionary, Some(&name))?);
		}
	}

	fn line(&self, record: &Record) -> Line {
		let order = match orders::read(record, &self.profile, &mut PlainSerials) {
			Ok(order) => parse_line(&serde_json::Value::Object(order).to_string(), &self.declared),
			Err(FormatError::Fault(fault)) => Err(Defect::new(fault.field, &fault.value, fault.rule)),
			Err(error) => Err(Defect::new("line", "", error.to_string())),
		};
		let text = match &order {
			Ok(_) => String::new(),
			Err(_) => cut(value::decoded(record.bytes()).unwrap_or_default().trim_end()),
		};
		Line {
			number: self.number,
			order,
			text,
		}
	}
}

impl Iterator for Records {
	type Item = std::io::Result<Line>;

	/// A set was read to its end when it was opened: a fault here is one of a file that has changed since.
	fn next(&mut self) -> Option<Self::Item> {
		match self.next_record() {
			Ok(Some(record)) => {
				self.number += 1;
				Some(Ok(self.line(&record)))
			}
			Ok(None) => None,
			Err(FormatError::Io { source, .. }) => Some(Err(source)),
			Err(error) => Some(Err(std::io::Error::other(format!(
				"has changed while it was read: {error}"
			)))),
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	const PROFILE: &str = "base = 'ofd-2.2'\n[parties]\nseller = 'ZZ8'\nissuer = 'XQ'\n";

	fn partners() -> Partners {
		Partners::new(vec![Profile::parse(PROFILE).unwrap()])
	}

	/// A set as a bank sends it, in a folder of its own.
	fn sample() -> (tempfile::TempDir, PathBuf, PathBuf) {
		let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../formats/tests/samples/ofd-2.2");
		let dir = tempfile::tempdir().unwrap();
		let copy = |name: &str| {
			let to = dir.path().join(name);
			std::fs::copy(from.join(name), &to).unwrap();
			to
		};
		let (index, data) = (copy("OFI_ZZ8_XQ_20261124.TXT"), copy("OFD_ZZ8_XQ_20261124_03.TXT"));
		(dir, index, data)
	}

	#[test]
	fn a_set_is_read_as_orders_when_it_is_whole() {
		let (_dir, index, data) = sample();
		assert_eq!(look(&index, &partners()).unwrap(), Found::Set(vec![data.clone()]));
		assert_eq!(look(&data, &partners()).unwrap(), Found::Part);
		let (inspected, records) = open(&index, &partners(), &Declared::default()).unwrap();
		assert!(inspected.is_set);
		let lines: Vec<Line> = records.map(Result::unwrap).collect();
		let orders: Vec<_> = lines.iter().map(|line| line.order.as_ref().unwrap()).collect();
		assert_eq!(lines.iter().map(|line| line.number).collect::<Vec<_>>(), [1, 2, 3]);
		assert_eq!(orders[0].id, "990020261124000000000001");
		assert_eq!(orders[2].cancels.as_deref(), Some("990020261124000000000000"));
		// A data file alone, when somebody names it.
		let (_, records) = open(&data, &partners(), &Declared::default()).unwrap();
		assert_eq!(records.count(), 3);
		std::fs::remove_file(&data).unwrap();
		assert_eq!(
			look(&index, &partners()).unwrap(),
			Found::Waits(vec!["OFD_ZZ8_XQ_20261124_03.TXT".into()])
		);
		assert!(open(&index, &partners(), &Declared::default()).is_err());
	}

	#[test]
	fn a_set_with_a_fault_is_refused_whole_and_a_record_with_one_is_a_defect() {
		let (_dir, index, data) = sample();
		let sound = std::fs::read(&data).unwrap();
		let (before, _) = open(&index, &partners(), &Declared::default()).unwrap();
		let place = |text: &[u8]| sound.windows(text.len()).position(|found| found == text).unwrap();
		// A code without a kind of order: one record's defect.
		let mut other = sound.clone();
		let at = place(b"024990000000018");
		other[at..at + 3].copy_from_slice(b"021");
		std::fs::write(&data, &other).unwrap();
		let (after, records) = open(&index, &partners(), &Declared::default()).unwrap();
		assert_ne!(before.source, after.source, "another content is another file");
		let lines: Vec<Line> = records.map(Result::unwrap).collect();
		let defect = lines[1].order.as_ref().unwrap_err();
		assert_eq!((&*defect.field, &*defect.value), ("BusinessCode", "021"));
		assert!(lines[0].order.is_ok() && lines[2].order.is_ok() && !lines[1].text.is_empty());
		// A letter in a number: the frame's fault, and the whole set's.
		let mut broken = sound.clone();
		let at = place(b"0000000000050000");
		broken[at + 3] = b'x';
		std::fs::write(&data, &broken).unwrap();
		let error = open(&index, &partners(), &Declared::default()).err().unwrap();
		assert!(error.to_string().contains("record 2, APPLICATIONVOL"), "{error}");
		// A last line that is missing.
		std::fs::write(&data, &sound[..sound.len() - 10]).unwrap();
		assert!(open(&index, &partners(), &Declared::default()).is_err());
		// Nobody's.
		std::fs::write(&data, &sound).unwrap();
		let strangers = Partners::new(vec![Profile::parse(&PROFILE.replace("XQ", "YY")).unwrap()]);
		assert_eq!(look(&index, &strangers).unwrap(), Found::Faulty);
		assert!(open(&data, &strangers, &Declared::default()).is_err());
	}
}
