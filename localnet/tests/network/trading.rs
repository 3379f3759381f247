// SPDX-License-Identifier: Apache-2.0

//! The whole path of the mission over real nodes and terminals: every figure adds up.

use std::process::Command;

/// The demo with few orders: its own checks compare every figure with the input, and it ends with an error where one is off.
#[test]
fn the_whole_path_adds_up() {
	let folder = tempfile::tempdir().unwrap();
	let output = Command::new(env!("CARGO_BIN_EXE_sealane-localnet"))
		.args(["demo", "--json", "--orders", "600", "--dir"])
		.arg(folder.path())
		.output()
		.unwrap();
	let log = String::from_utf8_lossy(&output.stderr);
	assert!(
		output.status.success(),
		"{log}\n{}",
		String::from_utf8_lossy(&output.stdout)
	);
	let stdout = String::from_utf8(output.stdout).unwrap();
	let lines: Vec<&str> = stdout.lines().collect();
	assert_eq!(lines.len(), 1, "nothing but the figures on stdout: {stdout}");
	let f: serde_json::Value = serde_json::from_str(lines[0]).unwrap();
	let n = |name: &str| f[name].as_u64().unwrap_or_else(|| panic!("{name} in {f}"));
	assert_eq!(n("orders_read"), 600);
	assert_eq!(
		n("orders_read"),
		n("malformed") + n("duplicates") + n("unqualified") + n("submitted")
	);
	assert_eq!(n("submitted"), n("confirmed") + n("rejected"));
	assert_eq!(n("submitted"), n("records"));
	assert_eq!(n("submitted"), n("anchored"));
	assert!(
		n("malformed") > 0 && n("duplicates") > 0 && n("unqualified") > 0 && n("rejected") > 0,
		"{f}"
	);
	assert!(n("packets") > 0 && n("packets") < n("submitted"), "{f}");
	assert_eq!(f["evidence_verified"], true);
	assert_eq!(f["refused_without_grant"], true);
	assert_eq!(n("leaked_payload_bytes"), 0);
	// Every row that the demo shows is named in its output.
	for row in [
		1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
	] {
		assert!(log.contains(&format!("M{row} ")), "row M{row} is not shown:\n{log}");
	}
}
