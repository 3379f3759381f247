// SPDX-License-Identifier: Apache-2.0

import { useQuery } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '../../app/session';
import { Badge } from '../../ui/badge';
import { visible } from '../../ui/foreign';
import { Loaded } from '../../ui/query';
import { PowerDialog } from './power';
import { ask, type Schemas } from './queries';
import { SignDialog, type Action } from './sign';
import './operator.css';

type Emergency = Schemas['Emergency'];
type Power = Emergency['powers'][number];

/** What stands still; what each power does, who can use it, and who undoes it. */
export function EmergencyPage() {
	const { t } = useTranslation();
	const mayGovern = useMay('govern');
	const emergency = useQuery(ask.emergency);
	const seats = useQuery(ask.motions).data?.seats ?? [];
	const [power, setPower] = useState<Power | undefined>(undefined);
	const [action, setAction] = useState<Action | undefined>(undefined);
	return (
		<>
			<h1>{t('operator.emergency.title')}</h1>
			<Loaded query={emergency}>
				{(emergency) => (
					<>
						<Still emergency={emergency} />
						<section className="sheet">
							<h2>{t('operator.emergency.powers')}</h2>
							<table className="plain powers">
								<thead>
									<tr>
										<th scope="col">{t('operator.emergency.power')}</th>
										<th scope="col">{t('operator.emergency.does')}</th>
										<th scope="col">{t('operator.emergency.takes')}</th>
										<th scope="col">{t('operator.emergency.undone')}</th>
										{mayGovern ? <td /> : null}
									</tr>
								</thead>
								<tbody>
									{emergency.powers.map((power) => (
										<tr key={power.call}>
											<th scope="row" className="name">
												{nameOf(power.call, t)}
											</th>
											<td>{t(`operator.powerDoes.${power.call as 'enter_safe_mode'}`, { defaultValue: power.words })}</td>
											<td>
												{t('operator.emergency.votes', { votes: power.votes, seats: emergency.seats })}
												<div className="quiet">{t(`operator.share.${power.share}`)}</div>
											</td>
											<td>
												{power.undone_by ? (
													<>
														{nameOf(power.undone_by, t)}
														<div className="quiet">
															{t('operator.emergency.votes', { votes: power.undo_votes ?? 0, seats: emergency.seats })}
														</div>
													</>
												) : (
													t('operator.emergency.nobody')
												)}
											</td>
											{mayGovern ? (
												<td>
													<button type="button" className="danger" onClick={() => setPower(power)}>
														{t('operator.emergency.propose')}
													</button>
												</td>
											) : null}
										</tr>
									))}
								</tbody>
							</table>
						</section>
					</>
				)}
			</Loaded>
			{power ? (
				<PowerDialog
					call={power.call}
					title={nameOf(power.call, t)}
					onClose={() => setPower(undefined)}
					onPropose={(action) => {
						setPower(undefined);
						setAction(action);
					}}
				/>
			) : null}
			{action ? <SignDialog action={action} seats={seats} onClose={() => setAction(undefined)} /> : null}
		</>
	);
}

/** A power by its name in proposals. */
function nameOf(call: string, t: TFunction): string {
	return t(`operator.power.${call as 'enter_safe_mode'}`, { defaultValue: call });
}

function Still({ emergency }: { emergency: Emergency }) {
	const { t } = useTranslation();
	const { safe_mode_until, paused, migrating, members, channels, third_rests_until } = emergency;
	const isQuiet = !safe_mode_until && paused.length === 0 && !migrating && members.length === 0 && channels.length === 0;
	return (
		<section className={isQuiet ? 'sheet' : 'sheet stands'}>
			<h2>{t('operator.emergency.now')}</h2>
			{isQuiet ? <Badge tone="good">{t('operator.emergency.nothing')}</Badge> : null}
			<ul>
				{safe_mode_until ? <li>{t('operator.emergency.safeMode', { block: safe_mode_until })}</li> : null}
				{migrating ? <li>{t('operator.emergency.migrating')}</li> : null}
				{paused.map((call) => (
					<li key={call}>
						{t('operator.emergency.paused')} <code>{call}</code>
					</li>
				))}
				{members.map((member) => (
					<li key={member.member}>
						{t('operator.emergency.member', { number: member.member })} <bdi>{visible(member.name)}</bdi>
						{member.since ? ` · ${t('operator.sinceBlock', { block: member.since })}` : ''}
					</li>
				))}
				{channels.map((channel) => (
					<li key={channel.channel}>
						{t('operator.emergency.channel', { number: channel.channel })} <bdi>{visible(channel.seller)}</bdi> → <bdi>{visible(channel.issuer)}</bdi>
						{channel.reason ? (
							<>
								: <bdi>{visible(channel.reason)}</bdi>
							</>
						) : null}
					</li>
				))}
				{third_rests_until ? <li className="quiet">{t('operator.emergency.rests', { block: third_rests_until })}</li> : null}
			</ul>
		</section>
	);
}
