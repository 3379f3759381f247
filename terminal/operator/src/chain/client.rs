// SPDX-License-Identifier: Apache-2.0

//! Connection and raw reads.

use super::{Arg, Call, ChainError};
use codec::{Decode, DecodeAll, Encode};
use sealane_sdk::client::stays_here;
use sp_crypto_hashing::{blake2_128, blake2_256, twox_128, twox_256, twox_64};
use std::{collections::HashMap, sync::Arc};
use subxt::{
	ext::frame_decode::storage::StorageHasher,
	metadata::{ArcMetadata, Metadata},
	rpcs::{rpc_params, RpcClient},
	OnlineClient, SubstrateConfig,
};

/// A block as the client reads it.
pub(super) type AtBlock = subxt::client::OnlineClientAtBlock<SubstrateConfig>;

/// A connection to a node; cheap to clone.
#[derive(Clone)]
pub struct ChainClient {
	url: Arc<str>,
	api: OnlineClient<SubstrateConfig>,
	rpc: RpcClient,
}

/// Blocks at the end of the best chain that another branch may not have.
const BRANCH_BLOCKS: u32 = 8;

/// Keys that are asked for at once.
const PAGE: usize = 500;

/// Whether nobody on the way can read or change what is said.
fn is_safe(url: &str) -> bool {
	url.starts_with("wss://") || url.starts_with("ws://") && stays_here(url)
}

impl ChainClient {
	/// Connects to `ws://…` on this machine, or to `wss://…`: what a node says of the chain, and what is signed, does not travel in
	/// the clear.
	///
	/// # Errors
	/// The URL is of another machine and plain, or the node does not answer.
	pub async fn connect(url: &str) -> Result<Self, ChainError> {
		if !is_safe(url) {
			return Err(ChainError::Invalid {
				field: "rpc",
				value: url.into(),
				rule: "wss://…, or ws://… on this machine (an ssh tunnel does)".into(),
			});
		}
		let failed = ChainError::rpc(url);
		let rpc = RpcClient::from_insecure_url(url)
			.await
			.map_err(|e| failed(e.to_string()))?;
		let api = OnlineClient::from_rpc_client(rpc.clone())
			.await
			.map_err(|e| failed(e.to_string()))?;
		Ok(ChainClient {
			url: url.into(),
			api,
			rpc,
		})
	}

	pub(super) fn failed(&self, error: impl ToString) -> ChainError {
		ChainError::Unreachable {
			url: self.url.to_string(),
			reason: error.to_string(),
		}
	}

	/// Hash of the genesis block.
	pub fn genesis(&self) -> [u8; 32] {
		self.api.genesis_hash().0
	}

	/// Where the node is.
	pub fn url(&self) -> &str {
		&self.url
	}

	/// Makes a JSON-RPC request.
	///
	/// # Errors
	/// The node does not answer, or with an error.
	pub async fn request<T: serde::de::DeserializeOwned>(
		&self,
		method: &str,
		params: subxt::rpcs::client::RpcParams,
	) -> Result<T, ChainError> {
		self.rpc
			.request(method, params)
			.await
			.map_err(|e| self.failed(format!("{method}: {e}")))
	}

	/// Metadata of the newest final block's runtime.
	///
	/// # Errors
	/// The node does not answer.
	pub async fn metadata(&self) -> Result<ArcMetadata, ChainError> {
		Ok(self.at_final().await?.metadata())
	}

	pub(super) async fn at_final(&self) -> Result<AtBlock, ChainError> {
		self.api.at_current_block().await.map_err(|e| self.failed(e))
	}

	/// Number and hash of the newest final block.
	///
	/// # Errors
	/// The node does not answer.
	pub async fn final_block(&self) -> Result<(u32, [u8; 32]), ChainError> {
		let at = self.at_final().await?;
		Ok((at.block_number() as u32, at.block_hash().0))
	}

