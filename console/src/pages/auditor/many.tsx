// SPDX-License-Identifier: Apache-2.0

import { useTranslation } from 'react-i18next';
import { Badge } from '../../ui/badge';
import { RowsTable, type Column } from '../../ui/table';
import type { Begun, Done, Finding, PackRow } from './check/answers';

interface Props {
	begun: Begun;
	rows: readonly PackRow[];
	done: Done | undefined;
	onShow: (number: number) => void;
}

/** The packs of a set: each verdict, and what all of them show together. */
export function ManyPacks({ begun, rows, done, onShow }: Props) {
	const { t } = useTranslation();
	const refused = rows.filter((row) => row.refusal !== null).length;
	const verdict = (row: PackRow) => {
		if (row.refusal !== null) return <Badge tone="bad">{t('auditor.refused')}</Badge>;
		if (!begun.has_origin) return <Badge tone="warn">{t('auditor.byItself')}</Badge>;
		return <Badge tone="good">{t('auditor.verified')}</Badge>;
	};
	const columns: Column<PackRow>[] = [
		{ id: 'number', title: '#', width: '6rem', end: true, cell: (row) => row.number },
		{ id: 'order', title: t('auditor.order'), width: 'minmax(10rem, 1fr)', cell: (row) => <bdi>{row.order ?? t('ui.none')}</bdi> },
		{ id: 'verdict', title: t('auditor.verdict'), width: '10rem', cell: verdict },
		{ id: 'rule', title: t('auditor.rule'), width: 'minmax(10rem, 1fr)', cell: (row) => row.refusal?.rule ?? '' },
	];
	return (
		<>
			<section className={`verdict ${refused > 0 ? 'bad' : begun.has_origin ? 'good' : 'warn'}`}>
				<h2>{t('auditor.manyTitle', { count: begun.packs })}</h2>
				<p role="status">
					{t('auditor.manyCounts', { judged: rows.length, verified: rows.length - refused, refused })}
					{done ? ` ${t('auditor.batches', { count: done.audit.batches })}` : ''}
				</p>
				{!begun.has_origin ? <p>{t('auditor.byItselfMeans')}</p> : null}
				<progress max={begun.packs} value={rows.length} aria-label={t('auditor.running')} />
			</section>
			{done ? <Findings findings={done.audit.findings} /> : null}
			<RowsTable
				label={t('auditor.packs')}
				columns={columns}
				keyOf={(row) => String(row.number)}
				rows={rows}
				onOpen={(row) => onShow(row.number)}
				empty={<p className="quiet">{t('auditor.running')}</p>}
			/>
		</>
	);
}

/** Most packs that are named for one finding. */
const NAMED = 20;

/** The packs of a finding, by their numbers. */
const filesText = (files: readonly string[]) =>
	files.length > NAMED ? `${files.slice(0, NAMED).join(', ')}, … ${files.at(-1)}` : files.join(', ');

/** What honest parties never cause. */
const GRAVE: readonly Finding['kind'][] = ['overlap', 'other_history', 'two_records'];

/** What one pack alone cannot show. */
function Findings({ findings }: { findings: readonly Finding[] }) {
	const { t } = useTranslation();
	if (findings.length === 0) return <p>{t('auditor.noFindings')}</p>;
	return (
		<section className="sheet">
			<h2>{t('auditor.findings')}</h2>
			<ul className="findings">
				{findings.map((finding, index) => (
					<li key={index}>
						<Badge tone={GRAVE.includes(finding.kind) ? 'bad' : 'warn'}>
							{t(`auditor.finding.${finding.kind}`)}
						</Badge>{' '}
						<bdi lang="en">{finding.found}</bdi> <span className="quiet">({filesText(finding.files)})</span>
					</li>
				))}
			</ul>
		</section>
	);
}
