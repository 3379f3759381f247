// SPDX-License-Identifier: Apache-2.0

/// Runs `build` while no other build script builds the runtime.
///
/// The variants of the runtime (as it is, one version on, with benchmarks) share one generated project in the build folder, so
/// that their dependencies are compiled once. Two at a time would each build with whatever features the other wrote there.
#[allow(dead_code)]
pub fn alone(build: impl FnOnce()) {
	let out = std::env::var("OUT_DIR").expect("cargo sets OUT_DIR for build scripts; qed");
	// `<target>/<profile>/build/<package>-<hash>/out`
	let profile = std::path::Path::new(&out)
		.ancestors()
		.nth(3)
		.expect("cargo's layout has four levels; qed");
	let path = profile.join("runtime-build.lock");
	let file =
		std::fs::File::create(&path).unwrap_or_else(|error| panic!("{}: cannot create: {error}", path.display()));
	file.lock()
		.unwrap_or_else(|error| panic!("{}: cannot lock: {error}", path.display()));
	build();
}
