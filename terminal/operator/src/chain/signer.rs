// SPDX-License-Identifier: Apache-2.0

//! Accounts and keys.

use super::{AccountId, ChainError};
use crate::{error::Result, node::read_secret};
use std::{path::PathBuf, str::FromStr};
use subxt::utils::AccountId32;
use subxt_signer::{sr25519::Keypair, SecretUri};

/// With which account to sign.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct SignerArgs {
	/// File (mode 600) with the account's secret: mnemonic, 0x-seed or derivation path
	#[arg(long, env = "SEALANE_KEY_FILE")]
	pub key_file: Option<PathBuf>,
	/// Secret given directly: development accounts only, such as //Alice; anything else would be seen in the process list
	#[arg(long, conflicts_with = "key_file")]
	pub suri: Option<String>,
}

impl SignerArgs {
	/// The key pair.
	///
	/// # Errors
	/// None is given, it cannot be read, or a real secret stands on the command line.
	pub fn keypair(&self) -> Result<Keypair> {
		let (text, what) = match (&self.key_file, &self.suri) {
			(Some(path), _) => (read_secret(path)?, path.display().to_string()),
			(None, Some(suri)) if suri.starts_with("//") => (suri.clone(), "--suri".to_string()),
			(None, Some(_)) => {
				return Err(invalid(
					"--suri",
					"only development accounts (//Name) may stand on the command line",
				))
			}
			(None, None) => return Err(invalid("--key-file", "needed to sign")),
		};
		let uri = SecretUri::from_str(text.trim()).map_err(|e| invalid(&what, &e.to_string()))?;
		Keypair::from_uri(&uri).map_err(|e| invalid(&what, &e.to_string()))
	}
}

fn invalid(what: &str, reason: &str) -> crate::error::Error {
	ChainError::Key {
		what: what.into(),
		reason: reason.into(),
	}
	.into()
}

/// An account from SS58 or 0x-hex text, or a development account's name such as //Alice.
///
/// # Errors
/// It is none of these.
pub fn parse_account(text: &str) -> Result<AccountId> {
	let text = text.trim();
	if text.starts_with("//") {
		let args = SignerArgs {
			key_file: None,
			suri: Some(text.into()),
		};
		return Ok(args.keypair()?.public_key().0);
	}
	if let Some(hex) = text.strip_prefix("0x") {
		let mut account = [0; 32];
		hex::decode_to_slice(hex, &mut account).map_err(|e| invalid("account", &e.to_string()))?;
		return Ok(account);
	}
	Ok(AccountId32::from_str(text)
		.map_err(|e| invalid("account", &e.to_string()))?
		.0)
}

/// An account as SS58 text.
pub fn account_text(account: &AccountId) -> String {
	AccountId32(*account).to_string()
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn accounts_are_read_in_three_forms() {
		let alice = parse_account("//Alice").unwrap();
		assert_eq!(
			parse_account("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY").unwrap(),
			alice
		);
		assert_eq!(parse_account(&format!("0x{}", hex::encode(alice))).unwrap(), alice);
		assert_eq!(account_text(&alice), "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY");
		for bad in ["", "0x00", "5Grwva", "Alice"] {
			assert!(parse_account(bad).is_err(), "{bad}");
		}
	}

	#[test]
	fn a_real_secret_is_refused_on_the_command_line_and_not_repeated() {
		let phrase = "bottom drive obey lake curtain smoke basket hold race lonely fit walk";
		let args = SignerArgs {
			key_file: None,
			suri: Some(phrase.into()),
		};
		let error = args.keypair().err().unwrap().to_string();
		assert!(!error.contains("bottom"), "{error}");
	}
}
