// SPDX-License-Identifier: Apache-2.0

import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { LANGUAGES, switchLanguage, type Language } from '../i18n';
import { Choice } from '../ui/field';
import { chooseTheme, chosenTheme, type Theme } from './theme';

/** Language and appearance. */
export function Settings() {
	const { t, i18n } = useTranslation();
	const [theme, setTheme] = useState(chosenTheme);
	const languages = Object.entries(LANGUAGES) as [Language, string][];
	const themes: [Theme, string][] = [
		['system', t('app.system')],
		['light', t('app.light')],
		['dark', t('app.dark')],
	];
	return (
		<div className="settings">
			<Choice
				label={t('app.language')}
				options={languages}
				value={i18n.language}
				onChoose={(language) => void switchLanguage(language)}
			/>
			<Choice
				label={t('app.theme')}
				options={themes}
				value={theme}
				onChoose={(chosen) => {
					chooseTheme(chosen);
					setTheme(chosen);
				}}
			/>
		</div>
	);
}
