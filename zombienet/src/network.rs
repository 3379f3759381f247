// SPDX-License-Identifier: Apache-2.0

//! The network: five validators of the `local` preset under zombienet.

use crate::{
	chain, ports,
	programs::Programs,
	wait::{until, LIMIT},
};
use anyhow::{anyhow, bail, ensure, Context, Result};
use nix::{
	sys::signal::{kill, Signal},
	unistd::Pid,
};
use std::{
	collections::BTreeSet,
	path::{Path, PathBuf},
};
use tempfile::TempDir;
use tokio::sync::{Mutex, MutexGuard};
use zombienet_configuration::shared::node::{Buildable, Initial, NodeConfigBuilder};
use zombienet_sdk::{AddNodeOptions, Arg, LocalFileSystem, NetworkConfigBuilder, NetworkConfigExt, NetworkNode};

/// The validators, by the names from which zombienet derives their session keys: those of the preset's development accounts.
pub const VALIDATORS: [&str; 5] = ["alice", "bob", "charlie", "dave", "eve"];

/// How many of them may be gone while the chain goes on: one third, rounded down.
pub const MAY_FAIL: usize = VALIDATORS.len() / 3;

/// The chain's id; its folder in a node's folder has this name.
const CHAIN: &str = "sealane_local";

/// One network at a time: two of them, or two tests, would measure each other on a small machine.
static TURN: Mutex<()> = Mutex::const_new(());

type Zombienet = zombienet_sdk::Network<LocalFileSystem>;

/// A running network.
pub struct Network {
	/// First, so that the processes go before their folder does. `None` once it was ended.
	zombienet: Option<Zombienet>,
	folder: Option<TempDir>,
	programs: Programs,
	chain_spec: PathBuf,
	_turn: MutexGuard<'static, ()>,
}

/// The ports of one node.
struct Ports {
	p2p: u16,
	rpc: u16,
	metrics: u16,
	/// Arguments that need ports of their own, too.
	args: Vec<Arg>,
}

impl Ports {
	fn reserve() -> Result<Self> {
		let port = || ports::reserve().context("a port of loopback");
		let p2p = port()?;
		let (spare, api) = (port()?, port()?);
		let option = |name: &str, value: String| Arg::Option(name.into(), value);
		let args = vec![
			// zombienet listens on all interfaces unless an address is given; it takes the address of this one, with its own
			// port, and passes this one on, too. So the node listens on two ports of loopback.
			option("--listen-addr", format!("/ip4/127.0.0.1/tcp/{spare}")),
			option("--public-addr", format!("/ip4/127.0.0.1/tcp/{p2p}")),
			option("--api-addr", format!("127.0.0.1:{api}")),
			// Another network of the same preset on this machine would be found.
			"--no-mdns".into(),
			"--allow-private-ip".into(),
			// Takes away what zombienet adds: metrics stay on loopback.
			"-:--prometheus-external".into(),
		];
		Ok(Ports {
			p2p,
			rpc: port()?,
			metrics: port()?,
			args,
		})
	}
}

/// Waits for this test's turn and starts five validators; returns when every one of them knows a block behind the genesis to be
/// final.
///
/// # Errors
/// A program is missing, a node does not start, or the chain does not begin.
pub async fn start() -> Result<Network> {
	let turn = TURN.lock().await;
	let programs = Programs::find()?;
	let folder = tempfile::Builder::new()
		.prefix("sealane-zombienet-")
		.tempdir()
		.context("a temporary folder")?;
	let chain_spec = folder.path().join("chain-spec.json");
	export_chain_spec(&programs, &chain_spec).await?;
	let mut network = Network {
		zombienet: None,
		programs,
		chain_spec,
		folder: Some(folder),
		_turn: turn,
	};
	network.zombienet = Some(network.spawn().await?);
	for name in VALIDATORS {
		let node = network.node(name)?;
		node.wait_metric_with_timeout(chain::FINAL, |height| height >= 1.0, LIMIT.as_secs())
			.await
			.with_context(|| format!("{name}: the first final block"))?;
	}
	Ok(network)
}

/// The raw chain specification, as operators hand it to each other. zombienet would put keys and balances of relay chains into one
/// that is not raw.
async fn export_chain_spec(programs: &Programs, file: &Path) -> Result<()> {
	let text = run(&programs.node, &["export-chain-spec", "--raw", "--chain", "local"]).await?;
	std::fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))
}

/// Runs a command of the node to its end; gives what it printed.
async fn run(program: &Path, args: &[&str]) -> Result<String> {
	let output = tokio::process::Command::new(program)
		.args(args)
		.kill_on_drop(true)
		.output()
		.await
		.with_context(|| format!("cannot run {}", program.display()))?;
	ensure!(
		output.status.success(),
		"`{} {}` ended with {}: {}",
		program.display(),
		args.join(" "),
		output.status,
		String::from_utf8_lossy(&output.stderr).trim()
	);
	String::from_utf8(output.stdout).with_context(|| format!("`{} {}`", program.display(), args.join(" ")))
}

