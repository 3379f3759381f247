// SPDX-License-Identifier: Apache-2.0

import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '../../app/root';

const getParentRoute = () => root;

/** The operator's pages, by their addresses. */
export const operatorRoutes = [
	createRoute({ getParentRoute, path: '/operator', component: lazyRouteComponent(() => import('./network'), 'NetworkPage') }),
	createRoute({ getParentRoute, path: '/operator/motions', component: lazyRouteComponent(() => import('./motions'), 'MotionsPage') }),
	createRoute({
		getParentRoute,
		path: '/operator/agreements',
		component: lazyRouteComponent(() => import('./agreements'), 'AgreementsPage'),
	}),
	createRoute({
		getParentRoute,
		path: '/operator/validators',
		component: lazyRouteComponent(() => import('./validators'), 'ValidatorsPage'),
	}),
	createRoute({
		getParentRoute,
		path: '/operator/calendars',
		component: lazyRouteComponent(() => import('./calendars'), 'CalendarsPage'),
	}),
	createRoute({
		getParentRoute,
		path: '/operator/emergency',
		component: lazyRouteComponent(() => import('./emergency'), 'EmergencyPage'),
	}),
	createRoute({ getParentRoute, path: '/operator/alarms', component: lazyRouteComponent(() => import('./alarms'), 'AlarmsPage') }),
	createRoute({ getParentRoute, path: '/operator/upgrade', component: lazyRouteComponent(() => import('./upgrade'), 'UpgradePage') }),
] as const;
