// SPDX-License-Identifier: Apache-2.0

import { queryOptions } from '@tanstack/react-query';
import { bodyOf } from '../../api/client';
import type { components, operations } from '../../api/generated/issuer';
import { issuer } from '../../api/issuer';
import type { Source } from '../../ui/pages';

type Schemas = components['schemas'];
export type Listed = Schemas['Listed'];
export type Day = Schemas['Day'];
export type DayOrder = Schemas['DayOrder'];
export type Total = Schemas['Total'];
export type Nav = Schemas['Nav'];
export type Product = Schemas['Product'];
export type Entry = Schemas['Entry'];
export type Waiting = Schemas['WaitingOrder'];
export type Registered = Schemas['Registered'];
export type Holding = Schemas['Holding'];
export type OrderView = Schemas['OrderView'];

type Query<Name extends keyof operations> = operations[Name] extends { parameters: { query?: infer Q } }
	? Omit<NonNullable<Q>, 'cursor' | 'limit'>
	: never;
export type DayOrderFilter = Query<'list_day_orders'>;
export type EntryFilter = Query<'list_orders'>;
export type HoldingFilter = Query<'list_holdings'>;
export type RegisteredFilter = Query<'list_registrations'>;

/** Entries of a page of a list. */
const SIZE = 200;
/** Days of products that the board shows at once. */
const DAYS = 500;

const part = (cursor: string | undefined) => ({ limit: SIZE, ...(cursor ? { cursor } : {}) });

export const deskOf = (closed: boolean) =>
	queryOptions({
		queryKey: ['desk', closed],
		queryFn: ({ signal }) => bodyOf(issuer.GET('/v1/days', { params: { query: { closed, limit: DAYS } }, signal })),
		// A cut-off comes without an act of anybody.
		refetchInterval: 15_000,
	});

export const dayOf = (product: string, day: string) =>
	queryOptions({
		queryKey: ['day', product, day],
		queryFn: ({ signal }) =>
			bodyOf(issuer.GET('/v1/days/{product}/{day}', { params: { path: { product, day } }, signal })),
		refetchInterval: 15_000,
	});

export const totalsOf = (product: string, day: string) =>
	queryOptions({
		queryKey: ['totals', product, day],
		queryFn: ({ signal }) => bodyOf(issuer.GET('/v1/totals', { params: { query: { product, day } }, signal })),
	});

export const navsOf = (day: string) =>
	queryOptions({
		queryKey: ['navs', day],
		queryFn: ({ signal }) => bodyOf(issuer.GET('/v1/navs', { params: { query: { day } }, signal })),
	});

export const products = queryOptions({
	queryKey: ['products'],
	queryFn: ({ signal }) => bodyOf(issuer.GET('/v1/products', { signal })),
	refetchInterval: 60_000,
});

/** The evidence of an order, in the bytes that its node made: they are not read and written anew. */
export const evidenceOf = (seller: number, id: string): Promise<ArrayBuffer> =>
	bodyOf(issuer.GET('/v1/orders/{seller}/{id}/evidence', { params: { path: { seller, id } }, parseAs: 'arrayBuffer' }));

export const orderOf = (seller: number, id: string) =>
	queryOptions({
		queryKey: ['bookOrder', seller, id],
		queryFn: ({ signal }) =>
			bodyOf(issuer.GET('/v1/orders/{seller}/{id}', { params: { path: { seller, id } }, signal })),
	});

export const dayOrdersOf = (product: string, day: string, filter: DayOrderFilter): Source<DayOrder> => ({
	key: ['dayOrders', product, day, filter],
	size: SIZE,
	load: async (cursor, signal) => {
		const params = { path: { product, day }, query: { ...filter, ...part(cursor) } };
		const page = await bodyOf(issuer.GET('/v1/days/{product}/{day}/orders', { params, signal }));
		return { rows: page.orders, next: page.next ?? undefined };
	},
});

export const entriesOf = (filter: EntryFilter): Source<Entry> => ({
	key: ['bookOrders', filter],
	size: SIZE,
	load: async (cursor, signal) => {
		const params = { query: { ...filter, ...part(cursor) } };
		const page = await bodyOf(issuer.GET('/v1/orders', { params, signal }));
		return { rows: page.orders, next: page.next ?? undefined };
	},
});

export const quarantine = (all: boolean) =>
	queryOptions({
		queryKey: ['quarantine', all],
		queryFn: ({ signal }) => bodyOf(issuer.GET('/v1/quarantine', { params: { query: { all, limit: 1000 } }, signal })),
		// What cannot be read is no act on a day: no event tells of it.
		refetchInterval: 15_000,
	});

export const waiting = queryOptions({
	queryKey: ['bookOrders', 'waiting'],
	queryFn: ({ signal }) => bodyOf(issuer.GET('/v1/waiting', { params: { query: { limit: 100 } }, signal })),
	refetchInterval: 15_000,
});

export const registeredOf = (filter: RegisteredFilter): Source<Registered> => ({
	key: ['registered', filter],
	size: SIZE,
	load: async (cursor, signal) => {
		const params = { query: { ...filter, ...part(cursor) } };
		const page = await bodyOf(issuer.GET('/v1/registrations', { params, signal }));
		return { rows: page.registrations, next: page.next ?? undefined };
	},
});

export const holdingsOf = (filter: HoldingFilter): Source<Holding> => ({
	key: ['holdings', filter],
	size: SIZE,
	load: async (cursor, signal) => {
		const params = { query: { ...filter, ...part(cursor) } };
		const page = await bodyOf(issuer.GET('/v1/holdings', { params, signal }));
		return { rows: page.holdings, next: page.next ?? undefined };
	},
});
