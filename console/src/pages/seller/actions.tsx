// SPDX-License-Identifier: Apache-2.0

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { bodyOf, sales } from '../../api/client';
import { useMay } from '../../app/session';
import { Dialog } from '../../ui/dialog';
import { Failure } from '../../ui/failure';
import { visible } from '../../ui/foreign';
import type { Order } from './queries';

/** Where an order can still be stopped or sent again by this terminal alone. */
const UNSENT = ['unqualified', 'refused', 'pending'];
/** Where nothing is left to cancel. */
const OVER = ['rejected', 'cancelled'];

/** What one can do with an order. Only what the state allows is offered; the server decides. */
export function OrderActions({ order }: { order: Order }) {
	const { t } = useTranslation();
	const mayDecide = useMay('decide');
	const queries = useQueryClient();
	const [asks, setAsks] = useState(false);
	const params = { params: { path: { id: order.id } } };
	const act = useMutation({
		mutationFn: async (what: 'hold' | 'release' | 'retry' | 'cancel'): Promise<string> => {
			switch (what) {
				case 'hold':
					await bodyOf(sales.POST('/v1/records/{id}/hold', params));
					return t('seller.act.held');
				case 'release':
					await bodyOf(sales.POST('/v1/records/{id}/release', params));
					return t('seller.act.released');
				case 'retry':
					await bodyOf(sales.POST('/v1/records/{id}/retry', params));
					return t('seller.act.retried');
				case 'cancel': {
					const done = await bodyOf(sales.POST('/v1/records/{id}/cancel', params));
					return done.how === 'here'
						? t('seller.act.cancelHere')
						: t('seller.act.cancelAsked', { id: done.cancellation });
				}
			}
		},
		onSettled: () => {
			setAsks(false);
			return queries.invalidateQueries({ queryKey: ['record', order.id] });
		},
	});
	if (!mayDecide) return null;
	const isUnsent = UNSENT.includes(order.state);
	return (
		<>
			<div className="actions">
				{isUnsent && !order.held ? (
					<>
						<button type="button" disabled={act.isPending} onClick={() => act.mutate('retry')}>
							{t('seller.act.retry')}
						</button>
						<button type="button" disabled={act.isPending} onClick={() => act.mutate('hold')}>
							{t('seller.act.hold')}
						</button>
					</>
				) : null}
				{order.held ? (
					<button type="button" disabled={act.isPending} onClick={() => act.mutate('release')}>
						{t('seller.act.release')}
					</button>
				) : null}
				{!OVER.includes(order.state) && order.kind !== 'cancellation' ? (
					<button type="button" className="danger" disabled={act.isPending} onClick={() => setAsks(true)}>
						{t('seller.act.cancel')}
					</button>
				) : null}
			</div>
			{act.isSuccess ? (
				<p role="status" className="notice">
					{act.data}
				</p>
			) : null}
			{act.isError ? <Failure error={act.error} /> : null}
			{asks ? (
				<Dialog title={t('seller.act.cancel')} onClose={() => setAsks(false)}>
					<p>{t('seller.act.cancelText')}</p>
					<p>
						<bdi className="mono">{visible(order.id)}</bdi>
					</p>
					<div className="actions">
						<button type="button" className="danger" disabled={act.isPending} onClick={() => act.mutate('cancel')}>
							{t('seller.act.cancel')}
						</button>
						<button type="button" onClick={() => setAsks(false)}>
							{t('ui.cancel')}
						</button>
					</div>
				</Dialog>
			) : null}
		</>
	);
}
