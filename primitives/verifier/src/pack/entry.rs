// SPDX-License-Identifier: Apache-2.0

//! An order or a confirmation in a pack: its parts may be withheld.

use super::Payload;
use alloc::{format, string::String, vec::Vec};
use codec::Encode;
use sealane_primitives::{
	evidence::entry::{hash_of, part_hash, part_salt, Cut, Part},
	ids::Digest,
};

/// What stands in the place of a value that is withheld.
const WITHHELD: &[u8] = b"null";

/// An entry as a pack shows it.
#[derive(Clone, Debug, PartialEq, Eq, Encode)]
pub struct Entry {
	/// Its bytes, with `null` for the value of each part that is withheld.
	pub bytes: Payload,
	/// The salts of the parts that are shown, in the order of the parts.
	pub salts: Vec<(Part, Digest)>,
	/// The hashes of the parts that are withheld, likewise.
	pub withheld: Vec<(Part, Digest)>,
}

impl Entry {
	/// Entry `ordinal` of a packet with this seed, without the values of the parts that are `withheld`.
	pub fn new(entry: &[u8], seed: &[u8; 32], ordinal: u32, withheld: &[Part]) -> Self {
		let cut = Cut::of(entry);
		let mut it = Entry {
			bytes: Payload(entry.to_vec()),
			salts: Vec::new(),
			withheld: Vec::new(),
		};
		let mut hidden = Vec::new();
		for part in Part::ALL {
			let Some(range) = cut.get(part) else { continue };
			let salt = part_salt(seed, ordinal, part);
			if withheld.contains(&part) {
				it.withheld.push((part, part_hash(&salt, &entry[range.clone()])));
				hidden.push(range);
			} else {
				it.salts.push((part, salt));
			}
		}
		// From the end, so that the places before stay where they are.
		hidden.sort_by_key(|range| range.start);
		for range in hidden.into_iter().rev() {
			it.bytes.0.splice(range, WITHHELD.iter().copied());
		}
		it
	}

	/// The same with all parts shown.
	pub fn shown(entry: &[u8], seed: &[u8; 32], ordinal: u32) -> Self {
		Self::new(entry, seed, ordinal, &[])
	}

	/// Its hash, as the leaf has it.
	pub fn hash(&self) -> Digest {
		let bytes = &self.bytes.0;
		hash_of(bytes, &Cut::of(bytes), |part, value| match find(&self.salts, part) {
			Some(salt) => Some(part_hash(&salt, value)),
			None => find(&self.withheld, part),
		})
	}

	/// What is wrong with its parts: each that is there has a salt or a hash, none else has, and nothing is shown of one that is withheld.
	pub(crate) fn fault(&self) -> Option<String> {
		let cut = Cut::of(&self.bytes.0);
		Part::ALL.into_iter().find_map(|part| {
			let (salt, hash) = (find(&self.salts, part), find(&self.withheld, part));
			let name = part.name();
			match (cut.get(part), salt, hash) {
				(None, None, None) | (Some(_), Some(_), None) => None,
				(Some(range), None, Some(_)) if self.bytes.0[range.clone()] == *WITHHELD => None,
				(Some(_), None, Some(_)) => Some(format!("shows a value of {name}, which is withheld")),
				(Some(_), Some(_), Some(_)) => Some(format!("has salt and hash of {name}")),
				(Some(_), None, None) => Some(format!("has {name}, but neither its salt nor its hash")),
				(None, ..) => Some(format!("has salt or hash of {name}, which is not there")),
			}
		})
	}
}

fn find(list: &[(Part, Digest)], part: Part) -> Option<Digest> {
	let found = list.iter().find(|(other, _)| *other == part);
	found.map(|(_, digest)| *digest)
}

#[cfg(test)]
mod tests {
	use super::*;
	use sealane_primitives::evidence::entry::entry_hash;

	#[test]
	fn what_is_withheld_changes_no_hash_and_is_not_in_the_pack() {
		let entry = br#"{"id":"A","person":{"name":"Li"},"customer":"C-1","x":[1],"facts":{"age":40}}"#;
		let seed = [7; 32];
		let hash = entry_hash(entry, &seed, 3);
		for withheld in [
			&[][..],
			&[Part::Facts],
			&[Part::Customer, Part::Facts, Part::Person],
			&[Part::Details],
		] {
			let shown = Entry::new(entry, &seed, 3, withheld);
			assert_eq!(shown.fault(), None, "{withheld:?}");
			assert_eq!(shown.hash(), hash, "{withheld:?}");
			let text = String::from_utf8(shown.bytes.0.clone()).expect("a text");
			for (part, value) in [(Part::Facts, "40"), (Part::Customer, "C-1"), (Part::Person, "Li")] {
				assert_eq!(text.contains(value), !withheld.contains(&part), "{text}");
			}
		}
		assert_ne!(
			Entry::shown(entry, &seed, 4).hash(),
			hash,
			"each entry has salts of its own"
		);
	}
}
