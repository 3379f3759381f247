// SPDX-License-Identifier: Apache-2.0

//! What happens to the world in a run, and when: made from a seed, kept as text, made shorter.
//!
//! A plan is one JSON object per line: first what holds for the whole run, then the actions with their virtual milliseconds. The kept
//! cases are such files, because a seed means another plan as soon as the generator changes.

use crate::{
	chain::Change,
	hostile::{Answers, Sends, HOSTILE, ISSUES, SELLS},
	network::Faults,
};
use rand::{rngs::StdRng, seq::SliceRandom, Rng, SeedableRng};
use sealane_primitives::{
	business::BusinessKind,
	directory::Refusal,
	ids::{MemberId, NodeId},
};
use serde::{Deserialize, Serialize};

/// What a crash leaves of the writes that were not synced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Keep {
	/// Nothing.
	None,
	/// All: only the process died.
	All,
	/// Their first bytes.
	Prefix(usize),
	/// Some sectors, by this seed.
	Sectors(u64),
}

/// One thing that happens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
	/// A seller's business system hands in orders in one request.
	Submit {
		/// The seller's node.
		node: NodeId,
		/// The issuer.
		issuer: MemberId,
		/// The kinds of the orders.
		kinds: Vec<BusinessKind>,
		/// Bytes that each order is longer than it need be.
		pad: u32,
	},
	/// A seller's business system calls off one of its orders.
	Cancel {
		/// The seller's node.
		node: NodeId,
		/// Which of its orders.
		nth: usize,
	},
	/// The network gets bad, or good.
	Network(Faults),
	/// Two nodes cannot reach each other.
	Part {
		/// One.
		a: NodeId,
		/// The other.
		b: NodeId,
	},
	/// Two nodes reach each other again.
	Join {
		/// One.
		a: NodeId,
		/// The other.
		b: NodeId,
	},
	/// A disk takes its time.
	Stall {
		/// The node.
		node: NodeId,
		/// How long, in milliseconds.
		ms: u64,
	},
	/// A disk has room for so many bytes more, for ten seconds.
	Full {
		/// The node.
		node: NodeId,
		/// Bytes.
		room: usize,
	},
	/// The next sync of a disk fails; the node is started again ten seconds later.
	FailSync {
		/// The node.
		node: NodeId,
	},
	/// A node crashes after so many more steps of the world, and starts again.
	Crash {
		/// The node.
		node: NodeId,
		/// Steps.
		steps: u64,
		/// What is left.
		keep: Keep,
		/// How long it is away, in milliseconds.
		down_ms: u64,
	},
	/// A node is stopped in order and started again.
	Restart {
		/// The node.
		node: NodeId,
	},
	/// Somebody copies the disk of a node.
	Copy {
		/// The node.
		node: NodeId,
	},
	/// A node is restored from the newest copy of its disk, on another machine, and takes over. The old machine goes on for a while.
	Restore {
		/// The node.
		node: NodeId,
		/// How long, in milliseconds.
		old_ms: u64,
	},
	/// Somebody sets a wall clock.
	Clock {
		/// The node.
		node: NodeId,
		/// By so many milliseconds.
		by_ms: i64,
	},
	/// The next block changes something.
	Chain(Change),
	/// No block for a while.
	StallChain {
		/// How long, in milliseconds.
		ms: u64,
	},
	/// Another fork wins.
	Reorganise {
		/// Blocks that are gone.
		depth: usize,
	},
	/// A node hears late of blocks.
	Lag {
		/// The node.
		node: NodeId,
		/// By so many blocks.
		blocks: usize,
	},
	/// The hostile node sends something.
	Send(Sends),
	/// The hostile node confirms an order that it was never sent: the newest that node 1 has for it.
	ConfirmUnsent,
	/// The hostile node answers otherwise from now on.
	Answer(Answers),
}

