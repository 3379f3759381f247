// SPDX-License-Identifier: Apache-2.0

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { bodyOf } from '../../api/client';
import { issuer } from '../../api/issuer';
import { useMay, useSession } from '../../app/session';
import { Amount } from '../../ui/amount';
import { Badge } from '../../ui/badge';
import { DayField } from '../../ui/day-field';
import { Dialog } from '../../ui/dialog';
import { Empty } from '../../ui/empty';
import { Failure } from '../../ui/failure';
import { Foreign, visible } from '../../ui/foreign';
import { today } from '../../ui/format';
import { Moment } from '../../ui/moment';
import { Loaded } from '../../ui/query';
import { useZone } from '../../ui/zone';
import { navsOf, products, type Nav } from './queries';

const route = getRouteApi('/issuer/prices');

/** The net asset values of a day: one person enters them, another releases them. */
export function Prices() {
	const { t } = useTranslation();
	const zone = useZone();
	const { day = today(zone) } = route.useSearch();
	const navigate = useNavigate();
	const navs = useQuery(navsOf(day));
	return (
		<>
			<div className="title">
				<h1>{t('issuer.prices.title')}</h1>
				<span className="quiet">{day}</span>
			</div>
			<div className="filters">
				<DayField label={t('issuer.prices.day')} day={day} onDay={(day) => void navigate({ to: '/issuer/prices', search: { day } })} />
			</div>
			<Loaded query={navs}>
				{(found) => (
					<>
						<Release navs={found} />
						<Enter key={day} day={day} navs={found} />
					</>
				)}
			</Loaded>
		</>
	);
}

/** Values that wait for a second person, where this user is one. */
function Release({ navs }: { navs: readonly Nav[] }) {
	const { t } = useTranslation();
	const { name } = useSession();
	const mayApprove = useMay('approve');
	const queries = useQueryClient();
	const [asks, setAsks] = useState<readonly Nav[]>();
	const open = navs.filter((nav) => nav.released_by === '' && nav.entered_by !== name);
	const release = useMutation({
		mutationFn: async (chosen: readonly Nav[]) => {
			for (const { product, day, nav } of chosen) {
				const params = { path: { product, day } };
				await bodyOf(issuer.POST('/v1/navs/{product}/{day}/release', { params, body: { nav } }));
			}
		},
		onSettled: () => {
			setAsks(undefined);
			return queries.invalidateQueries({ queryKey: ['navs'] });
		},
	});
	return (
		<>
			{mayApprove && open.length > 0 ? (
				<div className="actions">
					<button type="button" className="main" disabled={release.isPending} onClick={() => setAsks(open)}>
						{t('issuer.prices.releaseAll', { count: open.length })}
					</button>
				</div>
			) : null}
			{release.isError ? <Failure error={release.error} /> : null}
			{asks ? (
				<Dialog title={t('issuer.prices.release')} onClose={() => setAsks(undefined)}>
					<p>{t('issuer.prices.releaseText')}</p>
					<table className="plain">
						<tbody>
							{asks.map((nav) => (
								<tr key={nav.product}>
									<td>
										<Foreign text={nav.product} />
									</td>
									<td className="end">
										<Amount value={nav.nav} />
									</td>
									<td>{visible(nav.entered_by)}</td>
								</tr>
							))}
						</tbody>
					</table>
					<div className="actions">
						<button type="button" className="main" disabled={release.isPending} onClick={() => release.mutate(asks)}>
							{t('issuer.prices.release')}
						</button>
						<button type="button" onClick={() => setAsks(undefined)}>
							{t('ui.cancel')}
						</button>
					</div>
				</Dialog>
			) : null}
		</>
	);
}

function Enter({ day, navs }: { day: string; navs: readonly Nav[] }) {
	const { t } = useTranslation();
	const mayPrice = useMay('price');
	const { name } = useSession();
	const queries = useQueryClient();
	const found = useQuery(products);
	const enter = useMutation({
		mutationFn: (body: { product: string; day: string; nav: string }[]) => bodyOf(issuer.POST('/v1/navs', { body })),
		onSuccess: () => queries.invalidateQueries({ queryKey: ['navs'] }),
	});
	const submit = (event: FormEvent<HTMLFormElement>) => {
		event.preventDefault();
		const form = event.currentTarget;
		const entries = [...new FormData(form)].map(([product, nav]) => ({ product, day, nav: String(nav).trim() }));
		const filled = entries.filter((entry) => entry.nav !== '');
		if (filled.length > 0) enter.mutate(filled, { onSuccess: () => form.reset() });
	};
	return (
		<Loaded query={found}>
			{(all) => {
				const daily = all.filter((product) => product.mode === 'daily');
				if (daily.length === 0) return <Empty title={t('issuer.prices.noProducts')} />;
				return (
					<form className="sheet" onSubmit={submit}>
						{mayPrice ? null : <p className="quiet">{t('issuer.prices.mayNotEnter')}</p>}
						<table className="plain">
							<thead>
								<tr>
									<th>{t('issuer.column.product')}</th>
									<th className="end">{t('issuer.column.nav')}</th>
									<th>{t('issuer.column.state')}</th>
									<th>{t('issuer.prices.enteredBy')}</th>
									<th>{t('issuer.prices.releasedBy')}</th>
									{mayPrice ? <th className="end">{t('issuer.prices.new')}</th> : null}
								</tr>
							</thead>
							<tbody>
								{daily.map((product) => (
									<Row
										key={product.id}
										product={product.id}
										nav={navs.find((nav) => nav.product === product.id)}
										user={name}
										isEntered={mayPrice}
									/>
								))}
							</tbody>
						</table>
						{mayPrice ? (
							<div className="actions">
								<button type="submit" disabled={enter.isPending}>
									{t('issuer.prices.enter')}
								</button>
							</div>
						) : null}
						{enter.isSuccess ? <p role="status">{t('issuer.prices.entered', { changed: enter.data.changed })}</p> : null}
						{enter.isError ? <Failure error={enter.error} /> : null}
					</form>
				);
			}}
		</Loaded>
	);
}

interface RowProps {
	product: string;
	nav: Nav | undefined;
	user: string;
	isEntered: boolean;
}

function Row({ product, nav, user, isEntered }: RowProps) {
	const { t } = useTranslation();
	const isReleased = nav !== undefined && nav.released_by !== '';
	return (
		<tr>
			<td>
				<Foreign text={product} />
			</td>
			<td className="end">{nav ? <Amount value={nav.nav} /> : t('ui.none')}</td>
			<td>
				{nav === undefined ? null : isReleased ? (
					<Badge tone="good">{t('issuer.prices.released')}</Badge>
				) : (
					<Badge tone="warn">{t('issuer.prices.waits')}</Badge>
				)}
				{nav && !isReleased && nav.entered_by === user ? <div className="quiet">{t('issuer.prices.byYou')}</div> : null}
			</td>
			<td>
				{nav ? (
					<>
						{visible(nav.entered_by)} <Moment at={nav.entered_at} />
					</>
				) : null}
			</td>
			<td>
				{isReleased ? (
					<>
						{visible(nav.released_by)} <Moment at={nav.released_at} />
					</>
				) : null}
			</td>
			{isEntered ? (
				<td className="end">
					<input
						name={product}
						aria-label={`${t('issuer.prices.new')} ${product}`}
						inputMode="decimal"
						pattern="\d{1,18}(\.\d{1,8})?"
						placeholder="1.0000"
						autoComplete="off"
						className="end"
						size={12}
					/>
				</td>
			) : null}
		</tr>
	);
}
