// SPDX-License-Identifier: Apache-2.0

//! `sealane-node`: a member's node. Chain, courier and HTTP API in one process.

mod chain_spec;
mod cli;
mod command;
mod genesis;
mod lifetime;
mod rpc;
mod service;
mod signals;

use std::process::ExitCode;

fn main() -> ExitCode {
	match command::run() {
		Ok(()) => ExitCode::SUCCESS,
		Err(error) => {
			// In words, not as the program's own structure.
			eprintln!("Error: {error}");
			ExitCode::FAILURE
		}
	}
}
