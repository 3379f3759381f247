// SPDX-License-Identifier: Apache-2.0

import createClient, { type Middleware } from 'openapi-fetch';
import type { paths as SalesPaths } from './generated/sales';
import { problemOf } from './problem';

const CSRF_HEADER = 'x-csrf-token';

/** What the server wants to see with each change. It lives in this page's memory only. */
let csrf: string | undefined;
const whenOver = new Set<() => void>();

/** Notes what the server gave at log-in. */
export function setCsrf(token: string | null | undefined): void {
	csrf = token ?? undefined;
}

/** Calls back when an answer says that the session is over. Returns what ends that. */
export function onSessionOver(callback: () => void): () => void {
	whenOver.add(callback);
	return () => whenOver.delete(callback);
}

const guarded: Middleware = {
	onRequest({ request }) {
		if (csrf !== undefined && request.method !== 'GET') request.headers.set(CSRF_HEADER, csrf);
		return request;
	},
	async onResponse({ response, schemaPath }) {
		if (response.ok) return undefined;
		const problem = await problemOf(response);
		if (response.status === 401 && schemaPath !== '/v1/session') {
			for (const callback of whenOver) callback();
		}
		throw problem;
	},
};

/** A typed client of the server that this page came from. Every answer that is none is thrown as an `ApiProblem`. */
export function clientOf<Paths extends object>() {
	const client = createClient<Paths>({ baseUrl: '', credentials: 'same-origin', cache: 'no-store' });
	client.use(guarded);
	return client;
}

/** The sales terminal; what all servers have in common (session, users, audit log) is asked through it as well. */
export const sales = clientOf<SalesPaths>();

/** The body of an answer. */
export async function bodyOf<T>(answer: Promise<{ data?: T }>): Promise<T> {
	// An answer that is no success was thrown; one without a body is `undefined` by its type.
	return (await answer).data as T;
}
