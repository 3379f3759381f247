// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isCalendar, kindOf, monthsOf, toggled } from '../../src/pages/operator/calendar';
import { columnOf, pictureOf, WIDTH } from '../../src/pages/operator/map-layout';
import { plotted } from '../../src/pages/operator/plotted';

type Network = Parameters<typeof pictureOf>[0];

const member = (id: number, roles: string[], status = 'Active') => ({ id, roles, status, name: `Member ${id}` });
const channel = (id: number, seller: number, issuer: number, state: string) => ({ id, seller, issuer, state });

function network(): Network {
	return {
		members: [member(0, ['seller']), member(1, ['issuer']), member(2, ['seller', 'issuer']), member(3, ['operator']), member(4, ['seller'], 'Exited')],
		nodes: [
			{ id: 7, member: 0 },
			{ id: 8, member: 0 },
		],
		channels: [channel(0, 0, 1, 'Granted'), channel(1, 0, 2, 'Revoked'), channel(2, 2, 1, 'Applied'), channel(3, 4, 1, 'Granted')],
	} as unknown as Network;
}

test('members stand in the column of what they do, none over another, inside the picture', () => {
	assert.deepEqual([columnOf(['seller']), columnOf(['issuer', 'seller']), columnOf(['auditor'])], ['seller', 'issuer', 'other']);
	const { boxes, height, titles } = pictureOf(network());
	assert.deepEqual(boxes.map((box) => box.member.id).sort(), [0, 1, 2, 3], 'who left is not in the picture');
	assert.equal(new Set(boxes.map((box) => `${box.x} ${box.y}`)).size, boxes.length);
	for (const box of boxes) {
		assert.ok(box.x >= 0 && box.x + box.width <= WIDTH && box.y + box.height <= height, `${box.member.id}`);
		for (const dot of box.dots) assert.ok(dot.y > box.y && dot.y < box.y + box.height);
	}
	assert.deepEqual(boxes[0]?.dots.map((dot) => dot.node.id), [7, 8]);
	assert.deepEqual(titles.map((title) => title.column), ['seller', 'issuer', 'other']);
});

test('channels that are open or under way are lines; those that ended or lost a party are not', () => {
	const { lines } = pictureOf(network());
	assert.deepEqual(lines.map((line) => line.channel.id), [0, 2]);
	assert.ok(lines.every((line) => /^M[\d.]+ [\d.]+ C/.test(line.path)));
});

test('blocks are plotted by number, with the time since the one before', () => {
	const block = (number: number, seen_at: number, missed: string[] = []) => ({ number, seen_at, missed });
	assert.deepEqual(plotted([block(12, 19_000, ['a', 'b']), block(11, 7_000), block(10, 0)]), [
		[10, 11, 12],
		[null, null, 12],
		[null, null, 2],
	]);
	assert.deepEqual(plotted([]), [[], [], []]);
});

test('the days of a calendar are what its file says, and a pressed day is the other way and back', () => {
	const calendar: unknown = JSON.parse(readFileSync(join(process.cwd(), '../docs/integrating/calendars/china-2026.json'), 'utf8'));
	assert.ok(isCalendar(calendar));
	assert.equal(kindOf(calendar, '2026-10-01'), 'holiday');
	assert.equal(kindOf(calendar, '2026-03-02'), 'open', 'a Monday');
	assert.equal(kindOf(calendar, '2026-03-07'), 'closed', 'a Saturday');
	assert.equal(kindOf(calendar, '2025-12-31'), undefined);
	const closed = toggled(calendar, '2026-03-02');
	assert.equal(kindOf(closed, '2026-03-02'), 'holiday');
	const dates = (closed.exceptions ?? []).map((exception) => exception.date);
	assert.deepEqual(dates, [...dates].sort());
	assert.deepEqual(toggled(closed, '2026-03-02'), calendar);
	assert.equal(kindOf(toggled(calendar, '2026-03-07'), '2026-03-07'), 'opened');
	const months = monthsOf(calendar);
	assert.equal(months.length, 12);
	assert.deepEqual([months[1]?.month, months[1]?.days.length, months[1]?.blanks], ['2026-02', 28, 6], 'February 2026 begins on a Sunday');
	assert.ok(!isCalendar({}) && !isCalendar(null) && !isCalendar({ ...calendar, first: 'soon' }));
});
