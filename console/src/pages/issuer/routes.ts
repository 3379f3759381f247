// SPDX-License-Identifier: Apache-2.0

import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '../../app/root';

const start = createRoute({
	getParentRoute: () => root,
	path: '/issuer',
	component: lazyRouteComponent(() => import('./start'), 'Start'),
});

/** The issuer's pages, by their addresses. */
export const issuerRoutes = [start] as const;
