// SPDX-License-Identifier: Apache-2.0

//! Files that only their owner may read.

use std::{
	fs::{self, File, OpenOptions},
	io::{self, Read, Write},
	path::Path,
};

#[cfg(unix)]
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};

/// Reads a file; fails when anybody but its owner may read or write it.
///
/// # Errors
/// As said, or it cannot be read.
pub fn read_private(path: &Path) -> io::Result<Vec<u8>> {
	let mut file = File::open(path)?;
	#[cfg(unix)]
	{
		let mode = file.metadata()?.permissions().mode() & 0o777;
		if mode & 0o077 != 0 {
			return Err(io::Error::other(format!(
				"its mode is {mode:o}; it holds secrets and must be 600"
			)));
		}
	}
	let mut bytes = Vec::new();
	file.read_to_end(&mut bytes)?;
	Ok(bytes)
}

/// Writes a file that only its owner may read, in the place of an earlier one: readers find the old one or the new one,
/// whole.
///
/// # Errors
/// It cannot be written.
pub fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
	let mut name = path.file_name().unwrap_or_default().to_owned();
	name.push(".new");
	let new = path.with_file_name(name);
	// One that was left behind could have another mode.
	match fs::remove_file(&new) {
		Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
		_ => {}
	}
	let mut options = OpenOptions::new();
	options.write(true).create_new(true);
	#[cfg(unix)]
	options.mode(0o600);
	let mut file = options.open(&new)?;
	file.write_all(bytes)?;
	file.sync_all()?;
	fs::rename(&new, path)?;
	if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
		File::open(folder)?.sync_all()?;
	}
	Ok(())
}
