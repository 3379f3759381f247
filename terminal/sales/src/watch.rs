// SPDX-License-Identifier: Apache-2.0

//! Watches a folder for order files.
//!
//! A file is taken when it is complete; [`Completion`] says how that is known. A file whose orders are all on the node's disk moves to
//! `done/`, one that cannot be read, or in which there is not one order, to `failed/`, beside a `.error` file that says why. Killed in
//! between, the file is still there and goes on where it stopped. A file that grows after it was taken comes back.

use crate::{
	error::{Error, Result},
	files,
	intake::{Intake, Taken},
	orders::Format,
};
use sealane_terminal_core::{
	outage::Outage,
	stop::{stopped, Stop},
};
use std::{
	collections::{HashMap, HashSet},
	path::{Path, PathBuf},
	time::{Duration, Instant, SystemTime},
};

/// How often the folder is looked at. Listing works on every file system, network shares included, where notifications do
/// not.
const INTERVAL: Duration = Duration::from_millis(200);
/// How long a file that was moved to `done/` is looked after.
const AFTERCARE: Duration = Duration::from_secs(600);

/// How it is known that a file is complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Completion {
	/// Its writer renames it: what has its name is complete.
	Renamed,
	/// Length and time of change stay the same for so long.
	Stable(Duration),
	/// A file of the same name with this behind it is there.
	Marker(String),
}

/// What a folder is watched for.
#[derive(Clone, Debug)]
pub struct WatchConfig {
	/// How it is known that a file is complete.
	pub completion: Completion,
	/// Orders that come within it are checked and sent together with the first.
	pub window: Duration,
}

/// Length and time of the last change.
type Stamp = (u64, Option<SystemTime>);

struct Watcher<'a> {
	folder: &'a Path,
	config: &'a WatchConfig,
	/// Files that wait to become stable, with when they were first seen so.
	seen: HashMap<PathBuf, (Stamp, Instant)>,
	/// Names that were complained of.
	ignored: HashSet<PathBuf>,
	/// Files in `done/` that must not grow.
	done: Vec<(PathBuf, u64, Instant)>,
}

/// Watches until `stop` changes. A folder that goes away (a share that is down) is waited for.
///
/// # Errors
/// The folder is not there at the start; the node refuses us; the database is not usable.
pub async fn run(mut intake: Intake, folder: &Path, config: &WatchConfig, stop: Stop) -> Result<()> {
	if !folder.is_dir() {
		return Err(Error::NotFound {
			what: "folder",
			name: folder.display().to_string(),
		});
	}
	for sub in ["done", "failed"] {
		files::create_private_folder(&folder.join(sub))?;
	}
	let mut watcher = Watcher {
		folder,
		config,
		seen: HashMap::new(),
		ignored: HashSet::new(),
		done: Vec::new(),
	};
	let mut outage = Outage::new("the watched folder");
	let stopped = stopped(stop.clone());
	tokio::pin!(stopped);
	loop {
		match watcher.round(&mut intake, &stop).await {
			Ok(()) => outage.over(),
			Err(Error::Stopped(_)) => {}
			Err(Error::File { path, source }) => {
				outage.pause(&format!("{}: {source}", path.display()), &stop).await;
			}
			Err(error) => return Err(error),
		}
		tokio::select! {
			biased;
			() = &mut stopped => return intake.finish().await,
			() = tokio::time::sleep(INTERVAL) => {},
		}
	}
}

