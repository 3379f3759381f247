// SPDX-License-Identifier: Apache-2.0

import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { Named, Text } from './check/answers';

/** A length in bytes, KiB or MiB. */
export function bytesText(bytes: number): string {
	if (bytes < 1024) return `${bytes} B`;
	if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)} KiB`;
	return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}

/** Whether the page is shown in Chinese. */
export function useChinese(): boolean {
	return useTranslation().i18n.language.startsWith('zh');
}

/** A name in the language of the page; in its author's words where it has none in Chinese. */
export const nameOf = (name: Named, isChinese: boolean): string => (isChinese && name.chinese ? name.chinese : name.english);

/** A text, and how much of it is not shown. */
export const textOf = (text: Text, t: TFunction): string =>
	text.more > 0 ? `${text.text} ${t('auditor.more', { bytes: bytesText(text.more) })}` : text.text;
