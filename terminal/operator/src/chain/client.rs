// SPDX-License-Identifier: Apache-2.0

//! Connection, submission, raw reads.

use super::{Arg, Call, ChainError};
use codec::{Decode, DecodeAll, Encode};
use sp_crypto_hashing::{blake2_128, blake2_256, twox_128, twox_256, twox_64};
use std::sync::Arc;
use subxt::{
	config::substrate::SubstrateExtrinsicParamsBuilder,
	error::DispatchError,
	ext::{
		frame_decode::storage::StorageHasher,
		scale_value::{Composite, Primitive, Value, ValueDef},
	},
	metadata::{ArcMetadata, Metadata},
	rpcs::{rpc_params, RpcClient},
	transactions::TransactionStatus,
	OnlineClient, SubstrateConfig,
};
use subxt_signer::sr25519::Keypair;

type AtBlock = subxt::client::OnlineClientAtBlock<SubstrateConfig>;

/// How long to wait for an extrinsic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Until {
	/// It is in the best block
	InBlock,
	/// Its block is final
	Finalised,
}

/// An event of an extrinsic.
#[derive(Clone, Debug)]
pub struct Happened {
	/// Pallet.
	pub pallet: String,
	/// Event.
	pub name: String,
	/// Its fields.
	pub fields: Composite<()>,
}

impl Happened {
	/// A field that is a number.
	pub fn number(&self, field: &str) -> Option<u128> {
		let Composite::Named(fields) = &self.fields else {
			return None;
		};
		number_of(&fields.iter().find(|(name, _)| name == field)?.1)
	}
}

impl std::fmt::Display for Happened {
	/// `Channels.Granted { channel: 0, … }`; bytes as text where they are text, else in hexadecimal digits.
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		write!(f, "{}.{} {}", self.pallet, self.name, composite_text(&self.fields))
	}
}

fn composite_text(fields: &Composite<()>) -> String {
	match fields {
		Composite::Named(named) if named.is_empty() => String::new(),
		Composite::Named(named) => {
			let parts: Vec<String> = named
				.iter()
				.map(|(name, value)| format!("{name}: {}", value_text(value)))
				.collect();
			format!("{{ {} }}", parts.join(", "))
		}
		Composite::Unnamed(values) => match bytes_text(values) {
			Some(text) => text,
			None if values.len() == 1 => value_text(&values[0]),
			None => format!("({})", values.iter().map(value_text).collect::<Vec<_>>().join(", ")),
		},
	}
}

fn value_text(value: &Value<()>) -> String {
	match &value.value {
		ValueDef::Composite(fields) => composite_text(fields),
		ValueDef::Variant(variant) if variant.values.is_empty() => variant.name.clone(),
		ValueDef::Variant(variant) => format!("{} {}", variant.name, composite_text(&variant.values)),
		_ => value.to_string(),
	}
}

/// A list of two and more bytes as text or in hexadecimal digits; a shorter one may as well be numbers.
fn bytes_text(values: &[Value<()>]) -> Option<String> {
	if values.len() < 2 {
		return None;
	}
	let bytes: Option<Vec<u8>> = values
		.iter()
		.map(|v| v.as_u128().and_then(|b| u8::try_from(b).ok()))
		.collect();
	let bytes = bytes?;
	match std::str::from_utf8(&bytes) {
		Ok(text) if !text.chars().any(char::is_control) => Some(format!("{text:?}")),
		_ => Some(format!("0x{}", hex::encode(&bytes))),
	}
}

/// A number, however many newtypes are around it.
fn number_of(value: &Value<()>) -> Option<u128> {
	match &value.value {
		ValueDef::Primitive(Primitive::U128(number)) => Some(*number),
		ValueDef::Composite(Composite::Unnamed(inner)) if inner.len() == 1 => number_of(&inner[0]),
		_ => None,
	}
}

