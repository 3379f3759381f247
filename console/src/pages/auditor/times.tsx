// SPDX-License-Identifier: Apache-2.0

import { useTranslation } from 'react-i18next';
import { Moment } from '../../ui/moment';
import type { PackView } from './check/answers';
import { nameOf, useChinese } from './texts';

/** When things happened; what the chain proves is filled, what a party wrote is not. */
export function Times({ points }: { points: PackView['times'] }) {
	const { t } = useTranslation();
	const isChinese = useChinese();
	return (
		<section className="sheet">
			<h2>{t('auditor.times')}</h2>
			<ol className="timeline">
				{points.map((point) => (
					<li key={point.name.english} className={point.unix_ms !== null ? 'done' : 'open'}>
						<div className="step">
							<strong>{nameOf(point.name, isChinese)}</strong>
							{point.unix_ms !== null ? <Moment at={point.unix_ms} whole /> : <bdi>{point.time}</bdi>}
						</div>
						<div className="quiet">
							{point.unix_ms !== null ? `${t('auditor.byChain')} · ${point.time}` : t('auditor.byParties')}
						</div>
					</li>
				))}
			</ol>
		</section>
	);
}
