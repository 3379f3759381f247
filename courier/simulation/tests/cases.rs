// SPDX-License-Identifier: Apache-2.0

//! Plans that broke a rule once, as short as they could be made. Each stands for a kind of fault; `docs/adr/0008-simulation.md` tells
//! what was wrong.

use sealane_simulation::{run, Plan};

/// One test per plan in `cases/`.
macro_rules! cases {
	($($(#[$attribute:meta])* $name:ident)*) => {
		$(
			$(#[$attribute])*
			#[test]
			fn $name() {
				let text = include_str!(concat!("../cases/", stringify!($name), ".plan"));
				let plan = Plan::parse(text).expect("a kept case is a plan");
				assert_eq!(run(&plan, false).broken, None);
			}
		)*

		#[test]
		fn every_plan_is_a_test() {
			let mut named = vec![$(stringify!($name)),*];
			named.sort_unstable();
			let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/cases");
			let mut found: Vec<String> = std::fs::read_dir(folder)
				.expect("the folder of the cases is there")
				.map(|entry| entry.expect("it can be listed").path())
				.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
				.collect();
			found.sort_unstable();
			assert_eq!(found, named);
		}
	};
}

cases! {
	ambiguous_id
	batch_of_an_ended_key
	cancellation_and_clauses
	claims
	clock_set_back
	forged_countersignature
	full_disk_and_two_receipts
	full_queue
	garbage
	index_after_a_restart
	moved_interface
	narrowed_grant
	parked_envelope
	receipt_without_room
	spinning_on_busy
	spinning_on_expected
	unreadable_record
	unsent_order
}
