// SPDX-License-Identifier: Apache-2.0

//! Short printable ASCII, kept inline.

use alloc::{
	string::{String, ToString},
	vec::Vec,
};
use codec::{Decode, DecodeWithMemTracking, Encode, EncodeLike, Error, Input, MaxEncodedLen, Output};
use core::{fmt, str::FromStr};
use scale_info::TypeInfo;
use serde::{de, Deserialize, Deserializer, Serialize, Serializer};

/// The beginning of a text that is quoted in an error.
pub(crate) fn excerpt(text: &str) -> &str {
	const MAX_CHARS: usize = 48;
	match text.char_indices().nth(MAX_CHARS) {
		Some((end, _)) => &text[..end],
		None => text,
	}
}

/// Printable ASCII without spaces, 1 to `N` bytes (`N` ≤ 63). On the wire it is `Vec<u8>`, and metadata says so; in memory it
/// is inline, so that facts are read without allocating.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Text<const N: usize> {
	len: u8,
	bytes: [u8; N],
}

/// Why bytes are no [`Text`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextInvalid {
	/// No byte at all.
	Empty,
	/// Longer than allowed.
	TooLong {
		/// Bytes found.
		len: usize,
		/// Bytes allowed.
		max: usize,
	},
	/// A byte outside `0x21..=0x7e`.
	NotPrintable {
		/// Its position, from 0.
		at: usize,
	},
}

impl fmt::Display for TextInvalid {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			TextInvalid::Empty => f.write_str("text is empty"),
			TextInvalid::TooLong { len, max } => write!(f, "text has {len} bytes, at most {max} are allowed"),
			TextInvalid::NotPrintable { at } => {
				write!(f, "byte {at} is not printable ASCII without spaces")
			}
		}
	}
}

impl<const N: usize> Text<N> {
	/// The text of these bytes.
	pub const fn new(text: &[u8]) -> Result<Self, TextInvalid> {
		const { assert!(N > 0 && N < 64, "the length must fit one byte of a compact length") };
		if text.is_empty() {
			return Err(TextInvalid::Empty);
		}
		if text.len() > N {
			return Err(TextInvalid::TooLong {
				len: text.len(),
				max: N,
			});
		}
		let mut bytes = [0; N];
		let mut at = 0;
		while at < text.len() {
			if !text[at].is_ascii_graphic() {
				return Err(TextInvalid::NotPrintable { at });
			}
			bytes[at] = text[at];
			at += 1;
		}
		Ok(Self {
			len: text.len() as u8,
			bytes,
		})
	}

	/// Its bytes.
	pub fn as_bytes(&self) -> &[u8] {
		&self.bytes[..self.len as usize]
	}

	/// As a string.
	pub fn as_str(&self) -> &str {
		// Every constructor admits ASCII only, so the fallback is never taken; it is there to need no panic.
		core::str::from_utf8(self.as_bytes()).unwrap_or("")
	}
}

impl<const N: usize> PartialOrd for Text<N> {
	fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
		Some(self.cmp(other))
	}
}

impl<const N: usize> Ord for Text<N> {
	fn cmp(&self, other: &Self) -> core::cmp::Ordering {
		self.as_bytes().cmp(other.as_bytes())
	}
}

impl<const N: usize> TryFrom<&[u8]> for Text<N> {
	type Error = TextInvalid;
	fn try_from(text: &[u8]) -> Result<Self, TextInvalid> {
		Self::new(text)
	}
}

impl<const N: usize> TryFrom<&str> for Text<N> {
	type Error = TextInvalid;
	fn try_from(text: &str) -> Result<Self, TextInvalid> {
		Self::new(text.as_bytes())
	}
}

impl<const N: usize> FromStr for Text<N> {
	type Err = TextInvalid;
	fn from_str(text: &str) -> Result<Self, TextInvalid> {
		Self::new(text.as_bytes())
	}
}

impl<const N: usize> fmt::Display for Text<N> {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(self.as_str())
	}
}

impl<const N: usize> fmt::Debug for Text<N> {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		fmt::Debug::fmt(self.as_str(), f)
	}
}

impl<const N: usize> From<Text<N>> for String {
	fn from(text: Text<N>) -> String {
		text.as_str().to_string()
	}
}

