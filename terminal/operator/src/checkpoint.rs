// SPDX-License-Identifier: Apache-2.0

//! Makes checkpoints: a member signs what its own node says of a final block, and the signatures of several are put into one file.

use crate::{
	chain::{ChainClient, ChainError},
	error::{Error, Result},
};
use codec::{Decode, Encode};
pub use sealane_evidence_report::{CheckpointReport, SignerReport};
use sealane_primitives::ids::{BlockNumber, Digest};
use sealane_verifier::{
	chain::{header::DigestItem, Header},
	checkpoint::{keys_of, AccountSignature, MemberSignature},
	CheckpointFile,
};
use serde::Deserialize;
use subxt::rpcs::rpc_params;
use subxt_signer::sr25519::Keypair;

/// Signs what `chain` says of a final block, the newest unless told, as the member that `key` manages.
///
/// # Errors
/// The block is not final, its state is not there any more, the account manages no member, or a change of the validators is pending.
pub async fn sign(chain: &ChainClient, block: Option<BlockNumber>, key: &Keypair) -> Result<CheckpointFile> {
	let (newest, _) = chain.final_block().await?;
	let number = block.unwrap_or(newest);
	if number > newest {
		return Err(Error::invalid(
			"block",
			number.to_string(),
			format!("at most {newest}, the newest final block of {}", chain.url()),
		));
	}
	let hash = chain.block_hash(number).await?.ok_or_else(|| Error::NotFound {
		what: "block",
		name: number.to_string(),
	})?;
	let header = header(chain, &hash).await?;
	let member = chain.member_of(&key.public_key().0).await?;
	let nodes = proof(chain, &keys_of(&[member]), &hash).await?;
	let refused = |defect: sealane_verifier::Defect| Error::NotVerified(format!("block {number}: {defect}"));
	let checkpoint = CheckpointFile::unsigned(&header, &nodes).map_err(refused)?;
	if checkpoint.genesis != chain.genesis() {
		return Err(ChainError::Mismatch(format!(
			"{} names the genesis block {}, its state {}",
			chain.url(),
			hex::encode(chain.genesis()),
			hex::encode(checkpoint.genesis)
		))
		.into());
	}
	let by = AccountSignature::Sr25519(key.sign(&checkpoint.message()).0);
	let file = CheckpointFile::new(header, vec![MemberSignature { member, by }], &nodes).map_err(refused)?;
	// As whoever gets it will check it: the account must have managed the member at that block already.
	file.verify().map_err(refused)?;
	Ok(file)
}

/// One checkpoint with the signatures of all these.
///
/// # Errors
/// One does not verify, they are of different blocks, or there is none.
pub fn collect(files: &[CheckpointFile]) -> Result<CheckpointFile> {
	let first = files
		.first()
		.ok_or_else(|| Error::invalid("file", "", "at least one checkpoint"))?;
	let (mut signatures, mut nodes) = (Vec::<MemberSignature>::new(), Vec::new());
	for file in files {
		let checkpoint = file.verify().map_err(|defect| Error::NotVerified(defect.to_string()))?;
		if file.header != first.header {
			return Err(Error::NotVerified(format!(
				"the checkpoints are of different blocks: block {} with hash {} is another than the first one's",
				checkpoint.number,
				hex::encode(checkpoint.hash)
			)));
		}
		for signature in &file.signatures {
			if signatures.iter().all(|known| known.member != signature.member) {
				signatures.push(signature.clone());
			}
		}
		nodes.extend(file.storage_proof.iter().cloned());
	}
	CheckpointFile::new(first.header.clone(), signatures, &nodes)
		.map_err(|defect| Error::NotVerified(defect.to_string()))
}

