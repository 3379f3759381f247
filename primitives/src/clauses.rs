// SPDX-License-Identifier: Apache-2.0
//! Rule engine (interface first; see the module's owner).

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use scale_info::TypeInfo;

/// Placeholder condition.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Condition {
	/// Age in years.
	AgeAtLeast(u8),
}
/// One clause.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Clause {
	/// Code.
	pub code: BoundedVec<u8, ConstU32<32>>,
	/// Alternatives.
	pub any_of: BoundedVec<Condition, ConstU32<8>>,
}
/// Clauses.
pub type Clauses = BoundedVec<Clause, ConstU32<32>>;
