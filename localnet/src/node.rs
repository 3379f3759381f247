// SPDX-License-Identifier: Apache-2.0

//! One `sealane-node` with its own folder, keys and ports.

use crate::{
	ports,
	process::{Process, ProcessError},
};
use serde::de::DeserializeOwned;
use std::{
	io,
	path::{Path, PathBuf},
	process::{Command, Stdio},
	time::Duration,
};

/// How long a node may take to answer after its start; generous, for slow machines.
const START_LIMIT: Duration = Duration::from_secs(240);
/// How long it may take over one JSON-RPC request.
const RPC_LIMIT: Duration = Duration::from_secs(120);

/// What a node is to be.
#[derive(Clone, Debug)]
pub struct NodeSpec {
	/// Short name, also the name of its folder.
	pub name: String,
	/// The development key of its validator, e.g. `Alice`; `None` for a node that only follows.
	pub validator: Option<String>,
	/// Secret of its delegate account, e.g. `//Alice//delegate`.
	pub delegate_suri: String,
	/// Further arguments.
	pub extra_args: Vec<String>,
}

/// What others must know of a node.
#[derive(Clone, Debug)]
pub struct Identity {
	/// PeerId, in base58.
	pub peer_id: String,
	/// Ed25519 public key of its courier, hex.
	pub signing: String,
	/// X25519 public key of its courier, hex.
	pub sealing: String,
	/// Address for its peers.
	pub address: String,
}

/// A node on this machine, running or not.
#[derive(Debug)]
pub struct Node {
	spec: NodeSpec,
	binary: PathBuf,
	folder: PathBuf,
	chain: String,
	identity: Identity,
	p2p_port: u16,
	rpc_port: u16,
	api_port: u16,
	metrics_port: u16,
	bootnodes: Vec<String>,
	process: Option<Process>,
}

/// Why a node could not be set up or run.
#[derive(Debug, thiserror::Error)]
pub enum NodeError {
	/// The process.
	#[error(transparent)]
	Process(#[from] ProcessError),
	/// Files or ports.
	#[error("{what}: {source}")]
	Io {
		/// What was tried.
		what: String,
		/// Why it failed.
		source: io::Error,
	},
	/// Its JSON-RPC does not answer, or with an error.
	#[error("{node}: {method}: {reason}")]
	Rpc {
		/// The node.
		node: String,
		/// The method.
		method: String,
		/// Why.
		reason: String,
	},
	/// Somebody else answers on its port, so it listens on another one.
	#[error("{node}: port {port} is in use by another program, which answers {answer}")]
	ForeignPort {
		/// The node.
		node: String,
		/// The port.
		port: u16,
		/// What came back.
		answer: String,
	},
	/// A helper command of the node failed.
	#[error("`{command}` failed: {output}")]
	Command {
		/// The command.
		command: String,
		/// What it printed.
		output: String,
	},
}

/// Folder in a node's folder with the runtimes that it has compiled.
const COMPILED: &str = "compiled-runtimes";

fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
	let entries = match std::fs::read_dir(from) {
		Ok(entries) => entries,
		Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
		Err(error) => return Err(error),
	};
	std::fs::create_dir_all(to)?;
	for entry in entries {
		let entry = entry?;
		let to = to.join(entry.file_name());
		if entry.file_type()?.is_dir() {
			copy_folder(&entry.path(), &to)?;
		} else {
			std::fs::copy(entry.path(), to)?;
		}
	}
	Ok(())
}

fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> NodeError {
	move |source| NodeError::Io {
		what: what.into(),
		source,
	}
}

/// Runs a helper command of the node to its end; gives what it printed to stdout and to stderr.
fn helper(binary: &Path, args: &[&str]) -> Result<(String, String), NodeError> {
	let output = Command::new(binary)
		.args(args)
		.stdin(Stdio::null())
		.output()
		.map_err(io(format!("cannot run {}", binary.display())))?;
	let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_string();
	if !output.status.success() {
		return Err(NodeError::Command {
			command: format!("{} {}", binary.display(), args.join(" ")),
			output: text(&output.stderr),
		});
	}
	Ok((text(&output.stdout), text(&output.stderr)))
}

