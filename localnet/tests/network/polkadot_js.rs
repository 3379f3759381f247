// SPDX-License-Identifier: Apache-2.0

//! Governance from Polkadot.js, without any type definitions, over the five validators of a fresh network.

use sealane_localnet::consortium::{Consortium, Plan};
use std::{path::Path, process::Command};

/// Runs a program to its end; what it prints goes to the test's output.
fn run(program: &str, args: &[&str], folder: &Path, environment: &[(&str, &str)]) {
	let mut command = Command::new(program);
	command.args(args).current_dir(folder).envs(environment.iter().copied());
	let output = command
		.output()
		.unwrap_or_else(|e| panic!("cannot run {program}: {e}; this test needs Node.js 20 or newer with npm on PATH"));
	let text = String::from_utf8_lossy(&output.stdout);
	let errors = String::from_utf8_lossy(&output.stderr);
	assert!(
		output.status.success(),
		"{program} {}: {}\n{text}\n{errors}",
		args.join(" "),
		output.status
	);
	println!("{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn permissions_are_governed_from_polkadot_js() {
	let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("polkadot-js");
	run("node", &["--version"], &scripts, &[]);
	if !scripts.join("node_modules/@polkadot/api/package.json").is_file() {
		run("npm", &["ci", "--no-audit", "--no-fund"], &scripts, &[]);
	}
	let folder = tempfile::tempdir().unwrap();
	let wasm = folder.path().join("next.wasm");
	let next = sealane_runtime_upgraded::WASM_BINARY.expect("the build makes a wasm runtime unless it is told not to");
	std::fs::write(&wasm, next).unwrap();

	let mut network = Consortium::start(folder.path(), Plan::Five).await.unwrap();
	let url = network.institutions[0].node.rpc_url();
	let wasm = wasm.to_string_lossy().into_owned();
	let tested = tokio::task::spawn_blocking(move || {
		let environment = [("SEALANE_WS", url.as_str()), ("SEALANE_NEXT_WASM", wasm.as_str())];
		run("node", &["--test", "--test-reporter=spec"], &scripts, &environment);
	});
	tested.await.unwrap();
	network.ensure_running().unwrap();
}