/// SCALE of the header of a block. The hash decides: what the node says otherwise does not pass.
async fn header(chain: &ChainClient, hash: &Digest) -> Result<Vec<u8>> {
	/// As `chain_getHeader` gives it.
	#[derive(Deserialize)]
	#[serde(rename_all = "camelCase")]
	struct Text {
		parent_hash: String,
		number: String,
		state_root: String,
		extrinsics_root: String,
		digest: DigestText,
	}
	#[derive(Deserialize)]
	struct DigestText {
		logs: Vec<String>,
	}
	let mismatch = |why: String| ChainError::Mismatch(format!("chain_getHeader: {why}"));
	let text: Option<Text> = chain.request("chain_getHeader", rpc_params![hex_text(hash)]).await?;
	let text = text.ok_or_else(|| mismatch(format!("block {} is not there", hex::encode(hash))))?;
	let bytes = |text: &str| hex::decode(text.trim_start_matches("0x")).map_err(|e| mismatch(e.to_string()));
	let digest = |text: &str| Digest::try_from(bytes(text)?).map_err(|_| mismatch(format!("{text:?} is no hash")));
	let item = |text: &String| {
		DigestItem::decode(&mut &bytes(text)?[..]).map_err(|e| mismatch(format!("digest item {text:?}: {e}")))
	};
	let header = Header {
		parent_hash: digest(&text.parent_hash)?,
		number: u32::from_str_radix(text.number.trim_start_matches("0x"), 16)
			.map_err(|e| mismatch(format!("number {:?}: {e}", text.number)))?,
		state_root: digest(&text.state_root)?,
		extrinsics_root: digest(&text.extrinsics_root)?,
		digest: text.digest.logs.iter().map(item).collect::<Result<_, _>>()?,
	};
	if header.hash() != *hash {
		return Err(mismatch(format!("the header of block {} has another hash", header.number)).into());
	}
	Ok(header.encode())
}

/// Trie nodes from the state root of a block to these keys.
async fn proof(chain: &ChainClient, keys: &[Vec<u8>], hash: &Digest) -> Result<Vec<Vec<u8>>> {
	#[derive(Deserialize)]
	struct Proof {
		proof: Vec<String>,
	}
	let keys: Vec<String> = keys.iter().map(|key| hex_text(key)).collect();
	let found: Proof = chain
		.request("state_getReadProof", rpc_params![keys, hex_text(hash)])
		.await?;
	let bytes = |text: &String| {
		hex::decode(text.trim_start_matches("0x"))
			.map_err(|e| ChainError::Mismatch(format!("state_getReadProof: {e}")).into())
	};
	found.proof.iter().map(bytes).collect()
}

fn hex_text(bytes: &[u8]) -> String {
	format!("0x{}", hex::encode(bytes))
}

#[cfg(test)]
mod tests {
	use super::*;

	fn sample() -> CheckpointFile {
		let documents = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/evidence");
		crate::evidence::read_checkpoint_file(&documents.join("checkpoint.json")).expect("a checkpoint")
	}

	/// The sample with one of its signatures; the trie nodes are those that this signature needs.
	fn of_one(place: usize) -> CheckpointFile {
		let all = sample();
		let signature = all.signatures[place].clone();
		CheckpointFile::new(all.header, vec![signature], &all.storage_proof).expect("sound")
	}

	#[test]
	fn the_signatures_of_several_are_put_together() {
		let all = sample();
		assert!(of_one(0).storage_proof.len() < all.storage_proof.len());
		for parts in [[of_one(0), of_one(1)], [of_one(1), of_one(0)]] {
			assert_eq!(collect(&parts).expect("of one block"), all);
		}
		assert_eq!(
			collect(&[all.clone(), of_one(0), all.clone()]).expect("of one block"),
			all
		);
		let report = CheckpointReport::new(&all.verify().expect("sound"));
		let signers: Vec<String> = report.signers.iter().map(SignerReport::text).collect();
		assert_eq!(
			signers,
			[
				"First Sample Bank (LEI 5493001KJTIIGC8Y1R12, member 1)",
				"稳健理财有限责任公司 (统一社会信用代码 91350100M000100Y43, member 4)"
			]
		);
		assert_eq!((report.block, report.validator_set, report.validators.len()), (4, 1, 4));
	}

	#[test]
	fn what_does_not_hold_is_not_put_together() {
		let mut spoiled = of_one(0);
		spoiled.header[40] ^= 1;
		assert!(matches!(collect(&[of_one(1), spoiled]), Err(Error::NotVerified(_))));
		assert!(matches!(collect(&[]), Err(Error::Invalid { .. })));
	}
}
