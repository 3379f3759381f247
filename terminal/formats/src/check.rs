// SPDX-License-Identifier: Apache-2.0

//! Checks files before anybody relies on them: a data file, an index with its set, or a folder.

use crate::{
	business::{self, confirmations, orders},
	codes,
	dictionary::Format,
	fault::{Error, Fault},
	framing::index::Index,
	ids::PlainSerials,
	name::DataName,
	profile::{Profile, SHIPPED},
	record::Record,
	set::Set,
	Reader,
};
use std::{
	collections::BTreeSet,
	fs::File,
	io::{BufRead, BufReader, Read, Seek},
	path::{Path, PathBuf},
};

/// Most faults and remarks that a report lists for one file.
pub const MAX_LISTED: usize = 100;
/// So many records are read between two reports of progress.
const STEP: u64 = 1_000;
/// More than any header has.
const HEAD: u64 = 128 * 1024;

/// What a file is by its first line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
	/// Records with a header before them.
	Data,
	/// The list of a set's files.
	Index,
	/// Neither.
	Unknown,
}

impl What {
	/// By the beginning of the file.
	pub fn of(begin: &[u8]) -> Self {
		let first = begin.split(|byte| *byte == b'\n').next().unwrap_or_default();
		match first.trim_ascii_end() {
			b"OFDCFDAT" | b"WDEP" => What::Data,
			line if Index::is_index(line) => What::Index,
			_ => What::Unknown,
		}
	}
}

/// What was found in a file.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Report {
	/// Name of the file.
	pub file: String,
	/// What it is.
	pub what: What,
	/// The profile that it was read with; its format where the profile is a partner's own.
	pub profile: String,
	/// Kind of file, where its name or its header says it.
	pub kind: Option<String>,
	/// Records read: all of them where the file has no fault.
	pub records: u64,
	/// For an index the number of files that it lists.
	pub listed: u64,
	/// What is wrong; a file with a fault is refused whole.
	pub faults: Vec<Fault>,
	/// What is no fault of the file and yet no order or answer: business that has no kind of order. Up to 100 of them.
	pub remarks: Vec<Fault>,
}

impl Report {
	fn new(path: &Path, what: What) -> Self {
		Report {
			file: shown(path),
			what,
			profile: String::new(),
			kind: None,
			records: 0,
			listed: 0,
			faults: Vec::new(),
			remarks: Vec::new(),
		}
	}

	/// Whether nothing is wrong.
	pub fn is_sound(&self) -> bool {
		self.faults.is_empty()
	}
}

fn shown(path: &Path) -> String {
	path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Checks a file, or every plain file of a folder; links are not followed. In a folder each data file must be listed by an index, and
/// be there when it is listed. Without a profile the shipped one whose record length fits is taken. `progress` is told the number of
/// records read so far, over all files.
///
/// # Errors
/// A file or a folder that cannot be read, or a folder without files. What is wrong with a file is in its report.
pub fn check(path: &Path, profile: Option<&Profile>, progress: &mut dyn FnMut(u64)) -> Result<Vec<Report>, Error> {
	let mut records = 0;
	if !path.is_dir() {
		return Ok(vec![check_file(path, profile, &mut records, progress)?]);
	}
	let reading = || Error::io(format!("reading the folder {}", path.display()));
	let mut files: Vec<PathBuf> = Vec::new();
	for entry in path.read_dir().map_err(reading())? {
		let entry = entry.map_err(reading())?;
		if entry.file_type().map_err(reading())?.is_file() {
			files.push(entry.path());
		}
	}
	if files.is_empty() {
		let rule = "the folder must hold at least one file: nothing was checked";
		return Err(Fault::told("folder", path.display().to_string(), rule).into());
	}
	files.sort();
	let mut reports = Vec::new();
	for file in files {
		reports.push(check_file(&file, profile, &mut records, progress)?);
	}
	name_unlisted(path, &mut reports)?;
	Ok(reports)
}

/// A data file that no index lists would never be taken.
fn name_unlisted(folder: &Path, reports: &mut [Report]) -> Result<(), Error> {
	let mut listed = BTreeSet::new();
	for report in reports
		.iter()
		.filter(|report| report.what == What::Index && report.is_sound())
	{
		let format = profile_format(&report.profile);
		let path = folder.join(&report.file);
		let file = File::open(&path).map_err(Error::io(format!("opening {}", path.display())))?;
		listed.extend(
			Index::read(BufReader::new(file), format)?
				.files
				.iter()
				.map(|name| name.to_uppercase()),
		);
	}
	for report in reports.iter_mut().filter(|report| report.what == What::Data) {
		if !listed.contains(&report.file.to_uppercase()) {
			let rule = "no index of the folder lists this file: it would never be taken";
			report
				.faults
				.push(Fault::told("set", &report.file, rule).in_file(&report.file));
		}
	}
	Ok(())
}

fn profile_format(name: &str) -> Format {
	let is = |format: &&Format| format.name() == name;
	let shipped = || Profile::shipped(name).map(|profile| profile.format());
	Format::ALL
		.iter()
		.find(is)
		.copied()
		.or_else(shipped)
		.unwrap_or(Format::Wdep10)
}

fn check_file(
	path: &Path,
	profile: Option<&Profile>,
	records: &mut u64,
	progress: &mut dyn FnMut(u64),
) -> Result<Report, Error> {
	let opening = || Error::io(format!("opening {}", path.display()));
	let mut file = File::open(path).map_err(opening())?;
	let mut begin = Vec::new();
	(&mut file).take(HEAD).read_to_end(&mut begin).map_err(opening())?;
	file.rewind().map_err(opening())?;
	let mut report = Report::new(path, What::of(&begin));
	if report.what == What::Unknown {
		let line = begin.split(|byte| *byte == b'\n').next().unwrap_or_default();
		let rule = "the line must be OFDCFDAT, OFDCFIDX, WDEP or WDEPCOUNT";
		let fault = Fault::new("first line", line.trim_ascii_end(), rule).at(0);
		report.faults.push(fault.in_file(&report.file));
		return Ok(report);
	}
	let (name, profile) = match profile {
		Some(profile) => (profile.format().name(), profile.clone()),
		None => fitting(&begin),
	};
	report.profile = name.into();
	let found = match report.what {
		What::Index => check_index(path, &profile, &mut report),
		_ => check_data(
			BufReader::with_capacity(HEAD as usize, file),
			&profile,
			&mut report,
			records,
			progress,
		),
	};
	match found {
		Ok(()) => Ok(report),
		Err(Error::Fault(fault)) => {
			report.faults.push(fault.in_file(&report.file));
			Ok(report)
		}
		Err(error) => Err(error),
	}
}

/// The shipped profile that fits the beginning of a file: of its version, and with a first record as long as the file's. Where none
/// fits, the first of the version, so that the fault is named; where no version is known, the newest.
pub fn fitting(begin: &[u8]) -> (&'static str, Profile) {
	let lines: Vec<&[u8]> = begin.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).collect();
	let version = lines.get(1).copied().unwrap_or_default();
	let wdep = lines[0].starts_with(b"WDEP");
	let mut of_version = SHIPPED
		.iter()
		.filter_map(|(name, _)| Some((*name, Profile::shipped(name)?)))
		.filter(|(_, profile)| {
			let format = profile.format();
			(format == Format::Wdep10) == wdep && (wdep || format.version().as_bytes() == version)
		});
	let Some(first) = of_version.next() else {
		let name = Format::Ofd22.name();
		return (name, Profile::shipped(name).expect("a shipped profile has this name"));
	};
	let fits = |profile: &Profile| {
		let mut input = BufReader::new(begin);
		let len = Reader::new(&mut input, &profile.dictionary, None)
			.ok()?
			.header()
			.layout
			.record_len();
		let mut line = Vec::new();
		input.read_until(b'\n', &mut line).ok()?;
		let line = line.strip_suffix(b"\n")?;
		Some(line.strip_suffix(b"\r").unwrap_or(line).len() == len)
	};
	if fits(&first.1) == Some(true) {
		return first;
	}
	of_version
		.find(|(_, profile)| fits(profile) == Some(true))
		.unwrap_or(first)
}

