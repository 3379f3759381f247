// SPDX-License-Identifier: Apache-2.0

//! What commands show of the chain's state.
//!
//! Values are read by the names of their fields, against the node's metadata, so that a runtime with more fields is still
//! understood.

use super::{AccountId, ChainClient, ChainError};
use codec::{Decode, Encode};
use sealane_primitives::{
	clauses::Clauses, directory::Scope, ids::*, keys::CourierKey, open::Open, runtime_api::AnchorEntry,
};
use serde::Serialize;
use subxt::{
	ext::scale_value::{scale::decode_as_type, At, Composite, Value, ValueDef},
	metadata::Metadata,
	rpcs::rpc_params,
};
use utoipa::ToSchema;

/// A proposal for clauses.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Proposed)]
pub struct ProposalView {
	/// Its number.
	pub id: ProposalId,
	/// The channel.
	pub channel: ChannelId,
	/// What it covers.
	pub scope: String,
	/// Who proposed it.
	pub proposer: MemberId,
	/// Whether the other party accepted it.
	pub joint: bool,
}

/// An anchor as another node has it, and whether its block is final.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnchorState {
	/// The anchor.
	pub entry: AnchorEntry,
	/// The block at which it was read; final.
	pub read_at: BlockNumber,
}

/// A value of another type than expected.
pub(super) fn unexpected(what: &str) -> ChainError {
	ChainError::Mismatch(format!("{what}: another type than expected"))
}

pub(super) fn number(value: &Value<u32>, field: &str) -> Option<u128> {
	unwrap_number(value.at(field)?)
}

pub(super) fn unwrap_number(value: &Value<u32>) -> Option<u128> {
	match &value.value {
		ValueDef::Composite(Composite::Unnamed(inner)) if inner.len() == 1 => unwrap_number(&inner[0]),
		_ => value.as_u128(),
	}
}

pub(super) fn u32_of(value: &Value<u32>, field: &str) -> Option<u32> {
	number(value, field).and_then(|n| u32::try_from(n).ok())
}

/// The bytes of a byte vector or array, however many newtypes are around it.
pub(super) fn bytes_of(value: &Value<u32>) -> Option<Vec<u8>> {
	let ValueDef::Composite(Composite::Unnamed(inner)) = &value.value else {
		return None;
	};
	if inner.len() == 1 && !matches!(inner[0].value, ValueDef::Primitive(_)) {
		return bytes_of(&inner[0]);
	}
	inner
		.iter()
		.map(|byte| byte.as_u128().and_then(|b| u8::try_from(b).ok()))
		.collect()
}

pub(super) fn account_of(value: &Value<u32>) -> Option<AccountId> {
	bytes_of(value)?.try_into().ok()
}

pub(super) fn text_of(value: &Value<u32>) -> Option<String> {
	Some(String::from_utf8_lossy(&bytes_of(value)?).into_owned())
}

/// The value inside of `Some`.
pub(super) fn some<'a>(value: &'a Value<u32>, field: &str) -> Option<&'a Value<u32>> {
	let option = value.at(field)?;
	match variant_of(option)? {
		"Some" => option.at(0),
		_ => None,
	}
}

pub(super) fn variant_of(value: &Value<u32>) -> Option<&str> {
	match &value.value {
		ValueDef::Variant(variant) => Some(&variant.name),
		_ => None,
	}
}

/// The last key of a map whose last key is a `u32` behind a transparent hasher.
pub(super) fn last_u32(key: &[u8]) -> Option<u32> {
	let tail = key.get(key.len().checked_sub(4)?..)?;
	Some(u32::from_le_bytes(tail.try_into().ok()?))
}

impl ChainClient {
	/// The member that `account` manages.
	///
	/// # Errors
	/// It manages none, or the node does not answer.
	pub async fn member_of(&self, account: &AccountId) -> Result<MemberId, ChainError> {
		self.storage_best("Members", "Managers", &[account.encode()])
			.await?
			.ok_or_else(|| ChainError::NotFound {
				what: "a member managed by",
				id: super::account_text(account),
			})
	}

