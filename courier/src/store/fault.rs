// SPDX-License-Identifier: Apache-2.0

//! A disk in memory that fails on demand: for tests.
//!
//! Each file has what is durable, what a reader sees, and the writes between the two. A crash keeps of those writes none, all, a
//! prefix, or an arbitrary choice of sectors. A failed sync does what Linux does: the data is still seen, counts as clean, and never reaches the
//! disk unless it is written again.

use super::disk::{Disk, DiskFile, Lock};
use parking_lot::{Condvar, Mutex};
use rand::{rngs::StdRng, Rng, SeedableRng};
use std::{
	collections::{BTreeMap, HashMap},
	io,
	path::{Path, PathBuf},
	sync::Arc,
};

/// What a disk writes in one piece.
const SECTOR_BYTES: usize = 512;

/// What a crash leaves of the writes after the last sync.
#[derive(Clone, Copy, Debug)]
pub enum Crash {
	/// Nothing: the power went.
	DropAll,
	/// Everything: only the process died.
	KeepAll,
	/// The first so many bytes of each file's unsynced writes.
	Prefix(usize),
	/// Sectors chosen at random with this seed, in any order, the last of them possibly in part.
	Sectors(u64),
}

/// Calls that can be made to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
	/// [`DiskFile::read_at`].
	Read,
	/// [`DiskFile::write_all_at`]; half of the bytes are written.
	Write,
	/// [`DiskFile::sync`].
	Sync,
	/// [`DiskFile::set_len`].
	SetLen,
	/// [`Disk::create`].
	Create,
	/// [`Disk::rename`].
	Rename,
	/// [`Disk::sync_folder`].
	SyncFolder,
}

#[derive(Clone)]
enum Pending {
	Write { offset: usize, bytes: Vec<u8> },
	Length(usize),
}

#[derive(Clone, Default)]
struct Content {
	durable: Vec<u8>,
	seen: Vec<u8>,
	pending: Vec<Pending>,
}

#[derive(Clone)]
enum Entry {
	Link(PathBuf, u64),
	Unlink(PathBuf),
}

#[derive(Clone, Default)]
struct State {
	files: HashMap<u64, Content>,
	seen: BTreeMap<PathBuf, u64>,
	durable: BTreeMap<PathBuf, u64>,
	pending: Vec<Entry>,
	faults: Vec<(Call, usize, io::ErrorKind)>,
	capacity: Option<usize>,
	syncs: u64,
	reads: u64,
}

/// Where a sync waits for a test.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Hold {
	#[default]
	No,
	Wanted,
	Held,
}

#[derive(Default)]
struct Gate {
	hold: Mutex<Hold>,
	changed: Condvar,
}

/// The disk. Clones are the same disk.
#[derive(Clone, Default)]
pub struct FaultDisk(Arc<Mutex<State>>, Arc<Gate>);

impl FaultDisk {
	/// An empty disk without faults.
	pub fn new() -> Self {
		Self::default()
	}

	/// The disk as it is found after a crash; the old one goes on for whoever still has it.
	pub fn crashed(&self, crash: Crash) -> Self {
		let mut state = self.0.lock().clone();
		state.faults.clear();
		state.capacity = None;
		if matches!(crash, Crash::KeepAll) {
			// The page cache stays as it is, with all that still waits for a sync.
			return Self(Arc::new(Mutex::new(state)), Arc::default());
		}
		let mut random = StdRng::seed_from_u64(if let Crash::Sectors(seed) = crash { seed } else { 0 });
		// Sorted, so that a seed gives the same crash every time.
		let mut numbers: Vec<_> = state.files.keys().copied().collect();
		numbers.sort_unstable();
		for number in numbers {
			if let Some(content) = state.files.get_mut(&number) {
				content.crash(crash, &mut random);
			}
		}
		let kept = match crash {
			Crash::DropAll | Crash::Prefix(_) | Crash::KeepAll => 0,
			Crash::Sectors(_) => random.gen_range(0..=state.pending.len()),
		};
		let pending = std::mem::take(&mut state.pending);
		for entry in pending.iter().take(kept) {
			apply_entry(&mut state.durable, entry);
		}
		state.seen = state.durable.clone();
		Self(Arc::new(Mutex::new(state)), Arc::default())
	}

	/// Makes the `nth` call of a kind from now on (0: the next) fail, once.
	pub fn fail(&self, call: Call, nth: usize, error: io::ErrorKind) {
		self.0.lock().faults.push((call, nth, error));
	}

	/// Makes the next sync of a file wait until [`FaultDisk::release_sync`].
	pub fn hold_next_sync(&self) {
		*self.1.hold.lock() = Hold::Wanted;
	}

	/// Returns when a sync waits.
	pub fn wait_for_held_sync(&self) {
		let mut hold = self.1.hold.lock();
		while *hold != Hold::Held {
			self.1.changed.wait(&mut hold);
		}
	}

