// SPDX-License-Identifier: Apache-2.0

import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '../../app/session';
import { kindWord } from '../../ui/business';
import { Amount } from '../../ui/amount';
import { DayField } from '../../ui/day-field';
import { Empty } from '../../ui/empty';
import { Foreign } from '../../ui/foreign';
import { addDays, sumOf, today } from '../../ui/format';
import { Loaded } from '../../ui/query';
import { useZone } from '../../ui/zone';
import { Compare } from './compare';
import { sumsOf, type Sum } from './queries';
import { isState, stateWord } from './words';

const route = getRouteApi('/seller/day');

/** A day: what stands where and for how much, and whether the issuer says the same. */
export function Day() {
	const { t } = useTranslation();
	const zone = useZone();
	const { day = today(zone) } = route.useSearch();
	const navigate = useNavigate();
	const query = useQuery(sumsOf(day));
	const mayExport = useMay('export');
	const go = (to: string) => void navigate({ to: '/seller/day', search: { day: to } });
	return (
		<>
			<div className="title">
				<h1>{t('seller.day.title')}</h1>
				<span className="quiet">{day}</span>
			</div>
			<div className="filters">
				<DayField label={t('seller.column.day')} day={day} onDay={go} />
				<button type="button" onClick={() => go(addDays(day, -1))}>
					← {t('seller.day.previous')}
				</button>
				<button type="button" onClick={() => go(today(zone))}>
					{t('seller.day.today')}
				</button>
				<button type="button" onClick={() => go(addDays(day, 1))}>
					{t('seller.day.next')} →
				</button>
				{mayExport ? (
					<a className="button" href={`/v1/exports/records.csv?day=${day}`} download>
						{t('seller.day.export')}
					</a>
				) : null}
			</div>
			<Loaded query={query}>
				{(sums) =>
					sums.length === 0 ? (
						<Empty title={t('seller.day.empty')}>
							<p>{t('seller.day.emptyTodo')}</p>
						</Empty>
					) : (
						<Sums sums={sums} day={day} />
					)
				}
			</Loaded>
			<Compare key={day} day={day} />
		</>
	);
}

function Sums({ sums, day }: { sums: readonly Sum[]; day: string }) {
	const { t } = useTranslation();
	const totals = useMemo(
		() => ({
			orders: sums.reduce((total, sum) => total + sum.orders, 0),
			amount: sumOf(sums.map((sum) => sum.amount)),
			confirmed_amount: sumOf(sums.map((sum) => sum.confirmed_amount)),
			confirmed_units: sumOf(sums.map((sum) => sum.confirmed_units)),
			fee: sumOf(sums.map((sum) => sum.fee)),
		}),
		[sums],
	);
	return (
		<section className="sheet">
			<h2>{t('seller.day.sums')}</h2>
			<table className="plain">
				<thead>
					<tr>
						<th className="end">{t('seller.column.issuer')}</th>
						<th>{t('seller.column.product')}</th>
						<th>{t('seller.column.kind')}</th>
						<th>{t('seller.column.state')}</th>
						<th className="end">{t('seller.column.orders')}</th>
						<th className="end">{t('seller.column.amount')}</th>
						<th className="end">{t('seller.column.confirmed')}</th>
						<th className="end">{t('seller.column.confirmedUnits')}</th>
						<th className="end">{t('seller.column.fee')}</th>
					</tr>
				</thead>
				<tbody>
					{sums.map((sum) => (
						<tr key={`${sum.issuer} ${sum.product} ${sum.kind} ${sum.state}`}>
							<td className="end">{sum.issuer >= 0 ? sum.issuer : t('ui.none')}</td>
							<td>
								<Foreign text={sum.product} />
							</td>
							<td>{kindWord(t, sum.kind)}</td>
							<td>{stateWord(t, sum.state)}</td>
							<td className="end">
								<Link
									to="/seller/orders"
									search={{ day, product: sum.product, ...(isState(sum.state) ? { state: sum.state } : {}) }}
								>
									<Amount value={sum.orders} />
								</Link>
							</td>
							<Values values={sum} />
						</tr>
					))}
				</tbody>
				<tfoot>
					<tr>
						<td colSpan={4} />
						<td className="end">
							<Amount value={totals.orders} />
						</td>
						<Values values={totals} />
					</tr>
				</tfoot>
			</table>
		</section>
	);
}

function Values({ values }: { values: Pick<Sum, 'amount' | 'confirmed_amount' | 'confirmed_units' | 'fee'> }) {
	return [values.amount, values.confirmed_amount, values.confirmed_units, values.fee].map((value, index) => (
		<td className="end" key={index}>
			<Amount value={value} least={2} />
		</td>
	));
}
