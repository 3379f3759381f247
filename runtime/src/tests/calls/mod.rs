// SPDX-License-Identifier: Apache-2.0

//! The table of calls in `docs/operating/calls.md`: complete, true to the origins, and with the weights of this runtime.

mod rows;

use super::{council, local, signed};
use crate::{configs::system::RuntimeBlockLength, configs::system::RuntimeBlockWeights, RuntimeCall, RuntimeOrigin};
use codec::Encode;
use frame_support::{
	dispatch::{DispatchClass, GetDispatchInfo},
	traits::{GetCallMetadata, UnfilteredDispatchable},
};
use rows::{rows, PALLETS};
use sp_keyring::Sr25519Keyring::{Alice, Ferdie};
use sp_runtime::DispatchError;
use std::{collections::BTreeSet, fmt::Write, path::PathBuf};

/// How much of the council it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Share {
	OneThird,
	MoreThanHalf,
	TwoThirds,
}

impl Share {
	/// The fewest ayes among five councillors.
	fn of_five(self) -> u32 {
		match self {
			Share::OneThird => 2,
			Share::MoreThanHalf => 3,
			Share::TwoThirds => 4,
		}
	}

	fn text(self) -> &'static str {
		match self {
			Share::OneThird => "council, at least 1/3",
			Share::MoreThanHalf => "council, more than 1/2",
			Share::TwoThirds => "council, at least 2/3",
		}
	}
}

