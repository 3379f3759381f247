// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import en from '../../src/i18n/en';
import zh from '../../src/i18n/zh';

/** Each text of a dictionary by its whole name. */
function texts(words: object, before = ''): Map<string, string> {
	const all = new Map<string, string>();
	for (const [name, value] of Object.entries(words)) {
		if (typeof value === 'string') all.set(before + name, value);
		else for (const [inner, text] of texts(value as object, `${before}${name}.`)) all.set(inner, text);
	}
	return all;
}

const holes = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort();

test('both languages have the same texts, none empty, with the same values to fill in', () => {
	const [english, chinese] = [texts(en), texts(zh)];
	assert.ok(english.size > 50, `${english.size}`);
	assert.deepEqual([...chinese.keys()].sort(), [...english.keys()].sort());
	for (const [name, text] of english) {
		const other = chinese.get(name) ?? '';
		assert.ok(text.trim() !== '' && other.trim() !== '', name);
		assert.deepEqual(holes(other), holes(text), name);
	}
});

test('what is said in Chinese is Chinese', () => {
	// Words that are the same in both: signs, and names that have no other.
	const same = [...texts(zh)].filter(([name, text]) => texts(en).get(name) === text && /[a-z]{3}/.test(text));
	assert.deepEqual(same.map(([name]) => name), []);
});
