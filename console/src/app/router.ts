// SPDX-License-Identifier: Apache-2.0

import { createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { auditorRoutes } from '../pages/auditor/routes';
import { houseRoutes } from '../pages/house/routes';
import { issuerRoutes } from '../pages/issuer/routes';
import { operatorRoutes } from '../pages/operator/routes';
import { sellerRoutes } from '../pages/seller/routes';
import { root } from './root';
import { NoPage, Wrong } from './wrong';

const start = createRoute({
	getParentRoute: () => root,
	path: '/',
	component: lazyRouteComponent(() => import('./start'), 'Start'),
});

const account = createRoute({
	getParentRoute: () => root,
	path: '/account',
	component: lazyRouteComponent(() => import('./account'), 'Account'),
});

const password = createRoute({
	getParentRoute: () => root,
	path: '/password',
	component: lazyRouteComponent(() => import('./password'), 'SetPassword'),
});

export const router = createRouter({
	routeTree: root.addChildren([
		start,
		account,
		password,
		...sellerRoutes,
		...issuerRoutes,
		...operatorRoutes,
		...auditorRoutes,
		...houseRoutes,
	]),
	defaultErrorComponent: Wrong,
	defaultNotFoundComponent: NoPage,
	defaultPreload: 'intent',
});

declare module '@tanstack/react-router' {
	interface Register {
		router: typeof router;
	}
}
