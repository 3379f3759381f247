// SPDX-License-Identifier: Apache-2.0

/** Dark, light, or as the system has it. */
export type Theme = 'system' | 'light' | 'dark';

const CHOICE = 'sealane.theme';

export function chosenTheme(): Theme {
	const chosen = localStorage.getItem(CHOICE);
	return chosen === 'light' || chosen === 'dark' ? chosen : 'system';
}

export function showTheme(theme: Theme): void {
	if (theme === 'system') delete document.documentElement.dataset['theme'];
	else document.documentElement.dataset['theme'] = theme;
}

export function chooseTheme(theme: Theme): void {
	localStorage.setItem(CHOICE, theme);
	showTheme(theme);
}
