// SPDX-License-Identifier: Apache-2.0

import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import type en from './en';

/** All texts of the pages: the English dictionary has their names, the others have to have the same. */
export type Words = Same<typeof en>;
/** The same names, any texts. */
export type Same<T> = { readonly [K in keyof T]: T[K] extends string ? string : Same<T[K]> };

declare module 'i18next' {
	interface CustomTypeOptions {
		defaultNS: 'translation';
		resources: { translation: typeof en };
	}
}

/** The languages, by their BCP 47 tags, with the names that they have for themselves. */
export const LANGUAGES = { en: 'English', 'zh-CN': '中文' } as const;
export type Language = keyof typeof LANGUAGES;

/** A dictionary is loaded when its language is first used. */
const dictionaries: Record<Language, () => Promise<{ default: Words }>> = {
	en: () => import('./en'),
	'zh-CN': () => import('./zh'),
};
/** What one chose is kept in the browser: it tells nothing about a person. */
const CHOICE = 'sealane.language';

const isLanguage = (tag: string | null): tag is Language => tag !== null && tag in LANGUAGES;

function preferred(): Language {
	const chosen = localStorage.getItem(CHOICE);
	if (isLanguage(chosen)) return chosen;
	return navigator.language.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en';
}

async function load(language: Language): Promise<void> {
	if (!i18next.hasResourceBundle(language, 'translation')) {
		i18next.addResourceBundle(language, 'translation', (await dictionaries[language]()).default);
	}
}

/** Shows all pages in another language, without loading them again. */
export async function switchLanguage(language: Language): Promise<void> {
	await load(language);
	localStorage.setItem(CHOICE, language);
	await i18next.changeLanguage(language);
}

/** Prepares the language that was chosen, or the browser's. */
export async function startLanguage(): Promise<void> {
	i18next.on('languageChanged', (language) => {
		document.documentElement.lang = language;
	});
	const language = preferred();
	await i18next.use(initReactI18next).init({
		lng: language,
		resources: {},
		// React escapes what it shows; a second escape would show `&amp;`.
		interpolation: { escapeValue: false },
		returnNull: false,
	});
	await load(language);
	await i18next.changeLanguage(language);
}
