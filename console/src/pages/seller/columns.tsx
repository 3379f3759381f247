// SPDX-License-Identifier: Apache-2.0

import { Link } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { kindWord } from '../../ui/business';
import { Amount } from '../../ui/amount';
import { Foreign, visible } from '../../ui/foreign';
import { Identifier } from '../../ui/identifier';
import { Moment } from '../../ui/moment';
import type { Column } from '../../ui/table';
import type { Order } from './queries';
import { clauseWord, failedOf, StateBadge } from './words';

/** An order's id that leads to its page. */
export function OrderLink({ id }: { id: string }) {
	return (
		<Identifier id={id}>
			<Link to="/seller/orders/$id" params={{ id }}>
				{visible(id)}
			</Link>
		</Identifier>
	);
}

/** What was asked for: an amount with its currency, or units. */
export function Asked({ order }: { order: Order }) {
	return order.amount !== '' ? <Amount value={order.amount} unit={order.currency} /> : <Amount value={order.units} />;
}

/** The columns of a list of orders. */
export function orderColumns(t: TFunction): readonly Column<Order>[] {
	return [
		{ id: 'id', title: t('seller.column.id'), width: 'minmax(13.5rem, 1.2fr)', cell: (o) => <OrderLink id={o.id} /> },
		{ id: 'state', title: t('seller.column.state'), width: '7.5rem', cell: (o) => <StateBadge order={o} /> },
		{ id: 'kind', title: t('seller.column.kind'), width: 'minmax(6.5rem, 0.4fr)', cell: (o) => kindWord(t, o.kind) },
		{
			id: 'product',
			title: t('seller.column.product'),
			width: 'minmax(5rem, 0.7fr)',
			cell: (o) => <Foreign text={o.product} />,
		},
		{
			id: 'customer',
			title: t('seller.column.customer'),
			width: 'minmax(6rem, 0.8fr)',
			cell: (o) => <Foreign text={o.customer} />,
		},
		{
			id: 'asked',
			title: t('seller.column.amount'),
			width: 'minmax(7.5rem, 0.8fr)',
			end: true,
			cell: (o) => <Asked order={o} />,
		},
		{
			id: 'units',
			title: t('seller.column.confirmedUnits'),
			width: 'minmax(6.5rem, 0.7fr)',
			end: true,
			cell: (o) => <Amount value={o.confirmed_units} />,
		},
		{
			id: 'why',
			title: t('seller.column.reason'),
			width: 'minmax(4.5rem, 1.6fr)',
			cell: (o) => <Why order={o} />,
		},
		{ id: 'read', title: t('seller.column.read'), width: '7rem', end: true, cell: (o) => <Moment at={o.read_at} /> },
	];

	function Why({ order }: { order: Order }) {
		const failed = failedOf(order);
		if (failed.length > 0) {
			return <Foreign text={failed.map((clause) => `${clauseWord(t, clause.code)}: ${clause.text}`).join(' · ')} />;
		}
		return order.reason_code === '' ? null : <Foreign text={`${order.reason_code} ${order.reason_text}`} />;
	}
}
