// SPDX-License-Identifier: Apache-2.0

//! What a checkpoint says.

use alloc::{format, string::String, vec::Vec};
use sealane_primitives::ids::{BlockNumber, MemberId};
use sealane_verifier::{checkpoint::CheckpointSigner, Checkpoint};
use serde::Serialize;

/// What a checkpoint says, for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CheckpointReport {
	/// Genesis hash of the chain.
	pub genesis: String,
	/// Number of the block.
	pub block: BlockNumber,
	/// Its hash.
	pub hash: String,
	/// Root of its state.
	pub state_root: String,
	/// Number of the set of validators that votes on the blocks after it.
	pub validator_set: u64,
	/// These validators.
	pub validators: Vec<String>,
	/// Who signed.
	pub signers: Vec<SignerReport>,
}

/// One member that signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SignerReport {
	/// Its number on the chain.
	pub member: MemberId,
	/// Its name.
	pub name: String,
	/// `LEI` or `统一社会信用代码`.
	pub number_kind: &'static str,
	/// Its legal number.
	pub number: String,
}

impl SignerReport {
	/// `First Bank (LEI 5493…, member 1)`.
	pub fn text(&self) -> String {
		format!(
			"{} ({} {}, member {})",
			self.name, self.number_kind, self.number, self.member
		)
	}
}

impl CheckpointReport {
	/// Of a checkpoint that verified.
	pub fn new(checkpoint: &Checkpoint) -> Self {
		let signer = |signer: &CheckpointSigner| {
			let (number_kind, number) = signer.number.parts();
			SignerReport {
				member: signer.member,
				name: signer.name.clone(),
				number_kind,
				number: number.into(),
			}
		};
		CheckpointReport {
			genesis: hex::encode(checkpoint.genesis),
			block: checkpoint.number,
			hash: hex::encode(checkpoint.hash),
			state_root: hex::encode(checkpoint.state_root),
			validator_set: checkpoint.set,
			validators: checkpoint.validators.iter().map(|(key, _)| hex::encode(key)).collect(),
			signers: checkpoint.signers.iter().map(signer).collect(),
		}
	}
}