/// What holds for a whole run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
	/// Decides who runs next, what the network does, and all random bytes.
	pub seed: u64,
	/// Room in the queues to the disks, in bytes.
	pub queue_bytes: usize,
	/// Both sellers number their orders alike.
	pub same_ids: bool,
}

/// An action and when it happens, in virtual milliseconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
	/// When.
	pub at: u64,
	/// What.
	pub act: Action,
}

/// All that happens in a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
	/// What holds throughout.
	pub setting: Setting,
	/// What happens, by time.
	pub entries: Vec<Entry>,
}

/// Why text is no plan.
#[derive(Debug, thiserror::Error)]
#[error("line {line} of the plan: {what}")]
pub struct PlanError {
	/// The line, from 1.
	pub line: usize,
	/// What is wrong.
	pub what: String,
}

impl Plan {
	/// The plan in this text.
	///
	/// # Errors
	/// With the first line that is no JSON object of a plan.
	pub fn parse(text: &str) -> Result<Self, PlanError> {
		let mut lines = text
			.lines()
			.enumerate()
			.filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
		let error = |line: usize, what: &dyn std::fmt::Display| PlanError {
			line: line + 1,
			what: what.to_string(),
		};
		let (number, first) = lines.next().ok_or_else(|| error(0, &"there is none"))?;
		let setting = serde_json::from_str(first).map_err(|e| error(number, &e))?;
		let entries = lines.map(|(number, line)| serde_json::from_str(line).map_err(|e| error(number, &e)));
		Ok(Plan {
			setting,
			entries: entries.collect::<Result<_, _>>()?,
		})
	}

	/// The plan as text.
	pub fn to_text(&self) -> String {
		// Plans are plain data: numbers, names, lists.
		let mut text = serde_json::to_string(&self.setting).expect("a setting is JSON");
		for entry in &self.entries {
			text.push('\n');
			text.push_str(&serde_json::to_string(entry).expect("an action is JSON"));
		}
		text.push('\n');
		text
	}

	/// The plan of a seed: some kinds of trouble, chosen anew for each seed, so that one kind does not always hide another. Of
	/// all kinds with `everything`, else without those of `HELD_BACK`.
	pub fn from_seed(seed: u64, everything: bool) -> Self {
		let mut random = StdRng::seed_from_u64(seed);
		let all: Vec<Trouble> = Trouble::ALL
			.into_iter()
			.filter(|trouble| everything || !HELD_BACK.contains(trouble))
			.collect();
		let mut troubles: Vec<Trouble> = all.iter().copied().filter(|_| random.gen_bool(0.3)).collect();
		if troubles.is_empty() {
			troubles.push(*all.choose(&mut random).expect("there are troubles"));
		}
		let has = |trouble| troubles.contains(&trouble);
		let setting = Setting {
			seed,
			// Never smaller than the largest envelope of a seller's whole day: what fits no queue waits for ever by rights.
			queue_bytes: if has(Trouble::SmallQueue) {
				random.gen_range(48_000..64_000)
			} else {
				1 << 20
			},
			same_ids: has(Trouble::SameIds),
		};
		let (mut at, mut entries) = (0, Vec::new());
		for _ in 0..random.gen_range(20..90) {
			at += random.gen_range(0..2_500);
			let act = if random.gen_bool(0.45) {
				business(&mut random)
			} else {
				let trouble = *troubles.choose(&mut random).expect("there is one");
				trouble.action(&mut random)
			};
			entries.push(Entry { at, act });
		}
		Plan { setting, entries }
	}
}

/// What the business systems do all day.
fn business(random: &mut StdRng) -> Action {
	let (node, issuer) = *[(1, 2), (1, 2), (3, 2), (1, HOSTILE)]
		.choose(random)
		.expect("there are pairs");
	let kinds = (0..random.gen_range(1..5)).map(|_| {
		if random.gen_bool(0.3) {
			BusinessKind::Redemption
		} else {
			BusinessKind::Purchase
		}
	});
	Action::Submit {
		node,
		issuer,
		kinds: kinds.collect(),
		pad: if random.gen_bool(0.2) {
			random.gen_range(0..1_500)
		} else {
			0
		},
	}
}

