// SPDX-License-Identifier: Apache-2.0

import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '../../app/root';

const start = createRoute({
	getParentRoute: () => root,
	path: '/operator',
	component: lazyRouteComponent(() => import('./start'), 'Start'),
});

/** The operator's pages, by their addresses. */
export const operatorRoutes = [start] as const;
