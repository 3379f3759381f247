// SPDX-License-Identifier: Apache-2.0

import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '../../app/root';

const auditor = createRoute({
	getParentRoute: () => root,
	path: '/auditor',
	component: lazyRouteComponent(() => import('./page'), 'Auditor'),
});

/** The auditor's pages, by their addresses. */
export const auditorRoutes = [auditor] as const;
