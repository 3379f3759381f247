// SPDX-License-Identifier: Apache-2.0

use super::formats::{blocking, failed, profile};
use crate::{
	error::{Error, Result},
	output::{thousands, Output},
};
use clap::{Args, ValueEnum};
use sealane_formats::{
	convert::{
		convert,
		csv::{Mapping, RowWriter, Rows},
		files::{listed, Records, SetSettings, SetWriter, Side},
		iso::{MessageWriter, Messages},
		ndjson::{LineWriter, Lines},
		Sink, Source,
	},
	fault::Error as FormatError,
	ids::{PlainSerials, SerialFile, Serials},
	iso20022::orders::Settings,
};
use serde::Serialize;
use std::{
	fs::File,
	io::BufReader,
	path::{Path, PathBuf},
};

/// What stands in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
	/// One JSON object per line
	Ndjson,
	/// Rows with a header; see --mapping
	Csv,
	/// OFD or WDEP, by the profile
	Files,
	/// Messages of ISO 20022
	Iso20022,
}

/// What both ends of a conversion may need.
#[derive(Debug, Args)]
pub struct ExchangeArgs {
	/// The partner's profile for OFD and WDEP: a TOML file, or a shipped one by its name
	#[arg(long)]
	profile: Option<PathBuf>,
	/// Which column of a CSV file is which field: a TOML file; without it the columns are called like the fields
	#[arg(long)]
	mapping: Option<PathBuf>,
	/// Table of numbers for ids that a file has no room for; it is made where it is not there, and kept for ever
	#[arg(long)]
	serials: Option<PathBuf>,
	/// What new numbers begin with: at most eight letters and digits; digits only before OFD 2.2
	#[arg(long, default_value = "S", requires = "serials")]
	serial_prefix: String,
	/// Most records of one file of OFD or WDEP; more make further parts
	#[arg(long, default_value_t = 1_000_000)]
	records_per_file: u64,
	/// A field of the other dialect that may be left out; repeatable
	#[arg(long = "drop", value_name = "FIELD")]
	dropped: Vec<String>,
	/// The interface that orders read from messages of ISO 20022 name
	#[arg(long, default_value = "")]
	interface: String,
	/// What ids of written messages begin with: a number follows
	#[arg(long, default_value = "SEALANE-")]
	message_prefix: String,
	/// The moment of written messages; now unless told
	#[arg(long)]
	created: Option<String>,
}

#[derive(Debug, Args)]
pub struct ConvertArgs {
	/// A file; of a set of OFD or WDEP its index
	input: PathBuf,
	/// The file to write; for OFD and WDEP a folder. What is there is never overwritten
	output: PathBuf,
	/// What the input is; by its name unless told
	#[arg(long, value_enum)]
	from: Option<Kind>,
	/// What to write; by the output's name unless told
	#[arg(long, value_enum)]
	to: Option<Kind>,
	/// The profile of what is written, where both sides are OFD or WDEP
	#[arg(long)]
	to_profile: Option<PathBuf>,
	/// Business date of a set that is written, YYYYMMDD
	#[arg(long)]
	date: Option<String>,
	/// Write the issuer's files: confirmations and the like; without it the seller's
	#[arg(long)]
	issuer: bool,
	#[command(flatten)]
	exchange: ExchangeArgs,
}

#[derive(Serialize)]
struct ConvertReport {
	records: u64,
	written: Vec<PathBuf>,
}

fn kind_of(path: &Path, given: Option<Kind>, argument: &str) -> Result<Kind> {
	if let Some(kind) = given {
		return Ok(kind);
	}
	let extension = path
		.extension()
		.and_then(|extension| extension.to_str())
		.unwrap_or_default();
	match extension.to_ascii_lowercase().as_str() {
		"ndjson" | "jsonl" | "json" => Ok(Kind::Ndjson),
		"csv" => Ok(Kind::Csv),
		"xml" => Ok(Kind::Iso20022),
		"txt" | "" => Ok(Kind::Files),
		_ => Err(Error::invalid(
			argument,
			path.display().to_string(),
			format!("its name does not say what it is: give --{argument}"),
		)),
	}
}

/// The table of serials in a file; without one ids are their own serials.
pub fn serials(path: Option<&Path>, prefix: &str) -> Result<Box<dyn Serials>> {
	Ok(match path {
		None => Box::new(PlainSerials),
		Some(path) => Box::new(SerialFile::open(path, prefix).map_err(failed(path))?),
	})
}

impl ExchangeArgs {
	fn serials(&self) -> Result<Box<dyn Serials>> {
		serials(self.serials.as_deref(), &self.serial_prefix)
	}

	/// The profile, which must be given.
	pub fn own_profile(&self) -> Result<sealane_formats::Profile> {
		self.profile(None)
	}

