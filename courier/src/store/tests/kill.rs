// SPDX-License-Identifier: Apache-2.0

//! A real process on a real disk, killed at random moments, again and again.

use super::{super::*, *};
use rand::Rng;
use std::{
	collections::HashSet,
	io::{BufRead, BufReader, Write},
	path::Path,
	process::{Command, Stdio},
};

const FOLDER_VARIABLE: &str = "SEALANE_STORE_TEST_FOLDER";
const FIRST_CALL_VARIABLE: &str = "SEALANE_STORE_TEST_FIRST_CALL";
const THREADS: u64 = 4;
const KILLS: u64 = 12;

fn real_options(folder: &Path) -> Options {
	Options {
		segment_bytes: 256 << 10,
		cache_bytes: 64 << 10,
		..Options::new(folder)
	}
}

/// The process that is killed: appends from several threads and tells of each call once it is acknowledged. As a test of its own it has
/// nothing to do.
#[test]
fn child() {
	let (Ok(folder), Ok(first)) = (std::env::var(FOLDER_VARIABLE), std::env::var(FIRST_CALL_VARIABLE)) else {
		return;
	};
	let first: u64 = first.parse().expect("a number");
	let (log, _) = Log::open(real_options(Path::new(&folder))).expect("opens");
	std::thread::scope(|scope| {
		for thread in 0..THREADS {
			let log = &log;
			scope.spawn(move || {
				for number in (first + thread..).step_by(THREADS as usize) {
					log.append_blocking(call(number)).expect("stored");
					// One write each, so that a killed process leaves whole lines; the test harness does not see them.
					let line = format!("acknowledged {number}\n");
					std::io::stdout()
						.write_all(line.as_bytes())
						.expect("the parent listens");
				}
			});
		}
	});
}

#[test]
fn every_acknowledged_call_survives_kill_nine() {
	let folder = tempfile::tempdir().expect("a folder");
	// The crate's name is no part of a test's name.
	let (_, module) = module_path!().split_once("::").expect("inside a crate");
	let name = format!("{module}::child");
	let mut acknowledged = HashSet::new();
	let mut random = rand::thread_rng();
	for round in 0..KILLS {
		let mut child = Command::new(std::env::current_exe().expect("this test"))
			.args([&name, "--exact", "--nocapture", "--test-threads=1"])
			.env(FOLDER_VARIABLE, folder.path())
			.env(FIRST_CALL_VARIABLE, (round * 1_000_000).to_string())
			.stdout(Stdio::piped())
			.spawn()
			.expect("runs");
		let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
		let enough = random.gen_range(1..400);
		let mut seen = 0;
		while seen < enough {
			let line = lines.next().expect("the child runs until it is killed").expect("text");
			if let Some(number) = acknowledged_call(&line) {
				acknowledged.insert(number);
				seen += 1;
			}
		}
		child.kill().expect("runs");
		// What it said before it died counts too.
		acknowledged.extend(lines.map_while(Result::ok).filter_map(|line| acknowledged_call(&line)));
		child.wait().expect("was killed");

		let mut calls = Calls::default();
		let opened = Opened::open(real_options(folder.path()), |record| calls.add(&record));
		let (opened, recovery) = opened.expect("opens after a kill");
		let found: HashSet<_> = calls.finish().into_iter().collect();
		let lost: Vec<_> = acknowledged.difference(&found).collect();
		assert!(
			lost.is_empty(),
			"lost after {} kills: {lost:?}, {recovery:?}",
			round + 1
		);
		drop(opened);
	}
	assert!(acknowledged.len() as u64 > KILLS);
}

/// The number in a line of the child. The harness may have put its own words before it, on the same line.
fn acknowledged_call(line: &str) -> Option<u64> {
	line.rsplit_once("acknowledged ")?.1.parse().ok()
}
