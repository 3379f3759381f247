// SPDX-License-Identifier: Apache-2.0

//! OFD and WDEP: a data file or a whole set as items, and items as a set.

use super::{check_places, dialect::Translator, no_place, Item, Sink, Source};
use crate::{
	business::{
		confirmations::{self, Confirmed},
		confirmations_kind, orders, orders_kind, Object,
	},
	dictionary::Format,
	fault::{Error, Fault},
	framing::{
		header::{Header, Parties},
		index::Index,
	},
	ids::Serials,
	name::DataName,
	profile::Profile,
	record::{Layout, Record},
	value::EmptyNumber,
	Reader, Writer,
};
use serde_json::Value;
use std::{
	collections::{BTreeMap, VecDeque},
	fs::{self, File, OpenOptions},
	io::{BufReader, BufWriter, Read, Seek, Write},
	path::{Path, PathBuf},
	sync::Arc,
};

const BUFFER: usize = 256 * 1024;
/// Fields of an order that records have a place for.
const ORDER_FIELDS: [&str; 11] = [
	"id",
	"kind",
	"product",
	"interface",
	"customer",
	"amount",
	"units",
	"currency",
	"placed_at",
	"cancels",
	"details",
];
/// The same inside its `details`.
const DETAILS: [&str; 7] = [
	"target_product",
	"to_customer",
	"to_distributor",
	"method",
	"large_redemption",
	"ofd",
	"wdep",
];

/// A file that has its name when all of it is written; until then its name begins with a point, and it goes where it is not finished.
pub struct Pending {
	/// `None` once it is finished.
	output: Option<BufWriter<File>>,
	hidden: PathBuf,
	path: PathBuf,
}

impl Pending {
	/// A file that is to be there. One that is there already is not overwritten.
	///
	/// # Errors
	/// It is there, or cannot be made.
	pub fn create(path: PathBuf) -> Result<Self, Error> {
		let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
		if path.exists() {
			let said = "there is a file of this name, and nothing is overwritten: remove it or name another";
			let error = std::io::Error::new(std::io::ErrorKind::AlreadyExists, said);
			return Err(Error::io(format!("making {}", path.display()))(error));
		}
		let hidden = path.with_file_name(format!(".{name}.tmp"));
		let output = Some(BufWriter::with_capacity(BUFFER, private(&hidden)?));
		Ok(Pending { output, hidden, path })
	}

	/// The file on the disk, under its name.
	///
	/// # Errors
	/// It cannot be written or renamed.
	pub fn finish(mut self) -> Result<PathBuf, Error> {
		let settle = |output: BufWriter<File>| -> std::io::Result<()> {
			output
				.into_inner()
				.map_err(std::io::IntoInnerError::into_error)?
				.sync_all()?;
			fs::rename(&self.hidden, &self.path)
		};
		let done = self.output.take().map_or(Ok(()), settle);
		if done.is_err() {
			let _ = fs::remove_file(&self.hidden);
		}
		done.map_err(Error::io(format!("writing {}", self.path.display())))?;
		Ok(self.path.clone())
	}
}

impl Drop for Pending {
	fn drop(&mut self) {
		if self.output.is_some() {
			// What stopped the writing is told by who was writing.
			let _ = fs::remove_file(&self.hidden);
		}
	}
}

impl Write for Pending {
	fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
		match &mut self.output {
			Some(output) => output.write(bytes),
			None => Err(std::io::ErrorKind::BrokenPipe.into()),
		}
	}

	fn flush(&mut self) -> std::io::Result<()> {
		self.output.as_mut().map_or(Ok(()), Write::flush)
	}
}

/// An empty file for its owner alone.
fn private(path: &Path) -> Result<File, Error> {
	let mut options = OpenOptions::new();
	options.read(true).write(true).create(true).truncate(true);
	#[cfg(unix)]
	std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
	options
		.open(path)
		.map_err(Error::io(format!("making {}", path.display())))
}

/// Records of one part in a file without a header, since their number stands before them. It goes when it is no longer needed.
struct Spool {
	output: BufWriter<File>,
	path: PathBuf,
	count: u64,
}

impl Spool {
	fn create(path: PathBuf) -> Result<Self, Error> {
		Ok(Spool {
			output: BufWriter::with_capacity(BUFFER, private(&path)?),
			path,
			count: 0,
		})
	}

	fn push(&mut self, record: &Record) -> Result<(), Error> {
		let written = self.output.write_all(record.bytes());
		written.map_err(Error::io(format!("writing {}", self.path.display())))?;
		self.count += 1;
		Ok(())
	}