/// Trouble that shows faults which are known, kept as cases, and not mended yet. Left out of the plans of seeds until they are, so that a
/// broken rule is news.
const HELD_BACK: [Trouble; 0] = [];

/// A kind of trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trouble {
	Network,
	Parting,
	SlowDisk,
	FullDisk,
	BrokenDisk,
	Crashes,
	Restarts,
	OldCopies,
	Clocks,
	Narrowing,
	Closing,
	Rotation,
	Agreements,
	SlowChain,
	Forks,
	Cancelling,
	SmallQueue,
	SameIds,
	HostileOrders,
	HostileText,
	HostileRepeats,
	HostileAhead,
	HostileAnswers,
	HostileConfirmations,
	HostileStores,
}

impl Trouble {
	const ALL: [Trouble; 25] = [
		Trouble::Network,
		Trouble::Parting,
		Trouble::SlowDisk,
		Trouble::FullDisk,
		Trouble::BrokenDisk,
		Trouble::Crashes,
		Trouble::Restarts,
		Trouble::OldCopies,
		Trouble::Clocks,
		Trouble::Narrowing,
		Trouble::Closing,
		Trouble::Rotation,
		Trouble::Agreements,
		Trouble::SlowChain,
		Trouble::Forks,
		Trouble::Cancelling,
		Trouble::SmallQueue,
		Trouble::SameIds,
		Trouble::HostileOrders,
		Trouble::HostileText,
		Trouble::HostileRepeats,
		Trouble::HostileAhead,
		Trouble::HostileAnswers,
		Trouble::HostileConfirmations,
		Trouble::HostileStores,
	];

	fn action(self, random: &mut StdRng) -> Action {
		let node = *[1, 2, 3].choose(random).expect("there are nodes");
		match self {
			Trouble::Network => Action::Network(faults(random)),
			Trouble::Parting => {
				let (a, b) = *[(1, 2), (2, 3), (1, HOSTILE), (2, HOSTILE)]
					.choose(random)
					.expect("there are pairs");
				if random.gen() {
					Action::Part { a, b }
				} else {
					Action::Join { a, b }
				}
			}
			Trouble::SmallQueue if random.gen() => Action::Send(Sends::Orders {
				count: random.gen_range(150..300),
			}),
			Trouble::SmallQueue => Action::Stall {
				node: 2,
				ms: random.gen_range(1_000..8_000),
			},
			Trouble::SlowDisk => Action::Stall {
				node,
				ms: random.gen_range(1..6_000),
			},
			Trouble::FullDisk => Action::Full {
				node,
				room: random.gen_range(0..4_000),
			},
			Trouble::BrokenDisk => Action::FailSync { node },
			Trouble::Crashes => Action::Crash {
				node,
				steps: random.gen_range(0..60),
				keep: match random.gen_range(0..4) {
					0 => Keep::None,
					1 => Keep::All,
					2 => Keep::Prefix(random.gen_range(0..600)),
					_ => Keep::Sectors(random.gen_range(0..1_000)),
				},
				down_ms: random.gen_range(1..8_000),
			},
			Trouble::Restarts => Action::Restart { node },
			Trouble::OldCopies if random.gen() => Action::Copy { node },
			Trouble::OldCopies => Action::Restore {
				node,
				old_ms: random.gen_range(0..5_000),
			},
			Trouble::Clocks => Action::Clock {
				node,
				by_ms: *[-3_600_000, -60_000, -500, 500, 60_000]
					.choose(random)
					.expect("there are steps"),
			},
			Trouble::Cancelling => Action::Cancel {
				node: *[1, 3].choose(random).expect("there are sellers"),
				nth: random.gen_range(0..50),
			},
			Trouble::SameIds => business(random),
			Trouble::SlowChain => {
				if random.gen() {
					Action::StallChain {
						ms: random.gen_range(0..20_000),
					}
				} else {
					Action::Lag {
						node,
						blocks: random.gen_range(0..5),
					}
				}
			}
			Trouble::Forks => Action::Reorganise {
				depth: random.gen_range(1..3),
			},
			Trouble::Narrowing | Trouble::Closing | Trouble::Rotation | Trouble::Agreements => {
				self.change(random, node)
			}
			_ => self.hostile(random),
		}
	}

