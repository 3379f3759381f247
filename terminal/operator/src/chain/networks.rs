// SPDX-License-Identifier: Apache-2.0

//! Calls about channels, interfaces, products and agreements.

use super::{members::text, Arg, Call, ChainClient, ChainError};
use codec::Encode;
use sealane_primitives::{
	business::{BusinessKind, BusinessKinds, Currency},
	clauses::{Clauses, Timestamp},
	credential::{credential_digest, wrapped_for_wallets},
	directory::{ProductStatus, Scope},
	ids::*,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::path::{Path, PathBuf};
use subxt_signer::sr25519::Keypair;

/// One entry of the credential file that `sealane join` reads: a JSON list, one entry per issuer.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CooperationFile {
	/// The issuer's number on the chain.
	pub issuer: MemberId,
	/// The signed cooperation agreement; its SHA-256 goes on chain. Relative to the credential file.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub agreement_file: Option<PathBuf>,
	/// The hash itself, instead of the file: 64 hexadecimal digits.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub agreement_hash: Option<String>,
	/// From when it holds, RFC 3339.
	pub valid_from: Timestamp,
	/// Until when (exclusive), RFC 3339.
	pub valid_until: Timestamp,
}

impl CooperationFile {
	/// Reads the list.
	///
	/// # Errors
	/// The file cannot be read or is no such list.
	pub fn read(path: &Path) -> crate::error::Result<Vec<CooperationFile>> {
		use crate::error::Error;
		let bytes = std::fs::read(path).map_err(Error::file(path))?;
		let mut list: Vec<CooperationFile> = serde_json::from_slice(&bytes).map_err(|e| Error::Format {
			path: path.into(),
			line: e.line() as u64,
			reason: e.to_string(),
		})?;
		for entry in &mut list {
			if let (Some(file), Some(folder)) = (&mut entry.agreement_file, path.parent()) {
				*file = folder.join(&file);
			}
		}
		Ok(list)
	}

	/// Hash of the agreement.
	///
	/// # Errors
	/// Neither or both are given, the file cannot be read, or the hash is none.
	pub fn hash(&self) -> Result<Digest, ChainError> {
		match (&self.agreement_file, &self.agreement_hash) {
			(Some(path), None) => {
				let bytes = std::fs::read(path).map_err(|e| ChainError::Invalid {
					field: "agreement_file",
					value: path.display().to_string(),
					rule: e.to_string(),
				})?;
				Ok(Sha256::digest(&bytes).into())
			}
			(None, Some(text)) => {
				let mut hash = [0; 32];
				hex::decode_to_slice(text.trim_start_matches("0x"), &mut hash).map_err(|e| ChainError::Invalid {
					field: "agreement_hash",
					value: text.clone(),
					rule: format!("64 hexadecimal digits: {e}"),
				})?;
				Ok(hash)
			}
			_ => Err(ChainError::Invalid {
				field: "agreement_file",
				value: String::new(),
				rule: "exactly one of agreement_file and agreement_hash".into(),
			}),
		}
	}
}

/// What a grant allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode)]
pub struct Terms {
	/// The kinds of business.
	pub kinds: BusinessKinds,
	/// First block in which it no longer holds.
	pub valid_until: Option<BlockNumber>,
	/// Most orders in a minute.
	pub orders_per_minute: Option<u32>,
}

/// One entry of a file of grants: a JSON list, for one motion over all of them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GrantFile {
	/// The channel's number.
	pub channel: ChannelId,
	/// Kinds of business by their names; absent: all of them.
	#[serde(default)]
	pub kinds: Option<Vec<String>>,
	/// First block in which it no longer holds; absent: none.
	#[serde(default)]
	pub valid_until: Option<BlockNumber>,
	/// Most orders in a minute; absent: no limit.
	#[serde(default)]
	pub orders_per_minute: Option<u32>,
}

impl GrantFile {
	/// Reads the list.
	///
	/// # Errors
	/// The file cannot be read, is no such list, is empty or names a channel twice.
	pub fn read(path: &Path) -> crate::error::Result<Vec<GrantFile>> {
		use crate::error::Error;
		let bytes = std::fs::read(path).map_err(Error::file(path))?;
		let list: Vec<GrantFile> = serde_json::from_slice(&bytes).map_err(|e| Error::Format {
			path: path.into(),
			line: e.line() as u64,
			reason: e.to_string(),
		})?;
		if list.is_empty() {
			return Err(Error::invalid(path.display().to_string(), "[]", "at least one grant"));
		}
		let mut channels: Vec<_> = list.iter().map(|grant| grant.channel).collect();
		channels.sort_unstable();
		if let Some(twice) = channels.windows(2).find(|pair| pair[0] == pair[1]) {
			return Err(Error::invalid(
				"channel",
				twice[0].to_string(),
				"named once in the list",
			));
		}
		Ok(list)
	}

