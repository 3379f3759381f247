// SPDX-License-Identifier: Apache-2.0

import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '../../app/root';
import { isKind, type Kind } from '../../ui/business';
import { pick } from '../../ui/search';
import { isState, type State } from './words';

const today = createRoute({
	getParentRoute: () => root,
	path: '/seller',
	component: lazyRouteComponent(() => import('./today'), 'Today'),
});

/** What of a filter stands in the address, so that the link can be sent. Never a customer. */
export interface OrdersSearch {
	state?: State;
	kind?: Kind;
	product?: string;
	day?: string;
	issuer?: number;
	source?: string;
}

const orders = createRoute({
	getParentRoute: () => root,
	path: '/seller/orders',
	component: lazyRouteComponent(() => import('./orders'), 'Orders'),
	validateSearch: (search): OrdersSearch =>
		pick({
			state: typeof search['state'] === 'string' && isState(search['state']) ? search['state'] : undefined,
			kind: typeof search['kind'] === 'string' && isKind(search['kind']) ? search['kind'] : undefined,
			product: typeof search['product'] === 'string' ? search['product'] : undefined,
			day: typeof search['day'] === 'string' ? search['day'] : undefined,
			issuer: typeof search['issuer'] === 'number' ? search['issuer'] : undefined,
			source: typeof search['source'] === 'string' ? search['source'] : undefined,
		}),
});

const order = createRoute({
	getParentRoute: () => root,
	path: '/seller/orders/$id',
	component: lazyRouteComponent(() => import('./order'), 'OrderPage'),
});

const unqualified = createRoute({
	getParentRoute: () => root,
	path: '/seller/unqualified',
	component: lazyRouteComponent(() => import('./unqualified'), 'NotQualified'),
	validateSearch: (search): { clause?: string } =>
		pick({ clause: typeof search['clause'] === 'string' ? search['clause'] : undefined }),
});

const quarantine = createRoute({
	getParentRoute: () => root,
	path: '/seller/quarantine',
	component: lazyRouteComponent(() => import('./quarantine'), 'Quarantine'),
});

const customers = createRoute({
	getParentRoute: () => root,
	path: '/seller/customers',
	component: lazyRouteComponent(() => import('./customers'), 'Customers'),
});

const positions = createRoute({
	getParentRoute: () => root,
	path: '/seller/positions',
	component: lazyRouteComponent(() => import('./positions'), 'Positions'),
});

const day = createRoute({
	getParentRoute: () => root,
	path: '/seller/day',
	component: lazyRouteComponent(() => import('./day'), 'Day'),
	validateSearch: (search): { day?: string } =>
		pick({ day: typeof search['day'] === 'string' ? search['day'] : undefined }),
});

const files = createRoute({
	getParentRoute: () => root,
	path: '/seller/files',
	component: lazyRouteComponent(() => import('./files'), 'Files'),
});

/** The seller's pages, by their addresses. */
export const sellerRoutes = [
	today,
	orders,
	order,
	unqualified,
	quarantine,
	customers,
	positions,
	day,
	files,
] as const;
