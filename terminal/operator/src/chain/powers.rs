// SPDX-License-Identifier: Apache-2.0

//! How many votes of the council each power takes: `runtime/src/configs/governance.rs`, for those who read motions.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A share of all seats; only ayes count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Share {
	/// At least one third.
	OneThird,
	/// More than one half.
	Majority,
	/// At least two thirds.
	TwoThirds,
}

impl Share {
	/// How many votes of `seats` it is.
	pub const fn votes(self, seats: u32) -> u32 {
		match self {
			Share::OneThird => seats.div_ceil(3),
			Share::Majority => seats / 2 + 1,
			Share::TwoThirds => (seats * 2).div_ceil(3),
		}
	}
}

/// What the consortium's own pallets and the SDK's take.
const POWERS: &[(&str, &str, Share)] = &[
	("Members", "admit", Share::Majority),
	("Members", "set_roles", Share::Majority),
	("Members", "suspend", Share::OneThird),
	("Members", "reinstate", Share::Majority),
	("Members", "remove", Share::TwoThirds),
	("Members", "force_set_manager", Share::TwoThirds),
	("Members", "force_remove_node", Share::TwoThirds),
	("Members", "set_connection_policy", Share::TwoThirds),
	("Members", "set_identity", Share::Majority),
	("Channels", "grant", Share::Majority),
	("Channels", "set_terms", Share::Majority),
	("Channels", "suspend", Share::OneThird),
	("Channels", "resume", Share::Majority),
	("Channels", "revoke", Share::Majority),
	("Channels", "grant_prefix", Share::Majority),
	("Channels", "revoke_prefix", Share::Majority),
	("Agreements", "ratify", Share::Majority),
	("Agreements", "refuse", Share::Majority),
	("Receipts", "force_revoke", Share::Majority),
	("Anchors", "resolve_dispute", Share::Majority),
	("Anchors", "set_policy", Share::Majority),
	("Validators", "add_validator", Share::Majority),
	("Validators", "remove_validator", Share::Majority),
	("Validators", "pardon", Share::Majority),
	("Validators", "set_floor", Share::TwoThirds),
	("SafeMode", "force_enter", Share::OneThird),
	("SafeMode", "force_extend", Share::Majority),
	("SafeMode", "force_exit", Share::TwoThirds),
	("TxPause", "pause", Share::Majority),
	("TxPause", "unpause", Share::TwoThirds),
	("CouncilMembership", "add_member", Share::TwoThirds),
	("CouncilMembership", "remove_member", Share::TwoThirds),
	("CouncilMembership", "swap_member", Share::TwoThirds),
	("CouncilMembership", "reset_members", Share::TwoThirds),
	("Council", "disapprove_proposal", Share::TwoThirds),
	("Council", "kill", Share::TwoThirds),
	("Scheduler", "schedule", Share::TwoThirds),
	("Scheduler", "cancel", Share::TwoThirds),
	("Whitelist", "whitelist_call", Share::TwoThirds),
	("Whitelist", "remove_whitelisted_call", Share::TwoThirds),
	("Whitelist", "dispatch_whitelisted_call", Share::TwoThirds),
];

/// The share that a call of the council takes; `None` for one that is no power of the council's, or none that this release knows.
pub fn share_of(pallet: &str, call: &str) -> Option<Share> {
	let power = POWERS.iter().find(|power| (power.0, power.1) == (pallet, call));
	power.map(|power| power.2)
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::collections::BTreeSet;

	/// The table of calls is made from the runtime and compared with it by a test: what stands there is what the chain asks.
	#[test]
	fn shares_are_those_of_the_table_of_calls() {
		let table = include_str!("../../../../docs/operating/calls.md");
		let mut seen = BTreeSet::new();
		for line in table.lines().filter(|line| line.starts_with("| `")) {
			let mut cells = line.split('|').map(str::trim).skip(1);
			let name = cells.next().unwrap().split('`').nth(1).unwrap();
			let origin = cells.next().unwrap();
			let share = [
				("council, at least 1/3", Share::OneThird),
				("council, more than 1/2", Share::Majority),
				("council, at least 2/3", Share::TwoThirds),
			];
			let (pallet, call) = name.split_once('.').unwrap();
			let pallet = pallet[..1].to_uppercase() + &pallet[1..];
			let mut snake = String::new();
			for letter in call.chars() {
				if letter.is_ascii_uppercase() {
					snake.push('_');
				}
				snake.push(letter.to_ascii_lowercase());
			}
			let wanted = share.into_iter().find(|(words, _)| origin.starts_with(words));
			assert_eq!(
				share_of(&pallet, &snake),
				wanted.map(|(_, share)| share),
				"{name}: {origin}"
			);
			seen.insert((pallet, snake));
		}
		assert!(seen.len() > 40, "{seen:?}");
		// What is no pallet of the consortium's is in the metadata.
		let metadata = crate::chain::tests::metadata();
		for (pallet, call, _) in POWERS {
			let found = metadata.pallet_by_name(pallet).unwrap().call_variant_by_name(call);
			assert!(found.is_some(), "{pallet}.{call}");
		}
	}

	#[test]
	fn shares_are_of_all_seats() {
		let votes = |seats| [Share::OneThird, Share::Majority, Share::TwoThirds].map(|share| share.votes(seats));
		assert_eq!(votes(5), [2, 3, 4]);
		assert_eq!(votes(4), [2, 3, 3]);
		assert_eq!(votes(6), [2, 4, 4]);
		assert_eq!(votes(3), [1, 2, 2]);
	}
}
