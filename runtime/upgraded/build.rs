// SPDX-License-Identifier: Apache-2.0

#[path = "../alone.rs"]
mod alone;

fn main() {
	alone::alone(|| {
		let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
		std::env::set_var("WASM_BUILD_WORKSPACE_HINT", here.join("../.."));
		substrate_wasm_builder::WasmBuilder::new()
			.with_project(here.join("../Cargo.toml"))
			.expect("the runtime lies beside this crate")
			.enable_feature("next-version")
			.set_file_name("wasm_binary_upgraded.rs")
			.export_heap_base()
			.import_memory()
			.build();
	});
}
