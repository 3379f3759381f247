// SPDX-License-Identifier: Apache-2.0

import type { EventKeys } from '../../api/events';
import type { NavItem } from '../../app/nav';

export const issuerNav: readonly NavItem[] = [{ to: '/issuer', label: 'issuer.area', key: 'o', role: 'read' }];

export const issuerEvents: EventKeys = {};
