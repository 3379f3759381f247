// SPDX-License-Identifier: Apache-2.0

import type { UseQueryResult } from '@tanstack/react-query';
import { useMemo, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Badge } from './badge';
import { Dialog } from './dialog';
import { Empty } from './empty';
import { Foreign, ForeignBlock, ForeignText } from './foreign';
import { Moment } from './moment';
import { Loaded } from './query';
import { RowsTable, type Column } from './table';

/** An entry of the quarantine of a bank or of an issuer, as their APIs have it. */
export interface Quarantined {
	number: number;
	origin: string;
	id: string;
	reason: string;
	body: string;
	state: string;
	note: string;
	put_at: number;
	decided_at: number;
}

interface Props {
	/** A hook for the entries, with those that were decided about or without. */
	useEntries: (all: boolean) => UseQueryResult<Quarantined[]>;
	/** What is asked about an entry that is open, of who may decide. */
	decide: (entry: Quarantined, onDone: () => void) => ReactNode;
}

/** What came from the node and cannot be read: kept with its bytes until somebody decides. */
export function QuarantinePage({ useEntries, decide }: Props) {
	const { t } = useTranslation();
	const [all, setAll] = useState(false);
	const [shown, setShown] = useState<Quarantined>();
	const query = useEntries(all);
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
			{shown ? <Entry entry={shown} decide={decide} onClose={() => setShown(undefined)} /> : null}
		</>
	);
}

function Entry({ entry, decide, onClose }: { entry: Quarantined; decide: Props['decide']; onClose: () => void }) {
	const { t } = useTranslation();
	return (
		<Dialog title={`${t('seller.quarantine.title')} ${entry.number}`} onClose={onClose}>
			<dl className="facts">
				<dt>{t('seller.column.origin')}</dt>
				<dd>
					<ForeignText text={entry.origin} />
				</dd>
				<dt>{t('seller.column.id')}</dt>
				<dd>
					<ForeignText text={entry.id} />
				</dd>
				<dt>{t('seller.column.reason')}</dt>
				<dd>
					<ForeignText text={entry.reason} />
				</dd>
				{entry.note !== '' ? (
					<>
						<dt>{t('seller.quarantine.decided')}</dt>
						<dd>
							<ForeignText text={entry.note} /> <Moment at={entry.decided_at} whole />
						</dd>
					</>
				) : null}
			</dl>
			<h3>{t('seller.quarantine.bytes')}</h3>
			<ForeignBlock text={entry.body} />
			{entry.state === 'open' ? decide(entry, onClose) : null}
		</Dialog>
	);
}