fn foreign(node: &str, port: u16, answer: &str) -> NodeError {
	NodeError::ForeignPort {
		node: node.into(),
		port,
		answer: answer.into(),
	}
}

async fn rpc<T: DeserializeOwned>(
	node: &str,
	port: u16,
	method: &str,
	params: serde_json::Value,
) -> Result<T, NodeError> {
	let failed = |reason: String| NodeError::Rpc {
		node: node.into(),
		method: method.into(),
		reason,
	};
	let request = serde_json::json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
	let client = reqwest::Client::builder().no_proxy().timeout(RPC_LIMIT).build();
	let client = client.map_err(|e| failed(e.to_string()))?;
	let sent = client.post(format!("http://127.0.0.1:{port}")).json(&request);
	let response = sent.send().await.map_err(|e| failed(e.to_string()))?;
	let status = response.status();
	let text = response.text().await.map_err(|e| failed(e.to_string()))?;
	let Ok(mut answer) = serde_json::from_str::<serde_json::Value>(&text) else {
		let begin: String = text.chars().take(80).collect();
		return Err(foreign(node, port, &format!("{status} {begin}")));
	};
	serde_json::from_value(answer["result"].take()).map_err(|e| failed(format!("{e}: {answer}")))
}

impl Node {
	/// Makes the folder and the keys. `chain` is a preset's name or a chain specification's path.
	pub fn prepare(binary: &Path, parent: &Path, chain: &str, spec: NodeSpec) -> Result<Self, NodeError> {
		let folder = parent.join(&spec.name);
		std::fs::create_dir_all(&folder).map_err(io(format!("cannot make {}", folder.display())))?;
		let run = |args: &[&str]| helper(binary, args);

		let node_key = folder.join("node-key");
		let node_key_text = node_key.to_string_lossy().into_owned();
		let peer_id = if node_key.exists() {
			run(&["key", "inspect-node-key", "--file", &node_key_text])?.0
		} else {
			// The PeerId goes to stderr, the key to the file.
			run(&["key", "generate-node-key", "--file", &node_key_text])?.1
		};
		let peer_id = peer_id.lines().last().unwrap_or_default().trim().to_string();

		let courier_key = folder.join("courier-key.json");
		let courier_key_text = courier_key.to_string_lossy().into_owned();
		let verb = if courier_key.exists() { "show" } else { "generate" };
		let public = run(&["courier-key", verb, &courier_key_text])?.0;
		let public: serde_json::Value = serde_json::from_str(&public).map_err(|e| NodeError::Command {
			command: format!("courier-key {verb}"),
			output: format!("{e}: {public}"),
		})?;
		let key = |name: &str| public[0][name].as_str().unwrap_or_default().to_string();

		let folder_text = folder.to_string_lossy().into_owned();
		run(&[
			"key",
			"insert",
			"--base-path",
			&folder_text,
			"--chain",
			chain,
			"--key-type",
			"slan",
			"--scheme",
			"sr25519",
			"--suri",
			&spec.delegate_suri,
		])?;

		let port = || ports::reserve().map_err(io("no free port"));
		let p2p_port = port()?;
		let identity = Identity {
			peer_id,
			signing: key("signing"),
			sealing: key("sealing"),
			address: format!("/ip4/127.0.0.1/tcp/{p2p_port}"),
		};
		Ok(Node {
			spec,
			binary: binary.into(),
			folder,
			chain: chain.into(),
			identity,
			p2p_port,
			rpc_port: port()?,
			api_port: port()?,
			metrics_port: port()?,
			bootnodes: Vec::new(),
			process: None,
		})
	}

	/// Writes the raw chain specification of a preset, as operators hand it to each other: nodes that start from it need not build
	/// the genesis themselves.
	pub fn write_chain_spec(binary: &Path, preset: &str, file: &Path) -> Result<(), NodeError> {
		let (spec, _) = helper(binary, &["export-chain-spec", "--raw", "--chain", preset])?;
		std::fs::write(file, spec).map_err(io(format!("cannot write {}", file.display())))
	}

	/// Where it keeps the runtimes that it compiled.
	pub fn compiled(&self) -> PathBuf {
		self.folder.join(COMPILED)
	}