	fn mapping(&self) -> Result<Mapping> {
		let Some(path) = &self.mapping else {
			return Ok(Mapping::default());
		};
		let text = std::fs::read_to_string(path).map_err(Error::file(path))?;
		Mapping::parse(&text).map_err(|rule| Error::invalid("mapping", path.display().to_string(), rule))
	}

	fn settings(&self) -> Result<Settings> {
		let zone = match &self.profile {
			Some(path) => profile(path)?.zone,
			None => sealane_formats::profile::usual_zone(),
		};
		Ok(Settings {
			interface: self.interface.clone(),
			zone,
		})
	}

	/// The moment at which a day `YYYY-MM-DD` begins in the profile's zone, Unix ms.
	pub fn midnight(&self, day: &str) -> Result<i64> {
		let parsed = sealane_formats::value::midnight(day, self.settings()?.zone);
		parsed.ok_or_else(|| Error::invalid("day", day, "a day of the calendar, YYYY-MM-DD"))
	}

	fn profile(&self, other: Option<&Path>) -> Result<sealane_formats::Profile> {
		let path = other.or(self.profile.as_deref());
		let path = path.ok_or_else(|| Error::invalid("profile", "", "OFD and WDEP need the partner's profile"))?;
		profile(path)
	}

	fn source(&self, path: &Path, kind: Kind) -> Result<Box<dyn Source>> {
		let open = || -> Result<BufReader<File>> {
			let file = sealane_terminal_core::files::open_plain(path)?;
			Ok(BufReader::with_capacity(256 * 1024, file))
		};
		Ok(match kind {
			Kind::Ndjson => Box::new(Lines::new(open()?)),
			Kind::Csv => Box::new(Rows::new(open()?, self.mapping()?).map_err(failed(path))?),
			Kind::Iso20022 => Box::new(Messages::new(open()?, self.settings()?, self.serials()?)),
			Kind::Files => {
				let profile = self.profile(None)?;
				let files = listed(path, &profile).map_err(failed(path))?;
				Box::new(Records::new(profile, files, self.serials()?))
			}
		})
	}

	/// Where items go. `set` says whose files of which day, where they are OFD's or WDEP's.
	pub fn sink(
		&self,
		path: &Path,
		kind: Kind,
		other: Option<&Path>,
		set: (Side, Option<String>),
	) -> Result<Box<dyn Sink>> {
		let made = || -> Result<Result<Box<dyn Sink>, FormatError>> {
			Ok(match kind {
				Kind::Ndjson => LineWriter::create(path.into()).map(|sink| Box::new(sink) as _),
				Kind::Csv => RowWriter::create(path.into(), self.mapping()?).map(|sink| Box::new(sink) as _),
				Kind::Iso20022 => {
					let created = match &self.created {
						Some(created) => created.clone(),
						None => crate::output::time_text(sealane_terminal_core::db::now_ms()),
					};
					let (settings, serials) = (self.settings()?, self.serials()?);
					MessageWriter::create(
						path.into(),
						&self.message_prefix,
						&created,
						settings,
						self.dropped.clone(),
						serials,
					)
					.map(|sink| Box::new(sink) as _)
				}
				Kind::Files => {
					let (from, date) = set;
					let date = date.ok_or_else(|| Error::invalid("date", "", "a set has a business date, YYYYMMDD"))?;
					let settings = SetSettings {
						folder: path.into(),
						from,
						date,
						records_per_file: self.records_per_file,
						dropped: self.dropped.clone(),
					};
					SetWriter::new(self.profile(other)?, settings, self.serials()?).map(|sink| Box::new(sink) as _)
				}
			})
		};
		made()?.map_err(failed(path))
	}
}

impl ConvertArgs {
	pub async fn run(self, output: Output) -> Result<()> {
		blocking(move || self.convert(output)).await
	}

	fn convert(self, output: Output) -> Result<()> {
		let from = kind_of(&self.input, self.from, "from")?;
		let to = kind_of(&self.output, self.to, "to")?;
		let whose = if self.issuer { Side::Issuer } else { Side::Seller };
		let mut source = self.exchange.source(&self.input, from)?;
		let set = (whose, self.date.clone());
		let sink = self.exchange.sink(&self.output, to, self.to_profile.as_deref(), set)?;
		let bar = output.progress("records", 0);
		let done = convert(&mut *source, sink, &mut |moved| bar.set_position(moved));
		bar.finish_and_clear();
		let (records, written) = done.map_err(failed(&self.input))?;
		output.result(&ConvertReport { records, written }, |report| {
			let mut text = format!("{} records", thousands(report.records));
			for path in &report.written {
				text.push_str(&format!("\n{}", path.display()));
			}
			text
		});
		Ok(())
	}
}
