// SPDX-License-Identifier: Apache-2.0

//! The files of weights.

use crate::{
	measure::{Component, Figure, Line, Sampling, Signature, Weighed},
	overhead::Overhead,
	subject::weight_trait,
};
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

impl Conditions {
	/// What is said of them at the head of each file.
	fn head(&self, what: &str) -> String {
		let Conditions {
			date,
			processor,
			cores,
			load: (before, after),
			..
		} = self;
		let busy = |load: &str| load.parse::<f64>().map_or(true, |load| load > QUIET);
		let shared = match busy(before) || busy(after) {
			true => "Other programs used them too.",
			false => "Hardly anything else used them.",
		};
		format!(
			"// SPDX-License-Identifier: Apache-2.0

//! {what}, measured. Written by `scripts/weights`, not by hand.
//!
//! Measured {date} on {processor}, {cores} cores. {shared}
//! Load average {before} before and {after} after, this program counting as one.
"
		)
	}
}

/// The source text: a `WeightInfo` for the pallet.
pub fn file(pallet: &str, weighed: &[Weighed], conditions: &Conditions) -> String {
	let head = conditions.head(&format!("Weights of `{pallet}`"));
	let (sampling, weight_trait) = (&conditions.sampling, weight_trait(pallet));
	let mut text = format!(
		"{head}//! Samples: {sampling}.
//! In the wasm of this runtime, over its development genesis, in memory. Accesses to storage are priced by `DbWeight`. Sizes of
//! proofs are left out, since nobody on this chain works from proofs.

#![cfg_attr(rustfmt, rustfmt_skip)]
#![allow(clippy::unnecessary_cast)]

use core::marker::PhantomData;
use frame_support::{{traits::Get, weights::Weight}};

/// Measured weights of `{pallet}`.
pub struct WeightInfo<T>(PhantomData<T>);
impl<T: frame_system::Config> {weight_trait} for WeightInfo<T> {{
"
	);
	for entry in weighed {
		match entry {
			Weighed::Here(figure) => function(&mut text, figure),
			Weighed::ByTheSdk(signature) => borrowed(&mut text, pallet, signature),
		}
	}
	text.push_str("}\n");
	text
}

/// The source text: the weights of a block and of an extrinsic by themselves.
pub fn block(overhead: &Overhead, conditions: &Conditions) -> String {
	let head = conditions.head("Weights of a block and of an extrinsic by themselves");
	let Overhead {
		block_ns,
		extrinsic_ns,
		extrinsics,
		runs,
	} = overhead;
	format!(
		"{head}//! Medians of {runs} executions in the wasm of this runtime, over its development genesis, in memory.

#![cfg_attr(rustfmt, rustfmt_skip)]

use frame_support::{{parameter_types, weights::{{constants::WEIGHT_REF_TIME_PER_NANOS, Weight}}}};

parameter_types! {{
	/// A block with nothing but the clock's inherent.
	pub const BlockExecutionWeight: Weight = Weight::from_parts(WEIGHT_REF_TIME_PER_NANOS * {}, 0);
	/// Each extrinsic more, over {extrinsics} of them that do nothing: signature, checks, dispatch. The checks are charged by
	/// themselves besides, so an extrinsic is charged more than it takes.
	pub const ExtrinsicBaseWeight: Weight = Weight::from_parts(WEIGHT_REF_TIME_PER_NANOS * {}, 0);
}}
",
		digits((*block_ns).into()),
		digits((*extrinsic_ns).into()),
	)
}

fn ranges(text: &mut String, components: &[Component]) {
	for Component { name, least, most } in components {
		line(
			text,
			1,
			&format!("/// The range of component `{name}` is `[{least}, {most}]`."),
		);
	}
}

fn borrowed(text: &mut String, pallet: &str, Signature { name, components }: &Signature) {
	let list = |each: fn(&Component) -> String| components.iter().map(each).collect::<Vec<_>>().join(", ");
	let (parameters, values) = (list(|c| format!("{}: u32", c.name)), list(|c| c.name.clone()));
	line(
		text,
		1,
		"/// Not measured: it is about deposits, and this chain has no currency. What the SDK measured.",
	);
	line(text, 1, &format!("fn {name}({parameters}) -> Weight {{"));
	line(
		text,
		2,
		&format!(
			"<{pallet}::weights::SubstrateWeight<T> as {}>::{name}({values})",
			weight_trait(pallet)
		),
	);
	line(text, 1, "}");
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
	let Signature { name, components } = &figure.signature;
	ranges(text, components);
	let lines = [&figure.time, &figure.reads, &figure.writes];
	let used = |name: &str| {
		lines
			.iter()
			.any(|line| line.slopes.iter().any(|(slope, _)| slope == name))
	};
	let parameters: String = components
		.iter()
		.map(|c| format!("{}{}: u32, ", if used(&c.name) { "" } else { "_" }, c.name))
		.collect();
	line(text, 1, &format!("fn {name}({parameters}) -> Weight {{"));
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
	fn what_cannot_be_measured_is_what_the_sdk_measured() {
		let component = Component {
			name: "s".to_string(),
			least: 2,
			most: 20,
		};
		let mut text = String::new();
		borrowed(
			&mut text,
			"pallet_multisig",
			&Signature {
				name: "poke_deposit".to_string(),
				components: vec![component],
			},
		);
		assert!(text.contains("fn poke_deposit(s: u32) -> Weight {"), "{text}");
		let sdk = "<pallet_multisig::weights::SubstrateWeight<T> as pallet_multisig::WeightInfo>::poke_deposit(s)";
		assert!(text.contains(sdk), "{text}");
	}

	#[test]
	fn digits_are_grouped_by_thousands() {
		assert_eq!(
			[0, 999, 1_000, 1_234_567].map(digits),
			["0", "999", "1_000", "1_234_567"].map(String::from)
		);
	}
}
