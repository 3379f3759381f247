// SPDX-License-Identifier: Apache-2.0

//! The terminals of the institutions: real `sealane` processes, each with its own database.

use crate::{
	binaries::Binaries,
	consortium::Institution,
	error::{Error, Result},
	process::Process,
};
use serde::de::DeserializeOwned;
use std::{
	ffi::OsString,
	path::{Path, PathBuf},
	process::Stdio,
};

/// Runs terminals.
#[derive(Clone, Debug)]
pub struct Terminals {
	binary: PathBuf,
	folder: PathBuf,
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
		let words: Vec<_> = self.0.iter().map(|a| a.to_string_lossy()).collect();
		words.join(" ")
	}
}

impl Terminals {
	/// Terminals with their databases in `folder`.
	///
	/// # Errors
	/// The program is missing, or the folder cannot be made.
	pub fn new(folder: &Path) -> Result<Self> {
		std::fs::create_dir_all(folder).map_err(Error::io(format!("cannot make {}", folder.display())))?;
		Ok(Terminals {
			binary: Binaries::find()?.terminal,
			folder: folder.into(),
		})
	}

	/// The database of an institution's terminal.
	pub fn database(&self, who: &Institution) -> String {
		format!("sqlite:{}", self.folder.join(format!("{}.db", who.key)).display())
	}

	/// Runs a command to its end and reads the JSON that it prints.
	///
	/// # Errors
	/// It ended with an error, or printed something else.
	pub async fn json<T: DeserializeOwned>(&self, args: Args) -> Result<T> {
		let output = self.output(&args).await?;
		let text = String::from_utf8_lossy(&output.stdout);
		let failed = |why: String| Error::Command {
			command: args.text(),
			status: output.status.to_string(),
			output: format!("{why}{}{}", text, String::from_utf8_lossy(&output.stderr)),
		};
		if !output.status.success() {
			return Err(failed(String::new()));
		}
		let last = text.lines().last().unwrap_or_default();
		serde_json::from_str(last).map_err(|e| failed(format!("{e}\n")))
	}

	/// Runs a command to its end; says whether it succeeded, and what it said.
	///
	/// # Errors
	/// It could not be started.
	pub async fn output(&self, args: &Args) -> Result<std::process::Output> {
		tokio::process::Command::new(&self.binary)
			.arg("--json")
			.args(&args.0)
			.stdin(Stdio::null())
			.kill_on_drop(true)
			.output()
			.await
			.map_err(Error::io(format!("cannot run {}", self.binary.display())))
	}

	/// A command of the program, to be started by itself.
	pub fn command(&self) -> std::process::Command {
		std::process::Command::new(&self.binary)
	}

	/// Starts the issuer terminal of an institution; it runs until it is dropped.
	///
	/// # Errors
	/// It could not be started.
	pub fn issuer(&self, who: &Institution, rules: &Path) -> Result<Process> {
		let mut command = std::process::Command::new(&self.binary);
		command
			.args(["--quiet", "issuer", "run", "--node"])
			.arg(who.node.folder())
			.args(["--db", &self.database(who)])
			.arg("--rules")
			.arg(rules);
		Ok(Process::start(
			&format!("issuer terminal of {}", who.name),
			command,
			&self.log(who),
		)?)
	}

	/// What the long-running terminal of an institution printed.
	pub fn log(&self, who: &Institution) -> PathBuf {
		self.folder.join(format!("{}.log", who.key))
	}

	/// Arguments that every command of a sales terminal takes.
	pub fn sales(&self, command: &str, who: &Institution, customers: &Path) -> Args {
		Args::new("sales")
			.with(command)
			.option("--node", who.node.folder())
			.option("--db", self.database(who))
			.option("--customers", customers)
	}
}
