// SPDX-License-Identifier: Apache-2.0

//! Bearer tokens with names and scopes.
//!
//! The tokens stand in a file of mode 600 in the node's folder. The first start makes one with every scope. An operator
//! adds others by hand; a changed file takes effect within seconds, see `watched`.

use crate::{problem::Failure, StartError};
use axum::http::HeaderMap;
use rand::{rngs::OsRng, RngCore};
use sealane_http::{extract::bearer, files};
use sealane_sdk::types::ProblemCode;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{path::Path, sync::Arc};
use subtle::ConstantTimeEq;

/// Name of the file in the node's folder.
pub const TOKENS_FILE: &str = "gateway-tokens.json";

/// Shortest token that the file may hold, in bytes.
const MIN_TOKEN_BYTES: usize = 24;

/// Longest name of a token, in bytes.
const MAX_NAME_BYTES: usize = 64;

/// What a token is good for. Each stands for itself: `sell` does not include `read`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
	/// Look at what holds no business data: status, channels, lanes, clauses.
	Monitor,
	/// Look at orders, registrations, events and the inbox.
	Read,
	/// Submit and cancel orders, register customers.
	Sell,
	/// Answer orders and registrations.
	Issue,
	/// Take evidence out of the house.
	Evidence,
	/// Act on lanes.
	Operate,
}

impl Scope {
	/// Every scope.
	pub const ALL: [Scope; 6] = [
		Scope::Monitor,
		Scope::Read,
		Scope::Sell,
		Scope::Issue,
		Scope::Evidence,
		Scope::Operate,
	];

	/// The name in the file, in problems and in the OpenAPI document.
	pub const fn as_str(self) -> &'static str {
		match self {
			Scope::Monitor => "monitor",
			Scope::Read => "read",
			Scope::Sell => "sell",
			Scope::Issue => "issue",
			Scope::Evidence => "evidence",
			Scope::Operate => "operate",
		}
	}
}

/// One token as the file has it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TokenEntry {
	/// Who uses it; stands in the audit log.
	name: String,
	token: String,
	scopes: Vec<Scope>,
	/// SHA-256 of the client certificate without which the token is worth nothing, in hexadecimal digits.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	certificate: Option<String>,
}

struct Token {
	name: Arc<str>,
	/// SHA-256 of the token: all have one length, so that a comparison tells nothing about it.
	digest: [u8; 32],
	scopes: Vec<Scope>,
	certificate: Option<[u8; 32]>,
}

/// Who makes a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
	/// The name of its token.
	pub name: Arc<str>,
}

/// Why a request may not be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
	/// It carries no token that is known and usable here; says what is missing.
	Unknown(&'static str),
	/// Its token lacks the scope.
	Scope {
		/// Who made it.
		caller: Caller,
		/// What it takes.
		scope: Scope,
	},
}

impl Refused {
	/// Who made the request, where its token is known.
	pub fn caller(&self) -> Option<&Caller> {
		match self {
			Refused::Unknown(_) => None,
			Refused::Scope { caller, .. } => Some(caller),
		}
	}
}

impl From<Refused> for Failure {
	fn from(refused: Refused) -> Self {
		match refused {
			Refused::Unknown(detail) => Failure::new(ProblemCode::Unauthenticated, detail),
			Refused::Scope { scope, .. } => Failure::new(
				ProblemCode::Forbidden,
				format!("the token lacks the scope `{}`", scope.as_str()),
			),
		}
	}
}

/// The tokens that the gateway knows.
pub struct Tokens {
	tokens: Vec<Token>,
	/// The first token with every scope that needs no certificate, for local terminals.
	local: Option<String>,
}

impl std::fmt::Debug for Tokens {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.debug_struct("Tokens").field("count", &self.tokens.len()).finish()
	}
}

