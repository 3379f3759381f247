// SPDX-License-Identifier: Apache-2.0

//! What stands still by the council's word, what waits to run with root, and the calls that stop and release.

use super::{
	call_in_words,
	effects::paused,
	offline::Behind,
	read::{bytes_of, variant_of},
	Arg, Call, ChainClient, ChainError,
};
use codec::{Decode, Encode};
use sealane_primitives::ids::{BlockNumber, MemberId};
use serde::{Deserialize, Serialize};
use sp_crypto_hashing::blake2_256;
use subxt::{
	ext::scale_value::{At, Composite, Value, ValueDef},
	metadata::Metadata,
	rpcs::rpc_params,
};
use utoipa::ToSchema;

/// Longest name of a pallet or a call that can be paused, in bytes.
const MAX_CALL_NAME_LEN: u32 = 64;
/// Where the runtime's code stands in the state: `:code`.
const CODE_KEY: &str = "0x3a636f6465";

/// What stands still.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct StandsStill {
	/// Last block of safe mode, where it is entered.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub safe_mode_until: Option<BlockNumber>,
	/// The block in which it ended last.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub safe_mode_ended: Option<BlockNumber>,
	/// Calls that nobody can make, e.g. `Channels.apply`.
	pub paused: Vec<String>,
	/// Whether a migration of the state is under way, in which blocks take no extrinsics.
	pub migrating: bool,
}

/// The runtime, and what waits to replace it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RuntimeState {
	/// Its name.
	pub spec_name: String,
	/// Its version.
	pub spec_version: u32,
	/// Version of its extrinsics.
	pub transaction_version: u32,
	/// BLAKE2b-256 of its code as it stands on chain, compressed.
	pub code_hash: String,
	/// BLAKE2b-256 of its metadata, which files to be signed carry.
	pub metadata_hash: String,
	/// The code that may be put in its place by anybody.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub authorised: Option<String>,
	/// Hashes of calls that the council lets run with root.
	pub whitelisted: Vec<String>,
	/// What is to run in later blocks.
	pub scheduled: Vec<ScheduledCall>,
}

/// A call that is to run by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ScheduledCall {
	/// Its block.
	pub block: BlockNumber,
	/// Hash of the call.
	pub hash: String,
	/// The call with its arguments; absent where its preimage is not on chain.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub words: Option<String>,
	/// Calls whose hashes stand in it, from the preimages on chain.
	pub behind: Vec<Behind>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Version {
	spec_name: String,
	spec_version: u32,
	transaction_version: u32,
}

impl ChainClient {
	/// What stands still now.
	///
	/// # Errors
	/// The node does not answer, or its runtime does not fit.
	pub async fn stands_still(&self) -> Result<StandsStill, ChainError> {
		let mut paused_calls = Vec::new();
		for key in self.keys("TxPause", "PausedCalls", &[]).await? {
			paused_calls.extend(paused_of(&key));
		}
		paused_calls.sort();
		let cursor: Option<super::read::Raw> = self.storage_best("MultiBlockMigrations", "Cursor", &[]).await?;
		Ok(StandsStill {
			safe_mode_until: self.storage_best("SafeMode", "EnteredUntil", &[]).await?,
			safe_mode_ended: self.storage_best("Restraint", "SafeModeEnded", &[]).await?,
			paused: paused_calls,
			migrating: cursor.is_some(),
		})
	}

	/// For how many blocks a third of the council does not enter safe mode anew after it ended.
	///
	/// # Errors
	/// The node does not answer.
	pub async fn rest_of_a_third(&self) -> Result<Option<BlockNumber>, ChainError> {
		let metadata = self.metadata().await?;
		let constant = metadata
			.pallet_by_name("Restraint")
			.and_then(|pallet| pallet.constant_by_name("Rest"));
		Ok(constant.and_then(|constant| BlockNumber::decode(&mut constant.value()).ok()))
	}

