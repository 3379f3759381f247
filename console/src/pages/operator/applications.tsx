// SPDX-License-Identifier: Apache-2.0

import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useMay } from '../../app/session';
import { visible } from '../../ui/foreign';
import { Loaded } from '../../ui/query';
import { State } from './network';
import { ask } from './queries';
import type { Action } from './sign';

/** Channels that somebody applied for: who has to act next. */
export function Applications({ onSign }: { onSign: (action: Action) => void }) {
	const { t } = useTranslation();
	const mayGovern = useMay('govern');
	const applications = useQuery(ask.applications);
	return (
		<section className="sheet">
			<h2>{t('operator.applications.title')}</h2>
			<Loaded query={applications}>
				{(open) =>
					open.length === 0 ? (
						<p className="quiet">{t('operator.applications.none')}</p>
					) : (
						<table className="plain">
							<thead>
								<tr>
									<th scope="col" className="end">
										{t('operator.applications.channel')}
									</th>
									<th scope="col">{t('operator.network.seller')}</th>
									<th scope="col">{t('operator.network.issuer')}</th>
									<th scope="col">{t('operator.state')}</th>
									<th scope="col">{t('operator.applications.next')}</th>
								</tr>
							</thead>
							<tbody>
								{open.map((application) => (
									<tr key={application.id}>
										<th scope="row" className="end">
											{application.id}
										</th>
										<td>
											<bdi>{visible(application.seller_name)}</bdi>
										</td>
										<td>
											<bdi>{visible(application.issuer_name)}</bdi>
										</td>
										<td>
											<State state={application.state} />
										</td>
										<td>
											{t(`operator.applications.actor.${application.next}`)}{' '}
											{mayGovern && application.next === 'council' ? (
												<button
													type="button"
													onClick={() =>
														onSign({ action: 'propose', proposal: { call: 'grant', grants: [{ channel: application.id }] } })
													}
												>
													{t('operator.applications.propose')}
												</button>
											) : null}
										</td>
									</tr>
								))}
							</tbody>
						</table>
					)
				}
			</Loaded>
		</section>
	);
}
