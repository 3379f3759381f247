// SPDX-License-Identifier: Apache-2.0

#[path = "../alone.rs"]
mod alone;

fn main() {
	#[cfg(feature = "measure")]
	alone::alone(|| {
		// Without `..`: the builder looks the path up among those that cargo reports.
		let runtime = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
			.parent()
			.expect("this crate lies within the runtime's folder");
		std::env::set_var("WASM_BUILD_WORKSPACE_HINT", runtime.join(".."));
		substrate_wasm_builder::WasmBuilder::new()
			.with_project(runtime.join("Cargo.toml"))
			.expect("the runtime has a manifest")
			.enable_feature("runtime-benchmarks")
			.set_file_name("wasm_binary_benchmarks.rs")
			.export_heap_base()
			.import_memory()
			.build();
	});
}
