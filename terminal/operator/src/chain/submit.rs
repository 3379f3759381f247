// SPDX-License-Identifier: Apache-2.0

//! Extrinsics: signed and submitted, or signed elsewhere and submitted here; and what came of them.

use super::{Call, ChainClient, ChainError};
use subxt::{
	config::substrate::SubstrateExtrinsicParamsBuilder,
	error::DispatchError,
	ext::scale_value::{Composite, Primitive, Value, ValueDef},
	metadata::ArcMetadata,
	rpcs::rpc_params,
	transactions::{TransactionProgress, TransactionStatus},
	utils::H256,
	SubstrateConfig,
};
use subxt_signer::sr25519::Keypair;

type Progress = TransactionProgress<SubstrateConfig, subxt::client::OnlineClientAtBlockImpl<SubstrateConfig>>;

/// Blocks for which what is signed may be submitted.
const MORTAL_BLOCKS: u64 = 64;

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

impl ChainClient {
	/// Signs and submits a call, waits, and reports what happened.
	///
	/// # Errors
	/// It was not included, or failed, with the dispatch error by name; a motion or batch that ran inside it counts as its own.
	pub async fn submit(&self, call: &Call, signer: &Keypair, until: Until) -> Result<Submitted, ChainError> {
		let account = signer.public_key().to_account_id();
		let at = self.at_final().await?;
		let mut transactions = at.transactions();
		let payload = transactions
			.from_call_data_bytes(&call.bytes)
			.map_err(|e| ChainError::Mismatch(format!("{}: {e}", call.name)))?;
		let nonce = self.next_nonce(&account.to_string()).await?;
		let (block, hash) = self.birth_block().await?;
		let params = SubstrateExtrinsicParamsBuilder::new()
			.nonce(nonce)
			.mortal_from_unchecked(MORTAL_BLOCKS, block.into(), H256(hash))
			.build();
		let progress = transactions
			.sign_and_submit_then_watch(&payload, signer, params)
			.await
			.map_err(|e| not_included(&call.name, e.to_string()))?;
		self.watch(&call.name, progress, until).await
	}

	/// Submits an extrinsic that was signed elsewhere, waits, and reports what happened.
	///
	/// # Errors
	/// As [`ChainClient::submit`].
	pub async fn submit_signed(&self, name: &str, extrinsic: Vec<u8>, until: Until) -> Result<Submitted, ChainError> {
		let at = self.at_final().await?;
		let signed = at.transactions().from_bytes(extrinsic);
		let progress = signed
			.submit_and_watch()
			.await
			.map_err(|e| not_included(name, e.to_string()))?;
		self.watch(name, progress, until).await
	}

	/// The nonce of an account's next extrinsic. The state's nonce lags behind what is in the pool; the pool's view lets calls of one
	/// account follow each other.
	pub(super) async fn next_nonce(&self, account: &str) -> Result<u64, ChainError> {
		self.request("system_accountNextIndex", rpc_params![account]).await
	}

	async fn watch(&self, call: &str, mut progress: Progress, until: Until) -> Result<Submitted, ChainError> {
		let block = loop {
			match progress.next().await {
				Some(Ok(TransactionStatus::InBestBlock(block))) if until == Until::InBlock => break block,
				Some(Ok(TransactionStatus::InFinalizedBlock(block))) => break block,
				Some(Ok(
					TransactionStatus::Error { message }
					| TransactionStatus::Invalid { message }
					| TransactionStatus::Dropped { message },
				)) => return Err(not_included(call, message)),
				Some(Ok(_)) => {}
				Some(Err(error)) => return Err(not_included(call, error.to_string())),
				None => return Err(not_included(call, "the node ended the watch".into())),
			}
		};
		let hash = block.block_hash().0;
		let events = block.wait_for_success().await.map_err(|e| ChainError::Failed {
			call: call.into(),
			reason: error_chain(&e),
		})?;
		let metadata = block.at().await.map_err(|e| self.failed(e))?.metadata();
		let mut happened = Vec::new();
		for event in events.iter() {
			let event = event.map_err(|e| ChainError::Mismatch(format!("{call}: an event: {e}")))?;
			if let Some(reason) = inner_failure(event.pallet_name(), event.event_name(), event.field_bytes(), &metadata)
			{
				return Err(ChainError::Failed {
					call: call.into(),
					reason,
				});
			}
			let fields = event
				.decode_fields_unchecked_as::<Composite<()>>()
				.map_err(|e| ChainError::Mismatch(format!("{call}: an event: {e}")))?;
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
}

fn not_included(call: &str, reason: String) -> ChainError {
	ChainError::NotIncluded {
		call: call.into(),
		reason,
	}
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
		// A motion's hash comes first.
		("Council", "Executed" | "MemberExecuted") => result_error(fields.get(32..)?)?,
		("Proxy", "ProxyExecuted") => result_error(fields)?,
		// The approving account, height and index, the multi-signature account and the call's hash come first.
		("Multisig", "MultisigExecuted") => result_error(fields.get(32 + 8 + 32 + 32..)?)?,
		("Utility", "BatchInterrupted") => fields.get(4..)?,
		("Utility", "ItemFailed") => fields,
		_ => return None,
	};
	Some(match DispatchError::decode_from(error.to_vec(), metadata.clone()) {
		Ok(error) => error.to_string(),
		Err(_) => format!("dispatch error 0x{}", hex::encode(error)),
	})
}

/// The error in an encoded `Result<(), DispatchError>`.
fn result_error(result: &[u8]) -> Option<&[u8]> {
	match result {
		[1, error @ ..] => Some(error),
		_ => None,
	}
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
