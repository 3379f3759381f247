// SPDX-License-Identifier: Apache-2.0

//! A network founded by the documented commands: four founders, each in an empty folder, and what a genesis must not begin with.

use super::running::Node;
use std::{
	net::TcpListener,
	path::{Path, PathBuf},
	process::{Command, Output, Stdio},
};

/// Unified social credit codes with their check characters.
const LEGAL_IDS: [&str; 4] = [
	"91310000MA1TEXT01W",
	"91310000MA1TEXT020",
	"91310000MA1TEXT033",
	"91310000MA1TEXT046",
];

fn command(args: &[&str]) -> Output {
	Command::new(env!("CARGO_BIN_EXE_sealane-node"))
		.args(args)
		.stdin(Stdio::null())
		.output()
		.unwrap()
}

/// Runs a command that must succeed; gives what it printed.
fn run(args: &[&str]) -> String {
	let output = command(args);
	assert!(output.status.success(), "{args:?}: {output:?}");
	String::from_utf8(output.stdout).unwrap()
}

/// Runs a command that must be refused for this reason.
fn refused(args: &[&str], why: &str) {
	let output = command(args);
	let said = String::from_utf8_lossy(&output.stderr).into_owned();
	assert!(!output.status.success() && said.contains(why), "{args:?}: {said}");
}

fn text(path: &Path) -> &str {
	path.to_str().unwrap()
}

/// One institution's place: its operator's desk with the accounts, and its node's folder.
struct Founder {
	node: PathBuf,
	file: PathBuf,
	port: u16,
}

impl Founder {
	fn new(parent: &Path, number: usize, plan: &Path) -> Self {
		let folder = parent.join(format!("founder-{number}"));
		std::fs::create_dir(&folder).unwrap();
		let (desk, node) = (folder.join("desk"), folder.join("node"));
		std::fs::create_dir(&desk).unwrap();
		let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
		let file = desk.join("founder.json");
		run(&[
			"genesis",
			"add-member",
			text(plan),
			"--name",
			&format!("Founder {number}"),
			"--legal-id",
			LEGAL_IDS[number],
			"--contact",
			"operations desk",
			"--role",
			if number < 2 { "seller" } else { "issuer" },
			"--address",
			&format!("/ip4/127.0.0.1/tcp/{port}"),
			"--base-path",
			text(&node),
			"--manager-key",
			text(&desk.join("manager.key")),
			"--seat-key",
			text(&desk.join("seat.key")),
			"--out",
			text(&file),
		]);
		Founder { node, file, port }
	}

	fn start(&self, chain: &Path) -> Node {
		let node_key = self.node.join("node-key");
		let courier_key = self.node.join("courier-key.json");
		let address = format!("/ip4/127.0.0.1/tcp/{}", self.port);
		Node::spawn_on(
			&self.node,
			&[
				"--chain",
				text(chain),
				"--validator",
				"--node-key-file",
				text(&node_key),
				"--courier-key-file",
				text(&courier_key),
				"--listen-addr",
				&address,
				"--public-addr",
				&address,
				"--allow-private-ip",
			],
		)
	}
}

#[test]
fn four_founders_begin_a_network_from_empty_folders() {
	let folder = tempfile::tempdir().unwrap();
	let plan = folder.path().join("plan.json");
	run(&[
		"genesis",
		"init",
		text(&plan),
		"--name",
		"Test network",
		"--id",
		"test_net",
	]);
	let founders: Vec<_> = (0..4)
		.map(|number| Founder::new(folder.path(), number, &plan))
		.collect();
	let files: Vec<&str> = founders.iter().map(|founder| text(&founder.file)).collect();
	let turned: Vec<&str> = files.iter().rev().copied().collect();

	// One puts it together; another, who has the files in another order, gets the same.
	let chain = folder.path().join("chain.json");
	let build = |files: &[&str], out: &Path| {
		let args = [&["genesis", "build", text(&plan)][..], files, &["--out", text(out)]].concat();
		run(&args)
	};
	let statement = build(&files, &chain);
	let verify = [
		&["genesis", "verify", text(&plan)][..],
		&turned[..],
		&["--chain", text(&chain)],
	]
	.concat();
	assert_eq!(run(&verify), statement);
	for (number, legal_id) in LEGAL_IDS.iter().enumerate() {
		assert!(
			statement.contains(&format!("Founder {number}, {legal_id}")),
			"{statement}"
		);
	}

	// No key is made twice, and no secret is in what is handed in.
	let again = founders[0].file.with_file_name("again.json");
	let seat = std::fs::read_to_string(founders[0].file.with_file_name("seat.key")).unwrap();
	assert!(!std::fs::read_to_string(&founders[0].file)
		.unwrap()
		.contains(seat.trim()));
	refused(
		&[
			"genesis",
			"add-member",
			text(&plan),
			"--name",
			"Founder 0",
			"--legal-id",
			LEGAL_IDS[0],
			"--contact",
			"operations desk",
			"--role",
			"seller",
			"--address",
			"/ip4/127.0.0.1/tcp/1",
			"--base-path",
			text(&founders[0].node),
			"--manager-key",
			text(&founders[0].file.with_file_name("manager.key")),
			"--seat-key",
			text(&founders[0].file.with_file_name("seat.key")),
			"--out",
			text(&again),
		],
		"keys are made once",
	);

	what_was_mistyped_is_told_before_a_key_is_made(folder.path(), &plan);
	what_must_not_begin_a_network_is_refused(folder.path(), &plan, &founders, &chain);

	let nodes = founders.iter().map(|founder| founder.start(&chain));
	let mut nodes: Vec<Node> = nodes.collect();
	let genesis = statement
		.lines()
		.find_map(|line| line.strip_prefix("Genesis hash  0x"))
		.unwrap();
	for (node, founder) in nodes.iter_mut().zip(&founders) {
		let api = node.api(&founder.node);
		// Registered, with its courier's keys, on this chain.
		node.until("it is ready", || {
			let answer = api.get("/readyz")?;
			answer.starts_with("HTTP/1.1 200").then_some(())
		});
		let status = api.get("/v1/status").unwrap();
		assert!(status.contains(genesis), "{status}");
		let log = founder.node.join("log");
		node.until("four finalise", || {
			let output = String::from_utf8_lossy(&std::fs::read(&log).unwrap()).into_owned();
			output
				.split("finalized #")
				.skip(1)
				.any(|rest| rest.starts_with(|digit: char| ('1'..='9').contains(&digit)))
				.then_some(())
		});
	}
}

