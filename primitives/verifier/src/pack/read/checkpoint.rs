// SPDX-License-Identifier: Apache-2.0

//! From JSON to a checkpoint.

use super::{json, Fields, Reader, MAX_PACK_LEN};
use crate::{
	checkpoint::{AccountSignature, CheckpointFile, MemberSignature},
	rules::{Defect, Judge, Rule},
};
use alloc::format;

/// The checkpoint of a JSON text.
///
/// # Errors
/// The first rule of the file's form that is broken.
pub(crate) fn file(judge: Judge, bytes: &[u8]) -> Result<CheckpointFile, Defect> {
	judge.demand(Rule::FileLength, bytes.len() <= MAX_PACK_LEN, || {
		format!(
			"the checkpoint has {} bytes, at most {MAX_PACK_LEN} are read",
			bytes.len()
		)
	})?;
	let reader = Reader(judge);
	let mut fields = Fields::of(judge, "", json::read(bytes, json::MAX_DEPTH)?)?;
	let file = CheckpointFile {
		format: reader.text(&mut fields, "format")?,
		header: reader.hex_bytes(&mut fields, "header")?,
		signatures: reader.list(&mut fields, "signatures", |reader, path, node| {
			let mut fields = Fields::of(reader.0, path, node)?;
			let signature = reader.member_signature(&mut fields)?;
			fields.end()?;
			Ok(signature)
		})?,
		storage_proof: reader.list(&mut fields, "storage_proof", Reader::bytes)?,
	};
	fields.end()?;
	Ok(file)
}

impl Reader {
	fn member_signature(self, fields: &mut Fields) -> Result<MemberSignature, Defect> {
		Ok(MemberSignature {
			member: self.number(fields, "member")?,
			by: match fields.optional("ed25519")? {
				Some(node) => AccountSignature::Ed25519(self.fixed(&fields.path_of("ed25519"), node)?),
				None => AccountSignature::Sr25519(self.hex(fields, "sr25519")?),
			},
		})
	}
}
