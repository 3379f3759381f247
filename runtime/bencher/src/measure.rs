// SPDX-License-Identifier: Apache-2.0

//! From runs of a benchmark to a line: so much by itself, so much more for each unit of a component.

use crate::machine::{Machine, Track};
use anyhow::{anyhow, Context};
use frame_benchmarking::{
	Analysis, BenchmarkBatch, BenchmarkConfig, BenchmarkList, BenchmarkMetadata, BenchmarkParameter, BenchmarkResult,
	BenchmarkSelector,
};
use frame_support::traits::StorageInfo;
use std::{
	collections::BTreeMap,
	time::{Duration, Instant},
};

/// A value for each component.
type Point = Vec<(BenchmarkParameter, u32)>;

/// How often each benchmark is run.
pub struct Sampling {
	/// Values of each component.
	pub steps: u32,
	/// Runs at each value.
	pub repeat: u32,
	/// The least that one benchmark takes altogether, in milliseconds.
	pub least_ms: u64,
}

/// A quantity that grows with the components: `base + Σ slope · component`.
#[derive(Debug)]
pub struct Line {
	/// Where all components are zero.
	pub base: u128,
	/// For each unit of a component, those without an effect left out.
	pub slopes: Vec<(String, u128)>,
}

impl Line {
	fn at(&self, components: &[(BenchmarkParameter, u32)]) -> u128 {
		let share = |(name, value): &(BenchmarkParameter, u32)| {
			let slope = self.slopes.iter().find(|(slope, _)| *slope == name.to_string());
			slope.map_or(0, |(_, slope)| slope * u128::from(*value))
		};
		self.base + components.iter().map(share).sum::<u128>()
	}

	/// Raises the line until none of these values lies above it.
	fn covering(mut self, values: &[(Point, u128)]) -> Self {
		let above = values.iter().map(|(point, value)| value.saturating_sub(self.at(point)));
		self.base += above.max().unwrap_or_default();
		self
	}
}

impl From<Analysis> for Line {
	fn from(analysis: Analysis) -> Self {
		Self {
			base: analysis.base,
			slopes: analysis
				.names
				.into_iter()
				.zip(analysis.slopes)
				.filter(|(_, slope)| *slope != 0)
				.collect(),
		}
	}
}

/// A component and its range.
#[derive(Debug)]
pub struct Component {
	/// A single letter.
	pub name: String,
	/// Its least value.
	pub least: u32,
	/// Its greatest value.
	pub most: u32,
}

/// What a storage item is accessed at most.
#[derive(Debug)]
pub struct Access {
	/// `Pallet::Item`, or the key in hex where no pallet owns it.
	pub item: String,
	/// Keys read.
	pub reads: u32,
	/// Keys written.
	pub writes: u32,
}

/// A benchmark and what it depends on.
#[derive(Debug)]
pub struct Signature {
	/// The benchmark, which is the name of the call for all that measure calls.
	pub name: String,
	/// The components, in the order of the benchmark's parameters.
	pub components: Vec<Component>,
}

impl Signature {
	/// That of a benchmark of the runtime.
	pub fn of(benchmark: &BenchmarkMetadata) -> Self {
		let component = |(name, least, most): &(BenchmarkParameter, u32, u32)| Component {
			name: name.to_string(),
			least: *least,
			most: *most,
		};
		Self {
			name: String::from_utf8_lossy(&benchmark.name).into_owned(),
			components: benchmark.components.iter().map(component).collect(),
		}
	}
}

/// How the weight of a benchmark came about.
#[derive(Debug)]
pub enum Weighed {
	/// Measured.
	Here(Figure),
	/// It cannot be measured on this chain, see `subject`: what the SDK comes with.
	ByTheSdk(Signature),
}

