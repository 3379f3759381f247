// SPDX-License-Identifier: Apache-2.0

//! The result of an evaluation, for programs and for people.

use super::{
	found::{join, Found},
	kinds::Condition,
	types::{ClauseCode, MAX_ALTERNATIVES, MAX_CLAUSES},
};
use bounded_collections::{BoundedVec, ConstU32};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use scale_info::TypeInfo;
use serde::{Serialize, Serializer};

/// One alternative that was not met.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize)]
pub struct Miss {
	/// What was asked.
	pub condition: Condition,
	/// What was found.
	pub found: Found,
}

/// One clause that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize)]
pub struct Failure {
	/// The clause's place in the agreement, from 0.
	pub clause: u32,
	/// The clause's code.
	pub code: ClauseCode,
	/// Its alternatives in their order, none of which was met.
	#[serde(serialize_with = "super::values::set::serialize")]
	pub missed: BoundedVec<Miss, ConstU32<MAX_ALTERNATIVES>>,
}

/// Whether clauses hold for facts, and which do not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Verdict {
	/// The clauses that do not hold, in their order. None: the order qualifies.
	pub failures: BoundedVec<Failure, ConstU32<MAX_CLAUSES>>,
}

impl Verdict {
	/// Whether all clauses hold.
	pub fn qualifies(&self) -> bool {
		self.failures.is_empty()
	}
}

impl Serialize for Verdict {
	/// `{"qualifies": false, "failures": […], "text": "…"}`; `text` is what [`fmt::Display`] writes.
	fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
		use serde::ser::SerializeStruct;
		let mut object = serializer.serialize_struct("Verdict", 3)?;
		object.serialize_field("qualifies", &self.qualifies())?;
		object.serialize_field("failures", &self.failures[..])?;
		object.serialize_field("text", &alloc::string::ToString::to_string(self))?;
		object.end()
	}
}

impl fmt::Display for Verdict {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		if self.qualifies() {
			return f.write_str("qualifies");
		}
		join(f, "; ", self.failures.iter())
	}
}

impl fmt::Display for Failure {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "clause {} ({}) fails: ", self.clause, self.code)?;
		join(f, ", and ", self.missed.iter())
	}
}

impl fmt::Display for Miss {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "{}, but {}", self.condition, self.found)
	}
}
