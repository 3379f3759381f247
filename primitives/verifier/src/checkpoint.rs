// SPDX-License-Identifier: Apache-2.0

//! A checkpoint: what the chain was at one block, signed by members with the accounts that manage them. A check may start there instead of at
//! genesis, so that it does not rest on the keys of validators that left long ago, and passes a change of the validators by force.
//!
//! The file claims nothing that its block's state does not prove: chain, validators, and who the signers are, are read there. Who signed
//! decides nothing here. Whoever relies on a checkpoint decides whether these signers are enough.

use crate::{
	chain::{
		header::{decode_exactly, Authorities, Header},
		keys, state,
		state::State,
		trie::Partial,
		votes::Voters,
	},
	pack::{hex_text, read},
	rules::{Defect, Judge, Rule},
	verdict::{KnownBlock, LegalNumber},
};
use alloc::{
	format,
	string::{String, ToString},
	vec::Vec,
};
use codec::{Decode, Encode};
use sealane_primitives::{
	credential::wrapped_for_wallets,
	ids::{BlockNumber, Digest, MemberId},
	signature,
};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// Names format and version of a checkpoint.
pub const FORMAT: &str = "sealane-checkpoint/1";
/// Domain tag of what is signed.
pub const CHECKPOINT_TAG: &[u8] = b"sealane/1/checkpoint";
/// The context in which accounts of the chain sign with sr25519.
const SIGNING_CONTEXT: &[u8] = b"substrate";
/// Where a checkpoint has the trie nodes of its state.
const PROOF: &str = "storage_proof";

/// The file of a checkpoint. Nothing in it is verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CheckpointFile {
	/// [`FORMAT`].
	pub format: String,
	/// SCALE of the block's header: number, hash and state root follow from it.
	#[serde(with = "hex_text")]
	pub header: Vec<u8>,
	/// Who signed, in ascending order of members.
	pub signatures: Vec<MemberSignature>,
	/// Trie nodes from the block's state root to all that is read there, in the order of their bytes.
	#[serde(with = "hex_text::list")]
	pub storage_proof: Vec<Vec<u8>>,
}

/// A member's signature over [`Checkpoint::digest`], wrapped as wallets do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MemberSignature {
	/// The member.
	pub member: MemberId,
	/// The signature.
	#[serde(flatten)]
	pub by: AccountSignature,
}

/// A signature of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AccountSignature {
	/// Schnorr over Ristretto, as wallets of the chain sign.
	Sr25519(#[serde(with = "hex_text")] [u8; 64]),
	/// Strict Ed25519.
	Ed25519(#[serde(with = "hex_text")] [u8; 64]),
}

impl AccountSignature {
	/// Whether the holder of `account` made it over `message`.
	fn holds(&self, account: &[u8; 32], message: &[u8]) -> bool {
		match self {
			AccountSignature::Ed25519(bytes) => signature::verify(account, message, bytes),
			AccountSignature::Sr25519(bytes) => {
				let parsed = (
					schnorrkel::PublicKey::from_bytes(account),
					schnorrkel::Signature::from_bytes(bytes),
				);
				match parsed {
					(Ok(key), Ok(signature)) => key.verify_simple(SIGNING_CONTEXT, message, &signature).is_ok(),
					_ => false,
				}
			}
		}
	}
}

/// A checkpoint whose state bears it out and whose signatures fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
	/// Hash of the chain's genesis block.
	pub genesis: Digest,
	/// The block's number.
	pub number: BlockNumber,
	/// Its hash.
	pub hash: Digest,
	/// Root of its state.
	pub state_root: Digest,
	/// Number of the set of validators that votes on the blocks after it.
	pub set: u64,
	/// These validators and their weights.
	pub validators: Authorities,
	/// Who signed.
	pub signers: Vec<CheckpointSigner>,
}

/// A member that signed a checkpoint, as its state has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckpointSigner {
	/// Its number on the chain.
	pub member: MemberId,
	/// Its name.
	pub name: String,
	/// Its legal number.
	pub number: LegalNumber,
	/// The account that manages it.
	pub account: [u8; 32],
}

