// SPDX-License-Identifier: Apache-2.0

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { bodyOf } from '../../api/client';
import { issuer } from '../../api/issuer';
import { useSession } from '../../app/session';
import { Dialog } from '../../ui/dialog';
import { Failure } from '../../ui/failure';
import type { Day } from './queries';

type Act = 'freeze' | 'review' | 'confirm' | 'close';

/** What each step needs of a user, and in which state of the day it is offered. */
const STEPS: readonly { act: Act; step: Day['next']['step']; role: 'decide' | 'approve' }[] = [
	{ act: 'freeze', step: 'freeze', role: 'decide' },
	{ act: 'review', step: 'review', role: 'decide' },
	{ act: 'confirm', step: 'confirm', role: 'approve' },
	{ act: 'close', step: 'close', role: 'approve' },
];

/** The step that leads a day on, for who may take it. What one agrees to is the revision that one sees. */
export function DayActions({ day }: { day: Day }) {
	const { t } = useTranslation();
	const session = useSession();
	const queries = useQueryClient();
	const [asks, setAsks] = useState<Act>();
	const [withRefused, setWithRefused] = useState(false);
	const params = { params: { path: { product: day.product, day: day.day } } };
	const act = useMutation({
		mutationFn: ({ what, revision }: { what: Act; revision: number }) => {
			switch (what) {
				case 'freeze':
					return bodyOf(issuer.POST('/v1/days/{product}/{day}/freeze', params));
				case 'review':
					return bodyOf(issuer.POST('/v1/days/{product}/{day}/review', { ...params, body: { revision } }));
				case 'confirm':
					return bodyOf(issuer.POST('/v1/days/{product}/{day}/confirm', { ...params, body: { revision } }));
				case 'close':
					return bodyOf(issuer.POST('/v1/days/{product}/{day}/close', { ...params, body: { with_refused: withRefused } }));
			}
		},
		onSettled: () => {
			setAsks(undefined);
			return Promise.all(['day', 'desk', 'dayOrders', 'totals'].map((key) => queries.invalidateQueries({ queryKey: [key] })));
		},
	});
	const offered = STEPS.find(({ step, role }) => step === day.next.step && session.roles.includes(role));
	const refused = day.next.missing.some((missing) => missing.what === 'answers_refused');
	const waits = day.next.missing.some((missing) => missing.what !== 'answers_refused');
	const isOther = !day.next.not_by.includes(session.name);
	return (
		<>
			{offered && isOther ? (
				<div className="actions">
					<button type="button" className="main" disabled={waits || act.isPending} onClick={() => setAsks(offered.act)}>
						{t(`issuer.act.${offered.act}`)}
					</button>
				</div>
			) : null}
			{act.isError ? <Failure error={act.error} /> : null}
			{asks ? (
				<Dialog title={t(`issuer.act.${asks}`)} onClose={() => setAsks(undefined)}>
					{asks === 'freeze' ? null : <p>{t(`issuer.act.${asks}Text`)}</p>}
					{asks === 'close' && refused ? (
						<label>
							<input
								type="checkbox"
								checked={withRefused}
								onChange={(event) => setWithRefused(event.currentTarget.checked)}
							/>{' '}
							{t('issuer.act.closeRefused')}
						</label>
					) : null}
					<div className="actions">
						<button
							type="button"
							className="main"
							disabled={act.isPending}
							onClick={() => act.mutate({ what: asks, revision: day.revision })}
						>
							{t(`issuer.act.${asks}`)}
						</button>
						<button type="button" onClick={() => setAsks(undefined)}>
							{t('ui.cancel')}
						</button>
					</div>
				</Dialog>
			) : null}
		</>
	);
}