impl Watcher<'_> {
	async fn round(&mut self, intake: &mut Intake, stop: &Stop) -> Result<()> {
		self.look_after()?;
		let mut files = self.complete_files()?;
		if files.is_empty() {
			return intake
				.look()
				.await
				.or_else(|error| if error.passes() { Ok(()) } else { Err(error) });
		}
		if !self.config.window.is_zero() {
			tokio::select! {
				() = tokio::time::sleep(self.config.window) => {},
				() = stopped(stop.clone()) => {},
			}
			files = self.complete_files()?;
		}
		let mut read = Vec::new();
		for file in files {
			if *stop.borrow() {
				break;
			}
			match intake.file(&file, stop).await {
				Ok(_) if *stop.borrow() => {}
				Ok(taken) => read.push((file, taken)),
				// Somebody took it away between the look and the reading.
				Err(Error::File { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
					tracing::warn!("{}: went away before it was read", file.display());
				}
				Err(error @ (Error::Format { .. } | Error::File { .. } | Error::Invalid { .. })) => {
					self.fail(&file, &error)?;
				}
				Err(error) => return Err(error),
			}
		}
		if read.is_empty() {
			return Ok(());
		}
		intake.flush().await?;
		for (file, taken) in read {
			self.put_away(&file, &taken)?;
		}
		Ok(())
	}

	/// Complete order files, by name.
	fn complete_files(&mut self) -> Result<Vec<PathBuf>> {
		let mut files = Vec::new();
		let mut there = HashSet::new();
		for entry in std::fs::read_dir(self.folder).map_err(Error::file(self.folder))? {
			let entry = entry.map_err(Error::file(self.folder))?;
			let path = entry.path();
			let name = entry.file_name().to_string_lossy().into_owned();
			if name.starts_with('.') || name.ends_with(".tmp") {
				continue;
			}
			// Of the entry itself: a symbolic link is none of the files that may be read.
			let Ok(meta) = std::fs::symlink_metadata(&path) else {
				continue;
			};
			if !meta.is_file() {
				if meta.file_type().is_symlink() {
					self.complain(&path, "a symbolic link is not followed");
				}
				continue;
			}
			if Format::of(&path).is_err() {
				if !self.is_marker(&path) {
					self.complain(&path, "its name ends in none of .ndjson, .jsonl, .json and .csv");
				}
				continue;
			}
			there.insert(path.clone());
			if self.is_complete(&path, (meta.len(), meta.modified().ok())) {
				files.push(path);
			}
		}
		self.seen.retain(|path, _| there.contains(path));
		files.sort();
		Ok(files)
	}

	fn is_complete(&mut self, path: &Path, stamp: Stamp) -> bool {
		match &self.config.completion {
			Completion::Renamed => true,
			Completion::Marker(suffix) => with_suffix(path, suffix).is_file(),
			Completion::Stable(time) => {
				let seen = self.seen.entry(path.into()).or_insert((stamp, Instant::now()));
				if seen.0 != stamp {
					*seen = (stamp, Instant::now());
				}
				seen.1.elapsed() >= *time
			}
		}
	}

	fn is_marker(&self, path: &Path) -> bool {
		matches!(&self.config.completion, Completion::Marker(suffix) if path.to_string_lossy().ends_with(suffix.as_str()))
	}

	/// Says once that a file is not taken, and why.
	fn complain(&mut self, path: &Path, why: &str) {
		if self.ignored.len() < 10_000 && self.ignored.insert(path.into()) {
			tracing::warn!("{}: not taken: {why}", path.display());
		}
	}

	/// Moves a file that was read: to `done/`, or to `failed/` where there was no order in it.
	fn put_away(&mut self, file: &Path, taken: &Taken) -> Result<()> {
		let import = &taken.import;
		if import.read == import.malformed {
			let error = Error::Format {
				path: file.into(),
				line: 0,
				reason: format!(
					"not one order is in it: {} lines, all malformed (sealane records --state malformed)",
					import.read
				),
			};
			return self.fail(file, &error);
		}
		match std::fs::symlink_metadata(file) {
			Ok(meta) if meta.len() == taken.inspected.length => {}
			Ok(_) => {
				tracing::warn!(
					"{}: has changed since it was read; it is read again when it is complete",
					file.display()
				);
				self.seen.remove(file);
				return Ok(());
			}
			Err(_) => return Ok(()),
		}
		tracing::info!(
			"{}: {} lines read, {} qualify, {} do not, {} malformed, {} repeated",
			file.display(),
			import.read,
			import.qualified,
			import.unqualified,
			import.malformed,
			import.duplicates
		);
		if let Some(moved) = self.move_into("done", file)? {
			self.done.push((moved, taken.inspected.length, Instant::now()));
		}
		Ok(())
	}

	/// A file that its writer goes on with after it was moved is taken back and read again: orders that are known are not sent twice.
	fn look_after(&mut self) -> Result<()> {
		let mut kept = Vec::new();
		for (path, length, since) in std::mem::take(&mut self.done) {
			match std::fs::symlink_metadata(&path) {
				Ok(meta) if meta.len() != length => {
					tracing::error!(
						"ALARM: {}: was written to after it was taken; it is read again (see --complete)",
						path.display()
					);
					let name = path.file_name().unwrap_or_default();
					let back = free_name(self.folder, &name.to_string_lossy());
					std::fs::rename(&path, &back).map_err(Error::file(&path))?;
				}
				Ok(_) if since.elapsed() < AFTERCARE => kept.push((path, length, since)),
				_ => {}
			}
		}
		self.done = kept;
		Ok(())
	}

	fn fail(&self, file: &Path, error: &Error) -> Result<()> {
		tracing::error!("ALARM: {error}; moved to failed/");
		let Some(moved) = self.move_into("failed", file)? else {
			return Ok(());
		};
		files::write_private(&with_suffix(&moved, ".error"), format!("{error}\n").as_bytes())
	}

	/// Moves a file, and its marker with it; an earlier one of the same name is never overwritten. `None` where it is gone.
	fn move_into(&self, target: &str, file: &Path) -> Result<Option<PathBuf>> {
		let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
		let to = free_name(&self.folder.join(target), &name);
		match std::fs::rename(file, &to) {
			Ok(()) => {}
			Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
			Err(error) => return Err(Error::file(file)(error)),
		}
		if let Completion::Marker(suffix) = &self.config.completion {
			// The marker has done its work, whether or not it can be moved.
			let _ = std::fs::rename(with_suffix(file, suffix), with_suffix(&to, suffix));
		}
		Ok(Some(to))
	}
}