	/// Lets the waiting sync, and all others, go on.
	pub fn release_sync(&self) {
		*self.1.hold.lock() = Hold::No;
		self.1.changed.notify_all();
	}

	fn pass_gate(&self) {
		let mut hold = self.1.hold.lock();
		if *hold == Hold::Wanted {
			*hold = Hold::Held;
			self.1.changed.notify_all();
		}
		while *hold == Hold::Held {
			self.1.changed.wait(&mut hold);
		}
	}

	/// Lets all files together have so many bytes and no more.
	pub fn set_capacity(&self, bytes: Option<usize>) {
		self.0.lock().capacity = bytes;
	}

	/// Bytes of all files together.
	pub fn used(&self) -> usize {
		self.0.lock().used()
	}

	/// Successful syncs of files so far.
	pub fn syncs(&self) -> u64 {
		self.0.lock().syncs
	}

	/// Reads of files so far.
	pub fn reads(&self) -> u64 {
		self.0.lock().reads
	}

	/// Turns one bit of a file over, in memory and on disk.
	pub fn flip(&self, path: &Path, bit: usize) {
		let mut state = self.0.lock();
		let Some(number) = state.seen.get(path).copied() else {
			return;
		};
		let Some(content) = state.files.get_mut(&number) else {
			return;
		};
		for bytes in [&mut content.seen, &mut content.durable] {
			if let Some(byte) = bytes.get_mut(bit / 8) {
				*byte ^= 1 << (bit % 8);
			}
		}
	}

	/// What a reader sees of a file.
	pub fn content(&self, path: &Path) -> Option<Vec<u8>> {
		let state = self.0.lock();
		state
			.files
			.get(state.seen.get(path)?)
			.map(|content| content.seen.clone())
	}

	/// All files, in order.
	pub fn paths(&self) -> Vec<PathBuf> {
		self.0.lock().seen.keys().cloned().collect()
	}
}

impl State {
	fn used(&self) -> usize {
		self.seen
			.values()
			.filter_map(|number| self.files.get(number))
			.map(|content| content.seen.len())
			.sum()
	}

	/// Fails when a fault is due.
	fn check(&mut self, call: Call) -> io::Result<()> {
		self.reads += u64::from(call == Call::Read);
		let mut due = None;
		self.faults.retain_mut(|(kind, left, error)| {
			if *kind != call {
				return true;
			}
			if *left == 0 {
				due = Some(*error);
				return false;
			}
			*left -= 1;
			true
		});
		due.map_or(Ok(()), |error| Err(error.into()))
	}

	fn link(&mut self, path: &Path, number: u64) {
		self.seen.insert(path.into(), number);
		self.pending.push(Entry::Link(path.into(), number));
	}

	fn unlink(&mut self, path: &Path) -> io::Result<u64> {
		self.pending.push(Entry::Unlink(path.into()));
		self.seen.remove(path).ok_or_else(|| io::ErrorKind::NotFound.into())
	}
}

fn apply_entry(entries: &mut BTreeMap<PathBuf, u64>, entry: &Entry) {
	match entry {
		Entry::Link(path, number) => drop(entries.insert(path.clone(), *number)),
		Entry::Unlink(path) => drop(entries.remove(path)),
	}
}

fn put(content: &mut Vec<u8>, offset: usize, bytes: &[u8]) {
	if content.len() < offset + bytes.len() {
		content.resize(offset + bytes.len(), 0);
	}
	content[offset..offset + bytes.len()].copy_from_slice(bytes);
}

impl Content {
	fn crash(&mut self, crash: Crash, random: &mut StdRng) {
		let mut budget = match crash {
			Crash::DropAll => 0,
			Crash::Prefix(bytes) => bytes,
			Crash::KeepAll | Crash::Sectors(_) => usize::MAX,
		};
		for write in &std::mem::take(&mut self.pending) {
			match write {
				Pending::Length(bytes) => {
					let is_kept = !matches!(crash, Crash::Sectors(_)) || random.gen();
					if budget > 0 && is_kept {
						self.durable.resize(*bytes, 0);
					}
				}
				Pending::Write { offset, bytes } if matches!(crash, Crash::Sectors(_)) => {
					for (index, sector) in bytes.chunks(SECTOR_BYTES).enumerate() {
						let kept = match random.gen_range(0..8) {
							0..3 => 0,
							3 => random.gen_range(0..=sector.len()),
							_ => sector.len(),
						};
						if kept > 0 {
							put(&mut self.durable, offset + index * SECTOR_BYTES, &sector[..kept]);
						}
					}
				}
				Pending::Write { offset, bytes } => {
					let kept = budget.min(bytes.len());
					if kept > 0 {
						put(&mut self.durable, *offset, &bytes[..kept]);
					}
					budget -= kept;
				}
			}
		}
		self.seen = self.durable.clone();
	}

