// SPDX-License-Identifier: Apache-2.0

//! The file of weights of one pallet.

use crate::measure::{Figure, Line, Sampling};
use std::fmt::Write;

/// Under which conditions the figures came about.
pub struct Conditions {
	date: String,
	processor: String,
	cores: usize,
	load: (String, String),
	sampling: String,
}

impl Conditions {
	/// Those of this machine, from `load_before` the first run until now.
	pub fn now(sampling: &Sampling, load_before: String) -> Self {
		let unknown = || "a processor of unknown name".to_string();
		Self {
			date: time::OffsetDateTime::now_utc().date().to_string(),
			processor: std::fs::read_to_string("/proc/cpuinfo")
				.ok()
				.and_then(|text| {
					let line = text.lines().find(|line| line.starts_with("model name"))?;
					Some(line.split_once(':')?.1.trim().to_string())
				})
				.unwrap_or_else(unknown),
			cores: std::thread::available_parallelism().map_or(1, usize::from),
			load: (load_before, load()),
			sampling: format!(
				"{} values per component, {} runs each, at least {} ms per benchmark",
				sampling.steps, sampling.repeat, sampling.least_ms
			),
		}
	}
}

/// The load average up to which only this program can have been at work.
const QUIET: f64 = 1.3;

/// How many processes wanted a core over the last minute; this program counts as one.
pub fn load() -> String {
	std::fs::read_to_string("/proc/loadavg")
		.ok()
		.and_then(|text| text.split_whitespace().next().map(String::from))
		.unwrap_or_else(|| "unknown".to_string())
}

/// The source text: a `WeightInfo` for the pallet.
pub fn file(pallet: &str, figures: &[Figure], conditions: &Conditions) -> String {
	let Conditions {
		date,
		processor,
		cores,
		load: (before, after),
		sampling,
	} = conditions;
	let busy = |load: &str| load.parse::<f64>().map_or(true, |load| load > QUIET);
	let shared = match busy(before) || busy(after) {
		true => "Other programs used them too.",
		false => "Hardly anything else used them.",
	};
	let mut text = format!(
		"// SPDX-License-Identifier: Apache-2.0

//! Weights of `{pallet}`, measured. Written by `scripts/weights`, not by hand.
//!
//! Measured {date} on {processor}, {cores} cores. {shared}
//! Load average {before} before and {after} after, this program counting as one.
//! Samples: {sampling}.
//! In the wasm of this runtime, over its development genesis, in memory. Accesses to storage are priced by `DbWeight`. Sizes of
//! proofs are left out, since nobody on this chain works from proofs.

#![cfg_attr(rustfmt, rustfmt_skip)]
#![allow(clippy::unnecessary_cast)]

use core::marker::PhantomData;
use frame_support::{{traits::Get, weights::Weight}};

/// Measured weights of `{pallet}`.
pub struct WeightInfo<T>(PhantomData<T>);
impl<T: frame_system::Config> {pallet}::WeightInfo for WeightInfo<T> {{
"
	);
	for figure in figures {
		function(&mut text, figure);
	}
	text.push_str("}\n");
	text
}

fn function(text: &mut String, figure: &Figure) {
	for access in &figure.accesses {
		line(
			text,
			1,
			&format!(
				"/// Storage: `{}` (r:{} w:{})",
				access.item, access.reads, access.writes
			),
		);
	}
	for component in &figure.components {
		line(
			text,
			1,
			&format!(
				"/// The range of component `{}` is `[{}, {}]`.",
				component.name, component.least, component.most
			),
		);
	}
	let lines = [&figure.time, &figure.reads, &figure.writes];
	let used = |name: &str| {
		lines
			.iter()
			.any(|line| line.slopes.iter().any(|(slope, _)| slope == name))
	};
	let parameters: String = figure
		.components
		.iter()
		.map(|c| format!("{}{}: u32, ", if used(&c.name) { "" } else { "_" }, c.name))
		.collect();
	line(text, 1, &format!("fn {}({parameters}) -> Weight {{", figure.name));
	line(text, 2, &format!("// Shortest run: {} ns.", digits(figure.shortest_ns)));
	line(text, 2, &format!("Weight::from_parts({}, 0)", digits(figure.time.base)));
	for (name, slope) in &figure.time.slopes {
		line(
			text,
			3,
			&format!(
				".saturating_add(Weight::from_parts({}, 0).saturating_mul({name}.into()))",
				digits(*slope)
			),
		);
	}
	database(text, "reads", &figure.reads);
	database(text, "writes", &figure.writes);
	line(text, 1, "}");
}

fn database(text: &mut String, access: &str, accesses: &Line) {
	if accesses.base != 0 {
		line(
			text,
			3,
			&format!(".saturating_add(T::DbWeight::get().{access}({}_u64))", accesses.base),
		);
	}
	for (name, slope) in &accesses.slopes {
		line(
			text,
			3,
			&format!(".saturating_add(T::DbWeight::get().{access}(({slope}_u64).saturating_mul({name}.into())))"),
		);
	}
}

fn line(text: &mut String, depth: usize, content: &str) {
	writeln!(text, "{}{content}", "\t".repeat(depth)).expect("writing to a string cannot fail; qed");
}

/// A number with `_` between thousands.
fn digits(number: u128) -> String {
	let digits = number.to_string();
	let mut grouped = String::with_capacity(digits.len() * 4 / 3);
	for (index, digit) in digits.chars().enumerate() {
		if index > 0 && (digits.len() - index) % 3 == 0 {
			grouped.push('_');
		}
		grouped.push(digit);
	}
	grouped
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn digits_are_grouped_by_thousands() {
		assert_eq!(
			[0, 999, 1_000, 1_234_567].map(digits),
			["0", "999", "1_000", "1_234_567"].map(String::from)
		);
	}
}
