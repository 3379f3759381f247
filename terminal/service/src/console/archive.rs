// SPDX-License-Identifier: Apache-2.0

//! Reading the archive, within bounds: whoever packs it may err, and what is not served cannot do harm.

use bytes::Bytes;
use sha2::{Digest, Sha256};
use std::{
	collections::HashMap,
	fs::File,
	io::{Cursor, Read},
	path::Path,
};
use tar::EntryType;

/// Longest archive, in bytes.
pub(super) const MAX_BYTES: u64 = 32 << 20;
/// Most entries of an archive.
pub(super) const MAX_FILES: usize = 2_000;
/// The page that every address of the console begins with.
pub(super) const INDEX: &str = "index.html";
/// What the packed form of a file has behind its name.
const PACKED: &str = ".gz";

/// The files of a console.
#[derive(Debug)]
pub(super) struct Archive {
	files: HashMap<String, Asset>,
	sha256: String,
}

/// A file, and its packed form where the archive holds one.
#[derive(Clone, Debug)]
pub(super) struct Asset {
	pub plain: Form,
	pub packed: Option<Form>,
}

/// Bytes, and what tells them from others.
#[derive(Clone, Debug)]
pub(super) struct Form {
	pub bytes: Bytes,
	/// With its quotes.
	pub etag: String,
}

impl Archive {
	/// Reads an archive from a file; says which rule it breaks.
	pub fn load(path: &Path) -> Result<Self, String> {
		let file = File::open(path).map_err(|error| error.to_string())?;
		if !file.metadata().map_err(|error| error.to_string())?.is_file() {
			return Err("a regular file".into());
		}
		let mut bytes = Vec::new();
		file.take(MAX_BYTES + 1)
			.read_to_end(&mut bytes)
			.map_err(|error| error.to_string())?;
		Archive::read(bytes.into())
	}

	/// Reads an archive; says which rule it breaks.
	pub fn read(bytes: Bytes) -> Result<Self, String> {
		if bytes.len() as u64 > MAX_BYTES {
			return Err(format!("an archive of at most {MAX_BYTES} bytes"));
		}
		let mut forms = forms(&bytes)?;
		let packed: Vec<String> = forms
			.keys()
			.filter(|name| name.strip_suffix(PACKED).is_some_and(|plain| forms.contains_key(plain)))
			.cloned()
			.collect();
		let mut packed: HashMap<String, Form> = packed
			.into_iter()
			.filter_map(|name| Some((name.strip_suffix(PACKED)?.to_string(), forms.remove(&name)?)))
			.collect();
		let files: HashMap<_, _> = forms
			.into_iter()
			.map(|(name, plain)| {
				let packed = packed.remove(&name);
				(name, Asset { plain, packed })
			})
			.collect();
		if !files.contains_key(INDEX) {
			return Err(format!("an archive with the file {INDEX:?} at its root"));
		}
		Ok(Archive {
			files,
			sha256: hex::encode(Sha256::digest(&bytes)),
		})
	}

	/// A file by its name, without a slash before it.
	pub fn get(&self, name: &str) -> Option<&Asset> {
		self.files.get(name)
	}

	/// How many files it serves.
	pub fn len(&self) -> usize {
		self.files.len()
	}

	/// Of the whole archive, hexadecimal.
	pub fn sha256(&self) -> &str {
		&self.sha256
	}
}

/// Every file of the archive by its name: views of the same bytes.
fn forms(bytes: &Bytes) -> Result<HashMap<String, Form>, String> {
	let mut archive = tar::Archive::new(Cursor::new(bytes.as_ref()));
	let mut forms = HashMap::new();
	let entries = archive.entries().map_err(|error| error.to_string())?;
	for (number, entry) in entries.enumerate() {
		if number >= MAX_FILES {
			return Err(format!("at most {MAX_FILES} entries"));
		}
		let entry = entry.map_err(|error| format!("a tar archive; entry {}: {error}", number + 1))?;
		let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
		match entry.header().entry_type() {
			EntryType::Directory | EntryType::XGlobalHeader => continue,
			EntryType::Regular => {}
			other => return Err(format!("regular files and folders only; {name:?} is {other:?}")),
		}
		let name = checked(&name)?;
		let start = usize::try_from(entry.raw_file_position()).ok();
		let end = start.zip(usize::try_from(entry.size()).ok());
		let range = end.and_then(|(start, size)| Some(start..start.checked_add(size)?));
		let Some(range) = range.filter(|range| range.end <= bytes.len()) else {
			return Err(format!("a whole archive; {name:?} ends behind its end"));
		};
		let bytes = bytes.slice(range);
		let digest = hex::encode(Sha256::digest(&bytes));
		let form = Form {
			bytes,
			etag: format!("\"{}\"", &digest[..32]),
		};
		if forms.insert(name.clone(), form).is_some() {
			return Err(format!("each name once; {name:?} comes twice"));
		}
	}
	Ok(forms)
}

/// The name as it stands in a URL: visible ASCII in segments of which none leads elsewhere.
fn checked(name: &str) -> Result<String, String> {
	let plain = name.strip_prefix("./").unwrap_or(name);
	let is_segment = |segment: &str| {
		!matches!(segment, "" | "." | "..")
			&& segment
				.bytes()
				.all(|byte| byte.is_ascii_alphanumeric() || b"-_.~@+".contains(&byte))
	};
	if plain.split('/').all(is_segment) {
		return Ok(plain.into());
	}
	Err(format!(
		"names of letters, digits, -_.~@+ and / only, none with \"..\"; one is {name:?}"
	))
}
