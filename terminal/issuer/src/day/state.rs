// SPDX-License-Identifier: Apache-2.0

//! How far a day has come.

/// How far a day has come.
#[derive(
	Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum DayState {
	/// Orders are taken.
	Open,
	/// The cut-off has come.
	Frozen,
	/// The prices are released, and every order has a proposed decision.
	Priced,
	/// Somebody has looked at the decisions.
	Reviewed,
	/// Somebody else agreed: they are executed and sent.
	Confirmed,
	/// All is sent; nothing changes any more.
	Closed,
}

/// What happens to a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
	/// The cut-off came.
	Freeze,
	/// An order of the day came, or was taken back in time.
	Take,
	/// A price of the day was entered, anew perhaps.
	Price,
	/// The rules proposed a decision on each order.
	Propose,
	/// An order was held, or released from it.
	Hold,
	/// A person decided otherwise than the rules.
	Decide,
	/// Somebody has looked at the decisions.
	Review,
	/// Somebody else agreed.
	Confirm,
	/// Everything is sent.
	Close,
}

impl DayState {
	/// All, in their order.
	pub const ALL: [DayState; 6] = [
		DayState::Open,
		DayState::Frozen,
		DayState::Priced,
		DayState::Reviewed,
		DayState::Confirmed,
		DayState::Closed,
	];

	/// The state after an act; `None` where it is not possible now.
	pub const fn after(self, act: Act) -> Option<DayState> {
		use DayState::*;
		match (act, self) {
			(Act::Freeze, Open) => Some(Frozen),
			// A decision that was not confirmed is made anew over what is there now.
			(Act::Take | Act::Price, Open) => Some(Open),
			(Act::Take | Act::Price, Frozen | Priced | Reviewed) => Some(Frozen),
			(Act::Propose, Frozen) => Some(Priced),
			(Act::Hold, Open) => Some(Open),
			(Act::Hold, Frozen) => Some(Frozen),
			(Act::Hold | Act::Decide, Priced | Reviewed) => Some(Priced),
			(Act::Review, Priced) => Some(Reviewed),
			(Act::Confirm, Reviewed) => Some(Confirmed),
			(Act::Close, Confirmed) => Some(Closed),
			_ => None,
		}
	}

	/// The name in the database.
	pub const fn as_str(self) -> &'static str {
		match self {
			DayState::Open => "open",
			DayState::Frozen => "frozen",
			DayState::Priced => "priced",
			DayState::Reviewed => "reviewed",
			DayState::Confirmed => "confirmed",
			DayState::Closed => "closed",
		}
	}

	/// By its name.
	pub fn named(name: &str) -> Option<DayState> {
		DayState::ALL.into_iter().find(|state| state.as_str() == name)
	}

	/// Whether no order can come to it, and no decision change any more.
	pub const fn is_over(self) -> bool {
		matches!(self, DayState::Confirmed | DayState::Closed)
	}
}

impl Act {
	/// The name in the history.
	pub const fn as_str(self) -> &'static str {
		match self {
			Act::Freeze => "freeze",
			Act::Take => "take",
			Act::Price => "price",
			Act::Propose => "propose",
			Act::Hold => "hold",
			Act::Decide => "decide",
			Act::Review => "review",
			Act::Confirm => "confirm",
			Act::Close => "close",
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	const ACTS: [Act; 9] = [
		Act::Freeze,
		Act::Take,
		Act::Price,
		Act::Propose,
		Act::Hold,
		Act::Decide,
		Act::Review,
		Act::Confirm,
		Act::Close,
	];

	#[test]
	fn a_day_goes_its_way() {
		let way = [Act::Freeze, Act::Propose, Act::Review, Act::Confirm, Act::Close];
		for (state, act) in DayState::ALL.windows(2).zip(way) {
			assert_eq!(state[0].after(act), Some(state[1]));
			assert_eq!(DayState::named(state[0].as_str()), Some(state[0]));
		}
		for act in ACTS {
			assert_eq!(DayState::Closed.after(act), None, "{act:?}");
		}
	}

	proptest! {
		/// Whatever happens in whatever order: nothing is confirmed that was not reviewed as it is, nothing leaves what is over, and
		/// every way there goes through freezing and pricing.
		#[test]
		fn what_is_confirmed_was_reviewed_unchanged(acts in proptest::collection::vec(0usize..ACTS.len(), 0..60)) {
			let mut state = DayState::Open;
			let (mut frozen, mut proposed, mut reviewed) = (false, false, false);
			for act in acts.into_iter().map(|index| ACTS[index]) {
				let Some(next) = state.after(act) else { continue };
				prop_assert!(!state.is_over() || next > state);
				match act {
					Act::Freeze => frozen = true,
					Act::Propose => proposed = true,
					Act::Review => reviewed = true,
					Act::Take | Act::Price => (proposed, reviewed) = (false, false),
					Act::Hold | Act::Decide => reviewed = false,
					Act::Confirm => prop_assert!(frozen && proposed && reviewed),
					Act::Close => prop_assert_eq!(state, DayState::Confirmed),
				}
				state = next;
			}
			prop_assert!(!state.is_over() || (frozen && proposed && reviewed));
		}
	}
}
