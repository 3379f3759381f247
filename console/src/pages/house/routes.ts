// SPDX-License-Identifier: Apache-2.0

import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '../../app/root';

const users = createRoute({
	getParentRoute: () => root,
	path: '/users',
	component: lazyRouteComponent(() => import('./users'), 'Users'),
});

const audit = createRoute({
	getParentRoute: () => root,
	path: '/audit',
	component: lazyRouteComponent(() => import('./audit'), 'AuditLog'),
});

/** What every terminal has, by its addresses. */
export const houseRoutes = [users, audit] as const;