	fn sync(&mut self) {
		for write in std::mem::take(&mut self.pending) {
			match write {
				Pending::Write { offset, bytes } => put(&mut self.durable, offset, &bytes),
				Pending::Length(bytes) => self.durable.resize(bytes, 0),
			}
		}
	}
}

struct FaultFile {
	disk: FaultDisk,
	number: u64,
}

impl FaultFile {
	fn with<T>(&self, call: Call, act: impl FnOnce(&mut Content) -> T) -> io::Result<T> {
		let mut state = self.disk.0.lock();
		state.check(call)?;
		let content = state.files.get_mut(&self.number).ok_or(io::ErrorKind::NotFound)?;
		Ok(act(content))
	}
}

impl DiskFile for FaultFile {
	fn read_at(&self, out: &mut [u8], offset: u64) -> io::Result<usize> {
		self.with(Call::Read, |content| {
			let rest = content.seen.get(offset as usize..).unwrap_or_default();
			let read = rest.len().min(out.len());
			out[..read].copy_from_slice(&rest[..read]);
			read
		})
	}

	fn write_all_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
		let offset = offset as usize;
		let mut state = self.disk.0.lock();
		let mut result = state.check(Call::Write);
		let mut kept = if result.is_ok() { bytes.len() } else { bytes.len() / 2 };
		let used = state.used();
		let capacity = state.capacity;
		let content = state.files.get_mut(&self.number).ok_or(io::ErrorKind::NotFound)?;
		if let Some(capacity) = capacity {
			// Only bytes beyond the present end take room.
			let room = content.seen.len() + capacity.saturating_sub(used);
			if offset + kept > room {
				kept = room.saturating_sub(offset);
				result = Err(io::ErrorKind::StorageFull.into());
			}
		}
		if kept > 0 {
			put(&mut content.seen, offset, &bytes[..kept]);
			content.pending.push(Pending::Write {
				offset,
				bytes: bytes[..kept].to_vec(),
			});
		}
		result
	}

	fn sync(&self) -> io::Result<()> {
		self.disk.pass_gate();
		let mut state = self.disk.0.lock();
		let result = state.check(Call::Sync);
		let content = state.files.get_mut(&self.number).ok_or(io::ErrorKind::NotFound)?;
		match result {
			Ok(()) => content.sync(),
			Err(error) => {
				content.pending.clear();
				return Err(error);
			}
		}
		state.syncs += 1;
		Ok(())
	}

	fn set_len(&self, bytes: u64) -> io::Result<()> {
		self.with(Call::SetLen, |content| {
			content.seen.resize(bytes as usize, 0);
			content.pending.push(Pending::Length(bytes as usize));
		})
	}

	fn len(&self) -> io::Result<u64> {
		let state = self.disk.0.lock();
		state
			.files
			.get(&self.number)
			.map(|content| content.seen.len() as u64)
			.ok_or_else(|| io::ErrorKind::NotFound.into())
	}
}

struct NoLock;

impl Lock for NoLock {}

impl Disk for FaultDisk {
	fn lock(&self, _: &Path) -> io::Result<Box<dyn Lock>> {
		Ok(Box::new(NoLock))
	}

	fn create_folder(&self, _: &Path) -> io::Result<()> {
		Ok(())
	}

	fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
		let state = self.0.lock();
		let inside = state.seen.keys().filter(|path| path.parent() == Some(folder));
		Ok(inside
			.filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned()))
			.collect())
	}

	fn create(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
		let mut state = self.0.lock();
		state.check(Call::Create)?;
		let number = state.files.len() as u64;
		state.files.insert(number, Content::default());
		state.link(path, number);
		Ok(Arc::new(FaultFile {
			disk: self.clone(),
			number,
		}))
	}

	fn open(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
		let number = self.0.lock().seen.get(path).copied().ok_or(io::ErrorKind::NotFound)?;
		Ok(Arc::new(FaultFile {
			disk: self.clone(),
			number,
		}))
	}

	fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
		let mut state = self.0.lock();
		state.check(Call::Rename)?;
		let number = state.unlink(from)?;
		state.link(to, number);
		Ok(())
	}

	fn remove(&self, path: &Path) -> io::Result<()> {
		self.0.lock().unlink(path).map(drop)
	}

	fn sync_folder(&self, folder: &Path) -> io::Result<()> {
		let mut state = self.0.lock();
		state.check(Call::SyncFolder)?;
		let is_inside = |entry: &Entry| match entry {
			Entry::Link(path, _) | Entry::Unlink(path) => path.parent() == Some(folder),
		};
		let (now, later) = std::mem::take(&mut state.pending).into_iter().partition(is_inside);
		state.pending = later;
		let now: Vec<Entry> = now;
		now.iter().for_each(|entry| apply_entry(&mut state.durable, entry));
		Ok(())
	}
}
