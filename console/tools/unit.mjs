// SPDX-License-Identifier: Apache-2.0
// Runs the unit tests, tests/unit/*.test.ts, in Node's own test runner: bundled first, by the bundler that the pages have.
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const { build } = createRequire(createRequire(import.meta.url).resolve('vite'))('esbuild');
const home = fileURLToPath(new URL('..', import.meta.url));
const folder = join(home, 'tests/unit');
const files = (await readdir(folder)).filter((name) => name.endsWith('.test.ts')).map((name) => join(folder, name));
const out = await mkdtemp(join(home, 'node_modules/.unit-'));
try {
	await build({
		entryPoints: files,
		bundle: true,
		platform: 'node',
		format: 'esm',
		target: 'node18',
		packages: 'external',
		outdir: out,
		outExtension: { '.js': '.mjs' },
		logLevel: 'warning',
	});
	const tests = (await readdir(out)).map((name) => join(out, name));
	process.exitCode = spawnSync(process.execPath, ['--test', ...tests], { stdio: 'inherit' }).status ?? 1;
} finally {
	await rm(out, { recursive: true, force: true });
}
