// SPDX-License-Identifier: Apache-2.0

//! Segments written with zeros ahead of time.
//!
//! An `fdatasync` after a write that extends a file, or that touches blocks never written before, also commits the file system's journal. Where
//! the blocks hold zeros already it flushes data alone. On ext4 that takes a third off each sync: 0.13 instead of 0.20 ms for 4 KiB,
//! 0.22 instead of 0.35 ms for 256 KiB, 0.64 instead of 0.83 ms for 1 MiB. `fallocate` alone gains nothing, because its blocks count as never
//! written.

use super::disk::{Disk, DiskFile};
use parking_lot::{Condvar, Mutex};
use std::{
	io,
	path::{Path, PathBuf},
	sync::Arc,
	thread::JoinHandle,
};

/// Bytes of zeros written and synced at once; small, so that the log's own syncs seldom wait behind them.
const PIECE_BYTES: usize = 1 << 20;
/// The file that is prepared, in the folder of the segments.
const PREPARED_NAME: &str = "prepared.new";

/// Writes zeros from `from` to `to` and syncs them.
pub(super) fn write_zeros(file: &dyn DiskFile, from: u64, to: u64, go_on: impl Fn() -> bool) -> io::Result<()> {
	let zeros = vec![0; PIECE_BYTES.min(to.saturating_sub(from) as usize)];
	let mut at = from;
	while at < to {
		if !go_on() {
			return Err(io::ErrorKind::Interrupted.into());
		}
		let piece = zeros.len().min((to - at) as usize);
		file.write_all_at(&zeros[..piece], at)?;
		file.sync()?;
		at += piece as u64;
	}
	Ok(())
}

#[derive(Default)]
struct State {
	wanted: bool,
	stop: bool,
	ready: Option<Arc<dyn DiskFile>>,
}

struct Desk {
	state: Mutex<State>,
	wake: Condvar,
}

/// Keeps one segment's worth of zeros ready.
pub(super) struct Preparer {
	desk: Arc<Desk>,
	path: PathBuf,
	thread: Option<JoinHandle<()>>,
}

impl Preparer {
	/// Starts to prepare a file of `bytes` in `folder`.
	pub(super) fn start(disk: Arc<dyn Disk>, folder: &Path, bytes: u64) -> io::Result<Self> {
		let path = folder.join(PREPARED_NAME);
		let state = State {
			wanted: true,
			..State::default()
		};
		let desk = Arc::new(Desk {
			state: Mutex::new(state),
			wake: Condvar::new(),
		});
		let thread = std::thread::Builder::new().name("sealane-prepare".into()).spawn({
			let (desk, path) = (desk.clone(), path.clone());
			move || run(&desk, disk.as_ref(), &path, bytes)
		})?;
		Ok(Self {
			desk,
			path,
			thread: Some(thread),
		})
	}

	/// The prepared file and its present name, if it is ready. The caller renames it, then asks for the [`Preparer::next`].
	pub(super) fn take(&self) -> Option<(Arc<dyn DiskFile>, &Path)> {
		let mut state = self.desk.state.lock();
		let file = state.ready.take()?;
		// The name is the caller's until it has renamed the file: a wish from before must not make another one under it.
		state.wanted = false;
		Some((file, &self.path))
	}

	/// Asks for another file, unless one is ready or in the making.
	pub(super) fn next(&self) {
		self.desk.state.lock().wanted = true;
		self.desk.wake.notify_one();
	}
}

impl Drop for Preparer {
	fn drop(&mut self) {
		self.desk.state.lock().stop = true;
		self.desk.wake.notify_one();
		if let Some(thread) = self.thread.take() {
			// It only ever ends by itself; a panic there concerns nobody here.
			let _ = thread.join();
		}
	}
}

fn run(desk: &Desk, disk: &dyn Disk, path: &Path, bytes: u64) {
	loop {
		{
			let mut state = desk.state.lock();
			while !state.stop && (!state.wanted || state.ready.is_some()) {
				state.wanted = false;
				desk.wake.wait(&mut state);
			}
			if state.stop {
				return;
			}
			state.wanted = false;
		}
		match prepare(desk, disk, path, bytes) {
			Ok(file) => desk.state.lock().ready = Some(file),
			// Most likely the disk is full. The log then begins its next segment without zeros, and asks again after that.
			Err(_) => drop(disk.remove(path)),
		}
	}
}

fn prepare(desk: &Desk, disk: &dyn Disk, path: &Path, bytes: u64) -> io::Result<Arc<dyn DiskFile>> {
	let file = disk.create(path)?;
	write_zeros(file.as_ref(), 0, bytes, || !desk.state.lock().stop)?;
	Ok(file)
}

#[cfg(test)]
mod tests {
	use super::{super::fault::FaultDisk, *};

	#[test]
	fn no_file_is_made_under_the_name_of_one_that_was_taken() {
		let folder = Path::new("/segments");
		// The gap is as wide as the maker takes to wake up.
		for _ in 0..2_000 {
			let disk = FaultDisk::new();
			disk.create_folder(folder).unwrap();
			let preparer = Preparer::start(Arc::new(disk.clone()), folder, 512).unwrap();
			while preparer.desk.state.lock().ready.is_none() {
				std::thread::yield_now();
			}
			// A segment that began without the file asks for another one just before the file is taken.
			preparer.next();
			let (taken, path) = preparer.take().unwrap();
			taken.write_all_at(b"header", 0).unwrap();
			let named = folder.join("segment");
			disk.rename(path, &named).unwrap();
			let mut header = [0; 6];
			assert_eq!(
				disk.open(&named).unwrap().read_at(&mut header, 0).unwrap(),
				header.len()
			);
			assert_eq!(&header, b"header");
		}
	}
}
