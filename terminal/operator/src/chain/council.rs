// SPDX-License-Identifier: Apache-2.0

//! Motions of the permission council (`pallet-collective` as `Council`).

use super::{
	offline::{holds, Behind},
	submit::Until,
	AccountId, Arg, Call, ChainClient, ChainError, Submitted,
};
use codec::{Compact, Decode, Encode};
use serde::Serialize;
use sp_crypto_hashing::blake2_256;
use subxt::metadata::Metadata;
use subxt_signer::sr25519::Keypair;
use utoipa::ToSchema;

/// A motion that was proposed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Motion {
	/// Its number.
	pub index: u32,
	/// The call that it is about.
	pub call: Call,
}

impl Motion {
	/// Hash of the call, by which the chain knows the motion.
	pub fn hash(&self) -> [u8; 32] {
		blake2_256(&self.call.bytes)
	}

	/// The call and those whose hashes stand in it.
	fn with_behind(&self) -> Vec<Vec<u8>> {
		let behind = self.call.behind.iter().cloned();
		std::iter::once(self.call.bytes.clone()).chain(behind).collect()
	}
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
	/// The call with its arguments and with what it carries, a line each.
	pub words: String,
	/// Calls whose hashes stand in it, from the preimages on chain: what an upgrade or another call with root does.
	pub behind: Vec<Behind>,
	/// Votes that it needs.
	pub threshold: u32,
	/// Who is for it, SS58.
	pub ayes: Vec<String>,
	/// Who is against it, SS58.
	pub nays: Vec<String>,
	/// Block in which voting ends.
	pub end: u32,
}

/// How an open motion stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MotionTally {
	/// Its number.
	pub index: u32,
	/// Hash of its call.
	pub hash: String,
	/// Votes for it.
	pub ayes: u32,
	/// Votes against it.
	pub nays: u32,
	/// Votes that it needs.
	pub threshold: u32,
	/// Block in which voting ends.
	pub end: u32,
}

/// What closing a motion would do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Closing {
	/// Its call runs.
	Runs,
	/// It is voted down, or its time is over without enough ayes: silence is no vote.
	Rejects,
	/// It is too early: neither enough ayes nor enough nays, and its time is not over.
	TooEarly,
}

impl MotionTally {
	/// What closing it in the block after `best` would do, with `seats` in the council.
	pub fn closing(&self, seats: u32, best: u32) -> Closing {
		if self.ayes >= self.threshold {
			Closing::Runs
		} else if seats.saturating_sub(self.nays) < self.threshold || best.saturating_add(1) >= self.end {
			Closing::Rejects
		} else {
			Closing::TooEarly
		}
	}
}

impl MotionView {
	/// How it stands.
	pub fn tally(&self) -> MotionTally {
		MotionTally {
			index: self.index,
			hash: self.hash.clone(),
			ayes: self.ayes.len() as u32,
			nays: self.nays.len() as u32,
			threshold: self.threshold,
			end: self.end,
		}
	}
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

	/// The call that puts `call` to the vote. The proposer's own vote is not cast by that; with a threshold of 1 the call runs at
	/// once and there is no motion.
	///
	/// # Errors
	/// The runtime does not fit.
	pub async fn proposal(&self, call: &Call, threshold: u32) -> Result<Call, ChainError> {
		let args = [
			Arg::new("threshold", &Compact(threshold)),
			call.as_arg("proposal"),
			Arg::new("length_bound", &Compact(call.bytes.len() as u32)),
		];
		let mut propose = self.call("Council", "propose", &args).await?;
		propose.name = format!("motion {}", call.name);
		propose.behind = call.behind.clone();
		Ok(propose)
	}

