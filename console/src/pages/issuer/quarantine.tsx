// SPDX-License-Identifier: Apache-2.0

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { bodyOf } from '../../api/client';
import { issuer } from '../../api/issuer';
import { useMay } from '../../app/session';
import { Failure } from '../../ui/failure';
import { Field } from '../../ui/field';
import { QuarantinePage } from '../../ui/quarantine';
import { quarantine } from './queries';

const useEntries = (all: boolean) => useQuery(quarantine(all));

/** An issuer's quarantine: an order without an id has no answer, so all that can be done is to say that it was seen to. */
export function Quarantine() {
	return (
		<QuarantinePage
			useEntries={useEntries}
			decide={({ number }, onDone) => <Dismissal number={number} onDone={onDone} />}
		/>
	);
}

function Dismissal({ number, onDone }: { number: number; onDone: () => void }) {
	const { t } = useTranslation();
	const mayDecide = useMay('decide');
	const queries = useQueryClient();
	const dismiss = useMutation({
		mutationFn: (note: string) =>
			bodyOf(issuer.POST('/v1/quarantine/{number}/dismiss', { params: { path: { number } }, body: { note } })),
		onSuccess: async () => {
			await queries.invalidateQueries({ queryKey: ['quarantine'] });
			onDone();
		},
	});
	const submit = (event: FormEvent<HTMLFormElement>) => {
		event.preventDefault();
		dismiss.mutate(String(new FormData(event.currentTarget).get('note')));
	};
	if (!mayDecide) return null;
	return (
		<form onSubmit={submit}>
			<p className="quiet">{t('issuer.quarantine.text')}</p>
			<Field label={t('seller.quarantine.note')} name="note" required maxLength={500} />
			<button type="submit" className="main" disabled={dismiss.isPending}>
				{t('issuer.quarantine.dismiss')}
			</button>
			{dismiss.isError ? <Failure error={dismiss.error} /> : null}
		</form>
	);
}
