// SPDX-License-Identifier: Apache-2.0

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createRootRoute, Outlet, useLocation } from '@tanstack/react-router';
import { Suspense, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { onSessionOver } from '../api/client';
import { Failure } from '../ui/failure';
import { KeysProvider } from '../ui/keys';
import { ZoneProvider } from '../ui/zone';
import { aboutQuery } from './about';
import { LogIn } from './login';
import { forget, SessionProvider, sessionQuery } from './session';
import { Shell } from './shell';

export const root = createRootRoute({ component: Root });

/** A link is for whom it was made, whoever is logged in in this browser. */
const PASSWORD = '/password';
/** Pages that nobody has to log in for: they show nothing of the server. */
const OPEN = [PASSWORD, '/auditor'];

/** Who sees what: a page, or what one needs before. */
function Root() {
	const { t } = useTranslation();
	const about = useQuery(aboutQuery);
	const session = useQuery(sessionQuery);
	const { pathname } = useLocation();
	const isOver = useSessionOver();
	const failed = about.isError ? about : session.isError ? session : undefined;
	if (failed !== undefined) {
		return (
			<main className="alone">
				<Failure error={failed.error} again={() => void failed.refetch()} />
			</main>
		);
	}
	if (about.data === undefined || session.data === undefined) return <main className="alone">{t('ui.loading')}</main>;
	const isOpen = OPEN.includes(pathname);
	if (session.data === null && !isOpen) return <LogIn about={about.data} isOver={isOver} />;
	return (
		<ZoneProvider value={about.data.zone}>
			<SessionProvider value={session.data}>
				<KeysProvider>
					{session.data === null || pathname === PASSWORD ? (
						<main className="alone wide">
							<Outlet />
						</main>
					) : (
						<Shell about={about.data}>
							<Suspense fallback={<p className="quiet">{t('ui.loading')}</p>}>
								<Outlet />
							</Suspense>
						</Shell>
					)}
				</KeysProvider>
			</SessionProvider>
		</ZoneProvider>
	);
}

/** Whether the server ended the session while somebody worked. */
function useSessionOver(): boolean {
	const queries = useQueryClient();
	const [isOver, setOver] = useState(false);
	useEffect(
		() =>
			onSessionOver(() => {
				if (queries.getQueryData(sessionQuery.queryKey)) setOver(true);
				forget(queries);
			}),
		[queries],
	);
	return isOver;
}