	/// Takes over what another node on this machine compiled, so that this one starts at once. Nothing is taken where there is
	/// nothing.
	pub fn take_compiled(&self, from: &Path) -> Result<(), NodeError> {
		copy_folder(from, &self.compiled()).map_err(io("cannot copy compiled runtimes"))
	}

	/// Leaves what it compiled for others.
	pub fn give_compiled(&self, to: &Path) -> Result<(), NodeError> {
		copy_folder(&self.compiled(), to).map_err(io("cannot copy compiled runtimes"))
	}

	/// Its name.
	pub fn name(&self) -> &str {
		&self.spec.name
	}

	/// What the chain must know of it.
	pub fn identity(&self) -> &Identity {
		&self.identity
	}

	/// Secret of its delegate account.
	pub fn delegate_suri(&self) -> &str {
		&self.spec.delegate_suri
	}

	/// Everything it keeps.
	pub fn folder(&self) -> &Path {
		&self.folder
	}

	/// Its JSON-RPC.
	pub fn rpc_url(&self) -> String {
		format!("ws://127.0.0.1:{}", self.rpc_port)
	}

	/// Its HTTP API.
	pub fn api_url(&self) -> String {
		format!("http://127.0.0.1:{}", self.api_port)
	}

	/// Its metrics, in the text format of Prometheus.
	pub fn metrics_url(&self) -> String {
		format!("http://127.0.0.1:{}/metrics", self.metrics_port)
	}

	/// Address with PeerId, for other nodes to start from.
	pub fn bootnode(&self) -> String {
		format!("{}/p2p/{}", self.identity.address, self.identity.peer_id)
	}

	/// The file with url and token that the node writes for local terminals.
	pub fn gateway_file(&self) -> PathBuf {
		self.folder.join("gateway.json")
	}

	/// Its process id, while it runs.
	pub fn pid(&self) -> Option<u32> {
		self.process.as_ref().map(Process::id)
	}

	/// Where its output is.
	pub fn log(&self) -> PathBuf {
		self.folder.join("node.log")
	}

	/// Through whom it finds the network at its next start.
	pub fn set_bootnodes(&mut self, bootnodes: Vec<String>) {
		self.bootnodes = bootnodes;
	}

	/// Starts the process without waiting for it; [`Node::ready`] waits.
	pub fn spawn(&mut self) -> Result<(), NodeError> {
		let mut command = Command::new(&self.binary);
		command
			.args(["--chain", &self.chain])
			.arg("--base-path")
			.arg(&self.folder)
			.arg("--node-key-file")
			.arg(self.folder.join("node-key"))
			.arg("--courier-key-file")
			.arg(self.folder.join("courier-key.json"))
			.args(["--name", &self.spec.name])
			.args(["--listen-addr", &format!("/ip4/127.0.0.1/tcp/{}", self.p2p_port)])
			.args(["--public-addr", &self.identity.address])
			.args(["--rpc-port", &self.rpc_port.to_string()])
			.args(["--api-addr", &format!("127.0.0.1:{}", self.api_port)])
			.args(["--rpc-cors", "all", "--allow-private-ip", "--no-mdns", "--no-telemetry"])
			.args(["--prometheus-port", &self.metrics_port.to_string()])
			.args([
				"--state-pruning",
				"archive-canonical",
				"--blocks-pruning",
				"archive-canonical",
			])
			.args(&self.spec.extra_args);
		if let Some(validator) = &self.spec.validator {
			command
				.arg(format!("--{}", validator.to_lowercase()))
				.arg("--validator");
		}
		if !self.bootnodes.is_empty() {
			command.arg("--bootnodes").args(&self.bootnodes);
		}
		self.process = Some(Process::start(&self.spec.name, command, &self.log())?);
		Ok(())
	}

