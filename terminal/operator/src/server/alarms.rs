// SPDX-License-Identifier: Apache-2.0

//! What people must look at, each with the page that says what to do.

use super::state::Shared;
use crate::chain::Closing;
use sealane_terminal_core::db::now_ms;
use serde::Serialize;
use utoipa::ToSchema;

/// How long no block may come before it is an alarm, in milliseconds.
const NO_BLOCK_MS: i64 = 60_000;
/// How many blocks before the end of its time a motion that lacks votes is one: a day.
const ENDING_BLOCKS: u32 = 43_200;

/// Something that people must look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Alarm {
	/// What kind it is.
	pub code: AlarmCode,
	/// What it is.
	pub words: String,
	/// Since when, where that is known, Unix ms.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub since: Option<i64>,
	/// The page that says what to do, below `docs/`.
	pub page: &'static str,
}

macro_rules! alarms {
	($( $(#[$doc:meta])* $variant:ident => $page:literal; )*) => {
		/// The kinds of alarms.
		#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
		#[serde(rename_all = "snake_case")]
		pub enum AlarmCode {
			$( $(#[$doc])* $variant, )*
		}

		impl AlarmCode {
			/// Every kind.
			#[cfg(test)]
			const ALL: &'static [AlarmCode] = &[$( AlarmCode::$variant, )*];

			/// The page that says what to do.
			pub const fn page(self) -> &'static str {
				match self {
					$( AlarmCode::$variant => $page, )*
				}
			}
		}
	};
}

alarms! {
	/// The node does not answer this server.
	NodeAway => "operating/operator-console.md#the-node-is-away";
	/// The node still catches up: what it shows is of before.
	NodeSyncing => "operating/operator-console.md#the-node-is-away";
	/// No block comes.
	NoBlocks => "operating/operator-console.md#no-blocks";
	/// Blocks come, and none becomes final.
	FinalityStands => "operating/validators.md#lost-finality";
	/// A validator makes no blocks in its turns.
	ValidatorSilent => "operating/validators.md#a-silent-validator";
	/// A validator made two blocks in one slot.
	ValidatorDoubled => "operating/validators.md#two-blocks-in-one-slot";
	/// Safe mode is entered.
	SafeMode => "operating/governance.md#emergency";
	/// Calls are paused.
	CallsPaused => "operating/governance.md#emergency";
	/// A migration of the state is under way.
	Migrating => "operating/governance.md#upgrade-the-runtime";
	/// A motion has its votes and waits to be closed.
	MotionReady => "operating/governance.md#a-motion";
	/// A motion's time is nearly over, and it lacks votes.
	MotionEnding => "operating/governance.md#a-motion";
	/// Something of the server itself: certificates, webhooks.
	Server => "operating/operator-console.md#the-server-itself";
}

impl Alarm {
	/// An alarm of a kind.
	pub fn new(code: AlarmCode, words: impl Into<String>) -> Self {
		Alarm {
			code,
			words: words.into(),
			since: None,
			page: code.page(),
		}
	}

	fn since(self, since: i64) -> Self {
		Alarm {
			since: Some(since),
			..self
		}
	}
}

/// What people must look at now, by what the server knows without asking anybody.
pub fn of(shared: &Shared) -> Vec<Alarm> {
	let mut alarms = Vec::new();
	let link = shared.link.state();
	if !link.connected {
		let fault = link.fault.unwrap_or_default();
		let alarm = Alarm::new(
			AlarmCode::NodeAway,
			format!("the node {} does not answer: {fault}", link.url),
		);
		// What is known of the chain is of before: it says nothing of now.
		return vec![alarm.since(link.since)];
	}
	let watched = shared.watched();
	if watched.health().is_some_and(|health| health.is_syncing) {
		alarms.push(Alarm::new(
			AlarmCode::NodeSyncing,
			"the node catches up: what is shown is of before",
		));
	}
	if let Some(best) = watched.best() {
		// The first blocks were seen when the server started, whenever they came.
		if best.seen_at > 0 && now_ms() - best.seen_at > NO_BLOCK_MS {
			let words = format!("no block came after block {}", best.number);
			alarms.push(Alarm::new(AlarmCode::NoBlocks, words).since(best.seen_at));
		}
	}
	if let Some(number) = watched.stands() {
		let words = format!("blocks come, and none became final after block {number}");
		alarms.push(Alarm::new(AlarmCode::FinalityStands, words));
	}
	for account in watched.silent() {
		let words = format!("validator {account} makes no block in its turns");
		alarms.push(Alarm::new(AlarmCode::ValidatorSilent, words));
	}
	for (doubled, account) in watched.doubled() {
		let words = format!("validator {account} made two blocks in slot {}", doubled.slot);
		alarms.push(Alarm::new(AlarmCode::ValidatorDoubled, words));
	}
	alarms.extend(of_state(&watched));
	alarms
}

fn of_state(watched: &super::watch::Watched) -> Vec<Alarm> {
	let mut alarms = Vec::new();
	let still = watched.still();
	if let Some(until) = still.safe_mode_until {
		alarms.push(Alarm::new(
			AlarmCode::SafeMode,
			format!("safe mode is on, until block {until}"),
		));
	}
	if !still.paused.is_empty() {
		let words = format!("nobody can make these calls: {}", still.paused.join(", "));
		alarms.push(Alarm::new(AlarmCode::CallsPaused, words));
	}
	if still.migrating {
		alarms.push(Alarm::new(
			AlarmCode::Migrating,
			"the state is moved to a new form: blocks take no extrinsics",
		));
	}
	let best = watched.best().map_or(0, |best| best.number);
	for motion in watched.motions() {
		// Votes against it are no matter of haste.
		match motion.closing(u32::MAX, best) {
			Closing::Runs => {
				let words = format!(
					"motion {} has its {} votes: whoever closes it runs it",
					motion.index, motion.threshold
				);
				alarms.push(Alarm::new(AlarmCode::MotionReady, words));
			}
			_ if motion.end.saturating_sub(best) < ENDING_BLOCKS => {
				let words = format!(
					"motion {} has {} of {} votes, and ends with block {}",
					motion.index, motion.ayes, motion.threshold, motion.end
				);
				alarms.push(Alarm::new(AlarmCode::MotionEnding, words));
			}
			_ => {}
		}
	}
	alarms
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::path::Path;

	/// As pages on GitHub name their headings.
	fn anchor(heading: &str) -> String {
		let kept = heading
			.trim()
			.chars()
			.filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter));
		kept.collect::<String>().to_lowercase().replace(' ', "-")
	}

	#[test]
	fn every_alarm_has_its_page() {
		let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
		for code in AlarmCode::ALL {
			let (file, wanted) = code.page().split_once('#').unwrap();
			let text = std::fs::read_to_string(docs.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
			let mut headings = text.lines().filter(|line| line.starts_with('#'));
			assert!(
				headings.any(|line| anchor(line.trim_start_matches('#')) == wanted),
				"{code:?}: no heading #{wanted} in {file}"
			);
		}
	}
}
