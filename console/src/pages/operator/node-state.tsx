// SPDX-License-Identifier: Apache-2.0

import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useMay } from '../../app/session';
import { Badge } from '../../ui/badge';
import { Moment } from '../../ui/moment';
import { ask } from './queries';

/** The node that the server talks to, in a line: whether it answers, and how far it is. */
export function NodeState() {
	const { t } = useTranslation();
	// How the node is, is told to who may look at the server itself.
	const node = useQuery({ ...ask.node, enabled: useMay('monitor') }).data;
	if (node === undefined) return null;
	if (!node.connected) {
		return (
			<span role="status">
				<Badge tone="bad">{t('operator.node.away')}</Badge> {t('operator.node.since')} <Moment at={node.since} />{' '}
				<span className="quiet">{node.fault}</span>
			</span>
		);
	}
	return (
		<span>
			<Badge tone={node.syncing ? 'warn' : 'good'}>{t(node.syncing ? 'operator.node.syncing' : 'operator.node.answers')}</Badge>{' '}
			<span className="quiet">
				{t('operator.node.blocks', { best: node.best_block ?? '–', final: node.final_block ?? '–' })}
				{node.peers !== undefined && node.peers !== null ? ` · ${t('operator.node.peers', { count: node.peers })}` : ''}
			</span>
		</span>
	);
}
