// SPDX-License-Identifier: Apache-2.0

//! One bit per entry of a packet.

/// One bit per entry of a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bits {
	/// Up to 64 entries.
	Small(u64),
	/// More.
	Large(Box<[u64]>),
	/// Every bit is set.
	Full,
}

impl Bits {
	/// No bit is set.
	pub fn new(count: u32) -> Self {
		if count <= 64 {
			Bits::Small(0)
		} else {
			Bits::Large(vec![0; count.div_ceil(64) as usize].into())
		}
	}

	/// Whether bit `at` is set.
	pub fn get(&self, at: u32) -> bool {
		match self {
			Bits::Small(word) => at < 64 && word >> at & 1 == 1,
			Bits::Large(words) => words
				.get(at as usize / 64)
				.is_some_and(|word| word >> (at % 64) & 1 == 1),
			Bits::Full => true,
		}
	}

	/// Set bit `at` of `count`.
	pub(super) fn set(&mut self, at: u32) {
		match self {
			Bits::Small(word) => *word |= 1 << (at & 63),
			Bits::Large(words) => {
				if let Some(word) = words.get_mut(at as usize / 64) {
					*word |= 1 << (at % 64);
				}
			}
			Bits::Full => (),
		}
	}

	/// Clear bit `at` of `count`.
	pub(super) fn clear(&mut self, at: u32, count: u32) {
		if *self == Bits::Full {
			*self = Bits::new(count);
			(0..count).for_each(|each| self.set(each));
		}
		match self {
			Bits::Small(word) => *word &= !(1 << (at & 63)),
			Bits::Large(words) => {
				if let Some(word) = words.get_mut(at as usize / 64) {
					*word &= !(1 << (at % 64));
				}
			}
			Bits::Full => (),
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	proptest! {
		#[test]
		fn bits_are_a_set(count in 1u32..300, steps in proptest::collection::vec((any::<bool>(), 0u32..300), 0..200)) {
			let mut bits = Bits::new(count);
			let mut set = std::collections::BTreeSet::new();
			for (add, at) in steps {
				let at = at % count;
				if add {
					bits.set(at);
					set.insert(at);
				} else {
					bits.clear(at, count);
					set.remove(&at);
				}
				if set.len() as u32 == count {
					bits = Bits::Full;
				}
				for each in 0..count {
					prop_assert_eq!(bits.get(each), set.contains(&each));
				}
			}
		}
	}
}
