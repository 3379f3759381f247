// SPDX-License-Identifier: Apache-2.0

/** The auditor's pages. */
export const auditor = {
	area: 'Auditor',
} as const;
