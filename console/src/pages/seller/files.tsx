// SPDX-License-Identifier: Apache-2.0

import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '../../app/session';
import { Amount } from '../../ui/amount';
import { Dialog } from '../../ui/dialog';
import { Empty } from '../../ui/empty';
import { Foreign, visible } from '../../ui/foreign';
import { Moment } from '../../ui/moment';
import { ListTable, type Column } from '../../ui/table';
import { HandIn } from './hand_in';
import { defectsOf, files, type Defect, type File } from './queries';

/** Files of orders as they were read, with their bad lines; orders can be handed in here, too. */
export function Files() {
	const { t } = useTranslation();
	const mayTrade = useMay('trade');
	const [shown, setShown] = useState<string>();
	const columns = useMemo<readonly Column<File>[]>(() => {
		const count = (id: 'read' | 'qualified' | 'unqualified' | 'duplicates' | 'malformed', title: string) => ({
			id,
			title,
			width: '7rem',
			end: true,
			cell: (file: File) => <Amount value={file[id]} />,
		});
		return [
			{
				id: 'file',
				title: t('seller.column.file'),
				width: 'minmax(14rem, 2fr)',
				cell: (file) => <Foreign text={file.source} />,
			},
			count('read', t('seller.column.orders')),
			count('qualified', t('seller.column.qualified')),
			count('unqualified', t('seller.column.unqualified')),
			count('duplicates', t('seller.column.duplicates')),
			count('malformed', t('seller.column.malformed')),
			{
				id: 'finished',
				title: t('seller.column.finished'),
				width: '10.5rem',
				end: true,
				cell: (file) => <Moment at={file.finished_at} />,
			},
		];
	}, [t]);
	return (
		<>
			<h1>{t('seller.files.title')}</h1>
			{mayTrade ? <HandIn /> : null}
			<ListTable
				label={t('seller.files.title')}
				columns={columns}
				source={files}
				keyOf={(file) => file.source}
				onOpen={(file) => setShown(file.source)}
				empty={
					<Empty title={t('seller.files.empty')}>
						<p>{t('seller.files.emptyTodo')}</p>
					</Empty>
				}
			/>
			<p className="quiet">{t('seller.files.out')}</p>
			{shown !== undefined ? <Defects source={shown} onClose={() => setShown(undefined)} /> : null}
		</>
	);
}

function Defects({ source, onClose }: { source: string; onClose: () => void }) {
	const { t } = useTranslation();
	const list = useMemo(() => defectsOf(source), [source]);
	const columns = useMemo<readonly Column<Defect>[]>(
		() => [
			{ id: 'line', title: t('seller.column.line'), width: '5rem', end: true, cell: (d) => d.line },
			{ id: 'field', title: t('seller.column.field'), width: '8rem', cell: (d) => <Foreign text={d.field} /> },
			{ id: 'value', title: t('seller.column.value'), width: 'minmax(8rem, 1fr)', cell: (d) => <Foreign text={d.value} /> },
			{ id: 'rule', title: t('seller.column.rule'), width: 'minmax(10rem, 2fr)', cell: (d) => <Foreign text={d.rule} /> },
		],
		[t],
	);
	return (
		<Dialog title={t('seller.files.defects', { file: visible(source) })} onClose={onClose} wide>
			<ListTable
				label={t('seller.column.malformed')}
				columns={columns}
				source={list}
				keyOf={(defect) => String(defect.line)}
				empty={<Empty title={t('seller.files.noDefects')} />}
			/>
		</Dialog>
	);
}
