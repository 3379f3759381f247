// SPDX-License-Identifier: Apache-2.0

import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Amount } from '../../ui/amount';
import { Empty } from '../../ui/empty';
import { Foreign } from '../../ui/foreign';
import { Loaded } from '../../ui/query';
import { RowsTable, type Column } from '../../ui/table';
import { deskOf, type Listed } from './queries';
import { nextWords, Progress } from './words';

const route = getRouteApi('/issuer');

/** The board: how far each day of each product has come, and what is missing to go on. */
export function Desk() {
	const { t } = useTranslation();
	const { closed = false } = route.useSearch();
	const navigate = useNavigate();
	const query = useQuery(deskOf(closed));
	const columns = useMemo<readonly Column<Listed>[]>(
		() => [
			{ id: 'day', title: t('issuer.column.day'), width: '6.5rem', cell: (d) => d.day },
			{
				id: 'product',
				title: t('issuer.column.product'),
				width: 'minmax(5.5rem, 0.5fr)',
				cell: (d) => (
					<Link to="/issuer/days/$product/$day" params={{ product: d.product, day: d.day }}>
						<Foreign text={d.product} />
					</Link>
				),
			},
			{ id: 'progress', title: t('issuer.column.progress'), width: '12rem', cell: (d) => <Progress state={d.state} /> },
			{ id: 'next', title: t('issuer.column.next'), width: 'minmax(17rem, 3fr)', cell: (d) => <Foreign text={nextWords(t, d.next)} /> },
			{ id: 'nav', title: t('issuer.column.nav'), width: '5.5rem', end: true, cell: (d) => <Amount value={d.nav} /> },
			{ id: 'orders', title: t('issuer.column.orders'), width: '4.5rem', end: true, cell: (d) => <Amount value={d.orders} /> },
			{ id: 'held', title: t('issuer.column.held'), width: '4rem', end: true, cell: (d) => <Amount value={d.held} /> },
			{ id: 'late', title: t('issuer.column.late'), width: '4rem', end: true, cell: (d) => <Amount value={d.late} /> },
		],
		[t],
	);
	return (
		<>
			<div className="title">
				<h1>{t('issuer.desk.title')}</h1>
				<label>
					<input
						type="checkbox"
						checked={closed}
						onChange={(event) =>
							void navigate({ to: '/issuer', search: event.currentTarget.checked ? { closed: true } : {}, replace: true })
						}
					/>{' '}
					{t('issuer.desk.closed')}
				</label>
			</div>
			<Loaded query={query}>
				{({ days }) => (
					<RowsTable
						label={t('issuer.desk.title')}
						columns={columns}
						rows={days}
						keyOf={(day) => `${day.day} ${day.product}`}
						onOpen={({ product, day }) => void navigate({ to: '/issuer/days/$product/$day', params: { product, day } })}
						empty={
							<Empty title={t('issuer.desk.empty')}>
								<p>{t('issuer.desk.emptyTodo')}</p>
							</Empty>
						}
					/>
				)}
			</Loaded>
		</>
	);
}
