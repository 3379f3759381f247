// SPDX-License-Identifier: Apache-2.0

import type { FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Failure } from '../ui/failure';
import { Field } from '../ui/field';
import type { About } from './about';
import { useLogIn } from './session';
import { Settings } from './settings';

/** Name and password. It stands at the address that was asked for, which is shown afterwards. */
export function LogIn({ about, isOver }: { about: About; isOver: boolean }) {
	const { t } = useTranslation();
	const logIn = useLogIn();
	const submit = (event: FormEvent<HTMLFormElement>) => {
		event.preventDefault();
		const form = new FormData(event.currentTarget);
		logIn.mutate({ name: String(form.get('name')), password: String(form.get('password')) });
	};
	return (
		<main className="alone">
			<h1>
				<img src="/icon.svg" alt="" width="32" height="32" /> Sealane
			</h1>
			<p className="quiet">{about.name}</p>
			{isOver ? <p role="status">{t('app.sessionOver')}</p> : null}
			<form onSubmit={submit}>
				<Field label={t('app.name')} name="name" autoComplete="username" required autoFocus spellCheck={false} />
				<Field label={t('app.password')} name="password" type="password" autoComplete="current-password" required />
				<button type="submit" className="main" disabled={logIn.isPending}>
					{t('app.logIn')}
				</button>
			</form>
			{logIn.isError ? <Failure error={logIn.error} /> : null}
			<Settings />
		</main>
	);
}
