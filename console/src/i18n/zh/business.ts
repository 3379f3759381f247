// SPDX-License-Identifier: Apache-2.0

import type { Words } from '..';

export const business: Words['business'] = {
	kind: {
		cancellation: '撤单',
		custody_transfer: '转托管',
		dividend_method: '分红方式变更',
		non_trade_transfer: '非交易过户',
		purchase: '申购',
		redemption: '赎回',
		subscription: '认购',
		switch: '份额转换',
	},
	outcome: {
		accepted: '已确认',
		partial: '部分确认',
		rejected: '已拒绝',
	},
};
