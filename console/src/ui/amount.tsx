// SPDX-License-Identifier: Apache-2.0

import { grouped } from './format';

/** A decimal of the API, in groups of three digits, with every digit that it has; `unit` is its currency or what is counted. */
export function Amount({ value, unit }: { value: string | number; unit?: string | undefined }) {
	const text = String(value);
	if (text === '') return null;
	return (
		<span className="amount">
			{grouped(text)}
			{unit ? <span className="unit"> {unit}</span> : null}
		</span>
	);
}