	/// Number of the newest best block.
	///
	/// # Errors
	/// The node does not answer.
	pub async fn best_block(&self) -> Result<u32, ChainError> {
		#[derive(serde::Deserialize)]
		struct Header {
			number: String,
		}
		let header: Header = self.request("chain_getHeader", rpc_params![]).await?;
		u32::from_str_radix(header.number.trim_start_matches("0x"), 16)
			.map_err(|e| ChainError::Mismatch(format!("chain_getHeader: number {:?}: {e}", header.number)))
	}

	/// The block from which on what is signed now holds: some blocks behind the best one, so that another branch has it, too. Not the
	/// newest final block: where finality stands still, that is too old for anything to be submitted.
	pub(super) async fn birth_block(&self) -> Result<(u32, [u8; 32]), ChainError> {
		let (finalised, hash) = self.final_block().await?;
		let number = self.best_block().await?.saturating_sub(BRANCH_BLOCKS);
		if number <= finalised {
			return Ok((finalised, hash));
		}
		let hash = self.block_hash(number).await?;
		Ok((number, hash.ok_or_else(|| self.failed(format!("no block {number}")))?))
	}

	/// Builds a call.
	///
	/// # Errors
	/// As [`Call::build`].
	pub async fn call(&self, pallet: &str, call: &str, args: &[Arg]) -> Result<Call, ChainError> {
		Call::build(&*self.metadata().await?, pallet, call, args)
	}

	/// Several calls as one that takes effect as a whole or not at all.
	///
	/// # Errors
	/// The runtime has no `Utility.batch_all`.
	pub async fn batch(&self, calls: &[Call]) -> Result<Call, ChainError> {
		let mut bytes = codec::Compact(calls.len() as u32).encode();
		for call in calls {
			bytes.extend_from_slice(&call.bytes);
		}
		let mut batch = self
			.call("Utility", "batch_all", &[Arg { name: "calls", bytes }])
			.await?;
		let names: Vec<&str> = calls.iter().map(|c| c.name.as_str()).collect();
		batch.name = format!("batch of {}", names.join(", "));
		batch.behind = calls.iter().flat_map(|call| call.behind.clone()).collect();
		Ok(batch)
	}

	/// Reads a storage value at the newest final block; `keys` are SCALE-encoded, as many as the map has.
	///
	/// # Errors
	/// The runtime has no such storage, the node does not answer, or the value is of another type.
	pub async fn storage<T: Decode>(
		&self,
		pallet: &str,
		entry: &str,
		keys: &[Vec<u8>],
	) -> Result<Option<T>, ChainError> {
		let at = self.at_final().await?;
		let key = storage_key(&at.metadata(), pallet, entry, keys)?;
		self.raw_at(&at, pallet, entry, key).await
	}

	/// Reads a storage value at the newest best block: what was submitted a moment ago is there.
	///
	/// # Errors
	/// As [`ChainClient::storage`].
	pub async fn storage_best<T: Decode>(
		&self,
		pallet: &str,
		entry: &str,
		keys: &[Vec<u8>],
	) -> Result<Option<T>, ChainError> {
		let key = storage_key(&*self.metadata().await?, pallet, entry, keys)?;
		let found: Option<String> = self
			.request("state_getStorage", rpc_params![format!("0x{}", hex::encode(key))])
			.await?;
		found
			.map(|text| decode_hex(&text, &format!("{pallet}.{entry}")))
			.transpose()
	}

	async fn raw_at<T: Decode>(
		&self,
		at: &AtBlock,
		pallet: &str,
		entry: &str,
		key: Vec<u8>,
	) -> Result<Option<T>, ChainError> {
		let bytes = match at.storage().fetch_raw(key).await {
			Ok(bytes) => bytes,
			Err(subxt::error::StorageError::NoValueFound) => return Ok(None),
			Err(error) => return Err(self.failed(error)),
		};
		T::decode_all(&mut &bytes[..])
			.map(Some)
			.map_err(|e| ChainError::Mismatch(format!("storage {pallet}.{entry}: {e}")))
	}

