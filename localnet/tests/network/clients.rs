// SPDX-License-Identifier: Apache-2.0

//! The Python and TypeScript clients' examples, against live nodes: each places an order and follows it to the issuer's answer.

use crate::common::{confirming, open_network};
use sealane_localnet::{consortium::Plan, Error};
use sealane_sample::catalogue::ISSUERS;
use serde_json::Value;
use std::{
	path::{Path, PathBuf},
	process::Command,
	time::Duration,
};

/// Longest time for an example: an order is confirmed within seconds once the lanes are open.
const LIMIT: Duration = Duration::from_secs(240);

/// Builds the TypeScript client.
fn build(folder: &Path) {
	let install = !folder.join("node_modules/typescript/package.json").is_file();
	let steps = [
		(install, &["ci", "--no-audit", "--no-fund"][..]),
		(true, &["run", "build"][..]),
	];
	for (_, arguments) in steps.into_iter().filter(|(needed, _)| *needed) {
		let done = Command::new("npm").args(arguments).current_dir(folder).output();
		let done = done
			.unwrap_or_else(|e| panic!("cannot run npm: {e}; this test needs Node.js 20 or newer with npm on PATH"));
		let text = [done.stdout, done.stderr].concat();
		assert!(
			done.status.success(),
			"npm {}: {}",
			arguments.join(" "),
			String::from_utf8_lossy(&text)
		);
	}
}

/// Runs an example, which prints the answer in its last line.
async fn run(
	program: &str,
	script: PathBuf,
	id: &str,
	environment: Vec<(&'static str, String)>,
) -> Result<Value, Error> {
	let product = &ISSUERS[0].products[0];
	let mut command = tokio::process::Command::new(program);
	command
		.arg(script)
		.args([product.id, "HCB-000001", "1000.00", product.currency])
		.envs(environment)
		.env("ORDER_ID", id)
		.kill_on_drop(true);
	let done = tokio::time::timeout(LIMIT, command.output())
		.await
		.map_err(|_| Error::Unexpected(format!("{program}: no answer to {id} within {LIMIT:?}")))?
		.map_err(|e| Error::Unexpected(format!("cannot run {program}: {e}")))?;
	let text = String::from_utf8_lossy(&done.stdout).into_owned();
	let last = text.lines().last().unwrap_or_default();
	serde_json::from_str(last).map_err(|_| {
		let errors = String::from_utf8_lossy(&done.stderr);
		Error::Unexpected(format!("{program}: {}\n{text}\n{errors}", done.status))
	})
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clients_place_an_order_and_follow_it() {
	let clients = Path::new(env!("CARGO_MANIFEST_DIR")).join("../clients");
	let typescript = clients.join("typescript");
	let to_build = typescript.clone();
	tokio::task::spawn_blocking(move || build(&to_build)).await.unwrap();

	let folder = tempfile::tempdir().unwrap();
	let network = open_network(folder.path(), Plan::Pair).await.unwrap();
	let (seller, issuer) = (&network.institutions[0], &network.institutions[1]);
	let told: Value = serde_json::from_slice(&std::fs::read(seller.node.gateway_file()).unwrap()).unwrap();
	let environment = || {
		let text = |name: &str| told[name].as_str().unwrap().to_string();
		vec![
			("SEALANE_URL", text("url")),
			("SEALANE_TOKEN", text("token")),
			("PYTHONPATH", clients.join("python").to_string_lossy().into_owned()),
		]
	};
	let examples = async {
		let python = run(
			"python3",
			clients.join("python/examples/place_order.py"),
			"python-1",
			environment(),
		)
		.await?;
		let script = typescript.join("dist/examples/place_order.js");
		let node = run("node", script, "typescript-1", environment()).await?;
		Ok::<_, Error>([("python-1", python), ("typescript-1", node)])
	};
	for (id, answer) in confirming(issuer, examples).await.unwrap() {
		assert_eq!(answer["confirmation"]["order"], id, "{answer}");
		assert_eq!(answer["confirmation"]["outcome"], "accepted", "{answer}");
		assert!(answer["stage"].is_string(), "{answer}");
	}
}
