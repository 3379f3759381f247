// SPDX-License-Identifier: Apache-2.0

//! Courier keys that their member declared stolen: nothing counts that they signed and that is anchored from the declaration on.
//!
//! The chain is asked for each key by itself and not for those that a directory lists: a declaration counts as well where the partner has had many keys
//! since, or has no node any more.

use super::Courier;
use crate::batches::Half;
use sealane_primitives::{
	ids::{BlockNumber, NodeId},
	keys::{held, Compromise, CourierKey, NotHeld, DEFAULT_KEY_GRACE},
};
use std::collections::{BTreeMap, BTreeSet};

/// The signing keys, of those that were asked for, that were declared stolen by the newest best block.
#[derive(Default)]
pub(super) struct Stolen(BTreeMap<[u8; 32], Compromise>);

impl Stolen {
	/// Ask the chain for these signing keys.
	///
	/// # Errors
	/// A text for the log when the state cannot be read.
	pub(super) fn among(courier: &Courier, signing: impl IntoIterator<Item = [u8; 32]>) -> Result<Self, String> {
		let distinct: BTreeSet<_> = signing.into_iter().collect();
		let mut stolen = BTreeMap::new();
		for key in distinct {
			if let Some(declared) = courier.chain.compromise(&key)? {
				stolen.insert(key, declared);
			}
		}
		Ok(Stolen(stolen))
	}

	/// Whether this signing key is one of them.
	pub(super) fn has(&self, signing: &[u8; 32]) -> bool {
		self.0.contains_key(signing)
	}

	/// Whether the rule of nodes and verifiers refuses an attestation in an anchor of block `anchored` because its key was declared stolen.
	pub(super) fn voids(&self, half: &Half, anchored: BlockNumber) -> bool {
		let Some(declared) = self.0.get(&half.key) else {
			return false;
		};
		// In which blocks the key holds makes no difference here.
		let key = CourierKey {
			signing: half.key,
			sealing: [0; 32],
			valid_from: 0,
			valid_until: None,
		};
		let counts = held(&key, Some(declared), half.block, anchored, DEFAULT_KEY_GRACE);
		matches!(counts, Err(NotHeld::Compromised(_)))
	}

	/// For the log: the key of a half, and when it was declared stolen.
	pub(super) fn describe(&self, node: NodeId, half: &Half) -> String {
		let key = hex::encode(half.key);
		match self.0.get(&half.key) {
			Some(it) => format!(
				"courier key {key} of node {node} was declared stolen in block {}, since block {}",
				it.declared, it.since
			),
			None => format!("courier key {key} of node {node} has been over for too long"),
		}
	}
}
