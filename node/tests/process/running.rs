// SPDX-License-Identifier: Apache-2.0

//! A real node of the development chain, and plain HTTP to it.

use std::{
	fs::File,
	io::{Read, Write},
	net::TcpStream,
	path::Path,
	process::{Child, Command, ExitStatus, Stdio},
	time::{Duration, Instant},
};

/// Longest wait for something that must happen; compiling the runtime takes long on a busy machine.
const PATIENCE: Duration = Duration::from_secs(180);

/// A node that runs. It is killed when this goes.
pub struct Node {
	child: Child,
	log: std::path::PathBuf,
}

impl Node {
	/// Starts a node of the development chain whose files are in `folder`.
	pub fn spawn(folder: &Path, args: &[&str]) -> Self {
		let own = ["--chain", "dev", "--port", "0"];
		Self::spawn_on(folder, &[&own, args].concat())
	}

	/// Starts a node whose files are in `folder`; its output goes to the file `log` in it.
	pub fn spawn_on(folder: &Path, args: &[&str]) -> Self {
		let log = folder.join("log");
		let output = File::create(&log).unwrap();
		let child = Command::new(env!("CARGO_BIN_EXE_sealane-node"))
			.args([
				"--name",
				"process-test",
				"--no-mdns",
				"--no-telemetry",
				"--no-prometheus",
			])
			.args(["--rpc-port", "0", "--api-addr", "127.0.0.1:0"])
			.arg("--base-path")
			.arg(folder)
			.args(args)
			.stdin(Stdio::null())
			.stdout(output.try_clone().unwrap())
			.stderr(output)
			.spawn()
			.unwrap();
		Node { child, log }
	}

	/// The same, and waits until its API is there and its courier has read its log.
	pub fn start(folder: &Path, args: &[&str]) -> (Self, Api) {
		let mut node = Node::spawn(folder, args);
		let api = node.api(folder);
		node.until("the log is read", || {
			let answer = api.get("/v1/status")?;
			(!answer.contains("recovering: ")).then_some(())
		});
		(node, api)
	}

	/// Waits until its API is there.
	pub fn api(&mut self, folder: &Path) -> Api {
		self.until("the API is there", || {
			let text = std::fs::read(folder.join("gateway.json")).ok()?;
			let file: serde_json::Value = serde_json::from_slice(&text).ok()?;
			Some(Api {
				address: file["url"].as_str()?.strip_prefix("http://")?.into(),
				token: file["token"].as_str()?.into(),
			})
		})
	}

	/// What it printed. Complete once it has [ended](Node::ended); of a node that runs the newest lines may be missing, since it prints
	/// through a buffer: wait with [`Node::until_printed`] instead.
	pub fn output(&self) -> String {
		String::from_utf8_lossy(&std::fs::read(&self.log).unwrap()).into_owned()
	}

	/// Sends it a signal.
	pub fn signal(&self, name: &str) {
		let pid = self.child.id().to_string();
		assert!(Command::new("kill")
			.args(["-s", name, &pid])
			.status()
			.unwrap()
			.success());
	}

	/// Waits until `ready` gives something.
	pub fn until<T>(&mut self, what: &str, mut ready: impl FnMut() -> Option<T>) -> T {
		let started = Instant::now();
		loop {
			if let Some(value) = ready() {
				return value;
			}
			if let Some(status) = self.child.try_wait().unwrap() {
				panic!("it ended with {status} before {what}:\n{}", self.output());
			}
			assert!(started.elapsed() < PATIENCE, "still not: {what}:\n{}", self.output());
			std::thread::sleep(Duration::from_millis(20));
		}
	}

	/// Waits until it prints this.
	pub fn until_printed(&mut self, text: &str) {
		let log = self.log.clone();
		self.until(text, || {
			let output = std::fs::read(&log).unwrap();
			String::from_utf8_lossy(&output).contains(text).then_some(())
		});
	}

	/// Waits until it has ended.
	pub fn ended(&mut self) -> ExitStatus {
		let started = Instant::now();
		loop {
			if let Some(status) = self.child.try_wait().unwrap() {
				return status;
			}
			assert!(started.elapsed() < PATIENCE, "it does not end:\n{}", self.output());
			std::thread::sleep(Duration::from_millis(20));
		}
	}
}

impl Drop for Node {
	fn drop(&mut self) {
		// It may have ended.
		let _ = self.child.kill();
		let _ = self.child.wait();
	}
}

/// A node's API.
#[derive(Clone)]
pub struct Api {
	address: String,
	token: String,
}

impl Api {
	/// Sends a request without a body; gives the whole answer, or `None` where nobody answers.
	pub fn get(&self, target: &str) -> Option<String> {
		let mut stream = TcpStream::connect(&self.address).ok()?;
		let head = format!(
			"GET {target} HTTP/1.1\r\nhost: node\r\nconnection: close\r\nauthorization: Bearer {}\r\n\r\n",
			self.token
		);
		stream.write_all(head.as_bytes()).ok()?;
		let mut answer = String::new();
		stream.read_to_string(&mut answer).ok()?;
		(!answer.is_empty()).then_some(answer)
	}

	/// Begins to submit orders with a body of `length` bytes: the node has let the request in and waits for the body.
	pub fn begin(&self, length: usize) -> TcpStream {
		let mut stream = TcpStream::connect(&self.address).unwrap();
		let head = format!(
			"POST /v1/orders HTTP/1.1\r\nhost: node\r\nauthorization: Bearer {}\r\ncontent-type: application/x-ndjson\r\n\
			 content-length: {length}\r\nexpect: 100-continue\r\n\r\n",
			self.token
		);
		stream.write_all(head.as_bytes()).unwrap();
		let mut bytes = [0; 64];
		let read = stream.read(&mut bytes).unwrap();
		assert!(bytes[..read].starts_with(b"HTTP/1.1 100"));
		stream
	}
}