impl<const N: usize> Encode for Text<N> {
	fn size_hint(&self) -> usize {
		1 + self.len as usize
	}

	fn encode_to<T: Output + ?Sized>(&self, dest: &mut T) {
		self.as_bytes().encode_to(dest)
	}
}

impl<const N: usize> EncodeLike for Text<N> {}
impl<const N: usize> EncodeLike<Vec<u8>> for Text<N> {}

impl<const N: usize> Decode for Text<N> {
	fn decode<I: Input>(input: &mut I) -> Result<Self, Error> {
		let len = codec::Compact::<u32>::decode(input)?.0 as usize;
		if len > N {
			return Err("Text: too long".into());
		}
		let mut bytes = [0; N];
		input.read(&mut bytes[..len])?;
		Self::new(&bytes[..len]).map_err(|invalid| match invalid {
			TextInvalid::Empty => "Text: empty".into(),
			TextInvalid::TooLong { .. } => "Text: too long".into(),
			TextInvalid::NotPrintable { .. } => "Text: not printable ASCII".into(),
		})
	}
}

impl<const N: usize> DecodeWithMemTracking for Text<N> {}

impl<const N: usize> MaxEncodedLen for Text<N> {
	fn max_encoded_len() -> usize {
		1 + N
	}
}

impl<const N: usize> TypeInfo for Text<N> {
	type Identity = Vec<u8>;
	fn type_info() -> scale_info::Type {
		Vec::<u8>::type_info()
	}
}

impl<const N: usize> Serialize for Text<N> {
	fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
		serializer.serialize_str(self.as_str())
	}
}

impl<'de, const N: usize> Deserialize<'de> for Text<N> {
	fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
		struct Visitor<const N: usize>;
		impl<const N: usize> de::Visitor<'_> for Visitor<N> {
			type Value = Text<N>;

			fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
				write!(f, "a string of 1 to {N} printable ASCII characters without spaces")
			}

			fn visit_str<E: de::Error>(self, text: &str) -> Result<Text<N>, E> {
				Text::try_from(text).map_err(|invalid| E::custom(format_args!("{:?}: {invalid}", excerpt(text))))
			}
		}
		deserializer.deserialize_str(Visitor)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	type Short = Text<8>;

	#[test]
	fn takes_printable_ascii_of_one_to_n_bytes() {
		assert_eq!(Short::try_from("CN-11").map(|t| t.to_string()), Ok("CN-11".into()));
		assert_eq!(Short::try_from("12345678").map(|t| t.as_bytes().len()), Ok(8));
		assert_eq!(Short::try_from(""), Err(TextInvalid::Empty));
		assert_eq!(
			Short::try_from("123456789"),
			Err(TextInvalid::TooLong { len: 9, max: 8 })
		);
		assert_eq!(Short::try_from("a b"), Err(TextInvalid::NotPrintable { at: 1 }));
		assert_eq!(Short::try_from("北京"), Err(TextInvalid::NotPrintable { at: 0 }));
	}

	#[test]
	fn encodes_as_bytes_do() {
		let text = Short::try_from("CN-11").expect("valid");
		assert_eq!(text.encode(), b"CN-11".to_vec().encode());
		assert_eq!(text.encode().len(), text.size_hint());
		assert_eq!(Short::decode(&mut &text.encode()[..]), Ok(text));
		assert_eq!(<Short as TypeInfo>::type_info(), Vec::<u8>::type_info());
	}

	#[test]
	fn decoding_refuses_what_the_constructor_refuses() {
		for bytes in [
			vec![],
			b"123456789".to_vec(),
			b"a\0".to_vec(),
			vec![0xff],
			vec![b'a'; 1000],
		] {
			assert!(Short::decode(&mut &bytes.encode()[..]).is_err(), "{bytes:?}");
		}
		// A length that no bytes follow.
		assert!(Short::decode(&mut &[5 << 2, b'a'][..]).is_err());
	}

	#[test]
	fn orders_as_bytes_do() {
		let text = |t: &str| Short::try_from(t).expect("valid");
		assert!(text("a") < text("aa") && text("aa") < text("b") && text("B") < text("a"));
	}
}
