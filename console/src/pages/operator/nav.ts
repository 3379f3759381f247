// SPDX-License-Identifier: Apache-2.0

import type { EventKeys } from '../../api/events';
import type { NavItem } from '../../app/nav';

export const operatorNav: readonly NavItem[] = [{ to: '/operator', label: 'operator.area', key: 'o', role: 'read' }];

export const operatorEvents: EventKeys = {};
