// SPDX-License-Identifier: Apache-2.0

import type { Words } from '..';

export const auditor: Words['auditor'] = {
	area: '核验',
};
