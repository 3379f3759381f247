// SPDX-License-Identifier: Apache-2.0

#[path = "alone.rs"]
mod alone;

fn main() {
	#[cfg(all(feature = "std", feature = "substrate-wasm-builder"))]
	alone::alone(|| {
		// The build output may lie outside the checkout: say where the workspace, and so its lock file, is.
		let workspace = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
		std::env::set_var("WASM_BUILD_WORKSPACE_HINT", workspace);
		substrate_wasm_builder::WasmBuilder::build_using_defaults();
	});
}
