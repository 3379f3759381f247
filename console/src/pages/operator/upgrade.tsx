// SPDX-License-Identifier: Apache-2.0

import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { visible } from '../../ui/foreign';
import { Identifier } from '../../ui/identifier';
import { Loaded } from '../../ui/query';
import { ask, type Schemas } from './queries';
import './operator.css';

/** The runtime, and what waits to replace it. */
export function UpgradePage() {
	const { t } = useTranslation();
	const upgrade = useQuery(ask.upgrade);
	return (
		<>
			<h1>{t('operator.upgrade.title')}</h1>
			<Loaded query={upgrade}>
				{(state) => (
					<>
						<section className="sheet">
							<h2>{t('operator.upgrade.now')}</h2>
							<dl className="facts">
								<dt>{t('operator.upgrade.runtime')}</dt>
								<dd>
									{state.spec_name} {state.spec_version}
								</dd>
								<dt>{t('operator.upgrade.transactions')}</dt>
								<dd>{state.transaction_version}</dd>
								<dt>{t('operator.upgrade.code')}</dt>
								<dd>
									<Identifier id={state.code_hash} />
								</dd>
								<dt>{t('operator.sign.metadata')}</dt>
								<dd>
									<Identifier id={state.metadata_hash} />
								</dd>
								<dt>{t('operator.upgrade.node')}</dt>
								<dd>{state.node_version}</dd>
							</dl>
						</section>
						<Waiting state={state} />
					</>
				)}
			</Loaded>
		</>
	);
}

function Waiting({ state }: { state: Schemas['Upgrade'] }) {
	const { t } = useTranslation();
	const { authorised, whitelisted, scheduled } = state;
	if (!authorised && whitelisted.length === 0 && scheduled.length === 0) {
		return (
			<section className="sheet">
				<h2>{t('operator.upgrade.waiting')}</h2>
				<p className="quiet">{t('operator.upgrade.nothing')}</p>
				<p>
					{t('operator.upgrade.todo')} <code>sealane council upgrade</code>
				</p>
			</section>
		);
	}
	return (
		<section className="sheet">
			<h2>{t('operator.upgrade.waiting')}</h2>
			<dl className="facts">
				{authorised ? (
					<>
						<dt>{t('operator.upgrade.authorised')}</dt>
						<dd>
							<Identifier id={authorised} />
						</dd>
					</>
				) : null}
				{whitelisted.map((hash) => (
					<Whitelisted key={hash} hash={hash} />
				))}
			</dl>
			{scheduled.map((call) => (
				<div key={`${call.block}:${call.hash}`}>
					<h3>{t('operator.upgrade.scheduled', { block: call.block })}</h3>
					<pre tabIndex={0} className="words">
						{visible(call.words ?? call.hash)}
					</pre>
					{call.behind.map((behind) => (
						<pre key={behind.hash} tabIndex={0} className="words">
							{visible(behind.words)}
						</pre>
					))}
				</div>
			))}
		</section>
	);
}

function Whitelisted({ hash }: { hash: string }) {
	const { t } = useTranslation();
	return (
		<>
			<dt>{t('operator.upgrade.whitelisted')}</dt>
			<dd>
				<Identifier id={hash} />
			</dd>
		</>
	);
}