impl Checkpoint {
	/// What members sign: SHA-256 over the tag's length, the tag, and the SCALE encoding of genesis hash, number (u32), hash, state root,
	/// number of the validators' set (u64) and the validators with their weights.
	pub fn digest(&self) -> Digest {
		let contents = (
			self.genesis,
			self.number,
			self.hash,
			self.state_root,
			self.set,
			&self.validators,
		);
		let mut hash = Sha256::new();
		hash.update([CHECKPOINT_TAG.len() as u8]);
		hash.update(CHECKPOINT_TAG);
		contents.using_encoded(|bytes| hash.update(bytes));
		hash.finalize().into()
	}

	/// The bytes that an account signs: the digest as browser wallets wrap what is no transaction.
	pub fn message(&self) -> [u8; 47] {
		wrapped_for_wallets(&self.digest())
	}

	/// Its block.
	pub fn block(&self) -> KnownBlock {
		KnownBlock {
			number: self.number,
			hash: self.hash,
		}
	}
}

impl CheckpointFile {
	/// A checkpoint of this block. Of `nodes` those are kept that a check needs.
	///
	/// # Errors
	/// The nodes do not lead to what is read, or the state is not one to begin with.
	pub fn new(header: Vec<u8>, mut signatures: Vec<MemberSignature>, nodes: &[Vec<u8>]) -> Result<Self, Defect> {
		signatures.sort_by_key(|signature| signature.member);
		Self::new_with(Judge::default(), header, signatures, nodes)
	}

	/// The same by other rules, and with the signatures as they are.
	pub(crate) fn new_with(
		judge: Judge,
		header: Vec<u8>,
		signatures: Vec<MemberSignature>,
		nodes: &[Vec<u8>],
	) -> Result<Self, Defect> {
		let block = block_of(&header)?;
		let state = Partial::new(judge, PROOF, block.state_root, nodes);
		read_state(judge, &state, &block, &signatures)?;
		let storage_proof = state.needed().into_iter().map(<[u8]>::to_vec).collect();
		Ok(CheckpointFile {
			format: FORMAT.to_string(),
			header,
			signatures,
			storage_proof,
		})
	}

	/// The checkpoint of a JSON text.
	///
	/// # Errors
	/// The first rule of the file's form that is broken.
	pub fn from_json(json: &[u8]) -> Result<Self, Defect> {
		read::checkpoint::file(Judge::default(), json)
	}

	/// As JSON, indented for people.
	///
	/// # Errors
	/// Never: all of it is text and numbers.
	pub fn to_json(&self) -> Result<String, serde_json::Error> {
		serde_json::to_string_pretty(self)
	}

	/// Checks it by itself: that its state bears out what is signed, and that every signature is one of the signer's manager.
	///
	/// # Errors
	/// The first rule that is broken.
	pub fn verify(&self) -> Result<Checkpoint, Defect> {
		self.verify_with(Judge::default())
	}

	/// The same by other rules.
	pub(crate) fn verify_with(&self, judge: Judge) -> Result<Checkpoint, Defect> {
		judge.demand(Rule::CheckpointFormat, self.format == FORMAT, || {
			format!("format is {:?}, expected {FORMAT:?}", self.format)
		})?;
		let block = block_of(&self.header)?;
		let members: Vec<MemberId> = self.signatures.iter().map(|signature| signature.member).collect();
		let ascend = members.windows(2).all(|pair| pair[0] < pair[1]);
		judge.demand(Rule::CheckpointSigners, ascend && !members.is_empty(), || {
			format!("signatures are of the members {members:?}: at least one, in ascending order, each once")
		})?;
		let state = Partial::new(judge, PROOF, block.state_root, &self.storage_proof);
		let checkpoint = read_state(judge, &state, &block, &self.signatures)?;
		state.demand_minimal(&self.storage_proof)?;
		let message = checkpoint.message();
		for (signature, signer) in self.signatures.iter().zip(&checkpoint.signers) {
			let holds = signature.by.holds(&signer.account, &message);
			judge.demand(Rule::CheckpointSignature, holds, || {
				format!(
					"the signature of member {} is none of its manager {} over {}",
					signer.member,
					hex::encode(signer.account),
					hex::encode(checkpoint.digest())
				)
			})?;
		}
		Ok(checkpoint)
	}

