// SPDX-License-Identifier: Apache-2.0

//! `sealane-localnet`: the demo and the benchmark. `scripts/demo` and `scripts/bench` build and call it.

use clap::{Parser, Subcommand};
use sealane_localnet::{bench, demo, sample};
use std::process::ExitCode;

/// A network of real nodes on this machine: the demo and the benchmark of Sealane, and their input.
#[derive(Debug, Parser)]
#[command(name = "sealane-localnet", version)]
struct Cli {
	#[command(subcommand)]
	command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// Two banks, three issuers: from admission to evidence, every figure checked
	Demo(demo::DemoArgs),
	/// What a confirmed round trip costs on this machine
	Bench(bench::BenchArgs),
	/// Realistic customers, orders, rules and clauses from a seed
	Sample(sample::SampleArgs),
}

/// Resolves at Ctrl-C or SIGTERM.
async fn interrupted() {
	use tokio::signal::unix::{signal, SignalKind};
	match signal(SignalKind::terminate()) {
		Ok(mut terminate) => {
			tokio::select! {
				_ = tokio::signal::ctrl_c() => {},
				_ = terminate.recv() => {},
			}
		}
		Err(_) => {
			let _ = tokio::signal::ctrl_c().await;
		}
	}
}

#[tokio::main]
async fn main() -> ExitCode {
	let command = Cli::parse().command;
	let run = async {
		match command {
			Command::Demo(args) => demo::run(args).await,
			Command::Bench(args) => bench::run(args).await,
			Command::Sample(args) => args.run(),
		}
	};
	// Leaving the run half-way ends every process that it started.
	let result = tokio::select! {
		result = run => Some(result),
		() = interrupted() => None,
	};
	let Some(result) = result else {
		eprintln!("\nstopped; all nodes and terminals are ended");
		return ExitCode::from(130);
	};
	match result {
		Ok(()) => ExitCode::SUCCESS,
		Err(error) => {
			eprintln!("\nerror: {error}");
			ExitCode::FAILURE
		}
	}
}
