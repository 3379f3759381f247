// SPDX-License-Identifier: Apache-2.0

//! What scripts go by: exit codes, and with `--json` results on stdout and errors on stderr, each as JSON.

#![allow(clippy::unwrap_used)]

use serde_json::Value;
use std::{
	path::{Path, PathBuf},
	process::Command,
};

/// What a command ended with: exit code, what it printed on stdout, its error.
fn sealane(arguments: &[&str]) -> (i32, String, Value) {
	let output = Command::new(env!("CARGO_BIN_EXE_sealane"))
		.arg("--json")
		.args(arguments)
		.output()
		.unwrap();
	let error = match &output.stderr[..] {
		b"" => Value::Null,
		bytes => serde_json::from_slice(bytes).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(bytes))),
	};
	(
		output.status.code().unwrap(),
		String::from_utf8(output.stdout).unwrap(),
		error,
	)
}

/// Checks that a command prints nothing and fails in this way.
fn fails(arguments: &[&str], exit_code: i32, code: &str, told: &str) {
	let (ended, printed, error) = sealane(arguments);
	assert_eq!((ended, printed.as_str()), (exit_code, ""), "{arguments:?}: {error}");
	assert_eq!(error["code"], code, "{arguments:?}: {error}");
	assert_eq!(error["exit_code"], exit_code, "{arguments:?}");
	assert!(
		error["error"].as_str().unwrap().contains(told),
		"{arguments:?}: {error}"
	);
}

fn evidence(file: &str) -> PathBuf {
	Path::new(env!("CARGO_MANIFEST_DIR"))
		.join("../docs/evidence")
		.join(file)
}

#[test]
fn errors_are_told_on_stderr_with_code_and_exit_code() {
	fails(&["evidence", "verify", "/no/such/file"], 4, "file", "/no/such/file");
	fails(&["status", "--node", "http://127.0.0.1:1"], 3, "invalid", "token");
	fails(
		&["council", "list", "--rpc", "ws://127.0.0.1:1"],
		6,
		"chain",
		"127.0.0.1:1",
	);
}

#[test]
fn a_wrong_command_line_is_told_as_json_too() {
	fails(&["status", "--no-such-option"], 2, "usage", "--no-such-option");
	fails(&["evidence"], 2, "usage", "Usage: sealane evidence");
	// Who asks for help is no script.
	let output = Command::new(env!("CARGO_BIN_EXE_sealane"))
		.args(["--json", "evidence", "--help"])
		.output()
		.unwrap();
	assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0));
	assert!(String::from_utf8(output.stdout)
		.unwrap()
		.contains("Usage: sealane evidence"));
}

#[test]
fn nothing_travels_in_the_clear_to_other_machines() {
	for url in [
		"ws://chain.example:9944",
		"ws://localhost.example:9944",
		"ws://localhost:9944@chain.example",
		"ws://127.0.0.1:x@chain.example",
		"ws://[::1]@chain.example",
		"ws:\\\\localhost@chain.example",
		"http://127.0.0.1:9944",
	] {
		fails(&["council", "list", "--rpc", url], 3, "invalid", "wss://");
	}
	let folder = tempfile::tempdir().unwrap();
	let token = folder.path().join("token");
	std::fs::write(&token, "0123456789abcdef0123456789abcdef").unwrap();
	std::fs::set_permissions(&token, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
	let token = token.to_str().unwrap();
	fails(
		&["status", "--node", "http://bank.example:9955", "--token-file", token],
		3,
		"invalid",
		"https",
	);
}

#[test]
fn evidence_that_nothing_was_compared_with_is_not_verified() {
	let pack = evidence("offline.json");
	let verify = ["evidence", "verify", pack.to_str().unwrap()];
	let (code, printed, error) = sealane(&verify);
	assert_eq!((code, &error["code"]), (10, &"by_itself_only".into()), "{error}");
	let printed: Value = serde_json::from_str(&printed).unwrap();
	assert_eq!(printed["verdict"], "by_itself_only");
	let chain = evidence("chain-spec.json");
	let (code, printed, error) = sealane(&[&verify[..], &["--chain", chain.to_str().unwrap()]].concat());
	let printed: Value = serde_json::from_str(&printed).unwrap();
	assert_eq!((code, error, &printed["verdict"]), (0, Value::Null, &"verified".into()));
}
