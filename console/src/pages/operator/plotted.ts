// SPDX-License-Identifier: Apache-2.0

import type { Schemas } from './queries';

type Block = Pick<Schemas['Block'], 'number' | 'missed' | 'seen_at'>;

/** Seconds between a block and the one before it, and turns that were missed before it where there are any, by block number. */
export function plotted(blocks: readonly Block[]): [number[], (number | null)[], (number | null)[]] {
	const sorted = [...blocks].sort((a, b) => a.number - b.number);
	const seconds = sorted.map((block, place) => {
		const before = sorted[place - 1];
		// Blocks that were there when the server started were all seen at once.
		if (before === undefined || before.seen_at <= 0 || block.seen_at <= 0) return null;
		return (block.seen_at - before.seen_at) / 1000;
	});
	return [sorted.map((block) => block.number), seconds, sorted.map((block) => block.missed.length || null)];
}
