// SPDX-License-Identifier: Apache-2.0

//! Many packs in one file, with what they share of the chain once. It is a container and no evidence of its own: out of it comes each pack as it
//! went in, byte for byte of its contents, and each is judged by itself.

use crate::{
	pack::{hex_text, read, AnchorPart, BatchPart, ChainPart, EvidencePack, FinalBlock, RecordPart},
	rules::{Defect, Judge, Rule},
};
use alloc::{
	collections::BTreeMap,
	format,
	string::{String, ToString},
	vec::Vec,
};
use sealane_primitives::ids::Digest;
use serde::Serialize;

/// Names format and version of a set.
pub const FORMAT: &str = "sealane-evidence-set/1";
/// Largest set that is read, in bytes of JSON.
pub const MAX_SET_LEN: usize = 256 << 20;
/// Most entries of one of its lists.
pub const MAX_ENTRIES: usize = 1 << 20;

/// Packs whose chain parts share their bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct EvidenceSet {
	/// [`FORMAT`].
	pub(crate) format: String,
	/// All headers between the blocks that attestations name, anchors and final blocks.
	#[serde(with = "hex_text::list")]
	pub(crate) headers: Vec<Vec<u8>>,
	/// All final blocks.
	pub(crate) finality: Vec<FinalBlock>,
	/// All trie nodes.
	#[serde(with = "hex_text::list")]
	pub(crate) nodes: Vec<Vec<u8>>,
	/// The packs.
	pub(crate) packs: Vec<Member>,
}

/// A pack whose chain part stands in the set's lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Member {
	/// As the pack's.
	pub(crate) format: String,
	pub(crate) record: RecordPart,
	pub(crate) batch: BatchPart,
	#[serde(skip_serializing_if = "Option::is_none")]
	pub(crate) anchor: Option<AnchorPart>,
	#[serde(skip_serializing_if = "Option::is_none")]
	pub(crate) chain: Option<Places>,
	#[serde(with = "hex_text")]
	pub(crate) checksum: Digest,
}

/// The places of a chain part's entries in the set's lists.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Places {
	pub(crate) headers: Vec<u32>,
	#[serde(skip_serializing_if = "Option::is_none")]
	pub(crate) before: Option<Vec<u32>>,
	pub(crate) finality: Vec<u32>,
	pub(crate) storage_proof: Vec<u32>,
}

/// Puts each entry into a list once.
#[derive(Default)]
struct Pool<T> {
	places: BTreeMap<T, u32>,
}

impl<T: Ord> Pool<T> {
	fn place(&mut self, entry: T) -> u32 {
		let next = self.places.len() as u32;
		*self.places.entry(entry).or_insert(next)
	}

	fn into_list(self) -> Vec<T> {
		let mut entries: Vec<(T, u32)> = self.places.into_iter().collect();
		entries.sort_by_key(|(_, place)| *place);
		entries.into_iter().map(|(entry, _)| entry).collect()
	}
}

impl EvidenceSet {
	/// The set of these packs.
	pub fn new(packs: impl IntoIterator<Item = EvidencePack>) -> Self {
		let (mut headers, mut finality, mut nodes) = (Pool::default(), Pool::default(), Pool::default());
		let packs = packs
			.into_iter()
			.map(|pack| Member {
				format: pack.format,
				record: pack.record,
				batch: pack.batch,
				anchor: pack.anchor,
				chain: pack.chain.map(|chain| Places {
					before: chain
						.before
						.map(|before| before.into_iter().map(|header| headers.place(header)).collect()),
					headers: chain.headers.into_iter().map(|header| headers.place(header)).collect(),
					finality: chain
						.finality
						.into_iter()
						.map(|block| finality.place((block.header, block.justification)))
						.collect(),
					storage_proof: chain.storage_proof.into_iter().map(|node| nodes.place(node)).collect(),
				}),
				checksum: pack.checksum,
			})
			.collect();
		EvidenceSet {
			format: FORMAT.to_string(),
			headers: headers.into_list(),
			finality: finality
				.into_list()
				.into_iter()
				.map(|(header, justification)| FinalBlock { header, justification })
				.collect(),
			nodes: nodes.into_list(),
			packs,
		}
	}

	/// The set of a JSON text.
	///
	/// # Errors
	/// The first rule of the file's form that is broken; a place that is beyond its list breaks one.
	pub fn from_json(json: &[u8]) -> Result<Self, Defect> {
		let set = read::set::file(Judge::default(), json)?;
		if set.format != FORMAT {
			return Err(Defect::new(
				Rule::Format,
				format!("format is {:?}, expected {FORMAT:?}", set.format),
			));
		}
		for (number, member) in set.packs.iter().enumerate() {
			let Some(places) = &member.chain else { continue };
			for (name, places, length) in [
				("headers", &places.headers[..], set.headers.len()),
				(
					"before",
					places.before.as_deref().unwrap_or_default(),
					set.headers.len(),
				),
				("finality", &places.finality, set.finality.len()),
				("storage_proof", &places.storage_proof, set.nodes.len()),
			] {
				if let Some(place) = places.iter().find(|place| **place as usize >= length) {
					return Err(Defect::new(
						Rule::FileForm,
						format!("packs[{number}].chain.{name} names entry {place} of {length}"),
					));
				}
			}
		}
		Ok(set)
	}

	/// As JSON.
	///
	/// # Errors
	/// A batch's date is beyond year 9999.
	pub fn to_json(&self) -> Result<String, serde_json::Error> {
		serde_json::to_string(self)
	}

	/// How many packs there are.
	pub fn len(&self) -> usize {
		self.packs.len()
	}

	/// Whether there are none.
	pub fn is_empty(&self) -> bool {
		self.packs.is_empty()
	}

	/// The packs, each whole again.
	pub fn packs(&self) -> impl Iterator<Item = EvidencePack> + '_ {
		self.packs.iter().map(|member| self.whole(member))
	}

	/// One of them, whole again; `None` where there are not so many.
	pub fn pack(&self, number: usize) -> Option<EvidencePack> {
		self.packs.get(number).map(|member| self.whole(member))
	}

	fn whole(&self, member: &Member) -> EvidencePack {
		EvidencePack {
			format: member.format.clone(),
			record: member.record.clone(),
			batch: member.batch.clone(),
			anchor: member.anchor.clone(),
			chain: member.chain.as_ref().map(|places| ChainPart {
				headers: chosen(&self.headers, &places.headers),
				before: places.before.as_ref().map(|places| chosen(&self.headers, places)),
				finality: chosen(&self.finality, &places.finality),
				storage_proof: chosen(&self.nodes, &places.storage_proof),
			}),
			checksum: member.checksum,
		}
	}
}

/// The entries at these places. All are there: a set is not made otherwise.
fn chosen<T: Clone>(list: &[T], places: &[u32]) -> Vec<T> {
	places
		.iter()
		.filter_map(|place| list.get(*place as usize))
		.cloned()
		.collect()
}

#[cfg(test)]
mod tests;
