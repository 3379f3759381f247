// SPDX-License-Identifier: Apache-2.0

#[path = "../alone.rs"]
mod alone;

fn main() {
	#[cfg(feature = "measure")]
	alone::alone(|| {
		let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
		std::env::set_var("WASM_BUILD_WORKSPACE_HINT", here.join("../.."));
		substrate_wasm_builder::WasmBuilder::new()
			.with_project(here.join("../Cargo.toml"))
			.expect("the runtime lies beside this crate")
			.enable_feature("runtime-benchmarks")
			.set_file_name("wasm_binary_benchmarks.rs")
			.export_heap_base()
			.import_memory()
			.build();
	});
}
