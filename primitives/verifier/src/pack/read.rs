// SPDX-License-Identifier: Apache-2.0

//! From JSON to the pack: each field by its kind.

pub(crate) mod checkpoint;
pub(crate) mod set;

use super::{
	json::{self, Fields, Node},
	AnchorPart, AnchorReference, BatchPart, ChainPart, Entry, EvidencePack, FinalBlock, Payload, RecordPart, Step,
	MAX_PACK_LEN,
};
use crate::rules::{Defect, Judge, Rule};
use alloc::{format, string::String, vec::Vec};
use sealane_primitives::{
	clauses::Date,
	evidence::{
		batch::{MAX_RECORDS, SUITE},
		entry::Part,
		Attestation, Core, Excluded, FinalBlockRef, Side,
	},
	ids::Digest,
};

/// Reads one kind of file with one set of rules.
#[derive(Clone, Copy)]
struct Reader(Judge);

/// The pack of a JSON text.
///
/// # Errors
/// The first rule of the file's form that is broken.
pub(crate) fn pack(judge: Judge, bytes: &[u8]) -> Result<EvidencePack, Defect> {
	judge.demand(Rule::FileLength, bytes.len() <= MAX_PACK_LEN, || {
		format!("the pack has {} bytes, at most {MAX_PACK_LEN} are read", bytes.len())
	})?;
	Reader(judge).pack(json::read(bytes, json::MAX_DEPTH)?)
}

fn form(path: &str, node: &Node, expected: &str) -> Defect {
	Defect::new(
		Rule::FileForm,
		format!("{path} is {}, expected {expected}", node.kind()),
	)
}

impl Reader {
	fn pack(self, node: Node) -> Result<EvidencePack, Defect> {
		let mut fields = Fields::of(self.0, "", node)?;
		let format = self.text(&mut fields, "format")?;
		let record = self.inner(&mut fields, "record", Self::record)?;
		let batch = self.inner(&mut fields, "batch", Self::batch)?;
		let anchor = self.inner_if(&mut fields, "anchor", Self::anchor)?;
		let chain = self.inner_if(&mut fields, "chain", Self::chain)?;
		let checksum = self.hex(&mut fields, "checksum")?;
		fields.end()?;
		Ok(EvidencePack {
			format,
			record,
			batch,
			anchor,
			chain,
			checksum,
		})
	}

	fn record(self, fields: &mut Fields) -> Result<RecordPart, Defect> {
		Ok(RecordPart {
			order: self.inner(fields, "order", Self::entry)?,
			confirmation: self.inner(fields, "confirmation", Self::entry)?,
			salt: self.hex(fields, "salt")?,
			clause_version: self.number(fields, "clause_version")?,
			channel: self.number(fields, "channel")?,
		})
	}

	fn batch(self, fields: &mut Fields) -> Result<BatchPart, Defect> {
		Ok(BatchPart {
			index: self.number(fields, "index")?,
			path: self.hex_list(fields, "path")?,
			core: self.inner(fields, "core", Self::core)?,
			issuer: self.inner(fields, "issuer", |reader, fields| {
				reader.attestation(fields, Side::Issuer)
			})?,
			seller: self.inner(fields, "seller", |reader, fields| {
				reader.attestation(fields, Side::Seller)
			})?,
		})
	}

	fn core(self, fields: &mut Fields) -> Result<Core, Defect> {
		Ok(Core {
			genesis: self.hex(fields, "genesis")?,
			channel: self.number(fields, "channel")?,
			issuer_node: self.number(fields, "issuer_node")?,
			seller_node: self.number(fields, "seller_node")?,
			issuer: self.number(fields, "issuer")?,
			seller: self.number(fields, "seller")?,
			first_sequence: self.number(fields, "first_sequence")?,
			last_sequence: self.number(fields, "last_sequence")?,
			count: self.number(fields, "count")?,
			root: self.hex(fields, "root")?,
			previous: self.hex(fields, "previous")?,
			date: self.date(fields, "date")?,
		})
	}

	fn attestation(self, fields: &mut Fields, side: Side) -> Result<Attestation, Defect> {
		Ok(Attestation {
			suite: SUITE,
			side,
			block: FinalBlockRef {
				number: self.number(fields, "block_number")?,
				hash: self.hex(fields, "block_hash")?,
			},
			excluded: self.excluded(fields)?,
			key: self.hex(fields, "key")?,
			signature: self.hex(fields, "signature")?,
		})
	}