	/// The runtime, and what waits to replace it.
	///
	/// # Errors
	/// The node does not answer, or its runtime does not fit.
	pub async fn runtime_state(&self) -> Result<RuntimeState, ChainError> {
		let version: Version = self.request("state_getRuntimeVersion", rpc_params![]).await?;
		let code_hash: Option<String> = self.request("state_getStorageHash", rpc_params![CODE_KEY]).await?;
		let authorised: Option<([u8; 32], bool)> = self.storage_best("System", "AuthorizedUpgrade", &[]).await?;
		let metadata_hash = self.metadata_hash().await;
		let metadata_hash = metadata_hash.map_err(|error| self.failed(error))?;
		let whitelisted = self.keys("Whitelist", "WhitelistedCall", &[]).await?;
		let hash_at_end = |key: &Vec<u8>| key.len().checked_sub(32).map(|start| hash_text(&key[start..]));
		Ok(RuntimeState {
			spec_name: version.spec_name,
			spec_version: version.spec_version,
			transaction_version: version.transaction_version,
			code_hash: code_hash.unwrap_or_default(),
			metadata_hash: hash_text(&metadata_hash),
			authorised: authorised.map(|(hash, _)| hash_text(&hash)),
			whitelisted: whitelisted.iter().filter_map(hash_at_end).collect(),
			scheduled: self.scheduled().await?,
		})
	}

	async fn scheduled(&self) -> Result<Vec<ScheduledCall>, ChainError> {
		let metadata = self.metadata().await?;
		let mut found = Vec::new();
		for (key, agenda) in self.values("Scheduler", "Agenda", &[]).await? {
			let Some(block) = super::read::last_u32(&key) else {
				continue;
			};
			for bounded in tasks(&agenda) {
				found.extend(self.scheduled_call(&metadata, block, bounded).await?);
			}
		}
		found.sort_by_key(|call| call.block);
		Ok(found)
	}

	async fn scheduled_call(
		&self,
		metadata: &Metadata,
		block: BlockNumber,
		bounded: &Value<u32>,
	) -> Result<Option<ScheduledCall>, ChainError> {
		let (hash, bytes) = match variant_of(bounded) {
			Some("Inline") => {
				let Some(bytes) = bounded.at(0).and_then(bytes_of) else {
					return Ok(None);
				};
				(blake2_256(&bytes), Some(bytes))
			}
			_ => {
				let hash = bounded.at("hash").and_then(bytes_of);
				let Some(hash) = hash.and_then(|hash| <[u8; 32]>::try_from(hash).ok()) else {
					return Ok(None);
				};
				(hash, self.preimages_in(&hash).await?.into_iter().next())
			}
		};
		let behind = match &bytes {
			Some(bytes) => self.preimages_in(bytes).await?,
			None => Vec::new(),
		};
		Ok(Some(ScheduledCall {
			block,
			hash: hash_text(&hash),
			words: bytes.and_then(|bytes| call_in_words(metadata, &bytes).ok()),
			behind: behind
				.iter()
				.filter_map(|call| Behind::new(metadata, call).ok())
				.collect(),
		}))
	}
}

/// The calls of an agenda: those of its tasks that were not cancelled.
fn tasks(agenda: &Value<u32>) -> Vec<&Value<u32>> {
	let Some(ValueDef::Composite(Composite::Unnamed(tasks))) = agenda.at(0).map(|list| &list.value) else {
		return Vec::new();
	};
	let task = |task: &'_ Value<u32>| variant_of(task) == Some("Some");
	tasks
		.iter()
		.filter(|it| task(it))
		.filter_map(|it| it.at(0)?.at("call"))
		.collect()
}

fn hash_text(hash: &[u8]) -> String {
	format!("0x{}", hex::encode(hash))
}

/// The name of a paused call in its key: prefixes, Blake2_128Concat.
fn paused_of(key: &[u8]) -> Option<String> {
	let (pallet, call) = <(Vec<u8>, Vec<u8>)>::decode(&mut key.get(48..)?).ok()?;
	let name = Value::unnamed_composite([Value::from_bytes(pallet), Value::from_bytes(call)]);
	paused(&name.map_context(|()| 0))
}

