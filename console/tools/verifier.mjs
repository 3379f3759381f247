// SPDX-License-Identifier: Apache-2.0
// Builds the evidence verifier for the auditor's page, `verifier/`, to WebAssembly, and puts it where the page takes it from. Needs the Rust
// compiler with the target wasm32v1-none, as the chain's runtime does.
import { spawnSync } from 'node:child_process';
import { copyFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const TARGET = 'wasm32v1-none';
const home = fileURLToPath(new URL('..', import.meta.url));
const shared = process.env.CARGO_TARGET_DIR;
const folder = shared ? join(shared, 'console') : join(home, 'verifier/target');
const module = join(home, 'src/pages/auditor/check/verifier.wasm');

const build = ['build', '--release', '--locked', '--quiet', '--target', TARGET, '--target-dir', folder];
const { status, error } = spawnSync('cargo', build, {
	cwd: join(home, 'verifier'),
	stdio: 'inherit',
	// What a caller chose for the nodes' build is not for this target.
	env: { ...process.env, RUSTFLAGS: '', CARGO_BUILD_TARGET: '' },
});
if (error || status !== 0) {
	console.error(`the verifier does not build${error ? `: ${error.message}` : ''}; scripts/setup installs the compiler with ${TARGET}`);
	process.exit(1);
}
await copyFile(join(folder, TARGET, 'release/sealane_console_verifier.wasm'), module);
console.log(`${module}: ${(await stat(module)).size} bytes`);
