// SPDX-License-Identifier: Apache-2.0

import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '../../app/root';

const start = createRoute({
	getParentRoute: () => root,
	path: '/auditor',
	component: lazyRouteComponent(() => import('./start'), 'Start'),
});

/** The auditor's pages, by their addresses. */
export const auditorRoutes = [start] as const;
