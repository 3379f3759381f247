// SPDX-License-Identifier: Apache-2.0

import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Amount } from '../../ui/amount';
import { Empty } from '../../ui/empty';
import { Foreign } from '../../ui/foreign';
import { Identifier } from '../../ui/identifier';
import { ListTable, type Column } from '../../ui/table';
import { BookFilterForm, type BookFilter } from './filter';
import { holdingsOf, type Holding } from './queries';

/** Who holds how many units of what, as the books have it. */
export function Holdings() {
	const { t } = useTranslation();
	const [filter, setFilter] = useState<BookFilter>({});
	const source = useMemo(() => holdingsOf(filter), [filter]);
	const columns = useMemo<readonly Column<Holding>[]>(
		() => [
			{ id: 'product', title: t('issuer.column.product'), width: 'minmax(8rem, 1fr)', cell: (h) => <Foreign text={h.product} /> },
			{ id: 'seller', title: t('issuer.column.seller'), width: '6rem', end: true, cell: (h) => h.seller },
			{ id: 'customer', title: t('issuer.column.customer'), width: 'minmax(10rem, 2fr)', cell: (h) => <Identifier id={h.customer} /> },
			{ id: 'units', title: t('issuer.column.units'), width: 'minmax(10rem, 1fr)', end: true, cell: (h) => <Amount value={h.units} /> },
		],
		[t],
	);
	return (
		<>
			<h1>{t('issuer.holdings.title')}</h1>
			<BookFilterForm onFilter={setFilter} />
			<ListTable
				label={t('issuer.holdings.title')}
				columns={columns}
				source={source}
				keyOf={(holding) => `${holding.product} ${holding.seller} ${holding.customer}`}
				empty={
					<Empty title={t('issuer.holdings.empty')}>
						<p>{t('issuer.holdings.emptyTodo')}</p>
					</Empty>
				}
			/>
		</>
	);
}
