// SPDX-License-Identifier: Apache-2.0

import { keepPreviousData, useQueries } from '@tanstack/react-query';
import { useCallback, useEffect, useState } from 'react';

/** A page of a list that is read by cursors. */
export interface Page<Row> {
	rows: Row[];
	/** Where the next page begins; undefined on the last. */
	next: string | undefined;
}

/** A list on the server, newest first. */
export interface Source<Row> {
	/** What it is and how it is filtered; its first part is what events name. */
	key: readonly unknown[];
	/** Rows of a full page. */
	size: number;
	load: (cursor: string | undefined, signal: AbortSignal) => Promise<Page<Row>>;
}

/** A page that nobody looks at is forgotten after this time, in ms: a million rows are never all in memory. */
const FORGOTTEN_MS = 20_000;

/**
 * The pages of a list around the rows from `first` to `last`, both included. Only these are asked for, and only these again when an event
 * makes the list old. Behind a page whose end has moved everything is read anew.
 */
export function usePages<Row>(source: Source<Row>, first: number, last: number) {
	const name = JSON.stringify(source.key);
	const [cursors, setCursors] = useState<{ name: string; list: (string | undefined)[] }>({ name, list: [undefined] });
	const known = cursors.name === name ? cursors.list : [undefined];
	const from = Math.min(Math.floor(first / source.size), known.length - 1);
	const to = Math.min(Math.floor(last / source.size), known.length - 1);
	const wanted = known.slice(from, to + 1);
	const results = useQueries({
		queries: wanted.map((cursor) => ({
			queryKey: [...source.key, 'page', cursor ?? ''],
			queryFn: ({ signal }: { signal: AbortSignal }) => source.load(cursor, signal),
			placeholderData: keepPreviousData,
			gcTime: FORGOTTEN_MS,
		})),
	});

	// The end of each page that is there is the beginning of the next.
	const ends = results.map((result) => (result.isPlaceholderData ? undefined : result.data));
	useEffect(() => {
		let list = known;
		ends.forEach((page, index) => {
			if (page === undefined) return;
			const behind = from + index + 1;
			if (page.next === undefined) {
				if (list.length > behind) list = list.slice(0, behind);
			} else if (list[behind] !== page.next && list.length >= behind) {
				list = [...list.slice(0, behind), page.next];
			}
		});
		if (list !== known || cursors.name !== name) setCursors({ name, list });
	});

	const lastPage = known.length - 1;
	const end = lastPage >= from && lastPage <= to ? results[lastPage - from]?.data : undefined;
	const row = useCallback(
		(index: number): Row | undefined => {
			const page = Math.floor(index / source.size) - from;
			return results[page]?.data?.rows[index % source.size];
		},
		[results, from, source.size],
	);
	const failed = results.find((result) => result.isError);
	return {
		/** Rows that the list has as far as it is known. */
		count: lastPage * source.size + (end === undefined ? (lastPage > 0 ? source.size : 0) : end.rows.length),
		row,
		isLoading: results.every((result) => result.isPending),
		error: failed?.error ?? undefined,
		again: () => results.forEach((result) => void result.refetch()),
	};
}
