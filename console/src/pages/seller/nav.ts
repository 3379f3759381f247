// SPDX-License-Identifier: Apache-2.0

import type { EventKeys } from '../../api/events';
import type { NavItem } from '../../app/nav';

export const sellerNav: readonly NavItem[] = [
	{ to: '/seller', label: 'seller.today.title', key: 't', role: 'read' },
	{ to: '/seller/orders', label: 'seller.orders.title', key: 'o', role: 'read' },
	{ to: '/seller/unqualified', label: 'seller.unqualified.title', key: 'n', role: 'read' },
	{ to: '/seller/quarantine', label: 'seller.quarantine.title', key: 'u', role: 'read' },
	{ to: '/seller/customers', label: 'seller.customers.title', key: 'c', role: 'read' },
	{ to: '/seller/positions', label: 'seller.positions.title', key: 'p', role: 'read' },
	{ to: '/seller/day', label: 'seller.day.title', key: 'd', role: 'read' },
	{ to: '/seller/files', label: 'seller.files.title', key: 'f', role: 'read' },
];

export const sellerEvents: EventKeys = {
	record: ['records', 'record', 'days', 'unqualified', 'positions', 'files', 'status'],
	registration: ['registrations'],
	finalised: ['records', 'record'],
	quarantine: ['quarantine', 'status'],
};
