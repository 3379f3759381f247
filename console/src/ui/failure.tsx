// SPDX-License-Identifier: Apache-2.0

import { useTranslation } from 'react-i18next';
import { asProblem } from '../api/problem';
import { visible } from './foreign';

/** An answer that is none: what it means, what the server said of it, what to do, and the code for who is asked. */
export function Failure({ error, again }: { error: unknown; again?: () => void }) {
	const { t, i18n } = useTranslation();
	const problem = asProblem(error);
	// A later server may know codes that these pages do not.
	const known = i18n.exists(`problems.${problem.code}`) ? (problem.code as 'unknown') : 'unknown';
	return (
		<div className="failure" role="alert">
			<strong>{t(`problems.${known}.title`)}</strong>
			{problem.message !== problem.code ? <p dir="auto">{visible(problem.message)}</p> : null}
			<p>{t(`problems.${known}.todo`)}</p>
			<p className="quiet">
				{t('ui.code')}: <code>{problem.code}</code>
				{problem.field ? (
					<>
						{' · '}
						{t('ui.field')}: <code>{problem.field}</code>
					</>
				) : null}
			</p>
			{again ? (
				<button type="button" onClick={again}>
					{t('app.again')}
				</button>
			) : null}
		</div>
	);
}
