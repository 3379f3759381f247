// SPDX-License-Identifier: Apache-2.0

//! Files, words and signatures, by the metadata of the runtime.

use super::*;
use crate::chain::Arg;
use codec::{Compact, DecodeAll};
use sealane_runtime::{Runtime, RuntimeCall, SignedPayload, UncheckedExtrinsic};
use sp_runtime::{generic::Preamble, traits::Verify, MultiAddress};
use subxt_signer::sr25519::dev;

const GENESIS: [u8; 32] = [7; 32];
const BLOCK_HASH: [u8; 32] = [8; 32];

fn metadata_bytes() -> Vec<u8> {
	Runtime::metadata_at_version(METADATA_VERSION).unwrap().to_vec()
}

fn metadata() -> Metadata {
	Metadata::decode_from(&metadata_bytes()).unwrap()
}

/// A motion that revokes channel 7 and moves a seat.
fn motion() -> Call {
	let metadata = metadata();
	let build = |pallet, call, args: &[Arg]| Call::build(&metadata, pallet, call, args).unwrap();
	let args = [Arg::new("channel", &7u32), Arg::new("reason", &b"over".to_vec())];
	let revoke = build("Channels", "revoke", &args);
	let id = |account: [u8; 32]| (0u8, account);
	let args = [
		Arg::new("remove", &id(dev::eve().public_key().0)),
		Arg::new("add", &id(dev::ferdie().public_key().0)),
	];
	let swap = build("CouncilMembership", "swap_member", &args);
	let calls = [Compact(2u32).encode(), revoke.bytes, swap.bytes].concat();
	build(
		"Utility",
		"batch_all",
		&[Arg {
			name: "calls",
			bytes: calls,
		}],
	)
}

fn ballot(motion: &Call) -> Call {
	let args = [
		Arg::new("proposal", &blake2_256(&motion.bytes)),
		Arg::new("index", &Compact(3u32)),
		Arg::new("approve", &true),
	];
	let mut vote = Call::build(&metadata(), "Council", "vote", &args).unwrap();
	vote.behind = vec![motion.bytes.clone()];
	vote
}

fn unsigned(call: &Call) -> Unsigned {
	let version = sealane_runtime::VERSION;
	Unsigned {
		format: UNSIGNED.into(),
		name: call.name.clone(),
		genesis: GENESIS.to_vec(),
		spec_version: version.spec_version,
		transaction_version: version.transaction_version,
		block: 1_000,
		block_hash: BLOCK_HASH.to_vec(),
		valid_blocks: VALID_BLOCKS,
		account: account_text(&dev::bob().public_key().0),
		nonce: 5,
		call: call.bytes.clone(),
		behind: call.behind.iter().cloned().map(Hex).collect(),
		metadata: metadata_bytes(),
	}
}

#[test]
fn what_is_shown_of_a_vote_is_the_motion_with_all_that_it_carries() {
	let shown = unsigned(&ballot(&motion())).shown().unwrap();
	let hash = hex::encode(blake2_256(&motion().bytes));
	assert_eq!(
		shown.words,
		format!("Council.vote\n  proposal: 0x{hash}\n  index: 3\n  approve: true")
	);
	let expected = format!(
		"Utility.batch_all\n  calls:\n    (1) Channels.revoke\n      channel: 7\n      reason: \"over\"\n    (2) \
		 CouncilMembership.swap_member\n      remove: {}\n      add: {}",
		account_text(&dev::eve().public_key().0),
		account_text(&dev::ferdie().public_key().0),
	);
	assert_eq!(shown.behind.len(), 1);
	assert_eq!(
		(&shown.behind[0].words, &shown.behind[0].hash),
		(&expected, &format!("0x{hash}"))
	);
	assert_eq!(shown.until_block, 1_000 + VALID_BLOCKS - 1);
}

#[test]
fn fails_when_another_call_is_shown_than_that_of_the_hash() {
	let mut file = unsigned(&ballot(&motion()));
	file.behind = vec![Hex(vec![0, 0])];
	let error = file.shown().unwrap_err().to_string();
	assert!(error.contains("hash"), "{error}");
}

#[test]
fn the_chain_accepts_what_was_signed_without_a_network() {
	let call = ballot(&motion());
	let folder = tempfile::tempdir().unwrap();
	let (before, after) = (folder.path().join("vote.json"), folder.path().join("vote.signed.json"));
	unsigned(&call).write(&before).unwrap();
	Unsigned::read(&before)
		.unwrap()
		.sign(&dev::bob())
		.unwrap()
		.write(&after)
		.unwrap();
	let signed = Signed::read(&after).unwrap();

	let extrinsic = UncheckedExtrinsic::decode_all(&mut &signed.extrinsic[..]).unwrap();
	let Preamble::Signed(MultiAddress::Id(account), signature, extension) = extrinsic.preamble else {
		panic!("not signed");
	};
	assert_eq!(account.encode(), dev::bob().public_key().0);
	let decoded = RuntimeCall::decode_all(&mut &call.bytes[..]).unwrap();
	assert_eq!(extrinsic.function, decoded);
	let version = sealane_runtime::VERSION;
	let implicit = (
		(),
		version.spec_version,
		version.transaction_version,
		GENESIS.into(),
		BLOCK_HASH.into(),
		(),
		(),
		(),
		None,
	);
	let payload = SignedPayload::from_raw(decoded, extension, implicit);
	assert!(payload.using_encoded(|bytes| signature.verify(bytes, &account)));
}

#[test]
fn fails_when_the_key_is_another_accounts() {
	let error = unsigned(&ballot(&motion())).sign(&dev::alice()).unwrap_err();
	assert!(error.to_string().contains("account"), "{error}");
}

#[test]
fn files_are_never_overwritten_and_read_as_what_they_are() {
	let folder = tempfile::tempdir().unwrap();
	let path = folder.path().join("vote.json");
	let file = unsigned(&ballot(&motion()));
	file.write(&path).unwrap();
	assert!(file.write(&path).is_err());
	assert!(Signed::read(&path).is_err());
	for (field, value) in [
		("valid_blocks", serde_json::json!(1_000)),
		("valid_blocks", serde_json::json!(4_096)),
		("genesis", serde_json::json!("0x00")),
		("call", serde_json::json!("00")),
		("format", serde_json::json!(SIGNED)),
		("other", serde_json::json!(0)),
	] {
		let mut broken = serde_json::to_value(&file).unwrap();
		broken[field] = value;
		let path = folder.path().join("broken.json");
		std::fs::write(&path, broken.to_string()).unwrap();
		assert!(Unsigned::read(&path).is_err(), "{field}");
	}
}

#[test]
fn fails_when_the_call_is_cut_or_followed_by_something() {
	let call = ballot(&motion());
	for bytes in [
		call.bytes[..call.bytes.len() - 1].to_vec(),
		[&call.bytes[..], &[0]].concat(),
	] {
		let mut file = unsigned(&call);
		(file.call, file.behind) = (bytes, Vec::new());
		assert!(file.shown().is_err());
		assert!(file.sign(&dev::bob()).is_err());
	}
}
