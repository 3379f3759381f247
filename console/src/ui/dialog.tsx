// SPDX-License-Identifier: Apache-2.0

import { useEffect, useId, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

interface DialogProps {
	title: string;
	onClose: () => void;
	/** As wide as the window, for what has columns. */
	wide?: boolean;
	children: ReactNode;
}

/** A modal dialog: the browser's own, which keeps the focus inside, closes with Esc and gives the focus back. */
export function Dialog({ title, onClose, wide = false, children }: DialogProps) {
	const { t } = useTranslation();
	const dialog = useRef<HTMLDialogElement>(null);
	const heading = useId();
	useEffect(() => {
		const element = dialog.current;
		if (element !== null && !element.open) element.showModal();
		return () => element?.close();
	}, []);
	return (
		<dialog ref={dialog} className={wide ? 'wide' : undefined} aria-labelledby={heading} onClose={onClose}>
			<header>
				<h2 id={heading}>{title}</h2>
				<button type="button" className="plain" onClick={onClose} aria-label={t('app.close')} title={t('app.close')}>
					✕
				</button>
			</header>
			{children}
		</dialog>
	);
}
