// SPDX-License-Identifier: Apache-2.0

import { useMemo, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Empty } from '../../ui/empty';
import { Field } from '../../ui/field';
import { Foreign, visible } from '../../ui/foreign';
import { Moment } from '../../ui/moment';
import { ListTable, type Column } from '../../ui/table';
import { auditOf, type AuditRow } from './queries';

/** Who did or saw what, newest first. */
export function AuditLog() {
	const { t } = useTranslation();
	const [actor, setActor] = useState('');
	const source = useMemo(() => auditOf(actor), [actor]);
	const columns = useMemo<readonly Column<AuditRow>[]>(
		() => [
			{ id: 'number', title: t('house.audit.number'), width: '6rem', end: true, cell: (row) => row.number },
			{ id: 'at', title: t('house.audit.at'), width: '10.5rem', cell: (row) => <Moment at={row.at} /> },
			{
				id: 'who',
				title: t('house.audit.who'),
				width: 'minmax(7rem, 0.6fr)',
				cell: (row) => (row.actor === '' ? t('house.audit.strangers') : <bdi>{visible(row.actor)}</bdi>),
			},
			{ id: 'from', title: t('house.audit.client'), width: '10rem', cell: (row) => row.client },
			{ id: 'method', title: t('house.audit.method'), width: '6.5rem', cell: (row) => row.method },
			{ id: 'path', title: t('house.audit.path'), width: 'minmax(14rem, 3fr)', cell: (row) => <Foreign text={row.path} /> },
			{ id: 'status', title: t('house.audit.status'), width: '5rem', end: true, cell: (row) => row.status },
			{
				id: 'entries',
				title: t('house.audit.entries'),
				width: '6rem',
				end: true,
				cell: (row) => (row.entries < 0 ? null : row.entries),
			},
		],
		[t],
	);
	const submit = (event: FormEvent<HTMLFormElement>) => {
		event.preventDefault();
		setActor(String(new FormData(event.currentTarget).get('actor')).trim());
	};
	return (
		<>
			<h1>{t('house.audit.title')}</h1>
			<form className="filters" onSubmit={submit}>
				<Field label={t('house.audit.who')} name="actor" spellCheck={false} />
				<button type="submit">{t('seller.filter.find')}</button>
			</form>
			<ListTable
				label={t('house.audit.title')}
				columns={columns}
				source={source}
				keyOf={(row) => String(row.number)}
				empty={
					<Empty title={t('house.audit.empty')}>
						<p>{t('house.audit.emptyTodo')}</p>
					</Empty>
				}
			/>
		</>
	);
}
