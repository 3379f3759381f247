// SPDX-License-Identifier: Apache-2.0

import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { createContext, useContext } from 'react';
import { bodyOf, sales, setCsrf } from '../api/client';
import type { components } from '../api/generated/sales';
import { ApiProblem } from '../api/problem';

/** Who is logged in. */
export type Session = components['schemas']['LoggedIn'];
/** What a user may do. The server decides; the pages only do not offer what it would refuse. */
export type Role = components['schemas']['Roles'][number];

/** What every role lets one do is said on the page of users. One that lacks here does not compile: to save a user's roles would take it away. */
const EACH: Record<Role, true> = {
	monitor: true,
	read: true,
	trade: true,
	decide: true,
	price: true,
	approve: true,
	govern: true,
	export: true,
	administer: true,
};
export const ROLES = Object.keys(EACH) as readonly Role[];

/** The session that the browser's cookie belongs to; null where there is none. */
export const sessionQuery = queryOptions({
	queryKey: ['session'],
	queryFn: async ({ signal }): Promise<Session | null> => {
		try {
			const session = await bodyOf(sales.GET('/v1/session', { signal }));
			setCsrf(session.csrf);
			return session;
		} catch (error) {
			if (error instanceof ApiProblem && error.status === 401) return null;
			throw error;
		}
	},
	staleTime: Infinity,
});

const Current = createContext<Session | null>(null);
export const SessionProvider = Current.Provider;

/** Who is logged in, for pages that are shown to nobody else. */
export function useSession(): Session {
	const session = useContext(Current);
	if (session === null) throw new Error('a page for users is shown to nobody');
	return session;
}

/** Whether the user has a role. */
export const useMay = (role: Role): boolean => useContext(Current)?.roles.includes(role) ?? false;

export function useLogIn() {
	const queries = useQueryClient();
	return useMutation({
		mutationFn: (body: { name: string; password: string }) => bodyOf(sales.POST('/v1/session', { body })),
		onSuccess: (session) => {
			setCsrf(session.csrf);
			queries.setQueryData(sessionQuery.queryKey, session);
		},
	});
}

export function useLogOut() {
	const queries = useQueryClient();
	return useMutation({
		mutationFn: () => bodyOf(sales.DELETE('/v1/session')),
		// Whether or not the server was reached: nothing of the user stays on the page.
		onSettled: () => {
			setCsrf(undefined);
			forget(queries);
		},
	});
}

/** Takes away everything that the page holds of a user's data. */
export function forget(queries: ReturnType<typeof useQueryClient>): void {
	queries.setQueryData(sessionQuery.queryKey, null);
	queries.removeQueries({ predicate: (query) => !['about', 'session'].includes(String(query.queryKey[0])) });
}
