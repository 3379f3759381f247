// SPDX-License-Identifier: Apache-2.0

import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Files } from './check/module';
import { useCheck } from './check/use-check';
import { FileSlots, type Chosen } from './files';
import { Outcome } from './outcome';
import './auditor.css';

/** Checks evidence in the browser: the files stay here, and no server is asked. */
export function Auditor() {
	const { t } = useTranslation();
	const [chosen, setChosen] = useState<Chosen>({});
	const [known, setKnown] = useState('');
	const check = useCheck();

	const change = (files: Chosen) => {
		// What was shown is of other files.
		check.leave();
		setChosen(files);
	};
	const begin = async () => {
		const files: Files = {};
		for (const [slot, file] of Object.entries(chosen)) files[slot as keyof Chosen] = new Uint8Array(await file.arrayBuffer());
		if (known.trim() !== '') files.known = new TextEncoder().encode(known);
		await check.begin(files);
	};
	return (
		<div className="auditor">
			<h1>{t('auditor.title')}</h1>
			<p>{t('auditor.promise')}</p>
			<FileSlots chosen={chosen} onChange={change} known={known} onKnown={setKnown} />
			<div className="actions">
				<button
					type="button"
					className="main"
					disabled={chosen.evidence === undefined || check.checked.phase === 'running'}
					onClick={() => void begin()}
				>
					{t('auditor.check')}
				</button>
				{check.checked.phase === 'running' ? (
					<button type="button" onClick={check.leave}>
						{t('ui.cancel')}
					</button>
				) : null}
			</div>
			<Outcome checked={check.checked} onShow={check.show} onClose={check.close} />
		</div>
	);
}
