// SPDX-License-Identifier: Apache-2.0

//! The runtime with its benchmarks, over the state of the development genesis.

use anyhow::{anyhow, Context};
use codec::{Decode, Encode};
use frame_benchmarking::{BenchmarkBatch, BenchmarkConfig, BenchmarkList};
use frame_support::traits::StorageInfo;
use sc_chain_spec::GenesisConfigBuilderRuntimeCaller;
use sc_client_db::BenchmarkingState;
use sc_executor::WasmExecutor;
use sp_core::{
	storage::well_known_keys,
	traits::{CallContext, ReadRuntimeVersionExt, RuntimeCode, WrappedRuntimeCode},
};
use sp_externalities::Extensions;
use sp_keystore::{testing::MemoryKeystore, KeystoreExt};
use sp_runtime::traits::BlakeTwo256;
use sp_state_machine::{OverlayedChanges, StateMachine};
use std::borrow::Cow;

/// What this runtime asks of its host beyond what every runtime does.
type OwnHostFunctions = (
	frame_benchmarking::benchmarking::HostFunctions,
	sealane_primitives::courier_host::courier::HostFunctions,
);
type HostFunctions = (sp_io::SubstrateHostFunctions, OwnHostFunctions);

/// The preset whose state benchmarks start from.
const PRESET: &str = "development";

/// Whether a run counts accesses to storage. Counting costs time, so that time is taken without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Track {
	/// Count reads and writes.
	Accesses,
	/// Take the time.
	Time,
}

/// The runtime, ready to run benchmarks.
pub struct Machine {
	executor: WasmExecutor<HostFunctions>,
	code: Vec<u8>,
	counting: BenchmarkingState<BlakeTwo256>,
	timing: BenchmarkingState<BlakeTwo256>,
}

impl Machine {
	/// Loads a runtime and builds the genesis it is measured over. Fails where `code` is not a runtime with the preset `development`.
	pub fn new(code: &[u8]) -> anyhow::Result<Self> {
		let mut genesis = GenesisConfigBuilderRuntimeCaller::<OwnHostFunctions>::new(code)
			.get_storage_for_named_preset(Some(&PRESET.to_string()))
			.map_err(|error| anyhow!("preset: `{PRESET}`: cannot build: {error}"))?;
		genesis.top.insert(well_known_keys::CODE.to_vec(), code.to_vec());
		let state = |count: bool| {
			// No proofs are recorded: validators of this chain hold the whole state.
			BenchmarkingState::new(genesis.clone(), None, false, count).map_err(|error| anyhow!("state: {error}"))
		};
		Ok(Self {
			executor: WasmExecutor::builder()
				.with_max_runtime_instances(2)
				.with_runtime_cache_size(2)
				.build(),
			code: code.to_vec(),
			counting: state(true)?,
			timing: state(false)?,
		})
	}

	/// What can be measured, and which storage there is.
	pub fn benchmarks(&self) -> anyhow::Result<(Vec<BenchmarkList>, Vec<StorageInfo>)> {
		self.call(&self.timing, "Benchmark_benchmark_metadata", &false.encode())
	}

	/// Runs one benchmark with the given values. Fails with what the benchmark says.
	pub fn run(&self, config: &BenchmarkConfig, track: Track) -> anyhow::Result<Vec<BenchmarkBatch>> {
		let state = match track {
			Track::Accesses => &self.counting,
			Track::Time => &self.timing,
		};
		self.call::<Result<Vec<BenchmarkBatch>, String>>(state, "Benchmark_dispatch_benchmark", &config.encode())?
			.map_err(|error| anyhow!(error))
	}

	/// What one block does to the genesis, call by call.
	pub fn changes(&self) -> Changes<'_> {
		Changes {
			machine: self,
			overlay: OverlayedChanges::default(),
		}
	}

	fn call<R: Decode>(&self, state: &BenchmarkingState<BlakeTwo256>, method: &str, data: &[u8]) -> anyhow::Result<R> {
		self.call_over(state, &mut OverlayedChanges::default(), method, data)
	}

	fn call_over<R: Decode>(
		&self,
		state: &BenchmarkingState<BlakeTwo256>,
		overlay: &mut OverlayedChanges<BlakeTwo256>,
		method: &str,
		data: &[u8],
	) -> anyhow::Result<R> {
		let code = WrappedRuntimeCode(Cow::Borrowed(&self.code));
		let code = RuntimeCode {
			code_fetcher: &code,
			heap_pages: None,
			hash: sp_io::hashing::blake2_256(&self.code).to_vec(),
		};
		let mut extensions = Extensions::default();
		extensions.register(KeystoreExt::new(MemoryKeystore::new()));
		extensions.register(ReadRuntimeVersionExt::new(self.executor.clone()));
		let answer = StateMachine::new(
			state,
			overlay,
			&self.executor,
			method,
			data,
			&mut extensions,
			&code,
			CallContext::Offchain,
		)
		.execute()
		.map_err(|error| anyhow!("{method}: {error}"))?;
		R::decode(&mut &answer[..]).with_context(|| format!("{method}: the answer cannot be decoded"))
	}
}

/// Calls of the runtime that see what those before them changed.
pub struct Changes<'a> {
	machine: &'a Machine,
	overlay: OverlayedChanges<BlakeTwo256>,
}

impl Changes<'_> {
	/// Calls `method` of the runtime's API. Fails where the runtime panics, or answers something else than an `R`.
	pub fn call<R: Decode>(&mut self, method: &str, data: &[u8]) -> anyhow::Result<R> {
		self.machine
			.call_over(&self.machine.timing, &mut self.overlay, method, data)
	}
}
