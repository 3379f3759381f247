// SPDX-License-Identifier: Apache-2.0

//! Watches a folder for order files.
//!
//! A file is taken when it is complete; [`Completion`] says how that is known. A file whose orders are all on the node's disk moves to
//! `done/`, one that cannot be read, or in which there is not one order, to `failed/`, beside a `.error` file that says why. Killed in
//! between, the file is still there and goes on where it stopped. A file that grows after it was taken comes back. A set of files of the
//! trade is taken by its index, when all that it lists is there, and moves as a whole, the index first.

use crate::{
	error::{Error, Result},
	files,
	intake::{Intake, Taken},
	orders::{self, Format, Found},
};
use sealane_formats::Partners;
use sealane_terminal_core::{
	outage::Outage,
	stop::{stopped, Stop},
};
use std::{
	collections::{HashMap, HashSet},
	path::{Path, PathBuf},
	sync::Arc,
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
	partners: Arc<Partners>,
	/// Files that wait to become stable, with when they were first seen so.
	seen: HashMap<PathBuf, (Stamp, Instant)>,
	/// The files of each set that is being taken, by its index.
	sets: HashMap<PathBuf, Vec<PathBuf>>,
	/// Names that were complained of.
	ignored: HashSet<PathBuf>,
	/// Files in `done/` that must not grow.
	done: Vec<(PathBuf, u64, Instant)>,
}

/// Watches until `stop` changes. A folder that goes away (a share that is down) is waited for.
///
/// # Errors
/// The folder is not there at the start; the node refuses us; the database is not usable.
pub async fn run(
	mut intake: Intake,
	folder: &Path,
	config: &WatchConfig,
	partners: Arc<Partners>,
	stop: Stop,
) -> Result<()> {
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
		partners,
		seen: HashMap::new(),
		sets: HashMap::new(),
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
		let mut parts = Vec::new();
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
			if !self.partners.is_empty() && orders::is_named_so(&path) {
				match orders::look(&path, &self.partners) {
					Err(error) => self.complain(&path, &error.to_string()),
					Ok(Found::Part) => parts.push(path),
					Ok(found) => {
						if self.is_set_complete(&path, found, &mut there) {
							files.push(path);
						}
					}
				}
				continue;
			}
			if Format::of(&path).is_err() {
				if !self.is_marker(&path) {
					self.complain(&path, "its name ends in none of .ndjson, .jsonl, .json, .csv and .xml");
				}
				continue;
			}
			there.insert(path.clone());
			if self.is_complete(&path, (meta.len(), meta.modified().ok())) {
				files.push(path);
			}
		}
		for part in parts.iter().filter(|part| !there.contains(*part)) {
			self.complain(
				part,
				"it is taken with its set, when an index lists it and all of the set is there",
			);
		}
		self.seen.retain(|path, _| there.contains(path));
		self.sets.retain(|path, _| there.contains(path));
		files.sort();
		Ok(files)
	}

	/// Whether a file is the index of a set that is there as a whole. One with a fault is taken, too, so that somebody hears of it.
	fn is_set_complete(&mut self, index: &Path, found: Found, there: &mut HashSet<PathBuf>) -> bool {
		let mut files = match found {
			Found::Set(files) => files,
			Found::Faulty => Vec::new(),
			Found::Waits(missing) => {
				self.complain(index, &format!("its set waits for {}", missing.join(", ")));
				return false;
			}
			Found::Part | Found::None => {
				self.complain(index, "it is neither an index nor a data file of OFD or WDEP");
				return false;
			}
		};
		self.sets.insert(index.into(), files.clone());
		files.push(index.into());
		let mut complete = true;
		for file in files {
			let Ok(meta) = std::fs::symlink_metadata(&file) else {
				return false;
			};
			there.insert(file.clone());
			// Each is looked at, so that all of them become stable in the same time.
			complete &= self.is_complete(&file, (meta.len(), meta.modified().ok()));
		}
		complete
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
		// A set may be empty: a day without business.
		let is_empty_set = taken.inspected.is_set && import.read == 0;
		if import.read == import.malformed && !is_empty_set {
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

	/// Moves a file, and its marker and the other files of its set with it; an earlier one of the same name is never overwritten. `None` where it is gone.
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
		for part in self.sets.get(file).into_iter().flatten() {
			self.move_into(target, part)?;
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
			partners: Arc::default(),
			seen: HashMap::new(),
			sets: HashMap::new(),
			ignored: HashSet::new(),
			done: Vec::new(),
		}
	}

	/// A set is taken when all of it is there, by its index, and moves as a whole.
	#[test]
	fn a_set_is_taken_when_it_is_whole_and_moves_as_one() {
		let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../formats/tests/samples/ofd-2.2");
		let dir = tempfile::tempdir().unwrap();
		let copy = |name: &str| std::fs::copy(from.join(name), dir.path().join(name)).unwrap();
		let (index, data) = ("OFI_ZZ8_XQ_20261124.TXT", "OFD_ZZ8_XQ_20261124_03.TXT");
		let config = config(Completion::Renamed);
		let mut watcher = watcher(dir.path(), &config);
		copy(index);
		assert!(watcher.complete_files().unwrap().is_empty());
		assert!(
			watcher.ignored.contains(&dir.path().join(index)),
			"files of the trade are not asked for"
		);
		watcher.partners = Arc::new(Partners::read(&["ofd-2.2".into()]).unwrap());
		assert!(
			watcher.complete_files().unwrap().is_empty(),
			"its data file is not there"
		);
		copy(data);
		assert_eq!(names(&watcher.complete_files().unwrap()), [index]);
		watcher.move_into("done", &dir.path().join(index)).unwrap();
		for name in [index, data] {
			assert!(
				dir.path().join("done").join(name).exists() && !dir.path().join(name).exists(),
				"{name}"
			);
		}
		// An index that cannot be read is taken, so that it fails before everybody's eyes.
		copy(index);
		let broken = dir.path().join(index);
		let text = std::fs::read_to_string(&broken)
			.unwrap()
			.replace("00000001", "0000000x");
		std::fs::write(&broken, text).unwrap();
		assert_eq!(names(&watcher.complete_files().unwrap()), [index]);
	}

	#[test]
	fn each_file_of_a_set_must_be_stable() {
		let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../formats/tests/samples/wdep");
		let dir = tempfile::tempdir().unwrap();
		let (index, data) = (
			"COUNT-ZZ80000001-XQ00000001-005-20261124.txt",
			"ZZ80000001-XQ00000001-005-20261124-01.txt",
		);
		for name in [index, data] {
			std::fs::copy(from.join(name), dir.path().join(name)).unwrap();
		}
		let config = config(Completion::Marker(".ok".into()));
		let mut watcher = watcher(dir.path(), &config);
		watcher.partners = Arc::new(Partners::read(&["wdep-1.0".into()]).unwrap());
		std::fs::write(dir.path().join(format!("{index}.ok")), "").unwrap();
		assert!(watcher.complete_files().unwrap().is_empty());
		std::fs::write(dir.path().join(format!("{data}.ok")), "").unwrap();
		assert_eq!(names(&watcher.complete_files().unwrap()), [index]);
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
