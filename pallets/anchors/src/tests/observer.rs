// SPDX-License-Identifier: Apache-2.0

//! What somebody who reads the whole chain can tell of who trades with whom, by three attacks on the anchors that the pallet took. Twenty nodes, forty
//! of their pairs trade in bursts for 2,000 blocks. An attack gives each pair a score; how well it tells those that trade from those that do not is
//! the area under its ROC curve (AUC): 1 is always right, 0.5 is a coin.
//!
//! `scripts/observer` runs it with thirty seeds and prints the tables.

use crate::{
	hook::LATE_BLOCKS,
	mock::{Anchors, *},
	*,
};
use frame_support::assert_ok;
use sealane_primitives::{directory::CourierPolicy, ids::*};
use std::collections::BTreeMap;

const NODES: usize = 20;
const PAIRS: usize = 190;
const TRADING: usize = 40;
const BLOCKS: BlockNumber = 2_000;

/// When a node anchors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
	/// In the block after a batch was signed by both, as formats 1 did.
	AtOnce,
	/// At its turn, where something waits.
	InTurn,
	/// At its turn, whatever there is, as nodes do: an idle anchor looks like any other.
	InEveryTurn,
}

/// SplitMix64 (Steele, Lea, Flood 2014): small, and the same everywhere.
struct Random(u64);

impl Random {
	fn next(&mut self) -> u64 {
		self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
		let mut z = self.0;
		z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
		z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
		z ^ (z >> 31)
	}

	fn below(&mut self, n: u64) -> u64 {
		self.next() % n
	}

	/// Whether something of this probability happens.
	fn happens(&mut self, probability: f64) -> bool {
		(self.next() >> 11) as f64 / ((1u64 << 53) as f64) < probability
	}
}

fn all_pairs() -> Vec<(usize, usize)> {
	(0..NODES)
		.flat_map(|one| (one + 1..NODES).map(move |other| (one, other)))
		.collect()
}

/// Pairs that trade, and for each block the pairs between which a batch was signed by both.
fn trade(random: &mut Random) -> (Vec<bool>, Vec<Vec<usize>>) {
	const BURSTS: u64 = 8;
	const LENGTH: u64 = 15;
	let mut trades = vec![false; PAIRS];
	while trades.iter().filter(|trades| **trades).count() < TRADING {
		trades[random.below(PAIRS as u64) as usize] = true;
	}
	let mut signed = vec![Vec::new(); BLOCKS as usize + 1];
	for pair in (0..PAIRS).filter(|pair| trades[*pair]) {
		for _ in 0..BURSTS {
			let begin = 1 + random.below(u64::from(BLOCKS) - LENGTH);
			for block in begin..begin + LENGTH {
				if random.happens(0.6) {
					signed[block as usize].push(pair);
				}
			}
		}
	}
	(trades, signed)
}

fn manager(node: usize) -> AccountId {
	account(1, node)
}

fn delegate(node: usize) -> AccountId {
	account(2, node)
}

fn account(kind: u8, node: usize) -> AccountId {
	let mut bytes = [kind; 32];
	bytes[..8].copy_from_slice(&(node as u64).to_le_bytes());
	AccountId::new(bytes)
}

/// A chain with these nodes, each of its own member, on which a block takes so many anchors.
fn chain(nodes: usize, anchors_per_block: u32) -> sp_io::TestExternalities {
	let ext = genesis(Some(CourierPolicy {
		anchors_per_block,
		max_age: 600_000,
		drain: 1_000,
	}));
	Managed::set((0..nodes).map(|node| (manager(node), node as MemberId)).collect());
	let entry = |node| (node as NodeId, (node as MemberId, delegate(node), vec![node as u8; 4]));
	Nodes::set((0..nodes).map(entry).collect());
	NodeCount::set(nodes as u32);
	ext
}

