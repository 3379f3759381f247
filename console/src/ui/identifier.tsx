// SPDX-License-Identifier: Apache-2.0

import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { visible } from './foreign';

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
	const label = copied ? t('ui.copied') : t('ui.copy', { what: what ?? visible(id) });
	return (
		<span className="identifier">
			{/* An id may be the other side's text: it cannot turn the line around. */}
			<bdi className="mono">{children ?? visible(id)}</bdi>
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
				<svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true" fill="none" stroke="currentColor" strokeWidth="1.5">
					{copied ? <path d="M3 8.5l3.2 3.2L13 5" /> : <path d="M5.5 5.5h7v7h-7zM3.5 10.5v-7h7" />}
				</svg>
			</button>
		</span>
	);
}
