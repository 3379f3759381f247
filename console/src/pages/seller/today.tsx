// SPDX-License-Identifier: Apache-2.0

import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '../../app/session';
import { Amount } from '../../ui/amount';
import { Foreign, visible } from '../../ui/foreign';
import { today } from '../../ui/format';
import { Moment } from '../../ui/moment';
import { Loaded } from '../../ui/query';
import { usePerMinute } from '../../ui/rate';
import { useZone } from '../../ui/zone';
import { OrderLink } from './columns';
import { newestFiles, newestOrders, status, sumsOf, type Sum } from './queries';
import type { OrdersSearch } from './routes';
import { clauseWord, failedOf, StateBadge, STATES, type State } from './words';

/** Orders that wait which are shown at once. */
const SHOWN = 8;

/** The day in one look: how many orders stand where, what waits and why, what came in. */
export function Today() {
	const { t } = useTranslation();
	const day = today(useZone());
	const sums = useQuery(sumsOf(day));
	return (
		<>
			<div className="title">
				<h1>{t('seller.today.title')}</h1>
				<span className="quiet">{day}</span>
			</div>
			<Loaded query={sums}>{(rows) => <Figures sums={rows} day={day} />}</Loaded>
			<div className="columns">
				<Alarms />
				<Waiting />
				<Loaded query={sums}>{(rows) => <Partners sums={rows} day={day} />}</Loaded>
				<NewestFiles />
			</div>
		</>
	);
}

function Figures({ sums, day }: { sums: readonly Sum[]; day: string }) {
	const { t } = useTranslation();
	const count = (state?: State) =>
		sums.filter((sum) => state === undefined || sum.state === state).reduce((total, sum) => total + sum.orders, 0);
	const total = count();
	const perMinute = usePerMinute(total);
	const states = (Object.keys(STATES) as State[]).filter((state) => state !== 'finalised');
	const search = (state?: State): OrdersSearch => (state ? { day, state } : { day });
	return (
		<div className="figures">
			<Link className="figure" to="/seller/orders" search={search()}>
				<strong>
					<Amount value={total} />
				</strong>
				{t('seller.today.orders')}
			</Link>
			<div className="figure">
				<strong>{perMinute === undefined ? '…' : <Amount value={perMinute} />}</strong>
				{t('seller.today.perMinute')}
			</div>
			{states.map((state) => {
				const orders = count(state);
				const tone = orders > 0 && (STATES[state] === 'warn' || STATES[state] === 'bad') ? STATES[state] : '';
				return (
					<Link key={state} className={`figure ${tone}`} to="/seller/orders" search={search(state)}>
						<strong>
							<Amount value={orders} />
						</strong>
						{t(`seller.state.${state}`)}
					</Link>
				);
			})}
		</div>
	);
}

function Alarms() {
	const { t } = useTranslation();
	const may = useMay('monitor');
	const query = useQuery({ ...status, enabled: may });
	if (!may) return null;
	return (
		<section className="sheet">
			<h2>{t('seller.today.alarms')}</h2>
			<Loaded query={query}>
				{({ alarms }) =>
					alarms.length === 0 ? (
						<p className="quiet">{t('seller.today.noAlarms')}</p>
					) : (
						<ul>
							{alarms.map((alarm) => (
								<li key={alarm}>{visible(alarm)}</li>
							))}
						</ul>
					)
				}
			</Loaded>
		</section>
	);
}

/** Orders that are not on their way, and why. */
function Waiting() {
	const { t } = useTranslation();
	const unqualified = useQuery(newestOrders({ state: 'unqualified' }, SHOWN));
	const refused = useQuery(newestOrders({ state: 'refused' }, SHOWN));
	const orders = [...(refused.data?.records ?? []), ...(unqualified.data?.records ?? [])].slice(0, SHOWN);
	return (
		<section className="sheet">
			<h2>{t('seller.today.waits')}</h2>
			<Loaded query={unqualified.isError ? unqualified : refused}>
				{() =>
					orders.length === 0 ? (
						<p className="quiet">{t('seller.today.waitsNone')}</p>
					) : (
						<table className="plain fixed waiting">
							<tbody>
								{orders.map((order) => {
									const failed = failedOf(order)[0];
									const why = failed ? `${clauseWord(t, failed.code)}: ${failed.text}` : `${order.reason_code} ${order.reason_text}`;
									return (
										<tr key={order.id}>
											<td>
												<OrderLink id={order.id} />
											</td>
											<td>
												<StateBadge order={order} />
											</td>
											<td>
												<Foreign text={why} />
											</td>
										</tr>
									);
								})}
							</tbody>
						</table>
					)
				}
			</Loaded>
		</section>
	);
}

const OPEN = ['pending', 'accepted'];
const DONE = ['confirmed', 'partial', 'rejected', 'cancelled'];

function Partners({ sums, day }: { sums: readonly Sum[]; day: string }) {
	const { t } = useTranslation();
	const rows = useMemo(() => {
		const found = new Map<string, { issuer: number; product: string; open: number; done: number; stopped: number }>();
		for (const sum of sums) {
			const key = `${sum.issuer} ${sum.product}`;
			const row = found.get(key) ?? { issuer: sum.issuer, product: sum.product, open: 0, done: 0, stopped: 0 };
			if (OPEN.includes(sum.state)) row.open += sum.orders;
			else if (DONE.includes(sum.state)) row.done += sum.orders;
			else row.stopped += sum.orders;
			found.set(key, row);
		}
		return [...found.values()].sort((a, b) => a.issuer - b.issuer || (a.product < b.product ? -1 : 1));
	}, [sums]);
	return (
		<section className="sheet">
			<h2>{t('seller.today.byPartner')}</h2>
			{rows.length === 0 ? (
				<p className="quiet">{t('seller.day.empty')}</p>
			) : (
				<table className="plain">
					<thead>
						<tr>
							<th className="end">{t('seller.column.issuer')}</th>
							<th>{t('seller.column.product')}</th>
							<th className="end">{t('seller.today.open')}</th>
							<th className="end">{t('seller.today.done')}</th>
							<th className="end">{t('seller.today.waits')}</th>
						</tr>
					</thead>
					<tbody>
						{rows.map((row) => (
							<tr key={`${row.issuer} ${row.product}`}>
								<td className="end">{row.issuer >= 0 ? row.issuer : t('ui.none')}</td>
								<td>
									<Link to="/seller/orders" search={{ day, product: row.product }}>
										<Foreign text={row.product} />
									</Link>
								</td>
								<td className="end">
									<Amount value={row.open} />
								</td>
								<td className="end">
									<Amount value={row.done} />
								</td>
								<td className="end">
									<Amount value={row.stopped} />
								</td>
							</tr>
						))}
					</tbody>
				</table>
			)}
		</section>
	);
}

function NewestFiles() {
	const { t } = useTranslation();
	const query = useQuery(newestFiles);
	return (
		<section className="sheet">
			<h2>{t('seller.today.files')}</h2>
			<Loaded query={query}>
				{({ files }) =>
					files.length === 0 ? (
						<p className="quiet">{t('seller.files.empty')}</p>
					) : (
						<table className="plain fixed files">
							<tbody>
								{files.map((file) => (
									<tr key={file.source}>
										<td>
											<Foreign text={file.source} />
										</td>
										<td className="end">
											<Amount value={file.read} />
										</td>
										<td className="end">
											<Moment at={file.finished_at} />
										</td>
									</tr>
								))}
							</tbody>
						</table>
					)
				}
			</Loaded>
		</section>
	);
}
