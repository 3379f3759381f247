// SPDX-License-Identifier: Apache-2.0

import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { visible } from '../../ui/foreign';
import { DOTS, pictureOf, WIDTH, type MemberBox } from './map-layout';
import type { Schemas } from './queries';

/** Who may trade with whom, and whose nodes are connected. The table below has the same in words. */
export function NetworkMap({ network }: { network: Schemas['Network'] }) {
	const { t } = useTranslation();
	const picture = useMemo(() => pictureOf(network), [network]);
	const [member, setMember] = useState<number | undefined>(undefined);
	const isFaint = (seller: number, issuer: number) => member !== undefined && member !== seller && member !== issuer;
	const label = t('operator.network.picture', {
		members: picture.boxes.length,
		channels: picture.lines.length,
		nodes: network.nodes.length,
	});
	return (
		<figure className="sheet map">
			<svg viewBox={`0 0 ${WIDTH} ${picture.height}`} role="img" aria-label={label}>
				{picture.titles.map(({ column, x, y }) => (
					<text key={column} className="column" x={x} y={y}>
						{t(`operator.network.column.${column}`)}
					</text>
				))}
				{picture.lines.map(({ channel, path }) => (
					<path
						key={channel.id}
						d={path}
						className={`channel ${channel.state.toLowerCase()}${isFaint(channel.seller, channel.issuer) ? ' faint' : ''}`}
					>
						<title>{`${channel.id}: ${visible(channel.words ?? channel.state)}`}</title>
					</path>
				))}
				{picture.boxes.map((box) => (
					<Member key={box.member.id} box={box} onPoint={setMember} />
				))}
			</svg>
			<figcaption className="legend">
				{(['granted', 'suspended', 'applied'] as const).map((state) => (
					<span key={state}>
						<svg viewBox="0 0 32 8" aria-hidden="true">
							<path d="M0 4 H32" className={`channel ${state}`} />
						</svg>
						{t(`operator.network.legend.${state}`)}
					</span>
				))}
				{(['connected', 'away', 'own'] as const).map((state) => (
					<span key={state}>
						<svg viewBox="0 0 16 16" aria-hidden="true" className="dot">
							<circle cx="8" cy="8" r="6" className={`node ${state}`} />
						</svg>
						{t(`operator.network.legend.${state}`)}
					</span>
				))}
			</figcaption>
		</figure>
	);
}

function Member({ box, onPoint }: { box: MemberBox; onPoint: (member: number | undefined) => void }) {
	const { member, x, y, width, height, dots } = box;
	return (
		<g
			className={`member ${member.status.toLowerCase()}`}
			onPointerEnter={() => onPoint(member.id)}
			onPointerLeave={() => onPoint(undefined)}
		>
			<title>{`${visible(member.name)} · ${visible(member.legal_id)}`}</title>
			<rect x={x} y={y} width={width} height={height} rx="8" />
			{/* Letters differ in width, and so do languages: the browser breaks a name into two lines, and cuts what is longer than that. */}
			<foreignObject x={x + 12} y={y + 6} width={width - 24} height={height - DOTS}>
				<div className="name">
					{member.id} · <bdi>{visible(member.name)}</bdi>
				</div>
			</foreignObject>
			{dots.map(({ node, x, y }) => (
				<circle
					key={node.id}
					cx={x}
					cy={y}
					r="6"
					className={`node ${node.own ? 'own' : node.connected === true ? 'connected' : node.connected === false ? 'away' : 'unknown'}`}
				>
					<title>{`${node.id}: ${node.peer_id}`}</title>
				</circle>
			))}
		</g>
	);
}
