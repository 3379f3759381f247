// SPDX-License-Identifier: Apache-2.0

//! Files that only their owner may read, and files that others may have put there.

use crate::error::{Error, Result};
use std::{
	fs::{File, OpenOptions},
	io::Write,
	path::Path,
};

/// Reads a file that only its owner may read.
///
/// # Errors
/// The file cannot be read, or its mode lets others in.
pub fn read_secret(path: &Path) -> Result<String> {
	#[cfg(unix)]
	{
		use std::os::unix::fs::PermissionsExt;
		let mode = std::fs::metadata(path).map_err(Error::file(path))?.permissions().mode() & 0o777;
		if mode & 0o077 != 0 {
			return Err(Error::invalid(
				path.display().to_string(),
				format!("mode {mode:o}"),
				"a secret's file must be readable by its owner alone (mode 600)",
			));
		}
	}
	let text = std::fs::read_to_string(path).map_err(Error::file(path))?;
	// Editors of some systems put it before the first character.
	Ok(text.trim_start_matches('\u{feff}').to_string())
}

/// Writes a file that only its owner may read (mode 600), in place of what was there.
///
/// # Errors
/// The file cannot be written.
pub fn write_private(path: &Path, bytes: &[u8]) -> Result<()> {
	let write = || -> std::io::Result<()> {
		let mut options = OpenOptions::new();
		options.write(true).create(true).truncate(true);
		#[cfg(unix)]
		{
			use std::os::unix::fs::OpenOptionsExt;
			options.mode(0o600);
		}
		let mut file = options.open(path)?;
		make_private(path)?;
		file.write_all(bytes)
	};
	write().map_err(Error::file(path))
}

/// Takes others' rights to a file away, whatever mask it was made with.
///
/// # Errors
/// It belongs to another user.
pub fn make_private(path: &Path) -> std::io::Result<()> {
	#[cfg(unix)]
	{
		use std::os::unix::fs::PermissionsExt;
		std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
	}
	Ok(())
}

/// Makes a folder that only its owner may enter, where there is none; one that is there is left as it is.
///
/// # Errors
/// It cannot be made.
pub fn create_private_folder(path: &Path) -> Result<()> {
	let mut builder = std::fs::DirBuilder::new();
	builder.recursive(true);
	#[cfg(unix)]
	{
		use std::os::unix::fs::DirBuilderExt;
		builder.mode(0o700);
	}
	builder.create(path).map_err(Error::file(path))
}

/// Opens a regular file for reading. A symbolic link is refused: whoever may put files into a folder must not be able to
/// name others that the terminal may read.
///
/// # Errors
/// It cannot be opened, or is no regular file.
pub fn open_plain(path: &Path) -> Result<File> {
	let mut options = OpenOptions::new();
	options.read(true);
	#[cfg(target_os = "linux")]
	{
		use std::os::unix::fs::OpenOptionsExt;
		// O_NOFOLLOW and O_NONBLOCK: a pipe would stop the reader before it could be told from a file.
		options.custom_flags(0o400_000 | 0o4_000);
	}
	let refuse = |rule| Error::invalid(path.display().to_string(), "", rule);
	let meta = std::fs::symlink_metadata(path).map_err(Error::file(path))?;
	if meta.file_type().is_symlink() {
		return Err(refuse("a file, not a symbolic link"));
	}
	let file = options.open(path).map_err(Error::file(path))?;
	if !file.metadata().map_err(Error::file(path))?.is_file() {
		return Err(refuse("a regular file"));
	}
	Ok(file)
}

#[cfg(all(test, unix))]
mod tests {
	use super::*;
	use std::os::unix::fs::PermissionsExt;

	fn mode(path: &Path) -> u32 {
		std::fs::metadata(path).unwrap().permissions().mode() & 0o777
	}

	#[test]
	fn secrets_that_others_can_read_are_refused() {
		let dir = tempfile::tempdir().unwrap();
		let path = dir.path().join("token");
		std::fs::write(&path, "\u{feff}t0ken\n").unwrap();
		std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
		let error = read_secret(&path).unwrap_err().to_string();
		assert!(error.contains("mode 644") && !error.contains("t0ken"), "{error}");
		std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
		assert_eq!(read_secret(&path).unwrap(), "t0ken\n");
	}

	#[test]
	fn what_is_written_is_the_owners_alone() {
		let dir = tempfile::tempdir().unwrap();
		let path = dir.path().join("pack");
		std::fs::write(&path, "old and longer").unwrap();
		std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
		write_private(&path, b"new").unwrap();
		assert_eq!((std::fs::read(&path).unwrap(), mode(&path)), (b"new".to_vec(), 0o600));
		create_private_folder(&dir.path().join("a/b")).unwrap();
		assert_eq!(mode(&dir.path().join("a/b")), 0o700);
	}

	#[test]
	fn links_and_folders_are_no_files() {
		let dir = tempfile::tempdir().unwrap();
		std::fs::write(dir.path().join("secret"), "x").unwrap();
		std::os::unix::fs::symlink(dir.path().join("secret"), dir.path().join("link")).unwrap();
		assert!(open_plain(&dir.path().join("secret")).is_ok());
		let error = open_plain(&dir.path().join("link")).unwrap_err().to_string();
		assert!(error.contains("symbolic link"), "{error}");
		assert!(open_plain(dir.path()).is_err());
	}
}