impl Tokens {
	/// Reads the file in `folder`, or makes it with one new token of every scope.
	///
	/// Fails when others than its owner may read the file, when it cannot be read, when a token is too short, when a name is no name or
	/// stands twice, or when a certificate is no digest.
	pub fn load(folder: &Path) -> Result<Self, StartError> {
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
				certificate: None,
			}];
			let mut text = serde_json::to_vec_pretty(&entries).map_err(|e| invalid(e.to_string()))?;
			text.push(b'\n');
			files::write_private(&path, &text).map_err(|e| invalid(e.to_string()))?;
			entries
		};
		let mut tokens: Vec<Token> = Vec::with_capacity(entries.len());
		let mut local = None;
		for entry in entries {
			let token = Token::new(&entry).map_err(invalid)?;
			if tokens.iter().any(|known| known.name == token.name) {
				return Err(invalid(format!("the name `{}` stands twice", entry.name)));
			}
			let has_all = Scope::ALL.iter().all(|scope| entry.scopes.contains(scope));
			if local.is_none() && has_all && entry.certificate.is_none() {
				local = Some(entry.token);
			}
			tokens.push(token);
		}
		Ok(Tokens { tokens, local })
	}

	/// The token that local terminals may use.
	pub fn local(&self) -> Option<&str> {
		self.local.as_deref()
	}

	/// Checks that the request carries a token with `scope`, over a connection with the client certificate that the token is bound to.
	///
	/// Takes the same time for every token of the same length: all are compared, in full.
	pub fn check(&self, headers: &HeaderMap, certificate: Option<&[u8; 32]>, scope: Scope) -> Result<Caller, Refused> {
		let unauthenticated = Refused::Unknown;
		let presented =
			bearer(headers).ok_or_else(|| unauthenticated("the header `Authorization: Bearer <token>` is required"))?;
		let digest: [u8; 32] = Sha256::digest(presented).into();
		let mut found = None;
		for token in &self.tokens {
			if bool::from(token.digest.ct_eq(&digest)) {
				found = Some(token);
			}
		}
		let token = found.ok_or_else(|| unauthenticated("the node does not know this token"))?;
		if token.certificate.is_some() && token.certificate.as_ref() != certificate {
			return Err(unauthenticated(
				"the token is bound to a client certificate, and this connection has another one or none",
			));
		}
		if !token.scopes.contains(&scope) {
			let caller = Caller {
				name: token.name.clone(),
			};
			return Err(Refused::Scope { caller, scope });
		}
		Ok(Caller {
			name: token.name.clone(),
		})
	}
}

