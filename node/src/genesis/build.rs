// SPDX-License-Identifier: Apache-2.0

//! From founders to a chain specification and its genesis hash.

use crate::{
	chain_spec::{self, ChainSpec},
	service::HostFunctions,
};
use sc_chain_spec::{BuildGenesisBlock, ChainType, GenesisBlockBuilder};
use sc_cli::Error;
use sc_executor::WasmExecutor;
use sc_network::config::MultiaddrWithPeerId;
use sealane_genesis::{holds_well_known, Founding};
use sealane_runtime::opaque::Block;
use sp_core::storage::{well_known_keys, Storage};
use sp_runtime::{traits::Block as _, BuildStorage};
use std::{path::Path, sync::Arc};

/// A chain specification.
pub struct Built {
	/// Its file, raw: nodes that start from it build nothing.
	pub json: String,
	/// Its genesis hash.
	pub genesis: [u8; 32],
}

/// Builds it. Whoever gives the same founders gets the same bytes.
///
/// # Errors
/// The runtime refuses the genesis, an address is none, or the genesis holds a well-known key.
pub fn build(founding: &Founding) -> Result<Built, Error> {
	let plan = founding.plan();
	let mut boot_nodes = Vec::new();
	for founder in founding.founders() {
		let peer = sc_network_types::PeerId::from_bytes(&founder.keys.peer())
			.map_err(|e| Error::Input(format!("{}: node key: {e}", founder.name)))?;
		for address in &founder.addresses {
			let address: MultiaddrWithPeerId = format!("{address}/p2p/{peer}")
				.parse()
				.map_err(|e| Error::Input(format!("{}: address {address:?}: {e}", founder.name)))?;
			boot_nodes.push(address);
		}
	}
	let spec = ChainSpec::builder(chain_spec::code()?, None)
		.with_name(&plan.name)
		.with_id(&plan.id)
		.with_chain_type(ChainType::Live)
		.with_boot_nodes(boot_nodes)
		.with_properties(chain_spec::properties())
		.with_genesis_config_patch(founding.patch())
		.build();
	let storage = spec
		.build_storage()
		.map_err(|e| Error::Input(format!("the runtime refuses this genesis: {}", in_words(&e))))?;
	refuse_keys_of(&storage).map_err(Error::Input)?;
	let json = spec.as_json(true).map_err(Error::Input)?;
	Ok(Built {
		json,
		genesis: genesis_of(storage)?,
	})
}

/// What the runtime said when it panicked, without where in its code, and without a backtrace of the wasm.
fn in_words(error: &str) -> String {
	let end = ["WASM backtrace", "wasm backtrace"]
		.into_iter()
		.filter_map(|mark| error.find(mark))
		.min()
		.unwrap_or(error.len());
	let said = &error[..end];
	// `panicked at FILE:LINE:COLUMN:`, and what was said on the next line.
	let said = match said
		.split_once("panicked at ")
		.and_then(|(_, rest)| rest.split_once('\n'))
	{
		Some((_, words)) => words,
		None => said,
	};
	let words: Vec<_> = said.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
	words.join(" ")
}

/// The genesis hash of a chain specification.
///
/// # Errors
/// It is none.
pub fn genesis_of_file(path: &Path) -> Result<[u8; 32], Error> {
	let fault = |e: String| Error::Input(format!("{}: {e}", path.display()));
	let spec = ChainSpec::from_json_file(path.into()).map_err(fault)?;
	genesis_of(spec.build_storage().map_err(fault)?)
}

fn genesis_of(storage: Storage) -> Result<[u8; 32], Error> {
	let executor: WasmExecutor<HostFunctions> = WasmExecutor::builder().build();
	let backend = Arc::new(sc_client_api::in_mem::Backend::<Block>::new());
	let (block, _) = GenesisBlockBuilder::<Block, _, _>::new_with_storage(storage, true, backend, executor)
		.and_then(BuildGenesisBlock::build_genesis_block)
		.map_err(|e| Error::Input(format!("the genesis block: {e}")))?;
	Ok(block.hash().0)
}

/// Refuses a chain of real business that begins with keys whose secrets everybody knows.
///
/// # Errors
/// It does.
pub fn refuse_well_known(spec: &ChainSpec) -> Result<(), String> {
	use sc_chain_spec::ChainSpec as _;
	match spec.chain_type() {
		ChainType::Development | ChainType::Local => Ok(()),
		ChainType::Live | ChainType::Custom(_) => refuse_keys_of(&spec.build_storage()?),
	}
}

fn refuse_keys_of(storage: &Storage) -> Result<(), String> {
	let entries = storage.top.iter().filter(|(key, _)| *key != well_known_keys::CODE);
	for (key, value) in entries {
		if let Some(known) = holds_well_known(key).or_else(|| holds_well_known(value)) {
			return Err(format!(
				"the genesis holds 0x{}, a development key whose secret everybody knows: only chains of the types Development and \
				 Local may",
				hex::encode(known)
			));
		}
	}
	Ok(())
}

#[cfg(test)]
mod tests {
	use super::in_words;

	#[test]
	fn a_refusal_is_in_words() {
		let panicked =
			"Other error: Runtime panicked: panicked at /src/genesis.rs:37:17:\nmember \"X\": the number is taken\n\n\
			WASM backtrace:\n\nerror while executing at wasm backtrace:\n    0: 0x1 - runtime!rust_begin_unwind";
		assert_eq!(in_words(panicked), "member \"X\": the number is taken");
		assert_eq!(
			in_words("Invalid JSON blob: unknown field `x`"),
			"Invalid JSON blob: unknown field `x`"
		);
	}
}
