// SPDX-License-Identifier: Apache-2.0

import { Link, useNavigate, useLocation } from '@tanstack/react-router';
import { useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useEvents } from '../api/events';
import { useKeys } from '../ui/keys';
import type { About } from './about';
import { AREAS } from './nav';
import { useLogOut, useMay, useSession } from './session';

/** What is around every page: the institution, the pages of its server, the user. */
export function Shell({ about, children }: { about: About; children: ReactNode }) {
	const { t } = useTranslation();
	const session = useSession();
	const logOut = useLogOut();
	const navigate = useNavigate();
	const { pathname } = useLocation();
	const area = AREAS[about.terminal];
	const mayRead = useMay('read');
	useEvents(mayRead ? area.events : undefined);
	const keys = useMemo(
		() =>
			area.pages.map((page) => ({
				keys: `g ${page.key}`,
				label: t(page.label),
				act: () => void navigate({ to: page.to }),
			})),
		[area, navigate, t],
	);
	useKeys(keys);

	const isHere = pathname === '/' || pathname === '/account' || area.pages.some((page) => isWithin(pathname, page.to));
	const page = area.pages.findLast((page) => isWithin(pathname, page.to));
	const lacking = page?.role && !session.roles.includes(page.role) ? page.role : undefined;
	return (
		<div className="shell">
			<a className="skip" href="#content">
				{t('app.skip')}
			</a>
			<nav aria-label={t('app.menu')}>
				<div className="brand">
					<img src="/icon.svg" alt="" width="24" height="24" />
					<div>
						<strong>Sealane</strong>
						<div className="quiet">{about.name}</div>
					</div>
				</div>
				<ul>
					{area.pages.filter((page) => page.role !== 'administer' || session.roles.includes(page.role)).map((page) => (
						<li key={page.to}>
							<Link to={page.to} activeOptions={{ exact: page.to.split('/').length === 2 }}>
								{t(page.label)}
							</Link>
						</li>
					))}
				</ul>
				<div className="who">
					<Link to="/account">{session.name}</Link>
					<button type="button" className="plain" onClick={() => logOut.mutate()}>
						{t('app.logOut')}
					</button>
					<div className="quiet">{about.version}</div>
				</div>
			</nav>
			<main id="content" tabIndex={0}>
				{!isHere ? <p>{t('app.elsewhere')}</p> : lacking ? <p>{t('app.mayNot', { role: lacking })}</p> : children}
			</main>
		</div>
	);
}

const isWithin = (pathname: string, page: string) => pathname === page || pathname.startsWith(`${page}/`);
