// SPDX-License-Identifier: Apache-2.0

//! The binary `sealane`: reads the command line, runs the command, ends with its exit code.

use clap::Parser;
use sealane_terminal::commands::Cli;
use std::process::ExitCode;

fn main() -> ExitCode {
	let cli = Cli::parse();
	let json = cli.json();
	let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
		Ok(runtime) => runtime,
		Err(error) => {
			eprintln!("sealane: cannot start: {error}");
			return ExitCode::from(4);
		}
	};
	match runtime.block_on(cli.run()) {
		Ok(()) => ExitCode::SUCCESS,
		Err(error) => {
			let code = error.exit_code();
			if json {
				println!(
					"{}",
					serde_json::json!({ "error": error.to_string(), "exit_code": code })
				);
			} else {
				eprintln!("sealane: {error}");
			}
			ExitCode::from(code)
		}
	}
}
