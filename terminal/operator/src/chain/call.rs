// SPDX-License-Identifier: Apache-2.0

//! Calls as bytes, checked against the metadata of the node.

use super::ChainError;
use codec::Encode;
use subxt::{
	ext::scale_decode::visitor::{decode_with_visitor, IgnoreVisitor},
	metadata::Metadata,
};

/// A named argument, encoded.
#[derive(Clone, Debug)]
pub struct Arg {
	/// The argument's name in the pallet.
	pub name: &'static str,
	/// Its SCALE bytes.
	pub bytes: Vec<u8>,
}

impl Arg {
	/// An argument of a type that encodes as the chain's does.
	pub fn new(name: &'static str, value: &impl Encode) -> Self {
		Arg {
			name,
			bytes: value.encode(),
		}
	}
}

/// A call that fits the metadata it was built against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
	/// Pallet and call, for messages.
	pub name: String,
	/// Pallet index, call index, arguments.
	pub bytes: Vec<u8>,
	/// Encoded calls of which this one holds the hash alone, such as that of the motion that is voted on: for who is to sign it.
	pub behind: Vec<Vec<u8>>,
}

impl Call {
	/// Builds a call.
	///
	/// # Errors
	/// The runtime has no such call, or one with other arguments.
	pub fn build(metadata: &Metadata, pallet: &str, call: &str, args: &[Arg]) -> Result<Self, ChainError> {
		let name = format!("{pallet}.{call}");
		let in_pallet = metadata
			.pallet_by_name(pallet)
			.ok_or_else(|| ChainError::Mismatch(format!("no pallet {pallet}")))?;
		let variant = in_pallet
			.call_variant_by_name(call)
			.ok_or_else(|| ChainError::Mismatch(format!("pallet {pallet} has no call {call}")))?;
		let wanted: Vec<&str> = variant
			.fields
			.iter()
			.map(|f| f.name.as_deref().unwrap_or("?"))
			.collect();
		let given: Vec<&str> = args.iter().map(|a| a.name).collect();
		if wanted != given {
			return Err(ChainError::Mismatch(format!(
				"{name} takes ({}), this release gives ({})",
				wanted.join(", "),
				given.join(", ")
			)));
		}
		let mut bytes = vec![in_pallet.call_index(), variant.index];
		for (field, arg) in variant.fields.iter().zip(args) {
			let mut rest = &arg.bytes[..];
			let read = decode_with_visitor(&mut rest, field.ty.id, metadata.types(), IgnoreVisitor::new());
			if let Err(error) = read {
				return Err(ChainError::Mismatch(format!("{name}: {}: {error}", arg.name)));
			}
			if !rest.is_empty() {
				return Err(ChainError::Mismatch(format!(
					"{name}: {}: {} bytes too many",
					arg.name,
					rest.len()
				)));
			}
			bytes.extend_from_slice(&arg.bytes);
		}
		Ok(Call {
			name,
			bytes,
			behind: Vec::new(),
		})
	}

	/// The call as an argument of another call.
	pub fn as_arg(&self, name: &'static str) -> Arg {
		Arg {
			name,
			bytes: self.bytes.clone(),
		}
	}
}
