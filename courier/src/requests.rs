// SPDX-License-Identifier: Apache-2.0

//! Requests with an idempotency key: which were answered, and where in the log the answer stands.
//!
//! A key is bound to who used it and for what (its scope), so two systems that count their requests from 1 never meet. It is remembered
//! for a time, or until [`MAX_REQUESTS`] later ones came: 64 bytes each, and nothing of the report. A key that is forgotten is
//! harmless, as the orders themselves are known: the same bytes are `repeated`.

use crate::{api::IdempotencyKey, records::Idempotency};
use hashbrown::HashMap;
use sealane_primitives::ids::{Digest, Moment};
use sha2::Digest as _;
use std::collections::VecDeque;

/// Most requests that are remembered.
pub const MAX_REQUESTS: usize = 1_000_000;

/// A key with its scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KeyId(pub [u8; 16]);

impl KeyId {
	/// The id of a key in its scope.
	pub fn of(key: &IdempotencyKey) -> Self {
		let mut hash = sha2::Sha256::new();
		hash.update(key.scope);
		hash.update(key.key.as_bytes());
		let digest: Digest = hash.finalize().into();
		let mut id = [0; 16];
		id.copy_from_slice(&digest[..16]);
		KeyId(id)
	}
}

/// What is known of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answered {
	/// The first half of the digest of its body.
	digest: [u8; 16],
	/// Where its record is.
	pub position: u64,
}

impl Answered {
	/// Whether the request had this body.
	pub fn is(&self, digest: &Digest) -> bool {
		self.digest == digest[..16]
	}
}

/// The requests that were answered.
#[derive(Debug, Default)]
pub struct Requests {
	by_key: HashMap<KeyId, Answered>,
	order: VecDeque<(Moment, KeyId)>,
}

impl Requests {
	/// The request with a key.
	pub fn get(&self, key: &IdempotencyKey) -> Option<Answered> {
		self.by_key.get(&KeyId::of(key)).copied()
	}

	/// A request was answered by the record at `position`.
	pub fn answered(&mut self, position: u64, it: &Idempotency) {
		self.add(position, it, MAX_REQUESTS);
	}

	fn add(&mut self, position: u64, it: &Idempotency, most: usize) {
		let mut digest = [0; 16];
		digest.copy_from_slice(&it.body_digest[..16]);
		let key = KeyId(it.key);
		// A key is answered again only when it was forgotten.
		if self.by_key.insert(key, Answered { digest, position }).is_none() {
			self.order.push_back((it.at, key));
		}
		while self.order.len() > most {
			self.forget_oldest();
		}
	}

	/// Forget what was answered before a moment.
	pub fn forget_before(&mut self, before: Moment) {
		while self.order.front().is_some_and(|(at, _)| *at < before) {
			self.forget_oldest();
		}
	}

	/// How many are known.
	pub fn len(&self) -> usize {
		self.by_key.len()
	}

	/// Whether none is known.
	pub fn is_empty(&self) -> bool {
		self.by_key.is_empty()
	}

	fn forget_oldest(&mut self) {
		if let Some((_, key)) = self.order.pop_front() {
			self.by_key.remove(&key);
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::records::Report;

	fn key(key: &str, scope: u8) -> IdempotencyKey {
		IdempotencyKey {
			key: key.into(),
			scope: [scope; 32],
			body_digest: [7; 32],
		}
	}

	fn answered(key: &IdempotencyKey, at: Moment) -> Idempotency {
		Idempotency {
			at,
			key: KeyId::of(key).0,
			body_digest: key.body_digest,
			report: Report::default(),
		}
	}

	#[test]
	fn scopes_do_not_meet() {
		let mut requests = Requests::default();
		requests.answered(64, &answered(&key("1", 1), 0));
		assert!(requests
			.get(&key("1", 1))
			.is_some_and(|it| it.position == 64 && it.is(&[7; 32])));
		assert!(requests.get(&key("1", 1)).is_some_and(|it| !it.is(&[8; 32])));
		assert_eq!(requests.get(&key("1", 2)), None);
	}

	#[test]
	fn boundary_of_time_and_number() {
		let mut requests = Requests::default();
		for at in 0..10 {
			requests.add(at, &answered(&key(&at.to_string(), 0), at), 8);
		}
		assert_eq!((requests.len(), requests.get(&key("1", 0))), (8, None));
		requests.forget_before(9);
		assert_eq!((requests.len(), requests.get(&key("8", 0))), (1, None));
		assert!(requests.get(&key("9", 0)).is_some());
	}
}