	/// The records that a side excludes; left out where there are none.
	fn excluded(self, fields: &mut Fields) -> Result<Excluded, Defect> {
		let path = fields.path_of("excluded");
		let Some(node) = fields.optional("excluded")? else {
			return Ok(Excluded::none());
		};
		let excluded = Excluded::from_bytes(&self.bytes(&path, node)?, MAX_RECORDS);
		excluded.filter(|excluded| !excluded.is_none()).ok_or_else(|| {
			Defect::new(
				Rule::FileForm,
				format!("{path} is no set of records: it has 1 to 8,192 bytes, the last not zero"),
			)
		})
	}

	fn anchor(self, fields: &mut Fields) -> Result<AnchorPart, Defect> {
		Ok(AnchorPart {
			path: self.list(fields, "path", |reader, path, node| {
				let mut fields = Fields::of(reader.0, path, node)?;
				let step = reader.step(&mut fields)?;
				fields.end()?;
				Ok(step)
			})?,
			blinding: self.hex(fields, "blinding")?,
			reference: self.inner(fields, "reference", Self::reference)?,
			range: self.list_if(fields, "range", Self::fixed)?,
		})
	}

	fn step(self, fields: &mut Fields) -> Result<Step, Defect> {
		match fields.optional("left")? {
			Some(node) => Ok(Step::Left(self.fixed(&fields.path_of("left"), node)?)),
			None => Ok(Step::Right(self.hex(fields, "right")?)),
		}
	}

	fn reference(self, fields: &mut Fields) -> Result<AnchorReference, Defect> {
		Ok(AnchorReference {
			node: self.number(fields, "node")?,
			sequence: self.number(fields, "sequence")?,
			root: self.hex(fields, "root")?,
			block_number: self.number(fields, "block_number")?,
			block_hash: self.hex(fields, "block_hash")?,
		})
	}

	fn chain(self, fields: &mut Fields) -> Result<ChainPart, Defect> {
		Ok(ChainPart {
			headers: self.list(fields, "headers", Self::bytes)?,
			before: self.list_if(fields, "before", Self::bytes)?,
			finality: self.list(fields, "finality", Self::final_block)?,
			storage_proof: self.list(fields, "storage_proof", Self::bytes)?,
		})
	}

	fn entry(self, fields: &mut Fields) -> Result<Entry, Defect> {
		Ok(Entry {
			bytes: self.payload(fields)?,
			salts: self.parts(fields, "salts")?,
			withheld: self.parts(fields, "withheld")?,
		})
	}

	/// A hash for some parts of an entry; left out where there are none.
	fn parts(self, fields: &mut Fields, name: &str) -> Result<Vec<(Part, Digest)>, Defect> {
		let path = fields.path_of(name);
		let parts = self.inner_if(fields, name, |reader, fields| {
			let mut parts = Vec::new();
			for part in Part::ALL {
				if let Some(node) = fields.optional(part.name())? {
					parts.push((part, reader.fixed(&fields.path_of(part.name()), node)?));
				}
			}
			Ok(parts)
		})?;
		match parts {
			Some(parts) if parts.is_empty() => Err(Defect::new(
				Rule::FileForm,
				format!("{path} is empty, and would be left out"),
			)),
			parts => Ok(parts.unwrap_or_default()),
		}
	}

	fn final_block(self, path: &str, node: Node) -> Result<FinalBlock, Defect> {
		let mut fields = Fields::of(self.0, path, node)?;
		let block = FinalBlock {
			header: self.hex_bytes(&mut fields, "header")?,
			justification: self.hex_bytes(&mut fields, "justification")?,
		};
		fields.end()?;
		Ok(block)
	}

	/// Bytes as text where they are UTF-8, else as hexadecimal digits.
	fn payload(self, fields: &mut Fields) -> Result<Payload, Defect> {
		if let Some(node) = fields.optional("text")? {
			return match node {
				Node::Text(text) => Ok(Payload(text.into_bytes())),
				other => Err(form(&fields.path_of("text"), &other, "a text")),
			};
		}
		let bytes = self.hex_bytes(fields, "hex")?;
		let is_text = core::str::from_utf8(&bytes).is_ok();
		self.0.demand(Rule::FileText, !is_text, || {
			format!("{} is UTF-8, which is written as `text`", fields.path_of("hex"))
		})?;
		Ok(Payload(bytes))
	}

	fn inner<T>(
		self,
		fields: &mut Fields,
		name: &str,
		read: impl FnOnce(Self, &mut Fields) -> Result<T, Defect>,
	) -> Result<T, Defect> {
		let node = fields.take(name)?;
		self.object(fields.path_of(name), node, read)
	}

	fn inner_if<T>(
		self,
		fields: &mut Fields,
		name: &str,
		read: impl FnOnce(Self, &mut Fields) -> Result<T, Defect>,
	) -> Result<Option<T>, Defect> {
		let node = fields.optional(name)?;
		node.map(|node| self.object(fields.path_of(name), node, read))
			.transpose()
	}

