// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addDays, dayAndTime, grouped, isDay, sumOf } from '../../src/ui/format';

test('a decimal keeps each digit that the API gave', () => {
	const cases = [
		['10000.00', '10,000.00'],
		['-1234567.12345678', '−1,234,567.12345678'],
		['999', '999'],
		['0.10', '0.10'],
		['', ''],
		['1e9', '1e9'],
		['12345678901234567890.1', '12,345,678,901,234,567,890.1'],
	] as const;
	for (const [decimal, text] of cases) assert.equal(grouped(decimal), text);
	// Sums come without zeros at their end: they are shown as precise as what stands above and below them.
	assert.deepEqual(
		['0', '301980.7', '1.234'].map((sum) => grouped(sum, 2)),
		['0.00', '301,980.70', '1.234'],
	);
});

test('sums are exact, and as precise as the most precise of their parts', () => {
	assert.equal(sumOf(['0.1', '0.2']), '0.3');
	assert.equal(sumOf(['9007199254740993', '0.01', '-3']), '9007199254740990.01');
	assert.equal(sumOf(['-0.05', '0.02']), '-0.03');
	assert.equal(sumOf([]), '0');
	assert.equal(sumOf(['', 'x', '1.50']), '1.50');
});

test('times are those of the zone, days go over months and leap days', () => {
	const at = Date.UTC(2026, 1, 28, 16, 0, 1);
	assert.deepEqual(dayAndTime(at, 'Asia/Shanghai'), { day: '2026-03-01', time: '00:00:01' });
	assert.deepEqual(dayAndTime(at, 'UTC'), { day: '2026-02-28', time: '16:00:01' });
	assert.equal(addDays('2026-12-31', 1), '2027-01-01');
	assert.equal(addDays('2028-03-01', -1), '2028-02-29');
});

test('a day is one that there is, whole and in one way of writing', () => {
	for (const day of ['2026-03-02', '2024-02-29', '1999-12-31']) assert.ok(isDay(day), day);
	for (const text of ['', '2026-3-2', '2026-02-30', '2025-02-29', '2026-13-01', '02/03/2026', '2026-03-02 ', '20260302']) {
		assert.ok(!isDay(text), text);
	}
});
