// SPDX-License-Identifier: Apache-2.0

/// What can go wrong with the chain.
#[derive(Debug, thiserror::Error)]
pub enum ChainError {
	/// The node does not answer, or not as expected.
	#[error("{url}: {reason}")]
	Unreachable {
		/// Where.
		url: String,
		/// Why.
		reason: String,
	},
	/// The runtime has no such call, storage or API, or it has another shape.
	#[error("the runtime does not fit: {0}")]
	Mismatch(String),
	/// The extrinsic never made it into a block.
	#[error("{call} was not included: {reason}")]
	NotIncluded {
		/// Pallet and call.
		call: String,
		/// Why.
		reason: String,
	},
	/// The extrinsic, or the motion it closed, failed.
	#[error("{call} failed: {reason}")]
	Failed {
		/// Pallet and call.
		call: String,
		/// The dispatch error, with pallet and name.
		reason: String,
	},
	/// A key or an account cannot be read.
	#[error("{what}: {reason}")]
	Key {
		/// What was to be read.
		what: String,
		/// Why not. Never the key.
		reason: String,
	},
	/// There is no such thing on chain.
	#[error("{what} {id} is not on chain")]
	NotFound {
		/// What.
		what: &'static str,
		/// Its number or name.
		id: String,
	},
	/// An argument breaks a rule of the chain.
	#[error("{field}: {value:?}: {rule}")]
	Invalid {
		/// The argument.
		field: &'static str,
		/// What was given.
		value: String,
		/// The rule.
		rule: String,
	},
}

impl ChainError {
	pub(super) fn rpc(url: &str) -> impl Fn(String) -> ChainError + '_ {
		move |reason| ChainError::Unreachable {
			url: url.into(),
			reason,
		}
	}
}

impl From<ChainError> for crate::error::Error {
	/// A script tells by the kind whether a key, an argument or a name was wrong, or the chain itself said no.
	fn from(error: ChainError) -> Self {
		use crate::error::Error;
		match error {
			ChainError::Key { what, reason } => Error::invalid(what, "", reason),
			ChainError::Invalid { field, value, rule } => Error::invalid(field, value, rule),
			ChainError::NotFound { what, id } => Error::NotFound { what, name: id },
			other => Error::Chain(other.to_string()),
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::error::Error;

	#[test]
	fn exit_codes_tell_the_kinds_apart() {
		let code = |error: ChainError| Error::from(error).exit_code();
		let key = ChainError::Key {
			what: "--suri".into(),
			reason: "no key".into(),
		};
		let motion = ChainError::NotFound {
			what: "motion",
			id: "99".into(),
		};
		assert_eq!((code(key), code(motion)), (3, 8));
		assert_eq!(code(ChainError::Mismatch("x".into())), 6);
	}
}
