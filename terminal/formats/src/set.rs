// SPDX-License-Identifier: Apache-2.0

//! A set: the file that lists, and the files that it lists. A set is taken when it is complete, never before.

use crate::{
	dictionary::Format,
	fault::{Error, Fault},
	framing::index::Index,
	name::DataName,
};
use std::{
	collections::HashMap,
	fs::{self, File},
	io::BufReader,
	path::{Path, PathBuf},
};

/// A data file of a set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
	/// What its name says.
	pub name: DataName,
	/// Where it is.
	pub path: PathBuf,
}

/// A set in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Set {
	/// Every file is there.
	Complete(Vec<Listed>),
	/// These files are not there yet.
	Incomplete(Vec<String>),
}

impl Set {
	/// Looks for the files that the index at `path` lists, beside it. Letter case does not count; links are not followed.
	///
	/// # Errors
	/// An index that cannot be read or breaks a rule; a name that is no data file, or of other parties or another day than the index.
	pub fn open(path: &Path, format: Format) -> Result<Self, Error> {
		let file = File::open(path).map_err(Error::io(format!("opening {}", path.display())))?;
		let shown = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
		let in_file = |fault: Fault| fault.in_file(&shown);
		let index = Index::read(BufReader::new(file), format).map_err(|error| match error {
			Error::Fault(fault) => in_file(fault).into(),
			error => error,
		})?;
		let folder = path.parent().unwrap_or(Path::new("."));
		let present = files_in(folder)?;
		let mut listed = Vec::new();
		let mut missing = Vec::new();
		for file in &index.files {
			let name = DataName::parse(format, file).map_err(in_file)?;
			if format != Format::Wdep10 {
				check_party(&name, &index).map_err(in_file)?;
			}
			match present.get(&file.to_uppercase()) {
				Some(path) => listed.push(Listed {
					name,
					path: path.clone(),
				}),
				None => missing.push(file.clone()),
			}
		}
		match missing.is_empty() {
			true => Ok(Set::Complete(listed)),
			false => Ok(Set::Incomplete(missing)),
		}
	}
}

fn check_party(name: &DataName, index: &Index) -> Result<(), Fault> {
	for (what, of_file, of_index) in [
		("creator", &name.creator, &index.creator),
		("receiver", &name.receiver, &index.receiver),
		("date", &name.date, &index.date),
	] {
		if !of_file.eq_ignore_ascii_case(of_index) {
			let rule = format!("the {what} must be {of_index:?}, as in the index");
			return Err(Fault::told("name of a file", of_file, rule));
		}
	}
	Ok(())
}

/// Plain files of a folder by their names in upper case.
fn files_in(folder: &Path) -> Result<HashMap<String, PathBuf>, Error> {
	let reading = || Error::io(format!("reading the folder {}", folder.display()));
	let mut files = HashMap::new();
	for entry in fs::read_dir(folder).map_err(reading())? {
		let entry = entry.map_err(reading())?;
		if entry.file_type().map_err(reading())?.is_file() {
			files.insert(entry.file_name().to_string_lossy().to_uppercase(), entry.path());
		}
	}
	Ok(files)
}
