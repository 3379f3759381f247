// SPDX-License-Identifier: Apache-2.0

//! Clauses: conditions of which one suffices, in lists that must hold entirely.

use super::{
	kinds::Condition,
	types::{ClauseCode, MAX_ALTERNATIVES, MAX_CLAUSES},
	values::ListVisitor,
};
use bounded_collections::{BoundedVec, ConstU32};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Conditions of which one suffices.
pub type Alternatives = BoundedVec<Condition, ConstU32<MAX_ALTERNATIVES>>;

/// One clause: it holds when any of its alternatives does. To limit a clause to some kinds of business, add the other kinds as an
/// alternative ([`Condition::KindIn`]).
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Clause {
	/// Names the clause in reports; unique within its agreement.
	pub code: ClauseCode,
	/// The alternatives.
	#[serde(with = "alternatives")]
	pub any_of: Alternatives,
}

/// Clauses that must all hold. None: everything qualifies.
pub type Clauses = BoundedVec<Clause, ConstU32<MAX_CLAUSES>>;

/// Alternatives: errors name the place.
mod alternatives {
	use super::*;

	pub fn serialize<S: Serializer>(list: &Alternatives, serializer: S) -> Result<S::Ok, S::Error> {
		serializer.collect_seq(list.iter())
	}

	pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Alternatives, D::Error> {
		deserializer.deserialize_seq(ListVisitor::<Condition, MAX_ALTERNATIVES>::named("any_of"))
	}
}
