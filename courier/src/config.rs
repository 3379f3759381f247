// SPDX-License-Identifier: Apache-2.0

//! Settings of the courier.

use std::path::PathBuf;

/// Settings of the courier of one node.
#[derive(Clone, Debug)]
pub struct Config {
	/// Folder of the log and its index.
	pub folder: PathBuf,
	/// File with the courier keys (mode 600); made with a new pair where there is none.
	pub key_file: PathBuf,
	/// Most lines of one submission.
	pub max_lines: u32,
	/// Most bytes of one submission.
	pub max_submission_bytes: u32,
	/// Longest wait for room in the queue to the disk, in milliseconds; then the caller learns that the node is busy.
	pub max_queue_wait_ms: u64,
	/// Most bytes that wait for the disk.
	pub queue_bytes: usize,
	/// Most bytes of packets kept in memory for matching and leaves.
	pub cache_bytes: usize,
	/// Envelopes that are opened and checked at the same time, over all lanes.
	pub max_inbound: usize,
	/// What one partner may send in a minute, in KiB. Each request counts 8 KiB more than it has, one that is refused 128 KiB.
	pub max_inbound_kib_per_minute: u32,
	/// What this node rejects itself of one partner's packets and stores all the same, with what it says to it, in KiB per minute.
	pub max_rejected_kib_per_minute: u32,
	/// Receipts that are given again on one lane in a minute.
	pub max_repeats_per_minute: u32,
	/// Longest time until a partner's answer to an envelope, in milliseconds, whatever the network service makes of it: it bounds
	/// requests itself, but forgets some that it was given while a connection went down.
	pub request_patience_ms: u64,
	/// Longest time an envelope waits for those before it, in milliseconds. Shorter than its sender's patience, so that the sender is told what is
	/// missing before it gives up.
	pub park_ms: u64,
	/// Longest wait of an off-chain worker for the anchor that it had cut, in milliseconds; short against a block.
	pub anchor_patience_ms: u64,
	/// Largest difference between a packet's time and this node's clock that is not reported, in milliseconds.
	pub clock_tolerance_ms: u64,
	/// How long an idempotency key is remembered, in milliseconds.
	pub idempotency_ms: u64,
	/// Offset from UTC of the clock that tells the business date, in minutes; 480 is UTC+8.
	pub business_day_offset_minutes: i32,
	/// Seal with AES-256-GCM instead of ChaCha20-Poly1305. Partners open both.
	pub prefer_aes: bool,
	/// Write zeros to the next segment of the log ahead of time. Makes each commit shorter (by a third of its `fdatasync`) and costs
	/// CPU: every byte is written twice. For nodes where single orders must be fast and the load is small.
	pub prepare_segments: bool,
	/// After how many milliseconds without anything to store the log marks its last records as durable; `None`: when it is closed. Costs one
	/// commit each time.
	pub mark_after_ms: Option<u64>,
	/// Open a log whose records are damaged, and give those up for good, instead of refusing to start.
	pub salvage: bool,
	/// This store takes the place of another of its node, as after a restore from a copy: see [`crate::stores`].
	pub take_over: bool,
	/// The sender skips its own authorisation, so that a partner's node can be shown to refuse. **Only for conformance tests of
	/// partners' nodes**: what is sent this way is refused by every node that does its duty, and the status says that it is on.
	pub unchecked_sender: bool,
}

impl Config {
	/// The defaults for a node whose files are in `folder`.
	pub fn new(folder: impl Into<PathBuf>) -> Self {
		let folder = folder.into();
		Config {
			key_file: folder.join("courier-keys.json"),
			folder: folder.join("log"),
			max_lines: 100_000,
			max_submission_bytes: 16 * 1024 * 1024,
			max_queue_wait_ms: 2_000,
			queue_bytes: 64 * 1024 * 1024,
			cache_bytes: 64 * 1024 * 1024,
			max_inbound: 32,
			// 1,048,576 requests of a single order, or 140 MB a second.
			max_inbound_kib_per_minute: 8 * 1024 * 1024,
			max_rejected_kib_per_minute: 256 * 1024,
			max_repeats_per_minute: 600,
			// The network's own limit, and time to dial.
			request_patience_ms: 25_000,
			park_ms: 8_000,
			anchor_patience_ms: 200,
			clock_tolerance_ms: 5 * 60_000,
			idempotency_ms: 24 * 3_600_000,
			business_day_offset_minutes: 480,
			prefer_aes: true,
			prepare_segments: false,
			mark_after_ms: Some(1_000),
			salvage: false,
			take_over: false,
			unchecked_sender: false,
		}
	}
}