fn check_index(path: &Path, profile: &Profile, report: &mut Report) -> Result<(), Error> {
	let file = File::open(path).map_err(Error::io(format!("opening {}", path.display())))?;
	report.listed = Index::read(BufReader::new(file), profile.format())?.files.len() as u64;
	if let Set::Incomplete(missing) = Set::open(path, profile.format())? {
		for name in missing {
			let fault = Fault::told("name of a file", name, "the file is not there");
			report.faults.push(fault.in_file(&report.file));
		}
	}
	Ok(())
}

fn check_data(
	input: impl BufRead,
	profile: &Profile,
	report: &mut Report,
	records: &mut u64,
	progress: &mut dyn FnMut(u64),
) -> Result<(), Error> {
	let name = DataName::parse(profile.format(), &report.file)?;
	report.kind = Some(name.kind.clone());
	let mut reader = Reader::new(input, &profile.dictionary, Some(&name))?;
	while let Some(record) = reader.next_record()? {
		report.records += 1;
		*records += 1;
		if records.is_multiple_of(STEP) {
			progress(*records);
		}
		let (to, fault) = match said(&record, &name.kind, profile) {
			Said::Business => continue,
			Said::Another(fault) => (&mut report.remarks, fault),
			Said::Nonsense(fault) => (&mut report.faults, fault),
		};
		if to.len() < MAX_LISTED {
			let place = record
				.layout()
				.place(&fault.field)
				.map_or(0, |place| place.start as u64);
			to.push(
				fault
					.in_record(report.records)
					.at(reader.record_start() + place)
					.in_file(&report.file),
			);
		}
	}
	progress(*records);
	Ok(())
}

/// What a record says to this program.
enum Said {
	/// An order, an answer, or something of a kind of file that is not mapped.
	Business,
	/// Business that has no kind of order.
	Another(Fault),
	/// An order or answer that cannot be.
	Nonsense(Fault),
}

fn said(record: &Record, kind: &str, profile: &Profile) -> Said {
	let format = profile.format();
	let read = if kind == business::orders_kind(format) {
		let code = record.text("BusinessCode").unwrap_or_default();
		if codes::by_application(&code).is_none() && is_code(&code) {
			return Said::Another(Fault::told("BusinessCode", &code, "the code has no kind of order"));
		}
		orders::read(record, profile, &mut PlainSerials).map(drop)
	} else if kind == business::confirmations_kind(format) {
		confirmations::read(record, profile, &mut PlainSerials).map(drop)
	} else {
		return Said::Business;
	};
	match read {
		Ok(()) => Said::Business,
		Err(Error::Fault(fault)) => Said::Nonsense(fault),
		// Nothing is read or written while a record is mapped.
		Err(Error::Io { what, source }) => Said::Nonsense(Fault::new(what, b"", source.to_string())),
	}
}

/// Three digits.
fn is_code(code: &str) -> bool {
	code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_digit())
}
