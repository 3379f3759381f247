// SPDX-License-Identifier: Apache-2.0

//! How a network begins: the presets live in the runtime, here they get a name.

use sc_service::ChainType;
use sealane_runtime::{genesis, WASM_BINARY};

/// The chain specification. The extra host functions are those of the courier.
pub type ChainSpec = sc_service::GenericChainSpec<Option<()>, sealane_primitives::courier_host::courier::HostFunctions>;

/// The runtime in this program.
///
/// # Errors
/// It was built without one.
pub fn code() -> Result<&'static [u8], String> {
	WASM_BINARY.ok_or_else(|| "this binary was built without the wasm runtime (SKIP_WASM_BUILD)".into())
}

/// What wallets show of every chain of this runtime.
pub fn properties() -> sc_service::Properties {
	let mut properties = sc_service::Properties::new();
	// Polkadot.js shows units of allowance; there is no token.
	properties.insert("tokenSymbol".into(), "ALLOWANCE".into());
	properties.insert("tokenDecimals".into(), 12.into());
	properties
}

fn preset(name: &str, id: &str, chain_type: ChainType, preset: &str) -> Result<ChainSpec, String> {
	Ok(ChainSpec::builder(code()?, None)
		.with_name(name)
		.with_id(id)
		.with_chain_type(chain_type)
		.with_properties(properties())
		.with_genesis_config_preset_name(preset)
		.build())
}

/// One node, one council member.
pub fn development() -> Result<ChainSpec, String> {
	preset(
		"Sealane development",
		"sealane_dev",
		ChainType::Development,
		genesis::DEVELOPMENT,
	)
}

/// Five institutions: two sellers and three issuers, all of them validators and in the council.
pub fn local() -> Result<ChainSpec, String> {
	preset("Sealane local", "sealane_local", ChainType::Local, genesis::LOCAL)
}
