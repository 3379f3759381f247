// SPDX-License-Identifier: Apache-2.0

import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Amount } from '../../ui/amount';
import { Empty } from '../../ui/empty';
import { Field } from '../../ui/field';
import { Foreign } from '../../ui/foreign';
import { Moment } from '../../ui/moment';
import { Loaded } from '../../ui/query';
import { positionsOf } from './queries';

/** What a customer holds, as far as this terminal was told. */
export function Positions() {
	const { t } = useTranslation();
	const [customer, setCustomer] = useState('');
	const submit = (event: FormEvent<HTMLFormElement>) => {
		event.preventDefault();
		setCustomer(String(new FormData(event.currentTarget).get('customer')).trim());
	};
	return (
		<>
			<h1>{t('seller.positions.title')}</h1>
			<form className="filters" onSubmit={submit}>
				<Field label={t('seller.column.customer')} name="customer" autoComplete="off" required spellCheck={false} />
				<button type="submit">{t('seller.filter.show')}</button>
			</form>
			{customer === '' ? <Empty title={t('seller.positions.ask')} /> : <PositionsOf customer={customer} />}
		</>
	);
}

export function PositionsOf({ customer }: { customer: string }) {
	const { t } = useTranslation();
	const query = useQuery(positionsOf(customer));
	return (
		<Loaded query={query}>
			{(positions) =>
				positions.length === 0 ? (
					<Empty title={t('seller.positions.empty')} />
				) : (
					<section className="sheet">
						<table className="plain">
							<thead>
								<tr>
									<th>{t('seller.column.product')}</th>
									<th className="end">{t('seller.column.units')}</th>
									<th className="end">{t('seller.column.orders')}</th>
									<th className="end">{t('seller.positions.asOf')}</th>
								</tr>
							</thead>
							<tbody>
								{positions.map((position) => (
									<tr key={position.product}>
										<td>
											<Foreign text={position.product} />
										</td>
										<td className="end">
											<Amount value={position.units} />
										</td>
										<td className="end">
											<Amount value={position.orders} />
										</td>
										<td className="end">
											<Moment at={position.as_of} whole />
										</td>
									</tr>
								))}
							</tbody>
						</table>
						<p className="quiet">{t('seller.positions.note')}</p>
					</section>
				)
			}
		</Loaded>
	);
}
