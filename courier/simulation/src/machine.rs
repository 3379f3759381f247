// SPDX-License-Identifier: Apache-2.0

//! The machine that a simulated courier runs on.

use crate::executor::{Executor, Group};
use futures::future::BoxFuture;
use parking_lot::Mutex;
use rand::{rngs::StdRng, RngCore, SeedableRng};
use sealane_courier::{
	clock::{Clock, Ticks},
	random::Random,
	store::{
		disk::{Disk, DiskFile, Lock},
		fault::FaultDisk,
		Hosted, LogWriter, Step, WriterHost,
	},
	Machine,
};
use sealane_primitives::ids::Moment;
use sp_core::traits::SpawnNamed;
use std::{
	io,
	path::Path,
	sync::{
		atomic::{AtomicI64, AtomicU64, Ordering},
		Arc,
	},
	time::Duration,
};

/// The wall clock at the beginning: 2026-01-05, 09:00 UTC.
pub const EPOCH_MS: u64 = 1_767_603_600_000;

/// A writer that waits for the simulation to step it; `None` once its node crashed.
pub type WriterSlot = Arc<Mutex<Option<Box<dyn LogWriter>>>>;

/// What the simulation keeps of a node's machine.
#[derive(Clone, Default)]
pub struct Hands {
	/// The disk of this life.
	pub disk: FaultDisk,
	/// How far the wall clock is off, in milliseconds.
	pub wall_offset: Arc<AtomicI64>,
	/// The log's writer.
	pub writer: WriterSlot,
	/// Bytes read from the disk.
	pub read: Arc<AtomicU64>,
	/// Bytes written to the disk.
	pub written: Arc<AtomicU64>,
}

impl Hands {
	/// Another life begins: whoever still holds on to the one before finds its writer gone.
	pub fn begin_life(&mut self) {
		self.writer = WriterSlot::default();
	}

	/// The machine for one life of the node.
	pub fn machine(&self, executor: &Executor, group: Group, seed: u64) -> Machine {
		Machine {
			clock: Arc::new(VirtualClock {
				executor: executor.clone(),
				wall_offset: self.wall_offset.clone(),
			}),
			random: Arc::new(Seeded(Mutex::new(StdRng::seed_from_u64(seed)))),
			disk: Arc::new(Metered {
				disk: self.disk.clone(),
				read: self.read.clone(),
				written: self.written.clone(),
			}),
			spawner: Arc::new(Spawner {
				executor: executor.clone(),
				group,
			}),
			writers: Arc::new(Stepped(self.writer.clone())),
		}
	}
}

struct VirtualClock {
	executor: Executor,
	wall_offset: Arc<AtomicI64>,
}

impl Clock for VirtualClock {
	fn now_ms(&self) -> Moment {
		(EPOCH_MS + self.executor.now()).saturating_add_signed(self.wall_offset.load(Ordering::Relaxed))
	}

	fn ticks(&self) -> Ticks {
		self.executor.now()
	}

	fn sleep(&self, pause: Duration) -> BoxFuture<'static, ()> {
		Box::pin(
			self.executor
				.sleep(u64::try_from(pause.as_millis()).unwrap_or(u64::MAX)),
		)
	}
}

struct Seeded(Mutex<StdRng>);

impl Random for Seeded {
	fn fill(&self, out: &mut [u8]) {
		self.0.lock().fill_bytes(out);
	}
}

#[derive(Clone)]
struct Spawner {
	executor: Executor,
	group: Group,
}

impl SpawnNamed for Spawner {
	fn spawn(&self, name: &'static str, _: Option<&'static str>, future: BoxFuture<'static, ()>) {
		self.executor.spawn(self.group, name, future);
	}

	fn spawn_blocking(&self, name: &'static str, _: Option<&'static str>, future: BoxFuture<'static, ()>) {
		self.executor.spawn(self.group, name, future);
	}
}

struct Stepped(WriterSlot);

impl WriterHost for Stepped {
	fn host(&self, writer: Box<dyn LogWriter>) -> io::Result<Box<dyn Hosted>> {
		*self.0.lock() = Some(writer);
		Ok(Box::new(Stepped(self.0.clone())))
	}
}

impl Hosted for Stepped {
	fn join(self: Box<Self>) {
		// A writer of a node that crashed is gone.
		let writer = self.0.lock().take();
		if let Some(mut writer) = writer {
			while writer.step() != Step::Closed {}
		}
	}
}

/// A disk that counts.
struct Metered {
	disk: FaultDisk,
	read: Arc<AtomicU64>,
	written: Arc<AtomicU64>,
}

struct MeteredFile {
	file: Arc<dyn DiskFile>,
	read: Arc<AtomicU64>,
	written: Arc<AtomicU64>,
}

impl Metered {
	fn file(&self, file: Arc<dyn DiskFile>) -> Arc<dyn DiskFile> {
		Arc::new(MeteredFile {
			file,
			read: self.read.clone(),
			written: self.written.clone(),
		})
	}
}

impl DiskFile for MeteredFile {
	fn read_at(&self, out: &mut [u8], offset: u64) -> io::Result<usize> {
		let read = self.file.read_at(out, offset)?;
		self.read.fetch_add(read as u64, Ordering::Relaxed);
		Ok(read)
	}

	fn write_all_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
		self.written.fetch_add(bytes.len() as u64, Ordering::Relaxed);
		self.file.write_all_at(bytes, offset)
	}

	fn sync(&self) -> io::Result<()> {
		self.file.sync()
	}

	fn set_len(&self, bytes: u64) -> io::Result<()> {
		self.file.set_len(bytes)
	}

	fn len(&self) -> io::Result<u64> {
		self.file.len()
	}
}

impl Disk for Metered {
	fn lock(&self, folder: &Path) -> io::Result<Box<dyn Lock>> {
		self.disk.lock(folder)
	}

	fn create_folder(&self, folder: &Path) -> io::Result<()> {
		self.disk.create_folder(folder)
	}

	fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
		self.disk.list(folder)
	}

	fn create(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
		Ok(self.file(self.disk.create(path)?))
	}

	fn open(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
		Ok(self.file(self.disk.open(path)?))
	}

	fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
		self.disk.rename(from, to)
	}

	fn remove(&self, path: &Path) -> io::Result<()> {
		self.disk.remove(path)
	}

	fn sync_folder(&self, folder: &Path) -> io::Result<()> {
		self.disk.sync_folder(folder)
	}
}