	fn change(self, random: &mut StdRng, node: NodeId) -> Action {
		let channel = *[1, 2, SELLS, ISSUES].choose(random).expect("there are channels");
		Action::Chain(match self {
			Trouble::Narrowing => Change::Grant {
				channel,
				kinds: match random.gen_range(0..3) {
					0 => vec![BusinessKind::Purchase],
					1 => vec![BusinessKind::DividendMethod],
					_ => BusinessKind::ALL.to_vec(),
				},
				rate: random.gen_bool(0.3).then(|| random.gen_range(5..60)),
			},
			Trouble::Closing if random.gen() => Change::Close {
				channel,
				refusal: *[Refusal::Suspended, Refusal::Revoked, Refusal::Expired]
					.choose(random)
					.expect("some"),
			},
			Trouble::Closing => Change::Grant {
				channel,
				kinds: BusinessKind::ALL.to_vec(),
				rate: None,
			},
			Trouble::Rotation => Change::Rotate { node },
			_ => Change::Agree { channel },
		})
	}

	fn hostile(self, random: &mut StdRng) -> Action {
		match self {
			Trouble::HostileOrders => Action::Send(Sends::Orders {
				count: random.gen_range(1..250),
			}),
			Trouble::HostileText => Action::Send(match random.gen_range(0..4) {
				0 => Sends::LongId {
					bytes: random.gen_range(60_000..65_500),
					control: random.gen(),
				},
				1 => Sends::Garbage {
					entries: 1 << random.gen_range(0..14),
				},
				2 => Sends::Unreadable {
					number: random.gen_range(0..4),
				},
				_ => Sends::Numbered {
					number: random.gen_range(0..4),
				},
			}),
			Trouble::HostileRepeats => Action::Send(if random.gen() {
				Sends::Claim {
					packets: random.gen_range(1..256),
				}
			} else {
				Sends::Replay {
					nth: random.gen_range(0..32),
				}
			}),
			Trouble::HostileAhead => Action::Send(if random.gen() {
				Sends::Ahead {
					places: random.gen_range(1..4),
					kind: *[BusinessKind::Purchase, BusinessKind::Redemption]
						.choose(random)
						.expect("two"),
				}
			} else {
				Sends::Orders { count: 1 }
			}),
			Trouble::HostileConfirmations if random.gen() => Action::ConfirmUnsent,
			Trouble::HostileConfirmations => Action::Send(Sends::Confirmations),
			Trouble::HostileStores => Action::Send(Sends::FromStore {
				number: random.gen_range(0..3),
				take_over: random.gen_range(0..3),
			}),
			_ => Action::Answer(
				*[
					Answers::Right,
					Answers::Forged,
					Answers::Withheld,
					Answers::Next,
					Answers::Busy,
					Answers::Other,
					Answers::Garbage,
					Answers::Silence,
				]
				.choose(random)
				.expect("there are answers"),
			),
		}
	}
}

fn faults(random: &mut StdRng) -> Faults {
	let mut some = |most: u32| if random.gen() { random.gen_range(0..most) } else { 0 };
	Faults {
		lose_request: some(300),
		lose_response: some(300),
		swallow: some(60),
		double: some(300),
		corrupt: 0,
		delay_ms: u64::from(some(1_500)),
	}
}
