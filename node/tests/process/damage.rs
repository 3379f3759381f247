// SPDX-License-Identifier: Apache-2.0

//! A damaged log: the chain goes on, the node names file and offset, and takes no orders until it is told to give up what is lost.

use super::running::Node;
use codec::Encode;
use sealane_courier::{
	records::{kind, ReceiptsSettled},
	store::{Opened, Options, Plain, RecordBuf},
};
use std::path::Path;

/// A log of three records, closed in order. Gives the positions of the records.
fn make_log(folder: &Path) -> Vec<u64> {
	let (opened, _) = Opened::open(Options::new(folder), |_| {}).unwrap();
	let log = opened.start(Plain).unwrap();
	(0..3)
		.flat_map(|block| {
			let settled = ReceiptsSettled {
				at: 1,
				block,
				commitments: vec![[block as u8; 32]],
			};
			log.append_blocking(vec![RecordBuf::new(kind::RECEIPTS_SETTLED, settled.encode())])
				.unwrap()
		})
		.collect()
}

fn records(folder: &Path) -> (usize, u64, bool) {
	let mut count = 0;
	let (_, recovery) = Opened::open(Options::new(folder), |_| count += 1).unwrap();
	let lost = recovery.salvaged.iter().map(|range| range.end - range.start).sum();
	(count, lost, recovery.was_closed)
}

#[test]
fn a_damaged_record_stops_no_chain_and_is_given_up_only_when_asked_to() {
	let folder = tempfile::tempdir().unwrap();
	let log = folder.path().join("courier/log");
	let positions = make_log(&log);
	let file = log.join("log/00000000000000000000.seg");
	let mut bytes = std::fs::read(&file).unwrap();
	// The first segment begins at position 0, so positions are offsets; the payload begins behind 9 bytes.
	bytes[positions[1] as usize + 12] ^= 1;
	std::fs::write(&file, bytes).unwrap();

	// The development chain's author, alone. A node that is an authority makes no key for the network unasked.
	let author = ["--alice", "--force-authoring", "--unsafe-force-node-key-generation"];
	let (mut damaged, api) = Node::start(folder.path(), &author);
	let named = format!("{} is damaged at offset {}", file.display(), positions[1]);
	damaged.until_printed(&named);
	damaged.until_printed("--salvage-log");
	// Blocks are made and become final all the same.
	damaged.until_printed("finalized #1");
	for path in ["/readyz", "/v1/status", "/v1/orders/A"] {
		let answer = api.get(path).expect("the API answers");
		assert!(answer.starts_with("HTTP/1.1 503"), "{path}: {answer}");
		assert!(
			answer.contains("could not start") && answer.contains(&named),
			"{path}: {answer}"
		);
	}
	assert!(api
		.get("/healthz")
		.expect("the API answers")
		.starts_with("HTTP/1.1 200"));
	damaged.signal("TERM");
	assert!(damaged.ended().success(), "{}", damaged.output());

	let (mut salvaged, api) = Node::start(folder.path(), &["--salvage-log"]);
	// The node prints through a buffer: what it has said is not in the file yet.
	salvaged.until_printed(&format!(
		"from offset {} on (position {}) are given up",
		positions[1], positions[1]
	));
	assert!(api.get("/v1/status").unwrap().starts_with("HTTP/1.1 200"));
	salvaged.signal("TERM");
	assert!(salvaged.ended().success());
	let (count, lost, was_closed) = records(&log);
	assert_eq!((count, was_closed), (2, true), "the other two records are kept");
	assert!(lost > 0 && lost < 200, "{lost} bytes were given up");

	// Remembered: no flag is needed any more, and the log says what it does without.
	let (mut again, api) = Node::start(folder.path(), &[]);
	assert!(api.get("/v1/status").unwrap().starts_with("HTTP/1.1 200"));
	again.until_printed(&format!(
		"The log does without the {lost} bytes from position {}",
		positions[1]
	));
	again.signal("TERM");
	assert!(again.ended().success());
}