	/// All entries of a map under a prefix of its keys, at the newest best block: raw key and value.
	///
	/// # Errors
	/// As [`ChainClient::storage`].
	pub async fn entries<T: Decode>(
		&self,
		pallet: &str,
		entry: &str,
		keys: &[Vec<u8>],
	) -> Result<Vec<(Vec<u8>, T)>, ChainError> {
		let best = self.best_hash().await?;
		let keys = self.keys_at(pallet, entry, keys, &best).await?;
		let what = format!("storage {pallet}.{entry}");
		let mut found = Vec::with_capacity(keys.len());
		for (key, value) in self.raw_values(keys, &best).await? {
			let value = T::decode_all(&mut &value[..]).map_err(|e| ChainError::Mismatch(format!("{what}: {e}")))?;
			found.push((key, value));
		}
		Ok(found)
	}

	/// What stands under raw keys in a block; keys under which nothing stands are left out.
	pub(super) async fn raw_values(
		&self,
		keys: Vec<Vec<u8>>,
		block: &str,
	) -> Result<Vec<(Vec<u8>, Vec<u8>)>, ChainError> {
		#[derive(serde::Deserialize)]
		struct Changes {
			changes: Vec<(String, Option<String>)>,
		}
		let mut found = Vec::with_capacity(keys.len());
		for page in keys.chunks(PAGE) {
			let names: Vec<String> = page.iter().map(|key| format!("0x{}", hex::encode(key))).collect();
			let sets: Vec<Changes> = self.request("state_queryStorageAt", rpc_params![&names, block]).await?;
			let changes = sets.into_iter().flat_map(|set| set.changes);
			let mut values: HashMap<String, Option<String>> = changes.collect();
			for (key, name) in page.iter().zip(names) {
				let Some(text) = values.remove(&name).flatten() else {
					continue;
				};
				let value = hex::decode(text.trim_start_matches("0x"))
					.map_err(|e| ChainError::Mismatch(format!("state_queryStorageAt: {e}")))?;
				found.push((key.clone(), value));
			}
		}
		Ok(found)
	}

	/// Hash of the newest best block, as RPC takes it.
	pub(super) async fn best_hash(&self) -> Result<String, ChainError> {
		self.request("chain_getBlockHash", rpc_params![]).await
	}

	/// All raw keys of a map under a prefix of its keys, at the newest best block.
	///
	/// # Errors
	/// As [`ChainClient::storage`].
	pub async fn keys(&self, pallet: &str, entry: &str, keys: &[Vec<u8>]) -> Result<Vec<Vec<u8>>, ChainError> {
		let best = self.best_hash().await?;
		self.keys_at(pallet, entry, keys, &best).await
	}

	/// Some raw keys of a map under a prefix of its keys, behind one of them, at the newest best block.
	///
	/// # Errors
	/// As [`ChainClient::storage`].
	pub async fn keys_behind(
		&self,
		pallet: &str,
		entry: &str,
		keys: &[Vec<u8>],
		after: Option<&[u8]>,
		limit: u32,
	) -> Result<Vec<Vec<u8>>, ChainError> {
		let best = self.best_hash().await?;
		let prefix = storage_key(&*self.metadata().await?, pallet, entry, keys)?;
		// What begins otherwise is a key of another map.
		let after = after.filter(|key| key.starts_with(&prefix));
		self.page_of_keys(&prefix, after, limit, &best).await
	}

	async fn keys_at(
		&self,
		pallet: &str,
		entry: &str,
		keys: &[Vec<u8>],
		best: &str,
	) -> Result<Vec<Vec<u8>>, ChainError> {
		let prefix = storage_key(&*self.metadata().await?, pallet, entry, keys)?;
		let mut found: Vec<Vec<u8>> = Vec::new();
		loop {
			let after = found.last().map(Vec::as_slice);
			let page = self.page_of_keys(&prefix, after, PAGE as u32, best).await?;
			let is_last = page.len() < PAGE;
			found.extend(page);
			if is_last {
				return Ok(found);
			}
		}
	}

