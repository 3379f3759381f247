// SPDX-License-Identifier: Apache-2.0

//! Sets of files that a program in another language writes.

use sealane_formats::Profile;
use serde_json::Value;
use std::{path::Path, process::Command};

/// Writes a set; `None` where there is no Python.
pub fn generated(folder: &Path, layout: &str, empty: &str, parts: &str) -> Option<Value> {
	let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/generator/generate.py");
	if Command::new("python3").arg("--version").output().is_err() {
		println!("skipped: python3 is not installed (scripts/setup --tests)");
		return None;
	}
	let done = Command::new("python3")
		.arg(script)
		.arg(folder)
		.args([
			"--layout",
			layout,
			"--empty",
			empty,
			"--parts",
			parts,
			"--records",
			"300",
		])
		.output()
		.expect("python3 runs");
	assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
	let expected = std::fs::read(folder.join("expected.json")).expect("written");
	std::fs::remove_file(folder.join("expected.json")).expect("removed");
	Some(serde_json::from_slice(&expected).expect("JSON"))
}

/// A profile between the parties of the generated files.
pub fn profile(layout: &str, empty: &str) -> Profile {
	let (seller, issuer) = match layout {
		"wdep-1.0" => ("ZZ80000001", "XQ00000001"),
		_ => ("ZZ8", "XQ"),
	};
	let text = format!(
		"base = '{layout}'\n[parties]\nseller = '{seller}'\nissuer = '{issuer}'\ndistributor = 'ZZ8'\n\
		 [settings]\nempty_number = '{empty}'\n"
	);
	Profile::parse(&text).expect("a profile")
}
