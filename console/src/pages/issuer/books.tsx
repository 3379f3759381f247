// SPDX-License-Identifier: Apache-2.0

import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Amount } from '../../ui/amount';
import { kindWord } from '../../ui/business';
import { Empty } from '../../ui/empty';
import { Foreign } from '../../ui/foreign';
import { Moment } from '../../ui/moment';
import { ListTable, type Column } from '../../ui/table';
import { BookFilterForm, type BookFilter } from './filter';
import { entriesOf, waiting, type Entry } from './queries';
import { OrderLink, OutcomeBadge } from './words';

/** Orders that are answered, those decided last first; above them what cannot be decided yet. */
export function Books() {
	const { t } = useTranslation();
	const navigate = useNavigate();
	const [filter, setFilter] = useState<BookFilter>({});
	const source = useMemo(() => entriesOf(filter), [filter]);
	const columns = useMemo<readonly Column<Entry>[]>(
		() => [
			{ id: 'id', title: t('issuer.column.id'), width: 'minmax(9.5rem, 1.6fr)', cell: (o) => <OrderLink seller={o.seller} id={o.id} /> },
			{ id: 'seller', title: t('issuer.column.seller'), width: '3rem', end: true, cell: (o) => o.seller },
			{ id: 'kind', title: t('issuer.column.kind'), width: 'minmax(6rem, 0.5fr)', cell: (o) => kindWord(t, o.kind) },
			{ id: 'product', title: t('issuer.column.product'), width: 'minmax(4.5rem, 0.5fr)', cell: (o) => <Foreign text={o.product} /> },
			{ id: 'customer', title: t('issuer.column.customer'), width: 'minmax(6rem, 0.8fr)', cell: (o) => <Foreign text={o.customer} /> },
			{ id: 'outcome', title: t('issuer.column.outcome'), width: '5rem', cell: (o) => <OutcomeBadge outcome={o.outcome} /> },
			{ id: 'reason', title: t('issuer.column.reason'), width: 'minmax(4rem, 1fr)', cell: (o) => <Foreign text={o.reason_code} /> },
			{ id: 'units', title: t('issuer.column.units'), width: 'minmax(6.5rem, 0.6fr)', end: true, cell: (o) => <Amount value={o.units} /> },
			{ id: 'amount', title: t('issuer.column.amount'), width: 'minmax(6.5rem, 0.6fr)', end: true, cell: (o) => <Amount value={o.amount} /> },
			{ id: 'date', title: t('issuer.column.tradeDate'), width: '6.3rem', cell: (o) => o.trade_date },
			{ id: 'at', title: t('issuer.column.decided'), width: '6.5rem', end: true, cell: (o) => <Moment at={o.decided_at} /> },
		],
		[t],
	);
	return (
		<>
			<h1>{t('issuer.books.title')}</h1>
			<WaitingOrders />
			<BookFilterForm onFilter={setFilter} />
			<ListTable
				label={t('issuer.books.title')}
				columns={columns}
				source={source}
				keyOf={(order) => `${order.seller} ${order.id}`}
				onOpen={(order) =>
					void navigate({ to: '/issuer/orders/$seller/$id', params: { seller: String(order.seller), id: order.id } })
				}
				empty={
					<Empty title={t('issuer.books.empty')}>
						<p>{t('issuer.books.emptyTodo')}</p>
					</Empty>
				}
			/>
		</>
	);
}

function WaitingOrders() {
	const { t } = useTranslation();
	const query = useQuery(waiting);
	const orders = query.data?.orders ?? [];
	if (orders.length === 0) return null;
	return (
		<section className="sheet">
			<h2>{t('issuer.books.waiting')}</h2>
			<table className="plain fixed">
				<tbody>
					{orders.map((order) => (
						<tr key={`${order.seller} ${order.id}`}>
							<td>
								<OrderLink seller={order.seller} id={order.id} />
							</td>
							<td>
								<Foreign text={order.product} />
							</td>
							<td>
								<Foreign text={order.waits_for} />
							</td>
						</tr>
					))}
				</tbody>
			</table>
		</section>
	);
}
