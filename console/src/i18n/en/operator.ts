// SPDX-License-Identifier: Apache-2.0

/** The operator's pages. */
export const operator = {
	area: 'Operator',
} as const;