/// What one benchmark showed.
#[derive(Debug)]
pub struct Figure {
	/// What was measured.
	pub signature: Signature,
	/// Time in picoseconds, storage accesses apart.
	pub time: Line,
	/// The shortest run, in nanoseconds.
	pub shortest_ns: u128,
	/// Keys read.
	pub reads: Line,
	/// Keys written.
	pub writes: Line,
	/// The same by storage item, with the components at their greatest.
	pub accesses: Vec<Access>,
}

impl Figure {
	/// One line for the terminal.
	pub fn summary(&self) -> String {
		let line = |line: &Line, unit: u128| {
			let base = format!("{:.3}", line.base as f64 / unit as f64);
			line.slopes.iter().fold(base, |text, (name, slope)| {
				format!("{text} + {:.3}·{name}", *slope as f64 / unit as f64)
			})
		};
		format!(
			"{}: {} µs, {} reads, {} writes",
			self.signature.name,
			line(&self.time, 1_000_000),
			line(&self.reads, 1),
			line(&self.writes, 1),
		)
	}
}

/// Runs one benchmark: first with its own assertions, then counting accesses, then taking the time.
pub fn measure(
	machine: &Machine,
	pallet: &BenchmarkList,
	benchmark: &BenchmarkMetadata,
	storage: &[StorageInfo],
	sampling: &Sampling,
) -> anyhow::Result<Figure> {
	let signature = Signature::of(benchmark);
	let full = format!("{}::{}", String::from_utf8_lossy(&pallet.pallet), signature.name);
	let run = |components: &[(BenchmarkParameter, u32)], verify: bool, repeat: u32, track: Track| {
		let config = BenchmarkConfig {
			pallet: pallet.pallet.clone(),
			instance: pallet.instance.clone(),
			benchmark: benchmark.name.clone(),
			selected_components: components.to_vec(),
			verify,
			internal_repeats: repeat,
		};
		machine
			.run(&config, track)
			.with_context(|| format!("{full} with {components:?}"))
	};
	let points = points(&benchmark.components, sampling.steps);
	let (mut counted, mut timed) = (Vec::new(), Vec::new());
	let start = Instant::now();
	for point in &points {
		run(point, true, 1, Track::Time)?;
		counted.extend(results(run(point, false, 1, Track::Accesses)?));
		timed.extend(results(run(point, false, sampling.repeat, Track::Time)?));
	}
	while start.elapsed() < Duration::from_millis(sampling.least_ms) {
		for point in &points {
			timed.extend(results(run(point, false, sampling.repeat, Track::Time)?));
		}
	}
	if timed.is_empty() {
		return Err(anyhow!(
			"{full}: the benchmark found no origin for the call, or skipped every value"
		));
	}
	if timed.iter().all(|result| result.extrinsic_time == 0) {
		return Err(anyhow!(
			"{full}: the benchmark says that it has nothing to measure on this chain"
		));
	}
	// The median of all slopes: other programs disturb some of the runs, never most of them.
	let analyse = |results: &Vec<BenchmarkResult>, selector| {
		Analysis::median_slopes(results, selector).with_context(|| format!("{full}: no line through the results"))
	};
	let time = analyse(&timed, BenchmarkSelector::ExtrinsicTime)?;
	let shortest_ns = time.minimum;
	// What is not quite a line must not be charged less than it takes.
	let reads = values(&counted, |result| result.reads.into());
	let writes = values(&counted, |result| result.writes.into());
	Ok(Figure {
		signature,
		shortest_ns,
		time: Line::from(time).covering(&shortest_runs(&timed)),
		reads: Line::from(analyse(&counted, BenchmarkSelector::Reads)?).covering(&reads),
		writes: Line::from(analyse(&counted, BenchmarkSelector::Writes)?).covering(&writes),
		accesses: accesses(&counted, storage),
	})
}

fn results(batches: Vec<BenchmarkBatch>) -> impl Iterator<Item = BenchmarkResult> {
	batches.into_iter().flat_map(|batch| batch.results)
}

