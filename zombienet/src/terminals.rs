// SPDX-License-Identifier: Apache-2.0

//! The terminal `sealane`, run as operators and institutions run it: one process per command, JSON on its standard output.

use anyhow::{ensure, Context, Result};
use serde::de::DeserializeOwned;
use std::{ffi::OsString, path::PathBuf, process::Stdio};
use tokio::process::{Child, Command};

/// Runs terminals.
#[derive(Clone, Debug)]
pub struct Terminal {
	program: PathBuf,
}

/// The arguments of a command.
#[derive(Clone, Debug, Default)]
pub struct Args(Vec<OsString>);

impl Args {
	/// From words without spaces in them.
	pub fn new(words: &str) -> Self {
		Args(words.split_whitespace().map(Into::into).collect())
	}

	/// Appends one argument.
	pub fn with(mut self, arg: impl Into<OsString>) -> Self {
		self.0.push(arg.into());
		self
	}

	/// Appends an option and its value.
	pub fn option(self, name: &str, value: impl Into<OsString>) -> Self {
		self.with(name).with(value)
	}

	fn text(&self) -> String {
		let words: Vec<_> = self.0.iter().map(|arg| arg.to_string_lossy()).collect();
		words.join(" ")
	}
}

impl Terminal {
	/// A terminal with this program.
	pub fn new(program: PathBuf) -> Self {
		Terminal { program }
	}

	fn command(&self, args: &Args) -> Command {
		let mut command = Command::new(&self.program);
		command
			.args(["--json", "--quiet"])
			.args(&args.0)
			// What the caller's own terminals use must not decide here.
			.env_remove("SEALANE_DB")
			.env_remove("SEALANE_KEY_FILE")
			.env_remove("SEALANE_NODE")
			.env_remove("SEALANE_RPC")
			.env_remove("SEALANE_TOKEN_FILE")
			.stdin(Stdio::null())
			.kill_on_drop(true);
		command
	}

	/// Runs a command to its end and reads what it printed.
	///
	/// # Errors
	/// It ended with an error, or printed something else.
	pub async fn run<T: DeserializeOwned>(&self, args: Args) -> Result<T> {
		let output = self
			.command(&args)
			.output()
			.await
			.with_context(|| format!("cannot run {}", self.program.display()))?;
		let stdout = String::from_utf8_lossy(&output.stdout);
		ensure!(
			output.status.success(),
			"`sealane {}` ended with {}: {}{}",
			args.text(),
			output.status,
			stdout,
			String::from_utf8_lossy(&output.stderr)
		);
		let last = stdout.lines().last().unwrap_or_default();
		serde_json::from_str(last).with_context(|| format!("`sealane {}` printed `{stdout}`", args.text()))
	}

	/// Starts a command that runs on; it ends when the value goes.
	///
	/// # Errors
	/// It cannot be started.
	pub fn start(&self, args: Args) -> Result<Child> {
		let mut command = self.command(&args);
		command.stdout(Stdio::null()).stderr(Stdio::null());
		command
			.spawn()
			.with_context(|| format!("cannot run {}", self.program.display()))
	}
}
