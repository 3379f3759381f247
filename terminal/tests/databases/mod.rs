// SPDX-License-Identifier: Apache-2.0

//! Where the terminals of a test keep their records: files of SQLite, or databases of a PostgreSQL server of the test's own.

use sealane_terminal_core::db::Db;
use std::{
	collections::HashSet,
	fs,
	net::TcpListener,
	os::unix::{
		fs::{MetadataExt, PermissionsExt},
		process::CommandExt,
	},
	path::{Path, PathBuf},
	process::{Child, Command, Stdio},
	sync::Mutex,
	time::{Duration, Instant},
};

/// Longest time that a server may take to start.
const START_LIMIT: Duration = Duration::from_secs(240);

/// Databases by name.
pub enum Databases {
	/// Files in this folder.
	Sqlite(PathBuf),
	/// Databases of a server.
	Postgres(Server),
}

impl Databases {
	/// A server of the test's own, which ends with it.
	pub fn postgres() -> Self {
		Databases::Postgres(Server::start())
	}

	/// The URL of the database `name`, which is made where it is not there yet.
	pub fn url(&self, name: &str) -> String {
		match self {
			Databases::Sqlite(folder) => format!("sqlite:{}", folder.join(format!("{name}.db")).display()),
			Databases::Postgres(server) => server.url(name),
		}
	}
}

/// A PostgreSQL server that listens on a socket in its own folder only.
pub struct Server {
	folder: tempfile::TempDir,
	process: Mutex<Option<Child>>,
	settings: Vec<String>,
	made: Mutex<HashSet<String>>,
	/// Where its socket's name says another port than PostgreSQL's own.
	port: Option<String>,
}

impl Server {
	/// A server without network.
	pub fn start() -> Self {
		Server::with(tempfile::tempdir().unwrap(), &["-c", "listen_addresses="])
	}

	/// A server on `port` of loopback too, that takes connections over TLS alone there. Certificate and key are PEM.
	pub fn start_tls(port: u16, certificate: &str, key: &str) -> Self {
		let folder = tempfile::tempdir().unwrap();
		for (name, text) in [("server.crt", certificate), ("server.key", key)] {
			let file = folder.path().join(name);
			fs::write(&file, text).unwrap();
			fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
			if let Some((user, group)) = owner() {
				std::os::unix::fs::chown(file, Some(user), Some(group)).unwrap();
			}
		}
		let rules = "local all all trust\nhostssl all all 127.0.0.1/32 trust\n";
		fs::write(folder.path().join("hba"), rules).unwrap();
		let settings = [
			"ssl=on".to_string(),
			format!("ssl_cert_file={}", folder.path().join("server.crt").display()),
			format!("ssl_key_file={}", folder.path().join("server.key").display()),
			format!("hba_file={}", folder.path().join("hba").display()),
			"listen_addresses=127.0.0.1".to_string(),
			format!("port={port}"),
		];
		let arguments: Vec<&str> = settings.iter().flat_map(|setting| ["-c", setting]).collect();
		Server::with(folder, &arguments)
	}

	fn with(folder: tempfile::TempDir, settings: &[&str]) -> Self {
		let owner = owner();
		if let Some((user, group)) = owner {
			std::os::unix::fs::chown(folder.path(), Some(user), Some(group)).unwrap();
		}
		let data = folder.path().join("data");
		let made = command("initdb", owner)
			.args([
				"--auth=trust",
				"--username=postgres",
				"--encoding=UTF8",
				"--no-locale",
				"-D",
			])
			.arg(&data)
			.output()
			.unwrap();
		assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
		let server = Server {
			folder,
			process: Mutex::new(None),
			settings: settings.iter().map(|setting| (*setting).to_string()).collect(),
			made: Mutex::default(),
			port: settings
				.iter()
				.find_map(|setting| setting.strip_prefix("port="))
				.map(str::to_string),
		};
		server.resume();
		server
	}

	/// Starts it, or starts it again.
	pub fn resume(&self) {
		let begun = Instant::now();
		let mut process = self.spawn();
		while !self.client("pg_isready").output().unwrap().status.success() {
			assert!(begun.elapsed() < START_LIMIT, "{}", self.log());
			// It does not start as long as children of one that was killed are still ending.
			if process.try_wait().unwrap().is_some() {
				let _ = fs::remove_file(self.folder.path().join("data/postmaster.pid"));
				process = self.spawn();
			}
			std::thread::sleep(Duration::from_millis(20));
		}
		*self.process.lock().unwrap() = Some(process);
	}

	fn spawn(&self) -> Child {
		let log = fs::File::options()
			.create(true)
			.append(true)
			.open(self.folder.path().join("log"))
			.unwrap();
		command("postgres", owner())
			.args(&self.settings)
			.arg("-k")
			.arg(self.folder.path())
			.arg("-D")
			.arg(self.folder.path().join("data"))
			.stdout(log.try_clone().unwrap())
			.stderr(log)
			.spawn()
			.unwrap()
	}

