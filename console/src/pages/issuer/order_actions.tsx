// SPDX-License-Identifier: Apache-2.0

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { bodyOf } from '../../api/client';
import { issuer } from '../../api/issuer';
import { useMay } from '../../app/session';
import { Dialog } from '../../ui/dialog';
import { Failure } from '../../ui/failure';
import { Field } from '../../ui/field';
import { pick } from '../../ui/search';
import type { OrderView } from './queries';

type Act = 'hold' | 'letGo' | 'reject' | 'correct' | 'restore';
/** Those that ask for something first. */
type Asks = 'hold' | 'reject' | 'correct';

/** What a person can decide about an order of a day that is not confirmed. */
export function OrderActions({ seller, id, view }: { seller: number; id: string; view: OrderView }) {
	const { t } = useTranslation();
	const mayDecide = useMay('decide');
	const queries = useQueryClient();
	const [asks, setAsks] = useState<Asks>();
	const params = { params: { path: { seller, id } } };
	const act = useMutation({
		mutationFn: ({ what, form }: { what: Act; form?: FormData }) => {
			const text = (name: string) => String(form?.get(name) ?? '').trim();
			switch (what) {
				case 'hold':
					return bodyOf(issuer.POST('/v1/orders/{seller}/{id}/hold', { ...params, body: { note: text('note') } }));
				case 'letGo':
					return bodyOf(issuer.POST('/v1/orders/{seller}/{id}/let-go', params));
				case 'reject': {
					const body = { code: text('code'), text: text('text') };
					return bodyOf(issuer.POST('/v1/orders/{seller}/{id}/reject', { ...params, body }));
				}
				case 'correct': {
					const figures = pick<{ units?: string; amount?: string; fee?: string }>({
						units: text('units'),
						amount: text('amount'),
						fee: text('fee'),
					});
					const body = { ...figures, note: text('note') };
					return bodyOf(issuer.POST('/v1/orders/{seller}/{id}/correct', { ...params, body }));
				}
				case 'restore':
					return bodyOf(issuer.POST('/v1/orders/{seller}/{id}/restore', params));
			}
		},
		onSuccess: () => setAsks(undefined),
		onSettled: () =>
			Promise.all(
				['bookOrder', 'day', 'dayOrders', 'desk', 'totals'].map((key) => queries.invalidateQueries({ queryKey: [key] })),
			),
	});
	const part = view.parts[view.parts.length - 1];
	const isOpen = part !== undefined && (part.state === 'taken' || part.state === 'proposed');
	if (!mayDecide || !isOpen) return null;
	const submit = (event: FormEvent<HTMLFormElement>) => {
		event.preventDefault();
		if (asks) act.mutate({ what: asks, form: new FormData(event.currentTarget) });
	};
	const button = (what: Act, does: () => void, danger = false) => (
		<button type="button" className={danger ? 'danger' : undefined} disabled={act.isPending} onClick={does}>
			{t(`issuer.act.${what}`)}
		</button>
	);
	return (
		<>
			<div className="actions">
				{part.held ? button('letGo', () => act.mutate({ what: 'letGo' })) : button('hold', () => setAsks('hold'))}
				{part.state === 'proposed' ? (
					<>
						{button('correct', () => setAsks('correct'))}
						{button('reject', () => setAsks('reject'), true)}
						{part.decided_by !== '' ? button('restore', () => act.mutate({ what: 'restore' })) : null}
					</>
				) : null}
			</div>
			{act.isError && !asks ? <Failure error={act.error} /> : null}
			{asks ? (
				<Dialog
					title={t(`issuer.act.${asks}`)}
					onClose={() => {
						setAsks(undefined);
						act.reset();
					}}
				>
					<form onSubmit={submit}>
						<Questions of={asks} />
						<button type="submit" className={asks === 'reject' ? 'danger' : 'main'} disabled={act.isPending}>
							{t(`issuer.act.${asks}`)}
						</button>
					</form>
					{act.isError ? <Failure error={act.error} /> : null}
				</Dialog>
			) : null}
		</>
	);
}

function Questions({ of }: { of: Asks }) {
	const { t } = useTranslation();
	const note = <Field label={t('issuer.order.note')} name="note" required maxLength={200} />;
	if (of === 'hold') return note;
	if (of === 'reject') {
		return (
			<>
				<Field label={t('issuer.order.code')} name="code" required maxLength={32} pattern="[A-Z0-9_]+" placeholder="ASKED_BACK" />
				<Field label={t('issuer.order.text')} name="text" required maxLength={200} />
			</>
		);
	}
	const decimal = { inputMode: 'decimal', pattern: '\\d{1,18}(\\.\\d{1,8})?', autoComplete: 'off' } as const;
	return (
		<>
			<p className="quiet">{t('issuer.act.correctText')}</p>
			<Field label={t('issuer.order.units')} name="units" {...decimal} />
			<Field label={t('issuer.order.amount')} name="amount" {...decimal} />
			<Field label={t('issuer.order.fee')} name="fee" {...decimal} />
			{note}
		</>
	);
}
