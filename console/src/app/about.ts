// SPDX-License-Identifier: Apache-2.0

import { queryOptions } from '@tanstack/react-query';
import { problemOf } from '../api/problem';

/** What a server says of itself to everybody: `GET /v1/about`. */
export interface About {
	/** Whose pages belong to it. */
	terminal: 'sales' | 'issuer' | 'operator';
	/** The institution. */
	name: string;
	version: string;
	/** IANA time zone of the institution. */
	zone: string;
	tls: boolean;
}

export const aboutQuery = queryOptions({
	queryKey: ['about'],
	queryFn: async ({ signal }): Promise<About> => {
		const response = await fetch('/v1/about', { signal, cache: 'no-store' });
		if (!response.ok) throw await problemOf(response);
		return (await response.json()) as About;
	},
	staleTime: Infinity,
});