	/// The node with this PeerId and its member.
	///
	/// # Errors
	/// There is none, or the node does not answer.
	pub async fn node_by_peer(&self, peer: &str) -> Result<(MemberId, NodeId), ChainError> {
		let key = super::peer_id_bytes(peer)?.encode();
		self.storage_best("Members", "Peers", &[key])
			.await?
			.ok_or_else(|| ChainError::NotFound {
				what: "node",
				id: peer.into(),
			})
	}

	/// First block of the suspension that a channel is under, which a motion to resume it names.
	///
	/// # Errors
	/// The channel is not suspended, the node does not answer, or its runtime does not fit.
	pub async fn channel_suspended_since(&self, id: ChannelId) -> Result<BlockNumber, ChainError> {
		let details = self.values("Channels", "ChannelDetails", &[id.encode()]).await?;
		let since = details.first().and_then(|(_, details)| {
			let suspension = details.at("suspension")?.at(0)?;
			match variant_of(suspension.at("ended")?)? {
				"None" => u32_of(suspension, "since"),
				_ => None,
			}
		});
		since.ok_or_else(|| ChainError::NotFound {
			what: "a suspension of channel",
			id: id.to_string(),
		})
	}

	/// First block of the suspension that a member is under, which a motion to reinstate it names.
	///
	/// # Errors
	/// The member is not suspended, the node does not answer, or its runtime does not fit.
	pub async fn member_suspended_since(&self, id: MemberId) -> Result<BlockNumber, ChainError> {
		let members = self.values("Members", "Members", &[id.encode()]).await?;
		let since = members
			.first()
			.and_then(|(_, member)| u32_of(member.at("status")?, "since"));
		since.ok_or_else(|| ChainError::NotFound {
			what: "a suspension of member",
			id: id.to_string(),
		})
	}

	/// The open proposals for clauses.
	///
	/// # Errors
	/// The node does not answer, or its runtime does not fit.
	pub async fn proposals(&self) -> Result<Vec<ProposalView>, ChainError> {
		let mut proposals = Vec::new();
		for (key, value) in self.values("Agreements", "Proposals", &[]).await? {
			let view = || {
				Some(ProposalView {
					id: last_u32(&key)?,
					channel: u32_of(&value, "channel")?,
					scope: scope_text(value.at("scope")?)?,
					proposer: u32_of(&value, "proposer")?,
					joint: variant_of(value.at("joint_since")?)? == "Some",
				})
			};
			proposals.push(view().ok_or_else(|| unexpected("Agreements.Proposals"))?);
		}
		proposals.sort_by_key(|p| p.id);
		Ok(proposals)
	}

	/// An open proposal: over which channel, for which products, which clauses.
	///
	/// # Errors
	/// There is none, the node does not answer, or this release does not read the clauses.
	pub async fn proposed_clauses(&self, id: ProposalId) -> Result<(ChannelId, Scope, Clauses), ChainError> {
		let missing = || ChainError::NotFound {
			what: "proposal",
			id: id.to_string(),
		};
		let keys = [id.encode()];
		let head: Raw = self
			.storage_best("Agreements", "Proposals", &keys)
			.await?
			.ok_or_else(missing)?;
		// The rest says who proposed it, and when.
		let (channel, scope) = <(ChannelId, Scope)>::decode(&mut &head.0[..])
			.map_err(|e| ChainError::Mismatch(format!("storage Agreements.Proposals: {e}")))?;
		let clauses = self.storage_best("Agreements", "ProposedClauses", &keys).await?;
		Ok((channel, scope, clauses.ok_or_else(missing)?))
	}

	/// An anchor in this node's newest final state.
	///
	/// # Errors
	/// There is none, or the node does not answer.
	pub async fn anchor(&self, node: NodeId, sequence: AnchorSequence) -> Result<AnchorState, ChainError> {
		let (read_at, _) = self.final_block().await?;
		let entry: Option<Open<AnchorEntry>> = self
			.runtime_api("CourierApi_anchor", &(node, sequence).encode())
			.await?;
		let entry = entry.and_then(Open::known).ok_or_else(|| ChainError::NotFound {
			what: "anchor",
			id: format!("{sequence} of node {node}"),
		})?;
		Ok(AnchorState { entry, read_at })
	}

