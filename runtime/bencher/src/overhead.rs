// SPDX-License-Identifier: Apache-2.0

//! What a block and an extrinsic take by themselves, whatever the extrinsic calls.
//!
//! A block without extrinsics but the clock's inherent, and one with many that do nothing, are built and then executed again and
//! again, as a node does that imports them: signatures, nonces and all other checks included.

use crate::machine::Machine;
use anyhow::{anyhow, ensure};
use codec::Encode;
use sealane_runtime::{
	Address, Block, Hash, Header, RuntimeCall, Signature, SignedPayload, TxExtension, UncheckedExtrinsic,
	SLOT_DURATION_MS, VERSION,
};
use sp_keyring::Sr25519Keyring;
use sp_runtime::{generic::Era, traits::Header as _, ApplyExtrinsicResult, Digest, DigestItem, ExtrinsicInclusionMode};
use std::time::Instant;

/// Extrinsics of the full block: few enough for the allowance of the one account that sends them.
const EXTRINSICS: u32 = 400;
/// Executions of each block before the first that counts: the runtime is compiled at the first.
const WARM_UP: u32 = 3;
/// The least executions of each block that count.
const LEAST_RUNS: u32 = 10;
/// The slot of the block, a moment in 2027.
const SLOT: u64 = 900_000_000;
/// The hash that the genesis is said to have.
const GENESIS: Hash = Hash::repeat_byte(1);

/// Times in nanoseconds, each the median of `runs`.
pub struct Overhead {
	/// A block without extrinsics.
	pub block_ns: u64,
	/// Each extrinsic more.
	pub extrinsic_ns: u64,
	/// Extrinsics over which that was taken.
	pub extrinsics: u32,
	/// Executions of each block.
	pub runs: u32,
}

/// Executes both blocks `runs` times, at least 10.
///
/// # Errors
/// What the runtime says where it does not take the blocks.
pub fn measure(machine: &Machine, runs: u32) -> anyhow::Result<Overhead> {
	let runs = runs.max(LEAST_RUNS);
	let empty = execute(machine, &build(machine, 0)?, runs)?;
	let full = execute(machine, &build(machine, EXTRINSICS)?, runs)?;
	ensure!(
		full > empty,
		"a block of {EXTRINSICS} extrinsics took {full} ns, one without {empty} ns"
	);
	Ok(Overhead {
		block_ns: empty,
		extrinsic_ns: (full - empty) / u64::from(EXTRINSICS),
		extrinsics: EXTRINSICS,
		runs,
	})
}

/// The median time in nanoseconds.
fn execute(machine: &Machine, block: &Block, runs: u32) -> anyhow::Result<u64> {
	let block = block.encode();
	let mut times = Vec::new();
	for run in 0..WARM_UP + runs {
		let mut changes = machine.changes();
		let start = Instant::now();
		changes.call::<()>("Core_execute_block", &block)?;
		if run >= WARM_UP {
			times.push(start.elapsed().as_nanos() as u64);
		}
	}
	times.sort_unstable();
	Ok(times[times.len() / 2])
}

/// The first block, with so many extrinsics, as an author makes it.
fn build(machine: &Machine, count: u32) -> anyhow::Result<Block> {
	let mut changes = machine.changes();
	let digest = Digest {
		logs: vec![DigestItem::PreRuntime(*b"aura", SLOT.encode())],
	};
	let header = Header::new(1, Hash::default(), Hash::default(), GENESIS, digest);
	changes.call::<ExtrinsicInclusionMode>("Core_initialize_block", &header.encode())?;
	let clock = RuntimeCall::Timestamp(pallet_timestamp::Call::set {
		now: SLOT * SLOT_DURATION_MS,
	});
	let mut extrinsics = vec![UncheckedExtrinsic::new_bare(clock)];
	extrinsics.extend((0..count).map(remark));
	for (index, extrinsic) in extrinsics.iter().enumerate() {
		changes
			.call::<ApplyExtrinsicResult>("BlockBuilder_apply_extrinsic", &extrinsic.encode())?
			.map_err(|error| anyhow!("extrinsic {index}: refused: {error:?}"))?
			.map_err(|error| anyhow!("extrinsic {index}: failed: {error:?}"))?;
	}
	let header = changes.call::<Header>("BlockBuilder_finalize_block", &[])?;
	Ok(Block { header, extrinsics })
}

/// An extrinsic of the councillor of the development genesis that does nothing.
fn remark(nonce: u32) -> UncheckedExtrinsic {
	let call = RuntimeCall::System(frame_system::Call::remark { remark: Vec::new() });
	let extension: TxExtension = (
		frame_system::CheckNonZeroSender::new(),
		frame_system::CheckSpecVersion::new(),
		frame_system::CheckTxVersion::new(),
		frame_system::CheckGenesis::new(),
		frame_system::CheckEra::from(Era::Immortal),
		pallet_members::CheckTransactorNonce::from(nonce),
		frame_system::CheckWeight::new(),
		pallet_transaction_payment::ChargeTransactionPayment::from(0),
		frame_metadata_hash_extension::CheckMetadataHash::new(false),
	);
	let implicit = (
		(),
		VERSION.spec_version,
		VERSION.transaction_version,
		GENESIS,
		GENESIS,
		(),
		(),
		(),
		None,
	);
	let payload = SignedPayload::from_raw(call.clone(), extension.clone(), implicit);
	let who = Sr25519Keyring::Alice;
	let signature = payload.using_encoded(|bytes| who.sign(bytes));
	UncheckedExtrinsic::new_signed(
		call,
		Address::Id(who.to_account_id()),
		Signature::Sr25519(signature),
		extension,
	)
}
