// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BadLine, readSaid } from '../../src/pages/seller/said';

test('the three forms of a file say the same', () => {
	const expected = [
		{ order: 'A-1', outcome: 'accepted', amount: '10.00' },
		{ order: 'A,"2"', outcome: 'rejected' },
	];
	const csv = '\ufefforder,outcome,amount,other\r\nA-1,accepted,10.00,x\r\n\r\n"A,""2""",rejected,,\r\n';
	const ndjson = '{"order":"A-1","outcome":"accepted","amount":"10.00"}\n{"order":"A,\\"2\\"","outcome":"rejected","fee":null}\n';
	assert.deepEqual(readSaid(csv), expected);
	assert.deepEqual(readSaid(ndjson), expected);
	assert.deepEqual(readSaid(JSON.stringify(expected)), expected);
});

test('a line that cannot be read is named with its rule', () => {
	const cases = [
		['', 1, /header/],
		['id,outcome\nA,accepted', 1, /`order`/],
		['order,outcome\nA,accepted\nB', 3, /1 cells/],
		['order,outcome\nA,"acc', 2, /quote/],
		['{"order":"A","outcome":"accepted"}\n{"order":', 2, /JSON|input/],
		['[{"order":"A","outcome":"accepted","amount":1}]', 1, /`amount`/],
		['[{"order":"A"}]', 1, /`outcome`/],
	] as const;
	for (const [text, line, rule] of cases) {
		assert.throws(
			() => readSaid(text),
			(error) => error instanceof BadLine && error.line === line && rule.test(error.rule),
			text,
		);
	}
});
