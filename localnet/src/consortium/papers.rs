// SPDX-License-Identifier: Apache-2.0

//! Papers that exist outside the chain: cooperation agreements, numbers under which the law knows institutions.

use crate::error::{Error, Result};
use std::path::{Path, PathBuf};

/// Writes the cooperation agreement of a seller and an issuer; its SHA-256 goes on chain, the paper does not.
///
/// # Errors
/// The file cannot be written.
pub fn write_agreement(folder: &Path, seller: (&str, &str), issuer: (&str, &str)) -> Result<PathBuf> {
	let path = folder.join(format!("{}--{}.txt", seller.0, issuer.0));
	let text = format!(
		"COOPERATION AGREEMENT\n\n\
		 between {} (the seller) and {} (the issuer).\n\n\
		 1. The seller offers the issuer's products to its customers and sends their orders to the issuer's node.\n\
		 2. The issuer confirms each order, or rejects it with a reason.\n\
		 3. Both keep the trade records and their proofs for as long as the law asks.\n\n\
		 Signed for the seller: {}\nSigned for the issuer: {}\n",
		seller.1, issuer.1, seller.1, issuer.1
	);
	std::fs::create_dir_all(folder).map_err(Error::io(format!("cannot make {}", folder.display())))?;
	std::fs::write(&path, text).map_err(Error::io(format!("cannot write {}", path.display())))?;
	Ok(path)
}

/// A unified social credit code with a right check character (GB 32100-2015) for an invented institution; `serial` below
/// 10,000,000.
pub fn credit_code(serial: u32) -> String {
	let body = format!("91310000MA{:07}", serial % 10_000_000);
	let check = check_character(&body);
	format!("{body}{check}")
}

/// The 18th character for the 17 before it.
fn check_character(body: &str) -> char {
	const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
	let (sum, _) = body.bytes().fold((0, 1), |(sum, weight), c| {
		// The codes made here have no character outside the alphabet.
		let value = ALPHABET.iter().position(|a| *a == c).unwrap_or(0);
		(sum + value * weight, weight * 3 % 31)
	});
	char::from(ALPHABET[(31 - sum % 31) % 31])
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn credit_codes_carry_their_check_character() {
		// The standard's own example.
		assert_eq!(check_character("91350100M000100Y4"), '3');
		let code = credit_code(1);
		assert_eq!(code.len(), 18);
		assert!(code.starts_with("91310000MA0000001"));
	}

	#[test]
	fn an_agreement_names_both_parties() {
		let folder = tempfile::tempdir().unwrap();
		let path = write_agreement(folder.path(), ("a", "Bank A"), ("b", "Issuer B")).unwrap();
		let text = std::fs::read_to_string(path).unwrap();
		assert!(text.contains("Bank A") && text.contains("Issuer B"));
	}
}
