// SPDX-License-Identifier: Apache-2.0

import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { bodyOf, sales } from '../api/client';
import { Failure } from '../ui/failure';
import { Field } from '../ui/field';

/** Sets a password by the link that was printed or sent. What makes the link secret stands behind `#`: it never reaches a log. */
export function SetPassword() {
	const { t } = useTranslation();
	const [invitation] = useState(() => window.location.hash.slice(1));
	// It holds once, and is to stay neither in the address nor in the history.
	useEffect(() => window.history.replaceState(window.history.state, '', '/password'), []);
	const set = useMutation({
		mutationFn: (password: string) => bodyOf(sales.POST('/v1/password', { body: { invitation, password } })),
	});
	if (set.isSuccess) {
		return (
			<>
				<h1>Sealane</h1>
				<p role="status">{t('app.passwordSet', { name: set.data.name })}</p>
				<Link to="/" className="button main">
					{t('app.logIn')}
				</Link>
			</>
		);
	}
	const submit = (event: FormEvent<HTMLFormElement>) => {
		event.preventDefault();
		set.mutate(String(new FormData(event.currentTarget).get('password')));
	};
	return (
		<>
			<h1>{t('app.firstTitle')}</h1>
			{invitation === '' ? (
				<p role="alert">{t('app.invalidLink')}</p>
			) : (
				<form onSubmit={submit}>
					<p>{t('app.first')}</p>
					<Field
						label={t('app.newPassword')}
						name="password"
						type="password"
						autoComplete="new-password"
						minLength={12}
						required
						autoFocus
					/>
					<button type="submit" className="main" disabled={set.isPending}>
						{t('app.set')}
					</button>
				</form>
			)}
			{set.isError ? <Failure error={set.error} /> : null}
		</>
	);
}
