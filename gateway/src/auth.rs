// SPDX-License-Identifier: Apache-2.0

//! Bearer tokens with scopes.
//!
//! The tokens stand in a file of mode 600 in the node's folder. The first start makes one with every scope. An operator
//! adds others by hand; the file is read at each start.

use crate::{files, problem::Failure, StartError};
use axum::http::{header::AUTHORIZATION, HeaderMap};
use rand::{rngs::OsRng, RngCore};
use sealane_sdk::types::ProblemCode;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::path::Path;
use subtle::{Choice, ConstantTimeEq};

/// Name of the file in the node's folder.
pub const TOKENS_FILE: &str = "gateway-tokens.json";

/// Shortest token that the file may hold, in bytes.
const MIN_TOKEN_BYTES: usize = 24;

/// What a token is good for. Each stands for itself: `trade` does not include `read`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
	/// Look at orders, events, the inbox, channels, lanes, clauses, status.
	Read,
	/// Submit and cancel orders, answer them, register customers.
	Trade,
	/// Act on lanes.
	Operate,
}

impl Scope {
	/// Every scope.
	pub const ALL: [Scope; 3] = [Scope::Read, Scope::Trade, Scope::Operate];

	/// The name in the file and in problems.
	pub const fn as_str(self) -> &'static str {
		match self {
			Scope::Read => "read",
			Scope::Trade => "trade",
			Scope::Operate => "operate",
		}
	}
}

/// One token as the file has it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TokenEntry {
	/// Who uses it; for people.
	name: String,
	token: String,
	scopes: Vec<Scope>,
}

struct Token {
	/// SHA-256 of the token: all have one length, so that a comparison tells nothing about it.
	digest: [u8; 32],
	scopes: Vec<Scope>,
}

/// The tokens that the gateway knows.
pub struct Tokens {
	tokens: Vec<Token>,
}

impl std::fmt::Debug for Tokens {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.debug_struct("Tokens").field("count", &self.tokens.len()).finish()
	}
}

impl Tokens {
	/// Reads the file in `folder`, or makes it with one new token of every scope. Returns the tokens, and the first one
	/// with every scope for local terminals.
	///
	/// Fails when others than its owner may read the file, when it cannot be read, or when a token is too short.
	pub fn load(folder: &Path) -> Result<(Self, Option<String>), StartError> {
		let path = folder.join(TOKENS_FILE);
		let invalid = |rule: String| StartError::Tokens {
			path: path.clone(),
			rule,
		};
		let entries: Vec<TokenEntry> = if path.exists() {
			let bytes = files::read_private(&path).map_err(|e| invalid(e.to_string()))?;
			serde_json::from_slice(&bytes).map_err(|e| invalid(e.to_string()))?
		} else {
			let entries = vec![TokenEntry {
				name: "local".into(),
				token: new_token(),
				scopes: Scope::ALL.into(),
			}];
			let mut text = serde_json::to_vec_pretty(&entries).map_err(|e| invalid(e.to_string()))?;
			text.push(b'\n');
			files::write_private(&path, &text).map_err(|e| invalid(e.to_string()))?;
			entries
		};
		for entry in &entries {
			if entry.token.len() < MIN_TOKEN_BYTES || !entry.token.bytes().all(|b| b.is_ascii_graphic()) {
				return Err(invalid(format!(
					"the token `{}` must have at least {MIN_TOKEN_BYTES} visible ASCII characters",
					entry.name
				)));
			}
		}
		let widest = entries
			.iter()
			.find(|e| Scope::ALL.iter().all(|s| e.scopes.contains(s)))
			.map(|e| e.token.clone());
		let tokens = entries
			.into_iter()
			.map(|entry| Token {
				digest: Sha256::digest(entry.token.as_bytes()).into(),
				scopes: entry.scopes,
			})
			.collect();
		Ok((Tokens { tokens }, widest))
	}

	/// Checks that the request carries a token with `scope`.
	///
	/// Takes the same time for every token of the same length: all are compared, in full.
	pub fn check(&self, headers: &HeaderMap, scope: Scope) -> Result<(), Failure> {
		let presented = bearer(headers).ok_or_else(|| {
			Failure::new(
				ProblemCode::Unauthenticated,
				"the header `Authorization: Bearer <token>` is required",
			)
		})?;
		let digest: [u8; 32] = Sha256::digest(presented).into();
		let (mut known, mut allowed) = (Choice::from(0), Choice::from(0));
		for token in &self.tokens {
			let same = token.digest.ct_eq(&digest);
			known |= same;
			allowed |= same & Choice::from(u8::from(token.scopes.contains(&scope)));
		}
		if !bool::from(known) {
			return Err(Failure::new(
				ProblemCode::Unauthenticated,
				"the node does not know this token",
			));
		}
		if !bool::from(allowed) {
			return Err(Failure::new(
				ProblemCode::Forbidden,
				format!("the token lacks the scope `{}`", scope.as_str()),
			));
		}
		Ok(())
	}
}

