// SPDX-License-Identifier: Apache-2.0

//! The hash of an entry, cut so that the personal parts of it can be withheld.
//!
//! An entry (an order, a confirmation, a registration, a result, a statement) is JSON text as its sender wrote it. The raw bytes of the
//! values of four top-level fields, the [`Part`]s, are hashed apart, each with a salt of its own; what remains is the *skeleton*, in which
//! a zero byte stands for each of these values. Whoever has skeleton, salts and values computes the [`entry_hash`]; whoever is shown the
//! hash of a part instead of its value computes the same, and learns nothing of the value but that it is there.

use crate::ids::Digest;
use alloc::vec::Vec;
use codec::{Decode, Encode};
use core::ops::Range;
use sha2::{Digest as _, Sha256};

/// Domain tag of salts, of parts and of records.
pub const SALT_TAG: &[u8] = b"sealane/2/salt";
/// Domain tag of a part's hash.
pub const PART_TAG: &[u8] = b"sealane/2/part";
/// Domain tag of a skeleton's hash.
pub const SKELETON_TAG: &[u8] = b"sealane/2/skeleton";
/// Domain tag of an entry's hash.
pub const ENTRY_TAG: &[u8] = b"sealane/2/entry";
/// Deepest nesting of an entry that is cut.
pub const MAX_DEPTH: u32 = 64;

/// A top-level field that can be withheld. The numbers are hashed; they never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub enum Part {
	/// The seller's reference of the customer.
	#[codec(index = 0)]
	Customer,
	/// What the two partners say to each other.
	#[codec(index = 1)]
	Details,
	/// What the clauses ask of the customer.
	#[codec(index = 2)]
	Facts,
	/// Name, document and birth date of a customer who registers.
	#[codec(index = 3)]
	Person,
}

impl Part {
	/// All parts, in the order of their numbers.
	pub const ALL: [Part; 4] = [Part::Customer, Part::Details, Part::Facts, Part::Person];

	/// The field's name in JSON.
	pub const fn name(self) -> &'static str {
		match self {
			Part::Customer => "customer",
			Part::Details => "details",
			Part::Facts => "facts",
			Part::Person => "person",
		}
	}

	/// The part with this name.
	pub fn named(name: &str) -> Option<Part> {
		Part::ALL.into_iter().find(|part| part.name() == name)
	}
}

/// Where the values of an entry's parts stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cut([Option<Range<usize>>; 4]);

impl Cut {
	/// Finds the parts. What is no JSON object (RFC 8259, UTF-8, at most [`MAX_DEPTH`] deep), or names a part twice, has none.
	pub fn of(entry: &[u8]) -> Cut {
		if core::str::from_utf8(entry).is_err() {
			return Cut::default();
		}
		scan::parts(entry).map(Cut).unwrap_or_default()
	}

	/// The bytes of a part's value.
	pub fn get(&self, part: Part) -> Option<Range<usize>> {
		self.0[part as usize].clone()
	}

	/// Parts and values in the order in which they stand in the text.
	fn by_place(&self) -> Vec<(Part, Range<usize>)> {
		let mut found: Vec<_> = Part::ALL
			.into_iter()
			.filter_map(|part| Some((part, self.get(part)?)))
			.collect();
		found.sort_by_key(|(_, range)| range.start);
		found
	}
}

/// The salt of a part of entry `ordinal`: `SHA-256("sealane/2/salt" ‖ seed ‖ u32 LE ordinal ‖ u8 part)`.
pub fn part_salt(seed: &[u8; 32], ordinal: u32, part: Part) -> Digest {
	let mut hash = Sha256::new();
	hash.update(SALT_TAG);
	hash.update(seed);
	hash.update(ordinal.to_le_bytes());
	hash.update([part as u8]);
	hash.finalize().into()
}

/// `SHA-256("sealane/2/part" ‖ salt ‖ value)`.
pub fn part_hash(salt: &Digest, value: &[u8]) -> Digest {
	let mut hash = Sha256::new();
	hash.update(PART_TAG);
	hash.update(salt);
	hash.update(value);
	hash.finalize().into()
}

/// `SHA-256("sealane/2/entry" ‖ skeleton's hash ‖ { u8 part ‖ part's hash })`; the parts come in the order of their numbers.
fn join(skeleton: Digest, parts: impl Iterator<Item = (Part, Digest)>) -> Digest {
	let mut hash = Sha256::new();
	hash.update(ENTRY_TAG);
	hash.update(skeleton);
	for (part, digest) in parts {
		hash.update([part as u8]);
		hash.update(digest);
	}
	hash.finalize().into()
}

/// The hash of an entry that is cut like this: `part` gives the hash of each part's value, or none for a part that does not count.
pub fn hash_of(entry: &[u8], cut: &Cut, part: impl Fn(Part, &[u8]) -> Option<Digest>) -> Digest {
	let mut skeleton = Sha256::new();
	skeleton.update(SKELETON_TAG);
	let mut from = 0;
	for (_, range) in cut.by_place() {
		skeleton.update(&entry[from..range.start]);
		skeleton.update([0]);
		from = range.end;
	}
	skeleton.update(&entry[from..]);
	join(
		skeleton.finalize().into(),
		Part::ALL.into_iter().filter_map(|each| {
			let value = &entry[cut.get(each)?];
			Some((each, part(each, value)?))
		}),
	)
}

/// The hash of entry `ordinal` of a packet with this seed. Defined for all bytes.
pub fn entry_hash(entry: &[u8], seed: &[u8; 32], ordinal: u32) -> Digest {
	hash_of(entry, &Cut::of(entry), |part, value| {
		Some(part_hash(&part_salt(seed, ordinal, part), value))
	})
}

