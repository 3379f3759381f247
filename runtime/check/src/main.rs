// SPDX-License-Identifier: Apache-2.0

//! `sealane-check-state FILE`: checks every invariant of the chain over an exported state. See the crate's documentation.

use std::process::ExitCode;

fn main() -> ExitCode {
	let mut arguments = std::env::args_os().skip(1);
	let (Some(file), None) = (arguments.next(), arguments.next()) else {
		eprintln!("usage: sealane-check-state FILE, a state as `sealane-node export-state` prints it");
		return ExitCode::from(2);
	};
	let result = std::fs::read(&file)
		.map_err(|error| error.to_string())
		.and_then(|json| sealane_check_state::read(&json).map_err(|error| error.to_string()))
		.and_then(|state| sealane_check_state::check(state).map_err(|error| error.to_string()));
	match result {
		Ok(report) => {
			for (pallet, keys) in &report.keys {
				println!("{pallet}: {keys} keys");
			}
			println!("block {}: {} hold", report.block, report.checks.join(", "));
			ExitCode::SUCCESS
		}
		Err(error) => {
			eprintln!("{}: {error}", file.to_string_lossy());
			ExitCode::FAILURE
		}
	}
}
