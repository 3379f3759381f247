// SPDX-License-Identifier: Apache-2.0

import type { NavItem } from '../../app/nav';

export const auditorNav: readonly NavItem[] = [{ to: '/auditor', label: 'auditor.area', key: 'v' }];
