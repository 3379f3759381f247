// SPDX-License-Identifier: Apache-2.0

//! What was judged already: packs of one set share batches, final blocks and votes, and each is judged once.

use crate::{chain::finality::Followed, pack::FinalBlock, rules::Defect};
use alloc::{
	collections::{BTreeMap, BTreeSet},
	rc::Rc,
	vec::Vec,
};
use codec::Encode as _;
use core::cell::RefCell;
use sealane_primitives::ids::Digest;
use sha2::{Digest as _, Sha256};

/// What was found to hold, from one start and by one set of rules. Only what holds is kept: what does not ends the check of its pack.
#[derive(Default)]
pub(crate) struct Memo {
	finality: RefCell<BTreeMap<Digest, Rc<Followed>>>,
	signatures: RefCell<BTreeSet<Digest>>,
}

impl Memo {
	/// The final blocks as they were followed before, or as `follow` does.
	pub fn finality(
		&self,
		blocks: &[FinalBlock],
		follow: impl FnOnce() -> Result<Followed, Defect>,
	) -> Result<Rc<Followed>, Defect> {
		let mut hash = Sha256::new();
		for block in blocks {
			(&block.header, &block.justification).using_encoded(|bytes| hash.update(bytes));
		}
		let key = hash.finalize().into();
		if let Some(known) = self.finality.borrow().get(&key) {
			return Ok(known.clone());
		}
		let followed = Rc::new(follow()?);
		self.finality.borrow_mut().insert(key, followed.clone());
		Ok(followed)
	}

	/// Whether a signature holds, as it was found before or as `holds` says. `signed` names key, message and signature.
	pub fn signature(&self, signed: &[&[u8]], holds: impl FnOnce() -> bool) -> bool {
		let parts: Vec<Digest> = signed.iter().map(|part| Sha256::digest(part).into()).collect();
		let key: Digest = Sha256::digest(parts.concat()).into();
		if self.signatures.borrow().contains(&key) {
			return true;
		}
		let holds = holds();
		if holds {
			self.signatures.borrow_mut().insert(key);
		}
		holds
	}
}