fn validator(node: NodeConfigBuilder<Initial>, (name, ports): (&str, Ports)) -> NodeConfigBuilder<Buildable> {
	node.with_name(name)
		.with_args(ports.args)
		.with_p2p_port(ports.p2p)
		.with_rpc_port(ports.rpc)
		.with_prometheus_port(ports.metrics)
		.with_keystore_key_types(vec!["aura_sr", "gran_ed"])
}

fn text(path: &Path) -> Result<&str> {
	path.to_str()
		.ok_or_else(|| anyhow!("{}: a path in UTF-8 is needed", path.display()))
}

impl Network {
	async fn spawn(&self) -> Result<Zombienet> {
		let node = text(&self.programs.node)?;
		let base = self.folder()?.join("nodes");
		let [first, others @ ..] = VALIDATORS;
		let reserve = |name| Ok::<_, anyhow::Error>((name, Ports::reserve()?));
		let nodes = (
			reserve(first)?,
			others.into_iter().map(reserve).collect::<Result<Vec<_>>>()?,
		);
		let config = NetworkConfigBuilder::new()
			.with_relaychain(|chain| {
				let chain = chain
					.with_chain(CHAIN)
					.with_default_command(node)
					.with_chain_spec_path(self.chain_spec.clone());
				let (first, others) = nodes;
				let chain = chain.with_validator(|node| validator(node, first));
				others.into_iter().fold(chain, |chain, other| {
					chain.with_validator(|node| validator(node, other))
				})
			})
			.with_global_settings(|settings| {
				settings
					.with_base_dir(base)
					// The tests kill nodes; that is no failure of the network.
					.with_tear_down_on_failure(false)
					.with_node_spawn_timeout(LIMIT.as_secs() as u32)
					.with_network_spawn_timeout(LIMIT.as_secs() as u32)
			})
			.build()
			.map_err(|errors| {
				let errors: Vec<_> = errors.iter().map(|e| format!("{e:#}")).collect();
				anyhow!("zombienet refuses the network: {}", errors.join("; "))
			})?;
		Ok(config.spawn_native().await?)
	}
	fn running(&self) -> Result<&Zombienet> {
		self.zombienet.as_ref().context("the network does not run")
	}

	/// Where everything is while the network runs.
	fn folder(&self) -> Result<&Path> {
		Ok(self.folder.as_ref().context("the network has ended")?.path())
	}

	/// A node by its name.
	///
	/// # Errors
	/// There is none.
	pub fn node(&self, name: &str) -> Result<&NetworkNode> {
		self.running()?.get_node(name)
	}

	/// Several nodes, e.g. those that stay while others are killed.
	///
	/// # Errors
	/// One of them does not exist.
	pub fn nodes<'a>(&'a self, names: impl IntoIterator<Item = &'a str>) -> Result<Vec<&'a NetworkNode>> {
		names.into_iter().map(|name| self.node(name)).collect()
	}

	/// All validators but these.
	///
	/// # Errors
	/// One of them does not exist.
	pub fn validators_without(&self, gone: &[&str]) -> Result<Vec<&NetworkNode>> {
		self.nodes(VALIDATORS.into_iter().filter(|name| !gone.contains(name)))
	}

	/// What a node keeps on disk: its `--base-path`.
	///
	/// # Errors
	/// There is no such node.
	pub fn data_of(&self, name: &str) -> Result<PathBuf> {
		Ok(self.node(name)?.base_dir().join("data"))
	}

	/// The programs that the network was started from.
	pub fn programs(&self) -> &Programs {
		&self.programs
	}

	/// Puts the delegate key of a node into its keystore, as its operator does before it is registered.
	///
	/// # Errors
	/// The node's program refuses.
	pub async fn insert_delegate(&self, name: &str, suri: &str) -> Result<()> {
		let data = self.data_of(name)?;
		let args = [
			"key",
			"insert",
			"--base-path",
			text(&data)?,
			"--chain",
			text(&self.chain_spec)?,
			"--key-type",
			"slan",
			"--scheme",
			"sr25519",
			"--suri",
			suri,
		];
		run(&self.programs.node, &args).await.map(drop)
	}

