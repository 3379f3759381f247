// SPDX-License-Identifier: Apache-2.0

import type { Words } from '..';

export const seller: Words['seller'] = {
	area: '销售机构',
	today: { title: '今日' },
};
