// SPDX-License-Identifier: Apache-2.0

//! Motions of the permission council (`pallet-collective` as `Council`).

use super::{client::Until, AccountId, Arg, Call, ChainClient, ChainError, Submitted};
use codec::{Compact, Decode, Encode};
use serde::Serialize;
use sp_crypto_hashing::blake2_256;
use subxt_signer::sr25519::Keypair;

/// A motion that was proposed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Motion {
	/// Hash of the call.
	pub hash: [u8; 32],
	/// Its number.
	pub index: u32,
	/// Length of the encoded call.
	pub length: u32,
	/// The call.
	pub name: String,
}

/// An open motion, for people.
#[derive(Clone, Debug, Serialize)]
pub struct MotionView {
	/// Its number.
	pub index: u32,
	/// Hash of the call.
	pub hash: String,
	/// Pallet and call.
	pub call: String,
	/// Votes that it needs.
	pub threshold: u32,
	/// Who is for it, SS58.
	pub ayes: Vec<String>,
	/// Who is against it, SS58.
	pub nays: Vec<String>,
	/// Block in which voting ends.
	pub end: u32,
}

#[derive(Decode)]
struct Votes {
	index: u32,
	threshold: u32,
	ayes: Vec<AccountId>,
	nays: Vec<AccountId>,
	end: u32,
}

/// `sp_weights::Weight`.
#[derive(Clone, Copy, Debug, Encode, Decode)]
struct Weight {
	#[codec(compact)]
	ref_time: u64,
	#[codec(compact)]
	proof_size: u64,
}

/// The part of `RuntimeDispatchInfo` that is read.
#[derive(Decode)]
struct DispatchInfo {
	weight: Weight,
	_class: u8,
	_fee: u128,
}

impl ChainClient {
	/// The council's accounts.
	///
	/// # Errors
	/// The node does not answer.
	pub async fn council(&self) -> Result<Vec<AccountId>, ChainError> {
		Ok(self.storage_best("Council", "Members", &[]).await?.unwrap_or_default())
	}

	/// Votes that make more than one half of the council.
	///
	/// # Errors
	/// The node does not answer.
	pub async fn majority(&self) -> Result<u32, ChainError> {
		Ok(self.council().await?.len() as u32 / 2 + 1)
	}

	/// How many votes make two thirds of the council.
	///
	/// # Errors
	/// The node does not answer.
	pub async fn two_thirds(&self) -> Result<u32, ChainError> {
		Ok((self.council().await?.len() as u32 * 2).div_ceil(3))
	}

	/// Puts a call to the vote. The proposer's own vote is not cast by that; with a threshold of 1 the call runs at once and
	/// there is no motion.
	///
	/// # Errors
	/// The signer is not in the council, the same motion is open, or the call failed (threshold 1).
	pub async fn propose(
		&self,
		call: &Call,
		threshold: u32,
		signer: &Keypair,
		until: Until,
	) -> Result<Option<Motion>, ChainError> {
		let length = call.bytes.len() as u32;
		let args = [
			Arg::new("threshold", &Compact(threshold)),
			call.as_arg("proposal"),
			Arg::new("length_bound", &Compact(length)),
		];
		let mut propose = self.call("Council", "propose", &args).await?;
		propose.name = format!("motion {}", call.name);
		let submitted = self.submit(&propose, signer, until).await?;
		if threshold < 2 {
			return Ok(None);
		}
		let index = submitted.number("Council", "Proposed", "proposal_index")?;
		Ok(Some(Motion {
			hash: blake2_256(&call.bytes),
			index,
			length,
			name: call.name.clone(),
		}))
	}

	/// Votes on a motion.
	///
	/// # Errors
	/// The signer is not in the council, or voted the same before.
	pub async fn vote(
		&self,
		motion: &Motion,
		aye: bool,
		signer: &Keypair,
		until: Until,
	) -> Result<Submitted, ChainError> {
		let args = [
			Arg::new("proposal", &motion.hash),
			Arg::new("index", &Compact(motion.index)),
			Arg::new("approve", &aye),
		];
		let mut vote = self.call("Council", "vote", &args).await?;
		vote.name = format!("vote on motion {}", motion.index);
		self.submit(&vote, signer, until).await
	}

	/// Closes a motion: an approved one runs its call. Anybody may, with enough votes at once, else when its time is over.
	///
	/// # Errors
	/// It is too early, or the call failed, with its dispatch error.
	pub async fn close(&self, motion: &Motion, signer: &Keypair, until: Until) -> Result<Submitted, ChainError> {
		let weight = self.call_weight(motion).await?;
		let args = [
			Arg::new("proposal_hash", &motion.hash),
			Arg::new("index", &Compact(motion.index)),
			Arg::new("proposal_weight_bound", &weight),
			Arg::new("length_bound", &Compact(motion.length)),
		];
		let mut close = self.call("Council", "close", &args).await?;
		close.name = format!("close motion {} ({})", motion.index, motion.name);
		let submitted = self.submit(&close, signer, until).await?;
		if submitted.event("Council", "Disapproved").is_some() {
			return Err(ChainError::Failed {
				call: close.name,
				reason: "the council voted against it".into(),
			});
		}
		Ok(submitted)
	}