	/// Gives every record to `take`.
	fn read(&mut self, layout: &Arc<Layout>, mut take: impl FnMut(&Record) -> Result<(), Error>) -> Result<(), Error> {
		let reading = || Error::io(format!("reading {}", self.path.display()));
		self.output.flush().map_err(reading())?;
		let mut file = self.output.get_ref();
		file.rewind().map_err(reading())?;
		let mut input = BufReader::with_capacity(BUFFER, file);
		let mut line = vec![0; layout.record_len()];
		for _ in 0..self.count {
			input.read_exact(&mut line).map_err(reading())?;
			take(&Record::parse(layout, &line)?)?;
		}
		Ok(())
	}
}

impl Drop for Spool {
	fn drop(&mut self) {
		let _ = fs::remove_file(&self.path);
	}
}

/// Reads data files one after another.
pub struct Records<'a> {
	profile: Profile,
	serials: Box<dyn Serials + 'a>,
	files: VecDeque<(PathBuf, DataName)>,
	open: Option<(Reader<BufReader<File>>, DataName)>,
}

impl<'a> Records<'a> {
	/// Reads these files.
	pub fn new(profile: Profile, files: Vec<(PathBuf, DataName)>, serials: Box<dyn Serials + 'a>) -> Self {
		Records {
			profile,
			serials,
			files: files.into(),
			open: None,
		}
	}

	fn next_record(&mut self) -> Result<Option<(Record, u64)>, Error> {
		loop {
			if let Some((reader, name)) = &mut self.open {
				let shown = name.format(self.profile.format());
				match reader.next_record() {
					Ok(Some(record)) => return Ok(Some((record, reader.record_start()))),
					Ok(None) => {}
					Err(Error::Fault(fault)) => return Err(fault.in_file(&shown).into()),
					Err(error) => return Err(error),
				}
			}
			let Some((path, name)) = self.files.pop_front() else {
				return Ok(None);
			};
			let file = File::open(&path).map_err(Error::io(format!("opening {}", path.display())))?;
			let input = BufReader::with_capacity(BUFFER, file);
			self.open = Some((Reader::new(input, &self.profile.dictionary, Some(&name))?, name));
		}
	}

	fn item(&mut self, record: &Record, kind: &str) -> Result<Item, Error> {
		let format = self.profile.format();
		if kind == orders_kind(format) && record.text("BusinessCode").is_some_and(|code| is_order(&code)) {
			return Ok(Item::Order(orders::read(record, &self.profile, &mut *self.serials)?));
		}
		if kind == confirmations_kind(format) {
			if let Confirmed::Answer(confirmation) = confirmations::read(record, &self.profile, &mut *self.serials)? {
				let order = confirmations::order_of(record, &self.profile, &*self.serials);
				return Ok(Item::Answer { order, confirmation });
			}
		}
		Ok(Item::Fields {
			kind: kind.into(),
			fields: fields(record),
		})
	}
}

fn is_order(code: &str) -> bool {
	crate::codes::by_application(code).is_some()
}

/// What every field says, by name.
fn fields(record: &Record) -> Object {
	let said = |name: &str| record.get(name).map_or(Value::Null, Value::String);
	let places = record.layout().places().iter();
	places.map(|place| (place.name.clone(), said(&place.name))).collect()
}

impl Source for Records<'_> {
	fn next_item(&mut self) -> Result<Option<Item>, Error> {
		let Some((record, start)) = self.next_record()? else {
			return Ok(None);
		};
		let kind = self
			.open
			.as_ref()
			.map(|(_, name)| name.kind.clone())
			.unwrap_or_default();
		match self.item(&record, &kind) {
			Ok(item) => Ok(Some(item)),
			Err(Error::Fault(fault)) => {
				let place = record
					.layout()
					.place(&fault.field)
					.map_or(0, |place| place.start as u64);
				Err(fault.at(start + place).into())
			}
			Err(error) => Err(error),
		}
	}
}

/// Whose files a set holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
	/// The seller's: applications.
	Seller,
	/// The issuer's: confirmations, holdings, …
	Issuer,
}

/// How a set is written.
#[derive(Clone, Debug)]
pub struct SetSettings {
	/// The folder.
	pub folder: PathBuf,
	/// Whose files.
	pub from: Side,
	/// The business date, `YYYYMMDD`.
	pub date: String,
	/// Most records of one file; more make further parts.
	pub records_per_file: u64,
	/// Fields of another dialect that may be left out.
	pub dropped: Vec<String>,
}

/// Writes a set: data files first, the index last.
pub struct SetWriter<'a> {
	profile: Profile,
	settings: SetSettings,
	translator: Translator,
	serials: Box<dyn Serials + 'a>,
	kinds: BTreeMap<String, Kind>,
}

struct Kind {
	layout: Arc<Layout>,
	parts: Vec<Spool>,
}