/// Lets the nodes anchor what was signed, and gives the blocks in which the chain took each node's anchors, as whoever reads all of its blocks has
/// them.
fn anchored(
	manner: Manner,
	anchors_per_block: u32,
	signed: &[Vec<usize>],
	random: &mut Random,
) -> Vec<Vec<BlockNumber>> {
	let pairs = all_pairs();
	chain(NODES, anchors_per_block).execute_with(|| {
		// A policy of the time of formats 1: a node may anchor in every block.
		if manner == Manner::AtOnce {
			NodeCount::set(1);
		}
		let mut waiting = [0u32; NODES];
		let mut anchored = vec![Vec::new(); NODES];
		for block in 1..=BLOCKS {
			System::set_block_number(block);
			for (node, waiting) in waiting.iter_mut().enumerate() {
				let id = node as NodeId;
				let range = Ranges::<Test>::get(id);
				let turn = Anchors::turn(id, block);
				let may = range.count == 0 || range.last < turn;
				// The pool is full, the block is late, the node starts again: not because of what it trades.
				let held_up = random.happens(0.05);
				let wants = match manner {
					Manner::AtOnce => *waiting > 0,
					Manner::InTurn => *waiting > 0 && block - turn < LATE_BLOCKS,
					Manner::InEveryTurn => block - turn < LATE_BLOCKS,
				};
				if wants && may && !held_up {
					let mut root = [0; 32];
					root[..8].copy_from_slice(&random.next().to_le_bytes());
					assert_ok!(Anchors::anchor(crate::mock::signed(delegate(node)), range.count, root));
					*waiting = 0;
					anchored[node].push(block);
				}
			}
			for pair in &signed[block as usize] {
				let (one, other) = pairs[*pair];
				waiting[one] += 1;
				waiting[other] += 1;
			}
		}
		anchored
	})
}

/// See [`ATTACKS`].
type Attack = fn(&[BlockNumber]) -> Vec<f64>;

/// The attacks: from the blocks of a node's anchors to a series over time. Two nodes that trade have series that go together.
const ATTACKS: [(&str, Attack); 3] = [("timing", timing), ("counts", counts), ("gaps", gaps)];

/// Whether there is an anchor, block by block.
fn timing(blocks: &[BlockNumber]) -> Vec<f64> {
	let mut series = vec![0.0; BLOCKS as usize + 1];
	blocks.iter().for_each(|block| series[*block as usize] = 1.0);
	series
}

/// How many anchors there are in windows of 10 blocks.
fn counts(blocks: &[BlockNumber]) -> Vec<f64> {
	const WINDOW: usize = 10;
	timing(blocks)
		.chunks(WINDOW)
		.map(|window| window.iter().sum())
		.collect()
}

/// How long ago the last anchor is, block by block: what the sequence leaves out. It fades, as a gap has no bound.
fn gaps(blocks: &[BlockNumber]) -> Vec<f64> {
	const FADES: f64 = 5.0;
	let mut since = 0.0f64;
	timing(blocks)
		.into_iter()
		.map(|anchored| {
			since = if anchored > 0.0 { 0.0 } else { since + 1.0 };
			(-since / FADES).exp()
		})
		.collect()
}

/// Pearson's correlation; 0 where one of them never changes.
fn correlation(one: &[f64], other: &[f64]) -> f64 {
	let mean = |series: &[f64]| series.iter().sum::<f64>() / series.len() as f64;
	let (a, b) = (mean(one), mean(other));
	let sum = |f: &dyn Fn(f64, f64) -> f64| one.iter().zip(other).map(|(x, y)| f(x - a, y - b)).sum::<f64>();
	let spread = (sum(&|x, _| x * x) * sum(&|_, y| y * y)).sqrt();
	if spread == 0.0 {
		return 0.0;
	}
	sum(&|x, y| x * y) / spread
}

/// The chance that a pair that trades has a higher score than one that does not; equal ones count half.
fn area(scores: &[f64], trades: &[bool]) -> f64 {
	let of = |wanted: bool| {
		scores
			.iter()
			.zip(trades)
			.filter(move |(_, trades)| **trades == wanted)
			.map(|(s, _)| *s)
	};
	let mut won = 0.0;
	for score in of(true) {
		for other in of(false) {
			won += match score.total_cmp(&other) {
				std::cmp::Ordering::Greater => 1.0,
				std::cmp::Ordering::Equal => 0.5,
				std::cmp::Ordering::Less => 0.0,
			};
		}
	}
	won / (of(true).count() * of(false).count()) as f64
}

