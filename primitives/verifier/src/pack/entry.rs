// SPDX-License-Identifier: Apache-2.0

//! An order or a confirmation in a pack: its parts may be withheld.

use super::Payload;
use alloc::{format, string::String, vec::Vec};
use codec::Encode;
use core::ops::Range;
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
			bytes: Payload(Vec::new()),
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
		it.bytes = Payload(blank(entry, hidden));
		it
	}

	/// The same without the values of these parts as well. Its hash stays what it is; a part that is not there, or is withheld already,
	/// changes nothing.
	#[must_use]
	pub fn without(&self, parts: &[Part]) -> Self {
		let cut = Cut::of(&self.bytes.0);
		let mut it = self.clone();
		let mut hidden = Vec::new();
		it.salts.retain(|(part, salt)| {
			let Some(range) = cut.get(*part).filter(|_| parts.contains(part)) else {
				return true;
			};
			it.withheld.push((*part, part_hash(salt, &self.bytes.0[range.clone()])));
			hidden.push(range);
			false
		});
		it.withheld.sort_by_key(|(part, _)| *part);
		it.bytes = Payload(blank(&self.bytes.0, hidden));
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

/// The text with [`WITHHELD`] in these places.
fn blank(text: &[u8], mut places: Vec<Range<usize>>) -> Vec<u8> {
	places.sort_by_key(|range| range.start);
	let mut blanked = Vec::with_capacity(text.len());
	let mut from = 0;
	for range in places {
		blanked.extend_from_slice(&text[from..range.start]);
		blanked.extend_from_slice(WITHHELD);
		from = range.end;
	}
	blanked.extend_from_slice(&text[from..]);
	blanked
}

fn find(list: &[(Part, Digest)], part: Part) -> Option<Digest> {
	let found = list.iter().find(|(other, _)| *other == part);
	found.map(|(_, digest)| *digest)
}

#[cfg(test)]
mod tests {
	use super::*;
	use alloc::{collections::BTreeMap, vec};
	use proptest::prelude::*;
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
			// Cut later, or in two steps, it is the same.
			assert_eq!(Entry::shown(entry, &seed, 3).without(withheld), shown, "{withheld:?}");
			let (first, rest) = withheld.split_at(withheld.len() / 2);
			assert_eq!(Entry::new(entry, &seed, 3, rest).without(first), shown, "{withheld:?}");
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

	/// Whoever is shown a pack tries every value that he can think of, with everything that he has: with no salt, with what is hashed for
	/// other parts and other entries, with what the pack shows.
	#[test]
	fn what_is_withheld_cannot_be_guessed() {
		let entry = br#"{"id":"A","customer":"C-1","facts":{"age":40},"details":{"note":"x"}}"#;
		let shown = Entry::new(entry, &[7; 32], 3, &[Part::Facts]);
		let (_, hidden) = shown.withheld[0];
		let mut salts = vec![[0; 32], shown.hash(), hidden];
		for (part, salt) in &shown.salts {
			salts.push(*salt);
			// As if a salt that is shown were the seed of the others.
			salts.extend((0..8).flat_map(|ordinal| Part::ALL.map(|other| part_salt(salt, ordinal, other))));
			let value = &entry[Cut::of(entry).get(*part).expect("it is shown")];
			salts.push(part_hash(salt, value));
		}
		for age in 0..200 {
			let guess = format!("{{\"age\":{age}}}");
			for salt in &salts {
				assert_ne!(part_hash(salt, guess.as_bytes()), hidden, "{guess}");
			}
		}
		// With its own salt the guess is found: the search would see it.
		let own = part_salt(&[7; 32], 3, Part::Facts);
		assert!((0..200).any(|age| part_hash(&own, format!("{{\"age\":{age}}}").as_bytes()) == hidden));
	}

	/// A JSON object with some of the parts, in any order of names, or any bytes at all.
	fn entries() -> impl Strategy<Value = Vec<u8>> {
		let value = prop_oneof![
			Just("null".to_string()),
			Just("[1, {\"facts\":2}]".to_string()),
			"[a-z{}\\[\\],:]{0,8}".prop_map(|text| format!("\"{text}\"")),
			any::<i64>().prop_map(|number| number.to_string()),
		];
		let fields = proptest::collection::btree_map("id|customer|facts|details|person|x", value, 0..6);
		let object = |fields: BTreeMap<String, String>| {
			let fields: Vec<_> = fields
				.iter()
				.map(|(name, value)| format!("\"{name}\" : {value}"))
				.collect();
			format!("{{{}}}", fields.join(",")).into_bytes()
		};
		prop_oneof![
			3 => fields.prop_map(object),
			1 => proptest::collection::vec(any::<u8>(), 0..200),
		]
	}

	proptest! {
		#[test]
		fn every_entry_can_be_shown_without_any_of_its_parts(
			entry in entries(),
			withheld in proptest::collection::vec(0usize..4, 0..4),
		) {
			let withheld: Vec<Part> = withheld.into_iter().map(|number| Part::ALL[number]).collect();
			let shown = Entry::new(&entry, &[7; 32], 3, &withheld);
			prop_assert_eq!(shown.hash(), entry_hash(&entry, &[7; 32], 3));
			prop_assert_eq!(shown.fault(), None);
			let parts = Part::ALL.into_iter().filter(|part| Cut::of(&entry).get(*part).is_some()).count();
			prop_assert_eq!(shown.salts.len() + shown.withheld.len(), parts);
			if withheld.is_empty() {
				prop_assert_eq!(&shown.bytes.0, &entry);
			}
		}
	}
}
