// SPDX-License-Identifier: Apache-2.0

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Badge } from '../../ui/badge';
import { Choice } from '../../ui/field';
import { ForeignText } from '../../ui/foreign';
import { Loaded } from '../../ui/query';
import { ask, type Schemas } from './queries';

const TONE = { same: 'quiet', added: 'good', removed: 'bad', changed: 'warn' } as const;

interface Props {
	id: string;
	proposals: readonly Schemas['OpenProposal'][];
}

/** Two versions of an agreement, or a version and a proposal, clause beside clause. */
export function Difference({ id, proposals }: Props) {
	const { t } = useTranslation();
	const versions = useQuery(ask.versions(id));
	return (
		<section className="sheet">
			<h2>
				{t('operator.agreements.difference')} <code>{id}</code>
			</h2>
			<Loaded query={versions}>
				{(versions) => <Compared id={id} versions={versions} proposals={proposals.filter((proposal) => proposal.agreement === id)} />}
			</Loaded>
		</section>
	);
}

function Compared({ id, versions, proposals }: Props & { versions: readonly Schemas['AgreementVersion'][] }) {
	const { t } = useTranslation();
	const options: [string, string][] = [
		...proposals.map((proposal): [string, string] => [`p${proposal.id}`, t('operator.agreements.proposal', { number: proposal.id })]),
		...versions.map((version): [string, string] => [
			String(version.number),
			t('operator.agreements.version', { number: version.number, block: version.from }),
		]),
		['0', t('operator.agreements.before')],
	];
	const [a, setA] = useState(options[1]?.[0] ?? '0');
	const [b, setB] = useState(options[0]?.[0] ?? '0');
	const rows = useQuery(ask.difference(id, a, b));
	return (
		<>
			<div className="filters">
				<Choice label={t('operator.agreements.left')} options={options} value={a} onChoose={setA} />
				<Choice label={t('operator.agreements.right')} options={options} value={b} onChoose={setB} />
			</div>
			<Loaded query={rows}>
				{(rows) =>
					rows.length === 0 ? (
						<p className="quiet">{t('operator.agreements.noClauses')}</p>
					) : (
						<table className="plain difference">
							<thead>
								<tr>
									<th scope="col">{t('operator.agreements.clause')}</th>
									<th scope="col">{t('operator.agreements.left')}</th>
									<th scope="col">{t('operator.agreements.right')}</th>
									<th scope="col">{t('operator.agreements.change')}</th>
								</tr>
							</thead>
							<tbody>
								{rows.map((row) => (
									<tr key={row.code} className={row.change} data-change={row.change}>
										<th scope="row">
											<code>{row.code}</code>
										</th>
										<td>
											<Alternatives list={row.before} />
										</td>
										<td>
											<Alternatives list={row.after} />
										</td>
										<td>
											<Badge tone={TONE[row.change]}>{t(`operator.agreements.changes.${row.change}`)}</Badge>
										</td>
									</tr>
								))}
							</tbody>
						</table>
					)
				}
			</Loaded>
		</>
	);
}

/** The conditions of a clause, one of which is enough. */
function Alternatives({ list }: { list: readonly string[] }) {
	const { t } = useTranslation();
	if (list.length === 0) return <span className="quiet">{t('ui.none')}</span>;
	return list.map((words, place) => (
		<div key={place}>
			{place > 0 ? <span className="quiet">{t('operator.agreements.or')} </span> : null}
			<ForeignText text={words} />
		</div>
	));
}
