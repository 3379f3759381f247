// SPDX-License-Identifier: Apache-2.0

import { useEffect } from 'react';
import { useQueryClient, type QueryClient } from '@tanstack/react-query';

/** Kinds of events, and the first part of the keys of the queries that they make old. */
export type EventKeys = Readonly<Record<string, readonly string[]>>;

/** Changes that come in this time lead to one new look, in ms: a table that is written 200 times a second stays readable. */
const TOGETHER_MS = 1_000;
/** Pause before the stream is opened anew where the server ended it for good, in ms. */
const REOPEN_MS = 5_000;

/** Collects what became old, and has it asked for anew once in a while. */
class Refresher {
	private readonly old = new Set<string>();
	private timer: ReturnType<typeof setTimeout> | undefined;

	constructor(private readonly queries: QueryClient) {}

	add(keys: readonly string[]): void {
		for (const key of keys) this.old.add(key);
		this.timer ??= setTimeout(() => this.refresh(), TOGETHER_MS);
	}

	stop(): void {
		clearTimeout(this.timer);
		this.timer = undefined;
	}

	private refresh(): void {
		this.timer = undefined;
		// A page that nobody sees waits until somebody does: what is old stays marked.
		for (const key of this.old) void this.queries.invalidateQueries({ queryKey: [key] });
		this.old.clear();
	}
}

/**
 * Follows the server's events from now on, and marks as old what they change. The stream's cursor is kept by the browser: after a break it
 * goes on where it was, and everything is looked at once more. Does nothing while `kinds` is undefined.
 */
export function useEvents(kinds: EventKeys | undefined): void {
	const queries = useQueryClient();
	useEffect(() => {
		if (kinds === undefined) return undefined;
		const refresher = new Refresher(queries);
		const all = Object.values(kinds).flat();
		let source: EventSource;
		let reopen: ReturnType<typeof setTimeout> | undefined;
		const open = () => {
			source = new EventSource('/v1/events?cursor=end');
			for (const [kind, keys] of Object.entries(kinds)) {
				source.addEventListener(kind, () => refresher.add(keys));
			}
			// What changed between the first look and the stream's beginning is told by nobody: look once more.
			source.onopen = () => refresher.add(all);
			source.onerror = () => {
				if (source.readyState !== EventSource.CLOSED) return;
				// Refused for good, by a server that starts again or a session that is over: a look tells which.
				reopen = setTimeout(() => {
					refresher.add(all);
					open();
				}, REOPEN_MS);
			};
		};
		open();
		return () => {
			clearTimeout(reopen);
			refresher.stop();
			source.close();
		};
	}, [kinds, queries]);
}
