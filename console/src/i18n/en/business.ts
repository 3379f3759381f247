// SPDX-License-Identifier: Apache-2.0

/** Words that both partners use: kinds of business and outcomes. */
export const business = {
	kind: {
		cancellation: 'Cancellation',
		custody_transfer: 'Custody transfer',
		dividend_method: 'Dividend method',
		non_trade_transfer: 'Non-trade transfer',
		purchase: 'Purchase',
		redemption: 'Redemption',
		subscription: 'Subscription',
		switch: 'Switch',
	},
	outcome: {
		accepted: 'Accepted',
		partial: 'In part',
		rejected: 'Rejected',
	},
} as const;