fn values(results: &[BenchmarkResult], value: fn(&BenchmarkResult) -> u128) -> Vec<(Point, u128)> {
	results
		.iter()
		.map(|result| (result.components.clone(), value(result)))
		.collect()
}

/// The shortest run at each point, in picoseconds: what nothing else disturbed.
fn shortest_runs(results: &[BenchmarkResult]) -> Vec<(Point, u128)> {
	let mut shortest = Vec::<(Point, u128)>::new();
	for (point, time_ns) in values(results, |result| result.extrinsic_time) {
		let time = time_ns * 1_000;
		match shortest.iter_mut().find(|(known, _)| *known == point) {
			Some((_, least)) => *least = time.min(*least),
			None => shortest.push((point, time)),
		}
	}
	shortest
}

/// The values to measure at: each component in turn over its range, the others at their greatest.
fn points(components: &[(BenchmarkParameter, u32, u32)], steps: u32) -> Vec<Point> {
	if components.is_empty() {
		return vec![Vec::new()];
	}
	let mut points = Vec::new();
	for (varied, (_, least, most)) in components.iter().enumerate() {
		let values = (0..steps).map(|step| {
			let offset = u64::from(most - least) * u64::from(step) / u64::from(steps - 1);
			least + offset as u32
		});
		let mut last = None;
		for value in values {
			// A short range has fewer values than steps.
			if last.replace(value) == Some(value) {
				continue;
			}
			let point = components.iter().enumerate();
			points.push(
				point
					.map(|(index, (name, _, most))| (*name, if index == varied { value } else { *most }))
					.collect(),
			);
		}
	}
	points
}

/// The most that each storage item was accessed.
fn accesses(results: &[BenchmarkResult], storage: &[StorageInfo]) -> Vec<Access> {
	let mut most = BTreeMap::<String, (u32, u32)>::new();
	for (key, reads, writes, whitelisted) in results.iter().flat_map(|result| &result.keys) {
		// Read or written by every block anyway, so no call pays for it; or not accessed at all.
		if *whitelisted || (*reads, *writes) == (0, 0) {
			continue;
		}
		let item = storage
			.iter()
			.find(|info| key.starts_with(&info.prefix))
			.map(|info| {
				let [pallet, item] = [&info.pallet_name, &info.storage_name].map(|name| String::from_utf8_lossy(name));
				format!("{pallet}::{item}")
			})
			.unwrap_or_else(|| format!("0x{}", key.iter().map(|byte| format!("{byte:02x}")).collect::<String>()));
		let entry = most.entry(item).or_default();
		*entry = (entry.0.max(*reads), entry.1.max(*writes));
	}
	most.into_iter()
		.map(|(item, (reads, writes))| Access { item, reads, writes })
		.collect()
}

#[cfg(test)]
mod tests {
	use super::*;
	use BenchmarkParameter::{n, r};

	#[test]
	fn points_reach_both_ends_of_each_range() {
		let points = points(&[(n, 1, 32), (r, 0, 256)], 20);
		for end in [[(n, 1), (r, 256)], [(n, 32), (r, 256)], [(n, 32), (r, 0)]] {
			assert!(points.contains(&end.to_vec()), "{end:?} is missing");
		}
	}

	#[test]
	fn points_of_a_short_range_do_not_repeat() {
		assert_eq!(points(&[(n, 3, 5)], 20), vec![vec![(n, 3)], vec![(n, 4)], vec![(n, 5)]]);
	}

	#[test]
	fn a_line_is_raised_over_every_value() {
		let line = Line {
			base: 0,
			slopes: vec![("n".to_string(), 6)],
		};
		let raised = line.covering(&[(vec![(n, 1)], 28), (vec![(n, 10)], 60)]);
		assert_eq!((raised.base, raised.at(&[(n, 1)])), (22, 28));
	}

	#[test]
	fn points_without_components_are_one() {
		assert_eq!(points(&[], 20), vec![Vec::new()]);
	}
}
