// SPDX-License-Identifier: Apache-2.0

import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

/** How long the button says that it copied, in ms. */
const SAID_MS = 1_500;

/** An id with a button that copies it. `children` is what is shown of it, for example a link; the id itself unless given. */
export function Identifier({ id, what, children }: { id: string; what?: string; children?: ReactNode }) {
	const { t } = useTranslation();
	const [copied, setCopied] = useState(false);
	useEffect(() => {
		if (!copied) return undefined;
		const timer = setTimeout(() => setCopied(false), SAID_MS);
		return () => clearTimeout(timer);
	}, [copied]);
	if (id === '') return <span className="quiet">{t('ui.none')}</span>;
	const label = copied ? t('ui.copied') : t('ui.copy', { what: what ?? id });
	return (
		<span className="identifier">
			{/* An id may be the other side's text: it cannot turn the line around. */}
			<bdi className="mono">{children ?? id}</bdi>
			<button
				type="button"
				className="copy"
				aria-label={label}
				title={label}
				onClick={(event) => {
					event.stopPropagation();
					void navigator.clipboard.writeText(id).then(() => setCopied(true));
				}}
			>
				{copied ? '✓' : '⧉'}
			</button>
		</span>
	);
}
