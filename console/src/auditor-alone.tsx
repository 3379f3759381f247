// SPDX-License-Identifier: Apache-2.0

/** The auditor's page as one file that is kept beside the evidence: no server, no log-in, no address. */

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { useTranslation } from 'react-i18next';
import { Settings } from './app/settings';
import { chosenTheme, showTheme } from './app/theme';
import { startLanguage } from './i18n';
import { Auditor } from './pages/auditor/page';
import './styles/index.css';
import { ZoneProvider } from './ui/zone';

function Alone() {
	const { t } = useTranslation();
	return (
		<main className="alone wide">
			<Auditor />
			<p className="quiet">{t('auditor.byItselfFile')}</p>
			<Settings />
		</main>
	);
}

async function start(element: HTMLElement): Promise<void> {
	showTheme(chosenTheme());
	await startLanguage();
	createRoot(element).render(
		<StrictMode>
			<ZoneProvider value={Intl.DateTimeFormat().resolvedOptions().timeZone}>
				<Alone />
			</ZoneProvider>
		</StrictMode>,
	);
}

const element = document.getElementById('root');
if (element === null) throw new Error('the page has no element `root`');
void start(element);
