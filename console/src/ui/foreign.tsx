// SPDX-License-Identifier: Apache-2.0

import { useState } from 'react';
import { useTranslation } from 'react-i18next';

/** Characters that are shown of a long text at first. */
const SHOWN = 4_000;
/** Characters of a text that stands among others. */
const IN_LINE = 400;
/** Controls but for tab and line feed, and what people do not see and changes what they do (`INVISIBLE` in `primitives/src/text.rs`). */
const UNSEEN =
	/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{110bd}\u{110cd}\u{13430}-\u{1343f}\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0001}\u{e0020}-\u{e007f}]/gu;

/** A text with what cannot be seen made visible: `\u202e` as `⟨202E⟩`. */
export function visible(text: string): string {
	return text.replace(UNSEEN, (found) => `⟨${found.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}⟩`);
}

/** A text that another institution wrote, in one line of a list: harmless whatever it holds, cut by the column. */
export function Foreign({ text }: { text: string }) {
	const short = visible(text.length > IN_LINE ? `${text.slice(0, IN_LINE)}…` : text);
	return (
		<bdi className="foreign" title={short}>
			{short}
		</bdi>
	);
}

/** A text that another institution wrote, where there is room for it: the first part of a long one, and all of it on demand. */
export function ForeignText({ text }: { text: string }) {
	const { t } = useTranslation();
	const [whole, setWhole] = useState(false);
	const cut = !whole && text.length > IN_LINE;
	return (
		<>
			<bdi className="foreign-text">{visible(cut ? `${text.slice(0, IN_LINE)}…` : text)}</bdi>
			{cut ? (
				<>
					{' '}
					<button type="button" className="plain" onClick={() => setWhole(true)}>
						{t('ui.whole')}
					</button>
				</>
			) : null}
		</>
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
