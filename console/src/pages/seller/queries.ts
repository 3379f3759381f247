// SPDX-License-Identifier: Apache-2.0

import { queryOptions } from '@tanstack/react-query';
import { bodyOf, sales } from '../../api/client';
import type { components, operations } from '../../api/generated/sales';
import type { Source } from '../../ui/pages';

type Schemas = components['schemas'];
export type Order = Schemas['RecordRow'];
export type Sum = Schemas['Sum'];
export type Registration = Schemas['Registration'];
export type File = Schemas['Import'];
export type Defect = Schemas['DefectRow'];
export type Failed = Schemas['Failed'];
export type Position = Schemas['Position'];
export type Said = Schemas['Said'];
export type Reconciliation = Schemas['Reconciliation'];
/** How orders are filtered. */
export type OrderFilter = Omit<NonNullable<operations['list_records']['parameters']['query']>, 'cursor' | 'limit'>;
type RegistrationFilter = Omit<
	NonNullable<operations['list_registrations']['parameters']['query']>,
	'cursor' | 'limit'
>;

/** Entries of a page of a list. */
const SIZE = 200;

export const ordersOf = (filter: OrderFilter): Source<Order> => ({
	key: ['records', filter],
	size: SIZE,
	load: async (cursor, signal) => {
		const query = { ...filter, limit: SIZE, ...(cursor ? { cursor } : {}) };
		const page = await bodyOf(sales.GET('/v1/records', { params: { query }, signal }));
		return { rows: page.records, next: page.next ?? undefined };
	},
});

export const newestOrders = (filter: OrderFilter, limit: number) =>
	queryOptions({
		queryKey: ['records', filter, 'newest', limit],
		queryFn: ({ signal }) => bodyOf(sales.GET('/v1/records', { params: { query: { ...filter, limit } }, signal })),
	});

export const orderOf = (id: string) =>
	queryOptions({
		queryKey: ['record', id],
		queryFn: ({ signal }) => bodyOf(sales.GET('/v1/records/{id}', { params: { path: { id } }, signal })),
	});

/** The evidence of an order, in the bytes that its node made: they are not read and written anew. */
export const evidenceOf = (id: string): Promise<ArrayBuffer> =>
	bodyOf(sales.GET('/v1/records/{id}/evidence', { params: { path: { id } }, parseAs: 'arrayBuffer' }));

export const sumsOf = (day: string) =>
	queryOptions({
		queryKey: ['days', day],
		queryFn: ({ signal }) => bodyOf(sales.GET('/v1/days', { params: { query: { from: day } }, signal })),
	});

export const unqualified = queryOptions({
	queryKey: ['unqualified'],
	queryFn: ({ signal }) => bodyOf(sales.GET('/v1/unqualified', { signal })),
});

export const registrationsOf = (filter: RegistrationFilter): Source<Registration> => ({
	key: ['registrations', filter],
	size: SIZE,
	load: async (cursor, signal) => {
		const query = { ...filter, limit: SIZE, ...(cursor ? { cursor } : {}) };
		const page = await bodyOf(sales.GET('/v1/registrations', { params: { query }, signal }));
		return { rows: page.registrations, next: page.next ?? undefined };
	},
});

export const positionsOf = (customer: string) =>
	queryOptions({
		queryKey: ['positions', customer],
		queryFn: ({ signal }) => bodyOf(sales.GET('/v1/positions', { params: { query: { customer } }, signal })),
		enabled: customer !== '',
		// What tells of a customer does not stay longer than it is looked at.
		gcTime: 0,
	});

export const quarantine = (all: boolean) =>
	queryOptions({
		queryKey: ['quarantine', all],
		queryFn: ({ signal }) => bodyOf(sales.GET('/v1/quarantine', { params: { query: { all, limit: 1000 } }, signal })),
	});

export const status = queryOptions({
	queryKey: ['status'],
	queryFn: ({ signal }) => bodyOf(sales.GET('/v1/status', { signal })),
	// Some alarms, as of a certificate, come without an event.
	refetchInterval: 30_000,
});

export const files: Source<File> = {
	key: ['files'],
	size: SIZE,
	load: async (cursor, signal) => {
		const query = { limit: SIZE, ...(cursor ? { cursor } : {}) };
		const page = await bodyOf(sales.GET('/v1/files', { params: { query }, signal }));
		return { rows: page.files, next: page.next ?? undefined };
	},
};

export const newestFiles = queryOptions({
	queryKey: ['files', 'newest'],
	queryFn: ({ signal }) => bodyOf(sales.GET('/v1/files', { params: { query: { limit: 6 } }, signal })),
});

export const defectsOf = (source: string): Source<Defect> => ({
	key: ['files', 'defects', source],
	size: SIZE,
	load: async (cursor, signal) => {
		const query = { source, limit: SIZE, ...(cursor ? { cursor } : {}) };
		const page = await bodyOf(sales.GET('/v1/defects', { params: { query }, signal }));
		return { rows: page.defects, next: page.next ?? undefined };
	},
});
