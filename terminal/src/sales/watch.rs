// SPDX-License-Identifier: Apache-2.0

//! Watches a folder for order files.
//!
//! A file is complete when it appears: whoever writes it writes under a name that begins with `.` or ends in `.tmp` and
//! renames it. A file whose orders are all on the node's disk moves to `done/`, one that cannot be read to `failed/`, beside a
//! `.error` file that says why. Killed in between, the file is still there and goes on where it stopped.

use super::intake::Intake;
use crate::{
	error::{Error, Result},
	orders::Format,
	output::Output,
};
use std::{
	path::{Path, PathBuf},
	time::Duration,
};
use tokio::sync::watch as signal;

/// How often the folder is looked at. Listing works on every file system, network shares included, where notifications do
/// not.
const INTERVAL: Duration = Duration::from_millis(200);

/// Watches until `stop` changes.
///
/// # Errors
/// The folder cannot be read, the database or the node fails.
pub async fn run(
	mut intake: Intake,
	folder: &Path,
	window: Duration,
	stop: signal::Receiver<bool>,
	output: Output,
) -> Result<()> {
	for sub in ["done", "failed"] {
		let path = folder.join(sub);
		std::fs::create_dir_all(&path).map_err(Error::file(&path))?;
	}
	let stopped = super::stopped(stop.clone());
	tokio::pin!(stopped);
	let mut read: Vec<PathBuf> = Vec::new();
	loop {
		let mut files = complete_files(folder)?;
		files.retain(|file| !read.contains(file));
		if !files.is_empty() && !window.is_zero() {
			// The window: orders that come within it are checked and sent together with the first.
			tokio::select! {
				() = tokio::time::sleep(window) => {},
				() = &mut stopped => {},
			}
			files = complete_files(folder)?;
		}
		for file in files {
			if *stop.borrow() {
				break;
			}
			match intake.file(&file, &stop).await {
				Ok(_) if *stop.borrow() => {}
				Ok(_) => read.push(file),
				Err(error @ (Error::Format { .. } | Error::File { .. } | Error::Invalid { .. })) => {
					output.remark(format!("{error}; moved to failed/"));
					fail(folder, &file, &error)?;
				}
				Err(error) => return Err(error),
			}
		}
		if !read.is_empty() {
			intake.flush().await?;
			for file in read.drain(..) {
				move_into(&folder.join("done"), &file)?;
			}
		}
		tokio::select! {
			biased;
			() = &mut stopped => return intake.finish().await,
			() = tokio::time::sleep(INTERVAL) => {},
		}
	}
}

/// Complete order files, by name.
fn complete_files(folder: &Path) -> Result<Vec<PathBuf>> {
	let mut files = Vec::new();
	for entry in std::fs::read_dir(folder).map_err(Error::file(folder))? {
		let entry = entry.map_err(Error::file(folder))?;
		let path = entry.path();
		let hidden = entry.file_name().to_string_lossy().starts_with('.');
		if !hidden && Format::of(&path).is_ok() && path.is_file() {
			files.push(path);
		}
	}
	files.sort();
	Ok(files)
}

fn fail(folder: &Path, file: &Path, error: &Error) -> Result<()> {
	let moved = move_into(&folder.join("failed"), file)?;
	let mut note = moved.into_os_string();
	note.push(".error");
	let note = PathBuf::from(note);
	std::fs::write(&note, format!("{error}\n")).map_err(Error::file(&note))
}

/// Moves a file; an earlier one of the same name is never overwritten.
fn move_into(target: &Path, file: &Path) -> Result<PathBuf> {
	let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
	let mut to = target.join(&name);
	let mut copy = 1;
	while to.exists() {
		copy += 1;
		to = target.join(format!("{copy}-{name}"));
	}
	std::fs::rename(file, &to).map_err(Error::file(file))?;
	Ok(to)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn only_complete_order_files_are_taken() {
		let dir = tempfile::tempdir().unwrap();
		for name in ["b.ndjson", "a.csv", ".c.ndjson", "d.ndjson.tmp", "e.txt"] {
			std::fs::write(dir.path().join(name), "").unwrap();
		}
		std::fs::create_dir(dir.path().join("f.csv")).unwrap();
		let files = complete_files(dir.path()).unwrap();
		let names: Vec<_> = files.iter().map(|f| f.file_name().unwrap().to_str().unwrap()).collect();
		assert_eq!(names, ["a.csv", "b.ndjson"]);
	}

	#[test]
	fn moved_files_do_not_overwrite() {
		let dir = tempfile::tempdir().unwrap();
		let done = dir.path().join("done");
		std::fs::create_dir(&done).unwrap();
		for text in ["1", "2", "3"] {
			let file = dir.path().join("a.csv");
			std::fs::write(&file, text).unwrap();
			move_into(&done, &file).unwrap();
		}
		assert_eq!(std::fs::read_to_string(done.join("a.csv")).unwrap(), "1");
		assert_eq!(std::fs::read_to_string(done.join("3-a.csv")).unwrap(), "3");
	}
}
