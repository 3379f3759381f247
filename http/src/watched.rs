// SPDX-License-Identifier: Apache-2.0

//! Values that come from files and follow them: a revoked token or a new certificate takes effect without a restart.

use parking_lot::RwLock;
use std::{
	fs,
	path::PathBuf,
	sync::{Arc, Weak},
	time::{Duration, SystemTime},
};

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// A value that was read from files, and what is wrong with the files since.
#[derive(Debug)]
pub struct Watched<T> {
	value: RwLock<Arc<T>>,
	fault: RwLock<Option<String>>,
}

impl<T: Send + Sync + 'static> Watched<T> {
	/// The value that `load` gives, read again whenever one of the files changes. What cannot be read leaves the value as it is: the fault is
	/// logged and stands in [`Watched::fault`] until the files can be read again. `changed` is told of each new value.
	///
	/// Must be called inside a Tokio runtime; the task ends when the value is dropped.
	pub fn new<E: std::fmt::Display>(
		what: &'static str,
		files: Vec<PathBuf>,
		load: impl Fn() -> Result<T, E> + Send + 'static,
		changed: impl Fn(&T) + Send + 'static,
	) -> Result<Arc<Self>, E> {
		// Before they are read: a change in between is seen at the next look.
		let mut seen = stamps(&files);
		let watched = Arc::new(Watched {
			value: RwLock::new(Arc::new(load()?)),
			fault: RwLock::default(),
		});
		let weak: Weak<Self> = Arc::downgrade(&watched);
		tokio::spawn(async move {
			loop {
				tokio::time::sleep(LOOK_EVERY).await;
				let Some(watched) = weak.upgrade() else { return };
				let now = stamps(&files);
				if now == seen {
					continue;
				}
				seen = now;
				match load() {
					Ok(value) => {
						log::info!("{what}: read again");
						changed(&value);
						*watched.value.write() = Arc::new(value);
						*watched.fault.write() = None;
					}
					Err(error) => {
						log::error!(
							"{what}: the files changed and cannot be used, what was read before stays: {error}"
						);
						*watched.fault.write() = Some(format!("{what}: {error}"));
					}
				}
			}
		});
		Ok(watched)
	}

	/// The newest value.
	pub fn get(&self) -> Arc<T> {
		self.value.read().clone()
	}

	/// What is wrong with the files, if anything.
	pub fn fault(&self) -> Option<String> {
		self.fault.read().clone()
	}
}

/// What tells that a file was changed: time, length and, since many programs write a new file in its place, its number.
fn stamps(files: &[PathBuf]) -> Vec<Option<(SystemTime, u64, u64)>> {
	let stamp = |path: &PathBuf| {
		let metadata = fs::metadata(path).ok()?;
		Some((metadata.modified().ok()?, metadata.len(), number(&metadata)))
	};
	files.iter().map(stamp).collect()
}

#[cfg(unix)]
fn number(metadata: &fs::Metadata) -> u64 {
	std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn number(_: &fs::Metadata) -> u64 {
	0
}