	/// Puts a call to the vote; see [`ChainClient::proposal`].
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
		let submitted = self
			.submit(&self.proposal(call, threshold).await?, signer, until)
			.await?;
		if threshold < 2 {
			return Ok(None);
		}
		let index = submitted.number("Council", "Proposed", "proposal_index")?;
		Ok(Some(Motion {
			index,
			call: call.clone(),
		}))
	}

	/// The call that votes on a motion. It names the motion's number and the hash of its call: a vote is for that call or for none.
	///
	/// # Errors
	/// The runtime does not fit.
	pub async fn ballot(&self, motion: &Motion, aye: bool) -> Result<Call, ChainError> {
		let args = [
			Arg::new("proposal", &motion.hash()),
			Arg::new("index", &Compact(motion.index)),
			Arg::new("approve", &aye),
		];
		let mut vote = self.call("Council", "vote", &args).await?;
		vote.name = format!("vote on motion {}", motion.index);
		vote.behind = motion.with_behind();
		Ok(vote)
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
		self.submit(&self.ballot(motion, aye).await?, signer, until).await
	}

	/// The call that closes a motion: an approved one runs its call. Anybody may, with enough votes at once, else when its time is
	/// over.
	///
	/// # Errors
	/// The runtime does not fit.
	pub async fn closing(&self, motion: &Motion) -> Result<Call, ChainError> {
		let args = [
			Arg::new("proposal_hash", &motion.hash()),
			Arg::new("index", &Compact(motion.index)),
			Arg::new("proposal_weight_bound", &self.call_weight(motion).await?),
			Arg::new("length_bound", &Compact(motion.call.bytes.len() as u32)),
		];
		let mut close = self.call("Council", "close", &args).await?;
		close.name = format!("close motion {} ({})", motion.index, motion.call.name);
		close.behind = motion.with_behind();
		Ok(close)
	}

	/// Closes a motion; see [`ChainClient::closing`].
	///
	/// # Errors
	/// It is too early, or the call failed, with its dispatch error.
	pub async fn close(&self, motion: &Motion, signer: &Keypair, until: Until) -> Result<Submitted, ChainError> {
		let close = self.closing(motion).await?;
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

	/// The open motions, by number.
	///
	/// # Errors
	/// The node does not answer, or shows for a motion another call than that of its hash.
	pub async fn motions(&self) -> Result<Vec<(Motion, MotionView)>, ChainError> {
		let hashes: Vec<[u8; 32]> = self
			.storage_best("Council", "Proposals", &[])
			.await?
			.unwrap_or_default();
		let metadata = self.metadata().await?;
		let mut motions = Vec::new();
		for hash in hashes {
			let keys = [hash.to_vec()];
			let Some(votes) = self.storage_best::<Votes>("Council", "Voting", &keys).await? else {
				continue;
			};
			// It may have been closed between two questions.
			let Some(Everything(bytes)) = self.storage_best("Council", "ProposalOf", &keys).await? else {
				continue;
			};
			// What is shown is what is voted on: the hash is that of these bytes.
			if blake2_256(&bytes) != hash {
				return Err(ChainError::Mismatch(format!(
					"motion {}: the call in the node's answer is not that of the hash 0x{}",
					votes.index,
					hex::encode(hash)
				)));
			}
			let call = Call {
				name: call_name(&metadata, &bytes),
				behind: self.preimages_in(&bytes).await?,
				bytes,
			};
			// One that this runtime does not read may be of another.
			let behind = call.behind.iter().filter_map(|call| Behind::new(&metadata, call).ok());
			let view = MotionView {
				index: votes.index,
				hash: format!("0x{}", hex::encode(hash)),
				call: call.name.clone(),
				// A call of an older runtime does not hide the other motions.
				words: super::call_in_words(&metadata, &call.bytes)
					.unwrap_or_else(|error| format!("cannot be read ({error}): 0x{}", hex::encode(&call.bytes))),
				behind: behind.collect(),
				threshold: votes.threshold,
				ayes: votes.ayes.iter().map(super::account_text).collect(),
				nays: votes.nays.iter().map(super::account_text).collect(),
				end: votes.end,
			};
			let index = votes.index;
			motions.push((Motion { index, call }, view));
		}
		motions.sort_by_key(|(motion, _)| motion.index);
		Ok(motions)
	}

	/// How the open motions stand, by number.
	///
	/// # Errors
	/// The node does not answer.
	pub async fn motion_tallies(&self) -> Result<Vec<MotionTally>, ChainError> {
		let mut tallies = Vec::new();
		for (key, votes) in self.entries::<Votes>("Council", "Voting", &[]).await? {
			let hash = key.len().checked_sub(32).map_or(&[][..], |start| &key[start..]);
			tallies.push(MotionTally {
				index: votes.index,
				hash: format!("0x{}", hex::encode(hash)),
				ayes: votes.ayes.len() as u32,
				nays: votes.nays.len() as u32,
				threshold: votes.threshold,
				end: votes.end,
			});
		}
		tallies.sort_by_key(|tally| tally.index);
		Ok(tallies)
	}

	/// The preimages on chain whose hashes stand in a call.
	pub(super) async fn preimages_in(&self, call: &[u8]) -> Result<Vec<Vec<u8>>, ChainError> {
		// A hash and the length of what it is of.
		const ID_LEN: usize = 32 + 4;
		let mut found = Vec::new();
		for key in self.keys("Preimage", "PreimageFor", &[]).await? {
			let id = key.len().checked_sub(ID_LEN).map_or(&[][..], |start| &key[start..]);
			let Some(hash) = id.get(..32).and_then(|hash| <[u8; 32]>::try_from(hash).ok()) else {
				continue;
			};
			if !holds(call, &hash) {
				continue;
			}
			let bytes: Option<Vec<u8>> = self.storage_best("Preimage", "PreimageFor", &[id.to_vec()]).await?;
			// The hash is that of these bytes, whatever the node says.
			found.extend(bytes.filter(|bytes| blake2_256(bytes) == hash));
		}
		Ok(found)
	}

	/// The open motion with this number, and what it is for people.
	///
	/// # Errors
	/// There is none.
	pub async fn motion(&self, index: u32) -> Result<(Motion, MotionView), ChainError> {
		let motions = self.motions().await?;
		let found = motions.into_iter().find(|(motion, _)| motion.index == index);
		found.ok_or_else(|| ChainError::NotFound {
			what: "motion",
			id: index.to_string(),
		})
	}

	/// The open motion with this number if its call has this hash, as it was shown. A number alone names another motion where the
	/// chain took another turn since.
	///
	/// # Errors
	/// There is none, or its call has another hash.
	pub async fn motion_shown(&self, index: u32, hash: &str) -> Result<(Motion, MotionView), ChainError> {
		let (motion, view) = self.motion(index).await?;
		ensure_shown(&view, hash)?;
		Ok((motion, view))
	}

	/// The weight that the runtime itself gives the motion's call, with a fifth on top.
	async fn call_weight(&self, motion: &Motion) -> Result<Weight, ChainError> {
		let mut args = motion.call.bytes.clone();
		(motion.call.bytes.len() as u32).encode_to(&mut args);
		let info: DispatchInfo = self
			.runtime_api("TransactionPaymentCallApi_query_call_info", &args)
			.await?;
		Ok(Weight {
			ref_time: info.weight.ref_time.saturating_add(info.weight.ref_time / 5),
			proof_size: info.weight.proof_size.saturating_add(info.weight.proof_size / 5),
		})
	}
}