	fn object<T>(
		self,
		path: String,
		node: Node,
		read: impl FnOnce(Self, &mut Fields) -> Result<T, Defect>,
	) -> Result<T, Defect> {
		let mut fields = Fields::of(self.0, path, node)?;
		let value = read(self, &mut fields)?;
		fields.end()?;
		Ok(value)
	}

	fn list<T>(
		self,
		fields: &mut Fields,
		name: &str,
		read: impl Fn(Self, &str, Node) -> Result<T, Defect>,
	) -> Result<Vec<T>, Defect> {
		let node = fields.take(name)?;
		self.entries(fields.path_of(name), node, read)
	}

	/// A list that may be left out.
	fn list_if<T>(
		self,
		fields: &mut Fields,
		name: &str,
		read: impl Fn(Self, &str, Node) -> Result<T, Defect>,
	) -> Result<Option<Vec<T>>, Defect> {
		let node = fields.optional(name)?;
		node.map(|node| self.entries(fields.path_of(name), node, read))
			.transpose()
	}

	fn entries<T>(
		self,
		path: String,
		node: Node,
		read: impl Fn(Self, &str, Node) -> Result<T, Defect>,
	) -> Result<Vec<T>, Defect> {
		match node {
			Node::List(nodes) => {
				let entries = nodes.into_iter().enumerate();
				entries
					.map(|(i, node)| read(self, &format!("{path}[{i}]"), node))
					.collect()
			}
			other => Err(form(&path, &other, "a list")),
		}
	}

	fn text(self, fields: &mut Fields, name: &str) -> Result<String, Defect> {
		match fields.take(name)? {
			Node::Text(text) => Ok(text),
			other => Err(form(&fields.path_of(name), &other, "a text")),
		}
	}

	fn number<T: TryFrom<u64>>(self, fields: &mut Fields, name: &str) -> Result<T, Defect> {
		let node = fields.take(name)?;
		let bits = 8 * core::mem::size_of::<T>();
		match node {
			Node::Number(number) => T::try_from(number).map_err(|_| {
				let path = fields.path_of(name);
				Defect::new(
					Rule::FileForm,
					format!("{path} is {number}, expected a number below 2^{bits}"),
				)
			}),
			other => Err(form(
				&fields.path_of(name),
				&other,
				"a whole number, without sign, fraction or exponent",
			)),
		}
	}

	/// A calendar date from 1970-01-01 to 9999-12-31 as days since the first.
	fn date(self, fields: &mut Fields, name: &str) -> Result<u32, Defect> {
		let text = self.text(fields, name)?;
		let fault = |why: &dyn core::fmt::Display| {
			Defect::new(Rule::FileForm, format!("{} is {text:?}: {why}", fields.path_of(name)))
		};
		let date = Date::parse(text.as_bytes()).map_err(|error| fault(&error))?;
		u32::try_from(date.days_since_epoch()).map_err(|_| fault(&"a date is 1970-01-01 or later"))
	}

	fn hex<const N: usize>(self, fields: &mut Fields, name: &str) -> Result<[u8; N], Defect> {
		let node = fields.take(name)?;
		self.fixed(&fields.path_of(name), node)
	}

	fn hex_list<const N: usize>(self, fields: &mut Fields, name: &str) -> Result<Vec<[u8; N]>, Defect> {
		self.list(fields, name, Self::fixed)
	}

	fn hex_bytes(self, fields: &mut Fields, name: &str) -> Result<Vec<u8>, Defect> {
		let node = fields.take(name)?;
		self.bytes(&fields.path_of(name), node)
	}

	fn fixed<const N: usize>(self, path: &str, node: Node) -> Result<[u8; N], Defect> {
		let bytes = self.bytes(path, node)?;
		let found = bytes.len();
		bytes.try_into().map_err(|_| {
			Defect::new(
				Rule::FileForm,
				format!("{path} has {found} bytes of hex where {N} are expected"),
			)
		})
	}

	fn bytes(self, path: &str, node: Node) -> Result<Vec<u8>, Defect> {
		let text = match node {
			Node::Text(text) => text,
			other => return Err(form(path, &other, "hexadecimal digits in a text")),
		};
		let bytes =
			hex::decode(&text).map_err(|error| Defect::new(Rule::FileForm, format!("{path} is not hex: {error}")))?;
		let lower = !text.bytes().any(|byte| byte.is_ascii_uppercase());
		self.0
			.demand(Rule::FileHex, lower, || format!("{path}: hex must be in lower case"))?;
		Ok(bytes)
	}
}
