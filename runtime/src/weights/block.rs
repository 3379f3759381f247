// SPDX-License-Identifier: Apache-2.0

//! Weights of a block and of an extrinsic by themselves, measured. Written by `scripts/weights`, not by hand.
//!
//! Measured 2026-11-24 on Intel(R) Xeon(R) Processor, 2 cores. Hardly anything else used them.
//! Load average 1.05 before and 1.05 after, this program counting as one.
//! Medians of 200 executions in the wasm of this runtime, over its development genesis, in memory.

#![cfg_attr(rustfmt, rustfmt_skip)]

use frame_support::{parameter_types, weights::{constants::WEIGHT_REF_TIME_PER_NANOS, Weight}};

parameter_types! {
	/// A block with nothing but the clock's inherent.
	pub const BlockExecutionWeight: Weight = Weight::from_parts(WEIGHT_REF_TIME_PER_NANOS * 806_842, 0);
	/// Each extrinsic more, over 400 of them that do nothing: signature, checks, dispatch. The checks are charged by
	/// themselves besides, so an extrinsic is charged more than it takes.
	pub const ExtrinsicBaseWeight: Weight = Weight::from_parts(WEIGHT_REF_TIME_PER_NANOS * 86_543, 0);
}
