// SPDX-License-Identifier: Apache-2.0

import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Amount } from '../../ui/amount';
import { kindWord, OUTCOMES, type Outcome } from '../../ui/business';
import { Empty } from '../../ui/empty';
import { Choice } from '../../ui/field';
import { Foreign, visible } from '../../ui/foreign';
import { dayAndTime } from '../../ui/format';
import { Moment } from '../../ui/moment';
import { Loaded } from '../../ui/query';
import { pick } from '../../ui/search';
import { ListTable, type Column } from '../../ui/table';
import { useZone } from '../../ui/zone';
import { DayActions } from './day_actions';
import { dayOf, dayOrdersOf, totalsOf, type Day, type DayOrder, type DayOrderFilter } from './queries';
import { Asked, nextWords, OrderLink, OutcomeBadge, PlaceBadge, Progress } from './words';

const route = getRouteApi('/issuer/days/$product/$day');

/** A day of a product: how far it has come, what it adds up to, its orders with their decisions, what was done. */
export function DayPage() {
	const { t } = useTranslation();
	const { product, day } = route.useParams();
	const query = useQuery(dayOf(product, day));
	return (
		<>
			<div className="title">
				<h1>{t('issuer.day.title', { product: visible(product), day })}</h1>
				{query.data ? <Progress state={query.data.state} /> : null}
			</div>
			<Loaded query={query}>
				{(found) => (
					<>
						<Head day={found} />
						<DayActions day={found} />
						<Totals product={product} day={day} />
						<Review product={product} day={day} />
						<History history={found.history} />
					</>
				)}
			</Loaded>
		</>
	);
}

function Head({ day }: { day: Day }) {
	const { t } = useTranslation();
	const at = Object.values(dayAndTime(day.closes_at, useZone())).join(' ');
	return (
		<div className="sheet">
			<p>
				<strong>{nextWords(t, day.next)}</strong>
			</p>
			<p className="quiet">
				{t('issuer.day.until', { at })}
				{day.nav !== '' ? (
					<>
						{' · '}
						{t('issuer.column.nav')} <Amount value={day.nav} />
						{day.entered_by !== '' ? ` · ${t('issuer.prices.enteredBy')} ${visible(day.entered_by)}` : ''}
						{day.released_by !== '' ? ` · ${t('issuer.prices.releasedBy')} ${visible(day.released_by)}` : ''}
					</>
				) : null}
			</p>
			{day.share !== '' ? <p className="notice">{t('issuer.day.share', { share: day.share })}</p> : null}
		</div>
	);
}

function Totals({ product, day }: { product: string; day: string }) {
	const { t } = useTranslation();
	const query = useQuery(totalsOf(product, day));
	const columns = ['count', 'asked_amount', 'asked_units', 'amount', 'units', 'fee', 'carry'] as const;
	const titles = {
		count: t('issuer.column.count'),
		asked_amount: `${t('issuer.column.asked')} · ${t('issuer.column.amount')}`,
		asked_units: `${t('issuer.column.asked')} · ${t('issuer.column.units')}`,
		amount: t('issuer.column.amount'),
		units: t('issuer.column.units'),
		fee: t('issuer.column.fee'),
		carry: t('issuer.column.carry'),
	};
	return (
		<section className="sheet">
			<h2>{t('issuer.day.totals')}</h2>
			<Loaded query={query}>
				{(totals) => (
					<table className="plain">
						<thead>
							<tr>
								<th className="end">{t('issuer.column.seller')}</th>
								<th>{t('issuer.column.kind')}</th>
								<th>{t('issuer.column.outcome')}</th>
								{columns.map((column) => (
									<th key={column} className="end">
										{titles[column]}
									</th>
								))}
							</tr>
						</thead>
						<tbody>
							{totals.map((total) => (
								<tr key={`${total.seller} ${total.kind} ${total.outcome}`}>
									<td className="end">{total.seller}</td>
									<td>{kindWord(t, total.kind)}</td>
									<td>
										<OutcomeBadge outcome={total.outcome} />
									</td>
									{columns.map((column) => (
										<td key={column} className="end">
											<Amount value={total[column]} least={column === 'count' ? 0 : 2} />
										</td>
									))}
								</tr>
							))}
						</tbody>
					</table>
				)}
			</Loaded>
		</section>
	);
}

/** The reason of an order that is executed in part because too much left on its day. */
const LARGE = 'LARGE_REDEMPTION';

