// SPDX-License-Identifier: Apache-2.0

import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '../../app/root';

const start = createRoute({
	getParentRoute: () => root,
	path: '/seller',
	component: lazyRouteComponent(() => import('./start'), 'Start'),
});

/** The seller's pages, by their addresses. */
export const sellerRoutes = [start] as const;
