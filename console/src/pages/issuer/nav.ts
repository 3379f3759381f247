// SPDX-License-Identifier: Apache-2.0

import type { EventKeys } from '../../api/events';
import type { NavItem } from '../../app/nav';

export const issuerNav: readonly NavItem[] = [
	{ to: '/issuer', label: 'issuer.desk.title', key: 'd', role: 'read' },
	{ to: '/issuer/prices', label: 'issuer.prices.title', key: 'n', role: 'read' },
	{ to: '/issuer/late', label: 'issuer.late.title', key: 'l', role: 'read' },
	{ to: '/issuer/orders', label: 'issuer.books.title', key: 'o', role: 'read' },
	{ to: '/issuer/quarantine', label: 'seller.quarantine.title', key: 'u', role: 'read' },
	{ to: '/issuer/holdings', label: 'issuer.holdings.title', key: 'h', role: 'read' },
	{ to: '/issuer/registrations', label: 'issuer.registrations.title', key: 'r', role: 'read' },
	{ to: '/issuer/products', label: 'issuer.products.title', key: 'p', role: 'read' },
];

export const issuerEvents: EventKeys = {
	day: ['desk', 'day', 'navs', 'totals', 'dayOrders', 'bookOrders', 'bookOrder', 'holdings'],
};
