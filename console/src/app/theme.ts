// SPDX-License-Identifier: Apache-2.0

/** Dark, light, or as the system has it. */
export type Theme = 'system' | 'light' | 'dark';

const CHOICE = 'sealane.theme';

export function chosenTheme(): Theme {
	const chosen = localStorage.getItem(CHOICE);
	return chosen === 'light' || chosen === 'dark' ? chosen : 'system';
}

const system = matchMedia('(prefers-color-scheme: dark)');
// The style sheet knows dark and light only; what the system has may change while a page is open.
system.addEventListener('change', () => showTheme(chosenTheme()));

export function showTheme(theme: Theme): void {
	const dark = theme === 'system' ? system.matches : theme === 'dark';
	document.documentElement.dataset['theme'] = dark ? 'dark' : 'light';
}

export function chooseTheme(theme: Theme): void {
	localStorage.setItem(CHOICE, theme);
	showTheme(theme);
}