/// The name, or one with a number before it where the name is taken.
fn free_name(folder: &Path, name: &str) -> PathBuf {
	let mut to = folder.join(name);
	let mut copy = 1;
	while to.exists() {
		copy += 1;
		to = folder.join(format!("{copy}-{name}"));
	}
	to
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
	let mut name = path.as_os_str().to_owned();
	name.push(suffix);
	name.into()
}

#[cfg(test)]
mod tests {
	use super::*;

	fn config(completion: Completion) -> WatchConfig {
		WatchConfig {
			completion,
			window: Duration::ZERO,
		}
	}

	fn watcher<'a>(folder: &'a Path, config: &'a WatchConfig) -> Watcher<'a> {
		for sub in ["done", "failed"] {
			files::create_private_folder(&folder.join(sub)).unwrap();
		}
		Watcher {
			folder,
			config,
			seen: HashMap::new(),
			ignored: HashSet::new(),
			done: Vec::new(),
		}
	}

	fn names(files: &[PathBuf]) -> Vec<&str> {
		files.iter().map(|f| f.file_name().unwrap().to_str().unwrap()).collect()
	}

	#[test]
	fn only_order_files_are_taken_and_no_links() {
		let dir = tempfile::tempdir().unwrap();
		for name in ["b.ndjson", "a.csv", ".c.ndjson", "d.ndjson.tmp", "e.txt"] {
			std::fs::write(dir.path().join(name), "").unwrap();
		}
		std::fs::create_dir(dir.path().join("f.csv")).unwrap();
		#[cfg(unix)]
		std::os::unix::fs::symlink("/etc/passwd", dir.path().join("g.ndjson")).unwrap();
		let config = config(Completion::Renamed);
		let mut watcher = watcher(dir.path(), &config);
		assert_eq!(names(&watcher.complete_files().unwrap()), ["a.csv", "b.ndjson"]);
		assert!(watcher.ignored.contains(&dir.path().join("e.txt")), "said once");
	}

	#[test]
	fn a_file_that_is_still_written_is_not_taken() {
		let dir = tempfile::tempdir().unwrap();
		let file = dir.path().join("a.csv");
		std::fs::write(&file, "half").unwrap();
		let config = config(Completion::Stable(Duration::from_millis(60)));
		let mut watcher = watcher(dir.path(), &config);
		assert!(watcher.complete_files().unwrap().is_empty());
		std::fs::write(&file, "half and more").unwrap();
		std::thread::sleep(Duration::from_millis(70));
		assert!(watcher.complete_files().unwrap().is_empty(), "it has changed");
		std::thread::sleep(Duration::from_millis(70));
		assert_eq!(names(&watcher.complete_files().unwrap()), ["a.csv"]);
	}

	#[test]
	fn a_marker_says_that_a_file_is_complete_and_goes_with_it() {
		let dir = tempfile::tempdir().unwrap();
		let file = dir.path().join("a.csv");
		std::fs::write(&file, "x").unwrap();
		let config = config(Completion::Marker(".ok".into()));
		let mut watcher = watcher(dir.path(), &config);
		assert!(watcher.complete_files().unwrap().is_empty());
		std::fs::write(dir.path().join("a.csv.ok"), "").unwrap();
		assert_eq!(names(&watcher.complete_files().unwrap()), ["a.csv"]);
		watcher.move_into("done", &file).unwrap();
		assert!(dir.path().join("done/a.csv.ok").exists() && watcher.ignored.is_empty());
	}

	#[test]
	fn a_file_that_grows_after_it_was_taken_comes_back() {
		let dir = tempfile::tempdir().unwrap();
		let config = config(Completion::Renamed);
		let mut watcher = watcher(dir.path(), &config);
		std::fs::write(dir.path().join("a.csv"), "1\n").unwrap();
		let moved = watcher.move_into("done", &dir.path().join("a.csv")).unwrap().unwrap();
		watcher.done.push((moved.clone(), 2, Instant::now()));
		watcher.look_after().unwrap();
		assert!(moved.exists());
		std::fs::write(&moved, "1\n2\n").unwrap();
		watcher.look_after().unwrap();
		assert!(!moved.exists() && dir.path().join("a.csv").exists());
	}

	#[test]
	fn moved_files_do_not_overwrite() {
		let dir = tempfile::tempdir().unwrap();
		let config = config(Completion::Renamed);
		let watcher = watcher(dir.path(), &config);
		let done = dir.path().join("done");
		for text in ["1", "2", "3"] {
			let file = dir.path().join("a.csv");
			std::fs::write(&file, text).unwrap();
			watcher.move_into("done", &file).unwrap();
		}
		assert_eq!(std::fs::read_to_string(done.join("a.csv")).unwrap(), "1");
		assert_eq!(std::fs::read_to_string(done.join("3-a.csv")).unwrap(), "3");
		assert_eq!(watcher.move_into("done", &dir.path().join("gone.csv")).unwrap(), None);
	}
}