/// The mean area of each attack.
fn attack(manner: Manner, anchors_per_block: u32, seeds: u64) -> [f64; 3] {
	let mut means = [0.0; 3];
	for seed in 0..seeds {
		let mut random = Random(seed);
		let (trades, signed) = trade(&mut random);
		let blocks = anchored(manner, anchors_per_block, &signed, &mut random);
		for (mean, (_, series)) in means.iter_mut().zip(ATTACKS) {
			let series: Vec<Vec<f64>> = blocks.iter().map(|blocks| series(blocks)).collect();
			let scores: Vec<f64> = all_pairs()
				.into_iter()
				.map(|(one, other)| correlation(&series[one], &series[other]))
				.collect();
			*mean += area(&scores, &trades) / seeds as f64;
		}
	}
	means
}

fn seeds() -> u64 {
	std::env::var("SEALANE_SEEDS")
		.ok()
		.and_then(|text| text.parse().ok())
		.unwrap_or(2)
}

#[test]
fn an_area_is_what_it_is_said_to_be() {
	let trades = [true, true, false, false];
	assert_eq!(area(&[4.0, 3.0, 2.0, 1.0], &trades), 1.0);
	assert_eq!(area(&[1.0, 2.0, 3.0, 4.0], &trades), 0.0);
	assert_eq!(area(&[1.0; 4], &trades), 0.5);
	assert!((correlation(&[1.0, 2.0, 3.0], &[2.0, 4.0, 6.0]) - 1.0).abs() < 1e-12);
	assert_eq!(correlation(&[1.0, 1.0], &[1.0, 2.0]), 0.0);
}

#[test]
fn anchors_in_every_turn_tell_nothing_where_anchors_at_once_tell_all() {
	let seeds = seeds();
	// The mean of one attack over n seeds lies about 0.05/√n around a half.
	let near = 0.02f64.max(0.15 / (seeds as f64).sqrt());
	println!("AUC of {seeds} seeds: {NODES} nodes, {TRADING} of {PAIRS} pairs trade in bursts, {BLOCKS} blocks");
	println!(
		"{:<14} {:>17} {:>8} {:>8} {:>8}",
		"", "anchors per block", "timing", "counts", "gaps"
	);
	for (manner, anchors_per_block) in [
		(Manner::AtOnce, 25),
		(Manner::InTurn, 25),
		(Manner::InTurn, 5),
		(Manner::InEveryTurn, 25),
		(Manner::InEveryTurn, 5),
	] {
		let [timing, counts, gaps] = attack(manner, anchors_per_block, seeds);
		println!(
			"{:<14} {anchors_per_block:>17} {timing:>8.3} {counts:>8.3} {gaps:>8.3}",
			format!("{manner:?}")
		);
		for found in [timing, counts, gaps] {
			match manner {
				Manner::AtOnce => assert!(found >= 0.9, "the attacks are toys: {found}"),
				Manner::InTurn => {}
				Manner::InEveryTurn => assert!((found - 0.5).abs() <= near, "{found}"),
			}
		}
	}
}

/// From the signatures of both to the anchor's block, in blocks, against the number of nodes.
#[test]
fn what_waits_for_its_turn_waits_for_one_interval_at_most() {
	const PER_BLOCK: u32 = 25;
	println!("blocks from both signatures to the anchor's block, {PER_BLOCK} anchors a block");
	println!(
		"{:>6} {:>9} {:>5} {:>5} {:>5}",
		"nodes", "interval", "p50", "p99", "most"
	);
	for nodes in [10u32, 25, 50, 100, 200] {
		let waits = chain(nodes as usize, PER_BLOCK).execute_with(|| {
			let mut waits: BTreeMap<BlockNumber, u32> = BTreeMap::new();
			for block in 100..300 {
				for node in 0..nodes {
					let anchored = (block + 1..).find(|at| Anchors::turn(node, *at) == *at);
					*waits.entry(anchored.expect("a turn comes") - block).or_default() += 1;
				}
			}
			waits
		});
		let total: u32 = waits.values().sum();
		let at = |share: f64| {
			let mut left = (share * f64::from(total)).ceil() as u32;
			let reached = waits.iter().find(|(_, count)| {
				left = left.saturating_sub(**count);
				left == 0
			});
			*reached.expect("some wait").0
		};
		let interval = nodes.div_ceil(PER_BLOCK);
		println!("{nodes:>6} {interval:>9} {:>5} {:>5} {:>5}", at(0.5), at(0.99), at(1.0));
		assert!(at(1.0) <= interval, "{nodes} nodes: {waits:?}");
	}
}
