// SPDX-License-Identifier: Apache-2.0

import { useState } from 'react';
import { useTranslation } from 'react-i18next';

/** Characters that are shown of a long text at first. */
const SHOWN = 4_000;
/** Controls, and what changes the direction of what follows (Unicode Bidirectional Algorithm, UAX #9): shown as their code. */
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/** A text with what cannot be seen made visible: `\u202e` as `⟨202E⟩`. */
export function visible(text: string): string {
	return text.replace(UNSEEN, (found) => `⟨${found.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}⟩`);
}

/** A text that another institution wrote, in one line of a list: harmless whatever it holds, cut by the column. */
export function Foreign({ text }: { text: string }) {
	const short = visible(text.length > 400 ? `${text.slice(0, 400)}…` : text);
	return (
		<bdi className="foreign" title={short}>
			{short}
		</bdi>
	);
}

/** Bytes that another institution wrote, as they are: harmless, in lines, the first part of them where they are many. */
export function ForeignBlock({ text }: { text: string }) {
	const { t } = useTranslation();
	const [whole, setWhole] = useState(false);
	const cut = !whole && text.length > SHOWN;
	return (
		<div className="foreign-block">
			<pre tabIndex={0} dir="ltr">
				{visible(cut ? text.slice(0, SHOWN) : text)}
			</pre>
			{cut ? (
				<p>
					{t('ui.shortened', { shown: SHOWN, all: text.length })}{' '}
					<button type="button" className="plain" onClick={() => setWhole(true)}>
						{t('ui.whole')}
					</button>
				</p>
			) : null}
		</div>
	);
}
