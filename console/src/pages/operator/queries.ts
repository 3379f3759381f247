// SPDX-License-Identifier: Apache-2.0

import { queryOptions } from '@tanstack/react-query';
import { bodyOf, clientOf } from '../../api/client';
import type { EventKeys } from '../../api/events';
import type { components, paths } from '../../api/generated/operator';

export const operator = clientOf<paths>();
export type Schemas = components['schemas'];

/** Blocks that the plots show. */
const PLOTTED = 300;
/** Versions of an agreement that can be compared. */
const VERSIONS = 100;
/** Entries of a list that the chain may hold many of. */
const PAGE = 1_000;

/** What the pages ask for; the first part of a key is what events name. */
export const ask = {
	network: queryOptions({
		queryKey: ['operator.network'],
		queryFn: ({ signal }) => bodyOf(operator.GET('/v1/network', { signal })),
	}),
	applications: queryOptions({
		queryKey: ['operator.applications'],
		queryFn: ({ signal }) => bodyOf(operator.GET('/v1/applications', { signal })),
	}),
	motions: queryOptions({
		queryKey: ['operator.motions'],
		queryFn: ({ signal }) => bodyOf(operator.GET('/v1/motions', { signal })),
	}),
	submissions: queryOptions({
		queryKey: ['operator.submissions'],
		queryFn: ({ signal }) => bodyOf(operator.GET('/v1/submissions', { signal })),
	}),
	agreements: queryOptions({
		queryKey: ['operator.agreements'],
		queryFn: ({ signal }) => bodyOf(operator.GET('/v1/agreements', { signal, params: { query: { limit: PAGE } } })),
	}),
	proposals: queryOptions({
		queryKey: ['operator.proposals'],
		queryFn: ({ signal }) => bodyOf(operator.GET('/v1/proposals', { signal })),
	}),
	versions: (id: string) =>
		queryOptions({
			queryKey: ['operator.versions', id],
			queryFn: ({ signal }) =>
				bodyOf(operator.GET('/v1/agreements/{id}/versions', { signal, params: { path: { id }, query: { limit: VERSIONS } } })),
		}),
	difference: (id: string, a: string, b: string) =>
		queryOptions({
			queryKey: ['operator.versions', id, a, b],
			queryFn: ({ signal }) =>
				bodyOf(operator.GET('/v1/agreements/{id}/versions/{a}/difference/{b}', { signal, params: { path: { id, a, b } } })),
		}),
	calendars: queryOptions({
		queryKey: ['operator.calendars'],
		queryFn: ({ signal }) => bodyOf(operator.GET('/v1/calendars', { signal, params: { query: { limit: PAGE } } })),
	}),
	validators: queryOptions({
		queryKey: ['operator.validators'],
		queryFn: ({ signal }) => bodyOf(operator.GET('/v1/validators', { signal, params: { query: { blocks: PLOTTED } } })),
	}),
	emergency: queryOptions({
		queryKey: ['operator.emergency'],
		queryFn: ({ signal }) => bodyOf(operator.GET('/v1/emergency', { signal })),
	}),
	alarms: queryOptions({
		queryKey: ['operator.alarms'],
		queryFn: ({ signal }) => bodyOf(operator.GET('/v1/alarms', { signal })),
	}),
	upgrade: queryOptions({
		queryKey: ['operator.upgrade'],
		queryFn: ({ signal }) => bodyOf(operator.GET('/v1/upgrade', { signal })),
	}),
	node: queryOptions({
		queryKey: ['operator.node'],
		queryFn: ({ signal }) => bodyOf(operator.GET('/v1/node', { signal })),
	}),
};

const EVERY_BLOCK = ['operator.node', 'operator.validators', 'operator.alarms', 'operator.network'];
const ALL = [
	...EVERY_BLOCK,
	'operator.applications',
	'operator.motions',
	'operator.submissions',
	'operator.agreements',
	'operator.proposals',
	'operator.versions',
	'operator.calendars',
	'operator.emergency',
	'operator.upgrade',
];

/** Which queries an event of the server makes old. What a submission changed is known to the chain alone: it is all of it. */
export const operatorEvents: EventKeys = {
	reset: ALL,
	block: EVERY_BLOCK,
	finality: EVERY_BLOCK,
	motions: ['operator.motions', 'operator.alarms', 'operator.emergency', 'operator.applications'],
	validators: ['operator.validators', 'operator.alarms'],
	node: ALL,
	submission: ALL,
};