impl<'a> SetWriter<'a> {
	/// A set with this profile, which must name both parties.
	///
	/// # Errors
	/// A profile without a party; a date that is none; a folder that cannot be made.
	pub fn new(profile: Profile, settings: SetSettings, serials: Box<dyn Serials + 'a>) -> Result<Self, Error> {
		for (name, code) in [("seller", &profile.parties.seller), ("issuer", &profile.parties.issuer)] {
			if code.is_empty() {
				let rule = "the profile must name both parties: their codes stand in names of files";
				return Err(Fault::new(format!("parties.{name}"), b"", rule).into());
			}
		}
		if !crate::value::is_date(&settings.date) {
			return Err(Fault::told("date", &settings.date, "a day YYYYMMDD").into());
		}
		let folder = &settings.folder;
		fs::create_dir_all(folder).map_err(Error::io(format!("making the folder {}", folder.display())))?;
		Ok(SetWriter {
			translator: Translator::new(profile.dictionary.clone(), settings.dropped.clone()),
			profile,
			settings,
			serials,
			kinds: BTreeMap::new(),
		})
	}

	fn layout(&mut self, kind: &str) -> Result<Arc<Layout>, Error> {
		if let Some(known) = self.kinds.get(kind) {
			return Ok(known.layout.clone());
		}
		let layout = Layout::of_kind(&self.profile.dictionary, kind).ok_or_else(|| {
			let rule = format!("{} has no such kind of file", self.profile.format().name());
			Fault::told("kind of file", kind, rule)
		})?;
		let made = Kind {
			layout: layout.clone(),
			parts: Vec::new(),
		};
		self.kinds.insert(kind.into(), made);
		Ok(layout)
	}

	fn record(&mut self, item: Item) -> Result<(String, Record), Error> {
		let format = self.profile.format();
		match item {
			Item::Order(order) => {
				check_places(&order, &ORDER_FIELDS, &DETAILS, &self.settings.dropped)?;
				let kind = orders_kind(format);
				let layout = self.layout(kind)?;
				Ok((
					kind.into(),
					orders::write(&order, &layout, &self.profile, &mut *self.serials)?,
				))
			}
			Item::Answer {
				order,
				mut confirmation,
			} => {
				self.date(&mut confirmation);
				let kind = confirmations_kind(format);
				let layout = self.layout(kind)?;
				let serials = &mut *self.serials;
				let record = confirmations::write(&order, &confirmation, &layout, &self.profile, serials)?;
				Ok((kind.into(), record))
			}
			Item::Fields { kind, fields } => {
				let layout = self.layout(&kind)?;
				let record = record_of(&layout, &fields, self.profile.settings.empty_number)?;
				Ok((kind, record))
			}
		}
	}

	/// A confirmation that does not say when it was made was made on the set's day.
	fn date(&self, confirmation: &mut Object) {
		let date = &self.settings.date;
		let day = format!("{}-{}-{}", &date[..4], &date[4..6], &date[6..]);
		let has_day = confirmation
			.get("deal")
			.and_then(Value::as_str)
			.and_then(|deal| deal.split_once('-'))
			.is_some_and(|(day, _)| crate::value::is_date(day));
		let details = confirmation
			.entry("details")
			.or_insert_with(|| Value::Object(Object::new()));
		if let (Value::Object(details), false) = (details, has_day) {
			details.entry("confirmed_on").or_insert(Value::String(day));
		}
	}

	fn spool(&mut self, kind: &str, record: &Record) -> Result<(), Error> {
		let most = self.settings.records_per_file.max(1);
		let known = self.kinds.get_mut(kind).expect("its layout was looked up before");
		if known.parts.last().is_none_or(|part| part.count == most) {
			let name = format!(".{kind}-{}.records", known.parts.len() + 1);
			known.parts.push(Spool::create(self.settings.folder.join(name))?);
		}
		let part = known.parts.last_mut().expect("one was added where there was none");
		part.push(record)
	}

	fn name(&self, kind: &str, part: Option<u32>) -> DataName {
		let parties = &self.profile.parties;
		let (creator, receiver) = match self.settings.from {
			Side::Seller => (&parties.seller, &parties.issuer),
			Side::Issuer => (&parties.issuer, &parties.seller),
		};
		DataName {
			creator: creator.clone(),
			receiver: receiver.clone(),
			date: self.settings.date.clone(),
			kind: kind.into(),
			part,
		}
	}

	/// Header, records and last line of one part.
	fn data_file(&self, name: &DataName, layout: &Arc<Layout>, mut part: Spool) -> Result<PathBuf, Error> {
		let path = self.settings.folder.join(name.format(self.profile.format()));
		let mut writer = Writer::new(Pending::create(path)?, self.header(name, layout, part.count))?;
		part.read(layout, |record| writer.write(record))?;
		writer.finish()?.finish()
	}

