// SPDX-License-Identifier: Apache-2.0

import { useTranslation } from 'react-i18next';
import type { Refusal } from './check/answers';
import { textOf } from './texts';

/** The first rule that is broken: what it demands, and what was found. */
export function RefusalText({ refusal }: { refusal: Refusal }) {
	const { t } = useTranslation();
	return (
		<dl className="facts">
			{refusal.rule !== null ? (
				<>
					<dt>{t('auditor.rule')}</dt>
					<dd>
						<code>{refusal.rule}</code>
					</dd>
					<dt>{t('auditor.demands')}</dt>
					<dd lang="en">{refusal.demand}</dd>
				</>
			) : null}
			<dt>{t('auditor.found')}</dt>
			<dd lang="en">
				<bdi>{textOf(refusal.found, t)}</bdi>
			</dd>
		</dl>
	);
}
