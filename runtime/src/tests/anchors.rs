// SPDX-License-Identifier: Apache-2.0

//! What it costs that every node anchors at every turn, whether it traded or not.

use super::setup::{key, local, signed_by};
use crate::{configs::system::RuntimeBlockWeights, RuntimeCall};
use codec::Encode;
use frame_support::dispatch::{DispatchClass, GetDispatchInfo};

/// Blocks of two seconds in a year.
const BLOCKS_A_YEAR: u64 = 365 * 24 * 3_600 / 2;

#[test]
fn a_block_takes_its_anchors_beside_all_else() {
	local().execute_with(|| {
		let policy = pallet_anchors::Pallet::<crate::Runtime>::policy();
		let call = RuntimeCall::from(pallet_anchors::Call::anchor {
			sequence: u64::MAX,
			root: [0xab; 32],
		});
		let limits = RuntimeBlockWeights::get();
		let normal = limits.get(DispatchClass::Normal);
		let time = (call.get_dispatch_info().call_weight + normal.base_extrinsic).ref_time();
		let bytes = signed_by(&key("a node"), call, u32::MAX).encoded_size() as u64;
		let anchors = u64::from(policy.anchors_per_block);
		let limit = normal.max_total.expect("normal calls are limited").ref_time();
		let share = 100.0 * (anchors * time) as f64 / limit as f64;
		println!("an anchor: {time} ps of a block, {bytes} bytes");
		println!("{anchors} anchors in every block: {share:.1} % of what members have of a block");
		for nodes in [5u64, 25, 100, 500, 1_000] {
			let interval = nodes.div_ceil(anchors);
			let a_block = nodes.div_ceil(interval);
			let gigabytes = (a_block * bytes * BLOCKS_A_YEAR) as f64 / 1e9;
			let own = (64 * BLOCKS_A_YEAR / interval) as f64 / 1e9;
			println!(
				"{nodes:>5} nodes: an anchor every {interval} blocks, {a_block} a block, bodies {gigabytes:.1} GB a year, own range {own:.2} GB a year"
			);
		}
		assert!(share < 3.0, "{share} %");
		assert!(bytes <= 160, "{bytes}");
	});
}
