// SPDX-License-Identifier: Apache-2.0
// Writes dist/ as the archive that a terminal serves: `npm run archive -- FILE`. A tar file (ustar, POSIX.1-1988) whose bytes
// depend on the pages alone: names sorted, no times, no owners. Text files have a compressed sibling, NAME.gz.
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { constants, gzipSync } from 'node:zlib';

const BLOCK = 512;
const TEXT = /\.(html|js|css|svg|json|txt|wasm)$/;

/** The header of a regular file. Numbers are octal digits; the checksum is taken over itself as blanks. */
function header(name, size) {
	if (Buffer.byteLength(name) > 100) throw new Error(`name: ${name} is longer than the 100 bytes that the format has`);
	const block = Buffer.alloc(BLOCK);
	const put = (text, at) => block.write(text, at, 'latin1');
	const octal = (value, digits, at) => put(`${value.toString(8).padStart(digits, '0')}\0`, at);
	block.write(name, 0, 'utf8');
	octal(0o644, 7, 100);
	octal(0, 7, 108);
	octal(0, 7, 116);
	octal(size, 11, 124);
	octal(0, 11, 136);
	put('        ', 148);
	put('0', 156);
	put('ustar\0', 257);
	put('00', 263);
	const sum = block.reduce((total, byte) => total + byte, 0);
	put(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
	return block;
}

const file = (name, bytes) => [header(name, bytes.length), bytes, Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK)];

async function names(folder) {
	const entries = await readdir(folder, { withFileTypes: true });
	const found = await Promise.all(
		entries.map((entry) => (entry.isDirectory() ? names(join(folder, entry.name)) : [join(folder, entry.name)])),
	);
	return found.flat();
}

const target = process.argv[2];
if (!target) throw new Error('where to? npm run archive -- FILE');
const dist = fileURLToPath(new URL('../dist', import.meta.url));
const parts = [];
for (const path of (await names(dist)).sort()) {
	const name = relative(dist, path).split(sep).join('/');
	const bytes = await readFile(path);
	parts.push(...file(name, bytes));
	if (TEXT.test(name)) parts.push(...file(`${name}.gz`, gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION })));
}
const archive = Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
await writeFile(target, archive);
const sha = createHash('sha256').update(archive).digest('hex');
console.log(`${target}: ${archive.length} bytes, SHA-256 ${sha}`);
