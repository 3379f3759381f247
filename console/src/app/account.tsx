// SPDX-License-Identifier: Apache-2.0

import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { bodyOf, sales } from '../api/client';
import { Failure } from '../ui/failure';
import { Field } from '../ui/field';
import { dayAndTime } from '../ui/format';
import { useZone } from '../ui/zone';
import { forget, useSession } from './session';
import { Settings } from './settings';

/** The user's own page: roles, password, language, appearance. */
export function Account() {
	const { t } = useTranslation();
	const session = useSession();
	const zone = useZone();
	const queries = useQueryClient();
	const change = useMutation({
		mutationFn: (body: { old: string; new: string }) => bodyOf(sales.PUT('/v1/session/password', { body })),
		// The server ends all sessions of the user.
		onSuccess: () => forget(queries),
	});
	const submit = (event: FormEvent<HTMLFormElement>) => {
		event.preventDefault();
		const form = new FormData(event.currentTarget);
		change.mutate({ old: String(form.get('old')), new: String(form.get('new')) });
	};
	const ends = session.expires_at ? Object.values(dayAndTime(session.expires_at, zone)).join(' ') : undefined;
	return (
		<>
			<h1>{t('app.account')}</h1>
			<dl className="facts">
				<dt>{t('app.name')}</dt>
				<dd>{session.name}</dd>
				<dt>{t('app.roles')}</dt>
				<dd>
					<code>{session.roles.join(' ')}</code>
				</dd>
			</dl>
			{ends ? <p className="quiet">{t('app.ends', { at: ends })}</p> : null}
			<Settings />
			<h2>{t('app.changePassword')}</h2>
			<form className="narrow" onSubmit={submit}>
				<Field label={t('app.oldPassword')} name="old" type="password" autoComplete="current-password" required />
				<Field
					label={t('app.newPassword')}
					name="new"
					type="password"
					autoComplete="new-password"
					minLength={12}
					required
				/>
				<button type="submit" className="main" disabled={change.isPending}>
					{t('app.changePassword')}
				</button>
			</form>
			{change.isError ? <Failure error={change.error} /> : null}
		</>
	);
}
