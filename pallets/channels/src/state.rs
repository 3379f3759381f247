// SPDX-License-Identifier: Apache-2.0

//! The life of a channel as a pure state machine. It knows no `Config` and no storage.
//!
//! | from \ action | countersign | refuse | withdraw | grant | set terms | suspend | resume | revoke | leave | expire |
//! |---|---|---|---|---|---|---|---|---|---|---|
//! | **applied** | countersigned | refused | withdrawn | – | – | – | – | revoked | – | expired |
//! | **countersigned** | – | refused | withdrawn | granted | – | – | – | revoked | – | expired |
//! | **granted** | – | – | – | – | granted | suspended | – | revoked | left | expired |
//! | **suspended** | – | – | – | – | suspended | – | granted | revoked | left | expired |
//! | refused, withdrawn, revoked, left, expired | – | – | – | – | – | – | – | – | – | – |
//!
//! The first four states are *live*; the others are ends, and an ended channel never lives again: the pair applies
//! anew and gets a new channel. Revoking what was not granted yet declines the application.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::PalletError;
use scale_info::TypeInfo;

/// Where a channel stands.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	PalletError,
)]
pub enum State {
	/// The seller applied; the issuer has not answered.
	Applied,
	/// The issuer signed the credential too; the council has not decided.
	Countersigned,
	/// Payloads may travel.
	Granted,
	/// The council holds it closed for the time being.
	Suspended,
	/// The issuer declined. An end.
	Refused,
	/// The seller took its application back. An end.
	Withdrawn,
	/// The council ended it. An end.
	Revoked,
	/// A party ended it. An end.
	Left,
	/// The grant's or the credential's time ran out. An end.
	Expired,
}

impl State {
	/// All states, in the order of their codes.
	pub const ALL: [State; 9] = [
		State::Applied,
		State::Countersigned,
		State::Granted,
		State::Suspended,
		State::Refused,
		State::Withdrawn,
		State::Revoked,
		State::Left,
		State::Expired,
	];

	/// Whether the channel has not ended.
	pub const fn is_live(self) -> bool {
		matches!(
			self,
			State::Applied | State::Countersigned | State::Granted | State::Suspended
		)
	}

	/// Whether the council's decision is still awaited.
	pub const fn is_pending(self) -> bool {
		matches!(self, State::Applied | State::Countersigned)
	}

	/// Whether a grant stands, be it suspended.
	pub const fn is_granted(self) -> bool {
		matches!(self, State::Granted | State::Suspended)
	}
}

/// What moves a channel.
#[derive(
	Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, PalletError,
)]
pub enum Action {
	/// The issuer signs the credential.
	Countersign,
	/// The issuer declines.
	Refuse,
	/// The seller takes its application back.
	Withdraw,
	/// The council grants.
	Grant,
	/// The council amends the terms of a grant.
	SetTerms,
	/// The council holds the channel closed.
	Suspend,
	/// The council opens it again.
	Resume,
	/// The council ends it.
	Revoke,
	/// A party ends it.
	Leave,
	/// Time runs out.
	Expire,
}

impl Action {
	/// All actions, in the order of their codes.
	pub const ALL: [Action; 10] = [
		Action::Countersign,
		Action::Refuse,
		Action::Withdraw,
		Action::Grant,
		Action::SetTerms,
		Action::Suspend,
		Action::Resume,
		Action::Revoke,
		Action::Leave,
		Action::Expire,
	];
}

/// Where `action` takes a channel that stands at `from`; `None` where it is not allowed.
pub const fn transition(from: State, action: Action) -> Option<State> {
	match (from, action) {
		(State::Applied, Action::Countersign) => Some(State::Countersigned),
		(State::Applied | State::Countersigned, Action::Refuse) => Some(State::Refused),
		(State::Applied | State::Countersigned, Action::Withdraw) => Some(State::Withdrawn),
		(State::Countersigned, Action::Grant) => Some(State::Granted),
		(State::Granted, Action::SetTerms) => Some(State::Granted),
		(State::Suspended, Action::SetTerms) => Some(State::Suspended),
		(State::Granted, Action::Suspend) => Some(State::Suspended),
		(State::Suspended, Action::Resume) => Some(State::Granted),
		(State::Granted | State::Suspended, Action::Leave) => Some(State::Left),
		(State::Applied | State::Countersigned | State::Granted | State::Suspended, Action::Revoke) => {
			Some(State::Revoked)
		}
		(State::Applied | State::Countersigned | State::Granted | State::Suspended, Action::Expire) => {
			Some(State::Expired)
		}
		_ => None,
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	#[test]
	fn table_of_the_docs_is_the_function() {
		// One row per live state, columns in the order of `Action::ALL`; the same table as in the module's docs.
		use State::*;
		let rows: [(State, [Option<State>; 10]); 4] = [
			(
				Applied,
				[
					Some(Countersigned),
					Some(Refused),
					Some(Withdrawn),
					None,
					None,
					None,
					None,
					Some(Revoked),
					None,
					Some(Expired),
				],
			),
			(
				Countersigned,
				[
					None,
					Some(Refused),
					Some(Withdrawn),
					Some(Granted),
					None,
					None,
					None,
					Some(Revoked),
					None,
					Some(Expired),
				],
			),
			(
				Granted,
				[
					None,
					None,
					None,
					None,
					Some(Granted),
					Some(Suspended),
					None,
					Some(Revoked),
					Some(Left),
					Some(Expired),
				],
			),
			(
				Suspended,
				[
					None,
					None,
					None,
					None,
					Some(Suspended),
					None,
					Some(Granted),
					Some(Revoked),
					Some(Left),
					Some(Expired),
				],
			),
		];
		for (state, row) in rows {
			for (action, expected) in Action::ALL.into_iter().zip(row) {
				assert_eq!(transition(state, action), expected, "{state:?} {action:?}");
			}
		}
	}

	#[test]
	fn codes_follow_the_order_of_the_lists() {
		for (code, state) in State::ALL.into_iter().enumerate() {
			assert_eq!(state.encode(), [code as u8]);
		}
		for (code, action) in Action::ALL.into_iter().enumerate() {
			assert_eq!(action.encode(), [code as u8]);
		}
	}

	fn walk() -> impl Strategy<Value = Vec<Action>> {
		proptest::collection::vec(proptest::sample::select(Action::ALL.to_vec()), 0..64)
	}

	proptest! {
		#[test]
		fn nothing_leaves_an_end(actions in walk()) {
			let mut state = State::Applied;
			let mut ended_at: Option<State> = None;
			for action in actions {
				match transition(state, action) {
					Some(next) => {
						prop_assert!(ended_at.is_none(), "{ended_at:?} left by {action:?}");
						state = next;
						if !state.is_live() {
							ended_at = Some(state);
						}
					},
					None => prop_assert!(!state.is_live() || !matches!(action, Action::Revoke | Action::Expire)),
				}
			}
		}

		#[test]
		fn no_grant_without_countersignature(actions in walk()) {
			let (mut state, mut countersigned, mut granted) = (State::Applied, false, false);
			for action in actions {
				if let Some(next) = transition(state, action) {
					countersigned |= action == Action::Countersign;
					granted |= action == Action::Grant;
					state = next;
				}
				prop_assert!(!granted || countersigned);
				prop_assert!(!state.is_granted() || granted);
				prop_assert!(state != State::Left || granted);
				prop_assert!(!(state.is_pending() && granted));
			}
		}
	}
}
