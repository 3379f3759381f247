// SPDX-License-Identifier: Apache-2.0

//! What events tell.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Why a validator is in the set no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum RemovalReason {
	/// The council decided it.
	Council,
	/// It wanted to.
	Left,
	/// It committed an offence.
	Offence,
	/// The member it belonged to left the consortium.
	MemberExited,
}
