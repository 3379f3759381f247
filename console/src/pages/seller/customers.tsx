// SPDX-License-Identifier: Apache-2.0

import { useMemo, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Badge, type Tone } from '../../ui/badge';
import { Dialog } from '../../ui/dialog';
import { Empty } from '../../ui/empty';
import { Choice, Field } from '../../ui/field';
import { Foreign, visible } from '../../ui/foreign';
import { Identifier } from '../../ui/identifier';
import { Moment } from '../../ui/moment';
import { pick } from '../../ui/search';
import { ListTable, type Column } from '../../ui/table';
import { PositionsOf } from './positions';
import { registrationsOf, type Registration } from './queries';

const STATES = {
	pending: 'busy',
	accepted: 'busy',
	registered: 'good',
	rejected: 'bad',
	refused: 'bad',
	closed: 'quiet',
} as const satisfies Record<string, Tone>;
type State = keyof typeof STATES;

/** Which customer is registered with which issuer. */
export function Customers() {
	const { t } = useTranslation();
	const [filter, setFilter] = useState<{ state?: State; customer?: string }>({});
	const [shown, setShown] = useState<string>();
	const source = useMemo(() => registrationsOf(filter), [filter]);
	const columns = useMemo<readonly Column<Registration>[]>(
		() => [
			{
				id: 'customer',
				title: t('seller.column.customer'),
				width: 'minmax(10rem, 1fr)',
				cell: (r) => <Identifier id={r.customer} />,
			},
			{ id: 'issuer', title: t('seller.column.issuer'), width: '6rem', end: true, cell: (r) => r.issuer },
			{
				id: 'state',
				title: t('seller.column.state'),
				width: '10rem',
				cell: (r) => <StateBadge state={r.state} />,
			},
			{ id: 'account', title: t('seller.column.account'), width: 'minmax(8rem, 1fr)', cell: (r) => <Foreign text={r.account} /> },
			{
				id: 'reason',
				title: t('seller.column.reason'),
				width: 'minmax(10rem, 2fr)',
				cell: (r) => (r.reason_code === '' ? null : <Foreign text={`${r.reason_code} ${r.reason_text}`} />),
			},
			{ id: 'applied', title: t('seller.column.applied'), width: '10.5rem', end: true, cell: (r) => <Moment at={r.applied_at} /> },
			{ id: 'changed', title: t('seller.column.changed'), width: '10.5rem', end: true, cell: (r) => <Moment at={r.updated_at} /> },
		],
		[t],
	);
	const submit = (event: FormEvent<HTMLFormElement>) => {
		event.preventDefault();
		const customer = String(new FormData(event.currentTarget).get('customer')).trim();
		setFilter(pick<typeof filter>({ state: filter.state, customer }));
	};
	const states: ['' | State, string][] = [
		['', t('seller.filter.all')],
		...(Object.keys(STATES) as State[]).map((state): [State, string] => [state, t(`seller.registration.${state}`)]),
	];
	return (
		<>
			<h1>{t('seller.customers.title')}</h1>
			<form className="filters" onSubmit={submit}>
				<Field label={t('seller.column.customer')} name="customer" autoComplete="off" spellCheck={false} />
				<Choice
					label={t('seller.column.state')}
					options={states}
					value={filter.state ?? ''}
					onChoose={(state) =>
						setFilter(pick<typeof filter>({ state: state === '' ? undefined : state, customer: filter.customer }))
					}
				/>
				<button type="submit">{t('seller.filter.find')}</button>
			</form>
			<ListTable
				label={t('seller.customers.title')}
				columns={columns}
				source={source}
				keyOf={(registration) => registration.id}
				onOpen={(registration) => setShown(registration.customer)}
				empty={
					<Empty title={t('seller.customers.empty')}>
						<p>{t('seller.customers.emptyTodo')}</p>
					</Empty>
				}
			/>
			{shown !== undefined ? (
				<Dialog
					title={t('seller.customers.positions', { customer: visible(shown) })}
					onClose={() => setShown(undefined)}
				>
					<PositionsOf customer={shown} />
				</Dialog>
			) : null}
		</>
	);
}

function StateBadge({ state }: { state: string }) {
	const { t } = useTranslation();
	const known = (Object.keys(STATES) as State[]).find((word) => word === state);
	if (known === undefined) return <Badge tone="quiet">{visible(state)}</Badge>;
	return <Badge tone={STATES[known]}>{t(`seller.registration.${known}`)}</Badge>;
}
