// SPDX-License-Identifier: Apache-2.0

import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Checked } from './check/use-check';
import { ManyPacks } from './many';
import { OnePack } from './pack';
import { RefusalText } from './refusal';

interface Props {
	checked: Checked;
	onShow: (number: number) => void;
	onClose: () => void;
}

/** What a check came to. Of a single pack all is shown at once, of many a list. */
export function Outcome({ checked, onShow, onClose }: Props) {
	const { t } = useTranslation();
	const { phase, begun, rows, done, refusal, reason, pack } = checked;
	const isOne = begun?.packs === 1;
	const shown = useRef<unknown>(undefined);
	useEffect(() => {
		if (phase !== 'done' || !isOne || shown.current === done) return;
		shown.current = done;
		onShow(0);
	}, [phase, isOne, done, onShow]);

	if (phase === 'idle') return null;
	if (phase === 'stopped') {
		return (
			<div className="failure" role="alert">
				<strong>{t('auditor.stopped')}</strong>
				<p>
					<bdi>{reason}</bdi>
				</p>
			</div>
		);
	}
	if (phase === 'refused') {
		return refusal ? (
			<section className="verdict bad" role="alert" data-verdict={refusal.rule ?? refusal.file}>
				<h2>{t(`auditor.unreadable.${refusal.file}`)}</h2>
				<RefusalText refusal={refusal} />
			</section>
		) : null;
	}
	if (begun === undefined || (isOne && pack === undefined)) return <p role="status">{t('auditor.running')}</p>;
	if (pack !== undefined) {
		return <OnePack pack={pack} begun={begun} onClose={isOne ? undefined : onClose} />;
	}
	return <ManyPacks begun={begun} rows={rows} done={done} onShow={onShow} />;
}