	/// Waits until both of its interfaces answer.
	///
	/// A node whose JSON-RPC port is taken listens on another one and says so only in its log: whoever answers on the port must
	/// have this node's PeerId.
	pub async fn ready(&mut self) -> Result<(), NodeError> {
		let (name, rpc_port, api_port) = (self.spec.name.as_str(), self.rpc_port, self.api_port);
		let (peer_id, gateway_file) = (&self.identity.peer_id, self.gateway_file());
		let Some(process) = &mut self.process else {
			return Ok(());
		};
		let answers = || async {
			tokio::net::TcpStream::connect(("127.0.0.1", api_port)).await.ok()?;
			if !gateway_file.exists() {
				return None;
			}
			match rpc::<String>(name, rpc_port, "system_localPeerId", serde_json::json!([])).await {
				Ok(peer) if &peer == peer_id => Some(Ok(())),
				Ok(peer) => Some(Err(foreign(name, rpc_port, &format!("as PeerId {peer}")))),
				Err(foreign @ NodeError::ForeignPort { .. }) => Some(Err(foreign)),
				// Nobody listens yet, or not all the way.
				Err(_) => None,
			}
		};
		process.wait_for("answering", START_LIMIT, answers).await?
	}

	/// Makes a JSON-RPC request.
	pub async fn rpc<T: DeserializeOwned>(&self, method: &str, params: serde_json::Value) -> Result<T, NodeError> {
		rpc(&self.spec.name, self.rpc_port, method, params).await
	}

	/// The public courier keys in the node's key file as the node prints them: a JSON list, oldest pair first.
	pub fn courier_keys(&self) -> Result<String, NodeError> {
		self.courier_key("show", &[])
	}

	/// Adds a pair to the key file. The node reads it at its next start.
	pub fn add_courier_key(&self) -> Result<String, NodeError> {
		self.courier_key("add", &[])
	}

	/// Removes the pair with this signing key (hex) from the key file.
	pub fn remove_courier_key(&self, signing: &str) -> Result<String, NodeError> {
		self.courier_key("remove", &[signing])
	}

	fn courier_key(&self, verb: &str, args: &[&str]) -> Result<String, NodeError> {
		let file = self.folder.join("courier-key.json");
		let file = file.to_string_lossy();
		let args = [&["courier-key", verb, &file], args].concat();
		helper(&self.binary, &args).map(|(public, _)| public)
	}

	/// A client of its HTTP API that is patient enough for a node that restarts.
	///
	/// The token is read anew: a node writes the file at every start.
	pub fn client(&self) -> Result<sealane_sdk::Client, sealane_sdk::Error> {
		let file = sealane_sdk::client::read_gateway_file(self.gateway_file())?;
		sealane_sdk::ClientBuilder::new(file.url, file.token)
			.attempts(30)
			.max_pause(Duration::from_secs(1))
			.build()
	}

	/// `kill -9`.
	pub fn kill(&mut self) -> Result<(), NodeError> {
		if let Some(mut process) = self.process.take() {
			process.kill()?;
		}
		Ok(())
	}

	/// Starts it again, with what it has on disk.
	pub async fn restart(&mut self) -> Result<(), NodeError> {
		self.kill()?;
		self.spawn()?;
		self.ready().await
	}

	/// An error if its process has ended.
	pub fn ensure_running(&mut self) -> Result<(), NodeError> {
		match &mut self.process {
			Some(process) => Ok(process.ensure_running()?),
			None => Ok(()),
		}
	}

	/// Leaves the process running; gives its id, where there is one.
	pub fn detach(&mut self) -> Option<u32> {
		self.process.take().map(Process::detach)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use tokio::io::{AsyncReadExt, AsyncWriteExt};

	#[tokio::test]
	async fn another_program_on_the_port_is_told_apart_from_silence() {
		let port = ports::reserve().unwrap();
		let ask = || rpc::<String>("bank", port, "system_localPeerId", serde_json::json!([]));
		assert!(matches!(ask().await, Err(NodeError::Rpc { .. })));

		let other = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.unwrap();
		let answer = async {
			let (mut stream, _) = other.accept().await.unwrap();
			let _ = stream.read(&mut [0; 4096]).await.unwrap();
			let text = b"HTTP/1.1 404 Not Found\r\ncontent-length: 4\r\nconnection: close\r\n\r\nnope";
			stream.write_all(text).await.unwrap();
		};
		let (answered, ()) = tokio::join!(ask(), answer);
		let error = answered.unwrap_err().to_string();
		assert!(error.contains(&port.to_string()) && error.contains("404"), "{error}");
	}
}
