// SPDX-License-Identifier: Apache-2.0
// Makes the types of the APIs from their documents in docs/integrating: they are never written by hand.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import openapi, { astToString } from 'openapi-typescript';

const documents = new URL('../../docs/integrating/', import.meta.url);
const types = new URL('../src/api/generated/', import.meta.url);

await mkdir(types, { recursive: true });
const suffix = '.openapi.json';
for (const file of (await readdir(documents)).filter((name) => name.endsWith(suffix))) {
	const name = file.slice(0, -suffix.length);
	const document = new URL(file, documents);
	const target = new URL(`${name}.ts`, types);
	const text = `// Made from ${file} by tools/types.mjs.\n\n${astToString(await openapi(document))}`;
	// What is the same is not written again: whoever watches the folder sees no change.
	if ((await readFile(target, 'utf8').catch(() => '')) !== text) await writeFile(target, text);
}