	/// What it allows.
	///
	/// # Errors
	/// There is no such kind, or none at all is named.
	pub fn terms(&self) -> Result<Terms, ChainError> {
		let kinds = match self.kinds.as_deref() {
			None => BusinessKinds::ALL,
			Some(names) => {
				let kinds: Option<Vec<_>> = names.iter().map(|name| BusinessKind::from_name(name)).collect();
				let kinds = kinds.filter(|kinds| !kinds.is_empty()).ok_or_else(|| {
					let known: Vec<_> = BusinessKind::ALL.iter().map(|kind| kind.as_str()).collect();
					ChainError::Invalid {
						field: "kinds",
						value: names.join(", "),
						rule: format!("one or more of {}", known.join(", ")),
					}
				})?;
				BusinessKinds::of(&kinds)
			}
		};
		Ok(Terms {
			kinds,
			valid_until: self.valid_until,
			orders_per_minute: self.orders_per_minute,
		})
	}
}

/// A signature as the chain takes it: `MultiSignature::Sr25519`.
fn multi_signature(key: &Keypair, message: &[u8]) -> Vec<u8> {
	let mut bytes = vec![1];
	bytes.extend_from_slice(&key.sign(message).0);
	bytes
}

/// A party's signature over the credential of a cooperation agreement, SCALE.
pub fn credential_signature(
	genesis: &Digest,
	seller: MemberId,
	issuer: MemberId,
	hash: &Digest,
	valid: (Moment, Moment),
	key: &Keypair,
) -> Vec<u8> {
	let digest = credential_digest(genesis, seller, issuer, hash, valid.0, valid.1);
	multi_signature(key, &wrapped_for_wallets(&digest))
}

/// The join application of `seller`, which `key` manages: signs each credential and names every issuer in one call.
///
/// # Errors
/// An entry breaks a rule, or the runtime does not fit.
pub async fn apply(
	chain: &ChainClient,
	seller: MemberId,
	cooperations: &[CooperationFile],
	key: &Keypair,
) -> Result<Call, ChainError> {
	let mut bytes = codec::Compact(cooperations.len() as u32).encode();
	for entry in cooperations {
		let hash = entry.hash()?;
		let (from, until) = (entry.valid_from.unix_ms(), entry.valid_until.unix_ms());
		(entry.issuer, hash, from, until).encode_to(&mut bytes);
		bytes.extend(credential_signature(
			&chain.genesis(),
			seller,
			entry.issuer,
			&hash,
			(from, until),
			key,
		));
	}
	chain
		.call(
			"Channels",
			"apply",
			&[Arg {
				name: "cooperations",
				bytes,
			}],
		)
		.await
}

/// The issuer's countersignature under a channel's credential, as the chain has it.
///
/// # Errors
/// There is no such channel, or the runtime does not fit.
pub async fn countersign(chain: &ChainClient, channel: ChannelId, key: &Keypair) -> Result<Call, ChainError> {
	let view = chain.channel(channel).await?;
	let valid = (view.valid_from, view.valid_until);
	let signature = credential_signature(
		&chain.genesis(),
		view.seller,
		view.issuer,
		&view.agreement_hash,
		valid,
		key,
	);
	let args = [
		Arg::new("channel", &channel),
		Arg {
			name: "signature",
			bytes: signature,
		},
	];
	chain.call("Channels", "countersign", &args).await
}

/// Grants a channel: for a council motion.
///
/// # Errors
/// The runtime does not fit.
pub async fn grant(chain: &ChainClient, channel: ChannelId, terms: Terms) -> Result<Call, ChainError> {
	chain
		.call(
			"Channels",
			"grant",
			&[Arg::new("channel", &channel), Arg::new("terms", &terms)],
		)
		.await
}

/// Grants channels, all of them or none: for a council motion.
///
/// # Errors
/// The runtime does not fit.
pub async fn grants(chain: &ChainClient, grants: &[(ChannelId, Terms)]) -> Result<Call, ChainError> {
	if let [(channel, terms)] = grants {
		return grant(chain, *channel, *terms).await;
	}
	let mut calls = Vec::new();
	for (channel, terms) in grants {
		calls.push(grant(chain, *channel, *terms).await?);
	}
	let mut batch = chain.batch(&calls).await?;
	batch.name = format!("grants of {} channels", grants.len());
	Ok(batch)
}

/// Suspends a channel: for a council motion.
///
/// # Errors
/// The reason breaks a rule, or the runtime does not fit.
pub async fn suspend(chain: &ChainClient, channel: ChannelId, reason: &str) -> Result<Call, ChainError> {
	let args = [
		Arg::new("channel", &channel),
		Arg::new("reason", &text("reason", reason, 256)?),
	];
	chain.call("Channels", "suspend", &args).await
}

/// Resumes a channel from the suspension that it is under now: for a council motion.
///
/// # Errors
/// The channel is not suspended, or the runtime does not fit.
pub async fn resume(chain: &ChainClient, channel: ChannelId) -> Result<Call, ChainError> {
	let since = chain.channel_suspended_since(channel).await?;
	let args = [Arg::new("channel", &channel), Arg::new("since", &since)];
	chain.call("Channels", "resume", &args).await
}

