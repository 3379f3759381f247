// SPDX-License-Identifier: Apache-2.0

//! Values that a later runtime may extend, on their way to a node that may be older.

use alloc::vec::Vec;
use codec::{Decode, Encode, Error, Input};
use scale_info::{Type, TypeInfo};

/// A value in an envelope of its own: its SCALE bytes behind their length (compact).
///
/// Whoever reads it takes what it knows from the front and skips the rest, so fields may be appended to a structure that travels
/// like this. What it cannot read at all, a variant that came later, is kept as bytes and spoils nothing around it.
///
/// Two rules make that work. New fields come last, and a field that names the value (its number, its id) stays the first for ever,
/// so that what is [`Open::Unknown`] can still be named: see [`Open::first`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Open<T> {
	/// Read.
	Known(T),
	/// Made by a later version: its bytes.
	Unknown(Vec<u8>),
}

impl<T> Open<T> {
	/// The value, where it was read.
	pub fn known(self) -> Option<T> {
		match self {
			Open::Known(value) => Some(value),
			Open::Unknown(_) => None,
		}
	}

	/// The first field of a value that was not read.
	pub fn first<F: Decode>(bytes: &[u8]) -> Option<F> {
		F::decode(&mut &bytes[..]).ok()
	}
}

impl<T> From<T> for Open<T> {
	fn from(value: T) -> Self {
		Open::Known(value)
	}
}

impl<T: Encode> Encode for Open<T> {
	fn encode(&self) -> Vec<u8> {
		match self {
			Open::Known(value) => value.encode().encode(),
			Open::Unknown(bytes) => bytes.encode(),
		}
	}
}

impl<T: Decode> Decode for Open<T> {
	fn decode<I: Input>(input: &mut I) -> Result<Self, Error> {
		let bytes = Vec::<u8>::decode(input)?;
		Ok(match T::decode(&mut &bytes[..]) {
			Ok(value) => Open::Known(value),
			Err(_) => Open::Unknown(bytes),
		})
	}
}

/// In the metadata it is what it is on the way: bytes.
impl<T: 'static> TypeInfo for Open<T> {
	type Identity = Vec<u8>;

	fn type_info() -> Type {
		Vec::<u8>::type_info()
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use alloc::vec;
	use proptest::prelude::*;

	#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
	struct Old {
		id: u32,
		kind: OldKind,
	}

	#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
	enum OldKind {
		A,
	}

	#[derive(Encode)]
	struct New {
		id: u32,
		kind: NewKind,
		more: Vec<u8>,
	}

	#[derive(Encode)]
	enum NewKind {
		A,
		B(u64),
	}

	#[test]
	fn an_older_reader_skips_what_was_appended_and_keeps_what_it_does_not_know() {
		let new = |id, kind, more: &[u8]| {
			Open::Known(New {
				id,
				kind,
				more: more.to_vec(),
			})
		};
		let bytes = vec![
			new(1, NewKind::A, b"more"),
			new(2, NewKind::B(9), b""),
			new(3, NewKind::A, b""),
		]
		.encode();
		let read = Vec::<Open<Old>>::decode(&mut &bytes[..]).expect("the list is read");
		let old = |id| Open::Known(Old { id, kind: OldKind::A });
		assert_eq!((&read[0], &read[2]), (&old(1), &old(3)));
		let Open::Unknown(unread) = &read[1] else {
			panic!("variant B is of a later version")
		};
		assert_eq!(Open::<Old>::first::<u32>(unread), Some(2), "it can be named");
		// Passed on as it came.
		let again = read.encode();
		assert_eq!(Vec::<Open<Old>>::decode(&mut &again[..]).expect("the same list"), read);
	}

	proptest! {
		#[test]
		fn whatever_comes_is_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
			let _ = Vec::<Open<Old>>::decode(&mut &bytes[..]);
		}
	}
}