	async fn page_of_keys(
		&self,
		prefix: &[u8],
		after: Option<&[u8]>,
		limit: u32,
		best: &str,
	) -> Result<Vec<Vec<u8>>, ChainError> {
		let text = |key: &[u8]| format!("0x{}", hex::encode(key));
		let params = rpc_params![text(prefix), limit, after.map(text), best];
		let page: Vec<String> = self.request("state_getKeysPaged", params).await?;
		let decoded = page.iter().map(|key| hex::decode(key.trim_start_matches("0x")));
		decoded
			.collect::<Result<_, _>>()
			.map_err(|e| ChainError::Mismatch(format!("state_getKeysPaged: {e}")))
	}

	/// The raw key of an entry, or the prefix of those under fewer keys than the map has.
	pub(super) async fn raw_key(&self, pallet: &str, entry: &str, keys: &[Vec<u8>]) -> Result<Vec<u8>, ChainError> {
		storage_key(&*self.metadata().await?, pallet, entry, keys)
	}

	/// Calls a runtime API at the newest final block; `args` are SCALE-encoded one after the other.
	///
	/// # Errors
	/// The runtime has no such API, the node does not answer, or the answer is of another type.
	pub async fn runtime_api<T: Decode>(&self, function: &str, args: &[u8]) -> Result<T, ChainError> {
		let at = self.at_final().await?;
		let bytes = at
			.runtime_apis()
			.call_raw(function, Some(args))
			.await
			.map_err(|e| self.failed(format!("{function}: {e}")))?;
		T::decode_all(&mut &bytes[..]).map_err(|e| ChainError::Mismatch(format!("{function}: {e}")))
	}
}

fn decode_hex<T: Decode>(text: &str, what: &str) -> Result<T, ChainError> {
	let mismatch = |e: String| ChainError::Mismatch(format!("{what}: {e}"));
	let bytes = hex::decode(text.trim_start_matches("0x")).map_err(|e| mismatch(e.to_string()))?;
	T::decode_all(&mut &bytes[..]).map_err(|e| mismatch(e.to_string()))
}

/// The key of a storage value, or the prefix of those under the given keys.
pub(super) fn storage_key(
	metadata: &Metadata,
	pallet: &str,
	entry: &str,
	keys: &[Vec<u8>],
) -> Result<Vec<u8>, ChainError> {
	let missing = || ChainError::Mismatch(format!("no storage {pallet}.{entry}"));
	let storage = metadata
		.pallet_by_name(pallet)
		.and_then(|p| p.storage())
		.ok_or_else(missing)?;
	let hashers = storage.entry_by_name(entry).ok_or_else(missing)?.keys();
	if keys.len() > hashers.len() {
		return Err(ChainError::Mismatch(format!(
			"storage {pallet}.{entry} has {} keys",
			hashers.len()
		)));
	}
	let mut key = Vec::with_capacity(64);
	key.extend(twox_128(storage.prefix().as_bytes()));
	key.extend(twox_128(entry.as_bytes()));
	for (hasher, part) in hashers.zip(keys) {
		match hasher.hasher {
			StorageHasher::Blake2_128 => key.extend(blake2_128(part)),
			StorageHasher::Blake2_256 => key.extend(blake2_256(part)),
			StorageHasher::Blake2_128Concat => {
				key.extend(blake2_128(part));
				key.extend_from_slice(part);
			}
			StorageHasher::Twox128 => key.extend(twox_128(part)),
			StorageHasher::Twox256 => key.extend(twox_256(part)),
			StorageHasher::Twox64Concat => {
				key.extend(twox_64(part));
				key.extend_from_slice(part);
			}
			StorageHasher::Identity => key.extend_from_slice(part),
		}
	}
	Ok(key)
}
