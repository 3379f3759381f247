// SPDX-License-Identifier: Apache-2.0

//! What happened in a run: a digest of everything, and the text of it where somebody wants to read it.

use parking_lot::Mutex;
use sealane_courier::protocol::{Answer, EnvelopeHead};
use sealane_primitives::ids::{Digest, NodeId};
use sha2::Digest as _;
use std::{fmt, sync::Arc};

struct State {
	hash: sha2::Sha256,
	text: Option<Vec<String>>,
	now: u64,
}

/// The trace of a run; clones are the same one.
#[derive(Clone)]
pub struct Trace(Arc<Mutex<State>>);

impl Trace {
	/// An empty trace that keeps its text if `keep`.
	pub fn new(keep: bool) -> Self {
		let state = State {
			hash: sha2::Sha256::new(),
			text: keep.then(Vec::new),
			now: 0,
		};
		Trace(Arc::new(Mutex::new(state)))
	}

	/// The clock moved.
	pub fn at(&self, now: u64) {
		self.0.lock().now = now;
	}

	/// Something happened.
	pub fn note(&self, what: fmt::Arguments<'_>) {
		let mut state = self.0.lock();
		let line = format!("{:>9} {what}", state.now);
		state.hash.update(line.as_bytes());
		if let Some(text) = &mut state.text {
			text.push(line);
		}
	}

	/// A step of the scheduler: part of the digest, too many for the text.
	pub fn step(&self, who: u64, name: &str) {
		let mut state = self.0.lock();
		let now = state.now;
		state.hash.update(now.to_le_bytes());
		state.hash.update(who.to_le_bytes());
		state.hash.update(name.as_bytes());
	}

	/// Bytes went over the network.
	pub fn bytes(&self, from: NodeId, to: NodeId, what: &str, bytes: &[u8]) {
		self.0.lock().hash.update(bytes);
		let described = match EnvelopeHead::parse(bytes) {
			Ok(head) if what == "request" && head.count == 0 => {
				format!("lane {} asks from packet {}", head.lane, head.first_sequence)
			}
			Ok(head) if what == "request" => {
				format!(
					"lane {} packets {}..={}",
					head.lane,
					head.first_sequence,
					head.last_sequence()
				)
			}
			_ => match Answer::parse(bytes) {
				Ok(Answer::Stored(receipt)) => {
					format!(
						"stored {}..={}",
						receipt.what.first_sequence, receipt.what.last_sequence
					)
				}
				Ok(Answer::Refused(refused)) => format!("refused {}", refused.what.reason.code()),
				Ok(Answer::Expected { sequence }) => format!("expected {sequence}"),
				Ok(Answer::Busy { retry_after_ms }) => format!("busy {retry_after_ms}"),
				Ok(Answer::Returned { packets, envelope }) => {
					format!("returned {} bytes of {packets} packets", envelope.len())
				}
				Err(_) => format!("{} bytes", bytes.len()),
			},
		};
		self.note(format_args!("{from} to {to}: {what}: {described}"));
	}

	/// Adds bytes to the digest.
	pub fn fold(&self, bytes: &[u8]) {
		self.0.lock().hash.update(bytes);
	}

	/// The digest of all so far.
	pub fn digest(&self) -> Digest {
		self.0.lock().hash.clone().finalize().into()
	}

	/// The text so far.
	pub fn text(&self) -> Vec<String> {
		self.0.lock().text.clone().unwrap_or_default()
	}
}
