// SPDX-License-Identifier: Apache-2.0

import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Badge } from '../../ui/badge';
import { ForeignText } from '../../ui/foreign';
import { Identifier } from '../../ui/identifier';
import { Moment } from '../../ui/moment';
import { Loaded } from '../../ui/query';
import { NodeState } from './node-state';
import { ask } from './queries';
import './operator.css';

/** What people must look at, each with the page that says what to do. */
export function AlarmsPage() {
	const { t } = useTranslation();
	const alarms = useQuery(ask.alarms);
	return (
		<>
			<div className="title">
				<h1>{t('operator.alarms.title')}</h1>
				<NodeState />
			</div>
			<Loaded query={alarms}>
				{(alarms) =>
					alarms.length === 0 ? (
						<section className="sheet">
							<Badge tone="good">{t('operator.alarms.none')}</Badge>
						</section>
					) : (
						<section className="sheet">
							<table className="plain">
								<thead>
									<tr>
										<th scope="col">{t('operator.alarms.alarm')}</th>
										<th scope="col">{t('operator.alarms.what')}</th>
										<th scope="col">{t('operator.node.since')}</th>
										<th scope="col">{t('operator.alarms.todo')}</th>
									</tr>
								</thead>
								<tbody>
									{alarms.map((alarm, place) => (
										<tr key={place} data-alarm={alarm.code}>
											<th scope="row" className="name">
												<Badge tone={alarm.code.startsWith('motion') ? 'warn' : 'bad'}>{t(`operator.alarms.code.${alarm.code}`)}</Badge>
											</th>
											<td>
												<ForeignText text={alarm.words} />
											</td>
											<td>
												<Moment at={alarm.since ?? 0} />
											</td>
											<td>
												<Identifier id={`docs/${alarm.page}`} />
											</td>
										</tr>
									))}
								</tbody>
							</table>
						</section>
					)
				}
			</Loaded>
		</>
	);
}
