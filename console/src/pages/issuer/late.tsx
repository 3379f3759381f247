// SPDX-License-Identifier: Apache-2.0

import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { kindWord } from '../../ui/business';
import { Empty } from '../../ui/empty';
import { Foreign, visible } from '../../ui/foreign';
import { Moment } from '../../ui/moment';
import { Loaded } from '../../ui/query';
import { ListTable, type Column } from '../../ui/table';
import { dayOrdersOf, deskOf, type DayOrder, type Listed } from './queries';
import { Asked, OrderLink, PlaceBadge } from './words';

/** Orders that came too late for the day that they were meant for, by the day that they are in. */
export function Late() {
	const { t } = useTranslation();
	const query = useQuery(deskOf(true));
	return (
		<>
			<h1>{t('issuer.late.title')}</h1>
			<Loaded query={query}>
				{({ days }) => {
					const late = days.filter((day) => day.late > 0);
					if (late.length === 0) {
						return (
							<Empty title={t('issuer.late.empty')}>
								<p>{t('issuer.late.emptyTodo')}</p>
							</Empty>
						);
					}
					return late.map((day) => <LateOf key={`${day.day} ${day.product}`} day={day} />);
				}}
			</Loaded>
		</>
	);
}

function LateOf({ day: { product, day } }: { day: Listed }) {
	const { t } = useTranslation();
	const navigate = useNavigate();
	const source = useMemo(() => dayOrdersOf(product, day, { late: true }), [product, day]);
	const columns = useMemo<readonly Column<DayOrder>[]>(
		() => [
			{ id: 'id', title: t('issuer.column.id'), width: 'minmax(9rem, 1fr)', cell: (o) => <OrderLink seller={o.seller} id={o.id} /> },
			{ id: 'seller', title: t('issuer.column.seller'), width: '5rem', end: true, cell: (o) => o.seller },
			{ id: 'kind', title: t('issuer.column.kind'), width: '8rem', cell: (o) => kindWord(t, o.kind) },
			{ id: 'customer', title: t('issuer.column.customer'), width: 'minmax(8rem, 1fr)', cell: (o) => <Foreign text={o.customer} /> },
			{ id: 'asked', title: t('issuer.column.asked'), width: '10rem', end: true, cell: (o) => <Asked order={o} /> },
			{ id: 'state', title: t('issuer.column.state'), width: '8rem', cell: (o) => <PlaceBadge order={o} /> },
			{ id: 'for', title: t('issuer.column.lateFor'), width: '8rem', cell: (o) => o.late_for },
			{ id: 'received', title: t('issuer.column.received'), width: '10.5rem', end: true, cell: (o) => <Moment at={o.received_at} whole /> },
		],
		[t],
	);
	const title = t('issuer.day.title', { product: visible(product), day });
	return (
		<section className="sheet list">
			<h2>{title}</h2>
			<ListTable
				label={title}
				columns={columns}
				source={source}
				keyOf={(order) => `${order.seller} ${order.id} ${order.part}`}
				onOpen={(order) =>
					void navigate({ to: '/issuer/orders/$seller/$id', params: { seller: String(order.seller), id: order.id } })
				}
				empty={<Empty title={t('issuer.late.empty')} />}
			/>
		</section>
	);
}