/// Pallet and call of encoded call bytes.
fn call_name(metadata: &Metadata, call: &[u8]) -> String {
	let &[pallet, index, ..] = call else {
		return "?".into();
	};
	let name = metadata.pallet_by_call_index(pallet).and_then(|p| {
		let variant = p.call_variant_by_index(index)?;
		Some(format!("{}.{}", p.name(), variant.name))
	});
	name.unwrap_or_else(|| format!("{pallet}.{index}"))
}

/// Whether `hash` is the motion's, whole: two calls whose hashes begin alike can be made, two with one hash cannot.
fn ensure_shown(motion: &MotionView, hash: &str) -> Result<(), ChainError> {
	let given = hash.trim_start_matches("0x");
	if given.eq_ignore_ascii_case(motion.hash.trim_start_matches("0x")) {
		return Ok(());
	}
	Err(ChainError::Invalid {
		field: "hash",
		value: hash.into(),
		rule: format!(
			"the hash of motion {}, {}, which is {} now",
			motion.index, motion.hash, motion.call
		),
	})
}

/// All remaining bytes: an encoded call as it stands in storage.
struct Everything(Vec<u8>);

impl Decode for Everything {
	fn decode<I: codec::Input>(input: &mut I) -> Result<Self, codec::Error> {
		let length = input.remaining_len()?.ok_or("the length is not known")?;
		let mut bytes = vec![0; length];
		input.read(&mut bytes)?;
		Ok(Everything(bytes))
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn closing_does_what_the_votes_and_the_time_say() {
		let tally = |ayes, nays| MotionTally {
			index: 1,
			hash: String::new(),
			ayes,
			nays,
			threshold: 3,
			end: 100,
		};
		assert_eq!(tally(3, 0).closing(5, 10), Closing::Runs);
		assert_eq!(tally(2, 2).closing(5, 10), Closing::TooEarly);
		assert_eq!(tally(2, 3).closing(5, 10), Closing::Rejects);
		// The block after 98 is the last one in which it is too early.
		assert_eq!(tally(2, 0).closing(5, 98), Closing::TooEarly);
		assert_eq!(tally(2, 0).closing(5, 99), Closing::Rejects);
	}

	#[test]
	fn a_motion_is_named_by_its_whole_hash() {
		let hash = format!("0x{}", "ab".repeat(32));
		let motion = MotionView {
			index: 3,
			hash: hash.clone(),
			call: "Channels.revoke".into(),
			words: String::new(),
			behind: Vec::new(),
			threshold: 3,
			ayes: Vec::new(),
			nays: Vec::new(),
			end: 9,
		};
		for named in [&hash[..], &hash[2..], &hash.to_uppercase().replace("0X", "0x")] {
			assert!(ensure_shown(&motion, named).is_ok(), "{named}");
		}
		for other in [
			"",
			"0x",
			&hash[..65],
			&format!("{hash}ab"),
			&format!("{}ac", &hash[..64]),
		] {
			let error = ensure_shown(&motion, other).unwrap_err().to_string();
			assert!(error.contains("Channels.revoke"), "{error}");
		}
	}
}