impl Token {
	fn new(entry: &TokenEntry) -> Result<Self, String> {
		let is_name = !entry.name.is_empty()
			&& entry.name.len() <= MAX_NAME_BYTES
			&& entry.name.trim() == entry.name
			&& !entry.name.chars().any(char::is_control);
		if !is_name {
			return Err(format!(
				"the name {:?} must have 1 to {MAX_NAME_BYTES} bytes, no control characters and no space at its ends",
				entry.name
			));
		}
		if entry.token.len() < MIN_TOKEN_BYTES || !entry.token.bytes().all(|b| b.is_ascii_graphic()) {
			return Err(format!(
				"the token `{}` must have at least {MIN_TOKEN_BYTES} visible ASCII characters",
				entry.name
			));
		}
		let certificate = match &entry.certificate {
			None => None,
			Some(digits) => {
				let mut digest = [0; 32];
				hex::decode_to_slice(digits, &mut digest).map_err(|_| {
					format!(
						"the certificate of the token `{}` must be the SHA-256 of a certificate: 64 hexadecimal digits",
						entry.name
					)
				})?;
				Some(digest)
			}
		};
		Ok(Token {
			name: entry.name.as_str().into(),
			digest: Sha256::digest(entry.token.as_bytes()).into(),
			scopes: entry.scopes.clone(),
			certificate,
		})
	}
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
	use axum::http::{header::AUTHORIZATION, HeaderValue};

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
			.check(&headers(values), None, scope)
			.err()
			.map(|refused| Failure::from(refused).problem().code)
	}

	#[test]
	fn the_first_start_makes_a_private_token_and_the_next_keeps_it() {
		use std::os::unix::fs::PermissionsExt;
		let folder = tempfile::tempdir().unwrap();
		let tokens = Tokens::load(folder.path()).unwrap();
		let token = tokens.local().unwrap();
		assert_eq!(token.len(), 64);
		let mode = std::fs::metadata(folder.path().join(TOKENS_FILE))
			.unwrap()
			.permissions()
			.mode();
		assert_eq!(mode & 0o777, 0o600);
		for scope in Scope::ALL {
			assert_eq!(code(&tokens, &[&format!("Bearer {token}")], scope), None);
		}
		assert_eq!(Tokens::load(folder.path()).unwrap().local(), Some(token));
	}

	#[test]
	fn scopes_stand_for_themselves() {
		let folder = tempfile::tempdir().unwrap();
		let (reader, seller) = ("r".repeat(24), "s".repeat(24));
		write(
			folder.path(),
			&format!(
				r#"[{{"name":"a","token":"{reader}","scopes":["read"]}},{{"name":"b","token":"{seller}","scopes":["sell"]}}]"#
			),
		);
		let tokens = Tokens::load(folder.path()).unwrap();
		assert_eq!(tokens.local(), None);
		assert_eq!(code(&tokens, &[&format!("Bearer {reader}")], Scope::Read), None);
		assert_eq!(
			code(&tokens, &[&format!("bearer {reader}")], Scope::Sell),
			Some(ProblemCode::Forbidden)
		);
		assert_eq!(
			code(&tokens, &[&format!("Bearer {seller}")], Scope::Read),
			Some(ProblemCode::Forbidden)
		);
	}

	#[test]
	fn anything_but_one_known_token_is_refused() {
		let folder = tempfile::tempdir().unwrap();
		let tokens = Tokens::load(folder.path()).unwrap();
		let token = tokens.local().unwrap();
		let good = format!("Bearer {token}");
		for values in [
			&[][..],
			&[""],
			&["Bearer"],
			&["Bearer "],
			&[&format!("Basic {token}")],
			&[token],
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

	#[test]
	fn a_token_that_is_bound_to_a_certificate_is_worth_nothing_without_it() {
		let folder = tempfile::tempdir().unwrap();
		let token = "x".repeat(24);
		write(
			folder.path(),
			&format!(
				r#"[{{"name":"desk","token":"{token}","scopes":["read"],"certificate":"{}"}}]"#,
				"ab".repeat(32)
			),
		);
		let tokens = Tokens::load(folder.path()).unwrap();
		let presented = headers(&[&format!("Bearer {token}")]);
		let code = |certificate| match tokens.check(&presented, certificate, Scope::Read) {
			Ok(caller) => Ok(caller.name.to_string()),
			Err(refused) => Err(Failure::from(refused).problem().code),
		};
		assert_eq!(code(Some(&[0xab; 32])), Ok("desk".into()));
		assert_eq!(code(Some(&[0xac; 32])), Err(ProblemCode::Unauthenticated));
		assert_eq!(code(None), Err(ProblemCode::Unauthenticated));
	}

	#[test]
	fn names_that_are_none_or_stand_twice_are_refused() {
		let folder = tempfile::tempdir().unwrap();
		let entry = |name: &str| serde_json::json!({"name": name, "token": "x".repeat(24), "scopes": ["read"]});
		for names in [&["a", "a"][..], &[""], &[" a"], &["a\nb"], &[&"n".repeat(65)]] {
			let entries: Vec<_> = names.iter().map(|name| entry(name)).collect();
			write(folder.path(), &serde_json::to_string(&entries).unwrap());
			assert!(Tokens::load(folder.path()).is_err(), "{names:?}");
		}
	}
}
