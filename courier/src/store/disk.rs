// SPDX-License-Identifier: Apache-2.0

//! What the store asks of a disk, and the real one.
//!
//! The traits are as narrow as the crash argument needs: positional reads and writes, one call that makes a file's data durable,
//! one that makes a directory's entries durable. The fault-injecting disk of the tests implements the same traits.

use std::{
	fs::{self, DirBuilder, File, OpenOptions, TryLockError},
	io,
	os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt},
	path::Path,
	sync::Arc,
};

/// Keeps a folder to one process until it is dropped.
pub trait Lock: Send + Sync {}

/// One open file.
pub trait DiskFile: Send + Sync {
	/// Fills as much of `out` as the file has from `offset` on; the number of bytes read is short only at the end of the file.
	fn read_at(&self, out: &mut [u8], offset: u64) -> io::Result<usize>;
	/// Writes all of `bytes` at `offset`. After an error any part of them may have been written.
	fn write_all_at(&self, bytes: &[u8], offset: u64) -> io::Result<()>;
	/// Returns after all writes so far, and a changed length, are durable. After an error nothing is known about them.
	fn sync(&self) -> io::Result<()>;
	/// Cuts or extends the file.
	fn set_len(&self, bytes: u64) -> io::Result<()>;
	/// Length in bytes.
	fn len(&self) -> io::Result<u64>;
	/// Whether the file has no bytes.
	fn is_empty(&self) -> io::Result<bool> {
		Ok(self.len()? == 0)
	}
}

/// A file system.
pub trait Disk: Send + Sync {
	/// Takes the folder for this process.
	///
	/// # Errors
	/// `WouldBlock` when another process has it.
	fn lock(&self, folder: &Path) -> io::Result<Box<dyn Lock>>;
	/// Makes the folder and its parents, durable, for their owner alone.
	fn create_folder(&self, folder: &Path) -> io::Result<()>;
	/// The names of the files in a folder, in no order.
	fn list(&self, folder: &Path) -> io::Result<Vec<String>>;
	/// Makes an empty file, readable by its owner alone; one of that name is replaced.
	fn create(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>>;
	/// Opens a file that exists for reading and writing.
	fn open(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>>;
	/// Renames a file. Durable after [`Disk::sync_folder`].
	fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
	/// Removes a file. Durable after [`Disk::sync_folder`].
	fn remove(&self, path: &Path) -> io::Result<()>;
	/// Makes created, renamed and removed entries of a folder durable.
	fn sync_folder(&self, folder: &Path) -> io::Result<()>;
}

/// The file system of the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct RealDisk;

struct RealFile(File);

struct RealLock(#[allow(dead_code)] File);

impl Lock for RealLock {}

impl DiskFile for RealFile {
	fn read_at(&self, out: &mut [u8], offset: u64) -> io::Result<usize> {
		let mut done = 0;
		while done < out.len() {
			match self.0.read_at(&mut out[done..], offset + done as u64) {
				Ok(0) => break,
				Ok(read) => done += read,
				Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
				Err(error) => return Err(error),
			}
		}
		Ok(done)
	}

	fn write_all_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
		self.0.write_all_at(bytes, offset)
	}

	fn sync(&self) -> io::Result<()> {
		// `fdatasync`: it does flush the metadata that later reads need, a changed length included, and skips the rest.
		self.0.sync_data()
	}

	fn set_len(&self, bytes: u64) -> io::Result<()> {
		self.0.set_len(bytes)
	}

	fn len(&self) -> io::Result<u64> {
		Ok(self.0.metadata()?.len())
	}
}

impl Disk for RealDisk {
	fn lock(&self, folder: &Path) -> io::Result<Box<dyn Lock>> {
		let file = OpenOptions::new()
			.create(true)
			.truncate(false)
			.write(true)
			.mode(0o600)
			.open(folder.join("lock"))?;
		match file.try_lock() {
			Ok(()) => Ok(Box::new(RealLock(file))),
			Err(TryLockError::WouldBlock) => Err(io::ErrorKind::WouldBlock.into()),
			Err(TryLockError::Error(error)) => Err(error),
		}
	}

	fn create_folder(&self, folder: &Path) -> io::Result<()> {
		let fresh: Vec<_> = folder.ancestors().take_while(|folder| !folder.is_dir()).collect();
		DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
		// The entries of the new folders must survive too, or all that is written into them is lost with them.
		for folder in fresh {
			let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty());
			self.sync_folder(parent.unwrap_or(Path::new(".")))?;
		}
		Ok(())
	}

	fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
		let mut names = Vec::new();
		for entry in fs::read_dir(folder)? {
			let entry = entry?;
			if entry.file_type()?.is_file() {
				names.push(entry.file_name().to_string_lossy().into_owned());
			}
		}
		Ok(names)
	}

	fn create(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
		let file = OpenOptions::new()
			.create(true)
			.truncate(true)
			.read(true)
			.write(true)
			.mode(0o600)
			.open(path)?;
		Ok(Arc::new(RealFile(file)))
	}

	fn open(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
		Ok(Arc::new(RealFile(
			OpenOptions::new().read(true).write(true).open(path)?,
		)))
	}

	fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
		fs::rename(from, to)
	}

	fn remove(&self, path: &Path) -> io::Result<()> {
		fs::remove_file(path)
	}

	fn sync_folder(&self, folder: &Path) -> io::Result<()> {
		File::open(folder)?.sync_all()
	}
}

/// Whether an error says that there is no room, now, for more bytes. Such an error passes; any other one does not.
pub(super) fn is_full(error: &io::Error) -> bool {
	matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}