/// Field, value and rule, in words; and no key is left that a second try would stumble over.
fn what_was_mistyped_is_told_before_a_key_is_made(folder: &Path, plan: &Path) {
	let place = folder.join("mistyped");
	std::fs::create_dir(&place).unwrap();
	let [node, manager, seat] = ["node", "manager.key", "seat.key"].map(|name| place.join(name));
	let add = |legal_id: &str, address: &str, out: &Path| {
		let args = [
			"genesis",
			"add-member",
			text(plan),
			"--name",
			"Founder 5",
			"--legal-id",
			legal_id,
			"--contact",
			"operations desk",
			"--role",
			"seller",
			"--address",
			address,
			"--base-path",
			text(&node),
			"--manager-key",
			text(&manager),
			"--seat-key",
			text(&seat),
			"--out",
			text(out),
		];
		let output = command(&args);
		let said = String::from_utf8_lossy(&output.stderr).into_owned();
		assert!(!output.status.success(), "{args:?}");
		assert!(!said.contains("Input(") && !said.contains("backtrace"), "{said}");
		assert_eq!(std::fs::read_dir(&place).unwrap().count(), 0, "{args:?}: {said}");
		said
	};
	let out = place.join("founder.json");
	let address = "/ip4/127.0.0.1/tcp/1";
	let said = add("91310000MA1TEXT02W", address, &out);
	for word in ["legal_id", "91310000MA1TEXT02W", "check characters"] {
		assert!(said.contains(word), "{said}");
	}
	assert!(add(LEGAL_IDS[0], "node.example:30333", &out).contains("addresses"));
	// What fails last: there is no such folder for the file that is handed in.
	assert!(add(LEGAL_IDS[0], address, &place.join("nowhere/founder.json")).contains("nowhere"));
}

fn what_must_not_begin_a_network_is_refused(folder: &Path, plan: &Path, founders: &[Founder], chain: &Path) {
	let files: Vec<&str> = founders.iter().map(|founder| text(&founder.file)).collect();
	let out = folder.join("refused.json");
	let refused_build = |files: &[&str], why: &str| {
		let args = [&["genesis", "build", text(plan)][..], files, &["--out", text(&out)]].concat();
		refused(&args, why);
	};
	refused_build(&files[..3], "3 founders");
	refused_build(&[files[0], files[1], files[2], files[2]], "Founder 2");

	let handed_in = std::fs::read_to_string(files[3]).unwrap();
	let changed = folder.join("changed.json");
	let with = |change: &dyn Fn(&mut serde_json::Value)| {
		let mut file: serde_json::Value = serde_json::from_str(&handed_in).unwrap();
		change(&mut file);
		std::fs::write(&changed, file.to_string()).unwrap();
	};
	let others = [files[0], files[1], files[2], text(&changed)];
	with(&|file| file["founder"]["contact"] = "somebody else".into());
	refused_build(&others, "does not hold");
	with(&|file| {
		file["proofs"].as_object_mut().unwrap().remove("seat");
	});
	refused_build(&others, "no signature by the seat key");
	let alice = sp_keyring::Sr25519Keyring::Alice.to_raw_public();
	with(&|file| file["founder"]["keys"]["seat"] = format!("0x{}", hex::encode(alice)).into());
	refused_build(&others, "development key");
	assert!(!out.exists());

	// A chain specification that is not what the files give.
	let mut spec: serde_json::Value = serde_json::from_slice(&std::fs::read(chain).unwrap()).unwrap();
	spec["bootNodes"] = serde_json::json!([]);
	std::fs::write(&changed, spec.to_string()).unwrap();
	let verify = [
		&["genesis", "verify", text(plan)][..],
		&files[..],
		&["--chain", text(&changed)],
	]
	.concat();
	refused(&verify, "not what these files give");
}

#[test]
fn a_chain_is_named_and_development_keys_stay_in_development() {
	let folder = tempfile::tempdir().unwrap();
	refused(&["--base-path", text(folder.path())], "--chain is missing");
	let local = run(&["export-chain-spec", "--chain", "local"]);
	let mut spec: serde_json::Value = serde_json::from_str(&local).unwrap();
	spec["chainType"] = "Live".into();
	let file = folder.path().join("chain.json");
	std::fs::write(&file, spec.to_string()).unwrap();
	refused(
		&["--chain", text(&file), "--base-path", text(folder.path())],
		"development key",
	);
}
