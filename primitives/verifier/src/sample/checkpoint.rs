// SPDX-License-Identifier: Apache-2.0

//! Checkpoints of the sample chain: who manages its members, and their signatures.

use super::{authorities, courier, profile, set, Plan, Sample, ISSUER, SELLER};
use crate::{
	chain::keys,
	checkpoint::{keys_of, AccountSignature, Checkpoint, CheckpointFile, MemberSignature},
	rules::Judge,
	Genesis,
};
use codec::Encode;
use ed25519_dalek::Signer as _;
use rand::{rngs::StdRng, SeedableRng as _};
use sealane_primitives::ids::{BlockNumber, MemberId};

/// The block of the sample's checkpoint: the first with the validators of set 1.
pub const CHECKPOINT: BlockNumber = 4;
/// A member that is suspended.
pub const SUSPENDED: MemberId = 8;

/// A member's entry: roles, manager, standing, block of admission.
pub fn member_entry(manager: [u8; 32], suspended_since: Option<BlockNumber>) -> Vec<u8> {
	let standing = match suspended_since {
		Some(block) => (1u8, block).encode(),
		None => vec![0],
	};
	[vec![3], manager.to_vec(), standing, 1u32.encode()].concat()
}

/// The sr25519 account of a trivial seed.
fn wallet(seed: u8) -> schnorrkel::Keypair {
	let secret = schnorrkel::MiniSecretKey::from_bytes(&[seed; 32]).expect("32 bytes");
	secret.expand_to_keypair(schnorrkel::ExpansionMode::Ed25519)
}

/// The account that manages a member. The seller's is an Ed25519 key.
pub fn manager(member: MemberId) -> [u8; 32] {
	match member {
		SELLER => courier(0x20 + member as u8).verifying_key().to_bytes(),
		other => wallet(0x20 + other as u8).public.to_bytes(),
	}
}

/// What the state has for checkpoints.
pub fn entries(genesis: &Genesis) -> Vec<(Vec<u8>, Vec<u8>)> {
	vec![
		(keys::genesis_hash(), genesis.hash.to_vec()),
		(keys::validators(), authorities(set(1)).encode()),
		(keys::validator_set(), 1u64.encode()),
		(keys::member(ISSUER), member_entry(manager(ISSUER), None)),
		(keys::member(SELLER), member_entry(manager(SELLER), None)),
		(keys::member(SUSPENDED), member_entry(manager(SUSPENDED), Some(3))),
		(
			keys::profile(SUSPENDED),
			profile("Suspended Bank", 0, "5493001KJTIIGC8Y1R20"),
		),
	]
}

/// A signature of a member's manager.
pub fn signed(member: MemberId, message: &[u8]) -> MemberSignature {
	let by = match member {
		SELLER => AccountSignature::Ed25519(courier(0x20 + member as u8).sign(message).to_bytes()),
		other => {
			let transcript = schnorrkel::signing_context(b"substrate").bytes(message);
			// The same numbers each time, so that the documents are.
			let random = schnorrkel::context::attach_rng(transcript, StdRng::seed_from_u64(member.into()));
			AccountSignature::Sr25519(wallet(0x20 + other as u8).sign(random).to_bytes())
		}
	};
	MemberSignature { member, by }
}

impl Sample {
	/// A checkpoint of a block that these members signed, be it without the rule that it breaks; with all nodes where even then it is none.
	pub fn checkpoint(&self, number: BlockNumber, members: &[MemberId]) -> CheckpointFile {
		self.checkpoint_signed(number, members, |checkpoint| {
			let message = checkpoint.message();
			members.iter().map(|member| signed(*member, &message)).collect()
		})
	}

	/// The same with these signatures.
	pub fn checkpoint_signed(
		&self,
		number: BlockNumber,
		members: &[MemberId],
		sign: impl FnOnce(&Checkpoint) -> Vec<MemberSignature>,
	) -> CheckpointFile {
		let header = self.header(number).encode();
		let nodes = self.prove(&keys_of(members));
		let mut judge = Judge::default();
		let mut read = CheckpointFile::unsigned_with(judge, &header, &nodes);
		if let Err(defect) = &read {
			judge = Judge::without(defect.rule);
			read = CheckpointFile::unsigned_with(judge, &header, &nodes);
		}
		// What no checkpoint can be read from cannot be signed either.
		let unread = |_| members.iter().map(|member| signed(*member, b"")).collect();
		let signatures = read.map_or_else(unread, |checkpoint| sign(&checkpoint));
		let mut made = CheckpointFile::new_with(judge, header.clone(), signatures.clone(), &nodes);
		if let Err(defect) = &made {
			let judge = Judge::without(defect.rule);
			made = CheckpointFile::new_with(judge, header.clone(), signatures.clone(), &nodes);
		}
		made.unwrap_or(CheckpointFile {
			format: crate::checkpoint::FORMAT.into(),
			header,
			signatures,
			storage_proof: nodes,
		})
	}

	/// The sample's own.
	pub fn whole_checkpoint(&self) -> CheckpointFile {
		self.checkpoint(CHECKPOINT, &[SELLER, ISSUER])
	}
}

/// A chain whose validators are changed by force in block 9, to those of set 2.
pub fn forced() -> Sample {
	use crate::chain::header::{Change, GrandpaItem};
	Sample::with(|plan: &mut Plan| {
		let change = Change {
			next: authorities(set(2)),
			delay: 0,
		};
		plan.digests[9][1] = super::grandpa(&GrandpaItem::Forced(8, change));
		plan.state = vec![
			(keys::validators(), Some(authorities(set(2)).encode())),
			(keys::validator_set(), Some(2u64.encode())),
		];
	})
}
