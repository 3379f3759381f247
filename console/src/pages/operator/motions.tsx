// SPDX-License-Identifier: Apache-2.0

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '../../app/session';
import { Badge } from '../../ui/badge';
import { Empty } from '../../ui/empty';
import { visible } from '../../ui/foreign';
import { Identifier } from '../../ui/identifier';
import { Loaded } from '../../ui/query';
import { Applications } from './applications';
import { EffectText } from './effect';
import { ask, type Schemas } from './queries';
import { SignDialog, type Action } from './sign';
import { Submissions } from './submissions';
import './operator.css';

type Motion = Schemas['OpenMotion'];

/** What the council is asked to decide, in words; votes leave as files to be signed elsewhere. */
export function MotionsPage() {
	const { t } = useTranslation();
	const motions = useQuery(ask.motions);
	const [action, setAction] = useState<Action | undefined>(undefined);
	return (
		<>
			<h1>{t('operator.motions.title')}</h1>
			<p className="quiet">{t('operator.motions.about')}</p>
			<Loaded query={motions}>
				{({ motions, seats, block }) => (
					<>
						{motions.length === 0 ? (
							<Empty title={t('operator.motions.none')}>
								<p>{t('operator.motions.noneTodo', { count: seats.length, block })}</p>
							</Empty>
						) : (
							motions.map((motion) => <MotionSheet key={motion.hash} motion={motion} seats={seats.length} onSign={setAction} />)
						)}
					</>
				)}
			</Loaded>
			<Applications onSign={setAction} />
			<Submissions />
			{action ? <SignDialog action={action} seats={motions.data?.seats ?? []} onClose={() => setAction(undefined)} /> : null}
		</>
	);
}

const TONE = { runs: 'good', rejects: 'bad', too_early: 'busy' } as const;

function MotionSheet({ motion, seats, onSign }: { motion: Motion; seats: number; onSign: (action: Action) => void }) {
	const { t } = useTranslation();
	const mayGovern = useMay('govern');
	const { index, hash } = motion;
	return (
		<article className="sheet motion" data-motion={index}>
			<div className="title">
				<h2>{t('operator.motions.number', { number: index })}</h2>
				<Badge tone={TONE[motion.closing]}>{t(`operator.motions.closing.${motion.closing}`)}</Badge>
				<span className="quiet">{t('operator.motions.ends', { block: motion.end, blocks: motion.ends_in })}</span>
			</div>
			<ul className="effects">
				{motion.effects.map((effect, place) => (
					<li key={place}>
						<EffectText effect={effect} />
					</li>
				))}
			</ul>
			{motion.needed !== undefined && motion.needed !== null && motion.threshold < motion.needed ? (
				<p className="notice">{t('operator.motions.tooFew', { threshold: motion.threshold, needed: motion.needed })}</p>
			) : null}
			<Votes motion={motion} seats={seats} />
			<details>
				<summary>{t('operator.motions.words')}</summary>
				<pre tabIndex={0} className="words">
					{visible(motion.words)}
				</pre>
				{motion.behind.map((behind) => (
					<div key={behind.hash}>
						<Identifier id={behind.hash} />
						<pre tabIndex={0} className="words">
							{visible(behind.words)}
						</pre>
					</div>
				))}
				<Identifier id={hash} />
			</details>
			{mayGovern ? (
				<div className="actions">
					<button type="button" onClick={() => onSign({ action: 'vote', motion: index, hash, aye: true })}>
						{t('operator.motions.aye')}
					</button>
					<button type="button" onClick={() => onSign({ action: 'vote', motion: index, hash, aye: false })}>
						{t('operator.motions.nay')}
					</button>
					<button
						type="button"
						disabled={motion.closing === 'too_early'}
						title={motion.closing_words}
						onClick={() => onSign({ action: 'close', motion: index, hash })}
					>
						{t('operator.motions.close')}
					</button>
				</div>
			) : null}
		</article>
	);
}

/** Who voted, and how many votes are missing. */
function Votes({ motion, seats }: { motion: Motion; seats: number }) {
	const { t } = useTranslation();
	const sides = [
		['ayes', motion.ayes],
		['nays', motion.nays],
		['silent', motion.silent],
	] as const;
	return (
		<>
			<p>
				<meter min={0} max={seats} value={motion.ayes.length} optimum={seats} aria-label={t('operator.motions.ayes')} />{' '}
				{t('operator.motions.count', { ayes: motion.ayes.length, threshold: motion.threshold, seats })}
			</p>
			<dl className="facts">
				{sides.map(([side, voters]) => (
					<Side key={side} title={t(`operator.motions.${side}`)} voters={voters} />
				))}
			</dl>
		</>
	);
}

function Side({ title, voters }: { title: string; voters: readonly Schemas['Seat'][] }) {
	const { t } = useTranslation();
	return (
		<>
			<dt>{title}</dt>
			<dd>
				{voters.length === 0
					? t('ui.none')
					: voters.map((seat) => (
							<span key={seat.account} className="seat">
								<Identifier id={seat.account}>{seat.name ?? `${seat.account.slice(0, 10)}…`}</Identifier>
							</span>
						))}
			</dd>
		</>
	);
}
