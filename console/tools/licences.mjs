// SPDX-License-Identifier: Apache-2.0
// Lists the licences of what is installed: `npm run licences`. Ends with 1 where one is not on the list below.
import { readFile } from 'node:fs/promises';

const ALLOWED = [
	'0BSD',
	'Apache-2.0',
	'BSD-2-Clause',
	'BSD-3-Clause',
	'CC-BY-4.0',
	'ISC',
	'MIT',
	'(MIT OR CC0-1.0)',
	'MPL-2.0',
	'Python-2.0',
	'Unlicense',
];

const home = new URL('../', import.meta.url);
const { packages } = JSON.parse(await readFile(new URL('package-lock.json', home), 'utf8'));
const counts = new Map();
for (const [place, entry] of Object.entries(packages).filter(([place]) => place.startsWith('node_modules/'))) {
	const installed = await readFile(new URL(`${place}/package.json`, home), 'utf8').catch(() => undefined);
	const licence = entry.license ?? (installed && JSON.parse(installed).license) ?? 'unknown';
	const pages = entry.dev || entry.optional ? 'tools' : 'pages';
	const key = `${pages}\t${licence}`;
	counts.set(key, [...(counts.get(key) ?? []), place.replace(/^.*node_modules\//, '')]);
	if (!ALLOWED.includes(licence) && installed) {
		console.error(`${place}: the licence ${licence} is not on the list of tools/licences.mjs`);
		process.exitCode = 1;
	}
}
for (const [key, list] of [...counts].sort()) console.log(`${key}\t${list.length}\t${list.length < 8 ? list.join(' ') : ''}`);
