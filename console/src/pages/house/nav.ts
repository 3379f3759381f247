// SPDX-License-Identifier: Apache-2.0

import type { NavItem } from '../../app/nav';

export const houseNav: readonly NavItem[] = [
	{ to: '/users', label: 'house.users.title', key: 'x', role: 'administer' },
	{ to: '/audit', label: 'house.audit.title', key: 'a', role: 'administer' },
];