	/// The public keys of a node's courier: signing and sealing, hexadecimal.
	///
	/// # Errors
	/// The node has not made them yet, or its program refuses.
	pub async fn courier_keys(&self, name: &str) -> Result<(String, String)> {
		let file = self.data_of(name)?.join("courier/courier-keys.json");
		let shown = run(&self.programs.node, &["courier-key", "show", text(&file)?]).await?;
		let keys: serde_json::Value = serde_json::from_str(&shown).with_context(|| format!("`{shown}`"))?;
		let key = |which: &str| {
			let key = keys[0][which].as_str();
			key.map(str::to_string).with_context(|| format!("{which} in {shown}"))
		};
		Ok((key("signing")?, key("sealing")?))
	}

	/// `kill -9`; returns when the process is gone. [`NetworkNode::restart`] starts it again.
	///
	/// # Errors
	/// It does not run.
	pub async fn kill(&self, name: &str) -> Result<()> {
		let node = self.node(name)?;
		// zombienet can restart a node, but not leave it dead; it tells the process in what it writes for later sessions.
		let told = serde_json::to_value(node).with_context(|| format!("what zombienet tells of {name}"))?;
		let pid = told["inner"]["process_handle"]
			.as_i64()
			.and_then(|pid| i32::try_from(pid).ok())
			.with_context(|| format!("zombienet tells no process of {name}"))?;
		kill(Pid::from_raw(pid), Signal::SIGKILL).with_context(|| format!("{name}: process {pid} cannot be killed"))?;
		until(&format!("{name}: process {pid} is gone"), LIMIT, || async {
			match std::fs::read_to_string(format!("/proc/{pid}/stat")) {
				// Its parent, this process, has not asked how it ended; nothing but that is left of it.
				Ok(stat) if stat.rsplit(") ").next().is_some_and(|rest| rest.starts_with('Z')) => Ok(()),
				Ok(stat) => bail!("{stat}"),
				Err(_) => Ok(()),
			}
		})
		.await
	}

	/// Removes everything that a dead validator had on disk and puts its session keys back, as its operator would from a backup.
	///
	/// # Errors
	/// Files cannot be read or written.
	pub fn wipe(&self, name: &str) -> Result<()> {
		let data = self.data_of(name)?;
		let keystore = data.join("chains").join(CHAIN).join("keystore");
		let mut keys = Vec::new();
		for entry in std::fs::read_dir(&keystore).with_context(|| keystore.display().to_string())? {
			let path = entry?.path();
			keys.push((std::fs::read(&path).with_context(|| path.display().to_string())?, path));
		}
		ensure!(
			keys.len() >= 2,
			"{}: {} keys, 2 session keys expected",
			keystore.display(),
			keys.len()
		);
		std::fs::remove_dir_all(&data).with_context(|| data.display().to_string())?;
		std::fs::create_dir_all(&keystore).with_context(|| keystore.display().to_string())?;
		for (key, path) in keys {
			std::fs::write(&path, key).with_context(|| path.display().to_string())?;
		}
		Ok(())
	}

	/// Starts one more node, which only follows.
	///
	/// # Errors
	/// It does not start.
	pub async fn add_follower(&mut self, name: &str) -> Result<()> {
		let ports = Ports::reserve()?;
		let options = AddNodeOptions {
			args: ports.args,
			rpc_port: Some(ports.rpc),
			prometheus_port: Some(ports.metrics),
			p2p_port: Some(ports.p2p),
			..AddNodeOptions::default()
		};
		let zombienet = self.zombienet.as_mut().context("the network does not run")?;
		zombienet.add_node(name, options).await
	}

	/// An error unless each of these nodes is connected to every other one.
	///
	/// # Errors
	/// Who misses whom.
	pub async fn see_each_other(nodes: &[&NetworkNode]) -> Result<()> {
		let mut ids = Vec::new();
		for node in nodes {
			ids.push((node.name(), chain::peer_id(node).await?));
		}
		for node in nodes {
			let peers = chain::peers(node).await?;
			let missing: BTreeSet<_> = ids
				.iter()
				.filter(|(name, id)| *name != node.name() && !peers.contains(id))
				.map(|(name, _)| *name)
				.collect();
			ensure!(missing.is_empty(), "{} is not connected to {missing:?}", node.name());
		}
		Ok(())
	}

	/// Ends all nodes and removes what they kept.
	///
	/// # Errors
	/// A node cannot be ended.
	pub async fn end(mut self) -> Result<()> {
		if let Some(zombienet) = self.zombienet.take() {
			zombienet.destroy().await?;
		}
		if let Some(folder) = self.folder.take() {
			let path = folder.path().to_path_buf();
			folder.close().with_context(|| path.display().to_string())?;
		}
		Ok(())
	}
}

impl Drop for Network {
	/// A network that was not ended belongs to a test that failed: what its nodes wrote is needed then.
	fn drop(&mut self) {
		if let Some(folder) = self.folder.take() {
			let kept = folder.keep();
			println!("the logs of the nodes are in {}/nodes/*/*.log", kept.display());
		}
	}
}
