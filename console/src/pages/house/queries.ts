// SPDX-License-Identifier: Apache-2.0

import { queryOptions } from '@tanstack/react-query';
import { bodyOf, sales } from '../../api/client';
import type { components } from '../../api/generated/sales';
import type { Source } from '../../ui/pages';

export type User = components['schemas']['User'];
export type AuditRow = components['schemas']['Row'];

/** Rows of a page. */
const SIZE = 200;

export const users = queryOptions({
	queryKey: ['users'],
	queryFn: ({ signal }) => bodyOf(sales.GET('/v1/users', { signal })),
});

export const auditOf = (actor: string): Source<AuditRow> => ({
	key: ['audit', actor],
	size: SIZE,
	load: async (cursor, signal) => {
		const query = { limit: SIZE, ...(actor ? { actor } : {}), ...(cursor ? { cursor } : {}) };
		const page = await bodyOf(sales.GET('/v1/audit', { params: { query }, signal }));
		return { rows: page.rows, next: page.next ?? undefined };
	},
});
