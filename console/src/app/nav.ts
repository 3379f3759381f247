// SPDX-License-Identifier: Apache-2.0

import type { ParseKeys } from 'i18next';
import { auditorNav } from '../pages/auditor/nav';
import { houseNav } from '../pages/house/nav';
import { issuerEvents, issuerNav } from '../pages/issuer/nav';
import { operatorEvents, operatorNav } from '../pages/operator/nav';
import { sellerEvents, sellerNav } from '../pages/seller/nav';
import type { EventKeys } from '../api/events';
import type { About } from './about';
import type { Role } from './session';

/** A page in the navigation. */
export interface NavItem {
	/** Its address. */
	to: string;
	label: ParseKeys;
	/** The letter that goes there behind `g`. */
	key: string;
	/** The role that its data needs. */
	role?: Role;
}

/** Which pages belong to which server, and which of their queries its events make old. */
export const AREAS: Record<About['terminal'], { pages: readonly NavItem[]; events: EventKeys }> = {
	sales: { pages: [...sellerNav, ...auditorNav, ...houseNav], events: sellerEvents },
	issuer: { pages: [...issuerNav, ...auditorNav, ...houseNav], events: issuerEvents },
	operator: { pages: [...operatorNav, ...auditorNav, ...houseNav], events: operatorEvents },
};