/// An extrinsic that took effect.
#[derive(Clone, Debug)]
pub struct Submitted {
	/// Hash of its block.
	pub block: [u8; 32],
	/// Its events.
	pub events: Vec<Happened>,
}

impl Submitted {
	/// The first event of this name.
	pub fn event(&self, pallet: &str, name: &str) -> Option<&Happened> {
		self.events.iter().find(|e| e.pallet == pallet && e.name == name)
	}

	/// A number in the first event of this name.
	///
	/// # Errors
	/// There is no such event or field: another runtime.
	pub fn number(&self, pallet: &str, name: &str, field: &str) -> Result<u32, ChainError> {
		self.event(pallet, name)
			.and_then(|event| event.number(field))
			.and_then(|number| u32::try_from(number).ok())
			.ok_or_else(|| ChainError::Mismatch(format!("no event {pallet}.{name} with a number {field}")))
	}
}

/// A connection to a node; cheap to clone.
#[derive(Clone)]
pub struct ChainClient {
	url: Arc<str>,
	api: OnlineClient<SubstrateConfig>,
	rpc: RpcClient,
}

/// Whether nobody on the way can read or change what is said.
fn is_safe(url: &str) -> bool {
	let Some(rest) = url.strip_prefix("ws://") else {
		return url.starts_with("wss://");
	};
	let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
	let host = match authority.strip_prefix('[') {
		Some(v6) => v6.split(']').next().unwrap_or_default(),
		None => authority.split(':').next().unwrap_or_default(),
	};
	host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
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

	fn failed(&self, error: impl ToString) -> ChainError {
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

	async fn at_final(&self) -> Result<AtBlock, ChainError> {
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
		Ok(batch)
	}

	/// Signs and submits a call, waits, and reports what happened.
	///
	/// # Errors
	/// It was not included, or failed, with the dispatch error by name; a motion or batch that ran inside it counts as its own.
	pub async fn submit(&self, call: &Call, signer: &Keypair, until: Until) -> Result<Submitted, ChainError> {
		let account = signer.public_key().to_account_id();
		let at = self.at_final().await?;
		let mut transactions = at.transactions();
		let not_included = |reason: String| ChainError::NotIncluded {
			call: call.name.clone(),
			reason,
		};
		let payload = transactions
			.from_call_data_bytes(&call.bytes)
			.map_err(|e| ChainError::Mismatch(format!("{}: {e}", call.name)))?;
		// The state's nonce lags behind what is in the pool; the pool's view lets calls of one account follow each other.
		let nonce: u64 = self
			.request("system_accountNextIndex", rpc_params![account.to_string()])
			.await?;
		let params = SubstrateExtrinsicParamsBuilder::new().nonce(nonce).build();
		let mut progress = transactions
			.sign_and_submit_then_watch(&payload, signer, params)
			.await
			.map_err(|e| not_included(e.to_string()))?;
		let block = loop {
			match progress.next().await {
				Some(Ok(TransactionStatus::InBestBlock(block))) if until == Until::InBlock => break block,
				Some(Ok(TransactionStatus::InFinalizedBlock(block))) => break block,
				Some(Ok(
					TransactionStatus::Error { message }
					| TransactionStatus::Invalid { message }
					| TransactionStatus::Dropped { message },
				)) => return Err(not_included(message)),
				Some(Ok(_)) => {}
				Some(Err(error)) => return Err(not_included(error.to_string())),
				None => return Err(not_included("the node ended the watch".into())),
			}
		};
		let hash = block.block_hash().0;
		let events = block.wait_for_success().await.map_err(|e| ChainError::Failed {
			call: call.name.clone(),
			reason: error_chain(&e),
		})?;
		let metadata = block.at().await.map_err(|e| self.failed(e))?.metadata();
		let mut happened = Vec::new();
		for event in events.iter() {
			let event = event.map_err(|e| ChainError::Mismatch(format!("{}: an event: {e}", call.name)))?;
			if let Some(reason) = inner_failure(event.pallet_name(), event.event_name(), event.field_bytes(), &metadata)
			{
				return Err(ChainError::Failed {
					call: call.name.clone(),
					reason,
				});
			}
			let fields = event
				.decode_fields_unchecked_as::<Composite<()>>()
				.map_err(|e| ChainError::Mismatch(format!("{}: an event: {e}", call.name)))?;
			happened.push(Happened {
				pallet: event.pallet_name().into(),
				name: event.event_name().into(),
				fields,
			});
		}
		Ok(Submitted {
			block: hash,
			events: happened,
		})
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
		const PAGE: u32 = 500;
		let prefix = storage_key(&*self.metadata().await?, pallet, entry, keys)?;
		let prefix = format!("0x{}", hex::encode(prefix));
		let best: String = self.request("chain_getBlockHash", rpc_params![]).await?;
		let mut found = Vec::new();
		let mut after: Option<String> = None;
		loop {
			let page: Vec<String> = self
				.request("state_getKeysPaged", rpc_params![&prefix, PAGE, &after, &best])
				.await?;
			for key in &page {
				let value: Option<String> = self.request("state_getStorage", rpc_params![key, &best]).await?;
				if let Some(value) = value {
					let raw = hex::decode(key.trim_start_matches("0x"))
						.map_err(|e| ChainError::Mismatch(format!("state_getKeysPaged: {e}")))?;
					found.push((raw, decode_hex(&value, &format!("{pallet}.{entry}"))?));
				}
			}
			if (page.len() as u32) < PAGE {
				return Ok(found);
			}
			after = page.last().cloned();
		}
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

/// Error messages of subxt name the layer and leave the cause to `source`.
fn error_chain(error: &dyn std::error::Error) -> String {
	let mut text = error.to_string();
	let mut source = error.source();
	while let Some(cause) = source {
		let cause_text = cause.to_string();
		if !text.contains(&cause_text) {
			text = format!("{text}: {cause_text}");
		}
		source = cause.source();
	}
	text
}

/// The dispatch error of a call that failed inside a call that did not.
fn inner_failure(pallet: &str, name: &str, fields: &[u8], metadata: &ArcMetadata) -> Option<String> {
	let error = match (pallet, name) {
		// A motion's hash, then Result<(), DispatchError>.
		("Council", "Executed" | "MemberExecuted") => match fields.get(32..)? {
			[1, error @ ..] => error,
			_ => return None,
		},
		("Utility", "BatchInterrupted") => fields.get(4..)?,
		("Utility", "ItemFailed") => fields,
		_ => return None,
	};
	Some(match DispatchError::decode_from(error.to_vec(), metadata.clone()) {
		Ok(error) => error.to_string(),
		Err(_) => format!("dispatch error 0x{}", hex::encode(error)),
	})
}

/// The key of a storage value, or the prefix of those under the given keys.
fn storage_key(metadata: &Metadata, pallet: &str, entry: &str, keys: &[Vec<u8>]) -> Result<Vec<u8>, ChainError> {
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

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn events_are_shown_with_text_and_hexadecimal_digits() {
		let bytes = |bytes: &[u8]| Value::unnamed_composite(bytes.iter().map(|b| Value::u128((*b).into())));
		let event = Happened {
			pallet: "Channels".into(),
			name: "Applied".into(),
			fields: Composite::named([
				("channel", Value::u128(7)),
				("id", Value::unnamed_composite([bytes(b"jadepeak.funds")])),
				("hash", bytes(&[1; 4])),
				("status", Value::unnamed_variant("Open", [])),
				("until", Value::unnamed_variant("Some", [Value::u128(9)])),
			]),
		};
		assert_eq!(
			event.to_string(),
			"Channels.Applied { channel: 7, id: \"jadepeak.funds\", hash: 0x01010101, status: Open, until: Some 9 }"
		);
		assert_eq!(event.number("channel"), Some(7));
		assert_eq!(event.number("id"), None);
	}
}
