// SPDX-License-Identifier: Apache-2.0

import type { NavItem } from '../../app/nav';

export { operatorEvents } from './queries';

export const operatorNav: readonly NavItem[] = [
	{ to: '/operator', label: 'operator.network.title', key: 'n', role: 'read' },
	{ to: '/operator/motions', label: 'operator.motions.title', key: 'm', role: 'read' },
	{ to: '/operator/agreements', label: 'operator.agreements.title', key: 'a', role: 'read' },
	{ to: '/operator/validators', label: 'operator.validators.title', key: 'f', role: 'read' },
	{ to: '/operator/calendars', label: 'operator.calendars.title', key: 'c', role: 'read' },
	{ to: '/operator/emergency', label: 'operator.emergency.title', key: 'e', role: 'read' },
	{ to: '/operator/alarms', label: 'operator.alarms.title', key: 'l', role: 'monitor' },
	{ to: '/operator/upgrade', label: 'operator.upgrade.title', key: 'u', role: 'read' },
];