	/// Hash of the block with this number on the node's best chain; `None` where it has none.
	///
	/// # Errors
	/// The node does not answer.
	pub async fn block_hash(&self, number: BlockNumber) -> Result<Option<Digest>, ChainError> {
		let text: Option<String> = self.request("chain_getBlockHash", rpc_params![number]).await?;
		text.map(|text| {
			let mut hash = [0; 32];
			hex::decode_to_slice(text.trim_start_matches("0x"), &mut hash)
				.map_err(|e| ChainError::Mismatch(format!("chain_getBlockHash: {e}")))?;
			Ok(hash)
		})
		.transpose()
	}

	/// Every courier key that a node ever had, with the blocks in which it held.
	///
	/// # Errors
	/// The node does not answer, or its runtime does not fit.
	pub async fn courier_keys(&self, node: NodeId) -> Result<Vec<CourierKey>, ChainError> {
		let keys = self
			.entries::<CourierKey>("Members", "KeyHistory", &[node.encode()])
			.await?;
		Ok(keys.into_iter().map(|(_, key)| key).collect())
	}

	/// Values of a map under a prefix of its keys, read by metadata.
	pub(super) async fn values(
		&self,
		pallet: &str,
		entry: &str,
		keys: &[Vec<u8>],
	) -> Result<Vec<(Vec<u8>, Value<u32>)>, ChainError> {
		let metadata = self.metadata().await?;
		let type_id = value_type(&metadata, pallet, entry)?;
		let entries = self.entries::<Raw>(pallet, entry, keys).await?.into_iter();
		entries
			.map(|(key, Raw(bytes))| {
				Ok((
					key,
					decode_value(&bytes, type_id, &metadata, &format!("{pallet}.{entry}"))?,
				))
			})
			.collect()
	}

	/// Values of a map by their keys, read by metadata, in the order of the keys; those that are not there are left out.
	pub(super) async fn values_of(
		&self,
		pallet: &str,
		entry: &str,
		keys: Vec<Vec<u8>>,
	) -> Result<Vec<(Vec<u8>, Value<u32>)>, ChainError> {
		let metadata = self.metadata().await?;
		let type_id = value_type(&metadata, pallet, entry)?;
		let best = self.best_hash().await?;
		let values = self.raw_values(keys, &best).await?.into_iter();
		values
			.map(|(key, bytes)| {
				Ok((
					key,
					decode_value(&bytes, type_id, &metadata, &format!("{pallet}.{entry}"))?,
				))
			})
			.collect()
	}
}

fn value_type(metadata: &Metadata, pallet: &str, entry: &str) -> Result<u32, ChainError> {
	metadata
		.pallet_by_name(pallet)
		.and_then(|p| p.storage()?.entry_by_name(entry))
		.map(|e| e.value_ty())
		.ok_or_else(|| ChainError::Mismatch(format!("no storage {pallet}.{entry}")))
}

fn decode_value(bytes: &[u8], type_id: u32, metadata: &Metadata, what: &str) -> Result<Value<u32>, ChainError> {
	decode_as_type(&mut &bytes[..], type_id, metadata.types())
		.map_err(|e| ChainError::Mismatch(format!("storage {what}: {e}")))
}

/// `all`, `type fund.bond`, `product P1`.
fn scope_text(value: &Value<u32>) -> Option<String> {
	let name = || value.at(0).and_then(text_of);
	Some(match variant_of(value)? {
		"All" => "all".into(),
		"ProductType" => format!("type {}", name()?),
		"Product" => format!("product {}", name()?),
		other => other.into(),
	})
}

/// Bytes as they stand in storage.
pub(super) struct Raw(pub(super) Vec<u8>);

impl Decode for Raw {
	fn decode<I: codec::Input>(input: &mut I) -> Result<Self, codec::Error> {
		let length = input.remaining_len()?.ok_or("the length is not known")?;
		let mut bytes = vec![0; length];
		input.read(&mut bytes)?;
		Ok(Raw(bytes))
	}
}