/// Enters safe mode: for a motion of a third, where it did not end lately.
///
/// # Errors
/// The runtime does not fit.
pub async fn enter_safe_mode(chain: &ChainClient) -> Result<Call, ChainError> {
	chain.call("SafeMode", "force_enter", &[]).await
}

/// Prolongs safe mode: for a council motion.
///
/// # Errors
/// The runtime does not fit.
pub async fn extend_safe_mode(chain: &ChainClient) -> Result<Call, ChainError> {
	chain.call("SafeMode", "force_extend", &[]).await
}

/// Leaves safe mode: for a motion of two thirds.
///
/// # Errors
/// The runtime does not fit.
pub async fn leave_safe_mode(chain: &ChainClient) -> Result<Call, ChainError> {
	chain.call("SafeMode", "force_exit", &[]).await
}

fn call_name(pallet: &str, call: &str) -> Result<Vec<u8>, ChainError> {
	let part = |field, value: &str| super::text(field, value, MAX_CALL_NAME_LEN);
	Ok((part("pallet", pallet)?, part("call", call)?).encode())
}

/// Pauses a call: for a council motion.
///
/// # Errors
/// A name is too long, or the runtime does not fit.
pub async fn pause_call(chain: &ChainClient, pallet: &str, call: &str) -> Result<Call, ChainError> {
	let arg = Arg {
		name: "full_name",
		bytes: call_name(pallet, call)?,
	};
	chain.call("TxPause", "pause", &[arg]).await
}

/// Lets a paused call go on: for a motion of two thirds.
///
/// # Errors
/// A name is too long, or the runtime does not fit.
pub async fn unpause_call(chain: &ChainClient, pallet: &str, call: &str) -> Result<Call, ChainError> {
	let arg = Arg {
		name: "ident",
		bytes: call_name(pallet, call)?,
	};
	chain.call("TxPause", "unpause", &[arg]).await
}

/// Suspends a member: for a motion of a third.
///
/// # Errors
/// The runtime does not fit.
pub async fn suspend_member(chain: &ChainClient, member: MemberId) -> Result<Call, ChainError> {
	chain.call("Members", "suspend", &[Arg::new("member", &member)]).await
}

/// Ends the suspension that a member is under now: for a council motion.
///
/// # Errors
/// The member is not suspended, or the runtime does not fit.
pub async fn reinstate_member(chain: &ChainClient, member: MemberId) -> Result<Call, ChainError> {
	let since = chain.member_suspended_since(member).await?;
	let args = [Arg::new("member", &member), Arg::new("since", &since)];
	chain.call("Members", "reinstate", &args).await
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::chain::{
		client::storage_key,
		tests::{metadata, storage_value},
	};

	#[test]
	fn a_paused_call_is_read_from_its_key() {
		let name = ("Channels", "apply").encode();
		let key = storage_key(&metadata(), "TxPause", "PausedCalls", &[name]).unwrap();
		assert_eq!(paused_of(&key).as_deref(), Some("Channels.apply"));
		assert_eq!(paused_of(&key[..50]), None);
	}

	#[test]
	fn cancelled_tasks_are_left_out() {
		// A task that is gone, and one whose call is behind a hash (Lookup, 32 bytes and a length), dispatched by root.
		let task = (
			None::<[u8; 32]>,
			0u8,
			(2u8, [9u8; 32], 70u32),
			None::<(u32, u32)>,
			(0u8, 0u8),
		);
		let agenda = vec![None, Some(task)].encode();
		let agenda = storage_value("Scheduler", "Agenda", &agenda);
		let found = tasks(&agenda);
		assert_eq!(found.len(), 1);
		assert_eq!(variant_of(found[0]), Some("Lookup"));
		assert_eq!(found[0].at("hash").and_then(bytes_of), Some(vec![9; 32]));
	}
}