	fn header(&self, name: &DataName, layout: &Arc<Layout>, records: u64) -> Header {
		// Eight bytes are for the names of people; most files repeat the codes there.
		let short = |code: &str| code.chars().take(8).collect();
		Header {
			format: self.profile.format(),
			parties: Some(Parties {
				creator: name.creator.clone(),
				receiver: name.receiver.clone(),
				date: name.date.clone(),
				summary: self.profile.settings.summary.clone(),
				kind: name.kind.clone(),
				sender: short(&name.creator),
				recipient: short(&name.receiver),
			}),
			layout: layout.clone(),
			records,
			digits: self.profile.digits,
		}
	}

	fn index(&self, name: &DataName, files: Vec<String>) -> Result<PathBuf, Error> {
		let format = self.profile.format();
		let index = Index {
			format,
			creator: name.creator.clone(),
			receiver: name.receiver.clone(),
			date: name.date.clone(),
			files,
			digits: self.profile.digits.fields,
		};
		let path = self
			.settings
			.folder
			.join(name.index(format, &self.profile.settings.index_prefix));
		let mut output = Pending::create(path)?;
		index.write(&mut output)?;
		output.finish()
	}
}

/// The record that says this in every field; one that is not named is empty.
fn record_of(layout: &Arc<Layout>, fields: &Object, empty: EmptyNumber) -> Result<Record, Fault> {
	let mut record = Record::empty(layout, empty);
	for (name, value) in fields {
		match value {
			Value::Null => record.set(name, None, EmptyNumber::Blanks)?,
			Value::String(text) => record.set(name, Some(text), empty)?,
			other => {
				let rule = "a field is text, or null for a number of blanks";
				return Err(Fault::told(name, other.to_string(), rule));
			}
		}
	}
	Ok(record)
}

impl Sink for SetWriter<'_> {
	fn put(&mut self, item: Item) -> Result<(), Error> {
		let from = match &item {
			Item::Order(_) => Some(Side::Seller),
			Item::Answer { .. } => Some(Side::Issuer),
			Item::Fields { .. } => None,
		};
		if from.is_some_and(|from| from != self.settings.from) {
			return Err(no_place(
				&item,
				"orders are in the seller's files, confirmations in the issuer's",
			));
		}
		let item = self.translator.translate(item)?;
		let (kind, record) = self.record(item)?;
		self.spool(&kind, &record)
	}

	fn finish(mut self: Box<Self>) -> Result<Vec<PathBuf>, Error> {
		let format = self.profile.format();
		let mut written = Vec::new();
		let mut listed: Vec<(DataName, Vec<String>)> = Vec::new();
		for (kind, known) in std::mem::take(&mut self.kinds) {
			let is_one = known.parts.len() == 1;
			let mut files = Vec::new();
			for (number, part) in (1..).zip(known.parts) {
				let numbered = (format == Format::Wdep10 || !is_one).then_some(number);
				let name = self.name(&kind, numbered);
				files.push(name.format(format));
				written.push(self.data_file(&name, &known.layout, part)?);
			}
			listed.push((self.name(&kind, None), files));
		}
		if format != Format::Wdep10 {
			// One index for all kinds; a day without business has one that lists nothing.
			let name = self.name("", None);
			let files = listed.into_iter().flat_map(|(_, files)| files).collect();
			listed = vec![(name, files)];
		}
		for (name, files) in listed {
			written.push(self.index(&name, files)?);
		}
		Ok(written)
	}
}

/// The data files of an index, or a data file alone.
///
/// # Errors
/// What [`crate::set::Set::open`] names; a set that is not whole; a name that is none.
pub fn listed(path: &Path, profile: &Profile) -> Result<Vec<(PathBuf, DataName)>, Error> {
	let opening = || Error::io(format!("opening {}", path.display()));
	let mut begin = Vec::new();
	File::open(path)
		.map_err(opening())?
		.take(32)
		.read_to_end(&mut begin)
		.map_err(opening())?;
	if crate::check::What::of(&begin) != crate::check::What::Index {
		let shown = path.file_name().unwrap_or_default().to_string_lossy();
		return Ok(vec![(path.into(), DataName::parse(profile.format(), &shown)?)]);
	}
	match crate::set::Set::open(path, profile.format())? {
		crate::set::Set::Complete(files) => Ok(files.into_iter().map(|file| (file.path, file.name)).collect()),
		crate::set::Set::Incomplete(missing) => {
			Err(Fault::told("name of a file", missing.join(", "), "the file is not there").into())
		}
	}
}
