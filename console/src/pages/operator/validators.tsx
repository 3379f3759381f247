// SPDX-License-Identifier: Apache-2.0

import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Badge } from '../../ui/badge';
import { Identifier } from '../../ui/identifier';
import { visible } from '../../ui/foreign';
import { Loaded } from '../../ui/query';
import { BlocksPlot } from './blocks-plot';
import { NodeState } from './node-state';
import { ask, type Schemas } from './queries';
import './operator.css';

/** Who makes blocks and who does not, and how far finality is behind. */
export function ValidatorsPage() {
	const { t } = useTranslation();
	const validators = useQuery(ask.validators);
	return (
		<>
			<div className="title">
				<h1>{t('operator.validators.title')}</h1>
				<NodeState />
			</div>
			<Loaded query={validators}>
				{(answer) => (
					<>
						<div className="figures">
							<Figure name={t('operator.validators.lag')} value={answer.lag ?? '–'} isBad={answer.finality_stands} />
							<Figure name={t('operator.validators.final')} value={answer.final_block ?? '–'} />
							<Figure
								name={t('operator.validators.silent')}
								value={answer.validators.filter((validator) => validator.silent).length}
								isBad={answer.validators.some((validator) => validator.silent)}
							/>
							<Figure name={t('operator.validators.floor')} value={answer.floor} />
						</div>
						{answer.finality_stands ? (
							<p className="failure" role="alert">
								{t('operator.validators.stands')}
							</p>
						) : null}
						<BlocksPlot blocks={answer.blocks} />
						<Validators answer={answer} />
					</>
				)}
			</Loaded>
		</>
	);
}

function Figure({ name, value, isBad = false }: { name: string; value: number | string; isBad?: boolean }) {
	return (
		<div className={isBad ? 'figure bad' : 'figure'}>
			<strong>{value}</strong>
			{name}
		</div>
	);
}

function Validators({ answer }: { answer: Schemas['Validators'] }) {
	const { t } = useTranslation();
	return (
		<section className="sheet">
			<table className="plain">
				<thead>
					<tr>
						<th scope="col">{t('operator.validators.validator')}</th>
						<th scope="col">{t('operator.state')}</th>
						<th scope="col" className="end">
							{t('operator.validators.made')}
						</th>
						<th scope="col" className="end">
							{t('operator.validators.missed')}
						</th>
						<th scope="col" className="end">
							{t('operator.validators.last')}
						</th>
					</tr>
				</thead>
				<tbody>
					{answer.validators.map((validator) => (
						<tr key={validator.account}>
							<th scope="row" className="name">
								{validator.name ? <bdi>{visible(validator.name)} </bdi> : null}
								<Identifier id={validator.account}>{`${validator.account.slice(0, 8)}…${validator.account.slice(-4)}`}</Identifier>
							</th>
							<td>
								<ValidatorState validator={validator} />
							</td>
							<td className="end">{validator.made}</td>
							<td className="end">{validator.missed}</td>
							<td className="end">{validator.last ?? t('ui.none')}</td>
						</tr>
					))}
				</tbody>
			</table>
			<p className="quiet">{t('operator.validators.over', { count: answer.over_blocks })}</p>
		</section>
	);
}

function ValidatorState({ validator }: { validator: Schemas['Validators']['validators'][number] }) {
	const { t } = useTranslation();
	if (validator.silent) return <Badge tone="bad">{t('operator.validators.isSilent')}</Badge>;
	if (!validator.listed) return <Badge tone="warn">{t('operator.validators.leaves')}</Badge>;
	if (!validator.active) return <Badge tone="busy">{t('operator.validators.comes')}</Badge>;
	return <Badge tone="good">{t('operator.validators.active')}</Badge>;
}
