// SPDX-License-Identifier: Apache-2.0

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Files } from '../src/pages/auditor/check/module';

/** The documents on evidence, as they are in the repository; the tests are run in `console/`. */
const FOLDER = join(process.cwd(), '../docs/evidence');

export const document = (name: string): Buffer => readFileSync(join(FOLDER, name));

/** A change of a file's JSON: another value, entries of a list in another order, or none any more. */
interface Edit {
	at: (string | number)[];
	put?: unknown;
	list?: unknown[];
}

/** A file that is made from the sample, and what a verifier says of it. */
export interface Vector {
	name: string;
	/** `accept`, or the rule that is broken. */
	verdict: string;
	text?: { find: string; put: string; times?: number }[];
	edit?: Edit[];
	checkpoint?: Edit[];
	with_specification?: boolean;
	known_blocks?: string[];
}

interface VectorsFile {
	specification: string;
	base: string;
	checkpoint?: string;
	packs: Vector[];
}

/** A number that JavaScript would write in another way than it was read is kept as a text with this before it. */
const KEPT = '\ue000';
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;

const read = (text: string): unknown =>
	JSON.parse(text.replace(TOKEN, (token) => (token.startsWith('"') || String(Number(token)) === token ? token : `"${KEPT}${token}"`)));
const written = (value: unknown): string => JSON.stringify(value).replace(new RegExp(`"${KEPT}([^"]*)"`, 'g'), '$1');

function edited(text: string, edits: readonly Edit[]): string {
	// The values of JSON that an edit leads through.
	type Inner = Record<string | number, unknown>;
	const value = read(text) as Inner;
	for (const { at, put, list, ...rest } of edits) {
		const last = at[at.length - 1] ?? '';
		const inner = at.slice(0, -1).reduce<Inner>((found, step) => found[step] as Inner, value);
		if (put !== undefined) inner[last] = put;
		else if (list !== undefined) {
			const old = inner[last] as unknown[];
			inner[last] = list.map((entry) => (typeof entry === 'number' ? old[entry] : entry));
		} else if (Object.keys(rest).length > 0) throw new Error(`an edit that these tests do not know: ${JSON.stringify(rest)}`);
		else if (Array.isArray(inner)) inner.splice(Number(last), 1);
		else delete inner[last];
	}
	return written(value);
}

function packOf(vector: Vector, base: string): string {
	if (vector.text === undefined) return edited(base, vector.edit ?? []);
	return vector.text.reduce((text, { find, put, times }) => {
		if (text.split(find).length !== 2) throw new Error(`${vector.name}: ${find} is not there exactly once`);
		return text.replace(find, () => put.repeat(times ?? 1));
	}, base);
}

/** Each vector of a file with the files that are checked. */
export function* vectors(name: string): Generator<{ vector: Vector; files: Files }> {
	const file = read(document(name).toString()) as VectorsFile;
	const base = document(file.base).toString().replace(/\n$/, '');
	const specification = document(file.specification);
	const checkpoint = file.checkpoint && document(file.checkpoint).toString();
	const bytes = (text: string) => new TextEncoder().encode(text);
	for (const vector of file.packs) {
		const files: Files = { evidence: bytes(packOf(vector, base)) };
		if (checkpoint === undefined || vector.with_specification) files.specification = specification;
		if (checkpoint !== undefined) files.checkpoint = bytes(edited(checkpoint, vector.checkpoint ?? []));
		if (vector.known_blocks) files.known = bytes(vector.known_blocks.join('\n'));
		yield { vector, files };
	}
}
