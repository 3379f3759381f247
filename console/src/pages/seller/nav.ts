// SPDX-License-Identifier: Apache-2.0

import type { EventKeys } from '../../api/events';
import type { NavItem } from '../../app/nav';

export const sellerNav: readonly NavItem[] = [{ to: '/seller', label: 'seller.today.title', key: 't', role: 'read' }];

export const sellerEvents: EventKeys = {};