/// The token of the one `Authorization` header, if it is a bearer token.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&[u8]> {
	let mut values = headers.get_all(AUTHORIZATION).iter();
	let value = values.next()?.as_bytes();
	if values.next().is_some() {
		return None;
	}
	let (scheme, token) = value.split_at_checked(7)?;
	scheme.eq_ignore_ascii_case(b"bearer ").then_some(token)
}

/// 32 random bytes in hexadecimal digits.
fn new_token() -> String {
	let mut bytes = [0; 32];
	OsRng.fill_bytes(&mut bytes);
	hex::encode(bytes)
}

#[cfg(test)]
mod tests {
	use super::*;
	use axum::http::HeaderValue;

	fn headers(values: &[&str]) -> HeaderMap {
		let mut headers = HeaderMap::new();
		for value in values {
			headers.append(AUTHORIZATION, HeaderValue::from_str(value).unwrap());
		}
		headers
	}

	fn write(folder: &Path, text: &str) {
		let path = folder.join(TOKENS_FILE);
		std::fs::write(&path, text).unwrap();
		use std::os::unix::fs::PermissionsExt;
		std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
	}

	fn code(tokens: &Tokens, values: &[&str], scope: Scope) -> Option<ProblemCode> {
		tokens
			.check(&headers(values), scope)
			.err()
			.map(|failure| failure.problem().code)
	}

	#[test]
	fn the_first_start_makes_a_private_token_and_the_next_keeps_it() {
		use std::os::unix::fs::PermissionsExt;
		let folder = tempfile::tempdir().unwrap();
		let (tokens, token) = Tokens::load(folder.path()).unwrap();
		let token = token.unwrap();
		assert_eq!(token.len(), 64);
		let mode = std::fs::metadata(folder.path().join(TOKENS_FILE))
			.unwrap()
			.permissions()
			.mode();
		assert_eq!(mode & 0o777, 0o600);
		for scope in Scope::ALL {
			assert_eq!(code(&tokens, &[&format!("Bearer {token}")], scope), None);
		}
		assert_eq!(Tokens::load(folder.path()).unwrap().1.unwrap(), token);
	}

	#[test]
	fn scopes_stand_for_themselves() {
		let folder = tempfile::tempdir().unwrap();
		let (reader, trader) = ("r".repeat(24), "t".repeat(24));
		write(
			folder.path(),
			&format!(
				r#"[{{"name":"a","token":"{reader}","scopes":["read"]}},{{"name":"b","token":"{trader}","scopes":["trade"]}}]"#
			),
		);
		let (tokens, widest) = Tokens::load(folder.path()).unwrap();
		assert_eq!(widest, None);
		assert_eq!(code(&tokens, &[&format!("Bearer {reader}")], Scope::Read), None);
		assert_eq!(
			code(&tokens, &[&format!("bearer {reader}")], Scope::Trade),
			Some(ProblemCode::Forbidden)
		);
		assert_eq!(
			code(&tokens, &[&format!("Bearer {trader}")], Scope::Read),
			Some(ProblemCode::Forbidden)
		);
	}

	#[test]
	fn anything_but_one_known_token_is_refused() {
		let folder = tempfile::tempdir().unwrap();
		let (tokens, token) = Tokens::load(folder.path()).unwrap();
		let token = token.unwrap();
		let good = format!("Bearer {token}");
		for values in [
			&[][..],
			&[""],
			&["Bearer"],
			&["Bearer "],
			&[&format!("Basic {token}")],
			&[&token],
			&[&format!("Bearer {}", &token[..63])],
			&[&format!("Bearer {token}0")],
			&[&good, &good],
		] {
			assert_eq!(
				code(&tokens, values, Scope::Read),
				Some(ProblemCode::Unauthenticated),
				"{values:?}"
			);
		}
	}

	#[test]
	fn a_file_that_others_may_read_is_refused() {
		use std::os::unix::fs::PermissionsExt;
		let folder = tempfile::tempdir().unwrap();
		Tokens::load(folder.path()).unwrap();
		let path = folder.path().join(TOKENS_FILE);
		std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
		let error = Tokens::load(folder.path()).unwrap_err().to_string();
		assert!(error.contains("640") && error.contains("600"), "{error}");
	}

	#[test]
	fn short_tokens_and_unknown_scopes_are_refused() {
		let folder = tempfile::tempdir().unwrap();
		write(folder.path(), r#"[{"name":"a","token":"short","scopes":["read"]}]"#);
		let error = Tokens::load(folder.path()).unwrap_err().to_string();
		assert!(error.contains("at least 24") && !error.contains("short"), "{error}");
		write(
			folder.path(),
			&format!(r#"[{{"name":"a","token":"{}","scopes":["all"]}}]"#, "x".repeat(24)),
		);
		assert!(Tokens::load(folder.path()).is_err());
	}
}
