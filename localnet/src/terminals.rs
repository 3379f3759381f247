// SPDX-License-Identifier: Apache-2.0

//! The terminals of the institutions: real `sealane` processes, each with its own database.

use crate::{
	binaries::Binaries,
	consortium::Institution,
	error::{Error, Result},
	ports,
	process::Process,
};
use serde::de::DeserializeOwned;
use std::{
	ffi::OsString,
	net::{Ipv4Addr, SocketAddr},
	path::{Path, PathBuf},
	process::{Command, Stdio},
	time::Duration,
};

/// Longest time in which a terminal that was started leaves its first link.
const LINK_LIMIT: Duration = Duration::from_secs(120);

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

/// Where a terminal serves its API and pages, and where it leaves the link by which its first user sets a password.
#[derive(Clone, Debug)]
pub struct Door {
	address: SocketAddr,
	link: PathBuf,
}

impl Door {
	fn open(&self, command: &mut Command) {
		command.args(["--listen", &self.address.to_string()]);
		command.arg("--first-link-file").arg(&self.link);
	}

	/// The URL of the API and the pages, without a slash at its end.
	pub fn url(&self) -> String {
		format!("http://{}", self.address)
	}

	/// The link of the first user of `terminal`, as soon as it is there. It can be used once, within a day.
	///
	/// # Errors
	/// The terminal ended, or left no link in time.
	pub async fn link(&self, terminal: &mut Process) -> Result<String> {
		let whole = || async {
			let text = std::fs::read_to_string(&self.link).ok()?;
			// A line that does not end is still being written.
			Some(text.strip_suffix('\n')?.to_owned())
		};
		let found = terminal.wait_for("the link of its first user", LINK_LIMIT, whole);
		Ok(found.await?)
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
	pub fn command(&self) -> Command {
		Command::new(&self.binary)
	}

	/// Whether the archive of the console's pages lies beside the program, so that a door has pages.
	pub fn has_console(&self) -> bool {
		self.binary.with_file_name("sealane-console.tar").is_file()
	}

	/// A door for the terminal that is called so, at a port of this machine that nobody else gets.
	///
	/// # Errors
	/// No port is left.
	pub fn door(&self, name: &str) -> Result<Door> {
		let port = ports::reserve().map_err(Error::io("no port"))?;
		Ok(Door {
			address: (Ipv4Addr::LOCALHOST, port).into(),
			link: self.folder.join(format!("{name}.first-link")),
		})
	}

	/// Starts the issuer terminal of an institution, with a door where there is one; it runs until it is dropped.
	///
	/// # Errors
	/// It could not be started.
	pub fn issuer(&self, who: &Institution, rules: &Path, door: Option<&Door>) -> Result<Process> {
		let mut command = self.command();
		command
			.args(["--quiet", "issuer", "run", "--node"])
			.arg(who.node.folder())
			.args(["--db", &self.database(who)])
			.arg("--rules")
			.arg(rules);
		if let Some(door) = door {
			door.open(&mut command);
		}
		Ok(Process::start(
			&format!("issuer terminal of {}", who.name),
			command,
			&self.log(who),
		)?)
	}

	/// Starts the sales terminal of an institution, which takes files of orders from the folder `watch`; it runs until it is dropped.
	///
	/// # Errors
	/// It could not be started.
	pub fn seller(&self, who: &Institution, customers: &Path, watch: &Path, door: &Door) -> Result<Process> {
		let mut command = self.command();
		command
			.arg("--quiet")
			.args(self.sales("run", who, customers).0)
			.arg("--watch")
			.arg(watch);
		door.open(&mut command);
		Ok(Process::start(
			&format!("sales terminal of {}", who.name),
			command,
			&self.log(who),
		)?)
	}

	/// Starts the operator's server over the node at `rpc`; it runs until it is dropped.
	///
	/// # Errors
	/// It could not be started.
	pub fn operator(&self, rpc: &str, door: &Door) -> Result<Process> {
		let database = format!("sqlite:{}", self.folder.join("operator.db").display());
		let mut command = self.command();
		command.args(["--quiet", "operator", "run", "--node", rpc, "--db", &database]);
		door.open(&mut command);
		let log = self.folder.join("operator.log");
		Ok(Process::start("operator's server", command, &log)?)
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

#[cfg(test)]
mod tests {
	use super::*;
	use std::io::Write;

	const LINK: &str = "http://127.0.0.1:1/password#0123";

	fn door(folder: &Path) -> Door {
		Door {
			address: (Ipv4Addr::LOCALHOST, 1).into(),
			link: folder.join("first-link"),
		}
	}

	fn started(folder: &Path, words: &[&str]) -> Process {
		let mut command = Command::new(words[0]);
		command.args(&words[1..]);
		Process::start("terminal", command, &folder.join("log")).unwrap()
	}

	#[tokio::test]
	async fn a_link_is_given_when_its_line_is_whole() {
		let folder = tempfile::tempdir().unwrap();
		let (door, mut terminal) = (door(folder.path()), started(folder.path(), &["sleep", "600"]));
		let link = door.link(&mut terminal);
		tokio::pin!(link);
		assert!(futures::poll!(&mut link).is_pending(), "there is no file");
		let mut file = std::fs::File::create(&door.link).unwrap();
		let (first, rest) = LINK.split_at(20);
		file.write_all(first.as_bytes()).unwrap();
		// As often as it looks within a second, it does not take a half for the whole.
		let looked = tokio::time::timeout(Duration::from_secs(1), &mut link).await;
		assert!(looked.is_err(), "half a link: {looked:?}");
		file.write_all(format!("{rest}\n").as_bytes()).unwrap();
		assert_eq!(link.await.unwrap(), LINK);
	}

	#[tokio::test]
	async fn a_terminal_that_ends_leaves_no_link() {
		let folder = tempfile::tempdir().unwrap();
		let mut terminal = started(folder.path(), &["sh", "-c", "echo no database; exit 7"]);
		let failed = door(folder.path()).link(&mut terminal).await.unwrap_err().to_string();
		assert!(
			failed.contains("terminal") && failed.contains("no database"),
			"{failed}"
		);
	}
}
