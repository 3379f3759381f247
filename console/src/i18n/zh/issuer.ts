// SPDX-License-Identifier: Apache-2.0

import type { Words } from '..';

export const issuer: Words['issuer'] = {
	area: '管理人',
};