	/// Ends it, as a power cut would; its folder stays.
	pub fn halt(&self) {
		if let Some(mut process) = self.process.lock().unwrap().take() {
			let _ = process.kill();
			let _ = process.wait();
		}
		let _ = fs::remove_file(self.folder.path().join("data/postmaster.pid"));
	}

	/// The URL, over the socket, of the database `name`, which is made where it is not there yet.
	pub fn url(&self, name: &str) -> String {
		if self.made.lock().unwrap().insert(name.to_string()) {
			let made = self.client("createdb").arg(name).output().unwrap();
			assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
		}
		format!(
			"postgres://postgres@localhost/{name}?host={}",
			self.folder.path().display()
		)
	}

	/// A command that asks this server.
	fn client(&self, name: &str) -> Command {
		let mut command = command(name, owner());
		command.arg("--username=postgres").arg("--host").arg(self.folder.path());
		command.args(self.port.iter().map(|port| format!("--port={port}")));
		command
	}

	fn log(&self) -> String {
		fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
	}
}

impl Drop for Server {
	fn drop(&mut self) {
		self.halt();
	}
}

/// User and group for the server, which refuses to run as root; `None` where the test does not run as root.
fn owner() -> Option<(u32, u32)> {
	if fs::metadata("/proc/self").unwrap().uid() != 0 {
		return None;
	}
	let users = fs::read_to_string("/etc/passwd").unwrap();
	let line = users.lines().find(|line| line.starts_with("postgres:"));
	let fields: Vec<&str> = line
		.expect("the package makes the user `postgres`")
		.split(':')
		.collect();
	Some((fields[2].parse().unwrap(), fields[3].parse().unwrap()))
}

/// One of PostgreSQL's programs: on `PATH`, or where Debian keeps them.
fn command(name: &str, owner: Option<(u32, u32)>) -> Command {
	let mut command = Command::new(program(name));
	command.stdin(Stdio::null()).current_dir("/");
	if let Some((user, group)) = owner {
		command.uid(user).gid(group);
	}
	command
}

fn program(name: &str) -> PathBuf {
	let path = std::env::var_os("PATH").unwrap_or_default();
	let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
	let mut versions: Vec<PathBuf> = debian.map(|version| version.path().join("bin")).collect();
	versions.sort();
	std::env::split_paths(&path)
		.chain(versions.into_iter().rev())
		.map(|folder| folder.join(name))
		// Debian's wrapper of the clients asks for a cluster, which a server of one's own is not.
		.find(|file| file.is_file() && !is_wrapper(file))
		.unwrap_or_else(|| panic!("`{name}` of PostgreSQL is not installed; scripts/setup --tests does it"))
}

fn is_wrapper(file: &Path) -> bool {
	fs::canonicalize(file).is_ok_and(|file| file.ends_with("pg_wrapper"))
}

/// A certificate for `localhost` that is its own authority, and its key.
fn certificate() -> (String, String) {
	let certificate = rcgen::generate_simple_self_signed(["localhost".to_string()]).unwrap();
	(
		certificate.serialize_pem().unwrap(),
		certificate.serialize_private_key_pem(),
	)
}

/// A free port below those that the kernel gives to outgoing connections, of which other tests make many.
pub fn free_port() -> u16 {
	let mut ports = std::iter::repeat_with(|| rand::random::<u16>() % 20_000 + 10_000);
	ports
		.find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
		.expect("the iterator is endless")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_must_be_the_one_that_the_certificate_names() {
	let (pem, key) = certificate();
	let port = free_port();
	let server = Server::start_tls(port, &pem, &key);
	server.url("bank");
	let folder = tempfile::tempdir().unwrap();
	let (ours, other) = (folder.path().join("ours.pem"), folder.path().join("other.pem"));
	std::fs::write(&ours, pem).unwrap();
	std::fs::write(&other, certificate().0).unwrap();
	let url = |host: &str, mode: &str, root: &std::path::Path| {
		format!(
			"postgres://postgres@{host}:{port}/bank?sslmode={mode}&sslrootcert={}",
			root.display()
		)
	};

	let db = Db::open(&url("localhost", "verify-full", &ours)).await.unwrap();
	assert_eq!(db.cursor("events").await.unwrap(), None);
	db.close().await;
	Db::open(&url("localhost", "verify-full", &other))
		.await
		.expect_err("another authority");
	Db::open(&url("127.0.0.1", "verify-full", &ours))
		.await
		.expect_err("another name");
	Db::open(&url("localhost", "disable", &ours))
		.await
		.expect_err("the server takes TLS alone");
}
