// SPDX-License-Identifier: Apache-2.0

//! Texts for people that the chain keeps: names, contacts, reasons. One rule for all of them.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// What is wrong with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
#[cfg_attr(feature = "runtime", derive(frame_support::PalletError))]
pub enum TextFault {
	/// Nothing in it.
	Empty,
	/// No UTF-8.
	NotUtf8,
	/// A control character, line breaks included.
	ControlCharacter,
	/// White space in front or at the end.
	OuterSpace,
	/// A character that is not seen and changes how others are: marks of direction, joiners, tags, line separators.
	InvisibleCharacter,
}

/// First and last of each run of characters that people do not see: Unicode 16.0, general category Cf (format), with the
/// separators of lines (Zl) and paragraphs (Zp).
const INVISIBLE: [(char, char); 21] = [
	('\u{ad}', '\u{ad}'),
	('\u{600}', '\u{605}'),
	('\u{61c}', '\u{61c}'),
	('\u{6dd}', '\u{6dd}'),
	('\u{70f}', '\u{70f}'),
	('\u{890}', '\u{891}'),
	('\u{8e2}', '\u{8e2}'),
	('\u{180e}', '\u{180e}'),
	('\u{200b}', '\u{200f}'),
	('\u{2028}', '\u{202e}'),
	('\u{2060}', '\u{2064}'),
	('\u{2066}', '\u{206f}'),
	('\u{feff}', '\u{feff}'),
	('\u{fff9}', '\u{fffb}'),
	('\u{110bd}', '\u{110bd}'),
	('\u{110cd}', '\u{110cd}'),
	('\u{13430}', '\u{1343f}'),
	('\u{1bca0}', '\u{1bca3}'),
	('\u{1d173}', '\u{1d17a}'),
	('\u{e0001}', '\u{e0001}'),
	('\u{e0020}', '\u{e007f}'),
];

/// Checks a text for people: UTF-8 that begins and ends with something that is seen, and has nothing in it that is not.
///
/// # Errors
/// [`TextFault`] naming what is wrong.
pub fn check_text(text: &[u8]) -> Result<(), TextFault> {
	let text = core::str::from_utf8(text).map_err(|_| TextFault::NotUtf8)?;
	if text.trim().is_empty() {
		return Err(TextFault::Empty);
	}
	if text.chars().any(char::is_control) {
		return Err(TextFault::ControlCharacter);
	}
	if text.trim() != text {
		return Err(TextFault::OuterSpace);
	}
	if text.chars().any(is_invisible) {
		return Err(TextFault::InvisibleCharacter);
	}
	Ok(())
}

/// Whether a character is not seen: a format character, or a separator of lines or paragraphs.
pub fn is_invisible(c: char) -> bool {
	INVISIBLE.iter().any(|(first, last)| (*first..=*last).contains(&c))
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	#[test]
	fn takes_texts_of_any_script() {
		for text in ["工银理财有限责任公司", "Banque de l'Île", "B", "监管要求", "बैंक", "بنك"]
		{
			assert_eq!(check_text(text.as_bytes()), Ok(()), "{text}");
		}
	}

	#[test]
	fn fails_when_a_text_is_not_presentable() {
		for (text, fault) in [
			("", TextFault::Empty),
			("  ", TextFault::Empty),
			("\u{3000}", TextFault::Empty),
			("a\nb", TextFault::ControlCharacter),
			("\u{9b}a", TextFault::ControlCharacter),
			(" a", TextFault::OuterSpace),
			("a\u{3000}", TextFault::OuterSpace),
			("First\u{202e}knaB", TextFault::InvisibleCharacter),
			("a\u{2066}b", TextFault::InvisibleCharacter),
			("Ba\u{200b}nk", TextFault::InvisibleCharacter),
			("a\u{2028}b", TextFault::InvisibleCharacter),
			("a\u{e0041}", TextFault::InvisibleCharacter),
		] {
			assert_eq!(check_text(text.as_bytes()), Err(fault), "{text:?}");
		}
		assert_eq!(check_text(&[0xc3]), Err(TextFault::NotUtf8));
	}

	proptest! {
		/// No text that is taken reads otherwise than the sum of its characters, and none panics.
		#[test]
		fn what_is_taken_is_seen(bytes in prop::collection::vec(any::<u8>(), 0..64), text in "\\PC{0,24}") {
			let _ = check_text(&bytes);
			if check_text(text.as_bytes()).is_ok() {
				prop_assert!(text.chars().all(|c| !c.is_control() && !is_invisible(c)));
				prop_assert_eq!(text.trim(), text.as_str());
			}
		}
	}
}
