// SPDX-License-Identifier: Apache-2.0

import { Link } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { Amount } from '../../ui/amount';
import { Badge, type Tone } from '../../ui/badge';
import { isOutcome, outcomeWord } from '../../ui/business';
import { visible } from '../../ui/foreign';
import { Identifier } from '../../ui/identifier';
import type { DayOrder, Listed } from './queries';

/** How far a day can come, in its order. */
export const STAGES = ['open', 'frozen', 'priced', 'reviewed', 'confirmed', 'closed'] as const;

/** How far a day has come, as steps of which those that are done are filled. */
export function Progress({ state }: { state: Listed['state'] }) {
	const { t } = useTranslation();
	const at = STAGES.indexOf(state);
	const word = t(`issuer.stage.${state}`);
	return (
		<span className="progress" role="img" aria-label={word}>
			{STAGES.map((stage, index) => (
				<span key={stage} className={index < at ? 'done' : index === at ? 'here' : ''} title={t(`issuer.stage.${stage}`)} />
			))}
			<span className="word">{word}</span>
		</span>
	);
}

/** What leads a day on, who does that and who may not, and what stands in its way. */
export function nextWords(t: TFunction, next: Listed['next']): string {
	if (next.step === 'none') return '';
	const who = t(`issuer.by.${next.by}`);
	const but = next.not_by.length > 0 ? `, ${t('issuer.desk.notBy', { names: next.not_by.map(visible).join(', ') })}` : '';
	// When the cut-off comes stands beside it; what the terminal misses it says itself.
	const missing = next.missing
		.filter(({ what }) => what !== 'cut_off')
		.map(({ what, text }) => (what === 'cut_off' || what === 'terminal' ? text : t(`issuer.missing.${what}`)))
		.join('; ');
	return `${t(`issuer.step.${next.step}`)} — ${who}${but}${missing === '' ? '' : `: ${visible(missing)}`}`;
}

const TONES = { accepted: 'good', partial: 'warn', rejected: 'bad' } as const satisfies Record<string, Tone>;

export function OutcomeBadge({ outcome }: { outcome: string }) {
	const { t } = useTranslation();
	if (outcome === '') return null;
	return <Badge tone={isOutcome(outcome) ? TONES[outcome] : 'quiet'}>{outcomeWord(t, outcome)}</Badge>;
}

const PLACES = {
	taken: 'busy',
	proposed: 'busy',
	executed: 'warn',
	answered: 'good',
	withdrawn: 'quiet',
} as const satisfies Record<string, Tone>;
type Place = keyof typeof PLACES;

/** Where an order of a day is. */
export function PlaceBadge({ order }: { order: Pick<DayOrder, 'state' | 'held'> }) {
	const { t } = useTranslation();
	const place = (Object.keys(PLACES) as Place[]).find((word) => word === order.state);
	if (order.held) return <Badge tone="warn">{t('issuer.column.held')}</Badge>;
	return <Badge tone={place ? PLACES[place] : 'quiet'}>{place ? t(`issuer.where.${place}`) : visible(order.state)}</Badge>;
}

/** An order's id that leads to its page. */
export function OrderLink({ seller, id }: { seller: number; id: string }) {
	return (
		<Identifier id={id}>
			<Link to="/issuer/orders/$seller/$id" params={{ seller: String(seller), id }}>
				{visible(id)}
			</Link>
		</Identifier>
	);
}

/** Money or units that are asked for. */
export function Asked({ order }: { order: Pick<DayOrder, 'asked_amount' | 'asked_units'> }) {
	return <Amount value={order.asked_amount !== '' ? order.asked_amount : order.asked_units} />;
}
