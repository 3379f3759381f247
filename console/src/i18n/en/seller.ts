// SPDX-License-Identifier: Apache-2.0

/** The seller's pages. */
export const seller = {
	area: 'Seller',
	today: { title: 'Today' },
} as const;