/** The orders of the day with their decisions, to look at one by one or by what is unusual. */
function Review({ product, day }: { product: string; day: string }) {
	const { t } = useTranslation();
	const navigate = useNavigate();
	const [filter, setFilter] = useState<DayOrderFilter>({});
	const source = useMemo(() => dayOrdersOf(product, day, filter), [product, day, filter]);
	const columns = useMemo<readonly Column<DayOrder>[]>(
		() => [
			{ id: 'id', title: t('issuer.column.id'), width: 'minmax(7rem, 1.2fr)', cell: (o) => <OrderLink seller={o.seller} id={o.id} /> },
			{ id: 'seller', title: t('issuer.column.seller'), width: '4rem', end: true, cell: (o) => o.seller },
			{ id: 'kind', title: t('issuer.column.kind'), width: '5.5rem', cell: (o) => kindWord(t, o.kind) },
			{ id: 'customer', title: t('issuer.column.customer'), width: 'minmax(6rem, 0.8fr)', cell: (o) => <Foreign text={o.customer} /> },
			{ id: 'state', title: t('issuer.column.state'), width: '5.5rem', cell: (o) => <PlaceBadge order={o} /> },
			{ id: 'outcome', title: t('issuer.column.outcome'), width: '5.5rem', cell: (o) => <OutcomeBadge outcome={o.outcome} /> },
			{ id: 'asked', title: t('issuer.column.asked'), width: 'minmax(6rem, 0.7fr)', end: true, cell: (o) => <Asked order={o} /> },
			{ id: 'units', title: t('issuer.column.units'), width: 'minmax(6rem, 0.7fr)', end: true, cell: (o) => <Amount value={o.units} /> },
			{ id: 'amount', title: t('issuer.column.amount'), width: 'minmax(6rem, 0.7fr)', end: true, cell: (o) => <Amount value={o.amount} /> },
			{ id: 'fee', title: t('issuer.column.fee'), width: '5rem', end: true, cell: (o) => <Amount value={o.fee} /> },
			{
				id: 'why',
				title: t('issuer.column.reason'),
				width: 'minmax(5rem, 1fr)',
				cell: (o) => <Foreign text={[o.reason_code, o.decided_by, o.late_for].filter((text) => text !== '').join(' · ')} />,
			},
		],
		[t],
	);
	const only = (part: { [K in keyof DayOrderFilter]: DayOrderFilter[K] | undefined }) =>
		setFilter((before) => pick<DayOrderFilter>({ ...before, ...part }));
	const toggle = (label: string, on: boolean, part: (on: boolean) => Parameters<typeof only>[0]) => (
		<label className="toggle">
			<input type="checkbox" checked={on} onChange={(event) => only(part(event.currentTarget.checked))} /> {label}
		</label>
	);
	const outcomes: ['' | Outcome, string][] = [
		['', t('seller.filter.all')],
		...OUTCOMES.map((outcome): [Outcome, string] => [outcome, t(`business.outcome.${outcome}`)]),
	];
	return (
		<section className="sheet list">
			<div className="title">
				<h2>{t('issuer.day.list')}</h2>
				{toggle(t('issuer.day.filterHeld'), filter.held === true, (on) => ({ held: on || undefined }))}
				{toggle(t('issuer.day.filterLate'), filter.late === true, (on) => ({ late: on || undefined }))}
				{toggle(t('issuer.day.filterLarge'), filter.reason_code === LARGE, (on) => ({ reason_code: on ? LARGE : undefined }))}
				<Choice
					label={t('issuer.day.filterOutcome')}
					options={outcomes}
					value={filter.outcome ?? ''}
					onChoose={(outcome) => only({ outcome: outcome === '' ? undefined : outcome })}
				/>
			</div>
			<ListTable
				label={t('issuer.day.list')}
				columns={columns}
				source={source}
				keyOf={(order) => `${order.seller} ${order.id} ${order.part}`}
				onOpen={(order) =>
					void navigate({ to: '/issuer/orders/$seller/$id', params: { seller: String(order.seller), id: order.id } })
				}
				empty={
					<Empty title={t('issuer.day.empty')}>
						<p>{t('issuer.day.emptyTodo')}</p>
					</Empty>
				}
			/>
		</section>
	);
}

function History({ history }: { history: Day['history'] }) {
	const { t } = useTranslation();
	return (
		<section className="sheet">
			<h2>{t('issuer.day.history')}</h2>
			<table className="plain">
				<thead>
					<tr>
						<th>{t('issuer.column.at')}</th>
						<th>{t('issuer.column.who')}</th>
						<th>{t('issuer.column.act')}</th>
						<th>{t('issuer.column.id')}</th>
						<th>{t('issuer.column.note')}</th>
					</tr>
				</thead>
				<tbody>
					{history.map((act) => (
						<tr key={act.number}>
							<td>
								<Moment at={act.done_at} whole />
							</td>
							<td>
								<bdi>{visible(act.who)}</bdi>
							</td>
							<td>
								<code>{act.act}</code>
							</td>
							<td>{act.id !== '' && act.seller >= 0 ? <OrderLink seller={act.seller} id={act.id} /> : null}</td>
							<td>
								<Foreign text={act.note} />
							</td>
						</tr>
					))}
				</tbody>
			</table>
		</section>
	);
}
