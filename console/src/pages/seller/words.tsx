// SPDX-License-Identifier: Apache-2.0

/** The API's words, as people say them. A word of a later release is shown as it is. */

import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { Badge, type Tone } from '../../ui/badge';
import { visible } from '../../ui/foreign';
import type { Failed, Order } from './queries';

export const STATES = {
	unqualified: 'warn',
	pending: 'busy',
	refused: 'bad',
	accepted: 'busy',
	confirmed: 'good',
	partial: 'good',
	rejected: 'bad',
	cancelled: 'quiet',
	finalised: 'good',
} as const satisfies Record<string, Tone>;
export type State = keyof typeof STATES;

export const isState = (word: string): word is State => word in STATES;

/** Where an order stands; one that the chain made final says so. */
export function StateBadge({ order }: { order: Pick<Order, 'state' | 'finalised_at' | 'held'> }) {
	const { t } = useTranslation();
	const { state } = order;
	if (!isState(state)) return <Badge tone="quiet">{visible(state)}</Badge>;
	const tone = order.held ? 'warn' : STATES[state];
	const isFinal = order.finalised_at > 0 ? ' ⚓' : '';
	return <Badge tone={tone}>{`${t(`seller.state.${state}`)}${isFinal}`}</Badge>;
}

export const stateWord = (t: TFunction, state: string) => (isState(state) ? t(`seller.state.${state}`) : visible(state));

const NO_CLAUSES = ['clauses_unreadable', 'customer_unknown', 'new', 'product_unknown'] as const;

/** The code of a clause is its authors' own; what stands before all clauses has words here. */
export function clauseWord(t: TFunction, code: string): string {
	const known = NO_CLAUSES.find((word) => word === code);
	return known ? t(`seller.failed.${known}`) : visible(code);
}

/** Why an order does not qualify, clause by clause. */
export function failedOf(order: Pick<Order, 'failed'>): Failed[] {
	// The code stands before the text wherever it is shown: it is not said twice.
	return (order.failed ?? []).map(({ code, text }) => ({ code, text: text.replace(/^clause \d+ \([^)]*\) fails: /, '') }));
}