/// The grammar of RFC 8259 over bytes that are UTF-8, as far as it takes to find the values of the parts. Nothing is allocated but
/// for names with escapes.
mod scan {
	use super::{Part, MAX_DEPTH};
	use alloc::{string::String, vec::Vec};
	use core::ops::Range;

	struct Scanner<'a> {
		text: &'a [u8],
		at: usize,
	}

	/// The values of the parts; `None` for what is no JSON object, is too deep, or names a part twice.
	pub(super) fn parts(text: &[u8]) -> Option<[Option<Range<usize>>; 4]> {
		let mut scanner = Scanner { text, at: 0 };
		let mut found: [Option<Range<usize>>; 4] = Default::default();
		scanner.blank();
		scanner.take(b'{')?;
		scanner.blank();
		if scanner.peek() == Some(b'}') {
			scanner.at += 1;
		} else {
			loop {
				scanner.blank();
				let part = scanner.string().map(|name| part_of(&text[name]))?;
				scanner.blank();
				scanner.take(b':')?;
				scanner.blank();
				let start = scanner.at;
				scanner.value(1)?;
				if let Some(part) = part {
					let place = &mut found[part as usize];
					if place.is_some() {
						return None;
					}
					*place = Some(start..scanner.at);
				}
				scanner.blank();
				match scanner.next()? {
					b',' => (),
					b'}' => break,
					_ => return None,
				}
			}
		}
		scanner.blank();
		(scanner.at == text.len()).then_some(found)
	}

	/// The part with this name, the name's bytes being those between the quotes.
	fn part_of(name: &[u8]) -> Option<Part> {
		if !name.contains(&b'\\') {
			return Part::ALL.into_iter().find(|part| part.name().as_bytes() == name);
		}
		let name = unescaped(name)?;
		Part::ALL.into_iter().find(|part| part.name() == name)
	}

	/// A name without its escapes; `None` where a lone surrogate stands in it, which no part's name has.
	fn unescaped(name: &[u8]) -> Option<String> {
		let mut units: Vec<u16> = Vec::with_capacity(name.len());
		let text = core::str::from_utf8(name).ok()?;
		let mut chars = text.chars();
		while let Some(char) = chars.next() {
			if char != '\\' {
				units.extend_from_slice(char.encode_utf16(&mut [0; 2]));
				continue;
			}
			units.push(match chars.next()? {
				'b' => 8,
				'f' => 12,
				'n' => 10,
				'r' => 13,
				't' => 9,
				'u' => {
					let mut unit = 0u16;
					for _ in 0..4 {
						unit = unit << 4 | chars.next()?.to_digit(16)? as u16;
					}
					unit
				}
				other => other as u16,
			});
		}
		String::from_utf16(&units).ok()
	}

	impl Scanner<'_> {
		fn peek(&self) -> Option<u8> {
			self.text.get(self.at).copied()
		}

		fn next(&mut self) -> Option<u8> {
			let byte = self.peek()?;
			self.at += 1;
			Some(byte)
		}

		fn take(&mut self, byte: u8) -> Option<()> {
			(self.next()? == byte).then_some(())
		}

		fn blank(&mut self) {
			while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
				self.at += 1;
			}
		}

		/// A string; gives the range between its quotes.
		fn string(&mut self) -> Option<Range<usize>> {
			self.take(b'"')?;
			let start = self.at;
			loop {
				match self.next()? {
					b'"' => return Some(start..self.at - 1),
					b'\\' => match self.next()? {
						b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => (),
						b'u' => {
							for _ in 0..4 {
								self.next()?.is_ascii_hexdigit().then_some(())?;
							}
						}
						_ => return None,
					},
					0..=0x1f => return None,
					_ => (),
				}
			}
		}

		fn digits(&mut self) -> Option<()> {
			let start = self.at;
			while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
				self.at += 1;
			}
			(self.at > start).then_some(())
		}

		fn number(&mut self) -> Option<()> {
			if self.peek() == Some(b'-') {
				self.at += 1;
			}
			match self.peek()? {
				b'0' => self.at += 1,
				_ => self.digits()?,
			}
			if self.peek() == Some(b'.') {
				self.at += 1;
				self.digits()?;
			}
			if matches!(self.peek(), Some(b'e' | b'E')) {
				self.at += 1;
				if matches!(self.peek(), Some(b'+' | b'-')) {
					self.at += 1;
				}
				self.digits()?;
			}
			Some(())
		}

		fn word(&mut self, word: &[u8]) -> Option<()> {
			self.text[self.at..].starts_with(word).then(|| self.at += word.len())
		}

		/// A value that stands `depth` deep. Recursion ends at [`MAX_DEPTH`].
		fn value(&mut self, depth: u32) -> Option<()> {
			match self.peek()? {
				b'"' => self.string().map(drop),
				b'{' | b'[' if depth >= MAX_DEPTH => None,
				b'{' => self.list(b'}', |scanner| {
					scanner.string()?;
					scanner.blank();
					scanner.take(b':')?;
					scanner.blank();
					scanner.value(depth + 1)
				}),
				b'[' => self.list(b']', |scanner| scanner.value(depth + 1)),
				b't' => self.word(b"true"),
				b'f' => self.word(b"false"),
				b'n' => self.word(b"null"),
				_ => self.number(),
			}
		}

		/// What stands between brackets, separated by commas.
		fn list(&mut self, end: u8, mut item: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
			self.at += 1;
			self.blank();
			if self.peek()? == end {
				self.at += 1;
				return Some(());
			}
			loop {
				self.blank();
				item(self)?;
				self.blank();
				match self.next()? {
					b',' => (),
					byte if byte == end => return Some(()),
					_ => return None,
				}
			}
		}
	}
}

#[cfg(test)]
mod tests;
