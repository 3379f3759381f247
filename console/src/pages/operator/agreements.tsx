// SPDX-License-Identifier: Apache-2.0

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '../../app/session';
import { Badge } from '../../ui/badge';
import { Empty } from '../../ui/empty';
import { visible } from '../../ui/foreign';
import { Loaded } from '../../ui/query';
import { Difference } from './difference';
import { ask, type Schemas } from './queries';
import { SignDialog, type Action } from './sign';
import './operator.css';

/** What was agreed for whom, what is proposed, and how two versions differ. */
export function AgreementsPage() {
	const { t } = useTranslation();
	const agreements = useQuery(ask.agreements);
	const proposals = useQuery(ask.proposals);
	const [shown, setShown] = useState<string | undefined>(undefined);
	const [action, setAction] = useState<Action | undefined>(undefined);
	return (
		<>
			<h1>{t('operator.agreements.title')}</h1>
			<Loaded query={agreements}>
				{({ agreements, next }) =>
					agreements.length === 0 ? (
						<Empty title={t('operator.agreements.none')}>
							<p>{t('operator.agreements.noneTodo')}</p>
						</Empty>
					) : (
						<section className="sheet">
							<table className="plain">
								<thead>
									<tr>
										<th scope="col">{t('operator.agreements.agreement')}</th>
										<th scope="col" className="end">
											{t('operator.applications.channel')}
										</th>
										<th scope="col">{t('operator.agreements.scope')}</th>
										<th scope="col" className="end">
											{t('operator.agreements.versions')}
										</th>
										<th scope="col" className="end">
											{t('operator.agreements.inForce')}
										</th>
										<td />
									</tr>
								</thead>
								<tbody>
									{[...agreements]
										.sort((a, b) => a.channel - b.channel || a.scope.localeCompare(b.scope))
										.map((agreement) => (
											<tr key={agreement.id} aria-current={agreement.id === shown}>
												<th scope="row">
													<code>{agreement.id}</code>
												</th>
												<td className="end">{agreement.channel}</td>
												<td>
													<bdi>{visible(agreement.scope)}</bdi>
												</td>
												<td className="end">{agreement.versions}</td>
												<td className="end">{agreement.in_force ?? t('ui.none')}</td>
												<td>
													<button type="button" onClick={() => setShown(agreement.id)}>
														{t('operator.agreements.compare')}
													</button>
												</td>
											</tr>
										))}
								</tbody>
							</table>
							{next ? <p className="notice">{t('operator.agreements.tooMany')}</p> : null}
						</section>
					)
				}
			</Loaded>
			{shown !== undefined ? <Difference key={shown} id={shown} proposals={proposals.data ?? []} /> : null}
			<section className="sheet">
				<h2>{t('operator.agreements.proposals')}</h2>
				<Loaded query={proposals}>{(open) => <Proposals open={open} onSign={setAction} />}</Loaded>
			</section>
			{action ? <SignDialog action={action} seats={[]} onClose={() => setAction(undefined)} /> : null}
		</>
	);
}

function Proposals({ open, onSign }: { open: readonly Schemas['OpenProposal'][]; onSign: (action: Action) => void }) {
	const { t } = useTranslation();
	const mayGovern = useMay('govern');
	if (open.length === 0) return <p className="quiet">{t('operator.agreements.noProposals')}</p>;
	return (
		<ul className="proposals">
			{open.map((proposal) => (
				<li key={proposal.id}>
					<div className="title">
						<strong>{t('operator.agreements.proposal', { number: proposal.id })}</strong>
						<code>{proposal.agreement}</code>
						<Badge tone={proposal.joint ? 'warn' : 'busy'}>
							{t(proposal.joint ? 'operator.agreements.waitsForCouncil' : 'operator.agreements.waitsForOther')}
						</Badge>
						<span className="quiet">
							{t('operator.agreements.by')} <bdi>{visible(proposal.proposer_name)}</bdi>
						</span>
						{mayGovern ? (
							<button
								type="button"
								onClick={() =>
									onSign(
										proposal.joint
											? { action: 'propose', proposal: { call: 'ratify_agreement', proposal: proposal.id } }
											: { action: 'accept_agreement', proposal: proposal.id },
									)
								}
							>
								{t(proposal.joint ? 'operator.agreements.ratify' : 'operator.agreements.accept')}
							</button>
						) : null}
					</div>
					<ul>
						{proposal.clauses?.map((clause) => (
							<li key={clause.code}>
								<code>{clause.code}</code> {clause.any_of.join(` ${t('operator.agreements.or')} `)}
							</li>
						))}
					</ul>
				</li>
			))}
		</ul>
	);
}
