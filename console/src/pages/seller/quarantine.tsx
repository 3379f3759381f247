// SPDX-License-Identifier: Apache-2.0

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { bodyOf, sales } from '../../api/client';
import type { components } from '../../api/generated/sales';
import { useMay } from '../../app/session';
import { Failure } from '../../ui/failure';
import { Choice, Field } from '../../ui/field';
import { QuarantinePage } from '../../ui/quarantine';
import { quarantine } from './queries';

const useEntries = (all: boolean) => useQuery(quarantine(all));

type What = components['schemas']['What'];

const DECISIONS: readonly What[] = ['dismissed', 'read', 'confirmed', 'partial', 'rejected'];

/** A bank's quarantine: what becomes of an entry is for somebody to say. */
export function Quarantine() {
	return (
		<QuarantinePage
			useEntries={useEntries}
			decide={({ number }, onDone) => <Decision number={number} onDone={onDone} />}
		/>
	);
}

function Decision({ number, onDone }: { number: number; onDone: () => void }) {
	const { t } = useTranslation();
	const mayDecide = useMay('decide');
	const queries = useQueryClient();
	const [decision, setDecision] = useState<What>('dismissed');
	const decide = useMutation({
		mutationFn: (note: string) =>
			bodyOf(
				sales.POST('/v1/quarantine/{number}', {
					params: { path: { number } },
					body: { decision, note },
				}),
			),
		onSuccess: async () => {
			await queries.invalidateQueries({ queryKey: ['quarantine'] });
			onDone();
		},
	});
	const submit = (event: FormEvent<HTMLFormElement>) => {
		event.preventDefault();
		decide.mutate(String(new FormData(event.currentTarget).get('note')));
	};
	if (!mayDecide) return null;
	return (
		<form onSubmit={submit}>
			<Choice
				label={t('seller.quarantine.what')}
				options={DECISIONS.map((what): [What, string] => [what, t(`seller.quarantine.${what}`)])}
				value={decision}
				onChoose={setDecision}
			/>
			<Field label={t('seller.quarantine.note')} name="note" required maxLength={500} />
			<button type="submit" className="main" disabled={decide.isPending}>
				{t('seller.quarantine.decide')}
			</button>
			{decide.isError ? <Failure error={decide.error} /> : null}
		</form>
	);
}
