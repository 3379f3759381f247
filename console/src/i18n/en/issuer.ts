// SPDX-License-Identifier: Apache-2.0

/** The issuer's pages. */
export const issuer = {
	area: 'Issuer',
} as const;
