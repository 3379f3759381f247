// SPDX-License-Identifier: Apache-2.0

import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { kindWord, outcomeWord } from '../../ui/business';
import { Amount } from '../../ui/amount';
import { ForeignBlock, ForeignText, visible } from '../../ui/foreign';
import { Identifier } from '../../ui/identifier';
import { Moment } from '../../ui/moment';
import { Loaded } from '../../ui/query';
import { Timeline, type Step } from '../../ui/timeline';
import { EvidenceOfOrder } from '../auditor/of-order';
import { OrderActions } from './actions';
import { Asked, OrderLink } from './columns';
import { evidenceOf, orderOf, type Order } from './queries';
import { clauseWord, failedOf, StateBadge } from './words';

const route = getRouteApi('/seller/orders/$id');

/** One order: where it stands on both sides, what both said of it, what one can do. */
export function OrderPage() {
	const { id } = route.useParams();
	const { t } = useTranslation();
	const query = useQuery(orderOf(id));
	return (
		<>
			<div className="title">
				<h1>
					{t('seller.order.title')} <Identifier id={id} />
				</h1>
				{query.data ? <StateBadge order={query.data} /> : null}
			</div>
			<Loaded query={query}>{(order) => <Whole order={order} />}</Loaded>
		</>
	);
}

function Whole({ order }: { order: Order }) {
	const { t } = useTranslation();
	const failed = failedOf(order);
	return (
		<>
			<OrderActions order={order} />
			{failed.length > 0 ? (
				<section className="notice">
					<h2>{t('seller.order.why')}</h2>
					<ul>
						{failed.map((clause) => (
							<li key={clause.code}>
								<strong>{clauseWord(t, clause.code)}</strong>: <bdi>{visible(clause.text)}</bdi>
							</li>
						))}
					</ul>
				</section>
			) : null}
			<div className="columns">
				<section className="sheet">
					<h2>{t('seller.order.timeline')}</h2>
					<Steps order={order} />
				</section>
				<div className="column">
					<section className="sheet">
						<h2>{t('seller.order.asked')}</h2>
						<AskedFacts order={order} />
					</section>
					<section className="sheet">
						<h2>{t('seller.order.confirmation')}</h2>
						{order.confirmed_at > 0 || order.outcome !== '' ? (
							<AnswerFacts order={order} />
						) : (
							<p className="quiet">{t('seller.order.noAnswer')}</p>
						)}
					</section>
				</div>
			</div>
			<Bytes title={t('seller.order.bytes')} text={order.order_text} />
			<Bytes title={t('seller.order.confirmationBytes')} text={order.confirmation_text} />
			{order.confirmed_at > 0 ? (
				<EvidenceOfOrder id={order.id} command={`sealane evidence get ${order.id}`} load={() => evidenceOf(order.id)} />
			) : null}
		</>
	);
}

function Steps({ order }: { order: Order }) {
	const { t } = useTranslation();
	const placed = Date.parse(order.placed_at);
	const isStopped = ['unqualified', 'refused'].includes(order.state);
	const steps: Step[] = [
		{
			key: 'placed',
			title: t('seller.step.placed'),
			by: t('seller.step.byCustomer'),
			at: Number.isNaN(placed) ? 0 : placed,
		},
		{
			key: 'read',
			title: t('seller.step.read'),
			by: t('seller.step.byTerminal'),
			at: order.read_at,
			failed: isStopped,
			detail:
				order.retry_at > 0 ? (
					<>
						{t('seller.step.triedAt')}: <Moment at={order.retry_at} whole />
					</>
				) : undefined,
		},
		{ key: 'sent', title: t('seller.step.sent'), by: t('seller.step.byNode'), at: order.accepted_at },
		{
			key: 'confirmed',
			title: order.outcome === '' ? t('seller.step.confirmed') : outcomeWord(t, order.outcome),
			by: order.technical ? t('seller.step.byIssuerNode') : t('seller.step.byIssuer'),
			at: order.confirmed_at,
			failed: order.state === 'rejected',
		},
		{
			key: 'finalised',
			title: t('seller.step.finalised'),
			by: t('seller.step.byChain'),
			at: order.finalised_at,
			detail:
				order.anchor >= 0
					? `${t('seller.order.anchor')}: ${t('seller.order.anchorOf', { anchor: order.anchor, block: order.block })}`
					: undefined,
		},
	];
	return <Timeline steps={steps} />;
}

/** Names and values, without those that have none. */
function Facts({ facts }: { facts: readonly (readonly [string, ReactNode])[] }) {
	return (
		<dl className="facts">
			{facts
				.filter(([, value]) => value !== null && value !== '')
				.map(([name, value]) => (
					<FactRow key={name} name={name} value={value} />
				))}
		</dl>
	);
}

function FactRow({ name, value }: { name: string; value: ReactNode }) {
	return (
		<>
			<dt>{name}</dt>
			<dd>{value}</dd>
		</>
	);
}

function AskedFacts({ order }: { order: Order }) {
	const { t } = useTranslation();
	return (
		<Facts
			facts={[
				[t('seller.column.kind'), kindWord(t, order.kind)],
				[t('seller.column.product'), <Identifier id={order.product} />],
				[t('seller.column.issuer'), order.issuer >= 0 ? order.issuer : ''],
				[t('seller.column.customer'), <Identifier id={order.customer} />],
				[t('seller.column.amount'), <Asked order={order} />],
				[t('seller.order.placed'), visible(order.placed_at)],
				[t('seller.order.source'), t('seller.order.sourceLine', { source: visible(order.source), line: order.line })],
				[t('seller.order.clauseVersion'), order.clause_version > 0 ? order.clause_version : ''],
				[t('seller.order.tries'), order.tries > 0 ? order.tries : ''],
				[t('seller.order.entry'), order.entry === '' ? '' : <Identifier id={order.entry} />],
				[t('seller.order.cancels'), order.cancels ? <OrderLink id={order.cancels} /> : ''],
				[t('seller.order.cancelledBy'), order.cancelled_by ? <OrderLink id={order.cancelled_by} /> : ''],
			]}
		/>
	);
}

function AnswerFacts({ order }: { order: Order }) {
	const { t } = useTranslation();
	const amount = (value: string, unit?: string) => (value === '' ? '' : <Amount value={value} unit={unit} />);
	return (
		<Facts
			facts={[
				[t('seller.column.outcome'), outcomeWord(t, order.outcome)],
				[
					t('seller.order.reason'),
					order.reason_code === '' ? '' : <ForeignText text={`${order.reason_code} ${order.reason_text}`} />,
				],
				[t('seller.order.deal'), order.deal === '' ? '' : <Identifier id={order.deal} />],
				[t('seller.column.units'), amount(order.confirmed_units)],
				[t('seller.order.nav'), amount(order.nav)],
				[t('seller.column.amount'), amount(order.confirmed_amount, order.currency)],
				[t('seller.column.fee'), amount(order.fee, order.currency)],
				[t('seller.order.tradeDate'), visible(order.trade_date)],
			]}
		/>
	);
}

function Bytes({ title, text }: { title: string; text: string | undefined }) {
	if (!text) return null;
	return (
		<section className="sheet">
			<h2>{title}</h2>
			<ForeignBlock text={text} />
		</section>
	);
}
