// SPDX-License-Identifier: Apache-2.0

//! Measures what the calls of the runtime weigh, and writes `runtime/src/weights/`. Started by `scripts/weights`.
//!
//! It does what the polkadot-sdk's `benchmark pallet` does, with the same state, the same host functions and one of its regressions,
//! for this runtime alone. The command line of the SDK would bring the parachain crates with it, and with them features that
//! compile every dependency of the node a second time.

mod machine;
mod measure;
mod overhead;
mod render;
mod subject;

use clap::Parser;
use frame_benchmarking::BenchmarkList;
use frame_support::traits::StorageInfo;
use std::{fs, path::PathBuf};

include!(concat!(env!("OUT_DIR"), "/wasm_binary_benchmarks.rs"));

/// Measures what the runtime's calls weigh.
#[derive(Debug, Parser)]
#[command(name = "sealane-bencher")]
struct Arguments {
	/// Folder for the files of weights, one per pallet. Without it, figures are only printed.
	#[arg(long)]
	output: Option<PathBuf>,
	/// What to measure, by the names that `--list` shows before the `::`; `block` for what a block and an extrinsic take by
	/// themselves. Everything when absent.
	#[arg(long, value_delimiter = ',')]
	pallets: Vec<String>,
	/// Values of each component between its least and its most, both included (at least 2).
	#[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(2..))]
	steps: u32,
	/// Runs at each value.
	#[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
	repeat: u32,
	/// Each benchmark is run again until it took this long, in milliseconds.
	#[arg(long, default_value_t = 1_000)]
	least_ms: u64,
	/// Only list what there is to measure.
	#[arg(long)]
	list: bool,
}

fn main() -> anyhow::Result<()> {
	let arguments = Arguments::parse();
	let code =
		WASM_BINARY.ok_or_else(|| anyhow::anyhow!("built with SKIP_WASM_BUILD: there is no runtime to measure"))?;
	let bencher = Bencher {
		machine: machine::Machine::new(code)?,
		sampling: measure::Sampling {
			steps: arguments.steps,
			repeat: arguments.repeat,
			least_ms: arguments.least_ms,
		},
		output: arguments.output,
	};
	let everything = || subject::SUBJECTS.into_iter().chain([subject::BLOCK]).map(String::from);
	let wanted = match arguments.pallets.is_empty() {
		true => everything().collect(),
		false => arguments.pallets,
	};
	let (list, storage) = bencher.machine.benchmarks()?;
	let mut failed = 0;
	for subject in wanted {
		if subject == subject::BLOCK {
			match arguments.list {
				true => println!("{subject}"),
				false => bencher.block()?,
			}
			continue;
		}
		let benchmarks = list
			.iter()
			.find(|entry| entry.pallet == subject.as_bytes())
			.ok_or_else(|| anyhow::anyhow!("pallets: `{subject}`: the runtime has no benchmarks of that name"))?;
		if arguments.list {
			for benchmark in &benchmarks.benchmarks {
				println!("{subject}::{}", String::from_utf8_lossy(&benchmark.name));
			}
			continue;
		}
		failed += bencher.subject(&subject, benchmarks, &storage)?;
	}
	anyhow::ensure!(
		failed == 0,
		"{failed} benchmarks failed; their pallets' files were left as they are"
	);
	Ok(())
}

/// What measuring needs.
struct Bencher {
	machine: machine::Machine,
	sampling: measure::Sampling,
	output: Option<PathBuf>,
}

impl Bencher {
	/// Measures what a block and an extrinsic take by themselves.
	fn block(&self) -> anyhow::Result<()> {
		let before = render::load();
		let overhead = overhead::measure(&self.machine, self.sampling.steps * self.sampling.repeat)?;
		println!(
			"block: {:.3} µs, and {:.3} µs for each extrinsic",
			overhead.block_ns as f64 / 1_000.0,
			overhead.extrinsic_ns as f64 / 1_000.0
		);
		let conditions = render::Conditions::now(&self.sampling, before);
		self.write(subject::BLOCK, &render::block(&overhead, &conditions))
	}

	/// Measures one set of benchmarks; how many of them failed.
	fn subject(&self, subject: &str, benchmarks: &BenchmarkList, storage: &[StorageInfo]) -> anyhow::Result<usize> {
		let before = render::load();
		let (mut weighed, mut failed) = (Vec::new(), 0);
		for benchmark in &benchmarks.benchmarks {
			let name = String::from_utf8_lossy(&benchmark.name);
			if !subject::is_measurable(subject, &name) {
				println!("{subject}::{name}: as the SDK weighs it");
				weighed.push(measure::Weighed::ByTheSdk(measure::Signature::of(benchmark)));
				continue;
			}
			match measure::measure(&self.machine, benchmarks, benchmark, storage, &self.sampling) {
				Ok(figure) => {
					println!("{subject}::{}", figure.summary());
					weighed.push(measure::Weighed::Here(figure));
				}
				// The others are still worth knowing about.
				Err(error) => {
					eprintln!("{error:#}");
					failed += 1;
				}
			}
		}
		if failed == 0 {
			let conditions = render::Conditions::now(&self.sampling, before);
			self.write(subject, &render::file(subject, &weighed, &conditions))?;
		}
		Ok(failed)
	}

	fn write(&self, subject: &str, text: &str) -> anyhow::Result<()> {
		let Some(folder) = &self.output else {
			return Ok(());
		};
		let path = folder.join(format!("{subject}.rs"));
		fs::write(&path, text).map_err(|error| anyhow::anyhow!("{}: cannot write: {error}", path.display()))?;
		println!("wrote {}", path.display());
		Ok(())
	}
}
