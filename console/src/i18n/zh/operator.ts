// SPDX-License-Identifier: Apache-2.0

import type { Words } from '..';

export const operator: Words['operator'] = {
	area: '运营',
};
