// SPDX-License-Identifier: Apache-2.0

import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Amount } from '../../ui/amount';
import { Badge, type Tone } from '../../ui/badge';
import { Empty } from '../../ui/empty';
import { visible } from '../../ui/foreign';
import { Moment } from '../../ui/moment';
import { Loaded } from '../../ui/query';
import { products, type Product } from './queries';

/** The rules in force for each product, and its business days. */
export function Products() {
	const { t } = useTranslation();
	const query = useQuery(products);
	return (
		<>
			<h1>{t('issuer.products.title')}</h1>
			<Loaded query={query}>
				{(all) =>
					all.length === 0 ? (
						<Empty title={t('issuer.products.none')} />
					) : (
						<div className="columns">
							{all.map((product) => (
								<OneProduct key={product.id} product={product} />
							))}
						</div>
					)
				}
			</Loaded>
		</>
	);
}

const STATUSES = { offering: 'good', open: 'good', suspended: 'warn', closed: 'bad' } as const satisfies Record<string, Tone>;
type Status = keyof typeof STATUSES;

function OneProduct({ product }: { product: Product }) {
	const { t } = useTranslation();
	const status = (Object.keys(STATUSES) as Status[]).find((word) => word === product.status);
	const money = (value: string) => <Amount value={value} unit={product.currency} />;
	const facts = [
		[t('issuer.products.mode'), product.mode === 'daily' ? t('issuer.products.daily') : t('issuer.products.immediate')],
		[t('issuer.products.currency'), visible(product.currency)],
		[t('issuer.column.nav'), product.nav ? <Amount value={product.nav} /> : t('ui.none')],
		[t('issuer.products.feeRate'), visible(`${product.fee_rate} (${product.fee_on})`)],
		[t('issuer.products.redemptionFeeRate'), visible(product.redemption_fee_rate)],
		[t('issuer.products.minAmount'), money(product.min_amount)],
		[t('issuer.products.maxAmount'), product.max_amount === '0' ? t('ui.none') : money(product.max_amount)],
		[t('issuer.products.minHolding'), product.min_holding === '0' ? t('ui.none') : <Amount value={product.min_holding} />],
		[t('issuer.products.limit'), product.redemption_limit === '0' ? t('ui.none') : visible(product.redemption_limit)],
	] as const;
	return (
		<section className="sheet">
			<div className="title">
				<h2>{visible(product.id)}</h2>
				<Badge tone={status ? STATUSES[status] : 'quiet'}>
					{status ? t(`issuer.products.${status}`) : visible(product.status)}
				</Badge>
			</div>
			<dl className="facts">
				{facts.map(([name, value]) => [<dt key={name}>{name}</dt>, <dd key={`${name} value`}>{value}</dd>])}
			</dl>
			{product.mode === 'daily' ? <BusinessDays calendar={product.calendar} /> : null}
		</section>
	);
}

function BusinessDays({ calendar }: { calendar: Product['calendar'] }) {
	const { t } = useTranslation();
	if (!calendar) return <p className="notice">{t('issuer.products.noCalendar')}</p>;
	return (
		<>
			<h3>{t('issuer.products.calendar')}</h3>
			<p className="quiet">
				{calendar.source === 'chain'
					? t('issuer.products.announced', { version: calendar.version ?? '' })
					: t('issuer.products.file')}
			</p>
			<table className="plain">
				<thead>
					<tr>
						<th>{t('issuer.column.day')}</th>
						<th className="end">{t('issuer.products.orderUntil')}</th>
						<th className="end">{t('issuer.products.deliver')}</th>
					</tr>
				</thead>
				<tbody>
					{calendar.days.map((day) => (
						<tr key={day.day}>
							<td>{visible(day.day)}</td>
							<td className="end">
								<Moment at={day.order_until} whole />
							</td>
							<td className="end">
								<Moment at={day.deliver_until} whole />
							</td>
						</tr>
					))}
				</tbody>
			</table>
		</>
	);
}
