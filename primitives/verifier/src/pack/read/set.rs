// SPDX-License-Identifier: Apache-2.0

//! From JSON to a set of packs.

use super::{json, Fields, Node, Reader};
use crate::{
	rules::{Defect, Judge, Rule},
	set::{EvidenceSet, Member, Places, MAX_ENTRIES, MAX_SET_LEN},
};
use alloc::format;

/// The set of a JSON text.
///
/// # Errors
/// The first rule of the file's form that is broken.
pub(crate) fn file(judge: Judge, bytes: &[u8]) -> Result<EvidenceSet, Defect> {
	judge.demand(Rule::FileLength, bytes.len() <= MAX_SET_LEN, || {
		format!("the set has {} bytes, at most {MAX_SET_LEN} are read", bytes.len())
	})?;
	let reader = Reader(judge);
	let mut fields = Fields::of(judge, "", json::read_wide(bytes, json::MAX_DEPTH + 2, MAX_ENTRIES)?)?;
	let set = EvidenceSet {
		format: reader.text(&mut fields, "format")?,
		headers: reader.list(&mut fields, "headers", Reader::bytes)?,
		finality: reader.list(&mut fields, "finality", Reader::final_block)?,
		nodes: reader.list(&mut fields, "nodes", Reader::bytes)?,
		packs: reader.list(&mut fields, "packs", |reader, path, node| {
			let mut fields = Fields::of(reader.0, path, node)?;
			let member = reader.member(&mut fields)?;
			fields.end()?;
			Ok(member)
		})?,
	};
	fields.end()?;
	Ok(set)
}

impl Reader {
	fn member(self, fields: &mut Fields) -> Result<Member, Defect> {
		Ok(Member {
			format: self.text(fields, "format")?,
			record: self.inner(fields, "record", Self::record)?,
			batch: self.inner(fields, "batch", Self::batch)?,
			anchor: self.inner_if(fields, "anchor", Self::anchor)?,
			chain: self.inner_if(fields, "chain", Self::places)?,
			checksum: self.hex(fields, "checksum")?,
		})
	}

	fn places(self, fields: &mut Fields) -> Result<Places, Defect> {
		Ok(Places {
			headers: self.list(fields, "headers", Self::place)?,
			before: self.list_if(fields, "before", Self::place)?,
			finality: self.list(fields, "finality", Self::place)?,
			storage_proof: self.list(fields, "storage_proof", Self::place)?,
		})
	}

	fn place(self, path: &str, node: Node) -> Result<u32, Defect> {
		match node {
			Node::Number(number) => u32::try_from(number).map_err(|_| {
				Defect::new(
					Rule::FileForm,
					format!("{path} is {number}, expected a number below 2^32"),
				)
			}),
			other => Err(super::form(path, &other, "a whole number")),
		}
	}
}
