// SPDX-License-Identifier: Apache-2.0

//! The number under which the law knows an institution, checked by form and by check characters.
//!
//! * LEI: ISO 17442, 20 characters, check digits by ISO/IEC 7064 MOD 97-10.
//! * 统一社会信用代码, unified social credit code: GB 32100-2015, 18 characters, check character modulo 31.

use alloc::string::String;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use scale_info::TypeInfo;

/// Length of an LEI in characters.
pub const LEI_LEN: usize = 20;
/// Length of a unified social credit code in characters.
pub const CREDIT_CODE_LEN: usize = 18;

/// Digits and letters of GB 32100, in the order of their values: no I, O, S, V, Z.
const CREDIT_CODE_ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// An institution's legal number, as ASCII characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum LegalId {
	/// Legal Entity Identifier, ISO 17442.
	Lei([u8; LEI_LEN]),
	/// 统一社会信用代码, GB 32100-2015.
	CreditCode([u8; CREDIT_CODE_LEN]),
}

/// What is wrong with a legal number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
#[cfg_attr(feature = "runtime", derive(frame_support::PalletError))]
pub enum LegalIdFault {
	/// Neither 18 nor 20 characters.
	Length,
	/// A character that the standard does not have at this place.
	Character,
	/// The check characters do not fit the others.
	CheckCharacter,
}

impl fmt::Display for LegalIdFault {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(match self {
			LegalIdFault::Length => "an LEI has 20 characters, a unified social credit code 18",
			LegalIdFault::Character => "it has a character that the standard does not have at that place",
			LegalIdFault::CheckCharacter => "its check characters do not fit the others: one was mistyped",
		})
	}
}

impl LegalId {
	/// Reads a number from text; 20 characters are an LEI, 18 a credit code.
	///
	/// # Errors
	/// [`LegalIdFault`] where length, characters or check characters do not fit.
	pub fn parse(text: &str) -> Result<Self, LegalIdFault> {
		let bytes = text.as_bytes();
		let id = if let Ok(lei) = <[u8; LEI_LEN]>::try_from(bytes) {
			LegalId::Lei(lei)
		} else if let Ok(code) = <[u8; CREDIT_CODE_LEN]>::try_from(bytes) {
			LegalId::CreditCode(code)
		} else {
			return Err(LegalIdFault::Length);
		};
		id.validate()?;
		Ok(id)
	}

	/// Whether form and check characters hold.
	///
	/// # Errors
	/// [`LegalIdFault`] naming what does not.
	pub fn validate(&self) -> Result<(), LegalIdFault> {
		match self {
			LegalId::Lei(lei) => validate_lei(lei),
			LegalId::CreditCode(code) => validate_credit_code(code),
		}
	}

	/// The number's characters.
	pub fn as_bytes(&self) -> &[u8] {
		match self {
			LegalId::Lei(lei) => lei,
			LegalId::CreditCode(code) => code,
		}
	}

	/// The number as text, for logs and panics.
	pub fn to_text(&self) -> String {
		String::from_utf8_lossy(self.as_bytes()).into_owned()
	}
}

/// The number of ISO/IEC 7064 that `characters` stand for, modulo 97; letters count from 10. `None` for a character
/// that is neither digit nor capital letter.
fn mod_97(characters: &[u8]) -> Option<u32> {
	characters.iter().try_fold(0u32, |rest, c| match c {
		b'0'..=b'9' => Some((rest * 10 + u32::from(c - b'0')) % 97),
		b'A'..=b'Z' => Some((rest * 100 + u32::from(c - b'A') + 10) % 97),
		_ => None,
	})
}

fn validate_lei(lei: &[u8; LEI_LEN]) -> Result<(), LegalIdFault> {
	if !lei[18..].iter().all(u8::is_ascii_digit) {
		return Err(LegalIdFault::Character);
	}
	match mod_97(lei) {
		Some(1) => Ok(()),
		Some(_) => Err(LegalIdFault::CheckCharacter),
		None => Err(LegalIdFault::Character),
	}
}

/// The check character of GB 32100 for the 17 characters before it: weights are the powers of 3 modulo 31.
fn credit_code_check(characters: &[u8]) -> Option<u8> {
	let (sum, _) = characters.iter().try_fold((0usize, 1usize), |(sum, weight), c| {
		let value = CREDIT_CODE_ALPHABET.iter().position(|a| a == c)?;
		Some((sum + value * weight, weight * 3 % 31))
	})?;
	Some(CREDIT_CODE_ALPHABET[(31 - sum % 31) % 31])
}

fn validate_credit_code(code: &[u8; CREDIT_CODE_LEN]) -> Result<(), LegalIdFault> {
	// Places 3 to 8 are the administrative division, digits by GB/T 2260.
	if !code[2..8].iter().all(u8::is_ascii_digit) {
		return Err(LegalIdFault::Character);
	}
	let check = credit_code_check(&code[..17]).ok_or(LegalIdFault::Character)?;
	if !CREDIT_CODE_ALPHABET.contains(&code[17]) {
		return Err(LegalIdFault::Character);
	}
	if check == code[17] {
		Ok(())
	} else {
		Err(LegalIdFault::CheckCharacter)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	#[test]
	fn knows_real_leis() {
		for lei in [
			"5493001KJTIIGC8Y1R12",
			"7LTWFZYICNSX8D621K86",
			"HWUPKR0MPOU8FGXBT394",
			"W22LROWP2IHZNBB6K528",
		] {
			assert!(matches!(LegalId::parse(lei), Ok(LegalId::Lei(_))), "{lei}");
		}
	}

	#[test]
	fn knows_real_credit_codes() {
		for code in ["91350100M000100Y43", "9144030071526726XG", "91440300192185379H"] {
			assert!(matches!(LegalId::parse(code), Ok(LegalId::CreditCode(_))), "{code}");
		}
	}

	#[test]
	fn fails_when_a_check_character_is_wrong() {
		assert_eq!(
			LegalId::parse("5493001KJTIIGC8Y1R13"),
			Err(LegalIdFault::CheckCharacter)
		);
		assert_eq!(LegalId::parse("91350100M000100Y44"), Err(LegalIdFault::CheckCharacter));
	}

	#[test]
	fn fails_when_a_character_is_not_of_the_standard() {
		assert_eq!(LegalId::parse("5493001kJTIIGC8Y1R12"), Err(LegalIdFault::Character));
		assert_eq!(LegalId::parse("5493001KJTIIGC8Y1RA2"), Err(LegalIdFault::Character));
		assert_eq!(LegalId::parse("91350100I000100Y43"), Err(LegalIdFault::Character));
		assert_eq!(LegalId::parse("91A50100M000100Y43"), Err(LegalIdFault::Character));
		assert_eq!(LegalId::parse("91350100M000100Y4Z"), Err(LegalIdFault::Character));
	}

	#[test]
	fn fails_when_the_length_is_wrong() {
		for text in ["", "5493001KJTIIGC8Y1R1", "5493001KJTIIGC8Y1R123", "91350100M000100Y4"] {
			assert_eq!(LegalId::parse(text), Err(LegalIdFault::Length), "{text}");
		}
	}

	proptest! {
		#[test]
		fn no_text_panics(text in ".{0,40}") {
			let _ = LegalId::parse(&text);
		}
	}
}