/// Revokes a channel: for a council motion.
///
/// # Errors
/// The reason breaks a rule, or the runtime does not fit.
pub async fn revoke(chain: &ChainClient, channel: ChannelId, reason: &str) -> Result<Call, ChainError> {
	let args = [
		Arg::new("channel", &channel),
		Arg::new("reason", &text("reason", reason, 256)?),
	];
	chain.call("Channels", "revoke", &args).await
}

/// Lets an issuer register interfaces and products whose ids begin so: for a council motion.
///
/// # Errors
/// The prefix breaks a rule, or the runtime does not fit.
pub async fn grant_prefix(chain: &ChainClient, issuer: MemberId, prefix: &str) -> Result<Call, ChainError> {
	let args = [
		Arg::new("issuer", &issuer),
		Arg::new("prefix", &text("prefix", prefix, MAX_NAME_LEN)?),
	];
	chain.call("Channels", "grant_prefix", &args).await
}

/// Registers an interface of the signer's member, served by one of its nodes.
///
/// # Errors
/// The name breaks a rule, or the runtime does not fit.
pub async fn register_interface(chain: &ChainClient, id: &str, node: NodeId) -> Result<Call, ChainError> {
	let args = [
		Arg::new("id", &text("interface", id, MAX_NAME_LEN)?),
		Arg::new("node", &node),
	];
	chain.call("Channels", "register_interface", &args).await
}

/// Registers a product of the signer's member. `offering`: its offering window, Unix ms.
///
/// # Errors
/// An argument breaks a rule, or the runtime does not fit.
#[allow(clippy::too_many_arguments)]
pub async fn register_product(
	chain: &ChainClient,
	id: &str,
	product_type: &str,
	risk: u8,
	currency: Currency,
	interface: &str,
	status: ProductStatus,
	offering: Option<(Moment, Moment)>,
) -> Result<Call, ChainError> {
	let spec = (
		text("type", product_type, MAX_NAME_LEN)?,
		risk,
		currency,
		text("interface", interface, MAX_NAME_LEN)?,
		status,
		offering,
	);
	let args = [
		Arg::new("id", &text("product", id, MAX_NAME_LEN)?),
		Arg::new("spec", &spec),
	];
	chain.call("Channels", "register_product", &args).await
}

/// Proposes clauses to the other party of a channel.
///
/// # Errors
/// The runtime does not fit.
pub async fn propose_agreement(
	chain: &ChainClient,
	channel: ChannelId,
	scope: &Scope,
	clauses: &Clauses,
	from: Option<BlockNumber>,
) -> Result<Call, ChainError> {
	let args = [
		Arg::new("channel", &channel),
		Arg::new("scope", scope),
		Arg::new("clauses", clauses),
		Arg::new("from", &from),
	];
	chain.call("Agreements", "propose", &args).await
}

/// Accepts the other party's proposal: from then on it is joint, and before the council.
///
/// # Errors
/// The runtime does not fit.
pub async fn accept_agreement(chain: &ChainClient, proposal: ProposalId) -> Result<Call, ChainError> {
	chain
		.call("Agreements", "accept", &[Arg::new("proposal", &proposal)])
		.await
}

/// Ratifies a joint proposal: for a council motion.
///
/// # Errors
/// The runtime does not fit.
pub async fn ratify_agreement(chain: &ChainClient, proposal: ProposalId) -> Result<Call, ChainError> {
	chain
		.call("Agreements", "ratify", &[Arg::new("proposal", &proposal)])
		.await
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_file_of_grants_is_read_whole_or_not_at_all() {
		let folder = tempfile::tempdir().unwrap();
		let file = folder.path().join("grants.json");
		let read = |text: &str| {
			std::fs::write(&file, text).unwrap();
			GrantFile::read(&file)
		};
		let grants = read(r#"[{"channel":3},{"channel":4,"kinds":["purchase"],"orders_per_minute":60}]"#).unwrap();
		let terms: Vec<_> = grants.iter().map(|grant| grant.terms().unwrap()).collect();
		assert_eq!((grants[0].channel, terms[0].kinds), (3, BusinessKinds::ALL));
		assert_eq!(terms[1].kinds, BusinessKinds::of(&[BusinessKind::Purchase]));
		assert_eq!((terms[1].valid_until, terms[1].orders_per_minute), (None, Some(60)));
		for bad in [
			"[]",
			r#"[{"channel":3},{"channel":3}]"#,
			r#"[{"channel":3,"limit":1}]"#,
			"{}",
		] {
			assert!(read(bad).is_err(), "{bad}");
		}
		for kinds in [r#"["buy"]"#, "[]"] {
			let grants = read(&format!(r#"[{{"channel":3,"kinds":{kinds}}}]"#)).unwrap();
			assert!(grants[0].terms().is_err(), "{kinds}");
		}
	}
}