/// Who may make a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
	/// An account, said in words.
	Account(&'static str),
	/// A motion of the council, or root.
	Council(Share),
	/// Either.
	Both(Share, &'static str),
}

impl Who {
	fn share(self) -> Option<Share> {
		match self {
			Who::Account(_) => None,
			Who::Council(share) | Who::Both(share, _) => Some(share),
		}
	}

	fn text(self) -> String {
		match self {
			Who::Account(account) => account.to_string(),
			Who::Council(share) => share.text().to_string(),
			Who::Both(share, account) => format!("{}; or {account}", share.text()),
		}
	}
}

/// A call with its largest arguments.
struct Row {
	call: RuntimeCall,
	who: Who,
	/// What makes the arguments large, where they can vary.
	largest: &'static str,
}

impl Row {
	fn name(&self) -> (&'static str, &'static str) {
		let metadata = self.call.get_call_metadata();
		(metadata.pallet_name, metadata.function_name)
	}

	/// The row of the table: name, origin, weight, most per block and what bounds it.
	fn line(&self) -> String {
		let extrinsic = signed(Alice, self.call.clone(), 0);
		let info = extrinsic.get_dispatch_info();
		let class = RuntimeBlockWeights::get().per_class.get(info.class).clone();
		let of_class = class.max_total.expect("every class is bounded").ref_time();
		let total = info.total_weight().saturating_add(class.base_extrinsic).ref_time();
		let length = extrinsic.encoded_size() as u64;
		let of_length = u64::from(*RuntimeBlockLength::get().max.get(info.class));
		let (by_weight, by_length) = (of_class / total, of_length / length);
		let bound = if by_length < by_weight { "length" } else { "weight" };
		let (pallet, function) = self.name();
		let operational = if info.class == DispatchClass::Operational {
			" ¹"
		} else {
			""
		};
		format!(
			"| `{}.{}`{operational} | {} | {:.3} | {} | {bound} | {} |",
			camel(pallet, false),
			camel(function, false),
			self.who.text(),
			info.call_weight.ref_time() as f64 / 1e9,
			by_weight.min(by_length),
			self.largest,
		)
	}
}

/// The name as Polkadot.js shows it.
fn camel(name: &str, mut upper: bool) -> String {
	let mut text = String::new();
	for (index, letter) in name.chars().enumerate() {
		match letter {
			'_' => upper = true,
			_ if upper => {
				text.push(letter.to_ascii_uppercase());
				upper = false;
			}
			_ if index == 0 => text.push(letter.to_ascii_lowercase()),
			_ => text.push(letter),
		}
	}
	text
}

fn table() -> String {
	let mut text = String::new();
	for pallet in PALLETS {
		writeln!(text, "### {pallet}\n").expect("writing to a string");
		text.push_str("| call | origin | weight, ms | per block | bounded by | with |\n|---|---|--:|--:|---|---|\n");
		for row in rows().iter().filter(|row| row.name().0 == pallet) {
			writeln!(text, "{}", row.line()).expect("writing to a string");
		}
		text.push('\n');
	}
	let weights = RuntimeBlockWeights::get();
	let normal = weights.get(DispatchClass::Normal);
	let call = RuntimeCall::System(frame_system::Call::remark { remark: Vec::new() });
	let extension = signed(Alice, call, 0).get_dispatch_info().extension_weight;
	let ms = |weight: frame_support::weights::Weight| weight.ref_time() as f64 / 1e9;
	writeln!(
		text,
		"Every extrinsic weighs {:.3} ms more than its call: {:.3} ms for itself and {:.3} ms for the checks before it. A block takes \
		 {:.0} ms and {:.2} MiB of normal calls, {:.0} ms with operational ones (¹).",
		ms(normal.base_extrinsic.saturating_add(extension)),
		ms(normal.base_extrinsic),
		ms(extension),
		ms(normal.max_total.expect("normal calls are bounded")),
		f64::from(*RuntimeBlockLength::get().max.get(DispatchClass::Normal)) / f64::from(1 << 20),
		ms(weights.max_block),
	)
	.expect("writing to a string");
	text
}

const BEGIN: &str = "<!-- begin of the table -->\n";
const END: &str = "<!-- end of the table -->\n";

#[test]
fn every_call_has_a_row_and_no_row_is_stale() {
	use frame_support::traits::GetCallName;
	let mut there = BTreeSet::new();
	let calls: [(&str, &[&str]); 7] = [
		("Members", pallet_members::Call::<crate::Runtime>::get_call_names()),
		("Channels", pallet_channels::Call::<crate::Runtime>::get_call_names()),
		(
			"Agreements",
			pallet_agreements::Call::<crate::Runtime>::get_call_names(),
		),
		("Receipts", pallet_receipts::Call::<crate::Runtime>::get_call_names()),
		("Anchors", pallet_anchors::Call::<crate::Runtime>::get_call_names()),
		("Calendars", pallet_calendars::Call::<crate::Runtime>::get_call_names()),
		(
			"Validators",
			pallet_validators::Call::<crate::Runtime>::get_call_names(),
		),
	];
	for (pallet, names) in calls {
		there.extend(names.iter().map(|name| (pallet, *name)));
	}
	let rows = rows();
	let shown: BTreeSet<_> = rows.iter().map(Row::name).collect();
	assert_eq!(shown, there);
	assert_eq!(rows.len(), there.len(), "a call has two rows");
}

#[test]
fn the_table_is_that_of_this_runtime() {
	let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/operating/calls.md");
	let document = std::fs::read_to_string(&path).expect("docs/operating/calls.md is there");
	let (before, rest) = document.split_once(BEGIN).expect("the table begins");
	let (shown, after) = rest.split_once(END).expect("the table ends");
	let table = local().execute_with(table);
	if std::env::var_os("SEALANE_WRITE_CALLS").is_some() {
		std::fs::write(&path, format!("{before}{BEGIN}\n{table}\n{END}{after}")).expect("docs can be written");
	} else {
		assert_eq!(
			shown.trim(),
			table.trim(),
			"run scripts/weights --table to write the table anew"
		);
	}
}

#[test]
fn every_call_takes_the_origin_that_the_table_names() {
	let refused = |call: &RuntimeCall, origin: RuntimeOrigin| {
		local().execute_with(|| {
			call.clone().dispatch_bypass_filter(origin).map_err(|error| error.error) == Err(DispatchError::BadOrigin)
		})
	};
	for Row { call, who, .. } in rows() {
		let name = call.get_call_metadata();
		assert!(
			refused(&call, RuntimeOrigin::none()),
			"{name:?}: nobody in particular may"
		);
		let needed = who.share().map_or(u32::MAX, Share::of_five);
		for ayes in 0..=5 {
			assert_eq!(
				refused(&call, council(ayes)),
				ayes < needed,
				"{name:?}: {ayes} of 5 councillors"
			);
		}
		// What an account may is decided by its part in the business, which each pallet tests; here: that it is an account at all.
		let account = RuntimeOrigin::signed(Ferdie.to_account_id());
		assert_eq!(
			refused(&call, account),
			matches!(who, Who::Council(_)),
			"{name:?}: an account"
		);
	}
}

#[test]
fn every_call_fits_into_a_block_and_into_the_allowance_of_a_member() {
	local().execute_with(|| {
		let burst = <crate::Runtime as pallet_members::Config>::MaxAllowance::get();
		for row in rows() {
			let extrinsic = signed(Alice, row.call.clone(), 0);
			let info = extrinsic.get_dispatch_info();
			let length = extrinsic.encoded_size() as u32;
			let most = RuntimeBlockWeights::get()
				.get(info.class)
				.max_extrinsic
				.expect("bounded");
			let weight = info.total_weight();
			assert!(weight.all_lte(most), "{:?}: {weight:?} of {most:?}", row.name());
			assert!(
				length <= *RuntimeBlockLength::get().max.get(info.class),
				"{:?}: {length} bytes",
				row.name()
			);
			let fee = pallet_transaction_payment::Pallet::<crate::Runtime>::compute_fee(length, &info, 0);
			assert!(fee <= burst.into(), "{:?}: {fee} of {burst}", row.name());
		}
	});
}
