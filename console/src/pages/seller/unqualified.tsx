// SPDX-License-Identifier: Apache-2.0

import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { kindWord } from '../../ui/business';
import { Empty } from '../../ui/empty';
import { Foreign } from '../../ui/foreign';
import { Moment } from '../../ui/moment';
import { Loaded } from '../../ui/query';
import { ListTable, type Column } from '../../ui/table';
import { Asked, OrderLink } from './columns';
import { ordersOf, unqualified, type Order } from './queries';
import { clauseWord, failedOf } from './words';

const route = getRouteApi('/seller/unqualified');

/** Orders that do not meet the clauses: how many fail which, and for each the value that failed. */
export function NotQualified() {
	const { t } = useTranslation();
	const { clause } = route.useSearch();
	const navigate = useNavigate();
	const counts = useQuery(unqualified);
	const source = useMemo(() => ordersOf({ state: 'unqualified', ...(clause ? { clause } : {}) }), [clause]);
	const columns = useMemo<readonly Column<Order>[]>(
		() => [
			{ id: 'id', title: t('seller.column.id'), width: 'minmax(14rem, 1fr)', cell: (o) => <OrderLink id={o.id} /> },
			{ id: 'kind', title: t('seller.column.kind'), width: '6rem', cell: (o) => kindWord(t, o.kind) },
			{ id: 'product', title: t('seller.column.product'), width: 'minmax(5rem, 0.4fr)', cell: (o) => <Foreign text={o.product} /> },
			{ id: 'customer', title: t('seller.column.customer'), width: 'minmax(6rem, 0.5fr)', cell: (o) => <Foreign text={o.customer} /> },
			{ id: 'asked', title: t('seller.column.amount'), width: '7.5rem', end: true, cell: (o) => <Asked order={o} /> },
			{
				id: 'why',
				title: t('seller.column.clauses'),
				width: 'minmax(14rem, 3fr)',
				cell: (o) => (
					<Foreign
						text={failedOf(o)
							.map((failed) => `${clauseWord(t, failed.code)}: ${failed.text}`)
							.join(' · ')}
					/>
				),
			},
			{ id: 'retry', title: t('seller.column.retry'), width: '8rem', end: true, cell: (o) => <Moment at={o.retry_at} /> },
		],
		[t],
	);
	return (
		<>
			<h1>{t('seller.unqualified.title')}</h1>
			<Loaded query={counts}>
				{(found) => (
					<nav className="actions" aria-label={t('seller.column.clauses')}>
						<Link className="button" to="/seller/unqualified" search={{}} activeOptions={{ exact: true, includeSearch: true }}>
							{t('seller.unqualified.all')} <strong>{found.orders}</strong>
						</Link>
						{Object.entries(found.clauses)
							.sort(([, a], [, b]) => b - a)
							.map(([code, count]) => (
								<Link
									key={code}
									className="button"
									to="/seller/unqualified"
									search={{ clause: code }}
									activeOptions={{ exact: true, includeSearch: true }}
								>
									{clauseWord(t, code)} <strong>{count}</strong>
								</Link>
							))}
						{found.is_all ? null : (
							<span className="quiet">{t('seller.unqualified.newest', { orders: found.orders })}</span>
						)}
					</nav>
				)}
			</Loaded>
			<ListTable
				label={t('seller.unqualified.title')}
				columns={columns}
				source={source}
				keyOf={(order) => order.id}
				onOpen={(order) => void navigate({ to: '/seller/orders/$id', params: { id: order.id } })}
				empty={
					<Empty title={t('seller.unqualified.empty')}>
						<p>{t('seller.unqualified.emptyTodo')}</p>
					</Empty>
				}
			/>
		</>
	);
}