	/// What its state says, before anybody signed.
	///
	/// # Errors
	/// It is not borne out.
	pub fn unsigned(header: &[u8], nodes: &[Vec<u8>]) -> Result<Checkpoint, Defect> {
		Self::unsigned_with(Judge::default(), header, nodes)
	}

	/// The same by other rules.
	pub(crate) fn unsigned_with(judge: Judge, header: &[u8], nodes: &[Vec<u8>]) -> Result<Checkpoint, Defect> {
		let block = block_of(header)?;
		let state = Partial::new(judge, PROOF, block.state_root, nodes);
		read_state(judge, &state, &block, &[])
	}
}

/// The keys of the state that a checkpoint signed by these members needs.
pub fn keys_of(members: &[MemberId]) -> Vec<Vec<u8>> {
	let mut all = alloc::vec![
		keys::genesis_hash(),
		keys::validators(),
		keys::validator_set(),
		keys::pending_change(),
	];
	all.extend(
		members
			.iter()
			.flat_map(|member| [keys::member(*member), keys::profile(*member)]),
	);
	all
}

fn block_of(header: &[u8]) -> Result<Header, Defect> {
	decode_exactly(header, || "header".to_string())
}

/// The first fields of `pallet_members::Member`.
#[derive(Decode)]
struct Member {
	_roles: u8,
	manager: [u8; 32],
	standing: u8,
}

/// `MemberStatus::Active`.
const ACTIVE: u8 = 0;

/// Reads what a checkpoint needs.
fn read_state(
	judge: Judge,
	state: &impl State,
	block: &Header,
	signatures: &[MemberSignature],
) -> Result<Checkpoint, Defect> {
	let missing = |what: &str| Defect::new(Rule::CheckpointState, format!("the state does not have {what}"));
	let what = "the hash of the genesis block";
	let genesis: Digest = state::whole(state, &keys::genesis_hash(), what)?.ok_or_else(|| missing(what))?;
	let what = "the validators";
	let validators: Authorities = state::whole(state, &keys::validators(), what)?.ok_or_else(|| missing(what))?;
	Voters::new(judge, &validators, "the list in the checkpoint's state")?;
	let what = "the number of the validators' set";
	let set: u64 = state::whole(state, &keys::validator_set(), what)?.ok_or_else(|| missing(what))?;
	let pending = state.get(&keys::pending_change(), "a pending change of the validators")?;
	judge.demand(Rule::CheckpointPending, pending.is_none(), || {
		format!(
			"at block {} a change of the validators is pending: take a later block",
			block.number
		)
	})?;
	let mut signers = Vec::with_capacity(signatures.len());
	for signature in signatures {
		signers.push(signer(judge, state, signature.member)?);
	}
	Ok(Checkpoint {
		genesis,
		number: block.number,
		hash: block.hash(),
		state_root: block.state_root,
		set,
		validators,
		signers,
	})
}

fn signer(judge: Judge, state: &impl State, id: MemberId) -> Result<CheckpointSigner, Defect> {
	let what = format!("member {id}");
	let unknown = || {
		Defect::new(
			Rule::CheckpointMember,
			format!("the state does not have {what} with name and number"),
		)
	};
	let member: Member = state::begun(state, &keys::member(id), &what)?.ok_or_else(unknown)?;
	judge.demand(Rule::CheckpointStanding, member.standing == ACTIVE, || {
		format!("{what} is suspended or has left")
	})?;
	let (name, number) = state::profile(state, id, &format!("name and number of {what}"))?.ok_or_else(unknown)?;
	Ok(CheckpointSigner {
		member: id,
		name,
		number,
		account: member.manager,
	})
}