	/// Proposes, collects the ayes of `voters` until the threshold is met, closes: for test networks and demos, where one
	/// process holds the keys of several council members.
	///
	/// # Errors
	/// As the three steps.
	pub async fn pass(
		&self,
		call: &Call,
		threshold: u32,
		voters: &[Keypair],
		until: Until,
	) -> Result<Submitted, ChainError> {
		let (Some(first), enough) = (voters.first(), voters.len() >= threshold as usize) else {
			return Err(ChainError::Invalid {
				field: "voters",
				value: "0".into(),
				rule: "at least one".into(),
			});
		};
		if !enough {
			let rule = format!("at least {threshold}, the threshold");
			return Err(ChainError::Invalid {
				field: "voters",
				value: voters.len().to_string(),
				rule,
			});
		}
		let Some(motion) = self.propose(call, threshold, first, Until::InBlock).await? else {
			let block = self.final_block().await?.1;
			return Ok(Submitted {
				block,
				events: Vec::new(),
			});
		};
		let votes = voters[..threshold as usize]
			.iter()
			.map(|voter| self.vote(&motion, true, voter, Until::InBlock));
		futures::future::try_join_all(votes).await?;
		self.close(&motion, first, until).await
	}

	/// The open motions.
	///
	/// # Errors
	/// The node does not answer.
	pub async fn motions(&self) -> Result<Vec<(Motion, MotionView)>, ChainError> {
		let hashes: Vec<[u8; 32]> = self
			.storage_best("Council", "Proposals", &[])
			.await?
			.unwrap_or_default();
		let mut motions = Vec::new();
		for hash in hashes {
			let keys = [hash.to_vec()];
			let Some(votes) = self.storage_best::<Votes>("Council", "Voting", &keys).await? else {
				continue;
			};
			let call = self
				.storage_best::<Everything>("Council", "ProposalOf", &keys)
				.await?
				.unwrap_or_default()
				.0;
			let name = self.call_name(&call).await?;
			let view = MotionView {
				index: votes.index,
				hash: format!("0x{}", hex::encode(hash)),
				call: name.clone(),
				threshold: votes.threshold,
				ayes: votes.ayes.iter().map(super::account_text).collect(),
				nays: votes.nays.iter().map(super::account_text).collect(),
				end: votes.end,
			};
			motions.push((
				Motion {
					hash,
					index: votes.index,
					length: call.len() as u32,
					name,
				},
				view,
			));
		}
		motions.sort_by_key(|(motion, _)| motion.index);
		Ok(motions)
	}

	/// The open motion with this number.
	///
	/// # Errors
	/// There is none.
	pub async fn motion(&self, index: u32) -> Result<Motion, ChainError> {
		let motions = self.motions().await?;
		motions
			.into_iter()
			.map(|(motion, _)| motion)
			.find(|motion| motion.index == index)
			.ok_or_else(|| ChainError::NotFound {
				what: "motion",
				id: index.to_string(),
			})
	}

	/// Pallet and call of encoded call bytes.
	async fn call_name(&self, call: &[u8]) -> Result<String, ChainError> {
		let metadata = self.metadata().await?;
		let &[pallet, index, ..] = call else {
			return Ok("?".into());
		};
		let name = metadata.pallet_by_call_index(pallet).and_then(|p| {
			let variant = p.call_variant_by_index(index)?;
			Some(format!("{}.{}", p.name(), variant.name))
		});
		Ok(name.unwrap_or_else(|| format!("{pallet}.{index}")))
	}

	/// The weight that the runtime itself gives the motion's call, with a fifth on top.
	async fn call_weight(&self, motion: &Motion) -> Result<Weight, ChainError> {
		let call = self
			.storage_best::<Everything>("Council", "ProposalOf", &[motion.hash.to_vec()])
			.await?
			.ok_or_else(|| ChainError::NotFound {
				what: "motion",
				id: motion.index.to_string(),
			})?;
		let mut args = call.0;
		motion.length.encode_to(&mut args);
		let info: DispatchInfo = self
			.runtime_api("TransactionPaymentCallApi_query_call_info", &args)
			.await?;
		Ok(Weight {
			ref_time: info.weight.ref_time.saturating_add(info.weight.ref_time / 5),
			proof_size: info.weight.proof_size.saturating_add(info.weight.proof_size / 5),
		})
	}
}

/// All remaining bytes: an encoded call as it stands in storage.
#[derive(Default)]
struct Everything(Vec<u8>);

impl Decode for Everything {
	fn decode<I: codec::Input>(input: &mut I) -> Result<Self, codec::Error> {
		let length = input.remaining_len()?.ok_or("the length is not known")?;
		let mut bytes = vec![0; length];
		input.read(&mut bytes)?;
		Ok(Everything(bytes))
	}
}
