// SPDX-License-Identifier: Apache-2.0

import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useMemo, useRef, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { KINDS, type Kind } from '../../ui/business';
import { DayField } from '../../ui/day-field';
import { Empty } from '../../ui/empty';
import { Choice, Field } from '../../ui/field';
import { useKeys } from '../../ui/keys';
import { pick } from '../../ui/search';
import { ListTable } from '../../ui/table';
import { orderColumns } from './columns';
import { ordersOf } from './queries';
import type { OrdersSearch } from './routes';
import { STATES, type State } from './words';

const route = getRouteApi('/seller/orders');

/** All orders, newest first, with filters. */
export function Orders() {
	const { t } = useTranslation();
	const search = route.useSearch();
	const navigate = useNavigate();
	const [customer, setCustomer] = useState('');
	const source = useMemo(() => ordersOf({ ...search, ...pick({ customer }) }), [search, customer]);
	const columns = useMemo(() => orderColumns(t), [t]);
	const open = (id: string) => void navigate({ to: '/seller/orders/$id', params: { id } });
	return (
		<>
			<h1>{t('seller.orders.title')}</h1>
			<Filters search={search} customer={customer} onCustomer={setCustomer} onOpen={open} />
			<ListTable
				label={t('seller.orders.title')}
				columns={columns}
				source={source}
				keyOf={(order) => order.id}
				onOpen={(order) => open(order.id)}
				empty={
					<Empty title={t('seller.orders.empty')}>
						<p>{t('seller.orders.emptyTodo')}</p>
					</Empty>
				}
			/>
		</>
	);
}

interface FiltersProps {
	search: OrdersSearch;
	customer: string;
	onCustomer: (customer: string) => void;
	onOpen: (id: string) => void;
}

function Filters({ search, customer, onCustomer, onOpen }: FiltersProps) {
	const { t } = useTranslation();
	const navigate = useNavigate();
	const form = useRef<HTMLFormElement>(null);
	useKeys(
		useMemo(
			() => [{ keys: '/', label: t('seller.filter.find'), act: () => form.current?.querySelector('input')?.focus() }],
			[t],
		),
	);
	const change = (part: { [K in keyof OrdersSearch]: OrdersSearch[K] | undefined }) =>
		void navigate({ to: '/seller/orders', search: pick<OrdersSearch>({ ...search, ...part }), replace: true });
	const states: ['' | State, string][] = [
		['', t('seller.filter.all')],
		...(Object.keys(STATES) as State[]).map((state): [State, string] => [state, t(`seller.state.${state}`)]),
	];
	const kinds: ['' | Kind, string][] = [
		['', t('seller.filter.all')],
		...KINDS.map((kind): [Kind, string] => [kind, t(`business.kind.${kind}`)]),
	];
	const submit = (event: FormEvent<HTMLFormElement>) => {
		event.preventDefault();
		const fields = new FormData(event.currentTarget);
		const id = String(fields.get('id')).trim();
		if (id !== '') return onOpen(id);
		onCustomer(String(fields.get('customer')).trim());
		const issuer = String(fields.get('issuer')).trim();
		change({
			product: String(fields.get('product')).trim(),
			day: String(fields.get('day')),
			issuer: /^\d+$/.test(issuer) ? Number(issuer) : undefined,
		});
	};
	return (
		<form className="filters" onSubmit={submit} ref={form}>
			<Field label={t('seller.filter.orderId')} name="id" spellCheck={false} />
			<Choice
				label={t('seller.column.state')}
				options={states}
				value={search.state ?? ''}
				onChoose={(state) => change({ state: state === '' ? undefined : state })}
			/>
			<Choice
				label={t('seller.column.kind')}
				options={kinds}
				value={search.kind ?? ''}
				onChoose={(kind) => change({ kind: kind === '' ? undefined : kind })}
			/>
			<DayField label={t('seller.column.day')} name="day" day={search.day} />
			<Field label={t('seller.column.product')} name="product" defaultValue={search.product} spellCheck={false} />
			<Field
				label={t('seller.column.customer')}
				name="customer"
				defaultValue={customer}
				autoComplete="off"
				title={t('seller.filter.customerHint')}
				spellCheck={false}
			/>
			<Field
				label={t('seller.day.issuer')}
				name="issuer"
				defaultValue={search.issuer}
				inputMode="numeric"
				pattern="\d*"
				size={6}
			/>
			<button type="submit">{t('seller.filter.find')}</button>
		</form>
	);
}
