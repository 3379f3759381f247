// SPDX-License-Identifier: Apache-2.0

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { bodyOf, sales } from '../../api/client';
import type { components } from '../../api/generated/sales';
import { useMay } from '../../app/session';
import { Badge } from '../../ui/badge';
import { Dialog } from '../../ui/dialog';
import { Empty } from '../../ui/empty';
import { Failure } from '../../ui/failure';
import { Choice, Field } from '../../ui/field';
import { Foreign, ForeignBlock } from '../../ui/foreign';
import { Moment } from '../../ui/moment';
import { Loaded } from '../../ui/query';
import { RowsTable, type Column } from '../../ui/table';
import { quarantine, type Quarantined } from './queries';

type What = components['schemas']['What'];

const DECISIONS: readonly What[] = ['dismissed', 'read', 'confirmed', 'partial', 'rejected'];

/** What came from the node and cannot be read: kept with its bytes until somebody decides. */
export function Quarantine() {
	const { t } = useTranslation();
	const [all, setAll] = useState(false);
	const [shown, setShown] = useState<Quarantined>();
	const query = useQuery(quarantine(all));
	const columns = useMemo<readonly Column<Quarantined>[]>(
		() => [
			{ id: 'number', title: t('seller.column.number'), width: '5rem', end: true, cell: (q) => q.number },
			{
				id: 'state',
				title: t('seller.column.state'),
				width: '8rem',
				cell: (q) =>
					q.state === 'open' ? (
						<Badge tone="warn">{t('seller.quarantine.open')}</Badge>
					) : (
						<Badge tone="quiet">{t('seller.quarantine.decided')}</Badge>
					),
			},
			{ id: 'origin', title: t('seller.column.origin'), width: '9rem', cell: (q) => <Foreign text={q.origin} /> },
			{ id: 'id', title: t('seller.column.id'), width: 'minmax(9rem, 1fr)', cell: (q) => <Foreign text={q.id} /> },
			{ id: 'why', title: t('seller.column.reason'), width: 'minmax(12rem, 2fr)', cell: (q) => <Foreign text={q.reason} /> },
			{ id: 'put', title: t('seller.column.put'), width: '10.5rem', end: true, cell: (q) => <Moment at={q.put_at} /> },
		],
		[t],
	);
	return (
		<>
			<div className="title">
				<h1>{t('seller.quarantine.title')}</h1>
				<label>
					<input type="checkbox" checked={all} onChange={(event) => setAll(event.currentTarget.checked)} />{' '}
					{t('seller.quarantine.all')}
				</label>
			</div>
			<Loaded query={query}>
				{(entries) => (
					<RowsTable
						label={t('seller.quarantine.title')}
						columns={columns}
						rows={entries}
						keyOf={(entry) => String(entry.number)}
						onOpen={setShown}
						empty={
							<Empty title={t('seller.quarantine.empty')}>
								<p>{t('seller.quarantine.emptyTodo')}</p>
							</Empty>
						}
					/>
				)}
			</Loaded>
			{shown ? <Entry entry={shown} onClose={() => setShown(undefined)} /> : null}
		</>
	);
}

function Entry({ entry, onClose }: { entry: Quarantined; onClose: () => void }) {
	const { t } = useTranslation();
	const mayDecide = useMay('decide');
	return (
		<Dialog title={`${t('seller.quarantine.title')} ${entry.number}`} onClose={onClose}>
			<dl className="facts">
				<dt>{t('seller.column.origin')}</dt>
				<dd>
					<Foreign text={entry.origin} />
				</dd>
				<dt>{t('seller.column.id')}</dt>
				<dd>
					<Foreign text={entry.id} />
				</dd>
				<dt>{t('seller.column.reason')}</dt>
				<dd>
					<Foreign text={entry.reason} />
				</dd>
				{entry.note !== '' ? (
					<>
						<dt>{t('seller.quarantine.decided')}</dt>
						<dd>
							<Foreign text={entry.note} /> <Moment at={entry.decided_at} whole />
						</dd>
					</>
				) : null}
			</dl>
			<h3>{t('seller.quarantine.bytes')}</h3>
			<ForeignBlock text={entry.body} />
			{entry.state === 'open' && mayDecide ? <Decision entry={entry} onDone={onClose} /> : null}
		</Dialog>
	);
}

function Decision({ entry, onDone }: { entry: Quarantined; onDone: () => void }) {
	const { t } = useTranslation();
	const queries = useQueryClient();
	const [decision, setDecision] = useState<What>('dismissed');
	const decide = useMutation({
		mutationFn: (note: string) =>
			bodyOf(
				sales.POST('/v1/quarantine/{number}', {
					params: { path: { number: entry.number } },
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
