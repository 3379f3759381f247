// SPDX-License-Identifier: Apache-2.0
// Runs tests/FOLDER/*.test.ts in Node's own test runner: `node tools/tests.mjs unit`, or `browser` with some of their names behind it.
// They are bundled first, by the bundler that the pages have.
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const { build } = createRequire(createRequire(import.meta.url).resolve('vite'))('esbuild');
const [kind, ...names] = process.argv.slice(2);
const home = fileURLToPath(new URL('..', import.meta.url));
const folder = join(home, 'tests', kind);
const wanted = (file) => file.endsWith('.test.ts') && (names.length === 0 || names.includes(file.replace('.test.ts', '')));
const files = (await readdir(folder)).filter(wanted).map((file) => join(folder, file));
const out = await mkdtemp(join(home, `node_modules/.${kind}-`));
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
	const tests = (await readdir(out)).map((file) => join(out, file));
	process.exitCode = spawnSync(process.execPath, ['--test', ...tests], { stdio: 'inherit' }).status ?? 1;
} finally {
	await rm(out, { recursive: true, force: true });
}
