// SPDX-License-Identifier: Apache-2.0

//! Sentences, by the metadata of this release's runtime.

use super::*;
use crate::chain::{tests::metadata, Arg, Call};
use codec::{Compact, Encode};
use sealane_primitives::business::{BusinessKind, BusinessKinds};

fn names() -> Names {
	Names {
		members: HashMap::from([(0, "Harbour".into()), (4, "Northwind".into())]),
		channels: HashMap::from([(12, (0, 4))]),
	}
}

fn build(pallet: &str, call: &str, args: &[Arg]) -> Call {
	Call::build(&metadata(), pallet, call, args).unwrap()
}

fn grant(channel: u32) -> Call {
	let kinds = BusinessKinds::of(&[BusinessKind::Purchase, BusinessKind::Redemption]);
	let terms = (kinds, Some(900u32), Some(60u32));
	build(
		"Channels",
		"grant",
		&[Arg::new("channel", &channel), Arg::new("terms", &terms)],
	)
}

fn batch(calls: &[Call]) -> Call {
	let mut bytes = Compact(calls.len() as u32).encode();
	calls.iter().for_each(|call| bytes.extend_from_slice(&call.bytes));
	build("Utility", "batch_all", &[Arg { name: "calls", bytes }])
}

#[test]
fn a_grant_says_who_may_sell_whose_products() {
	let found = effects(&metadata(), &grant(12).bytes, &names()).unwrap();
	assert_eq!(found.len(), 1);
	assert_eq!(
		found[0].words.as_deref(),
		Some(
			"opens channel 12 (Harbour → Northwind): Harbour may sell Northwind's products; purchase, redemption, until block \
			 900, at most 60 orders a minute"
		)
	);
	assert_eq!(
		(found[0].call.as_str(), found[0].share),
		("Channels.grant", Some(Share::Majority))
	);
	assert_eq!((found[0].about.channel, found[0].about.block), (Some(12), Some(900)));
	let stranger = effects(&metadata(), &grant(13).bytes, &names()).unwrap();
	assert!(stranger[0]
		.words
		.as_deref()
		.unwrap()
		.starts_with("opens channel 13; purchase"));
}

#[test]
fn a_batch_has_the_effects_of_all_and_takes_the_largest_share() {
	let remove = build("Members", "remove", &[Arg::new("member", &4u32)]);
	let both = batch(&[grant(12), batch(&[remove])]);
	let found = effects(&metadata(), &both.bytes, &names()).unwrap();
	assert_eq!(
		found.iter().map(|effect| effect.call.as_str()).collect::<Vec<_>>(),
		["Channels.grant", "Members.remove"]
	);
	assert!(found[1].words.as_deref().unwrap().contains("removes Northwind"));
	assert_eq!(share_of_effects(&found), Some(Share::TwoThirds));
	// One call that is not the council's: nobody knows how many votes are enough.
	let remark = build("System", "remark", &[Arg::new("remark", &b"x".to_vec())]);
	let found = effects(&metadata(), &batch(&[grant(12), remark]).bytes, &names()).unwrap();
	assert_eq!((found[1].words.clone(), share_of_effects(&found)), (None, None));
}

#[test]
fn what_is_scheduled_is_told_with_its_block() {
	let exit = build("SafeMode", "force_exit", &[]);
	let args = [
		Arg::new("when", &77u32),
		Arg::new("maybe_periodic", &Option::<(u32, u32)>::None),
		Arg::new("priority", &0u8),
		exit.as_arg("call"),
	];
	let found = effects(&metadata(), &build("Scheduler", "schedule", &args).bytes, &names()).unwrap();
	let told: Vec<_> = found
		.iter()
		.map(|effect| (effect.call.as_str(), effect.about.block))
		.collect();
	assert_eq!(
		told,
		[("Scheduler.schedule", Some(77)), ("SafeMode.force_exit", Some(77))]
	);
}

#[test]
fn names_of_the_chain_cannot_turn_a_sentence_around() {
	let names = Names {
		members: HashMap::from([(4, plain("North\u{202e}wind"))]),
		channels: HashMap::new(),
	};
	let remove = build("Members", "remove", &[Arg::new("member", &4u32)]);
	let found = effects(&metadata(), &remove.bytes, &names).unwrap();
	assert!(found[0].words.as_deref().unwrap().contains("North\\u{202e}wind"));
	let pause = build("TxPause", "pause", &[Arg::new("full_name", &("Channels", "apply"))]);
	let found = effects(&metadata(), &pause.bytes, &names).unwrap();
	assert_eq!(found[0].about.text.as_deref(), Some("Channels.apply"));
}
