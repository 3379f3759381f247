// SPDX-License-Identifier: Apache-2.0

//! What one sees of the demo: a line per step, then the table, then the checks. With `--json` all of it goes to stderr.

use super::figures::Check;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::{
	io::{IsTerminal, Write},
	path::{Path, PathBuf},
	time::{Duration, Instant},
};

pub use sealane_terminal_core::output::thousands;

/// Width of the column with the rows of the mission.
const ROWS: usize = 15;

/// Prints.
pub struct View {
	json: bool,
	started: Instant,
	bar: ProgressBar,
}

impl View {
	/// A view; times count from `started`.
	pub fn new(json: bool, started: Instant) -> Self {
		let bar = if std::io::stderr().is_terminal() {
			ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(8))
		} else {
			ProgressBar::hidden()
		};
		if let Ok(style) = ProgressStyle::with_template("         {spinner} {msg}") {
			bar.set_style(style);
		}
		View { json, started, bar }
	}

	fn print(&self, text: &str) {
		self.bar.suspend(|| {
			// A reader that closed the pipe ends the output, not the demo.
			let _ = if self.json {
				writeln!(std::io::stderr(), "{text}")
			} else {
				let mut out = std::io::stdout().lock();
				writeln!(out, "{text}").and_then(|()| out.flush())
			};
		});
	}

	/// What this is.
	pub fn title(&self, folder: &Path) {
		self.print("Sealane: two banks and three issuers trade over a network of real nodes on this machine.");
		self.print(&format!(
			"Everything is in {}. M… are the rows of the mission that a line shows.",
			folder.display()
		));
	}

	/// The beginning of a part.
	pub fn chapter(&self, name: &str) {
		self.print(&format!("\n{name}"));
	}

	/// What is going on now; shown until the next line.
	pub fn working(&self, what: &str) {
		self.bar.set_message(what.to_string());
		self.bar.enable_steady_tick(Duration::from_millis(120));
	}

	/// A step that is done.
	pub fn step(&self, rows: &str, what: impl AsRef<str>) {
		self.bar.disable_steady_tick();
		self.bar.set_message("");
		let seconds = self.started.elapsed().as_secs_f64();
		self.print(&format!("{seconds:>6.1}s  {rows:<ROWS$} {}", what.as_ref()));
	}

	/// More about the step before.
	pub fn note(&self, what: impl AsRef<str>) {
		self.print(&format!("{:>9}{:<ROWS$} {}", "", "", what.as_ref()));
	}

	/// A table, indented like the notes.
	pub fn table(&self, table: &str) {
		let indented: Vec<String> = table.lines().map(|line| format!("{:>9}{line}", "")).collect();
		self.print(&format!("\n{}", indented.join("\n")));
	}

	/// The checks; gives how many failed. Those that hold take one line together.
	pub fn checks(&self, checks: &[Check]) -> usize {
		let failed: Vec<_> = checks.iter().filter(|c| !c.holds).collect();
		self.chapter("Checks");
		self.step(
			"",
			format!("{} of {} figures add up", checks.len() - failed.len(), checks.len()),
		);
		for check in &failed {
			self.print(&format!("  FAILED  {}: {}", check.what, check.detail));
		}
		failed.len()
	}

	/// Where everything is, for `--keep`. `links` are whose pages are behind a link, and the link.
	pub fn kept(
		&self,
		places: &[(&'static str, String, String, PathBuf)],
		links: &[(String, String)],
		pids: &Path,
		folder: &Path,
	) {
		self.chapter("The network is left running");
		for (name, rpc, api, gateway) in places {
			self.print(&format!("  {name}"));
			self.print(&format!(
				"    Polkadot.js Apps  https://polkadot.js.org/apps/?rpc={rpc}#/explorer"
			));
			self.print(&format!(
				"    HTTP API          {api}/openapi.json (token in {})",
				gateway.display()
			));
		}
		self.chapter("Open in a browser");
		self.print("  each link sets the password of the user admin: once, within a day");
		for (whose, link) in links {
			self.print(&format!("  {whose}"));
			self.print(&format!("    {link}"));
		}
		self.print(&format!("\n  Stop it:    kill $(cat {})", pids.display()));
		self.print(&format!("  Remove it:  rm -r {}", folder.display()));
	}
}
