// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { visible } from '../../src/ui/foreign';

test('what cannot be seen or turns a line around is shown as its code', () => {
	assert.equal(visible('A\u202egpj.exe'), 'A⟨202E⟩gpj.exe');
	assert.equal(visible('zero\u200bwidth\u0000'), 'zero⟨200B⟩width⟨0000⟩');
	assert.equal(visible('王芳 <script>\n\tz'), '王芳 <script>\n\tz');
});

test('what the chain calls invisible is shown as its code, whoever wrote it', () => {
	const source = readFileSync(join(process.cwd(), '../primitives/src/text.rs'), 'utf8');
	const list = /const INVISIBLE[^=]*= \[([^;]*)\];/.exec(source)?.[1] ?? '';
	const ends = [...list.matchAll(/u\{([0-9a-f]+)\}/g)].map(([, digits]) => parseInt(digits ?? '', 16));
	assert.equal(ends.length, 42);
	for (const point of ends) {
		const code = point.toString(16).toUpperCase().padStart(4, '0');
		assert.equal(visible(`a${String.fromCodePoint(point)}b`), `a⟨${code}⟩b`);
	}
});
