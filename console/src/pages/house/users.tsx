// SPDX-License-Identifier: Apache-2.0

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { bodyOf, sales } from '../../api/client';
import { ROLES, useSession, type Role } from '../../app/session';
import { Badge } from '../../ui/badge';
import { Dialog } from '../../ui/dialog';
import { Failure } from '../../ui/failure';
import { Field } from '../../ui/field';
import { visible } from '../../ui/foreign';
import { Identifier } from '../../ui/identifier';
import { Moment } from '../../ui/moment';
import { Loaded } from '../../ui/query';
import { users, type User } from './queries';

/** The link by which somebody sets a password: the server shows it once. */
interface Invited {
	name: string;
	link: string;
}

/** People and programs that may use this terminal, and what each may do. */
export function Users() {
	const { t } = useTranslation();
	const query = useQuery(users);
	const [edited, setEdited] = useState<User | 'new'>();
	const [invited, setInvited] = useState<Invited>();
	return (
		<>
			<h1>{t('house.users.title')}</h1>
			<div className="actions">
				<button type="button" className="main" onClick={() => setEdited('new')}>
					{t('house.users.add')}
				</button>
			</div>
			<Loaded query={query}>
				{(all) => (
					<section className="sheet">
						<table className="plain">
							<thead>
								<tr>
									<th>{t('house.users.name')}</th>
									<th>{t('house.users.roles')}</th>
									<th>{t('house.users.state')}</th>
									<th>{t('house.users.logsIn')}</th>
									<th className="end">{t('house.users.since')}</th>
									<th />
								</tr>
							</thead>
							<tbody>
								{all.map((user) => (
									<Row key={user.name} user={user} onEdit={() => setEdited(user)} onInvited={setInvited} />
								))}
							</tbody>
						</table>
					</section>
				)}
			</Loaded>
			{edited ? <Edit user={edited} onClose={() => setEdited(undefined)} onInvited={setInvited} /> : null}
			{invited ? (
				<Dialog title={t('house.users.invite')} onClose={() => setInvited(undefined)}>
					<p>{t('house.users.link', { name: visible(invited.name) })}</p>
					<p>
						<Identifier id={window.location.origin + invited.link} what={t('house.users.invite')} />
					</p>
				</Dialog>
			) : null}
		</>
	);
}

function Row({ user, onEdit, onInvited }: { user: User; onEdit: () => void; onInvited: (invited: Invited) => void }) {
	const { t } = useTranslation();
	const { name } = useSession();
	const queries = useQueryClient();
	const params = { params: { path: { name: user.name } } };
	const refresh = () => queries.invalidateQueries({ queryKey: ['users'] });
	const enable = useMutation({
		mutationFn: (enabled: boolean) => bodyOf(sales.PATCH('/v1/users/{name}', { ...params, body: { enabled } })),
		onSettled: refresh,
	});
	const invite = useMutation({
		mutationFn: () => bodyOf(sales.POST('/v1/users/{name}/invitation', params)),
		onSuccess: ({ link }) => onInvited({ name: user.name, link }),
		onSettled: refresh,
	});
	const ways = [
		user.has_password ? t('house.users.password') : '',
		user.has_token ? t('house.users.token') : '',
		user.certificate !== '' ? t('house.users.certificate') : '',
		user.invited_until > 0 ? t('house.users.invited') : '',
	];
	return (
		<tr>
			<td>
				<bdi>{visible(user.name)}</bdi>
			</td>
			<td>
				<code>{user.roles.join(' ')}</code>
			</td>
			<td>
				{user.enabled ? (
					<Badge tone="good">{t('house.users.enabled')}</Badge>
				) : (
					<Badge tone="bad">{t('house.users.disabled')}</Badge>
				)}
			</td>
			<td>{ways.filter((way) => way !== '').join(', ')}</td>
			<td className="end">
				<Moment at={user.created_at} whole />
			</td>
			<td className="end">
				<button type="button" className="plain" onClick={onEdit}>
					{t('house.users.change')}
				</button>
				<button type="button" className="plain" disabled={invite.isPending} onClick={() => invite.mutate()}>
					{t('house.users.invite')}
				</button>
				{/* Who disables himself needs somebody at the command line. */}
				{user.name === name ? null : (
					<button type="button" className="plain" disabled={enable.isPending} onClick={() => enable.mutate(!user.enabled)}>
						{user.enabled ? t('house.users.disable') : t('house.users.enable')}
					</button>
				)}
				{invite.isError ? <Failure error={invite.error} /> : enable.isError ? <Failure error={enable.error} /> : null}
			</td>
		</tr>
	);
}

interface EditProps {
	user: User | 'new';
	onClose: () => void;
	onInvited: (invited: Invited) => void;
}

function Edit({ user, onClose, onInvited }: EditProps) {
	const { t } = useTranslation();
	const queries = useQueryClient();
	const had = user === 'new' ? [] : user.roles;
	const save = useMutation({
		mutationFn: async ({ name, roles }: { name: string; roles: Role[] }): Promise<Invited | undefined> => {
			const params = { params: { path: { name } } };
			if (user !== 'new') {
				await bodyOf(sales.PATCH('/v1/users/{name}', { ...params, body: { roles } }));
				return undefined;
			}
			await bodyOf(sales.POST('/v1/users', { body: { name, roles } }));
			const { link } = await bodyOf(sales.POST('/v1/users/{name}/invitation', params));
			return { name, link };
		},
		onSuccess: (invited) => {
			onClose();
			if (invited) onInvited(invited);
		},
		onSettled: () => queries.invalidateQueries({ queryKey: ['users'] }),
	});
	const submit = (event: FormEvent<HTMLFormElement>) => {
		event.preventDefault();
		const form = new FormData(event.currentTarget);
		const name = user === 'new' ? String(form.get('name')).trim() : user.name;
		save.mutate({ name, roles: ROLES.filter((role) => form.has(role)) });
	};
	return (
		<Dialog title={user === 'new' ? t('house.users.add') : visible(user.name)} onClose={onClose}>
			<form onSubmit={submit}>
				{user === 'new' ? <Field label={t('house.users.name')} name="name" required autoComplete="off" spellCheck={false} /> : null}
				<fieldset>
					<legend>{t('house.users.roles')}</legend>
					{ROLES.map((role) => (
						<label key={role} className="option">
							<input type="checkbox" name={role} defaultChecked={had.includes(role)} /> <code>{role}</code>{' '}
							<span className="quiet">{t(`house.role.${role}`)}</span>
						</label>
					))}
				</fieldset>
				<button type="submit" className="main" disabled={save.isPending}>
					{user === 'new' ? t('house.users.add') : t('house.users.change')}
				</button>
			</form>
			{save.isError ? <Failure error={save.error} /> : null}
		</Dialog>
	);
}
