// SPDX-License-Identifier: Apache-2.0

import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '../../app/root';
import { pick } from '../../ui/search';

const desk = createRoute({
	getParentRoute: () => root,
	path: '/issuer',
	component: lazyRouteComponent(() => import('./desk'), 'Desk'),
	validateSearch: (search): { closed?: boolean } => pick({ closed: search['closed'] === true ? true : undefined }),
});

const day = createRoute({
	getParentRoute: () => root,
	path: '/issuer/days/$product/$day',
	component: lazyRouteComponent(() => import('./day'), 'DayPage'),
});

const prices = createRoute({
	getParentRoute: () => root,
	path: '/issuer/prices',
	component: lazyRouteComponent(() => import('./prices'), 'Prices'),
	validateSearch: (search): { day?: string } =>
		pick({ day: typeof search['day'] === 'string' ? search['day'] : undefined }),
});

const late = createRoute({
	getParentRoute: () => root,
	path: '/issuer/late',
	component: lazyRouteComponent(() => import('./late'), 'Late'),
});

const books = createRoute({
	getParentRoute: () => root,
	path: '/issuer/orders',
	component: lazyRouteComponent(() => import('./books'), 'Books'),
});

const order = createRoute({
	getParentRoute: () => root,
	path: '/issuer/orders/$seller/$id',
	component: lazyRouteComponent(() => import('./order'), 'OrderPage'),
});

const quarantine = createRoute({
	getParentRoute: () => root,
	path: '/issuer/quarantine',
	component: lazyRouteComponent(() => import('./quarantine'), 'Quarantine'),
});

const holdings = createRoute({
	getParentRoute: () => root,
	path: '/issuer/holdings',
	component: lazyRouteComponent(() => import('./holdings'), 'Holdings'),
});

const registrations = createRoute({
	getParentRoute: () => root,
	path: '/issuer/registrations',
	component: lazyRouteComponent(() => import('./registrations'), 'Registrations'),
});

const products = createRoute({
	getParentRoute: () => root,
	path: '/issuer/products',
	component: lazyRouteComponent(() => import('./products'), 'Products'),
});

/** The issuer's pages, by their addresses. */
export const issuerRoutes = [
	desk,
	day,
	prices,
	late,
	books,
	order,
	quarantine,
	holdings,
	registrations,
	products,
] as const;
