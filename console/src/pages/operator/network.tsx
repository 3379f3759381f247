// SPDX-License-Identifier: Apache-2.0

import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Badge, type Tone } from '../../ui/badge';
import { Empty } from '../../ui/empty';
import { ForeignText, visible } from '../../ui/foreign';
import { Identifier } from '../../ui/identifier';
import { Loaded } from '../../ui/query';
import { NetworkMap } from './network-map';
import { NodeState } from './node-state';
import { ask, type Schemas } from './queries';
import './operator.css';

/** Members, their nodes and the channels between them: a picture, and the same in tables. */
export function NetworkPage() {
	const { t } = useTranslation();
	const network = useQuery(ask.network);
	return (
		<>
			<div className="title">
				<h1>{t('operator.network.title')}</h1>
				<NodeState />
			</div>
			<Loaded query={network}>
				{(network) => (
					<>
						{network.connections_unknown ? <p className="notice">{t('operator.network.unknown', { why: network.connections_unknown })}</p> : null}
						{network.members.length === 0 ? (
							<Empty title={t('operator.network.none')}>
								<p>{t('operator.network.noneTodo')}</p>
							</Empty>
						) : (
							<NetworkMap network={network} />
						)}
						<Members network={network} />
						<Channels channels={network.channels} />
					</>
				)}
			</Loaded>
		</>
	);
}

function Members({ network }: { network: Schemas['Network'] }) {
	const { t } = useTranslation();
	return (
		<section className="sheet">
			<h2>{t('operator.network.members')}</h2>
			<table className="plain">
				<thead>
					<tr>
						<th scope="col" className="end">
							{t('operator.number')}
						</th>
						<th scope="col">{t('operator.name')}</th>
						<th scope="col">{t('operator.network.legalId')}</th>
						<th scope="col">{t('operator.network.roles')}</th>
						<th scope="col">{t('operator.state')}</th>
						<th scope="col">{t('operator.network.nodes')}</th>
					</tr>
				</thead>
				<tbody>
					{network.members.map((member) => (
						<tr key={member.id}>
							<td className="end">{member.id}</td>
							<th scope="row" className="name">
								<bdi>{visible(member.name)}</bdi>
							</th>
							<td>
								<Identifier id={member.legal_id} />
							</td>
							<td className="words">{member.roles.map((role) => t(`operator.role.${role as 'seller'}`, { defaultValue: role })).join(', ')}</td>
							<td>
								<State state={member.status} />
							</td>
							<td>
								{network.nodes
									.filter((node) => node.member === member.id)
									.map((node) => (
										<div key={node.id} className="node-line">
											{node.id} <Identifier id={node.peer_id}>{`${node.peer_id.slice(0, 8)}…${node.peer_id.slice(-4)}`}</Identifier>{' '}
											<Connected node={node} />
										</div>
									))}
							</td>
						</tr>
					))}
				</tbody>
			</table>
		</section>
	);
}

function Connected({ node }: { node: Schemas['Network']['nodes'][number] }) {
	const { t } = useTranslation();
	if (node.own) return <Badge tone="good">{t('operator.network.legend.own')}</Badge>;
	if (node.connected === undefined) return null;
	return node.connected ? (
		<Badge tone="good">{t('operator.network.legend.connected')}</Badge>
	) : (
		<Badge tone="quiet">{t('operator.network.legend.away')}</Badge>
	);
}

const TONES: Record<string, Tone> = {
	Active: 'good',
	Granted: 'good',
	Applied: 'busy',
	Countersigned: 'busy',
	Suspended: 'bad',
};

/** A state by the chain's name for it, in words. */
export function State({ state }: { state: string }) {
	const { t } = useTranslation();
	return <Badge tone={TONES[state] ?? 'quiet'}>{t(`operator.states.${state as 'Active'}`, { defaultValue: state })}</Badge>;
}

function Channels({ channels }: { channels: Schemas['Network']['channels'] }) {
	const { t } = useTranslation();
	if (channels.length === 0) return null;
	return (
		<section className="sheet">
			<h2>{t('operator.network.channels')}</h2>
			<table className="plain">
				<thead>
					<tr>
						<th scope="col" className="end">
							{t('operator.number')}
						</th>
						<th scope="col">{t('operator.network.seller')}</th>
						<th scope="col">{t('operator.network.issuer')}</th>
						<th scope="col">{t('operator.state')}</th>
						<th scope="col">{t('operator.network.may')}</th>
					</tr>
				</thead>
				<tbody>
					{channels.map((channel) => (
						<tr key={channel.id}>
							<th scope="row" className="end">
								{channel.id}
							</th>
							<td>
								<bdi>{visible(channel.seller_name)}</bdi>
							</td>
							<td>
								<bdi>{visible(channel.issuer_name)}</bdi>
							</td>
							<td>
								<State state={channel.state} />
							</td>
							<td>
								<Terms terms={channel.terms} />
								{channel.reason ? (
									<div className="quiet">
										<ForeignText text={channel.reason} />
									</div>
								) : null}
							</td>
						</tr>
					))}
				</tbody>
			</table>
		</section>
	);
}

/** What a grant allows. */
function Terms({ terms }: { terms: Schemas['Network']['channels'][number]['terms'] }) {
	const { t } = useTranslation();
	if (!terms) return <span className="quiet">{t('operator.network.nothing')}</span>;
	const kinds = terms.all_kinds
		? t('operator.network.allKinds')
		: terms.kinds.map((kind) => t(`operator.kinds.${kind as 'purchase'}`, { defaultValue: kind })).join(', ');
	return (
		<>
			{kinds}
			{terms.valid_until ? ` · ${t('operator.untilBlock', { block: terms.valid_until })}` : ''}
			{terms.orders_per_minute ? ` · ${t('operator.network.atMost', { count: terms.orders_per_minute })}` : ''}
		</>
	);
}
