// SPDX-License-Identifier: Apache-2.0

import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Empty } from '../../ui/empty';
import { Foreign } from '../../ui/foreign';
import { Identifier } from '../../ui/identifier';
import { Moment } from '../../ui/moment';
import { ListTable, type Column } from '../../ui/table';
import { BookFilterForm, type BookFilter } from './filter';
import { registeredOf, type Registered } from './queries';
import { OutcomeBadge } from './words';

/** Which customers of which seller are registered, those decided last first. */
export function Registrations() {
	const { t } = useTranslation();
	const [filter, setFilter] = useState<BookFilter>({});
	const source = useMemo(() => registeredOf(filter), [filter]);
	const columns = useMemo<readonly Column<Registered>[]>(
		() => [
			{ id: 'seller', title: t('issuer.column.seller'), width: '6rem', end: true, cell: (r) => r.seller },
			{ id: 'customer', title: t('issuer.column.customer'), width: 'minmax(10rem, 1fr)', cell: (r) => <Identifier id={r.customer} /> },
			{ id: 'outcome', title: t('issuer.column.outcome'), width: '8rem', cell: (r) => <OutcomeBadge outcome={r.outcome} /> },
			{ id: 'account', title: t('issuer.column.account'), width: 'minmax(8rem, 1fr)', cell: (r) => <Foreign text={r.account} /> },
			{ id: 'reason', title: t('issuer.column.reason'), width: 'minmax(8rem, 1fr)', cell: (r) => <Foreign text={r.reason_code} /> },
			{ id: 'received', title: t('issuer.column.received'), width: '10.5rem', end: true, cell: (r) => <Moment at={r.received_at} /> },
			{ id: 'decided', title: t('issuer.column.decided'), width: '10.5rem', end: true, cell: (r) => <Moment at={r.decided_at} /> },
		],
		[t],
	);
	return (
		<>
			<h1>{t('issuer.registrations.title')}</h1>
			<BookFilterForm onFilter={setFilter} product={false} />
			<ListTable
				label={t('issuer.registrations.title')}
				columns={columns}
				source={source}
				keyOf={(registration) => `${registration.seller} ${registration.id}`}
				empty={
					<Empty title={t('issuer.registrations.empty')}>
						<p>{t('issuer.registrations.emptyTodo')}</p>
					</Empty>
				}
			/>
		</>
	);
}
