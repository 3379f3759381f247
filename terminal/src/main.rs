// SPDX-License-Identifier: Apache-2.0

//! The binary `sealane`: reads the command line, runs the command, ends with its exit code.

mod commands;

use clap::Parser;
use commands::Cli;
use sealane_operator::{chain, evidence};
use sealane_terminal_core::{error, log, node, output};
use std::process::ExitCode;

fn main() -> ExitCode {
	let cli = match Cli::try_parse() {
		Ok(cli) => cli,
		Err(error) => return explain(&error),
	};
	let json = cli.json();
	cli.start_log();
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
			let exit_code = error.exit_code();
			if json {
				let report = serde_json::json!({
					"error": error.to_string(), "code": error.code(), "exit_code": exit_code,
				});
				eprintln!("{report}");
			} else {
				eprintln!("sealane: {}", output::shown(&error.to_string()));
			}
			ExitCode::from(exit_code)
		}
	}
}

/// Prints help where it was asked for, and what is wrong with the command line where it was not: as JSON for who wants JSON.
fn explain(error: &clap::Error) -> ExitCode {
	let exit_code = u8::try_from(error.exit_code()).unwrap_or(2);
	if error.use_stderr() && std::env::args_os().any(|argument| argument == "--json") {
		let text = error.render().to_string();
		let report = serde_json::json!({ "error": text.trim(), "code": "usage", "exit_code": exit_code });
		eprintln!("{report}");
	} else {
		// Who closed the pipe reads no help.
		let _ = error.print();
	}
	ExitCode::from(exit_code)
}
