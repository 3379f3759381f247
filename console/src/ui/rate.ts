// SPDX-License-Identifier: Apache-2.0

import { useEffect, useState } from 'react';

/** How far back a rate looks, in ms. */
const WINDOW_MS = 60_000;
/** How often it is looked at, in ms. */
const EVERY_MS = 2_000;
/** What a rate is told from at least, in ms. */
const LEAST_MS = 8_000;

interface Sample {
	at: number;
	total: number;
}

/** How much a total grows in a minute, as seen since the page was opened; undefined until that can be told. */
export function usePerMinute(total: number): number | undefined {
	const [samples, setSamples] = useState<readonly Sample[]>([]);
	useEffect(() => {
		const look = () =>
			setSamples((before) => {
				const at = Date.now();
				// A new day begins anew.
				const kept = before.filter((sample) => sample.at > at - WINDOW_MS && sample.total <= total);
				return [...kept, { at, total }];
			});
		look();
		const timer = setInterval(look, EVERY_MS);
		return () => clearInterval(timer);
	}, [total]);
	const [first, last] = [samples[0], samples[samples.length - 1]];
	if (first === undefined || last === undefined || last.at - first.at < LEAST_MS) return undefined;
	return Math.round(((last.total - first.total) * 60_000) / (last.at - first.at));
}
