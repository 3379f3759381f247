// SPDX-License-Identifier: Apache-2.0

import { visible } from './foreign';
import { grouped } from './format';

interface AmountProps {
	value: string | number;
	/** Its currency, or what is counted. */
	unit?: string | undefined;
	/** Digits behind the point at least. */
	least?: number;
}

/** A decimal of the API, in groups of three digits, with every digit that it has. */
export function Amount({ value, unit, least = 0 }: AmountProps) {
	const text = String(value);
	if (text === '') return null;
	return (
		<span className={/^0(\.0*)?$/.test(text) ? 'amount quiet' : 'amount'}>
			{visible(grouped(text, least))}
			{unit ? <span className="unit"> {visible(unit)}</span> : null}
		</span>
	);
}
