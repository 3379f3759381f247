// SPDX-License-Identifier: Apache-2.0

//! Measures what the calls of the runtime weigh, and writes `runtime/src/weights/`. Started by `scripts/weights`.
//!
//! It does what the polkadot-sdk's `benchmark pallet` does, with the same state, the same host functions and one of its regressions,
//! for this runtime alone. The command line of the SDK would bring the parachain crates with it, and with them features that
//! compile every dependency of the node a second time.

mod machine;
mod measure;
mod render;

use clap::Parser;
use std::{fs, path::PathBuf};

include!(concat!(env!("OUT_DIR"), "/wasm_binary_benchmarks.rs"));

/// The pallets of this project, in the order of their files.
const PALLETS: [&str; 6] = [
	"pallet_agreements",
	"pallet_anchors",
	"pallet_channels",
	"pallet_members",
	"pallet_receipts",
	"pallet_validators",
];

/// Measures what the runtime's calls weigh.
#[derive(Debug, Parser)]
#[command(name = "sealane-bencher")]
struct Arguments {
	/// Folder for the files of weights, one per pallet. Without it, figures are only printed.
	#[arg(long)]
	output: Option<PathBuf>,
	/// Pallets to measure, by the name of their crate; all of this project's when absent.
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
	let machine = machine::Machine::new(code)?;
	let wanted: Vec<&str> = match arguments.pallets.is_empty() {
		true => PALLETS.to_vec(),
		false => arguments.pallets.iter().map(String::as_str).collect(),
	};
	let (list, storage) = machine.benchmarks()?;
	let sampling = measure::Sampling {
		steps: arguments.steps,
		repeat: arguments.repeat,
		least_ms: arguments.least_ms,
	};
	let mut failed = Vec::new();
	for pallet in wanted {
		let benchmarks = list
			.iter()
			.find(|entry| entry.pallet == pallet.as_bytes())
			.ok_or_else(|| anyhow::anyhow!("pallet: `{pallet}`: the runtime has no benchmarks of that name"))?;
		if arguments.list {
			for benchmark in &benchmarks.benchmarks {
				println!("{pallet}::{}", String::from_utf8_lossy(&benchmark.name));
			}
			continue;
		}
		let before = render::load();
		let mut figures = Vec::new();
		for benchmark in &benchmarks.benchmarks {
			match measure::measure(&machine, benchmarks, benchmark, &storage, &sampling) {
				Ok(figure) => {
					println!("{pallet}::{}", figure.summary());
					figures.push(figure);
				}
				// The others are still worth knowing about.
				Err(error) => {
					eprintln!("{error:#}");
					failed.push(error);
				}
			}
		}
		if let Some(folder) = arguments.output.as_ref().filter(|_| failed.is_empty()) {
			let path = folder.join(format!("{pallet}.rs"));
			let conditions = render::Conditions::now(&sampling, before);
			fs::write(&path, render::file(pallet, &figures, &conditions))
				.map_err(|error| anyhow::anyhow!("{}: cannot write: {error}", path.display()))?;
			println!("wrote {}", path.display());
		}
	}
	anyhow::ensure!(
		failed.is_empty(),
		"{} benchmarks failed; their pallets' files were left as they are",
		failed.len()
	);
	Ok(())
}
